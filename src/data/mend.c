#include "data/mend.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "data/cells.h"
#include "data/column.h"
#include "data/source.h"

#define HEADINGS_MAX 4096

static const size_t WRITE_BYTES = (size_t)256 << 10;

typedef struct {
    Cells  cells;
    Str   *headings; /* all of them, those of ours included */
    size_t count, own;
} Table;

static bool table_open(Arena *a, const char *path, Table *t, Err *err)
{
    Str      text, row;
    uint64_t line;
    if (!source_map(a, path, &text, err)) return false;
    *t = (Table){ .cells = { .rest = text, .separator = ',', .quote = '"', .line = 1 } };
    t->headings = NEW_ARRAY(a, Str, HEADINGS_MAX);
    if (!cells_row(&t->cells, &row, &line)) return fail(err, ERR_CORRUPT, "%s has no headings", path);
    t->count = cells_cut(&t->cells, a, row, t->headings, HEADINGS_MAX);
    while (t->own < t->count && !column_is_ours(t->headings[t->own])) t->own++;
    return (t->own > 0 && t->count >= t->own + 4) || fail(err, ERR_CORRUPT, "%s has no rows set aside", path);
}

bool aside_rows_read(Arena *a, const char *path, uint64_t offset, size_t limit, AsideRows *out, Err *err)
{
    Table    t;
    Str      row;
    uint64_t line;
    if (!table_open(a, path, &t, err)) return false;
    *out = (AsideRows){ .headings = t.headings, .heading_count = t.own, .rows = NEW_ARRAY(a, AsideRow, limit + 1) };
    for (; cells_row(&t.cells, &row, &line); out->total++) {
        if (out->total < offset || out->row_count == limit) continue;
        Str   *cells = NEW_ARRAY(a, Str, t.count + 1);
        size_t n = cells_cut(&t.cells, a, row, cells, t.count + 1);
        if (n < t.own + 4)
            return fail(err, ERR_CORRUPT, "%s is damaged at row %llu", path,
                        (unsigned long long)out->total);
        out->rows[out->row_count++] = (AsideRow){ .number = out->total,
                                                  .line = cells[t.own],
                                                  .column = cells[t.own + 1],
                                                  .value = cells[t.own + 2],
                                                  .reason = cells[t.own + 3],
                                                  .as_it_stands = n > t.own + 4 ? cells[t.own + 4] : STR_NONE,
                                                  .cells = cells };
        if (arena_full(a)) return fail(err, ERR_TOO_BIG, "the rows are too large to be shown");
    }
    return true;
}

static bool flush(int fd, Buf *text, Err *err)
{
    bool ok = file_write(fd, buf_str(text), "writing mended rows", err);
    buf_clear(text);
    return ok;
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

/* Equal but for line ends. */
static bool same_text(Str x, Str y)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < x.len && is_break(x.at[i])) i++;
        while (k < y.len && is_break(y.at[k])) k++;
        if (i == x.len || k == y.len) return i == x.len && k == y.len;
        if (x.at[i++] != y.at[k++]) return false;
    }
}

static void row_write(const Table *t, Arena *a, Str row, uint64_t number, const Mend *mends, size_t n, Buf *out,
                      size_t *changed)
{
    Str   *cells = NEW_ARRAY(a, Str, t->count + 1);
    size_t have = cells_cut(&t->cells, a, row, cells, t->count + 1);
    for (size_t i = 0; i < t->own; i++) {
        Str cell = i < have ? cells[i] : STR_NONE;
        for (size_t m = 0; m < n; m++)
            if (mends[m].row == number && mends[m].column == i && !same_text(mends[m].value, cell)) {
                cell = mends[m].value;
                (*changed)++;
            }
        if (i) buf_put_byte(out, ',');
        cell_put(out, cell);
    }
    buf_put_byte(out, '\n');
}

static bool rows_write(Arena *a, Table *t, const Mend *mends, size_t n, int fd, size_t *changed, Err *err)
{
    Buf     *out = buf_open(a);
    Arena   *of_row = arena_open(0);
    Str      row;
    uint64_t line, number = 0;
    bool     ok = true;
    for (size_t i = 0; i < t->own; i++) {
        if (i) buf_put_byte(out, ',');
        cell_put(out, t->headings[i]);
    }
    buf_put_byte(out, '\n');
    for (; ok && cells_row(&t->cells, &row, &line); number++) {
        size_t first = 0, last = n; /* mends come in the order of their rows */
        while (first < last && mends[first].row < number) first++;
        mends += first, n -= first;
        for (last = 0; last < n && mends[last].row == number;) last++;
        row_write(t, of_row, row, number, mends, last, out, changed);
        arena_reset(of_row);
        if (out->len >= WRITE_BYTES) ok = flush(fd, out, err);
    }
    arena_close(of_row);
    return ok && flush(fd, out, err);
}

bool aside_rows_mend(Arena *a, const char *path, const Mend *mends, size_t n, const char *to, size_t *changed, Err *err)
{
    Table t;
    *changed = 0;
    if (!table_open(a, path, &t, err)) return false;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing %s", to);
    bool ok = rows_write(a, &t, mends, n, fd, changed, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing %s", to);
    if (!ok) unlink(to);
    return ok;
}
