/* UUID version 7: 48 bits of milliseconds, 12 bits of counter, 62 bits of chance. */
#include "base/id.h"

#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"

/* Milliseconds and counter of the last id, as one number, so that one exchange makes it rise. When
   the 12 bits run over, the count goes on in the next millisecond. */
static _Atomic uint64_t last_made;

static uint64_t next_made(uint16_t chance)
{
    uint64_t last = atomic_load(&last_made), next;
    do {
        /* Each millisecond starts low, so that there is room to count. */
        next = (uint64_t)time_now_ms() << 12 | (chance & 0x7FF);
        if (next <= last) next = last + 1;
    } while (!atomic_compare_exchange_weak(&last_made, &last, next));
    return next;
}

Str id_make(Arena *a)
{
    uint8_t chance[10], b[16];
    random_bytes(chance, sizeof chance);
    uint64_t made = next_made((uint16_t)(chance[8] << 8 | chance[9]));
    uint64_t at_ms = made >> 12;
    for (int i = 0; i < 6; i++) b[i] = (uint8_t)(at_ms >> 8 * (5 - i));
    b[6] = (uint8_t)(0x70 | (made >> 8 & 15));
    b[7] = (uint8_t)made;
    memcpy(b + 8, chance, 8);
    b[8] = 0x80 | (b[8] & 0x3F);

    char *text = arena_raw(a, ID_LEN + 1), *to = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
        *to++ = "0123456789abcdef"[b[i] >> 4];
        *to++ = "0123456789abcdef"[b[i] & 15];
    }
    *to = 0;
    return (Str){ text, ID_LEN };
}

bool id_is(Str text)
{
    if (text.len != ID_LEN) return false;
    for (size_t i = 0; i < ID_LEN; i++) {
        char c = text.at[i];
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (hyphen ? c != '-' : !digit) return false;
    }
    return true;
}
