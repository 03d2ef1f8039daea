/* See gather.h. For one dataset: close its journal, write its rows as one part and flag them, merge what is due, list
   the part in a new version; later drop the journal, when nobody can hold the version before. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/time.h"
#include "data/inbox/gather_inside.h"
#include "data/generalised.h"

#define TURN_MS  1000
#define AGAIN_MS 60000  /* after a failure */
#define GRACE_MS 120000 /* a request holds a version of the record no longer before it asks for its rows */
#define TIDY_MS  600000

/* ---- the record ---- */

/* `*waits`: it is withdrawn, or not there for now, or a draft stands before its published face. */
static bool head_read(GatherWork *w, bool *waits, Err *err)
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

/* Each set of columns that its posts were read by, in the order of the posts. */
static bool columns_all(GatherWork *w, Str **out, size_t *n, Err *err)
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

static bool rolls_take(GatherWork *w, Err *err)
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
static bool version_make(GatherWork *w, Err *err)
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

static bool parts_make(GatherWork *w, Err *err)
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
    for (size_t i = 0; ok && i < n; i++) ok = gather_part(w, columns[i], i + 1 == n, err);
    pthread_mutex_lock(&w->g->lock);
    w->g->run = NULL;
    pthread_mutex_unlock(&w->g->lock);
    duck_run_close(w->run);
    return ok;
}

static bool dataset_gather(GatherWork *w, Err *err)
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
static bool batches_drop(GatherWork *w, uint64_t posted, Err *err)
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

static bool is_due(const GatherWork *w, bool all)
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
    GatherWork w = { .g = g, .box = box, .a = arena_open((size_t)1 << 40) };
    bool       waits = false;
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
        why = (Err){ 0 };
        if (!generalised_tidy(g->inbox->data, time_now_ms(), &why))
            diag(DIAG_WARN, "generalised parts what=\"%s\"", why.text);
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
