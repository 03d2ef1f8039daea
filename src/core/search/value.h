/* Values of the index as bytes: sets of faces, lists of words. Reading is safe on any bytes.
   Used by core/search/search.c alone. */
#ifndef BANYAN_CORE_SEARCH_VALUE_H
#define BANYAN_CORE_SEARCH_VALUE_H

#include <roaring/roaring.h>

#include "base/buf.h"
#include "base/err.h"

/* A set: few faces as differences, many as a portable Roaring bitmap. */
void faces_write(Buf *out, const roaring_bitmap_t *faces);
void faces_write_array(Buf *out, const uint32_t *faces, size_t n); /* rising */
bool faces_read(Str value, roaring_bitmap_t *add_to);              /* false: not what faces_write wrote */

/* A sorted list of words, each with what it shares with the one before. */
void words_write(Buf *out, const Str *words, size_t n);
bool words_read(Arena *a, Str value, Str **words, size_t *n);

/* Two sorted lists as one, each word once. */
Str *words_join(Arena *a, Str *x, size_t *n, Str *y, size_t y_n);

/* Faces as keys, so that they sort by number. */
Str      face_key(uint32_t face, char key[5]);
uint32_t face_of_key(Str key);

#endif
