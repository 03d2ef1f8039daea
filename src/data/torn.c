#include "data/torn.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "data/cells.h"
#include "data/source.h"
#include "store/files.h"

#define WRITING "writing the rows of the file"

static bool find(const Reading *r, Str all, Torn *out, Err *err)
{
    Cells    c = reading_rows(r, all);
    Str      row;
    uint64_t line;
    bool     torn;
    out->n = 0;
    while (cells_row_torn(&c, r->file->heading_count, &row, &line, &torn)) {
        if (!torn) continue;
        if (out->n == TORN_MOST)
            return fail(err, ERR_INVALID,
                        "more than %d rows begin a cell with a quote that is not closed, the first on line %" PRIu64
                        ": close it, or write a quote that belongs to the text twice, in a cell within quotes",
                        TORN_MOST, out->row[0].line);
        out->row[out->n].text = row;
        out->row[out->n++].line = line;
    }
    return true;
}

static bool put_others(int fd, Str all, const Torn *torn, Err *err)
{
    Str  rest = all;
    bool ok = true;
    for (size_t i = 0; i < torn->n && ok; i++) {
        Str text = torn->row[i].text;
        ok = file_write(fd, str_take_first(rest, (size_t)(text.at - rest.at)), WRITING, err);
        rest = str_drop(rest, (size_t)(text.at - rest.at) + text.len);
    }
    return ok && file_write(fd, rest, WRITING, err);
}

bool torn_out(Arena *a, const Reading *r, const char *folder, Str *path, Torn *out, Err *err)
{
    Str all, to;
    if (!source_map(a, r->path.at, &all, err) || !find(r, all, out, err) || !files_temporary(folder, a, &to, err))
        return false;
    int fd = open(to.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing %s", to.at);
    bool ok = put_others(fd, all, out, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing %s", to.at);
    if (ok) *path = to;
    else unlink(to.at);
    return ok;
}
