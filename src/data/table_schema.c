#include "data/table_schema.h"

#include "data/column.h"

/* Names of types that are not ours already. */
static Str type_of(Str name)
{
    for (int i = 0; i < COLUMN_TYPES; i++)
        if (str_eq_z(name, column_type_name((ColumnType)i))) return name;
    return S("string");
}

/* {"en": text}: titles are plain text there. */
static void text_put(Arena *a, Json *column, const char *key, const Json *given)
{
    if (json_is_object(given)) json_put_value(column, key, (Json *)given);
    if (!json_text(given).len) return;
    Json *text = json_object_make(a);
    json_put_text(text, "en", json_text(given));
    json_put_value(column, key, text);
}

/* "default" and "any" leave the form to us; a pattern of Table Schema is one of strptime's, as ours are. */
static void format_put(Json *column, const Json *field, Str type)
{
    Str format = json_get_text(field, "format");
    if (str_starts(type, S("date")) || str_eq(type, S("time"))) {
        if (str_has(format, S("%"))) json_put_text(column, "pattern", format);
    } else if (str_eq(json_get_text(field, "groupChar"), S(","))) {
        json_put_text(column, "pattern", S(COLUMN_THOUSANDS));
    }
}

static bool is_number(Str type)
{
    return str_eq(type, S("number")) || str_eq(type, S("integer")) || str_eq(type, S("year"));
}

static void missing_put(Arena *a, Json *column, const Json *values)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < json_array_size(values); i++) {
        const Json *one = json_array_get(values, i); /* in version 2 also {"value","label"} */
        Str         text = json_is_object(one) ? json_get_text(one, "value") : json_text(one);
        if (text.len) json_add_text(list, text);
    }
    if (json_array_size(list)) json_put_value(column, "missing", list);
}

static bool has_text(const Json *list, Str text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_text(json_array_get(list, i)), text)) return true;
    return str_eq(json_text(list), text);
}

static Json *column_of(Arena *a, const Json *schema, const Json *field)
{
    Json       *column = json_object_make(a);
    const Json *constraints = json_get(field, "constraints"), *missing = json_get(field, "missingValues");
    Str         name = json_get_text(field, "name"), type = type_of(json_get_text(field, "type"));
    json_put_text(column, "name", name);
    json_put_text(column, "type", type);
    text_put(a, column, "title", json_get(field, "title"));
    text_put(a, column, "description", json_get(field, "description"));
    json_put_text_if(column, "unit", json_get_text(field, "unit"));
    if (json_get_text(field, "role").len) json_put_text(column, "role", json_get_text(field, "role"));
    else if (has_text(json_get(schema, "primaryKey"), name) &&
             (json_is_string(json_get(schema, "primaryKey")) || json_array_size(json_get(schema, "primaryKey")) == 1))
        json_put_text(column, "role", S("id"));
    format_put(column, field, type);
    missing_put(a, column, missing ? missing : json_get(schema, "missingValues"));
    if (json_get_bool(constraints, "required")) json_put_bool(column, "required", true);
    if (is_number(type)) {
        const Json *least = json_get(constraints, "minimum"), *most = json_get(constraints, "maximum");
        if (json_is_number(least)) json_put_value(column, "minimum", (Json *)least);
        if (json_is_number(most)) json_put_value(column, "maximum", (Json *)most);
    }
    return column;
}

bool table_schema_columns(Arena *a, const Json *given, Json **out, Err *err)
{
    const Json *schema = json_is_object(json_get(given, "schema")) ? json_get(given, "schema") : given;
    const Json *fields = json_get(schema, "fields");
    const Json *columns = json_is_array(given) ? given : json_get(given, "columns");
    if (json_is_array(columns)) return *out = (Json *)columns, true;
    if (!json_is_array(fields))
        return fail(err, ERR_INVALID, "no columns: neither a list, nor \"columns\", nor \"fields\" of a Table Schema");
    *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const Json *field = json_array_get(fields, i);
        if (!json_get_text(field, "name").len) return fail(err, ERR_INVALID, "/fields/%zu has no name", i);
        json_add_value(*out, column_of(a, schema, field));
    }
    return true;
}
