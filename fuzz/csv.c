/* Comma-separated values from outside: every row is read, and what is written of it is read back the same. */
#include "format/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void round_trip(Arena *a, const Str *cells, size_t n)
{
    Buf *b = buf_open(a);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_put_byte(b, ',');
        csv_put_cell(b, cells[i], false);
    }
    CsvReader again = csv_reader_make(buf_str(b));
    Str      *back;
    size_t    count;
    Err       err;
    again.separator = ',';
    if (!csv_row(&again, a, &back, &count, &err)) return; /* all cells empty: an empty line is no row */
    if (count != n) abort();
    for (size_t i = 1; i < n; i++) /* the first may lose a byte order mark */
        if (!str_eq(back[i], cells[i])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena    *a = arena_open(0);
    CsvReader r = csv_reader_make((Str){ (const char *)bytes, n });
    Str      *cells;
    size_t    count;
    Err       err;
    while (csv_row(&r, a, &cells, &count, &err)) round_trip(a, cells, count);
    arena_close(a);
    return 0;
}
