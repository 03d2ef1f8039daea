/* Pages of /ogc: what each answer has, as a heading, links, a table of features and ways to the data. */
#include "text/lang.h"
#include "web/ogc.h"
#include "web/request.h"
#include "web/site.h"
#include "web/view/tools.h"

static const Json *link_of(const Json *value, const char *rel, const char *type)
{
    const Json *links = json_get(value, "links"), *link;
    size_t      i;
    json_array_foreach(links, i, link) if (str_eq_z(json_get_text(link, "rel"), rel) &&
                                           str_starts(json_get_text(link, "type"), str_of(type))) return link;
    return NULL;
}

static void way_add(const ViewWork *w, Json *list, const Json *link, Str text)
{
    Json *one = json_object_make(w->req->arena);
    if (!link) return;
    json_put_text(one, "url", json_get_text(link, "href"));
    json_put_text(one, "text", text.len ? text : json_get_text(link, "title"));
    json_add_value(list, one);
}

static Str collection_url(const ViewWork *w, Str id)
{
    return str_join(w->req->arena, (Str[]){ S(OGC_ROOT "/collections/"), percent_make(w->req->arena, id) }, 2);
}

static Json *collections_make(const ViewWork *w, const Json *value)
{
    Json       *out = json_array_make(w->req->arena);
    const Json *list = json_get(value, "collections"), *one;
    size_t      i;
    json_array_foreach(list, i, one)
    {
        Json *row = json_object_make(w->req->arena);
        json_put_text(row, "title", json_get_text(one, "title"));
        json_put_text_if(row, "about", json_get_text(one, "description"));
        json_put_text(row, "url", collection_url(w, json_get_text(one, "id")));
        json_add_value(out, row);
    }
    return out;
}

static Str cell(Arena *a, const Json *value)
{
    if (json_is_string(value)) return json_text(value);
    if (!value || json_is_null(value)) return STR_NONE;
    if (!json_is_array(value)) return json_write(a, value);
    size_t n = json_array_size(value);
    Str   *parts = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) parts[i] = cell(a, json_array_get(value, i));
    return str_join_with(a, S("; "), parts, n);
}

/* Names of properties, in the order of first sight. */
static Json *heads_make(Arena *a, const Json *features)
{
    Json       *seen = json_object_make(a);
    const Json *feature;
    size_t      i;
    json_array_foreach(features, i, feature)
    {
        const char *name;
        Json       *unused;
        json_object_foreach(json_get(feature, "properties"), name, unused) if (!json_get(seen, name))
            json_put_bool(seen, name, true);
    }
    return seen;
}

static Json *cell_make(Arena *a, Str text, Str url)
{
    Json *one = json_object_make(a);
    json_put_text(one, "text", text);
    json_put_text_if(one, "url", url);
    return one;
}

static void features_put(const ViewWork *w, const Json *value, Str items, Json *view)
{
    Arena      *a = w->req->arena;
    const Json *features = json_get(value, "features"), *feature;
    Json       *heads = heads_make(a, features), *names = json_array_make(a), *rows = json_array_make(a), *unused;
    const char *name;
    size_t      i;
    json_object_foreach(heads, name, unused) json_add_text(names, str_of(name));
    json_array_foreach(features, i, feature)
    {
        Json *row = json_object_make(a), *cells = json_array_make(a);
        Str   id = cell(a, json_get(feature, "id"));
        json_put_value(row, "id", cell_make(a, id, str_join(a, (Str[]){ items, S("/"), id }, 3)));
        json_put_text(row, "place", cell(a, json_get(json_get(feature, "geometry"), "coordinates")));
        json_object_foreach(heads, name, unused)
            json_add_value(cells, cell_make(a, cell(a, json_get(json_get(feature, "properties"), name)), STR_NONE));
        json_put_value(row, "cells", cells);
        json_add_value(rows, row);
    }
    json_put_value(view, "names", names);
    json_put_value(view, "features", rows);
    json_put_text(view, "count", words_count(w, "ogc.count", (uint64_t)json_get_integer(value, "numberMatched", 0)));
}

static void fact_add(const ViewWork *w, Json *facts, Str name, Str text)
{
    Json *one = json_object_make(w->req->arena);
    if (!text.len) return;
    json_put_text(one, "name", name);
    json_put_text(one, "text", text);
    json_add_value(facts, one);
}

/* Of one feature its place and what it says; of a collection how far it reaches; of the service its address. */
static Json *facts_make(const ViewWork *w, const Json *value)
{
    Arena      *a = w->req->arena;
    Json       *facts = json_array_make(a), *property;
    const Json *extent = json_get(value, "extent");
    const char *name;
    if (str_eq_z(w->req->path, OGC_ROOT))
        fact_add(w, facts, words(w, "ogc.address"), str_join(a, (Str[]){ w->req->site->base_url, S(OGC_ROOT) }, 2));
    fact_add(w, facts, words(w, "ogc.place"), cell(a, json_get(json_get(value, "geometry"), "coordinates")));
    json_object_foreach(json_get(value, "properties"), name, property)
        fact_add(w, facts, str_of(name), cell(a, property));
    fact_add(w, facts, words(w, "ogc.extent"), cell(a, json_at(extent, S("/spatial/bbox/0"))));
    fact_add(w, facts, words(w, "ogc.time"), cell(a, json_at(extent, S("/temporal/interval/0"))));
    return facts;
}

static void put_classes(const Json *value, Json *view)
{
    if (json_get(value, "conformsTo")) json_put_value(view, "classes", json_get(value, "conformsTo"));
}

bool view_ogc(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    Arena *a = w->req->arena;
    Json  *ways = json_array_make(a);
    Str    type = json_get_text(value, "type"), title = json_get_text(value, "title"), id = w->req->slots[0];
    bool   is_list = str_eq_z(type, "FeatureCollection"), is_one = str_eq_z(type, "Feature");
    if (is_list || is_one) title = json_get_text(link_of(value, "collection", ""), "title");
    if (is_one) title = str_join(a, (Str[]){ title, S(" · "), w->req->slots[1] }, 3);
    if (json_get(value, "conformsTo")) title = words(w, "ogc.conformance");
    if (json_get(value, "collections")) title = words(w, "ogc.collections");
    json_put_text(view, "title", title.len ? title : words(w, "ogc.title"));
    if (str_eq_z(w->req->path, OGC_ROOT)) json_put_text(view, "title", words(w, "ogc.title"));
    json_put_text_if(view, "about", json_get_text(value, "description"));
    json_put_value(view, "collections", collections_make(w, value));
    put_classes(value, view);
    if (is_list) features_put(w, value, str_join(a, (Str[]){ collection_url(w, id), S("/items") }, 2), view);
    json_put_value(view, "facts", facts_make(w, value));
    const Json *next = link_of(value, "next", "");
    if (next) json_put_text(view, "next", json_get_text(next, "href"));
    way_add(w, ways, link_of(value, "data", ""), STR_NONE);
    way_add(w, ways, link_of(value, "items", "text/html"), words(w, "ogc.items"));
    way_add(w, ways, link_of(value, "describedby", ""), STR_NONE);
    way_add(w, ways, link_of(value, "collection", ""), STR_NONE);
    way_add(w, ways, link_of(value, "conformance", ""), STR_NONE);
    way_add(w, ways, link_of(value, "service-desc", ""), STR_NONE);
    way_add(w, ways, link_of(value, "alternate", "application/"), is_list || is_one ? S("GeoJSON") : S("JSON"));
    json_put_value(view, "ways", ways);
    return true;
}
