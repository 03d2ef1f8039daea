/* Chunks of the journal's index, and checking them against the frames. */
#include "store/journal_index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/journal.h"
#include "store/journal_scan.h"
#include "store/side.h"

#define CHUNK_MAGIC     "byi1"
#define CHUNK_HEADER    40
#define INDEX_MAX_BYTES ((size_t)1 << 30)

typedef struct {
    char     magic[4];
    uint32_t crc;
    uint64_t first, file_first;
    uint32_t count, seal_at, end, zero;
} ChunkHeader;
_Static_assert(sizeof(ChunkHeader) == CHUNK_HEADER, "a chunk's header has no gaps");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the index is written as it lies in memory");

bool journal_chunk_read(Str bytes, IndexChunk *out)
{
    ChunkHeader h;
    if (bytes.len < sizeof h) return false;
    memcpy(&h, bytes.at, sizeof h);
    if (memcmp(h.magic, CHUNK_MAGIC, 4) != 0 || h.zero != 0 || h.count == 0 || h.count > (bytes.len - sizeof h) / 4)
        return false;
    size_t size = sizeof h + (size_t)h.count * 4;
    if (crc32_of(bytes.at + 8, size - 8) != h.crc) return false;
    *out = (IndexChunk){ h.first, h.file_first, h.count, h.seal_at, h.end, bytes.at + sizeof h, size };
    return true;
}

void journal_chunk_put(Buf *out, const IndexChunk *c, const uint32_t *offsets)
{
    ChunkHeader h = { CHUNK_MAGIC, 0, c->first, c->file_first, c->count, c->seal_at, c->end, 0 };
    size_t      size = sizeof h + (size_t)c->count * 4;
    char       *at = buf_grow(out, size);
    memcpy(at + sizeof h, offsets, size - sizeof h);
    memcpy(at, &h, sizeof h);
    h.crc = crc32_of(at + 8, size - 8);
    memcpy(at, &h, sizeof h);
}

uint32_t journal_chunk_offset(const IndexChunk *c, size_t i)
{
    uint32_t x;
    memcpy(&x, c->offsets + i * 4, 4);
    return x;
}

uint64_t journal_index_promise(Str index)
{
    uint64_t promise = 0;
    for (IndexChunk c; journal_chunk_read(index, &c); index = str_drop(index, c.size))
        if (c.first + c.count > promise) promise = c.first + c.count;
    return promise;
}

Str journal_index_read(Arena *a, const char *folder)
{
    Str bytes = STR_NONE;
    if (!file_read(a, path_join(a, str_of(folder), S("index")).at, INDEX_MAX_BYTES, &bytes, NULL)) return STR_NONE;
    return bytes;
}

/* --- checking -------------------------------------------------------------------------------- */

static bool index_wrong(const char *path, uint64_t at, const char *what, Err *err)
{
    return fail(err, ERR_CORRUPT,
                "%s: byte %llu: %s. No entry is lost: stop the node, delete this file, start it "
                "again; it is made anew",
                path, (unsigned long long)at, what);
}

static bool frame_is_at(int fd, uint64_t offset, FrameType type, uint64_t number)
{
    char        header[FRAME_HEADER];
    FrameHeader h;
    return io_read_at(fd, offset, header, sizeof header) == sizeof header && frame_header_read(header, &h) &&
           h.type == type && h.number == number;
}

static bool chunk_check(const IndexChunk *c, int fd)
{
    for (size_t i = 0; i < c->count; i++)
        if (!frame_is_at(fd, journal_chunk_offset(c, i), FRAME_ENTRY, c->first + i)) return false;
    return frame_is_at(fd, c->seal_at, FRAME_SEAL, c->first + c->count);
}

bool journal_index_check(const char *folder, uint64_t *count, Err *err)
{
    Arena      *a = arena_open(INDEX_MAX_BYTES);
    const char *path = path_join(a, str_of(folder), S("index")).at;
    Str         bytes = STR_NONE;
    bool        ok = !path_exists(path) || file_read(a, path, INDEX_MAX_BYTES, &bytes, err);
    uint64_t    next = 0;
    for (size_t at = 0; ok && at < bytes.len;) {
        IndexChunk c;
        if (!journal_chunk_read(str_drop(bytes, at), &c) || c.first != next) {
            ok = index_wrong(path, at, "the index of the log is damaged", err);
            break;
        }
        Str name = str_format(a, "%s/%020llu.log", folder, (unsigned long long)c.file_first);
        int fd = open(name.at, O_RDONLY | O_CLOEXEC);
        ok = fd >= 0 ? chunk_check(&c, fd) : errno == ENOENT ? false
                                                             : fail_errno(err, "opening %s", name.at);
        if (fd >= 0) close(fd);
        if (!ok) index_wrong(path, at, "the index does not fit the log's files", err);
        next = c.first + c.count;
        at += c.size;
    }
    if (ok) *count = next;
    arena_close(a);
    return ok;
}
