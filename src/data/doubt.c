#include "data/doubt.h"

void doubt_add(Arena *a, Json *doubts, Str column, const char *what, const Str *examples, size_t n)
{
    Json *one = json_object_make(a), *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) json_add_text(list, examples[i]);
    json_put_text_if(one, "column", column);
    json_put_text(one, "doubt", str_of(what));
    json_put_value(one, "examples", list);
    json_add_value(doubts, one);
}
