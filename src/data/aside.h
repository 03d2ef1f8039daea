/* Rows of a delimited file that could not be read: found, counted, and written as a CSV file that people
   can mend and send again (columns whose names start with "_" are passed over by imports). */
#ifndef BANYAN_DATA_ASIDE_H
#define BANYAN_DATA_ASIDE_H

#include "data/reading.h"

#define ASIDE_SHOWN 100

typedef struct {
    uint64_t rows, there; /* set aside; of the file in all */
    Str      path;        /* of the file, temporary; empty without rows */
    Json    *shown;       /* the first ASIDE_SHOWN: {"line","column","value","reason"} */
} Aside;

/* After the statement of reading_sql ran on `run`, with `read` rows taken: the others. `folder` as
   store/files.h. Reads the plain file once more when there may be any. */
bool aside_gather(DuckRun *run, Arena *a, const Reading *r, uint64_t read, const char *folder, Aside *out, Err *err);

#endif
