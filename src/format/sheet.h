/* A spreadsheet written row by row, in bounded memory: one sheet, bold headings that stay. Texts are
   written as texts, so nothing is a formula. Only libxlsxwriter's files lie behind it. */
#ifndef BANYAN_FORMAT_SHEET_H
#define BANYAN_FORMAT_SHEET_H

#include "base/err.h"

#define SHEET_ROWS_MAX 1048575 /* below the headings */

typedef struct Sheet Sheet;

/* Written to `path` at sheet_close; what is kept on the way lies in `folder`. */
bool sheet_open(Arena *a, const char *path, const char *folder, Sheet **out, Err *err);
/* Rows from the top, 0 the headings; cells of a row before the next row. Long texts are cut to what a cell holds. */
void sheet_text(Sheet *sheet, size_t row, size_t column, Str text);
void sheet_number(Sheet *sheet, size_t row, size_t column, double number);
bool sheet_close(Sheet *sheet, Err *err);

#endif
