/* .xlsx: a list as a spreadsheet, by libxlsxwriter. Texts are written as texts, so nothing is a formula. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "format/columns.h"
#include "format/writers.h"

#define XLSX_ROWS_MAX 1048575
#define XLSX_CELL_MAX 32767 /* characters a cell may hold */

/* Cut at the limit, not inside a character. Bytes are at least as many as characters. */
static const char *cell_text(Arena *a, Str cell)
{
    size_t n = cell.len < XLSX_CELL_MAX ? cell.len : XLSX_CELL_MAX;
    while (n < cell.len && n > 0 && ((unsigned char)cell.at[n] & 0xC0) == 0x80) n--;
    return str_z(a, str_take_first(cell, n));
}

static void fill(lxw_worksheet *sheet, lxw_format *bold, const FormatWork *work, const Json *value)
{
    Column *columns;
    size_t  n = columns_make(work, value, &columns);
    for (size_t c = 0; c < n; c++)
        worksheet_write_string(sheet, 0, (lxw_col_t)c, cell_text(work->arena, columns[c].heading), bold);
    for (size_t i = 0; i < format_item_count(value); i++) {
        for (size_t c = 0; c < n; c++) {
            Str    cell = column_cell(work->arena, &columns[c], format_item(value, i));
            double number;
            if (!cell.len) continue;
            if (columns[c].number && str_to_double(cell, &number))
                worksheet_write_number(sheet, (lxw_row_t)i + 1, (lxw_col_t)c, number, NULL);
            else
                worksheet_write_string(sheet, (lxw_row_t)i + 1, (lxw_col_t)c, cell_text(work->arena, cell), NULL);
        }
    }
    worksheet_freeze_panes(sheet, 1, 0);
    if (n) worksheet_autofilter(sheet, 0, 0, (lxw_row_t)format_item_count(value), (lxw_col_t)(n - 1));
}

bool xlsx_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    if (format_item_count(value) > XLSX_ROWS_MAX)
        return fail(err, ERR_TOO_BIG, "a spreadsheet holds %d rows; ask for fewer, or for .csv", XLSX_ROWS_MAX);
    /* The library writes files only; the file has no name to meet another's. */
    char path[] = "/tmp/banyan-xlsx-XXXXXX";
    int  fd = mkstemp(path);
    if (fd < 0) return fail_errno(err, "make a temporary file for the spreadsheet");
    close(fd);
    lxw_workbook *book = workbook_new(path);
    lxw_format   *bold = workbook_add_format(book);
    format_set_bold(bold);
    fill(workbook_add_worksheet(book, NULL), bold, work, value);
    lxw_error failed = workbook_close(book);
    Str       bytes = STR_NONE;
    bool      ok = failed == LXW_NO_ERROR;
    if (!ok) fail(err, ERR_STORE, "write the spreadsheet: %s", lxw_strerror(failed));
    if (ok) ok = file_read(work->arena, path, (size_t)1 << 30, &bytes, err);
    unlink(path);
    if (ok) buf_put(out, bytes);
    return ok;
}
