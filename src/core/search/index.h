/* The index as a question sees it: memory and tables as one. The caller holds the index's lock for
   reading (index_read … index_done), so that it does not change meanwhile. Used by core/search/. */
#ifndef BANYAN_CORE_SEARCH_INDEX_H
#define BANYAN_CORE_SEARCH_INDEX_H

#include <roaring/roaring.h>

#include "core/search/doc.h"

void   index_read(Search *s);
void   index_done(Search *s);
size_t index_count(Search *s); /* live faces */

/* Live faces of a term, freed with the arena; NULL for none. */
bool index_faces(Search *s, Arena *a, Str term, roaring_bitmap_t **faces, Err *err);
/* Words of the index under a key of TERM_PARTS, sorted, each once; a few may have no live face left. */
bool index_words(Search *s, Arena *a, Str key, Str **words, size_t *n, Err *err);
/* Some measure of how long that list is. */
bool index_words_size(Search *s, Arena *a, Str key, uint64_t *size, Err *err);
/* Cheap, sometimes wrong when it says yes. */
bool index_may_have(Search *s, Str term);
/* The run of a face, for run_read; empty when it has none. */
bool index_run(Search *s, Arena *a, uint32_t face, Str *run, Err *err);

#endif
