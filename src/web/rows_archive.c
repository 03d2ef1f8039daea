/* Rows as a Darwin Core Archive, row by row through deflate into the stream. */
#include <math.h>

#include "base/zipping.h"
#include "format/darwin_core.h"
#include "web/about.h"
#include "web/rows_inside.h"
#include "web/site.h"

static bool take(void *with, Str bytes, Err *err)
{
    return stream_write(with, bytes) || fail(err, ERR_STORE, "nobody reads on");
}

static void cell_put(Buf *out, const DuckValue *value)
{
    switch (value->type) {
    case DUCK_NULL: break;
    case DUCK_BOOL: buf_put_z(out, value->yes ? "true" : "false"); break;
    case DUCK_INTEGER: buf_put_integer(out, value->integer); break;
    case DUCK_NUMBER:
        if (isfinite(value->number)) rows_put_number(out, value->number);
        break;
    case DUCK_TEXT: darwin_core_put(out, value->text); break;
    }
}

/* Columns of our own, quality flags, stay here. */
static bool goes_out(const TableQuestion *q, size_t i)
{
    return !str_starts(q->results[i].name, S("_"));
}

static bool table_put(Zipping *z, DuckAnswer *answer, const TableQuestion *q, Err *err)
{
    const DuckValue *row;
    Buf              out = { 0 };
    bool             ok = true;
    for (size_t i = 0; i < q->result_count; i++) {
        if (!goes_out(q, i)) continue;
        if (out.len) buf_put_byte(&out, '\t');
        darwin_core_put(&out, q->results[i].name);
    }
    buf_put_byte(&out, '\n');
    while (ok && duck_next(answer, &row, err)) {
        for (size_t i = 0, n = 0; i < q->result_count; i++) {
            if (!goes_out(q, i)) continue;
            if (n++) buf_put_byte(&out, '\t');
            cell_put(&out, &row[i]);
        }
        buf_put_byte(&out, '\n');
        if (out.len < ROWS_CHUNK_BYTES) continue;
        ok = zipping_put(z, buf_str(&out), err);
        buf_clear(&out);
    }
    ok = ok && err->code == ERR_NONE && zipping_put(z, buf_str(&out), err);
    buf_free(&out);
    return ok;
}

bool rows_archive(DuckRun *run, Stream *stream, const RowsWork *w, Err *err)
{
    DuckAnswer          *answer;
    Zipping             *z = zipping_open(w->arena, take, stream);
    const TableQuestion *q = &w->question;
    if (!duck_ask(run, w->arena, q->sql, q->given, q->given_count, &answer, err)) return false;
    bool ok = zipping_file(z, S("meta.xml"), err) && zipping_put(z, w->meta, err) &&
              zipping_file(z, S("eml.xml"), err) && zipping_put(z, w->eml, err) &&
              zipping_file(z, str_of(w->core->file), err) && table_put(z, answer, q, err) && zipping_end(z, err);
    duck_answer_close(answer);
    return ok;
}

static Str day_of(Arena *a, Str when)
{
    return str_copy(a, str_take_first(when, 10));
}

bool rows_archive_prepare(Request *req, const RowsOf *of, const Record *data, RowsWork *w, Err *err)
{
    Arena               *a = req->arena;
    const TableQuestion *q = &w->question;
    About                about;
    DarwinCoreAbout      eml = { 0 };
    Column              *columns = NEW_ARRAY(a, Column, q->result_count);
    size_t               n = 0;
    for (size_t i = 0; i < q->result_count; i++)
        if (goes_out(q, i)) columns[n++] = q->results[i];
    w->core = darwin_core_of(columns, n);
    if (!w->core || q->grouped)
        return fail(
            err, ERR_NO_FORM,
            "the columns are of no core of Darwin Core: no occurrenceID, eventID or taxonID");
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    about_dataset(req, s, data, &about);
    snapshot_close(s);
    about_terms(req, of->now, of->owner, &about);
    about.reach = reach_datasets(req, of, 1);
    Str *creators = NEW_ARRAY(a, Str, about.publisher_count);
    for (size_t i = 0; i < about.publisher_count; i++) creators[i] = about.publishers[i].name;
    eml = (DarwinCoreAbout){ .url = about.url,
                             .id = str_format(a, "%.*s/v%lld", STR_ARG(data->id), (long long)data->version),
                             .doi = json_get_text(data->doc, "doi"),
                             .published = day_of(a, time_text(a, data->updated_ms)),
                             .title = json_get(data->doc, "name"),
                             .description = json_get(data->doc, "description"),
                             .title_fallback = about.title,
                             .creators = creators,
                             .creator_count = about.publisher_count,
                             .licence = json_get_text(data->doc, "licence"),
                             .licence_url = about.licence_url,
                             .citation = json_get_text(data->doc, "citation"),
                             .terms = about.terms,
                             .term_count = about.term_count,
                             .keyword = json_get_text(data->doc, "theme"),
                             .placed = about.reach->placed,
                             .west = about.reach->west,
                             .south = about.reach->south,
                             .east = about.reach->east,
                             .north = about.reach->north,
                             .from = day_of(a, about_from(&about)),
                             .to = day_of(a, about_to(&about)) };
    w->eml = str_copy(w->arena, darwin_core_eml(a, &eml));
    w->meta = str_copy(w->arena, darwin_core_meta(a, w->core, columns, n, about.url));
    return true;
}
