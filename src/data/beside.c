/* See beside.h. An Item is a file that is not there yet: one thread makes it, a list says which. */
#include "data/beside.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/thread.h"
#include "base/time.h"
#include "store/files.h"

#define RECIPE_DIGITS 16

typedef enum { ITEM_QUEUED,
               ITEM_MAKING,
               ITEM_FAILED } ItemState;

typedef struct Item {
    struct Item *next;
    ItemState    state;
    int64_t      failed_us;
    Arena       *arena; /* of what follows */
    Str          part, path;
    BesideKind   kind;
} Item;

struct Beside {
    Str             folder, parts;
    Arena          *arena;
    bool            read_only, ending, begun;
    BesideEngine    engine;
    void           *with;
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    pthread_t       background;
    DuckRun        *run; /* of the background, while it may be stopped */
    Item           *first;
};

Beside *beside_open(const char *folder, const char *parts, bool read_only, BesideEngine engine, void *with)
{
    Arena  *a = arena_open(0);
    Beside *b = NEW(a, Beside);
    *b = (Beside){ .arena = a, .read_only = read_only, .engine = engine, .with = with };
    b->folder = str_copy(a, str_of(folder));
    b->parts = str_copy(a, str_of(parts));
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    return b;
}

static void item_free(Item *item)
{
    arena_close(item->arena);
}

void beside_close(Beside *b)
{
    if (!b) return;
    pthread_mutex_lock(&b->lock);
    b->ending = true;
    if (b->run) duck_stop(b->run);
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    if (b->begun) pthread_join(b->background, NULL);
    for (Item *item = b->first, *next; item; item = next) {
        next = item->next;
        item_free(item);
    }
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->changed);
    arena_close(b->arena);
}

/* ---- names ---- */

static Str part_name(Str part)
{
    Cut cut = str_cut_last(part, '/');
    return cut.found ? cut.tail : part;
}

static Str path_of(const Beside *b, Arena *a, Str part, const BesideKind *kind)
{
    Str  name = part_name(part), under = path_join(a, b->folder, str_take_first(name, 2));
    Buf *file = buf_open(a);
    buf_putf(file, "%.*s.%s-%d", STR_ARG(name), kind->kind, kind->form);
    if (kind->recipe.len) {
        Hash hash = hash_of(kind->recipe.at, kind->recipe.len);
        buf_putf(file, "-%.*s", RECIPE_DIGITS, hex_make(a, hash.b, HASH_BYTES).at);
    }
    return path_join(a, under, buf_str(file));
}

/* What was made in an older form of the same kind. */
static void older_remove(const Beside *b, Arena *a, Str part, const BesideKind *kind)
{
    Str    name = part_name(part), under = path_join(a, b->folder, str_take_first(name, 2));
    Str    start = str_format(a, "%.*s.%s-", STR_ARG(name), kind->kind), *names;
    size_t n;
    if (!folder_list(a, under.at, &names, &n, NULL)) return;
    for (size_t i = 0; i < n; i++) {
        int64_t form;
        if (!str_starts(names[i], start)) continue;
        if (!str_to_i64(str_cut(str_drop(names[i], start.len), '-').head, &form) || form >= kind->form) continue;
        unlink(path_join(a, under, names[i]).at);
    }
}

/* ---- making ---- */

static bool move_in(Arena *a, const char *from, Str to, Err *err)
{
    int  fd = open(from, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && !fault_hits(FAULT_FILE_SYNC) && fsync(fd) == 0;
    if (!ok) fail_errno(err, "syncing %s", from);
    if (fd >= 0) close(fd);
    if (!ok || !folder_make(str_z(a, str_cut_last(to, '/').head), err)) return false;
    return (!fault_hits(FAULT_FILE_RENAME) && rename(from, to.at) == 0) || fail_errno(err, "renaming to %s", to.at);
}

/* `in_background`: the run may be stopped by beside_close. */
static bool item_make(Beside *b, const Item *item, bool in_background, Err *err)
{
    Arena   *a = arena_open(0);
    Duck    *duck;
    DuckRun *run = NULL;
    Str      temporary = STR_NONE;
    bool     ok = b->engine(b->with, &duck, err) && duck_run_open(duck, &run, err);
    pthread_mutex_lock(&b->lock);
    if (in_background) b->run = run;
    if (ok && b->ending) ok = fail(err, ERR_BUSY, "the node ends");
    pthread_mutex_unlock(&b->lock);
    ok = ok && files_temporary(b->parts.at, a, &temporary, err) &&
         item->kind.make(run, a, item->part, item->kind.recipe, temporary.at, err) &&
         move_in(a, temporary.at, item->path, err);
    pthread_mutex_lock(&b->lock);
    if (in_background) b->run = NULL;
    pthread_mutex_unlock(&b->lock);
    duck_run_close(run);
    if (ok) older_remove(b, a, item->part, &item->kind);
    else if (temporary.len) unlink(temporary.at);
    arena_close(a);
    return ok;
}

/* ---- who makes what; all under the lock ---- */

static Item *item_find(const Beside *b, Str path)
{
    for (Item *item = b->first; item; item = item->next)
        if (str_eq(item->path, path)) return item;
    return NULL;
}

static Item *item_add(Beside *b, Str part, Str path, const BesideKind *kind)
{
    Arena *a = arena_open(0);
    Item  *item = NEW(a, Item), **last = &b->first;
    *item = (Item){ .arena = a, .part = str_copy(a, part), .path = str_copy(a, path), .kind = *kind };
    item->kind.recipe = str_copy(a, kind->recipe);
    while (*last) last = &(*last)->next;
    *last = item;
    return item;
}

static void item_remove(Beside *b, Item *item)
{
    for (Item **at = &b->first; *at; at = &(*at)->next) {
        if (*at != item) continue;
        *at = item->next;
        break;
    }
    item_free(item);
}

static Item *item_next(const Beside *b)
{
    for (Item *item = b->first; item; item = item->next)
        if (item->state == ITEM_QUEUED) return item;
    return NULL;
}

static void *background(void *given)
{
    Beside *b = given;
    thread_give_way(THREAD_OF_BACKGROUND);
    pthread_mutex_lock(&b->lock);
    while (!b->ending) {
        Item *item = item_next(b);
        Err   err = { 0 };
        if (!item) {
            pthread_cond_wait(&b->changed, &b->lock);
            continue;
        }
        item->state = ITEM_MAKING;
        pthread_mutex_unlock(&b->lock);
        bool ok = item_make(b, item, true, &err);
        pthread_mutex_lock(&b->lock);
        if (!ok && !b->ending)
            diag(DIAG_WARN, "not made: %.*s: %s: %s", STR_ARG(part_name(item->path)), err_name(err.code), err.text);
        item->state = ITEM_FAILED;
        item->failed_us = time_monotonic_us();
        if (ok) item_remove(b, item);
        pthread_cond_broadcast(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void queue(Beside *b, Str part, Str path, const BesideKind *kind)
{
    Item *item = item_find(b, path);
    if (item && item->state != ITEM_FAILED) return;
    if (item && time_monotonic_us() - item->failed_us < (int64_t)BESIDE_PAUSE_S * 1000000) return;
    if (item) item->state = ITEM_QUEUED;
    else item_add(b, part, path, kind);
    if (!b->begun && !b->ending) b->begun = pthread_create(&b->background, NULL, background, b) == 0;
    pthread_cond_broadcast(&b->changed);
}

/* With the lock, which it has given up while it made. */
static bool make_now(Beside *b, Str part, Str path, const BesideKind *kind, Err *err)
{
    Item *item;
    while ((item = item_find(b, path)) && item->state == ITEM_MAKING) pthread_cond_wait(&b->changed, &b->lock);
    if (path_exists(path.at)) return true;
    if (!item) item = item_add(b, part, path, kind);
    item->state = ITEM_MAKING;
    pthread_mutex_unlock(&b->lock);
    bool ok = item_make(b, item, false, err);
    pthread_mutex_lock(&b->lock);
    item_remove(b, item);
    pthread_cond_broadcast(&b->changed);
    return ok;
}

bool beside_stays(Str part)
{
    return part_name(part).len == FILES_NAME_LENGTH;
}

bool beside_find(Beside *b, Arena *a, Str part, const BesideKind *kind, BesideHaste haste, Str *path, Err *err)
{
    Str at = path_of(b, a, part, kind);
    if (path_exists(at.at)) {
        *path = at;
        return true;
    }
    if (!beside_stays(part))
        return fail(err, ERR_NOT_FOUND, "nothing is kept beside %.*s, which does not stay", STR_ARG(part));
    if (b->read_only) return fail(err, ERR_NOT_FOUND, "%s is not there, and the node is read only", at.at);
    pthread_mutex_lock(&b->lock);
    bool ok = haste == BESIDE_WAIT && make_now(b, part, at, kind, err);
    if (haste == BESIDE_LATER) {
        queue(b, part, at, kind);
        fail(err, ERR_BUSY, "%s is being made", at.at);
    }
    pthread_mutex_unlock(&b->lock);
    if (ok) *path = at;
    return ok;
}

void beside_drop(Beside *b, Str part)
{
    Arena *a = arena_open(0);
    Str    name = part_name(part), under = path_join(a, b->folder, str_take_first(name, 2)), *names;
    size_t n;
    if (path_exists(under.at) && folder_list(a, under.at, &names, &n, NULL))
        for (size_t i = 0; i < n; i++)
            if (str_starts(names[i], name)) unlink(path_join(a, under, names[i]).at);
    arena_close(a);
}
