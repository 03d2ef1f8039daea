/* The faces that lists can show, in memory: which sets each is in, and its place in every order. A
   face is a number; what it shows lies in its row. One writer; readers under the node's lock.

   About 30 bytes a face, its title's sort key and a byte or two each facet's value, plus the sets.
   Kept in node.db now and then
   (faces_save), so that opening reads one run of bytes instead of the whole log. */
#ifndef BANYAN_CORE_FACES_H
#define BANYAN_CORE_FACES_H

#include "core/projection.h"
#include "store/db.h"

typedef struct Faces Faces;

Faces *faces_open(void);
void   faces_close(Faces *f);

/* List a face that is not listed, with its keys; take it out again with the keys it was listed with. */
void faces_list(Faces *f, uint32_t face, uint32_t record, uint64_t entry, const Projection *p);
void faces_unlist(Faces *f, uint32_t face, const Projection *p);
/* The published face is hidden from holders of the working face's token, who see that one. */
void faces_shadow(Faces *f, uint32_t published, Str token, bool on);

uint32_t    faces_end(const Faces *f); /* one more than the greatest face that may be listed */
bool        faces_listed(const Faces *f, uint32_t face);
uint64_t    faces_entry(const Faces *f, uint32_t face);                          /* of a listed face */
uint32_t    faces_of_record(const Faces *f, uint32_t record, uint32_t faces[2]); /* the listed ones; how many */
const Sets *faces_sets(const Faces *f);
/* How a listed face stands, as its document says: the word of its field "status", its first and last day, the day
   of a projection's `unreported`. */
typedef struct {
    Str     status; /* lives as long as the faces */
    Date    start, end;
    int32_t unreported;
} FaceStanding;
FaceStanding faces_standing(const Faces *f, uint32_t face);

/* What a reader sees in lists. `owned` says whether the caller frees it. */
const roaring_bitmap_t *faces_visible(const Faces *f, const Reader *reader, bool *owned);

/* Values that a facet ever had, in no order. */
typedef struct {
    Str      value;
    SetKey   key;
    uint32_t number; /* among the values of all facets, from 0 */
} FacetKey;
size_t   faces_facet(const Faces *f, Str kind, Str path, const FacetKey **out);
uint32_t faces_value_count(const Faces *f); /* one more than the greatest number */
/* How many of these listed faces have each value, into counts[number]: some 40 nanoseconds a face, whatever
   the number of values. sets_count_within says the same of one value. */
void faces_count_values(const Faces *f, const Flat *within, uint32_t *counts);

/* A page of a set in an order. `after` is the cursor of the last face before it (empty: the start);
   `next` is empty when nothing follows. ERR_INVALID for a cursor that is not of this order. */
typedef enum { SORT_UPDATED,
               SORT_CREATED,
               SORT_TITLE,
               SORT_START } SortBy;
bool faces_page(const Faces *f, Arena *a, const roaring_bitmap_t *set, SortBy by, bool down, Str after, size_t limit,
                uint32_t **faces, size_t *n, Str *next, Err *err);
/* The same of a flat set. */
bool faces_page_flat(const Faces *f, Arena *a, const Flat *set, SortBy by, bool down, Str after, size_t limit,
                     uint32_t **faces, size_t *n, Str *next, Err *err);
/* Faces whose title's sort key starts with `prefix`, in title order, at most `limit` of the set. */
size_t faces_title_prefix(const Faces *f, Arena *a, const roaring_bitmap_t *set, Str prefix, size_t limit,
                          uint32_t **faces);

bool faces_save(const Faces *f, Db *db, uint64_t applied, Err *err);      /* in its own transaction */
bool faces_load(Faces *f, Arena *a, Db *db, uint64_t *applied, Err *err); /* applied 0: nothing was kept */
/* NULL when both hold the same; else what differs. */
const char *faces_difference(Arena *a, const Faces *x, const Faces *y);

#endif
