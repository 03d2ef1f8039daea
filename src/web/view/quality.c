/* "Quality at a glance" on the page of a dataset: what its imports flagged, with ways to the rows; and the page that
   says of each flag what it means, where the first rows are, and what to do. */
#include "text/lang.h"
#include "web/quality.h"
#include "web/view/tools.h"

static Str share_words(const ViewWork *w, int64_t part, int64_t all)
{
    double share = all > 0 ? 100.0 * (double)part / (double)all : 0;
    bool   tiny = share > 0 && share < 0.01;
    Str    number = number_text(w->req->arena, tiny ? 0.01 : share, 2, w->req->lang);
    return str_join(w->req->arena, (Str[]){ tiny ? S("< ") : STR_NONE, number, S(" %") }, 3);
}

static Json *flag_shown(const ViewWork *w, const Json *from, int64_t rows)
{
    Arena  *a = w->req->arena;
    Json   *one = json_object_make(a);
    Str     flag = json_get_text(from, "flag");
    int64_t n = json_get_integer(from, "rows", 0);
    json_put_text(one, "flag", flag);
    json_put_text(one, "word", words(w, str_format(a, "flag.%.*s", STR_ARG(flag)).at));
    json_put_text(one, "severity",
                  words(w, str_eq(json_get_text(from, "severity"), S("error"))
                               ? "severity.error"
                               : "severity.warning"));
    json_put_text(one, "rows", number_text(a, (double)n, 0, w->req->lang));
    json_put_text(one, "share", share_words(w, n, rows));
    return one;
}

/* What was found in too many rows to flag them. */
static Json *widespread_make(const ViewWork *w, const Json *list)
{
    Arena *a = w->req->arena;
    Json  *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *from = json_array_get(list, i);
        Json       *one = flag_shown(w, from, json_get_integer(from, "of", 0));
        Str         todo = str_format(a, "flag.%.*s.do", STR_ARG(json_get_text(from, "flag")));
        json_put_text(one, "todo", words(w, todo.at));
        json_put_text(one, "all", words_count(w, "quality.all", (uint64_t)json_get_integer(from, "rows", 0)));
        json_add_value(out, one);
    }
    return out;
}

void quality_put(const ViewWork *w, const Json *doc, Json *data)
{
    Arena      *a = w->req->arena;
    Json       *quality = quality_value(a, doc), *view = json_object_make(a), *list = json_array_make(a);
    const Json *flags = json_get(quality, "flags");
    int64_t     rows = json_get_integer(quality, "rows", 0), aside = json_get_integer(quality, "aside", 0);
    if (!json_array_size(json_get(doc, "parts"))) return;
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *from = json_array_get(flags, i);
        json_add_value(list, flag_shown(w, from, rows));
    }
    json_put_text(
        view, "flagged",
        words_count(w, "dataset.flagged", (uint64_t)json_get_integer(quality, "flagged", 0)));
    if (aside > 0) json_put_text(view, "aside", words_count(w, "dataset.flagged-aside", (uint64_t)aside));
    json_put_value(view, "flags", list);
    json_put_value(view, "widespread", widespread_make(w, json_get(quality, "widespread")));
    json_put_value(data, "quality", view);
}

/* ---- the page ---- */

/* The columns that any of the rows shows: where a flag is of bounds each has those that are past them. */
static Json *heads_make(const ViewWork *w, const Json *examples)
{
    Json *out = json_array_make(w->req->arena), *seen = json_object_make(w->req->arena);
    for (size_t i = 0; i < json_array_size(examples); i++) {
        const char *name;
        Json       *value;
        json_object_foreach((Json *)json_get(json_array_get(examples, i), "values"), name, value)
        {
            if (!json_get(seen, name)) json_add_text(out, str_of(name));
            json_put_bool(seen, name, true);
        }
    }
    return out;
}

static Json *row_shown(const ViewWork *w, const Json *example, const Json *heads)
{
    Arena      *a = w->req->arena;
    Json       *one = json_object_make(a), *cells = json_array_make(a);
    const Json *nearest = json_get(example, "nearest");
    Buf        *names = buf_open(a);
    double      number;
    for (size_t i = 0; i < json_array_size(heads); i++) {
        Json *cell = json_object_make(a);
        Str   value = json_get_text(json_get(example, "values"), str_z(a, json_text(json_array_get(heads, i))));
        json_put_text(cell, "text", value);
        json_put_bool(cell, "number", str_to_double(value, &number));
        json_add_value(cells, cell);
    }
    for (size_t i = 0; i < json_array_size(nearest); i++)
        buf_putf(names, "%s%.*s", i ? ", " : "", STR_ARG(json_text(json_array_get(nearest, i))));
    if (names->len) json_put_text(one, "nearest", words_with(w, "quality.nearest", "names", buf_str(names)));
    if (json_get(example, "row"))
        json_put_text(one, "row", number_text(a, (double)json_get_integer(example, "row", 0), 0, w->req->lang));
    json_put_text_if(one, "file", json_get_text(example, "file"));
    json_put_value(one, "cells", cells);
    return one;
}

static Json *section_make(const ViewWork *w, const Json *from, int64_t rows)
{
    Arena      *a = w->req->arena;
    Json       *one = flag_shown(w, from, rows), *list = json_array_make(a);
    const Json *examples = json_get(from, "examples"), *heads = heads_make(w, examples);
    Str         flag = json_get_text(from, "flag");
    for (size_t i = 0; i < json_array_size(examples); i++)
        json_add_value(list, row_shown(w, json_array_get(examples, i), heads));
    json_put_text(one, "todo", words(w, str_format(a, "flag.%.*s.do", STR_ARG(flag)).at));
    json_put_text(one, "all", words_count(w, "quality.all", (uint64_t)json_get_integer(from, "rows", 0)));
    json_put_value(one, "heads", (Json *)heads);
    json_put_value(one, "examples", list);
    return one;
}

static Json *clear_make(const ViewWork *w, const Json *clear)
{
    Json *out = json_array_make(w->req->arena);
    for (size_t i = 0; i < json_array_size(clear); i++)
        json_add_text(
            out, words(w, str_format(w->req->arena, "flag.%.*s", STR_ARG(json_text(json_array_get(clear, i)))).at));
    return out;
}

bool view_quality(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    Arena      *a = w->req->arena;
    const Json *flags = json_get(value, "flags");
    Json       *sections = json_array_make(a);
    int64_t     rows = json_get_integer(value, "rows", 0), aside = json_get_integer(value, "aside", 0);
    for (size_t i = 0; i < json_array_size(flags); i++)
        json_add_value(sections, section_make(w, json_array_get(flags, i), rows));
    json_put_value(view, "title", shown_text(w, json_get(value, "name")));
    json_put_text(view, "url", record_url(a, S("dataset"), json_get_text(value, "dataset")));
    json_put_text(view, "count", words_count(w, "dataset.count", (uint64_t)rows));
    json_put_text(view, "flagged",
                  words_count(w, "dataset.flagged", (uint64_t)json_get_integer(value, "flagged", 0)));
    if (aside > 0) json_put_text(view, "aside", words_count(w, "dataset.flagged-aside", (uint64_t)aside));
    json_put_value(view, "sections", sections);
    json_put_value(view, "widespread", widespread_make(w, json_get(value, "widespread")));
    json_put_value(view, "clear", clear_make(w, json_get(value, "clear")));
    json_put_bool(view, "late", json_get_bool(value, "late"));
    return true;
}
