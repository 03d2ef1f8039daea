/* See zipping.h. Source: APPNOTE.TXT 6.3.10 of the ZIP format, sections 4.3 to 4.5. */
#include "base/zipping.h"

#include <assert.h>
#include <zlib.h>

#define LEVEL     6
#define RAW       (-15) /* deflate without header and trailer */
#define OUT_BYTES ((size_t)64 << 10)
#define NEEDED    45                 /* version 4.5: 64-bit sizes */
#define MADE_BY   (3 << 8 | NEEDED)  /* on Unix */
#define FLAGS     (1 << 3 | 1 << 11) /* sizes stand behind the file; names are UTF-8 */
#define DEFLATED  8
#define DAY       (1 << 5 | 1) /* 1980-01-01 */
#define MAY_READ  ((uint32_t)0100644 << 16)
#define BIG       0xFFFFFFFFu

typedef struct {
    Str      name;
    uint64_t at, packed, plain;
    uint32_t crc;
} Entry;

struct Zipping {
    Arena      *arena;
    ZippingTake take;
    void       *with;
    uint64_t    at; /* bytes that went out */
    Entry       entries[ZIPPING_FILES_MAX];
    size_t      count;
    bool        inside;
    z_stream    stream;
    char       *room;
};

static void stream_end(void *stream)
{
    deflateEnd(stream);
}

Zipping *zipping_open(Arena *a, ZippingTake take, void *with)
{
    Zipping *z = NEW(a, Zipping);
    *z = (Zipping){ .arena = a, .take = take, .with = with, .room = arena_raw(a, OUT_BYTES) };
    if (deflateInit2(&z->stream, LEVEL, Z_DEFLATED, RAW, 8, Z_DEFAULT_STRATEGY) != Z_OK) memory_end(sizeof z->stream);
    arena_adopt(a, &z->stream, stream_end);
    return z;
}

static bool out(Zipping *z, Str bytes, Err *err)
{
    z->at += bytes.len;
    return z->take(z->with, bytes, err);
}

static void put(Buf *b, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_put_byte(b, (char)(number >> 8 * i & 0xFF));
}

static uint32_t or_big(uint64_t number)
{
    return number < BIG ? (uint32_t)number : BIG;
}

/* Through deflate, `flush` Z_FINISH at the file's end. */
static bool squeeze(Zipping *z, Str bytes, int flush, Err *err)
{
    Entry *e = &z->entries[z->count - 1];
    while (bytes.len || flush == Z_FINISH) {
        size_t n = bytes.len < (size_t)1 << 30 ? bytes.len : (size_t)1 << 30;
        z->stream.next_in = (Bytef *)bytes.at;
        z->stream.avail_in = (uInt)n;
        z->stream.next_out = (Bytef *)z->room;
        z->stream.avail_out = OUT_BYTES;
        int code = deflate(&z->stream, flush);
        bytes = str_drop(bytes, n - z->stream.avail_in);
        size_t made = OUT_BYTES - z->stream.avail_out;
        e->packed += made;
        if (made && !out(z, (Str){ z->room, made }, err)) return false;
        if (code == Z_STREAM_END) return true;
    }
    return true;
}

static bool file_end(Zipping *z, Err *err)
{
    if (!z->inside) return true;
    const Entry *e = &z->entries[z->count - 1];
    Buf          b = { 0 };
    z->inside = false;
    if (!squeeze(z, STR_NONE, Z_FINISH, err)) return false;
    deflateReset(&z->stream);
    put(&b, 0x08074b50, 4);
    put(&b, e->crc, 4);
    put(&b, e->packed, 8);
    put(&b, e->plain, 8);
    bool ok = out(z, buf_str(&b), err);
    buf_free(&b);
    return ok;
}

bool zipping_file(Zipping *z, Str name, Err *err)
{
    if (!file_end(z, err)) return false;
    if (z->count == ZIPPING_FILES_MAX) return fail(err, ERR_TOO_BIG, "more than %d files", ZIPPING_FILES_MAX);
    z->entries[z->count++] = (Entry){ .name = str_copy(z->arena, name),
                                      .at = z->at,
                                      .crc = (uint32_t)crc32(0, NULL, 0) };
    z->inside = true;
    Buf b = { 0 };
    put(&b, 0x04034b50, 4);
    put(&b, NEEDED, 2);
    put(&b, FLAGS, 2);
    put(&b, DEFLATED, 2);
    put(&b, 0, 2);
    put(&b, DAY, 2);
    put(&b, 0, 4); /* not known yet */
    put(&b, BIG, 4);
    put(&b, BIG, 4);
    put(&b, name.len, 2);
    put(&b, 20, 2);
    buf_put(&b, name);
    put(&b, 1, 2); /* sizes of 64 bits: told behind the file */
    put(&b, 16, 2);
    put(&b, 0, 8);
    put(&b, 0, 8);
    bool ok = out(z, buf_str(&b), err);
    buf_free(&b);
    return ok;
}

bool zipping_put(Zipping *z, Str bytes, Err *err)
{
    assert(z->inside);
    Entry *e = &z->entries[z->count - 1];
    e->plain += bytes.len;
    for (Str rest = bytes; rest.len;) {
        Str some = str_take_first(rest, (size_t)1 << 30);
        e->crc = (uint32_t)crc32(e->crc, (const Bytef *)some.at, (uInt)some.len);
        rest = str_drop(rest, some.len);
    }
    return squeeze(z, bytes, Z_NO_FLUSH, err);
}

static void listed(Buf *b, const Entry *e)
{
    Buf extra = { 0 };
    if (e->plain >= BIG) put(&extra, e->plain, 8);
    if (e->packed >= BIG) put(&extra, e->packed, 8);
    if (e->at >= BIG) put(&extra, e->at, 8);
    put(b, 0x02014b50, 4);
    put(b, MADE_BY, 2);
    put(b, NEEDED, 2);
    put(b, FLAGS, 2);
    put(b, DEFLATED, 2);
    put(b, 0, 2);
    put(b, DAY, 2);
    put(b, e->crc, 4);
    put(b, or_big(e->packed), 4);
    put(b, or_big(e->plain), 4);
    put(b, e->name.len, 2);
    put(b, extra.len ? extra.len + 4 : 0, 2);
    put(b, 0, 2); /* comment */
    put(b, 0, 2); /* disk */
    put(b, 0, 2);
    put(b, MAY_READ, 4);
    put(b, or_big(e->at), 4);
    buf_put(b, e->name);
    if (extra.len) {
        put(b, 1, 2);
        put(b, extra.len, 2);
        buf_put(b, buf_str(&extra));
    }
    buf_free(&extra);
}

static void ended(Buf *b, size_t count, uint64_t at, uint64_t bytes, uint64_t end)
{
    if (at >= BIG) {
        put(b, 0x06064b50, 4);
        put(b, 44, 8);
        put(b, MADE_BY, 2);
        put(b, NEEDED, 2);
        put(b, 0, 8); /* disks */
        put(b, count, 8);
        put(b, count, 8);
        put(b, bytes, 8);
        put(b, at, 8);
        put(b, 0x07064b50, 4);
        put(b, 0, 4);
        put(b, end, 8);
        put(b, 1, 4);
    }
    put(b, 0x06054b50, 4);
    put(b, 0, 4); /* disks */
    put(b, count, 2);
    put(b, count, 2);
    put(b, bytes, 4);
    put(b, or_big(at), 4);
    put(b, 0, 2);
}

bool zipping_end(Zipping *z, Err *err)
{
    if (!file_end(z, err)) return false;
    Buf      b = { 0 };
    uint64_t at = z->at;
    for (size_t i = 0; i < z->count; i++) listed(&b, &z->entries[i]);
    uint64_t bytes = b.len;
    ended(&b, z->count, at, bytes, at + bytes);
    bool ok = out(z, buf_str(&b), err);
    buf_free(&b);
    return ok;
}
