/* Parts that gathering merged into larger ones (gather.h). Their rows lie in the larger part in the same order, so
   nothing is kept twice: NODE/merged says which rows of which part each of them is now, a line each, and its file is
   removed MERGED_KEPT_MS later, when nobody can be reading it. An older version of a dataset that lists such a part
   gets it again, row for row, from the larger one. */
#ifndef BANYAN_DATA_MERGED_H
#define BANYAN_DATA_MERGED_H

#include "data/data.h"

#define MERGED_KEPT_MS ((int64_t)3600 * 1000)

typedef struct {
    Str     name; /* SHA-256 */
    int64_t first, rows;
} MergedPart;
/* Durable at return. `into`: the name of the part that has them. */
bool merged_note(Data *data, const MergedPart *parts, size_t n, Str into, Err *err);
/* Where a part lies, or a file of its rows made again from the part it was merged into, which is there until `a`
   ends. ERR_NOT_FOUND when it is neither. */
bool part_find(Data *data, Arena *a, Str name, Str *path, Err *err);
/* Removes the files of parts that were merged long enough ago. */
bool merged_tidy(Data *data, Err *err);

#endif
