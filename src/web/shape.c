/* See shape.h. */
#include "web/shape.h"

#include <assert.h>
#include <string.h>

Shape shape_tree(Arena *a)
{
    return (Shape){ .arena = a };
}

Shape shape_of(const Request *req)
{
    Shape s = shape_tree(req->arena);
    if (str_eq(req->ending, S("json"))) {
        s.text = buf_open(req->arena);
        buf_reserve(s.text, 8 << 10);
    }
    s.first = true;
    return s;
}

static void put_key(Shape *s, const char *key)
{
    if (!s->first) buf_put_byte(s->text, ',');
    s->first = false;
    if (!key) return;
    size_t n = strlen(key); /* keys are names in this program: nothing to escape */
    char  *to = buf_grow(s->text, n + 3);
    to[0] = '"';
    memcpy(to + 1, key, n);
    to[n + 1] = '"';
    to[n + 2] = ':';
}

static void add(Shape *s, const char *key, Json *value)
{
    Json *into = s->at[s->depth - 1];
    if (key) json_put_value(into, key, value);
    else json_add_value(into, value);
}

static void begin(Shape *s, const char *key, bool object)
{
    assert(s->depth < SHAPE_DEPTH_MAX);
    if (s->text) {
        put_key(s, key);
        buf_put_byte(s->text, object ? '{' : '[');
        s->ends[s->depth++] = object ? '}' : ']';
        s->first = true;
        return;
    }
    Json *value = object ? json_object_make(s->arena) : json_array_make(s->arena);
    if (s->depth) add(s, key, value);
    s->at[s->depth++] = value;
}

void shape_object(Shape *s, const char *key)
{
    begin(s, key, true);
}

void shape_list(Shape *s, const char *key)
{
    begin(s, key, false);
}

void shape_end(Shape *s)
{
    s->depth--;
    if (!s->text) return;
    buf_put_byte(s->text, s->ends[s->depth]);
    s->first = false;
}

void shape_text(Shape *s, const char *key, Str text)
{
    if (!s->text) {
        if (key) json_put_text(s->at[s->depth - 1], key, text);
        else json_add_text(s->at[s->depth - 1], text);
        return;
    }
    put_key(s, key);
    if (str_is_utf8(text)) buf_put_json(s->text, text);
    else json_put(s->text, json_text_make(s->arena, text)); /* which makes it well-formed */
}

void shape_text_if(Shape *s, const char *key, Str text)
{
    if (text.len) shape_text(s, key, text);
}

void shape_integer(Shape *s, const char *key, int64_t n)
{
    if (!s->text) {
        add(s, key, json_integer_make(s->arena, n));
        return;
    }
    put_key(s, key);
    buf_put_integer(s->text, n);
}

void shape_number(Shape *s, const char *key, double n)
{
    Json *one = json_object_make(s->arena);
    json_put_number(one, "n", n);
    shape_value(s, key, json_get(one, "n"));
}

void shape_bool(Shape *s, const char *key, bool yes)
{
    if (!s->text) {
        json_put_bool(s->at[s->depth - 1], key, yes);
        return;
    }
    put_key(s, key);
    buf_put(s->text, yes ? S("true") : S("false"));
}

void shape_value(Shape *s, const char *key, Json *value)
{
    if (!s->text) {
        add(s, key, value);
        return;
    }
    put_key(s, key);
    json_put(s->text, value);
}

void shape_reply(const Shape *s, Reply *reply)
{
    assert(s->depth == 0);
    if (s->text) reply->json = buf_str(s->text);
    else reply->value = s->at[0];
}

Json *shape_json(const Shape *s)
{
    assert(s->depth == 0 && !s->text);
    return s->at[0];
}
