/* Rows and cells of delimited text (RFC 4180 with any separator), one after the other: for looking at the
   head of a file and for finding again the rows that were set aside. DuckDB reads the bulk. */
#ifndef BANYAN_DATA_CELLS_H
#define BANYAN_DATA_CELLS_H

#include "base/buf.h"

typedef struct {
    Str      rest;
    char     separator, quote; /* quote 0: none */
    uint64_t line;             /* on which the next row begins, from 1 */
    bool     open;             /* the last row's quote was not closed: it took the rest */
} Cells;

/* The next row as it stands, without its line end, which may be LF, CR LF or CR; `*first_line` is its own.
   False at the end. A quote that is never closed takes the rest. */
bool cells_row(Cells *c, Str *row, uint64_t *first_line);
/* The same, but of a row whose quote is not closed only the line where it begins, and then `*torn`. Such a row has no
   end; or, where rows have `columns` cells (0: nobody knows), its next line is such a row by itself, and text stands
   behind the quote that ends it. With one column no row is. */
bool cells_row_torn(Cells *c, size_t columns, Str *row, uint64_t *first_line, bool *torn);
/* The row's cells, unquoted, in `a`; at most `room`. How many there are. */
size_t cells_cut(const Cells *c, Arena *a, Str row, Str *out, size_t room);
/* A cell of comma separated values, quoted when it must be. */
void cell_put(Buf *out, Str cell);

#endif
