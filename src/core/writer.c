/* The one thread that writes. It gathers all who wait into a group: one append, one sync, one change of
   the projections, then all are answered. While a second thread brings the group to the disk, the projections
   are finished and the first makes rows of them; they are committed when it is there. Each who waits finishes its
   own, unless the disk is slow: then the first does it for all, so that the processors prepare those who are still
   to come, and no thread is woken for it. */
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/time.h"
#include "core/inside.h"
#include "text/fold.h"

#define GROUP_MAX         512  /* writes; a job is never split */
#define WAIT_SHARE        2    /* gather for at most this part of a sync … */
#define WAIT_MAX_US       5000 /* … and never longer than this */
#define PROJECTION_US     100  /* twice what that of a record of 1 KB takes */
#define CHECKPOINT_WRITES 1000 /* entries between checkpoints of node.db */
#define NOBODY            SIZE_MAX

typedef struct Job   Job;
typedef struct Group Group;
struct Job {
    Job   *next;
    Write *writes;
    size_t n;
    void (*meanwhile)(void *with);
    void    *with;
    bool     ok, load;
    bool     left;     /* to the writer: its projections; then only it looks at the next two */
    bool     finished; /* they are; those of a load from the start */
    Group   *group;    /* that waits for them */
    uint64_t changes;  /* of a load: how many changes there had been when it was prepared */
    Err      err;
    sem_t    answered;
};

struct Group {
    Arena      *arena;
    Job        *jobs;
    Write     **writes;
    Str        *entries;
    Projection *projections;
    LogSpot    *spots;
    size_t      n;
    size_t      unfinished; /* jobs */
    LogGroup   *log_group;
    bool        synced;
    Err         sync_err;
};

struct Writer {
    Node                 *node;
    pthread_t             thread;
    pthread_mutex_t       lock; /* of the queue, and of what is finished */
    pthread_cond_t        arrived;
    Job                  *first, *last;
    size_t                waiting; /* jobs in the queue */
    size_t                wanted;  /* with this many the thread wants to be woken; NOBODY: it is at work */
    bool                  closing;
    bool                  slow;    /* the disk, of late, next to the projections of those who came together */
    atomic_uint_least64_t changes; /* jobs that were no loads */

    /* The thread's own. */
    size_t   expected;  /* jobs that may come together */
    int64_t  sync_us;   /* of late */
    uint64_t unchecked; /* entries since the last checkpoint of node.db */

    pthread_t sync_thread;
    sem_t     sync_wanted, sync_done, all_finished;
    Group    *syncing; /* NULL when wanted: end */
};

static void semaphore_wait(sem_t *s)
{
    while (sem_wait(s) != 0) continue; /* a signal came */
}

/* ---- the queue ---- */

static Job *take_first(Writer *w)
{
    Job *job = w->first;
    w->first = job->next;
    if (!w->first) w->last = NULL;
    w->waiting--;
    job->next = NULL;
    return job;
}

/* Jobs that changed the same record or claim the same name cannot share a group: the second must see
   what the first did. */
static bool jobs_clash(const Job *x, const Job *y)
{
    if (x->load || y->load) return true;
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < y->n; j++) {
            const Projection *p = &x->writes[i].projection, *q = &y->writes[j].projection;
            if (str_eq(p->envelope.id, q->envelope.id)) return true;
            if (!str_eq(p->envelope.kind, q->envelope.kind)) continue;
            if (str_eq(p->envelope.slug, q->envelope.slug)) return true;
            if (p->key_name.len && str_eq(p->key_name, q->key_name)) return true;
        }
    return false;
}

/* The jobs of the next group, in their order; those that clash stay in the queue. */
static Job *take_group(Writer *w, size_t *writes)
{
    Job *group = take_first(w), *last = group, *left = NULL, *left_last = NULL;
    *writes = group->n;
    while (w->first) {
        Job *job = take_first(w);
        bool clash = *writes + job->n > GROUP_MAX;
        for (Job *other = group; other && !clash; other = other->next) clash = jobs_clash(job, other);
        if (!clash) {
            last = last->next = job;
            *writes += job->n;
        } else {
            if (left_last)
                left_last->next = job;
            else
                left = job;
            left_last = job;
        }
    }
    w->first = left;
    w->last = left_last;
    for (; left; left = left->next) w->waiting++;
    return group;
}

static void wait_until(Writer *w, int64_t monotonic_us)
{
    struct timespec at = { .tv_sec = monotonic_us / 1000000, .tv_nsec = monotonic_us % 1000000 * 1000 };
    pthread_cond_timedwait(&w->arrived, &w->lock, &at);
}

/* Those who were answered a moment ago are likely to come back: waiting for them a little lets all
   share one sync. A client that is alone never waits. When some stay away the group is smaller, and the
   next does not wait for them. */
static void gather(Writer *w)
{
    int64_t wait_us = w->sync_us / WAIT_SHARE < WAIT_MAX_US ? w->sync_us / WAIT_SHARE : WAIT_MAX_US;
    int64_t until = time_monotonic_us() + wait_us;
    w->wanted = w->expected;
    while (w->waiting < w->expected && !w->closing && time_monotonic_us() < until) wait_until(w, until);
    w->wanted = NOBODY;
}

/* The job is its owner's again from here on. */
static void answer(Job *job, bool ok, const Err *err)
{
    job->ok = ok;
    if (!ok) job->err = *err;
    sem_post(&job->answered);
}

/* ---- a group ---- */

/* Whether what the write was prepared from still holds. */
static bool check_write(Node *node, Arena *a, Write *write, Err *err)
{
    RecordRow       row;
    Err             why = { 0 };
    const Envelope *e = &write->projection.envelope;
    if (!rows_record(node->db, a, e->id, &row, &why)) {
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        row.head = 0;
    }
    bool is_free = true;
    if (write->slug_new && !name_is_free(node->db, a, e->kind, e->slug, e->id, &is_free, err)) return false;
    write->stale = row.head != write->head || !is_free;
    if (!write->stale && write->projection.key_name.len) {
        if (!name_is_free(node->db, a, e->kind, write->projection.key_name, e->id, &is_free, err)) return false;
        write->stale = !is_free;
    }
    return true;
}

static bool make_group(Writer *w, Job *jobs, size_t most, Group *g, Err *err)
{
    Arena  *a = g->arena;
    int64_t now = time_now_ms();
    g->writes = NEW_ARRAY(a, Write *, most);
    g->entries = NEW_ARRAY(a, Str, most);
    g->projections = NEW_ARRAY(a, Projection, most);
    g->spots = NEW_ARRAY(a, LogSpot, most);
    uint64_t seen = atomic_load(&w->node->applied);
    /* Times never run backwards in a log, whatever the clock does. */
    if (now < w->node->last_time_ms) now = w->node->last_time_ms;
    for (Job *job = jobs; job; job = job->next) {
        bool sure = job->load && job->changes == atomic_load(&w->changes);
        if (!job->load) atomic_fetch_add(&w->changes, 1);
        for (size_t i = 0; i < job->n; i++) {
            Write *write = &job->writes[i];
            bool   same = write->seen == seen;
            if (!sure && !same && !check_write(w->node, a, write, err)) return false;
            if (write->stale) continue;
            write->projection.envelope.time_ms = now;
            g->entries[g->n] = entry_write(a, &write->projection.envelope, write->body);
            g->writes[g->n++] = write;
        }
    }
    return true;
}

/* Into the file; what the entries' places in the log will be is known then. */
static bool write_to_log(Writer *w, Group *g, Err *err)
{
    if (!log_write(w->node->log, g->arena, g->entries, g->n, g->spots, &g->log_group, err)) return false;
    for (size_t i = 0; i < g->n; i++) {
        g->writes[i]->index = g->spots[i].index;
        g->writes[i]->leaf = g->spots[i].leaf;
    }
    for (Job *job = g->jobs; job; job = job->next) /* the others read it while they finish their projections */
        for (size_t i = 0; i < job->n && job->left; i++) job->writes[i].placed = !job->writes[i].stale;
    return true;
}

static void sync_group(Writer *w, Group *g)
{
    int64_t start = time_monotonic_us();
    g->synced = log_sync(w->node->log, g->log_group, &g->sync_err);
    int64_t took = time_monotonic_us() - start;
    w->sync_us = w->sync_us ? (3 * w->sync_us + took) / 4 : took;
}

static void *run_syncs(void *with)
{
    Writer *w = with;
    for (;;) {
        semaphore_wait(&w->sync_wanted);
        if (!w->syncing) return NULL;
        sync_group(w, w->syncing);
        sem_post(&w->sync_done);
    }
}

static void finish(Writer *w, Job *job)
{
    pthread_mutex_lock(&w->lock);
    job->finished = true;
    if (job->group && --job->group->unfinished == 0) sem_post(&w->all_finished);
    pthread_mutex_unlock(&w->lock);
}

static void await_projections(Writer *w, Group *g)
{
    for (Job *job = g->jobs; job; job = job->next)
        if (job->left) job->meanwhile(job->with);
    pthread_mutex_lock(&w->lock);
    for (Job *job = g->jobs; job; job = job->next) {
        if (job->finished || job->left) continue;
        job->group = g;
        g->unfinished++;
    }
    bool waits = g->unfinished > 0;
    pthread_mutex_unlock(&w->lock);
    if (waits) semaphore_wait(&w->all_finished);
    for (size_t i = 0; i < g->n; i++) g->projections[i] = g->writes[i]->projection;
}

/* Once it is in the log the group is durable, whatever becomes of the projections. */
static bool log_and_apply(Writer *w, Group *g, Err *err)
{
    Node     *node = w->node;
    Applying *begun;
    Err       why = { 0 };
    if (!write_to_log(w, g, err)) return false;
    w->syncing = g;
    sem_post(&w->sync_wanted);
    await_projections(w, g);
    bool applied = node_apply_begin(node, g->arena, g->projections, g->n, &begun, &why);
    semaphore_wait(&w->sync_done);
    if (!g->synced) {
        if (applied) node_apply_drop(begun);
        *err = g->sync_err;
        return false;
    }
    if (applied && node_apply_end(begun, &why)) return true;
    diag(DIAG_WARN, "projections what=\"%s\" then=\"once more\"", why.text);
    if (node_apply(node, g->arena, g->projections, g->n, err)) return true;
    node->behind = true;
    return fail_in(err, "the change is safe in the log, but lists and pages could not take it in; the node "
                        "takes no more changes until they can (banyan rebuild makes them anew)");
}

static bool write_group(Writer *w, Job *jobs, size_t most, Arena *a, Err *err)
{
    Node *node = w->node;
    Group g = { .arena = a, .jobs = jobs };
    if (node->behind && !node_catch_up(node, log_size(node->log), NULL, NULL, err))
        return fail_in(err, "the node takes no changes until its projections hold what is in the log (banyan rebuild)");
    node->behind = false;
    if (!make_group(w, jobs, most, &g, err)) return false;
    if (g.n == 0) return true;
    w->unchecked += g.n;
    return log_and_apply(w, &g, err);
}

/* What can wait until the writers have their answer. */
static void tidy(Writer *w)
{
    Err err = { 0 };
    if (w->node->behind) return;
    if (!node_keep(w->node, false, &err)) diag(DIAG_WARN, "keep what=\"%s\"", err.text);
    if (w->unchecked < CHECKPOINT_WRITES) return;
    w->unchecked = 0;
    if (!db_checkpoint(w->node->db, &err)) diag(DIAG_WARN, "checkpoint what=\"%s\"", err.text);
}

static void *run(void *with)
{
    Writer *w = with;
    fold_start(); /* so that the first change does not wait for it */
    for (;;) {
        pthread_mutex_lock(&w->lock);
        w->wanted = 1;
        while (!w->first && !w->closing) pthread_cond_wait(&w->arrived, &w->lock);
        if (!w->first) break;
        gather(w);
        size_t writes, jobs = 0;
        Job   *group = take_group(w, &writes);
        pthread_mutex_unlock(&w->lock);

        Err    err = { 0 };
        Arena *a = arena_open((size_t)1 << 40);
        bool   ok = write_group(w, group, writes, a, &err);
        arena_close(a);
        pthread_mutex_lock(&w->lock);
        for (Job *job = group; job; job = job->next) jobs++;
        w->expected = jobs + w->waiting;
        w->slow = w->sync_us > (int64_t)w->expected * PROJECTION_US;
        pthread_mutex_unlock(&w->lock);
        for (Job *job = group, *next; job; job = next) {
            next = job->next;
            answer(job, ok, &err);
        }
        tidy(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void end_syncs(Writer *w)
{
    w->syncing = NULL;
    sem_post(&w->sync_wanted);
    pthread_join(w->sync_thread, NULL);
}

static bool start_threads(Writer *w)
{
    if (pthread_create(&w->sync_thread, NULL, run_syncs, w) != 0) return false;
    if (pthread_create(&w->thread, NULL, run, w) == 0) return true;
    end_syncs(w);
    return false;
}

bool writer_open(Node *node, Writer **out, Err *err)
{
    Writer            *w = calloc(1, sizeof *w);
    pthread_condattr_t monotonic;
    if (!w) memory_end(sizeof *w);
    w->node = node;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->arrived, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sem_init(&w->sync_wanted, 0, 0);
    sem_init(&w->sync_done, 0, 0);
    sem_init(&w->all_finished, 0, 0);
    if (!start_threads(w)) {
        free(w);
        return fail(err, ERR_INTERNAL, "no threads for writing");
    }
    *out = w;
    return true;
}

void writer_close(Writer *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->arrived);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    end_syncs(w);
    sem_destroy(&w->sync_wanted);
    sem_destroy(&w->sync_done);
    sem_destroy(&w->all_finished);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->arrived);
    free(w);
}

static bool queue(Writer *w, Job *job, Err *err)
{
    if (!w) return fail(err, ERR_STORE, "this node was opened read-only");
    sem_init(&job->answered, 0, 0);
    pthread_mutex_lock(&w->lock);
    job->finished = !job->meanwhile;
    job->left = job->meanwhile && w->slow;
    if (w->last)
        w->last->next = job;
    else
        w->first = job;
    w->last = job;
    if (++w->waiting >= w->wanted) pthread_cond_signal(&w->arrived);
    pthread_mutex_unlock(&w->lock);
    if (job->meanwhile && !job->left) {
        job->meanwhile(job->with);
        finish(w, job);
    }
    semaphore_wait(&job->answered);
    sem_destroy(&job->answered);
    if (!job->ok && err) *err = job->err;
    return job->ok;
}

bool writer_write(Writer *w, Write *writes, size_t n, void (*meanwhile)(void *with), void *with, Err *err)
{
    return queue(w, &(Job){ .writes = writes, .n = n, .meanwhile = meanwhile, .with = with }, err);
}

uint64_t writer_changes(Writer *w)
{
    return atomic_load(&w->changes);
}

bool writer_load(Writer *w, Write *writes, size_t n, uint64_t changes, Err *err)
{
    return queue(w, &(Job){ .writes = writes, .n = n, .load = true, .changes = changes }, err);
}
