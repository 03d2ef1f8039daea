/* Columns in SQL: rows of a part, whatever types and columns it has, as the rows of a table with these. */
#ifndef BANYAN_DATA_COLUMN_SQL_H
#define BANYAN_DATA_COLUMN_SQL_H

#include "base/buf.h"
#include "data/column.h"

/* "TRY_CAST(a AS DOUBLE) AS a, …, ": each of its type. Costs nothing where the rows have it; where it was changed
   since, every value fits (fits.h). */
void columns_typed_put(const Column *columns, size_t n, Buf *sql);
/* "CAST(NULL AS DOUBLE) AS a, …, ": for a SELECT without rows, before UNION ALL BY NAME. */
void columns_none_put(const Column *columns, size_t n, Buf *sql);

#endif
