#include "check.h"

#include <microhttpd.h>
#include <pthread.h>
#include <string.h>

#include "web/cache.h"

static Parcel *parcel(const char *bytes, size_t counted)
{
    struct MHD_Response *full = MHD_create_response_from_buffer(strlen(bytes), (void *)bytes, MHD_RESPMEM_MUST_COPY);
    return parcel_make(200, full, NULL, S("\"e\""), counted);
}

static void close_cache(void *cache)
{
    cache_close(cache);
}

static void keep(Cache *c, const CacheKey *key, CacheState state, size_t counted)
{
    Parcel *p = parcel("x", counted);
    cache_put(c, key, state, p);
    parcel_release(p);
}

static bool kept(Cache *c, const CacheKey *key, CacheState state)
{
    Parcel *p = cache_find(c, key, state);
    bool    found = p && !strcmp(p->etag, "\"e\"");
    parcel_release(p);
    return found;
}

TEST("an answer is found again for the very same question, reader, language and coding")
{
    Cache     *c = arena_adopt(a, cache_open(1 << 20, NULL), close_cache);
    CacheKey   key = { S("/a?b"), S("en"), CODING_GZIP, THEME_DEVICE, false, 7 }, other;
    CacheState now = { .log_size = 3, .day = 100 };
    keep(c, &key, now, 10);
    CHECK(kept(c, &key, now));
    other = key, other.target = S("/a?c");
    CHECK(!kept(c, &other, now));
    other = key, other.lang = S("th");
    CHECK(!kept(c, &other, now));
    other = key, other.coding = CODING_NONE;
    CHECK(!kept(c, &other, now));
    other = key, other.theme = THEME_DARK;
    CHECK(!kept(c, &other, now));
    other = key, other.data = true;
    CHECK(!kept(c, &other, now));
    other = key, other.reader = 8;
    CHECK(!kept(c, &other, now));
}

TEST("an answer is gone once the log grew or the day turned")
{
    Cache   *c = arena_adopt(a, cache_open(1 << 20, NULL), close_cache);
    CacheKey key = { S("/a"), S("en"), CODING_NONE, THEME_DEVICE, false, 0 };
    keep(c, &key, (CacheState){ .log_size = 3, .day = 100 }, 10);
    CHECK(!kept(c, &key, (CacheState){ .log_size = 4, .day = 100 }));
    CHECK_EQ_INT(cache_bytes(c), 0);
    keep(c, &key, (CacheState){ .log_size = 4, .day = 100 }, 10);
    CHECK(!kept(c, &key, (CacheState){ .log_size = 4, .day = 101 }));
}

TEST("the cache stays within its bytes, and the least recently used go first")
{
    Cache     *c = arena_adopt(a, cache_open(16 * 1000, NULL), close_cache);
    CacheState now = { .log_size = 1, .day = 1 };
    CacheKey   hot = { S("/hot"), S("en"), CODING_NONE, THEME_DEVICE, false, 0 };
    keep(c, &hot, now, 100);
    for (int i = 0; i < 500; i++) {
        CacheKey key = { str_format(a, "/%d", i), S("en"), CODING_NONE, THEME_DEVICE, false, 0 };
        keep(c, &key, now, 100);
        CHECK(kept(c, &key, now));
        CHECK(kept(c, &hot, now));
        CHECK(cache_bytes(c) <= 16 * 1000);
    }
    CHECK(!kept(c, &(CacheKey){ S("/0"), S("en"), CODING_NONE, THEME_DEVICE, false, 0 }, now));
    keep(c, &(CacheKey){ S("/large"), S("en"), CODING_NONE, THEME_DEVICE, false, 0 }, now, 5000);
    CHECK(!kept(c, &(CacheKey){ S("/large"), S("en"), CODING_NONE, THEME_DEVICE, false, 0 }, now));
}

typedef struct {
    Cache *cache;
    int    turn;
} Threads;

static void *ask_and_keep(void *given)
{
    Threads *t = given;
    Arena   *a = arena_open(0);
    for (int i = 0; i < 5000; i++) {
        CacheKey   key = { str_format(a, "/%d", (i * 7 + t->turn) % 40), S("en"), CODING_NONE, THEME_DEVICE, false, 0 };
        CacheState now = { .log_size = (uint64_t)i / 1000, .day = 1 };
        Parcel    *p = cache_find(t->cache, &key, now);
        if (!p) {
            p = parcel("x", 200);
            cache_put(t->cache, &key, now, p);
        }
        parcel_release(p);
    }
    arena_close(a);
    return NULL;
}

TEST("many threads ask and keep at the same time")
{
    Cache    *c = arena_adopt(a, cache_open(16 * 2000, NULL), close_cache);
    Threads   threads[4];
    pthread_t ids[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (Threads){ c, i };
        pthread_create(&ids[i], NULL, ask_and_keep, &threads[i]);
    }
    for (int i = 0; i < 4; i++) pthread_join(ids[i], NULL);
    CHECK(cache_bytes(c) <= 16 * 2000);
}
