/* What tells of the service: landing page, conformance, its OpenAPI document, collections. */
#include <stdio.h>

#include "base/diag.h"
#include "base/time.h"
#include "web/ogc.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"

#define API_TYPE       "application/vnd.oai.openapi+json;version=3.0"
#define JSON_TYPE      "application/json"
#define EXTENT_SECONDS 5 /* the smallest and largest of all collections together; without it they go unsaid */
#define DAY_MS         ((int64_t)86400000)

/* What test/http/ogc.js proves. */
static const char *const conforms_to[] = {
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
};

bool ogc_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, NULL, err)) return false;
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
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

bool ogc_conformance_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, NULL, err)) return false;
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
    if (!ogc_parameters(req, NULL, err) || !ogc_collections(req, &collections, &n, err)) return false;
    reply->value = ogc_api_make(req, collections, n);
    reply->json_type = S(API_TYPE);
    return true;
}

/* ---- how far a dataset reaches ---- */

typedef struct {
    bool   placed;
    double west, south, east, north;
    Str    from, to; /* RFC 3339; empty: not known */
} Reach;

typedef struct {
    Arena         *arena;
    TableQuestion *questions;
    Reach         *reaches;
    size_t         n;
} Reaching;

static Str named(Arena *a, const char *function, Str column)
{
    Buf *out = buf_open(a);
    buf_putf(out, "%s(\"", function);
    for (size_t i = 0; i < column.len; i++) {
        buf_put_byte(out, column.at[i]);
        if (column.at[i] == '"') buf_put_byte(out, '"');
    }
    buf_put_z(out, "\")");
    return buf_str(out);
}

/* The smallest and the largest of latitude, longitude and time, of rows with a place on the earth. */
static bool reach_question(Request *req, const Collection *c, TableQuestion *out, Err *err)
{
    static const ColumnRole roles[] = { ROLE_OF_LATITUDE, ROLE_OF_LONGITUDE, ROLE_OF_TIME };
    QuestionPair            pairs[8] = { { S("_bbox"), S("-180,-90,180,90") } };
    size_t                  n = 1;
    Table                   table;
    for (size_t i = 0; i < 3; i++) {
        const Column *column = columns_role(c->columns, c->column_count, roles[i]);
        if (!column) continue;
        pairs[n++] = (QuestionPair){ S("aggregate"), named(req->arena, "min", column->name) };
        pairs[n++] = (QuestionPair){ S("aggregate"), named(req->arena, "max", column->name) };
    }
    return rows_table(req, req->arena, c->doc, &table, err) && question_read(req->arena, &table, pairs, n, out, err);
}

static double number_of(const DuckValue *value)
{
    return value->type == DUCK_INTEGER ? (double)value->integer : value->number;
}

/* A date, a time without zone or a year as the instant it begins with, or ends with. */
static Str instant(Arena *a, const DuckValue *value, bool end)
{
    Date    date;
    int64_t at_ms;
    Str     text = value->type == DUCK_INTEGER ? str_format(a, "%04lld", (long long)value->integer)
                   : value->type == DUCK_TEXT  ? value->text
                                               : STR_NONE;
    if (date_read(text, &date))
        return time_text(a, end ? (date_days_last(date) + 1) * DAY_MS - 1000 : date_days(date) * DAY_MS);
    text = str_join(a, (Str[]){ text, S("Z") }, 2);
    return time_read(text, &at_ms) ? time_text(a, at_ms) : STR_NONE;
}

static bool reach_ask(DuckRun *run, Arena *a, const TableQuestion *q, Reach *out, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!duck_ask(run, a, q->sql, q->given, q->given_count, &answer, err)) return false;
    if (duck_next(answer, &row, err) && row[0].type != DUCK_NULL && row[2].type != DUCK_NULL) {
        *out = (Reach){ true,
                        number_of(&row[2]),
                        number_of(&row[0]),
                        number_of(&row[3]),
                        number_of(&row[1]),
                        STR_NONE,
                        STR_NONE };
        if (q->result_count == 6) {
            out->from = instant(a, &row[4], false);
            out->to = instant(a, &row[5], true);
        }
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool reaches_ask(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    Reaching *w = with;
    for (size_t i = 0; i < w->n; i++)
        if (w->questions[i].sql.len && !reach_ask(run, w->arena, &w->questions[i], &w->reaches[i], err)) return false;
    return true;
}

/* Extents may go unsaid: a collection stands without one that takes too long. */
static Reach *reaches_of(Request *req, const Collection *collections, size_t n)
{
    Err      why = { 0 };
    Reaching w = { .arena = arena_open(0),
                   .questions = NEW_ARRAY(req->arena, TableQuestion, n + 1),
                   .reaches = NEW_ARRAY(req->arena, Reach, n + 1),
                   .n = n };
    bool     any = false, ok = true;
    arena_adopt(req->arena, w.arena, (void (*)(void *))arena_close);
    for (size_t i = 0; ok && i < n; i++)
        if (!collections[i].kind) any = ok = reach_question(req, &collections[i], &w.questions[i], &why);
    if (any && ok) ok = desk_run_within(req->site->desk, EXTENT_SECONDS, reaches_ask, &w, &why);
    if (ok) return w.reaches;
    diag(why.code == ERR_TOO_BIG || why.code == ERR_BUSY ? DIAG_INFO : DIAG_ERROR, "no extents: %s", why.text);
    return NEW_ARRAY(req->arena, Reach, n + 1);
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
    if (!r->placed) return;
    shape_object(s, "extent");
    shape_object(s, "spatial");
    shape_list(s, "bbox");
    degrees_put(s, a, r);
    shape_end(s);
    shape_text(s, "crs", S(OGC_CRS84));
    shape_end(s);
    if (r->from.len && r->to.len) {
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
    shape_text(s, NULL, S(OGC_CRS84));
    shape_end(s);
    shape_list(s, "links");
    if (alone) ogc_faces(req, s, JSON_TYPE);
    else ogc_link(req, s, here, "", "self", JSON_TYPE, STR_NONE);
    ogc_link(req, s, items, "", "items", OGC_GEOJSON, c->title);
    ogc_link(req, s, items, ".html", "items", "text/html", c->title);
    ogc_link(req, s, page, "", "describedby", "text/html", c->title);
    shape_end(s);
}

bool ogc_collections_show(Request *req, Reply *reply, Err *err)
{
    Collection *collections;
    size_t      n;
    Shape       s = shape_of(req);
    if (!ogc_parameters(req, NULL, err) || !ogc_collections(req, &collections, &n, err)) return false;
    const Reach *reaches = reaches_of(req, collections, n);
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
    if (!ogc_parameters(req, NULL, err) || !ogc_collection(req, req->slots[0], &c, err)) return false;
    shape_object(&s, NULL);
    collection_put(req, &s, &c, reaches_of(req, &c, 1), true);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}
