/* Comma-separated values (RFC 4180), both ways.

   Written: UTF-8, CRLF, a heading row, fields quoted where needed. A text that a spreadsheet would run
   as a formula (it starts with = + - @ and is no number) gets an apostrophe before it; reading takes
   that apostrophe off again. */
#ifndef BANYAN_FORMAT_CSV_H
#define BANYAN_FORMAT_CSV_H

#include "base/buf.h"
#include "base/err.h"

void csv_put_cell(Buf *out, Str cell, bool number);

typedef struct {
    Str      text;      /* whole input */
    size_t   at;        /* how far it is read */
    uint64_t line;      /* of the row read last; the first line is 1 */
    char     separator; /* found from the first line: , ; or tab */
    uint64_t next_line;
} CsvReader;

/* A byte order mark at the start is dropped. The reader borrows `text`. */
CsvReader csv_reader_make(Str text);
/* The next row that is not empty; false at the end (err->code is ERR_NONE then) or for an unfinished
   quote or text behind one (ERR_FORMAT with the line). Cells lie in `a` or in the text. */
bool csv_row(CsvReader *r, Arena *a, Str **cells, size_t *n, Err *err);

#endif
