/* GET /console?sql=: one SELECT of somebody who has signed in, over the datasets that they may see, answered by a
   process of its own (data/console.h). Tables are named by slug ("-" may be written "_"), as their newest version
   has them, or with `version.SLUG=N` as that one had. Endings: the page, .json, .csv. */
#include "base/diag.h"
#include "base/hash.h"
#include "core/list.h"
#include "data/cells.h"
#include "data/console.h"
#include "web/problem.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

#define ROWS_ON_PAGE 200
#define ROWS_IN_JSON 1000
#define ROWS_MAX     10000
#define TABLES_SHOWN 50

static const int64_t SECONDS = 10, SECONDS_MAX = 600, MEMORY_BYTES = (int64_t)256 << 20,
                     MEMORY_LEAST = (int64_t)64 << 20;

typedef struct {
    Request    *req;
    const Json *pins;  /* "reads" of a saved question; NULL: the address says versions */
    Json       *reads; /* [{"name","dataset","version","url"}] */
} Console;

static Str slug_of(Arena *a, Str name)
{
    Str slug = str_copy(a, name);
    for (size_t i = 0; i < slug.len; i++)
        if (slug.at[i] == '_') ((char *)slug.at)[i] = '-';
    return slug;
}

/* A ConsoleFind: what the reader may not see is not there. */
static bool find(void *with, Arena *a, Str name, Table *out, Err *err)
{
    Console *k = with;
    Request *req = k->req;
    Str      slug = slug_of(a, name), wish = query_get(req, str_join(a, (Str[]){ S("version."), slug }, 2).at);
    int64_t  version = 0;
    Record   now, then;
    if (wish.len && (!str_to_i64(wish, &version) || version < 1))
        return fail(err, ERR_USAGE, "version.%.*s is the number of a version", STR_ARG(slug));
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, a, S("dataset"), slug, &now, err) && now.state != STATE_WITHDRAWN;
    if (!ok) fail(err, ERR_FORMAT, "there is no dataset \"%.*s\" that you may see", STR_ARG(name));
    then = now;
    for (size_t i = 0; ok && i < json_array_size(k->pins); i++) {
        const Json *pin = json_array_get(k->pins, i);
        if (str_eq(json_get_text(pin, "dataset"), now.id)) version = json_get_integer(pin, "version", 0);
    }
    if (ok && version && version != now.version)
        ok = record_version(s, a, S("dataset"), now.id, version, &then, err);
    snapshot_close(s);
    RowsOf of = { now.doc, then.doc, now.owner, version ? STR_NONE : now.id };
    if (!ok || !rows_table(req, a, &of, out, err)) return false;
    Json *one = json_object_make(req->arena);
    json_put_text(one, "name", name);
    json_put_text(one, "dataset", now.slug);
    json_put_integer(one, "version", then.version);
    json_put_text(one, "url", record_url(req->arena, S("dataset"), now.slug));
    json_add_value(k->reads, one);
    return true;
}

static int64_t setting(const Request *req, const char *name, int64_t least, int64_t most, int64_t otherwise)
{
    int64_t n = json_get_integer(node_settings(req->node), name, otherwise);
    return n < least || n > most ? otherwise : n;
}

/* What there is to ask: name and columns of each dataset, by title. */
static bool tables_list(Request *req, Json *value, Err *err)
{
    Arena    *a = req->arena;
    Question  question = { .kind = S("dataset"), .sort = S("title") };
    uint64_t *entries;
    size_t    count = 0, shown = 0;
    Json     *list = json_array_make(a);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = list_entries(s, a, &question, &entries, &count, err);
    Record   *records = NEW_ARRAY(a, Record, TABLES_SHOWN);
    for (size_t i = 0; ok && i < count && shown < TABLES_SHOWN; i++) {
        ok = record_at(s, a, entries[i], &records[shown], err);
        if (ok && json_array_size(json_get(records[shown].doc, "parts"))) shown++;
    }
    snapshot_close(s);
    for (size_t i = 0; ok && i < shown; i++) {
        Column *list_of;
        size_t  n;
        Err     why = { 0 };
        Json   *one = json_object_make(a), *columns = json_array_make(a);
        if (!columns_read(a, records[i].doc, &list_of, &n, &why)) {
            diag(DIAG_WARN, "no table for the console: %s", why.text);
            continue;
        }
        json_put_text(one, "name", records[i].slug);
        for (size_t c = 0; c < n; c++) {
            Json *column = json_object_make(a);
            json_put_text(column, "name", list_of[c].name);
            json_put_text(column, "type", str_of(column_type_sql(list_of[c].type)));
            json_put_text_if(column, "unit", list_of[c].unit);
            json_add_value(columns, column);
        }
        json_put_value(one, "columns", columns);
        json_add_value(list, one);
    }
    if (ok) json_put_value(value, "tables", list);
    return ok;
}

static void cell_write(Arena *a, Buf *out, const Json *value)
{
    if (json_is_string(value)) cell_put(out, json_text(value));
    else if (!json_is_null(value)) buf_put(out, json_write(a, value));
}

static Str csv_write(Arena *a, const ConsoleAnswer *answer)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < json_array_size(answer->columns); i++) {
        if (i) buf_put_byte(out, ',');
        cell_put(out, json_get_text(json_array_get(answer->columns, i), "name"));
    }
    buf_put_z(out, "\r\n");
    for (size_t r = 0; r < json_array_size(answer->rows); r++) {
        const Json *row = json_array_get(answer->rows, r);
        for (size_t i = 0; i < json_array_size(row); i++) {
            if (i) buf_put_byte(out, ',');
            cell_write(a, out, json_array_get(row, i));
        }
        buf_put_z(out, "\r\n");
    }
    return buf_str(out);
}

static bool run(Request *req, Str sql, const Json *pins, Json *value, ConsoleAnswer *answer, Err *err)
{
    bool          page = str_eq(req->ending, S("html")), csv = str_eq(req->ending, S("csv"));
    ConsoleLimits limits = { .seconds = setting(req, "console_seconds", 1, SECONDS_MAX, SECONDS),
                             .memory_bytes =
                                 (uint64_t)setting(req, "console_memory", MEMORY_LEAST, INT64_MAX / 2, MEMORY_BYTES) };
    Console       k = { req, pins, json_array_make(req->arena) };
    int           rows;
    uint64_t      person = hash_quick(req->reader.person) | 1;
    if (!limit_read(req, page ? ROWS_ON_PAGE : csv ? ROWS_MAX
                                                   : ROWS_IN_JSON,
                    ROWS_MAX, &rows, err))
        return false;
    limits.rows = rows;
    if (!desk_place_take(req->site->desk, person, err)) return false;
    bool ok = console_ask(req->arena, sql, &limits, find, &k, answer, err);
    desk_place_give(req->site->desk, person);
    if (!ok) return false;
    json_put_value(value, "reads", k.reads);
    json_put_value(value, "columns", answer->columns);
    json_put_value(value, "rows", answer->rows);
    json_put_integer(value, "limit", rows);
    json_put_bool(value, "stopped", answer->stopped);
    return true;
}

/* What the question gives, in the face that was asked for. */
static bool answer_reply(Request *req, Reply *reply, Str sql, const Json *pins, Err *err)
{
    Arena        *a = req->arena;
    bool          page = str_eq(req->ending, S("html"));
    ConsoleAnswer answer;
    Err           why = { 0 };
    if (!run(req, sql, pins, reply->value, &answer, page ? &why : err)) {
        if (!page) return false;
        if (why.code == ERR_INTERNAL) diag(DIAG_ERROR, "console: %s", why.text);
        json_put_text(reply->value, "problem", str_of(why.text));
        reply->status = err_http_status(why.code);
        return true;
    }
    if (!str_eq(req->ending, S("csv"))) return true;
    reply->raw = csv_write(a, &answer);
    reply->raw_type = S("text/csv; charset=utf-8; header=present");
    if (answer.stopped)
        reply_header(req, reply, S("Banyan-Stopped-After"), str_format(a, "%zu", json_array_size(answer.rows)));
    return true;
}

static bool begin(Request *req, Reply *reply, Err *err)
{
    if (!str_eq(req->ending, S("html")) && !str_eq(req->ending, S("csv")) && !str_eq(req->ending, S("json")))
        return fail(err, ERR_NOT_FOUND, "no .%.*s here", STR_ARG(req->ending));
    reply->value = json_object_make(req->arena);
    reply->no_store = true;
    return true;
}

bool console_show(Request *req, Reply *reply, Err *err)
{
    Str  sql = query_get(req, "sql");
    bool asks = str_trim(sql).len > 0, csv = str_eq(req->ending, S("csv"));
    if (!begin(req, reply, err)) return false;
    json_put_text(reply->value, "sql", sql);
    if (!asks && csv) return fail(err, ERR_USAGE, "sql= has the question");
    if (asks && !answer_reply(req, reply, sql, NULL, err)) return false;
    return (asks && !str_eq(req->ending, S("html"))) || tables_list(req, reply->value, err);
}

/* The record, on a page that leads to its rows. */
bool query_show(Request *req, Reply *reply, Err *err)
{
    req->slots[1] = req->slots[0]; /* as the routes of every kind have them */
    req->slots[0] = S("query");
    return record_show(req, reply, err);
}

/* GET /query/{record}/rows: a saved question asked of the versions that it names, with the rights of who asks now.
   Who may see the question may ask it. */
bool query_rows_show(Request *req, Reply *reply, Err *err)
{
    Record    r;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, S("query"), req->slots[0], &r, err);
    snapshot_close(s);
    if (!ok || !begin(req, reply, err)) return false;
    if (r.state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the question was withdrawn");
    json_put_text(reply->value, "sql", json_get_text(r.doc, "sql"));
    json_put_text(reply->value, "query", record_url(req->arena, S("query"), r.slug));
    json_put_integer(reply->value, "query_version", r.version);
    return answer_reply(req, reply, json_get_text(r.doc, "sql"), json_get(r.doc, "reads"), err);
}

/* POST /console: the question as a draft of kind `query`, with the versions that it read. */
bool console_save(Request *req, Reply *reply, Err *err)
{
    Arena  *a = req->arena;
    Json   *doc = json_object_make(a), *name = json_object_make(a), *reads = json_array_make(a);
    Outcome outcome = { 0 };
    if (!request_may_write(req, err)) return false;
    json_put_text(name, str_z(a, req->lang), str_trim(form_get(req, "name")));
    json_put_value(doc, "name", name);
    json_put_text(doc, "sql", form_get(req, "sql"));
    for (size_t i = 0; i < req->form_count; i++) {
        int64_t version;
        if (!str_starts(req->form[i].name, S("version.")) || !str_to_i64(req->form[i].value, &version)) continue;
        Json *one = json_object_make(a);
        json_put_text(one, "dataset", str_drop(req->form[i].name, sizeof "version." - 1));
        json_put_integer(one, "version", version);
        json_add_value(reads, one);
    }
    json_put_value(doc, "reads", reads);
    Change new = {
        .what = CHANGE_CREATE, .who = &req->reader, .kind = S("query"), .state = STATE_DRAFT, .doc = doc
    };
    if (!record_change(req->node, a, &new, &outcome, err)) {
        problem_reply(req, reply, err, &outcome);
        return true;
    }
    return reply_redirect(reply, 303, record_url(a, S("query"), outcome.record.slug));
}
