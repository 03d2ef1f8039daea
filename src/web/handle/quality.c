/* GET /dataset/{record}/quality: how good the rows are, as the imports counted, and the first rows of each flag as
   this reader may see them. */
#include "data/flag.h"
#include "web/quality.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

static void put_flags(Arena *a, const int64_t *counts, Json *into)
{
    bool done[FLAGS] = { false };
    for (;;) {
        int best = -1;
        for (int i = 0; i < FLAGS; i++)
            if (!done[i] && counts[i] > 0 && (best < 0 || counts[i] > counts[best])) best = i;
        if (best < 0) return;
        done[best] = true;
        Json *one = json_object_make(a);
        json_put_text(one, "flag", str_of(flag_name((Flag)best)));
        json_put_text(one, "severity", flag_severity((Flag)best) == FLAG_ERROR ? S("error") : S("warning"));
        json_put_integer(one, "rows", counts[best]);
        json_add_value(into, one);
    }
}

/* `of`: where not NULL, the rows of the parts that have any. */
static void count_flags(const Json *part, const char *key, int64_t *counts, int64_t *of)
{
    const Json *flags = json_get(part, key);
    Flag        flag;
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *one = json_array_get(flags, i);
        if (!flag_find(json_get_text(one, "flag"), &flag)) continue;
        counts[flag] += json_get_integer(one, "rows", 0);
        if (of) of[flag] += json_get_integer(part, "rows", 0);
    }
}

static Json *widespread_make(Arena *a, const Json *parts)
{
    int64_t counts[FLAGS] = { 0 }, of[FLAGS] = { 0 };
    Json   *out = json_array_make(a);
    Flag    flag;
    for (size_t i = 0; i < json_array_size(parts); i++)
        count_flags(json_array_get(parts, i), "widespread", counts, of);
    put_flags(a, counts, out);
    for (size_t i = 0; i < json_array_size(out); i++) {
        Json *one = json_array_get(out, i);
        if (flag_find(json_get_text(one, "flag"), &flag)) json_put_integer(one, "of", of[flag]);
    }
    return out;
}

Json *quality_value(Arena *a, const Json *doc)
{
    static const char *const sums[] = { "rows", "flagged", "aside" };
    const Json              *parts = json_get(doc, "parts");
    Json                    *out = json_object_make(a), *flags = json_array_make(a), *list = json_array_make(a);
    int64_t                  counts[FLAGS] = { 0 }, sum[3] = { 0 };
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const Json *part = json_array_get(parts, i);
        Json       *one = json_object_make(a);
        count_flags(part, "flags", counts, NULL);
        json_put_text(one, "file", json_get_text(part, "file"));
        for (size_t k = 0; k < 3; k++) {
            int64_t n = json_get_integer(part, sums[k], 0);
            sum[k] += n;
            json_put_integer(one, sums[k], n);
        }
        if (json_get(part, "flags")) json_put_value(one, "flags", json_get(part, "flags"));
        if (json_get(part, "widespread")) json_put_value(one, "widespread", json_get(part, "widespread"));
        json_add_value(list, one);
    }
    put_flags(a, counts, flags);
    for (size_t k = 0; k < 3; k++) json_put_integer(out, sums[k], sum[k]);
    json_put_value(out, "flags", flags);
    json_put_value(out, "widespread", widespread_make(a, parts));
    json_put_value(out, "parts", list);
    return out;
}

/* ---- the first rows of each flag ---- */

#define EXAMPLES         3
#define EXAMPLE_COLUMNS  6
#define COLUMNS_BOUNDED  100 /* looked at for values past their bounds */
#define EXAMPLES_SECONDS 5

typedef struct {
    Request     *req;
    const Json  *doc;
    const Table *table;
    const Key   *keys;
    size_t       key_count;
    Json        *flags; /* of the value */
} Examples;

/* As `columns` of a question has them. */
static void put_name(Buf *out, Str name)
{
    bool quoted = str_has(name, S(",")) || str_has(name, S("("));
    if (out->len) buf_put_byte(out, ',');
    if (quoted) buf_put_byte(out, '"');
    buf_put(out, name);
    if (quoted) buf_put_byte(out, '"');
}

static bool question_of(const Examples *x, Flag flag, TableQuestion *out, Err *err)
{
    Arena *a = x->req->arena;
    Buf   *columns = buf_open(a);
    size_t n = 0;
    size_t most = flag_has_bounds(flag) ? COLUMNS_BOUNDED : EXAMPLE_COLUMNS;
    for (size_t i = 0; i < x->table->column_count && n < most; i++) {
        if (!flag_concerns(flag, &x->table->columns[i])) continue;
        put_name(columns, x->table->columns[i].name);
        n++;
    }
    if (x->table->part_rows || !n) put_name(columns, x->table->part_rows ? S(QUESTION_ROW) : S(QUESTION_FLAGS));
    QuestionPair pairs[] = { { S(QUESTION_FLAGS), str_of(flag_name(flag)) },
                             { S("columns"), buf_str(columns) },
                             { S("limit"), str_format(a, "%d", EXAMPLES) } };
    return question_read(a, x->table, pairs, sizeof pairs / sizeof pairs[0], out, err);
}

/* Rows are counted through all parts; people have files. */
static void put_place(const Examples *x, int64_t row, Json *into)
{
    const Json *parts = json_get(x->doc, "parts");
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const Json *part = json_array_get(parts, i);
        int64_t     rows = json_get_integer(part, "rows", 0);
        if (row <= rows) {
            json_put_text(into, "file", json_get_text(part, "file"));
            json_put_integer(into, "row", row);
            return;
        }
        row -= rows;
    }
}

static bool put_nearest(const Examples *x, DuckRun *run, Flag flag, const Json *values, Json *into, Err *err)
{
    for (size_t i = 0; i < x->key_count; i++) {
        Arena *a = x->req->arena;
        Json  *nearest = json_array_make(a);
        Str    value = json_get_text(values, str_z(a, x->keys[i].column->name));
        if (flag != (x->keys[i].taxa ? FLAG_TAXON_UNKNOWN : FLAG_KEY_UNKNOWN) || !value.len) continue;
        if (!key_nearest(run, a, &x->keys[i], value, nearest, err)) return false;
        if (json_array_size(nearest)) json_put_value(into, "nearest", nearest);
    }
    return true;
}

static Str value_text(Arena *a, const DuckValue *v)
{
    switch (v->type) {
    case DUCK_TEXT: return v->text;
    case DUCK_INTEGER: return str_format(a, "%lld", (long long)v->integer);
    case DUCK_NUMBER: return str_format(a, "%.10g", v->number);
    case DUCK_BOOL: return v->yes ? S("true") : S("false");
    case DUCK_NULL: break;
    }
    return STR_NONE;
}

/* Of the columns that a flag speaks of those that it may be for. */
static void put_text(const Examples *x, Flag flag, Str name, Str value, Json *into)
{
    const Column *c = columns_find(x->table->columns, x->table->column_count, name);
    if (json_object_size(into) < EXAMPLE_COLUMNS && (!c || flag_blames(flag, c, value)))
        json_put_text(into, str_z(x->req->arena, name), value);
}

static bool put_rows(const Examples *x, DuckRun *run, Flag flag, Json *into, Err *err)
{
    Arena           *a = x->req->arena;
    TableQuestion    q;
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!question_of(x, flag, &q, err) || !duck_ask(run, a, q.sql, q.given, q.given_count, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        Json *one = json_object_make(a), *values = json_object_make(a);
        for (size_t i = 0; i < q.result_count; i++)
            if (str_eq_z(q.results[i].name, QUESTION_ROW)) put_place(x, row[i].integer, one);
            else if (!str_eq_z(q.results[i].name, QUESTION_FLAGS))
                put_text(x, flag, q.results[i].name, value_text(a, &row[i]), values);
        json_put_value(one, "values", values);
        json_add_value(into, one);
    }
    duck_answer_close(answer);
    for (size_t i = 0; err->code == ERR_NONE && i < json_array_size(into); i++) {
        Json *one = json_array_get(into, i);
        put_nearest(x, run, flag, json_get(one, "values"), one, err);
    }
    return err->code == ERR_NONE;
}

static bool examples_ask(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    const Examples *x = with;
    for (size_t i = 0; i < json_array_size(x->flags); i++) {
        Json *one = json_array_get(x->flags, i), *rows = json_array_make(x->req->arena);
        Flag  flag;
        if (!flag_find(json_get_text(one, "flag"), &flag)) continue;
        if (!put_rows(x, run, flag, rows, err)) return false;
        json_put_value(one, "examples", rows);
    }
    return true;
}

static bool has_flag(const Json *list, Flag flag)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq_z(json_get_text(json_array_get(list, i), "flag"), flag_name(flag))) return true;
    return false;
}

/* So that who reads of no flag knows what was looked at. */
static void put_clear(const Json *value, const FlagRules *rules, Json *into)
{
    for (int f = 0; f < FLAGS; f++)
        if (flag_applies((Flag)f, rules) && !has_flag(json_get(value, "flags"), (Flag)f) &&
            !has_flag(json_get(value, "widespread"), (Flag)f))
            json_add_text(into, str_of(flag_name((Flag)f)));
}

/* The report stands without rows when they take too long. */
static bool put_examples(Request *req, const Record *r, Json *value, Err *err)
{
    Arena  *a = req->arena;
    Data   *data = desk_data(req->site->desk);
    RowsOf  of = { r->doc, r->doc, r->owner, STR_NONE };
    Table   table;
    Column *columns;
    size_t  n, key_count;
    Key    *keys;
    Str     stamp;
    Json   *clear = json_array_make(a);
    Err     why = { 0 };
    if (!rows_table(req, a, &of, &table, err) || !columns_read(a, r->doc, &columns, &n, err) ||
        !keys_find(data, a, &req->reader, r, columns, n, json_array_make(a), &keys, &key_count, &stamp, err))
        return false;
    Examples x = { req, r->doc, &table, keys, key_count, json_get(value, "flags") };
    DeskAsk  ask = rows_ask_at(req, DESK_OF_PAGE, EXAMPLES_SECONDS);
    if (!desk_run(&ask, examples_ask, &x, &why)) {
        if (why.code != ERR_TOO_BIG && why.code != ERR_BUSY) return fail(err, why.code, "%s", why.text);
        json_put_bool(value, "late", true);
    }
    put_clear(value, &(FlagRules){ columns, n, keys, key_count }, clear);
    json_put_value(value, "clear", clear);
    return true;
}

bool quality_show(Request *req, Reply *reply, Err *err)
{
    Record *r = NEW(req->arena, Record);
    req->slots[1] = req->slots[0]; /* as the routes of every kind have them */
    req->slots[0] = S("dataset");
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], r, err);
    bool      elsewhere = ok && record_moved(req, reply, r);
    snapshot_close(s);
    if (!ok || elsewhere) return ok;
    if (r->state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the dataset was withdrawn");
    Json *value = quality_value(req->arena, r->doc);
    if (!put_examples(req, r, value, err)) return false;
    json_put_text(value, "dataset", r->slug);
    json_put_value(value, "name", json_get(r->doc, "name"));
    json_put_integer(value, "version", r->version);
    reply->value = value;
    reply->record = r;
    return true;
}
