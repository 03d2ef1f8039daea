/* A stranger audits the log: a program that shares no code with us, over nothing but what is served. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "core/log_kit.h"

static void put_file(Arena *a, const char *folder, Str name, Str bytes)
{
    Err err = { 0 };
    Str path = path_join(a, str_of(folder), name);
    CHECK_OK(folder_make(str_z(a, str_cut_last(path, '/').head), &err));
    CHECK_OK(file_replace(path.at, bytes, 0644, &err));
}

static void put_tile(Arena *a, Log *log, const char *folder, const char *level, uint64_t n, uint64_t width)
{
    Err  err = { 0 };
    Str  bytes = STR_NONE, path = str_format(a, "tile/%s/%03llu", level, (unsigned long long)n);
    bool full = false;
    if (width < 256) path = str_format(a, "%s.p/%llu", path.at, (unsigned long long)width);
    CHECK_OK(log_tile(log, a, path, &bytes, &full, &err));
    CHECK_EQ_INT(full, width == 256);
    put_file(a, folder, path, bytes);
}

static void export_log(Arena *a, Log *log, const char *folder)
{
    Err      err = { 0 };
    Str      note = STR_NONE;
    uint64_t size = log_size(log);
    CHECK_OK(log_checkpoint(log, a, &note, &err));
    put_file(a, folder, S("checkpoint"), note);
    static const char *const levels[] = { "entries", "0", "1", "2" };
    for (size_t i = 0; i < 4; i++) {
        uint64_t count = i < 2 ? size : i == 2 ? size / 256
                                               : size / 65536;
        for (uint64_t n = 0; n * 256 < count; n++)
            put_tile(a, log, folder, levels[i], n, count - n * 256 < 256 ? count - n * 256 : 256);
    }
}

/* Exit code of the stranger's program; 127 when there is no node.js. */
static int audit(Arena *a, const char *folder, Str key, const char *more)
{
    int status =
        system(str_format(a, "node test/log/verify.mjs '%s' '%.*s' %s >/dev/null 2>&1", folder, STR_ARG(key), more).at);
    return WEXITSTATUS(status);
}

TEST("a program that shares nothing with the node proves the log and an entry of it from what is served")
{
    if (system("node --version >/dev/null 2>&1") != 0) SKIP("no node.js here");
    Log                *log = log_test_open(log_test_folder(a));
    static const size_t groups[] = { 1, 2, 252, 1, 1, 300, 713 };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        CHECK_OK(log_test_append(log, groups[i], &err));
        const char *folder = test_folder(a);
        export_log(a, log, folder);
        Str key = log_verifier_key(log, a);
        CHECK_EQ_INT(audit(a, folder, key, ""), 0);

        uint64_t index = log_size(log) * 2 / 3;
        Str      salt, entry, lines = STR_NONE;
        Hash    *proof;
        size_t   n;
        CHECK_OK(log_read_salted(log, a, index, &salt, &entry, &err));
        CHECK_OK(log_inclusion(log, a, index, log_size(log), &proof, &n, &err));
        for (size_t k = 0; k < n; k++)
            lines = str_format(a, "%.*s%s\n", STR_ARG(lines), hex_make(a, proof[k].b, 32).at);
        put_file(a, folder, S("entry"), entry);
        put_file(a, folder, S("proof"), lines);
        const char *more =
            str_format(a, "%d '%s/entry' %s '%s/proof'", (int)index, folder, hex_make(a, salt.at, salt.len).at, folder)
                .at;
        CHECK_EQ_INT(audit(a, folder, key, more), 0);
        if (i > 1) continue;

        /* It would see something wrong. */
        Str other = verifier_key_make(a, LOG_ORIGIN, key_new().public_key);
        CHECK_EQ_INT(audit(a, folder, other, ""), 1);
        put_file(a, folder, S("entry"), S("{}\n{}"));
        CHECK_EQ_INT(audit(a, folder, key, more), 1);
        Str  bytes, path = str_format(a, "tile/0/000.p/%d", (int)log_size(log));
        bool full;
        CHECK_OK(log_tile(log, a, path, &bytes, &full, &err));
        ((char *)bytes.at)[5] ^= 1;
        put_file(a, folder, path, bytes);
        CHECK_EQ_INT(audit(a, folder, key, ""), 1);
    }
    log_close(log);
}
