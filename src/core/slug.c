#include "core/slug.h"

#include "base/id.h"

static bool slug_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool slug_is(Str text)
{
    if (!text.len || text.len > SLUG_MAX || id_is(text)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!slug_char(text.at[i]) &&
            (text.at[i] != '-' || i == 0 || i + 1 == text.len || text.at[i - 1] == '-'))
            return false;
    return true;
}

/* Words are kept whole as long as there is room. */
#define WANTED 60

Str slug_make(Arena *a, Str title)
{
    char  *out = arena_raw(a, title.len + 1);
    size_t n = 0, word_end = 0;
    for (size_t i = 0; i < title.len; i++) {
        char c = title.at[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (slug_char(c)) {
            out[n++] = c;
        } else if (c != '\'' && n > 0 && out[n - 1] != '-') {
            if (n <= WANTED) word_end = n;
            out[n++] = '-';
        }
    }
    while (n > 0 && out[n - 1] == '-') n--;
    if (n > WANTED) n = word_end ? word_end : WANTED;
    return (Str){ out, n };
}
