#include "core/loader/head.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(Str *s)
{
    while (s->len && is_space(s->at[0])) *s = str_drop(*s, 1);
}

static bool take_char(Str *s, char c)
{
    skip_space(s);
    if (!s->len || s->at[0] != c) return false;
    *s = str_drop(*s, 1);
    return true;
}

/* A string from its opening quote on; `out` is what lies between the quotes, escapes and all. */
static bool take_string(Str *s, Str *out, bool *escapes)
{
    const char *from = s->at + 1, *end = s->at + s->len, *at = from;
    *escapes = false;
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) return false;
        const char *escape = memchr(at, '\\', (size_t)(quote - at));
        if (!escape) {
            *out = (Str){ from, (size_t)(quote - from) };
            *s = str_drop(*s, (size_t)(quote + 1 - s->at));
            return true;
        }
        *escapes = true;
        at = escape + 2;
    }
}

/* Past one value: to the comma or brace that ends it on this level. */
static bool skip_value(Str *s)
{
    Str  unused;
    bool escapes;
    for (size_t depth = 0; s->len;) {
        char c = s->at[0];
        if (c == '"') {
            if (!take_string(s, &unused, &escapes)) return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) return true;
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') {
            if (depth == 0) return false;
            depth--;
        }
        *s = str_drop(*s, 1);
    }
    return false;
}

static bool take_text(Str *s, Str *out)
{
    bool escapes;
    return s->len && s->at[0] == '"' && take_string(s, out, &escapes) && !escapes;
}

bool loader_head(Str s, LoaderHead *out)
{
    Str  key;
    bool escapes;
    *out = (LoaderHead){ 0 };
    if (!take_char(&s, '{')) return false;
    do {
        skip_space(&s);
        if (!s.len || s.at[0] != '"' || !take_string(&s, &key, &escapes) || escapes || !take_char(&s, ':'))
            return false;
        skip_space(&s);
        Str *text = str_eq(key, S("kind"))   ? &out->kind
                    : str_eq(key, S("slug")) ? &out->slug
                    : str_eq(key, S("id"))   ? &out->id
                                             : NULL;
        if (text && (text->at || !take_text(&s, text))) return false;
        if (str_eq(key, S("doc"))) out->has_doc = s.len && s.at[0] == '{';
        if (!text && !skip_value(&s)) return false;
    } while (take_char(&s, ','));
    return take_char(&s, '}');
}
