/* See inbox.h. Who posts while nobody appends becomes the leader: appends what waits, its own among it, with one
   sync, and lets the next lead. The folders are read when the inbox opens. */
#include "data/inbox_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/time.h"
#include "data/cells.h"

#define GROUP_BYTES ((size_t)32 << 20)
#define GROUP_POSTS 4096
#define WAIT_SHARE  2    /* wait for others at most this part of a sync … */
#define WAIT_MAX_US 5000 /* … and never longer than this */
#define KNOWN_END   ".known"
#define GONE        "gone-" /* before the name of a journal whose posts are in parts */

struct InboxJob {
    InboxJob        *next;
    const InboxPost *post;
    uint8_t          key[INBOX_KEY_BYTES];
    uint64_t         check;
    uint8_t (*row_keys)[INBOX_KEY_BYTES]; /* NULL: rows are not told apart */
    Str         columns;
    InboxAnswer answer;
    bool        framed, done, ok;
    Err         err;
};

/* ---- boxes and batches ---- */

static char *copy_z(const char *text)
{
    char *copy = strdup(text);
    if (!copy) memory_end(strlen(text));
    return copy;
}

Batch *box_last(const Box *box)
{
    Batch *b = box->batches;
    while (b && b->next) b = b->next;
    return b;
}

uint64_t batch_end(const Batch *b)
{
    return b->first + journal_count(b->journal);
}

static void batch_close(Batch *b)
{
    if (!b) return;
    rolls_drop(b);
    journal_close(b->journal);
    known_free(&b->known);
    arena_close(b->arena);
    free(b->folder);
    free(b);
}

static Box *box_make(Inbox *inbox, Str id)
{
    Box               *box = calloc(1, sizeof *box);
    Arena             *a = arena_open(0);
    pthread_condattr_t clock;
    if (!box) memory_end(sizeof *box);
    box->inbox = inbox;
    memcpy(box->id, id.at, id.len);
    box->folder = copy_z(path_join(a, str_of(inbox->folder), id).at);
    arena_close(a);
    pthread_mutex_init(&box->lock, NULL);
    pthread_mutex_init(&box->rolling, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&box->changed, NULL);
    pthread_cond_init(&box->arrived, &clock);
    pthread_condattr_destroy(&clock);
    return box;
}

static void box_close(Box *box)
{
    while (box->batches) {
        Batch *next = box->batches->next;
        batch_close(box->batches);
        box->batches = next;
    }
    for (size_t i = 0; i < INBOX_KNOWN; i++) known_free(&box->known[i]);
    pthread_mutex_destroy(&box->lock);
    pthread_mutex_destroy(&box->rolling);
    pthread_cond_destroy(&box->changed);
    pthread_cond_destroy(&box->arrived);
    free(box->folder);
    free(box);
}

static void row_key(Str row, uint8_t key[INBOX_KEY_BYTES])
{
    hash_short(row, key);
}

static void frame_known(Batch *b, const InboxFrame *f)
{
    static const uint8_t none[INBOX_KEY_BYTES];
    Cells                c = { .rest = f->row_text, .separator = ',', .quote = '"' };
    Str                  row;
    uint64_t             line;
    if (memcmp(f->key, none, sizeof none) != 0) known_add(&b->known, f->key, f->check);
    while (f->rows_known && cells_row(&c, &row, &line)) {
        uint8_t key[INBOX_KEY_BYTES];
        row_key(post_row_bytes(row), key);
        known_add(&b->known, key, 0);
    }
}

bool batch_read(Batch *b, Arena *a, uint64_t number, InboxFrame *out, Err *err)
{
    Str bytes;
    return journal_read(b->journal, a, number - b->first, &bytes, err) &&
           (inbox_frame_read(bytes, out, err) || fail_in(err, "%s: post %" PRIu64, b->folder, number));
}

static bool batch_open(Box *box, uint64_t first, Err *err)
{
    Batch *b = calloc(1, sizeof *b), *last = box_last(box);
    Arena *a = arena_open(0);
    Str    seal;
    if (!b) memory_end(sizeof *b);
    b->first = b->rolled = first;
    b->arena = arena_open((size_t)1 << 30);
    b->folder = copy_z(str_format(b->arena, "%s/%020" PRIu64, box->folder, first).at);
    bool ok = journal_open(a, b->folder, NULL, &b->journal, &seal, err);
    for (uint64_t n = first; ok && n < batch_end(b); n++) {
        InboxFrame f;
        arena_reset(a);
        ok = batch_read(b, a, n, &f, err);
        if (!ok) break;
        if (f.columns.len) b->columns = str_copy(b->arena, f.columns);
        if (n == first) b->oldest_ms = f.at_ms;
        b->rows += f.rows;
        b->aside += f.aside;
        box->newest_ms = f.at_ms;
        frame_known(b, &f);
    }
    arena_close(a);
    if (!ok) {
        batch_close(b);
        return false;
    }
    pthread_mutex_lock(&box->lock);
    *(last ? &last->next : &box->batches) = b;
    pthread_mutex_unlock(&box->lock);
    return true;
}

/* Named by the number behind its last post, so that no number is given twice. */
static const char *known_path(Arena *a, const Box *box, uint64_t end)
{
    return str_format(a, "%s/%020" PRIu64 KNOWN_END, box->folder, end).at;
}

static bool number_read(Str name, uint64_t *out)
{
    int64_t n;
    if (name.len != 20 || !str_to_i64(name, &n) || n < 0) return false;
    *out = (uint64_t)n;
    return true;
}

static bool folder_drop(Arena *a, const char *folder, Err *err)
{
    Str   *names;
    size_t n;
    if (!folder_list(a, folder, &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const char *path = path_join(a, str_of(folder), names[i]).at;
        if (unlink(path) != 0 && errno != ENOENT) return fail_errno(err, "removing %s", path);
    }
    return rmdir(folder) == 0 || fail_errno(err, "removing %s", folder);
}

/* Up to where the record's parts hold the posts. */
static bool posted_of(Box *box, uint64_t *out, Err *err)
{
    Arena    *a = arena_open(0);
    Reader    system = { .name = S("system"), .all = true };
    Record    r;
    Err       why = { 0 };
    Snapshot *s = snapshot_open(data_node(box->inbox->data), &system, STR_NONE);
    bool      ok = record_read(s, a, S("dataset"), str_of(box->id), &r, &why);
    snapshot_close(s);
    *out = ok ? inbox_posted(r.doc) : 0;
    arena_close(a);
    return ok || why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

/* What is known of journals that are gone: the newest of it, and the number behind their last post. */
static void known_read(Arena *a, Box *box, const Str *names, size_t n, uint64_t *end)
{
    size_t   kept = 0;
    uint64_t number;
    for (size_t i = n; i-- > 0;) {
        if (!str_ends(names[i], S(KNOWN_END))) continue;
        const char *path = path_join(a, str_of(box->folder), names[i]).at;
        Err         why = { 0 };
        if (number_read(str_take_first(names[i], 20), &number) && number > *end) *end = number;
        if (kept == INBOX_KNOWN) unlink(path);
        else if (!known_load(&box->known[kept++], path, &why)) diag(DIAG_WARN, "inbox what=\"%s\"", why.text);
    }
}

/* Between journals nothing is missing but what the record's parts have: a backup may have an older inbox than log. */
static bool check_gaps(const Box *box, uint64_t posted, Err *err)
{
    for (const Batch *b = box->batches; b && b->next; b = b->next)
        if (batch_end(b) != b->next->first && b->next->first > posted)
            return fail(err, ERR_CORRUPT,
                        "%s: posts from number %" PRIu64
                        " on are missing before %s. Stop the node, keep a copy of this "
                        "folder, and bring it back from a backup (banyan restore)",
                        b->folder, batch_end(b), b->next->folder);
    return true;
}

/* The folder as it is, and a journal that the next post can go to. */
static bool box_load(Box *box, Err *err)
{
    Arena   *a = arena_open(0);
    Str     *names;
    size_t   n;
    uint64_t first, posted, next;
    bool     ok = posted_of(box, &posted, err) && folder_list(a, box->folder, &names, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        if (number_read(names[i], &first)) ok = batch_open(box, first, err);
        if (str_starts(names[i], S(GONE))) ok = folder_drop(a, path_join(a, str_of(box->folder), names[i]).at, err);
    }
    next = posted;
    if (ok) known_read(a, box, names, n, &next);
    ok = ok && check_gaps(box, posted, err);
    const Batch *last = box_last(box);
    if (ok && (!last || batch_end(last) < next)) ok = batch_open(box, next, err);
    arena_close(a);
    return ok;
}

Box *inbox_box(Inbox *inbox, Str dataset)
{
    pthread_mutex_lock(&inbox->lock);
    Box *box = inbox->boxes;
    while (box && !str_eq_z(dataset, box->id)) box = box->next;
    pthread_mutex_unlock(&inbox->lock);
    return box;
}

static void box_add(Inbox *inbox, Box *box)
{
    box->next = inbox->boxes;
    inbox->boxes = box;
}

/* Of the dataset's first post. */
static bool box_start(Inbox *inbox, Str dataset, Box **out, Err *err)
{
    if (!id_is(dataset)) return fail(err, ERR_INTERNAL, "\"%.*s\" is no id", STR_ARG(dataset));
    bool ok = true;
    pthread_mutex_lock(&inbox->lock);
    Box *box = inbox->boxes;
    while (box && !str_eq_z(dataset, box->id)) box = box->next;
    if (!box) {
        box = box_make(inbox, dataset);
        ok = folder_make(box->folder, err) && folder_sync(inbox->folder, err) && box_load(box, err);
        if (ok) box_add(inbox, box);
        else box_close(box);
    }
    pthread_mutex_unlock(&inbox->lock);
    if (ok) *out = box;
    return ok;
}

bool inbox_open(Data *data, Inbox **out, Err *err)
{
    Arena *a = arena_open(0);
    Inbox *inbox = calloc(1, sizeof *inbox);
    Str   *names;
    size_t n = 0;
    if (!inbox) memory_end(sizeof *inbox);
    const char *node = node_folder(data_node(data));
    inbox->data = data;
    inbox->folder = copy_z(path_join(a, str_of(node), S("inbox")).at);
    pthread_mutex_init(&inbox->lock, NULL);
    bool ok = folder_make(inbox->folder, err) && folder_sync(node, err) &&
              folder_list(a, inbox->folder, &names, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        if (!id_is(names[i])) continue;
        Box *box = box_make(inbox, names[i]);
        ok = box_load(box, err);
        box_add(inbox, box);
    }
    arena_close(a);
    if (ok) *out = inbox;
    else inbox_close(inbox);
    return ok;
}

void inbox_close(Inbox *inbox)
{
    if (!inbox) return;
    while (inbox->boxes) {
        Box *next = inbox->boxes->next;
        box_close(inbox->boxes);
        inbox->boxes = next;
    }
    pthread_mutex_destroy(&inbox->lock);
    free(inbox->folder);
    free(inbox);
}

/* ---- stamps ---- */

#define SLOT_OF_ALL (INBOX_STAMPS + 1)

unsigned inbox_slot(Str dataset)
{
    return dataset.len ? 1 + (unsigned)(str_hash(dataset) % INBOX_STAMPS) : SLOT_OF_ALL;
}

uint64_t inbox_stamp(Inbox *inbox, unsigned slot)
{
    return inbox && slot <= SLOT_OF_ALL ? atomic_load(&inbox->stamps[slot]) : 0;
}

static void stamp_grow(Box *box)
{
    atomic_fetch_add(&box->inbox->stamps[inbox_slot(str_of(box->id))], 1);
    atomic_fetch_add(&box->inbox->stamps[SLOT_OF_ALL], 1);
}

/* ---- posting ---- */

void box_lead(Box *box)
{
    pthread_mutex_lock(&box->lock);
    while (box->leading) pthread_cond_wait(&box->changed, &box->lock);
    box->leading = true;
    pthread_mutex_unlock(&box->lock);
}

void box_follow(Box *box)
{
    pthread_mutex_lock(&box->lock);
    box->leading = false;
    pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
}

static bool is_known(const Box *box, const uint8_t key[INBOX_KEY_BYTES], uint64_t *check)
{
    for (const Batch *b = box->batches; b; b = b->next)
        if (known_find(&b->known, key, check)) return true;
    for (size_t i = 0; i < INBOX_KNOWN; i++)
        if (known_find(&box->known[i], key, check)) return true;
    return false;
}

/* What a post adds, as a frame; nothing when all of it is known. `group`: what the posts before it in the group add. */
static void job_frame(Box *box, InboxJob *job, Known *group, Str columns_now, int64_t now_ms, Buf *out)
{
    const Post *post = job->post->post;
    uint64_t    check;
    InboxFrame  f = { .at_ms = now_ms,
                      .check = job->check,
                      .aside_text = post->aside,
                      .aside = (uint32_t)post->bad_count };
    Buf         rows = { 0 };
    job->ok = true;
    if (job->post->key.len) {
        memcpy(f.key, job->key, sizeof f.key);
        if (is_known(box, job->key, &check) || known_find(group, job->key, &check)) {
            if (check == job->check) job->answer.repeated = true;
            else
                job->ok = fail(&job->err, ERR_INVALID,
                               "this Idempotency-Key came with another post before; give each post a key of its own");
            return;
        }
        known_add(group, job->key, job->check);
    }
    f.rows_known = job->row_keys != NULL;
    for (size_t i = 0; i < post->row_count; i++) {
        if (job->row_keys && (is_known(box, job->row_keys[i], &check) || known_find(group, job->row_keys[i], &check))) {
            job->answer.known++;
            continue;
        }
        if (job->row_keys) known_add(group, job->row_keys[i], 0);
        buf_put(&rows, post->rows[i].text);
        f.rows++;
    }
    job->answer.taken = f.rows;
    f.row_text = buf_str(&rows);
    if (!str_eq(job->columns, columns_now)) f.columns = job->columns;
    job->framed = f.rows > 0 || f.aside > 0;
    if (job->framed) inbox_frame_put(out, &f);
    buf_free(&rows);
}

static void jobs_answer(InboxJob *jobs, bool ok, const Err *err)
{
    for (InboxJob *job = jobs; job; job = job->next) {
        if (!ok && (job->framed || job->ok)) {
            job->ok = false;
            job->err = *err;
        }
        job->done = true;
    }
}

/* One append for all of them. What failed to be durable is known to nobody. */
static void group_put(Box *box, InboxJob *jobs, size_t n)
{
    Arena  *a = arena_open((size_t)1 << 30);
    Batch  *batch = box_last(box);
    Str    *frames = NEW_ARRAY(a, Str, n), columns = batch->columns;
    Known   group = { 0 };
    size_t  count = 0;
    int64_t now_ms = time_now_ms(), start_us = time_monotonic_us();
    Err     err = { 0 };
    for (InboxJob *job = jobs; job; job = job->next) {
        Buf *out = buf_open(a);
        job_frame(box, job, &group, columns, now_ms, out);
        if (!job->framed) continue;
        columns = job->columns;
        frames[count++] = buf_str(out);
    }
    bool ok = !count || journal_append(batch->journal, frames, count, STR_NONE, &err);
    if (ok && count) {
        batch->columns = str_eq(columns, batch->columns) ? batch->columns : str_copy(batch->arena, columns);
        for (size_t i = 0; i < group.room; i++) known_add(&batch->known, group.slots[i].key, group.slots[i].check);
        stamp_grow(box);
    }
    known_free(&group);
    pthread_mutex_lock(&box->lock);
    for (InboxJob *job = jobs; ok && job; job = job->next) {
        if (!job->framed) continue;
        if (!batch->oldest_ms) batch->oldest_ms = now_ms;
        batch->rows += job->answer.taken;
        batch->aside += job->post->post->bad_count;
        box->newest_ms = now_ms;
    }
    int64_t took_us = time_monotonic_us() - start_us;
    if (count) box->sync_us = box->sync_us ? (3 * box->sync_us + took_us) / 4 : took_us;
    jobs_answer(jobs, ok, &err);
    pthread_mutex_unlock(&box->lock);
    arena_close(a);
}

/* Who were answered a moment ago are likely to come back: waiting for them a little lets all share one sync. */
static void await_others(Box *box)
{
    int64_t         wait_us = box->sync_us / WAIT_SHARE < WAIT_MAX_US ? box->sync_us / WAIT_SHARE : WAIT_MAX_US;
    int64_t         until_us = time_monotonic_us() + wait_us;
    struct timespec until = { .tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000 };
    while (box->waiting < box->expected && pthread_cond_timedwait(&box->arrived, &box->lock, &until) != ETIMEDOUT)
        continue;
}

static size_t job_bytes(const InboxJob *job)
{
    size_t bytes = job->post->post->aside.len + job->columns.len + 2 * (size_t)INBOX_FRAME_HEAD;
    for (size_t i = 0; i < job->post->post->row_count; i++) bytes += job->post->post->rows[i].text.len;
    return bytes;
}

/* With the lock: takes from the queue what fits into a group. */
static InboxJob *group_take(Box *box, size_t *n)
{
    InboxJob *group = box->first, *last = group;
    size_t    bytes = job_bytes(group);
    for (*n = 1; last->next && *n < GROUP_POSTS; ++*n, last = last->next)
        if ((bytes += job_bytes(last->next)) > GROUP_BYTES) break;
    box->first = last->next;
    if (!box->first) box->last = NULL;
    last->next = NULL;
    box->waiting -= *n;
    return group;
}

/* With the lock, of who leads: until the own post is answered. */
static void lead(Box *box, const InboxJob *own)
{
    while (!own->done) {
        size_t n;
        await_others(box);
        InboxJob *group = group_take(box, &n);
        pthread_mutex_unlock(&box->lock);
        group_put(box, group, n);
        pthread_mutex_lock(&box->lock);
        box->expected = n + box->waiting;
        pthread_cond_broadcast(&box->changed);
    }
}

static void job_wait(Box *box, InboxJob *job)
{
    pthread_mutex_lock(&box->lock);
    if (box->last) box->last->next = job;
    else box->first = job;
    box->last = job;
    if (++box->waiting >= box->expected) pthread_cond_signal(&box->arrived);
    while (!job->done) {
        if (box->leading) {
            pthread_cond_wait(&box->changed, &box->lock);
            continue;
        }
        box->leading = true;
        lead(box, job);
        box->leading = false;
        pthread_cond_broadcast(&box->changed);
    }
    pthread_mutex_unlock(&box->lock);
}

bool inbox_put(Inbox *inbox, const InboxPost *post, InboxAnswer *out, Err *err)
{
    Box     *box = inbox_box(inbox, post->dataset);
    Arena   *a = arena_open(0);
    InboxJob job = { .post = post };
    if (!box && !box_start(inbox, post->dataset, &box, err)) {
        arena_close(a);
        return false;
    }
    const Reading *r = &post->form->reading;
    job.columns = json_write(a, columns_write(a, r->columns, r->column_count));
    if (post->key.len) {
        hash_short(str_join(a, (Str[]){ S("key\n"), post->key }, 2), job.key);
        job.check = hash_quick(post->body);
    } else if (post->form->keyed) {
        job.row_keys = arena_raw(a, (post->post->row_count + 1) * sizeof *job.row_keys);
        for (size_t i = 0; i < post->post->row_count; i++) {
            Str row = post_row_bytes(post->post->rows[i].text);
            row.len -= row.len > 0; /* its line end */
            row_key(row, job.row_keys[i]);
        }
    }
    job_wait(box, &job);
    arena_close(a);
    if (job.ok) *out = job.answer;
    else if (err) *err = job.err;
    return job.ok;
}

/* ---- the next batch, and the end of the first ---- */

bool box_turn(Box *box, Err *err)
{
    const Batch *last = box_last(box);
    if (!journal_count(last->journal)) return true;
    if (fault_hits(FAULT_INBOX_NEXT)) return fail_errno(err, "beginning the next posts of %s", box->folder);
    return batch_open(box, batch_end(last), err);
}

/* Files of what is known no longer. */
static void known_tidy(Arena *a, const Box *box)
{
    Str   *names;
    size_t n, kept = 0;
    if (!folder_list(a, box->folder, &names, &n, NULL)) return;
    for (size_t i = n; i-- > 0;)
        if (str_ends(names[i], S(KNOWN_END)) && ++kept > INBOX_KNOWN)
            unlink(path_join(a, str_of(box->folder), names[i]).at);
}

bool box_drop(Box *box, Err *err)
{
    Arena *a = arena_open(0);
    Batch *b = box->batches;
    /* What is known of it outlives it. Its name changes first, so that half a folder is never taken for a journal. */
    const char *gone = str_format(a, "%s/" GONE "%020" PRIu64, box->folder, b->first).at;
    bool        ok = known_save(&b->known, known_path(a, box, batch_end(b)), err);
    if (ok && (fault_hits(FAULT_INBOX_DROP) || rename(b->folder, gone) != 0))
        ok = fail_errno(err, "removing %s", b->folder);
    if (ok) {
        Err why = { 0 };
        known_free(&box->known[INBOX_KNOWN - 1]);
        memmove(box->known + 1, box->known, (INBOX_KNOWN - 1) * sizeof *box->known);
        box->known[0] = b->known;
        b->known = (Known){ 0 };
        pthread_mutex_lock(&box->lock);
        box->batches = b->next;
        pthread_mutex_unlock(&box->lock);
        batch_close(b);
        known_tidy(a, box);
        if (!folder_sync(box->folder, &why) || !folder_drop(a, gone, &why))
            diag(DIAG_WARN, "inbox what=\"%s\"", why.text);
    }
    arena_close(a);
    return ok;
}

/* ---- what waits ---- */

uint64_t inbox_posted(const Json *doc)
{
    const Json *parts = json_get(doc, "parts");
    int64_t     most = 0;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        int64_t posted = json_get_integer(json_array_get(parts, i), "posted", 0);
        if (posted > most) most = posted;
    }
    return (uint64_t)most;
}

void inbox_waiting(Inbox *inbox, Str dataset, const Json *doc, uint64_t *rows, int64_t *newest_ms)
{
    Box     *box = inbox_box(inbox, dataset);
    uint64_t posted = inbox_posted(doc);
    *rows = 0;
    *newest_ms = 0;
    if (!box) return;
    pthread_mutex_lock(&box->lock);
    for (const Batch *b = box->batches; b; b = b->next)
        if (b->first >= posted) *rows += b->rows;
    *newest_ms = box->newest_ms;
    pthread_mutex_unlock(&box->lock);
}

/* ---- checking ---- */

typedef struct {
    const char *folder;
    uint64_t    posts;
} Checking;

static bool frame_check(void *with, const JournalItem *item, Err *err)
{
    Checking  *w = with;
    InboxFrame f;
    if (item->seal || item->damaged) return true;
    w->posts++;
    return inbox_frame_read(item->bytes, &f, err) || fail_in(err, "%s: byte %" PRIu64, item->file, item->offset);
}

bool inbox_verify(const char *node_folder, uint64_t *posts, Err *err)
{
    Arena   *a = arena_open(0);
    Checking w = { 0 };
    Str      inbox = path_join(a, str_of(node_folder), S("inbox")), *boxes, *names;
    size_t   n = 0, m;
    uint64_t first;
    bool     ok = !path_exists(inbox.at) || folder_list(a, inbox.at, &boxes, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        Str box = path_join(a, inbox, boxes[i]);
        ok = folder_list(a, box.at, &names, &m, err);
        for (size_t k = 0; ok && k < m; k++) {
            if (!number_read(names[k], &first)) continue;
            w.folder = path_join(a, box, names[k]).at;
            ok = journal_walk(w.folder, frame_check, &w, err) || !path_exists(w.folder); /* gathered meanwhile */
        }
    }
    arena_close(a);
    *posts = w.posts;
    return ok;
}
