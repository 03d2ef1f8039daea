/* See cache.h. Each shard is a hash table with chains and a list by last use. */
#include "web/cache.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS  16
#define BUCKETS 1024

typedef struct Entry Entry;
struct Entry {
    Entry     *chain; /* next of the same bucket */
    Entry     *newer, *older;
    uint64_t   hash;
    CacheState state;
    Parcel    *parcel;
    size_t     bytes;
    CacheKey   key; /* its texts follow the entry */
};

typedef struct {
    pthread_mutex_t lock;
    Entry          *buckets[BUCKETS];
    Entry          *newest, *oldest;
    size_t          bytes;
} Shard;

struct Cache {
    Inbox *inbox;
    size_t shard_max;
    Shard  shards[SHARDS];
};

Parcel *parcel_make(int status, struct MHD_Response *full, struct MHD_Response *unchanged, Str etag, size_t bytes)
{
    Parcel *parcel = calloc(1, sizeof *parcel);
    if (!parcel) memory_end(sizeof *parcel);
    atomic_init(&parcel->uses, 1);
    parcel->status = status;
    parcel->full = full;
    parcel->unchanged = unchanged;
    parcel->bytes = bytes;
    if (etag.len < sizeof parcel->etag && etag.len) memcpy(parcel->etag, etag.at, etag.len);
    return parcel;
}

void parcel_release(Parcel *parcel)
{
    if (!parcel || atomic_fetch_sub(&parcel->uses, 1) != 1) return;
    MHD_destroy_response(parcel->full);
    if (parcel->unchanged) MHD_destroy_response(parcel->unchanged);
    free(parcel);
}

Cache *cache_open(size_t max_bytes, Inbox *inbox)
{
    Cache *cache = calloc(1, sizeof *cache);
    if (!cache) memory_end(sizeof *cache);
    cache->inbox = inbox;
    cache->shard_max = max_bytes / SHARDS;
    for (int i = 0; i < SHARDS; i++) pthread_mutex_init(&cache->shards[i].lock, NULL);
    return cache;
}

static void unlink_use(Shard *s, Entry *e)
{
    *(e->newer ? &e->newer->older : &s->newest) = e->older;
    *(e->older ? &e->older->newer : &s->oldest) = e->newer;
}

static void link_newest(Shard *s, Entry *e)
{
    e->newer = NULL;
    e->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static void drop(Shard *s, Entry *e)
{
    Entry **at = &s->buckets[e->hash / SHARDS % BUCKETS];
    while (*at != e) at = &(*at)->chain;
    *at = e->chain;
    unlink_use(s, e);
    s->bytes -= e->bytes;
    parcel_release(e->parcel);
    free(e);
}

void cache_close(Cache *cache)
{
    if (!cache) return;
    for (int i = 0; i < SHARDS; i++) {
        while (cache->shards[i].oldest) drop(&cache->shards[i], cache->shards[i].oldest);
        pthread_mutex_destroy(&cache->shards[i].lock);
    }
    free(cache);
}

static uint64_t key_hash(const CacheKey *key)
{
    uint64_t h = str_hash(key->target) ^ (str_hash(key->lang) * 0x9E3779B97F4A7C15u) ^ key->reader ^
                 ((uint64_t)key->coding << 61) ^ ((uint64_t)key->theme << 59) ^ ((uint64_t)key->data << 58);
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

static bool same_key(const CacheKey *x, const CacheKey *y)
{
    return x->reader == y->reader && x->coding == y->coding && x->theme == y->theme &&
           x->data == y->data && str_eq(x->target, y->target) &&
           str_eq(x->lang, y->lang);
}

static Entry *find(Shard *s, uint64_t hash, const CacheKey *key)
{
    Entry *e = s->buckets[hash / SHARDS % BUCKETS];
    while (e && !(e->hash == hash && same_key(&e->key, key))) e = e->chain;
    return e;
}

Parcel *cache_find(Cache *cache, const CacheKey *key, CacheState now)
{
    uint64_t hash = key_hash(key);
    Shard   *s = &cache->shards[hash % SHARDS];
    Parcel  *parcel = NULL;
    pthread_mutex_lock(&s->lock);
    Entry *e = find(s, hash, key);
    if (e && (e->state.log_size != now.log_size || e->state.day != now.day ||
              e->state.stamp != inbox_stamp(cache->inbox, e->state.slot))) {
        drop(s, e);
    } else if (e) {
        if (e != s->newest) {
            unlink_use(s, e);
            link_newest(s, e);
        }
        parcel = e->parcel;
        atomic_fetch_add(&parcel->uses, 1);
    }
    pthread_mutex_unlock(&s->lock);
    return parcel;
}

void cache_put(Cache *cache, const CacheKey *key, CacheState state, Parcel *parcel)
{
    size_t room = sizeof(Entry) + key->target.len + key->lang.len, bytes = room + parcel->bytes;
    if (bytes > cache->shard_max / 2) return;
    Entry *e = malloc(room);
    if (!e) memory_end(room);
    uint64_t hash = key_hash(key);
    char    *texts = (char *)(e + 1);
    *e = (Entry){ .hash = hash, .state = state, .parcel = parcel, .bytes = bytes, .key = *key };
    if (key->target.len) e->key.target.at = memcpy(texts, key->target.at, key->target.len);
    if (key->lang.len) e->key.lang.at = memcpy(texts + key->target.len, key->lang.at, key->lang.len);
    atomic_fetch_add(&parcel->uses, 1);

    Shard *s = &cache->shards[hash % SHARDS];
    pthread_mutex_lock(&s->lock);
    Entry *before = find(s, hash, key);
    if (before) drop(s, before);
    while (s->oldest && s->bytes + bytes > cache->shard_max) drop(s, s->oldest);
    Entry **bucket = &s->buckets[hash / SHARDS % BUCKETS];
    e->chain = *bucket;
    *bucket = e;
    link_newest(s, e);
    s->bytes += bytes;
    pthread_mutex_unlock(&s->lock);
}

size_t cache_bytes(Cache *cache)
{
    size_t bytes = 0;
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&cache->shards[i].lock);
        bytes += cache->shards[i].bytes;
        pthread_mutex_unlock(&cache->shards[i].lock);
    }
    return bytes;
}
