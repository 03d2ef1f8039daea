/* Rows set aside, whatever stands in their file: what is shown of them ends, and what is written of them, mended or
   not, has as many rows and the same headings. */
#include "data/mend.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "data/cells.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

static void check(Arena *a, Str text, const AsideRows *from, const Mend *mends, size_t n)
{
    Cells    c = { .rest = text, .separator = ',', .quote = '"', .line = 1 };
    Str      row, *cells = NEW_ARRAY(a, Str, from->heading_count + 2);
    uint64_t line, rows = 0;
    expect(cells_row(&c, &row, &line));
    expect(cells_cut(&c, a, row, cells, from->heading_count + 1) == from->heading_count);
    for (size_t i = 0; i < from->heading_count; i++) expect(str_eq(cells[i], from->headings[i]));
    for (; cells_row(&c, &row, &line); rows++) {
        expect(cells_cut(&c, a, row, cells, from->heading_count + 1) == from->heading_count);
        for (size_t m = 0; m < n; m++)
            if (mends[m].row == rows) expect(str_eq(cells[mends[m].column], mends[m].value));
    }
    expect(rows == from->total);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char folder[] = "/tmp/banyan-fuzz-XXXXXX";
    static bool made;
    Arena      *a = arena_open((size_t)256 << 20);
    AsideRows   rows;
    Err         err = { 0 };
    size_t      changed;
    Str         text = STR_NONE;
    char        path[64];
    int         fd = memfd_create("file", MFD_CLOEXEC);
    if (!made && !mkdtemp(folder)) abort();
    made = true;
    expect(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *to = str_format(a, "%s/mended", folder).at;
    if (aside_rows_read(a, path, 0, 20, &rows, &err)) {
        Mend *mends = NEW_ARRAY(a, Mend, rows.row_count + 1);
        for (size_t i = 0; i < rows.row_count; i++)
            mends[i] = (Mend){ rows.rows[i].number, i % rows.heading_count, S("a \"new\", one") };
        expect(aside_rows_mend(a, path, mends, rows.row_count, to, &changed, &err));
        expect(changed <= rows.row_count && file_read(a, to, (size_t)64 << 20, &text, &err) && unlink(to) == 0);
        check(a, text, &rows, mends, rows.row_count);
    } else {
        expect(err.code != ERR_NONE);
    }
    arena_close(a);
    close(fd);
    return 0;
}
