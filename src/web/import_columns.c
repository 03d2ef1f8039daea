#include "web/import_columns.h"

#include "format/table_schema.h"

bool import_columns_read(Arena *a, const Json *given, const Json **out, Err *err)
{
    const Json *schema = json_get(given, "schema");
    Json       *columns = (Json *)(json_is_array(given) ? given : json_get(given, "columns"));
    if (!schema) schema = given;
    if (json_get(schema, "fields") && !table_schema_columns(a, schema, &columns, err)) return false;
    *out = columns;
    return json_is_array(columns) ||
           fail(err, ERR_INVALID, "no columns: neither a list, nor \"columns\", nor \"fields\" of a Table Schema");
}

static bool field(const Request *req, Arena *a, size_t i, const char *what, Str *out)
{
    Str name = str_format(a, "column.%zu.%s", i, what);
    for (size_t k = 0; k < req->form_count; k++)
        if (str_eq(req->form[k].name, name)) return *out = str_trim(req->form[k].value), true;
    return false;
}

/* Set, or, where it was emptied, gone. */
static void text_set(Json *column, const char *key, Str text)
{
    if (text.len) json_put_text(column, key, text);
    else json_object_del(column, key);
}

static void missing_set(Arena *a, Json *column, Str text)
{
    Json *list = json_array_make(a);
    for (Cut rest = { .tail = text, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, ',');
        if (str_trim(rest.head).len) json_add_text(list, str_trim(rest.head));
    }
    if (json_array_size(list)) json_put_value(column, "missing", list);
    else json_object_del(column, "missing");
}

static Json *column_changed(const Request *req, Arena *a, size_t i, const Json *was)
{
    static const char *const plain[] = { "role", "unit", "pattern" };
    Json                    *column = json_copy_deep(a, was);
    Str                      text, name = json_get_text(was, "name");
    if (field(req, a, i, "name", &text) && text.len && !str_eq(text, name)) {
        if (!json_get(column, "from")) {
            Json *from = json_array_make(a);
            json_add_text(from, name);
            json_put_value(column, "from", from);
        }
        json_put_text(column, "name", text);
    }
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        if (field(req, a, i, plain[k], &text)) text_set(column, plain[k], text);
    if (field(req, a, i, "missing", &text)) missing_set(a, column, text);
    if (field(req, a, i, "type", &text) && text.len && !str_eq(text, json_get_text(was, "type"))) {
        /* A form of dates says nothing of numbers, and the other way round. */
        if (str_eq(json_get_text(column, "pattern"), json_get_text(was, "pattern"))) json_object_del(column, "pattern");
        json_put_text(column, "type", text);
    }
    return column;
}

Json *import_columns_of_form(const Request *req, const Json *looked)
{
    Arena *a = req->arena;
    Json  *out = json_array_make(a);
    bool   any = false;
    Str    text;
    for (size_t i = 0; i < json_array_size(looked); i++) {
        any = any || field(req, a, i, "type", &text);
        if (field(req, a, i, "leave", &text) && text.len) continue;
        json_add_value(out, column_changed(req, a, i, json_array_get(looked, i)));
    }
    return any ? out : NULL;
}
