/* Bytes as text: hexadecimal, base64, base32; and the CRC-32. Declared in hash.h. */
#include "base/hash.h"

#include <sodium.h>
#include <string.h>

Str hex_make(Arena *a, const void *bytes, size_t n)
{
    char *text = arena_raw(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = ((const uint8_t *)bytes)[i];
        text[2 * i] = "0123456789abcdef"[byte >> 4];
        text[2 * i + 1] = "0123456789abcdef"[byte & 15];
    }
    text[2 * n] = 0;
    return (Str){ text, 2 * n };
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool hex_read(Str text, void *out, size_t n)
{
    if (text.len / 2 != n || text.len % 2) return false;
    for (size_t i = 0; i < text.len; i++)
        if (hex_digit(text.at[i]) < 0) return false;
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] =
            (uint8_t)(hex_digit(text.at[2 * i]) << 4 | hex_digit(text.at[2 * i + 1]));
    return true;
}

static Str base64_text(Arena *a, const void *bytes, size_t n, int variant)
{
    size_t room = sodium_base64_encoded_len(n, variant);
    char  *text = arena_raw(a, room);
    sodium_bin2base64(text, room, bytes, n, variant);
    return str_of(text);
}

Str base64_make(Arena *a, const void *bytes, size_t n)
{
    return base64_text(a, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

Str base64url_make(Arena *a, const void *bytes, size_t n)
{
    return base64_text(a, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool base64_bytes(Arena *a, Str text, int variant, Str *out)
{
    size_t      room = text.len / 4 * 3 + 3, n = 0;
    char       *bytes = arena_raw(a, room + 1);
    const char *end = NULL;
    if (sodium_base642bin((uint8_t *)bytes, room, text.at ? text.at : "", text.len, NULL, &n, &end,
                          variant) != 0 ||
        (text.len && end != text.at + text.len))
        return false;
    bytes[n] = 0;
    *out = (Str){ bytes, n };
    return true;
}

bool base64_read(Arena *a, Str text, Str *out)
{
    return base64_bytes(a, text, sodium_base64_VARIANT_ORIGINAL, out);
}

bool base64url_read(Arena *a, Str text, Str *out)
{
    return base64_bytes(a, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}

Str base32_make(Arena *a, const void *bytes, size_t n)
{
    size_t   len = (8 * n + 4) / 5;
    char    *text = arena_raw(a, len + 1), *to = text;
    uint32_t held = 0;
    int      bits = 0;
    for (size_t i = 0; i < n; i++) {
        held = (held << 8 | ((const uint8_t *)bytes)[i]) & 0xFFFF;
        for (bits += 8; bits >= 5; bits -= 5)
            *to++ = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held >> (bits - 5) & 31];
    }
    if (bits) *to++ = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held << (5 - bits) & 31];
    *to = 0;
    return (Str){ text, len };
}

bool base32_read(Arena *a, Str text, Str *out)
{
    char    *bytes = arena_raw(a, text.len * 5 / 8 + 1);
    size_t   n = 0, digits = 0;
    uint32_t held = 0;
    int      bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '=' || c == ' ') continue;
        int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a'
                    : c >= '2' && c <= '7' ? c - '2' + 26
                                           : -1;
        if (digit < 0) return false;
        held = (held << 5 | (uint32_t)digit) & 0xFFFF;
        bits += 5;
        digits++;
        if (bits < 8) continue;
        bits -= 8;
        bytes[n++] = (char)(held >> bits);
    }
    /* 1, 3 or 6 digits in the last eight are the length of nothing; left bits must be zero. */
    size_t last = digits % 8;
    if (last == 1 || last == 3 || last == 6 || (held & ((1u << bits) - 1))) return false;
    bytes[n] = 0;
    *out = (Str){ bytes, n };
    return true;
}

/* crc_table[k][b]: what byte b does to the sum when k more bytes follow. */
static uint32_t crc_table[8][256];

__attribute__((constructor)) static void crc_table_fill(void)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t c = b;
        for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (c & 1 ? 0xEDB88320 : 0);
        crc_table[0][b] = c;
    }
    for (int k = 1; k < 8; k++)
        for (int b = 0; b < 256; b++)
            crc_table[k][b] = crc_table[k - 1][b] >> 8 ^ crc_table[0][crc_table[k - 1][b] & 255];
}

uint32_t crc32_of(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint32_t       c = 0xFFFFFFFF;
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t low = c ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                            (uint32_t)p[3] << 24);
        c = crc_table[7][low & 255] ^ crc_table[6][low >> 8 & 255] ^
            crc_table[5][low >> 16 & 255] ^ crc_table[4][low >> 24] ^ crc_table[3][p[4]] ^
            crc_table[2][p[5]] ^ crc_table[1][p[6]] ^ crc_table[0][p[7]];
    }
    for (; n; n--) c = c >> 8 ^ crc_table[0][(c ^ *p++) & 255];
    return ~c;
}
