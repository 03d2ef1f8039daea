/* Rows of a dataset that its imports set aside, for editors of its owner alone: to look at, to download as they
   are, to mend in the page. What was mended is sent as a file of its own (import.h, `mends`). */
#include <fcntl.h>
#include <unistd.h>

#include "data/mend.h"
#include "store/files.h"
#include "web/rows.h"
#include "web/import_columns.h"
#include "web/intake.h"
#include "web/problem.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

#define MEND_ROWS  50
#define MEND_CELLS 4000 /* inputs on a page */

static const Json *part_of(const Json *doc, Str aside)
{
    const Json *parts = json_get(doc, "parts");
    for (size_t i = 0; i < json_array_size(parts); i++)
        if (str_eq(json_get_text(json_array_get(parts, i), "aside_sha256"), aside)) return json_array_get(parts, i);
    return NULL;
}

static bool aside_find(Request *req, Record *r, const Json **part, Str *path, Err *err)
{
    if (!import_dataset(req, r, err)) return false;
    *part = part_of(r->doc, req->slots[1]);
    if (!*part) return fail(err, ERR_NOT_FOUND, "no such rows are set aside now");
    return files_find(intake_folder(req->site->intake), req->arena, req->slots[1], path, err);
}

typedef struct {
    const char *path;
} FileWork;

static bool file_write(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)run;
    char    some[64 << 10];
    ssize_t n = -1;
    int     fd = open(((FileWork *)with)->path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read(fd, some, sizeof some)) > 0)
        if (!stream_write(stream, (Str){ some, (size_t)n })) break;
    if (n < 0) fail_errno(err, "reading rows set aside");
    if (fd >= 0) close(fd);
    return n >= 0;
}

static bool file_stream(Request *req, Str path, Reply *reply, Err *err)
{
    Arena    *a = arena_open(0);
    FileWork *w = NEW(a, FileWork);
    w->path = str_z(a, path);
    DeskAsk ask = rows_ask_at(req, DESK_OF_LONG, 0);
    return desk_stream(&ask, a, file_write, w, &reply->stream, err);
}

/* `typed` (NULL: nothing) stands in place of what the rows have. */
static Json *rows_value(Arena *a, const AsideRows *rows, const Json *typed)
{
    Json *out = json_array_make(a);
    for (size_t i = 0; i < rows->row_count; i++) {
        const AsideRow *row = &rows->rows[i];
        Json           *one = json_object_make(a), *cells = json_array_make(a);
        int64_t         line;
        json_put_integer(one, "number", (int64_t)row->number);
        if (str_to_i64(row->line, &line)) json_put_integer(one, "line", line);
        json_put_text_if(one, "column", row->column);
        json_put_text_if(one, "value", row->value);
        json_put_text(one, "reason", row->reason);
        json_put_text_if(one, "row", row->as_it_stands);
        for (size_t k = 0; k < rows->heading_count; k++) {
            const Json *cell = json_get(typed, str_format(a, "cell.%llu.%zu", (unsigned long long)row->number, k).at);
            json_add_text(cells, cell ? json_text(cell) : row->cells[k]);
        }
        json_put_value(one, "cells", cells);
        json_add_value(out, one);
    }
    return out;
}

/* A page of the rows from `offset` on. */
static bool page_make(Request *req, const Record *r, const Json *part, Str path, uint64_t offset, const Json *typed,
                      Json **out, Err *err)
{
    Arena    *a = req->arena;
    AsideRows rows;
    if (!aside_rows_read(a, path.at, offset, 1, &rows, err)) return false;
    size_t limit = MEND_CELLS / (rows.heading_count + 1);
    if (limit > MEND_ROWS || limit < 1) limit = limit < 1 ? 1 : MEND_ROWS;
    if (!aside_rows_read(a, path.at, offset, limit, &rows, err)) return false;
    Json *value = json_object_make(a), *headings = json_array_make(a);
    for (size_t i = 0; i < rows.heading_count; i++) json_add_text(headings, rows.headings[i]);
    json_put_text(value, "dataset", r->slug.len ? r->slug : r->id);
    json_put_value(value, "name", json_get(r->doc, "name"));
    json_put_text(value, "file", json_get_text(part, "file"));
    json_put_text(value, "sha256", req->slots[1]);
    json_put_integer(value, "total", (int64_t)rows.total);
    json_put_integer(value, "offset", (int64_t)offset);
    json_put_value(value, "headings", headings);
    json_put_value(value, "rows", rows_value(a, &rows, typed));
    *out = value;
    return true;
}

/* What was typed before, when ?job= names a job of the reader's by which none of these rows were mended. */
static Json *typed_before(Request *req)
{
    Str   id = query_get(req, "job");
    Json *job;
    if (!id.len || !intake_value(req->site->intake, req->arena, req->reader.person, id, &job, &(Err){ 0 })) return NULL;
    return str_eq(json_get_text(job, "mends"), req->slots[1]) ? json_get(job, "typed") : NULL;
}

/* GET /dataset/{record}/aside/{hash}: a page of them, the same as JSON, or the file itself as .csv. */
bool aside_show(Request *req, Reply *reply, Err *err)
{
    Arena      *a = req->arena;
    Record      r;
    const Json *part;
    Str         path;
    int64_t     offset = 0;
    reply->no_store = true;
    if (!aside_find(req, &r, &part, &path, err)) return false;
    if (query_get(req, "offset").len && (!str_to_i64(query_get(req, "offset"), &offset) || offset < 0))
        return fail(err, ERR_USAGE, "offset is a number of rows");
    if (str_eq(req->ending, S("csv"))) {
        reply->raw_type = S("text/csv; charset=utf-8; header=present");
        reply->file_name = str_join(a, (Str[]){ json_get_text(part, "file"), S(" set aside") }, 2);
        return file_stream(req, path, reply, err);
    }
    return page_make(req, &r, part, path, (uint64_t)offset, typed_before(req), &reply->value, err);
}

/* "cell.ROW.COLUMN" of the form, in its order, which is that of the rows. */
static bool mends_read(Request *req, Mend **out, size_t *n, Err *err)
{
    *out = NEW_ARRAY(req->arena, Mend, req->form_count + 1);
    *n = 0;
    for (size_t i = 0; i < req->form_count; i++) {
        Cut     kind = str_cut(req->form[i].name, '.'), place = str_cut(kind.tail, '.');
        int64_t row, column;
        if (!str_eq(kind.head, S("cell"))) continue;
        if (!str_to_i64(place.head, &row) || !str_to_i64(place.tail, &column) || row < 0 || column < 0)
            return fail(err, ERR_FORMAT, "no cell \"%.*s\"", STR_ARG(req->form[i].name));
        if (*n && (uint64_t)row < (*out)[*n - 1].row) return fail(err, ERR_FORMAT, "rows come in their order");
        (*out)[(*n)++] = (Mend){ (uint64_t)row, (size_t)column, req->form[i].value };
    }
    return true;
}

static Json *typed_make(const Request *req)
{
    Json *out = json_object_make(req->arena);
    for (size_t i = 0; i < req->form_count; i++)
        if (str_starts(req->form[i].name, S("cell.")))
            json_put_text(out, str_z(req->arena, req->form[i].name), req->form[i].value);
    return out;
}

static bool mends_send(Request *req, const Record *r, Str path, const Mend *mends, size_t n, Str *id, Err *err)
{
    Arena       *a = req->arena;
    Intake      *intake = req->site->intake;
    IntakePlace *place;
    SentFile     file = { 0 };
    size_t       changed;
    if (!import_mended_name(a, r->doc, req->slots[1], &file.name, err) ||
        !intake_place_take(intake, req->reader.person, 0, &place, err))
        return false;
    intake_place_leave(intake, place);
    if (!files_temporary(intake_folder(intake), a, &file.path, err) ||
        !aside_rows_mend(a, path.at, mends, n, file.path.at, &changed, err))
        return false;
    IntakeWish wish = { .dataset = r->slug.len ? r->slug : r->id,
                        .mends = req->slots[1],
                        .typed = typed_make(req),
                        .state = STATE_DRAFT };
    return intake_add(intake, &req->reader, &wish, LOOK_NEVER, &file, 1, id, err);
}

/* The form again, with what was typed and why it was not taken. */
static bool page_again(Request *req, Reply *reply, const Record *r, const Json *part, Str path, uint64_t first_row,
                       const Err *why)
{
    Reply problem = { 0 };
    Json *value;
    if (!page_make(req, r, part, path, first_row, typed_make(req), &value, &(Err){ 0 })) return false;
    problem_reply(req, &problem, why, NULL);
    json_put_value(value, "problem", problem.value);
    reply->value = value;
    reply->status = problem.status;
    reply->page = S("mend");
    return true;
}

/* POST /dataset/{record}/aside/{hash} */
bool aside_mend(Request *req, Reply *reply, Err *err)
{
    Record      r;
    const Json *part;
    Str         path, id;
    Mend       *mends;
    size_t      n;
    reply->no_store = true;
    if (!request_may_write(req, err) || !aside_find(req, &r, &part, &path, err) || !mends_read(req, &mends, &n, err))
        return false;
    if (mends_send(req, &r, path, mends, n, &id, err))
        return reply_redirect(reply, 303, str_join(req->arena, (Str[]){ S("/import/"), id }, 2));
    return !str_eq(req->ending, S("json")) && page_again(req, reply, &r, part, path, n ? mends[0].row : 0, err);
}
