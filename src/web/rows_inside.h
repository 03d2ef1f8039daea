/* What the writers of rows share. Only rows*.c include it. */
#ifndef BANYAN_WEB_ROWS_INSIDE_H
#define BANYAN_WEB_ROWS_INSIDE_H

#include "base/time.h"
#include "web/rows.h"

#define ROWS_CHUNK_BYTES ((size_t)256 << 10)

bool rows_archive(DuckRun *run, Stream *stream, const RowsWork *w, Err *err);

#endif
