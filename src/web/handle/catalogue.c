/* GET /catalog.jsonld: every dataset that the reader may see, in the words of DCAT 3
   (https://www.w3.org/TR/vocab-dcat-3/), as JSON-LD 1.1 that needs nothing fetched to be read. */
#include "base/time.h"
#include "core/list.h"
#include "web/about.h"
#include "web/ogc.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

#define MEDIA_TYPES "https://www.iana.org/assignments/media-types/"

static const char *const prefixes[][2] = {
    { "dcat", "http://www.w3.org/ns/dcat#" },
    { "dct", "http://purl.org/dc/terms/" },
    { "foaf", "http://xmlns.com/foaf/0.1/" },
    { "xsd", "http://www.w3.org/2001/XMLSchema#" },
    { "geo", "http://www.opengis.net/ont/geosparql#" },
    { "rdfs", "http://www.w3.org/2000/01/rdf-schema#" },
};

static Json *typed(Arena *a, const char *type)
{
    Json *node = json_object_make(a);
    json_put_text(node, "@type", str_of(type));
    return node;
}

static Json *address(Arena *a, Str url)
{
    Json *node = json_object_make(a);
    json_put_text(node, "@id", url);
    return node;
}

static Json *literal(Arena *a, Str text, const char *type)
{
    Json *value = json_object_make(a);
    json_put_text(value, "@value", text);
    json_put_text(value, "@type", str_of(type));
    return value;
}

static Json *texts(Arena *a, const Json *map)
{
    Json       *list = json_array_make(a), *text;
    const char *lang;
    json_object_foreach((Json *)map, lang, text)
    {
        Json *one = json_object_make(a);
        json_put_text(one, "@value", json_text(text));
        json_put_text(one, "@language", str_of(lang));
        json_add_value(list, one);
    }
    return list;
}

/* A year, a month, a day or an instant: as what it is. */
static Json *when(Arena *a, Str text)
{
    Date date;
    if (!date_read(text, &date)) return literal(a, text, "xsd:dateTime");
    return literal(a, text, date.parts == 1 ? "xsd:gYear" : date.parts == 2 ? "xsd:gYearMonth"
                                                                            : "xsd:date");
}

static Json *spatial(Request *req, const About *about)
{
    Arena       *a = req->arena;
    Json        *list = json_array_make(a);
    const Json  *countries = json_get(about->record->doc, "countries"), *code;
    const Reach *r = about->reach;
    size_t       i;
    json_array_foreach(countries, i, code)
    {
        Json *place = typed(a, "dct:Location");
        json_put_text(place, "@id", str_join(a, (Str[]){ req->site->base_url, S("/country/"), json_text(code) }, 3));
        json_add_value(list, place);
    }
    if (r && r->placed) {
        Json *place = typed(a, "dct:Location");
        json_put_value(place, "dcat:bbox",
                       literal(a,
                               str_format(a, "POLYGON((%.10g %.10g,%.10g %.10g,%.10g %.10g,%.10g %.10g,%.10g %.10g))",
                                          r->west, r->south, r->east, r->south, r->east, r->north, r->west, r->north,
                                          r->west, r->south),
                               "geo:wktLiteral"));
        json_add_value(list, place);
    }
    return list;
}

static Json *temporal(Arena *a, const About *about)
{
    Str   from = about_from(about), to = about_to(about);
    Json *period = typed(a, "dct:PeriodOfTime");
    if (from.len) json_put_value(period, "dcat:startDate", when(a, from));
    if (to.len) json_put_value(period, "dcat:endDate", when(a, to));
    return from.len || to.len ? period : NULL;
}

static Json *licence(Arena *a, const About *about)
{
    Str   text = json_get_text(about->record->doc, "licence");
    Json *node = typed(a, "dct:LicenseDocument");
    if (about->licence_url.len) json_put_text(node, "@id", about->licence_url);
    json_put_text(node, "rdfs:label", text);
    return text.len ? node : NULL;
}

/* What readers like this one are given otherwise than it was measured. */
static Json *rights(Arena *a, const About *about)
{
    Json *node = typed(a, "dct:RightsStatement"), *list = json_array_make(a);
    for (size_t i = 0; i < about->term_count; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "@value", about->terms[i]);
        json_put_text(one, "@language", S("en"));
        json_add_value(list, one);
    }
    json_put_value(node, "rdfs:label", list);
    return node;
}

static Json *publishers(Arena *a, const About *about)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < about->publisher_count; i++) {
        Json *one = typed(a, "foaf:Organization");
        json_put_text_if(one, "@id", about->publishers[i].url);
        json_put_text(one, "foaf:name", about->publishers[i].name);
        json_add_value(list, one);
    }
    return list;
}

/* How large a form is nobody knows before it is streamed, so none says dcat:byteSize. */
static void distribution_add(Request *req, const About *about, Json *list, const char *ending,
                             const char *type, Str name)
{
    Arena *a = req->arena;
    Str    url = str_join(a, (Str[]){ about->url, S("."), str_of(ending) }, 3);
    Json  *one = typed(a, "dcat:Distribution");
    json_put_text(one, "@id", url);
    json_put_text(one, "dct:title", name);
    json_put_value(one, "dcat:accessURL", address(a, about->url));
    json_put_value(one, "dcat:downloadURL", address(a, url));
    json_put_value(one, "dcat:mediaType",
                   address(a, str_join(a, (Str[]){ S(MEDIA_TYPES), str_cut(str_of(type), ';').head }, 2)));
    if (about->licence_url.len) json_put_value(one, "dct:license", address(a, about->licence_url));
    json_add_value(list, one);
}

static Json *distributions(Request *req, const About *about)
{
    Arena         *a = req->arena;
    Json          *list = json_array_make(a);
    Column        *columns;
    size_t         n;
    Err            why = { 0 };
    const RowsWay *way;
    if (!columns_read(a, about->record->doc, &columns, &n, &why) || !n) return list;
    bool placed = geometry_column(columns, n) || (columns_role(columns, n, ROLE_OF_LATITUDE) &&
                                                  columns_role(columns, n, ROLE_OF_LONGITUDE));
    distribution_add(req, about, list, "json", "application/json", S("JSON"));
    for (size_t i = 0; (way = rows_way_at(i)); i++) {
        if (way->as == ROWS_AS_GEOJSON && !placed) continue;
        if (way->as == ROWS_AS_DWCA && !darwin_core_of(columns, n)) continue;
        distribution_add(req, about, list, way->ending, way->type,
                         say(req, str_format(a, "format.%s", way->ending).at, NULL));
    }
    return list;
}

static Json *dataset_make(Request *req, const About *about)
{
    Arena        *a = req->arena;
    const Record *r = about->record;
    Json         *node = typed(a, "dcat:Dataset"), *period = temporal(a, about), *terms = licence(a, about);
    Str           doi = json_get_text(r->doc, "doi"), page = json_get_text(r->doc, "url");
    json_put_text(node, "@id", about->url);
    Json *names = json_array_make(a);
    json_add_text(names, r->id);
    if (doi.len) json_add_text(names, str_join(a, (Str[]){ S("https://doi.org/"), doi }, 2));
    json_put_value(node, "dct:identifier", names);
    json_put_value(node, "dct:title", texts(a, json_get(r->doc, "name")));
    json_put_value(node, "dct:description", texts(a, json_get(r->doc, "description")));
    json_put_value(node, "dct:publisher", publishers(a, about));
    if (terms) json_put_value(node, "dct:license", terms);
    if (about->term_count) json_put_value(node, "dct:accessRights", rights(a, about));
    if (r->created_ms) json_put_value(node, "dct:issued", literal(a, time_text(a, r->created_ms), "xsd:dateTime"));
    json_put_value(node, "dct:modified", literal(a, time_text(a, r->updated_ms), "xsd:dateTime"));
    json_put_text(node, "dcat:version", str_format(a, "%lld", (long long)r->version));
    json_put_text_if(node, "dcat:keyword", json_get_text(r->doc, "theme"));
    json_put_text_if(node, "dct:bibliographicCitation", json_get_text(r->doc, "citation"));
    json_put_value(node, "dct:spatial", spatial(req, about));
    if (period) json_put_value(node, "dct:temporal", period);
    json_put_value(node, "dcat:landingPage", address(a, about->url));
    if (page.len) json_put_value(node, "foaf:page", address(a, page));
    json_put_value(node, "dcat:distribution", distributions(req, about));
    return node;
}

static Json *context_make(Arena *a)
{
    Json *context = json_object_make(a);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        json_put_text(context, prefixes[i][0], str_of(prefixes[i][1]));
    return context;
}

/* Where GIS reads those with a place. */
static Json *service_make(Request *req)
{
    Arena *a = req->arena;
    Str    url = str_join(a, (Str[]){ req->site->base_url, S(OGC_ROOT) }, 2);
    Json  *service = typed(a, "dcat:DataService");
    json_put_text(service, "@id", url);
    json_put_text(service, "dct:title", say(req, "ogc.title", NULL));
    json_put_value(service, "dcat:endpointURL", address(a, url));
    json_put_value(service, "dcat:endpointDescription", address(a, str_join(a, (Str[]){ url, S("/api.json") }, 2)));
    json_put_value(service, "dct:conformsTo",
                   address(a, S("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core")));
    return service;
}

/* All that the reader may see, by title. */
static bool datasets_read(Request *req, About **out, size_t *n, Err *err)
{
    Arena    *a = req->arena;
    Question  question = { .kind = S("dataset"), .sort = S("title") };
    uint64_t *entries;
    size_t    count = 0;
    Record    found;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = list_entries(s, a, &question, &entries, &count, err);
    *out = NEW_ARRAY(a, About, count + 1);
    for (*n = 0; ok && *n < count; ++*n) {
        Record *r = NEW(a, Record);
        ok = record_at(s, a, entries[*n], &found, err) && record_read_id(s, a, found.id, r, err);
        if (ok && arena_full(a)) ok = fail(err, ERR_TOO_BIG, "there are more datasets than one catalogue holds");
        if (ok) about_dataset(req, s, r, &(*out)[*n]);
        if (ok) about_terms(req, r->doc, r->owner, &(*out)[*n]);
    }
    snapshot_close(s);
    return ok;
}

bool catalogue_show(Request *req, Reply *reply, Err *err)
{
    Arena *a = req->arena;
    About *datasets;
    size_t n;
    if (!datasets_read(req, &datasets, &n, err)) return false;
    RowsOf *rows = NEW_ARRAY(a, RowsOf, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Record *r = datasets[i].record;
        rows[i] = (RowsOf){ r->doc, r->doc, r->owner, r->id };
    }
    const Reach *reaches = reach_datasets(req, rows, n);
    Json        *catalogue = json_object_make(a), *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) {
        datasets[i].reach = &reaches[i];
        json_add_value(list, dataset_make(req, &datasets[i]));
    }
    json_put_value(catalogue, "@context", context_make(a));
    json_put_text(catalogue, "@id", str_join(a, (Str[]){ req->site->base_url, S("/catalog.jsonld") }, 2));
    json_put_text(catalogue, "@type", S("dcat:Catalog"));
    json_put_text(catalogue, "dct:title", site_title(req->site, req->lang));
    json_put_value(catalogue, "foaf:homepage", address(a, str_join(a, (Str[]){ req->site->base_url, S("/") }, 2)));
    json_put_value(catalogue, "dcat:service", service_make(req));
    json_put_value(catalogue, "dcat:dataset", list);
    reply->raw = json_write(a, catalogue);
    reply->raw_type = S("application/ld+json");
    return true;
}
