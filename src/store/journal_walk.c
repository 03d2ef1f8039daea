/* The whole journal from its first byte, with handles of its own. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal.h"
#include "store/journal_index.h"
#include "store/journal_scan.h"

typedef bool Each(void *with, const JournalItem *item, Err *err);

typedef struct {
    Each       *each;
    void       *with;
    uint64_t    number;   /* of the next frame */
    uint64_t    done, of; /* bytes of files before, and of all */
    const char *file;
    bool        last;
} Walk;

static bool group_walk(Walk *w, const Scan *s, Err *err)
{
    const Group *g = &s->group;
    uint64_t     number = s->number - g->count;
    for (size_t i = 0; i <= g->count; i++) {
        FrameHeader h;
        const char *at = g->bytes + g->at[i];
        if (!frame_header_read(at, &h)) return fail(err, ERR_INTERNAL, "a frame changed while it was read");
        JournalItem item = {
            .seal = i == g->count,
            .number = number + i,
            .bytes = { at + FRAME_HEADER, h.length },
            .file = w->file,
            .offset = g->offset + g->at[i],
            .done = w->done + g->offset + g->at[i],
            .of = w->of,
        };
        if (!w->each(w->with, &item, err)) return false;
    }
    return true;
}

static bool file_damaged(Walk *w, const Scan *s, Err *err)
{
    if (s->bad.has_bytes) {
        JournalItem item = {
            .seal = s->bad.seal,
            .damaged = true,
            .number = s->bad.number,
            .bytes = s->bad.bytes,
            .file = w->file,
            .offset = s->bad.offset,
            .of = w->of,
        };
        w->each(w->with, &item, err);
    }
    return fail(err, ERR_CORRUPT, "%s: byte %llu: %s (entry %llu). %s", w->file, (unsigned long long)s->bad.offset,
                s->bad.what, (unsigned long long)s->bad.number, JOURNAL_WAY_OUT);
}

static bool file_walk(Walk *w, int fd, uint64_t size, Err *err)
{
    Scan       s = { .fd = fd, .size = size, .number = w->number };
    ScanResult result;
    bool       ok = true;
    while (ok && (result = scan_next(&s)) == SCAN_GROUP) ok = group_walk(w, &s, err);
    if (ok && result == SCAN_FAILED) ok = fail_errno(err, "reading %s", w->file);
    if (ok && result == SCAN_DAMAGED) ok = file_damaged(w, &s, err);
    if (ok && result == SCAN_TORN && !w->last)
        ok = fail(err, ERR_CORRUPT, "%s: byte %llu: the file ends within a group, and another file follows. %s",
                  w->file, (unsigned long long)s.position, JOURNAL_WAY_OUT);
    w->number = s.number;
    w->done += size;
    scan_free(&s);
    return ok;
}

static bool folder_walk(Arena *a, Walk *w, const char *folder, Err *err)
{
    Str        *paths;
    uint64_t   *first;
    size_t      n;
    struct stat st;
    /* Before the files: what is durable now must be there then. */
    uint64_t promise = journal_index_promise(journal_index_read(a, folder));
    if (!journal_files(a, folder, &paths, &first, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (stat(paths[i].at, &st) == 0) w->of += (uint64_t)st.st_size;
    for (size_t i = 0; i < n; i++) {
        w->file = paths[i].at;
        w->last = i + 1 == n;
        if (first[i] != w->number)
            return fail(err, ERR_CORRUPT, "%s: the file that starts with entry %llu is missing before it. %s", w->file,
                        (unsigned long long)w->number, JOURNAL_WAY_OUT);
        int fd = open(w->file, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0) {
            fail_errno(err, "opening %s", w->file);
            if (fd >= 0) close(fd);
            return false;
        }
        bool ok = file_walk(w, fd, (uint64_t)st.st_size, err);
        close(fd);
        if (!ok) return false;
    }
    return w->number >= promise || journal_cut_off(n ? w->file : folder, w->number, promise, err);
}

bool journal_walk(const char *folder, Each *each, void *with, Err *err)
{
    Arena *a = arena_open((size_t)1 << 30);
    Walk   w = { .each = each, .with = with };
    bool   ok = folder_walk(a, &w, folder, err);
    arena_close(a);
    return ok;
}
