/* Rows set aside that a file of mended ones does not have: they stay set aside, in a file of their own. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "data/cells.h"
#include "data/import/inside.h"
#include "data/laid.h"
#include "store/files.h"

#define LINE_HEADING "_line"

/* The lines that rows were on in the file that they were set aside from, each as often as it is there. */
typedef struct {
    int64_t *at;
    bool    *matched;
    size_t   n;
} Lines;

static int by_line(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static size_t heading_at(const Str *headings, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && !str_eq_z(headings[i], name)) i++;
    return i;
}

static bool line_of(const Cells *c, Arena *a, Str row, size_t column, int64_t *line)
{
    Str *cells = NEW_ARRAY(a, Str, column + 1);
    return cells_cut(c, a, row, cells, column + 1) > column && str_to_i64(str_trim(cells[column]), line);
}

/* Those that the file of mended rows says; *said is false when it has no such column. */
static bool lines_sent(ImportWork *w, Lines *out, bool *said, Err *err)
{
    const Recognised *f = &w->found;
    size_t            column = heading_at(f->headings, f->heading_count, LINE_HEADING), room = 0;
    uint64_t          number;
    Str               text, row;
    *said = f->form == FILE_DELIMITED && column < f->heading_count;
    if (!*said) return true;
    if (!source_map(w->a, w->reading.path.at, &text, err)) return false;
    Cells  c = reading_rows(&w->reading, text);
    Arena *of_row = arena_open(0);
    while (cells_row(&c, &row, &number)) {
        int64_t line;
        arena_reset(of_row);
        if (!line_of(&c, of_row, row, column, &line)) continue;
        if (out->n == room) {
            room = room ? 2 * room : 1024;
            int64_t *more = NEW_ARRAY(w->a, int64_t, room);
            for (size_t k = 0; k < out->n; k++) more[k] = out->at[k];
            out->at = more;
        }
        out->at[out->n++] = line;
    }
    arena_close(of_row);
    if (out->n) qsort(out->at, out->n, sizeof *out->at, by_line);
    out->matched = NEW_ARRAY(w->a, bool, out->n + 1);
    return true;
}

static bool line_take(Lines *lines, int64_t line)
{
    size_t first = 0, last = lines->n;
    while (first < last) {
        size_t middle = (first + last) / 2;
        if (lines->at[middle] < line) first = middle + 1;
        else last = middle;
    }
    while (first < lines->n && lines->at[first] == line && lines->matched[first]) first++;
    if (first == lines->n || lines->at[first] != line) return false;
    lines->matched[first] = true;
    return true;
}

/* Rows of the older file that `sent` does not have, behind its headings, to `fd`; without one, how many rows it has. */
static bool rest_write(ImportWork *w, Str aside, Lines *sent, int fd, uint64_t *rows, Err *err)
{
    Cells    c = { .rest = aside, .separator = ',', .quote = '"', .line = 1 };
    Arena   *of_row = arena_open(0);
    Buf     *out = buf_open(w->a);
    Str      row, *headings = NEW_ARRAY(w->a, Str, LAID_COLUMNS_MAX + 8);
    uint64_t number;
    size_t   column = 0;
    bool     ok = true;
    *rows = 0;
    for (bool heading = true; ok && cells_row(&c, &row, &number); heading = false) {
        int64_t line;
        arena_reset(of_row);
        if (heading) {
            size_t n = cells_cut(&c, w->a, row, headings, LAID_COLUMNS_MAX + 8);
            column = heading_at(headings, n, LINE_HEADING);
        } else if (sent && line_of(&c, of_row, row, column, &line) && line_take(sent, line)) {
            continue;
        } else {
            ++*rows;
        }
        buf_put(out, row);
        buf_put_byte(out, '\n');
        if (fd < 0) buf_clear(out);
        else if (out->len >= ((size_t)1 << 20))
            ok = file_write(fd, buf_str(out), "writing rows that stay set aside", err),
            buf_clear(out);
    }
    arena_close(of_row);
    return ok && (fd < 0 || file_write(fd, buf_str(out), "writing rows that stay set aside", err));
}

static bool rest_file(ImportWork *w, Str aside, Lines *sent, Err *err)
{
    if (!files_temporary(data_parts(w->data), w->a, &w->rest_path, err)) return false;
    int fd = open(w->rest_path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing rows that stay set aside");
    bool ok = rest_write(w, aside, sent, fd, &w->rest, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing rows that stay set aside");
    if (!ok || w->rest) return ok;
    unlink(w->rest_path.at);
    w->rest_path = STR_NONE;
    return true;
}

bool import_find_rest(ImportWork *w, Err *err)
{
    Lines    sent = { 0 };
    Str      path, aside;
    bool     said;
    uint64_t there, has = w->out.rows + w->out.aside;
    if (!w->o->mends.len) return true;
    if (!files_find(data_parts(w->data), w->a, w->o->mends, &path, err) || !source_map(w->a, path.at, &aside, err) ||
        !lines_sent(w, &sent, &said, err))
        return false;
    if (said) return rest_file(w, aside, &sent, err);
    if (!rest_write(w, aside, NULL, -1, &there, err)) return false;
    return has >= there ||
           fail(err, ERR_INVALID,
                "%llu rows are set aside and the file has %llu: send all of them, or the column " LINE_HEADING
                " with them, so that the others stay set aside",
                (unsigned long long)there, (unsigned long long)has);
}
