/* Parquet files into datasets. */
#include <string.h>

#include "import_world.h"

/* A Parquet file of what `select` gives. */
static const char *parquet_of(World *w, Arena *a, const char *select)
{
    const char *path = path_join(a, str_of(test_folder(a)), S("file.parquet")).at;
    Duck       *duck;
    DuckRun    *run;
    Err         err = { 0 };
    if (!check_ok(data_engine(w->data, &duck, &err) && duck_run_open(duck, &run, &err), &err,
                  __FILE__, __LINE__, "a run"))
        return path;
    check_ok(duck_do(run, str_format(a, "COPY (%s) TO '%s' (FORMAT parquet)", select, path), &err), &err, __FILE__,
             __LINE__, select);
    duck_run_close(run);
    return path;
}

TEST("Parquet keeps its types, and rows of a later file that do not fit are set aside")
{
    World       w = world(a);
    Imported    out;
    const char *file = parquet_of(
        &w, a,
        "SELECT 9007199254740993::BIGINT AS n, 2.5::DECIMAL(5,2) AS \"flow (m3/s)\", '007' AS code, "
        "TIMESTAMPTZ '2020-01-01 08:00:00+07' AS at, DATE '2020-01-02' AS day, true AS ok, {'a': 1, 'b': [2]} AS "
        "within, 2001::SMALLINT AS year, 13.5::FLOAT AS latitude, []::VARCHAR[] AS _flags UNION ALL SELECT NULL, "
        "'nan'::DOUBLE, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL");
    CHECK_OK(world_import(&w, a, file, "flows.parquet", &out, &err));
    CHECK_EQ_INT(out.rows, 2);
    CHECK_EQ_INT(out.aside, 0);
    CHECK_STR(
        ask(&w, a, out.part,
            "SELECT string_agg(concat(column_name, ' ', column_type), ', ') FROM (DESCRIBE FROM t)")
            .text,
        "n BIGINT, flow (m3/s) DOUBLE, code VARCHAR, at TIMESTAMP, day DATE, ok BOOLEAN, within "
        "VARCHAR, "
        "year INTEGER, latitude DOUBLE, _flags VARCHAR[]");
    CHECK_STR(
        ask(&w, a, out.part, "SELECT CAST((SELECT t FROM t WHERE n IS NOT NULL) AS VARCHAR)").text,
        "{'n': 9007199254740993, 'flow (m3/s)': 2.5, 'code': 007, 'at': '2020-01-01 01:00:00', "
        "'day': 2020-01-02, "
        "'ok': true, 'within': '{\"a\":1,\"b\":[2]}', 'year': 2001, 'latitude': 13.5, '_flags': "
        "[]}");
    CHECK_JSON(json_at(out.record.doc, S("/columns/7")), "{\"name\":\"year\",\"type\":\"year\"}");
    CHECK_STR(json_get_text(json_at(out.record.doc, S("/columns/3")), "role"), "time");
    CHECK_STR(json_get_text(json_at(out.record.doc, S("/columns/8")), "role"), "latitude");
    CHECK_STR(json_get_text(json_at(out.record.doc, S("/columns/1")), "unit"), "m3/s");

    file = parquet_of(&w, a,
                      "SELECT unnest([1.5, 2]) AS n, '7.25' AS \"flow (m3/s)\", 7 AS code, "
                      "'2020-01-01T00:00:00Z' AS at, "
                      "unnest(['2020-01-02', '2020-02-30']) AS day, 'yes' AS ok, NULL AS within, "
                      "2001 AS year, 1 AS latitude "
                      "UNION ALL SELECT 3, '1', 8, NULL, '', 'no', NULL, 2002, 2");
    CHECK_OK(world_import(&w, a, file, "more.parquet", &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    CHECK_JSON(json_get(out.report, "aside"),
               "[{\"line\":1,\"column\":\"n\",\"value\":\"1.5\",\"reason\":\"not-integer\"},"
               "{\"line\":2,\"column\":\"day\",\"value\":\"2020-02-30\",\"reason\":\"not-date\"}]");
    world_end(&w);
}

TEST("whole numbers of Parquet that no column of numbers holds are text, digit by digit")
{
    World       w = world(a);
    Imported    out;
    const char *file = parquet_of(&w, a, "SELECT unnest([18446744073709551615, 7])::UBIGINT AS cell, 7::UBIGINT AS n");
    CHECK_OK(world_import(&w, a, file, "cells.parquet", &out, &err));
    CHECK_EQ_INT(out.rows, 2);
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(concat(cell, ' ', n, ' ', typeof(n)), ', ') FROM t").text,
              "18446744073709551615 7 BIGINT, 7 7 BIGINT");
    world_end(&w);
}

TEST("decimals and times that a number or a moment would round: whole ones are text, others are rounded in doubt")
{
    World       w = world(a);
    Imported    out;
    const char *file = parquet_of(
        &w, a, "SELECT unnest(['12345678901234567890123', '7'])::DECIMAL(38,0) AS id, 0.1::DECIMAL(20,1) AS kept, "
               "12345678901234567.89::DECIMAL(20,2) AS flow, '2024-01-01 00:00:00.123456789'::TIMESTAMP_NS AS at, "
               "'2024-01-01 00:00:00.5'::TIMESTAMP_NS AS since");
    CHECK_OK(world_import(&w, a, file, "long.parquet", &out, &err));
    CHECK_STR(ask(&w, a, out.part, "SELECT concat_ws(' ', id, kept, typeof(flow), since) FROM t LIMIT 1").text,
              "12345678901234567890123 0.1 DOUBLE 2024-01-01 00:00:00.5");
    CHECK_JSON(json_get(out.report, "doubts"),
               "[{\"column\":\"flow\",\"doubt\":\"rounded\",\"examples\":[\"DECIMAL(20,2)\"]},"
               "{\"column\":\"at\",\"doubt\":\"rounded\",\"examples\":[\"TIMESTAMP_NS\"]}]");
    world_end(&w);
}

TEST("Parquet that is cut short or damaged is refused, with nothing half-done")
{
    World       w = world(a);
    Imported    out;
    Str         bytes;
    const char *file = parquet_of(&w, a, "SELECT range AS n, repeat('x', (range % 50)::INT) AS s FROM range(10000)");
    CHECK_OK(file_read(a, file, 1 << 20, &bytes, &err));
    static const size_t ends[] = { 4, 11, 100, 1000 };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        CHECK_ERR(world_import(&w, a, file_of_bytes(a, str_take_first(bytes, ends[i])), "cut", &out, &err), ERR_FORMAT);
    Str damaged = str_copy(a, bytes);
    memset((char *)damaged.at + 200, 0x5a, 2000);
    CHECK_ERR(world_import(&w, a, file_of_bytes(a, damaged), "damaged", &out, &err), ERR_FORMAT);
    CHECK_STR(str_of(err.text), "the Parquet file is damaged: values of its column \"n\" cannot be read");
    memset((char *)damaged.at + damaged.len - 60, 0x5a, 40);
    CHECK_ERR(world_import(&w, a, file_of_bytes(a, damaged), "described", &out, &err), ERR_FORMAT);
    CHECK_STR(str_of(err.text), "the Parquet file is damaged: what its end says of its columns cannot be read");
    memset((char *)damaged.at + damaged.len - 8, 0xff, 4);
    CHECK_ERR(world_import(&w, a, file_of_bytes(a, damaged), "footer", &out, &err), ERR_FORMAT);
    CHECK_EQ_INT(left_over(&w, a), 0);
    Snapshot *s = snapshot_open(w.node, &w.who, S("en"));
    Record    r;
    CHECK_ERR(record_read(s, a, S("dataset"), S("rivers"), &r, &err), ERR_NOT_FOUND);
    snapshot_close(s);
    world_end(&w);
}
