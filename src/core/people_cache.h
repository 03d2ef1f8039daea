/* Memory of people.c that is lost with the process: who asked lately, and who tried to sign in. Both
   are bounded, thread-safe and own what they keep. */
#ifndef BANYAN_CORE_PEOPLE_CACHE_H
#define BANYAN_CORE_PEOPLE_CACHE_H

#include "base/hash.h"
#include "core/audience.h"

#define READER_CACHE_MS 3000 /* a change made by another process (banyan user) is seen after so long */

typedef struct ReaderCache ReaderCache;
ReaderCache *reader_cache_open(void);
void     reader_cache_close(ReaderCache *c);
uint64_t reader_cache_generation(ReaderCache *c);
/* Copied into `a`; false when unknown or too old. */
bool     reader_cache_get(ReaderCache *c, Arena *a, Hash key, int64_t now_ms, Reader *out);
/* Kept unless something changed since `generation` was asked. */
void     reader_cache_put(ReaderCache *c, Hash key, uint64_t generation, int64_t now_ms, const Reader *reader);
void     reader_cache_drop(ReaderCache *c); /* everything */

/* Failed sign-ins, counted by account and by address, for `window_ms` from the first of them. */
typedef struct Attempts Attempts;
Attempts *attempts_open(int tries, int64_t window_ms);
void      attempts_close(Attempts *t);
int64_t   attempts_wait(Attempts *t, Str account, Str address, int64_t now_ms); /* 0: go ahead */
void      attempts_add(Attempts *t, Str account, Str address, int64_t now_ms);
void      attempts_clear(Attempts *t, Str account);

#endif
