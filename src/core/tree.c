/* Hashing, growing, proving. Where the nodes are kept is the caller's business. */
#include "core/tree.h"

#include <assert.h>
#include <string.h>

Hash tree_leaf_hash(Str leaf)
{
    return hash_of_parts((Str[]){ S("\0"), leaf }, 2);
}

Hash tree_node_hash(Hash left, Hash right)
{
    unsigned char bytes[1 + 2 * HASH_BYTES];
    bytes[0] = 1;
    memcpy(bytes + 1, left.b, HASH_BYTES);
    memcpy(bytes + 1 + HASH_BYTES, right.b, HASH_BYTES);
    return hash_of(bytes, sizeof bytes);
}

void tree_add_subtree(Tree *t, unsigned height, Hash root, TreeSeen *seen, void *with)
{
    assert(height < 64 && (t->size & (((uint64_t)1 << height) - 1)) == 0);
    unsigned h = height;
    while (t->size >> h & 1) {
        root = tree_node_hash(t->edge[h++], root);
        if (seen) seen(with, h, root);
    }
    t->edge[h] = root;
    t->size += (uint64_t)1 << height;
}

void tree_add(Tree *t, Hash leaf_hash)
{
    tree_add_subtree(t, 0, leaf_hash, NULL, NULL);
}

Hash tree_root(const Tree *t)
{
    if (t->size == 0) return hash_of("", 0);
    unsigned h = (unsigned)__builtin_ctzll(t->size);
    Hash     root = t->edge[h];
    for (h++; h < 64; h++)
        if (t->size >> h & 1) root = tree_node_hash(t->edge[h], root);
    return root;
}

/* --- making proofs --------------------------------------------------------------------------- */

typedef struct {
    TreeNode *node;
    void     *with;
    Hash     *proof;
    size_t    n;
    Err      *err;
} Maker;

/* The height of the largest complete subtree that stands left in a tree of n > 1 leaves. */
static unsigned left_height(uint64_t n)
{
    return 63 - (unsigned)__builtin_clzll(n - 1);
}

/* The root over leaves [from, from + n), a right edge of the tree: left to right it falls into
   complete subtrees, one a bit of n. */
static bool range_root(const Maker *m, uint64_t from, uint64_t n, Hash *out)
{
    Tree     range = { 0 };
    uint64_t done = 0;
    for (int h = 63; h >= 0; h--) {
        if (!(n >> h & 1)) continue;
        Hash part;
        if (!m->node(m->with, (unsigned)h, (from + done) >> h, &part, m->err)) return false;
        range.edge[h] = part;
        done += (uint64_t)1 << h;
    }
    range.size = n;
    *out = tree_root(&range);
    return true;
}

static bool proof_add(Maker *m, uint64_t from, uint64_t n)
{
    return range_root(m, from, n, &m->proof[m->n]) && ++m->n;
}

/* From the top the siblings come top down; the proof is told bottom up. */
static void proof_turn(Maker *m)
{
    for (size_t i = 0; i < m->n / 2; i++) {
        Hash swap = m->proof[i];
        m->proof[i] = m->proof[m->n - 1 - i];
        m->proof[m->n - 1 - i] = swap;
    }
}

bool tree_inclusion_make(uint64_t index, uint64_t size, TreeNode *node, void *with, Hash *proof, size_t *n, Err *err)
{
    if (index >= size)
        return fail(err, ERR_NOT_FOUND, "entry %llu is not in a tree of %llu", (unsigned long long)index,
                    (unsigned long long)size);
    Maker m = { node, with, proof, 0, err };
    for (uint64_t from = 0, count = size; count > 1;) {
        uint64_t left = (uint64_t)1 << left_height(count);
        if (index - from < left) {
            if (!proof_add(&m, from + left, count - left)) return false;
            count = left;
        } else {
            if (!proof_add(&m, from, left)) return false;
            from += left;
            count -= left;
        }
    }
    proof_turn(&m);
    *n = m.n;
    return true;
}

bool tree_consistency_make(uint64_t old_size, uint64_t size, TreeNode *node, void *with, Hash *proof, size_t *n,
                           Err *err)
{
    if (old_size > size)
        return fail(err, ERR_NOT_FOUND, "a tree of %llu is not in a tree of %llu", (unsigned long long)old_size,
                    (unsigned long long)size);
    Maker    m = { node, with, proof, 0, err };
    uint64_t from = 0, count = size;
    while (old_size > 0 && from + count > old_size) {
        uint64_t left = (uint64_t)1 << left_height(count);
        if (old_size - from <= left) {
            if (!proof_add(&m, from + left, count - left)) return false;
            count = left;
        } else {
            if (!proof_add(&m, from, left)) return false;
            from += left;
            count -= left;
        }
    }
    /* Down at the old tree's last complete subtree: who checks has it only when it is the whole. */
    if (from > 0 && !proof_add(&m, from, count)) return false;
    proof_turn(&m);
    *n = m.n;
    return true;
}

bool tree_root_make(uint64_t size, TreeNode *node, void *with, Hash *root, Err *err)
{
    return range_root(&(Maker){ .node = node, .with = with, .err = err }, 0, size, root);
}

/* --- checking proofs ------------------------------------------------------------------------- */

bool tree_inclusion_check(uint64_t index, uint64_t size, Hash leaf_hash, const Hash *proof, size_t n, Hash root)
{
    if (index >= size) return false;
    uint64_t at = index, last = size - 1;
    Hash     hash = leaf_hash;
    for (size_t i = 0; i < n; i++) {
        if (last == 0) return false;
        if (at & 1 || at == last) {
            hash = tree_node_hash(proof[i], hash);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node_hash(hash, proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(hash, root);
}

bool tree_consistency_check(uint64_t old_size, uint64_t size, Hash old_root, Hash root, const Hash *proof, size_t n)
{
    if (old_size > size) return false;
    if (old_size == size) return n == 0 && hash_eq(old_root, root);
    if (old_size == 0) return n == 0 && hash_eq(old_root, hash_of("", 0));

    /* An old tree that is complete is itself the first node. */
    bool   whole = (old_size & (old_size - 1)) == 0;
    size_t used = whole ? 0 : 1;
    if (n < used) return false;
    Hash     old_hash = whole ? old_root : proof[0], hash = old_hash;
    uint64_t at = old_size - 1, last = size - 1;
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    for (; used < n; used++) {
        if (last == 0) return false;
        if (at & 1 || at == last) {
            old_hash = tree_node_hash(proof[used], old_hash);
            hash = tree_node_hash(proof[used], hash);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node_hash(hash, proof[used]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(old_hash, old_root) && hash_eq(hash, root);
}
