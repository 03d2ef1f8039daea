/* See intake.h. Jobs are a list under one lock; while a thread works on one, it alone touches its options and its
   files, and what others see of it (`told`, texts of JSON) is changed under the lock. */
#include "web/intake_inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hash.h"
#include "base/time.h"

static const int64_t MAX_BYTES = (int64_t)4 << 30, HOURS = 24, HOURS_MAX = 24 * 30;
static const int     SWEEP_SECONDS = 30;
/* What an import writes beside the file (its rows as text and as parts), and what the log needs to go on. */
static const uint64_t SPARE_BYTES = (uint64_t)64 << 20;

/* ---- limits ---- */

const char *intake_folder(const Intake *in)
{
    return data_parts(in->data);
}

uint64_t intake_max_bytes(const Intake *in)
{
    return in->max_bytes;
}

int64_t intake_hours(const Intake *in)
{
    return in->hours;
}

bool intake_too_big(const Intake *in, Err *err)
{
    return fail(err, ERR_TOO_BIG,
                "this is over %llu bytes, the node's setting import_max_bytes; send fewer rows at a time, or have "
                "its operator import the file with banyan import",
                (unsigned long long)in->max_bytes);
}

bool job_is_over(const Job *job)
{
    return job->state == JOB_DONE;
}

static uint64_t job_bytes(const Job *job)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < job->file_count; i++)
        if (job->files[i].sent.path.len || (job->archive.len && i < job->at)) bytes += job->files[i].sent.bytes;
    return bytes;
}

static bool disk_has(const Intake *in, uint64_t bytes, Err *err)
{
    struct statvfs disk;
    if (statvfs(intake_folder(in), &disk) != 0 && statvfs(node_folder(data_node(in->data)), &disk) != 0)
        return fail_errno(err, "asking for the free space of %s", intake_folder(in));
    uint64_t there = (uint64_t)disk.f_bavail * disk.f_frsize;
    return there > SPARE_BYTES + 2 * bytes ||
           fail(err, ERR_DISK_FULL, "%llu bytes are free, too few for %llu more and their import",
                (unsigned long long)there, (unsigned long long)bytes);
}

bool intake_place_take(Intake *in, Str person, uint64_t bytes, IntakePlace **out, Err *err)
{
    int      own = 0, all = 0;
    uint64_t waiting = bytes;
    if (bytes > in->max_bytes + ((uint64_t)1 << 20)) return intake_too_big(in, err);
    if (person.len >= sizeof(*out)->person) return fail(err, ERR_INTERNAL, "the id of a person is too long");
    pthread_mutex_lock(&in->lock);
    for (const IntakePlace *p = in->places; p; p = p->next) {
        own += str_eq_z(person, p->person);
        waiting += p->bytes;
        all++;
    }
    for (const Job *job = in->jobs; job; job = job->next) {
        waiting += job_bytes(job);
        own += !job_is_over(job) && str_eq(job->who.person, person);
        all += !job_is_over(job);
    }
    bool ok = own < INTAKE_OWN_MAX ||
              fail(err, ERR_TOO_MANY, "%d imports of yours are under way; decide on one, or wait",
                   INTAKE_OWN_MAX);
    ok = ok && ((all < INTAKE_MAX && waiting <= 4 * in->max_bytes) ||
                fail(err, ERR_TOO_MANY, "too much waits to be imported; try again later"));
    ok = ok && disk_has(in, waiting, err);
    if (ok) {
        IntakePlace *place = calloc(1, sizeof *place);
        if (!place) memory_end(sizeof *place);
        memcpy(place->person, person.at, person.len);
        place->bytes = bytes;
        place->next = in->places;
        in->places = place;
        *out = place;
    }
    pthread_mutex_unlock(&in->lock);
    return ok;
}

void intake_place_leave(Intake *in, IntakePlace *place)
{
    if (!place) return;
    pthread_mutex_lock(&in->lock);
    for (IntakePlace **at = &in->places; *at; at = &(*at)->next) {
        if (*at != place) continue;
        *at = place->next;
        break;
    }
    pthread_mutex_unlock(&in->lock);
    free(place);
}

/* ---- jobs ---- */

static void file_drop(JobFile *file)
{
    if (file->sent.path.len) unlink(file->sent.path.at);
    file->sent.path = STR_NONE;
}

static void archive_drop(Job *job)
{
    if (job->archive.len) unlink(job->archive.at);
    job->archive = STR_NONE;
}

static void job_free(Job *job)
{
    for (size_t i = 0; i < job->file_count; i++) file_drop(&job->files[i]);
    archive_drop(job);
    import_watch_close(job->watch);
    arena_close(job->wished);
    arena_close(job->looked);
    arena_close(job->arena);
}

/* What was wished, in an arena of its own that replaces the one before. */
static void wish_take(Job *job, const Reader *who, const IntakeWish *wish)
{
    Arena *a = arena_open(0);
    job->who = reader_copy(a, who);
    job->options = (ImportOptions){ .who = &job->who,
                                    .dataset = str_copy(a, wish->dataset),
                                    .sheet = str_copy(a, wish->sheet),
                                    .encoding = str_copy(a, wish->encoding),
                                    .title = str_copy(a, wish->title),
                                    .owner = str_copy(a, wish->owner),
                                    .audience = str_copy(a, wish->audience),
                                    .mends = str_copy(a, wish->mends),
                                    .state = wish->state,
                                    .watch = job->watch };
    job->all_tables = wish->all_tables;
    if (wish->columns) job->options.columns = json_copy_deep(a, wish->columns);
    job->typed = wish->typed ? json_write(a, wish->typed) : STR_NONE;
    arena_close(job->wished);
    job->wished = a;
}

/* Under the lock. */
static void job_queue(Intake *in, Job *job, JobState state)
{
    job->state = state;
    job->queued = true;
    job->changed_ms = time_now_ms();
    pthread_cond_signal(&in->changed);
}

bool intake_add(Intake *in, const Reader *who, const IntakeWish *wish, IntakeLook look, SentFile *files, size_t n,
                Str *id, Err *err)
{
    unsigned char random[12];
    if (!n) return fail(err, ERR_INVALID, "no file was sent");
    Arena *a = arena_open(0);
    Job   *job = NEW(a, Job);
    job->arena = a;
    random_bytes(random, sizeof random);
    job->id = hex_make(a, random, sizeof random);
    job->watch = import_watch_open();
    job->files = NEW_ARRAY(a, JobFile, n);
    job->file_count = n;
    for (size_t i = 0; i < n; i++) {
        job->files[i].sent = (SentFile){ str_copy(a, files[i].name), str_copy(a, files[i].path), files[i].bytes };
        files[i].path = STR_NONE;
    }
    wish_take(job, who, wish);
    *id = str_copy(a, job->id);
    pthread_mutex_lock(&in->lock);
    Job **last = &in->jobs;
    while (*last) last = &(*last)->next;
    *last = job;
    job_queue(in, job, look == LOOK_ALWAYS ? JOB_LOOKING : JOB_IMPORTING);
    pthread_mutex_unlock(&in->lock);
    return true;
}

/* Under the lock; NULL when it is not this person's. */
Job *job_find(Intake *in, Str person, Str id)
{
    for (Job *job = in->jobs; job; job = job->next)
        if (str_eq(job->id, id) && str_eq(job->who.person, person) && !job->dropped) return job;
    return NULL;
}

bool intake_decide(Intake *in, const Reader *who, Str id, IntakeDecision what, const IntakeWish *wish, Err *err)
{
    pthread_mutex_lock(&in->lock);
    Job *job = job_find(in, who->person, id);
    bool ok = job || fail(err, ERR_NOT_FOUND, "no such import");
    if (ok && what == DECIDE_DROP) {
        if (job->running) import_watch_stop(job->watch);
        job->dropped = true;
        pthread_cond_signal(&in->changed);
    } else if (ok && job->state != JOB_WAITING) {
        ok = fail(err, ERR_CONFLICT, "this import does not wait for a decision");
    } else if (ok) {
        wish_take(job, who, wish);
        job_queue(in, job, what == DECIDE_LOOK ? JOB_LOOKING : JOB_IMPORTING);
    }
    pthread_mutex_unlock(&in->lock);
    return ok;
}

/* ---- the work, on a thread of the intake ---- */

static Json *outcome_value(Arena *a, const Imported *done, bool look)
{
    Json *out = json_object_make(a);
    json_put_bool(out, "unchanged", done->unchanged);
    json_put_text_if(out, "same_as", done->same_as);
    json_put_integer(out, "rows", (int64_t)done->rows);
    json_put_integer(out, "aside", (int64_t)done->aside);
    if (!done->unchanged) json_put_integer(out, "flagged", (int64_t)done->flagged);
    if (look) {
        json_put_value(out, "columns", done->columns);
    } else {
        json_put_bool(out, "replaced", done->replaced);
        json_put_text_if(out, "aside_sha256", done->aside_file);
        json_put_integer(out, "version", done->record.version);
    }
    json_put_value(out, "report", done->report);
    return out;
}

/* Called and left under the lock, which is open while the file is read: what becomes of the job and that nobody
   works on it any longer are then one step for everybody else. So are imports. */
static void look_at(Intake *in, Job *job)
{
    pthread_mutex_unlock(&in->lock);
    Arena        *a = arena_open(0), *kept = arena_open(0);
    ImportOptions options = job->options;
    Imported      done;
    Err           err = { 0 };
    options.only_look = true;
    options.name = job->files[0].sent.name;
    bool ok = import_file(in->data, a, job->files[0].sent.path.at, &options, NULL, NULL, &done, &err);
    Str  look = ok ? str_copy(kept, json_write(a, outcome_value(a, &done, true))) : STR_NONE;
    arena_close(a);
    pthread_mutex_lock(&in->lock);
    job->look_err = err;
    if (ok) {
        arena_close(job->looked);
        job->looked = kept;
        job->look = look;
    }
    /* A look that fails for other columns than before leaves the one before, to be corrected again. */
    job->state = ok || job->look.len ? JOB_WAITING : JOB_DONE;
    if (!ok && !job->look.len) {
        job->files[0].failed = true;
        job->files[0].err = err;
    }
    if (!ok) arena_close(kept);
}

/* The tables of a file that has several, behind it in the list of the job's files. Under the lock. */
static void tables_add(Job *job, const Imported *done)
{
    size_t   n = done->other_count, here = job->at + 1;
    JobFile *file = &job->files[job->at], *files = NEW_ARRAY(job->arena, JobFile, job->file_count + n);
    if (!job->all_tables || !n || file->table.len) return;
    job->archive = file->sent.path;
    file->sent.path = STR_NONE;
    job->core = (Imported){ .id_column = str_copy(job->arena, done->id_column) };
    job->core.record = (Record){ .id = str_copy(job->arena, done->record.id),
                                 .slug = str_copy(job->arena, done->record.slug),
                                 .owner = str_copy(job->arena, done->record.owner),
                                 .audience = str_copy(job->arena, done->record.audience),
                                 .state = done->record.state,
                                 .doc = json_copy_deep(job->arena, done->record.doc) };
    memcpy(files, job->files, here * sizeof *files);
    memcpy(files + here + n, job->files + here, (job->file_count - here) * sizeof *files);
    for (size_t i = 0; i < n; i++) {
        Str table = str_copy(job->arena, done->others[i]);
        Str name = str_format(job->arena, "%.*s, %.*s", STR_ARG(file->sent.name), STR_ARG(table));
        files[here + i] = (JobFile){ .sent = { .name = name }, .table = table, .from = file->sent.name };
    }
    job->files = files;
    job->file_count += n;
}

static void import_next(Intake *in, Job *job)
{
    pthread_mutex_unlock(&in->lock);
    JobFile      *file = &job->files[job->at];
    Arena        *a = arena_open(0);
    ImportOptions options = job->options;
    Imported      done = { 0 };
    Err           err = { 0 };
    options.all_tables = job->all_tables;
    if (job->at) options.sheet = STR_NONE;
    if (file->table.len) options = import_other(a, &options, &job->core, file->table);
    options.name = file->table.len ? file->from : file->sent.name;
    const char *path = file->table.len ? job->archive.at : file->sent.path.at;
    bool        ok = import_file(in->data, a, path, &options, NULL, NULL, &done, &err);
    if (!ok) diag(DIAG_INFO, "import what=%s: %s", err_name(err.code), err.text);
    pthread_mutex_lock(&in->lock);
    job->look_err = err;
    if (!ok && job->at == 0 && job->look.len && !job->dropped && !in->ending) {
        job->state = JOB_WAITING;
        arena_close(a);
        return;
    }
    file->done = ok;
    file->failed = !ok;
    file->err = err;
    if (ok) {
        file->told = str_copy(job->arena, json_write(a, outcome_value(a, &done, false)));
        if (file->table.len) file->dataset = str_copy(job->arena, options.dataset);
        tables_add(job, &done);
        file = &job->files[job->at];
    }
    if (ok && !file->table.len) {
        job->options.dataset = str_copy(job->wished, done.record.slug.len ? done.record.slug : done.record.id);
        job->options.columns = NULL;
    }
    file_drop(file);
    if (++job->at == job->file_count) job->state = JOB_DONE;
    if (job->at == job->file_count || !job->files[job->at].table.len) archive_drop(job);
    arena_close(a);
}

/* Under the lock. */
static void job_work(Intake *in, Job *job)
{
    if (job->state == JOB_LOOKING) {
        look_at(in, job);
        return;
    }
    while (job->state == JOB_IMPORTING && !job->dropped && !in->ending) import_next(in, job);
}

/* ---- the threads ---- */

/* Under the lock: jobs that are given up, or whose time is over, and the oldest of too many that are done. */
static void sweep(Intake *in)
{
    int64_t before_ms = time_now_ms() - in->hours * 3600 * 1000;
    int     over = 0;
    for (const Job *job = in->jobs; job; job = job->next) over += job_is_over(job);
    for (Job **at = &in->jobs; *at;) {
        Job *job = *at;
        bool idle = !job->running && !job->queued;
        bool gone = job->dropped && !job->running;
        if (idle && (job->changed_ms < before_ms || (job_is_over(job) && over > INTAKE_DONE_MAX))) gone = true;
        if (!gone) {
            at = &job->next;
            continue;
        }
        over -= job_is_over(job);
        *at = job->next;
        job_free(job);
    }
}

static Job *next_queued(Intake *in)
{
    for (Job *job = in->jobs; job; job = job->next)
        if (job->queued && !job->dropped) return job;
    return NULL;
}

static void wait_a_while(Intake *in)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SWEEP_SECONDS;
    pthread_cond_timedwait(&in->changed, &in->lock, &until);
}

static void *work(void *given)
{
    Intake *in = given;
    pthread_mutex_lock(&in->lock);
    while (!in->ending) {
        sweep(in);
        Job *job = next_queued(in);
        if (!job) {
            wait_a_while(in);
            continue;
        }
        job->queued = false;
        job->running = true;
        job_work(in, job);
        job->running = false;
        job->changed_ms = time_now_ms();
    }
    pthread_mutex_unlock(&in->lock);
    return NULL;
}

bool intake_open(Node *node, Data *data, Intake **out, Err *err)
{
    const Json *settings = node_settings(node);
    Intake     *in = calloc(1, sizeof *in);
    if (!in) memory_end(sizeof *in);
    int64_t max = json_get_integer(settings, "import_max_bytes", MAX_BYTES);
    in->data = data;
    in->max_bytes = (uint64_t)(max > 0 ? max : MAX_BYTES);
    in->hours = json_get_integer(settings, "import_hours", HOURS);
    if (in->hours < 1 || in->hours > HOURS_MAX) in->hours = HOURS;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&in->changed, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&in->lock, NULL);
    while (in->thread_count < INTAKE_THREADS &&
           pthread_create(&in->threads[in->thread_count], NULL, work, in) == 0)
        in->thread_count++;
    if (!in->thread_count) {
        intake_close(in);
        return fail(err, ERR_STORE, "no thread can be started for imports");
    }
    *out = in;
    return true;
}

void intake_end(Intake *in)
{
    pthread_mutex_lock(&in->lock);
    in->ending = true;
    for (Job *job = in->jobs; job; job = job->next)
        if (job->running) import_watch_stop(job->watch);
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

void intake_close(Intake *in)
{
    if (!in) return;
    intake_end(in);
    for (int i = 0; i < in->thread_count; i++) pthread_join(in->threads[i], NULL);
    for (Job *job = in->jobs, *next; job; job = next) {
        next = job->next;
        job_free(job);
    }
    for (IntakePlace *place = in->places, *next; place; place = next) {
        next = place->next;
        free(place);
    }
    pthread_mutex_destroy(&in->lock);
    pthread_cond_destroy(&in->changed);
    free(in);
}
