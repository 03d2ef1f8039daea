/* Answers ready to be sent, and the cache that keeps them.

   An Parcel holds the bytes and headers as libmicrohttpd queues them, any number of times and from any
   thread; it counts its uses. The cache finds the answer to a question that was asked before at the same
   log size and on the same day, if it was made from rows with no more of them since (inbox.h); shards with a lock
   each, the least recently used go first. */
#ifndef BANYAN_WEB_CACHE_H
#define BANYAN_WEB_CACHE_H

#include <stdatomic.h>

#include "base/str.h"
#include "data/inbox.h"
#include "web/request.h"

struct MHD_Response;

typedef struct {
    atomic_int           uses;
    int                  status;
    struct MHD_Response *full;      /* body and headers */
    struct MHD_Response *unchanged; /* for 304; NULL when the answer has no ETag */
    struct Stream       *stream;    /* that `full` reads; NULL of an answer that is there */
    size_t               bytes;     /* of memory, about */
    char                 etag[64];  /* with its quotes; empty: none */
} Parcel;

/* An answer with one use, which owns the responses from here on. */
Parcel *parcel_make(int status, struct MHD_Response *full, struct MHD_Response *unchanged, Str etag, size_t bytes);
void    parcel_release(Parcel *parcel); /* accepts NULL */

typedef struct {
    Str      target, lang;
    Coding   coding;
    Theme    theme;
    bool     data; /* of a route BY_ACCEPT */
    uint64_t reader;
} CacheKey;

typedef struct {
    uint64_t log_size;
    int      day;
    unsigned slot;  /* of the inbox, of an answer made from rows; 0: of others */
    uint64_t stamp; /* of that slot */
} CacheState;       /* what an answer depends on beside its question */

typedef struct Cache Cache;
Cache               *cache_open(size_t max_bytes, Inbox *inbox); /* inbox NULL: no rows come */
void                 cache_close(Cache *cache);
/* `now` without a slot. NULL, or the answer with one more use: release it after queueing. */
Parcel *cache_find(Cache *cache, const CacheKey *key, CacheState now);
/* Adds a use of its own; too large answers are left out. */
void   cache_put(Cache *cache, const CacheKey *key, CacheState state, Parcel *parcel);
size_t cache_bytes(Cache *cache);

#endif
