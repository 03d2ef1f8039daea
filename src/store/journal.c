/* Opening, appending, reading. How frames lie and what counts as torn is in journal_scan.c. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/time.h"
#include "store/journal_index.h"
#include "store/journal_scan.h"
#include "store/side.h"

/* A buffer larger than this is given back after the group. */
#define KEEP_BYTES ((size_t)4 << 20)
#define INDEX_MAX  ((size_t)1 << 30)

typedef struct {
    uint64_t first; /* number of its first frame */
    uint64_t end;   /* behind its last seal */
    uint64_t seal_at;
    int      fd;
} File;

struct Journal {
    char    *folder;
    bool     read_only;
    bool     stuck; /* the end of the last file is not known to be right */
    uint64_t file_bytes;

    pthread_mutex_t lock; /* for what readers look at: */
    File           *files;
    size_t          file_count;
    uint32_t       *at; /* of each frame in its file */
    uint64_t        count, room;

    /* of the writer alone */
    Side    *index;
    uint64_t indexed; /* frames that the index has */
    uint64_t index_bytes;
    bool     index_lost; /* writing it failed; it is made again at the next opening */
    Buf      group;
    size_t   written; /* frames that are not synced; their places are behind those of `at` */
    uint32_t seal_at; /* of their seal */
};

static const char *file_path(Arena *a, const Journal *j, uint64_t first)
{
    return str_format(a, "%s/%020llu.log", j->folder, (unsigned long long)first).at;
}

/* --- what is in memory ----------------------------------------------------------------------- */

static void file_add(Journal *j, File file)
{
    File *files = realloc(j->files, (j->file_count + 1) * sizeof *files);
    if (!files) memory_end(sizeof *files);
    j->files = files;
    files[j->file_count++] = file;
}

static File *file_last(Journal *j)
{
    return &j->files[j->file_count - 1];
}

static uint32_t *frames_room(Journal *j, size_t n)
{
    if (j->count + n > j->room) {
        uint64_t room = j->room ? j->room * 2 : 1024;
        while (room < j->count + n) room *= 2;
        uint32_t *at = realloc(j->at, room * sizeof *at);
        if (!at) memory_end(room * sizeof *at);
        j->at = at;
        j->room = room;
    }
    return j->at + j->count;
}

/* --- the index ------------------------------------------------------------------------------- */

/* What is not in the index yet, one chunk a file. A failure costs time at the next opening only. */
static void index_write(Journal *j)
{
    Buf out = { 0 };
    for (size_t i = 0; i < j->file_count && !j->index_lost; i++) {
        const File *f = &j->files[i];
        uint64_t    to = i + 1 < j->file_count ? f[1].first : j->count;
        if (to <= j->indexed) continue;
        IndexChunk c = {
            .first = j->indexed,
            .file_first = f->first,
            .count = (uint32_t)(to - j->indexed),
            .seal_at = (uint32_t)f->seal_at,
            .end = (uint32_t)f->end,
        };
        buf_clear(&out);
        journal_chunk_put(&out, &c, j->at + j->indexed);
        Err err;
        if (side_write(j->index, j->index_bytes, out.at, out.len, &err)) {
            j->index_bytes += out.len;
            j->indexed = to;
        } else {
            j->index_lost = true;
            diag(DIAG_WARN, "log index not written, the next start is slower: %s", err.text);
        }
    }
    buf_free(&out);
}

/* Do its frames lie one behind the other, from the end of what is known up to its seal? */
static bool chunk_rises(const IndexChunk *c, uint64_t from)
{
    for (size_t i = 0; i < c->count; i++) {
        uint32_t at = journal_chunk_offset(c, i);
        if (at < from || at >= c->seal_at) return false;
        from = (uint64_t)at + FRAME_HEADER + FRAME_TRAILER;
    }
    return from <= c->seal_at;
}

/* Chunks of `rest` that tell of file f, which is `size` long. */
static void index_use(Journal *j, File *f, uint64_t size, Str *rest)
{
    for (IndexChunk c; journal_chunk_read(*rest, &c) && c.file_first == f->first;) {
        char        header[FRAME_HEADER];
        FrameHeader h;
        if (c.first != j->count || c.end > size || !chunk_rises(&c, f->end) ||
            io_read_at(f->fd, c.seal_at, header, sizeof header) < sizeof header || !frame_header_read(header, &h) ||
            h.type != FRAME_SEAL || h.number != c.first + c.count ||
            (uint64_t)c.seal_at + FRAME_HEADER + h.length + FRAME_TRAILER != c.end)
            return;
        memcpy(frames_room(j, c.count), c.offsets, (size_t)c.count * 4);
        j->count += c.count;
        f->end = c.end;
        f->seal_at = c.seal_at;
        *rest = str_drop(*rest, c.size);
    }
}

/* --- opening --------------------------------------------------------------------------------- */

/* Take in the groups behind f->end. `torn` is set when one never got whole. */
static bool file_scan(Journal *j, File *f, uint64_t size, const char *path, bool *torn, Err *err)
{
    Scan       s = { .fd = f->fd, .size = size, .position = f->end, .number = j->count };
    ScanResult result;
    while ((result = scan_next(&s)) == SCAN_GROUP) {
        uint32_t *at = frames_room(j, s.group.count);
        for (size_t i = 0; i < s.group.count; i++) at[i] = (uint32_t)s.group.offset + s.group.at[i];
        f->seal_at = s.group.offset + s.group.at[s.group.count];
        f->end = s.group.end;
        j->count = s.number;
    }
    *torn = result == SCAN_TORN;
    if (result == SCAN_FAILED) fail_errno(err, "reading %s", path);
    if (result == SCAN_DAMAGED)
        fail(err, ERR_CORRUPT, "%s: byte %llu: %s (entry %llu). %s", path, (unsigned long long)s.bad.offset, s.bad.what,
             (unsigned long long)s.bad.number, JOURNAL_WAY_OUT);
    scan_free(&s);
    return result == SCAN_END || result == SCAN_TORN;
}

static bool file_open(Journal *j, const char *path, uint64_t first, uint64_t *size, Err *err)
{
    if (first != j->count)
        return fail(err, ERR_CORRUPT, "%s: the file that starts with entry %llu is missing before it. %s", path,
                    (unsigned long long)j->count, JOURNAL_WAY_OUT);
    int         fd = open(path, (j->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return fail_errno(err, "opening %s", path);
    file_add(j, (File){ .first = first, .fd = fd });
    if (fstat(fd, &st) != 0) return fail_errno(err, "opening %s", path);
    *size = (uint64_t)st.st_size;
    return true;
}

/* The bytes behind the last seal go to a file of their own, so that nobody need trust us. On a full
   disk they are dropped: they were never acknowledged. */
static void torn_keep(Arena *a, Journal *j, uint64_t size)
{
    File *f = file_last(j);
    Str   path = str_format(a, "%s/torn-%lld", j->folder, (long long)time_now_ms());
    Side *copy = NULL;
    Err   err;
    char  piece[65536];
    bool  ok = side_open(path.at, false, &copy, &err);
    for (uint64_t at = f->end; ok && at < size;) {
        size_t n = io_read_at(f->fd, at, piece, sizeof piece);
        ok = n > 0 && side_write(copy, at - f->end, piece, n, &err);
        at += n;
    }
    side_close(copy);
    diag(DIAG_WARN, "log: %llu bytes of a group that was never acknowledged %s%s, cut from entry %llu on",
         (unsigned long long)(size - f->end), ok ? "kept in " : "could not be kept", ok ? path.at : "",
         (unsigned long long)j->count);
}

/* Cut the last file back behind its last seal, durably. */
static bool file_cut(Journal *j, Err *err)
{
    File *f = file_last(j);
    if (fault_hits(FAULT_JOURNAL_WRITE) || ftruncate(f->fd, (off_t)f->end) != 0 || fault_hits(FAULT_JOURNAL_SYNC) ||
        fdatasync(f->fd) != 0)
        return fail_errno(err, "cutting the log's last file back to its last seal");
    return true;
}

static bool seal_read(Arena *a, Journal *j, Str *seal, Err *err)
{
    size_t i = j->file_count;
    while (i > 0 && j->files[i - 1].end == 0) i--;
    *seal = STR_NONE;
    if (i == 0) return true;
    const File *f = &j->files[i - 1];
    size_t      n = (size_t)(f->end - f->seal_at);
    char       *bytes = arena_raw(a, n);
    if (io_read_at(f->fd, f->seal_at, bytes, n) < n ||
        !frame_body_right(bytes, (uint32_t)(n - FRAME_HEADER - FRAME_TRAILER)))
        return fail(err, ERR_CORRUPT, "%s: byte %llu: the last seal is damaged. %s", file_path(a, j, f->first),
                    (unsigned long long)f->seal_at, JOURNAL_WAY_OUT);
    *seal = (Str){ bytes + FRAME_HEADER, n - FRAME_HEADER - FRAME_TRAILER };
    return true;
}

static bool journal_load(Arena *a, Journal *j, Str *last_seal, Err *err)
{
    Str      *paths, index = STR_NONE;
    uint64_t *first, size = 0;
    size_t    n;
    /* The index before the files: beside a writer it must not know more than we look at. */
    const char *index_path = path_join(a, str_of(j->folder), S("index")).at;
    if (!side_open(index_path, j->read_only, &j->index, err)) return false;
    uint64_t index_size = side_size(j->index);
    if (index_size <= INDEX_MAX) {
        char *bytes = arena_raw(a, (size_t)index_size);
        if (side_read(j->index, 0, bytes, (size_t)index_size, NULL)) index = (Str){ bytes, (size_t)index_size };
    }
    if (!journal_files(a, j->folder, &paths, &first, &n, err)) return false;

    Str  rest = index;
    bool torn = false, scanned = false;
    for (size_t i = 0; i < n; i++) {
        if (!file_open(j, paths[i].at, first[i], &size, err)) return false;
        File *f = file_last(j);
        if (!scanned) index_use(j, f, size, &rest);
        if (!scanned) j->indexed = j->count;
        uint64_t before = j->count;
        if (!file_scan(j, f, size, paths[i].at, &torn, err)) return false;
        if (j->count > before) scanned = true;
        if (torn && i + 1 < n)
            return fail(err, ERR_CORRUPT, "%s: byte %llu: the file ends within a group, and another file follows. %s",
                        paths[i].at, (unsigned long long)f->end, JOURNAL_WAY_OUT);
    }
    uint64_t promise = journal_index_promise(index);
    if (j->count < promise) return journal_cut_off(n ? paths[n - 1].at : j->folder, j->count, promise, err);
    j->index_bytes = index.len - rest.len;
    if (!seal_read(a, j, last_seal, err)) return false;
    if (j->read_only) return true;

    if (torn) {
        torn_keep(a, j, size);
        if (!file_cut(j, err)) return false;
    }
    if (j->index_bytes < index_size && !side_cut(j->index, j->index_bytes, err)) return false;
    return true;
}

bool journal_open(Arena *a, const char *folder, const JournalOptions *options, Journal **out, Str *last_seal, Err *err)
{
    JournalOptions o = options ? *options : (JournalOptions){ 0 };
    if (!o.read_only && !path_exists(folder)) {
        Cut parent = str_cut_last(str_of(folder), '/');
        if (!folder_make(folder, err) || !folder_sync(parent.found && parent.head.len ? str_z(a, parent.head)
                                                      : parent.found                  ? "/"
                                                                                      : ".",
                                                      err))
            return false;
    }
    Journal *j = calloc(1, sizeof *j);
    if (!j || !(j->folder = strdup(folder))) memory_end(sizeof *j);
    j->read_only = o.read_only;
    j->file_bytes = o.file_bytes ? o.file_bytes : JOURNAL_FILE_BYTES;
    pthread_mutex_init(&j->lock, NULL);
    Arena *scratch = arena_open(INDEX_MAX);
    Str    seal;
    bool   ok = journal_load(scratch, j, &seal, err);
    if (ok) {
        *last_seal = str_copy(a, seal);
        *out = j;
    } else {
        j->index_lost = true; /* leave it as it is */
        journal_close(j);
    }
    arena_close(scratch);
    return ok;
}

void journal_close(Journal *j)
{
    if (!j) return;
    if (!j->read_only) index_write(j);
    side_close(j->index);
    for (size_t i = 0; i < j->file_count; i++) close(j->files[i].fd);
    pthread_mutex_destroy(&j->lock);
    buf_free(&j->group);
    free(j->files);
    free(j->at);
    free(j->folder);
    free(j);
}

uint64_t journal_count(Journal *j)
{
    pthread_mutex_lock(&j->lock);
    uint64_t count = j->count;
    pthread_mutex_unlock(&j->lock);
    return count;
}

/* --- appending ------------------------------------------------------------------------------- */

static bool file_start(Journal *j, Err *err)
{
    index_write(j);
    Arena      *a = arena_open(0);
    const char *path = file_path(a, j, j->count);
    /* What may be there under this name is of an earlier try: no group has been in it. */
    int  fd = fault_hits(FAULT_JOURNAL_ROLL) ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 || fail_errno(err, "starting the log's next file %s", path);
    ok = ok && (!fault_hits(FAULT_JOURNAL_SYNC) || fail_errno(err, "syncing %s", j->folder)) &&
         folder_sync(j->folder, err);
    if (ok) {
        pthread_mutex_lock(&j->lock);
        file_add(j, (File){ .first = j->count, .fd = fd });
        pthread_mutex_unlock(&j->lock);
    } else if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    arena_close(a);
    return ok;
}

static bool group_put(Journal *j, const Str *frames, size_t n, Str seal, Err *err)
{
    uint64_t size = FRAME_HEADER + seal.len + FRAME_TRAILER;
    for (size_t i = 0; i < n; i++) {
        if (frames[i].len > JOURNAL_FRAME_MAX)
            return fail(err, ERR_TOO_BIG, "an entry of %zu bytes is too long for the log (at most %u)", frames[i].len,
                        JOURNAL_FRAME_MAX);
        size += FRAME_HEADER + frames[i].len + FRAME_TRAILER;
        if (size > JOURNAL_GROUP_MAX)
            return fail(err, ERR_TOO_BIG, "a group of %zu entries is too long for the log (at most %llu bytes)", n,
                        (unsigned long long)JOURNAL_GROUP_MAX);
    }
    if (j->group.room > KEEP_BYTES) buf_free(&j->group);
    buf_clear(&j->group);
    for (size_t i = 0; i < n; i++) journal_frame_put(&j->group, FRAME_ENTRY, j->count + i, j->count, frames[i]);
    journal_frame_put(&j->group, FRAME_SEAL, j->count + n, j->count, seal);
    return true;
}

static bool group_write(Journal *j, Err *err)
{
    File *f = file_last(j);
    if (fault_hits(FAULT_JOURNAL_WRITE)) {
        /* As a full disk does it: a part gets written. */
        int why = errno;
        io_write_at(f->fd, f->end, j->group.at, j->group.len / 2);
        errno = why;
        return fail_errno(err, "writing to the log");
    }
    return io_write_at(f->fd, f->end, j->group.at, j->group.len) == j->group.len ||
           fail_errno(err, "writing to the log");
}

/* After a step that failed: what it left is cut off. */
static bool group_drop(Journal *j, Err *err)
{
    Err why;
    j->written = 0;
    j->stuck = !file_cut(j, &why);
    if (j->stuck) fail(err, err->code, "%s; %s. Start the node again", err->text, why.text);
    return false;
}

bool journal_write(Journal *j, const Str *frames, size_t n, Str seal, Err *err)
{
    if (j->read_only) return fail(err, ERR_STORE, "the log is open for reading only");
    if (j->stuck)
        return fail(err, ERR_STORE,
                    "the log takes no writes since it could not be put right after a failed one: "
                    "look at the disk, then start the node again. Nothing acknowledged is lost");
    if (!group_put(j, frames, n, seal, err)) return false;
    if ((j->file_count == 0 || file_last(j)->end >= j->file_bytes) && !file_start(j, err)) return false;
    if (!group_write(j, err)) return group_drop(j, err);

    pthread_mutex_lock(&j->lock); /* the places may move */
    uint32_t *at = frames_room(j, n);
    pthread_mutex_unlock(&j->lock);
    uint32_t offset = (uint32_t)file_last(j)->end;
    for (size_t i = 0; i < n; i++) {
        at[i] = offset;
        offset += (uint32_t)(FRAME_HEADER + frames[i].len + FRAME_TRAILER);
    }
    j->seal_at = offset;
    j->written = n;
    return true;
}

bool journal_sync(Journal *j, Err *err)
{
    File *f = file_last(j);
    if (fault_hits(FAULT_JOURNAL_SYNC) || fdatasync(f->fd) != 0) {
        fail_errno(err, "syncing the log");
        return group_drop(j, err);
    }
    pthread_mutex_lock(&j->lock);
    f->seal_at = j->seal_at;
    f->end += j->group.len;
    j->count += j->written;
    pthread_mutex_unlock(&j->lock);
    j->written = 0;
    if (j->count - j->indexed >= INDEX_CHUNK_FRAMES) index_write(j);
    return true;
}

bool journal_append(Journal *j, const Str *frames, size_t n, Str seal, Err *err)
{
    return journal_write(j, frames, n, seal, err) && journal_sync(j, err);
}

/* --- reading --------------------------------------------------------------------------------- */

bool journal_read(Journal *j, Arena *a, uint64_t number, Str *out, Err *err)
{
    pthread_mutex_lock(&j->lock);
    bool     there = number < j->count;
    uint64_t count = j->count, offset = 0, end = 0;
    File     f = { 0 };
    if (there) {
        size_t low = 0, high = j->file_count;
        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;
            if (j->files[middle].first <= number) low = middle;
            else high = middle;
        }
        f = j->files[low];
        offset = j->at[number];
        bool more = number + 1 < count && (low + 1 == j->file_count || number + 1 < j->files[low + 1].first);
        end = more ? j->at[number + 1] : f.end;
    }
    pthread_mutex_unlock(&j->lock);
    if (!there)
        return fail(err, ERR_NOT_FOUND, "entry %llu is past the end of the log (%llu entries)",
                    (unsigned long long)number, (unsigned long long)count);

    /* Up to the next frame there may be a seal as well. */
    FrameHeader h = { 0 };
    size_t      n = (size_t)(end - offset), most = FRAME_HEADER + JOURNAL_FRAME_MAX + FRAME_TRAILER;
    if (n > most) n = most;
    char  *bytes = arena_raw(a, n);
    size_t got = io_read_at(f.fd, offset, bytes, n);
    if (got < n && errno != 0) return fail_errno(err, "reading %s", file_path(a, j, f.first));
    if (got < n || n < FRAME_HEADER + FRAME_TRAILER || !frame_header_read(bytes, &h) || h.type != FRAME_ENTRY ||
        h.number != number || h.length > n - FRAME_HEADER - FRAME_TRAILER || !frame_body_right(bytes, h.length))
        return fail(err, ERR_CORRUPT,
                    "%s: byte %llu: entry %llu is damaged. Stop the node, keep a copy of this folder, "
                    "and bring the file back from a backup (banyan restore)",
                    file_path(a, j, f.first), (unsigned long long)offset, (unsigned long long)number);
    bytes[FRAME_HEADER + h.length] = 0;
    *out = (Str){ bytes + FRAME_HEADER, h.length };
    return true;
}
