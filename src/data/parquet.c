#include "data/parquet.h"

#include <string.h>

#include "data/doubt.h"

#define COLUMNS_MAX 1000
#define ROWS_TAKEN  2000

/* "PAR1", the columns, the footer, its length in four bytes, "PAR1". */
static bool check_ends(const Source *source, Err *err)
{
    Arena  *a = arena_open(0);
    Str     map;
    uint8_t b[4] = { 0 };
    bool    ok = source_map(a, source->path, &map, err);
    if (ok && (map.len < 12 || !str_ends(map, S("PAR1"))))
        ok = fail(err, ERR_FORMAT, "the Parquet file does not end as one does: it is cut short");
    if (ok) memcpy(b, map.at + map.len - 8, 4);
    uint64_t footer = b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24;
    if (ok && footer > map.len - 12)
        ok = fail(err, ERR_FORMAT, "the Parquet file's footer is longer than the file: it is cut short or damaged");
    arena_close(a);
    return ok;
}

static bool read_columns(DuckRun *run, Arena *a, Str file, Str *names, Str *types, size_t *n, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Str              sql = str_format(a, "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(%.*s))",
                                      STR_ARG(file));
    if (!duck_ask(run, a, sql, NULL, 0, &answer, err)) return false;
    *n = 0;
    while (duck_next(answer, &row, err)) {
        if (*n == COLUMNS_MAX) return fail(err, ERR_TOO_BIG, "the file has more than %d columns", COLUMNS_MAX);
        names[*n] = str_copy(a, row[0].text);
        types[(*n)++] = str_copy(a, row[1].text);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE && (*n || fail(err, ERR_FORMAT, "the file has no columns"));
}

static bool read_values(DuckRun *run, Arena *a, Str file, const Str *names, size_t n, Str **values,
                        size_t *rows, Err *err)
{
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    for (size_t i = 0; i < n; i++) {
        values[i] = NEW_ARRAY(a, Str, ROWS_TAKEN);
        buf_put_z(sql, i ? ", left(CAST(" : "SELECT left(CAST(");
        sql_name(sql, names[i]);
        buf_put_z(sql, " AS VARCHAR), 200)");
    }
    buf_putf(sql, " FROM read_parquet(%.*s) LIMIT %d", STR_ARG(file), ROWS_TAKEN);
    *rows = 0;
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    for (; duck_next(answer, &row, err); ++*rows)
        for (size_t i = 0; i < n && *rows < ROWS_TAKEN; i++)
            values[i][*rows] = row[i].type == DUCK_TEXT ? str_copy(a, row[i].text) : STR_NONE;
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

/* ---- what numbers and times do not keep ---- */

static bool is_decimal(Str type)
{
    return str_starts(type, S("DECIMAL(")) && !str_ends(type, S("]"));
}

/* A condition on a value that a column of numbers or times would not keep as it is; nothing where it keeps all. */
static bool put_lost(Str type, Str name, Buf *sql)
{
    bool unsign = str_eq_z(type, "UBIGINT"), nano = str_eq_z(type, "TIMESTAMP_NS");
    if (!unsign && !nano && !is_decimal(type)) return false;
    buf_put_z(sql, unsign ? "" : nano ? "epoch_ns("
                                      : "TRY_CAST(CAST(");
    sql_name(sql, name);
    if (unsign) buf_put_z(sql, " > 9223372036854775807");
    if (nano) buf_put_z(sql, ") % 1000 <> 0");
    if (is_decimal(type)) {
        buf_putf(sql, " AS DOUBLE) AS %.*s) IS DISTINCT FROM ", STR_ARG(type));
        sql_name(sql, name);
    }
    return true;
}

static bool find_lost(DuckRun *run, Arena *a, Str file, const Str *names, const Str *types, size_t n, bool *lost,
                      Err *err)
{
    Buf             *sql = buf_open(a), *one = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    bool            *asked = NEW_ARRAY(a, bool, n + 1), any = false;
    for (size_t i = 0; i < n; i++) {
        buf_clear(one);
        asked[i] = put_lost(types[i], names[i], one);
        if (!asked[i]) continue;
        buf_putf(sql, "%scoalesce(bool_or(%.*s), false)", any ? ", " : "SELECT ", STR_ARG(buf_str(one)));
        any = true;
    }
    if (!any) return true;
    buf_putf(sql, " FROM read_parquet(%.*s)", STR_ARG(file));
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    if (duck_next(answer, &row, err))
        for (size_t i = 0, k = 0; i < n; i++)
            if (asked[i]) lost[i] = row[k++].yes;
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

/* Whole numbers that are too long, as hashes and ids of cells are, are texts; fractions and nanoseconds are rounded, in
   doubt. */
static void settle_lost(Arena *a, Recognised *out, Str *names, const Str *types, size_t n, bool *lost)
{
    for (size_t i = 0; i < n; i++) {
        bool whole = str_eq_z(types[i], "UBIGINT") || (is_decimal(types[i]) && str_ends(types[i], S(",0)")));
        if (!lost[i] || whole) continue;
        lost[i] = false;
        doubt_add(a, out->doubts, names[i], "rounded", &types[i], 1);
    }
}

static void as_texts(Recognised *out, const Str *names, size_t n, const bool *which)
{
    for (size_t i = 0; i < out->column_count; i++) {
        Column *c = &out->columns[i];
        Str     heading = c->from_count ? c->from[0] : c->name;
        for (size_t k = 0; k < n; k++) {
            if (!which[k] || !str_eq(names[k], heading)) continue;
            c->type = COLUMN_STRING;
            if (c->role == ROLE_OF_VALUE) c->role = ROLE_OF_NOTHING;
        }
    }
}

static bool is_of_file(ErrCode code)
{
    return code == ERR_FORMAT || code == ERR_INTERNAL || code == ERR_STORE;
}

/* The first column whose values cannot be read; empty when all can. */
static Str damaged_column(DuckRun *run, Arena *a, Str file, const Str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Buf      *sql = buf_open(a);
        DuckValue value;
        Err       why = { 0 };
        buf_put_z(sql, "SELECT max(hash(");
        sql_name(sql, names[i]);
        buf_putf(sql, ")) FROM read_parquet(%.*s)", STR_ARG(file));
        if (!duck_ask_one(run, a, buf_str(sql), NULL, 0, &value, &why) && is_of_file(why.code)) return names[i];
    }
    return STR_NONE;
}

bool parquet_damaged(DuckRun *run, Arena *a, const Source *source, Err *err)
{
    Str    names[COLUMNS_MAX], *types = NEW_ARRAY(a, Str, COLUMNS_MAX);
    Buf   *file = buf_open(a);
    size_t n;
    Err    why = { 0 };
    if (!is_of_file(err->code)) return false;
    sql_text(file, str_of(source->path));
    if (!read_columns(run, a, buf_str(file), names, types, &n, &why))
        return !is_of_file(why.code) ? false
                                     : fail(err, ERR_FORMAT, "the Parquet file is damaged: what its end says of its "
                                                             "columns cannot be read");
    Str column = damaged_column(run, a, buf_str(file), names, n);
    if (!column.len) return false;
    return fail(err, ERR_FORMAT, "the Parquet file is damaged: values of its column \"%.*s\" cannot be read",
                STR_ARG(column));
}

bool parquet_recognise(DuckRun *run, Arena *a, const Source *source, Recognised *out, Err *err)
{
    Str    names[COLUMNS_MAX], *types = NEW_ARRAY(a, Str, COLUMNS_MAX), **values = NEW_ARRAY(a, Str *, COLUMNS_MAX);
    Buf   *file = buf_open(a);
    size_t n, rows;
    sql_text(file, str_of(source->path));
    if (!check_ends(source, err)) return false;
    bool *lost = NEW_ARRAY(a, bool, COLUMNS_MAX);
    if (!read_columns(run, a, buf_str(file), names, types, &n, err) ||
        !read_values(run, a, buf_str(file), names, n, values, &rows, err) ||
        !find_lost(run, a, buf_str(file), names, types, n, lost, err))
        return parquet_damaged(run, a, source, err);
    Str *headings = NEW_ARRAY(a, Str, n);
    memcpy(headings, names, n * sizeof *names);
    recognise_typed(a, headings, types, n, values, rows, out);
    settle_lost(a, out, headings, types, n, lost);
    as_texts(out, headings, n, lost);
    return out->column_count || fail(err, ERR_FORMAT, "the file has no columns with a name of their own");
}
