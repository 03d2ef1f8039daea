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
#include "base/thread.h"
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
    uint64_t      *places; /* bytes at which the rows begin that are already set aside, rising */
    size_t         place_count, place_room;
    Str            map;
    size_t         counted; /* bytes of the map whose line ends are in `line` */
    uint64_t       line;
} Work;

static bool place_note(Work *w, uint64_t place)
{
    if (w->place_count && w->places[w->place_count - 1] == place) return false;
    if (w->place_count == w->place_room) {
        w->place_room = w->place_room ? 2 * w->place_room : 1024;
        w->places = realloc(w->places, w->place_room * sizeof *w->places);
        if (!w->places) memory_end(w->place_room * sizeof *w->places);
    }
    w->places[w->place_count++] = place;
    return true;
}

/* The line on which that byte lies. Asked for rising places. */
static uint64_t line_of(Work *w, size_t place)
{
    for (; w->counted < place && w->counted < w->map.len; w->counted++) {
        char c = w->map.at[w->counted];
        w->line += c == '\n' || (c == '\r' && w->counted + 1 < w->map.len && w->map.at[w->counted + 1] != '\n');
    }
    return w->line;
}

/* The engine counts bytes from 1, and empty lines to the row behind them. */
static size_t place_of(const Work *w, int64_t position)
{
    size_t place = position > 0 ? (size_t)position - 1 : 0;
    while (place < w->map.len && (w->map.at[place] == '\n' || w->map.at[place] == '\r')) place++;
    return place;
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
        if (!column_is_ours(f->headings[i])) {
            cell_put(w->text, f->headings[i]);
            buf_put_byte(w->text, ',');
        }
    buf_put_z(w->text, "_line,_column,_value,_reason,_row\n");
    return true;
}

/* Rows that were laid out begin with where they stood; what could not be taken apart has too many cells:
   that, itself and why (laid.h). */
static uint64_t line_in_file(Str cell, uint64_t otherwise)
{
    int64_t line;
    return str_to_i64(cell, &line) && line > 0 ? (uint64_t)line : otherwise;
}

/* One row, as it stands in the file. `column` past the headings: none. */
static bool put_row(Work *w, Str row, uint64_t line, size_t heading, Str reason, Err *err)
{
    const Recognised *f = w->r->file;
    Cells             c = { .separator = f->separator, .quote = f->quote };
    Str              *cells = NEW_ARRAY(w->row, Str, f->heading_count + 2);
    size_t            n = cells_cut(&c, w->row, row, cells, f->heading_count + 2);
    Str               name = heading < f->heading_count ? f->headings[heading] : STR_NONE;
    Str               value = heading < f->heading_count && heading < n ? cells[heading] : STR_NONE;
    if (f->laid) {
        line = line_in_file(cells[0], line);
        if (n > f->heading_count) {
            row = cells[1];
            reason = cells[2];
            n = 0;
        }
    }
    for (size_t i = 0; i < f->heading_count; i++)
        if (!column_is_ours(f->headings[i])) {
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
    } reasons[] = {
        { "MISSING COLUMNS", "too-few-cells" },
        { "TOO MANY COLUMNS", "too-many-cells" },
        { "UNQUOTED VALUE", "quote-not-closed" },
        { "LINE SIZE OVER MAXIMUM", "too-long" },
        { "INVALID ENCODING", "no-characters" },
        { "INVALID STATE", "quote-out-of-place" }
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (str_eq_z(type, reasons[i].type)) return str_of(reasons[i].reason);
    for (size_t i = 0; i < w->r->column_count; i++)
        if (w->r->from[i][0] == heading) return str_format(w->row, "not-%s", column_type_name(w->r->columns[i].type));
    return S("not-read");
}

static bool refused_rows(Work *w, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Arena           *a = arena_open((size_t)1 << 40);
    Str              sql = S("SELECT line_byte_position::BIGINT AS place, error_type::VARCHAR, "
                                          "column_idx::BIGINT, csv_line "
                                          "FROM reject_errors ORDER BY place, CASE WHEN error_type = 'CAST' "
                                          "THEN 1 ELSE 0 "
                                          "END, column_idx");
    bool             ok = duck_ask(w->run, a, sql, NULL, 0, &answer, err);
    while (ok && duck_next(answer, &row, err)) {
        size_t place = place_of(w, row[0].integer);
        if (!place_note(w, place)) continue;
        Str    text = row[3].type == DUCK_TEXT ? row[3].text : STR_NONE;
        bool   cast = str_eq_z(row[1].text, "CAST");
        size_t heading = cast && row[2].type == DUCK_INTEGER ? (size_t)row[2].integer - 1 : SIZE_MAX;
        while (text.len && (text.at[0] == '\n' || text.at[0] == '\r')) text = str_drop(text, 1);
        while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r')) text.len--;
        ok = put_row(w, text, line_of(w, place), heading, reason_of(w, row[1].text, heading), err);
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

/* Also those of which only the line counts where they begin, as their quote is not closed; how many of them `torn`. */
static uint64_t count_rows(const Work *w, uint64_t *torn)
{
    Cells    c = reading_rows(w->r, w->map);
    Str      row;
    uint64_t line, n = 0;
    bool     is_torn;
    *torn = 0;
    while (cells_row_torn(&c, w->r->file->heading_count, &row, &line, &is_torn)) {
        n += !is_blank(w, row);
        *torn += is_torn;
    }
    return n;
}

static bool broken_places(Work *w, Arena *a, uint64_t **out, size_t *n, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    DuckValue        count;
    Str              sql = S("SELECT DISTINCT line_byte_position::BIGINT AS place FROM reject_errors ORDER BY place");
    *n = 0;
    if (!duck_ask_one(w->run, a, S("SELECT count(*) FROM reject_errors"), NULL, 0, &count, err)) return false;
    *out = NEW_ARRAY(a, uint64_t, count.integer);
    if (!duck_ask(w->run, a, sql, NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) (*out)[(*n)++] = place_of(w, row[0].integer);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool has_place(const uint64_t *places, size_t n, uint64_t place)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (places[middle] == place) return true;
        if (places[middle] < place) low = middle + 1;
        else high = middle;
    }
    return false;
}

/* The engine numbers rows; the file is walked to find which those are. */
static bool walk_soft(Work *w, DuckAnswer *answer, const uint64_t *broken, size_t broken_count, Err *err)
{
    Cells            c = reading_rows(w->r, w->map);
    const DuckValue *bad;
    Str              row;
    uint64_t         line, place = 0, n = 0;
    while (duck_next(answer, &bad, err)) {
        uint64_t wanted = (uint64_t)bad[0].integer;
        size_t   column = (size_t)bad[1].integer;
        while (n < wanted) {
            if (!cells_row(&c, &row, &line))
                return fail(err, ERR_INTERNAL, "row %" PRIu64 " is not in the file", wanted);
            place = (uint64_t)(row.at - w->map.at);
            n += !is_blank(w, row) && !has_place(broken, broken_count, place);
        }
        if (has_place(w->places, w->place_count, place)) continue;
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
    bool ok = duck_do(w->run, buf_str(sql), err) && broken_places(w, a, &broken, &n, err) &&
              duck_ask(w->run, a, S("SELECT n::BIGINT, bad::BIGINT FROM soft ORDER BY n"), NULL, 0, &answer, err) &&
              walk_soft(w, answer, broken, n, err);
    arena_close(a);
    return ok;
}

/* ---- a Parquet file: all checks are ours ---- */

static bool typed_rows(Work *w, uint64_t read, const char *folder, Err *err)
{
    const Recognised *f = w->r->file;
    Arena            *a = arena_open((size_t)1 << 40);
    Buf              *sql = buf_open(a), *text = buf_open(a);
    DuckAnswer       *answer;
    const DuckValue  *row;
    DuckValue         count;
    buf_put_z(sql, "SELECT count(*) FROM read_parquet(");
    sql_text(sql, w->r->path);
    buf_put_byte(sql, ')');
    bool ok = duck_ask_one(w->run, a, buf_str(sql), NULL, 0, &count, err);
    if (ok) w->out->there = (uint64_t)count.integer;
    if (!ok || w->out->there == read) {
        arena_close(a);
        return ok;
    }
    buf_clear(sql);
    reading_soft_sql(w->r, sql);
    ok = start_file(w, folder, err) && duck_ask(w->run, a, buf_str(sql), NULL, 0, &answer, err);
    while (ok && duck_next(answer, &row, err)) {
        size_t column = (size_t)row[1].integer;
        buf_clear(text);
        for (size_t i = 0; i < f->heading_count; i++) {
            if (i) buf_put_byte(text, ',');
            cell_put(text, row[i + 2].type == DUCK_TEXT ? row[i + 2].text : STR_NONE);
        }
        Str reason = str_format(w->row, "not-%s", column_type_name(w->r->columns[column].type));
        ok = put_row(w, buf_str(text), (uint64_t)row[0].integer, w->r->from[column][0], reason, err);
    }
    ok = ok && err->code == ERR_NONE && flush(w, err);
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

struct AsideCount {
    Work     w;
    Errand   errand;
    uint64_t rows, torn;
};

static void count_all(void *with)
{
    AsideCount *c = with;
    Err         err;
    if (map_plain(&c->w, &err)) c->rows = count_rows(&c->w, &c->torn);
    unmap(&c->w.map);
}

AsideCount *aside_count_start(const Reading *r)
{
    AsideCount *c;
    if (r->file->sql_types) return NULL;
    c = calloc(1, sizeof *c);
    if (!c) memory_end(sizeof *c);
    c->w.r = r;
    errand_begin(&c->errand, count_all, c);
    return c;
}

uint64_t aside_count_end(AsideCount *c, uint64_t *torn)
{
    *torn = 0;
    if (!c) return 0;
    errand_end(&c->errand);
    uint64_t rows = c->rows;
    *torn = c->torn;
    free(c);
    return rows;
}

static bool torn_rows(Work *w, Err *err)
{
    const Torn *torn = w->out->torn;
    for (size_t i = 0; torn && i < torn->n; i++)
        if (!put_row(w, torn->row[i].text, torn->row[i].line, SIZE_MAX, S("quote-not-closed"), err)) return false;
    return true;
}

static bool gather(Work *w, uint64_t read, const char *folder, Err *err)
{
    uint64_t there = w->out->there;
    if (there == read) return true;
    if (!start_file(w, folder, err) || !torn_rows(w, err) || !refused_rows(w, err)) return false;
    if (read + w->out->rows < there && !soft_rows(w, err)) return false;
    return flush(w, err);
}

bool aside_gather(DuckRun *run, Arena *a, const Reading *r, uint64_t read, const char *folder, Aside *out, Err *err)
{
    *out = (Aside){ .shown = json_array_make(a), .there = out->there, .torn = out->torn };
    Work w = { .run = run,
               .a = a,
               .row = arena_open((size_t)1 << 40),
               .r = r,
               .out = out,
               .fd = -1,
               .text = buf_open(a),
               .line = 1 };
    bool ok = r->file->sql_types ? typed_rows(&w, read, folder, err)
                                 : map_plain(&w, err) && gather(&w, read, folder, err);
    if (w.fd >= 0 && close(w.fd) != 0 && ok) ok = fail_errno(err, "writing the rows set aside");
    if (w.fd >= 0 && (!ok || !out->rows)) {
        unlink(out->path.at);
        out->path = STR_NONE;
    }
    unmap(&w.map);
    free(w.places);
    arena_close(w.row);
    return ok;
}
