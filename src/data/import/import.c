#include "data/import.h"

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/time.h"
#include "data/aside.h"
#include "data/doubt.h"
#include "data/flag.h"
#include "data/import/inside.h"
#include "data/import/watch.h"
#include "data/import/widen.h"
#include "data/parquet.h"
#include "data/source.h"
#include "data/turn.h"
#include "store/files.h"

#define GROUP_ROWS        122880
#define DISTINCT_EXACT    100000 /* rows of a part whose different values are counted, whatever they are */
#define DESCRIBED_AT_ONCE 100    /* columns */

typedef ImportWork Work;

/* ---- the dataset ---- */

bool import_find_dataset(Work *w, Err *err)
{
    Err why = { 0 };
    if (!w->o->dataset.len) return true;
    Snapshot *s = snapshot_open(data_node(w->data), w->o->who, STR_NONE);
    w->there = record_read(s, w->a, S("dataset"), w->o->dataset, &w->head, &why);
    snapshot_close(s);
    if (!w->there) return why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
    if (w->head.state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the dataset was withdrawn");
    if (!may_edit(w->o->who, w->head.owner))
        return fail(err, w->o->who->person.len ? ERR_FORBIDDEN : ERR_SIGN_IN, "this person may not write for \"%.*s\"",
                    STR_ARG(w->head.owner));
    return true;
}

static const Column *column_from(const Work *w, Str heading)
{
    for (size_t i = 0; heading.len && i < w->column_count; i++) {
        const Column *c = &w->columns[i];
        if (str_eq(c->from_count == 1 ? c->from[0] : c->name, heading)) return c;
    }
    return NULL;
}

/* The core's rows that those of an extension belong to. */
static void reference_core(Work *w)
{
    Column *c = (Column *)column_from(w, w->source.core_id);
    if (!c || !w->o->key_dataset.len || !w->o->key_column.len) return;
    c->key_dataset = w->o->key_dataset;
    c->key_column = w->o->key_column;
}

/* The dataset says that these numbers are none. */
static bool are_missing(const Column *c, const Json *examples)
{
    for (size_t i = 0; i < json_array_size(examples); i++) {
        bool has = false;
        for (size_t k = 0; c && k < c->missing_count; k++)
            has = has || str_eq(c->missing[k], json_text(json_array_get(examples, i)));
        if (!has) return false;
    }
    return true;
}

static const Column *found_for(const Work *w, const Column *c)
{
    return columns_find(w->found.columns, w->found.column_count, c->from_count ? c->from[0] : c->name);
}

/* The units that the file says are those of the dataset's columns. */
static bool are_its_units(const Work *w)
{
    for (size_t i = 0; i < w->column_count; i++) {
        const Column *found = found_for(w, &w->columns[i]);
        if (found && found->unit.len && !str_eq(found->unit, w->columns[i].unit)) return false;
    }
    return true;
}

/* What nothing follows from where the dataset says its columns: its next file needs no question. */
static void doubts_settled(Work *w)
{
    for (size_t i = json_array_size(w->found.doubts); i-- > 0;) {
        const Json   *doubt = json_array_get(w->found.doubts, i);
        const Column *column = columns_find(w->columns, w->column_count, json_get_text(doubt, "column"));
        Str           name = json_get_text(doubt, "doubt");
        bool          says = column && column->pattern.len && str_ends(name, S("-or-thousands"));
        says = says || (str_eq(name, S("maybe-missing-number")) && are_missing(column, json_get(doubt, "examples")));
        says = says || (str_eq(name, S("units-below-headings")) && are_its_units(w));
        if (says || str_eq(name, S("empty-columns")) || str_starts(name, S("mostly-")))
            json_array_remove(w->found.doubts, i);
    }
}

static bool widen(Work *w, Err *err)
{
    bool *widened = NEW_ARRAY(w->a, bool, w->column_count);
    w->before = json_get(w->head.doc, "columns");
    w->widened = NULL;
    if (!columns_widen(w->data, w->run, w->a, &w->head, &w->found, w->columns, w->column_count, widened, err))
        return false;
    for (size_t i = 0; i < w->column_count; i++)
        if (widened[i]) w->widened = widened;
    return true;
}

/* Dates in any form (Table Schema's format `any`): in the one that was recognised in this file. */
static void settle_any(Work *w)
{
    for (size_t i = 0; i < w->column_count; i++) {
        Column       *c = &w->columns[i];
        const Column *found = found_for(w, c);
        if (str_eq_z(c->pattern, COLUMN_ANY_FORM))
            c->pattern = found && found->type == c->type ? found->pattern : STR_NONE;
    }
}

static bool choose_columns(Work *w, Err *err)
{
    const Json *given = w->o->columns;
    w->has_columns = w->there && json_array_size(json_get(w->head.doc, "columns")) > 0;
    w->columns = w->found.columns;
    w->column_count = w->found.column_count;
    if (w->has_columns) {
        if (!columns_read(w->a, w->head.doc, &w->columns, &w->column_count, err)) return false;
        doubts_settled(w);
        if (!widen(w, err)) return false;
        columns_take_forms(w->data, w->run, w->a, &w->head, &w->found, w->columns, w->column_count);
    } else if (given) {
        Json *doc = json_object_make(w->a);
        json_put_value(doc, "columns", (Json *)(json_is_array(given) ? given : json_get(given, "columns")));
        if (!columns_read(w->a, doc, &w->columns, &w->column_count, err)) return false;
        if (!w->column_count) return fail(err, ERR_INVALID, "no columns are given");
        settle_any(w);
    } else {
        reference_core(w);
    }
    const Column *id = column_from(w, w->source.id);
    w->out.id_column = id ? id->name : STR_NONE;
    Key *keys;
    Str  stamp;
    w->rules = (FlagRules){ .columns = w->columns, .n = w->column_count };
    if (!keys_find(w->data, w->a, w->o->who, w->there ? &w->head : NULL, w->columns, w->column_count, w->found.doubts,
                   &keys, &w->rules.key_count, &stamp, err))
        return false;
    w->rules.keys = keys;
    Str text = json_write(w->a, columns_write(w->a, w->columns, w->column_count));
    text = str_join(w->a, (Str[]){ text, stamp }, 2);
    Hash hash = hash_of(text.at, text.len);
    w->columns_hash = hex_make(w->a, hash.b, sizeof hash.b);
    w->out.columns = columns_write(w->a, w->columns, w->column_count);
    return reading_make(w->a, &w->found, w->columns, w->column_count, w->has_columns, &w->reading, err);
}

/* ---- was it there ---- */

/* The part was made by these columns: it says so itself. */
static bool made_by_these(Work *w, Str part, bool *same, Err *err)
{
    Str       path;
    DuckValue value = { 0 };
    Err       why = { 0 };
    *same = false;
    if (!files_find(data_parts(w->data), w->a, part, &path, &why)) return true; /* lost: it is made again */
    Buf *sql = buf_open(w->a);
    buf_put_z(sql, "SELECT coalesce(max(decode(value)), '') FROM parquet_kv_metadata(");
    sql_text(sql, path);
    buf_put_z(sql, ") WHERE decode(key) = 'banyan_columns'");
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &value, err)) return false;
    *same = value.type == DUCK_TEXT && str_eq(value.text, w->columns_hash);
    return true;
}

/* By its bytes, and how they are read when somebody says so; of a workbook each sheet that is named is a file of its
   own. */
bool import_is_same_file(const Work *w, const Json *part)
{
    return str_eq(json_get_text(part, "file_sha256"), w->source.sha256) &&
           (!w->o->encoding.len || str_eq(json_get_text(part, "encoding"), w->source.encoding)) &&
           (!w->o->sheet.len || str_eq(json_get_text(part, "file"), w->name));
}

static bool find_same(Work *w, Err *err)
{
    const Json *parts = w->there ? json_get(w->head.doc, "parts") : NULL;
    for (size_t i = 0; i < json_array_size(parts) && !w->out.unchanged; i++) {
        const Json *part = json_array_get(parts, i);
        if (!import_is_same_file(w, part)) continue;
        if (!made_by_these(w, json_get_text(part, "sha256"), &w->out.unchanged, err)) return false;
        if (!w->out.unchanged) continue;
        if (!str_eq(json_get_text(part, "file"), w->name)) w->out.same_as = json_get_text(part, "file");
        w->out.part = json_get_text(part, "sha256");
        w->out.aside_file = json_get_text(part, "aside_sha256");
        w->out.rows = (uint64_t)json_get_integer(part, "rows", 0);
        w->out.aside = (uint64_t)json_get_integer(part, "aside", 0);
        w->out.bytes = (uint64_t)json_get_integer(part, "bytes", 0);
        w->out.record = w->head;
    }
    return true;
}

/* ---- the part ---- */

/* Delimited text is read in pieces of 8 MB (reading.c), and each becomes a row group: whichever thread reads it and
   when, so that the same file gives the same part. Of what comes in pieces of other sizes the rows are put one behind
   the other on one thread, and cut. */
static bool in_pieces(const Work *w)
{
    return !w->found.sql_types && !w->found.padded;
}

static Str copy_options(Work *w, int group_rows)
{
    Buf *out = buf_open(w->a);
    sql_parquet(out, w->column_count);
    buf_putf(out, ", ROW_GROUP_SIZE %d, KV_METADATA {banyan_columns: '%.*s'})", group_rows, STR_ARG(w->columns_hash));
    return buf_str(out);
}

/* The dataset's parts so far, with the types that columns take now. */
static bool widen_parts(Work *w, Err *err)
{
    return !w->widened ||
           parts_widen(w->data, w->run, w->a, json_get(w->head.doc, "parts"), w->columns, w->column_count, w->widened,
                       copy_options(w, GROUP_ROWS), &w->parts_now, err);
}

static bool write_part(Work *w, Err *err)
{
    Buf      *sql = buf_open(w->a);
    DuckValue count;
    if (!files_temporary(data_parts(w->data), w->a, &w->part, err)) return false;
    buf_put_z(sql, "COPY (SELECT * REPLACE (");
    flags_row_sql(w->columns, w->column_count, time_now_ms(), sql);
    buf_put_z(sql, " AS _flags) FROM (");
    reading_sql(&w->reading, sql);
    buf_put_z(sql, in_pieces(w) ? ")) TO " : ") QUALIFY row_number() OVER () > 0) TO ");
    sql_text(sql, w->part);
    buf_put(sql, copy_options(w, in_pieces(w) ? 0 : GROUP_ROWS));
    if (!duck_ask_one(w->run, w->a, buf_str(sql), NULL, 0, &count, err)) return false;
    w->out.rows = (uint64_t)count.integer;
    return true;
}

/* The checks that need the whole part. */
static bool flag_part(Work *w, Err *err)
{
    FlagPart part = { .run = w->run,
                      .rules = &w->rules,
                      .path = w->part,
                      .rows = w->out.rows,
                      .memory_bytes = data_memory_beside(w->data) };
    return w->out.rows == 0 || (files_temporary(data_parts(w->data), w->a, &part.temporary, err) &&
                                flags_table(w->a, &part, &w->flags, err));
}

static void put_value(Json *into, const char *key, const DuckValue *v)
{
    if (v->type == DUCK_TEXT) json_put_text(into, key, v->text);
    if (v->type == DUCK_INTEGER) json_put_integer(into, key, v->integer);
    if (v->type == DUCK_NUMBER) json_put_number(into, key, v->number);
}

/* Whether each column is written by a dictionary throughout: then its different values are few, and soon told. */
static bool find_few(Work *w, bool *few, Err *err)
{
    Buf             *sql = buf_open(w->a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_put_z(sql, "SELECT path_in_schema FROM parquet_metadata(");
    sql_text(sql, w->part);
    buf_put_z(sql, ") GROUP BY 1 HAVING bool_and(dictionary_page_offset IS NOT NULL)");
    if (!duck_ask(w->run, w->a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err))
        for (size_t i = 0; i < w->column_count; i++)
            if (str_eq(row[0].text, w->columns[i].name)) few[i] = true;
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

/* `row`: how many values are missing, the least, the most, and how many different ones there are. */
static void put_column(const Work *w, size_t i, const DuckValue *row, Json *into)
{
    Json *one = json_object_make(w->a);
    json_put_text(one, "name", w->columns[i].name);
    json_put_text(one, "type", str_of(column_type_name(w->columns[i].type)));
    json_put_text_if(one, "role", str_of(column_role_name(w->columns[i].role)));
    json_put_text_if(one, "unit", w->columns[i].unit);
    put_value(one, "missing", &row[0]);
    put_value(one, "minimum", &row[1]);
    put_value(one, "maximum", &row[2]);
    put_value(one, "distinct", &row[3]);
    json_add_value(into, one);
}

static bool describe_column(Work *w, size_t i, bool exact, Json *into, Err *err)
{
    Buf             *sql = buf_open(w->a), *name = buf_open(w->a);
    DuckAnswer      *answer;
    const DuckValue *row;
    sql_name(name, w->columns[i].name);
    buf_putf(sql,
             exact ? "SELECT CAST(coalesce(sum(n) FILTER (v IS NULL), 0) AS BIGINT), min(v), max(v), "
                     "count(v) FROM (SELECT %s AS v, count(*) AS n"
                   : "SELECT count(*) - count(v), min(v), max(v), least(approx_count_distinct(v), count(v)) FROM "
                     "(SELECT %s AS v",
             name->at);
    buf_put_z(sql, " FROM read_parquet(");
    sql_text(sql, w->part);
    buf_put_z(sql, exact ? ") GROUP BY 1)" : "))");
    if (!duck_ask(w->run, w->a, buf_str(sql), NULL, 0, &answer, err) || !duck_next(answer, &row, err)) return false;
    put_column(w, i, row, into);
    duck_answer_close(answer);
    return true;
}

/* Of few rows several columns at once: a question costs more than they do, the more columns there are. */
static bool describe_several(Work *w, size_t from, size_t end, Json *into, Err *err)
{
    Buf             *sql = buf_open(w->a);
    DuckAnswer      *answer;
    const DuckValue *row;
    for (size_t i = from; i < end; i++) {
        Buf *name = buf_open(w->a);
        sql_name(name, w->columns[i].name);
        buf_putf(sql, "%s count(*) - count(%s), min(%s), max(%s), count(DISTINCT %s)", i > from ? "," : "SELECT",
                 name->at, name->at, name->at, name->at);
    }
    buf_put_z(sql, " FROM read_parquet(");
    sql_text(sql, w->part);
    buf_put_byte(sql, ')');
    if (!duck_ask(w->run, w->a, buf_str(sql), NULL, 0, &answer, err) || !duck_next(answer, &row, err)) return false;
    for (size_t i = from; i < end; i++) put_column(w, i, row + 4 * (i - from), into);
    duck_answer_close(answer);
    return true;
}

static bool describe_columns(Work *w, Json *into, Err *err)
{
    bool *few = NEW_ARRAY(w->a, bool, w->column_count);
    bool  ok = true;
    for (size_t i = 0, end; ok && w->out.rows <= DISTINCT_EXACT && i < w->column_count; i = end) {
        end = i + DESCRIBED_AT_ONCE < w->column_count ? i + DESCRIBED_AT_ONCE : w->column_count;
        ok = describe_several(w, i, end, into, err);
    }
    if (!ok || w->out.rows <= DISTINCT_EXACT) return ok;
    ok = find_few(w, few, err);
    for (size_t i = 0; ok && i < w->column_count; i++) ok = describe_column(w, i, few[i], into, err);
    return ok;
}

static bool make_report(Work *w, Err *err)
{
    Json *report = json_object_make(w->a), *columns = json_array_make(w->a), *flags = json_array_make(w->a);
    if (w->part.len && w->out.rows > 0 &&
        (!describe_columns(w, columns, err) ||
         !flags_report(w->run, w->a, w->part, &w->rules, &w->out.flagged, &flags, err)))
        return false;
    json_put_value(report, "columns", columns);
    json_put_value(report, "flags", flags);
    json_put_value(report, "widespread", flags_widespread(w->a, &w->flags));
    json_put_value(report, "aside", w->aside.shown ? w->aside.shown : json_array_make(w->a));
    json_put_value(report, "doubts", w->found.doubts);
    if (w->source.from != FILE_ZIP && w->source.form != FILE_PARQUET)
        json_put_text(report, "encoding", w->source.encoding);
    w->out.report = report;
    return true;
}

static Json *value_json(const DuckValue *v)
{
    switch (v->type) {
    case DUCK_BOOL: return json_boolean(v->yes);
    case DUCK_INTEGER: return json_integer(v->integer);
    case DUCK_NUMBER: return isfinite(v->number) ? json_real(v->number) : json_null();
    case DUCK_TEXT: return json_stringn(v->text.at, v->text.len);
    case DUCK_NULL: break;
    }
    return json_null();
}

static bool first_rows(Work *w, Err *err)
{
    Buf             *sql = buf_open(w->a);
    DuckAnswer      *answer;
    const DuckValue *row;
    Json            *rows = json_array_make(w->a);
    json_put_value(w->out.report, "rows", rows);
    if (!w->out.rows) return true;
    buf_put_z(sql, "SELECT * EXCLUDE (_flags) FROM read_parquet(");
    sql_text(sql, w->part);
    buf_putf(sql, ") LIMIT %d", IMPORT_ROWS_SHOWN);
    if (!duck_ask(w->run, w->a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        Json *one = json_array_make(w->a);
        for (size_t i = 0; i < duck_column_count(answer); i++) json_add_taken(one, value_json(&row[i]));
        json_add_value(rows, one);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool read_counted(Work *w, uint64_t *torn, Err *err)
{
    AsideCount *count = aside_count_start(&w->reading);
    bool        written = write_part(w, err);
    w->aside.there = aside_count_end(count, torn);
    return written;
}

/* Once more, without the rows whose quote is not closed. */
static bool read_torn(Work *w, Err *err)
{
    Torn    *torn = NEW(w->a, Torn);
    Str      path;
    uint64_t none;
    *err = (Err){ 0 };
    if (!import_watch_step(w->o->watch, 0.2, 0.8, w->run, err)) return false;
    if (!torn_out(w->a, &w->reading, data_parts(w->data), &path, torn, err)) return false;
    if (w->plain_temporary) unlink(w->reading.path.at);
    w->reading.path = path;
    w->plain_temporary = true;
    unlink(w->part.at);
    if (!duck_do(w->run, S("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"), err) ||
        !read_counted(w, &none, err))
        return false;
    w->aside.torn = torn;
    w->aside.there += torn->n;
    return true;
}

static bool read_rows(Work *w, Err *err)
{
    uint64_t torn;
    bool     read = read_counted(w, &torn, err);
    return torn ? read_torn(w, err) : read;
}

/* The engine and a plain count of rows disagree: no row may be lost. */
static bool check_count(Work *w, Err *err)
{
    uint64_t found = w->out.rows + w->out.aside, there = w->aside.there;
    if (found == there) return true;
    if (found < there)
        return fail(err, ERR_INVALID,
                    "of the %" PRIu64 " rows that the file has %" PRIu64 " can be read or set aside: look for a quote "
                    "that is not closed, or a cell of more than 2 MB",
                    there, found);
    Str examples[] = { str_format(w->a, "%" PRIu64, there), str_format(w->a, "%" PRIu64, found) };
    doubt_add(w->a, w->found.doubts, STR_NONE, "rows-do-not-add-up", examples, 2);
    return true;
}

static bool take_files(Work *w, Err *err)
{
    uint64_t bytes;
    if (!taken_take(w->data, w->a, w->part, &w->out.part, &w->out.bytes, err)) return false;
    w->part = STR_NONE;
    if (!taken_take(w->data, w->a, w->aside.path, &w->out.aside_file, &bytes, err)) return false;
    w->aside.path = STR_NONE;
    if (!taken_take(w->data, w->a, w->rest_path, &w->rest_hash, &bytes, err)) return false;
    w->rest_path = STR_NONE;
    return true;
}

/* A store that failed may have kept the record: then the files stay. */
static bool make_durable(Work *w, Err *err)
{
    bool ok = import_find_rest(w, err) && take_files(w, err) && widen_parts(w, err) && import_record(w, err);
    bool keep = ok || err->code == ERR_STORE || err->code == ERR_DISK_FULL;
    taken_give_back(w->data, w->a, w->out.part, keep);
    taken_give_back(w->data, w->a, w->out.aside_file, keep);
    taken_give_back(w->data, w->a, w->rest_hash, keep);
    return ok;
}

/* ---- all of it ---- */

static Str last_part(Str path)
{
    Cut cut = str_cut_last(path, '/');
    return cut.found ? cut.tail : path;
}

static void say(ImportProgress progress, void *with, double share)
{
    if (progress) progress(with, share);
}

static bool recognise(Work *w, Err *err)
{
    return w->source.form == FILE_PARQUET ? parquet_recognise(w->run, w->a, &w->source, &w->found, err)
                                          : recognise_source(w->a, &w->source, &w->found, err);
}

/* What is wrong with the first row is mostly wrong with all. */
static bool fail_none(const Work *w, Err *err)
{
    const Json *first = json_array_get(w->aside.shown, 0);
    Str         reason = json_get_text(first, "reason"), column = json_get_text(first, "column");
    Str         value = str_take_first(json_get_text(first, "value"), 60);
    int64_t     line = json_get_integer(first, "line", 0);
    if (!first) return fail(err, ERR_INVALID, "the file has no rows");
    if (!column.len)
        return fail(err, ERR_INVALID, "none of the file's %" PRIu64 " rows can be read; line %" PRId64 ": %.*s",
                    w->out.aside, line, STR_ARG(reason));
    return fail(err, ERR_INVALID,
                "none of the file's %" PRIu64 " rows can be read; line %" PRId64 ": %.*s \"%.*s\" in \"%.*s\"",
                w->out.aside, line, STR_ARG(reason), STR_ARG(value), STR_ARG(column));
}

static bool import(Work *w, const char *path, ImportProgress progress, void *with, Err *err)
{
    const char *folder = data_parts(w->data);
    Duck       *duck;
    if (!import_find_dataset(w, err) || !import_may_make(w, err) || !import_find_mended(w, err) ||
        !source_scan(w->a, path, w->o->encoding, &w->source, err) ||
        !turn_source(w->a, &w->source, w->o->sheet, folder, &w->made, err))
        return false;
    w->out.others = w->source.other_sheets;
    w->out.other_count = w->source.other_sheet_count;
    if (w->o->all_tables) w->source.other_sheet_count = 0;
    say(progress, with, 0.1);
    if (!import_watch_step(w->o->watch, 0.1, 0.2, NULL, err)) return false;
    if (!data_engine(w->data, &duck, err) || !duck_run_open(duck, &w->run, err)) return false;
    if (!recognise(w, err) || !choose_columns(w, err)) return false;
    if (!duck_do(w->run,
                 S("SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET "
                   "enable_progress_bar_print = false"),
                 err) ||
        !find_same(w, err))
        return false;
    if (w->out.unchanged) return make_report(w, err);
    if (!source_plain(w->a, &w->source, folder, &w->reading.path, &w->plain_temporary, err)) return false;
    say(progress, with, 0.2);
    if (!import_watch_step(w->o->watch, 0.2, 0.8, w->run, err)) return false;
    if (!read_rows(w, err)) return w->source.form == FILE_PARQUET && parquet_damaged(w->run, w->a, &w->source, err);
    say(progress, with, 0.8);
    if (!import_watch_step(w->o->watch, 0.8, 0.9, NULL, err)) return false;
    if (!aside_gather(w->run, w->a, &w->reading, w->out.rows, folder, &w->aside, err)) return false;
    w->out.aside = w->aside.rows;
    if (!check_count(w, err)) return false;
    if (!flag_part(w, err)) return false;
    say(progress, with, 0.9);
    if (!import_watch_step(w->o->watch, 0.9, 1, NULL, err) || !make_report(w, err)) return false;
    if (w->o->only_look) return first_rows(w, err);
    if (w->out.rows == 0) return fail_none(w, err);
    return make_durable(w, err);
}

static void tidy(Work *w)
{
    Err why;
    import_watch_step(w->o->watch, 1, 1, NULL, &why);
    duck_run_close(w->run);
    if (w->plain_temporary) unlink(w->reading.path.at);
    if (w->made.len) unlink(w->made.at);
    if (w->part.len) unlink(w->part.at);
    if (w->aside.path.len) unlink(w->aside.path.at);
    if (w->rest_path.len) unlink(w->rest_path.at);
}

bool import_file(Data *data, Arena *a, const char *path, const ImportOptions *options, ImportProgress progress,
                 void *with, Imported *out, Err *err)
{
    Work w = { .data = data, .a = a, .o = options };
    w.name = options->name.len ? options->name : last_part(str_of(path));
    if (options->sheet.len) w.name = str_format(a, "%.*s, %.*s", STR_ARG(w.name), STR_ARG(options->sheet));
    bool ok = import(&w, path, progress, with, err);
    tidy(&w);
    if (!ok) return false;
    say(progress, with, 1);
    *out = w.out;
    return true;
}
