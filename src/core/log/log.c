/* Opening, appending, reading. Entries' and checkpoints' forms, the file of leaves, tiles and the whole
   check have files of their own (log/). */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "core/log/inside.h"

/* A buffer larger than this is given back after the group. */
#define KEEP_BYTES ((size_t)4 << 20)

/* --- opening --------------------------------------------------------------------------------- */

static bool origin_check(Str origin, Err *err)
{
    bool ok = origin.len > 0 && origin.len <= 255 && str_is_utf8(origin);
    for (size_t i = 0; ok && i < origin.len; i++)
        ok = (unsigned char)origin.at[i] > ' ' && origin.at[i] != '+' && origin.at[i] != 0x7F;
    return ok || fail(err, ERR_INVALID, "\"%.*s\" cannot be a node's name: up to 255 bytes without spaces and '+'",
                      STR_ARG(origin));
}

static bool log_load(Arena *a, Log *log, Err *err)
{
    Str      seal;
    uint64_t size = 0;
    Hash     root = hash_of("", 0);
    if (!journal_open(a, log->folder, &(JournalOptions){ .read_only = log->read_only }, &log->journal, &seal, err))
        return false;
    uint64_t count = journal_count(log->journal);
    if (seal.len > 0 && !checkpoint_read(a, seal, log->origin, log->key.public_key, &size, &root, err)) {
        fail_in(err, "%s: the seal behind entry %llu", log->folder, (unsigned long long)count);
        return fail(err, ERR_CORRUPT,
                    "%s. Is this the log of another node, or the key another? Else bring it back from a backup "
                    "(banyan restore)",
                    err->text);
    }
    if (size != count)
        return fail(err, ERR_CORRUPT,
                    "%s: the last checkpoint is of %llu entries, the journal has %llu. Bring it back from a backup "
                    "(banyan restore)",
                    log->folder, (unsigned long long)size, (unsigned long long)count);

    const char *path = path_join(a, str_of(log->folder), S("leaves")).at;
    if (!side_open(path, log->read_only, &log->leaves, err)) return false;
    if (!log->read_only && side_size(log->leaves) > leaves_offset(size))
        return fail(
            err, ERR_CORRUPT,
            "%s knows of more than the %llu entries of the log: its end was cut off. Bring the log back from a "
            "backup (banyan restore). To go on from this shorter log on purpose: banyan rebuild --accept-shorter-log",
            path, (unsigned long long)size);
    if (!leaves_load(log, size, root, err)) return false;

    if (seal.len == 0 && !log->read_only) seal = checkpoint_write(a, log->origin, &log->key, 0, root);
    buf_put(&log->note, seal);
    return true;
}

static bool log_start(const char *folder, Str origin, const KeyPair *key, bool read_only, Log **out, Err *err)
{
    if (!origin_check(origin, err)) return false;
    Log  *log = calloc(1, sizeof *log);
    char *name = malloc(origin.len + 1);
    if (!log || !name || !(log->folder = strdup(folder))) memory_end(sizeof *log);
    memcpy(name, origin.at, origin.len);
    log->origin = (Str){ name, origin.len };
    log->key = *key;
    log->read_only = read_only;
    pthread_mutex_init(&log->lock, NULL);
    Arena *a = arena_open(0);
    bool   ok = log_load(a, log, err);
    arena_close(a);
    if (ok) *out = log;
    else log_close(log);
    return ok;
}

bool log_open(const char *folder, Str origin, const KeyPair *key, Log **out, Err *err)
{
    return log_start(folder, origin, key, false, out, err);
}

bool log_open_read_only(const char *folder, Str origin, const uint8_t public_key[32], Log **out, Err *err)
{
    KeyPair key = { 0 };
    memcpy(key.public_key, public_key, sizeof key.public_key);
    return log_start(folder, origin, &key, true, out, err);
}

void log_close(Log *log)
{
    if (!log) return;
    journal_close(log->journal);
    side_close(log->leaves);
    pthread_mutex_destroy(&log->lock);
    for (size_t i = 0; i < LEVELS; i++) free(log->nodes[i].at);
    buf_free(&log->note);
    buf_free(&log->group);
    free((char *)log->origin.at);
    free(log->folder);
    explicit_bzero(log, sizeof *log);
    free(log);
}

uint64_t log_size(Log *log)
{
    pthread_mutex_lock(&log->lock);
    uint64_t size = log->tree.size;
    pthread_mutex_unlock(&log->lock);
    return size;
}

/* --- appending ------------------------------------------------------------------------------- */

/* What a group makes of the tree, until it is durable. */
typedef struct LogGroup Growth;
struct LogGroup {
    Tree     tree;
    LogSpot *spots;
    size_t   n;
    Nodes    nodes[LEVELS]; /* new ones */
    Buf      rows;          /* for the file of leaves */
    Str      note;
};

static void see_node(void *with, unsigned height, Hash root)
{
    Growth *g = with;
    if (height % BLOCK_HEIGHT != 0) return;
    nodes_add(&g->nodes[height / BLOCK_HEIGHT], root);
    if (height == BLOCK_HEIGHT) buf_put_bytes(&g->rows, root.b, HASH_BYTES);
}

static void growth_add(Growth *g, Hash leaf)
{
    g->spots[g->n++] = (LogSpot){ g->tree.size, leaf };
    buf_put_bytes(&g->rows, leaf.b, HASH_BYTES);
    tree_add_subtree(&g->tree, 0, tree_leaf_hash((Str){ (const char *)leaf.b, HASH_BYTES }), see_node, g);
}

static void growth_free(Growth *g)
{
    for (size_t i = 0; i < LEVELS; i++) free(g->nodes[i].at);
    buf_free(&g->rows);
}

/* Each entry behind its salt, one after the other in log->group. */
static Str *frames_make(Arena *a, Log *log, const Str *entries, size_t n)
{
    size_t   size = 0;
    Str     *frames = NEW_ARRAY(a, Str, n);
    uint8_t *salts = arena_raw(a, n * LOG_SALT_BYTES);
    random_bytes(salts, n * LOG_SALT_BYTES);
    for (size_t i = 0; i < n; i++) size += LOG_SALT_BYTES + entries[i].len;
    if (log->group.room > KEEP_BYTES) buf_free(&log->group);
    buf_clear(&log->group);
    char *at = buf_grow(&log->group, size);
    for (size_t i = 0; i < n; i++) {
        memcpy(at, salts + i * LOG_SALT_BYTES, LOG_SALT_BYTES);
        if (entries[i].len) memcpy(at + LOG_SALT_BYTES, entries[i].at, entries[i].len);
        frames[i] = (Str){ at, LOG_SALT_BYTES + entries[i].len };
        at += frames[i].len;
    }
    return frames;
}

/* The group is durable: let readers see it. The file of leaves can wait for the next opening. */
static void growth_take(Log *log, const Growth *g)
{
    Err      err;
    uint64_t before = log->tree.size;
    if (!log->leaves_lost && !side_write(log->leaves, leaves_offset(before), g->rows.at, g->rows.len, &err)) {
        log->leaves_lost = true;
        diag(DIAG_WARN, "log: leaves not written, the next start is slower: %s", err.text);
    }
    pthread_mutex_lock(&log->lock);
    log->tree = g->tree;
    for (size_t level = 1; level < LEVELS; level++)
        for (size_t i = 0; i < g->nodes[level].n; i++) nodes_add(&log->nodes[level], g->nodes[level].at[i]);
    for (size_t i = 0; i < g->n; i++) log->tail[g->spots[i].index % BLOCK_LEAVES] = g->spots[i].leaf;
    buf_clear(&log->note);
    buf_put(&log->note, g->note);
    pthread_mutex_unlock(&log->lock);
}

static bool group_write(Arena *a, Log *log, const Str *entries, Growth *g, size_t n, Err *err)
{
    Str *frames = frames_make(a, log, entries, n);
    buf_reserve(&g->rows, (n + n / BLOCK_LEAVES + 1) * HASH_BYTES);
    for (size_t i = 0; i < n; i++)
        growth_add(g, entry_leaf((const uint8_t *)frames[i].at, str_drop(frames[i], LOG_SALT_BYTES)));
    g->note = checkpoint_write(a, log->origin, &log->key, g->tree.size, tree_root(&g->tree));
    return journal_write(log->journal, frames, n, g->note, err);
}

bool log_write(Log *log, Arena *a, const Str *entries, size_t n, LogSpot *spots, LogGroup **out, Err *err)
{
    *out = NULL;
    if (log->read_only) return fail(err, ERR_STORE, "the log is open for reading only");
    if (n == 0) return true;
    uint64_t size = 0;
    for (size_t i = 0; i < n; i++) size += entries[i].len + 128;
    if (size > JOURNAL_GROUP_MAX) return fail(err, ERR_TOO_BIG, "a group of %zu entries is too long for the log", n);
    Growth *g = NEW(a, Growth);
    g->tree = log->tree;
    g->spots = NEW_ARRAY(a, LogSpot, n);
    if (!group_write(a, log, entries, g, n, err)) {
        growth_free(g);
        return false;
    }
    if (spots) memcpy(spots, g->spots, n * sizeof *spots);
    *out = g;
    return true;
}

bool log_sync(Log *log, LogGroup *group, Err *err)
{
    bool ok = !group || journal_sync(log->journal, err);
    if (ok && group) growth_take(log, group);
    if (group) growth_free(group);
    return ok;
}

bool log_append(Log *log, const Str *entries, size_t n, LogSpot *spots, Err *err)
{
    Arena    *a = arena_open(0);
    LogGroup *group;
    bool      ok = log_write(log, a, entries, n, spots, &group, err) && log_sync(log, group, err);
    arena_close(a);
    return ok;
}

/* --- reading --------------------------------------------------------------------------------- */

bool log_read_salted(Log *log, Arena *a, uint64_t index, Str *salt, Str *entry, Err *err)
{
    Str frame;
    if (!journal_read(log->journal, a, index, &frame, err)) return false;
    if (frame.len < LOG_SALT_BYTES)
        return fail(err, ERR_CORRUPT, "%s: entry %llu has no salt", log->folder, (unsigned long long)index);
    *salt = str_take_first(frame, LOG_SALT_BYTES);
    *entry = str_drop(frame, LOG_SALT_BYTES);
    return true;
}

bool log_read(Log *log, Arena *a, uint64_t index, Str *entry, Hash *leaf, Err *err)
{
    Str salt;
    if (!log_read_salted(log, a, index, &salt, entry, err)) return false;
    if (leaf) *leaf = entry_leaf((const uint8_t *)salt.at, *entry);
    return true;
}

bool log_checkpoint(Log *log, Arena *a, Str *note, Err *err)
{
    pthread_mutex_lock(&log->lock);
    *note = str_copy(a, buf_str(&log->note));
    pthread_mutex_unlock(&log->lock);
    return note->len > 0 || fail(err, ERR_NOT_FOUND, "the log has no checkpoint yet");
}

Str log_verifier_key(Log *log, Arena *a)
{
    return verifier_key_make(a, log->origin, log->key.public_key);
}
