/* What duck*.c share: they alone know DuckDB's header. */
#ifndef BANYAN_DATA_DUCK_INSIDE_H
#define BANYAN_DATA_DUCK_INSIDE_H

#include <duckdb.h>

#include "data/duck.h"

bool duck_function_add(duckdb_connection connection, const DuckFunction *f, Err *err);
bool duck_text_function_add(duckdb_connection connection, const DuckTextFunction *f, Err *err);

#endif
