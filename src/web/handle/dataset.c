/* GET /dataset/{record}: the record with the answer to the question of the address; or, by an ending of
   rows.def, the rows themselves. Who may see the record's face may see the rows of its parts: the version
   is read through the reader's snapshot before any part is looked for. */
#include <string.h>

#include "base/diag.h"
#include "base/time.h"
#include "data/inbox.h"
#include "format/page_words.h"
#include "web/figures.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

#define ROWS_ON_PAGE 20
#define ROWS_IN_JSON 100
#define ROWS_MAX     10000

static bool is_page(const Request *req)
{
    return str_eq(req->ending, S("html"));
}

/* Codes of the countries on the node's map. */
static void region_put(Request *req, Figures *f)
{
    const Json *list = json_get(req->site->map, "countries");
    Str        *codes = NEW_ARRAY(req->arena, Str, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str code = json_get_text(json_array_get(list, i), "code");
        if (code.len) codes[f->region_count++] = code;
    }
    f->region = codes;
}

/* The figures of the page, of the same filters. A page stands without those that take too long. */
static void figures_put(Request *req, const Table *table, const Json *doc, DeskPlace place, Shape *shape)
{
    static const char *const others[] = { "columns", "group", "aggregate", "order", "limit", "offset" };
    Arena                   *a = req->arena;
    QuestionPair            *filters = NEW_ARRAY(a, QuestionPair, req->query_count + 1);
    Err                      why = { 0 };
    Figures                  f = { .arena = a,
                                   .table = table,
                                   .doc = doc,
                                   .filters = filters,
                                   .column = query_get(req, "figure"),
                                   .at = query_get(req, "at"),
                                   .gathered = query_get(req, "gathered"),
                                   .out = json_object_make(a) };
    for (size_t i = 0; i < req->query_count; i++) {
        bool filter = !is_page_word(req->query[i].name);
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            filter = filter && !str_eq_z(req->query[i].name, others[k]);
        if (filter) filters[f.filter_count++] = (QuestionPair){ req->query[i].name, req->query[i].value };
    }
    region_put(req, &f);
    DeskAsk ask = rows_ask_at(req, place, FIGURE_SECONDS);
    if (!desk_run(&ask, figures_ask, &f, &why)) {
        json_put_bool(f.out, "late", true);
        diag(why.code == ERR_TOO_BIG || why.code == ERR_BUSY ? DIAG_INFO : DIAG_ERROR, "no figures: %s", why.text);
    }
    shape_value(shape, "looked_at", f.out);
}

/* What the address asks, in `a`. A page and its JSON have a limit, rows of their own ending have none unless asked. */
static bool asked(Request *req, Arena *a, const Table *table, bool limited, TableQuestion *out, Err *err)
{
    QuestionPair *pairs = NEW_ARRAY(a, QuestionPair, req->query_count + 1);
    size_t        n = 0;
    bool          limit_given = false;
    for (size_t i = 0; i < req->query_count; i++) {
        if (is_page_word(req->query[i].name)) continue;
        limit_given = limit_given || (str_eq(req->query[i].name, S("limit")) && req->query[i].value.len);
        pairs[n++] = (QuestionPair){ str_copy(a, req->query[i].name), str_copy(a, req->query[i].value) };
    }
    if (limited && !limit_given)
        pairs[n++] = (QuestionPair){ S("limit"), str_format(a, "%d", is_page(req) ? ROWS_ON_PAGE : ROWS_IN_JSON) };
    if (!question_read(a, table, pairs, n, out, err)) return false;
    if (limited && out->limit > ROWS_MAX)
        return fail(err, ERR_USAGE, "limit is at most %d here; .csv, .parquet and .jsonl give all rows", ROWS_MAX);
    return desk_affords(req->site->desk, out, err);
}

typedef struct {
    Arena         *arena;
    TableQuestion *question;
    Shape         *shape;
} Answering;

static void row_shape(const Answering *w, const DuckValue *row)
{
    Shape *s = w->shape;
    if (s->text) {
        if (!s->first) buf_put_byte(s->text, ',');
        s->first = false;
        row_put(s->text, w->question, row);
        return;
    }
    Json *one = json_object_make(w->arena);
    for (size_t i = 0; i < w->question->result_count; i++) {
        const char *name = str_z(w->arena, w->question->results[i].name);
        switch (row[i].type) {
        case DUCK_NULL: json_put_value(one, name, NULL); break;
        case DUCK_BOOL: json_put_bool(one, name, row[i].yes); break;
        case DUCK_INTEGER: json_put_integer(one, name, row[i].integer); break;
        case DUCK_NUMBER: json_put_number(one, name, row[i].number); break;
        case DUCK_TEXT: json_put_text(one, name, row[i].text); break;
        }
    }
    shape_value(s, NULL, one);
}

/* The first row, and how many there are without limit and offset: of gathered rows from the answer itself. */
static bool answer_begin(DuckRun *run, const Answering *w, DuckAnswer **answer, const DuckValue **row, bool *there,
                         int64_t *total, Err *err)
{
    TableQuestion *q = w->question;
    if (!q->grouped && !question_count(run, w->arena, q, false, total, NULL, err)) return false;
    if (!duck_ask(run, w->arena, q->grouped ? q->total_sql : q->sql, q->given, q->given_count,
                  answer, err))
        return false;
    *there = duck_next(*answer, row, err);
    if (err->code != ERR_NONE) return false;
    if (q->grouped && *there) *total = (*row)[q->result_count].integer;
    return !q->grouped || *there || question_count(run, w->arena, q, false, total, NULL, err);
}

/* "total", "columns", "rows", on the question's own thread while the request waits. */
static bool answer_put(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    const Answering *w = with;
    TableQuestion   *q = w->question;
    int64_t          total = 0;
    DuckAnswer      *answer;
    const DuckValue *row;
    bool             there;
    if (!answer_begin(run, w, &answer, &row, &there, &total, err)) return false;
    shape_integer(w->shape, "total", total);
    shape_list(w->shape, "columns");
    for (size_t i = 0; i < q->result_count; i++) {
        shape_object(w->shape, NULL);
        shape_text(w->shape, "name", q->results[i].name);
        shape_text(w->shape, "type", str_of(column_type_name(q->results[i].type)));
        shape_text_if(w->shape, "role", str_of(column_role_name(q->results[i].role)));
        shape_text_if(w->shape, "unit", q->results[i].unit);
        shape_end(w->shape);
    }
    shape_end(w->shape);
    shape_list(w->shape, "rows");
    for (; there; there = duck_next(answer, &row, err)) {
        row_shape(w, row);
        if (arena_full(w->arena))
            fail(err, ERR_TOO_BIG, "the rows are too large for one answer; ask for fewer, or for .csv");
        if (err->code != ERR_NONE) break;
    }
    shape_end(w->shape);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool rows_stream(Request *req, const RowsWay *way, const RowsOf *of, const Record *data, Reply *reply, Err *err)
{
    Arena    *a = arena_open(0);
    RowsWork *w = NEW(a, RowsWork);
    Table     table;
    *w = (RowsWork){ .arena = a, .as = way->as, .folder = data_parts(desk_data(req->site->desk)) };
    bool ok = rows_table(req, a, of, &table, err) && asked(req, a, &table, false, &w->question, err);
    if (ok && way->as == ROWS_AS_GEOJSON && !rows_have_place(&w->question))
        ok = fail(err, ERR_NO_FORM, "no latitude and longitude among the columns");
    if (ok && way->as == ROWS_AS_DWCA) ok = rows_archive_prepare(req, of, data, w, err);
    if (!ok) {
        arena_close(a);
        return false;
    }
    reply->raw_type = str_of(way->type);
    DeskAsk ask = rows_ask_at(req, DESK_OF_LONG, 0);
    return desk_stream(&ask, a, rows_write, w, &reply->stream, err);
}

/* Other forms of the record, of the version that is asked. */
static bool form_show(Request *req, Reply *reply, Err *err)
{
    Record r, data;
    Shape  shape = shape_of(req);
    if (!query_get(req, "version").len) return record_show(req, reply, err);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], &r, err);
    bool      plain = ok && (record_moved(req, reply, &r) || r.state == STATE_WITHDRAWN);
    shape_object(&shape, NULL);
    ok = ok && (plain || (version_asked(req, s, &r, &data, err) && record_put(req, s, &data, &shape, err)));
    shape_end(&shape);
    snapshot_close(s);
    if (!ok || plain) return ok && record_show(req, reply, err);
    shape_reply(&shape, reply);
    return true;
}

/* Of the rows, those that came by posts and are in no part yet; and when the last post came. */
static void waiting_put(Request *req, const Record *r, Shape *shape)
{
    uint64_t rows;
    int64_t  newest_ms;
    inbox_waiting(req->site->inbox, r->id, r->doc, &rows, &newest_ms);
    if (!newest_ms) return;
    shape_integer(shape, "waiting", (int64_t)rows);
    shape_text(shape, "newest", time_text(req->arena, newest_ms));
}

bool dataset_show(Request *req, Reply *reply, Err *err)
{
    Arena         *a = req->arena;
    Record        *r = NEW(a, Record), data;
    Table          table;
    TableQuestion  question;
    const RowsWay *way = rows_way(req->ending);
    req->slots[1] = req->slots[0]; /* as the routes of every kind have them */
    req->slots[0] = S("dataset");
    if (!way && !is_page(req) && !str_eq(req->ending, S("json"))) return form_show(req, reply, err);

    Shape     shape = shape_of(req);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, a, req->slots[0], req->slots[1], r, err);
    bool      elsewhere = ok && record_moved(req, reply, r), stub = ok && r->state == STATE_WITHDRAWN;
    bool      here = ok && !elsewhere && !stub;
    if (here) ok = version_asked(req, s, r, &data, err);
    shape_object(&shape, NULL);
    if (here && ok && !way) ok = record_put(req, s, r, &shape, err);
    snapshot_close(s);
    if (!ok || elsewhere) return ok;
    if (stub && way) return fail(err, ERR_GONE, "the dataset was withdrawn");
    if (stub) return record_show(req, reply, err);
    RowsOf of = { r->doc, data.doc, r->owner, query_get(req, "version").len ? STR_NONE : r->id };
    if (way) return rows_stream(req, way, &of, &data, reply, err);

    Answering w = { a, &question, &shape };
    if (!rows_table(req, a, &of, &table, err) || !asked(req, a, &table, true, &question, err)) return false;
    DeskAsk ask = rows_ask_at(req, desk_place_of(&question), 0);
    if (!desk_run(&ask, answer_put, &w, err)) return false;
    shape_integer(&shape, "limit", question.limit);
    shape_integer(&shape, "offset", question.offset);
    shape_integer(&shape, "data_version", data.version);
    if (of.live.len && !rows_restricted(req, r->doc, r->owner)) waiting_put(req, r, &shape);
    if (is_page(req)) figures_put(req, &table, data.doc, ask.place, &shape);
    shape_end(&shape);
    shape_reply(&shape, reply);
    reply->record = r;
    reply->version = r->version;
    return true;
}
