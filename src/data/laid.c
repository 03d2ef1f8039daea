#include "data/laid.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/cells.h"
#include "store/files.h"

#define WRITE_BYTES ((size_t)256 << 10)
/* A row that could not be taken apart is kept up to here: the engine's lines end at 2 MB. */
#define ROW_BYTES ((size_t)512 << 10)

static bool flush(Laid *l, Err *err)
{
    if (l->kept) return true;
    bool ok = file_write(l->fd, buf_str(l->text), "writing the rows of the file", err);
    buf_clear(l->text);
    return ok;
}

static size_t column_of(Laid *l, Str name)
{
    for (size_t i = l->next; i < l->count; i++)
        if (str_eq(l->headings[i], name)) return i;
    for (size_t i = 0; i < l->next && i < l->count; i++)
        if (str_eq(l->headings[i], name)) return i;
    for (size_t i = 0; l->aliases && i < l->count; i++)
        if (str_eq(l->aliases[i], name)) return i;
    return SIZE_MAX;
}

/* As it can be a heading: one line, and no "_" before it. */
static Str heading_make(Arena *a, Str name)
{
    while (str_starts(name, S("_"))) name = str_drop(name, 1);
    name = str_trim(name);
    Str copy = str_copy(a, name.len ? name : S("value"));
    for (size_t i = 0; i < copy.len; i++)
        if ((uint8_t)copy.at[i] < ' ') ((char *)copy.at)[i] = ' ';
    return copy;
}

void laid_put(Laid *l, Str name, Str value)
{
    bool plain = name.len && name.at[0] != '_' && str_trim(name).len == name.len;
    for (size_t i = 0; i < name.len && plain; i++) plain = (uint8_t)name.at[i] >= ' ';
    if (!plain) name = heading_make(l->row, name);
    size_t at = column_of(l, name);
    if (!l->writing) {
        if (at != SIZE_MAX) return;
        l->too_many = l->too_many || l->count == LAID_COLUMNS_MAX;
        if (!l->too_many) l->headings[l->count++] = str_copy(l->a, name);
        return;
    }
    if (at == SIZE_MAX) {
        if (l->kept && !l->unknown.len) l->unknown = str_copy(l->a, name);
        return;
    }
    l->next = at + 1;
    l->twice = l->twice || l->set[at];
    l->set[at] = true;
    l->cells[at] = value;
}

static void clear_row(Laid *l)
{
    memset(l->set, 0, l->count * sizeof *l->set);
    l->next = 0;
    l->twice = false;
    arena_reset(l->row);
}

bool laid_bad(Laid *l, uint64_t line, Str row, const char *reason, Err *err)
{
    l->rows++;
    if (l->writing) {
        row = str_take_first(row, ROW_BYTES);
        buf_putf(l->text, "%" PRIu64 ",", line);
        while (row.len && !str_is_utf8(row)) row.len--;
        cell_put(l->text, row);
        buf_putf(l->text, ",%s", reason);
        /* The engine lets an empty cell too many pass. */
        for (size_t i = 1; i < l->count; i++) buf_put_z(l->text, ",-");
        buf_put_byte(l->text, '\n');
    }
    clear_row(l);
    return !l->writing || l->text->len < WRITE_BYTES || flush(l, err);
}

bool laid_row(Laid *l, uint64_t line, Str as_it_stands, Err *err)
{
    if (l->too_many)
        return fail(err, ERR_TOO_BIG, "the file has more than %d columns", LAID_COLUMNS_MAX);
    if (arena_full(l->a)) return fail(err, ERR_TOO_BIG, "the file's columns take too much memory");
    if (l->twice) return laid_bad(l, line, as_it_stands, "name-twice", err);
    l->rows++;
    if (l->writing) {
        buf_putf(l->text, "%" PRIu64, line);
        for (size_t i = 0; i < l->count; i++) {
            buf_put_byte(l->text, ',');
            if (l->set[i]) cell_put(l->text, l->cells[i]);
        }
        buf_put_byte(l->text, '\n');
    }
    clear_row(l);
    return !l->writing || l->text->len < WRITE_BYTES || flush(l, err);
}

static bool start_writing(Laid *l, const char *folder, Err *err)
{
    if (!l->rows || !l->count) return fail(err, ERR_FORMAT, "the file holds no rows with values");
    if (!files_temporary(folder, l->a, &l->path, err)) return false;
    l->fd = open(l->path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (l->fd < 0) return fail_errno(err, "writing %s", l->path.at);
    buf_put_z(l->text, LAID_LINE);
    for (size_t i = 0; i < l->count; i++) {
        buf_put_byte(l->text, ',');
        cell_put(l->text, l->headings[i]);
    }
    buf_put_byte(l->text, '\n');
    l->writing = true;
    l->rows = 0;
    return true;
}

bool laid_out(Arena *a, const char *folder, LaidTeller tell, void *with, Str *path, Err *err)
{
    Laid l = { .a = a,
               .row = arena_open((size_t)1 << 30),
               .fd = -1,
               .text = buf_open(a),
               .headings = NEW_ARRAY(a, Str, LAID_COLUMNS_MAX),
               .cells = NEW_ARRAY(a, Str, LAID_COLUMNS_MAX),
               .set = NEW_ARRAY(a, bool, LAID_COLUMNS_MAX) };
    bool ok = tell(with, &l, err) && start_writing(&l, folder, err) && tell(with, &l, err) && flush(&l, err);
    if (l.fd >= 0 && close(l.fd) != 0 && ok) ok = fail_errno(err, "writing %s", l.path.at);
    if (l.fd >= 0 && !ok) unlink(l.path.at);
    arena_close(l.row);
    if (ok) *path = l.path;
    return ok;
}

bool laid_text(Arena *a, const Str *headings, const Str *aliases, size_t n, LaidTeller tell, void *with, Buf *out,
               Str *unknown, Err *err)
{
    Laid l = { .a = a,
               .row = arena_open((size_t)1 << 30),
               .writing = true,
               .kept = true,
               .fd = -1,
               .text = out,
               .headings = (Str *)headings,
               .aliases = aliases,
               .count = n,
               .cells = NEW_ARRAY(a, Str, n + 1),
               .set = NEW_ARRAY(a, bool, n + 1) };
    bool ok = tell(with, &l, err);
    arena_close(l.row);
    *unknown = l.unknown;
    return ok;
}
