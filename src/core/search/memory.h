/* What was added to the index since the last flush: terms and runs in memory. Used by core/search/search.c
   alone. Faces are numbered here in the order they came; one that was removed, or replaced, is dead. */
#ifndef BANYAN_CORE_SEARCH_MEMORY_H
#define BANYAN_CORE_SEARCH_MEMORY_H

#include <roaring/roaring.h>

#include "core/search/doc.h"

typedef struct Memory Memory;

Memory *memory_open(void);
void    memory_close(Memory *m);
void    memory_add(Memory *m, uint32_t face, const SearchDoc *doc); /* replaces what the face had */
bool    memory_remove(Memory *m, uint32_t face);
size_t  memory_bytes(const Memory *m);
size_t  memory_count(const Memory *m); /* live faces */

bool memory_has(const Memory *m, Str term);
void memory_all(const Memory *m, roaring_bitmap_t *faces); /* add all live faces */
/* Add the live faces of a term to `faces`. */
void memory_faces(const Memory *m, Str term, roaring_bitmap_t *faces);
/* Words of a key of TERM_PARTS; views. Returns how many. */
size_t memory_words_count(const Memory *m, Str key);
size_t memory_words(const Memory *m, Arena *a, Str key, Str **words);
/* The run of a live face; view. */
bool memory_run(const Memory *m, uint32_t face, Str *run);

/* Everything in the order of its keys, as it is stored (search/value.h); `each` returns false to stop. */
bool memory_walk(Memory *m, bool (*each)(void *with, Str key, Str value, Err *err), void *with, Err *err);

#endif
