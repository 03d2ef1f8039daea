/* Two Parquet footers made one: all of Thrift's compact protocol that this takes. */
#include "data/parquet_splice.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"

#define MAGIC      "PAR1"
#define MAGIC_SIZE 4
#define TAIL_SIZE  8 /* length of the footer, magic */

/* Types of Thrift's compact protocol. */
enum { STOP = 0,
       YES = 1,
       NO = 2,
       BYTE = 3,
       I64 = 6,
       DOUBLE = 7,
       BINARY = 8,
       LIST = 9,
       SET = 10,
       MAP = 11,
       STRUCT = 12 };

/* ---- reading ---- */

typedef struct {
    const uint8_t *at, *end;
    bool           bad;
} Thrift;

typedef struct {
    int id, type;
} Field;

static uint8_t byte_of(Thrift *t)
{
    if (t->at == t->end) t->bad = true;
    return t->bad ? 0 : *t->at++;
}

static uint64_t varint(Thrift *t)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t b = byte_of(t);
        v |= (uint64_t)(b & 0x7F) << shift;
        if (!(b & 0x80)) return v;
    }
    t->bad = true;
    return 0;
}

static int64_t whole(Thrift *t)
{
    uint64_t v = varint(t);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* The next field of a struct; false at its end. `*f` starts as zeros. */
static bool field_next(Thrift *t, Field *f)
{
    uint8_t head = byte_of(t);
    f->type = head & 15;
    if (t->bad || f->type == STOP) return false;
    f->id = head >> 4 ? f->id + (head >> 4) : (int)whole(t);
    return !t->bad;
}

static size_t list_next(Thrift *t, int *type)
{
    uint8_t head = byte_of(t);
    *type = head & 15;
    return head >> 4 == 15 ? varint(t) : head >> 4;
}

static void pass(Thrift *t, size_t n)
{
    if ((size_t)(t->end - t->at) < n) t->bad = true;
    else t->at += n;
}

static void skip(Thrift *t, int type, int depth)
{
    Field f = { 0 };
    int   of, of_values;
    if (depth > 16) t->bad = true;
    if (t->bad || type == YES || type == NO) return;
    switch (type) {
    case BYTE: pass(t, 1); break;
    case DOUBLE: pass(t, 8); break;
    case BINARY: pass(t, varint(t)); break;
    case LIST:
    case SET:
        for (size_t n = list_next(t, &of); n > 0 && !t->bad; n--)
            if (of == YES || of == NO) pass(t, 1);
            else skip(t, of, depth + 1);
        break;
    case MAP: {
        size_t n = varint(t);
        of_values = n ? byte_of(t) : 0;
        for (of = of_values >> 4, of_values &= 15; n > 0 && !t->bad; n--) {
            skip(t, of, depth + 1);
            skip(t, of_values, depth + 1);
        }
        break;
    }
    case STRUCT:
        while (field_next(t, &f)) skip(t, f.type, depth + 1);
        break;
    default: varint(t); /* whole numbers */
    }
}

/* ---- writing ---- */

static void put_from(Buf *out, const uint8_t *from, const Thrift *t)
{
    buf_put_bytes(out, from, (size_t)(t->at - from));
}

static void put_whole(Buf *out, int64_t v)
{
    uint64_t z = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
    for (; z > 0x7F; z >>= 7) buf_put_byte(out, (char)(z | 0x80));
    buf_put_byte(out, (char)z);
}

/* A field as it stands, `from` its head; what is read by now is its head alone. */
static void copy_field(Thrift *t, const Field *f, const uint8_t *from, Buf *out)
{
    skip(t, f->type, 0);
    put_from(out, from, t);
}

/* ---- column chunks ---- */

/* Fields of parquet.thrift. */
enum { CHUNK_FILE_OFFSET = 2,
       CHUNK_META = 3,
       META_UNPACKED = 6,
       META_PACKED = 7,
       META_DATA = 9,
       META_INDEX = 10,
       META_DICTIONARY = 11,
       META_BLOOM = 14,
       GROUP_COLUMNS = 1,
       GROUP_UNPACKED = 2,
       GROUP_ROWS = 3,
       GROUP_PACKED = 6,
       FILE_ROW_GROUPS = 4 };

typedef struct {
    int64_t unpacked, packed; /* bytes */
} Size;

static void put_meta(Thrift *t, int64_t shift, Buf *out, Size *size)
{
    Field          f = { 0 };
    const uint8_t *from = t->at;
    for (; field_next(t, &f); from = t->at) {
        if (f.type != I64) {
            copy_field(t, &f, from, out);
            continue;
        }
        put_from(out, from, t);
        int64_t v = whole(t);
        bool    place = f.id == META_DATA || f.id == META_INDEX || f.id == META_DICTIONARY || f.id == META_BLOOM;
        if (f.id == META_UNPACKED) size->unpacked = v;
        if (f.id == META_PACKED) size->packed = v;
        put_whole(out, place ? v + shift : v);
    }
    buf_put_byte(out, STOP);
}

/* A column chunk whose bytes lie `shift` further on than it says. */
static void put_chunk(Thrift *t, int64_t shift, Buf *out, Size *size)
{
    Field          f = { 0 };
    const uint8_t *from = t->at;
    for (; field_next(t, &f); from = t->at) {
        if (f.id == CHUNK_META && f.type == STRUCT) {
            put_from(out, from, t);
            put_meta(t, shift, out, size);
        } else if (f.id == CHUNK_FILE_OFFSET && f.type == I64) {
            put_from(out, from, t);
            int64_t v = whole(t);
            put_whole(out, v ? v + shift : 0);
        } else {
            copy_field(t, &f, from, out);
        }
    }
    buf_put_byte(out, STOP);
}

/* ---- row groups ---- */

typedef struct {
    Thrift  chunk; /* at the only column */
    int64_t rows;
} OneColumn;

/* A row group of the file with one column. */
static bool read_group(Thrift *t, OneColumn *out)
{
    Field f = { 0 };
    int   type;
    bool  found = false;
    while (field_next(t, &f)) {
        if (f.id == GROUP_COLUMNS && f.type == LIST) {
            found = list_next(t, &type) == 1 && type == STRUCT;
            out->chunk = *t;
            skip(t, STRUCT, 0);
        } else if (f.id == GROUP_ROWS && f.type == I64) {
            out->rows = whole(t);
        } else {
            skip(t, f.type, 0);
        }
    }
    return found && !t->bad;
}

static bool put_columns(Thrift *t, OneColumn *last, int64_t shift, Buf *out, Size *more)
{
    Size           old = { 0 }, now = { 0 };
    Buf            unused = { 0 };
    int            type;
    const uint8_t *from = t->at;
    size_t         n = list_next(t, &type);
    if (!n || type != STRUCT) return false;
    for (size_t i = 1; i < n && !t->bad; i++) skip(t, STRUCT, 0);
    put_from(out, from, t);
    put_chunk(t, 0, &unused, &old);
    buf_free(&unused);
    put_chunk(&last->chunk, shift, out, &now);
    *more = (Size){ now.unpacked - old.unpacked, now.packed - old.packed };
    return !t->bad && !last->chunk.bad;
}

static bool put_group(Thrift *t, Thrift *other, int64_t shift, Buf *out)
{
    OneColumn      last = { 0 };
    Size           more = { 0 };
    Field          f = { 0 };
    bool           columns = false, rows = false;
    const uint8_t *from = t->at;
    if (!read_group(other, &last)) return false;
    for (; field_next(t, &f); from = t->at) {
        if (f.id == GROUP_COLUMNS && f.type == LIST) {
            put_from(out, from, t);
            columns = put_columns(t, &last, shift, out, &more);
        } else if (f.type == I64 && (f.id == GROUP_UNPACKED || f.id == GROUP_PACKED)) {
            put_from(out, from, t);
            put_whole(out, whole(t) + (f.id == GROUP_PACKED ? more.packed : more.unpacked));
        } else if (f.type == I64 && f.id == GROUP_ROWS) {
            put_from(out, from, t);
            int64_t v = whole(t);
            rows = v == last.rows;
            put_whole(out, v);
        } else {
            copy_field(t, &f, from, out);
        }
    }
    buf_put_byte(out, STOP);
    return columns && rows && !t->bad;
}

/* To the first row group; how many there are. */
static size_t find_groups(Thrift *t)
{
    Field f = { 0 };
    int   type;
    while (field_next(t, &f)) {
        if (f.id == FILE_ROW_GROUPS && f.type == LIST) return list_next(t, &type);
        skip(t, f.type, 0);
    }
    return 0;
}

static bool put_footer(Thrift *t, Thrift *other, int64_t shift, Buf *out)
{
    Field          f = { 0 };
    bool           ok = false;
    size_t         there = find_groups(other);
    const uint8_t *from = t->at;
    for (; field_next(t, &f); from = t->at) {
        int type;
        if (f.id != FILE_ROW_GROUPS || f.type != LIST) {
            copy_field(t, &f, from, out);
            continue;
        }
        size_t n = list_next(t, &type);
        put_from(out, from, t);
        ok = n == there && type == STRUCT;
        for (size_t i = 0; i < n && ok; i++) ok = put_group(t, other, shift, out);
        if (!ok) return false;
    }
    buf_put_byte(out, STOP);
    return ok && !t->bad && !other->bad;
}

/* ---- files ---- */

typedef struct {
    int    fd;
    Str    map;
    size_t body; /* bytes before the footer */
} File;

static bool file_open(const char *path, int flags, File *f, Err *err)
{
    struct stat st;
    f->fd = open(path, flags | O_CLOEXEC);
    if (f->fd < 0 || fstat(f->fd, &st) != 0) return fail_errno(err, "reading %s", path);
    size_t size = (size_t)st.st_size;
    if (size < MAGIC_SIZE + TAIL_SIZE) return fail(err, ERR_FORMAT, "%s is no Parquet file", path);
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, f->fd, 0);
    if (map == MAP_FAILED) return fail_errno(err, "reading %s", path);
    f->map = (Str){ map, size };
    const uint8_t *tail = (const uint8_t *)map + size - TAIL_SIZE;
    size_t         footer = tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    if (!str_ends(f->map, S(MAGIC)) || footer > size - MAGIC_SIZE - TAIL_SIZE)
        return fail(err, ERR_FORMAT, "%s has no footer of Parquet", path);
    f->body = size - TAIL_SIZE - footer;
    return true;
}

static bool file_close(File *f)
{
    if (f->map.len) munmap((void *)f->map.at, f->map.len);
    return f->fd < 0 || close(f->fd) == 0;
}

static Thrift footer_of(const File *f)
{
    const uint8_t *at = (const uint8_t *)f->map.at;
    return (Thrift){ at + f->body, at + f->map.len - TAIL_SIZE, false };
}

static bool append(int fd, Str bytes, Err *err)
{
    while (bytes.len > 0) {
        ssize_t n = fault_hits(FAULT_PART_WRITE) ? -1 : write(fd, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "writing the part");
        bytes = str_drop(bytes, (size_t)n);
    }
    return true;
}

static bool join(File *to, const File *from, Err *err)
{
    Thrift  t = footer_of(to), other = footer_of(from);
    Buf     footer = { 0 };
    Str     body = str_drop(str_take_first(from->map, from->body), MAGIC_SIZE);
    int64_t shift = (int64_t)to->body - MAGIC_SIZE;
    bool    ok = put_footer(&t, &other, shift, &footer) ||
              fail(err, ERR_FORMAT, "the column and the part have not the same row groups");
    size_t n = footer.len;
    buf_put_bytes(&footer, (const uint8_t[]){ n & 255, n >> 8 & 255, n >> 16 & 255, n >> 24 & 255 }, 4);
    buf_put_z(&footer, MAGIC);
    if (ok && (ftruncate(to->fd, (off_t)to->body) != 0 || lseek(to->fd, 0, SEEK_END) < 0))
        ok = fail_errno(err, "writing the part");
    ok = ok && append(to->fd, body, err) && append(to->fd, buf_str(&footer), err);
    buf_free(&footer);
    return ok;
}

bool parquet_splice(const char *path, const char *column, Err *err)
{
    File to = { .fd = -1 }, from = { .fd = -1 };
    bool ok = file_open(path, O_RDWR, &to, err) && file_open(column, O_RDONLY, &from, err) && join(&to, &from, err);
    if (!file_close(&to) && ok) ok = fail_errno(err, "writing %s", path);
    file_close(&from);
    return ok;
}
