/* The page of the SQL console: the answer's table, its addresses, and a first question to change. */
#include "text/lang.h"
#include "web/view/tools.h"

static Json *cells_make(const ViewWork *w, const Json *row)
{
    Arena *a = w->req->arena;
    Json  *cells = json_array_make(a);
    for (size_t i = 0; i < json_array_size(row); i++) {
        const Json *given = json_array_get(row, i);
        Json       *cell = json_object_make(a);
        Str         text = json_is_string(given)   ? json_text(given)
                           : json_is_real(given)   ? str_format(a, "%.9g", json_real_value(given))
                           : json_is_number(given) ? json_write(a, given)
                                                   : STR_NONE;
        if (json_is_boolean(given)) text = words(w, json_is_true(given) ? "dataset.yes" : "dataset.no");
        json_put_text(cell, "text", text);
        json_put_bool(cell, "number", json_is_number(given));
        json_add_value(cells, cell);
    }
    return cells;
}

static Str address(const ViewWork *w, const Json *value, const char *ending)
{
    Arena *a = w->req->arena;
    Buf   *out = buf_open(a);
    buf_putf(out, "/console%s?sql=", ending);
    buf_put(out, percent_make(a, json_get_text(value, "sql")));
    const Json *reads = json_get(value, "reads");
    for (size_t i = 0; i < json_array_size(reads); i++) {
        const Json *one = json_array_get(reads, i);
        buf_put_z(out, "&version.");
        buf_put(out, percent_make(a, json_get_text(one, "dataset")));
        buf_putf(out, "=%lld", (long long)json_get_integer(one, "version", 0));
    }
    return buf_str(out);
}

bool view_console(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    Arena      *a = w->req->arena;
    const Json *rows = json_get(value, "rows"), *columns = json_get(value, "columns");
    const Json *first = json_array_get(json_get(value, "tables"), 0);
    Str         sql = json_get_text(value, "sql");
    if (!str_trim(sql).len && first)
        sql = str_format(a, "SELECT * FROM \"%.*s\" LIMIT 10", STR_ARG(json_get_text(first, "name")));
    json_put_text(view, "sql", sql);
    if (!rows) return true;
    json_put_bool(view, "saves", w->req->reader.membership_count > 0 && !json_get_text(value, "query").len);
    Json  *answer = json_object_make(a), *heads = json_array_make(a), *list = json_array_make(a);
    size_t n = json_array_size(rows);
    for (size_t c = 0; c < json_array_size(columns); c++) {
        Json *head = json_object_make(a);
        json_put_text(head, "name", json_get_text(json_array_get(columns, c), "name"));
        json_put_bool(head, "number", json_is_number(json_array_get(json_array_get(rows, 0), c)));
        json_add_value(heads, head);
    }
    for (size_t r = 0; r < n; r++) {
        Json *row = json_object_make(a);
        json_put_value(row, "cells", cells_make(w, json_array_get(rows, r)));
        json_add_value(list, row);
    }
    json_put_text(answer, "count",
                  words_count(w, json_get_bool(value, "stopped") ? "console.stopped" : "dataset.count", n));
    json_put_value(answer, "heads", heads);
    json_put_value(answer, "rows", list);
    json_put_text(answer, "exact", address(w, value, ""));
    json_put_text(answer, "json", address(w, value, ".json"));
    json_put_text(answer, "csv", address(w, value, ".csv"));
    json_put_value(view, "answer", answer);
    return true;
}
