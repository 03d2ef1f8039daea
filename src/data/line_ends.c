#include "data/line_ends.h"

#include <string.h>

bool line_ends_may_differ(const LineEnds *ends)
{
    return ends->lf + ends->crlf + (ends->cr || ends->after_cr) > 1;
}

void line_ends_see(LineEnds *ends, Str piece)
{
    if (!piece.len || (ends->lf + ends->crlf + ends->cr) > 1) return;
    if (ends->after_cr && piece.at[0] != '\n') ends->cr = true;
    if (ends->after_cr && piece.at[0] == '\n') {
        ends->crlf = true;
        piece = str_drop(piece, 1);
    }
    const char *end = piece.at + piece.len, *next;
    for (const char *at = piece.at; at < end && !ends->lf && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        ends->lf = at == piece.at || at[-1] != '\r';
    for (const char *at = piece.at; at < end && (next = memchr(at, '\r', (size_t)(end - at))); at = next + 1) {
        if (next + 1 == end) continue;
        if (next[1] == '\n') ends->crlf = true;
        else ends->cr = true;
    }
    ends->after_cr = piece.len ? end[-1] == '\r' : false;
}

static bool ends_cell(char c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n';
}

void line_ends_make_one(LineEndsOne *one, Str piece, Buf *out)
{
    for (size_t i = 0; i < piece.len; i++) {
        char c = piece.at[i];
        bool second = one->after_cr && c == '\n';
        one->after_cr = !one->quoted && c == '\r';
        if (second) continue;
        if (one->after_cr) c = '\n';
        /* A quote that is doubled ends the cell and begins it again. */
        if (c == '"' && (one->quoted || !one->in_cell)) one->quoted = !one->quoted;
        else if (!one->quoted) one->in_cell = !ends_cell(c);
        buf_put_byte(out, c);
    }
}
