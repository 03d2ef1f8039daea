/* The index as a whole. */
#include "core/search.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/search_index.h"
#include "core/search_memory.h"

struct Search {
    pthread_rwlock_t lock;
    Memory          *memory;
    uint64_t         applied;
};

bool search_open(const char *folder, Search **out, Err *err)
{
    (void)folder, (void)err;
    Search *s = calloc(1, sizeof *s);
    pthread_rwlock_init(&s->lock, NULL);
    s->memory = memory_open();
    *out = s;
    return true;
}

void search_close(Search *s)
{
    memory_close(s->memory);
    free(s);
}

void search_add(Search *s, uint32_t face, const SearchDoc *doc)
{
    memory_add(s->memory, face, doc);
}

void search_remove(Search *s, uint32_t face)
{
    memory_remove(s->memory, face);
}

void index_read(Search *s)
{
    pthread_rwlock_rdlock(&s->lock);
}

void index_done(Search *s)
{
    pthread_rwlock_unlock(&s->lock);
}

size_t index_count(Search *s)
{
    return memory_count(s->memory);
}

static void set_free(void *set)
{
    roaring_bitmap_free(set);
}

bool index_faces(Search *s, Arena *a, Str term, roaring_bitmap_t **faces, Err *err)
{
    (void)err;
    roaring_bitmap_t *r = roaring_bitmap_create();
    memory_faces(s->memory, term, r);
    if (roaring_bitmap_is_empty(r)) {
        roaring_bitmap_free(r);
        r = NULL;
    } else arena_adopt(a, r, set_free);
    *faces = r;
    return true;
}

bool index_words(Search *s, Arena *a, Str key, Str **words, size_t *n, Err *err)
{
    (void)err;
    *words = NULL;
    *n = memory_words(s->memory, a, key, words);
    return true;
}

bool index_may_have(Search *s, Str term)
{
    (void)s, (void)term;
    return true;
}

bool index_run(Search *s, Arena *a, uint32_t face, Run *run, Err *err)
{
    (void)err;
    Str bytes = STR_NONE;
    memory_run(s->memory, face, &bytes);
    *run = run_read(a, bytes);
    return true;
}

bool search_wants_flush(const Search *s){(void)s;return false;}
bool search_flush(Search *s, uint64_t applied, Err *err){(void)err;s->applied=applied;return true;}
