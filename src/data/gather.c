/* See gather.h. For one dataset: close its journal, write its rows as one part and flag them, merge what is due, list
   the part in a new version; later drop the journal, when nobody can hold the version before. */
#include "data/gather.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/time.h"
#include "data/cells.h"
#include "data/flag.h"
#include "data/inbox_inside.h"
#include "data/merged.h"
#include "store/files.h"

#define TURN_MS     1000
#define AGAIN_MS    60000  /* after a failure */
#define GRACE_MS    120000 /* a request holds a version of the record no longer before it asks for its rows */
#define TIDY_MS     600000
#define WIDTH       8
#define MERGE_MOST  ((int64_t)1 << 30) /* rows; larger parts stay */
#define WRITE_BYTES ((size_t)256 << 10)

struct Gatherer {
    Inbox          *inbox;
    int64_t         rows, minutes;
    Reader          who;
    Arena          *arena;
    pthread_t       thread;
    pthread_mutex_t lock, turn; /* `turn`: one at a time */
    pthread_cond_t  changed;
    bool            ending, started;
    DuckRun        *run; /* while it may be stopped */
    int64_t         again_ms, tidied_ms;
};

typedef struct {
    Gatherer   *g;
    Box        *box;
    Arena      *a;
    DuckRun    *run;
    Record      head;
    Json       *parts;    /* of the new version */
    uint64_t    from, to; /* posts */
    Roll      **rolls;
    size_t      roll_count;
    uint64_t    rows;
    Str         temporary[4]; /* files to remove at the end */
    size_t      temporary_count;
    MergedPart *merged; /* by the last merge */
    size_t      merged_count;
    Str         merged_into;
} Work;

/* ---- the record ---- */

/* `*waits`: it is withdrawn, or not there for now, or a draft stands before its published face. */
static bool head_read(Work *w, bool *waits, Err *err)
{
    Err       why = { 0 };
    Record   *versions;
    size_t    n = 0;
    Snapshot *s = snapshot_open(data_node(w->g->inbox->data), &w->g->who, STR_NONE);
    bool      ok = record_read(s, w->a, S("dataset"), str_of(w->box->id), &w->head, &why);
    *waits = ok ? w->head.state == STATE_WITHDRAWN : why.code == ERR_NOT_FOUND;
    if (ok && w->head.working && !*waits) {
        ok = record_history(s, w->a, S("dataset"), str_of(w->box->id), &versions, &n, &why);
        for (size_t i = 0; ok && i < n; i++) *waits = *waits || versions[i].state == STATE_PUBLISHED;
    }
    snapshot_close(s);
    return ok || *waits || fail(err, why.code, "%s", why.text);
}

/* ---- files ---- */

static bool temporary(Work *w, Str *path, Err *err)
{
    if (!files_temporary(data_parts(w->g->inbox->data), w->a, path, err)) return false;
    if (w->temporary_count < sizeof w->temporary / sizeof *w->temporary) w->temporary[w->temporary_count++] = *path;
    return true;
}

static void temporaries_drop(Work *w)
{
    for (size_t i = 0; i < w->temporary_count; i++) unlink(w->temporary[i].at);
    w->temporary_count = 0;
}

static bool write_all(int fd, Str bytes, Err *err)
{
    while (bytes.len) {
        ssize_t n = fault_hits(FAULT_FILE_WRITE) ? -1 : write(fd, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "writing rows set aside");
        bytes = str_drop(bytes, (size_t)n);
    }
    return true;
}

static Str copy_options(Work *w, Str columns)
{
    Hash hash = hash_of(columns.at, columns.len);
    return str_format(w->a, " (FORMAT parquet, COMPRESSION zstd, KV_METADATA {banyan_columns: '%.*s'})",
                      STR_ARG(hex_make(w->a, hash.b, sizeof hash.b)));
}

static bool copy_files(Work *w, const Str *paths, size_t n, Str columns, Str to, uint64_t *rows, Err *err)
{
    Buf      *sql = buf_open(w->a);
    DuckValue count;
    buf_put_z(sql, "COPY (SELECT * FROM read_parquet([");
    for (size_t i = 0; i < n; i++) {
        buf_put_z(sql, i ? "," : "");
        sql_text(sql, paths[i]);
    }
    buf_put_z(sql, "], union_by_name=true)) TO ");
    sql_text(sql, to);
    buf_put(sql, copy_options(w, columns));
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &count, err)) return false;
    *rows = (uint64_t)count.integer;
    return true;
}

/* A part needs a row's columns even when all that came was set aside. */
static bool empty_file(Work *w, const Column *columns, size_t n, Str text, Str to, Err *err)
{
    Buf *sql = buf_open(w->a);
    buf_put_z(sql, "COPY (SELECT ");
    for (size_t i = 0; i < n; i++) {
        buf_putf(sql, "CAST(NULL AS %s) AS ", column_type_sql(columns[i].type));
        sql_name(sql, columns[i].name);
        buf_put_z(sql, ", ");
    }
    buf_put_z(sql, "CAST([] AS VARCHAR[]) AS _flags WHERE false) TO ");
    sql_text(sql, to);
    buf_put(sql, copy_options(w, text));
    return duck_do(w->run, buf_str(sql), err);
}

/* ---- one part: all rows that were read by the same columns ---- */

typedef struct {
    Str      columns; /* JSON */
    Column  *list;
    size_t   count;
    uint64_t rows, aside, flagged;
    Str      path, aside_path;
    Json    *flags;
} Part;

static bool aside_file_add(int fd, const char *path, uint64_t *rows, Err *err)
{
    Arena *a = arena_open((size_t)1 << 30);
    Str    text;
    bool   ok = source_map(a, path, &text, err);
    if (ok) text = str_cut(text, '\n').tail; /* headings: no column's name has a line end */
    Cells    c = { .rest = text, .separator = ',', .quote = '"' };
    Str      row;
    uint64_t line;
    while (ok && cells_row(&c, &row, &line)) ++*rows;
    ok = ok && write_all(fd, text, err);
    arena_close(a);
    return ok;
}

/* The rows set aside of the posts with these columns. */
static bool asides_write(Work *w, Part *part, int fd, Err *err)
{
    Buf   *text = buf_open(w->a);
    Arena *one = arena_open((size_t)1 << 30);
    bool   ok = true;
    for (Batch *b = w->box->batches; ok && b && b->first < w->to; b = b->next) {
        Str columns = STR_NONE;
        if (b->first < w->from) continue;
        for (uint64_t n = b->first, end = batch_end(b); ok && n < end; n++) {
            InboxFrame f;
            arena_reset(one);
            ok = batch_read(b, one, n, &f, err);
            if (ok && f.columns.len) columns = str_copy(w->a, f.columns);
            if (!ok || !f.aside || !str_eq(columns, part->columns)) continue;
            part->aside += f.aside;
            buf_put(text, f.aside_text);
            if (text->len < WRITE_BYTES) continue;
            ok = write_all(fd, buf_str(text), err);
            buf_clear(text);
        }
    }
    ok = ok && write_all(fd, buf_str(text), err);
    for (size_t i = 0; ok && i < w->roll_count; i++)
        if (w->rolls[i]->aside && str_eq(w->rolls[i]->columns, part->columns))
            ok = aside_file_add(fd, w->rolls[i]->aside, &part->aside, err);
    arena_close(one);
    return ok;
}

static bool aside_make(Work *w, Part *part, Err *err)
{
    PostForm form;
    Buf     *heading = buf_open(w->a);
    if (!temporary(w, &part->aside_path, err) || !post_form(w->a, part->list, part->count, &form, err)) return false;
    int fd = open(part->aside_path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing rows set aside");
    post_aside_heading(&form, heading);
    bool ok = write_all(fd, buf_str(heading), err) && asides_write(w, part, fd, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing rows set aside");
    if (!part->aside) part->aside_path = STR_NONE;
    return ok;
}

static bool rows_make(Work *w, Part *part, Err *err)
{
    Str   *paths = NEW_ARRAY(w->a, Str, w->roll_count + 1), flagged;
    size_t n = 0;
    bool   written = false;
    for (size_t i = 0; i < w->roll_count; i++)
        if (str_eq(w->rolls[i]->columns, part->columns)) paths[n++] = str_of(w->rolls[i]->path);
    if (!temporary(w, &part->path, err)) return false;
    part->flags = json_array_make(w->a);
    if (!n) return empty_file(w, part->list, part->count, part->columns, part->path, err);
    FlagRules rules = { .columns = part->list, .n = part->count };
    Str       stamp;
    if (!copy_files(w, paths, n, part->columns, part->path, &part->rows, err) || !temporary(w, &flagged, err) ||
        !keys_find(w->g->inbox->data, w->a, &w->g->who, &w->head, part->list, part->count, json_array_make(w->a),
                   (Key **)&rules.keys, &rules.key_count, &stamp, err) ||
        !flags_table(w->run, w->a, part->path, &rules, part->rows, flagged, copy_options(w, part->columns), &written,
                     err))
        return false;
    if (written) part->path = flagged;
    Json *report;
    if (!flags_report(w->run, w->a, part->path, &rules, &part->flagged, &report, err)) return false;
    for (size_t i = 0; i < json_array_size(report); i++) {
        Json *from = json_array_get(report, i), *one = json_object_make(w->a);
        json_put_text(one, "flag", json_get_text(from, "flag"));
        json_put_integer(one, "rows", json_get_integer(from, "rows", 0));
        json_add_value(part->flags, one);
    }
    return true;
}

/* ---- merging ---- */

static int level_of(int64_t rows)
{
    int level = 0;
    for (; rows >= WIDTH; rows /= WIDTH) level++;
    return level;
}

static bool is_gathered(const Json *part)
{
    return json_get_integer(part, "posted", 0) > 0;
}

/* The columns that a part was made by, as it says itself. */
static bool columns_hash_of(Work *w, Str path, Str *out, Err *err)
{
    Buf      *sql = buf_open(w->a);
    DuckValue value = { 0 };
    buf_put_z(sql, "SELECT coalesce(max(decode(value)), '') FROM parquet_kv_metadata(");
    sql_text(sql, path);
    buf_put_z(sql, ") WHERE decode(key) = 'banyan_columns'");
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &value, err)) return false;
    *out = value.type == DUCK_TEXT ? value.text : STR_NONE;
    return true;
}

/* How many of the last gathered parts become one with a part of `rows`; `list` are the gathered ones, oldest first. A
   size counts what is of it or below at the end of the list, and as one what is merged by then. */
static size_t merge_count(Json *const *list, size_t n, int64_t rows)
{
    size_t  count = 0;
    int64_t all = rows;
    for (int level = level_of(rows); level <= level_of(MERGE_MOST); level++) {
        size_t  k = 0;
        int64_t sum = rows;
        for (; k < n; k++) {
            int64_t has = json_get_integer(list[n - 1 - k], "rows", 0);
            if (level_of(has) > level || sum + has > MERGE_MOST) break;
            sum += has;
        }
        if (level < level_of(all) || k < count + WIDTH - 1) continue;
        count = k;
        all = sum;
    }
    return count;
}

static void flags_add(Work *w, Json *into, const Json *flags)
{
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *from = json_array_get(flags, i);
        Json       *to = NULL;
        for (size_t k = 0; k < json_array_size(into) && !to; k++)
            if (str_eq(json_get_text(json_array_get(into, k), "flag"), json_get_text(from, "flag")))
                to = json_array_get(into, k);
        if (!to) json_add_value(into, json_copy_deep(w->a, from));
        else json_put_integer(to, "rows", json_get_integer(to, "rows", 0) + json_get_integer(from, "rows", 0));
    }
}

/* Rows set aside of the older parts before those of the new one. */
static bool asides_merge(Work *w, Part *part, Json *const *old, size_t n, Err *err)
{
    PostForm form;
    Buf     *heading = buf_open(w->a);
    Str      path, from;
    uint64_t rows = 0;
    bool     any = false;
    for (size_t i = 0; i < n; i++) any = any || json_get_text(old[i], "aside_sha256").len;
    if (!any) return true;
    if (!temporary(w, &path, err) || !post_form(w->a, part->list, part->count, &form, err)) return false;
    int fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing rows set aside");
    post_aside_heading(&form, heading);
    bool ok = write_all(fd, buf_str(heading), err);
    for (size_t i = 0; ok && i < n; i++) {
        Str name = json_get_text(old[i], "aside_sha256");
        if (name.len)
            ok = files_find(data_parts(w->g->inbox->data), w->a, name, &from, err) &&
                 aside_file_add(fd, from.at, &rows, err);
    }
    if (ok && part->aside_path.len) ok = aside_file_add(fd, part->aside_path.at, &rows, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing rows set aside");
    part->aside_path = path;
    part->aside = rows;
    return ok;
}

/* The part with the rows of `old` before its own. */
static bool part_merge(Work *w, Part *part, Json *const *old, size_t n, Err *err)
{
    Str     *paths = NEW_ARRAY(w->a, Str, n + 1), merged;
    int64_t  first = 0;
    uint64_t rows;
    w->merged = NEW_ARRAY(w->a, MergedPart, n + 1);
    for (size_t i = 0; i < n; i++) {
        Str     name = json_get_text(old[i], "sha256");
        int64_t has = json_get_integer(old[i], "rows", 0);
        if (!part_find(w->g->inbox->data, w->a, name, &paths[i], err)) return false;
        w->merged[i] = (MergedPart){ name, first, has };
        first += has;
        part->flagged += (uint64_t)json_get_integer(old[i], "flagged", 0);
        flags_add(w, part->flags, json_get(old[i], "flags"));
    }
    paths[n] = part->path;
    if (!temporary(w, &merged, err) || !copy_files(w, paths, n + 1, part->columns, merged, &rows, err) ||
        !asides_merge(w, part, old, n, err))
        return false;
    if (rows != part->rows + (uint64_t)first)
        return fail(err, ERR_CORRUPT, "merged parts have %" PRIu64 " rows, not %" PRIu64, rows,
                    part->rows + (uint64_t)first);
    w->merged_count = n;
    part->path = merged;
    part->rows = rows;
    return true;
}

/* Those of the last gathered parts that were made by the same columns; then merged when it is their turn. */
static bool merge_due(Work *w, Part *part, uint64_t *from, Err *err)
{
    Json **list = NEW_ARRAY(w->a, Json *, json_array_size(w->parts) + 1);
    size_t n = 0, count, same = 0;
    Hash   hash = hash_of(part->columns.at, part->columns.len);
    Str    own = hex_make(w->a, hash.b, sizeof hash.b), path, other;
    for (size_t i = 0; i < json_array_size(w->parts); i++)
        if (is_gathered(json_array_get(w->parts, i))) list[n++] = json_array_get(w->parts, i);
    count = merge_count(list, n, (int64_t)part->rows);
    for (; same < count; same++) {
        if (!part_find(w->g->inbox->data, w->a, json_get_text(list[n - 1 - same], "sha256"), &path, err) ||
            !columns_hash_of(w, path, &other, err))
            return false;
        if (!str_eq(other, own)) break;
    }
    if (!same) return true;
    Json **old = list + n - same, *kept = json_array_make(w->a);
    if (!part_merge(w, part, old, same, err)) return false;
    Str     numbers = str_drop(json_get_text(old[0], "file"), sizeof "posts " - 1);
    int64_t first;
    if (str_to_i64(str_cut(numbers, '-').head, &first) && first > 0) *from = (uint64_t)first - 1;
    for (size_t i = 0; i < json_array_size(w->parts); i++) {
        Json *one = json_array_get(w->parts, i);
        bool  gone = false;
        for (size_t k = 0; k < same; k++) gone = gone || one == old[k];
        if (!gone) json_add_value(kept, one);
    }
    w->parts = kept;
    return true;
}

/* ---- all parts of a dataset ---- */

static bool part_take(Work *w, Part *part, uint64_t from, Err *err)
{
    const char *folder = data_parts(w->g->inbox->data);
    Str         name, aside = STR_NONE;
    uint64_t    bytes, aside_bytes;
    Json       *one = json_object_make(w->a);
    if (!files_take(folder, w->a, part->path, &name, &bytes, NULL, err) ||
        (part->aside && !files_take(folder, w->a, part->aside_path, &aside, &aside_bytes, NULL, err)))
        return false;
    json_put_text(one, "sha256", name);
    json_put_integer(one, "bytes", (int64_t)bytes);
    json_put_integer(one, "rows", (int64_t)part->rows);
    json_put_text(one, "file", str_format(w->a, "posts %" PRIu64 "-%" PRIu64, from + 1, w->to));
    json_put_integer(one, "posted", (int64_t)w->to);
    json_put_integer(one, "aside", (int64_t)part->aside);
    json_put_text_if(one, "aside_sha256", aside);
    json_put_integer(one, "flagged", (int64_t)part->flagged);
    json_put_value(one, "flags", part->flags);
    json_put_text(one, "at", time_text(w->a, time_now_ms()));
    json_add_value(w->parts, one);
    if (w->merged_count && !w->merged_into.len) w->merged_into = name;
    return true;
}

static bool part_make(Work *w, Str columns, bool last, Err *err)
{
    Part     part = { .columns = columns };
    uint64_t from = w->from;
    Json    *list, *doc = json_object_make(w->a);
    if (!json_read(w->a, columns, &list, err)) return false;
    json_put_value(doc, "columns", list);
    bool ok = columns_read(w->a, doc, &part.list, &part.count, err) && rows_make(w, &part, err) &&
              aside_make(w, &part, err) && (!last || merge_due(w, &part, &from, err)) && part_take(w, &part, from, err);
    temporaries_drop(w);
    return ok;
}

/* Each set of columns that its posts were read by, in the order of the posts. */
static bool columns_all(Work *w, Str **out, size_t *n, Err *err)
{
    Buf    list = { 0 };
    Arena *one = arena_open((size_t)1 << 30);
    bool   ok = true;
    for (Batch *b = w->box->batches; ok && b && b->first < w->to; b = b->next) {
        for (uint64_t k = b->first, end = batch_end(b); ok && b->first >= w->from && k < end; k++) {
            InboxFrame f;
            arena_reset(one);
            ok = batch_read(b, one, k, &f, err);
            if (!ok || !f.columns.len) continue;
            const Str *have = (const Str *)(void *)list.at;
            size_t     count = list.len / sizeof(Str), i = 0;
            while (i < count && !str_eq(have[i], f.columns)) i++;
            if (i < count) continue;
            Str copy = str_copy(w->a, f.columns);
            buf_put_bytes(&list, &copy, sizeof copy);
        }
    }
    arena_close(one);
    *n = list.len / sizeof(Str);
    *out = arena_copy(w->a, list.at ? list.at : "", list.len);
    buf_free(&list);
    return ok;
}

static bool rolls_take(Work *w, Err *err)
{
    size_t n = 0;
    bool   ok = true;
    pthread_mutex_lock(&w->box->rolling);
    for (Batch *b = w->box->batches; ok && b && b->first < w->to; b = b->next) {
        if (b->first < w->from) continue;
        ok = rolls_make(w->box, b, err);
        for (Roll *r = b->rolls; r; r = r->next) n++;
    }
    w->rolls = NEW_ARRAY(w->a, Roll *, n + 1);
    for (Batch *b = w->box->batches; ok && b && b->first < w->to; b = b->next)
        for (Roll *r = b->first >= w->from ? b->rolls : NULL; r; r = r->next) {
            atomic_fetch_add(&r->uses, 1);
            arena_adopt(w->a, r, roll_release);
            w->rolls[w->roll_count++] = r;
        }
    pthread_mutex_unlock(&w->box->rolling);
    return ok;
}

/* The list of parts as it was, or as it has become by an import meanwhile, with what was merged and made. */
static bool version_make(Work *w, Err *err)
{
    Outcome outcome;
    Json   *doc = json_object_make(w->a);
    json_put_value(doc, "parts", w->parts);
    Change change = { .what = CHANGE_PATCH,
                      .who = &w->g->who,
                      .kind = S("dataset"),
                      .target = w->head.id,
                      .based_on = w->head.version,
                      .doc = doc,
                      .computed = true,
                      .note = str_format(w->a, "posts %" PRIu64 "-%" PRIu64, w->from + 1, w->to) };
    return record_change(data_node(w->g->inbox->data), w->a, &change, &outcome, err);
}

static bool parts_make(Work *w, Err *err)
{
    Str   *columns;
    size_t n;
    Duck  *duck;
    if (!rolls_take(w, err) || !columns_all(w, &columns, &n, err) || !data_engine(w->g->inbox->data, &duck, err) ||
        !duck_run_open(duck, &w->run, err))
        return false;
    pthread_mutex_lock(&w->g->lock);
    w->g->run = w->run;
    bool ok = !w->g->ending || fail(err, ERR_BUSY, "the server ends");
    pthread_mutex_unlock(&w->g->lock);
    ok = ok && duck_do(w->run, S("SET TimeZone = 'UTC'"), err);
    w->parts = json_array_make(w->a);
    const Json *old = json_get(w->head.doc, "parts");
    for (size_t i = 0; i < json_array_size(old); i++) json_add_value(w->parts, json_array_get(old, i));
    for (size_t i = 0; ok && i < n; i++) ok = part_make(w, columns[i], i + 1 == n, err);
    pthread_mutex_lock(&w->g->lock);
    w->g->run = NULL;
    pthread_mutex_unlock(&w->g->lock);
    duck_run_close(w->run);
    temporaries_drop(w);
    return ok;
}

static bool dataset_gather(Work *w, Err *err)
{
    box_lead(w->box);
    bool ok = box_turn(w->box, err);
    w->to = box_last(w->box)->first;
    box_follow(w->box);
    if (!ok || w->to <= w->from) return ok;
    if (!parts_make(w, err) || !version_make(w, err)) return false;
    for (Batch *b = w->box->batches; b && b->first < w->to; b = b->next) b->gathered_ms = time_now_ms();
    return !w->merged_count || merged_note(w->g->inbox->data, w->merged, w->merged_count, w->merged_into, err);
}

/* ---- what is due ---- */

/* Journals whose posts every reader has as parts. */
static bool batches_drop(Work *w, uint64_t posted, Err *err)
{
    int64_t now_ms = time_now_ms();
    bool    ok = true;
    for (;;) {
        Batch *b = w->box->batches;
        if (!ok || !b->next || b->next->first > posted) return ok;
        if (now_ms - b->gathered_ms < GRACE_MS) return true;
        box_lead(w->box);
        pthread_mutex_lock(&w->box->rolling);
        ok = box_drop(w->box, err);
        pthread_mutex_unlock(&w->box->rolling);
        box_follow(w->box);
    }
}

static bool is_due(const Work *w, bool all)
{
    uint64_t rows = 0;
    int64_t  oldest_ms = 0;
    pthread_mutex_lock(&w->box->lock);
    for (const Batch *b = w->box->batches; b; b = b->next) {
        if (b->first < w->from) continue;
        rows += b->rows + b->aside;
        if (!oldest_ms) oldest_ms = b->oldest_ms;
    }
    pthread_mutex_unlock(&w->box->lock);
    return rows && (all || (int64_t)rows >= w->g->rows || time_now_ms() - oldest_ms >= w->g->minutes * 60000);
}

static bool box_gather(Gatherer *g, Box *box, bool all, Err *err)
{
    Work w = { .g = g, .box = box, .a = arena_open((size_t)1 << 40) };
    bool waits = false;
    /* Without its record: what it may be at most. */
    bool maybe = is_due(&w, all) || box->batches->next;
    bool ok = !maybe || head_read(&w, &waits, err);
    if (maybe && ok && !waits) {
        w.from = inbox_posted(w.head.doc);
        ok = batches_drop(&w, w.from, err);
        if (ok && is_due(&w, all)) ok = dataset_gather(&w, err) || fail_in(err, "gathering %s", box->id);
    }
    arena_close(w.a);
    return ok;
}

bool gather_due(Gatherer *g, bool all, Err *err)
{
    bool ok = true;
    Err  why = { 0 };
    pthread_mutex_lock(&g->turn);
    pthread_mutex_lock(&g->inbox->lock);
    Box *box = g->inbox->boxes;
    pthread_mutex_unlock(&g->inbox->lock);
    for (; box; box = box->next)
        if (!box_gather(g, box, all, &why)) {
            if (ok && err) *err = why;
            ok = false;
        }
    if (time_now_ms() - g->tidied_ms > TIDY_MS) {
        g->tidied_ms = time_now_ms();
        if (!merged_tidy(g->inbox->data, &why)) diag(DIAG_WARN, "merged parts what=\"%s\"", why.text);
    }
    pthread_mutex_unlock(&g->turn);
    return ok;
}

/* ---- the thread ---- */

static void *run(void *given)
{
    Gatherer *g = given;
    pthread_mutex_lock(&g->lock);
    while (!g->ending) {
        int64_t         wait_us = TURN_MS * 1000, until_us = time_monotonic_us() + wait_us;
        struct timespec until = { .tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000 };
        pthread_cond_timedwait(&g->changed, &g->lock, &until);
        if (g->ending || time_monotonic_us() / 1000 < g->again_ms) continue;
        pthread_mutex_unlock(&g->lock);
        Err err = { 0 };
        if (!gather_due(g, false, &err)) {
            g->again_ms = time_monotonic_us() / 1000 + AGAIN_MS;
            diag(DIAG_ERROR, "gather what=%s: %s", err_name(err.code), err.text);
        }
        pthread_mutex_lock(&g->lock);
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

static int64_t setting(Inbox *inbox, const char *name, int64_t otherwise)
{
    int64_t n = json_get_integer(node_settings(data_node(inbox->data)), name, otherwise);
    return n > 0 ? n : otherwise;
}

bool gatherer_open(Inbox *inbox, Gatherer **out, Err *err)
{
    pthread_condattr_t clock;
    Arena             *a = arena_open(0);
    Gatherer          *g = NEW(a, Gatherer);
    g->arena = a;
    g->inbox = inbox;
    g->rows = setting(inbox, "gather_rows", 1000000);
    g->minutes = setting(inbox, "gather_minutes", 360);
    g->who = (Reader){ .name = S("system"), .may_write = true, .all = true };
    reader_finish(&g->who, a);
    pthread_mutex_init(&g->lock, NULL);
    pthread_mutex_init(&g->turn, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&g->changed, &clock);
    pthread_condattr_destroy(&clock);
    g->started = pthread_create(&g->thread, NULL, run, g) == 0;
    if (!g->started) {
        gatherer_close(g);
        return fail(err, ERR_BUSY, "no thread for gathering");
    }
    *out = g;
    return true;
}

void gatherer_close(Gatherer *g)
{
    if (!g) return;
    pthread_mutex_lock(&g->lock);
    g->ending = true;
    if (g->run) duck_stop(g->run);
    pthread_cond_signal(&g->changed);
    pthread_mutex_unlock(&g->lock);
    if (g->started) pthread_join(g->thread, NULL);
    pthread_mutex_destroy(&g->lock);
    pthread_mutex_destroy(&g->turn);
    pthread_cond_destroy(&g->changed);
    arena_close(g->arena);
}
