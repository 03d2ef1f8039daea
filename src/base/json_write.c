/* Text of JSON values. Our own walker: jansson's keeps a table against loops and writes doubles with
   17 digits; this one is on the path of every answer. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPACT (-1)

/* A double of few decimals, as nearly all are: the first count of decimals at which whole / power
   is the very same double. Up to 15 digits such a text stands for one double only. */
static bool put_short_double(Buf *out, double x)
{
    static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
    for (int decimals = 0; decimals <= 6; decimals++) {
        double whole = rint(x * powers[decimals]);
        if (!(fabs(whole) < 1e15)) return false;
        if (whole / powers[decimals] != x) continue;
        if (signbit(x)) buf_put_byte(out, '-');
        int64_t n = (int64_t)fabs(whole), power = (int64_t)powers[decimals];
        buf_put_integer(out, n / power);
        buf_put_byte(out, '.');
        if (decimals == 0) buf_put_byte(out, '0');
        char   *digits = buf_grow(out, (size_t)decimals);
        int64_t fraction = n % power;
        for (int i = decimals - 1; i >= 0; i--, fraction /= 10)
            digits[i] = (char)('0' + fraction % 10);
        return true;
    }
    return false;
}

static void put_double(Buf *out, double x)
{
    if (put_short_double(out, x)) return;
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    buf_put_z(out, text);
    if (!strpbrk(text, ".e")) buf_put(out, S(".0"));
}

static void put_new_line(Buf *out, int depth)
{
    if (depth == COMPACT) return;
    buf_put_byte(out, '\n');
    memset(buf_grow(out, 2 * (size_t)depth), ' ', 2 * (size_t)depth);
}

static void put_value(Buf *out, const Json *value, int depth);

static void put_object(Buf *out, const Json *value, int depth)
{
    Json *object = (Json *)value; /* the iterators want it so; they change nothing */
    int   inner = depth == COMPACT ? COMPACT : depth + 1;
    buf_put_byte(out, '{');
    bool first = true;
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        if (!first) buf_put_byte(out, ',');
        first = false;
        put_new_line(out, inner);
        buf_put_json(out, (Str){ json_object_iter_key(i), json_object_iter_key_len(i) });
        buf_put(out, depth == COMPACT ? S(":") : S(": "));
        put_value(out, json_object_iter_value(i), inner);
    }
    if (!first) put_new_line(out, depth);
    buf_put_byte(out, '}');
}

static void put_array(Buf *out, const Json *array, int depth)
{
    int    inner = depth == COMPACT ? COMPACT : depth + 1;
    size_t n = json_array_size(array);
    buf_put_byte(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_put_byte(out, ',');
        put_new_line(out, inner);
        put_value(out, json_array_get(array, i), inner);
    }
    if (n) put_new_line(out, depth);
    buf_put_byte(out, ']');
}

static void put_value(Buf *out, const Json *value, int depth)
{
    if (!value) {
        buf_put(out, S("null"));
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT: put_object(out, value, depth); break;
    case JSON_ARRAY: put_array(out, value, depth); break;
    case JSON_STRING: buf_put_json(out, json_text(value)); break;
    case JSON_INTEGER: buf_put_integer(out, json_integer_value(value)); break;
    case JSON_REAL: put_double(out, json_real_value(value)); break;
    case JSON_TRUE: buf_put(out, S("true")); break;
    case JSON_FALSE: buf_put(out, S("false")); break;
    case JSON_NULL: buf_put(out, S("null")); break;
    }
}

void json_put(Buf *out, const Json *value)
{
    put_value(out, value, COMPACT);
}

static Str write(Arena *a, const Json *value, int depth)
{
    Buf text = { 0 };
    put_value(&text, value, depth);
    Str copy = str_copy(a, buf_str(&text));
    buf_free(&text);
    return copy;
}

Str json_write(Arena *a, const Json *value)
{
    return write(a, value, COMPACT);
}

Str json_write_pretty(Arena *a, const Json *value)
{
    return write(a, value, 0);
}
