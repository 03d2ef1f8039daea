/* Table Schema both ways: what /dataset/{record}.csv has, and what an import is told of its columns. */
#include "format/table_schema.h"

#include <string.h>

#include "data/column.h"
#include "format/writers.h"

static const char profile[] = "https://datapackage.org/profiles/2.0/tableschema.json";

/* Members that a field and a column have alike, of the standard or our own. */
static const char *const alike[] = { "role", "unit", "gather", "from", "pattern",
                                     "trueValues", "falseValues" };
static const char *const bounds[] = { "minimum", "maximum" };

static void put_alike(const Json *from, Json *to, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (json_get(from, names[i])) json_put_value(to, names[i], json_get(from, names[i]));
}

static Json *missing_values(Arena *a, const Json *missing)
{
    Json *list = json_array_make(a);
    json_add_text(list, STR_NONE);
    for (size_t i = 0; i < json_array_size(missing); i++) json_add_value(list, json_array_get(missing, i));
    return list;
}

static Json *field_make(const FormatWork *work, const Json *column)
{
    Arena *a = work->arena;
    Json  *field = json_object_make(a), *constraints = json_object_make(a);
    json_put_text(field, "name", json_get_text(column, "name"));
    json_put_text(field, "type", json_get_text(column, "type"));
    json_put_text_if(field, "title", format_text(work, json_get(column, "title")));
    json_put_text_if(field, "description", format_text(work, json_get(column, "description")));
    put_alike(column, field, alike, sizeof alike / sizeof *alike);
    if (json_get_bool(column, "required")) json_put_bool(constraints, "required", true);
    put_alike(column, constraints, bounds, 2);
    if (json_array_size(json_get(column, "enum"))) json_put_value(constraints, "enum", json_get(column, "enum"));
    if (json_object_size(constraints)) json_put_value(field, "constraints", constraints);
    if (json_array_size(json_get(column, "missing")))
        json_put_value(field, "missingValues", missing_values(a, json_get(column, "missing")));
    return field;
}

/* The last column of every row that goes out. */
static Json *flags_make(Arena *a)
{
    Json *field = json_object_make(a);
    json_put_text(field, "name", S("_flags"));
    json_put_text(field, "type", S("string"));
    json_put_text(field, "description", S("Names of quality flags, joined by \";\"."));
    return field;
}

static Json *names_of_one(Arena *a, Str name)
{
    Json *list = json_array_make(a);
    json_add_text(list, name);
    return list;
}

/* The resource is another dataset by its id, "" this one. */
static void keys_put(Arena *a, const Json *columns, Json *schema)
{
    Json       *list = json_array_make(a);
    const Json *column;
    size_t      i;
    json_array_foreach(columns, i, column)
    {
        const Json *references = json_get(column, "references");
        Json       *key = json_object_make(a), *to = json_object_make(a);
        if (!references) continue;
        json_put_text(to, "resource", json_get_text(references, "dataset"));
        json_put_value(to, "fields", names_of_one(a, json_get_text(references, "column")));
        json_put_value(key, "fields", names_of_one(a, json_get_text(column, "name")));
        json_put_value(key, "reference", to);
        json_add_value(list, key);
    }
    if (json_array_size(list)) json_put_value(schema, "foreignKeys", list);
}

bool table_schema_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    (void)err;
    Arena      *a = work->arena;
    const Json *columns = json_get(json_get(value, "doc"), "columns"), *column;
    Json       *schema = json_object_make(a), *fields = json_array_make(a), *key = json_array_make(a);
    size_t      i;
    json_array_foreach(columns, i, column)
    {
        json_add_value(fields, field_make(work, column));
        if (str_eq_z(json_get_text(column, "role"), column_role_name(ROLE_OF_ID)) && !json_array_size(key))
            json_add_text(key, json_get_text(column, "name"));
    }
    json_add_value(fields, flags_make(a));
    json_put_text(schema, "$schema", str_of(profile));
    json_put_value(schema, "fields", fields);
    json_put_value(schema, "missingValues", missing_values(a, NULL));
    if (json_array_size(key)) json_put_value(schema, "primaryKey", key);
    keys_put(a, columns, schema);
    json_put(out, schema);
    return true;
}

/* ---- the way in ---- */

static const char *type_of(Str name)
{
    static const char *const as_text[] = { "any", "object", "array", "list", "duration", "geopoint", "geojson" };
    if (!name.len) return column_type_name(COLUMN_STRING);
    for (int t = 0; t < COLUMN_TYPES; t++)
        if (str_eq_z(name, column_type_name((ColumnType)t))) return column_type_name((ColumnType)t);
    for (size_t i = 0; i < sizeof as_text / sizeof *as_text; i++)
        if (str_eq_z(name, as_text[i])) return column_type_name(COLUMN_STRING);
    return NULL;
}

static bool is_time(const char *type)
{
    return !strcmp(type, "date") || !strcmp(type, "datetime") || !strcmp(type, "time");
}

/* Texts for "no value": of the field, else of the whole; an empty cell always is one. Version 2 also writes them as
   objects with a label. */
static void missing_put(Arena *a, const Json *schema, const Json *field, Json *column)
{
    const Json *list = json_get(field, "missingValues") ? json_get(field, "missingValues")
                                                        : json_get(schema, "missingValues");
    Json       *texts = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *one = json_array_get(list, i);
        Str         text = json_is_object(one) ? json_get_text(one, "value") : json_text(one);
        if (text.len) json_add_text(texts, text);
    }
    if (json_array_size(texts)) json_put_value(column, "missing", texts);
}

/* Values it may have, numbers among them as they are written. */
static void enum_put(Arena *a, const Json *constraints, Json *column)
{
    const Json *list = json_get(constraints, "enum"), *one;
    Json       *texts = json_array_make(a);
    size_t      i;
    json_array_foreach(list, i, one) json_add_text(texts, json_is_string(one) ? json_text(one) : json_write(a, one));
    if (json_array_size(texts)) json_put_value(column, "enum", texts);
}

static bool column_make(Arena *a, const Json *schema, const Json *field, size_t i, Json **out, Err *err)
{
    Str         name = json_get_text(field, "name"), form = json_get_text(field, "format");
    const char *type = type_of(json_get_text(field, "type"));
    const Json *constraints = json_get(field, "constraints");
    Json       *column = json_object_make(a);
    if (!name.len) return fail(err, ERR_INVALID, "/fields/%zu/name: a field has a name", i);
    if (!type)
        return fail(err, ERR_INVALID, "/fields/%zu/type: \"%.*s\" is no type of Table Schema", i,
                    STR_ARG(json_get_text(field, "type")));
    json_put_text(column, "name", name);
    json_put_text(column, "type", str_of(type));
    put_alike(field, column, alike, sizeof alike / sizeof *alike);
    if (is_time(type) && (str_has(form, S("%")) || str_eq_z(form, COLUMN_ANY_FORM)))
        json_put_text(column, "pattern", form);
    for (const char *const *p = column_thousands; *p && !strcmp(type, "number"); p++)
        if (str_eq(json_get_text(field, "groupChar"), (Str){ &(*p)[1], 1 }))
            json_put_text(column, "pattern", str_of(*p));
    if (json_get_bool(constraints, "required")) json_put_bool(column, "required", true);
    for (size_t k = 0; k < 2; k++)
        if (json_is_number(json_get(constraints, bounds[k])))
            json_put_value(column, bounds[k], json_get(constraints, bounds[k]));
    enum_put(a, constraints, column);
    missing_put(a, schema, field, column);
    *out = column;
    return true;
}

/* A name, or a list of one. */
static Str one_name(const Json *names)
{
    return json_is_array(names) && json_array_size(names) == 1 ? json_text(json_array_get(names, 0)) : json_text(names);
}

/* A key of one column is the id, unless a role says otherwise. */
static void key_put(const Json *schema, Json *columns)
{
    Str    name = one_name(json_get(schema, "primaryKey"));
    Json  *column, *found = NULL;
    size_t i;
    json_array_foreach(columns, i, column)
    {
        if (str_eq_z(json_get_text(column, "role"), column_role_name(ROLE_OF_ID))) return;
        if (name.len && str_eq(json_get_text(column, "name"), name)) found = column;
    }
    if (found && !json_get(found, "role")) json_put_text(found, "role", str_of(column_role_name(ROLE_OF_ID)));
}

/* Keys of one column to one of another table; keys of several are passed over. */
static void references_put(Arena *a, const Json *schema, Json *columns)
{
    const Json *keys = json_get(schema, "foreignKeys"), *key;
    Json       *column;
    size_t      i, k;
    json_array_foreach(keys, i, key)
    {
        const Json *to = json_get(key, "reference");
        Str         name = one_name(json_get(key, "fields")), there = one_name(json_get(to, "fields"));
        json_array_foreach(columns, k, column)
        {
            if (!there.len || !str_eq(json_get_text(column, "name"), name)) continue;
            Json *references = json_object_make(a);
            json_put_text_if(references, "dataset", json_get_text(to, "resource"));
            json_put_text(references, "column", there);
            json_put_value(column, "references", references);
        }
    }
}

bool table_schema_columns(Arena *a, const Json *schema, Json **columns, Err *err)
{
    const Json *fields = json_get(schema, "fields"), *field;
    Json       *list = json_array_make(a), *column = NULL;
    size_t      i;
    if (!json_is_array(fields)) return fail(err, ERR_INVALID, "/fields: a Table Schema has a list of fields");
    json_array_foreach(fields, i, field)
    {
        if (column_is_ours(json_get_text(field, "name"))) continue;
        if (!column_make(a, schema, field, i, &column, err)) return false;
        json_add_value(list, column);
    }
    key_put(schema, list);
    references_put(a, schema, list);
    *columns = list;
    return true;
}
