#include "core/prepare.h"

#include <stdlib.h>
#include <string.h>

#include "core/projection.h"

/* ---- the kind's order ---- */

static int key_order(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static Json *canonical(const Field *field, const Json *value);

static void put_by_name(const Json *from, Json *into)
{
    size_t       n = 0, room = json_object_size(from) - json_object_size(into);
    const char **keys = malloc(room * sizeof *keys + 1), *key;
    Json        *value;
    if (!keys) memory_end(room * sizeof *keys);
    json_object_foreach((Json *)from, key, value) if (!json_object_get(into, key)) keys[n++] = key;
    qsort(keys, n, sizeof *keys, key_order);
    for (size_t i = 0; i < n; i++) json_put_taken(into, keys[i], canonical(NULL, json_object_get(from, keys[i])));
    free(keys);
}

static Json *canonical_object(const Field *fields, size_t n, const Json *object)
{
    Json *out = json_object();
    if (!out) memory_end(0);
    for (size_t i = 0; i < n; i++) {
        Json *value = json_object_getn(object, fields[i].name.at, fields[i].name.len);
        if (value) json_put_taken(out, fields[i].name.at, canonical(&fields[i], value));
    }
    if (json_object_size(out) < json_object_size(object)) put_by_name(object, out);
    return out;
}

/* A new reference. Only what doc_resolve may write to is copied: texts that are links. */
static Json *canonical(const Field *field, const Json *value)
{
    if (json_is_object(value))
        return canonical_object(field ? field->fields : NULL, field ? field->field_count : 0, value);
    if (json_is_string(value) && field && field->type == FIELD_LINK)
        return json_stringn_nocheck(json_string_value(value), json_string_length(value));
    if (!json_is_array(value)) return json_incref((Json *)value);
    Json *out = json_array();
    for (size_t i = 0; i < json_array_size(value); i++)
        json_add_taken(out, canonical(field, json_array_get(value, i)));
    return out;
}

Json *doc_canonical(Arena *a, const Kind *kind, const Json *doc)
{
    return json_adopt(a, canonical_object(kind->fields, kind->field_count, doc));
}

/* ---- what only computed changes set ---- */

bool kind_has_computed(const Kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].read_only) return true;
    return false;
}

Json *doc_keep_computed(Arena *a, const Kind *kind, Json *doc, const Json *known, bool fill, Problems *problems)
{
    bool filled = false;
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        const char  *key = str_z(a, field->name);
        Json        *was = json_get(known, key), *is = json_get(doc, key);
        if (!field->read_only || (!was && !is) || (was && is && json_same(was, is))) continue;
        if (was && !is && fill) {
            json_put_value(doc, key, was);
            filled = true;
        } else {
            problems_add(problems, a, json_pointer_add(a, S(""), field->name), "problem.read-only", NULL);
        }
    }
    return filled ? doc_canonical(a, kind, doc) : doc;
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
