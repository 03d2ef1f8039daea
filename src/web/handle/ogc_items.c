/* Features of a collection, a page of them or one. Pages go on behind the last feature shown: by the number
   of a row, which costs no reading of those before, or by how many records were passed. */
#include "base/time.h"
#include "data/extent.h"
#include "format/format.h"
#include "web/ogc.h"
#include "web/request.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

#define RECORDS_AT_ONCE 100 /* so long others who would write wait at most */
#define DAY_MS          ((int64_t)86400000)
#define PAGE_LIMIT      20

typedef struct {
    Request          *req;
    const Collection *collection;
    Property         *properties;
    size_t            property_count;
    int64_t           limit, after; /* after: 0 from the start */
    bool              boxed, timed;
    Box               box;
    Crs               crs; /* of what is answered */
    Span              span;
    Shape             shape;
    int64_t           matched, returned, next; /* next: `after` of the next page; 0: there is none */
    int64_t           last;                    /* row that was shown */
} Items;

static bool whole_number(Request *req, const char *name, int64_t least, int64_t *out, Err *err)
{
    Str text = query_get(req, name);
    if (!text.len) return true;
    return (str_to_i64(text, out) && *out >= least) ||
           fail(err, ERR_USAGE, "%s is a whole number, at least %lld", name, (long long)least);
}

static bool crs_asked(Request *req, const char *name, Crs *out, Err *err)
{
    Str address = query_get(req, name);
    return !address.len || crs_read(address, out, err);
}

static bool items_read(Items *w, Err *err)
{
    Request *req = w->req;
    Str      box = query_get(req, "bbox"), span = query_get(req, "datetime");
    w->limit = str_eq(req->ending, S("html")) ? PAGE_LIMIT : OGC_LIMIT;
    Crs box_crs = CRS_84;
    if (!ogc_parameters(req, ogc_words, w->collection, err) || !crs_asked(req, "crs", &w->crs, err) ||
        !crs_asked(req, "bbox-crs", &box_crs, err))
        return false;
    if (!whole_number(req, "limit", 1, &w->limit, err) || !whole_number(req, "after", 0, &w->after, err)) return false;
    if (w->limit > OGC_LIMIT_MAX) w->limit = OGC_LIMIT_MAX;
    w->boxed = box.len > 0;
    w->timed = span.len > 0;
    return (!w->boxed || box_read(box, box_crs, &w->box, err)) && (!w->timed || span_read(span, &w->span, err));
}

/* A feature as text into the answer, whichever it is made as. */
static bool feature_take(Items *w, const Buf *text, Err *err)
{
    Json *tree;
    if (w->shape.text) {
        if (!w->shape.first) buf_put_byte(w->shape.text, ',');
        w->shape.first = false;
        buf_put(w->shape.text, buf_str(text));
    } else {
        if (!json_read(w->req->arena, buf_str(text), &tree, err)) return false;
        shape_value(&w->shape, NULL, tree);
    }
    w->returned++;
    return true;
}

/* ---- rows of a dataset ---- */

typedef struct {
    QuestionPair *pairs;
    size_t        n;
} Pairs;

static void pair_add(Pairs *p, Str name, Str value)
{
    p->pairs[p->n++] = (QuestionPair){ name, value };
}

static Str where(Arena *a, Str column, const char *ending)
{
    return str_join(a, (Str[]){ S("where."), column, str_of(ending) }, 3);
}

/* Which rows: those with a place that the parameters ask for; whether a geometry is one, and lies in the box, is
   found as each is read. */
static Pairs rows_asked(const Items *w)
{
    const Collection       *c = w->collection;
    Request                *req = w->req;
    Pairs                   p = { NEW_ARRAY(req->arena, QuestionPair, req->query_count + c->column_count + 8), 0 };
    static const ColumnRole place[] = { ROLE_OF_LATITUDE, ROLE_OF_LONGITUDE };
    for (size_t i = 0; i < 2 && !c->geometry; i++)
        pair_add(&p,
                 where(req->arena, columns_role(c->columns, c->column_count, place[i])->name,
                       ".missing"),
                 S("false"));
    if (w->boxed && !c->geometry) pair_add(&p, S("_bbox"), box_text(req->arena, w->box));
    if (w->timed) pair_add(&p, S("_time"), query_get(req, "datetime"));
    for (size_t i = 0; i < req->query_count; i++) {
        const Property *property = ogc_property(w->properties, w->property_count, req->query[i].name);
        if (property) pair_add(&p, where(req->arena, property->of, ""), req->query[i].value);
    }
    return p;
}

/* Results are called as the properties are. */
static void names_put(const Items *w, TableQuestion *q)
{
    for (size_t i = 0; i < q->result_count; i++)
        for (size_t k = 0; k < w->property_count; k++)
            if (str_eq(q->results[i].name, w->properties[k].of)) {
                q->results[i].name = w->properties[k].name;
                break;
            }
}

static void columns_add(const Items *w, Pairs *p)
{
    for (size_t i = 0; i < w->collection->column_count; i++) pair_add(p, S("columns"), w->collection->columns[i].name);
    pair_add(p, S("columns"), S(QUESTION_FLAGS));
    pair_add(p, S("columns"), S(QUESTION_ROW));
}

typedef struct {
    Items        *items;
    TableQuestion count, rows;
} RowsAsked;

static bool row_fits(const Items *w, const FeatureForm *form, const DuckValue *row, const Json *shape)
{
    double at[2];
    if (shape) return !w->boxed || geometry_meets(shape, w->box);
    return feature_point(form, row, at) && (!w->boxed || box_has(w->box, at[1], at[0]));
}

/* Rows of geometries come all, and are counted here. */
static bool row_take(Items *w, const FeatureForm *form, const DuckValue *row, Buf *text, Err *err)
{
    const Json *shape = feature_shape(form, row);
    if (w->collection->geometry) {
        if (!row_fits(w, form, row, shape)) return true;
        w->matched++;
        if (w->next || row[form->number].integer <= w->after) return true;
    }
    if (w->returned == w->limit) {
        w->next = w->last;
        return true;
    }
    buf_clear(text);
    feature_put(text, form, row, shape);
    w->last = row[form->number].integer;
    if (arena_full(w->req->arena) || (w->shape.text && w->shape.text->len > ARENA_DEFAULT_LIMIT))
        return fail(err, ERR_TOO_BIG, "the features are too large for one answer; ask for a smaller limit");
    return feature_take(w, text, err);
}

static bool rows_put(DuckRun *run, const RowsAsked *w, Err *err)
{
    Items               *items = w->items;
    const TableQuestion *q = &w->rows;
    Arena               *one = arena_open(0);
    FeatureForm          form = feature_form(q, one);
    DuckAnswer          *answer;
    const DuckValue     *row;
    Buf                  text = { 0 };
    bool                 ok = duck_ask(run, items->req->arena, q->sql, q->given, q->given_count, &answer, err);
    form.crs = items->crs;
    if (ok) {
        while (ok && (!items->next || items->collection->geometry) && duck_next(answer, &row, err))
            ok = row_take(items, &form, row, &text, err);
        duck_answer_close(answer);
    }
    buf_free(&text);
    arena_close(one);
    return ok && err->code == ERR_NONE;
}

static bool rows_ask(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    RowsAsked *w = with;
    int64_t    count;
    if (!w->items->collection->geometry) {
        if (!question_count(run, w->items->req->arena, &w->count, false, &count, NULL, err)) return false;
        w->items->matched = count;
        question_narrow(&w->rows);
    }
    return rows_put(run, w, err);
}

static bool rows_items(Items *w, Err *err)
{
    Arena    *a = w->req->arena;
    Table     table;
    RowsAsked asked = { .items = w };
    Pairs     p = rows_asked(w);
    if (!rows_table(w->req, a, &w->collection->rows, &table, err)) return false;
    columns_add(w, &p);
    if (!question_read(a, &table, p.pairs, p.n, &asked.count, err)) return false; /* of all, whatever is shown */
    if (w->after && !w->collection->geometry)
        pair_add(&p, S(QUESTION_ROW ".min"), str_format(a, "%lld", (long long)w->after + 1));
    if (!w->collection->geometry)
        pair_add(&p, S("limit"), str_format(a, "%lld", (long long)w->limit + 1));
    if (!question_read(a, &table, p.pairs, p.n, &asked.rows, err)) return false;
    names_put(w, &asked.rows);
    DeskAsk ask = rows_ask_at(w->req, desk_place_of(&asked.count), 0);
    return desk_run(&ask, rows_ask, &asked, err);
}

static bool row_ask(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    return rows_put(run, with, err);
}

static bool row_item(Items *w, Str id, Err *err)
{
    Arena    *a = w->req->arena;
    Table     table;
    RowsAsked asked = { .items = w };
    Pairs     p = rows_asked(w);
    int64_t   number;
    if (!str_to_i64(id, &number)) return true;
    columns_add(w, &p);
    pair_add(&p, S(QUESTION_ROW), id);
    if (!rows_table(w->req, a, &w->collection->rows, &table, err) ||
        !question_read(a, &table, p.pairs, p.n, &asked.rows, err))
        return false;
    names_put(w, &asked.rows);
    DeskAsk ask = rows_ask_at(w->req, DESK_OF_PAGE, 0);
    return desk_run(&ask, row_ask, &asked, err);
}

/* ---- records of a kind ---- */

static bool date_of(Arena *a, const Kind *kind, const Json *doc, Str path, Date *out)
{
    FieldValue *values;
    return path.len && kind_values(kind, a, doc, path, &values) && date_read(json_text(values[0].value), out);
}

/* When it is: what has begun and says no end lasts, where its kind has ends. False: never said. */
static bool time_of(Arena *a, const Kind *kind, const Json *doc, Span *out)
{
    Date start, end;
    bool begins = date_of(a, kind, doc, kind->start_field, &start), ends = date_of(a, kind, doc, kind->end_field, &end);
    out->from_ms = begins ? date_days(start) * DAY_MS : INT64_MIN;
    if (ends) out->before_ms = (date_days_last(end) + 1) * DAY_MS;
    else out->before_ms = kind->end_field.len || !begins ? INT64_MAX : (date_days_last(start) + 1) * DAY_MS;
    return begins || ends;
}

static bool record_fits(const Items *w, Arena *a, const Json *doc)
{
    const Kind *kind = w->collection->kind;
    const Json *place = format_place(kind, a, doc);
    Span        when;
    if (!place) return false;
    if (w->boxed && !box_has(w->box, json_get_number(place, "lat", 0), json_get_number(place, "lon", 0))) return false;
    return !w->timed || !time_of(a, kind, doc, &when) || span_meets(w->span, when.from_ms, when.before_ms);
}

static void property_put(Arena *a, const Kind *kind, const Json *doc, const Property *p, Json *into)
{
    FieldValue *values;
    size_t      n = kind_values(kind, a, doc, p->of, &values);
    Json       *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) json_add_value(list, values[i].value);
    if (p->list) json_put_value(into, str_z(a, p->name), list);
    else json_put_value(into, str_z(a, p->name), n ? values[0].value : NULL);
}

static void record_feature(const Items *w, Arena *a, Snapshot *s, const Record *r, Buf *out)
{
    const Kind *kind = w->collection->kind;
    const Json *place = format_place(kind, a, r->doc);
    Json       *feature = json_object_make(a), *point = json_object_make(a), *at = json_array_make(a),
         *says = json_object_make(a);
    Card card;
    Date date;
    card_of(s, a, r, &card);
    double position[2];
    crs_put(w->crs, json_get_number(place, "lon", 0), json_get_number(place, "lat", 0), position);
    for (int i = 0; i < 2; i++) json_add_taken(at, json_real(position[i]));
    json_put_text(point, "type", S("Point"));
    json_put_value(point, "coordinates", at);
    json_put_text(says, "title", card.title);
    json_put_text_if(says, "summary", card.summary);
    json_put_text(says, "slug", r->slug);
    json_put_text(says, "url",
                  str_join(a, (Str[]){ w->req->site->base_url, record_url(a, kind->name, r->slug) }, 2));
    if (date_of(a, kind, r->doc, kind->start_field, &date)) json_put_text(says, "start", date_text(a, date));
    if (date_of(a, kind, r->doc, kind->end_field, &date)) json_put_text(says, "end", date_text(a, date));
    for (size_t i = 0; i < w->property_count; i++)
        if (w->properties[i].filter) property_put(a, kind, r->doc, &w->properties[i], says);
    json_put_text(feature, "type", S("Feature"));
    json_put_text(feature, "id", r->id);
    json_put_value(feature, "geometry", point);
    json_put_value(feature, "properties", says);
    json_put(out, feature);
}

/* A few records, in an arena of their own. */
static bool some_records(Items *w, const uint64_t *entries, size_t n, Err *err)
{
    Arena    *a = arena_open(0);
    Snapshot *s = snapshot_open(w->req->node, &w->req->reader, w->req->lang);
    Buf       text = { 0 };
    bool      ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        Record r;
        ok = record_at(s, a, entries[i], &r, err);
        if (!ok || !record_fits(w, a, r.doc)) continue;
        w->matched++;
        if (w->matched <= w->after) continue;
        if (w->returned == w->limit) {
            w->next = w->after + w->limit;
            continue;
        }
        buf_clear(&text);
        record_feature(w, a, s, &r, &text);
        ok = feature_take(w, &text, err);
    }
    snapshot_close(s);
    buf_free(&text);
    arena_close(a);
    return ok;
}

static bool record_items(Items *w, Err *err)
{
    Request  *req = w->req;
    Question  question = { .kind = w->collection->kind->name, .sort = S("created") };
    uint64_t *entries;
    size_t    n;
    question.filters = NEW_ARRAY(req->arena, Filter, req->query_count + 1);
    for (size_t i = 0; i < req->query_count; i++) {
        const Property *property = ogc_property(w->properties, w->property_count, req->query[i].name);
        if (property && req->query[i].value.len)
            question.filters[question.filter_count++] = (Filter){ property->of, req->query[i].value };
    }
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = list_entries(s, req->arena, &question, &entries, &n, err);
    snapshot_close(s);
    for (size_t i = 0; ok && i < n; i += RECORDS_AT_ONCE)
        ok = some_records(w, entries + i, n - i < RECORDS_AT_ONCE ? n - i : RECORDS_AT_ONCE, err);
    return ok;
}

static bool record_item(Items *w, Str id, Err *err)
{
    Request  *req = w->req;
    Record    r;
    Buf       text = { 0 };
    Err       why = { 0 };
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      found = record_read(s, req->arena, w->collection->kind->name, id, &r, &why) &&
                 r.state != STATE_WITHDRAWN && str_eq(r.id, id) && record_fits(w, req->arena, r.doc);
    if (found) record_feature(w, req->arena, s, &r, &text);
    snapshot_close(s);
    bool ok = !found || feature_take(w, &text, err);
    buf_free(&text);
    return ok;
}

/* ---- answers ---- */

/* The same question, from behind the last feature on. */
static void next_put(Items *w)
{
    Request *req = w->req;
    Buf     *to = buf_open(req->arena);
    bool     page = str_eq(req->ending, S("html"));
    buf_put(to, ogc_path(req->arena, w->collection, page ? "/items.html?" : "/items.json?"));
    for (Cut rest = { .tail = req->raw_query, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '&');
        if (!rest.head.len || str_starts(rest.head, S("after="))) continue;
        buf_put(to, rest.head);
        buf_put_byte(to, '&');
    }
    buf_putf(to, "after=%lld", (long long)w->next);
    ogc_link(req, &w->shape, buf_str(to), "", "next", page ? "text/html" : OGC_GEOJSON, STR_NONE);
}

static void collection_link(Items *w)
{
    ogc_link(w->req, &w->shape, ogc_path(w->req->arena, w->collection, ""), "", "collection", "application/json",
             w->collection->title);
}

/* What the answer is, and in which system its coordinates are. */
static void said(Items *w, Reply *reply)
{
    reply->json_type = S(OGC_GEOJSON);
    reply_header(w->req, reply, S("Content-Crs"), str_format(w->req->arena, "<%s>", crs_address(w->crs)));
}

bool ogc_items_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    Items      w = { .req = req, .collection = &c, .shape = shape_of(req) };
    if (!ogc_collection(req, req->slots[0], &c, err) || !items_read(&w, err)) return false;
    w.property_count = ogc_properties(req->arena, &c, &w.properties);
    shape_object(&w.shape, NULL);
    shape_text(&w.shape, "type", S("FeatureCollection"));
    shape_list(&w.shape, "features");
    if (!(c.kind ? record_items(&w, err) : rows_items(&w, err))) return false;
    shape_end(&w.shape);
    shape_integer(&w.shape, "numberMatched", w.matched);
    shape_integer(&w.shape, "numberReturned", w.returned);
    shape_list(&w.shape, "links");
    ogc_faces(req, &w.shape, OGC_GEOJSON);
    if (w.next) next_put(&w);
    collection_link(&w);
    shape_end(&w.shape);
    shape_end(&w.shape);
    shape_reply(&w.shape, reply);
    said(&w, reply);
    return true;
}

/* The one feature, with links: the tree is made first, and its members taken over. */
bool ogc_item_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    Items      w = { .req = req, .collection = &c, .limit = 1, .shape = shape_tree(req->arena) };
    if (!ogc_parameters(req, ogc_item_words, NULL, err) || !crs_asked(req, "crs", &w.crs, err) ||
        !ogc_collection(req, req->slots[0], &c, err))
        return false;
    w.property_count = ogc_properties(req->arena, &c, &w.properties);
    shape_list(&w.shape, NULL);
    if (!(c.kind ? record_item(&w, req->slots[1], err) : row_item(&w, req->slots[1], err))) return false;
    shape_end(&w.shape);
    Json *feature = json_array_get(shape_json(&w.shape), 0);
    if (!feature) return fail(err, ERR_NOT_FOUND, "no feature of this collection is called so");
    w.shape = shape_tree(req->arena);
    shape_list(&w.shape, NULL);
    ogc_faces(req, &w.shape, OGC_GEOJSON);
    collection_link(&w);
    shape_end(&w.shape);
    json_put_value(feature, "links", shape_json(&w.shape));
    reply->value = feature;
    said(&w, reply);
    return true;
}
