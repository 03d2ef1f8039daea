/* The index as a whole: memory takes what is new, a flush makes a table of it, a thread of its own
   merges tables of like size, so that there are few. One lock: questions read, changes write. */
#include "core/search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "core/search/index.h"
#include "core/search/table.h"
#include "core/search/value.h"

#define MEMORY_BYTES_MAX ((size_t)16 << 20)
#define MERGE_WIDTH      4 /* tables of one size class that become one; classes are this factor apart */
#define MERGE_BYTES_MIN  ((uint64_t)1 << 20)

struct Search {
    char            *folder;
    pthread_rwlock_t lock; /* memory, tables and their dead faces */
    Memory          *memory;
    Table           *tables;
    size_t           table_n;
    pthread_mutex_t  files; /* held by who writes the manifest: a flush, or the end of a merge */
    uint64_t         applied;
    uint32_t         next;
    pthread_t        merger;
    pthread_mutex_t  merge_lock;
    pthread_cond_t   merge_wanted;
    bool             merge_asked;
    atomic_bool      stop;
};

static void *merger_run(void *search);

/* Files that a crash left, and tables that were merged since. */
static void folder_tidy(const Search *s)
{
    Arena *a = arena_open(0);
    Str   *names;
    size_t n = 0;
    Err    err;
    if (!folder_list(a, s->folder, &names, &n, &err)) n = 0;
    for (size_t i = 0; i < n; i++) {
        bool known = str_eq_z(names[i], "manifest");
        for (size_t t = 0; t < s->table_n && !known; t++)
            known = str_ends(table_path(a, s->folder, s->tables[t].number), names[i]);
        bool ours = str_ends(names[i], S(".seg")) || str_ends(names[i], S(".part"));
        if (!known && ours) unlink(path_join(a, str_of(s->folder), names[i]).at);
    }
    arena_close(a);
}

static void lock_start(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t how;
    pthread_rwlockattr_init(&how);
    /* Else a stream of questions would keep a change waiting for ever. */
    pthread_rwlockattr_setkind_np(&how, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &how);
    pthread_rwlockattr_destroy(&how);
}

bool search_open(const char *folder, Search **out, Err *err)
{
    Manifest manifest;
    if (!folder_make(folder, err) || !manifest_read(folder, &manifest, err)) return false;
    Search *s = calloc(1, sizeof *s);
    if (!s || !(s->folder = strdup(folder))) memory_end(sizeof *s);
    s->memory = memory_open();
    s->tables = manifest.tables;
    s->table_n = manifest.n;
    s->applied = manifest.applied;
    s->next = manifest.next;
    lock_start(&s->lock);
    pthread_mutex_init(&s->files, NULL);
    pthread_mutex_init(&s->merge_lock, NULL);
    pthread_cond_init(&s->merge_wanted, NULL);
    folder_tidy(s);
    s->merge_asked = true; /* a load ends when its last table is written: what it left is merged now */
    if (pthread_create(&s->merger, NULL, merger_run, s) != 0) memory_end(sizeof *s);
    *out = s;
    return true;
}

void search_close(Search *s)
{
    if (!s) return;
    atomic_store(&s->stop, true);
    pthread_mutex_lock(&s->merge_lock);
    pthread_cond_signal(&s->merge_wanted);
    pthread_mutex_unlock(&s->merge_lock);
    pthread_join(s->merger, NULL);
    for (size_t i = 0; i < s->table_n; i++) table_close(&s->tables[i]);
    free(s->tables);
    memory_close(s->memory);
    pthread_rwlock_destroy(&s->lock);
    pthread_mutex_destroy(&s->files);
    pthread_mutex_destroy(&s->merge_lock);
    pthread_cond_destroy(&s->merge_wanted);
    free(s->folder);
    free(s);
}

uint64_t search_applied(const Search *s)
{
    return s->applied;
}

static void tables_forget(Search *s, uint32_t face)
{
    for (size_t i = 0; i < s->table_n; i++)
        if (roaring_bitmap_contains(s->tables[i].faces, face)) roaring_bitmap_add(s->tables[i].dead, face);
}

void search_add(Search *s, uint32_t face, const SearchDoc *doc)
{
    pthread_rwlock_wrlock(&s->lock);
    tables_forget(s, face);
    memory_add(s->memory, face, doc);
    pthread_rwlock_unlock(&s->lock);
}

void search_remove(Search *s, uint32_t face)
{
    pthread_rwlock_wrlock(&s->lock);
    tables_forget(s, face);
    memory_remove(s->memory, face);
    pthread_rwlock_unlock(&s->lock);
}

bool search_wants_flush(const Search *s)
{
    return memory_bytes(s->memory) > MEMORY_BYTES_MAX;
}

static Table *tables_copy(const Search *s, size_t n)
{
    Table *copy = malloc((n + 1) * sizeof *copy);
    if (!copy) memory_end(n * sizeof *copy);
    if (s->table_n) memcpy(copy, s->tables, s->table_n * sizeof *copy);
    return copy;
}

static void merge_ask(Search *s)
{
    pthread_mutex_lock(&s->merge_lock);
    s->merge_asked = true;
    pthread_cond_signal(&s->merge_wanted);
    pthread_mutex_unlock(&s->merge_lock);
}

/* The thread that flushes is the one that changes, so nothing changes memory or what is dead meanwhile;
   a merge that ends does change the tables, hence `files`. */
static bool flush_locked(Search *s, uint64_t applied, Err *err)
{
    bool   any = memory_count(s->memory) > 0;
    Table  made = { 0 };
    Table *tables = tables_copy(s, s->table_n + 1);
    if (any && !table_write(s->folder, s->next, s->memory, &made, err)) {
        free(tables);
        return false;
    }
    if (any) tables[s->table_n] = made;
    Manifest m = { applied, s->next + any, tables, s->table_n + any };
    if (!manifest_write(s->folder, &m, err)) {
        /* A rename may have happened all the same: the table stays until the next start tidies up. */
        table_close(&made);
        s->next += any;
        free(tables);
        return false;
    }
    Memory *fresh = memory_open(), *old = s->memory;
    pthread_rwlock_wrlock(&s->lock);
    Table *before = s->tables;
    s->tables = tables;
    s->table_n = m.n;
    s->memory = fresh;
    pthread_rwlock_unlock(&s->lock);
    s->applied = applied;
    s->next = m.next;
    free(before);
    memory_close(old);
    return true;
}

bool search_flush(Search *s, uint64_t applied, Err *err)
{
    pthread_mutex_lock(&s->files);
    bool ok = flush_locked(s, applied, err);
    pthread_mutex_unlock(&s->files);
    if (ok) merge_ask(s);
    return ok;
}

static int size_class(const Table *t)
{
    int class = 0;
    uint64_t bytes = segment_bytes(t->segment);
    for (; bytes > MERGE_BYTES_MIN; bytes /= MERGE_WIDTH) class ++;
    return class;
}

static bool mostly_dead(const Table *t)
{
    uint64_t dead = roaring_bitmap_get_cardinality(t->dead);
    return dead && dead * 2 >= roaring_bitmap_get_cardinality(t->faces);
}

/* Tables to merge now, to the front of `tables`: a full size class, the smallest first, or one that is
   mostly dead. Dead faces are copied, since they may become more. */
static size_t merge_choose(Search *s, Table **out)
{
    pthread_rwlock_rdlock(&s->lock);
    Table *chosen = tables_copy(s, s->table_n);
    size_t n = 0;
    for (int class = 0; n < MERGE_WIDTH && class < 64; class ++) {
        n = 0;
        for (size_t i = 0; i < s->table_n; i++)
            if (size_class(&s->tables[i]) == class) chosen[n++] = s->tables[i];
    }
    if (n < MERGE_WIDTH) {
        n = 0;
        for (size_t i = 0; i < s->table_n && !n; i++)
            if (mostly_dead(&s->tables[i])) chosen[n++] = s->tables[i];
    }
    for (size_t i = 0; i < n; i++) chosen[i].dead = roaring_bitmap_copy(chosen[i].dead);
    pthread_rwlock_unlock(&s->lock);
    *out = chosen;
    return n;
}

static bool is_one_of(const Table *t, const Table *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].number == t->number) return true;
    return false;
}

/* What died in the merged tables since they were chosen is dead in the new one. */
static void merge_dead(const Search *s, const Table *from, size_t n, Table *made)
{
    for (size_t i = 0; i < s->table_n; i++)
        for (size_t k = 0; k < n; k++) {
            if (from[k].number != s->tables[i].number) continue;
            roaring_bitmap_t *since = roaring_bitmap_andnot(s->tables[i].dead, from[k].dead);
            roaring_bitmap_or_inplace(made->dead, since);
            roaring_bitmap_free(since);
        }
}

static bool merge_install(Search *s, const Table *from, size_t n, Table *made, Err *err)
{
    Table *tables = tables_copy(s, s->table_n + 1), *old = malloc((s->table_n + 1) * sizeof *old);
    if (!old) memory_end(s->table_n * sizeof *old);
    size_t kept = 0, gone = 0;
    for (size_t i = 0; i < s->table_n; i++) {
        if (is_one_of(&s->tables[i], from, n)) old[gone++] = s->tables[i];
        else tables[kept++] = s->tables[i];
    }
    pthread_rwlock_wrlock(&s->lock);
    merge_dead(s, from, n, made);
    tables[kept++] = *made;
    Table *before = s->tables;
    s->tables = tables;
    s->table_n = kept;
    pthread_rwlock_unlock(&s->lock);
    free(before);

    /* Copies of what is dead, as it may grow while the manifest is written. */
    Manifest m = { s->applied, s->next, malloc((kept + 1) * sizeof(Table)), kept };
    if (!m.tables) memory_end(kept * sizeof(Table));
    pthread_rwlock_rdlock(&s->lock);
    for (size_t i = 0; i < kept; i++) {
        m.tables[i] = s->tables[i];
        m.tables[i].dead = roaring_bitmap_copy(s->tables[i].dead);
    }
    pthread_rwlock_unlock(&s->lock);
    bool ok = manifest_write(s->folder, &m, err);
    for (size_t i = 0; i < kept; i++) roaring_bitmap_free(m.tables[i].dead);
    free(m.tables);

    Arena *a = arena_open(0);
    for (size_t i = 0; i < gone; i++) {
        /* While the manifest may still name it the file stays. */
        if (ok) unlink(table_path(a, s->folder, old[i].number).at);
        table_close(&old[i]);
    }
    arena_close(a);
    free(old);
    return ok;
}

/* One merge; false when there was none to do or it failed. */
static bool merge_once(Search *s)
{
    Table *from, made;
    Err    err = { 0 };
    size_t n = merge_choose(s, &from);
    bool   ok = n > 0;
    if (ok) {
        pthread_mutex_lock(&s->files);
        uint32_t number = s->next++;
        pthread_mutex_unlock(&s->files);
        ok = table_merge(s->folder, number, from, n, &s->stop, &made, &err);
        if (ok) {
            pthread_mutex_lock(&s->files);
            ok = merge_install(s, from, n, &made, &err);
            pthread_mutex_unlock(&s->files);
        }
        if (!ok && err.code != ERR_BUSY) diag(DIAG_ERROR, "search: merging tables: %s", err.text);
    }
    for (size_t i = 0; i < n; i++) roaring_bitmap_free(from[i].dead);
    free(from);
    return ok;
}

static void *merger_run(void *search)
{
    Search *s = search;
    pthread_mutex_lock(&s->merge_lock);
    while (!atomic_load(&s->stop)) {
        if (!s->merge_asked) {
            pthread_cond_wait(&s->merge_wanted, &s->merge_lock);
            continue;
        }
        s->merge_asked = false;
        pthread_mutex_unlock(&s->merge_lock);
        while (!atomic_load(&s->stop) && merge_once(s)) {}
        pthread_mutex_lock(&s->merge_lock);
    }
    pthread_mutex_unlock(&s->merge_lock);
    return NULL;
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
    size_t count = memory_count(s->memory);
    for (size_t i = 0; i < s->table_n; i++)
        count += roaring_bitmap_get_cardinality(s->tables[i].faces) - roaring_bitmap_get_cardinality(s->tables[i].dead);
    return count;
}

bool index_may_have(Search *s, Str term)
{
    if (memory_has(s->memory, term)) return true;
    for (size_t i = 0; i < s->table_n; i++)
        if (segment_may_have(s->tables[i].segment, term)) return true;
    return false;
}

static void set_free(void *set)
{
    roaring_bitmap_free(set);
}

static bool not_readable(const Search *s, Err *err)
{
    return fail(err, ERR_CORRUPT, "the search index in %s is damaged; `banyan rebuild` makes it anew from the log",
                s->folder);
}

bool index_faces(Search *s, Arena *a, Str term, roaring_bitmap_t **faces, Err *err)
{
    roaring_bitmap_t *all = arena_adopt(a, roaring_bitmap_create(), set_free);
    memory_faces(s->memory, term, all);
    for (size_t i = 0; i < s->table_n; i++) {
        const Table *t = &s->tables[i];
        Str          value;
        bool         found;
        if (!segment_get(t->segment, a, term, &value, &found, err)) return false;
        if (!found) continue;
        roaring_bitmap_t *some = roaring_bitmap_create();
        bool              ok = faces_read(value, some);
        roaring_bitmap_andnot_inplace(some, t->dead);
        roaring_bitmap_or_inplace(all, some);
        roaring_bitmap_free(some);
        if (!ok) return not_readable(s, err);
    }
    *faces = roaring_bitmap_is_empty(all) ? NULL : all;
    return true;
}

static int str_order(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

bool index_words(Search *s, Arena *a, Str key, Str **words, size_t *n, Err *err)
{
    Str   *all = NULL;
    size_t count = memory_words(s->memory, a, key, &all);
    if (count) qsort(all, count, sizeof(Str), str_order);
    for (size_t i = 0; i < s->table_n; i++) {
        Str    value, *some;
        size_t some_n;
        bool   found;
        if (!segment_get(s->tables[i].segment, a, key, &value, &found, err)) return false;
        if (!found) continue;
        if (!words_read(a, value, &some, &some_n)) return not_readable(s, err);
        all = words_join(a, all, &count, some, some_n);
    }
    *words = all;
    *n = count;
    return true;
}

bool index_words_size(Search *s, Arena *a, Str key, uint64_t *size, Err *err)
{
    *size = 4 * memory_words_count(s->memory, key);
    for (size_t i = 0; i < s->table_n; i++) {
        uint64_t bytes;
        if (!segment_size(s->tables[i].segment, a, key, &bytes, err)) return false;
        *size += bytes;
    }
    return true;
}

bool index_run(Search *s, Arena *a, uint32_t face, Str *run, Err *err)
{
    Str  bytes = STR_NONE;
    bool found = memory_run(s->memory, face, &bytes);
    for (size_t i = 0; i < s->table_n && !found; i++) {
        const Table *t = &s->tables[i];
        if (!roaring_bitmap_contains(t->faces, face) || roaring_bitmap_contains(t->dead, face)) continue;
        char key[5];
        if (!segment_get(t->segment, a, face_key(face, key), &bytes, &found, err)) return false;
    }
    *run = bytes;
    return true;
}
