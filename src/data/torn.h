/* Rows whose quote is not closed (cells_row_torn): the engine would take all that stands behind one for a single
   row. */
#ifndef BANYAN_DATA_TORN_H
#define BANYAN_DATA_TORN_H

#include "data/reading.h"

#define TORN_MOST 1000

typedef struct {
    struct {
        Str      text; /* the line where it begins */
        uint64_t line;
    } row[TORN_MOST];
    size_t n;
} Torn;

/* The plain file with empty lines in the place of such rows, as a temporary one in `folder` (store/files.h), which the
   caller removes, and the rows themselves, which live in `a`. ERR_INVALID with the line of the first where there are
   more than TORN_MOST. */
bool torn_out(Arena *a, const Reading *r, const char *folder, Str *path, Torn *out, Err *err);

#endif
