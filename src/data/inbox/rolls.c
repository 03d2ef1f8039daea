/* What waits, as files that questions read: each made of the posts since the one before, and merged as their number
   grows, so that a thousand questions of a thousand rows are some twenty files. Temporary: they end with the server. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "data/aside.h"
#include "data/flag.h"
#include "data/inbox/inside.h"
#include "store/files.h"

#define ROLL_BYTES ((size_t)64 << 20) /* of text, in memory */
#define WIDTH      8                  /* as many of a level become one of the next */

void roll_release(void *given)
{
    Roll *roll = given;
    if (atomic_fetch_sub(&roll->uses, 1) != 1) return;
    unlink(roll->path);
    if (roll->aside) unlink(roll->aside);
    free(roll->path);
    free(roll->aside);
    free(roll);
}

void rolls_drop(Batch *batch)
{
    while (batch->rolls) {
        Roll *next = batch->rolls->next;
        roll_release(batch->rolls);
        batch->rolls = next;
    }
}

static char *copy_z(Str text)
{
    char *copy = strndup(text.at, text.len);
    if (!copy) memory_end(text.len);
    return copy;
}

/* ---- one roll ---- */

static bool text_write(const char *path, Str text, Err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing %s", path);
    bool ok = file_write(fd, text, "writing rows that wait", err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing %s", path);
    return ok;
}

typedef struct {
    Box     *box;
    Batch   *batch;
    Arena   *a;
    DuckRun *run;
} Work;

static bool columns_of(Arena *a, Str text, Column **columns, size_t *n, Err *err)
{
    Json *list, *doc = json_object_make(a);
    if (!json_read(a, text, &list, err)) return false;
    json_put_value(doc, "columns", list);
    return columns_read(a, doc, columns, n, err);
}

/* The rows as an import writes them, without the flags that need the whole part. */
static bool rows_write(Work *w, Reading *reading, Str to, uint64_t *rows, Err *err)
{
    Buf      *sql = buf_open(w->a);
    DuckValue count;
    buf_put_z(sql, "COPY (SELECT * REPLACE (");
    flags_row_sql(reading->columns, reading->column_count, time_now_ms(), sql);
    buf_put_z(sql, " AS _flags) FROM (");
    reading_sql(reading, sql);
    buf_put_z(sql, ")) TO ");
    sql_text(sql, to);
    sql_parquet(sql, reading->column_count);
    buf_put_byte(sql, ')');
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &count, err)) return false;
    *rows = (uint64_t)count.integer;
    return true;
}

static void roll_add(Batch *batch, Roll *roll)
{
    Roll **at = &batch->rolls;
    while (*at) at = &(*at)->next;
    *at = roll;
    batch->rolled = roll->to;
}

static Roll *roll_new(Str path, uint64_t from, uint64_t to, uint64_t rows, Str columns)
{
    Roll *roll = calloc(1, sizeof *roll);
    if (!roll) memory_end(sizeof *roll);
    roll->path = copy_z(path);
    roll->from = from;
    roll->to = to;
    roll->rows = rows;
    roll->columns = columns;
    atomic_init(&roll->uses, 1);
    return roll;
}

/* Posts up to `to`, whose rows are `text`. */
static bool roll_make(Work *w, uint64_t to, Str text, uint64_t wanted, Err *err)
{
    const char *folder = data_parts(w->box->inbox->data);
    Column     *columns;
    PostForm    form;
    size_t      n;
    Str         path = STR_NONE;
    Aside       aside = { .there = wanted };
    uint64_t    rows = 0;
    if (!columns_of(w->a, w->batch->rolled_columns, &columns, &n, err) || !post_form(w->a, columns, n, &form, err))
        return false;
    Reading reading = form.reading;
    Buf    *csv = buf_open(w->a);
    post_heading(&form, csv);
    buf_put(csv, text);
    bool ok = files_temporary(folder, w->a, &reading.path, err) && files_temporary(folder, w->a, &path, err) &&
              text_write(reading.path.at, buf_str(csv), err) && rows_write(w, &reading, path, &rows, err) &&
              (rows == wanted || aside_gather(w->run, w->a, &reading, rows, folder, &aside, err));
    if (reading.path.len) unlink(reading.path.at);
    if (!ok) {
        if (path.len) unlink(path.at);
        return false;
    }
    Roll *roll = roll_new(path, w->batch->rolled, to, rows, w->batch->rolled_columns);
    if (aside.path.len) roll->aside = copy_z(aside.path);
    roll_add(w->batch, roll);
    return true;
}

/* The next posts of one set of columns, at most ROLL_BYTES. */
static bool roll_next(Work *w, uint64_t end, Err *err)
{
    Batch   *b = w->batch;
    Arena   *one = arena_open((size_t)1 << 30);
    Buf     *text = buf_open(w->a);
    uint64_t n = b->rolled, rows = 0;
    bool     ok = true;
    for (; ok && n < end && text->len < ROLL_BYTES; n++) {
        InboxFrame f;
        arena_reset(one);
        ok = batch_read(b, one, n, &f, err);
        if (!ok) break;
        if (f.columns.len && !str_eq(f.columns, b->rolled_columns)) {
            if (text->len) break;
            b->rolled_columns = str_copy(b->arena, f.columns);
        }
        buf_put(text, f.row_text);
        rows += f.rows;
    }
    arena_close(one);
    if (ok && rows) ok = roll_make(w, n, buf_str(text), rows, err);
    else if (ok) b->rolled = n;
    return ok;
}

/* ---- merging ---- */

static size_t rolls_count(const Batch *batch)
{
    size_t n = 0;
    for (const Roll *r = batch->rolls; r; r = r->next) n++;
    return n;
}

static bool may_merge(const Roll *r, const Roll *with, int level)
{
    return r->level <= level && !r->aside && str_eq(r->columns, with->columns);
}

static bool merge_last(Work *w, Roll **list, size_t from, size_t n, int level, Err *err)
{
    Str       path;
    Buf      *sql = buf_open(w->a);
    DuckValue count;
    Json     *columns;
    if (!json_read(w->a, list[from]->columns, &columns, err) ||
        !files_temporary(data_parts(w->box->inbox->data), w->a, &path, err))
        return false;
    buf_put_z(sql, "COPY (SELECT * FROM read_parquet([");
    for (size_t i = from; i < n; i++) {
        buf_put_z(sql, i > from ? "," : "");
        sql_text(sql, str_of(list[i]->path));
    }
    buf_put_z(sql, "])) TO ");
    sql_text(sql, path);
    sql_parquet(sql, json_array_size(columns));
    buf_put_byte(sql, ')');
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &count, err)) {
        unlink(path.at);
        return false;
    }
    Roll *roll = roll_new(path, list[from]->from, list[n - 1]->to, (uint64_t)count.integer, list[from]->columns);
    roll->level = level + 1;
    *(from ? &list[from - 1]->next : &w->batch->rolls) = roll;
    for (size_t i = from; i < n; i++) roll_release(list[i]);
    return true;
}

static bool rolls_merge(Work *w, Err *err)
{
    bool again = true;
    for (int level = 0; again; level++) {
        size_t n = rolls_count(w->batch), i = 0, from = n;
        Roll **list = NEW_ARRAY(w->a, Roll *, n + 1);
        for (Roll *r = w->batch->rolls; r; r = r->next) list[i++] = r;
        while (from > 0 && may_merge(list[from - 1], list[n - 1], level)) from--;
        again = n - from >= WIDTH;
        if (again && !merge_last(w, list, from, n, level, err)) return false;
    }
    return true;
}

bool rolls_make(Box *box, Batch *batch, Err *err)
{
    uint64_t end = batch_end(batch);
    Duck    *duck;
    Work     w = { .box = box, .batch = batch, .a = arena_open((size_t)1 << 30) };
    bool     ok = true;
    if (batch->rolled < end)
        ok = data_engine(box->inbox->data, &duck, err) && duck_run_open(duck, &w.run, err) &&
             duck_do(w.run, S("SET TimeZone = 'UTC'"), err);
    while (ok && batch->rolled < end) ok = roll_next(&w, end, err);
    ok = ok && (!w.run || rolls_merge(&w, err));
    duck_run_close(w.run);
    arena_close(w.a);
    return ok;
}

/* ---- for questions ---- */

/* The batches that the document does not have yet; those of the list stay while `rolling` is held. */
static size_t batches_behind(Box *box, Arena *a, uint64_t posted, Batch ***out)
{
    size_t n = 0;
    pthread_mutex_lock(&box->lock);
    for (Batch *b = box->batches; b; b = b->next) n++;
    *out = NEW_ARRAY(a, Batch *, n + 1);
    n = 0;
    for (Batch *b = box->batches; b; b = b->next)
        if (b->first >= posted) (*out)[n++] = b;
    pthread_mutex_unlock(&box->lock);
    return n;
}

bool inbox_parts(Inbox *inbox, Arena *a, Str dataset, const Json *doc, Str **paths, int64_t **rows, size_t *n,
                 Err *err)
{
    Box    *box = inbox_box(inbox, dataset);
    Batch **batches;
    size_t  room = 0;
    bool    ok = true;
    *n = 0;
    *paths = NULL;
    *rows = NULL;
    if (!box) return true;
    pthread_mutex_lock(&box->rolling);
    size_t count = batches_behind(box, a, inbox_posted(doc), &batches);
    for (size_t i = 0; ok && i < count; i++) {
        ok = rolls_make(box, batches[i], err);
        room += rolls_count(batches[i]);
    }
    *paths = NEW_ARRAY(a, Str, room + 1);
    *rows = NEW_ARRAY(a, int64_t, room + 1);
    for (size_t i = 0; ok && i < count; i++)
        for (Roll *r = batches[i]->rolls; r; r = r->next) {
            atomic_fetch_add(&r->uses, 1);
            arena_adopt(a, r, roll_release);
            (*paths)[*n] = str_copy(a, str_of(r->path));
            (*rows)[(*n)++] = (int64_t)r->rows;
        }
    pthread_mutex_unlock(&box->rolling);
    return ok;
}
