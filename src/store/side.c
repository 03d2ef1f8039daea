/* Reading and writing at offsets, and the files that may be lost. */
#include "store/side.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct Side {
    int  fd; /* -1: absent, and only read */
    bool written;
    char path[];
};

size_t io_read_at(int fd, uint64_t offset, void *out, size_t n)
{
    size_t done = 0;
    errno = 0;
    while (done < n) {
        ssize_t got = pread(fd, (char *)out + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += (size_t)got;
    }
    return done;
}

size_t io_write_at(int fd, uint64_t offset, const void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t put = pwrite(fd, (const char *)bytes + done, n - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR) continue;
        if (put == 0) errno = EIO;
        if (put <= 0) break;
        done += (size_t)put;
    }
    return done;
}

bool side_open(const char *path, bool read_only, Side **out, Err *err)
{
    int fd = open(path, (read_only ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC, 0644);
    if (fd < 0 && !(read_only && errno == ENOENT)) return fail_errno(err, "opening %s", path);
    size_t n = strlen(path) + 1;
    Side  *s = malloc(sizeof *s + n);
    if (!s) memory_end(n);
    *s = (Side){ .fd = fd };
    memcpy(s->path, path, n);
    *out = s;
    return true;
}

void side_close(Side *s)
{
    if (!s) return;
    if (s->written) fdatasync(s->fd);
    if (s->fd >= 0) close(s->fd);
    free(s);
}

uint64_t side_size(Side *s)
{
    struct stat st;
    return s->fd >= 0 && fstat(s->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

bool side_read(Side *s, uint64_t offset, void *out, size_t n, Err *err)
{
    if (s->fd < 0 || io_read_at(s->fd, offset, out, n) < n)
        return fail(err, ERR_STORE, "%s: cannot read %zu bytes at %llu", s->path, n, (unsigned long long)offset);
    return true;
}

bool side_write(Side *s, uint64_t offset, const void *bytes, size_t n, Err *err)
{
    s->written = true;
    if (io_write_at(s->fd, offset, bytes, n) < n) return fail_errno(err, "writing %s", s->path);
    return true;
}

bool side_cut(Side *s, uint64_t size, Err *err)
{
    s->written = true;
    if (ftruncate(s->fd, (off_t)size) != 0) return fail_errno(err, "cutting %s", s->path);
    return true;
}
