/* Sets and lists as bytes. */
#include "core/search/value.h"

#include <stdlib.h>
#include <string.h>

#include "core/search/doc.h"

#define FEW_FACES  64
#define WORDS_ROOM 4096 /* for some hundred words at once */
enum { VALUE_FEW = 1,
       VALUE_MANY };

static void varint_put(Buf *out, uint32_t n)
{
    for (; n >= 0x80; n >>= 7) buf_put_byte(out, (char)(n | 0x80));
    buf_put_byte(out, (char)n);
}

static bool varint_take(Str *from, uint32_t *n)
{
    if (from->len && !(from->at[0] & 0x80)) { /* nearly all */
        *n = (uint8_t)from->at[0];
        *from = (Str){ from->at + 1, from->len - 1 };
        return true;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < from->len && i < 5; i++) {
        value |= (uint64_t)((uint8_t)from->at[i] & 0x7F) << (7 * i);
        if ((uint8_t)from->at[i] & 0x80) continue;
        if (value > UINT32_MAX) return false;
        *n = (uint32_t)value;
        *from = str_drop(*from, i + 1);
        return true;
    }
    return false;
}

static void few_write(Buf *out, const uint32_t *few, size_t n)
{
    uint32_t before = 0;
    buf_put_byte(out, VALUE_FEW);
    for (size_t i = 0; i < n; i++) {
        varint_put(out, few[i] - before);
        before = few[i];
    }
}

static void many_write(Buf *out, const roaring_bitmap_t *faces)
{
    buf_put_byte(out, VALUE_MANY);
    roaring_bitmap_portable_serialize(faces, buf_grow(out, roaring_bitmap_portable_size_in_bytes(faces)));
}

void faces_write(Buf *out, const roaring_bitmap_t *faces)
{
    uint64_t n = roaring_bitmap_get_cardinality(faces);
    uint32_t few[FEW_FACES];
    if (n > FEW_FACES) {
        many_write(out, faces);
        return;
    }
    roaring_bitmap_to_uint32_array(faces, few);
    few_write(out, few, n);
}

void faces_write_array(Buf *out, const uint32_t *faces, size_t n)
{
    if (n <= FEW_FACES) {
        few_write(out, faces, n);
        return;
    }
    roaring_bitmap_t *many = roaring_bitmap_of_ptr(n, faces);
    many_write(out, many);
    roaring_bitmap_free(many);
}

bool faces_read(Str value, roaring_bitmap_t *add_to)
{
    if (!value.len) return false;
    char what = value.at[0];
    value = str_drop(value, 1);
    if (what == VALUE_MANY) {
        roaring_bitmap_t *many = roaring_bitmap_portable_deserialize_safe(value.at, value.len);
        if (!many) return false;
        roaring_bitmap_or_inplace(add_to, many);
        roaring_bitmap_free(many);
        return true;
    }
    if (what != VALUE_FEW) return false;
    uint32_t few[FEW_FACES], face = 0;
    size_t   n = 0;
    while (value.len) {
        uint32_t more;
        if (n == FEW_FACES || !varint_take(&value, &more)) return false;
        few[n++] = face += more;
    }
    roaring_bitmap_add_many(add_to, n, few);
    return true;
}

void words_write(Buf *out, const Str *words, size_t n)
{
    varint_put(out, (uint32_t)n);
    Str before = STR_NONE;
    for (size_t i = 0; i < n; i++) {
        size_t shared = 0;
        while (shared < before.len && shared < words[i].len && before.at[shared] == words[i].at[shared]) shared++;
        varint_put(out, (uint32_t)shared);
        varint_put(out, (uint32_t)(words[i].len - shared));
        buf_put(out, str_drop(words[i], shared));
        before = words[i];
    }
}

bool words_read(Arena *a, Str value, Str **words, size_t *n)
{
    uint32_t count;
    if (!varint_take(&value, &count) || count > value.len) return false;
    Str   *list = arena_raw(a, (count + 1) * sizeof(Str));
    char  *room = NULL;
    size_t left = 0;
    Str    before = STR_NONE;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t shared, more;
        if (!varint_take(&value, &shared) || !varint_take(&value, &more)) return false;
        if (shared > before.len || more > value.len || shared + more > TERM_BYTES_MAX) return false;
        if (left < shared + more) room = arena_raw(a, left = WORDS_ROOM);
        char *word = room;
        room += shared + more;
        left -= shared + more;
        if (shared) memcpy(word, before.at, shared);
        memcpy(word + shared, value.at, more);
        value = str_drop(value, more);
        list[i] = before = (Str){ word, shared + more };
    }
    *words = list;
    *n = count;
    return true;
}

Str *words_join(Arena *a, Str *x, size_t *n, Str *y, size_t y_n)
{
    if (!*n) return *n = y_n, y;
    if (!y_n) return x;
    Str   *both = arena_raw(a, (*n + y_n) * sizeof(Str));
    size_t i = 0, k = 0, count = 0;
    while (i < *n || k < y_n) {
        int order = i == *n ? 1 : k == y_n ? -1
                                           : str_cmp(x[i], y[k]);
        both[count++] = order <= 0 ? x[i] : y[k];
        i += order <= 0;
        k += order >= 0;
    }
    *n = count;
    return both;
}

Str face_key(uint32_t face, char key[5])
{
    key[0] = TERM_FACE;
    for (int i = 0; i < 4; i++) key[1 + i] = (char)(face >> (24 - 8 * i));
    return (Str){ key, 5 };
}

uint32_t face_of_key(Str key)
{
    const uint8_t *b = (const uint8_t *)key.at + 1;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
