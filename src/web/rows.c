/* See rows.h. Parquet and JSON Lines are written by the engine into a pipe; GeoJSON row by row here;
   a spreadsheet is a file first, because its table of contents stands at its end. */
#include "web/rows_inside.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "data/inbox.h"
#include "data/question_csv.h"
#include "data/restriction.h"
#include "data/seen.h"
#include "format/sheet.h"
#include "store/files.h"
#include "web/site.h"

static const int PIPE_BYTES = 1 << 20;

static const RowsWay ways[] = {
#define ROWS(ending, type, how) { ending, type, ROWS_AS_##how },
#include "web/rows.def"
#undef ROWS
};

const RowsWay *rows_way_at(size_t i)
{
    return i < ROWS_FORMS ? &ways[i] : NULL;
}

const RowsWay *rows_way(Str ending)
{
    for (size_t i = 0; i < ROWS_FORMS; i++)
        if (str_eq_z(ending, ways[i].ending)) return &ways[i];
    return NULL;
}

DeskAsk rows_ask_at(const Request *req, DeskPlace place, int64_t seconds)
{
    return (DeskAsk){ .desk = req->site->desk, .place = place, .seconds = seconds, .peer = req->socket };
}

bool rows_restricted(Request *req, const Json *now, Str owner)
{
    Restriction *list;
    return restrictions_for(&req->reader, req->arena, now, owner, &list) > 0;
}

/* The answer is as old as the oldest of what it was made of: of several datasets, as all that came. */
static void stamp_note(Request *req, Str dataset)
{
    unsigned slot = inbox_slot(dataset), all = inbox_slot(STR_NONE);
    if (req->rows_slot == slot || req->rows_slot == all) return;
    if (!req->rows_slot) {
        req->rows_slot = slot;
        req->rows_stamp = inbox_stamp(req->site->inbox, slot);
        req->rows_all = inbox_stamp(req->site->inbox, all);
        return;
    }
    req->rows_slot = all;
    req->rows_stamp = req->rows_all;
}

/* Behind the parts, what waits. */
static bool waiting_add(Request *req, Arena *a, const RowsOf *of, Table *table, Err *err)
{
    Str     *paths;
    int64_t *rows;
    size_t   n;
    stamp_note(req, of->live);
    if (!inbox_parts(req->site->inbox, a, of->live, of->asked, &paths, &rows, &n, err)) return false;
    if (!n) return true;
    Str     *all = NEW_ARRAY(a, Str, table->part_count + n);
    int64_t *counts = NEW_ARRAY(a, int64_t, table->part_count + n);
    for (size_t i = 0; i < table->part_count + n; i++) {
        bool waits = i >= table->part_count;
        all[i] = waits ? paths[i - table->part_count] : table->parts[i];
        counts[i] = waits ? rows[i - table->part_count] : table->part_rows[i];
    }
    table->parts = all;
    table->part_rows = counts;
    table->part_count += n;
    return true;
}

bool rows_table(Request *req, Arena *a, const RowsOf *of, Table *out, Err *err)
{
    Restriction *list;
    bool         precise = !restrictions_for(&req->reader, a, of->now, of->owner, &list);
    return seen_table(desk_data(req->site->desk), a, &req->reader, of->now, of->asked, of->owner, out, err) &&
           (!precise || !of->live.len || waiting_add(req, a, of, out, err));
}

static bool place_of(const TableQuestion *q, size_t *latitude, size_t *longitude)
{
    *latitude = *longitude = q->result_count;
    for (size_t i = 0; i < q->result_count; i++) {
        if (q->results[i].role == ROLE_OF_LATITUDE) *latitude = i;
        if (q->results[i].role == ROLE_OF_LONGITUDE) *longitude = i;
    }
    return *latitude < q->result_count && *longitude < q->result_count;
}

bool rows_have_place(const TableQuestion *question)
{
    size_t latitude, longitude;
    return place_of(question, &latitude, &longitude) || geometry_column(question->results, question->result_count);
}

void rows_put_number(Buf *out, double x)
{
    char text[40];
    if (!isfinite(x)) {
        buf_put_z(out, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    buf_put_z(out, text);
}

static void value_put(Buf *out, const DuckValue *value)
{
    switch (value->type) {
    case DUCK_NULL: buf_put_z(out, "null"); break;
    case DUCK_BOOL: buf_put_z(out, value->yes ? "true" : "false"); break;
    case DUCK_INTEGER: buf_put_integer(out, value->integer); break;
    case DUCK_NUMBER: rows_put_number(out, value->number); break;
    case DUCK_TEXT: buf_put_json(out, value->text); break;
    }
}

static void row_put_but(Buf *out, const TableQuestion *q, const DuckValue *row, size_t left_out, size_t as_well)
{
    bool any = false;
    buf_put_byte(out, '{');
    for (size_t i = 0; i < q->result_count; i++) {
        if (i == left_out || i == as_well) continue;
        if (any) buf_put_byte(out, ',');
        any = true;
        buf_put_json(out, q->results[i].name);
        buf_put_byte(out, ':');
        value_put(out, &row[i]);
    }
    buf_put_byte(out, '}');
}

void row_put(Buf *out, const TableQuestion *q, const DuckValue *row)
{
    row_put_but(out, q, row, q->result_count, q->result_count);
}

static bool gone(Err *err)
{
    return fail(err, ERR_STORE, "nobody reads on");
}

typedef struct {
    int     from;
    Stream *to;
} Pump;

static void *pump(void *given)
{
    Pump   *p = given;
    char   *bytes = malloc(ROWS_CHUNK_BYTES);
    ssize_t n;
    if (!bytes) memory_end(ROWS_CHUNK_BYTES);
    while ((n = read(p->from, bytes, ROWS_CHUNK_BYTES)) > 0)
        if (!stream_write(p->to, (Str){ bytes, (size_t)n })) break;
    close(p->from); /* the writer meets a closed pipe */
    free(bytes);
    return NULL;
}

static bool engine_write(DuckRun *run, Stream *stream, const RowsWork *w, RowsForm form, Err *err)
{
    int       ends[2];
    pthread_t thread;
    if (pipe2(ends, O_CLOEXEC) != 0) return fail_errno(err, "make a pipe for rows");
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    Pump p = { ends[0], stream };
    if (pthread_create(&thread, NULL, pump, &p) != 0) {
        close(ends[0]);
        close(ends[1]);
        return fail(err, ERR_BUSY, "no thread for rows");
    }
    bool ok = question_copy(run, w->arena, &w->question, form, ends[1], err);
    close(ends[1]);
    pthread_join(thread, NULL);
    return ok;
}

FeatureForm feature_form(const TableQuestion *q, Arena *for_one_row)
{
    FeatureForm   form = { .question = q, .number = q->result_count, .arena = for_one_row };
    const Column *geometry = geometry_column(q->results, q->result_count);
    form.geometry = geometry ? (size_t)(geometry - q->results) : q->result_count;
    place_of(q, &form.latitude, &form.longitude);
    for (size_t i = 0; i < q->result_count; i++)
        if (str_eq_z(q->results[i].name, QUESTION_ROW)) form.number = i;
    return form;
}

Json *feature_shape(const FeatureForm *form, const DuckValue *row)
{
    if (form->geometry == form->question->result_count || row[form->geometry].type != DUCK_TEXT) return NULL;
    arena_reset(form->arena);
    return geometry_read(form->arena, row[form->geometry].text);
}

bool feature_point(const FeatureForm *form, const DuckValue *row, double at[2])
{
    size_t columns[] = { form->longitude, form->latitude };
    for (size_t i = 0; i < 2; i++) {
        const DuckValue *value = columns[i] < form->question->result_count ? &row[columns[i]] : NULL;
        if (!value || (value->type != DUCK_NUMBER && value->type != DUCK_INTEGER)) return false;
        at[i] = value->type == DUCK_INTEGER ? (double)value->integer : value->number;
        if (!isfinite(at[i])) return false;
    }
    return true;
}

void feature_put(Buf *out, const FeatureForm *form, const DuckValue *row, const Json *shape)
{
    size_t none = form->question->result_count;
    double at[2];
    buf_put_z(out, "{\"type\":\"Feature\",");
    if (form->number < none) {
        buf_put_z(out, "\"id\":");
        value_put(out, &row[form->number]);
        buf_put_byte(out, ',');
    }
    buf_put_z(out, "\"geometry\":");
    if (shape) {
        geometry_put(out, shape, form->crs);
    } else if (feature_point(form, row, at)) {
        crs_put(form->crs, at[0], at[1], at);
        buf_put_z(out, "{\"type\":\"Point\",\"coordinates\":[");
        rows_put_number(out, at[0]);
        buf_put_byte(out, ',');
        rows_put_number(out, at[1]);
        buf_put_z(out, "]}");
    } else {
        buf_put_z(out, "null");
    }
    buf_put_z(out, ",\"properties\":");
    row_put_but(out, form->question, row, form->number, shape ? form->geometry : none);
    buf_put_byte(out, '}');
}

static void close_arena(void *arena)
{
    arena_close(arena);
}

static bool geojson_rows(DuckRun *run, Stream *stream, const RowsWork *w, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    FeatureForm      form = feature_form(&w->question, arena_open(0));
    Buf              out = { 0 };
    bool             there = true;
    const char      *between = "\n";
    arena_adopt(w->arena, form.arena, close_arena);
    if (!duck_ask(run, w->arena, w->question.sql, w->question.given, w->question.given_count, &answer, err))
        return false;
    buf_put_z(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    while (there && duck_next(answer, &row, err)) {
        buf_put_z(&out, between);
        between = ",\n";
        feature_put(&out, &form, row, feature_shape(&form, row));
        if (out.len < ROWS_CHUNK_BYTES) continue;
        there = stream_write(stream, buf_str(&out));
        buf_clear(&out);
    }
    bool ok = there ? err->code == ERR_NONE : gone(err);
    buf_put_z(&out, "\n]}\n");
    ok = ok && (stream_write(stream, buf_str(&out)) || gone(err));
    buf_free(&out);
    duck_answer_close(answer);
    return ok;
}

static bool sheet_fill(DuckAnswer *answer, const TableQuestion *q, Sheet *sheet, Err *err)
{
    const DuckValue *row;
    for (size_t i = 0; i < q->result_count; i++) sheet_text(sheet, 0, i, q->results[i].name);
    for (size_t n = 1; duck_next(answer, &row, err); n++) {
        if (n > SHEET_ROWS_MAX)
            return fail(err, ERR_TOO_BIG, "a spreadsheet holds %d rows; filter them, or ask for .csv or .parquet",
                        SHEET_ROWS_MAX);
        for (size_t i = 0; i < q->result_count; i++) {
            if (row[i].type == DUCK_BOOL) sheet_text(sheet, n, i, row[i].yes ? S("true") : S("false"));
            if (row[i].type == DUCK_INTEGER) sheet_number(sheet, n, i, (double)row[i].integer);
            if (row[i].type == DUCK_NUMBER && isfinite(row[i].number)) sheet_number(sheet, n, i, row[i].number);
            if (row[i].type == DUCK_TEXT) sheet_text(sheet, n, i, row[i].text);
        }
    }
    return err->code == ERR_NONE;
}

static bool file_write(const char *path, Stream *stream, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "read the spreadsheet");
    char   *bytes = malloc(ROWS_CHUNK_BYTES);
    ssize_t n;
    bool    there = true;
    if (!bytes) memory_end(ROWS_CHUNK_BYTES);
    while (there && (n = read(fd, bytes, ROWS_CHUNK_BYTES)) > 0)
        there = stream_write(stream, (Str){ bytes, (size_t)n });
    free(bytes);
    close(fd);
    return there || gone(err);
}

/* Counted first: a sheet that is too long would be found out after a minute. */
static bool sheet_holds(DuckRun *run, const RowsWork *w, Err *err)
{
    TableQuestion q = w->question;
    int64_t       total;
    if (q.grouped || (q.limit >= 0 && q.limit <= SHEET_ROWS_MAX)) return true;
    if (!question_count(run, w->arena, &q, false, &total, NULL, err)) return false;
    return total - q.offset <= SHEET_ROWS_MAX ||
           fail(err, ERR_TOO_BIG,
                "a spreadsheet holds %d rows and these are %lld; filter them, or ask for .csv or "
                ".parquet",
                SHEET_ROWS_MAX, (long long)total);
}

static bool sheet_rows(DuckRun *run, Stream *stream, const RowsWork *w, Err *err)
{
    DuckAnswer *answer;
    Sheet      *sheet;
    Str         path;
    if (!sheet_holds(run, w, err) || !files_temporary(w->folder, w->arena, &path, err) ||
        !duck_ask(run, w->arena, w->question.sql, w->question.given, w->question.given_count, &answer, err) ||
        !sheet_open(w->arena, path.at, str_format(w->arena, "%s/tmp", w->folder).at, &sheet, err))
        return false;
    bool ok = sheet_fill(answer, &w->question, sheet, err);
    Err  closing = { 0 };
    if (!sheet_close(sheet, &closing) && ok) ok = fail(err, closing.code, "%s", closing.text);
    duck_answer_close(answer);
    ok = ok && file_write(path.at, stream, err);
    unlink(path.at);
    return ok;
}

static bool take(void *stream, Str bytes)
{
    return stream_write(stream, bytes);
}

bool rows_write(DuckRun *run, Stream *stream, void *with, Err *err)
{
    const RowsWork *w = with;
    switch (w->as) {
    case ROWS_AS_CSV: return question_csv(run, w->arena, &w->question, take, stream, err);
    case ROWS_AS_PARQUET: return engine_write(run, stream, w, ROWS_PARQUET, err);
    case ROWS_AS_JSON_LINES: return engine_write(run, stream, w, ROWS_JSON_LINES, err);
    case ROWS_AS_GEOJSON: return geojson_rows(run, stream, w, err);
    case ROWS_AS_XLSX: return sheet_rows(run, stream, w, err);
    case ROWS_AS_DWCA: return rows_archive(run, stream, w, err);
    case ROWS_FORMS: break;
    }
    return fail(err, ERR_INTERNAL, "no such form of rows");
}
