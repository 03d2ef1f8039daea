/* Lists by title in the order of the reader's language: what the reader sees is what is sorted. The titles are
   read and their keys made for each question, so it is for sets of hundreds, not of millions. */
#ifndef BANYAN_CORE_LIST_TITLES_H
#define BANYAN_CORE_LIST_TITLES_H

#include "core/flat.h"
#include "core/record.h"

/* Whether the reader's order is another than the one kept (of titles in the node's first language, by the
   root collation, which is that of English). */
bool titles_differ(const Snapshot *s);
/* As faces_page_flat. Cost: some ten microseconds a face. ERR_INVALID for a cursor that is not of this order. */
bool titles_page(Snapshot *s, Arena *a, const Flat *set, bool down, Str after, size_t limit, uint32_t **faces,
                 size_t *n, Str *next, Err *err);

#endif
