/* Tiles of any size there ever was, and proofs, from the complete subtrees in memory and the file of
   leaves. */
#include <string.h>

#include "core/log/inside.h"

#define LEVEL_MAX 63
#define ENTRIES   (-1)

static bool is_digits(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return s.len > 0;
}

/* A decimal number without leading zeros. */
static bool number_read(Str s, int64_t most, int64_t *out)
{
    return is_digits(s) && (s.len == 1 || s.at[0] != '0') && str_to_i64(s, out) && *out <= most;
}

/* "x001/x234/067" and what follows. */
static bool index_read(Str s, uint64_t *out, Str *rest)
{
    uint64_t n = 0;
    for (bool first = true;; first = false) {
        bool more = str_starts(s, S("x"));
        Str  digits = str_take_first(str_drop(s, more), 3);
        if (digits.len != 3 || !is_digits(digits) || n > UINT64_MAX / 1000 / 2) return false;
        if (first && more && str_eq(digits, S("000"))) return false;
        n = n * 1000 + (uint64_t)((digits.at[0] - '0') * 100 + (digits.at[1] - '0') * 10 + digits.at[2] - '0');
        s = str_drop(s, 3 + more);
        if (!more) break;
        if (!str_starts(s, S("/"))) return false;
        s = str_drop(s, 1);
    }
    *out = n;
    *rest = s;
    return true;
}

bool tile_path_read(Str path, TilePath *out)
{
    Cut      tile = str_cut(path, '/'), level = str_cut(tile.tail, '/');
    int64_t  number = ENTRIES, width = (int64_t)BLOCK_LEAVES;
    Str      rest;
    TilePath t;
    if (!str_eq(tile.head, S("tile")) || !level.found) return false;
    if (!str_eq(level.head, S("entries")) && !number_read(level.head, LEVEL_MAX, &number)) return false;
    if (!index_read(level.tail, &t.index, &rest)) return false;
    if (rest.len > 0 && (!str_starts(rest, S(".p/")) ||
                         !number_read(str_drop(rest, 3), (int64_t)BLOCK_LEAVES - 1, &width) || width == 0))
        return false;
    t.level = (int)number;
    t.width = (unsigned)width;
    *out = t;
    return true;
}

/* --- nodes ----------------------------------------------------------------------------------- */

static void leaf_hashes(const Hash *leaves, size_t n, Hash *out)
{
    for (size_t i = 0; i < n; i++) out[i] = tree_leaf_hash((Str){ (const char *)leaves[i].b, HASH_BYTES });
}

/* Roots [from, from + n) of the complete subtrees of 256^level leaves, level > 0. */
static bool nodes_read(Log *log, unsigned level, uint64_t from, size_t n, Hash *out, Err *err)
{
    pthread_mutex_lock(&log->lock);
    const Nodes *nodes = level < LEVELS ? &log->nodes[level] : NULL;
    bool         there = nodes && from <= nodes->n && n <= nodes->n - from;
    if (there) memcpy(out, nodes->at + from, n * sizeof *out);
    pthread_mutex_unlock(&log->lock);
    return there || fail(err, ERR_NOT_FOUND, "the log has no such tile");
}

/* A proof asks several times for nodes of the same block, and reading one checks it whole. */
typedef struct {
    Log     *log;
    uint64_t block;
    size_t   n;
    Hash     hashes[BLOCK_LEAVES];
} Prover;

static bool prover_block(Prover *p, uint64_t block, size_t n, Err *err)
{
    if (p->n >= n && p->block == block) return true;
    uint64_t size = log_size(p->log), from = block * BLOCK_LEAVES;
    size_t   have = size > from && size - from < BLOCK_LEAVES ? (size_t)(size - from) : BLOCK_LEAVES;
    if (!leaves_read(p->log, block, have, p->hashes, err)) return false;
    leaf_hashes(p->hashes, have, p->hashes);
    p->block = block;
    p->n = have;
    return n <= have || fail(err, ERR_NOT_FOUND, "the log has no such entry");
}

/* 256 or fewer hashes of a level, folded to one. */
static bool prover_node(void *with, unsigned height, uint64_t index, Hash *out, Err *err)
{
    Prover  *p = with;
    unsigned level = height / BLOCK_HEIGHT;
    size_t   n = (size_t)1 << height % BLOCK_HEIGHT;
    uint64_t from = index * n;
    Hash     hashes[BLOCK_LEAVES];
    if (level == 0) {
        size_t at = (size_t)(from % BLOCK_LEAVES);
        if (!prover_block(p, from / BLOCK_LEAVES, at + n, err)) return false;
        memcpy(hashes, p->hashes + at, n * sizeof *hashes);
    } else if (!nodes_read(p->log, level, from, n, hashes, err)) {
        return false;
    }
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++) hashes[i] = tree_node_hash(hashes[2 * i], hashes[2 * i + 1]);
    *out = hashes[0];
    return true;
}

/* --- served ---------------------------------------------------------------------------------- */

static Str bundle_make(Arena *a, const Hash *leaves, size_t n)
{
    char *bytes = arena_raw(a, n * (2 + HASH_BYTES)), *at = bytes;
    for (size_t i = 0; i < n; i++, at += 2 + HASH_BYTES) {
        at[0] = 0;
        at[1] = HASH_BYTES;
        memcpy(at + 2, leaves[i].b, HASH_BYTES);
    }
    return (Str){ bytes, n * (2 + HASH_BYTES) };
}

bool log_tile(Log *log, Arena *a, Str path, Str *bytes, bool *full, Err *err)
{
    TilePath t;
    if (!tile_path_read(path, &t)) return fail(err, ERR_NOT_FOUND, "not the path of a tile");
    size_t n = t.width;
    Hash   hashes[BLOCK_LEAVES];
    if (t.index > UINT64_MAX / BLOCK_LEAVES / 2) return fail(err, ERR_NOT_FOUND, "the log has no such tile");
    if (t.level > 0) {
        if (!nodes_read(log, (unsigned)t.level, t.index * BLOCK_LEAVES, n, hashes, err)) return false;
    } else if (!leaves_read(log, t.index, n, hashes, err)) {
        return false;
    }
    if (t.level == 0) leaf_hashes(hashes, n, hashes);
    *bytes =
        t.level == ENTRIES ? bundle_make(a, hashes, n) : (Str){ arena_copy(a, hashes, n * HASH_BYTES), n * HASH_BYTES };
    *full = n == BLOCK_LEAVES;
    return true;
}

static bool size_check(Log *log, uint64_t size, Err *err)
{
    uint64_t have = log_size(log);
    return size <= have || fail(err, ERR_NOT_FOUND, "the log has %llu entries, not %llu", (unsigned long long)have,
                                (unsigned long long)size);
}

bool log_inclusion(Log *log, Arena *a, uint64_t index, uint64_t size, Hash **proof, size_t *n, Err *err)
{
    Hash  *hashes = NEW_ARRAY(a, Hash, TREE_PROOF_MAX);
    Prover p = { .log = log };
    if (!size_check(log, size, err) || !tree_inclusion_make(index, size, prover_node, &p, hashes, n, err)) return false;
    *proof = hashes;
    return true;
}

bool log_consistency(Log *log, Arena *a, uint64_t old_size, uint64_t size, Hash **proof, size_t *n, Err *err)
{
    Hash  *hashes = NEW_ARRAY(a, Hash, TREE_PROOF_MAX);
    Prover p = { .log = log };
    if (!size_check(log, size, err) || !tree_consistency_make(old_size, size, prover_node, &p, hashes, n, err))
        return false;
    *proof = hashes;
    return true;
}
