/* The Merkle tree of RFC 6962 section 2.1 over a growing list of leaves.
   Leaf hash SHA-256(0x00 || leaf), node SHA-256(0x01 || left || right). */
#ifndef BANYAN_CORE_TREE_H
#define BANYAN_CORE_TREE_H

#include "base/hash.h"

Hash tree_leaf_hash(Str leaf);
Hash tree_node_hash(Hash left, Hash right);

/* Grows by appending: the right edge in memory (at most 64 hashes), O(1) amortised a leaf. */
typedef struct { uint64_t size; Hash edge[64]; } Tree;
void tree_add(Tree *t, Hash leaf_hash);
Hash tree_root(const Tree *t); /* of the empty tree: SHA-256 of nothing */

/* Check proofs (RFC 6962 sections 2.1.1, 2.1.2; RFC 9162 section 2.1.3). */
bool tree_inclusion_check(uint64_t index, uint64_t size, Hash leaf_hash, const Hash *proof, size_t n, Hash root);
bool tree_consistency_check(uint64_t old_size, uint64_t size, Hash old_root, Hash root, const Hash *proof, size_t n);

#endif
