#include "data/column.h"

#include <math.h>

static const struct {
    const char *name, *sql;
} types[] = {
#define COLUMN_TYPE(code, name, sql) { name, sql },
#include "data/column_types.def"
#undef COLUMN_TYPE
};

static const char *const roles[] = {
    "",
#define COLUMN_ROLE(code, name) name,
#include "data/column_roles.def"
#undef COLUMN_ROLE
};

const char *column_type_name(ColumnType type)
{
    return types[type].name;
}

const char *column_type_sql(ColumnType type)
{
    return types[type].sql;
}

const char *column_role_name(ColumnRole role)
{
    return roles[role];
}

const Column *columns_role(const Column *columns, size_t n, ColumnRole role)
{
    for (size_t i = 0; i < n; i++)
        if (columns[i].role == role) return &columns[i];
    return NULL;
}

const Column *columns_find(const Column *columns, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(columns[i].name, name)) return &columns[i];
    return NULL;
}

bool column_is_amount(const Column *c)
{
    static const char *const amounts[] = {
#define UNIT_AMOUNT(unit) unit,
#include "data/unit_amounts.def"
#undef UNIT_AMOUNT
    };
    Str first = str_cut(c->unit, ' ').head;
    if (str_has(c->unit, S("/")) || str_has(c->unit, S(" per "))) return false;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (str_eq_z(first, amounts[i])) return true;
    return false;
}

static Str *texts_of(Arena *a, const Json *list, size_t *count)
{
    *count = json_array_size(list);
    Str *texts = NEW_ARRAY(a, Str, *count);
    for (size_t i = 0; i < *count; i++) texts[i] = str_copy(a, json_text(json_array_get(list, i)));
    return texts;
}

static bool column_read(Arena *a, const Json *json, Column *out, Err *err)
{
    Str         type = json_get_text(json, "type"), role = json_get_text(json, "role");
    size_t      t = 0, r = 0;
    const Json *references = json_get(json, "references");
    *out = (Column){ .name = str_copy(a, json_get_text(json, "name")),
                     .unit = str_copy(a, json_get_text(json, "unit")),
                     .pattern = str_copy(a, json_get_text(json, "pattern")),
                     .gather = str_copy(a, json_get_text(json, "gather")),
                     .required = json_get_bool(json, "required"),
                     .minimum = json_get_number(json, "minimum", -HUGE_VAL),
                     .maximum = json_get_number(json, "maximum", HUGE_VAL),
                     .key_dataset = str_copy(a, json_get_text(references, "dataset")),
                     .key_column = str_copy(a, json_get_text(references, "column")) };
    out->from = texts_of(a, json_get(json, "from"), &out->from_count);
    out->missing = texts_of(a, json_get(json, "missing"), &out->missing_count);
    out->yes = texts_of(a, json_get(json, "trueValues"), &out->yes_count);
    out->no = texts_of(a, json_get(json, "falseValues"), &out->no_count);
    out->choices = texts_of(a, json_get(json, "enum"), &out->choice_count);
    if (!out->name.len || out->name.at[0] == '_')
        return fail(err, ERR_INVALID, "name: a column's name is not empty and does not start with \"_\"");
    while (t < COLUMN_TYPES && !str_eq_z(type, types[t].name)) t++;
    if (t == COLUMN_TYPES) return fail(err, ERR_INVALID, "type: \"%.*s\" is no type of a column", STR_ARG(type));
    while (r < COLUMN_ROLES && !str_eq_z(role, roles[r])) r++;
    if (r == COLUMN_ROLES) return fail(err, ERR_INVALID, "role: \"%.*s\" is no role of a column", STR_ARG(role));
    out->type = (ColumnType)t;
    out->role = (ColumnRole)r;
    return true;
}

const char *const column_thousands[] = { COLUMN_THOUSANDS, COLUMN_THOUSANDS_DOT, COLUMN_THOUSANDS_SPACE,
                                         COLUMN_THOUSANDS_PRIME, NULL };

bool column_is_ours(Str heading)
{
    static const char *const ours[] = { "_flags", "_line", "_column", "_value", "_reason", "_row" };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (str_eq_z(heading, ours[i])) return true;
    return false;
}

bool columns_read(Arena *a, const Json *doc, Column **out, size_t *n, Err *err)
{
    const Json *list = json_get(doc, "columns");
    size_t      count = json_array_size(list);
    Column     *columns = NEW_ARRAY(a, Column, count);
    for (size_t i = 0; i < count; i++) {
        Err why = { 0 };
        if (!column_read(a, json_array_get(list, i), &columns[i], &why))
            return fail(err, ERR_INVALID, "/columns/%zu/%s", i, why.text);
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(columns[k].name, columns[i].name))
                return fail(err, ERR_INVALID, "/columns/%zu/name: \"%.*s\" is there twice", i,
                            STR_ARG(columns[i].name));
    }
    *out = columns;
    *n = count;
    return true;
}

static void put_texts(Arena *a, Json *into, const char *key, const Str *texts, size_t n)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) json_add_text(list, texts[i]);
    if (n > 0) json_put_value(into, key, list);
}

Json *columns_write(Arena *a, const Column *columns, size_t n)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) {
        const Column *c = &columns[i];
        Json         *one = json_object_make(a);
        json_put_text(one, "name", c->name);
        json_put_text(one, "type", str_of(column_type_name(c->type)));
        json_put_text_if(one, "role", str_of(column_role_name(c->role)));
        json_put_text_if(one, "unit", c->unit);
        if (isfinite(c->minimum)) json_put_number(one, "minimum", c->minimum);
        if (isfinite(c->maximum)) json_put_number(one, "maximum", c->maximum);
        if (c->required) json_put_bool(one, "required", true);
        json_put_text_if(one, "gather", c->gather);
        put_texts(a, one, "from", c->from, c->from_count);
        json_put_text_if(one, "pattern", c->pattern);
        put_texts(a, one, "missing", c->missing, c->missing_count);
        put_texts(a, one, "trueValues", c->yes, c->yes_count);
        put_texts(a, one, "falseValues", c->no, c->no_count);
        put_texts(a, one, "enum", c->choices, c->choice_count);
        if (c->key_column.len) {
            Json *references = json_object_make(a);
            json_put_text_if(references, "dataset", c->key_dataset);
            json_put_text(references, "column", c->key_column);
            json_put_value(one, "references", references);
        }
        json_add_value(list, one);
    }
    return list;
}
