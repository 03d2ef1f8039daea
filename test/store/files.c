/* Files by hash. */
#include "store/files.h"

#include <stdio.h>

#include "base/file.h"
#include "base/hash.h"

#include "check.h"

static Str written(Arena *a, const char *folder, Str bytes)
{
    Str path;
    Err err;
    if (!files_temporary(folder, a, &path, &err) || !file_replace(path.at, bytes, 0644, &err)) return STR_NONE;
    return path;
}

TEST("a file is stored once under the SHA-256 of its bytes")
{
    const char *folder = test_folder(a);
    Str         name, again, path, text;
    uint64_t    bytes;
    bool        was_there;
    CHECK_OK(files_take(folder, a, written(a, folder, S("abc")), &name, &bytes, &was_there, &err));
    CHECK_STR(name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4, appendix */
    CHECK_EQ_INT(bytes, 3);
    CHECK(!was_there);
    Str second = written(a, folder, S("abc"));
    CHECK_OK(files_take(folder, a, second, &again, &bytes, &was_there, &err));
    CHECK(was_there);
    CHECK_STR(again, name);
    CHECK(!path_exists(second.at));
    CHECK_OK(files_find(folder, a, name, &path, &err));
    CHECK_OK(file_read(a, path.at, 100, &text, &err));
    CHECK_STR(text, "abc");
    CHECK_OK(files_verify(folder, a, name, &err));
}

TEST("a name that is no hash or not there is an error, not a path")
{
    const char *folder = test_folder(a);
    Str         path;
    CHECK_ERR(files_find(folder, a, S("../../etc/passwd"), &path, &err), ERR_FORMAT);
    CHECK_ERR(files_find(folder, a, S("0000000000000000000000000000000000000000000000000000000000000000"), &path, &err),
              ERR_NOT_FOUND);
}

TEST("changed bytes are found and named")
{
    const char *folder = test_folder(a);
    Str         name, path;
    uint64_t    bytes;
    CHECK_OK(files_take(folder, a, written(a, folder, S("level 3.2 m")), &name, &bytes, NULL, &err));
    CHECK_OK(files_find(folder, a, name, &path, &err));
    CHECK_OK(file_replace(path.at, S("level 3.3 m"), 0644, &err));
    CHECK_ERR(files_verify(folder, a, name, &err), ERR_CORRUPT);
    CHECK(str_has(str_of(err.text), name));
}

TEST("a step that fails leaves no file under the final name, and the next try succeeds")
{
    const char *folder = test_folder(a);
    Str         name, path;
    uint64_t    bytes;
    int         turn = 0;
    FOR_EACH_FAULT (FAULT_FILE_SYNC, FAULT_FILE_RENAME) {
        Str  text = str_format(a, "row %d", turn++), hex;
        Hash hash = hash_of(text.at, text.len);
        Str  temporary;
        Err  why;
        if (files_temporary(folder, a, &temporary, &why)) {
            FILE *f = fopen(temporary.at, "w");
            fwrite(text.at, 1, text.len, f);
            fclose(f);
            CHECK_ERR(files_take(folder, a, temporary, &name, &bytes, NULL, &err), ERR_STORE);
        }
        hex = hex_make(a, hash.b, sizeof hash.b);
        CHECK(!path_exists(temporary.at));
        fault_disarm_all();
        if (files_find(folder, a, hex, &path, &why)) CHECK(files_verify(folder, a, hex, &why));
    }
}

TEST("what was under way when a process ended is cleared")
{
    const char *folder = test_folder(a);
    Str         left = written(a, folder, S("half"));
    CHECK_OK(files_clear_temporary(folder, &err));
    CHECK(!path_exists(left.at));
    CHECK_OK(files_clear_temporary(test_folder(a), &err));
}
