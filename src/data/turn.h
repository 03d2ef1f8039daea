/* Files that are no delimited text, turned into it: JSON. What source_scan says of them becomes what
   it says of the table that was made of them, with the hash and the size of the file itself. */
#ifndef BANYAN_DATA_TURN_H
#define BANYAN_DATA_TURN_H

#include "data/source.h"

/* A source of delimited text or Parquet stays as it is, and `*temporary` empty; else it is the file that was made
   in `folder` (store/files.h), which the caller removes. Reads the file three times, in bounded memory.
   Fails as json_rows_find, laid_out. */
bool turn_source(Arena *a, Source *source, const char *folder, Str *temporary, Err *err);

#endif
