/* See mvt.h. A point waits until the next one or the end: how long its tags are stands before them. */
#include "format/mvt.h"

#include <string.h>

/* Field numbers of vector_tile.proto, with the type of what follows. */
enum { WIRE_VARINT = 0,
       WIRE_64 = 1,
       WIRE_BYTES = 2 };
#define FIELD(number, wire) ((number) << 3 | (wire))
enum { TILE_LAYER = FIELD(3, WIRE_BYTES),
       LAYER_NAME = FIELD(1, WIRE_BYTES),
       LAYER_FEATURE = FIELD(2, WIRE_BYTES),
       LAYER_KEY = FIELD(3, WIRE_BYTES),
       LAYER_VALUE = FIELD(4, WIRE_BYTES),
       LAYER_EXTENT = FIELD(5, WIRE_VARINT),
       LAYER_VERSION = FIELD(15, WIRE_VARINT),
       FEATURE_ID = FIELD(1, WIRE_VARINT),
       FEATURE_TAGS = FIELD(2, WIRE_BYTES),
       FEATURE_TYPE = FIELD(3, WIRE_VARINT),
       FEATURE_GEOMETRY = FIELD(4, WIRE_BYTES),
       VALUE_TEXT = FIELD(1, WIRE_BYTES),
       VALUE_NUMBER = FIELD(3, WIRE_64),
       VALUE_INTEGER = FIELD(4, WIRE_VARINT),
       VALUE_SIGNED = FIELD(6, WIRE_VARINT),
       VALUE_BOOL = FIELD(7, WIRE_VARINT) };
enum { VERSION = 2,
       POINT = 1,
       MOVE_TO_ONCE = 1 | 1 << 3 };

/* Texts in the order they were first met, each once. */
typedef struct {
    Arena    *arena;
    Str      *at;
    uint32_t  count, room;
    uint32_t *table; /* by hash: place + 1 */
} Pool;

struct MvtLayer {
    Arena   *arena;
    Str      name;
    Pool     keys, values; /* values as the messages they become */
    Buf     *features, *tags, *at, *one;
    uint64_t id;
    int      x, y;
    bool     open;
};

static void varint_put(Buf *out, uint64_t n)
{
    for (; n >= 0x80; n >>= 7) buf_put_byte(out, (char)(n | 0x80));
    buf_put_byte(out, (char)n);
}

static void bytes_put(Buf *out, int field, Str bytes)
{
    varint_put(out, (uint64_t)field);
    varint_put(out, bytes.len);
    buf_put(out, bytes);
}

static void number_put(Buf *out, int field, uint64_t n)
{
    varint_put(out, (uint64_t)field);
    varint_put(out, n);
}

static uint64_t zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (uint64_t)(n >> 63);
}

static void pool_grow(Pool *p)
{
    uint32_t room = p->room ? 2 * p->room : 16;
    Str     *at = NEW_ARRAY(p->arena, Str, room);
    if (p->count) memcpy(at, p->at, p->count * sizeof *at);
    p->at = at;
    p->room = room;
    p->table = NEW_ARRAY(p->arena, uint32_t, 2 * room);
    for (uint32_t i = 0; i < p->count; i++) {
        uint64_t slot = str_hash(at[i]);
        while (p->table[slot % (2 * room)]) slot++;
        p->table[slot % (2 * room)] = i + 1;
    }
}

static uint32_t pool_place(Pool *p, Str text)
{
    if (p->count == p->room) pool_grow(p);
    uint64_t slot = str_hash(text);
    for (uint32_t i; (i = p->table[slot % (2 * p->room)]); slot++)
        if (str_eq(p->at[i - 1], text)) return i - 1;
    p->at[p->count] = str_copy(p->arena, text);
    p->table[slot % (2 * p->room)] = ++p->count;
    return p->count - 1;
}

MvtLayer *mvt_layer(Arena *a, Str name)
{
    MvtLayer *l = NEW(a, MvtLayer);
    *l = (MvtLayer){ .arena = a, .name = name, .keys.arena = a, .values.arena = a };
    l->features = buf_open(a);
    l->tags = buf_open(a);
    l->at = buf_open(a);
    l->one = buf_open(a);
    return l;
}

static void point_end(MvtLayer *l)
{
    Buf *f = l->one;
    if (!l->open) return;
    buf_clear(f);
    buf_clear(l->at);
    varint_put(l->at, MOVE_TO_ONCE);
    varint_put(l->at, zigzag(l->x));
    varint_put(l->at, zigzag(l->y));
    if (l->id) number_put(f, FEATURE_ID, l->id);
    if (l->tags->len) bytes_put(f, FEATURE_TAGS, buf_str(l->tags));
    number_put(f, FEATURE_TYPE, POINT);
    bytes_put(f, FEATURE_GEOMETRY, buf_str(l->at));
    bytes_put(l->features, LAYER_FEATURE, buf_str(f));
    buf_clear(l->tags);
    l->open = false;
}

void mvt_point(MvtLayer *l, uint64_t id, int x, int y)
{
    point_end(l);
    l->id = id;
    l->x = x;
    l->y = y;
    l->open = true;
}

/* `one` is the value's message. */
static void says(MvtLayer *l, Str name)
{
    varint_put(l->tags, pool_place(&l->keys, name));
    varint_put(l->tags, pool_place(&l->values, buf_str(l->one)));
}

void mvt_says_text(MvtLayer *l, Str name, Str value)
{
    buf_clear(l->one);
    bytes_put(l->one, VALUE_TEXT, value);
    says(l, name);
}

void mvt_says_integer(MvtLayer *l, Str name, int64_t value)
{
    buf_clear(l->one);
    if (value < 0) number_put(l->one, VALUE_SIGNED, zigzag(value));
    else number_put(l->one, VALUE_INTEGER, (uint64_t)value);
    says(l, name);
}

void mvt_says_number(MvtLayer *l, Str name, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buf_clear(l->one);
    varint_put(l->one, VALUE_NUMBER);
    for (int i = 0; i < 64; i += 8) buf_put_byte(l->one, (char)(bits >> i));
    says(l, name);
}

void mvt_says_bool(MvtLayer *l, Str name, bool value)
{
    buf_clear(l->one);
    number_put(l->one, VALUE_BOOL, value);
    says(l, name);
}

void mvt_put(Buf *out, MvtLayer *l)
{
    Buf layer = { 0 };
    point_end(l);
    if (!l->features->len) return;
    number_put(&layer, LAYER_VERSION, VERSION);
    bytes_put(&layer, LAYER_NAME, l->name);
    buf_put(&layer, buf_str(l->features));
    for (uint32_t i = 0; i < l->keys.count; i++) bytes_put(&layer, LAYER_KEY, l->keys.at[i]);
    for (uint32_t i = 0; i < l->values.count; i++) bytes_put(&layer, LAYER_VALUE, l->values.at[i]);
    number_put(&layer, LAYER_EXTENT, MVT_EXTENT);
    bytes_put(out, TILE_LAYER, buf_str(&layer));
    buf_free(&layer);
}
