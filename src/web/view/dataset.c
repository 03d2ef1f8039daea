/* The page of a dataset: what every record's page has, and its data: the first rows of the question that
   the address asks, where to get them in each form, a form to ask otherwise, columns and parts. */
#include <string.h>

#include "base/time.h"
#include "text/lang.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/view/dataset.h"

#define SEND_COLUMNS 6  /* in the example of a post */
#define COLUMNS_OPEN 12 /* more are folded */
#define FILTERS_MAX  40 /* columns with inputs of their own; the others are asked by address */

static Str number_words(const ViewWork *w, int64_t n)
{
    return number_text(w->req->arena, (double)n, 0, w->req->lang);
}

/* The record's own tables of columns and parts are replaced by ours. */
static void tables_drop(const ViewWork *w, const Kind *kind, Json *view)
{
    static const char *const ours[] = { "columns", "parts" };
    Json                    *tables = json_get(view, "tables"), *kept = json_array_make(w->req->arena);
    for (size_t i = 0; i < json_array_size(tables); i++) {
        Json *table = json_array_get(tables, i);
        bool  drop = false;
        for (size_t k = 0; k < 2; k++)
            drop =
                drop || str_eq(json_get_text(table, "label"), field_word(w, kind, kind_field(kind, str_of(ours[k]))));
        if (!drop) json_add_value(kept, table);
    }
    if (tables) json_put_value(view, "tables", kept);
}

static Str choice(const ViewWork *w, const Kind *kind, const char *path, Str value)
{
    const Field *field = kind_field(kind, str_of(path));
    return field && value.len ? choice_word(w, kind, field, value) : value;
}

static Json *columns_make(const ViewWork *w, const Kind *kind, const Json *doc)
{
    Arena *a = w->req->arena;
    Json  *list = json_get(doc, "columns"), *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *column = json_array_get(list, i);
        Json       *one = json_object_make(a);
        Str         role = json_get_text(column, "role");
        json_put_text(one, "name", json_get_text(column, "name"));
        json_put_value(one, "title", shown_text(w, json_get(column, "title")));
        json_put_value(one, "description", shown_text(w, json_get(column, "description")));
        json_put_text(one, "type", choice(w, kind, "columns.type", json_get_text(column, "type")));
        if (role.len) json_put_text(one, "role", choice(w, kind, "columns.role", role));
        json_put_text_if(one, "unit", json_get_text(column, "unit"));
        json_add_value(out, one);
    }
    return out;
}

/* What the address asks of a column now. */
static Str asked_now(const ViewWork *w, Str name, const char *ending)
{
    Str plain = str_join(w->req->arena, (Str[]){ name, str_of(ending) }, 2);
    Str with_where = str_join(w->req->arena, (Str[]){ S("where."), plain }, 2);
    Str value = query_get(w->req, with_where.at);
    return value.len ? value : query_get(w->req, plain.at);
}

static Json *input_make(const ViewWork *w, Str name, const char *ending, const char *word)
{
    Json *input = json_object_make(w->req->arena);
    json_put_text(input, "name", str_join(w->req->arena, (Str[]){ S("where."), name, str_of(ending) }, 3));
    json_put_text(input, "value", asked_now(w, name, ending));
    json_put_text(input, "word", words(w, word));
    return input;
}

static Json *filters_make(const ViewWork *w, const Json *doc)
{
    Arena *a = w->req->arena;
    Json  *list = json_get(doc, "columns"), *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list) && i < FILTERS_MAX; i++) {
        const Json *column = json_array_get(list, i);
        Str         name = json_get_text(column, "name"), type = json_get_text(column, "type");
        Json       *one = json_object_make(a), *inputs = json_array_make(a);
        if (str_eq_z(type, "string")) {
            json_add_value(inputs, input_make(w, name, "", "dataset.is"));
            json_add_value(inputs, input_make(w, name, ".has", "dataset.has"));
        } else if (str_eq_z(type, "boolean")) {
            json_add_value(inputs, input_make(w, name, "", "dataset.is"));
        } else {
            json_add_value(inputs, input_make(w, name, ".min", "dataset.from"));
            json_add_value(inputs, input_make(w, name, ".max", "dataset.to"));
        }
        json_put_text(one, "name", name);
        json_put_text_if(one, "unit", json_get_text(column, "unit"));
        json_put_value(one, "inputs", inputs);
        json_add_value(out, one);
    }
    return out;
}

/* What is reckoned is shown to six digits; what was imported as it came. */
static Str cell_text(const ViewWork *w, const Json *value)
{
    Arena *a = w->req->arena;
    bool   reckoned = query_get(w->req, "group").len || query_get(w->req, "aggregate").len;
    if (reckoned && json_is_real(value))
        return str_format(a, "%.6g", json_real_value(value));
    if (json_is_string(value)) return json_text(value);
    if (json_is_true(value)) return words(w, "dataset.yes");
    if (json_is_false(value)) return words(w, "dataset.no");
    return json_is_number(value) ? json_write(a, value) : STR_NONE;
}

/* How much of a column of times says something: days, if all the rows shown have midnight; else minutes, if all have
   whole ones; else all. Bytes of "2013-03-01T10:30:00". */
static size_t times_said(const Json *rows, Str name, Arena *a)
{
    size_t said = 10;
    for (size_t r = 0; r < json_array_size(rows); r++) {
        Str text = json_get_text(json_array_get(rows, r), str_z(a, name));
        if (!text.len) continue;
        if (text.len != 19 || text.at[10] != 'T') return SIZE_MAX;
        if (!str_ends(text, S(":00"))) return 19;
        if (!str_ends(text, S("T00:00:00"))) said = 16;
    }
    return said;
}

/* A time without its T and without what it does not say. */
static Str time_shown(Arena *a, Str text, size_t said)
{
    if (said == SIZE_MAX || text.len != 19) return text;
    return said == 10 ? str_take_first(text, 10)
                      : str_join(a,
                                 (Str[]){ str_take_first(text, 10), S(" "),
                                          str_take_first(str_drop(text, 11), said - 11) },
                                 3);
}

/* The heads of the rows: numbers stand under theirs, and a unit that the name says is not said again. */
static Json *heads_make(const ViewWork *w, const Json *value)
{
    Arena      *a = w->req->arena;
    const Json *columns = json_get(value, "columns"), *first = json_array_get(json_get(value, "rows"), 0);
    Json       *out = json_array_make(a);
    for (size_t c = 0; c < json_array_size(columns); c++) {
        const Json *column = json_array_get(columns, c);
        Str         name = json_get_text(column, "name"), unit = json_get_text(column, "unit");
        Json       *head = json_object_make(a);
        json_put_text(head, "name", name);
        if (unit.len && !str_has(name, unit)) json_put_text(head, "unit", unit);
        json_put_bool(head, "number", json_is_number(json_get(first, str_z(a, name))));
        json_add_value(out, head);
    }
    return out;
}

static Json *rows_make(const ViewWork *w, const Json *value)
{
    Arena      *a = w->req->arena;
    const Json *columns = json_get(value, "columns"), *rows = json_get(value, "rows");
    Json       *out = json_array_make(a);
    size_t     *said = NEW_ARRAY(a, size_t, json_array_size(columns) + 1);
    for (size_t c = 0; c < json_array_size(columns); c++) {
        const Json *column = json_array_get(columns, c);
        bool        times = str_eq_z(json_get_text(column, "type"), "datetime");
        said[c] = times ? times_said(rows, json_get_text(column, "name"), a) : SIZE_MAX;
    }
    for (size_t r = 0; r < json_array_size(rows); r++) {
        Json *row = json_object_make(a), *cells = json_array_make(a);
        for (size_t c = 0; c < json_array_size(columns); c++) {
            Str         name = json_get_text(json_array_get(columns, c), "name");
            const Json *given = json_get(json_array_get(rows, r), str_z(a, name));
            Json       *cell = json_object_make(a);
            json_put_text(cell, "text", time_shown(a, cell_text(w, given), said[c]));
            json_put_bool(cell, "number", json_is_number(given));
            json_put_text(cell, "label", name);
            json_add_value(cells, cell);
        }
        json_put_value(row, "cells", cells);
        json_add_value(out, row);
    }
    return out;
}

/* `url`: of the dataset, for who may mend its rows; else empty. */
static Json *parts_make(const ViewWork *w, const Json *doc, Str url)
{
    Arena *a = w->req->arena;
    Json  *list = json_get(doc, "parts"), *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *part = json_array_get(list, i);
        Json       *one = json_object_make(a);
        int64_t     at_ms;
        bool        sent = json_get_integer(part, "posted", 0) > 0;
        json_put_text(one, "file", sent ? words(w, "dataset.sent") : json_get_text(part, "file"));
        json_put_text(one, "sha256", json_get_text(part, "sha256"));
        json_put_text(one, "rows", number_words(w, json_get_integer(part, "rows", 0)));
        json_put_text(one, "aside", number_words(w, json_get_integer(part, "aside", 0)));
        if (url.len && json_get_text(part, "aside_sha256").len)
            json_put_text(
                one, "mend_url",
                str_join(a, (Str[]){ url, S("/aside/"), json_get_text(part, "aside_sha256") }, 3));
        if (time_read(json_get_text(part, "at"), &at_ms)) json_put_text(one, "at", when_words(a, at_ms, w->req->lang));
        json_add_value(out, one);
    }
    return out;
}

/* What stands in places of its own. */
static void facts_drop(const ViewWork *w, const Kind *kind, Json *view)
{
    static const char *const placed[] = { "licence", "citation" };
    Json                    *facts = json_get(view, "facts"), *kept = json_array_make(w->req->arena);
    for (size_t i = 0; i < json_array_size(facts); i++) {
        Json *fact = json_array_get(facts, i);
        bool  drop = false;
        for (size_t k = 0; k < 2; k++)
            drop = drop || str_eq(json_get_text(fact, "label"),
                                  field_word(w, kind, kind_field(kind, str_of(placed[k]))));
        if (!drop) json_add_value(kept, fact);
    }
    if (facts) json_put_value(view, "facts", kept);
}

static void example_value(const Column *c, Buf *out)
{
    static const char *const examples[COLUMN_TYPES] = {
        [COLUMN_STRING] = "\"…\"",
        [COLUMN_NUMBER] = "1.5",
        [COLUMN_INTEGER] = "1",
        [COLUMN_BOOLEAN] = "true",
        [COLUMN_DATE] = "\"2026-11-29\"",
        [COLUMN_DATETIME] = "\"2026-11-29T10:00:00Z\"",
        [COLUMN_TIME] = "\"10:00:00\"",
        [COLUMN_YEAR] = "2026",
        [COLUMN_YEARMONTH] = "\"2026-11\"",
    };
    buf_put_z(out, c->pattern.len ? "\"…\"" : examples[c->type]);
}

/* A row of the first columns, to be sent by curl. An apostrophe in a name would end the shell's text. */
static Str send_example(const ViewWork *w, const Json *doc, Str here)
{
    Arena  *a = w->req->arena;
    Buf    *out = buf_open(a);
    Column *columns;
    size_t  n, shown = 0;
    if (!columns_read(a, doc, &columns, &n, NULL)) return STR_NONE;
    buf_putf(out,
             "curl %.*s%.*s/rows \\\n  -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: "
             "application/json' \\\n  -d '{",
             STR_ARG(w->req->site->base_url), STR_ARG(here));
    for (size_t i = 0; i < n && shown < SEND_COLUMNS; i++) {
        Str name = columns[i].from_count == 1 ? columns[i].from[0] : columns[i].name;
        if (columns[i].from_count > 1 || memchr(name.at, '\'', name.len)) continue;
        buf_put_z(out, shown++ ? ", " : "");
        buf_put_json(out, name);
        buf_put_z(out, ": ");
        example_value(&columns[i], out);
    }
    buf_put_z(out, "}'");
    return buf_str(out);
}

/* How fresh the rows are, where some came by posts. */
static void fresh_put(const ViewWork *w, const Json *value, Json *data)
{
    Arena  *a = w->req->arena;
    Json   *args = json_object_make(a);
    int64_t newest_ms, waiting = json_get_integer(value, "waiting", 0);
    if (!time_read(json_get_text(value, "newest"), &newest_ms)) return;
    json_put_text(args, "when", when_words(a, newest_ms, w->req->lang));
    json_put_text(data, "newest", say(w->req, "dataset.newest", args));
    if (waiting) json_put_text(data, "waiting", words_count(w, "dataset.waiting", (uint64_t)waiting));
}

bool view_dataset(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena *a = w->req->arena;
    if (!view_record(w, value, view, err)) return false;
    const Kind *kind = kind_find(view_kinds(w), S("dataset"));
    const Json *doc = json_get(value, "doc");
    if (!kind || !json_get(value, "rows")) return true;
    tables_drop(w, kind, view);
    Json *data = json_object_make(a);
    Str   here = STR_NONE;
    if (may_edit(&w->req->reader, json_get_text(value, "owner"))) {
        here = json_get_text(view, "url");
        json_put_text(view, "import_url", str_join(a, (Str[]){ here, S("/import") }, 2));
        if (json_array_size(json_get(doc, "columns"))) json_put_text(data, "send", send_example(w, doc, here));
    }
    int64_t total = json_get_integer(value, "total", 0), offset = json_get_integer(value, "offset", 0);
    int64_t shown = (int64_t)json_array_size(json_get(value, "rows"));
    json_put_text(data, "count", words_count(w, "dataset.count", (uint64_t)total));
    if (shown < total) json_put_text(data, "shown", words_count(w, "dataset.shown", (uint64_t)shown));
    if (offset + shown < total && shown)
        json_put_text(data, "next",
                      question_url(w, "offset", str_format(a, "%lld", (long long)(offset + shown)), false));
    fresh_put(w, value, data);
    json_put_value(data, "heads", heads_make(w, value));
    json_put_value(data, "rows", rows_make(w, value));
    json_put_value(data, "addresses", dataset_addresses(w, value));
    json_put_value(data, "filters", filters_make(w, doc));
    json_put_value(data, "columns", columns_make(w, kind, doc));
    json_put_bool(data, "many_columns", json_array_size(json_get(doc, "columns")) > COLUMNS_OPEN);
    json_put_value(data, "parts", parts_make(w, doc, here));
    quality_put(w, doc, data);
    facts_drop(w, kind, view);
    json_put_value(data, "cite", dataset_cite(w, value));
    json_put_value(data, "glance",
                   dataset_glance(w, doc, view, json_get(data, "quality"),
                                  json_get_integer(value, "waiting", 0)));
    json_put_bool(data, "restricted", rows_restricted(w->req, doc, json_get_text(value, "owner")));
    json_put_bool(data, "asked", w->req->raw_query.len > 0);
    json_put_text(data, "group", query_get(w->req, "group"));
    json_put_text(data, "aggregate", query_get(w->req, "aggregate"));
    json_put_text(data, "order", query_get(w->req, "order"));
    json_put_text(data, "version", query_get(w->req, "version"));
    json_put_value(data, "looked_at", view_figures(w, doc, json_get(value, "looked_at")));
    json_put_value(view, "data", data);
    return true;
}
