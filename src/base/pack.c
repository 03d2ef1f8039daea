#include "base/pack.h"

#include <zlib.h>

#define GZIP_ONLY (15 + 16) /* the window's bits; the header and trailer of gzip wanted */

struct Unpack {
    z_stream z;
    bool     inside; /* a member has begun and not ended */
    bool     any;
};

void pack_gzip(Str bytes, int level, Buf *out)
{
    z_stream z = { 0 };
    size_t   before = out->len;
    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_ONLY, 8, Z_DEFAULT_STRATEGY) != Z_OK) memory_end(bytes.len);
    size_t room = deflateBound(&z, bytes.len);
    z.next_in = (Bytef *)bytes.at;
    z.avail_in = (uInt)bytes.len;
    z.next_out = (Bytef *)buf_grow(out, room);
    z.avail_out = (uInt)room;
    out->len = before + (deflate(&z, Z_FINISH) == Z_STREAM_END ? z.total_out : 0);
    deflateEnd(&z);
}

static void unpack_release(void *with)
{
    inflateEnd(&((Unpack *)with)->z);
}

Unpack *unpack_open(Arena *a)
{
    Unpack *u = NEW(a, Unpack);
    if (inflateInit2(&u->z, GZIP_ONLY) != Z_OK) memory_end(sizeof *u);
    return arena_adopt(a, u, unpack_release);
}

bool unpack_some(Unpack *u, Str *in, char *out, size_t room, size_t *n, Err *err)
{
    *n = 0;
    while (in->len > 0 && *n < room) {
        size_t taken = in->len > 1 << 30 ? 1 << 30 : in->len;
        u->z.next_in = (Bytef *)in->at;
        u->z.avail_in = (uInt)taken;
        u->z.next_out = (Bytef *)out + *n;
        u->z.avail_out = (uInt)(room - *n);
        u->inside = u->any = true;
        int code = inflate(&u->z, Z_NO_FLUSH);
        *in = str_drop(*in, taken - u->z.avail_in);
        *n = room - u->z.avail_out;
        if (code == Z_STREAM_END) {
            u->inside = false;
            inflateReset(&u->z);
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return fail(err, ERR_FORMAT, "the gzip file is damaged: %s", u->z.msg ? u->z.msg : "wrong bytes");
        }
    }
    return true;
}

bool unpack_end(const Unpack *u, Err *err)
{
    return (u->any && !u->inside) || fail(err, ERR_FORMAT, "the gzip file is cut short");
}
