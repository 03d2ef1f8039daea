/* The node a command is given, and files as bytes. */
#include "cli/place.h"

#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/progress.h"
#include "cli/share.h"

bool place_options(Arena *a, bool read_only, NodeOptions *out, Err *err)
{
    Str share;
    if (!share_find(a, &share, err)) return false;
    *out = (NodeOptions){ .share = share, .read_only = read_only };
    return true;
}

bool place_is_node(const char *folder, Err *err)
{
    Arena *a = arena_open(0);
    bool   is = path_exists(path_join(a, str_of(folder), S("node.json")).at);
    arena_close(a);
    return is || fail(err, ERR_NOT_FOUND, "%s is not a node: it has no node.json; banyan init makes one", folder);
}

static void close_node(void *node)
{
    node_close(node);
}

bool place_open(Call *call, bool read_only, Node **out, Err *err)
{
    const char *folder = call_operand(call, 0);
    NodeOptions options;
    if (!place_is_node(folder, err) || !place_options(call->arena, read_only, &options, err)) return false;
    Progress progress = progress_start("Catching up with the log");
    options.progress = progress_step;
    options.watcher = &progress;
    bool ok = node_open(folder, &options, out, err);
    progress_end(&progress);
    if (!ok) return false;
    arena_adopt(call->arena, *out, close_node);
    return true;
}

bool place_whole(Call *call, WholeNode work, bool read_only, const char *doing, const char *done, Err *err)
{
    const char *folder = call_operand(call, 0);
    NodeOptions options;
    if (!place_is_node(folder, err) || !place_options(call->arena, read_only, &options, err)) return false;
    Progress progress = progress_start(doing);
    bool     ok = work(folder, &options, progress_step, &progress, err);
    progress_end(&progress);
    if (ok) printf("%s\n", done);
    return ok;
}

typedef struct {
    void  *at;
    size_t len;
} Mapped;

static void unmap(void *mapped)
{
    Mapped *m = mapped;
    munmap(m->at, m->len);
}

static bool read_all(Arena *a, int fd, const char *path, Str *out, Err *err)
{
    Buf    *all = buf_open(a);
    ssize_t n;
    do {
        char part[65536];
        n = read(fd, part, sizeof part);
        if (n > 0) buf_put_bytes(all, part, (size_t)n);
    } while (n > 0);
    if (n < 0) return fail_errno(err, "reading %s", path);
    *out = buf_str(all);
    return true;
}

static bool map_open_file(Arena *a, int fd, const char *path, Str *out, Err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return fail_errno(err, "reading %s", path);
    if (S_ISDIR(st.st_mode)) return fail(err, ERR_USAGE, "%s is a folder", path);
    if (!S_ISREG(st.st_mode)) return read_all(a, fd, path, out, err);
    *out = S("");
    if (st.st_size == 0) return true;
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) return fail_errno(err, "reading %s", path);
    Mapped *mapped = NEW(a, Mapped);
    *mapped = (Mapped){ at, (size_t)st.st_size };
    arena_adopt(a, mapped, unmap);
    *out = (Str){ at, (size_t)st.st_size };
    return true;
}

bool file_map(Arena *a, const char *path, Str *out, Err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int  fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "opening %s", path);
    bool ok = map_open_file(a, fd, standard ? "standard input" : path, out, err);
    if (!standard) close(fd);
    return ok;
}

bool line_read(Arena *a, Str *out, Err *err)
{
    char line[1024];
    if (!fgets(line, sizeof line, stdin)) return fail(err, ERR_USAGE, "standard input is empty");
    if (!strchr(line, '\n') && !feof(stdin)) return fail(err, ERR_TOO_BIG, "the line is too long");
    line[strcspn(line, "\r\n")] = 0;
    *out = str_copy(a, str_of(line));
    return true;
}

static bool write_all(int fd, Str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.at, bytes.len);
        if (n < 0) return false;
        bytes = str_drop(bytes, (size_t)n);
    }
    return fsync(fd) == 0;
}

bool file_copy(Arena *a, const char *from, const char *to, int mode, FileCopy *out, Err *err)
{
    Str bytes;
    if (!file_map(a, from, &bytes, err)) return false;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return fail_errno(err, "making %s", to);
    bool written = write_all(fd, bytes);
    if (!written) fail_errno(err, "writing %s", to);
    close(fd);
    if (!written) return false;
    *out = (FileCopy){ bytes.len, hash_of(bytes.at, bytes.len) };
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
