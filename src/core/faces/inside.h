/* What faces.c (changes), faces/page.c (orders) and faces/save.c (bytes) share. */
#ifndef BANYAN_CORE_FACES_INSIDE_H
#define BANYAN_CORE_FACES_INSIDE_H

#include "core/faces.h"
#include "core/order.h"

typedef struct {
    uint32_t record; /* 0: not listed */
    uint32_t entry;
    int32_t  start_day;
    int32_t  start, end; /* dates as 20180913, what is not said 0 */
    uint32_t status;     /* place among the words */
    int32_t  unreported; /* a day, or START_NONE */
    uint32_t title;      /* where its sort key lies in `titles`: one byte of length, then the key */
} Column;

typedef struct {
    Str       kind, path;
    FacetKey *values;
    size_t    n, room;
} FacetList;

struct Faces {
    Sets     *sets;
    Sets     *seen; /* values that `facets` has: sets of their numbers */
    uint32_t  value_count;
    Column   *columns; /* by face */
    uint32_t  column_count;
    uint32_t *by_entry; /* face that an entry made; it may have another entry by now */
    uint64_t  entry_count;
    uint32_t (*by_record)[2]; /* faces of a record; 0: none. They may be unlisted */
    uint32_t   record_count;
    char      *titles;
    uint32_t   titles_used, titles_room;
    uint32_t  *values_at; /* by face: where in `values` its facets' values begin, in columns of their own because
                             counting reads nothing else */
    char      *values;    /* of a face: how many bytes follow, and the numbers of its values, each in base 128, the
                             lowest digit first */
    uint32_t   values_used, values_room;
    Order     *by_title, *by_start; /* by_start holds those that have a date */
    uint64_t   listed;
    Str       *words; /* of statuses; the first is empty */
    uint32_t   word_count;
    FacetList *facets;
    size_t     facet_count;
};

static inline Str face_title(const Faces *f, uint32_t face)
{
    const char *at = f->titles + f->columns[face].title;
    return (Str){ at + 1, (unsigned char)*at };
}

/* Takes a number in base 128 off the front; the last byte of one is below 128. */
static inline uint32_t number_take(const unsigned char **at)
{
    uint32_t n = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char c = *(*at)++;
        n |= (uint32_t)(c & 127) << shift;
        if (c < 128) return n;
    }
}

static inline Str face_values(const Faces *f, uint32_t face)
{
    const unsigned char *at = (const unsigned char *)f->values + f->values_at[face];
    uint32_t             len = number_take(&at);
    return (Str){ (const char *)at, len };
}

/* Everything but sets, orders and facets. `values`: numbers in base 128. */
void faces_column_put(Faces *f, uint32_t face, Column column, Str title_key, Str values);
void faces_values_tidy(Faces *f); /* in the order of the faces, and none that is left over */
/* Its number; a new value gets the next. */
uint32_t   faces_facet_add(Faces *f, Str kind, Str path, Str value, SetKey key);
uint32_t   faces_word(Faces *f, Str word);
OrderPlace faces_title_place(const Faces *f, Str key, uint32_t face);
OrderPlace faces_start_place(const Faces *f, int32_t day, uint32_t face);

#endif
