/* Parquet files as they come from elsewhere: their columns, by the types they say (DuckDB reads them). */
#ifndef BANYAN_DATA_PARQUET_H
#define BANYAN_DATA_PARQUET_H

#include "data/duck.h"
#include "data/recognise.h"

/* ERR_FORMAT for a file that does not end as Parquet does, is damaged, or has no columns; ERR_TOO_BIG for more
   than 1000 columns. Reads the footer and the first rows. */
bool parquet_recognise(DuckRun *run, Arena *a, const Source *source, Recognised *out, Err *err);

/* After the engine could not read the file: what is damaged, the columns' description or the values of which column,
   instead of the engine's words, SQL and paths. Returns false, as `fail` does; what is no fault of the file stays. */
bool parquet_damaged(DuckRun *run, Arena *a, const Source *source, Err *err);

#endif
