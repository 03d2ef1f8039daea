/* See gather.h. The rows of posts become a file, are flagged, and merged with the parts before it when it is due. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/time.h"
#include "data/cells.h"
#include "data/flag.h"
#include "data/inbox/gather_inside.h"
#include "store/files.h"

#define WIDTH       8
#define MERGE_MOST  ((int64_t)1 << 30) /* rows; larger parts stay */
#define WRITE_BYTES ((size_t)256 << 10)

/* ---- files ---- */

static bool temporary(GatherWork *w, Str *path, Err *err)
{
    if (!files_temporary(data_parts(w->g->inbox->data), w->a, path, err)) return false;
    if (w->temporary_count < sizeof w->temporary / sizeof *w->temporary) w->temporary[w->temporary_count++] = *path;
    return true;
}

static void temporaries_drop(GatherWork *w)
{
    for (size_t i = 0; i < w->temporary_count; i++) unlink(w->temporary[i].at);
    w->temporary_count = 0;
}

/* ---- one part: all rows that were read by the same columns ---- */

typedef struct {
    Str      columns; /* JSON */
    Column  *list;
    size_t   count;
    uint64_t rows, aside, flagged;
    Str      path, aside_path;
    Json    *flags, *widespread;
} Part;

static void put_options(GatherWork *w, const Part *part, Buf *sql)
{
    Hash hash = hash_of(part->columns.at, part->columns.len);
    sql_parquet(sql, part->count);
    buf_putf(sql, ", KV_METADATA {banyan_columns: '%.*s'})", STR_ARG(hex_make(w->a, hash.b, sizeof hash.b)));
}

static bool copy_files(GatherWork *w, const Str *paths, size_t n, const Part *part, Str to, uint64_t *rows, Err *err)
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
    put_options(w, part, sql);
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &count, err)) return false;
    *rows = (uint64_t)count.integer;
    return true;
}

/* A part needs a row's columns even when all that came was set aside. */
static bool empty_file(GatherWork *w, const Part *part, Err *err)
{
    Buf *sql = buf_open(w->a);
    buf_put_z(sql, "COPY (SELECT ");
    for (size_t i = 0; i < part->count; i++) {
        buf_putf(sql, "CAST(NULL AS %s) AS ", column_type_sql(part->list[i].type));
        sql_name(sql, part->list[i].name);
        buf_put_z(sql, ", ");
    }
    buf_put_z(sql, "CAST([] AS VARCHAR[]) AS _flags WHERE false) TO ");
    sql_text(sql, part->path);
    put_options(w, part, sql);
    return duck_do(w->run, buf_str(sql), err);
}

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
    ok = ok && file_write(fd, text, "writing rows set aside", err);
    arena_close(a);
    return ok;
}

/* The rows set aside of the posts with these columns. */
static bool asides_write(GatherWork *w, Part *part, int fd, Err *err)
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
            ok = file_write(fd, buf_str(text), "writing rows set aside", err);
            buf_clear(text);
        }
    }
    ok = ok && file_write(fd, buf_str(text), "writing rows set aside", err);
    for (size_t i = 0; ok && i < w->roll_count; i++)
        if (w->rolls[i]->aside && str_eq(w->rolls[i]->columns, part->columns))
            ok = aside_file_add(fd, w->rolls[i]->aside, &part->aside, err);
    arena_close(one);
    return ok;
}

static bool aside_make(GatherWork *w, Part *part, Err *err)
{
    PostForm form;
    Buf     *heading = buf_open(w->a);
    if (!temporary(w, &part->aside_path, err) || !post_form(w->a, part->list, part->count, &form, err)) return false;
    int fd = open(part->aside_path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing rows set aside");
    post_aside_heading(&form, heading);
    bool ok = file_write(fd, buf_str(heading), "writing rows set aside", err) && asides_write(w, part, fd, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing rows set aside");
    if (!part->aside) part->aside_path = STR_NONE;
    return ok;
}

static bool rows_make(GatherWork *w, Part *part, Err *err)
{
    Str       *paths = NEW_ARRAY(w->a, Str, w->roll_count + 1);
    size_t     n = 0;
    FlagsFound found = { 0 };
    for (size_t i = 0; i < w->roll_count; i++)
        if (str_eq(w->rolls[i]->columns, part->columns)) paths[n++] = str_of(w->rolls[i]->path);
    if (!temporary(w, &part->path, err)) return false;
    part->flags = json_array_make(w->a);
    part->widespread = json_array_make(w->a);
    if (!n) return empty_file(w, part, err);
    FlagRules rules = { .columns = part->list, .n = part->count };
    FlagPart  checked = { .run = w->run,
                          .rules = &rules,
                          .path = part->path,
                          .memory_bytes = data_memory_beside(w->g->inbox->data) };
    Str       stamp;
    if (!copy_files(w, paths, n, part, part->path, &part->rows, err) ||
        !temporary(w, &checked.temporary, err) ||
        !keys_find(w->g->inbox->data, w->a, &w->g->who, &w->head, part->list, part->count, json_array_make(w->a),
                   (Key **)&rules.keys, &rules.key_count, &stamp, err))
        return false;
    checked.rows = part->rows;
    if (part->rows && !flags_table(w->a, &checked, &found, err)) return false;
    Json *report;
    if (!flags_report(w->run, w->a, part->path, &rules, &part->flagged, &report, err)) return false;
    part->flags = flags_counted(w->a, report);
    part->widespread = flags_counted(w->a, flags_widespread(w->a, &found));
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
static bool columns_hash_of(GatherWork *w, Str path, Str *out, Err *err)
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

static void flags_add(GatherWork *w, Json *into, const Json *flags)
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
static bool asides_merge(GatherWork *w, Part *part, Json *const *old, size_t n, Err *err)
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
    bool ok = file_write(fd, buf_str(heading), "writing rows set aside", err);
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
static bool part_merge(GatherWork *w, Part *part, Json *const *old, size_t n, Err *err)
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
        flags_add(w, part->widespread, json_get(old[i], "widespread"));
    }
    paths[n] = part->path;
    if (!temporary(w, &merged, err) || !copy_files(w, paths, n + 1, part, merged, &rows, err) ||
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
static bool merge_due(GatherWork *w, Part *part, uint64_t *from, Err *err)
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

/* ---- the part in the record ---- */

static bool part_take(GatherWork *w, Part *part, uint64_t from, Err *err)
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
    if (json_array_size(part->widespread)) json_put_value(one, "widespread", part->widespread);
    json_put_text(one, "at", time_text(w->a, time_now_ms()));
    json_add_value(w->parts, one);
    if (w->merged_count && !w->merged_into.len) w->merged_into = name;
    return true;
}

bool gather_part(GatherWork *w, Str columns, bool last, Err *err)
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
