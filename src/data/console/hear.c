#include "data/console/hear.h"

#include "data/console/wire.h"

static bool told(const Json *frame, Err *err)
{
    Str     what = json_get_text(frame, "error");
    int64_t line = json_get_integer(frame, "line", 0), column = json_get_integer(frame, "column", 0);
    if (!what.len) return true;
    if (str_eq_z(json_get_text(frame, "code"), "memory"))
        return fail(err, ERR_TOO_BIG, "the question takes more memory than a question may have; %s", CONSOLE_SLOW);
    if (str_eq_z(json_get_text(frame, "code"), "internal")) return fail(err, ERR_INTERNAL, "%.*s", STR_ARG(what));
    if (line > 0)
        return fail(err, ERR_FORMAT, "line %lld, column %lld: %.*s", (long long)line, (long long)column, STR_ARG(what));
    return fail(err, ERR_FORMAT, "%.*s", STR_ARG(what));
}

static bool no_frame(Err *err)
{
    return fail(err, ERR_INTERNAL, "the process of a question said what is no frame");
}

bool console_hear(Hearing *h, Json **out, Err *err)
{
    Str          frame;
    bool         late;
    json_error_t wrong;
    if (!wire_receive(h->fd, h->a, h->until_ms, &frame, &late))
        return late ? fail(err, ERR_TOO_BIG, "the question takes longer than %lld seconds; %s", (long long)h->seconds,
                           CONSOLE_SLOW)
                    : fail(err, ERR_TOO_BIG, "the question took more than its process may have, and was ended; %s",
                           CONSOLE_SLOW);
    h->bytes += frame.len + CONSOLE_FRAME_COST;
    if (h->bytes > CONSOLE_HEARD_MAX) return fail(err, ERR_INTERNAL, "the process of a question said too much");
    Json *read = json_loadb(frame.at, frame.len, 0, &wrong);
    if (!read || !json_is_object(read)) {
        json_decref(read);
        return no_frame(err);
    }
    *out = json_adopt(h->a, read);
    return told(*out, err);
}

static bool columns_right(const Json *columns)
{
    for (size_t i = 0; i < json_array_size(columns); i++)
        if (!json_is_string(json_get(json_array_get(columns, i), "name")) ||
            !json_is_string(json_get(json_array_get(columns, i), "type")))
            return false;
    return json_array_size(columns) > 0;
}

static bool row_right(const Json *row, size_t columns)
{
    for (size_t i = 0; i < json_array_size(row); i++)
        if (json_is_object(json_array_get(row, i)) || json_is_array(json_array_get(row, i))) return false;
    return json_array_size(row) == columns;
}

static bool rows_take(const Json *frame, ConsoleAnswer *out, Err *err)
{
    const Json *rows = json_get(frame, "rows");
    if (!json_is_array(rows)) return no_frame(err);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (!row_right(json_array_get(rows, i), json_array_size(out->columns))) return no_frame(err);
        json_add_value(out->rows, json_array_get(rows, i));
    }
    return json_array_size(out->rows) <= CONSOLE_ROWS_MAX ||
           fail(err, ERR_INTERNAL, "the process of a question told too many rows");
}

bool console_hear_answer(Hearing *h, ConsoleAnswer *out, Err *err)
{
    Json *frame;
    if (!console_hear(h, &frame, err)) return false;
    out->columns = json_get(frame, "columns");
    if (!columns_right(out->columns)) return no_frame(err);
    out->rows = json_array_make(h->a);
    do {
        if (!console_hear(h, &frame, err) || !rows_take(frame, out, err)) return false;
    } while (!json_get_bool(frame, "end"));
    out->stopped = json_get_bool(frame, "stopped");
    return true;
}
