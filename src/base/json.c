/* JSON values: making, looking up, comparing, merging. Reading is in json_read.c, writing in json_write.c. */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void release(void *value)
{
    json_decref(value);
}

Json *json_adopt(Arena *a, Json *value)
{
    if (!value) memory_end(0);
    return arena_adopt(a, value, release);
}

static Json *object_new(void)
{
    Json *object = json_object();
    if (!object) memory_end(0);
    return object;
}

static Json *text_repaired_new(Str s)
{
    Buf text = { 0 };
    buf_reserve(&text, s.len);
    while (s.len) {
        size_t step = str_utf8_step(s);
        if (step)
            buf_put(&text, str_take_first(s, step));
        else
            buf_put(&text, S("\xEF\xBF\xBD"));
        s = str_drop(s, step ? step : 1);
    }
    Json *value = json_stringn_nocheck(text.at, text.len);
    buf_free(&text);
    return value;
}

static Json *text_new(Str s)
{
    Json *value = str_is_utf8(s) ? json_stringn_nocheck(s.at ? s.at : "", s.len)
                                 : text_repaired_new(s);
    if (!value) memory_end(s.len);
    return value;
}

Json *json_object_make(Arena *a)
{
    return json_adopt(a, object_new());
}

Json *json_array_make(Arena *a)
{
    return json_adopt(a, json_array());
}

Json *json_text_make(Arena *a, Str s)
{
    return json_adopt(a, text_new(s));
}

Json *json_integer_make(Arena *a, int64_t n)
{
    return json_adopt(a, json_integer(n));
}

/* Takes `value`; never fails but for memory. */
static void set(Json *object, const char *key, Json *value)
{
    assert(json_is_object(object) && value != object);
    if (json_object_set_new_nocheck(object, key, value) != 0) memory_end(0);
}

void json_put_taken(Json *object, const char *key, Json *value)
{
    set(object, key, value);
}

void json_put_text(Json *object, const char *key, Str s)
{
    set(object, key, text_new(s));
}

void json_put_text_if(Json *object, const char *key, Str s)
{
    if (s.len) json_put_text(object, key, s);
}

void json_put_integer(Json *object, const char *key, int64_t n)
{
    set(object, key, json_integer(n));
}

void json_put_number(Json *object, const char *key, double n)
{
    set(object, key, isfinite(n) ? json_real(n) : json_null());
}

void json_put_bool(Json *object, const char *key, bool yes)
{
    set(object, key, json_boolean(yes));
}

void json_put_value(Json *object, const char *key, Json *value)
{
    set(object, key, value ? json_incref(value) : json_null());
}

static void add(Json *array, Json *value)
{
    assert(json_is_array(array) && value != array);
    if (json_array_append_new(array, value) != 0) memory_end(0);
}

void json_add_text(Json *array, Str s)
{
    add(array, text_new(s));
}

void json_add_value(Json *array, Json *value)
{
    add(array, value ? json_incref(value) : json_null());
}

void json_add_taken(Json *array, Json *value)
{
    add(array, value);
}

Json *json_get(const Json *object, const char *key)
{
    return json_object_get(object, key);
}

Str json_text(const Json *value)
{
    if (!json_is_string(value)) return STR_NONE;
    return (Str){ json_string_value(value), json_string_length(value) };
}

Str json_get_text(const Json *object, const char *key)
{
    return json_text(json_get(object, key));
}

/* The value as a whole number that fits. */
static bool whole_number(const Json *value, int64_t *out)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (!json_is_real(value)) return false;
    double x = json_real_value(value);
    /* 2^63 itself does not fit; both ends are doubles. */
    if (!(x >= -0x1p63 && x < 0x1p63) || x != trunc(x)) return false;
    *out = (int64_t)x;
    return true;
}

int64_t json_get_integer(const Json *object, const char *key, int64_t otherwise)
{
    int64_t n;
    return whole_number(json_get(object, key), &n) ? n : otherwise;
}

double json_get_number(const Json *object, const char *key, double otherwise)
{
    const Json *value = json_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool json_get_bool(const Json *object, const char *key)
{
    return json_is_true(json_get(object, key));
}

/* The member named by one step of a pointer, in which ~1 is / and ~0 is ~. */
static Json *member_at(const Json *object, Str step)
{
    if (str_find(step, S("~")) < 0) return json_object_getn(object, step.at, step.len);
    Buf  key = { 0 };
    bool well_formed = true;
    for (size_t i = 0; i < step.len; i++) {
        char c = step.at[i];
        if (c == '~') {
            char code = ++i < step.len ? step.at[i] : 0;
            well_formed = well_formed && (code == '0' || code == '1');
            c = code == '1' ? '/' : '~';
        }
        buf_put_byte(&key, c);
    }
    Json *member = well_formed ? json_object_getn(object, key.at, key.len) : NULL;
    buf_free(&key);
    return member;
}

static Json *element_at(const Json *array, Str step)
{
    int64_t index;
    if (step.len > 1 && step.at[0] == '0') return NULL;
    if (!str_to_i64(step, &index) || index < 0 || step.at[0] == '-') return NULL;
    return json_array_get(array, (size_t)index);
}

Json *json_at(const Json *value, Str pointer)
{
    while (value && pointer.len) {
        if (pointer.at[0] != '/') return NULL;
        pointer = str_drop(pointer, 1);
        Cut cut = str_cut(pointer, '/');
        Str step = cut.head;
        value = json_is_object(value)  ? member_at(value, step)
                : json_is_array(value) ? element_at(value, step)
                                       : NULL;
        pointer = str_drop(pointer, step.len);
    }
    return (Json *)value;
}

Str json_pointer_add(Arena *a, Str pointer, Str key)
{
    size_t escapes = 0;
    for (size_t i = 0; i < key.len; i++) escapes += key.at[i] == '~' || key.at[i] == '/';
    size_t len = pointer.len + 1 + key.len + escapes;
    char  *longer = arena_raw(a, len + 1), *to = longer;
    if (pointer.len) to = mempcpy(to, pointer.at, pointer.len);
    *to++ = '/';
    for (size_t i = 0; i < key.len; i++) {
        char c = key.at[i];
        *to++ = c == '/' ? '~' : c;
        if (c == '~') *to++ = '0';
        if (c == '/') *to++ = '1';
    }
    *to = 0;
    return (Str){ longer, len };
}

Str json_pointer_add_index(Arena *a, Str pointer, size_t index)
{
    return str_format(a, "%.*s/%zu", STR_ARG(pointer), index);
}

/* Like json_deep_copy, but without its search for loops, which costs more than the copy. */
static Json *copy_new(const Json *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: {
        Json       *copy = object_new(), *member;
        const char *key;
        json_object_foreach((Json *)value, key, member) set(copy, key, copy_new(member));
        return copy;
    }
    case JSON_ARRAY: {
        Json *copy = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            add(copy, copy_new(json_array_get(value, i)));
        return copy;
    }
    case JSON_STRING:
        return json_stringn_nocheck(json_string_value(value), json_string_length(value));
    case JSON_INTEGER: return json_integer(json_integer_value(value));
    case JSON_REAL: return json_real(json_real_value(value));
    default: return (Json *)value; /* true, false and null are one for all */
    }
}

Json *json_copy_deep(Arena *a, const Json *value)
{
    return json_adopt(a, copy_new(value));
}

/* RFC 7396, section 2. */
static Json *merged_new(const Json *target, const Json *patch)
{
    if (!json_is_object(patch)) return copy_new(patch);
    Json       *merged = json_is_object(target) ? copy_new(target) : object_new();
    Json       *change;
    const char *key;
    json_object_foreach((Json *)patch, key, change)
    {
        if (json_is_null(change))
            json_object_del(merged, key);
        else
            set(merged, key, merged_new(json_object_get(merged, key), change));
    }
    return merged;
}

Json *json_merge_patch(Arena *a, const Json *target, const Json *patch)
{
    return json_adopt(a, merged_new(target, patch));
}

static bool same_number(const Json *x, const Json *y)
{
    int64_t m, n;
    bool    whole = whole_number(x, &m);
    if (whole != whole_number(y, &n)) return false;
    return whole ? m == n : json_number_value(x) == json_number_value(y);
}

static bool same_object(const Json *x, const Json *y)
{
    if (json_object_size(x) != json_object_size(y)) return false;
    const char *key;
    Json       *member;
    json_object_foreach((Json *)x, key, member)
    {
        const Json *other = json_object_get(y, key);
        if (!other || !json_same(member, other)) return false;
    }
    return true;
}

static bool same_array(const Json *x, const Json *y)
{
    if (json_array_size(x) != json_array_size(y)) return false;
    for (size_t i = 0; i < json_array_size(x); i++)
        if (!json_same(json_array_get(x, i), json_array_get(y, i))) return false;
    return true;
}

bool json_same(const Json *x, const Json *y)
{
    if (!x || !y) return x == y;
    if (json_is_number(x) && json_is_number(y)) return same_number(x, y);
    if (json_typeof(x) != json_typeof(y)) return false;
    switch (json_typeof(x)) {
    case JSON_OBJECT: return same_object(x, y);
    case JSON_ARRAY: return same_array(x, y);
    case JSON_STRING: return str_eq(json_text(x), json_text(y));
    default: return true;
    }
}
