/* See desk.h. A Stream is a question under way: its thread, whoever waits for it and the response each
   hold one use of it. Threads stay for the next question a while: with the last thread that used it the engine's
   allocator gives all its memory back, and taking it again costs a page of rows as much as reading them. */
#include "web/desk.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/thread.h"
#include "data/question_cost.h"

static const int64_t SECONDS = 30, SECONDS_MAX = 3600;
static const int64_t LOOK_MS = 500; /* at who asks, and for what the engine did not hear */
static const int64_t IDLE_MS = 20000;
static const size_t  BLOCK_BYTES = (size_t)64 << 10;

struct Desk {
    Data           *data;
    int64_t         seconds;
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    pthread_cond_t  handed; /* a question to the threads */
    int             running, running_long, waiting;
    int             threads, idle, ready_count;
    bool            ending;
    Stream         *first, *ready;           /* all; those that no thread has taken yet, the newest first */
    uint64_t        places[CONSOLE_AT_ONCE]; /* who has them; 0: free */
};

struct Stream {
    Desk                  *desk;
    Stream                *next, *next_ready; /* at the desk, under its lock */
    pthread_mutex_t        lock;
    pthread_cond_t         changed;
    int                    uses;
    DuckRun               *run; /* while it may be stopped */
    DeskWork               work;
    void                  *with;
    Arena                 *arena;
    int64_t                seconds; /* until the first bytes */
    DeskPlace              place;
    int                    peer;
    bool                   streams, done, ok, gone, late;
    Err                    err;
    struct MHD_Connection *connection;
    bool                   suspended;
    size_t                 at, len; /* in `bytes`, a ring */
    char                  *bytes;
};

static void clock_start(pthread_cond_t *changed)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(changed, &clock);
    pthread_condattr_destroy(&clock);
}

bool desk_open(Node *node, Desk **out, Err *err)
{
    Data *data;
    if (!data_open(node, &data, err)) return false;
    Desk *desk = calloc(1, sizeof *desk);
    if (!desk) memory_end(sizeof *desk);
    desk->data = data;
    desk->seconds = json_get_integer(node_settings(node), "data_seconds", SECONDS);
    if (desk->seconds < 1 || desk->seconds > SECONDS_MAX) desk->seconds = SECONDS;
    pthread_mutex_init(&desk->lock, NULL);
    clock_start(&desk->changed);
    clock_start(&desk->handed);
    *out = desk;
    return true;
}

Data *desk_data(Desk *desk)
{
    return desk->data;
}

static int cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

DeskPlace desk_place_of(const TableQuestion *question)
{
    return question_is_brief(question, cores()) ? DESK_OF_PAGE : DESK_OF_LONG;
}

bool desk_affords(const Desk *desk, const TableQuestion *question, Err *err)
{
    int64_t memory = json_get_integer(node_settings(data_node(desk->data)), "data_memory", 0);
    return question_afford(question, desk->seconds, memory > 0 ? (uint64_t)memory : DUCK_MEMORY_DEFAULT,
                           cores(), err);
}

bool desk_place_take(Desk *desk, uint64_t person, Err *err)
{
    uint64_t *place = NULL;
    int       own = 0;
    pthread_mutex_lock(&desk->lock);
    for (size_t i = 0; i < CONSOLE_AT_ONCE; i++) {
        own += desk->places[i] == person;
        if (!desk->places[i]) place = &desk->places[i];
    }
    if (place && own < CONSOLE_EACH && !desk->ending) *place = person;
    else place = NULL;
    pthread_mutex_unlock(&desk->lock);
    if (place) return true;
    if (own >= CONSOLE_EACH) return fail(err, ERR_BUSY, "%d questions of yours are worked on already", own);
    return fail(err, ERR_BUSY, "%d questions are worked on already; ask again in a moment", CONSOLE_AT_ONCE);
}

void desk_place_give(Desk *desk, uint64_t person)
{
    pthread_mutex_lock(&desk->lock);
    for (size_t i = 0; i < CONSOLE_AT_ONCE; i++) {
        if (desk->places[i] != person) continue;
        desk->places[i] = 0;
        break;
    }
    pthread_mutex_unlock(&desk->lock);
}

/* Under the stream's lock. */
static void let_go(Stream *s)
{
    s->gone = true;
    if (s->run) duck_stop(s->run);
    pthread_cond_broadcast(&s->changed);
}

void desk_end(Desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->ending = true;
    pthread_cond_broadcast(&desk->handed);
    for (Stream *s = desk->first; s; s = s->next) {
        pthread_mutex_lock(&s->lock);
        let_go(s);
        pthread_mutex_unlock(&s->lock);
    }
    pthread_mutex_unlock(&desk->lock);
}

void desk_close(Desk *desk)
{
    if (!desk) return;
    desk_end(desk);
    pthread_mutex_lock(&desk->lock);
    while (desk->running || desk->threads) pthread_cond_wait(&desk->changed, &desk->lock);
    pthread_mutex_unlock(&desk->lock);
    data_close(desk->data);
    pthread_mutex_destroy(&desk->lock);
    pthread_cond_destroy(&desk->changed);
    pthread_cond_destroy(&desk->handed);
    free(desk);
}

static void release(Stream *s)
{
    pthread_mutex_lock(&s->lock);
    bool last = --s->uses == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last) return;
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
    free(s->bytes);
    free(s);
}

/* Under the stream's lock: the reader goes on. */
static void wake(Stream *s)
{
    pthread_cond_broadcast(&s->changed);
    if (!s->suspended) return;
    s->suspended = false;
    MHD_resume_connection(s->connection);
}

static void leave(Stream *s)
{
    Desk *desk = s->desk;
    pthread_mutex_lock(&desk->lock);
    for (Stream **at = &desk->first; *at; at = &(*at)->next) {
        if (*at != s) continue;
        *at = s->next;
        break;
    }
    desk->running--;
    desk->running_long -= s->place == DESK_OF_LONG;
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->lock);
}

static struct timespec in_a_while(int64_t milliseconds)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += milliseconds % 1000 * 1000000;
    at.tv_sec += milliseconds / 1000 + at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static bool is_past(struct timespec at)
{
    struct timespec now = in_a_while(0);
    return now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec);
}

static void answer(Stream *s)
{
    Duck    *duck;
    DuckRun *run = NULL;
    Err      err = { 0 };
    bool     ok = data_engine(s->desk->data, &duck, &err) && duck_run_open(duck, &run, &err);
    pthread_mutex_lock(&s->lock);
    s->run = run;
    if (ok && s->gone) ok = fail(&err, ERR_BUSY, "stopped before it began");
    pthread_mutex_unlock(&s->lock);
    ok = ok && s->work(run, s->streams ? s : NULL, s->with, &err);
    pthread_mutex_lock(&s->lock);
    s->run = NULL;
    pthread_mutex_unlock(&s->lock);
    duck_run_close(run);
    if (s->arena) arena_close(s->arena);
    leave(s);
    pthread_mutex_lock(&s->lock);
    if (!ok && !s->gone) diag(DIAG_INFO, "question what=%s: %s", err_name(err.code), err.text);
    s->ok = ok;
    s->err = err;
    s->done = true;
    wake(s);
    pthread_mutex_unlock(&s->lock);
    release(s);
}

/* NULL: none came for a while, and the thread ends. */
static Stream *next_ready(Desk *desk)
{
    struct timespec until = in_a_while(IDLE_MS);
    pthread_mutex_lock(&desk->lock);
    desk->idle++;
    while (!desk->ready && !desk->ending && !is_past(until))
        pthread_cond_timedwait(&desk->handed, &desk->lock, &until);
    desk->idle--;
    Stream *s = desk->ready;
    if (s) {
        desk->ready = s->next_ready;
        desk->ready_count--;
    } else {
        desk->threads--;
        pthread_cond_broadcast(&desk->changed);
    }
    pthread_mutex_unlock(&desk->lock);
    return s;
}

static void *work(void *given)
{
    Desk   *desk = given;
    Stream *s;
    thread_give_way(THREAD_OF_QUESTIONS);
    while ((s = next_ready(desk))) answer(s);
    return NULL;
}

static bool has_room(const Desk *desk, DeskPlace place)
{
    return desk->running < DESK_AT_ONCE && (place == DESK_OF_PAGE || desk->running_long < DESK_LONG);
}

/* Who asked has closed its side: nobody reads the answer. */
static bool peer_gone(int peer)
{
    struct pollfd look = { .fd = peer, .events = POLLRDHUP };
    return peer >= 0 && poll(&look, 1, 0) > 0 && look.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

/* Under the desk's lock: until there is a place for it. False: there is none in time. */
static bool wait_for_room(Desk *desk, const Stream *s)
{
    struct timespec until = in_a_while(DESK_WAIT_SECONDS * 1000);
    if (!has_room(desk, s->place) && desk->waiting == DESK_WAITING) return false;
    desk->waiting++;
    while (!desk->ending && !has_room(desk, s->place) && !is_past(until) && !peer_gone(s->peer)) {
        struct timespec next = in_a_while(LOOK_MS);
        pthread_cond_timedwait(&desk->changed, &desk->lock, &next);
    }
    desk->waiting--;
    return !desk->ending && has_room(desk, s->place);
}

/* Under the desk's lock: there is a thread for one question more. */
static bool thread_ready(Desk *desk)
{
    pthread_t thread;
    if (desk->idle > desk->ready_count) return true;
    if (pthread_create(&thread, NULL, work, desk) != 0) return false;
    pthread_detach(thread);
    desk->threads++;
    return true;
}

static bool start(Desk *desk, Stream *s, Err *err)
{
    pthread_mutex_lock(&desk->lock);
    bool room = wait_for_room(desk, s) && thread_ready(desk);
    if (room) {
        desk->running++;
        desk->running_long += s->place == DESK_OF_LONG;
        s->next = desk->first;
        desk->first = s;
        s->next_ready = desk->ready;
        desk->ready = s;
        desk->ready_count++;
        pthread_cond_signal(&desk->handed);
    }
    pthread_mutex_unlock(&desk->lock);
    return room || fail(err, ERR_BUSY, "many questions are worked on already; ask again in a moment");
}

static Stream *stream_make(const DeskAsk *ask, DeskWork what, void *with)
{
    Stream *s = calloc(1, sizeof *s);
    if (!s) memory_end(sizeof *s);
    clock_start(&s->changed);
    pthread_mutex_init(&s->lock, NULL);
    s->desk = ask->desk;
    s->seconds = ask->seconds && ask->seconds < ask->desk->seconds ? ask->seconds : ask->desk->seconds;
    s->place = ask->place;
    s->peer = ask->peer;
    s->work = what;
    s->with = with;
    s->uses = 2;
    return s;
}

static bool say_why(const Stream *s, Err *err)
{
    if (s->late)
        return fail(
            err, ERR_TOO_BIG,
            "the question takes longer than %lld seconds; filter its rows, gather by fewer columns, or leave out "
            "order, median, quantile and distinct",
            (long long)s->seconds);
    *err = s->err;
    if (err->code == ERR_TOO_BIG) fail_in(err, "filter the rows, gather by fewer columns, or leave out order");
    return false;
}

/* Until the first bytes or the end; then the question has had its time. */
static bool wait_for(Stream *s, Err *err)
{
    struct timespec until = in_a_while(s->seconds * 1000);
    pthread_mutex_lock(&s->lock);
    while (!s->done && !s->len) {
        struct timespec next = in_a_while(LOOK_MS);
        pthread_cond_timedwait(&s->changed, &s->lock, &next);
        if (s->done || s->len) break;
        s->late = s->late || is_past(until);
        /* What the engine was told between two statements it does not hear: it is told again. */
        if (s->late || s->gone || peer_gone(s->peer)) let_go(s);
    }
    bool ok = !s->late && (!s->done || s->ok);
    if (!ok && err) say_why(s, err);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

bool desk_run(const DeskAsk *ask, DeskWork what, void *with, Err *err)
{
    Stream *s = stream_make(ask, what, with);
    bool    ok = start(ask->desk, s, err);
    if (!ok) s->uses = 1;
    ok = ok && wait_for(s, err);
    release(s);
    return ok;
}

bool desk_stream(const DeskAsk *ask, Arena *owned, DeskWork what, void *with, Stream **out, Err *err)
{
    Stream *s = stream_make(ask, what, with);
    s->streams = true;
    s->arena = owned;
    s->bytes = malloc(STREAM_BYTES);
    if (!s->bytes) memory_end(STREAM_BYTES);
    bool ok = start(ask->desk, s, err);
    if (!ok) {
        s->uses = 1;
        arena_close(owned);
    }
    ok = ok && wait_for(s, err);
    if (ok) *out = s;
    else release(s);
    return ok;
}

bool stream_write(Stream *s, Str bytes)
{
    pthread_mutex_lock(&s->lock);
    while (bytes.len && !s->gone) {
        size_t end = (s->at + s->len) % STREAM_BYTES, room = STREAM_BYTES - s->len;
        size_t n = end + room > STREAM_BYTES ? STREAM_BYTES - end : room;
        if (n > bytes.len) n = bytes.len;
        if (!n) {
            pthread_cond_wait(&s->changed, &s->lock);
            continue;
        }
        memcpy(s->bytes + end, bytes.at, n);
        s->len += n;
        bytes = str_drop(bytes, n);
        wake(s);
    }
    bool there = !s->gone;
    pthread_mutex_unlock(&s->lock);
    return there;
}

static ssize_t read_some(void *with, uint64_t position, char *to, size_t max)
{
    (void)position;
    Stream *s = with;
    ssize_t n;
    pthread_mutex_lock(&s->lock);
    if (s->len) {
        size_t whole = STREAM_BYTES - s->at < s->len ? STREAM_BYTES - s->at : s->len;
        n = (ssize_t)(whole < max ? whole : max);
        memcpy(to, s->bytes + s->at, (size_t)n);
        s->at = (s->at + (size_t)n) % STREAM_BYTES;
        s->len -= (size_t)n;
        pthread_cond_broadcast(&s->changed);
    } else if (s->done) {
        n = s->ok ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
    } else {
        n = 0;
        s->suspended = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}

static void reader_gone(void *with)
{
    Stream *s = with;
    pthread_mutex_lock(&s->lock);
    s->suspended = false;
    let_go(s);
    pthread_mutex_unlock(&s->lock);
    release(s);
}

struct MHD_Response *stream_response(Stream *s)
{
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_some, s, reader_gone);
    if (!r) memory_end(BLOCK_BYTES);
    return r;
}

void stream_attach(Stream *s, struct MHD_Connection *connection)
{
    pthread_mutex_lock(&s->lock);
    s->connection = connection;
    pthread_mutex_unlock(&s->lock);
}
