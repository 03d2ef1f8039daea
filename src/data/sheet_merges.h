/* Merged cells of a sheet (ECMA-376, part 1, 18.3.1.54 and .55): one cell has the value, those beside and below it are
   empty. In the table that people mean, what is merged downwards is said of every row, and a heading that is merged
   across is said of every column under it. */
#ifndef BANYAN_DATA_SHEET_MERGES_H
#define BANYAN_DATA_SHEET_MERGES_H

#include "base/str.h"

typedef struct {
    uint64_t first_row, last_row; /* numbers, from 1 */
    size_t   first, last;         /* columns, from 0 */
    Str      text;                /* of its first cell, once that was seen */
} Merge;

typedef struct {
    Merge *at; /* by first_row once merges_sort was called */
    size_t n;
} Merges;

#define MERGES_MOST 200000

/* "B2:C5"; passed over is what is no such range, or one cell. Grows in `a`. */
void merges_add(Merges *merges, Arena *a, Str range);
void merges_sort(Merges *merges);
/* Goes down the rows of a sheet: O(1) a row and merged column. */
typedef struct {
    size_t next;
    Merge *of[1000]; /* by column: the last that began in it, of more than one row */
    size_t width;
} MergesDown;

/* Puts what is merged down into the empty cells of a row, and remembers (in `a`) what begins in it. Rows come in their
   order. `*width` grows with what is put; returns how many cells were. */
size_t merges_fill(const Merges *merges, MergesDown *down, Arena *a, uint64_t row, Str *cells, size_t cell_count,
                   size_t *width);

#endif
