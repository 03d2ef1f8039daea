/* What list.c (the page and its order), list/filter.c (what the filters let through) and list/facets.c (counts)
   share. */
#ifndef BANYAN_CORE_LIST_INSIDE_H
#define BANYAN_CORE_LIST_INSIDE_H

#include "core/inside.h"
#include "core/list.h"

typedef roaring_bitmap_t Set;

/* Faces a facet is counted over. */
typedef struct {
    Flat      set;
    uint64_t  total;
    uint32_t *counts; /* of every facet's values by their numbers, once they were counted face by face */
} Over;

/* Filters of the same field, and what they let through. */
typedef struct {
    Str          field;
    const Field *of; /* NULL for "kind", "owner", "state", "links" */
    Str         *values;
    size_t       n; /* of a link, its slug and its target */
    Flat         set;
    Over         others; /* what all but these filters leave */
} Group;

typedef struct {
    Snapshot       *snapshot;
    Arena          *arena;
    const Question *question;
    const Kind     *kind; /* NULL: every kind */
    Group          *groups;
    size_t          group_count;
    Flat            base; /* visible, of the kind, matching the words; no filters yet */
    Over            result;
    Hits            hits;
} Ask;

static inline const Sets *sets_of(const Ask *ask)
{
    return faces_sets(ask->snapshot->node->faces);
}

/* Fills the groups from the question's filters. ERR_INVALID for a field that lists are not narrowed by. */
bool list_filter(Ask *ask, Err *err);
/* `from` narrowed by all groups but one (NULL: by all). */
Flat list_narrowed(Ask *ask, const Flat *from, const Group *but);

/* Counts of the facets of the kind, or of the kinds when every kind is asked, into the answer. */
bool list_facets(Ask *ask, Answer *answer, Err *err);

#endif
