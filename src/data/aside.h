/* Rows of a delimited file that could not be read: found, counted, and written as a CSV file that people
   can mend and send again (columns whose names start with "_" are passed over by imports). */
#ifndef BANYAN_DATA_ASIDE_H
#define BANYAN_DATA_ASIDE_H

#include "data/reading.h"
#include "data/torn.h"

#define ASIDE_SHOWN 100

typedef struct {
    uint64_t    rows, there; /* set aside; of the file in all, `torn` among them */
    const Torn *torn;        /* rows that were taken out before the engine read it, or NULL */
    Str         path;        /* of the file, temporary; empty without rows */
    Json       *shown;       /* the first ASIDE_SHOWN: {"line","column","value","reason"} */
} Aside;

/* Counts the rows of the plain file on a thread of its own, some 1.5 GB a second, while the engine reads it. NULL for a
   Parquet file, which says its rows. */
typedef struct AsideCount AsideCount;
AsideCount               *aside_count_start(const Reading *r); /* `r` outlives it */
/* Waits; 0 of NULL or of a file that cannot be read. `*torn`: how many of the rows torn_out would take out. */
uint64_t aside_count_end(AsideCount *count, uint64_t *torn);

/* After the statement of reading_sql ran on `run`, with `read` rows taken: the others. `out->there` is the count
   above, `out->torn` what was taken out. `folder` as store/files.h. Reads the plain file once more when there may be
   any. */
bool aside_gather(DuckRun *run, Arena *a, const Reading *r, uint64_t read, const char *folder, Aside *out, Err *err);

#endif
