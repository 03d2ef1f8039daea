/* Segments: writing, and reading by key. The walk over all entries is at the end. */
#include "store/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"

#define MAGIC       "BANYSEG1"
#define BLOCK_BYTES 1024
#define NEAR_MAX    2048 /* a longer value lies outside of its block */
#define CHECK_BYTES 8
#define FOOT_BYTES  64
#define WRITE_BYTES ((size_t)256 << 10)
#define FILTER_BITS 10
#define FILTER_HITS 6

static uint64_t word_at(const void *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Four lanes of multiply and rotate: finds damage at the speed of memory; no defence against malice. */
static uint64_t check_of(const void *bytes, size_t n)
{
    const uint64_t k = 0x9E3779B97F4A7C15u;
    const uint8_t *p = bytes;
    uint64_t       lane[4] = { k, ~k, k << 1, n };
    for (; n >= 32; n -= 32, p += 32)
        for (int i = 0; i < 4; i++) {
            uint64_t x = (lane[i] ^ word_at(p + 8 * i)) * k;
            lane[i] = x << 31 | x >> 33;
        }
    uint8_t tail[32] = { 0 };
    if (n) memcpy(tail, p, n);
    uint64_t sum = n;
    for (int i = 0; i < 4; i++) {
        sum = (sum ^ lane[i] ^ word_at(tail + 8 * i)) * k;
        sum ^= sum >> 29;
    }
    return sum;
}

static uint32_t key_hash(Str key)
{
    uint64_t h = check_of(key.at, key.len);
    return (uint32_t)(h ^ h >> 32);
}

static void varint_put(Buf *out, uint64_t n)
{
    for (; n >= 0x80; n >>= 7) buf_put_byte(out, (char)(n | 0x80));
    buf_put_byte(out, (char)n);
}

/* Without the first n bytes, of which it has as many: the blocks are gone through with it. */
static Str cut_first(Str s, size_t n)
{
    return (Str){ s.at + n, s.len - n };
}

static bool varint_take(Str *from, uint64_t *n)
{
    if (from->len && !(from->at[0] & 0x80)) { /* nearly all */
        *n = (uint8_t)from->at[0];
        *from = cut_first(*from, 1);
        return true;
    }
    *n = 0;
    for (size_t i = 0; i < from->len && i < 10; i++) {
        *n |= (uint64_t)((uint8_t)from->at[i] & 0x7F) << (7 * i);
        if ((uint8_t)from->at[i] & 0x80) continue;
        *from = cut_first(*from, i + 1);
        return true;
    }
    return false;
}

struct SegmentWriter {
    char     *path, *part;
    int       fd;
    uint64_t  written; /* bytes behind which `out` will lie */
    Buf       out, block, index, last_key;
    uint64_t  blocks, keys;
    uint32_t *hashes;
    size_t    hash_room;
};

static void writer_free(SegmentWriter *w)
{
    if (w->fd >= 0) close(w->fd);
    buf_free(&w->out);
    buf_free(&w->block);
    buf_free(&w->index);
    buf_free(&w->last_key);
    free(w->hashes);
    free(w->path);
    free(w->part);
    free(w);
}

void segment_write_drop(SegmentWriter *w)
{
    if (!w) return;
    unlink(w->part);
    writer_free(w);
}

bool segment_write_open(const char *path, SegmentWriter **out, Err *err)
{
    SegmentWriter *w = calloc(1, sizeof *w);
    if (!w) memory_end(sizeof *w);
    w->path = strdup(path);
    if (!w->path || asprintf(&w->part, "%s.part", path) < 0) memory_end(strlen(path));
    w->fd = fault_hits(FAULT_INDEX_FLUSH) ? -1 : open(w->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        fail_errno(err, "writing %s", w->part);
        writer_free(w);
        return false;
    }
    buf_put_z(&w->out, MAGIC);
    *out = w;
    return true;
}

static bool write_out(SegmentWriter *w, Err *err)
{
    for (size_t done = 0; done < w->out.len;) {
        ssize_t n = fault_hits(FAULT_INDEX_FLUSH) ? -1 : write(w->fd, w->out.at + done, w->out.len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "writing %s", w->part);
        done += (size_t)n;
    }
    w->written += w->out.len;
    buf_clear(&w->out);
    return true;
}

static void put_checked(SegmentWriter *w, Str bytes)
{
    uint64_t check = check_of(bytes.at, bytes.len);
    buf_put(&w->out, bytes);
    buf_put_bytes(&w->out, &check, CHECK_BYTES);
}

/* An index row is the block's place and length, put behind its first key when the block began. */
static void block_end(SegmentWriter *w)
{
    if (!w->block.len) return;
    varint_put(&w->index, w->written + w->out.len);
    varint_put(&w->index, w->block.len);
    put_checked(w, buf_str(&w->block));
    buf_clear(&w->block);
    w->blocks++;
}

bool segment_put(SegmentWriter *w, Str key, Str value, Err *err)
{
    if (key.len > SEGMENT_KEY_MAX || value.len > SEGMENT_VALUE_MAX)
        return fail(err, ERR_TOO_BIG, "a key of %zu or a value of %zu bytes", key.len, value.len);
    if (w->keys && str_cmp(key, buf_str(&w->last_key)) <= 0)
        return fail(err, ERR_INTERNAL, "%s: keys do not rise", w->path);

    uint64_t far = 0;
    if (value.len > NEAR_MAX) {
        far = w->written + w->out.len;
        put_checked(w, value);
    }
    size_t shared = 0;
    if (!w->block.len) {
        varint_put(&w->index, key.len);
        buf_put(&w->index, key);
    } else {
        while (shared < key.len && shared < w->last_key.len && key.at[shared] == w->last_key.at[shared]) shared++;
    }
    varint_put(&w->block, shared);
    varint_put(&w->block, key.len - shared);
    varint_put(&w->block, (uint64_t)value.len << 1 | (far != 0));
    buf_put(&w->block, str_drop(key, shared));
    if (far) varint_put(&w->block, far);
    else buf_put(&w->block, value);
    if (w->block.len >= BLOCK_BYTES) block_end(w);

    if (w->keys == w->hash_room) {
        w->hash_room = w->hash_room ? w->hash_room * 2 : 4096;
        w->hashes = realloc(w->hashes, w->hash_room * sizeof *w->hashes);
        if (!w->hashes) memory_end(w->hash_room * sizeof *w->hashes);
    }
    w->hashes[w->keys++] = key_hash(key);
    buf_clear(&w->last_key);
    buf_put(&w->last_key, key);
    return w->out.len < WRITE_BYTES || write_out(w, err);
}

static uint64_t filter_bit(uint32_t hash, int turn, uint64_t bits)
{
    uint64_t wide = hash * 0x9E3779B97F4A7C15u;
    return (((uint32_t)wide + (uint64_t)turn * (wide >> 32 | 1)) & UINT32_MAX) * bits >> 32;
}

static void filter_put(SegmentWriter *w, uint64_t *bits)
{
    *bits = (w->keys * FILTER_BITS + 64) / 8 * 8;
    char *at = buf_grow(&w->out, *bits / 8);
    memset(at, 0, *bits / 8);
    for (uint64_t i = 0; i < w->keys; i++)
        for (int turn = 0; turn < FILTER_HITS; turn++) {
            uint64_t bit = filter_bit(w->hashes[i], turn, *bits);
            at[bit / 8] = (char)(at[bit / 8] | 1 << bit % 8);
        }
}

static bool folder_sync(const char *path, Err *err)
{
    const char *slash = strrchr(path, '/');
    char       *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!folder) memory_end(strlen(path));
    int  fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && !fault_hits(FAULT_INDEX_FLUSH) && fsync(fd) == 0;
    if (!ok) fail_errno(err, "syncing %s", folder);
    if (fd >= 0) close(fd);
    free(folder);
    return ok;
}

static bool writer_end(SegmentWriter *w, Err *err)
{
    block_end(w);
    if (!write_out(w, err)) return false;
    uint64_t index_at = w->written, bits;
    buf_put(&w->out, buf_str(&w->index));
    filter_put(w, &bits);
    uint64_t foot[FOOT_BYTES / 8] = {
        index_at, w->index.len, bits, w->blocks, w->keys, check_of(w->out.at, w->out.len)
    };
    memcpy(&foot[7], MAGIC, 8);
    foot[6] = check_of(foot, 6 * 8);
    buf_put_bytes(&w->out, foot, FOOT_BYTES);
    if (!write_out(w, err)) return false;
    if (fault_hits(FAULT_INDEX_FLUSH) || fsync(w->fd) != 0) return fail_errno(err, "syncing %s", w->part);
    if (fault_hits(FAULT_INDEX_FLUSH) || rename(w->part, w->path) != 0) return fail_errno(err, "renaming %s", w->part);
    return folder_sync(w->path, err);
}

bool segment_write_finish(SegmentWriter *w, Err *err)
{
    bool ok = writer_end(w, err);
    if (!ok) unlink(w->part);
    writer_free(w);
    return ok;
}

/* `head` is the start of the first key as a number that sorts like it: most comparisons end there. */
typedef struct {
    uint64_t    head, at;
    const char *first;
    uint32_t    first_len, len;
} Block;

static uint64_t head_of(Str key)
{
    uint64_t head = 0;
    for (size_t i = 0; i < 8; i++) head = head << 8 | (i < key.len ? (uint8_t)key.at[i] : 0);
    return head;
}

struct Segment {
    char          *path;
    int            fd;
    uint64_t       bytes, bits, keys;
    Str            tail; /* index and filter as read */
    Block         *blocks;
    uint64_t       block_n;
    const uint8_t *filter;
};

static bool corrupt(const Segment *s, uint64_t at, Err *err)
{
    return fail(err, ERR_CORRUPT, "%s is damaged at byte %llu; `banyan rebuild` makes it anew from the log", s->path,
                (unsigned long long)at);
}

static bool read_at(const Segment *s, void *to, size_t n, uint64_t at, Err *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(err, "reading %s", s->path);
        if (got == 0) return corrupt(s, at + done, err);
        done += (size_t)got;
    }
    return true;
}

/* n bytes and the check behind them into `to`, which has room for both. */
static bool read_checked(const Segment *s, char *to, size_t n, uint64_t at, Err *err)
{
    if (at > s->bytes || n + CHECK_BYTES > s->bytes - at) return corrupt(s, at, err);
    if (!read_at(s, to, n + CHECK_BYTES, at, err)) return false;
    return check_of(to, n) == word_at(to + n) || corrupt(s, at, err);
}

static bool index_read(Segment *s, const uint64_t *foot, Err *err)
{
    Str index = { s->tail.at, foot[1] };
    s->block_n = foot[3];
    if (s->block_n > index.len) return corrupt(s, foot[0], err);
    s->blocks = calloc(s->block_n + 1, sizeof(Block));
    if (!s->blocks) memory_end(s->block_n * sizeof(Block));
    for (uint64_t i = 0; i < s->block_n; i++) {
        uint64_t len, at, size;
        if (!varint_take(&index, &len) || len > index.len) return corrupt(s, foot[0], err);
        Str key = { index.at, len };
        index = str_drop(index, len);
        if (!varint_take(&index, &at) || !varint_take(&index, &size) || size > UINT32_MAX / 2)
            return corrupt(s, foot[0], err);
        s->blocks[i] = (Block){ head_of(key), at, key.at, (uint32_t)len, (uint32_t)size };
    }
    return true;
}

static bool segment_read(Segment *s, Err *err)
{
    struct stat st;
    if (fstat(s->fd, &st) != 0) return fail_errno(err, "reading %s", s->path);
    s->bytes = (uint64_t)st.st_size;
    if (s->bytes < 8 + FOOT_BYTES) return corrupt(s, s->bytes, err);
    uint64_t foot[FOOT_BYTES / 8], foot_at = s->bytes - FOOT_BYTES;
    if (!read_at(s, foot, FOOT_BYTES, foot_at, err)) return false;
    if (memcmp(&foot[7], MAGIC, 8) != 0 || foot[6] != check_of(foot, 6 * 8)) return corrupt(s, foot_at, err);
    s->bits = foot[2];
    s->keys = foot[4];
    if (foot[0] > foot_at || foot[1] > foot_at - foot[0] || foot[1] + s->bits / 8 != foot_at - foot[0])
        return corrupt(s, foot_at, err);
    s->tail = (Str){ malloc(foot_at - foot[0] + 1), foot_at - foot[0] };
    if (!s->tail.at) memory_end(s->tail.len);
    if (!read_at(s, (char *)s->tail.at, s->tail.len, foot[0], err)) return false;
    if (check_of(s->tail.at, s->tail.len) != foot[5]) return corrupt(s, foot[0], err);
    s->filter = (const uint8_t *)s->tail.at + foot[1];
    return index_read(s, foot, err);
}

bool segment_open(const char *path, Segment **out, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "opening %s", path);
    Segment *s = calloc(1, sizeof *s);
    if (!s || !(s->path = strdup(path))) memory_end(sizeof *s);
    s->fd = fd;
    if (!segment_read(s, err)) {
        segment_close(s);
        return false;
    }
    *out = s;
    return true;
}

void segment_close(Segment *s)
{
    if (!s) return;
    close(s->fd);
    free(s->path);
    free((char *)s->tail.at);
    free(s->blocks);
    free(s);
}

uint64_t segment_bytes(const Segment *s)
{
    return s->bytes;
}

bool segment_may_have(const Segment *s, Str key)
{
    uint32_t hash = key_hash(key);
    for (int turn = 0; turn < FILTER_HITS; turn++) {
        uint64_t bit = filter_bit(hash, turn, s->bits);
        if (!(s->filter[bit / 8] >> bit % 8 & 1)) return false;
    }
    return true;
}

/* A value in its block, or far from it. */
typedef struct {
    Str      near;
    uint64_t far, len;
} Value;

typedef struct {
    size_t shared; /* bytes of its key that are those of the entry before */
    Str    fresh;  /* the rest of it; view */
    Value  value;
} Entry;

static bool entry_read(Str *rest, Entry *e)
{
    uint64_t shared, fresh, len;
    if (!varint_take(rest, &shared) || !varint_take(rest, &fresh) || !varint_take(rest, &len)) return false;
    if (fresh > rest->len || shared > SEGMENT_KEY_MAX || shared + fresh > SEGMENT_KEY_MAX) return false;
    *e = (Entry){ shared, { rest->at, fresh }, { .len = len >> 1 } };
    *rest = cut_first(*rest, fresh);
    if (e->value.len > SEGMENT_VALUE_MAX) return false;
    if (len & 1) return varint_take(rest, &e->value.far);
    if (e->value.len > rest->len) return false;
    e->value.near = (Str){ rest->at, e->value.len };
    *rest = cut_first(*rest, e->value.len);
    return true;
}

/* The same with its key into `key`, which holds the one before. */
static bool entry_take(Str *rest, char key[SEGMENT_KEY_MAX], size_t *key_len, Value *value)
{
    Entry e;
    if (!entry_read(rest, &e) || e.shared > *key_len) return false;
    memcpy(key + e.shared, e.fresh.at, e.fresh.len);
    *key_len = e.shared + e.fresh.len;
    *value = e.value;
    return true;
}

static const Block *block_for(const Segment *s, Str key)
{
    uint64_t head = head_of(key), low = 0, high = s->block_n; /* the last block whose first key is not behind `key` */
    while (low < high) {
        uint64_t     middle = low + (high - low) / 2;
        const Block *b = &s->blocks[middle];
        bool         behind = b->head != head ? b->head < head : str_cmp((Str){ b->first, b->first_len }, key) <= 0;
        if (behind) low = middle + 1;
        else high = middle;
    }
    return low ? &s->blocks[low - 1] : NULL;
}

/* A block as read: on the stack of who asks, or in the arena when a long key or value made it large. */
typedef struct {
    char on_stack[BLOCK_BYTES + NEAR_MAX + 64];
} BlockRoom;

/* Look for `key` among a block's entries. Keys rise, so what an entry shares with the one before mostly tells,
   without a look at its bytes, on which side of `key` it is. False: that is no block. */
static bool block_find(Str rest, Str key, Value *value, bool *found)
{
    size_t agreed = 0; /* bytes that `key` shares with the entry before, which sorts before it */
    size_t before = 0; /* length of that entry's key */
    while (rest.len) {
        Entry e;
        if (!entry_read(&rest, &e) || e.shared > before) return false;
        before = e.shared + e.fresh.len;
        if (e.shared > agreed) continue;
        if (e.shared < agreed) break;
        size_t same = 0;
        while (same < e.fresh.len && agreed < key.len && e.fresh.at[same] == key.at[agreed]) same++, agreed++;
        if (agreed == key.len) {
            *found = same == e.fresh.len;
            *value = e.value;
            break;
        }
        if (same < e.fresh.len && (uint8_t)e.fresh.at[same] > (uint8_t)key.at[agreed]) break;
    }
    return true;
}

static bool value_find(const Segment *s, Arena *a, Str key, BlockRoom *room, Value *value, bool *found, Err *err)
{
    *found = false;
    if (!segment_may_have(s, key)) return true;
    const Block *block = block_for(s, key);
    if (!block) return true;
    char *bytes =
        block->len + CHECK_BYTES <= sizeof room->on_stack ? room->on_stack : arena_raw(a, block->len + CHECK_BYTES);
    if (!read_checked(s, bytes, block->len, block->at, err)) return false;

    return block_find((Str){ bytes, block->len }, key, value, found) || corrupt(s, block->at, err);
}

bool segment_get(const Segment *s, Arena *a, Str key, Str *value, bool *found, Err *err)
{
    BlockRoom room;
    Value     v;
    if (!value_find(s, a, key, &room, &v, found, err)) return false;
    if (!*found) return true;
    char *copy = arena_raw(a, v.len + CHECK_BYTES);
    if (v.far && !read_checked(s, copy, v.len, v.far, err)) return false;
    if (!v.far && v.len) memcpy(copy, v.near.at, v.len);
    *value = (Str){ copy, v.len };
    return true;
}

bool segment_size(const Segment *s, Arena *a, Str key, uint64_t *bytes, Err *err)
{
    BlockRoom room;
    Value     v;
    bool      found;
    *bytes = 0;
    if (!value_find(s, a, key, &room, &v, &found, err)) return false;
    if (found) *bytes = v.len;
    return true;
}

struct SegmentCursor {
    const Segment *s;
    uint64_t       block; /* next to read */
    Buf            bytes, far;
    Str            rest;
    char           key[SEGMENT_KEY_MAX];
    size_t         key_len;
};

SegmentCursor *segment_cursor_open(const Segment *s)
{
    SegmentCursor *c = calloc(1, sizeof *c);
    if (!c) memory_end(sizeof *c);
    c->s = s;
    return c;
}

void segment_cursor_close(SegmentCursor *c)
{
    if (!c) return;
    buf_free(&c->bytes);
    buf_free(&c->far);
    free(c);
}

bool segment_next(SegmentCursor *c, Str *key, Str *value, bool *more, Err *err)
{
    if (!c->rest.len) {
        *more = c->block < c->s->block_n;
        if (!*more) return true;
        const Block *block = &c->s->blocks[c->block++];
        buf_clear(&c->bytes);
        if (!read_checked(c->s, buf_grow(&c->bytes, block->len + CHECK_BYTES), block->len, block->at, err))
            return false;
        c->rest = (Str){ c->bytes.at, block->len };
        c->key_len = 0;
    }
    Value v;
    if (!entry_take(&c->rest, c->key, &c->key_len, &v)) return corrupt(c->s, c->s->blocks[c->block - 1].at, err);
    *more = true;
    *key = (Str){ c->key, c->key_len };
    *value = v.near;
    if (!v.far) return true;
    buf_clear(&c->far);
    if (!read_checked(c->s, buf_grow(&c->far, v.len + CHECK_BYTES), v.len, v.far, err)) return false;
    *value = (Str){ c->far.at, v.len };
    return true;
}
