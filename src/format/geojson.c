/* .geojson (RFC 7946): records that have a place, WGS 84 longitude before latitude. */
#include "format/writers.h"

static Json *point_make(const FormatWork *work, const Json *place)
{
    Json *point = json_object_make(work->arena), *at = json_array_make(work->arena);
    json_put_text(point, "type", S("Point"));
    json_array_append(at, json_get(place, "lon"));
    json_array_append(at, json_get(place, "lat"));
    json_put_value(point, "coordinates", at);
    return point;
}

static Json *feature_make(const FormatWork *work, const Json *item)
{
    const Kind *kind = kind_find(work->kinds, json_get_text(item, "kind"));
    const Json *place = format_place(kind, work->arena, json_get(item, "doc"));
    if (!place) return NULL;
    Json *feature = json_object_make(work->arena), *properties = json_object_make(work->arena);
    Str   title = json_get_text(item, "title");
    if (!title.len)
        title = format_text(work,
                            json_at(json_get(item, "doc"), json_pointer_add(work->arena, STR_NONE, kind->title_field)));
    json_put_text(feature, "type", S("Feature"));
    json_put_text(feature, "id", json_get_text(item, "id"));
    json_put_value(feature, "geometry", point_make(work, place));
    json_put_text(properties, "title", title);
    json_put_text(properties, "kind", kind->name);
    json_put_text(properties, "slug", json_get_text(item, "slug"));
    json_put_text(properties, "url", format_item_url(work, item));
    json_put_text_if(properties, "summary", json_get_text(item, "summary"));
    json_put_value(feature, "properties", properties);
    return feature;
}

bool geojson_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    if (!json_get(value, "items")) {
        Json *feature = feature_make(work, value);
        if (!feature) return fail(err, ERR_NOT_FOUND, "this record says no place");
        json_put(out, feature);
        return true;
    }
    const Json *item;
    bool        first = true;
    buf_put(out, S("{\"type\":\"FeatureCollection\",\"features\":["));
    FormatWalk walk = format_walk(work, value, out);
    while (format_next(&walk, &item, err)) {
        Json *feature = item ? feature_make(&walk.work, item) : NULL;
        if (feature) {
            if (!first) buf_put_byte(out, ',');
            json_put(out, feature);
            first = false;
        } else if (!item) {
            buf_put(out, S("]}"));
            return true;
        }
    }
    return false;
}
