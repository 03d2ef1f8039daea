/* Rows of an XLSX workbook (ECMA-376): one sheet of it, whose first full row has the headings. Cells that
   are shown as dates become dates of ISO 8601, whichever of the two calendars the workbook counts by. An error, such
   as #DIV/0!, is no value. */
#ifndef BANYAN_DATA_SHEET_ROWS_H
#define BANYAN_DATA_SHEET_ROWS_H

#include "base/archive.h"
#include "base/json.h"
#include "data/laid.h"

typedef struct Workbook Workbook;

typedef struct {
    Str  name;
    Str  file; /* in the archive */
    bool hidden;
} WorkbookSheet;

/* Lives in `a`, with all texts that cells share. Fails as archive_read, xml_next; ERR_FORMAT for an
   archive that is no workbook. */
bool workbook_open(Arena *a, Archive *archive, Workbook **out, Err *err);
/* Choose by name; empty: the first that has rows and is not hidden, with `others` the names of those that
   have rows as well. ERR_NOT_FOUND names the sheets there are. */
bool workbook_choose(Workbook *workbook, Arena *a, Str name, Str **others, size_t *n, Err *err);
/* A LaidTeller; `with` is the Workbook. */
bool workbook_tell(void *with, Laid *laid, Err *err);
/* Of the rows that were told: those above the headings ("lines-passed-over"), and the columns in which cells held
   errors ("error-cells"), each error with its number, or formulas no value ("formulas-without-value"), with theirs. */
void workbook_doubts(const Workbook *workbook, Arena *a, Json *doubts);
/* Its days are counted from 1904, not from 1900. */
bool workbook_from_1904(const Workbook *workbook);

#endif
