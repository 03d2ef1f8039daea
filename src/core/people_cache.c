/* Who asked lately, and who tried to sign in: two small tables in memory. */
#include "core/people_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- readers ---- */

#define READER_SLOTS 1024

typedef struct {
    Hash    key;
    int64_t at_ms;
    Arena  *arena; /* NULL: empty */
    Reader  reader;
} ReaderSlot;

struct ReaderCache {
    pthread_mutex_t lock;
    uint64_t        generation;
    ReaderSlot      slots[READER_SLOTS];
};

ReaderCache *reader_cache_open(void)
{
    ReaderCache *c = calloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void reader_cache_close(ReaderCache *c)
{
    if (!c) return;
    reader_cache_drop(c);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static ReaderSlot *reader_slot(ReaderCache *c, Hash key)
{
    return &c->slots[(key.b[0] | (unsigned)key.b[1] << 8) % READER_SLOTS];
}

static Str *strs_copy(Arena *a, const Str *from, size_t n)
{
    Str *to = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) to[i] = str_copy(a, from[i]);
    return to;
}

static Reader reader_copy(Arena *a, const Reader *from)
{
    Reader to = *from;
    to.person = str_copy(a, from->person);
    to.name = str_copy(a, from->name);
    to.memberships = NEW_ARRAY(a, Membership, from->membership_count + 1);
    for (size_t i = 0; i < from->membership_count; i++)
        to.memberships[i] = (Membership){ str_copy(a, from->memberships[i].organisation), from->memberships[i].role };
    to.frameworks = strs_copy(a, from->frameworks, from->framework_count);
    to.tokens = strs_copy(a, from->tokens, from->token_count);
    return to;
}

uint64_t reader_cache_generation(ReaderCache *c)
{
    pthread_mutex_lock(&c->lock);
    uint64_t generation = c->generation;
    pthread_mutex_unlock(&c->lock);
    return generation;
}

bool reader_cache_get(ReaderCache *c, Arena *a, Hash key, int64_t now_ms, Reader *out)
{
    pthread_mutex_lock(&c->lock);
    ReaderSlot *slot = reader_slot(c, key);
    bool        found = slot->arena && hash_eq(slot->key, key) && now_ms - slot->at_ms < READER_CACHE_MS;
    if (found) *out = reader_copy(a, &slot->reader);
    pthread_mutex_unlock(&c->lock);
    return found;
}

void reader_cache_put(ReaderCache *c, Hash key, uint64_t generation, int64_t now_ms, const Reader *reader)
{
    pthread_mutex_lock(&c->lock);
    ReaderSlot *slot = reader_slot(c, key);
    if (generation == c->generation) {
        arena_close(slot->arena);
        slot->arena = arena_open(0);
        slot->key = key, slot->at_ms = now_ms;
        slot->reader = reader_copy(slot->arena, reader);
    }
    pthread_mutex_unlock(&c->lock);
}

void reader_cache_drop(ReaderCache *c)
{
    pthread_mutex_lock(&c->lock);
    c->generation++;
    for (size_t i = 0; i < READER_SLOTS; i++) {
        arena_close(c->slots[i].arena);
        c->slots[i].arena = NULL;
    }
    pthread_mutex_unlock(&c->lock);
}

/* ---- attempts ---- */

#define ATTEMPT_SLOTS 4096

typedef struct {
    uint64_t who;
    int64_t  since_ms;
    int      count;
} AttemptSlot;

struct Attempts {
    pthread_mutex_t lock;
    int             tries;
    int64_t         window_ms;
    uint64_t        seed; /* so that nobody can aim at another's slot */
    AttemptSlot     slots[ATTEMPT_SLOTS];
};

Attempts *attempts_open(int tries, int64_t window_ms)
{
    Attempts *t = calloc(1, sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    t->tries = tries, t->window_ms = window_ms;
    random_bytes(&t->seed, sizeof t->seed);
    return t;
}

void attempts_close(Attempts *t)
{
    if (!t) return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static uint64_t attempt_key(const Attempts *t, char what, Str name)
{
    Hash     h = hash_of_parts((Str[]){ { (const char *)&t->seed, sizeof t->seed }, { &what, 1 }, name }, 3);
    uint64_t key;
    memcpy(&key, h.b, sizeof key);
    return key;
}

static AttemptSlot *attempt_slot(Attempts *t, uint64_t who, int64_t now_ms)
{
    AttemptSlot *slot = &t->slots[who % ATTEMPT_SLOTS];
    if (slot->who != who || now_ms - slot->since_ms >= t->window_ms) *slot = (AttemptSlot){ .who = who, .since_ms = now_ms };
    return slot;
}

static int64_t slot_wait(Attempts *t, uint64_t who, int64_t now_ms)
{
    const AttemptSlot *slot = &t->slots[who % ATTEMPT_SLOTS];
    if (slot->who != who || slot->count < t->tries) return 0;
    int64_t wait = slot->since_ms + t->window_ms - now_ms;
    return wait > 0 ? wait : 0;
}

int64_t attempts_wait(Attempts *t, Str account, Str address, int64_t now_ms)
{
    pthread_mutex_lock(&t->lock);
    int64_t by_account = slot_wait(t, attempt_key(t, 'a', account), now_ms);
    int64_t by_address = slot_wait(t, attempt_key(t, 'i', address), now_ms);
    pthread_mutex_unlock(&t->lock);
    return by_account > by_address ? by_account : by_address;
}

void attempts_add(Attempts *t, Str account, Str address, int64_t now_ms)
{
    pthread_mutex_lock(&t->lock);
    attempt_slot(t, attempt_key(t, 'a', account), now_ms)->count++;
    attempt_slot(t, attempt_key(t, 'i', address), now_ms)->count++;
    pthread_mutex_unlock(&t->lock);
}

void attempts_clear(Attempts *t, Str account)
{
    pthread_mutex_lock(&t->lock);
    uint64_t     who = attempt_key(t, 'a', account);
    AttemptSlot *slot = &t->slots[who % ATTEMPT_SLOTS];
    if (slot->who == who) *slot = (AttemptSlot){ 0 };
    pthread_mutex_unlock(&t->lock);
}
