#include "data/inbox/frame.h"

#include <string.h>

#include "data/cells.h"

static const char FORM = 1;

static void number_put(Buf *out, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_put_byte(out, (char)(n >> 8 * i));
}

static uint64_t number_take(Str *from, int bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++) n |= (uint64_t)(uint8_t)from->at[i] << 8 * i;
    *from = str_drop(*from, (size_t)bytes);
    return n;
}

void inbox_frame_put(Buf *out, const InboxFrame *f)
{
    buf_put_byte(out, FORM);
    buf_put_byte(out, f->rows_known ? 1 : 0);
    number_put(out, (uint64_t)f->at_ms, 8);
    buf_put_bytes(out, f->key, sizeof f->key);
    number_put(out, f->check, 8);
    number_put(out, f->rows, 4);
    number_put(out, f->aside, 4);
    number_put(out, f->columns.len, 4);
    number_put(out, f->row_text.len, 4);
    buf_put(out, f->columns);
    buf_put(out, f->row_text);
    buf_put(out, f->aside_text);
}

static bool has_rows(Str text, uint32_t wanted)
{
    Cells    c = { .rest = text, .separator = ',', .quote = '"' };
    Str      row;
    uint64_t line, n = 0;
    if (text.len && text.at[text.len - 1] != '\n') return false;
    while (cells_row(&c, &row, &line)) n++;
    return n == wanted;
}

bool inbox_frame_read(Str bytes, InboxFrame *out, Err *err)
{
    Str rest = bytes;
    if (bytes.len < INBOX_FRAME_HEAD || bytes.at[0] != FORM || (uint8_t)bytes.at[1] > 1)
        return fail(err, ERR_CORRUPT, "a post of another form");
    InboxFrame f = { .rows_known = bytes.at[1] == 1 };
    rest = str_drop(rest, 2);
    f.at_ms = (int64_t)number_take(&rest, 8);
    memcpy(f.key, rest.at, sizeof f.key);
    rest = str_drop(rest, sizeof f.key);
    f.check = number_take(&rest, 8);
    f.rows = (uint32_t)number_take(&rest, 4);
    f.aside = (uint32_t)number_take(&rest, 4);
    uint64_t columns = number_take(&rest, 4), rows = number_take(&rest, 4);
    if (columns > rest.len || rows > rest.len - columns) return fail(err, ERR_CORRUPT, "a post that is cut short");
    f.columns = str_take_first(rest, (size_t)columns);
    f.row_text = str_take_first(str_drop(rest, (size_t)columns), (size_t)rows);
    f.aside_text = str_drop(rest, (size_t)(columns + rows));
    if (!has_rows(f.row_text, f.rows) || !has_rows(f.aside_text, f.aside))
        return fail(err, ERR_CORRUPT, "a post whose rows are not as many as it says");
    *out = f;
    return true;
}
