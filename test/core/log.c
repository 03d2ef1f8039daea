#include "core/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "check.h"

#define ORIGIN S("node.test/log")

static KeyPair key_of_tests(void)
{
    uint8_t seed[32] = "a seed that only tests may have";
    return key_from_seed(seed);
}

/* The entry that stands at `index` in all these tests. */
static Str entry(Arena *a, uint64_t index)
{
    Envelope e = {
        .id = str_format(a, "01912345-0000-7000-8000-%012llx", (unsigned long long)index),
        .kind = S("activity"), .slug = S("a"), .owner = S("o"), .audience = S("public"), .state = S("draft"),
        .author = S("system"), .note = S(""), .time_ms = 1, .version = 1,
    };
    return entry_write(a, &e, S("{}"));
}

static Log *open_log(const char *folder)
{
    Err     err = { 0 };
    KeyPair key = key_of_tests();
    Log    *log = NULL;
    check_ok(log_open(folder, ORIGIN, &key, &log, &err), &err, __FILE__, __LINE__, "log_open");
    return log;
}

static bool append(Log *log, size_t n, Err *err)
{
    Arena *a = arena_open(0);
    Str   *entries = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) entries[i] = entry(a, log_size(log) + i);
    bool ok = log_append(log, entries, n, NULL, err);
    arena_close(a);
    return ok;
}

static bool verify(const char *folder, uint64_t *size, Err *err)
{
    KeyPair key = key_of_tests();
    return log_verify(folder, ORIGIN, key.public_key, NULL, NULL, size, err);
}

static const char *log_folder(Arena *a)
{
    return path_join(a, str_of(test_folder(a)), S("log")).at;
}

TEST("an entry is written in one order and read back")
{
    Str      parents[] = { S("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff") };
    Envelope e = {
        .id = id_make(a), .kind = S("meeting"), .slug = S("a-\"slug\""), .owner = S("secretariat"),
        .audience = S("nodes:a,b"), .state = S("published"), .author = S("system"), .note = S("line\nbreak"),
        .time_ms = 1700000000123, .version = 7, .parents = parents, .parent_count = 1,
    };
    Str text = entry_write(a, &e, S("{\"title\":{\"en\":\"x\"}}\n"));
    CHECK(str_starts(str_drop(text, 7 + 36), S("\",\"kind\":\"meeting\",\"slug\":\"a-\\\"slug\\\"\",\"owner\":")));
    Envelope back;
    Str      body;
    CHECK_OK(entry_read(a, text, &back, &body, &err));
    CHECK_STR(back.id, e.id);
    CHECK_STR(back.slug, e.slug);
    CHECK_STR(back.note, e.note);
    CHECK_STR(back.state, e.state);
    CHECK_EQ_INT(back.time_ms, e.time_ms);
    CHECK_EQ_INT(back.version, 7);
    CHECK_EQ_INT(back.parent_count, 1);
    CHECK_STR(back.parents[0], parents[0]);
    CHECK_STR(body, "{\"title\":{\"en\":\"x\"}}\n");
    CHECK(body.at + body.len == text.at + text.len);
    CHECK_STR(entry_write(a, &back, body), text);
}

TEST("what is no entry is refused and said why")
{
    Str good = entry(a, 1);
    static const struct { const char *from, *to, *why; } cases[] = {
        { "{\"id\"", "[\"id\"", "line 1" },
        { "01912345", "Z1912345", "UUID" },
        { "\"draft\"", "\"other\"", "state" },
        { "\"kind\":\"activity\"", "\"kind\":\"\"", "kind" },
        { "\"kind\":\"activity\"", "\"kind\":5", "kind" },
        { "\"owner\":", "\"over\":", "owner" },
        { "\"time_ms\":1", "\"time_ms\":-1", "time_ms" },
        { "\"version\":1", "\"version\":0", "version" },
        { "\"parents\":[]", "\"parents\":{}", "parents" },
        { "\"parents\":[]", "\"parents\":[\"12\"]", "parent 0" },
        { "]}\n", "]} ", "line end" },
    };
    Envelope e;
    Str      body;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long at = str_find(good, str_of(cases[i].from));
        CHECK(at >= 0);
        Str parts[] = { str_take_first(good, (size_t)at), str_of(cases[i].to), str_drop(good, (size_t)at + strlen(cases[i].from)) };
        CHECK_ERR(entry_read(a, str_join(a, parts, 3), &e, &body, &err), ERR_FORMAT);
        if (!CHECK(strstr(err.text, cases[i].why))) CHECK_STR(str_of(err.text), cases[i].why);
    }
}

TEST("the log keeps entries, their leaves and its size over closing and opening")
{
    const char *folder = log_folder(a);
    Log        *log = open_log(folder);
    CHECK_EQ_INT(log_size(log), 0);
    Str     entries[3] = { entry(a, 0), entry(a, 1), entry(a, 2) };
    LogSpot spots[3];
    CHECK_OK(log_append(log, entries, 3, spots, &err));
    CHECK_EQ_INT(spots[2].index, 2);
    log_close(log);

    log = open_log(folder);
    CHECK_EQ_INT(log_size(log), 3);
    for (uint64_t i = 0; i < 3; i++) {
        Str  text, salt;
        Hash leaf;
        CHECK_OK(log_read(log, a, i, &text, &leaf, &err));
        CHECK_STR(text, entries[i]);
        CHECK(hash_eq(leaf, spots[i].leaf));
        CHECK_OK(log_read_salted(log, a, i, &salt, &text, &err));
        CHECK_EQ_INT(salt.len, LOG_SALT_BYTES);
        CHECK(hash_eq(entry_leaf((const uint8_t *)salt.at, text), leaf));
    }
    CHECK(!hash_eq(spots[0].leaf, spots[1].leaf));
    uint64_t size;
    CHECK_OK(verify(folder, &size, &err));
    CHECK_EQ_INT(size, 3);
    log_close(log);
}

TEST("the log of another name or key is not opened")
{
    const char *folder = log_folder(a);
    Log        *log = open_log(folder);
    CHECK_OK(append(log, 2, &err));
    log_close(log);
    KeyPair key = key_of_tests(), other = key_new();
    CHECK_ERR(log_open(folder, ORIGIN, &other, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_open(folder, S("else.test"), &key, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_open(folder, S("two words"), &key, &log, &err), ERR_INVALID);
    CHECK_ERR(log_verify(folder, ORIGIN, other.public_key, NULL, NULL, NULL, &err), ERR_CORRUPT);
    log_close(open_log(folder));
}

TEST("one may read beside the one who writes, without the secret")
{
    const char *folder = log_folder(a);
    Log        *log = open_log(folder), *reader;
    KeyPair     key = key_of_tests();
    CHECK_OK(append(log, 300, &err));
    CHECK_OK(log_open_read_only(folder, ORIGIN, key.public_key, &reader, &err));
    CHECK_OK(append(log, 300, &err));
    CHECK_EQ_INT(log_size(reader), 300);
    Str  bytes, note, text;
    bool full;
    CHECK_OK(log_tile(reader, a, S("tile/0/001.p/44"), &bytes, &full, &err));
    CHECK_ERR(log_tile(reader, a, S("tile/0/001.p/45"), &bytes, &full, &err), ERR_NOT_FOUND);
    CHECK_OK(log_checkpoint(reader, a, &note, &err));
    CHECK(str_has(note, S("\n300\n")));
    CHECK_OK(log_read(reader, a, 299, &text, NULL, &err));
    CHECK_STR(text, entry(a, 299));
    CHECK_ERR(append(reader, 1, &err), ERR_STORE);
    CHECK_OK(verify(folder, NULL, &err));
    log_close(reader);
    log_close(log);
}

static bool tile_is(Log *log, Arena *a, const char *path)
{
    Str  bytes;
    bool full;
    return log_tile(log, a, str_of(path), &bytes, &full, NULL);
}

TEST("only paths as the standard writes them name a tile")
{
    static const char *const good[] = {
        "tile/0/000", "tile/63/999.p/255", "tile/entries/x001/x234/067", "tile/8/x999/x999/x999/x999/x999/999.p/1",
        "tile/10/x010/000.p/10",
    };
    static const char *const bad[] = {
        "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/00", "tile/0/0000", "tile/0/x000/001", "tile/0/x001", "tile/0/x001/",
        "tile/0/001/002", "tile/64/000", "tile/00/000", "tile/01/000", "tile/-1/000", "tile/+1/000", "tile/0/000.p/", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/000p/1", "tile/0/000/", "tile/entry/000", "tile/0/x01/000",
        "/tile/0/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/0 0", "tile/ 0/000",
    };
    TilePath t;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_EQ_INT(tile_path_read(str_of(good[i]), &t) ? -1 : (int)i, -1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK_EQ_INT(tile_path_read(str_of(bad[i]), &t) ? (int)i : -1, -1);
    CHECK(tile_path_read(S("tile/entries/x001/x234/067.p/9"), &t));
    CHECK_EQ_INT(t.index, 1234067);
    CHECK_EQ_INT(t.width, 9);
    CHECK_EQ_INT(t.level, -1);
}

TEST("the tiles of a tree of 70000 are those the standard names")
{
    Log *log = open_log(log_folder(a));
    for (int i = 0; i < 70; i++) CHECK_OK(append(log, 1000, &err));
    static const struct { const char *path; bool there; } cases[] = {
        { "tile/0/000", true }, { "tile/0/272", true }, { "tile/0/273", false }, { "tile/0/273.p/112", true },
        { "tile/0/273.p/113", false }, { "tile/0/273.p/1", true }, { "tile/0/272.p/9", true }, { "tile/1/000", true },
        { "tile/1/001", false }, { "tile/1/001.p/17", true }, { "tile/1/001.p/18", false }, { "tile/2/000", false },
        { "tile/2/000.p/1", true }, { "tile/2/000.p/2", false }, { "tile/3/000.p/1", false }, { "tile/63/000.p/1", false },
        { "tile/entries/273.p/112", true }, { "tile/entries/273", false }, { "tile/0/x001/000", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (tile_is(log, a, cases[i].path) != cases[i].there) CHECK_STR(cases[i].path, cases[i].there ? "is missing" : "should not be");
    Hash   *proof;
    size_t  n;
    Str     text, note;
    Hash    leaf, root;
    uint64_t size;
    KeyPair key = key_of_tests();
    CHECK_OK(log_checkpoint(log, a, &note, &err));
    CHECK_OK(checkpoint_read(a, note, ORIGIN, key.public_key, &size, &root, &err));
    CHECK_EQ_INT(size, 70000);
    for (uint64_t i = 0; i < 70000; i += 6997) {
        CHECK_OK(log_read(log, a, i, &text, &leaf, &err));
        CHECK_OK(log_inclusion(log, a, i, 70000, &proof, &n, &err));
        CHECK(tree_inclusion_check(i, 70000, tree_leaf_hash((Str){ (const char *)leaf.b, 32 }), proof, n, root));
    }
    log_close(log);
}

TEST("each size's proofs come from the log as from the tree's definition")
{
    enum { MANY = 520 };
    Log     *log = open_log(log_folder(a));
    Hash    *roots = NEW_ARRAY(a, Hash, MANY + 1), *leaves = NEW_ARRAY(a, Hash, MANY), *proof;
    Tree     t = { 0 };
    KeyPair  key = key_of_tests();
    roots[0] = tree_root(&t);
    while (log_size(log) < MANY) {
        Str entries[] = { entry(a, log_size(log)), entry(a, log_size(log) + 1) };
        LogSpot spots[2];
        CHECK_OK(log_append(log, entries, 2, spots, &err));
        for (int i = 0; i < 2; i++) {
            leaves[spots[i].index] = tree_leaf_hash((Str){ (const char *)spots[i].leaf.b, 32 });
            tree_add(&t, leaves[spots[i].index]);
            roots[t.size] = tree_root(&t);
        }
        Str      note;
        Hash     root;
        uint64_t size;
        CHECK_OK(log_checkpoint(log, a, &note, &err));
        CHECK_OK(checkpoint_read(a, note, ORIGIN, key.public_key, &size, &root, &err));
        CHECK(size == t.size && hash_eq(root, roots[size]));
    }
    size_t n, wrong = 0;
    for (uint64_t size = 1; size <= MANY; size += 13) {
        for (uint64_t i = 0; i < size; i += 7) {
            CHECK_OK(log_inclusion(log, a, i, size, &proof, &n, &err));
            wrong += !tree_inclusion_check(i, size, leaves[i], proof, n, roots[size]);
            CHECK_OK(log_consistency(log, a, i, size, &proof, &n, &err));
            wrong += !tree_consistency_check(i, size, roots[i], roots[size], proof, n);
        }
    }
    CHECK_EQ_INT(wrong, 0);
    CHECK_ERR(log_inclusion(log, a, 0, MANY + 1, &proof, &n, &err), ERR_NOT_FOUND);
    CHECK_ERR(log_consistency(log, a, 0, MANY + 1, &proof, &n, &err), ERR_NOT_FOUND);
    log_close(log);
}

TEST("the file of leaves is made again when it is missing, cut, wrong or of zeros")
{
    const char *folder = log_folder(a), *path = path_join(a, str_of(folder), S("leaves")).at;
    Log        *log = open_log(folder);
    for (int i = 0; i < 7; i++) CHECK_OK(append(log, 100, &err));
    Str  before, after, note;
    bool full;
    CHECK_OK(log_tile(log, a, S("tile/entries/001"), &before, &full, &err));
    CHECK(full);
    log_close(log);
    Str whole;
    CHECK_OK(file_read(a, path, 1 << 20, &whole, &err));
    CHECK_EQ_INT(whole.len, 2 * 257 * 32 + 188 * 32);

    for (int way = 0; way < 6; way++) {
        char *bytes = arena_copy(a, whole.at, whole.len);
        size_t n = whole.len;
        if (way == 0) n = 0;
        if (way == 1) n = 300 * 32 + 5;
        if (way == 2) bytes[100] ^= 1;
        if (way == 3) memset(bytes + 4096, 0, 8192);
        if (way == 4) bytes[n - 1] ^= 1;
        if (way == 5) bytes[8192 + 3] ^= 1;
        CHECK_OK(file_replace(path, (Str){ bytes, n }, 0644, &err));
        if (way >= 2) CHECK_ERR(verify(folder, NULL, &err), ERR_CORRUPT);
        if (way >= 2) CHECK(strstr(err.text, "delete this file"));
        log = open_log(folder);
        CHECK_OK(log_tile(log, a, S("tile/entries/001"), &after, &full, &err));
        CHECK(str_eq(before, after));
        CHECK_OK(log_tile(log, a, S("tile/entries/000"), &after, &full, &err));
        CHECK_OK(log_checkpoint(log, a, &note, &err));
        log_close(log);
        Str now;
        CHECK_OK(file_read(a, path, 1 << 20, &now, &err));
        if (way != 2) CHECK(str_eq(now, whole)); /* in block 0 alone: found when it is read */
    }
}
