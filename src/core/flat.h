/* A set with one bit a face, for counting many other sets within it: an intersection with a flat set
   costs a nanosecond a face of the other set, or a few hundred for each full block of 65,536. */
#ifndef BANYAN_CORE_FLAT_H
#define BANYAN_CORE_FLAT_H

#include <roaring/roaring.h>

#include "base/arena.h"

typedef struct {
    uint64_t *words;
    uint32_t  blocks;
} Flat; /* blocks of 65,536 faces */

Flat     flat_make(Arena *a, const roaring_bitmap_t *set);
Flat     flat_empty(Arena *a, uint32_t faces); /* with room for faces below that number */
Flat     flat_copy(Arena *a, const Flat *flat);
void     flat_or(Flat *into, const roaring_bitmap_t *set); /* faces without room in `into` are left out */
void     flat_add(Flat *into, uint32_t face);              /* the same */
void     flat_and(Flat *into, const Flat *other);
uint64_t flat_count(const Flat *flat, const roaring_bitmap_t *set); /* faces in both */
uint64_t flat_total(const Flat *flat);
uint64_t flat_cost(const roaring_bitmap_t *set); /* of counting it, in about nanoseconds */
/* Each face, rising, until `take` says false. */
void              flat_each(const Flat *flat, bool (*take)(uint32_t face, void *with), void *with);
roaring_bitmap_t *flat_set(const Flat *flat); /* the caller frees */

static inline bool flat_has(const Flat *flat, uint32_t face)
{
    return face >> 16 < flat->blocks && (flat->words[face >> 6] >> (face & 63) & 1);
}

#endif
