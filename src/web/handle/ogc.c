/* What tells of the service: landing page, conformance, its OpenAPI document, collections. */
#include "data/extent.h"
#include "web/ogc.h"
#include "web/reach.h"
#include "web/route.h"
#include "web/site.h"

#define API_TYPE  "application/vnd.oai.openapi+json;version=3.0"
#define JSON_TYPE "application/json"

/* What test/http/ogc.js and test/http/tiles.js prove. */
static const char *const conforms_to[] = {
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
};

bool ogc_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, ogc_lang, NULL, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    shape_text(&s, "title", site_title(req->site, req->lang));
    shape_text(&s, "description", say(req, "ogc.lede", NULL));
    shape_list(&s, "links");
    ogc_faces(req, &s, JSON_TYPE);
    ogc_link(req, &s, S(OGC_ROOT "/api"), ".json", "service-desc", API_TYPE, say(req, "ogc.api", NULL));
    ogc_link(req, &s, S("/api"), "", "service-doc", "text/html", say(req, "api.title", NULL));
    ogc_link(req, &s, S(OGC_ROOT "/conformance"), "", "conformance", JSON_TYPE, say(req, "ogc.conformance", NULL));
    ogc_link(req, &s, S(OGC_ROOT "/collections"), "", "data", JSON_TYPE, say(req, "ogc.collections", NULL));
    ogc_link(req, &s, S(OGC_ROOT "/tileMatrixSets"), "", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
             JSON_TYPE, S(OGC_TILE_SET));
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

bool ogc_conformance_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, ogc_lang, NULL, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    shape_list(&s, "conformsTo");
    for (size_t i = 0; i < sizeof conforms_to / sizeof *conforms_to; i++)
        shape_text(&s, NULL, str_of(conforms_to[i]));
    shape_end(&s);
    shape_list(&s, "links");
    ogc_faces(req, &s, JSON_TYPE);
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

bool ogc_api_show(Request *req, Reply *reply, Err *err)
{
    Collection *collections;
    size_t      n;
    if (!ogc_parameters(req, ogc_lang, NULL, err) || !ogc_collections(req, &collections, &n, err)) return false;
    reply->value = ogc_api_make(req, collections, n);
    reply->json_type = S(API_TYPE);
    return true;
}

static void degrees_put(Shape *s, Arena *a, const Reach *r)
{
    double list[] = { r->west, r->south, r->east, r->north };
    Json  *box = json_array_make(a);
    for (size_t i = 0; i < 4; i++) json_add_taken(box, json_real(list[i]));
    shape_value(s, NULL, box);
}

static void reach_put(Shape *s, Arena *a, const Reach *r)
{
    bool timed = r->from.len && r->to.len;
    if (!r->placed && !timed) return;
    shape_object(s, "extent");
    if (r->placed) {
        shape_object(s, "spatial");
        shape_list(s, "bbox");
        degrees_put(s, a, r);
        shape_end(s);
        shape_text(s, "crs", str_of(crs_address(CRS_84)));
        shape_end(s);
    }
    if (timed) {
        shape_object(s, "temporal");
        shape_list(s, "interval");
        shape_list(s, NULL);
        shape_text(s, NULL, r->from);
        shape_text(s, NULL, r->to);
        shape_end(s);
        shape_end(s);
        shape_text(s, "trs", S("http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"));
        shape_end(s);
    }
    shape_end(s);
}

/* The members of a collection's object. */
static void collection_put(Request *req, Shape *s, const Collection *c, const Reach *reach, bool alone)
{
    Arena *a = req->arena;
    Str    here = ogc_path(a, c, ""), items = ogc_path(a, c, "/items");
    Str    page = c->kind ? str_join(a, (Str[]){ S("/"), c->id }, 2)
                          : str_join(a, (Str[]){ S("/dataset/"), c->slug }, 2);
    shape_text(s, "id", c->id);
    shape_text(s, "title", c->title);
    shape_text_if(s, "description", c->description);
    shape_text(s, "itemType", S("feature"));
    reach_put(s, a, reach);
    shape_list(s, "crs");
    for (int i = 0; i < CRS_COUNT; i++) shape_text(s, NULL, str_of(crs_address((Crs)i)));
    shape_end(s);
    shape_text(s, "storageCrs", str_of(crs_address(CRS_84)));
    shape_list(s, "links");
    if (alone) ogc_faces(req, s, JSON_TYPE);
    else ogc_link(req, s, here, "", "self", JSON_TYPE, STR_NONE);
    ogc_link(req, s, items, "", "items", OGC_GEOJSON, c->title);
    ogc_link(req, s, items, ".html", "items", "text/html", c->title);
    ogc_link(req, s, page, "", "describedby", "text/html", c->title);
    if (ogc_tiled(c)) ogc_link(req, s, ogc_path(a, c, "/tiles"), "", OGC_TILESETS, JSON_TYPE, c->title);
    shape_end(s);
}

bool ogc_collections_show(Request *req, Reply *reply, Err *err)
{
    Collection *collections;
    size_t      n;
    Shape       s = shape_of(req);
    if (!ogc_parameters(req, ogc_lang, NULL, err) || !ogc_collections(req, &collections, &n, err)) return false;
    RowsOf *rows = NEW_ARRAY(req->arena, RowsOf, n + 1);
    for (size_t i = 0; i < n; i++) rows[i] = collections[i].rows;
    const Reach *reaches = reach_datasets(req, rows, n);
    shape_object(&s, NULL);
    shape_list(&s, "links");
    ogc_faces(req, &s, JSON_TYPE);
    shape_end(&s);
    shape_list(&s, "collections");
    for (size_t i = 0; i < n; i++) {
        shape_object(&s, NULL);
        collection_put(req, &s, &collections[i], &reaches[i], false);
        shape_end(&s);
    }
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

bool ogc_collection_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    Shape      s = shape_of(req);
    if (!ogc_parameters(req, ogc_lang, NULL, err) || !ogc_collection(req, req->slots[0], &c, err)) return false;
    shape_object(&s, NULL);
    collection_put(req, &s, &c, reach_datasets(req, &c.rows, 1), true);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}
