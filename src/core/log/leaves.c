/* The file `leaves`, from which the tree stands at once when a log opens.

   It is only believed as far as it gives the root that was signed. When it does not, each block is
   checked by itself and the bad ones are made again from the entries; then all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "core/log/inside.h"

typedef enum { TRUST_BLOCKS,
               CHECK_BLOCKS,
               FROM_ENTRIES } LoadMode;

void nodes_add(Nodes *nodes, Hash hash)
{
    if (nodes->n == nodes->room) {
        nodes->room = nodes->room ? 2 * nodes->room : 64;
        nodes->at = realloc(nodes->at, nodes->room * sizeof(Hash));
        if (!nodes->at) memory_end(nodes->room * sizeof(Hash));
    }
    nodes->at[nodes->n++] = hash;
}

static Hash leaf_hash(const Hash *leaf)
{
    return tree_leaf_hash((Str){ (const char *)leaf->b, HASH_BYTES });
}

static Hash block_root(const Hash *leaves)
{
    Tree t = { 0 };
    for (size_t i = 0; i < BLOCK_LEAVES; i++) tree_add(&t, leaf_hash(&leaves[i]));
    return t.edge[BLOCK_HEIGHT];
}

static bool leaves_from_entries(Log *log, uint64_t block, size_t n, Hash *out, Err *err)
{
    Arena *a = arena_open(0);
    bool   ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        Str entry;
        ok = log_read(log, a, block * BLOCK_LEAVES + i, &entry, &out[i], err);
        arena_reset(a);
    }
    arena_close(a);
    return ok;
}

/* One complete block's root, from the file as far as the mode trusts it. */
static bool block_load(Log *log, uint64_t block, uint64_t have, LoadMode mode, Hash *root, Err *err)
{
    struct {
        Hash leaves[BLOCK_LEAVES], root;
    } b;
    _Static_assert(sizeof b == BLOCK_BYTES, "a block lies in memory as in the file");
    uint64_t at = block * BLOCK_BYTES;
    bool     there = at + BLOCK_BYTES <= have && mode != FROM_ENTRIES;
    if (there && mode == TRUST_BLOCKS)
        return side_read(log->leaves, at + BLOCK_LEAVES * HASH_BYTES, root, HASH_BYTES, err);
    if (there && side_read(log->leaves, at, &b, BLOCK_BYTES, NULL)) {
        *root = block_root(b.leaves);
        if (hash_eq(*root, b.root)) return true;
    }
    if (!leaves_from_entries(log, block, BLOCK_LEAVES, b.leaves, err)) return false;
    *root = b.root = block_root(b.leaves);
    return log->read_only || side_write(log->leaves, at, &b, BLOCK_BYTES, err);
}

static bool tail_load(Log *log, uint64_t block, size_t n, uint64_t have, LoadMode mode, Err *err)
{
    uint64_t at = block * BLOCK_BYTES;
    size_t   bytes = n * HASH_BYTES;
    if (n == 0) return true;
    if (at + bytes <= have && mode == TRUST_BLOCKS) return side_read(log->leaves, at, log->tail, bytes, err);
    if (!leaves_from_entries(log, block, n, log->tail, err)) return false;
    return log->read_only || side_write(log->leaves, at, log->tail, bytes, err);
}

static void see_node(void *with, unsigned height, Hash root)
{
    Log *log = with;
    if (height % BLOCK_HEIGHT == 0) nodes_add(&log->nodes[height / BLOCK_HEIGHT], root);
}

static bool tree_load(Log *log, uint64_t size, LoadMode mode, Err *err)
{
    uint64_t have = side_size(log->leaves), blocks = size / BLOCK_LEAVES;
    log->tree = (Tree){ 0 };
    for (size_t i = 0; i < LEVELS; i++) log->nodes[i].n = 0;
    for (uint64_t block = 0; block < blocks; block++) {
        Hash root;
        if (!block_load(log, block, have, mode, &root, err)) return false;
        nodes_add(&log->nodes[1], root);
        tree_add_subtree(&log->tree, BLOCK_HEIGHT, root, see_node, log);
    }
    size_t rest = (size_t)(size % BLOCK_LEAVES);
    if (!tail_load(log, blocks, rest, have, mode, err)) return false;
    for (size_t i = 0; i < rest; i++) tree_add(&log->tree, leaf_hash(&log->tail[i]));
    return true;
}

bool leaves_load(Log *log, uint64_t size, Hash root, Err *err)
{
    static const LoadMode modes[] = { TRUST_BLOCKS, CHECK_BLOCKS, FROM_ENTRIES };
    for (size_t i = 0; i < 3; i++) {
        if (i == 1)
            diag(DIAG_WARN, "log: %s/leaves does not give the signed root; it is made again from the entries",
                 log->folder);
        if (!tree_load(log, size, modes[i], err)) return false;
        if (!hash_eq(tree_root(&log->tree), root)) continue;
        uint64_t whole = leaves_offset(size);
        return log->read_only || side_size(log->leaves) == whole || side_cut(log->leaves, whole, err);
    }
    return fail(err, ERR_CORRUPT,
                "%s: the %llu entries do not give the root that was signed: an entry was altered. "
                "Run banyan verify to find it; stop the node and bring the log back from a backup (banyan restore)",
                log->folder, (unsigned long long)size);
}

bool leaves_read(Log *log, uint64_t block, size_t n, Hash *out, Err *err)
{
    Hash root, all[BLOCK_LEAVES];
    pthread_mutex_lock(&log->lock);
    uint64_t size = log->tree.size, blocks = size / BLOCK_LEAVES;
    bool     there = block * BLOCK_LEAVES + n <= size;
    if (there && block == blocks) memcpy(out, log->tail, n * sizeof *out);
    if (block < blocks) root = log->nodes[1].at[block];
    pthread_mutex_unlock(&log->lock);
    if (!there) return fail(err, ERR_NOT_FOUND, "the log has %llu entries", (unsigned long long)size);
    if (block == blocks) return true;

    bool right = side_read(log->leaves, block * BLOCK_BYTES, all, sizeof all, NULL) && hash_eq(block_root(all), root);
    if (!right) {
        if (!leaves_from_entries(log, block, BLOCK_LEAVES, all, err)) return false;
        if (!hash_eq(block_root(all), root))
            return fail(err, ERR_CORRUPT,
                        "%s: entries %llu to %llu do not give the hash that was signed: one of them was altered. "
                        "Run banyan verify to find it",
                        log->folder, (unsigned long long)(block * BLOCK_LEAVES),
                        (unsigned long long)((block + 1) * BLOCK_LEAVES - 1));
    }
    memcpy(out, all, n * sizeof *out);
    return true;
}

/* --- checking the file ----------------------------------------------------------------------- */

static bool leaves_wrong(const LeavesCheck *c, uint64_t at, uint64_t index, Err *err)
{
    return fail(err, ERR_CORRUPT,
                "%s: byte %llu: not the leaf of entry %llu or the hash behind it. No entry is lost: stop the node, "
                "delete this file, start it again; it is made anew",
                c->path, (unsigned long long)at, (unsigned long long)index);
}

bool leaves_check_open(LeavesCheck *c, const char *folder, Err *err)
{
    *c = (LeavesCheck){ 0 };
    snprintf(c->path, sizeof c->path, "%s/leaves", folder);
    if (!side_open(c->path, true, &c->side, err)) return false;
    c->size = side_size(c->side);
    return true;
}

bool leaves_check_next(LeavesCheck *c, uint64_t index, Hash leaf, Err *err)
{
    Hash     stored;
    uint64_t at = leaves_offset(index);
    c->block[index % BLOCK_LEAVES] = leaf;
    if (at + HASH_BYTES > c->size) return true; /* not written yet */
    if (!side_read(c->side, at, &stored, sizeof stored, err)) return false;
    if (!hash_eq(stored, leaf)) return leaves_wrong(c, at, index, err);
    at += HASH_BYTES;
    if ((index + 1) % BLOCK_LEAVES != 0 || at + HASH_BYTES > c->size) return true;
    if (!side_read(c->side, at, &stored, sizeof stored, NULL) || !hash_eq(stored, block_root(c->block)))
        return leaves_wrong(c, at, index, err);
    return true;
}
