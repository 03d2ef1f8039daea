#include "core/tree.h"

#include <string.h>

#include "check.h"

/* The leaves and roots that implementations of RFC 6962 test themselves with. */
static const Str known_leaves[] = {
    S_INIT(""),
    S_INIT("\x00"),
    S_INIT("\x10"),
    S_INIT("\x20\x21"),
    S_INIT("\x30\x31"),
    S_INIT("\x40\x41\x42\x43"),
    S_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
    S_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
};
static const char *const known_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

enum { MANY = 130 };

/* Leaf hashes and the roots of all sizes, each made the slow way RFC 6962 states it. */
typedef struct {
    Hash leaves[MANY], roots[MANY + 1];
} Model;

static Hash model_root(const Hash *leaves, size_t n)
{
    if (n == 0) return hash_of("", 0);
    if (n == 1) return leaves[0];
    size_t left = 1;
    while (left * 2 < n) left *= 2;
    return tree_node_hash(model_root(leaves, left), model_root(leaves + left, n - left));
}

static Model *model_make(Arena *a)
{
    Model *m = NEW(a, Model);
    for (size_t i = 0; i < MANY; i++) m->leaves[i] = tree_leaf_hash(str_format(a, "leaf %zu", i));
    for (size_t n = 0; n <= MANY; n++) m->roots[n] = model_root(m->leaves, n);
    return m;
}

static bool model_node(void *with, unsigned height, uint64_t index, Hash *out, Err *err)
{
    const Model *m = with;
    uint64_t     n = (uint64_t)1 << height;
    if ((index + 1) * n > MANY) return fail(err, ERR_INTERNAL, "node %u/%d is not complete", height, (int)index);
    *out = model_root(m->leaves + index * n, n);
    return true;
}

static bool known_node(void *with, unsigned height, uint64_t index, Hash *out, Err *err)
{
    (void)err;
    *out = model_root((const Hash *)with + (index << height), (size_t)1 << height);
    return true;
}

static Str hex_of(Arena *a, const Hash *hashes, size_t n)
{
    Str *parts = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) parts[i] = str_take_first(hex_make(a, hashes[i].b, 32), 8);
    return str_join_with(a, S(" "), parts, n);
}

TEST("the roots of the known leaves are the known roots")
{
    Tree t = { 0 };
    CHECK_STR(hex_make(a, tree_root(&t).b, 32), known_roots[0]);
    for (size_t i = 0; i < 8; i++) {
        tree_add(&t, tree_leaf_hash(known_leaves[i]));
        CHECK_STR(hex_make(a, tree_root(&t).b, 32), known_roots[i + 1]);
    }
}

TEST("the proofs of the known leaves are the known proofs")
{
    Hash leaves[8], proof[TREE_PROOF_MAX];
    for (size_t i = 0; i < 8; i++) leaves[i] = tree_leaf_hash(known_leaves[i]);
    size_t n;
    CHECK_OK(tree_inclusion_make(0, 8, known_node, leaves, proof, &n, &err));
    CHECK_STR(hex_of(a, proof, n), "96a296d2 5f083f0a 6b47aaf2");
    CHECK_OK(tree_inclusion_make(5, 8, known_node, leaves, proof, &n, &err));
    CHECK_STR(hex_of(a, proof, n), "bc1a0643 ca854ea1 d37ee418");
    CHECK_OK(tree_consistency_make(6, 8, known_node, leaves, proof, &n, &err));
    CHECK_STR(hex_of(a, proof, n), "0ebc5d34 ca854ea1 d37ee418");
    CHECK_OK(tree_consistency_make(2, 5, known_node, leaves, proof, &n, &err));
    CHECK_STR(hex_of(a, proof, n), "5f083f0a bc1a0643");
}

TEST("a tree grown leaf by leaf or by whole subtrees has the root of the definition")
{
    Model *m = model_make(a);
    Tree   t = { 0 };
    for (size_t n = 0; n <= MANY; n++) {
        CHECK(hash_eq(tree_root(&t), m->roots[n]));
        Hash root;
        CHECK_OK(tree_root_make(n, model_node, m, &root, &err));
        CHECK(hash_eq(root, m->roots[n]));
        if (n < MANY) tree_add(&t, m->leaves[n]);
    }
    Tree by_parts = { 0 };
    tree_add_subtree(&by_parts, 6, model_root(m->leaves, 64), NULL, NULL);
    tree_add_subtree(&by_parts, 5, model_root(m->leaves + 64, 32), NULL, NULL);
    tree_add_subtree(&by_parts, 5, model_root(m->leaves + 96, 32), NULL, NULL);
    tree_add(&by_parts, m->leaves[128]);
    CHECK_EQ_INT(by_parts.size, 129);
    CHECK(hash_eq(tree_root(&by_parts), m->roots[129]));
}

TEST("each leaf is proved to be in each tree, and nothing else is")
{
    Model *m = model_make(a);
    Hash   proof[TREE_PROOF_MAX], other = hash_of("x", 1);
    size_t n, wrong = 0;
    for (uint64_t size = 1; size <= MANY; size++) {
        for (uint64_t i = 0; i < size; i++) {
            CHECK_OK(tree_inclusion_make(i, size, model_node, m, proof, &n, &err));
            Hash leaf = m->leaves[i], root = m->roots[size];
            if (!tree_inclusion_check(i, size, leaf, proof, n, root)) wrong++;
            wrong += tree_inclusion_check(i, size, other, proof, n, root);
            wrong += tree_inclusion_check(i, size, leaf, proof, n, other);
            wrong += i + 1 < size && tree_inclusion_check(i + 1, size, leaf, proof, n, root);
            wrong += tree_inclusion_check(i + size, size, leaf, proof, n, root);
            proof[n] = other;
            wrong += tree_inclusion_check(i, size, leaf, proof, n + 1, root);
            if (n == 0) continue;
            wrong += tree_inclusion_check(i, size, leaf, proof, n - 1, root);
            proof[n - 1].b[7] ^= 1;
            wrong += tree_inclusion_check(i, size, leaf, proof, n, root);
        }
    }
    CHECK_EQ_INT(wrong, 0);
    CHECK_ERR(tree_inclusion_make(5, 5, model_node, m, proof, &n, &err), ERR_NOT_FOUND);
}

TEST("each tree is proved to start with each smaller one, and nothing else is")
{
    Model *m = model_make(a);
    Hash   proof[TREE_PROOF_MAX], other = hash_of("x", 1);
    size_t n, wrong = 0;
    for (uint64_t size = 0; size <= MANY; size++) {
        for (uint64_t old = 0; old <= size; old++) {
            CHECK_OK(tree_consistency_make(old, size, model_node, m, proof, &n, &err));
            Hash was = m->roots[old], root = m->roots[size];
            if (!tree_consistency_check(old, size, was, root, proof, n)) wrong++;
            wrong += tree_consistency_check(old, size, other, root, proof, n);
            wrong += old != 0 && tree_consistency_check(old, size, was, other, proof, n);
            wrong += old != size && tree_consistency_check(size, old, root, was, proof, n);
            proof[n] = other;
            wrong += tree_consistency_check(old, size, was, root, proof, n + 1);
            if (n == 0) continue;
            wrong += tree_consistency_check(old, size, was, root, proof, n - 1);
            proof[0].b[3] ^= 0x80;
            wrong += tree_consistency_check(old, size, was, root, proof, n);
        }
    }
    CHECK_EQ_INT(wrong, 0);
    CHECK_ERR(tree_consistency_make(9, 8, model_node, m, proof, &n, &err), ERR_NOT_FOUND);
}
