/* What the parts of people share. Only src/core/people*.c include it. */
#ifndef BANYAN_CORE_PEOPLE_INSIDE_H
#define BANYAN_CORE_PEOPLE_INSIDE_H

#include <pthread.h>

#include "core/people.h"
#include "core/people/cache.h"
#include "store/accounts.h"

#define PASSWORD_MAX_BYTES 1000

struct People {
    pthread_mutex_t lock; /* around db */
    Db             *db;
    pthread_mutex_t hashing;    /* one password at a time: each takes 64 MiB */
    char            decoy[256]; /* a hash nobody's password has, so that an unknown address takes as long */
    Attempts       *attempts;
    Tickets        *tickets;
    ReaderCache    *cache;
};

void people_lock(People *p);
/* Both return `ok`. Every change ends with the second: what readers were is asked anew. */
bool people_unlock(People *p, bool ok);
bool people_unlock_changed(People *p, bool ok);

/* 256 random bits as text, and what is kept of it. */
Str  secret_make(Arena *a);
Hash secret_hash(Str secret);

/* One at a time. */
bool people_hash(People *p, Arena *a, Str password, Str *hash, Err *err);

/* Read a row, let `change` change it, write it; `ends`: the person's sessions, tokens and invitations
   end with it. A change that fails leaves all as it was. */
typedef bool (*PersonChange)(PersonRow *row, const void *with, Err *err);
bool person_change(People *p, Str person_id, PersonChange change, const void *with, bool ends, Err *err);

/* Within the lock. */
bool memberships_read(People *p, Arena *a, Str person, Membership **out, size_t *n, Err *err);

#endif
