/* Pages of a set in an order. A set that is a good part of all faces is met soon by walking the whole
   order; a small one is cheaper picked out and sorted. Both give the same page. */
#include "core/faces/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A place in an order: the sort key of a face and the face. */
typedef struct {
    SortBy   by;
    int64_t  number; /* entry, record or day */
    Str      title;
    uint32_t face;
} Key;

static Key key_at(const Faces *f, SortBy by, uint32_t face)
{
    const Column *c = &f->columns[face];
    Key           key = { .by = by, .face = face };
    switch (by) {
    case SORT_UPDATED: key.number = c->entry; break;
    case SORT_CREATED: key.number = c->record; break;
    case SORT_START: key.number = c->start_day; break;
    case SORT_TITLE: key.title = face_title(f, face); break;
    }
    return key;
}

static int key_cmp(const Key *x, const Key *y)
{
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    int by_title = x->by == SORT_TITLE ? str_cmp(x->title, y->title) : 0;
    if (by_title) return by_title;
    return x->face < y->face ? -1 : x->face > y->face;
}

/* As shown: a face without a date comes last in both directions. */
static int shown_cmp(const Key *x, const Key *y, bool down)
{
    if (x->by == SORT_START) {
        bool x_none = x->number == START_NONE, y_none = y->number == START_NONE;
        if (x_none != y_none) return x_none ? 1 : -1;
    }
    return down ? key_cmp(y, x) : key_cmp(x, y);
}

typedef struct {
    const Faces *faces;
    Key          key;
} Place;

static bool lies_before(const void *with, uint32_t face)
{
    const Place *place = with;
    Key          key = key_at(place->faces, place->key.by, face);
    return key_cmp(&key, &place->key) < 0;
}

OrderPlace faces_title_place(const Faces *f, Str key, uint32_t face)
{
    return order_find(f->by_title, lies_before, &(Place){ f, { SORT_TITLE, 0, key, face } });
}

OrderPlace faces_start_place(const Faces *f, int32_t day, uint32_t face)
{
    return order_find(f->by_start, lies_before, &(Place){ f, { SORT_START, day, STR_NONE, face } });
}

/* Cursor: order letter, number, face and title as bytes, in base64url. */
typedef struct {
    char     by, down;
    uint32_t face;
    int64_t  number;
} CursorHead;

static Str cursor_make(Arena *a, const Faces *f, SortBy by, bool down, uint32_t face)
{
    Key        key = key_at(f, by, face);
    CursorHead head;
    memset(&head, 0, sizeof head);
    head = (CursorHead){ (char)('a' + by), down ? '-' : '+', face, key.number };
    Str bytes = str_join(a, (Str[]){ { (char *)&head, sizeof head }, key.title }, 2);
    return base64url_make(a, bytes.at, bytes.len);
}

static bool cursor_read(Arena *a, Str text, SortBy by, bool down, Key *out, Err *err)
{
    CursorHead head;
    Str        bytes;
    char      *padded = arena_new(a, text.len + 4);
    for (size_t i = 0; i < text.len; i++)
        padded[i] = text.at[i] == '-' ? '+' : text.at[i] == '_' ? '/'
                                                                : text.at[i];
    size_t len = text.len;
    while (len % 4) padded[len++] = '=';
    if (!base64_read(a, (Str){ padded, len }, &bytes) || bytes.len < sizeof head)
        return fail(err, ERR_INVALID, "\"after\" is not a cursor of this list");
    memcpy(&head, bytes.at, sizeof head);
    if (head.by != (char)('a' + by) || head.down != (down ? '-' : '+'))
        return fail(err, ERR_INVALID, "\"after\" is a cursor of another order");
    *out = (Key){ by, head.number, by == SORT_TITLE ? str_drop(bytes, sizeof head) : STR_NONE, head.face };
    return true;
}

/* The walk: over entries, records or an Order, forward or backward, from a key on. */
typedef struct {
    const Faces *f;
    SortBy       by;
    bool         down;
    OrderPlace   place;
    int64_t      number; /* of the next entry, or twice the record and which of its faces */
    const Order *order;
} Walk;

static Walk walk_start(const Faces *f, SortBy by, bool down, const Key *after)
{
    Walk w = { .f = f, .by = by, .down = down };
    w.order = by == SORT_TITLE ? f->by_title : by == SORT_START ? f->by_start
                                                                : NULL;
    if (w.order && !after)
        w.place = down ? order_end(w.order) : order_start(w.order);
    else if (w.order)
        w.place = order_find(w.order, lies_before, &(Place){ f, *after });
    else if (by == SORT_UPDATED)
        w.number = after ? after->number : down ? (int64_t)f->entry_count - 1
                                                : 0;
    else
        w.number = after ? 2 * after->number + down : down ? 2 * (int64_t)f->record_count - 1
                                                           : 0;
    return w;
}

/* The next face; 0 at the end. A number may be passed that has no face: those are skipped here. */
static uint32_t walk_next(Walk *w)
{
    uint32_t     face = 0;
    const Faces *f = w->f;
    if (w->order) {
        bool more = w->down ? order_previous(w->order, &w->place, &face) : order_next(w->order, &w->place, &face);
        return more ? face : 0;
    }
    int64_t end = w->by == SORT_UPDATED ? (int64_t)f->entry_count : 2 * (int64_t)f->record_count;
    while (w->number >= 0 && w->number < end) {
        int64_t at = w->number;
        w->number += w->down ? -1 : 1;
        if (w->by == SORT_UPDATED) {
            face = f->by_entry[at];
            if (face && faces_listed(f, face) && f->columns[face].entry == at) return face;
        } else {
            const uint32_t *faces = f->by_record[at / 2];
            uint32_t        low = faces[0] < faces[1] ? faces[0] : faces[1], high = faces[0] + faces[1] - low;
            face = at % 2 ? high : low;
            if (face && faces_listed(f, face) && f->columns[face].record == at / 2) return face;
        }
    }
    return 0;
}

/* The faces to page through: one of both. */
typedef struct {
    const roaring_bitmap_t *set;
    const Flat             *flat;
} Within;

static bool within_has(Within w, uint32_t face)
{
    return w.flat ? flat_has(w.flat, face) : roaring_bitmap_contains(w.set, face);
}

#define WALK_STEPS_MAX 20000

/* False when the walk went on for too long, or may have left out faces without a date. */
static bool page_walk(const Faces *f, Within set, SortBy by, bool down, const Key *after,
                      size_t limit, uint32_t *faces, size_t *n)
{
    Walk     walk = walk_start(f, by, down, after);
    uint32_t face;
    *n = 0;
    for (size_t steps = 0; (face = walk_next(&walk)); steps++) {
        if (steps == WALK_STEPS_MAX) return false;
        if (!within_has(set, face)) continue;
        Key key = key_at(f, by, face);
        if (after && shown_cmp(&key, after, down) <= 0) continue;
        faces[(*n)++] = face;
        if (*n == limit) return true;
    }
    return by != SORT_START;
}

/* A heap of the best `limit` keys, the worst on top. */
typedef struct {
    Key   *keys;
    size_t n, limit;
    bool   down;
} Heap;

static void heap_sink(Heap *h, size_t at)
{
    for (;;) {
        size_t worst = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < h->n; child++)
            if (shown_cmp(&h->keys[child], &h->keys[worst], h->down) > 0) worst = child;
        if (worst == at) return;
        Key swap = h->keys[at];
        h->keys[at] = h->keys[worst];
        h->keys[worst] = swap;
        at = worst;
    }
}

static void heap_offer(Heap *h, const Key *key)
{
    if (h->n < h->limit) {
        size_t at = h->n++;
        h->keys[at] = *key;
        while (at > 0 && shown_cmp(&h->keys[at], &h->keys[(at - 1) / 2], h->down) > 0) {
            Key swap = h->keys[at];
            h->keys[at] = h->keys[(at - 1) / 2];
            h->keys[(at - 1) / 2] = swap;
            at = (at - 1) / 2;
        }
    } else if (shown_cmp(key, &h->keys[0], h->down) < 0) {
        h->keys[0] = *key;
        heap_sink(h, 0);
    }
}

typedef struct {
    const Faces *f;
    SortBy       by;
    const Key   *after;
    Heap         heap;
} Pick;

static bool pick_face(uint32_t face, void *with)
{
    Pick *pick = with;
    Key   key = key_at(pick->f, pick->by, face);
    if (!pick->after || shown_cmp(&key, pick->after, pick->heap.down) > 0) heap_offer(&pick->heap, &key);
    return true;
}

static void page_pick(const Faces *f, Arena *a, Within set, SortBy by, bool down, const Key *after,
                      size_t limit, uint32_t *faces, size_t *n)
{
    Pick pick = { f, by, after, { NEW_ARRAY(a, Key, limit), 0, limit, down } };
    if (set.flat) flat_each(set.flat, pick_face, &pick);
    else roaring_iterate(set.set, pick_face, &pick);
    Heap *heap = &pick.heap;
    *n = heap->n;
    while (heap->n > 0) {
        faces[heap->n - 1] = heap->keys[0].face;
        heap->keys[0] = heap->keys[--heap->n];
        heap_sink(heap, 0);
    }
}

static bool page_within(const Faces *f, Arena *a, Within set, uint64_t size, SortBy by, bool down, Str after,
                        size_t limit, uint32_t **faces, size_t *n, Str *next, Err *err)
{
    Key key, *from = NULL;
    if (after.len) {
        if (!cursor_read(a, after, by, down, &key, err)) return false;
        from = &key;
    }
    /* One more than asked for says whether there is a next page. */
    uint32_t *found = NEW_ARRAY(a, uint32_t, limit + 1);
    size_t    count = 0;
    /* A step of the walk and a face picked cost about the same. */
    bool dense = size > 0 && (limit + 1) * f->listed / size < size;
    if (!dense || !page_walk(f, set, by, down, from, limit + 1, found, &count))
        page_pick(f, a, set, by, down, from, limit + 1, found, &count);
    bool more = count > limit;
    *n = more ? limit : count;
    *faces = found;
    *next = more ? cursor_make(a, f, by, down, found[limit - 1]) : STR_NONE;
    return true;
}

bool faces_page(const Faces *f, Arena *a, const roaring_bitmap_t *set, SortBy by, bool down, Str after, size_t limit,
                uint32_t **faces, size_t *n, Str *next, Err *err)
{
    return page_within(f, a, (Within){ .set = set }, roaring_bitmap_get_cardinality(set), by, down, after, limit, faces,
                       n, next, err);
}

bool faces_page_flat(const Faces *f, Arena *a, const Flat *set, SortBy by, bool down, Str after, size_t limit,
                     uint32_t **faces, size_t *n, Str *next, Err *err)
{
    assert(set);
    return page_within(f, a, (Within){ .flat = set }, flat_total(set), by, down, after, limit, faces, n, next, err);
}

size_t faces_title_prefix(const Faces *f, Arena *a, const roaring_bitmap_t *set, Str prefix, size_t limit,
                          uint32_t **faces)
{
    OrderPlace place = faces_title_place(f, prefix, 0);
    uint32_t   face;
    size_t     n = 0;
    *faces = NEW_ARRAY(a, uint32_t, limit);
    while (n < limit && order_next(f->by_title, &place, &face) && str_starts(face_title(f, face), prefix))
        if (roaring_bitmap_contains(set, face)) (*faces)[n++] = face;
    return n;
}
