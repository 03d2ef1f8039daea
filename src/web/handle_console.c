/* GET /console?sql=: one SELECT of somebody who has signed in, over the datasets that they may see, answered by a
   process of its own (data/console.h). Tables are named by slug ("-" may be written "_"), as their newest version
   has them, or with `version.SLUG=N` as that one had. Endings: the page, .json, .csv. */
#include "base/diag.h"
#include "base/hash.h"
#include "core/list.h"
#include "data/cells.h"
#include "data/console.h"
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
    Request *req;
    Json    *reads; /* [{"name","dataset","version","url"}] */
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
    if (ok && version && version != now.version)
        ok = record_version(s, a, S("dataset"), now.id, version, &then, err);
    snapshot_close(s);
    if (!ok || !rows_table(req, a, then.doc, out, err)) return false;
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
        Table table;
        Err   why = { 0 };
        Json *one = json_object_make(a), *columns = json_array_make(a);
        if (!rows_table(req, a, records[i].doc, &table, &why)) {
            diag(DIAG_WARN, "no table for the console: %s", why.text);
            continue;
        }
        json_put_text(one, "name", records[i].slug);
        for (size_t c = 0; c < table.column_count; c++) {
            Json *column = json_object_make(a);
            json_put_text(column, "name", table.columns[c].name);
            json_put_text(column, "type", str_of(column_type_sql(table.columns[c].type)));
            json_put_text_if(column, "unit", table.columns[c].unit);
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

static bool run(Request *req, Str sql, Json *value, ConsoleAnswer *answer, Err *err)
{
    bool          page = str_eq(req->ending, S("html")), csv = str_eq(req->ending, S("csv"));
    ConsoleLimits limits = { .seconds = setting(req, "console_seconds", 1, SECONDS_MAX, SECONDS),
                             .memory_bytes =
                                 (uint64_t)setting(req, "console_memory", MEMORY_LEAST, INT64_MAX / 2, MEMORY_BYTES) };
    Console       k = { req, json_array_make(req->arena) };
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

bool console_show(Request *req, Reply *reply, Err *err)
{
    Arena        *a = req->arena;
    Str           sql = query_get(req, "sql");
    bool          page = str_eq(req->ending, S("html")), csv = str_eq(req->ending, S("csv"));
    ConsoleAnswer answer;
    Err           why = { 0 };
    if (!page && !csv && !str_eq(req->ending, S("json")))
        return fail(err, ERR_NOT_FOUND, "no .%.*s here", STR_ARG(req->ending));
    reply->value = json_object_make(a);
    reply->no_store = true;
    json_put_text(reply->value, "sql", sql);
    if (!str_trim(sql).len) {
        if (csv) return fail(err, ERR_USAGE, "sql= has the question");
        return tables_list(req, reply->value, err);
    }
    if (!run(req, sql, reply->value, &answer, page ? &why : err)) {
        if (!page) return false;
        if (why.code == ERR_INTERNAL) diag(DIAG_ERROR, "console: %s", why.text);
        json_put_text(reply->value, "problem", str_of(why.text));
        reply->status = err_http_status(why.code);
        return tables_list(req, reply->value, err);
    }
    if (page) return tables_list(req, reply->value, err);
    if (!csv) return true;
    reply->raw = csv_write(a, &answer);
    reply->raw_type = S("text/csv; charset=utf-8; header=present");
    if (answer.stopped)
        reply_header(req, reply, S("Banyan-Stopped-After"), str_format(a, "%zu", json_array_size(answer.rows)));
    return true;
}
