/* Consistent reading: a lock on what is in memory, a transaction on what is in node.db. */
#include <stdlib.h>
#include <string.h>

#include "core/inside.h"

#define READER_CACHE_BYTES ((size_t)512 << 10)

Snapshot *snapshot_open(Node *node, const Reader *reader, Str lang)
{
    Snapshot *s = calloc(1, sizeof *s);
    if (!s) memory_end(sizeof *s);
    *s = (Snapshot){ .node = node, .reader = reader, .lang = lang };
    pthread_rwlock_rdlock(&node->lock);
    return s;
}

static Db *pool_take(Node *node)
{
    pthread_mutex_lock(&node->pool_lock);
    Db *db = node->pool_count > 0 ? node->pool[--node->pool_count] : NULL;
    pthread_mutex_unlock(&node->pool_lock);
    return db;
}

static void pool_give(Node *node, Db *db)
{
    pthread_mutex_lock(&node->pool_lock);
    bool kept = node->pool_count < READERS_MAX;
    if (kept) node->pool[node->pool_count++] = db;
    pthread_mutex_unlock(&node->pool_lock);
    if (!kept) db_close(db);
}

bool snapshot_db(Snapshot *s, Db **out, Err *err)
{
    if (!s->db && s->node->read_only) s->db = s->node->db;
    if (!s->db) {
        Db *db = pool_take(s->node);
        if (!db) {
            char path[4096];
            snprintf(path, sizeof path, "%s/node.db", s->node->made);
            if (!db_open(path, DB_READ, READER_CACHE_BYTES, &db, err)) return false;
        }
        if (!db_begin_read(db, err)) {
            db_close(db);
            return false;
        }
        s->db = db;
    }
    *out = s->db;
    return true;
}

const roaring_bitmap_t *snapshot_visible(Snapshot *s)
{
    if (!s->visible) s->visible = faces_visible(s->node->faces, s->reader, &s->visible_owned);
    return s->visible;
}

void snapshot_close(Snapshot *s)
{
    if (!s) return;
    if (s->db && s->db != s->node->db) {
        db_end_read(s->db);
        pool_give(s->node, s->db);
    }
    if (s->visible_owned) roaring_bitmap_free(s->visible);
    pthread_rwlock_unlock(&s->node->lock);
    free(s);
}

uint64_t snapshot_log_size(const Snapshot *s)
{
    return atomic_load(&s->node->applied);
}

const Reader *snapshot_reader(const Snapshot *s)
{
    return s->reader;
}
