#include "core/prepare.h"

#include <stdlib.h>
#include <string.h>

#include "core/projection.h"

/* ---- the kind's order ---- */

static int key_order(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static Json *canonical(Arena *a, const Field *fields, size_t n, const Json *value);

static void put_by_name(Arena *a, const Json *from, Json *into)
{
    const char **keys = NEW_ARRAY(a, const char *, json_object_size(from)), *key;
    size_t       n = 0;
    Json        *value;
    json_object_foreach((Json *)from, key, value) if (!json_object_get(into, key)) keys[n++] = key;
    qsort(keys, n, sizeof *keys, key_order);
    for (size_t i = 0; i < n; i++)
        json_put_value(into, keys[i], canonical(a, NULL, 0, json_object_get(from, keys[i])));
}

static Json *canonical_object(Arena *a, const Field *fields, size_t n, const Json *object)
{
    Json *out = json_object_make(a);
    for (size_t i = 0; i < n; i++) {
        Json *value = json_object_getn(object, fields[i].name.at, fields[i].name.len);
        if (!value) continue;
        json_put_value(out, str_z(a, fields[i].name), canonical(a, fields[i].fields, fields[i].field_count, value));
    }
    put_by_name(a, object, out);
    return out;
}

static Json *canonical(Arena *a, const Field *fields, size_t n, const Json *value)
{
    if (json_is_object(value)) return canonical_object(a, fields, n, value);
    if (!json_is_array(value)) return json_copy_deep(a, value);
    Json *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(value); i++)
        json_add_value(out, canonical(a, fields, n, json_array_get(value, i)));
    return out;
}

Json *doc_canonical(Arena *a, const Kind *kind, const Json *doc)
{
    return canonical(a, kind->fields, kind->field_count, doc);
}

/* ---- links ---- */

static bool is_known(Arena *a, const Kind *kind, const Json *known, const Field *field, Str value)
{
    FieldValue *values;
    size_t      n = known ? kind_values(kind, a, known, field->path, &values) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(json_text(values[i].value), value)) return true;
    return false;
}

bool doc_resolve(Arena *a, const Kind *kind, Json *doc, const Json *known, ResolveLink resolve, void *with,
                 Problems *problems, Err *err)
{
    FieldValue *values;
    size_t      n = kind_all_values(kind, a, doc, &values);
    for (size_t i = 0; i < n; i++) {
        Str  value = json_text(values[i].value), stored = value;
        bool found = false;
        if (values[i].field->type != FIELD_LINK || is_known(a, kind, known, values[i].field, value)) continue;
        if (!resolve(with, a, values[i].field, value, &stored, &found, err)) return false;
        if (found) {
            if (!str_eq(stored, value)) json_string_setn(values[i].value, stored.at, stored.len);
            continue;
        }
        Json *args = json_object_make(a);
        json_put_text(args, "value", value);
        problems_add(problems, a, values[i].pointer, "problem.link", args);
    }
    return true;
}

Str doc_title(Arena *a, const Kind *kind, const Json *doc, const Str *langs, size_t lang_count)
{
    CardText *texts;
    size_t    n = card_texts(a, card_make(a, kind, doc), 'T', &texts);
    if (n == 0) return STR_NONE;
    Str *have = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) have[i] = texts[i].lang;
    return texts[lang_pick(S("en"), langs, lang_count, have, n)].text;
}
