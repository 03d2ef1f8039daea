/* Files that are no delimited text, turned into it: JSON, workbooks (XLSX) and Darwin Core
   Archives. What source_scan says of them becomes what
   it says of the table that was made of them, with the hash and the size of the file itself. */
#ifndef BANYAN_DATA_TURN_H
#define BANYAN_DATA_TURN_H

#include "data/source.h"

/* A source of delimited text or Parquet stays as it is, and `*temporary` empty; else it is the file that was made
   in `folder` (store/files.h), which the caller removes. Reads the file three times, in bounded memory.
   `sheet` of a workbook, by name; empty: the first with rows; of an archive the table's file,
   empty: its core.
   Fails as json_rows_find, archive_open, workbook_open, workbook_choose, dwca_open, laid_out. */
bool turn_source(Arena *a, Source *source, Str sheet, const char *folder, Str *temporary, Err *err);

#endif
