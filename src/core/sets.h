/* Sets of face numbers by key. A set of one face costs nothing beside its slot, a few lie in a small
   array, many in a compressed bitmap. Keys are hashes of what they stand for, so a million different
   link targets stay small. One writer; readers under the same lock. */
#ifndef BANYAN_CORE_SETS_H
#define BANYAN_CORE_SETS_H

#include <roaring/roaring.h>

#include "base/buf.h"
#include "base/hash.h"
#include "core/flat.h"

typedef struct {
    uint64_t a, b;
} SetKey;
typedef struct Sets Sets;

/* "link", FIELD, TARGET … : the parts are kept apart, so no two lists of parts share a key. */
SetKey set_key(const Str *parts, size_t n);

Sets *sets_open(void);
void  sets_close(Sets *s);
/* True when the key was never used before. */
bool sets_add(Sets *s, SetKey key, uint32_t face);
void sets_remove(Sets *s, SetKey key, uint32_t face);

uint64_t sets_count(const Sets *s, SetKey key);
bool     sets_has(const Sets *s, SetKey key, uint32_t face);
uint64_t sets_count_within(const Sets *s, SetKey key, const Flat *within);
uint64_t sets_count_cost(const Sets *s, SetKey key);            /* of that, in about nanoseconds */
bool     sets_least(const Sets *s, SetKey key, uint32_t *face); /* false for an empty set */
void     sets_or_flat(const Sets *s, SetKey key, Flat *into);
/* within |= set; within &= set; within -= set */
void sets_or_into(const Sets *s, SetKey key, roaring_bitmap_t *into);
void sets_and_into(const Sets *s, SetKey key, roaring_bitmap_t *into);
void sets_take_from(const Sets *s, SetKey key, roaring_bitmap_t *from);
/* The bitmap itself when there is one (many faces), else NULL: for intersections without a copy. */
const roaring_bitmap_t *sets_bitmap(const Sets *s, SetKey key);
roaring_bitmap_t       *sets_copy(const Sets *s, SetKey key); /* the caller frees */

/* All non-empty sets in order of their keys, as bytes; and back (into an empty Sets). */
void sets_save(const Sets *s, Buf *out);
bool sets_load(Sets *s, Str bytes, Err *err);
/* NULL when both hold the same; else what differs, in `a`. */
const char *sets_difference(Arena *a, const Sets *x, const Sets *y);

#endif
