/* Files by hash: written aside, hashed, synced, moved. */
#include "store/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"

bool files_temporary(const char *folder, Arena *a, Str *path, Err *err)
{
    uint8_t noise[12];
    Str     under = path_join(a, str_of(folder), S("tmp"));
    if (!folder_make(str_z(a, under), err)) return false;
    random_bytes(noise, sizeof noise);
    *path = path_join(a, under, hex_make(a, noise, sizeof noise));
    return true;
}

/* SHA-256 of a whole file, through a map of it. */
static bool hash_file(int fd, const char *path, Hash *out, uint64_t *bytes, Err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return fail_errno(err, "reading %s", path);
    *bytes = (uint64_t)st.st_size;
    if (st.st_size == 0) {
        *out = hash_of("", 0);
        return true;
    }
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) return fail_errno(err, "reading %s", path);
    madvise(map, (size_t)st.st_size, MADV_SEQUENTIAL);
    *out = hash_of(map, (size_t)st.st_size);
    munmap(map, (size_t)st.st_size);
    return true;
}

static bool sync_path(const char *path, int flags, Err *err)
{
    int  fd = open(path, flags | O_CLOEXEC);
    bool ok = fd >= 0 && !fault_hits(FAULT_FILE_SYNC) && fsync(fd) == 0;
    if (!ok) fail_errno(err, "syncing %s", path);
    if (fd >= 0) close(fd);
    return ok;
}

static Str folder_of(Arena *a, const char *folder, Str name)
{
    return path_join(a, str_of(folder), str_take_first(name, 2));
}

static bool move_in(const char *folder, Arena *a, Str temporary, Str name, Err *err)
{
    const char *from = str_z(a, temporary), *under = str_z(a, folder_of(a, folder, name));
    const char *to = str_z(a, path_join(a, str_of(under), name));
    bool        new_folder = !path_exists(under);
    if (!sync_path(from, O_RDONLY, err) || !folder_make(under, err)) return false;
    if (fault_hits(FAULT_FILE_RENAME) || rename(from, to) != 0) return fail_errno(err, "renaming to %s", to);
    return chmod(to, 0444) == 0 && sync_path(under, O_RDONLY | O_DIRECTORY, err) &&
           (!new_folder || sync_path(folder, O_RDONLY | O_DIRECTORY, err));
}

bool files_take(const char *folder, Arena *a, Str temporary, Str *name, uint64_t *bytes, bool *was_there, Err *err)
{
    const char *from = str_z(a, temporary);
    Hash        hash;
    uint64_t    size;
    int         fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "reading %s", from);
    bool ok = hash_file(fd, from, &hash, &size, err);
    close(fd);
    if (!ok) return false;
    Str  hex = hex_make(a, hash.b, sizeof hash.b);
    bool there = path_exists(str_z(a, path_join(a, folder_of(a, folder, hex), hex)));
    if (there) {
        unlink(from);
        if (!sync_path(str_z(a, folder_of(a, folder, hex)), O_RDONLY | O_DIRECTORY, err)) return false;
    } else if (!move_in(folder, a, temporary, hex, err)) {
        unlink(from);
        return false;
    }
    *name = hex;
    *bytes = size;
    if (was_there) *was_there = there;
    return true;
}

bool files_find(const char *folder, Arena *a, Str name, Str *path, Err *err)
{
    Hash hash;
    if (name.len != FILES_NAME_LENGTH || !hex_read(name, hash.b, sizeof hash.b))
        return fail(err, ERR_FORMAT, "\"%.*s\" is not the SHA-256 of a file", STR_ARG(name));
    Str at = path_join(a, folder_of(a, folder, name), name);
    if (!path_exists(str_z(a, at)))
        return fail(err, ERR_NOT_FOUND, "the file %.*s is not in %s", STR_ARG(name), folder);
    *path = at;
    return true;
}

bool files_verify(const char *folder, Arena *a, Str name, Err *err)
{
    Str      path;
    Hash     hash, wanted;
    uint64_t bytes;
    if (!files_find(folder, a, name, &path, err)) return false;
    hex_read(name, wanted.b, sizeof wanted.b);
    int fd = open(path.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "reading %s", path.at);
    bool ok = hash_file(fd, path.at, &hash, &bytes, err);
    close(fd);
    if (!ok) return false;
    return hash_eq(hash, wanted) ||
           fail(err, ERR_CORRUPT, "%s is not what its name says: its bytes were changed; restore it from a backup or "
                                  "a peer",
                path.at);
}

bool files_clear_temporary(const char *folder, Err *err)
{
    Arena *a = arena_open(0);
    Str    under = path_join(a, str_of(folder), S("tmp")), *names;
    size_t n;
    bool   ok = true;
    if (path_exists(str_z(a, under))) {
        ok = folder_list(a, under.at, &names, &n, err);
        for (size_t i = 0; ok && i < n; i++) {
            const char *path = str_z(a, path_join(a, under, names[i]));
            if (unlink(path) != 0 && errno != ENOENT) ok = fail_errno(err, "removing %s", path);
        }
    }
    arena_close(a);
    return ok;
}
