/* The pages of an import: the form, the preview with its columns to be corrected, progress, what came of it, and
   rows set aside to be mended. Doubts, reasons and flags are words of the reader's language here. */
#include "text/lang.h"
#include "text/recode.h"
#include "web/view/tools.h"

#define ASIDE_ON_PAGE 20
#define COLUMNS_SHOWN 8

static Str number_words(const ViewWork *w, int64_t n)
{
    return number_text(w->req->arena, (double)n, 0, w->req->lang);
}

static Str bytes_words(const ViewWork *w, int64_t bytes)
{
    static const char *const units[] = { "import.bytes", "import.kilobytes", "import.megabytes", "import.gigabytes" };
    double                   n = (double)bytes;
    size_t                   unit = 0;
    while (unit < 3 && n >= 1000) n /= 1024, unit++;
    return words_with(w, units[unit], "n", number_text(w->req->arena, n, n < 10 && unit ? 1 : 0, w->req->lang));
}

static Str percent(const ViewWork *w, double share)
{
    return str_format(w->req->arena, "%d", (int)(100 * share));
}

static void job_row(const ViewWork *w, const Json *job, Json *into)
{
    Arena      *a = w->req->arena;
    Json       *one = json_object_make(a);
    const Json *files = json_get(job, "files");
    Str         first = json_get_text(json_array_get(files, 0), "name");
    size_t      n = json_array_size(files);
    json_put_text(one, "url", json_get_text(job, "url"));
    json_put_text(one, "name", first);
    if (n > 1) json_put_text(one, "more", words_count(w, "import.more-files", n - 1));
    json_put_text(one, "state",
                  words(w, str_format(a, "import.state.%.*s", STR_ARG(json_get_text(job, "state"))).at));
    json_put_text_if(one, "dataset", json_get_text(job, "dataset"));
    json_add_value(into, one);
}

bool view_import(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Json *dataset = json_get(value, "dataset"), *jobs = json_get(value, "jobs");
    Json       *rows = json_array_make(a), *audiences;
    bool        publish;
    for (size_t i = 0; i < json_array_size(jobs); i++) job_row(w, json_array_get(jobs, i), rows);
    json_put_value(view, "jobs", rows);
    json_put_text(view, "limit", bytes_words(w, json_get_integer(value, "max_bytes", 0)));
    json_put_text(view, "hours", number_words(w, json_get_integer(value, "hours", 0)));
    json_put_bool(view, "is_new", dataset == NULL);
    json_put_value(view, "owners", owners_shown(w, query_get(w->req, "owner"), &publish));
    json_put_bool(view, "may_publish", publish);
    if (!audiences_shown(w, query_get(w->req, "audience"), &audiences, err)) return false;
    json_put_value(view, "audiences", audiences);
    if (!dataset) return true;
    json_put_value(view, "title", shown_text(w, json_get(dataset, "name")));
    json_put_text(view, "url", json_get_text(dataset, "url"));
    json_put_bool(view, "has_columns", json_get_bool(dataset, "has_columns"));
    return true;
}

/* ---- what a report says ---- */

static Str examples_words(const ViewWork *w, const Json *list)
{
    Buf *out = buf_open(w->req->arena);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i) buf_put_z(out, " · ");
        buf_put(out, json_text(json_array_get(list, i)));
    }
    return buf_str(out);
}

static Json *doubts_make(const ViewWork *w, const Json *report)
{
    Arena      *a = w->req->arena;
    const Json *list = json_get(report, "doubts");
    Json       *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *doubt = json_array_get(list, i);
        Json       *one = json_object_make(a);
        Str         key = str_format(a, "doubt.%.*s", STR_ARG(json_get_text(doubt, "doubt")));
        json_put_text_if(one, "column", json_get_text(doubt, "column"));
        json_put_text(one, "text", words(w, key.at));
        Str type = json_get_text(doubt, "type"); /* that a column would be corrected to */
        if (type.len) json_put_text(one, "type", words(w, str_format(a, "choice.%.*s", STR_ARG(type)).at));
        json_put_text_if(one, "pattern", json_get_text(doubt, "pattern"));
        json_put_text_if(one, "examples", examples_words(w, json_get(doubt, "examples")));
        json_add_value(out, one);
    }
    return out;
}

static Str reason_words(const ViewWork *w, Str reason)
{
    return words(w, str_format(w->req->arena, "aside.%.*s", STR_ARG(reason)).at);
}

static Json *aside_make(const ViewWork *w, const Json *report)
{
    Arena      *a = w->req->arena;
    const Json *list = json_get(report, "aside");
    Json       *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list) && i < ASIDE_ON_PAGE; i++) {
        const Json *row = json_array_get(list, i);
        Json       *one = json_object_make(a);
        json_put_text(one, "line", str_format(a, "%lld", (long long)json_get_integer(row, "line", 0)));
        json_put_text(one, "column", json_get_text(row, "column"));
        json_put_text(one, "value", json_get_text(row, "value"));
        json_put_text(one, "reason", reason_words(w, json_get_text(row, "reason")));
        json_add_value(out, one);
    }
    return out;
}

static Str flag_examples(const ViewWork *w, const Json *list)
{
    Arena *a = w->req->arena;
    Buf   *out = buf_open(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *example = json_array_get(list, i);
        const char *name;
        Json       *text;
        int64_t     line = json_get_integer(example, "line", 0);
        if (i) buf_put_z(out, " · ");
        if (line > 0) buf_put(out, words_with(w, "import.line", "n", str_format(a, "%lld", (long long)line)));
        bool first = true;
        json_object_foreach((Json *)json_get(example, "values"), name, text)
        {
            buf_putf(out, "%s%s %.*s", first ? (line > 0 ? ": " : "") : ", ", name, STR_ARG(json_text(text)));
            first = false;
        }
    }
    return buf_str(out);
}

static void put_flags(const ViewWork *w, const Json *list, bool widespread, Json *out)
{
    Arena *a = w->req->arena;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *flag = json_array_get(list, i);
        Json       *one = json_object_make(a);
        bool        error = str_eq(json_get_text(flag, "severity"), S("error"));
        json_put_text(one, "word", words(w, str_format(a, "flag.%.*s", STR_ARG(json_get_text(flag, "flag"))).at));
        json_put_text(one, "severity", words(w, error ? "severity.error" : "severity.warning"));
        json_put_text(one, "rows", number_words(w, json_get_integer(flag, "rows", 0)));
        json_put_text(one, "examples",
                      widespread ? words(w, "quality.widespread") : flag_examples(w, json_get(flag, "examples")));
        json_add_value(out, one);
    }
}

static Json *flags_make(const ViewWork *w, const Json *report)
{
    Json *out = json_array_make(w->req->arena);
    put_flags(w, json_get(report, "flags"), false, out);
    put_flags(w, json_get(report, "widespread"), true, out);
    return out;
}

/* Rows read, set aside and flagged in words, and the lists of a report. */
static void outcome_put(const ViewWork *w, const Json *outcome, Json *into)
{
    const Json *report = json_get(outcome, "report");
    int64_t     aside = json_get_integer(outcome, "aside", 0), flagged = json_get_integer(outcome, "flagged", 0);
    json_put_text(into, "rows", words_count(w, "import.rows", (uint64_t)json_get_integer(outcome, "rows", 0)));
    if (aside > 0) json_put_text(into, "aside", words_count(w, "dataset.flagged-aside", (uint64_t)aside));
    json_put_text(into, "flagged", words_count(w, "dataset.flagged", (uint64_t)flagged));
    if (aside > ASIDE_ON_PAGE)
        json_put_text(into, "aside_shown", words_count(w, "dataset.shown", ASIDE_ON_PAGE));
    json_put_value(into, "aside_rows", aside_make(w, report));
    json_put_value(into, "doubts", doubts_make(w, report));
    json_put_value(into, "flags", flags_make(w, report));
}

/* ---- the preview ---- */

static Str cell_text(const ViewWork *w, const Json *value)
{
    if (json_is_string(value)) return json_text(value);
    if (json_is_boolean(value)) return words(w, json_is_true(value) ? "dataset.yes" : "dataset.no");
    return json_is_number(value) ? json_write(w->req->arena, value) : STR_NONE;
}

static Json *rows_make(const ViewWork *w, const Json *rows)
{
    Arena *a = w->req->arena;
    Json  *out = json_array_make(a);
    for (size_t r = 0; r < json_array_size(rows); r++) {
        const Json *from = json_array_get(rows, r);
        Json       *row = json_object_make(a), *cells = json_array_make(a);
        for (size_t c = 0; c < json_array_size(from); c++) {
            const Json *value = json_array_get(from, c);
            Json       *cell = json_object_make(a);
            json_put_text(cell, "text", cell_text(w, value));
            json_put_bool(cell, "number", json_is_number(value));
            json_add_value(cells, cell);
        }
        json_put_value(row, "cells", cells);
        json_add_value(out, row);
    }
    return out;
}

static Json *choices_make(const ViewWork *w, const char *path, Str chosen, bool may_be_none)
{
    const Kind  *kind = kind_find(view_kinds(w), S("dataset"));
    const Field *field = kind ? kind_field(kind, str_of(path)) : NULL;
    Json        *out = json_array_make(w->req->arena);
    if (may_be_none) json_add_value(out, option_shown(w, S(""), words(w, "form.none"), !chosen.len));
    for (size_t i = 0; field && i < field->choice_count; i++)
        json_add_value(out, option_shown(w, field->choices[i], choice_word(w, kind, field, field->choices[i]),
                                         str_eq(field->choices[i], chosen)));
    return out;
}

static Str texts_joined(Arena *a, const Json *list, Str with)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i) buf_put(out, with);
        buf_put(out, json_text(json_array_get(list, i)));
    }
    return buf_str(out);
}

static Json *column_make(const ViewWork *w, const Json *column, size_t i)
{
    Arena      *a = w->req->arena;
    Json       *one = json_object_make(a);
    const Json *from = json_get(column, "from");
    Str         name = json_get_text(column, "name");
    json_put_text(one, "i", str_format(a, "%zu", i));
    json_put_text(one, "name", name);
    if (json_array_size(from) && !(json_array_size(from) == 1 && str_eq(json_text(json_array_get(from, 0)), name)))
        json_put_text(one, "from", texts_joined(a, from, S(" + ")));
    json_put_value(one, "types", choices_make(w, "columns.type", json_get_text(column, "type"), false));
    json_put_value(one, "roles", choices_make(w, "columns.role", json_get_text(column, "role"), true));
    json_put_text(one, "unit", json_get_text(column, "unit"));
    json_put_text(one, "pattern", json_get_text(column, "pattern"));
    json_put_text(one, "missing", texts_joined(a, json_get(column, "missing"), S(", ")));
    return one;
}

/* The other sheets of a workbook, or tables of an archive: a look may be at another. */
static Json *sheets_make(const ViewWork *w, const Json *look, Str chosen)
{
    const Json *doubts = json_get(json_get(look, "report"), "doubts");
    Json       *out = json_array_make(w->req->arena);
    json_add_value(out, option_shown(w, chosen, chosen.len ? chosen : words(w, "import.first-sheet"), true));
    for (size_t i = 0; i < json_array_size(doubts); i++) {
        const Json *doubt = json_array_get(doubts, i), *names = json_get(doubt, "examples");
        if (!str_eq(json_get_text(doubt, "doubt"), S("other-sheets"))) continue;
        for (size_t k = 0; k < json_array_size(names); k++) {
            Str name = json_text(json_array_get(names, k));
            json_add_value(out, option_shown(w, name, name, false));
        }
    }
    if (chosen.len) json_add_value(out, option_shown(w, S(""), words(w, "import.first-sheet"), false));
    return json_array_size(out) > 1 ? out : NULL;
}

/* Encodings, where a text is in another than UTF-8 or may be: a look may be by another. */
static Json *encodings_make(const ViewWork *w, const Json *look, Str chosen)
{
    Arena      *a = w->req->arena;
    const Json *report = json_get(look, "report"), *doubts = json_get(report, "doubts");
    Str         found = json_get_text(report, "encoding");
    bool        asked = chosen.len || (found.len && !str_eq_z(found, "UTF-8"));
    for (size_t i = 0; i < json_array_size(doubts); i++) {
        Str doubt = json_get_text(json_array_get(doubts, i), "doubt");
        asked = asked || str_eq_z(doubt, "broken-characters") || str_eq_z(doubt, "encoded-twice");
    }
    if (!asked) return NULL;
    Json                *out = json_array_make(a);
    Str                  as_found = words(w, "import.encoding-found");
    size_t               n;
    const UsualEncoding *usual = recode_usual(&n);
    if (!chosen.len) as_found = str_join(a, (Str[]){ found, S(" · "), as_found }, 3);
    json_add_value(out, option_shown(w, S(""), as_found, !chosen.len));
    for (size_t i = 0; i < n; i++) {
        Str text = usual[i].name;
        if (usual[i].lang.len)
            text = str_join(a, (Str[]){ text, S(" · "), lang_name(a, usual[i].lang, w->req->lang) }, 3);
        json_add_value(out, option_shown(w, usual[i].name, text, str_eq(chosen, usual[i].name)));
    }
    return out;
}

static void look_put(const ViewWork *w, const Json *job, Json *view)
{
    Arena      *a = w->req->arena;
    const Json *look = json_get(job, "look"), *columns = json_get(look, "columns");
    Json       *out = json_object_make(a), *list = json_array_make(a), *heads = json_array_make(a);
    const Json *rows = json_get(json_get(look, "report"), "rows"), *first = json_array_get(rows, 0);
    const Json *given = json_get(look, "given") ? json_get(look, "given") : columns;
    for (size_t i = 0; i < json_array_size(given); i++)
        json_add_value(list, column_make(w, json_array_get(given, i), i));
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const Json *column = json_array_get(columns, i);
        Json       *head = json_object_make(a);
        json_put_text(head, "name", json_get_text(column, "name"));
        if (!str_has(json_get_text(column, "name"), json_get_text(column, "unit")))
            json_put_text_if(head, "unit", json_get_text(column, "unit"));
        json_put_bool(head, "number", json_is_number(json_array_get(first, i)));
        json_add_value(heads, head);
    }
    outcome_put(w, look, out);
    json_put_bool(out, "unchanged", json_get_bool(look, "unchanged"));
    json_put_text_if(out, "same_as", json_get_text(look, "same_as"));
    json_put_value(out, "heads", heads);
    json_put_value(out, "rows_shown", rows_make(w, rows));
    if (!json_get_bool(json_get(job, "into"), "has_columns")) json_put_value(out, "columns", list);
    /* A telephone shows a column or two at a time: many are folded away. */
    json_put_bool(out, "many", json_array_size(list) > COLUMNS_SHOWN);
    json_put_text(out, "column_count", number_words(w, (int64_t)json_array_size(list)));
    Json *sheets = sheets_make(w, look, json_get_text(job, "sheet"));
    if (sheets) json_put_value(out, "sheets", sheets);
    Json *encodings = encodings_make(w, look, json_get_text(job, "encoding"));
    if (encodings) json_put_value(out, "encodings", encodings);
    json_put_bool(out, "all_tables", json_get_bool(job, "all_tables"));
    json_put_value(view, "look", out);
}

/* ---- what came of it ---- */

static void problem_put(const ViewWork *w, const Json *from, Json *into)
{
    const Json *problem = json_get(from, "problem");
    Str         type = json_get_text(problem, "type");
    if (!problem) return;
    Json *out = json_object_make(w->req->arena);
    json_put_text(out, "title",
                  words(w, str_format(w->req->arena, "error.%.*s", STR_ARG(str_cut(type, '#').tail)).at));
    json_put_text(out, "cause", json_get_text(problem, "cause"));
    json_put_value(into, "problem", out);
}

static Json *file_make(const ViewWork *w, const Json *file, Str dataset_url)
{
    Arena *a = w->req->arena;
    Json  *out = json_object_make(a);
    Str    state = json_get_text(file, "state"), aside = json_get_text(file, "aside_sha256");
    Str    own = json_get_text(file, "dataset");
    bool   done = str_eq(state, S("done")), unchanged = json_get_bool(file, "unchanged");
    json_put_text(out, "name", json_get_text(file, "name"));
    json_put_text(out, "bytes", bytes_words(w, json_get_integer(file, "bytes", 0)));
    json_put_text(out, "state", words(w, str_format(a, "import.state.%.*s", STR_ARG(state)).at));
    json_put_bool(out, "done", done && !unchanged);
    json_put_bool(out, "unchanged", done && unchanged);
    json_put_bool(out, "replaced", json_get_bool(file, "replaced"));
    json_put_text_if(out, "same_as", json_get_text(file, "same_as"));
    problem_put(w, file, out);
    if (own.len) dataset_url = record_url(a, S("dataset"), own);
    if (own.len) json_put_text(out, "own_url", dataset_url);
    json_put_text_if(out, "own", own);
    if (!done) return out;
    outcome_put(w, file, out);
    if (aside.len && dataset_url.len)
        json_put_text(out, "aside_url", str_join(a, (Str[]){ dataset_url, S("/aside/"), aside }, 3));
    return out;
}

bool view_job(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    Arena      *a = w->req->arena;
    const Json *files = json_get(value, "files"), *into = json_get(value, "into");
    Json       *list = json_array_make(a);
    Str         state = json_get_text(value, "state"), url = json_get_text(into, "url");
    bool        waits = str_eq(state, S("waiting")),
         works = str_eq(state, S("looking")) || str_eq(state, S("importing"));
    int64_t until_ms;
    for (size_t i = 0; i < json_array_size(files); i++)
        json_add_value(list, file_make(w, json_array_get(files, i), url));
    json_put_text(view, "state", words(w, str_format(a, "import.state.%.*s", STR_ARG(state)).at));
    json_put_text(view, "state_name", state);
    json_put_text(view, "percent", percent(w, json_get_number(value, "share", 0)));
    json_put_bool(view, "works", works);
    json_put_bool(view, "waits", waits);
    json_put_bool(view, "over", !waits && !works);
    json_put_bool(view, "mends", json_get_text(value, "mends").len > 0);
    json_put_value(view, "files", list);
    if (json_array_size(files) > 1)
        json_put_text(view, "others", words_count(w, "import.others-wait", json_array_size(files) - 1));
    json_put_text_if(view, "url", url);
    if (into) json_put_value(view, "title", shown_text(w, json_get(into, "name")));
    else json_put_bool(view, "is_new", true);
    json_put_text_if(view, "title_given", json_get_text(value, "title"));
    json_put_bool(view, "may_publish", !into && may_publish(&w->req->reader, json_get_text(value, "owner")));
    if (time_read(json_get_text(value, "until"), &until_ms))
        json_put_text(view, "until", when_words(a, until_ms, w->req->lang));
    problem_put(w, value, view);
    if (url.len && json_get(value, "typed")) {
        Str parts[] = { url, S("/aside/"), json_get_text(value, "mends"), S("?job="), json_get_text(value, "id") };
        json_put_text(view, "mend_again", str_join(a, parts, 5));
    }
    if (waits && json_get(value, "look")) look_put(w, value, view);
    return true;
}

/* ---- rows to be mended ---- */

static Json *cells_make(const ViewWork *w, const Json *headings, const Json *row)
{
    Arena      *a = w->req->arena;
    Json       *out = json_array_make(a);
    const Json *cells = json_get(row, "cells");
    Str         wrong = json_get_text(row, "column");
    for (size_t i = 0; i < json_array_size(headings); i++) {
        Str   heading = json_text(json_array_get(headings, i));
        Json *one = json_object_make(a);
        json_put_text(one, "name", heading);
        json_put_text(one, "value", json_text(json_array_get(cells, i)));
        json_put_text(one, "input",
                      str_format(a, "cell.%lld.%zu", (long long)json_get_integer(row, "number", 0), i));
        json_put_bool(one, "wrong", wrong.len && str_eq(heading, wrong));
        json_add_value(out, one);
    }
    return out;
}

bool view_mend(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    Arena      *a = w->req->arena;
    const Json *rows = json_get(value, "rows");
    Json       *list = json_array_make(a);
    Str         url = record_url(a, S("dataset"), json_get_text(value, "dataset"));
    int64_t     total = json_get_integer(value, "total", 0), offset = json_get_integer(value, "offset", 0);
    int64_t     shown = (int64_t)json_array_size(rows);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const Json *row = json_array_get(rows, i);
        Json       *one = json_object_make(a);
        Str         line = str_format(a, "%lld", (long long)json_get_integer(row, "line", 0));
        json_put_text(one, "line", words_with(w, "import.line", "n", line));
        json_put_text(one, "reason", reason_words(w, json_get_text(row, "reason")));
        json_put_text_if(one, "as_it_stands", json_get_text(row, "row"));
        json_put_value(one, "cells", cells_make(w, json_get(value, "headings"), row));
        json_add_value(list, one);
    }
    json_put_value(view, "title", shown_text(w, json_get(value, "name")));
    json_put_text(view, "url", url);
    json_put_text(view, "here", str_join(a, (Str[]){ url, S("/aside/"), json_get_text(value, "sha256") }, 3));
    json_put_text(view, "count", words_count(w, "dataset.flagged-aside", (uint64_t)total));
    problem_put(w, value, view);
    if (shown < total) json_put_text(view, "shown", words_count(w, "dataset.shown", (uint64_t)shown));
    if (offset + shown < total)
        json_put_text(view, "next",
                      question_url(w, "offset", str_format(a, "%lld", (long long)(offset + shown)), false));
    json_put_value(view, "rows", list);
    return true;
}
