/* Bulk load in two passes. The first gives each item its id and notes by which names others may link to
   it; the texts go to a spool beside the log. The second prepares them on all cores while the group
   before is written. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/loader/inside.h"
#include "core/parallel.h"

#define GROUP_ITEMS        2000
#define GROUP_BYTES        ((size_t)8 << 20)
#define THREAD_CACHE_BYTES ((size_t)2 << 20)

typedef struct {
    Loader   *loader;
    size_t    first, n;
    size_t    settled; /* the first item that was not written when this was begun */
    Prepared *prepared;
    Arena    *arena, *arenas[THREADS_MAX];
    Parallel *running;
} Batch;

static bool open_db(Node *node, size_t cache, Db **out, Err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/node.db", node->made);
    return db_open(path, DB_READ, cache, out, err);
}

static bool open_spool(Loader *l, Err *err)
{
    Str path = str_format(l->arena, "%s/load-XXXXXX", l->node->folder);
    int file = mkstemp((char *)path.at);
    if (file < 0) return fail_errno(err, "make %s", path.at);
    unlink(path.at);
    l->spool = fdopen(file, "w+");
    return l->spool != NULL || fail_errno(err, "open %s", path.at);
}

void loader_watch(Loader *l, NodeProgress progress, void *with)
{
    l->progress = progress;
    l->watcher = with;
}

void loader_say(Loader *l, const Messages *words)
{
    l->words = words;
}

void loader_trust(Loader *l)
{
    l->trusted = true;
}

bool loader_open(Node *node, const Reader *who, Loader **out, Err *err)
{
    if (node->read_only) return fail(err, ERR_STORE, "this node was opened read-only");
    Loader *l = calloc(1, sizeof *l);
    if (!l) memory_end(sizeof *l);
    l->node = node;
    l->who = who;
    l->changes = writer_changes(node->writer);
    l->owners = kind_find(node->kinds, S("organisation"));
    l->arena = arena_open((size_t)1 << 40);
    l->item_arena = arena_open((size_t)1 << 40);
    if (!open_db(node, THREAD_CACHE_BYTES, &l->db, err) || !db_begin_read(l->db, err) || !open_spool(l, err)) {
        loader_close(l);
        return false;
    }
    *out = l;
    return true;
}

void loader_close(Loader *l)
{
    if (!l) return;
    for (int t = 0; t < THREADS_MAX; t++) db_close(l->thread_db[t]);
    db_close(l->db);
    if (l->spool) fclose(l->spool);
    arena_close(l->item_arena);
    arena_close(l->arena);
    free(l->items);
    free(l->names);
    free(l->edges);
    free(l);
}

static void prepare_item(void *with, size_t i, Arena *kept, Arena *a)
{
    Batch    *b = with;
    Item     *item = &b->loader->items[b->first + i];
    Prepared *out = &b->prepared[i];
    int       thread = 0;
    Err       err = { 0 };
    while (b->arenas[thread] != kept) thread++;
    Second      s = { b->loader, a, kept, b->loader->thread_db[thread], item, out, b->settled, thread };
    const char *wrong = item->wrong ? item->wrong : loader_prepare(&s, &err);
    if (!wrong) return;
    out->fate = ITEM_WRONG;
    out->wrong = str_copy(kept, str_of(wrong)).at;
}

static void batch_start(Batch *b, Loader *l, size_t first, size_t settled, int threads)
{
    *b = (Batch){ .loader = l, .first = first, .settled = settled, .arena = arena_open((size_t)1 << 40) };
    for (size_t bytes = 0; first + b->n < l->n && b->n < GROUP_ITEMS && bytes < GROUP_BYTES; b->n++)
        bytes += l->items[first + b->n].len;
    b->prepared = NEW_ARRAY(b->arena, Prepared, b->n);
    for (int t = 0; t < threads; t++)
        b->arenas[t] = arena_adopt(b->arena, arena_open((size_t)1 << 40), (void (*)(void *))arena_close);
    if (b->n) b->running = parallel_start(threads, b->n, prepare_item, b, b->arenas);
}

/* All of the batch is prepared, and nothing else is yet: the time to settle what is set aside and to note
   what relies on items whose turn has not come. */
static void batch_settle(Batch *b)
{
    Loader *l = b->loader;
    for (size_t i = 0; i < b->n; i++) {
        Prepared *p = &b->prepared[i];
        if (p->fate == ITEM_WRONG) l->items[b->first + i].wrong = "set aside";
        for (Relied *r = p->fate == ITEM_WRONG ? NULL : p->relied; r; r = r->next) {
            if (l->edge_count == l->edge_room) {
                l->edge_room = l->edge_room ? 2 * l->edge_room : 1024;
                l->edges = realloc(l->edges, l->edge_room * sizeof *l->edges);
                if (!l->edges) memory_end(l->edge_room * sizeof *l->edges);
            }
            l->edges[l->edge_count++] = (Edge){ (uint32_t)(b->first + i), r->to, r->field };
        }
    }
}

typedef void (*Rejected)(void *with, const char *source, uint64_t line, Str what);

static void reject(Loader *l, const Item *item, const char *what, Rejected rejected, void *with)
{
    l->count.rejected++;
    if (rejected) rejected(with, item->source, item->line, str_of(what));
}

static bool batch_write(Batch *b, Rejected rejected, void *with, Err *err)
{
    Loader *l = b->loader;
    Write  *writes = NEW_ARRAY(b->arena, Write, b->n);
    size_t *from = NEW_ARRAY(b->arena, size_t, b->n), n = 0;
    for (size_t i = 0; i < b->n; i++) {
        Prepared *p = &b->prepared[i];
        if (p->fate == ITEM_WRONG) reject(l, &l->items[b->first + i], p->wrong, rejected, with);
        l->count.unchanged += p->fate == ITEM_UNCHANGED;
        if (p->fate != ITEM_WRITE) continue;
        from[n] = i;
        writes[n++] = p->write;
    }
    if (n > 0 && !writer_load(l->node->writer, writes, n, l->changes, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (writes[i].stale) l->items[b->first + from[i]].late = true;
        if (writes[i].stale)
            reject(l, &l->items[b->first + from[i]], "its slug or key is another record's, or it changed meanwhile",
                   rejected, with);
        else l->count.written++;
    }
    return true;
}

/* Written in good faith, but what they rely on was set aside later, and no record of the node stands in. */
static bool tell_dangling(Loader *l, Rejected rejected, void *with, Err *err)
{
    for (size_t i = 0; i < l->edge_count; i++) {
        const Edge *e = &l->edges[i];
        const Item *from = &l->items[e->from], *to = &l->items[e->to];
        RecordRow   row;
        Err         why = { 0 };
        if ((!to->wrong && !to->late) || from->late) continue;
        arena_reset(l->item_arena);
        if (rows_record(l->db, l->item_arena, (Str){ to->id, ID_LEN }, &row, &why)) continue;
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        Str what = e->field ? str_format(l->item_arena, "its link /%.*s", STR_ARG(e->field->path)) : S("its owner");
        l->count.dangling++;
        if (rejected)
            rejected(with, from->source, from->line,
                     str_format(l->item_arena,
                                "kept, but %.*s leads to %s:%u, which was set aside: put that "
                                "right and load both again",
                                STR_ARG(what), to->source, to->line));
    }
    return true;
}

bool loader_finish(Loader *l, Rejected rejected, void *with, LoadCount *count, Err *err)
{
    int   threads = l->n > 64 ? parallel_threads() : 1;
    Batch now, next;
    for (int t = 0; t < threads; t++)
        if (!l->thread_db[t] && !open_db(l->node, THREAD_CACHE_BYTES, &l->thread_db[t], err)) return false;
    db_end_read(l->db);
    if (fflush(l->spool) != 0) return fail_errno(err, "write the spool");
    bool ok = true;
    batch_start(&now, l, 0, 0, threads);
    while (now.n > 0) {
        parallel_wait(now.running);
        batch_settle(&now);
        batch_start(&next, l, ok ? now.first + now.n : l->n, now.first, threads);
        ok = ok && batch_write(&now, rejected, with, err);
        arena_close(now.arena);
        if (l->progress) l->progress(l->watcher, now.first + now.n, l->n);
        now = next;
    }
    arena_close(now.arena);
    ok = ok && tell_dangling(l, rejected, with, err);
    *count = l->count;
    return ok;
}
