/* Growing by doubling; escaping by table, in runs of bytes that stand as they are. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

static void release(void *b)
{
    buf_free(b);
}

Buf *buf_open(Arena *a)
{
    return arena_adopt(a, NEW(a, Buf), release);
}

void buf_free(Buf *b)
{
    free(b->at);
    *b = (Buf){ 0 };
}

void buf_clear(Buf *b)
{
    b->len = 0;
    if (b->at) b->at[0] = 0;
}

void buf_reserve(Buf *b, size_t n)
{
    if (n < b->room - b->len) return; /* room counts the final zero; both are 0 at first */
    size_t room = b->room ? b->room : FIRST_ROOM;
    if (n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) memory_end(n);
    while (room - b->len <= n) room *= 2;
    char *grown = realloc(b->at, room);
    if (!grown) memory_end(room);
    b->at = grown;
    b->room = room;
}

char *buf_grow(Buf *b, size_t n)
{
    buf_reserve(b, n);
    char *where = b->at + b->len;
    b->len += n;
    b->at[b->len] = 0;
    return where;
}

void buf_put_bytes(Buf *b, const void *bytes, size_t n)
{
    if (n) memcpy(buf_grow(b, n), bytes, n);
}

void buf_put(Buf *b, Str s)
{
    buf_put_bytes(b, s.at, s.len);
}

void buf_put_z(Buf *b, const char *z)
{
    buf_put(b, str_of(z));
}

void buf_put_byte(Buf *b, char c)
{
    *buf_grow(b, 1) = c;
}

void buf_putf(Buf *b, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    buf_reserve(b, 64);
    size_t free_bytes = b->room - b->len;
    int    n = vsnprintf(b->at + b->len, free_bytes, format, list);
    va_end(list);
    if (n < 0) memory_end(0);
    if ((size_t)n >= free_bytes) {
        buf_reserve(b, (size_t)n);
        vsnprintf(b->at + b->len, (size_t)n + 1, format, again);
    }
    va_end(again);
    b->len += (size_t)n;
}

void buf_put_integer(Buf *b, int64_t n)
{
    char     digits[20], *at = digits + sizeof digits;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0) *--at = '-';
    buf_put_bytes(b, at, (size_t)(digits + sizeof digits - at));
}

void buf_put_html(Buf *b, Str s)
{
    static const Str escapes[256] = {
        ['&'] = S_INIT("&amp;"),
        ['<'] = S_INIT("&lt;"),
        ['>'] = S_INIT("&gt;"),
        ['"'] = S_INIT("&quot;"),
        ['\''] = S_INIT("&#39;"),
    };
    size_t start = 0;
    for (size_t i = 0; i < s.len; i++) {
        Str escape = escapes[(uint8_t)s.at[i]];
        if (!escape.len) continue;
        buf_put_bytes(b, s.at + start, i - start);
        buf_put(b, escape);
        start = i + 1;
    }
    buf_put_bytes(b, s.at + start, s.len - start);
}

/* How many of the bytes from `at` on stand for themselves in JSON, as far as eight at a time can tell. */
static size_t plain_in_json(const char *at, size_t n)
{
    const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    size_t         done = 0;
    for (; done + 8 <= n; done += 8) {
        uint64_t eight;
        memcpy(&eight, at + done, 8);
        uint64_t quote = eight ^ '"' * ones, backslash = eight ^ '\\' * ones;
        uint64_t special = (eight - ' ' * ones) & ~eight; /* below a space */
        special |= ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
        if (special & highs) break;
    }
    return done;
}

void buf_put_json(Buf *b, Str s)
{
    /* What follows the backslash; 'u' stands for \u00XX. */
    static const char escapes[256] = {
        [0 ... 7] = 'u',
        ['\b'] = 'b',
        ['\t'] = 't',
        ['\n'] = 'n',
        [11] = 'u',
        ['\f'] = 'f',
        ['\r'] = 'r',
        [14 ... 31] = 'u',
        ['"'] = '"',
        ['\\'] = '\\',
    };
    buf_reserve(b, s.len + 2);
    buf_put_byte(b, '"');
    size_t start = 0;
    for (size_t i = plain_in_json(s.at, s.len); i < s.len; i++) {
        uint8_t c = (uint8_t)s.at[i];
        if (!escapes[c]) continue;
        buf_put_bytes(b, s.at + start, i - start);
        if (escapes[c] == 'u')
            buf_putf(b, "\\u%04x", c);
        else
            buf_put_bytes(b, (char[]){ '\\', escapes[c] }, 2);
        start = i + 1;
        i += plain_in_json(s.at + start, s.len - start);
    }
    buf_put_bytes(b, s.at + start, s.len - start);
    buf_put_byte(b, '"');
}

Str buf_str(const Buf *b)
{
    return (Str){ b->at, b->len };
}
