/* .jsonld: records in the words of schema.org, as the kinds map them (x-schema-org). */
#include "format/writers.h"

/* A language map as JSON-LD value objects; one language alone needs no list. */
static Json *texts_make(Arena *a, const Json *map)
{
    Json       *list = json_array_make(a);
    const char *lang;
    Json       *text;
    json_object_foreach((Json *)map, lang, text)
    {
        Json *one = json_object_make(a);
        json_put_text(one, "@value", json_text(text));
        json_put_text(one, "@language", str_of(lang));
        json_add_value(list, one);
    }
    return json_array_size(list) == 1 ? json_array_get(list, 0) : list;
}

/* The record's link to `target`, as its value lists it; NULL when the reader may not see it. */
static const Json *link_find(const Json *item, Str target)
{
    size_t      i;
    const Json *link;
    json_array_foreach(json_get(item, "links"), i, link) if (str_eq(json_get_text(link, "target"), target) ||
                                                             str_eq(json_get_text(link, "id"), target)) return link;
    return NULL;
}

static Json *value_make(const FormatWork *work, const Json *item, const FieldValue *v)
{
    Arena *a = work->arena;
    if (v->field->type == FIELD_TEXT) return texts_make(a, v->value);
    if (v->field->type == FIELD_PLACE) {
        Json *place = json_object_make(a), *geo = json_object_make(a);
        json_put_text(geo, "@type", S("GeoCoordinates"));
        json_put_value(geo, "latitude", json_get(v->value, "lat"));
        json_put_value(geo, "longitude", json_get(v->value, "lon"));
        json_put_text(place, "@type", S("Place"));
        json_put_value(place, "geo", geo);
        return place;
    }
    if (v->field->type == FIELD_LINK) {
        const Json *link = link_find(item, json_text(v->value));
        Json       *node = json_object_make(a);
        if (!link) {
            json_put_text(node, "identifier", json_text(v->value));
            return node;
        }
        json_put_text(node, "@id", format_item_url(work, link));
        json_put_text_if(node, "name", json_get_text(link, "title"));
        return node;
    }
    return v->value;
}

/* A second value of the same property makes it a list. */
static void property_add(Arena *a, Json *node, Str property, Json *value)
{
    const char *key = str_z(a, property);
    Json       *have = json_get(node, key);
    if (!have) {
        json_put_value(node, key, value);
    } else if (json_is_array(have)) {
        json_add_value(have, value);
    } else {
        Json *list = json_array_make(a);
        json_add_value(list, have);
        json_add_value(list, value);
        json_put_value(node, key, list);
    }
}

static Json *node_make(const FormatWork *work, const Json *item)
{
    Arena      *a = work->arena;
    const Kind *kind = kind_find(work->kinds, json_get_text(item, "kind"));
    Json       *node = json_object_make(a);
    json_put_text(node, "@type", kind && kind->schema_org_type.len ? kind->schema_org_type : S("Thing"));
    json_put_text(node, "@id", format_item_url(work, item));
    json_put_text(node, "identifier", json_get_text(item, "id"));
    json_put_text(node, "dateModified", json_get_text(item, "updated"));
    FieldValue *values = NULL;
    size_t      n = kind ? kind_all_values(kind, a, json_get(item, "doc"), &values) : 0;
    for (size_t i = 0; i < n; i++)
        if (values[i].field->schema_org.len)
            property_add(a, node, values[i].field->schema_org, value_make(work, item, &values[i]));
    return node;
}

static bool graph_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    const Json *item;
    bool        first = true;
    buf_put(out, S("{\"@context\":\"https://schema.org/\",\"@graph\":["));
    FormatWalk walk = format_walk(work, value, out);
    while (format_next(&walk, &item, err)) {
        if (!item) {
            buf_put(out, S("]}"));
            return true;
        }
        if (!first) buf_put_byte(out, ',');
        json_put(out, node_make(&walk.work, item));
        first = false;
    }
    return false;
}

bool jsonld_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    if (json_get(value, "items")) return graph_write(work, value, out, err);
    Json *with_context = json_object_make(work->arena);
    json_put_text(with_context, "@context", S("https://schema.org/"));
    json_object_update_missing(with_context, node_make(work, value));
    json_put(out, with_context);
    return true;
}
