/* The OpenAPI 3.0 document of /ogc: a path for each collection, so that a client sees by which properties
   the server filters. Source: https://spec.openapis.org/oas/v3.0.3 */
#include "data/extent.h"
#include "data/tile.h"
#include "format/mvt.h"
#include "web/ogc.h"
#include "web/route.h"
#include "web/site.h"

static Json *typed(Arena *a, const char *type)
{
    Json *schema = json_object_make(a);
    json_put_text(schema, "type", str_of(type));
    return schema;
}

static Json *list_of(Arena *a, Json *items)
{
    Json *schema = typed(a, "array");
    json_put_value(schema, "items", items);
    return schema;
}

static Json *ref(Arena *a, const char *where, const char *name)
{
    Json *to = json_object_make(a);
    json_put_text(to, "$ref", str_format(a, "#/components/%s/%s", where, name));
    return to;
}

static Json *parameter(Arena *a, Str name, const char *in, Json *schema, const char *what)
{
    Json *p = json_object_make(a);
    json_put_text(p, "name", name);
    json_put_text(p, "in", str_of(in));
    json_put_bool(p, "required", str_eq_z(str_of(in), "path"));
    json_put_text(p, "description", str_of(what));
    json_put_value(p, "schema", schema);
    if (str_eq_z(str_of(in), "query")) {
        json_put_text(p, "style", S("form"));
        json_put_bool(p, "explode", !str_eq_z(name, "bbox"));
    }
    return p;
}

static Json *response(Arena *a, const char *what, const char *type, const char *schema)
{
    Json *r = json_object_make(a), *content = json_object_make(a), *data = json_object_make(a),
         *page = json_object_make(a);
    json_put_text(r, "description", str_of(what));
    json_put_value(data, "schema", ref(a, "schemas", schema));
    json_put_value(content, type, data);
    json_put_value(page, "schema", typed(a, "string"));
    json_put_value(content, "text/html", page);
    json_put_value(r, "content", content);
    return r;
}

static Json *path_make(Arena *a, Str id, Str summary, Json *parameters, const char *type, const char *schema)
{
    Json *path = json_object_make(a), *get = json_object_make(a), *responses = json_object_make(a),
         *tags = json_array_make(a);
    static const char *const failures[] = { "400", "404", "413", "503" };
    json_add_text(tags, S("features"));
    json_put_value(get, "tags", tags);
    json_put_text(get, "summary", summary);
    json_put_text(get, "operationId", id);
    json_put_value(get, "parameters", parameters);
    json_put_value(responses, "200", response(a, "The answer.", type, schema));
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        json_put_value(responses, failures[i], ref(a, "responses", "Problem"));
    json_put_value(get, "responses", responses);
    json_put_value(path, "get", get);
    return path;
}

static Json *lang_alone(Arena *a)
{
    Json *list = json_array_make(a);
    json_add_value(list, ref(a, "parameters", "lang"));
    return list;
}

/* One answer that is no JSON, or none. */
static Json *tile_responses(Arena *a)
{
    Json *all = json_object_make(a), *found = json_object_make(a), *content = json_object_make(a),
         *media = json_object_make(a), *bytes = typed(a, "string"), *none = json_object_make(a);
    static const char *const failures[] = { "400", "404", "503" };
    json_put_text(bytes, "format", S("binary"));
    json_put_value(media, "schema", bytes);
    json_put_value(content, MVT_TYPE, media);
    json_put_text(found, "description", S("The tile."));
    json_put_value(found, "content", content);
    json_put_value(all, "200", found);
    json_put_text(none, "description", S("A tile with nothing in it."));
    json_put_value(all, "204", none);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        json_put_value(all, failures[i], ref(a, "responses", "Problem"));
    return all;
}

static Json *property_parameter(Arena *a, const Property *p)
{
    return parameter(a, p->name, "query", list_of(a, typed(a, p->list ? "string" : p->type)),
                     "Only features with one of these values.");
}

static void tile_paths(Arena *a, const Collection *c, Json *paths)
{
    static const char *const places[] = { "tileMatrix", "tileRow", "tileCol" };
    const char              *root = str_format(a, "/collections/%.*s/tiles", STR_ARG(c->id)).at;
    Json                    *asked = json_array_make(a), *tile = json_object_make(a), *get = json_object_make(a),
         *tags = json_array_make(a);
    json_put_value(paths, root,
                   path_make(a, str_format(a, "tilesets-%.*s", STR_ARG(c->id)), c->title, lang_alone(a),
                             "application/json", "Tilesets"));
    json_put_value(paths, str_format(a, "%s/" OGC_TILE_SET, root).at,
                   path_make(a, str_format(a, "tileset-%.*s", STR_ARG(c->id)), c->title, lang_alone(a),
                             "application/json", "Tileset"));
    for (size_t i = 0; i < 3; i++) json_add_value(asked, ref(a, "parameters", places[i]));
    Property *properties;
    size_t    n = c->kind ? ogc_properties(a, c, &properties) : 0;
    for (size_t i = 0; i < n; i++)
        if (properties[i].filter) json_add_value(asked, property_parameter(a, &properties[i]));
    for (size_t i = 0; i < c->column_count; i++)
        json_add_value(asked, parameter(a, str_join(a, (Str[]){ S("where."), c->columns[i].name }, 2), "query",
                                        list_of(a, typed(a, ogc_type(c->columns[i].type))),
                                        "Only rows with one of these values; .min, .max, .has and .missing behind the "
                                        "name as in questions to a dataset."));
    json_add_text(tags, S("tiles"));
    json_put_value(get, "tags", tags);
    json_put_text(get, "summary", c->title);
    json_put_text(get, "operationId", str_format(a, "tile-%.*s", STR_ARG(c->id)));
    json_put_value(get, "parameters", asked);
    json_put_value(get, "responses", tile_responses(a));
    json_put_value(tile, "get", get);
    json_put_value(paths, str_format(a, "%s/" OGC_TILE_SET "/{tileMatrix}/{tileRow}/{tileCol}", root).at, tile);
}

static void collection_paths(Arena *a, const Collection *c, Json *paths)
{
    Property *properties;
    size_t    n = ogc_properties(a, c, &properties);
    Json     *asked = json_array_make(a), *item = json_array_make(a);
    for (const char *const *word = ogc_words; *word; word++) json_add_value(asked, ref(a, "parameters", *word));
    for (size_t i = 0; i < n; i++)
        if (properties[i].filter) json_add_value(asked, property_parameter(a, &properties[i]));
    json_put_value(paths, str_format(a, "/collections/%.*s", STR_ARG(c->id)).at,
                   path_make(a, str_format(a, "describe-%.*s", STR_ARG(c->id)), c->title, lang_alone(a),
                             "application/json", "Collection"));
    json_put_value(paths, str_format(a, "/collections/%.*s/items", STR_ARG(c->id)).at,
                   path_make(a, str_format(a, "features-%.*s", STR_ARG(c->id)), c->title, asked, OGC_GEOJSON,
                             "FeatureCollection"));
    for (const char *const *word = ogc_item_words; *word; word++) json_add_value(item, ref(a, "parameters", *word));
    json_add_value(item, ref(a, "parameters", "featureId"));
    json_put_value(paths, str_format(a, "/collections/%.*s/items/{featureId}", STR_ARG(c->id)).at,
                   path_make(a, str_format(a, "feature-%.*s", STR_ARG(c->id)), c->title, item, OGC_GEOJSON, "Feature"));
    if (ogc_tiled(c)) tile_paths(a, c, paths);
}

static Json *parameters_make(Arena *a)
{
    Json *all = json_object_make(a), *limit = typed(a, "integer"), *after = typed(a, "integer"),
         *box = list_of(a, typed(a, "number"));
    json_put_integer(limit, "minimum", 1);
    json_put_integer(limit, "maximum", OGC_LIMIT_MAX);
    json_put_integer(limit, "default", OGC_LIMIT);
    json_put_integer(after, "minimum", 0);
    json_put_integer(box, "minItems", 4);
    json_put_integer(box, "maxItems", 6);
    json_put_value(all, "limit", parameter(a, S("limit"), "query", limit, "How many features at most."));
    json_put_value(
        all, "bbox",
        parameter(a, S("bbox"), "query", box,
                  "Only features in this box: west, south, east, north in degrees, unless "
                  "bbox-crs says otherwise."));
    Json *crs = typed(a, "string"), *choices = json_array_make(a);
    for (int i = 0; i < CRS_COUNT; i++) json_add_text(choices, str_of(crs_address((Crs)i)));
    json_put_value(crs, "enum", choices);
    json_put_text(crs, "default", str_of(crs_address(CRS_84)));
    json_put_value(all, "crs", parameter(a, S("crs"), "query", crs, "In which system coordinates are told."));
    json_put_value(all, "bbox-crs", parameter(a, S("bbox-crs"), "query", crs, "In which system the box is."));
    json_put_value(
        all, "datetime",
        parameter(a, S("datetime"), "query", typed(a, "string"),
                  "Only features whose time meets this time or interval (RFC 3339, \"/\" "
                  "between, \"..\" for an open end), and those without a time."));
    json_put_value(all, "after",
                   parameter(a, S("after"), "query", after,
                             "Where the page before ended, as its link \"next\" has it."));
    json_put_value(all, "lang", parameter(a, S("lang"), "query", typed(a, "string"), "Language of titles (BCP 47)."));
    json_put_value(all, "featureId", parameter(a, S("featureId"), "path", typed(a, "string"), "Id of the feature."));
    static const char *const places[] = { "tileMatrix", "tileRow", "tileCol" };
    for (size_t i = 0; i < 3; i++) {
        Json *whole = typed(a, "integer");
        json_put_integer(whole, "minimum", 0);
        if (i == 0) json_put_integer(whole, "maximum", TILE_ZOOM_MAX);
        json_put_value(all, places[i],
                       parameter(a, str_of(places[i]), "path", whole, i ? "0 to 2^tileMatrix - 1." : "The zoom."));
    }
    return all;
}

/* {"type":"object"} with members of "name:type" or "name:#Schema", a list where the type ends in []. */
static Json *object_of(Arena *a, const char *const *members)
{
    Json *schema = typed(a, "object"), *properties = json_object_make(a), *required = json_array_make(a);
    for (; *members; members++) {
        Cut   cut = str_cut(str_of(*members), ':');
        bool  list = str_ends(cut.tail, S("[]")), optional = str_ends(cut.head, S("?"));
        Str   type = list ? str_take_first(cut.tail, cut.tail.len - 2) : cut.tail;
        Str   name = optional ? str_take_first(cut.head, cut.head.len - 1) : cut.head;
        Json *one = str_starts(type, S("#")) ? ref(a, "schemas", str_z(a, str_drop(type, 1)))
                                             : typed(a, str_z(a, type));
        json_put_value(properties, str_z(a, name), list ? list_of(a, one) : one);
        if (!optional) json_add_text(required, name);
    }
    json_put_value(schema, "properties", properties);
    if (json_array_size(required)) json_put_value(schema, "required", required);
    return schema;
}

#define OBJECT(a, ...) object_of((a), (const char *const[]){ __VA_ARGS__, NULL })

static Json *schemas_make(Arena *a)
{
    Json *all = json_object_make(a);
    json_put_value(all, "Link", OBJECT(a, "href:string", "rel:string", "type?:string", "title?:string"));
    json_put_value(all, "Landing", OBJECT(a, "title:string", "description:string", "links:#Link[]"));
    json_put_value(all, "Conformance", OBJECT(a, "conformsTo:string[]", "links?:#Link[]"));
    json_put_value(all, "Collection",
                   OBJECT(a, "id:string", "title:string", "description?:string", "itemType:string",
                          "extent?:object", "crs:string[]", "storageCrs:string", "links:#Link[]"));
    json_put_value(all, "Collections", OBJECT(a, "links:#Link[]", "collections:#Collection[]"));
    json_put_value(all, "Feature", OBJECT(a, "type:string", "geometry:object", "properties:object", "links?:#Link[]"));
    json_put_value(all, "FeatureCollection",
                   OBJECT(a, "type:string", "features:#Feature[]", "numberMatched:integer",
                          "numberReturned:integer", "links:#Link[]"));
    json_put_value(all, "Tileset",
                   OBJECT(a, "title:string", "dataType:string", "crs:string", "tileMatrixSetURI:string",
                          "links:#Link[]", "tileMatrixSetLimits?:object[]", "layers?:object[]"));
    json_put_value(all, "Tilesets", OBJECT(a, "links:#Link[]", "tilesets:#Tileset[]"));
    json_put_value(all, "TileMatrixSet",
                   OBJECT(a, "id:string", "title:string", "uri:string", "crs:string", "orderedAxes:string[]",
                          "wellKnownScaleSet:string", "tileMatrices:object[]"));
    json_put_value(all, "TileMatrixSets", OBJECT(a, "tileMatrixSets:object[]"));
    json_put_value(all, "Problem", OBJECT(a, "type:string", "title:string", "status:integer", "detail?:string"));
    return all;
}

static Json *problem_make(Arena *a)
{
    Json *all = json_object_make(a), *problem = json_object_make(a), *content = json_object_make(a),
         *media = json_object_make(a);
    json_put_text(problem, "description", S("What went wrong (RFC 9457)."));
    json_put_value(media, "schema", ref(a, "schemas", "Problem"));
    json_put_value(content, "application/problem+json", media);
    json_put_value(problem, "content", content);
    json_put_value(all, "Problem", problem);
    return all;
}

Json *ogc_api_make(Request *req, const Collection *collections, size_t n)
{
    Arena *a = req->arena;
    Json  *api = json_object_make(a), *info = json_object_make(a), *servers = json_array_make(a),
         *server = json_object_make(a), *paths = json_object_make(a), *components = json_object_make(a);
    json_put_text(api, "openapi", S("3.0.3"));
    json_put_text(info, "title", site_title(req->site, req->lang));
    json_put_text(info, "description", say(req, "ogc.lede", NULL));
    json_put_text(info, "version", S("1"));
    json_put_value(api, "info", info);
    json_put_text(server, "url", str_join(a, (Str[]){ req->site->base_url, S(OGC_ROOT) }, 2));
    json_add_value(servers, server);
    json_put_value(api, "servers", servers);
    json_put_value(
        paths, "/",
        path_make(a, S("landing"), S("The service"), lang_alone(a), "application/json", "Landing"));
    json_put_value(paths, "/conformance",
                   path_make(a, S("conformance"), S("What it conforms to"), lang_alone(a),
                             "application/json", "Conformance"));
    json_put_value(paths, "/collections",
                   path_make(a, S("collections"), S("Collections of features"), lang_alone(a),
                             "application/json", "Collections"));
    json_put_value(paths, "/tileMatrixSets",
                   path_make(a, S("tile-matrix-sets"), S("Sets of tile matrices"), lang_alone(a), "application/json",
                             "TileMatrixSets"));
    json_put_value(paths, "/tileMatrixSets/" OGC_TILE_SET,
                   path_make(a, S("tile-matrix-set"), S(OGC_TILE_SET), lang_alone(a), "application/json",
                             "TileMatrixSet"));
    for (size_t i = 0; i < n; i++) collection_paths(a, &collections[i], paths);
    json_put_value(api, "paths", paths);
    json_put_value(components, "parameters", parameters_make(a));
    json_put_value(components, "responses", problem_make(a));
    json_put_value(components, "schemas", schemas_make(a));
    json_put_value(api, "components", components);
    return api;
}
