#include "core/log.h"

#include <string.h>

#include "base/file.h"
#include "base/id.h"
#include "core/log_kit.h"

TEST("an entry is written in one order and read back")
{
    Str      parents[] = { S("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff") };
    Envelope e = {
        .id = id_make(a),
        .kind = S("meeting"),
        .slug = S("a-\"slug\""),
        .owner = S("secretariat"),
        .audience = S("nodes:a,b"),
        .state = S("published"),
        .author = S("system"),
        .note = S("line\nbreak"),
        .time_ms = 1700000000123,
        .version = 7,
        .parents = parents,
        .parent_count = 1,
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
    Str good = log_test_entry(a, 1);
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
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
        Str parts[] = { str_take_first(good, (size_t)at), str_of(cases[i].to),
                        str_drop(good, (size_t)at + strlen(cases[i].from)) };
        CHECK_ERR(entry_read(a, str_join(a, parts, 3), &e, &body, &err), ERR_FORMAT);
        if (!CHECK(strstr(err.text, cases[i].why))) CHECK_STR(str_of(err.text), cases[i].why);
    }
}

TEST("the log keeps entries, their leaves and its size over closing and opening")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_EQ_INT(log_size(log), 0);
    Str     entries[3] = { log_test_entry(a, 0), log_test_entry(a, 1), log_test_entry(a, 2) };
    LogSpot spots[3];
    CHECK_OK(log_append(log, entries, 3, spots, &err));
    CHECK_EQ_INT(spots[2].index, 2);
    log_close(log);

    log = log_test_open(folder);
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
    CHECK_OK(log_test_verify(folder, &size, &err));
    CHECK_EQ_INT(size, 3);
    log_close(log);
}

TEST("the log of another name or key is not opened")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_OK(log_test_append(log, 2, &err));
    log_close(log);
    KeyPair key = log_test_key(), other = key_new();
    CHECK_ERR(log_open(folder, LOG_ORIGIN, &other, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_open(folder, S("else.test"), &key, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_open(folder, S("two words"), &key, &log, &err), ERR_INVALID);
    CHECK_ERR(log_verify(folder, LOG_ORIGIN, other.public_key, NULL, NULL, NULL, &err), ERR_CORRUPT);
    log_close(log_test_open(folder));
}

TEST("one may read beside the one who writes, without the secret")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder), *reader;
    KeyPair     key = log_test_key();
    CHECK_OK(log_test_append(log, 300, &err));
    CHECK_OK(log_open_read_only(folder, LOG_ORIGIN, key.public_key, &reader, &err));
    CHECK_OK(log_test_append(log, 300, &err));
    CHECK_EQ_INT(log_size(reader), 300);
    Str  bytes, note, text;
    bool full;
    CHECK_OK(log_tile(reader, a, S("tile/0/001.p/44"), &bytes, &full, &err));
    CHECK_ERR(log_tile(reader, a, S("tile/0/001.p/45"), &bytes, &full, &err), ERR_NOT_FOUND);
    CHECK_OK(log_checkpoint(reader, a, &note, &err));
    CHECK(str_has(note, S("\n300\n")));
    CHECK_OK(log_read(reader, a, 299, &text, NULL, &err));
    CHECK_STR(text, log_test_entry(a, 299));
    CHECK_ERR(log_test_append(reader, 1, &err), ERR_STORE);
    CHECK_OK(log_test_verify(folder, NULL, &err));
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
        "tile/0/000",
        "tile/63/999.p/255",
        "tile/entries/x001/x234/067",
        "tile/8/x999/x999/x999/x999/x999/999.p/1",
        "tile/10/x010/000.p/10",
    };
    static const char *const bad[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/001/002",
        "tile/64/000",
        "tile/00/000",
        "tile/01/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/0/000p/1",
        "tile/0/000/",
        "tile/entry/000",
        "tile/0/x01/000",
        "/tile/0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/0 0",
        "tile/ 0/000",
    };
    TilePath t;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_EQ_INT(tile_path_read(str_of(good[i]), &t) ? -1 : (int)i, -1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(tile_path_read(str_of(bad[i]), &t) ? (int)i : -1, -1);
    CHECK(tile_path_read(S("tile/entries/x001/x234/067.p/9"), &t));
    CHECK_EQ_INT(t.index, 1234067);
    CHECK_EQ_INT(t.width, 9);
    CHECK_EQ_INT(t.level, -1);
}

TEST("the tiles of a tree of 70000 are those the standard names")
{
    Log *log = log_test_open(log_test_folder(a));
    for (int i = 0; i < 70; i++) CHECK_OK(log_test_append(log, 1000, &err));
    static const struct {
        const char *path;
        bool        there;
    } cases[] = {
        { "tile/0/000", true },
        { "tile/0/272", true },
        { "tile/0/273", false },
        { "tile/0/273.p/112", true },
        { "tile/0/273.p/113", false },
        { "tile/0/273.p/1", true },
        { "tile/0/272.p/9", true },
        { "tile/1/000", true },
        { "tile/1/001", false },
        { "tile/1/001.p/17", true },
        { "tile/1/001.p/18", false },
        { "tile/2/000", false },
        { "tile/2/000.p/1", true },
        { "tile/2/000.p/2", false },
        { "tile/3/000.p/1", false },
        { "tile/63/000.p/1", false },
        { "tile/entries/273.p/112", true },
        { "tile/entries/273", false },
        { "tile/0/x001/000", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (tile_is(log, a, cases[i].path) != cases[i].there)
            CHECK_STR(cases[i].path, cases[i].there ? "is missing" : "should not be");
    Hash    *proof;
    size_t   n;
    Str      text, note;
    Hash     leaf, root;
    uint64_t size;
    KeyPair  key = log_test_key();
    CHECK_OK(log_checkpoint(log, a, &note, &err));
    CHECK_OK(checkpoint_read(a, note, LOG_ORIGIN, key.public_key, &size, &root, &err));
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
    Log    *log = log_test_open(log_test_folder(a));
    Hash   *roots = NEW_ARRAY(a, Hash, MANY + 1), *leaves = NEW_ARRAY(a, Hash, MANY), *proof;
    Tree    t = { 0 };
    KeyPair key = log_test_key();
    roots[0] = tree_root(&t);
    while (log_size(log) < MANY) {
        Str     entries[] = { log_test_entry(a, log_size(log)), log_test_entry(a, log_size(log) + 1) };
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
        CHECK_OK(checkpoint_read(a, note, LOG_ORIGIN, key.public_key, &size, &root, &err));
        CHECK(size == t.size && hash_eq(root, roots[size]));
    }
    size_t n, wrong = 0;
    for (uint64_t size = 1; size <= MANY; size += 29) {
        for (uint64_t i = 0; i < size; i += 11) {
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
    const char *folder = log_test_folder(a), *path = path_join(a, str_of(folder), S("leaves")).at;
    Log        *log = log_test_open(folder);
    for (int i = 0; i < 7; i++) CHECK_OK(log_test_append(log, 100, &err));
    Str  before, after, note;
    bool full;
    CHECK_OK(log_tile(log, a, S("tile/entries/001"), &before, &full, &err));
    CHECK(full);
    log_close(log);
    Str whole;
    CHECK_OK(file_read(a, path, 1 << 20, &whole, &err));
    CHECK_EQ_INT(whole.len, 2 * 257 * 32 + 188 * 32);

    for (int way = 0; way < 6; way++) {
        char  *bytes = arena_copy(a, whole.at, whole.len);
        size_t n = whole.len;
        if (way == 0) n = 0;
        if (way == 1) n = 300 * 32 + 5;
        if (way == 2) bytes[100] ^= 1;
        if (way == 3) memset(bytes + 4096, 0, 8192);
        if (way == 4) bytes[n - 1] ^= 1;
        if (way == 5) bytes[8192 + 3] ^= 1;
        CHECK_OK(file_replace(path, (Str){ bytes, n }, 0644, &err));
        if (way >= 2) CHECK_ERR(log_test_verify(folder, NULL, &err), ERR_CORRUPT);
        if (way >= 2) CHECK(strstr(err.text, "delete this file"));
        log = log_test_open(folder);
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
