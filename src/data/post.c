/* See post.h. JSON and CSV are laid out as the same text, whose cells are then looked at one after the other. */
#include "data/post.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "data/aside.h"
#include "data/cells.h"
#include "data/json_rows.h"
#include "data/mend.h"
#include "store/files.h"

#define PLAIN_ROW_MAX ((size_t)1 << 20) /* longer ones are the engine's to refuse */

/* ---- the form ---- */

static void heading_add(Recognised *file, Str heading)
{
    for (size_t i = 0; i < file->heading_count; i++)
        if (str_eq(file->headings[i], heading)) return;
    file->headings[file->heading_count++] = heading;
}

static bool is_keyed(const Column *columns, size_t n)
{
    return columns_role(columns, n, ROLE_OF_ID) ||
           (columns_role(columns, n, ROLE_OF_TIME) &&
            (columns_role(columns, n, ROLE_OF_PLACE) || columns_role(columns, n, ROLE_OF_INDICATOR)));
}

bool post_form(Arena *a, const Column *columns, size_t n, PostForm *out, Err *err)
{
    size_t room = 1;
    if (!n) return fail(err, ERR_INVALID, "the dataset has no columns yet; its record says them, or a first file");
    for (size_t i = 0; i < n; i++) room += columns[i].from_count ? columns[i].from_count : 1;
    *out = (PostForm){ .file = { .form = FILE_DELIMITED,
                                 .laid = true,
                                 .encoding = S("UTF-8"),
                                 .separator = ',',
                                 .quote = '"',
                                 .decimal = '.',
                                 .headings = NEW_ARRAY(a, Str, room) },
                       .keyed = is_keyed(columns, n) };
    heading_add(&out->file, S(LAID_LINE));
    for (size_t i = 0; i < n; i++) {
        if (!columns[i].from_count) heading_add(&out->file, columns[i].name);
        for (size_t k = 0; k < columns[i].from_count; k++) heading_add(&out->file, columns[i].from[k]);
    }
    /* The reading keeps where the file is: in `a`, as long as what is made of it. */
    Recognised *file = arena_copy(a, &out->file, sizeof out->file);
    return reading_make(a, file, columns, n, true, &out->reading, err);
}

static void headings_put(const PostForm *form, Buf *out)
{
    for (size_t i = 1; i < form->file.heading_count; i++) {
        cell_put(out, form->file.headings[i]);
        buf_put_byte(out, ',');
    }
}

void post_aside_heading(const PostForm *form, Buf *out)
{
    headings_put(form, out);
    buf_put_z(out, "_line,_column,_value,_reason,_row\n");
}

void post_heading(const PostForm *form, Buf *out)
{
    buf_put_z(out, LAID_LINE ",");
    headings_put(form, out);
    out->len--;
    buf_put_byte(out, '\n');
}

Str post_row_bytes(Str text)
{
    return str_cut(text, ',').tail;
}

/* ---- telling ---- */

typedef struct {
    Str      text;
    JsonRows json;
} Teller;

static char separator_of(Str line)
{
    static const char all[] = ",;\t|";
    for (size_t i = 0; all[i]; i++)
        if (line.len && memchr(line.at, all[i], line.len)) return all[i];
    return ',';
}

static bool quotes_close(Str row)
{
    size_t n = 0;
    for (size_t i = 0; i < row.len; i++) n += row.at[i] == '"';
    return n % 2 == 0;
}

static bool tell_csv(void *with, Laid *laid, Err *err)
{
    const Teller *t = with;
    Cells         c = { .rest = t->text,
                        .separator = separator_of(str_cut(t->text, '\n').head),
                        .quote = '"',
                        .line = 1 };
    Str           row, cells[LAID_COLUMNS_MAX + 1], names[LAID_COLUMNS_MAX + 1];
    uint64_t      line;
    if (!cells_row(&c, &row, &line)) return fail(err, ERR_FORMAT, "the post has no headings");
    size_t n = cells_cut(&c, laid->a, row, names, LAID_COLUMNS_MAX + 1);
    if (n > LAID_COLUMNS_MAX) return fail(err, ERR_TOO_BIG, "the post has more than %d columns", LAID_COLUMNS_MAX);
    for (size_t i = 0; i < n; i++) names[i] = str_trim(names[i]);
    while (cells_row(&c, &row, &line)) {
        if (!row.len && n > 1) continue;
        size_t      have = cells_cut(&c, laid->row, row, cells, LAID_COLUMNS_MAX + 1);
        const char *wrong = !str_is_utf8(row)    ? "no-characters"
                            : !quotes_close(row) ? "quote-not-closed"
                            : have < n           ? "too-few-cells"
                            : have > n           ? "too-many-cells"
                                                 : NULL;
        if (wrong && !laid_bad(laid, line, row, wrong, err)) return false;
        if (wrong) continue;
        for (size_t i = 0; i < n; i++)
            if (!column_is_ours(names[i])) laid_put(laid, names[i], cells[i]);
        if (!laid_row(laid, line, row, err)) return false;
    }
    return true;
}

static bool tell_json(void *with, Laid *laid, Err *err)
{
    return json_rows_tell(&((Teller *)with)->json, laid, err);
}

static bool is_json(Str type, Str body)
{
    Str  text = str_trim(body);
    bool looks = text.len && (text.at[0] == '{' || text.at[0] == '[' || text.at[0] == '\x1e');
    return str_has(type, S("json")) || (!str_has(type, S("csv")) && looks);
}

/* A column that is read from one heading may be called by its own name as well. */
static void names_of(Arena *a, const PostForm *form, Str **headings, Str **aliases)
{
    const Reading *r = &form->reading;
    *headings = form->file.headings + 1; /* LAID_LINE is told apart */
    *aliases = NEW_ARRAY(a, Str, form->file.heading_count);
    for (size_t i = 0; i < r->column_count; i++)
        if (r->columns[i].from_count == 1) (*aliases)[r->from[i][0] - 1] = r->columns[i].name;
}

static bool lay_out(Arena *a, const PostForm *form, Str type, Str body, Buf *out, Err *err)
{
    Teller t = { .text = body };
    Str    unknown, *headings, *aliases;
    bool   json = is_json(type, body);
    if (str_starts(t.text, S("\xef\xbb\xbf"))) t.text = str_drop(t.text, 3);
    if (!str_trim(t.text).len) return fail(err, ERR_FORMAT, "the post is empty");
    if (json && !json_rows_find(a, t.text, &t.json, err)) return false;
    names_of(a, form, &headings, &aliases);
    if (!laid_text(a, headings, aliases, form->file.heading_count - 1, json ? tell_json : tell_csv,
                   &t, out, &unknown, err))
        return false;
    if (unknown.len)
        return fail(err, ERR_INVALID, "the dataset has no column \"%.*s\"; nothing of the post was taken",
                    STR_ARG(unknown));
    return out->len > 0 || fail(err, ERR_FORMAT, "the post has no rows");
}

/* ---- what is plain ---- */

static size_t digits(Str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.len && isdigit((unsigned char)s.at[from + n])) n++;
    return n;
}

static bool is_plain_number(Str s, bool whole)
{
    size_t at = s.len && s.at[0] == '-', n = digits(s, at);
    if (!n || n > 15) return false;
    at += n;
    if (!whole && at < s.len && s.at[at] == '.') {
        n = digits(s, ++at);
        if (!n || n > 20) return false;
        at += n;
    }
    return at == s.len;
}

static bool is_plain_date(Str s)
{
    Date date;
    return s.len == 10 && date_read(s, &date) && date.parts == 3 && date.year >= 1000;
}

/* "2026-11-29T10:00:00", with a fraction of up to six digits, and with Z or +07:00 or no zone. */
static bool is_plain_time(Str s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    if (s.len < sizeof form - 1 || !is_plain_date(str_take_first(s, 10))) return false;
    for (size_t i = 10; form[i]; i++) {
        bool fits = form[i] == 'd'   ? isdigit((unsigned char)s.at[i])
                    : form[i] == 'T' ? s.at[i] == 'T' || s.at[i] == ' '
                                     : s.at[i] == form[i];
        if (!fits) return false;
    }
    if (memcmp(s.at + 11, "23", 2) > 0 || s.at[14] > '5' || s.at[17] > '5') return false;
    Str rest = str_drop(s, 19);
    if (str_starts(rest, S("."))) {
        size_t n = digits(rest, 1);
        if (!n || n > 6) return false;
        rest = str_drop(rest, n + 1);
    }
    if (!rest.len || str_eq_z(rest, "Z")) return true;
    return rest.len == 6 && (rest.at[0] == '+' || rest.at[0] == '-') && digits(rest, 1) == 2 && rest.at[3] == ':' &&
           digits(rest, 4) == 2 && memcmp(rest.at + 1, "14", 2) < 0 && rest.at[4] <= '5';
}

bool post_is_plain(const Column *c, Str cell)
{
    if (!cell.len || (c->type == COLUMN_STRING && c->from_count < 2)) return true;
    if (c->pattern.len || c->from_count > 1) return false;
    switch (c->type) {
    case COLUMN_NUMBER: return is_plain_number(cell, false);
    case COLUMN_INTEGER: return is_plain_number(cell, true);
    case COLUMN_YEAR: return cell.len == 4 && digits(cell, 0) == 4;
    case COLUMN_BOOLEAN: return str_eq_z(cell, "true") || str_eq_z(cell, "false");
    case COLUMN_DATE: return is_plain_date(cell);
    case COLUMN_DATETIME: return is_plain_time(cell);
    default: return false;
    }
}

static bool row_is_plain(const PostForm *form, const Str *cells, Str row)
{
    const Reading *r = &form->reading;
    bool           plain = row.len < PLAIN_ROW_MAX;
    for (size_t i = 0; i < r->column_count && plain; i++) plain = post_is_plain(&r->columns[i], cells[r->from[i][0]]);
    return plain;
}

/* ---- what is not ---- */

typedef struct {
    Data           *data;
    Arena          *a, *row; /* `row` is reset after each */
    const PostForm *form;
    Buf            *doubtful, *aside; /* rows for the engine, with headings; rows set aside */
    PostRow        *rows;             /* all of the post, in order; text empty: set aside */
    size_t          count, doubts;
    Post           *out;
} Work;

static void bad_note(Work *w, uint64_t place, Str column, Str value, Str reason)
{
    if (w->out->bad_count < POST_BAD_SHOWN)
        w->out->bad[w->out->bad_count] =
            (PostBad){ place, str_copy(w->a, column), str_copy(w->a, str_take_first(value, 200)),
                       str_copy(w->a, reason) };
    w->out->bad_count++;
    w->rows[place - 1].text = STR_NONE;
}

static void aside_put(Work *w, const Str *cells, uint64_t place, Str column, Str value, Str reason, Str row)
{
    for (size_t i = 1; i < w->form->file.heading_count; i++) {
        cell_put(w->aside, cells ? cells[i - 1] : STR_NONE);
        buf_put_byte(w->aside, ',');
    }
    buf_putf(w->aside, "%" PRIu64 ",", place);
    const Str last[] = { column, value, reason, row };
    for (size_t i = 0; i < 4; i++) {
        cell_put(w->aside, last[i]);
        buf_put_byte(w->aside, i < 3 ? ',' : '\n');
    }
}

static bool write_file(const char *path, Str bytes, Err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing %s", path);
    bool ok = file_write(fd, bytes, "writing rows of a post", err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing %s", path);
    return ok;
}

static bool engine_read(Work *w, Reading *reading, DuckRun *run, Str part, Aside *aside, Err *err)
{
    Buf      *sql = buf_open(w->a);
    DuckValue count;
    buf_put_z(sql, "COPY (");
    reading_sql(reading, sql);
    buf_put_z(sql, ") TO ");
    sql_text(sql, part);
    buf_put_z(sql, " (FORMAT parquet)");
    return duck_do(run, S("SET TimeZone = 'UTC'"), err) &&
           duck_ask_one(run, w->a, buf_str(sql), NULL, 0, &count, err) &&
           aside_gather(run, w->a, reading, (uint64_t)count.integer, data_parts(w->data), aside, err);
}

static bool aside_take(Work *w, const char *path, Err *err)
{
    AsideRows rows;
    int64_t   place;
    if (!aside_rows_read(w->a, path, 0, w->doubts, &rows, err)) return false;
    for (size_t i = 0; i < rows.row_count; i++) {
        const AsideRow *row = &rows.rows[i];
        if (!str_to_i64(row->line, &place) || place < 1 || (size_t)place > w->count)
            return fail(err, ERR_INTERNAL, "row \"%.*s\" is not in the post", STR_ARG(row->line));
        bad_note(w, (uint64_t)place, row->column, row->value, row->reason);
        aside_put(w, row->cells, (uint64_t)place, row->column, row->value, row->reason, row->as_it_stands);
    }
    return true;
}

/* The engine reads the doubtful rows as an import would. */
static bool ask_engine(Work *w, Err *err)
{
    Reading  reading = w->form->reading;
    Duck    *duck;
    DuckRun *run = NULL;
    Str      part = STR_NONE;
    Aside    aside = { .there = w->doubts };
    bool     ok = data_engine(w->data, &duck, err) && duck_run_open(duck, &run, err) &&
              files_temporary(data_parts(w->data), w->a, &reading.path, err) &&
              files_temporary(data_parts(w->data), w->a, &part, err) &&
              write_file(reading.path.at, buf_str(w->doubtful), err) &&
              engine_read(w, &reading, run, part, &aside, err) &&
              (!aside.path.len || aside_take(w, aside.path.at, err));
    duck_run_close(run);
    if (reading.path.len) unlink(reading.path.at);
    if (part.len) unlink(part.at);
    if (aside.path.len) unlink(aside.path.at);
    return ok;
}

/* ---- all ---- */

static bool take_row(Work *w, Str row, Err *err)
{
    Cells    c = { .separator = ',', .quote = '"' };
    size_t   headings = w->form->file.heading_count;
    uint64_t place = ++w->count;
    Str     *cells = NEW_ARRAY(w->row, Str, headings + 2);
    size_t   n = cells_cut(&c, w->row, row, cells, headings + 2);
    Str      rest = post_row_bytes(row);
    if (arena_full(w->a)) return fail(err, ERR_TOO_BIG, "the post takes too much memory; send it in pieces");
    w->rows[place - 1] = (PostRow){ place, str_format(w->a, "%" PRIu64 ",%.*s\n", place, STR_ARG(rest)) };
    if (n > headings) { /* could not be taken apart: its line, itself, why (laid.h) */
        aside_put(w, NULL, place, STR_NONE, STR_NONE, cells[2], cells[1]);
        bad_note(w, place, STR_NONE, cells[1], cells[2]);
        return true;
    }
    if (row_is_plain(w->form, cells, row)) return true;
    if (!w->doubts++) post_heading(w->form, w->doubtful);
    buf_put(w->doubtful, w->rows[place - 1].text);
    return true;
}

static int place_order(const void *x, const void *y)
{
    uint64_t a = ((const PostBad *)x)->place, b = ((const PostBad *)y)->place;
    return a < b ? -1 : a > b;
}

static size_t rows_in(Str text)
{
    Cells    c = { .rest = text, .separator = ',', .quote = '"' };
    Str      row;
    uint64_t line;
    size_t   n = 0;
    while (cells_row(&c, &row, &line)) n++;
    return n;
}

bool post_read(Data *data, Arena *a, const PostForm *form, Str type, Str body, Post *out, Err *err)
{
    Buf *laid = buf_open(a);
    if (!lay_out(a, form, type, body, laid, err)) return false;
    *out = (Post){ .bad = NEW_ARRAY(a, PostBad, POST_BAD_SHOWN) };
    Work     w = { .data = data,
                   .a = a,
                   .row = arena_open((size_t)1 << 30),
                   .form = form,
                   .doubtful = buf_open(a),
                   .aside = buf_open(a),
                   .rows = NEW_ARRAY(a, PostRow, rows_in(buf_str(laid)) + 1),
                   .out = out };
    Cells    c = { .rest = buf_str(laid), .separator = ',', .quote = '"' };
    Str      row;
    uint64_t line;
    bool     ok = true;
    while (ok && cells_row(&c, &row, &line)) {
        ok = take_row(&w, row, err);
        arena_reset(w.row);
    }
    arena_close(w.row);
    if (!ok) return false;
    if (w.doubts && !ask_engine(&w, err)) return false;
    out->rows = w.rows;
    for (size_t i = 0; i < w.count; i++)
        if (w.rows[i].text.len) w.rows[out->row_count++] = w.rows[i];
    out->aside = buf_str(w.aside);
    qsort(out->bad, out->bad_count < POST_BAD_SHOWN ? out->bad_count : POST_BAD_SHOWN, sizeof *out->bad, place_order);
    return true;
}
