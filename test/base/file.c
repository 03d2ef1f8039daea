#include "base/file.h"
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static const char *in_folder(Arena *a, const char *folder, const char *name)
{
    return path_join(a, str_of(folder), str_of(name)).at;
}

TEST("paths are joined with one slash")
{
    CHECK_STR(path_join(a, S("a"), S("b")), "a/b");
    CHECK_STR(path_join(a, S("a/"), S("b")), "a/b");
    CHECK_STR(path_join(a, S("/"), S("b")), "/b");
    CHECK_STR(path_join(a, STR_NONE, S("b")), "b");
}

TEST("a folder is made with its parents, twice is fine, over a file it fails")
{
    const char *root = test_folder(a), *deep = in_folder(a, root, "a/b/c");
    CHECK_OK(folder_make(deep, &err));
    CHECK_OK(folder_make(deep, &err));
    CHECK(path_exists(deep));
    const char *file = in_folder(a, root, "file");
    CHECK_OK(file_replace(file, S("x"), 0600, &err));
    CHECK_ERR(folder_make(file, &err), ERR_STORE);
    CHECK_ERR(folder_make(in_folder(a, file, "below"), &err), ERR_STORE);
}

TEST("a replaced file holds exactly the new bytes and has the mode that was said")
{
    const char *path = in_folder(a, test_folder(a), "with space.txt");
    Str         bytes;
    CHECK_OK(file_replace(path, S("the first, longer bytes"), 0644, &err));
    CHECK_OK(file_replace(path, S("a\0b"), 0600, &err));
    CHECK_OK(file_read(a, path, 100, &bytes, &err));
    CHECK_STR(bytes, S("a\0b"));
    struct stat st;
    CHECK_EQ_INT(stat(path, &st), 0);
    CHECK_EQ_INT(st.st_mode & 07777, 0600);
    CHECK_OK(file_replace(path, STR_NONE, 0600, &err));
    CHECK_OK(file_read(a, path, 0, &bytes, &err));
    CHECK_STR(bytes, "");
}

TEST("a file is read up to its limit, and one without a size too")
{
    const char *folder = test_folder(a), *path = in_folder(a, folder, "five");
    Str         bytes;
    CHECK_OK(file_replace(path, S("12345"), 0600, &err));
    CHECK_OK(file_read(a, path, 5, &bytes, &err));
    CHECK_STR(bytes, "12345");
    CHECK_ERR(file_read(a, path, 4, &bytes, &err), ERR_TOO_BIG);
    CHECK_OK(file_read(a, "/proc/self/cmdline", 1 << 20, &bytes, &err));
    CHECK(bytes.len > 0);
    CHECK_ERR(file_read(a, "/proc/self/cmdline", 1, &bytes, &err), ERR_TOO_BIG);
    CHECK_ERR(file_read(a, in_folder(a, folder, "none"), 5, &bytes, &err), ERR_NOT_FOUND);
    CHECK(str_has(str_of(err.text), S("/none")));
    CHECK_ERR(file_read(a, folder, 5, &bytes, &err), ERR_TOO_BIG);
}

TEST("a folder lists its names by bytes, without hidden ones")
{
    const char              *folder = test_folder(a);
    static const char *const names[] = { "b", "a", ".hidden", "\xE0\xB8\x81", "B" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_OK(file_replace(in_folder(a, folder, names[i]), STR_NONE, 0600, &err));
    Str   *list = NULL;
    size_t n = 0;
    CHECK_OK(folder_list(a, folder, &list, &n, &err));
    CHECK_STR(str_join_with(a, S(" "), list, n), "B a b \xE0\xB8\x81");
    CHECK_ERR(folder_list(a, in_folder(a, folder, "none"), &list, &n, &err), ERR_NOT_FOUND);
    const char *empty = in_folder(a, folder, ".empty");
    CHECK_OK(folder_make(empty, &err));
    CHECK_OK(folder_list(a, empty, &list, &n, &err));
    CHECK_EQ_INT(n, 0);
}

/* Every name in the folder, hidden ones too, but for "." and "..". */
static int count_entries(const char *path)
{
    int  n = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += !str_eq_z(S("."), entry->d_name) && !str_eq_z(S(".."), entry->d_name);
    closedir(folder);
    return n;
}

TEST("a replacement that fails at any step leaves the old bytes, and nothing beside them")
{
    const char *folder = test_folder(a), *path = in_folder(a, folder, "file");
    CHECK_OK(file_replace(path, S("old"), 0600, &err));
    FOR_EACH_FAULT (FAULT_FILE_WRITE, FAULT_FILE_SYNC, FAULT_FILE_RENAME) {
        Str bytes;
        CHECK_ERR(file_replace(path, S("new"), 0600, &err), ERR_STORE);
        CHECK_OK(file_read(a, path, 100, &bytes, &err));
        CHECK_STR(bytes, "old");
        CHECK_EQ_INT(count_entries(folder), 1);
    }
    fault_arm(FAULT_FILE_WRITE, 1, FAULT_ONCE, ENOSPC);
    CHECK_ERR(file_replace(path, S("new"), 0600, &err), ERR_DISK_FULL);
}

TEST("when only the folder could not be synced, the whole new bytes stand and the failure is told")
{
    const char *path = in_folder(a, test_folder(a), "file");
    Str         bytes;
    CHECK_OK(file_replace(path, S("old"), 0600, &err));
    fault_arm(FAULT_FILE_SYNC, 2, FAULT_ONCE, 0);
    CHECK_ERR(file_replace(path, S("new"), 0600, &err), ERR_STORE);
    CHECK_OK(file_read(a, path, 100, &bytes, &err));
    CHECK_STR(bytes, "new");
}
