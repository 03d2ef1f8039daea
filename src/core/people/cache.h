/* Memory of people.c that is lost with the process: who asked lately, who tried to sign in, and who is
   half-way through. All are bounded, thread-safe and own what they keep. */
#ifndef BANYAN_CORE_PEOPLE_CACHE_H
#define BANYAN_CORE_PEOPLE_CACHE_H

#include "base/hash.h"
#include "core/audience.h"

#define READER_CACHE_MS 3000 /* a change made by another process (banyan user) is seen after so long */

typedef struct ReaderCache ReaderCache;
ReaderCache               *reader_cache_open(void);
void                       reader_cache_close(ReaderCache *c);
uint64_t                   reader_cache_generation(ReaderCache *c);
/* Copied into `a`; false when unknown or too old. */
bool reader_cache_get(ReaderCache *c, Arena *a, Hash key, int64_t now_ms, Reader *out);
/* Kept unless something changed since `generation` was asked. */
void reader_cache_put(ReaderCache *c, Hash key, uint64_t generation, int64_t now_ms, const Reader *reader);
void reader_cache_drop(ReaderCache *c); /* everything */

/* Sign-ins that failed or are under way, counted by account and by address for `window_ms` from the
   first of them. An IPv6 address counts with its /64, which is what one customer is given. */
typedef struct Attempts Attempts;
Attempts               *attempts_open(int account_tries, int address_tries, int64_t window_ms);
void                    attempts_close(Attempts *t);
/* Count one more, before the secret is looked at, so that many at once gain nothing. 0: go ahead; else
   how many milliseconds to wait, and nothing was counted. */
int64_t attempts_begin(Attempts *t, Str account, Str address, int64_t now_ms);
/* The secret was right: take it back; with `all`, the account's failures as well. */
void attempts_undo(Attempts *t, Str account, Str address, bool all);

/* Persons whose password was right and whose code is awaited. At most TICKET_SLOTS, the oldest goes. */
#define TICKET_SLOTS 256
#define TICKET_MS    (5 * 60 * 1000)
typedef struct Tickets Tickets;
Tickets               *tickets_open(void);
void                   tickets_close(Tickets *t);
void                   tickets_put(Tickets *t, Hash key, Str person, Str password, int64_t now_ms);
/* Whose ticket it is, and their password's hash when it was given; false when it is over. */
bool tickets_get(Tickets *t, Arena *a, Hash key, int64_t now_ms, Str *person, Str *password);
void tickets_end(Tickets *t, Hash key);

#endif
