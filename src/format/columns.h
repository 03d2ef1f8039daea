/* Records as rows of a table: one column a field, the same for .csv and .xlsx, and for loading them again.

   Headings are paths: "type", "place.lat", "name.en" (a column for each language that occurs), "parties"
   (items of a list of plain values, joined by "; "). A list of groups is one column of compact JSON. A
   link is the slug of its record, so that a person can read it and another node find it. */
#ifndef BANYAN_FORMAT_COLUMNS_H
#define BANYAN_FORMAT_COLUMNS_H

#include "format/format.h"

typedef struct {
    Str          heading;
    const Field *field;   /* NULL: a member of the item itself (id, slug, kind, url, state, updated) */
    Str          pointer; /* RFC 6901, from the item: "/slug", "/doc/name/en" */
    bool         number;
} Column;

/* The columns that occur in the value's items. Cost: one walk over the documents. */
bool columns_make(const FormatWork *work, const Json *value, Column **out, size_t *n, Err *err);
/* Text of one cell; empty where the item has nothing. */
Str column_cell(Arena *a, const Column *column, const Json *item);

/* The other way: set what a cell of that heading says in `doc`. Empty cells set nothing. Fails
   ERR_FORMAT naming heading and value: an unknown field, not a number, not JSON. */
bool column_set(Arena *a, const Kind *kind, Str heading, Str cell, Json *doc, Err *err);

#endif
