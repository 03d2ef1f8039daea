/* Rows set aside (aside.h) as people mend them: some of them to look at, and all of them written again with what
   was changed, to be imported like any file. */
#ifndef BANYAN_DATA_MEND_H
#define BANYAN_DATA_MEND_H

#include "base/err.h"
#include "base/str.h"

typedef struct {
    uint64_t number; /* in the file of rows set aside, from 0 */
    Str      line, column, value, reason;
    Str      as_it_stands; /* when it could not be cut into cells rightly */
    Str     *cells;        /* as many as headings */
} AsideRow;

typedef struct {
    Str      *headings; /* of the first file */
    size_t    heading_count;
    AsideRow *rows;
    size_t    row_count;
    uint64_t  total;
} AsideRows;

/* Rows from `offset` on, at most `limit`; ERR_CORRUPT for a file that is none of aside.h. Reads it once. */
bool aside_rows_read(Arena *a, const char *path, uint64_t offset, size_t limit, AsideRows *out, Err *err);

typedef struct {
    uint64_t row;
    size_t   column; /* of the headings */
    Str      value;
} Mend;

/* Writes all rows to `to`, changed where `mends`, in the order of rows, says so; `*changed` cells differ from
   before. Line ends in a cell are no difference: the forms of browsers cannot hold them. Bounded in memory. */
bool aside_rows_mend(Arena *a, const char *path, const Mend *mends, size_t n, const char *to,
                     size_t *changed, Err *err);

#endif
