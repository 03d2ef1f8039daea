/* Frames in a file, and telling a group that was never whole from one that was damaged.

   A write that was cut off by a crash leaves a group short, or with whole sectors that were never
   written and read as zeros. Damage looks different: a flipped bit leaves the length and no empty
   sector; a lost sector further up has frames of later groups behind it. */
#include "store/journal_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/journal.h"
#include "store/side.h"

#define SECTOR       512
#define WINDOW_BYTES ((size_t)1 << 20)
/* An empty piece of a sector at the end of a file counts from this length on: bytes of a frame could
   end in a few zeros. */
#define HOLE_TAIL_MIN 8

static void put_u32(char *at, uint32_t x)
{
    for (int i = 0; i < 4; i++) at[i] = (char)(x >> 8 * i);
}

static void put_u64(char *at, uint64_t x)
{
    put_u32(at, (uint32_t)x);
    put_u32(at + 4, (uint32_t)(x >> 32));
}

static uint32_t get_u32(const char *at)
{
    uint32_t x = 0;
    for (int i = 3; i >= 0; i--) x = x << 8 | (unsigned char)at[i];
    return x;
}

static uint64_t get_u64(const char *at)
{
    return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

void journal_frame_put(Buf *out, FrameType type, uint64_t number, uint64_t group, Str bytes)
{
    char *at = buf_grow(out, FRAME_HEADER + bytes.len + FRAME_TRAILER);
    memcpy(at, FRAME_MAGIC, 4);
    put_u32(at + 4, type);
    put_u32(at + 8, (uint32_t)bytes.len);
    put_u64(at + 12, number);
    put_u64(at + 20, group);
    put_u32(at + 28, crc32_of(at, FRAME_HEADER - 4));
    if (bytes.len) memcpy(at + FRAME_HEADER, bytes.at, bytes.len);
    put_u32(at + FRAME_HEADER + bytes.len, crc32_of(bytes.at, bytes.len));
}

bool frame_header_read(const char *at, FrameHeader *out)
{
    uint32_t type = get_u32(at + 4), length = get_u32(at + 8);
    if (memcmp(at, FRAME_MAGIC, 4) != 0 || get_u32(at + 28) != crc32_of(at, FRAME_HEADER - 4) ||
        (type != FRAME_ENTRY && type != FRAME_SEAL) || length > JOURNAL_FRAME_MAX)
        return false;
    *out = (FrameHeader){ type, length, get_u64(at + 12), get_u64(at + 20) };
    return true;
}

bool frame_body_right(const char *at, uint32_t length)
{
    return get_u32(at + FRAME_HEADER + length) == crc32_of(at + FRAME_HEADER, length);
}

/* At least `n` bytes of the file from s->position on in the window, or all there are; how many there
   are. SIZE_MAX when reading failed. */
static size_t scan_load(Scan *s, size_t n)
{
    uint64_t rest = s->size - s->position;
    size_t   have = s->window.len - (size_t)(s->position - s->window_offset);
    if (have >= n || have == rest) return have;

    if (have) memmove(s->window.at, s->window.at + s->window.len - have, have);
    s->window.len = have;
    s->window_offset = s->position;
    size_t want = n > WINDOW_BYTES ? n : WINDOW_BYTES;
    if (want > rest) want = (size_t)rest;
    char  *to = buf_grow(&s->window, want - have);
    size_t got = io_read_at(s->fd, s->position + have, to, want - have);
    s->window.len = have + got;
    if (got == want - have) return want;
    if (errno != 0) return SIZE_MAX;
    s->size = s->position + have + got; /* cut by its writer while we read */
    return have + got;
}

static const char *scan_at(const Scan *s, size_t used)
{
    return s->window.at + (s->position - s->window_offset) + used;
}

static bool all_zero(const char *at, size_t n)
{
    while (n > 0 && *at == 0) at++, n--;
    return n == 0;
}

/* A sector, counted from the start of the file, that was never written. */
static bool has_hole(const char *bytes, size_t n, uint64_t file_offset)
{
    size_t at = (size_t)(-file_offset & (SECTOR - 1));
    for (; at < n; at += SECTOR) {
        size_t piece = n - at < SECTOR ? n - at : SECTOR;
        if (piece >= HOLE_TAIL_MIN && all_zero(bytes + at, piece)) return true;
    }
    return false;
}

/* A frame of another group than the one that starts at this number. */
static bool has_other_group(const char *bytes, size_t n, uint64_t number)
{
    for (size_t at = 0; at + FRAME_HEADER <= n; at++) {
        const char *found = memmem(bytes + at, n - at, FRAME_MAGIC, 4);
        if (!found || n - (size_t)(found - bytes) < FRAME_HEADER) return false;
        at = (size_t)(found - bytes);
        FrameHeader h;
        if (frame_header_read(found, &h) && h.group != number) return true;
    }
    return false;
}

static ScanResult scan_bad(Scan *s, size_t used, size_t frames, const char *what)
{
    s->bad.offset = s->position + used;
    s->bad.number = s->number + frames;
    s->bad.what = what;

    uint64_t rest = s->size - s->position;
    if (rest > JOURNAL_GROUP_MAX) return SCAN_DAMAGED;
    size_t have = scan_load(s, (size_t)rest);
    if (have == SIZE_MAX) return SCAN_FAILED;
    if (s->bad.has_bytes) s->bad.bytes.at = scan_at(s, used) + FRAME_HEADER; /* the window moved */
    const char *bytes = scan_at(s, 0);
    if (has_hole(bytes, have, s->position) && !has_other_group(bytes, have, s->number)) return SCAN_TORN;
    return SCAN_DAMAGED;
}

/* Fewer bytes than a header: the start of one, or zeros. */
static ScanResult scan_stub(Scan *s, size_t used, size_t n, size_t frames)
{
    const char *at = scan_at(s, used);
    if (memcmp(at, FRAME_MAGIC, n < 4 ? n : 4) == 0 || all_zero(at, n)) return SCAN_TORN;
    return scan_bad(s, used, frames, "not the start of a frame");
}

ScanResult scan_next(Scan *s)
{
    s->bad.has_bytes = false;
    buf_clear(&s->offsets);
    if (s->window.len == 0) s->window_offset = s->position;
    size_t frames = 0, used = 0;
    for (;;) {
        size_t have = scan_load(s, used + FRAME_HEADER);
        if (have == SIZE_MAX) return SCAN_FAILED;
        if (have == 0) return SCAN_END;
        if (have < used + FRAME_HEADER) return scan_stub(s, used, have - used, frames);

        FrameHeader h;
        if (!frame_header_read(scan_at(s, used), &h))
            return scan_bad(s, used, frames, "the header of a frame is damaged");
        if (h.number != s->number + frames || h.group != s->number)
            return scan_bad(s, used, frames, "a frame has the wrong number");
        size_t end = used + FRAME_HEADER + h.length + FRAME_TRAILER;
        if (end > JOURNAL_GROUP_MAX) return scan_bad(s, used, frames, "a group is too long");
        have = scan_load(s, end);
        if (have == SIZE_MAX) return SCAN_FAILED;
        if (have < end) return SCAN_TORN;
        if (!frame_body_right(scan_at(s, used), h.length)) {
            s->bad.has_bytes = true;
            s->bad.seal = h.type == FRAME_SEAL;
            s->bad.bytes = (Str){ scan_at(s, used) + FRAME_HEADER, h.length };
            return scan_bad(s, used, frames, "the bytes of a frame are damaged");
        }

        uint32_t offset = (uint32_t)used;
        buf_put_bytes(&s->offsets, &offset, sizeof offset);
        used = end;
        if (h.type == FRAME_SEAL) break;
        frames++;
    }
    s->group = (Group){
        .offset = s->position,
        .end = s->position + used,
        .count = frames,
        .bytes = scan_at(s, 0),
        .at = (uint32_t *)(void *)s->offsets.at,
    };
    s->position += used;
    s->number += frames;
    return SCAN_GROUP;
}

void scan_free(Scan *s)
{
    buf_free(&s->window);
    buf_free(&s->offsets);
}

bool journal_files(Arena *a, const char *folder, Str **paths, uint64_t **first, size_t *n, Err *err)
{
    Str   *names;
    size_t count, found = 0;
    if (!folder_list(a, folder, &names, &count, err)) return false;
    *paths = NEW_ARRAY(a, Str, count + 1);
    *first = NEW_ARRAY(a, uint64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        int64_t number;
        if (names[i].len != 24 || !str_ends(names[i], S(".log")) ||
            !str_to_i64(str_take_first(names[i], 20), &number) || number < 0)
            continue;
        (*paths)[found] = path_join(a, str_of(folder), names[i]);
        (*first)[found++] = (uint64_t)number;
    }
    *n = found;
    return true;
}

bool journal_cut_off(const char *path, uint64_t count, uint64_t promise, Err *err)
{
    return fail(err, ERR_CORRUPT,
                "%s: the log has %llu entries here, but %llu were durable: its end was cut off. %s. To go on from this "
                "shorter log on purpose: banyan rebuild --accept-shorter-log",
                path, (unsigned long long)count, (unsigned long long)promise, JOURNAL_WAY_OUT);
}
