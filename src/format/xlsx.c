/* .xlsx: a list as a spreadsheet, by libxlsxwriter. Texts are written as texts, so nothing is a formula. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

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

static void put_row(lxw_worksheet *sheet, lxw_row_t row, Arena *a, const Column *columns, size_t n, const Json *item)
{
    for (size_t c = 0; c < n; c++) {
        Str    cell = column_cell(a, &columns[c], item);
        double number;
        if (!cell.len) continue;
        if (columns[c].number && str_to_double(cell, &number))
            worksheet_write_number(sheet, row, (lxw_col_t)c, number, NULL);
        else
            worksheet_write_string(sheet, row, (lxw_col_t)c, cell_text(a, cell), NULL);
    }
}

static bool fill(lxw_worksheet *sheet, lxw_format *bold, const FormatWork *work, const Json *value, Err *err)
{
    Column     *columns;
    size_t      n;
    lxw_row_t   row = 0;
    const Json *item;
    if (!columns_make(work, value, &columns, &n, err)) return false;
    worksheet_freeze_panes(sheet, 1, 0);
    for (size_t c = 0; c < n; c++)
        worksheet_write_string(sheet, 0, (lxw_col_t)c, cell_text(work->arena, columns[c].heading), bold);
    FormatWalk walk = format_walk(work, value, NULL);
    while (format_next(&walk, &item, err)) {
        if (!item) {
            worksheet_autofilter(sheet, 0, 0, row, (lxw_col_t)(n - 1));
            return true;
        }
        if (row == XLSX_ROWS_MAX) {
            format_walk_end(&walk);
            return fail(err, ERR_TOO_BIG, "a spreadsheet holds %d rows; ask for fewer, or for .csv", XLSX_ROWS_MAX);
        }
        put_row(sheet, ++row, walk.work.arena, columns, n, item);
    }
    return false;
}

/* The bytes of a file, drained on the way. */
static bool take_file(const FormatWork *work, const char *path, Buf *out, Err *err)
{
    char   bytes[64 << 10];
    size_t n;
    bool   ok = true;
    FILE  *file = fopen(path, "rb");
    if (!file) return fail_errno(err, "read the spreadsheet");
    while (ok && (n = fread(bytes, 1, sizeof bytes, file)) > 0) {
        buf_put_bytes(out, bytes, n);
        ok = !work->source || work->source->drain(work->source->with, out, err);
    }
    if (ok && ferror(file)) ok = fail_errno(err, "read the spreadsheet");
    fclose(file);
    return ok;
}

bool xlsx_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    /* The library writes files only; the file has no name to meet another's. */
    char path[] = "/tmp/banyan-xlsx-XXXXXX";
    int  fd = mkstemp(path);
    if (fd < 0) return fail_errno(err, "make a temporary file for the spreadsheet");
    close(fd);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE }; /* a row is written when the next begins */
    lxw_workbook        *book = workbook_new_opt(path, &options);
    lxw_format          *bold = workbook_add_format(book);
    format_set_bold(bold);
    bool      ok = fill(workbook_add_worksheet(book, NULL), bold, work, value, err);
    lxw_error failed = workbook_close(book);
    if (ok && failed != LXW_NO_ERROR) ok = fail(err, ERR_STORE, "write the spreadsheet: %s", lxw_strerror(failed));
    ok = ok && take_file(work, path, out, err);
    unlink(path);
    return ok;
}
