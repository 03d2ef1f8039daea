/* See inbox.h. Who posts while nobody appends becomes the leader: appends what waits, its own among it, with one
   sync, and lets the next lead. */
#include "data/inbox/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/time.h"

#define GROUP_BYTES ((size_t)32 << 20)
#define GROUP_POSTS 4096
#define WAIT_SHARE  2    /* wait for others at most this part of a sync … */
#define WAIT_MAX_US 5000 /* … and never longer than this */

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
    if (!box && !inbox_box_start(inbox, post->dataset, &box, err)) {
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
            hash_short(row, job.row_keys[i]);
        }
    }
    job_wait(box, &job);
    arena_close(a);
    if (job.ok) *out = job.answer;
    else if (err) *err = job.err;
    return job.ok;
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
