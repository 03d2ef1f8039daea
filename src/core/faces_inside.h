/* What faces.c (changes), faces_page.c (orders) and faces_save.c (bytes) share. */
#ifndef BANYAN_CORE_FACES_INSIDE_H
#define BANYAN_CORE_FACES_INSIDE_H

#include "core/faces.h"
#include "core/order.h"

typedef struct {
    uint32_t record; /* 0: not listed */
    uint32_t entry;
    int32_t  start_day;
    uint32_t title; /* where its sort key lies in `titles`: one byte of length, then the key */
} Column;

typedef struct {
    Str       kind, path;
    FacetKey *values;
    size_t    n, room;
} FacetList;

struct Faces {
    Sets     *sets;
    Sets     *seen;    /* values that `facets` has */
    Column   *columns; /* by face */
    uint32_t  column_count;
    uint32_t *by_entry; /* face that an entry made; it may have another entry by now */
    uint64_t  entry_count;
    uint32_t (*by_record)[2]; /* faces of a record; 0: none. They may be unlisted */
    uint32_t   record_count;
    char      *titles;
    uint32_t   titles_used, titles_room;
    Order     *by_title, *by_start; /* by_start holds those that have a date */
    uint64_t   listed;
    FacetList *facets;
    size_t     facet_count;
};

static inline Str face_title(const Faces *f, uint32_t face)
{
    const char *at = f->titles + f->columns[face].title;
    return (Str){ at + 1, (unsigned char)*at };
}

/* Everything but sets, orders and facets. */
void       faces_column_put(Faces *f, uint32_t face, Column column, Str title_key);
void       faces_facet_add(Faces *f, Str kind, Str path, Str value, SetKey key);
OrderPlace faces_title_place(const Faces *f, Str key, uint32_t face);
OrderPlace faces_start_place(const Faces *f, int32_t day, uint32_t face);

#endif
