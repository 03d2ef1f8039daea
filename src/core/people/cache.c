/* Who asked lately, who tried to sign in, who is half-way through: three small tables in memory. */
#include "core/people/cache.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- readers ---- */

#define READER_SLOTS 256 /* a slot in use holds an arena, some 16 KiB */

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
    if (!c) memory_end(sizeof *c);
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
    int             account_tries, address_tries;
    int64_t         window_ms;
    uint64_t        seed; /* so that nobody can aim at another's slot */
    AttemptSlot     slots[ATTEMPT_SLOTS];
};

Attempts *attempts_open(int account_tries, int address_tries, int64_t window_ms)
{
    Attempts *t = calloc(1, sizeof *t);
    if (!t) memory_end(sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    t->account_tries = account_tries, t->address_tries = address_tries, t->window_ms = window_ms;
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

/* The network that one customer is given, when it is an IPv6 address. */
static Str network_of(Arena *a, Str address)
{
    struct in6_addr parsed;
    if (inet_pton(AF_INET6, str_z(a, address), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return address;
    return str_copy(a, (Str){ (const char *)&parsed, 8 });
}

typedef struct {
    uint64_t account, address;
} AttemptKeys;

static AttemptKeys attempt_keys(const Attempts *t, Str account, Str address)
{
    Arena      *a = arena_open(0);
    AttemptKeys keys = { attempt_key(t, 'a', account), attempt_key(t, 'i', network_of(a, address)) };
    arena_close(a);
    return keys;
}

static AttemptSlot *attempt_slot(Attempts *t, uint64_t who, int64_t now_ms)
{
    AttemptSlot *slot = &t->slots[who % ATTEMPT_SLOTS];
    if (slot->who != who || now_ms - slot->since_ms >= t->window_ms)
        *slot = (AttemptSlot){ .who = who, .since_ms = now_ms };
    return slot;
}

static int64_t slot_wait(const Attempts *t, const AttemptSlot *slot, int tries, int64_t now_ms)
{
    return slot->count < tries ? 0 : slot->since_ms + t->window_ms - now_ms;
}

int64_t attempts_begin(Attempts *t, Str account, Str address, int64_t now_ms)
{
    AttemptKeys keys = attempt_keys(t, account, address);
    pthread_mutex_lock(&t->lock);
    AttemptSlot *by_account = attempt_slot(t, keys.account, now_ms),
                *by_address = attempt_slot(t, keys.address, now_ms);
    int64_t wait = slot_wait(t, by_account, t->account_tries, now_ms);
    int64_t other = slot_wait(t, by_address, t->address_tries, now_ms);
    if (other > wait) wait = other;
    if (!wait) by_account->count++, by_address->count++;
    pthread_mutex_unlock(&t->lock);
    return wait;
}

static void slot_undo(Attempts *t, uint64_t who, bool all)
{
    AttemptSlot *slot = &t->slots[who % ATTEMPT_SLOTS];
    if (slot->who == who && slot->count > 0) slot->count = all ? 0 : slot->count - 1;
}

void attempts_undo(Attempts *t, Str account, Str address, bool all)
{
    AttemptKeys keys = attempt_keys(t, account, address);
    pthread_mutex_lock(&t->lock);
    slot_undo(t, keys.account, all);
    slot_undo(t, keys.address, false);
    pthread_mutex_unlock(&t->lock);
}

/* ---- tickets ---- */

#define TICKET_TEXT_MAX 160 /* an id, or a password's hash */

typedef struct {
    Hash    key;
    int64_t expires_ms; /* 0: empty */
    char    person[TICKET_TEXT_MAX], password[TICKET_TEXT_MAX];
} TicketSlot;

struct Tickets {
    pthread_mutex_t lock;
    size_t          next;
    TicketSlot      slots[TICKET_SLOTS];
};

Tickets *tickets_open(void)
{
    Tickets *t = calloc(1, sizeof *t);
    if (!t) memory_end(sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void tickets_close(Tickets *t)
{
    if (!t) return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void tickets_put(Tickets *t, Hash key, Str person, Str password, int64_t now_ms)
{
    assert(person.len < TICKET_TEXT_MAX && password.len < TICKET_TEXT_MAX);
    TicketSlot slot = { .key = key, .expires_ms = now_ms + TICKET_MS };
    memcpy(slot.person, person.at, person.len);
    memcpy(slot.password, password.at, password.len);
    pthread_mutex_lock(&t->lock);
    t->slots[t->next] = slot;
    t->next = (t->next + 1) % TICKET_SLOTS;
    pthread_mutex_unlock(&t->lock);
}

/* Within the lock. */
static TicketSlot *ticket_slot(Tickets *t, Hash key)
{
    for (size_t i = 0; i < TICKET_SLOTS; i++)
        if (t->slots[i].expires_ms && hash_eq(t->slots[i].key, key)) return &t->slots[i];
    return NULL;
}

bool tickets_get(Tickets *t, Arena *a, Hash key, int64_t now_ms, Str *person, Str *password)
{
    pthread_mutex_lock(&t->lock);
    const TicketSlot *slot = ticket_slot(t, key);
    bool              found = slot && slot->expires_ms > now_ms;
    if (found) *person = str_copy(a, str_of(slot->person)), *password = str_copy(a, str_of(slot->password));
    pthread_mutex_unlock(&t->lock);
    return found;
}

void tickets_end(Tickets *t, Hash key)
{
    pthread_mutex_lock(&t->lock);
    TicketSlot *slot = ticket_slot(t, key);
    if (slot) *slot = (TicketSlot){ 0 };
    pthread_mutex_unlock(&t->lock);
}
