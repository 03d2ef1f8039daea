/* Slices: comparing, cutting, reading numbers, joining. */
#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Str str_of(const char *z)
{
    return z ? (Str){ z, strlen(z) } : STR_NONE;
}

bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_eq_z(Str a, const char *z)
{
    return str_eq(a, str_of(z));
}

int str_cmp(Str a, Str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int    order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(Str a, Str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i])) return false;
    return true;
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_eq((Str){ s.at, prefix.len }, prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.len >= suffix.len && str_eq(str_drop(s, s.len - suffix.len), suffix);
}

bool str_has(Str s, Str part)
{
    return str_find(s, part) >= 0;
}

long str_find(Str s, Str part)
{
    if (part.len == 0) return 0;
    if (part.len > s.len) return -1;
    const char *found = memmem(s.at, s.len, part.at, part.len);
    return found ? found - s.at : -1;
}

static Cut cut_at(Str s, const char *separator)
{
    if (!separator) return (Cut){ .head = s };
    size_t n = (size_t)(separator - s.at);
    return (Cut){ { s.at, n }, { separator + 1, s.len - n - 1 }, true };
}

Cut str_cut(Str s, char separator)
{
    return cut_at(s, s.len ? memchr(s.at, separator, s.len) : NULL);
}

Cut str_cut_last(Str s, char separator)
{
    return cut_at(s, s.len ? memrchr(s.at, separator, s.len) : NULL);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Str str_trim(Str s)
{
    while (s.len && is_space(s.at[0])) s = str_drop(s, 1);
    while (s.len && is_space(s.at[s.len - 1])) s.len--;
    return s;
}

Str str_drop(Str s, size_t n)
{
    if (n > s.len) n = s.len;
    return n ? (Str){ s.at + n, s.len - n } : s;
}

Str str_take_first(Str s, size_t n)
{
    return (Str){ s.at, n < s.len ? n : s.len };
}

uint64_t str_hash(Str s)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (uint8_t)s.at[i]) * 0x100000001b3;
    return hash;
}

bool str_to_i64(Str s, int64_t *out)
{
    bool below_zero = s.len && s.at[0] == '-';
    Str  digits = str_drop(s, below_zero);
    if (digits.len == 0) return false;
    int64_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digits.at[i] - '0';
        if (digit < 0 || digit > 9) return false;
        /* Counted below zero, where there is room for one more. */
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n)) return false;
    }
    if (!below_zero && n == INT64_MIN) return false;
    *out = below_zero ? n : -n;
    return true;
}

static Str drop_digits(Str s)
{
    while (s.len && s.at[0] >= '0' && s.at[0] <= '9') s = str_drop(s, 1);
    return s;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or behind the point. */
static bool is_number(Str s)
{
    if (s.len && (s.at[0] == '-' || s.at[0] == '+')) s = str_drop(s, 1);
    Str    rest = drop_digits(s);
    size_t digits = s.len - rest.len;
    if (rest.len && rest.at[0] == '.') {
        Str fraction = str_drop(rest, 1);
        rest = drop_digits(fraction);
        digits += fraction.len - rest.len;
    }
    if (digits == 0) return false;
    if (rest.len && (rest.at[0] == 'e' || rest.at[0] == 'E')) {
        rest = str_drop(rest, 1);
        if (rest.len && (rest.at[0] == '-' || rest.at[0] == '+')) rest = str_drop(rest, 1);
        if (rest.len == 0) return false;
        rest = drop_digits(rest);
    }
    return rest.len == 0;
}

static locale_t       c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void c_locale_open(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale) memory_end(0);
}

bool str_to_double(Str s, double *out)
{
    char z[1024];
    if (s.len >= sizeof z || !is_number(s)) return false;
    memcpy(z, s.at, s.len);
    z[s.len] = 0;
    pthread_once(&c_locale_once, c_locale_open);
    double value = strtod_l(z, NULL, c_locale);
    if (__builtin_isinf(value)) return false;
    *out = value;
    return true;
}

size_t str_utf8_step(Str s)
{
    const uint8_t *p = (const uint8_t *)s.at;
    if (s.len == 0 || p[0] == 0) return 0;
    uint8_t c = p[0];
    if (c < 0x80) return 1;
    size_t len = c >= 0xC2 && c <= 0xDF   ? 2
                 : (c & 0xF0) == 0xE0     ? 3
                 : c >= 0xF0 && c <= 0xF4 ? 4
                                          : 0;
    if (len == 0 || s.len < len) return 0;
    /* The second byte rules out overlong forms, surrogates and what is past U+10FFFF. */
    uint8_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90
                                               : 0x80;
    uint8_t high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F
                                                : 0xBF;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return len;
}

bool str_is_utf8(Str s)
{
    while (s.len) {
        /* Eight bytes at once while all are ASCII and none is zero. */
        while (s.len >= 8) {
            uint64_t eight;
            memcpy(&eight, s.at, 8);
            bool zero = (eight - 0x0101010101010101) & ~eight & 0x8080808080808080;
            if (zero || (eight & 0x8080808080808080)) break;
            s = str_drop(s, 8);
        }
        if (s.len == 0) break;
        size_t step = str_utf8_step(s);
        if (step == 0) return false;
        s = str_drop(s, step);
    }
    return true;
}

Str str_copy(Arena *a, Str s)
{
    return str_join(a, &s, 1);
}

Str *strs_copy(Arena *a, const Str *from, size_t n)
{
    Str *to = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) to[i] = str_copy(a, from[i]);
    return to;
}

const char *str_z(Arena *a, Str s)
{
    return str_copy(a, s).at;
}

Str str_join(Arena *a, const Str *parts, size_t n)
{
    return str_join_with(a, STR_NONE, parts, n);
}

Str str_join_with(Arena *a, Str separator, const Str *parts, size_t n)
{
    size_t len = n > 1 ? separator.len * (n - 1) : 0;
    for (size_t i = 0; i < n; i++) len += parts[i].len;
    char *all = arena_raw(a, len + 1), *to = all;
    for (size_t i = 0; i < n; i++) {
        if (i && separator.len) to = mempcpy(to, separator.at, separator.len);
        if (parts[i].len) to = mempcpy(to, parts[i].at, parts[i].len);
    }
    *to = 0;
    return (Str){ all, len };
}

Str str_lower_ascii(Arena *a, Str s)
{
    char *copy = arena_raw(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) copy[i] = lower(s.at[i]);
    copy[s.len] = 0;
    return (Str){ copy, s.len };
}

Str str_format(Arena *a, const char *format, ...)
{
    char    small[256];
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int n = vsnprintf(small, sizeof small, format, list);
    va_end(list);
    if (n < 0) memory_end(0);
    char *text = arena_raw(a, (size_t)n + 1);
    if ((size_t)n < sizeof small)
        memcpy(text, small, (size_t)n + 1);
    else
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (Str){ text, (size_t)n };
}
