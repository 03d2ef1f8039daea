/* What faces.c (changes), faces_page.c (orders) and faces_save.c (bytes) share. */
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
    uint32_t text; /* where its text lies in `texts` */
} Column;

typedef struct {
    Str       kind, path;
    FacetKey *values;
    size_t    n, room;
} FacetList;

struct Faces {
    Sets     *sets;
    Sets     *seen;    /* values that `facets` has: sets of their numbers */
    uint32_t  value_count;
    Column   *columns; /* by face */
    uint32_t  column_count;
    uint32_t *by_entry; /* face that an entry made; it may have another entry by now */
    uint64_t  entry_count;
    uint32_t (*by_record)[2]; /* faces of a record; 0: none. They may be unlisted */
    uint32_t   record_count;
    char      *texts; /* of a face: one byte of length and its title's sort key, then the length and the numbers
                         of its facets' values, each in base 128, the lowest first */
    uint32_t   texts_used, texts_room;
    Buf        text;  /* of the face that is being put */
    Order     *by_title, *by_start; /* by_start holds those that have a date */
    uint64_t   listed;
    Str       *words; /* of statuses; the first is empty */
    uint32_t   word_count;
    FacetList *facets;
    size_t     facet_count;
};

static inline Str face_title(const Faces *f, uint32_t face)
{
    const char *at = f->texts + f->columns[face].text;
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
    Str                  title = face_title(f, face);
    const unsigned char *at = (const unsigned char *)title.at + title.len;
    uint32_t             len = number_take(&at);
    return (Str){ (const char *)at, len };
}

/* Everything but sets, orders and facets. `values`: numbers in base 128. */
void faces_column_put(Faces *f, uint32_t face, Column column, Str title_key, Str values);
/* Its number; a new value gets the next. */
uint32_t   faces_facet_add(Faces *f, Str kind, Str path, Str value, SetKey key);
uint32_t   faces_word(Faces *f, Str word);
OrderPlace faces_title_place(const Faces *f, Str key, uint32_t face);
OrderPlace faces_start_place(const Faces *f, int32_t day, uint32_t face);

#endif
