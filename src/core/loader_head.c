#include "core/loader_head.h"

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
    size_t i = 1;
    *escapes = false;
    while (i < s->len && s->at[i] != '"') {
        bool escape = s->at[i] == '\\';
        *escapes |= escape;
        i += escape ? 2 : 1;
    }
    if (i >= s->len) return false;
    *out = (Str){ s->at + 1, i - 1 };
    *s = str_drop(*s, i + 1);
    return true;
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
