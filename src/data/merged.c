#include "data/merged.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/time.h"
#include "data/generalised.h"
#include "store/files.h"

#define LINES_MAX ((size_t)256 << 20)
#define STEPS_MAX 64 /* of one part into the next */

static const char *lines_path(Data *data, Arena *a)
{
    return path_join(a, str_of(node_folder(data_node(data))), S("merged")).at;
}

/* "NAME INTO FIRST ROWS MS": what is cut short is none. */
typedef struct {
    Str     name, into;
    int64_t first, rows, at_ms;
} Line;

static bool line_read(Str text, Line *out)
{
    Cut name = str_cut(text, ' '), into = str_cut(name.tail, ' '), first = str_cut(into.tail, ' ');
    Cut rows = str_cut(first.tail, ' ');
    *out = (Line){ .name = name.head, .into = into.head };
    return name.head.len == FILES_NAME_LENGTH && into.head.len == FILES_NAME_LENGTH &&
           str_to_i64(first.head, &out->first) && str_to_i64(rows.head, &out->rows) &&
           str_to_i64(rows.tail, &out->at_ms) && out->first >= 0 && out->rows >= 0;
}

static bool lines_read(Data *data, Arena *a, Str *out, Err *err)
{
    Err why = { 0 };
    *out = STR_NONE;
    return file_read(a, lines_path(data, a), LINES_MAX, out, &why) || why.code == ERR_NOT_FOUND ||
           fail(err, why.code, "%s", why.text);
}

bool merged_note(Data *data, const MergedPart *parts, size_t n, Str into, Err *err)
{
    Arena      *a = arena_open(LINES_MAX);
    const char *path = lines_path(data, a);
    Buf        *text = buf_open(a);
    bool        is_new = !path_exists(path);
    int         fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    /* What a line before may lack of its end. */
    buf_put_byte(text, '\n');
    for (size_t i = 0; i < n; i++)
        buf_putf(text, "%.*s %.*s %" PRId64 " %" PRId64 " %" PRId64 "\n", STR_ARG(parts[i].name), STR_ARG(into),
                 parts[i].first, parts[i].rows, time_now_ms());
    bool ok = fd >= 0 && !fault_hits(FAULT_FILE_WRITE) && write(fd, text->at, text->len) == (ssize_t)text->len &&
              fdatasync(fd) == 0;
    if (!ok) fail_errno(err, "writing %s", path);
    if (fd >= 0) close(fd);
    ok = ok && (!is_new || folder_sync(node_folder(data_node(data)), err));
    arena_close(a);
    return ok;
}

static bool line_find(Str text, Str name, Line *out)
{
    bool found = false;
    for (Cut rest = { .tail = text, .found = true }; rest.found;) {
        Line line;
        rest = str_cut(rest.tail, '\n');
        if (!str_starts(rest.head, name) || !line_read(rest.head, &line)) continue;
        *out = line;
        found = true;
    }
    return found;
}

static void remove_file(void *path)
{
    unlink(path);
}

static bool rows_again(Data *data, Arena *a, Str from, const Line *where, Str *path, Err *err)
{
    Duck    *duck;
    DuckRun *run = NULL;
    Buf     *sql = buf_open(a);
    if (!data_engine(data, &duck, err) || !files_temporary(data_parts(data), a, path, err)) return false;
    buf_put_z(sql, "COPY (SELECT * EXCLUDE (file_row_number) FROM read_parquet(");
    sql_text(sql, from);
    buf_putf(sql,
             ", file_row_number=true) WHERE file_row_number BETWEEN %" PRId64 " AND %" PRId64
             ") TO ",
             where->first, where->first + where->rows - 1);
    sql_text(sql, *path);
    sql_parquet(sql, 0);
    buf_put_byte(sql, ')');
    arena_adopt(a, (char *)path->at, remove_file);
    bool ok = duck_run_open(duck, &run, err) && duck_do(run, buf_str(sql), err);
    duck_run_close(run);
    return ok;
}

bool part_find(Data *data, Arena *a, Str name, Str *path, Err *err)
{
    Line where = { .name = name };
    Str  text, from;
    Err  why = { 0 };
    if (files_find(data_parts(data), a, name, path, &why)) return true;
    if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
    if (!lines_read(data, a, &text, err)) return false;
    for (int step = 0; step < STEPS_MAX; step++) {
        Line next;
        if (!line_find(text, step ? where.into : name, &next)) break;
        next.first += step ? where.first : 0;
        if (step) next.rows = where.rows;
        where = next;
        if (files_find(data_parts(data), a, where.into, &from, NULL))
            return rows_again(data, a, from, &where, path, err);
    }
    return fail(err, ERR_NOT_FOUND, "the part %.*s is not on this node", STR_ARG(name));
}

bool merged_tidy(Data *data, Err *err)
{
    Arena  *a = arena_open(LINES_MAX);
    int64_t before_ms = time_now_ms() - MERGED_KEPT_MS;
    Str     text, path;
    Buf    *gone = buf_open(a);
    bool    ok = lines_read(data, a, &text, err);
    for (Cut rest = { .tail = text, .found = ok }; ok && rest.found;) {
        Line line;
        rest = str_cut(rest.tail, '\n');
        if (!line_read(rest.head, &line) || line.at_ms > before_ms ||
            !files_find(data_parts(data), a, line.name, &path, NULL))
            continue;
        if (unlink(path.at) != 0 && errno != ENOENT) ok = fail_errno(err, "removing %s", path.at);
        beside_drop(data_beside(data), line.name);
        buf_put(gone, line.name);
        buf_put_byte(gone, '\n');
    }
    generalised_drop(data, buf_str(gone));
    arena_close(a);
    return ok;
}
