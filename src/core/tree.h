/* The Merkle tree of RFC 6962 section 2.1 over a growing list of leaves.
   Leaf hash SHA-256(0x00 || leaf), node SHA-256(0x01 || left || right). */
#ifndef BANYAN_CORE_TREE_H
#define BANYAN_CORE_TREE_H

#include "base/hash.h"

Hash tree_leaf_hash(Str leaf);
Hash tree_node_hash(Hash left, Hash right);

/* Grows by appending: the right edge in memory (at most 64 hashes), O(1) amortised a leaf. edge[h] is
   the root of the complete subtree of 2^h leaves that stands at bit h of `size`. */
typedef struct {
    uint64_t size;
    Hash     edge[64];
} Tree;
void tree_add(Tree *t, Hash leaf_hash);
/* Add a complete subtree of 2^height leaves; `size` must be a multiple of 2^height. `seen` (may be
   NULL) is told of each larger subtree that is complete by it. */
typedef void TreeSeen(void *with, unsigned height, Hash root);
void         tree_add_subtree(Tree *t, unsigned height, Hash root, TreeSeen *seen, void *with);
Hash         tree_root(const Tree *t); /* of the empty tree: SHA-256 of nothing */

/* Make proofs (RFC 6962 sections 2.1.1, 2.1.2). `node` gives the root of the complete subtree over the
   leaves [index * 2^height, (index + 1) * 2^height) and is asked O(log size) times. Hashes bottom up;
   `proof` has room for TREE_PROOF_MAX. */
#define TREE_PROOF_MAX 65
typedef bool TreeNode(void *with, unsigned height, uint64_t index, Hash *out, Err *err);
bool         tree_inclusion_make(uint64_t index, uint64_t size, TreeNode *node, void *with, Hash *proof, size_t *n,
                                 Err *err);
bool         tree_consistency_make(uint64_t old_size, uint64_t size, TreeNode *node, void *with, Hash *proof, size_t *n,
                                   Err *err);
bool         tree_root_make(uint64_t size, TreeNode *node, void *with, Hash *root, Err *err);

/* Check proofs (RFC 6962 sections 2.1.1, 2.1.2; RFC 9162 sections 2.1.3, 2.1.4). */
bool tree_inclusion_check(uint64_t index, uint64_t size, Hash leaf_hash, const Hash *proof, size_t n, Hash root);
bool tree_consistency_check(uint64_t old_size, uint64_t size, Hash old_root, Hash root, const Hash *proof, size_t n);

#endif
