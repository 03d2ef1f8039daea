/* Line ends of delimited text: the engine takes LF, CRLF or CR, and refuses a file that has more than one of
   them, as a file put together of two has. What stands in a quoted cell is the cell's. */
#ifndef BANYAN_DATA_LINE_ENDS_H
#define BANYAN_DATA_LINE_ENDS_H

#include "base/buf.h"

/* Zero at the file's beginning; kept from piece to piece. */
typedef struct {
    bool lf, crlf, cr; /* seen anywhere, in quoted cells too */
    bool after_cr;     /* the piece before ended with CR */
} LineEnds;

void line_ends_see(LineEnds *ends, Str piece);
/* After the last piece. */
bool line_ends_may_differ(const LineEnds *ends);

typedef struct {
    bool quoted, in_cell; /* within a cell that began with a quote; past the first byte of one that did not */
    bool after_cr;
} LineEndsOne;

/* The piece with LF for every end of a row. */
void line_ends_make_one(LineEndsOne *one, Str piece, Buf *out);

#endif
