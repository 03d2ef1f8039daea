/* A delimited file as SQL: how DuckDB reads each heading, what each column is made of it, and which rows
   cannot be; and a Parquet file, whose headings say their types, the same way. A heading is read as the
   column's own type where the engine's reader takes exactly what the column means; else as text, made and
   checked by an expression (a "soft" check). */
#ifndef BANYAN_DATA_READING_H
#define BANYAN_DATA_READING_H

#include "data/cells.h"
#include "data/duck.h"
#include "data/recognise.h"

typedef struct {
    const Recognised *file;
    const Column     *columns;
    size_t            column_count;
    size_t          **from; /* of each column: which headings; as many as from_count, or one */
    Str               path; /* plain UTF-8 */
    size_t            skip; /* rows before the first of data */
} Reading;

/* Which heading each column is read from. ERR_INVALID names columns without their headings, and, when
   `all`, headings that no column reads (those that start with "_" are passed over). */
bool reading_make(Arena *a, const Recognised *file, const Column *columns, size_t n, bool all, Reading *out, Err *err);
/* Of all the bytes of the plain file, those below the headings. */
Cells reading_rows(const Reading *r, Str all);
/* "SELECT … FROM read_csv(…) WHERE …": the rows that can be read; others go to the table reject_errors, or
   are left out by soft checks. */
void reading_sql(const Reading *r, Buf *out);
/* Rows as (n, column): which row (from 1, of those with the right number of cells) fails a soft check, and
   in which column; of a file whose headings say their types, then all its cells as text. */
void reading_soft_sql(const Reading *r, Buf *out);

#endif
