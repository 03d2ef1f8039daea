/* The indexes of parts that are in use: opened once, kept open for the questions that follow, made in the background
   when they are not there yet (data/beside.h). From any thread. */
#ifndef BANYAN_DATA_INDEXES_H
#define BANYAN_DATA_INDEXES_H

#include "data/part_index.h"

#define INDEX_ROWS_MIN 50000 /* smaller parts are read sooner than an index is kept */

typedef struct Indexes Indexes;
Indexes               *indexes_open(Beside *beside);
void                   indexes_close(Indexes *indexes); /* accepts NULL; nothing may be taken */

/* The index of a part with that many rows, a path as a Table has it; NULL when there is none yet, or none at all.
   With `wait` it is made now. What was taken is given back. */
PartIndex *indexes_take(Indexes *indexes, Str part, int64_t rows, bool wait);
void       indexes_give(Indexes *indexes, PartIndex *index);
/* Given back for the last time: what it says is not so. Its file is removed, and another made when it is wanted. */
void indexes_spoil(Indexes *indexes, PartIndex *index);

#endif
