/* See indexes.h. A list of open files, those asked last in front. */
#include "data/indexes.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"

#define OPEN_MAX_COUNT 512

typedef struct Entry {
    struct Entry *next;
    Arena        *arena;
    Str           part, path;
    PartIndex    *index;
    int           uses;
    bool          spoilt;
} Entry;

struct Indexes {
    Beside         *beside;
    pthread_mutex_t lock;
    Entry          *first;
    size_t          count;
};

Indexes *indexes_open(Beside *beside)
{
    Indexes *s = calloc(1, sizeof *s);
    if (!s) memory_end(sizeof *s);
    s->beside = beside;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void entry_free(Entry *e)
{
    part_index_close(e->index);
    arena_close(e->arena);
}

void indexes_close(Indexes *s)
{
    if (!s) return;
    for (Entry *e = s->first, *next; e; e = next) {
        next = e->next;
        entry_free(e);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* Under the lock: out of the list, NULL without one. */
static Entry *entry_out(Indexes *s, Str part)
{
    for (Entry **at = &s->first; *at; at = &(*at)->next) {
        Entry *e = *at;
        if (e->spoilt || !str_eq(e->part, part)) continue;
        *at = e->next;
        s->count--;
        return e;
    }
    return NULL;
}

static void entry_in(Indexes *s, Entry *e)
{
    e->next = s->first;
    s->first = e;
    s->count++;
}

/* Under the lock: the one that was asked longest ago of those that nobody uses. */
static void entry_drop(Indexes *s)
{
    Entry **last = NULL;
    for (Entry **at = &s->first; *at; at = &(*at)->next)
        if (!(*at)->uses) last = at;
    if (!last) return;
    Entry *e = *last;
    *last = e->next;
    s->count--;
    entry_free(e);
}

static Entry *entry_open(Indexes *s, Str part, bool wait)
{
    Arena *a = arena_open(0);
    Entry *e = NEW(a, Entry);
    Err    err = { 0 };
    *e = (Entry){ .arena = a, .part = str_copy(a, part) };
    bool there = beside_find(s->beside, a, part, &part_index_kind, wait ? BESIDE_WAIT : BESIDE_LATER, &e->path, &err);
    bool ok = there && part_index_open(e->path.at, &e->index, &err);
    if (ok) return e;
    if (err.code == ERR_CORRUPT) unlink(e->path.at);
    if (there || wait) diag(DIAG_WARN, "no index: %s: %s", err_name(err.code), err.text);
    arena_close(a);
    return NULL;
}

PartIndex *indexes_take(Indexes *s, Str part, int64_t rows, bool wait)
{
    if (rows < INDEX_ROWS_MIN) return NULL;
    pthread_mutex_lock(&s->lock);
    Entry *e = entry_out(s, part);
    if (e) {
        e->uses++;
        entry_in(s, e);
    }
    pthread_mutex_unlock(&s->lock);
    if (!e) {
        e = entry_open(s, part, wait);
        if (!e) return NULL;
        e->uses = 1;
        pthread_mutex_lock(&s->lock);
        entry_in(s, e); /* another thread may have opened it as well */
        if (s->count > OPEN_MAX_COUNT) entry_drop(s);
        pthread_mutex_unlock(&s->lock);
    }
    if (part_index_rows(e->index) == (uint64_t)rows) return e->index;
    indexes_spoil(s, e->index);
    return NULL;
}

static void give(Indexes *s, PartIndex *index, bool spoilt)
{
    pthread_mutex_lock(&s->lock);
    for (Entry **at = &s->first; *at; at = &(*at)->next) {
        Entry *e = *at;
        if (e->index != index) continue;
        e->uses--;
        if (spoilt && !e->spoilt) {
            diag(DIAG_ERROR, "%s is not as it was written: it is made again", e->path.at);
            unlink(e->path.at);
        }
        e->spoilt = e->spoilt || spoilt;
        if (e->spoilt && !e->uses) {
            *at = e->next;
            s->count--;
            entry_free(e);
        }
        break;
    }
    pthread_mutex_unlock(&s->lock);
}

void indexes_give(Indexes *s, PartIndex *index)
{
    give(s, index, false);
}

void indexes_spoil(Indexes *s, PartIndex *index)
{
    give(s, index, true);
}
