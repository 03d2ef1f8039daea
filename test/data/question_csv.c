/* CSV of rows beside DuckDB's own COPY of the same rows. */
#include "data/question_csv.h"

#include <string.h>

#include "base/file.h"

#include "engine.h"

static DuckRun *run_new(Arena *a)
{
    return engine_run(a, &(DuckOptions){ .folder = test_folder(a) });
}

static bool take(void *with, Str bytes)
{
    buf_put(with, bytes);
    return true;
}

static bool leave(void *with, Str bytes)
{
    (void)bytes;
    ++*(int *)with;
    return false;
}

/* The first line in which two texts differ. */
static void same_text(Arena *a, Str got, Str wanted, int line)
{
    size_t at = 0;
    for (Cut x = str_cut(got, '\n'), y = str_cut(wanted, '\n'); x.found || y.found;
         x = str_cut(x.tail, '\n'), y = str_cut(y.tail, '\n'), at++) {
        if (str_eq(x.head, y.head)) continue;
        check_str(x.head, y.head, __FILE__, line, str_format(a, "line %zu", at).at);
        return;
    }
    check_int((intmax_t)got.len, (intmax_t)wanted.len, __FILE__, line, "length");
}

static const char copy_options[] = "' (FORMAT csv, HEADER, USE_TMP_FILE false)";

TEST("rows of every type are the text that the engine's own COPY gives")
{
    static const Column columns[] = {
        { .name = S_INIT("text"), .type = COLUMN_STRING },
        { .name = S_INIT("a, \"b\""), .type = COLUMN_STRING },
        { .name = S_INIT("number"), .type = COLUMN_NUMBER },
        { .name = S_INIT("whole"), .type = COLUMN_INTEGER },
        { .name = S_INIT("date"), .type = COLUMN_DATE },
        { .name = S_INIT("seen"), .type = COLUMN_DATETIME },
        { .name = S_INIT("month"), .type = COLUMN_YEARMONTH },
        { .name = S_INIT("year"), .type = COLUMN_YEAR },
        { .name = S_INIT("yes"), .type = COLUMN_BOOLEAN },
        { .name = S_INIT("clock"), .type = COLUMN_TIME },
        { .name = S_INIT("no such"), .type = COLUMN_DATETIME },
    };
    DuckRun      *run = run_new(a);
    Str           part = path_join(a, str_of(test_folder(a)), S("part.parquet"));
    Str           copy = path_join(a, str_of(test_folder(a)), S("copy.csv")), wanted;
    Table         table = { .columns = columns, .column_count = 11, .parts = &part, .part_count = 1 };
    TableQuestion q;
    CHECK(run != NULL);
    CHECK_OK(duck_do(
        run,
        str_format(
            a,
            "COPY (SELECT (['plain', 'a,b', 'say \"so\"', '', 'two' || chr(10) || 'lines', "
            "chr(13), '=1+1', '#no comment', ' edge ', 'ตัวอย่าง', NULL, "
            "'longer than twelve bytes, with a comma', 'a;b', chr(9), '''', 'a#b'])[1 + i %% 16] "
            "AS "
            "text, 'x' || i AS \"a, \"\"b\"\"\", CASE WHEN i %% 7 <> 0 THEN (i - 500) * 0.37 END "
            "AS number, (i - 2000) * 123456789 * (i + 1) AS whole, DATE '1899-12-01' + CAST(i * 97 "
            "AS INTEGER) AS date, CASE WHEN i %% 5 <> 0 THEN TIMESTAMP '1969-12-30 23:59:58' + "
            "INTERVAL (i * 7777777 * (i %% 3)) MICROSECOND * 100 END AS seen, DATE '0801-03-01' + "
            "INTERVAL (i * 3) MONTH AS month, CAST(i AS INTEGER) AS year, i %% 3 = 1 AS yes, "
            "TIME '00:00:00' + INTERVAL (i * 23456789) MICROSECOND AS clock, CASE i %% 3 WHEN 0 "
            "THEN ['a', 'b'] WHEN 1 THEN [] END AS _flags FROM range(5000) r(i)) TO '%.*s'",
            STR_ARG(part)),
        &err));
    static const char *const questions[] = { "", "text", "number", "_flags", "date,seen", "whole" };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        Buf         *out = buf_open(a);
        QuestionPair pair = { S("columns"), str_of(questions[i]) };
        CHECK_OK(question_read(a, &table, &pair, 1, &q, &err));
        CHECK_OK(duck_do(
            run,
            str_format(a, "COPY (%.*s) TO '%.*s%s", STR_ARG(q.sql), STR_ARG(copy), copy_options),
            &err));
        CHECK_OK(file_read(a, copy.at, (size_t)10 << 20, &wanted, &err));
        CHECK_OK(question_csv(run, a, &q, take, out, &err));
        same_text(a, buf_str(out), wanted, __LINE__);
    }
    int calls = 0;
    CHECK_ERR(question_csv(run, a, &q, leave, &calls, &err), ERR_STORE);
    CHECK_EQ_INT(calls, 1);
}

TEST("numbers of any size and length are the text that the engine gives")
{
    DuckRun *run = run_new(a);
    Str      path = path_join(a, str_of(test_folder(a)), S("numbers.csv")), wanted;
    Buf     *out = buf_open(a);
    CHECK(run != NULL);
    /* Decimals of 0 to 12 places around every power of ten, thirds, wide sums, and what is no number. */
    Str sql = S("SELECT x FROM (SELECT (hash(i) % 2000000 - 1000000.0) / pow(10, i % 13) AS x FROM range(40000) r(i) "
                "UNION ALL SELECT pow(10, i) * f FROM range(-320, 309) r(i), (VALUES (1.0), (-1.0), (1.5), (0.1), "
                "(9.999999999999999), (1.0000000000000002), (123456.789)) v(f) UNION ALL SELECT i / 3.0 FROM "
                "range(-500, 500) r(i) UNION ALL SELECT unnest([0.0, -0.0, 'inf', '-inf', 'nan', 5e-324, "
                "1.7976931348623157e308, 999999999999999, 1000000000000000, 1e15 + 1, 0.0001, 0.00009999, "
                "9007199254740993, 0.1 + 0.2, 100, 100.10, 2.5e-5]::DOUBLE[])) t");
    CHECK_OK(duck_do(run, str_format(a, "COPY (%.*s) TO '%.*s%s", STR_ARG(sql), STR_ARG(path), copy_options), &err));
    CHECK_OK(file_read(a, path.at, (size_t)10 << 20, &wanted, &err));
    Column        result = { .name = S("x"), .type = COLUMN_NUMBER };
    TableQuestion q = { .sql = sql, .typed_sql = sql, .results = &result, .result_count = 1 };
    CHECK_OK(question_csv(run, a, &q, take, out, &err));
    same_text(a, buf_str(out), wanted, __LINE__);
    char   text[CSV_NUMBER_MAX];
    int    decimals = 0;
    size_t n = csv_number(text, 13.7563, &decimals);
    CHECK_STR(((Str){ text, n }), "13.7563");
    CHECK_EQ_INT(decimals, 4);
    CHECK_EQ_INT(csv_number(text, 1.0 / 3, &decimals), 0);
}
