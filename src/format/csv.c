/* .csv: lists as comma-separated values, and reading them. */
#include "format/csv.h"

#include "format/columns.h"
#include "format/writers.h"

/* Behind any apostrophes, so that a text that has one already keeps it. */
static bool like_formula(Str cell)
{
    while (str_starts(cell, S("'"))) cell = str_drop(cell, 1);
    return cell.len && (cell.at[0] == '=' || cell.at[0] == '+' || cell.at[0] == '-' || cell.at[0] == '@');
}

static bool needs_quotes(Str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.at[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r' || c == ';' || c == '\t') return true;
    }
    return cell.len && (cell.at[0] == ' ' || cell.at[cell.len - 1] == ' ');
}

void csv_put_cell(Buf *out, Str cell, bool number)
{
    double value;
    bool   guard = !number && like_formula(cell) && !str_to_double(cell, &value);
    bool   quote = needs_quotes(cell);
    if (quote) buf_put_byte(out, '"');
    if (guard) buf_put_byte(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"') buf_put_byte(out, '"');
        buf_put_byte(out, cell.at[i]);
    }
    if (quote) buf_put_byte(out, '"');
}

bool csv_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    Column     *columns;
    size_t      n;
    const Json *item;
    if (!columns_make(work, value, &columns, &n, err)) return false;
    for (size_t c = 0; c < n; c++) {
        if (c) buf_put_byte(out, ',');
        csv_put_cell(out, columns[c].heading, false);
    }
    buf_put(out, S("\r\n"));
    FormatWalk walk = format_walk(work, value, out);
    while (format_next(&walk, &item, err)) {
        if (!item) return true;
        for (size_t c = 0; c < n; c++) {
            if (c) buf_put_byte(out, ',');
            csv_put_cell(out, column_cell(walk.work.arena, &columns[c], item), columns[c].number);
        }
        buf_put(out, S("\r\n"));
    }
    return false;
}

/* ---- reading ---- */

CsvReader csv_reader_make(Str text)
{
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_drop(text, 3);
    size_t counts[3] = { 0 };
    bool   quoted = false;
    for (size_t i = 0; i < text.len && (quoted || (text.at[i] != '\n' && text.at[i] != '\r')); i++) {
        char c = text.at[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == ',') counts[0]++;
        if (c == ';') counts[1]++;
        if (c == '\t') counts[2]++;
    }
    char separator = ',';
    if (counts[1] && counts[1] >= counts[0]) separator = ';';
    if (counts[2] && counts[2] >= counts[0] && counts[2] >= counts[1]) separator = '\t';
    return (CsvReader){ .text = text, .separator = separator, .next_line = 1 };
}

static bool at_end_of_line(const CsvReader *r)
{
    return r->at >= r->text.len || r->text.at[r->at] == '\n' || r->text.at[r->at] == '\r';
}

static void skip_end_of_line(CsvReader *r)
{
    if (r->at < r->text.len && r->text.at[r->at] == '\r') r->at++;
    if (r->at < r->text.len && r->text.at[r->at] == '\n') r->at++;
    r->next_line++;
}

/* A cell in quotes; r->at is behind the opening one. */
static bool quoted_cell(CsvReader *r, Arena *a, Str *out, Err *err)
{
    Buf *b = buf_open(a);
    while (r->at < r->text.len) {
        char c = r->text.at[r->at++];
        if (c == '\n') r->next_line++;
        if (c != '"') {
            buf_put_byte(b, c);
        } else if (r->at < r->text.len && r->text.at[r->at] == '"') {
            buf_put_byte(b, '"');
            r->at++;
        } else {
            *out = buf_str(b);
            if (at_end_of_line(r) || r->text.at[r->at] == r->separator) return true;
            return fail(err, ERR_FORMAT, "line %llu: text behind a closing quote", (unsigned long long)r->line);
        }
    }
    return fail(err, ERR_FORMAT, "line %llu: a quote is opened and not closed", (unsigned long long)r->line);
}

static Str bare_cell(CsvReader *r)
{
    size_t start = r->at;
    while (!at_end_of_line(r) && r->text.at[r->at] != r->separator) r->at++;
    return (Str){ r->text.at + start, r->at - start };
}

static Str unguarded(Str cell)
{
    return str_starts(cell, S("'")) && like_formula(str_drop(cell, 1)) ? str_drop(cell, 1) : cell;
}

bool csv_row(CsvReader *r, Arena *a, Str **cells, size_t *n, Err *err)
{
    if (err) *err = (Err){ 0 };
    while (r->at < r->text.len && at_end_of_line(r)) skip_end_of_line(r);
    if (r->at >= r->text.len) return false;
    r->line = r->next_line;
    size_t room = 32, count = 0;
    Str   *row = NEW_ARRAY(a, Str, room);
    for (;;) {
        if (arena_full(a)) return fail(err, ERR_TOO_BIG, "line %llu: too many cells", (unsigned long long)r->line);
        if (count == room) {
            Str *more = NEW_ARRAY(a, Str, 2 * room);
            for (size_t i = 0; i < count; i++) more[i] = row[i];
            row = more, room *= 2;
        }
        Str cell;
        if (r->at < r->text.len && r->text.at[r->at] == '"') {
            r->at++;
            if (!quoted_cell(r, a, &cell, err)) return false;
        } else {
            cell = bare_cell(r);
        }
        row[count++] = unguarded(cell);
        if (at_end_of_line(r)) break;
        r->at++; /* the separator */
    }
    skip_end_of_line(r);
    *cells = row, *n = count;
    return true;
}
