#include "data/cells.h"

#include <string.h>

bool cells_row(Cells *c, Str *row, uint64_t *first_line)
{
    if (!c->rest.len) return false;
    /* A quote opens only at the start of a cell, and again in a cell that it opened. */
    bool   quoted = false, fresh = true, opened = false;
    size_t i = 0;
    *first_line = c->line;
    for (; i < c->rest.len; i++) {
        char b = c->rest.at[i];
        if (quoted) {
            if (b == c->quote) quoted = false;
            else if (b == '\n') c->line++;
        } else if (c->quote && b == c->quote && (fresh || (opened && c->rest.at[i - 1] == c->quote))) {
            quoted = opened = true;
        } else if (b == '\n' || b == '\r') {
            break;
        }
        fresh = !quoted && b == c->separator;
        opened = opened && !fresh;
    }
    *row = str_take_first(c->rest, i);
    c->open = quoted;
    if (i < c->rest.len) {
        c->line++;
        i += c->rest.at[i] == '\r' && i + 1 < c->rest.len && c->rest.at[i + 1] == '\n' ? 2 : 1;
    }
    c->rest = str_drop(c->rest, i);
    return true;
}

static Str first_line_of(Str s, Str *rest)
{
    size_t i = 0;
    while (i < s.len && s.at[i] != '\n' && s.at[i] != '\r') i++;
    *rest = str_drop(s, i + (str_starts(str_drop(s, i), S("\r\n")) ? 2 : 1));
    return str_take_first(s, i);
}

/* Text follows on the quote that ends a cell of several lines. */
static bool is_followed(const Cells *c, Str row)
{
    bool quoted = false, fresh = true, opened = false, several = false;
    for (size_t i = 0; i < row.len; i++) {
        char b = row.at[i];
        if (quoted) {
            quoted = b != c->quote;
            several = several || b == '\n';
            continue;
        }
        if (b == c->quote && (fresh || (opened && row.at[i - 1] == c->quote))) {
            several = several && !fresh;
            quoted = opened = true;
        } else if (opened && several && b != c->separator && b != ' ') {
            return true;
        }
        fresh = !quoted && b == c->separator;
        opened = opened && !fresh;
    }
    return false;
}

static bool quotes_close(const Cells *c, Str line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++) n += line.at[i] == c->quote;
    return n % 2 == 0;
}

static bool is_torn(const Cells *c, Str row, size_t columns)
{
    Str rest, second;
    first_line_of(row, &rest);
    second = first_line_of(rest, &rest);
    if (c->open) return str_trim(second).len || str_trim(rest).len;
    return columns && quotes_close(c, second) && cells_cut(c, NULL, second, NULL, 0) == columns && is_followed(c, row);
}

bool cells_row_torn(Cells *c, size_t columns, Str *row, uint64_t *first_line, bool *torn)
{
    Str all = c->rest, rest;
    *torn = false;
    if (!cells_row(c, row, first_line)) return false;
    if (columns == 1 || (c->line - *first_line < 2 && !c->open) || !is_torn(c, *row, columns)) return true;
    *torn = true;
    *row = first_line_of(all, &rest);
    c->rest = rest;
    c->line = *first_line + 1;
    return true;
}

/* Two quotes are one only between an opening and a closing one: "" alone is a cell without text. */
static Str unquoted(Arena *a, Str cell, char quote)
{
    char  *out = arena_raw(a, cell.len + 1);
    size_t n = 0;
    bool   open = false;
    for (size_t i = 0; i < cell.len; i++) {
        bool is_quote = cell.at[i] == quote, twice = is_quote && i + 1 < cell.len && cell.at[i + 1] == quote;
        if (is_quote && !(open && twice)) {
            open = !open;
            continue;
        }
        i += is_quote;
        out[n++] = cell.at[i];
    }
    out[n] = 0;
    return (Str){ out, n };
}

size_t cells_cut(const Cells *c, Arena *a, Str row, Str *out, size_t room)
{
    size_t n = 0, start = 0;
    bool   quoted = false, any = false;
    for (size_t i = 0; i <= row.len; i++) {
        bool end = i == row.len;
        if (!end && c->quote && row.at[i] == c->quote && (quoted || i == start || any)) {
            quoted = !quoted;
            any = true;
        }
        if (!end && (quoted || row.at[i] != c->separator)) continue;
        Str cell = { row.at + start, i - start };
        if (n < room) out[n] = any ? unquoted(a, cell, c->quote) : cell;
        n++;
        start = i + 1;
        any = quoted = false;
    }
    return n;
}

void cell_put(Buf *out, Str cell)
{
    if (!cell.len) return;
    if (!memchr(cell.at, '"', cell.len) && !memchr(cell.at, ',', cell.len) && !memchr(cell.at, '\n', cell.len) &&
        !memchr(cell.at, '\r', cell.len)) {
        buf_put(out, cell);
        return;
    }
    buf_put_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"') buf_put_byte(out, '"');
        buf_put_byte(out, cell.at[i]);
    }
    buf_put_byte(out, '"');
}
