/* Whole files and folders, over the plain system calls. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"

Str path_join(Arena *a, Str folder, Str name)
{
    Str slash = folder.len == 0 || str_ends(folder, S("/")) ? STR_NONE : S("/");
    return str_join(a, (Str[]){ folder, slash, name }, 3);
}

bool path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool folder_make(const char *path, Err *err)
{
    char part[PATH_MAX];
    if (strlen(path) >= sizeof part) {
        errno = ENAMETOOLONG;
        return fail_errno(err, "making folder %s", path);
    }
    strcpy(part, path);
    for (char *slash = part; slash;) {
        slash = strchr(slash + 1, '/');
        if (slash) *slash = 0;
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return fail_errno(err, "making folder %s", part);
        if (slash) *slash = '/';
    }
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return true;
    errno = ENOTDIR;
    return fail_errno(err, "making folder %s", path);
}

static bool read_all(Arena *a, int fd, const char *path, size_t max_bytes, Str *out, Err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return fail_errno(err, "reading %s", path);
    if (st.st_size > 0 && (size_t)st.st_size > max_bytes)
        return fail(err, ERR_TOO_BIG, "%s: over %zu bytes", path, max_bytes);

    Buf     bytes = { 0 };
    ssize_t n;
    /* One more than the size, so that the end is met without growing. */
    buf_reserve(&bytes, (size_t)st.st_size + 1);
    for (;;) {
        buf_reserve(&bytes, 1);
        n = read(fd, bytes.at + bytes.len, bytes.room - bytes.len - 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        bytes.len += (size_t)n;
        if (bytes.len > max_bytes) break;
    }
    bool ok = n < 0 ? fail_errno(err, "reading %s", path)
              : bytes.len > max_bytes
                  ? fail(err, ERR_TOO_BIG, "%s: over %zu bytes", path, max_bytes)
                  : true;
    if (ok) *out = str_copy(a, buf_str(&bytes));
    buf_free(&bytes);
    return ok;
}

bool file_read(Arena *a, const char *path, size_t max_bytes, Str *out, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "reading %s", path);
    bool ok = read_all(a, fd, path, max_bytes, out, err);
    close(fd);
    return ok;
}

bool file_write(int fd, Str bytes, const char *doing, Err *err)
{
    while (bytes.len) {
        ssize_t n = fault_hits(FAULT_FILE_WRITE) ? -1 : write(fd, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "%s", doing);
        bytes = str_drop(bytes, (size_t)n);
    }
    return true;
}

bool folder_sync(const char *path, Err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "opening folder %s", path);
    bool ok = !fault_hits(FAULT_FILE_SYNC) && fsync(fd) == 0;
    if (!ok) fail_errno(err, "syncing folder %s", path);
    close(fd);
    return ok;
}

/* Fill the open file under its other name, make it durable and move it. */
static bool replace(int fd, const char *other, const char *path, Str bytes, int mode, Err *err)
{
    Err why;
    if (!file_write(fd, bytes, "writing", &why)) return fail(err, why.code, "%s: %s", path, why.text);
    if (fchmod(fd, (mode_t)mode) != 0) return fail_errno(err, "writing %s", path);
    if (fault_hits(FAULT_FILE_SYNC) || fsync(fd) != 0) return fail_errno(err, "syncing %s", path);
    if (fault_hits(FAULT_FILE_RENAME) || rename(other, path) != 0)
        return fail_errno(err, "renaming to %s", path);
    return true;
}

bool file_replace(const char *path, Str bytes, int mode, Err *err)
{
    Arena *a = arena_open(0);
    Cut    cut = str_cut_last(str_of(path), '/');
    Str    name = cut.found ? cut.tail : str_of(path);
    Str    folder = !cut.found ? S(".") : cut.head.len ? cut.head
                                                       : S("/");
    /* The dot hides it from folder_list. */
    Str   other_name = str_join(a, (Str[]){ S("."), name, S(".XXXXXX") }, 3);
    char *other = (char *)path_join(a, folder, other_name).at;
    int   fd = mkostemp(other, O_CLOEXEC);
    bool  ok = fd >= 0 ? replace(fd, other, path, bytes, mode, err)
                       : fail_errno(err, "writing %s", path);
    if (fd >= 0) {
        close(fd);
        if (!ok) unlink(other);
    }
    ok = ok && folder_sync(str_z(a, folder), err);
    arena_close(a);
    return ok;
}

static int name_order(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

bool folder_list(Arena *a, const char *path, Str **out, size_t *n, Err *err)
{
    DIR *folder = opendir(path);
    if (!folder) return fail_errno(err, "listing %s", path);
    Buf names = { 0 };
    errno = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        Str name = str_copy(a, str_of(entry->d_name));
        buf_put_bytes(&names, &name, sizeof name);
        errno = 0;
    }
    bool ok = errno == 0 || fail_errno(err, "listing %s", path);
    closedir(folder);
    if (ok) {
        *n = names.len / sizeof(Str);
        *out = arena_copy(a, names.at, names.len);
        qsort(*out, *n, sizeof(Str), name_order);
    }
    buf_free(&names);
    return ok;
}
