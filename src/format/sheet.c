/* See sheet.h. */
#include "format/sheet.h"

#include <string.h>
#include <xlsxwriter.h>

#define CELL_MAX 32767 /* characters a cell may hold; bytes are at least as many */

struct Sheet {
    lxw_workbook  *book;
    lxw_worksheet *sheet;
    lxw_format    *bold;
    char           cell[CELL_MAX + 1];
};

bool sheet_open(Arena *a, const char *path, const char *folder, Sheet **out, Err *err)
{
    Sheet               *s = NEW(a, Sheet);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *)folder };
    s->book = workbook_new_opt(path, &options);
    if (!s->book) return fail(err, ERR_STORE, "no spreadsheet at %s", path);
    s->sheet = workbook_add_worksheet(s->book, NULL);
    s->bold = workbook_add_format(s->book);
    format_set_bold(s->bold);
    worksheet_freeze_panes(s->sheet, 1, 0);
    *out = s;
    return true;
}

void sheet_text(Sheet *s, size_t row, size_t column, Str text)
{
    size_t n = text.len < CELL_MAX ? text.len : CELL_MAX;
    while (n < text.len && n > 0 && ((unsigned char)text.at[n] & 0xC0) == 0x80) n--;
    if (!n) return;
    memcpy(s->cell, text.at, n);
    s->cell[n] = 0;
    worksheet_write_string(s->sheet, (lxw_row_t)row, (lxw_col_t)column, s->cell, row ? NULL : s->bold);
}

void sheet_number(Sheet *s, size_t row, size_t column, double number)
{
    worksheet_write_number(s->sheet, (lxw_row_t)row, (lxw_col_t)column, number, NULL);
}

bool sheet_close(Sheet *s, Err *err)
{
    lxw_error failed = workbook_close(s->book);
    return failed == LXW_NO_ERROR || fail(err, ERR_STORE, "write the spreadsheet: %s", lxw_strerror(failed));
}
