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
uint64_t flat_count(const Flat *flat, const roaring_bitmap_t *set); /* faces in both */

static inline bool flat_has(const Flat *flat, uint32_t face)
{
    return face >> 16 < flat->blocks && (flat->words[face >> 6] >> (face & 63) & 1);
}

#endif
