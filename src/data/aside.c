#include "data/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "data/cells.h"
#include "store/files.h"

#define WRITE_BYTES ((size_t)256 << 10)

typedef struct {
    DuckRun       *run;
    Arena         *a, *row; /* `row` is reset after each */
    const Reading *r;
    Aside         *out;
    int            fd;
    Buf           *text;
    uint64_t      *lines; /* already set aside, as they come */
    size_t         line_count, line_room;
    Str            map;
} Work;

static void release_lines(void *with)
{
    free(*(uint64_t **)with);
}

static bool line_note(Work *w, uint64_t line)
{
    if (w->line_count && w->lines[w->line_count - 1] == line) return false;
    if (w->line_count == w->line_room) {
        w->line_room = w->line_room ? 2 * w->line_room : 1024;
        w->lines = realloc(w->lines, w->line_room * sizeof *w->lines);
        if (!w->lines) memory_end(w->line_room * sizeof *w->lines);
    }
    w->lines[w->line_count++] = line;
    return true;
}

static bool flush(Work *w, Err *err)
{
    Str rest = buf_str(w->text);
    while (rest.len > 0) {
        ssize_t n = fault_hits(FAULT_FILE_WRITE) ? -1 : write(w->fd, rest.at, rest.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "writing the rows set aside");
        rest = str_drop(rest, (size_t)n);
    }
    buf_clear(w->text);
    return true;
}

static bool start_file(Work *w, const char *folder, Err *err)
{
    const Recognised *f = w->r->file;
    if (!files_temporary(folder, w->a, &w->out->path, err)) return false;
    w->fd = open(w->out->path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0) return fail_errno(err, "writing %s", w->out->path.at);
    for (size_t i = 0; i < f->heading_count; i++)
        if (!str_starts(f->headings[i], S("_"))) {
            cell_put(w->text, f->headings[i]);
            buf_put_byte(w->text, ',');
        }
    buf_put_z(w->text, "_line,_column,_value,_reason,_row\n");
    return true;
}

/* One row, as it stands in the file. `column` past the headings: none. */
static bool put_row(Work *w, Str row, uint64_t line, size_t heading, Str reason, Err *err)
{
    const Recognised *f = w->r->file;
    Cells             c = { .separator = f->separator, .quote = f->quote };
    Str              *cells = NEW_ARRAY(w->row, Str, f->heading_count);
    size_t            n = cells_cut(&c, w->row, row, cells, f->heading_count);
    Str               name = heading < f->heading_count ? f->headings[heading] : STR_NONE;
    Str               value = heading < f->heading_count && heading < n ? cells[heading] : STR_NONE;
    for (size_t i = 0; i < f->heading_count; i++)
        if (!str_starts(f->headings[i], S("_"))) {
            cell_put(w->text, i < n ? cells[i] : STR_NONE);
            buf_put_byte(w->text, ',');
        }
    buf_putf(w->text, "%" PRIu64 ",", line);
    cell_put(w->text, name);
    buf_put_byte(w->text, ',');
    cell_put(w->text, value);
    buf_put_byte(w->text, ',');
    cell_put(w->text, reason);
    buf_put_byte(w->text, ',');
    cell_put(w->text, n == f->heading_count ? STR_NONE : row);
    buf_put_byte(w->text, '\n');
    if (w->out->rows++ < ASIDE_SHOWN) {
        Json *one = json_object_make(w->a);
        json_put_integer(one, "line", (int64_t)line);
        json_put_text_if(one, "column", name);
        json_put_text_if(one, "value", value);
        json_put_text(one, "reason", reason);
        json_add_value(w->out->shown, one);
    }
    arena_reset(w->row);
    return w->text->len < WRITE_BYTES || flush(w, err);
}

/* ---- rows that the engine's reader refused ---- */

static Str reason_of(Work *w, Str type, size_t heading)
{
    static const struct {
        const char *type, *reason;
    } reasons[] = { { "MISSING COLUMNS", "too-few-cells" },
                    { "TOO MANY COLUMNS", "too-many-cells" },
                    { "UNQUOTED VALUE", "quote-not-closed" },
                    { "LINE SIZE OVER MAXIMUM", "too-long" },
                    { "INVALID ENCODING", "no-characters" },
                    { "INVALID STATE", "quote-out-of-place" } };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (str_eq_z(type, reasons[i].type)) return str_of(reasons[i].reason);
    for (size_t i = 0; i < w->r->column_count; i++)
        if (w->r->from[i][0] == heading)
            return str_format(w->row, "not-%s", column_type_name(w->r->columns[i].type));
    return S("not-read");
}

static bool refused_rows(Work *w, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Arena           *a = arena_open((size_t)1 << 40);
    Str              sql = S("SELECT line, error_type::VARCHAR, column_idx::BIGINT, csv_line FROM reject_errors "
                             "ORDER BY line, CASE WHEN error_type = 'CAST' THEN 1 ELSE 0 END, column_idx");
    bool             ok = duck_ask(w->run, a, sql, NULL, 0, &answer, err);
    while (ok && duck_next(answer, &row, err)) {
        uint64_t line = row[0].type == DUCK_NUMBER ? (uint64_t)row[0].number : (uint64_t)row[0].integer;
        if (!line_note(w, line)) continue;
        Str    text = row[3].type == DUCK_TEXT ? row[3].text : STR_NONE;
        bool   cast = str_eq_z(row[1].text, "CAST");
        size_t heading = cast && row[2].type == DUCK_INTEGER ? (size_t)row[2].integer - 1 : SIZE_MAX;
        while (text.len && (text.at[0] == '\n' || text.at[0] == '\r')) text = str_drop(text, 1);
        while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r')) text.len--;
        ok = put_row(w, text, line, heading, reason_of(w, row[1].text, heading), err);
    }
    ok = ok && err->code == ERR_NONE;
    arena_close(a);
    return ok;
}

/* ---- rows that fail a check of ours ---- */

static bool is_blank(const Work *w, Str row)
{
    return w->r->file->heading_count > 1 && row.len == 0;
}

static Cells cells_start(const Work *w)
{
    Cells    c = { .rest = w->map, .separator = w->r->file->separator, .quote = w->r->file->quote, .line = 1 };
    uint64_t line = 1;
    while (line <= w->r->skip && c.rest.len) {
        const char *end = memchr(c.rest.at, '\n', c.rest.len);
        if (!end && !(end = memchr(c.rest.at, '\r', c.rest.len))) end = c.rest.at + c.rest.len - 1;
        c.rest = str_drop(c.rest, (size_t)(end - c.rest.at) + 1);
        line++;
    }
    c.line = line;
    return c;
}

static uint64_t count_rows(const Work *w)
{
    Cells    c = cells_start(w);
    Str      row;
    uint64_t line, n = 0;
    while (cells_row(&c, &row, &line)) n += !is_blank(w, row);
    return n;
}

static bool structural_lines(Work *w, Arena *a, uint64_t **out, size_t *n, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    size_t           room = 0;
    *out = NULL;
    *n = 0;
    if (!duck_ask(w->run, a, S("SELECT DISTINCT line::BIGINT AS l FROM reject_errors ORDER BY l"), NULL, 0, &answer, err))
        return false;
    while (duck_next(answer, &row, err)) {
        if (*n == room) {
            room = room ? 2 * room : 256;
            uint64_t *grown = NEW_ARRAY(a, uint64_t, room);
            if (*n) memcpy(grown, *out, *n * sizeof **out);
            *out = grown;
        }
        (*out)[(*n)++] = (uint64_t)row[0].integer;
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool has_line(const uint64_t *lines, size_t n, uint64_t line)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (lines[middle] == line) return true;
        if (lines[middle] < line) low = middle + 1;
        else high = middle;
    }
    return false;
}

/* The engine numbers rows; the file is walked to find which lines those are. */
static bool walk_soft(Work *w, Arena *a, DuckAnswer *answer, const uint64_t *broken, size_t broken_count, Err *err)
{
    Cells            c = cells_start(w);
    const DuckValue *bad;
    Str              row;
    uint64_t         line, n = 0;
    size_t           refused = w->line_count;
    (void)a;
    while (duck_next(answer, &bad, err)) {
        uint64_t wanted = (uint64_t)bad[0].integer;
        size_t   column = (size_t)bad[1].integer;
        do {
            if (!cells_row(&c, &row, &line)) return fail(err, ERR_INTERNAL, "row %" PRIu64 " is not in the file", wanted);
            if (!is_blank(w, row) && !has_line(broken, broken_count, line)) n++;
            else continue;
        } while (n < wanted);
        if (has_line(w->lines, refused, line)) continue;
        Str reason = str_format(w->row, "not-%s", column_type_name(w->r->columns[column].type));
        if (!put_row(w, row, line, w->r->from[column][0], reason, err)) return false;
    }
    return err->code == ERR_NONE;
}

static bool soft_rows(Work *w, Err *err)
{
    Arena      *a = arena_open((size_t)1 << 40);
    Buf        *sql = buf_open(a);
    DuckAnswer *answer;
    uint64_t   *broken;
    size_t      n;
    buf_put_z(sql, "DROP TABLE reject_errors; DROP TABLE reject_scans; CREATE OR REPLACE TEMP TABLE soft AS ");
    reading_soft_sql(w->r, sql);
    bool ok = duck_do(w->run, buf_str(sql), err) && structural_lines(w, a, &broken, &n, err) &&
              duck_ask(w->run, a, S("SELECT n::BIGINT, bad::BIGINT FROM soft ORDER BY n"), NULL, 0, &answer, err) &&
              walk_soft(w, a, answer, broken, n, err);
    arena_close(a);
    return ok;
}

/* ---- all ---- */

static void unmap(void *with)
{
    Str *map = with;
    if (map->len) munmap((void *)map->at, map->len);
}

static bool map_plain(Work *w, Err *err)
{
    struct stat st;
    int         fd = open(w->r->path.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) return fail_errno(err, "reading %s", w->r->path.at);
    void *at = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    close(fd);
    if (at == MAP_FAILED) return fail_errno(err, "reading %s", w->r->path.at);
    if (at) madvise(at, (size_t)st.st_size, MADV_SEQUENTIAL);
    w->map = (Str){ at, (size_t)st.st_size };
    return true;
}

static bool gather(Work *w, uint64_t read, const char *folder, Err *err)
{
    uint64_t there = count_rows(w);
    if (there == read) return true;
    if (!start_file(w, folder, err) || !refused_rows(w, err)) return false;
    if (read + w->out->rows < there && !soft_rows(w, err)) return false;
    return flush(w, err);
}

bool aside_gather(DuckRun *run, Arena *a, const Reading *r, uint64_t read, const char *folder, Aside *out, Err *err)
{
    *out = (Aside){ .shown = json_array_make(a) };
    Work w = { .run = run, .a = a, .row = arena_open((size_t)1 << 40), .r = r, .out = out, .fd = -1, .text = buf_open(a) };
    bool ok = map_plain(&w, err) && gather(&w, read, folder, err);
    if (w.fd >= 0 && close(w.fd) != 0 && ok) ok = fail_errno(err, "writing the rows set aside");
    if (w.fd >= 0 && (!ok || !out->rows)) {
        unlink(out->path.at);
        out->path = STR_NONE;
    }
    unmap(&w.map);
    release_lines(&w.lines);
    arena_close(w.row);
    return ok;
}
