/* Quality flags: rows with one fault each among many without. */
#include "data/flag.h"

#include "base/file.h"

#include <math.h>

#include "engine.h"

static DuckRun *run_open(Arena *a, const char *folder)
{
    return engine_run(a, &(DuckOptions){ .folder = folder,
                                         .threads = 2,
                                         .functions = flag_functions,
                                         .function_count = FLAG_FUNCTIONS });
}

typedef struct {
    DuckRun *run;
    Str      path; /* of the part with all its flags */
    bool     written;
    uint64_t rows;
    Str      widespread; /* "flag:rows …" */
} Flagged;

/* A part of the rows of `select`, as an import makes it. */
static Flagged flag_rows_in(Arena *a, const Column *columns, size_t n, const char *select, uint64_t memory_bytes)
{
    Err         err = { 0 };
    const char *folder = test_folder(a);
    Flagged     out = { .run = run_open(a, folder) };
    FlagPart    part = { .run = out.run,
                         .rules = &(FlagRules){ .columns = columns, .n = n },
                         .path = path_join(a, str_of(folder), S("part.parquet")),
                         .temporary = path_join(a, str_of(folder), S("column.parquet")),
                         .memory_bytes = memory_bytes };
    Buf        *sql = buf_open(a);
    DuckValue   count = { 0 };
    buf_putf(sql, "COPY (SELECT *, ");
    flags_row_sql(columns, n, 1750000000000, sql); /* June 2025 */
    buf_putf(sql, " AS _flags FROM (%s)) TO ", select);
    sql_text(sql, part.path);
    buf_put_z(sql, " (FORMAT parquet)");
    CHECK(duck_ask_one(out.run, a, buf_str(sql), NULL, 0, &count, &err));
    part.rows = out.rows = (uint64_t)count.integer;
    FlagsFound found;
    CHECK(flags_table(a, &part, &found, &err));
    Json *list = flags_widespread(a, &found);
    Buf  *text = buf_open(a);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_putf(text, "%s%.*s:%d", i ? " " : "", STR_ARG(json_get_text(json_array_get(list, i), "flag")),
                 (int)json_get_integer(json_array_get(list, i), "rows", 0));
    out.widespread = buf_str(text);
    out.written = found.written;
    out.path = part.path;
    return out;
}

static Flagged flag_rows(Arena *a, const Column *columns, size_t n, const char *select)
{
    return flag_rows_in(a, columns, n, select, (uint64_t)64 << 20);
}

/* "row:flag,flag row:flag" of the rows with flags, in their order. */
static Str flags_of(Arena *a, const Flagged *f)
{
    Err              err = { 0 };
    Buf             *sql = buf_open(a), *out = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_put_z(sql, "SELECT n || ':' || array_to_string(list_sort(_flags), ',') FROM read_parquet(");
    sql_text(sql, f->path);
    buf_put_z(sql, ") WHERE len(_flags) > 0 ORDER BY n");
    CHECK(duck_ask(f->run, a, buf_str(sql), NULL, 0, &answer, &err));
    while (duck_next(answer, &row, &err)) buf_putf(out, "%s%.*s", out->len ? " " : "", STR_ARG(row[0].text));
    duck_answer_close(answer);
    return buf_str(out);
}

static const Column occurrences[] = {
    { .name = S_INIT("n"), .type = COLUMN_INTEGER, .minimum = -HUGE_VAL, .maximum = HUGE_VAL },
    { .name = S_INIT("id"),
      .type = COLUMN_STRING,
      .role = ROLE_OF_ID,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("taxon"),
      .type = COLUMN_STRING,
      .role = ROLE_OF_TAXON,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("country"),
      .type = COLUMN_STRING,
      .role = ROLE_OF_COUNTRY,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("lat"),
      .type = COLUMN_NUMBER,
      .role = ROLE_OF_LATITUDE,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("lon"),
      .type = COLUMN_NUMBER,
      .role = ROLE_OF_LONGITUDE,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("date"),
      .type = COLUMN_DATE,
      .role = ROLE_OF_TIME,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("individualCount"),
      .type = COLUMN_INTEGER,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("cover"), .type = COLUMN_NUMBER, .minimum = 0, .maximum = 100 },
};

TEST("each fault of an occurrence has its flag, and rows without a fault have none")
{
    Flagged f = flag_rows(a, occurrences, sizeof occurrences / sizeof occurrences[0],
                          "SELECT i AS n, CASE i WHEN 11 THEN NULL WHEN 13 THEN 'x12' ELSE 'x' || "
                          "i END AS id, CASE i WHEN 20 THEN 'bear, brown' "
                          "ELSE 'Ursus thibetanus' END AS taxon, CASE i WHEN 21 THEN 'Nowhere' "
                          "ELSE 'TH' END AS country, CASE i WHEN 30 THEN 0 "
                          "WHEN 31 THEN 100.5 WHEN 32 THEN NULL WHEN 33 THEN -14 WHEN 34 THEN 95 "
                          "ELSE 14 + (i % 40) / 20.0 END AS lat, CASE i WHEN "
                          "30 THEN 0 WHEN 31 THEN 15 WHEN 34 THEN 250 ELSE 100 + (i % 30) / 15.0 "
                          "END AS lon, CASE i WHEN 40 THEN DATE "
                          "'2031-01-01' WHEN 41 THEN DATE '1000-01-01' ELSE DATE '2020-01-01' + "
                          "CAST(i % 900 AS INTEGER) END AS date, CASE i WHEN 50 "
                          "THEN -3 ELSE i % 9 END AS individualCount, CASE i WHEN 60 THEN 101 ELSE "
                          "50 END AS cover FROM range(3000) t(i)");
    CHECK(f.written);
    CHECK_STR(flags_of(a, &f),
              "11:id-missing 12:id-repeated 13:id-repeated 20:taxon-form 21:country-unknown "
              "30:coordinates-far,coordinates-zero 31:coordinates-range,coordinates-swapped "
              "32:coordinates-half "
              "33:coordinates-country,coordinates-far 34:coordinates-far,coordinates-range "
              "40:future-date 41:early-date 50:negative-count "
              "60:out-of-range");
}

#define FLAGS_OF_PLACES(rows, select)                                           \
    Flagged f = flag_rows(a, places, sizeof places / sizeof places[0], select); \
    CHECK_STR(flags_of(a, &f), rows)

static const Column places[] = {
    { .name = S_INIT("n"), .type = COLUMN_INTEGER, .minimum = -HUGE_VAL, .maximum = HUGE_VAL },
    { .name = S_INIT("country"),
      .type = COLUMN_STRING,
      .role = ROLE_OF_COUNTRY,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("lat"),
      .type = COLUMN_NUMBER,
      .role = ROLE_OF_LATITUDE,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("lon"),
      .type = COLUMN_NUMBER,
      .role = ROLE_OF_LONGITUDE,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
};

TEST("a place in another country than its row says, at sea among places on land, or swapped, is "
     "flagged in a short file")
{
    FLAGS_OF_PLACES(
        "3:coordinates-country 5:coordinates-at-sea 7:coordinates-range,coordinates-swapped "
        "9:coordinates-country 12:coordinates-half",
        "SELECT i AS n, CASE WHEN i = 20 THEN NULL WHEN i % 2 = 0 THEN 'TH' ELSE 'Thailand' END AS "
        "country, "
        "CASE i WHEN 3 THEN 48.85 WHEN 5 THEN 9.5 WHEN 7 THEN 100.5 WHEN 9 THEN -30 WHEN 11 THEN "
        "17.96 WHEN 12 "
        "THEN NULL ELSE 14 + i / 100.0 END AS lat, CASE i WHEN 3 THEN 2.35 WHEN 5 THEN 101.2 WHEN "
        "7 THEN 13.7 "
        "WHEN 9 THEN 80 WHEN 11 THEN 102.65 ELSE 101 END AS lon FROM range(25) t(i)");
}

TEST("places at sea are quiet where more than a fifth of them are, as of marine species")
{
    FLAGS_OF_PLACES("", "SELECT i AS n, 'TH' AS country, CASE WHEN i % 3 = 0 THEN 9.5 ELSE 14.5 END AS lat, "
                        "CASE WHEN i % 3 = 0 THEN 101.2 ELSE 101 END AS lon FROM range(60) t(i)");
    CHECK_STR(f.widespread, "coordinates-at-sea:20");
}

TEST("a place is laid against its country whatever the language of its name")
{
    FLAGS_OF_PLACES("7:coordinates-country",
                    "SELECT i AS n, 'ประเทศไทย' AS country, CASE i WHEN 7 THEN 23 ELSE 14.5 END AS lat, "
                    "CASE i WHEN 7 THEN 80 ELSE 101 END AS lon FROM range(60) t(i)");
}

TEST("a place in an area that several countries claim fits each of them")
{
    FLAGS_OF_PLACES("", "SELECT i AS n, ['IN', 'PK', 'CN'][i % 3 + 1] AS country, 34.1 AS lat, 74.8 + i / 100.0 AS lon "
                        "FROM range(30) t(i)");
}

static const Column series[] = {
    { .name = S_INIT("n"), .type = COLUMN_INTEGER, .minimum = -HUGE_VAL, .maximum = HUGE_VAL },
    { .name = S_INIT("station"),
      .type = COLUMN_STRING,
      .role = ROLE_OF_PLACE,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("kind"), .type = COLUMN_STRING, .minimum = -HUGE_VAL, .maximum = HUGE_VAL },
    { .name = S_INIT("at"),
      .type = COLUMN_DATETIME,
      .role = ROLE_OF_TIME,
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
    { .name = S_INIT("pm25"),
      .type = COLUMN_NUMBER,
      .role = ROLE_OF_VALUE,
      .unit = S_INIT("µg/m3"),
      .minimum = -HUGE_VAL,
      .maximum = HUGE_VAL },
};

TEST("a series has flags where it skips, repeats a time, leaps, or has two columns changed")
{
    Flagged f = flag_rows(
        a, series, sizeof series / sizeof series[0],
        "SELECT i AS n, CASE WHEN i = 900 THEN 'urban' ELSE 'Station ' || (i % 2) END AS station, "
        "CASE WHEN i = 900 THEN "
        "'Station 0' WHEN i % 2 = 0 THEN 'urban' ELSE 'rural' END AS kind, TIMESTAMP '2024-01-01 "
        "00:00:00' + INTERVAL (CASE WHEN i "
        "= 500 THEN 249 ELSE i // 2 + CASE WHEN i >= 1200 THEN 5 ELSE 0 END END) HOUR AS \"at\", "
        "CASE i WHEN 100 THEN -4.0 WHEN 101 "
        "THEN 4000.0 ELSE 20 + (i * 7919 % 300) / 10.0 END AS pm25 FROM range(2000) t(i)");
    CHECK(f.written);
    /* Rows 500 and 900 leave a place in their own series: the row after them follows a gap. */
    CHECK_STR(flags_of(a, &f), "100:unit-range 101:outlier 498:key-repeated 500:key-repeated 502:gap-before "
                               "900:columns-shuffled 902:gap-before 1200:gap-before 1201:gap-before");
}

TEST("rows that are equal in all columns are flagged, all of them, and the order of the rows stays")
{
    Flagged   f = flag_rows(a, series, sizeof series / sizeof series[0],
                            "SELECT 300000 - i + CASE WHEN i = 7 THEN 1 ELSE 0 END AS n, 'S' AS "
                              "station, 'k' AS kind, TIMESTAMP "
                              "'2024-01-01 00:00:00' AS \"at\", 5.0 AS pm25 FROM range(300000) t(i)");
    Buf      *sql = buf_open(a);
    DuckValue in_order = { 0 };
    CHECK_STR(flags_of(a, &f), "299994:row-repeated 299994:row-repeated");
    buf_put_z(sql, "SELECT count(*) FROM (SELECT n, lag(n) OVER (ORDER BY file_row_number) AS l FROM read_parquet(");
    sql_text(sql, f.path);
    buf_put_z(sql, ", file_row_number=true)) WHERE n > l");
    CHECK(duck_ask_one(f.run, a, buf_str(sql), NULL, 0, &in_order, &err));
    CHECK_EQ_INT(in_order.integer, 0);
}

TEST("a report counts rows by flag and shows the first with the values that matter")
{
    uint64_t flagged;
    Json    *report;
    Flagged  f = flag_rows(a, series, sizeof series / sizeof series[0],
                           "SELECT i AS n, 'S' || i AS station, 'k' AS kind, TIMESTAMP '2024-01-01 "
                            "00:00:00' AS \"at\", i - 2.0 AS "
                            "pm25 FROM range(100) t(i)");
    CHECK_OK(flags_report(f.run, a, f.path,
                          &(FlagRules){ .columns = series, .n = sizeof series / sizeof series[0] },
                          &flagged, &report, &err));
    CHECK_EQ_INT(flagged, 2);
    CHECK_JSON(report, "[{\"flag\":\"unit-range\",\"severity\":\"error\",\"rows\":2,\"examples\":[{"
                       "\"row\":1,\"values\":{\"pm25\":"
                       "\"-2.0\"}},{\"row\":2,\"values\":{\"pm25\":\"-1.0\"}}]}]");
}

TEST("a report names the columns that are past their bounds, and no others")
{
    static const Column levels[] = {
        { .name = S_INIT("n"), .type = COLUMN_INTEGER, .minimum = -HUGE_VAL, .maximum = HUGE_VAL },
        { .name = S_INIT("RH"), .type = COLUMN_NUMBER, .unit = S_INIT("%"), .minimum = 0, .maximum = 100 },
        { .name = S_INIT("acidity"),
          .type = COLUMN_NUMBER,
          .unit = S_INIT("pH"),
          .minimum = -HUGE_VAL,
          .maximum = HUGE_VAL },
        { .name = S_INIT("dust"),
          .type = COLUMN_NUMBER,
          .unit = S_INIT("µg/m3"),
          .minimum = -HUGE_VAL,
          .maximum = HUGE_VAL },
    };
    FlagRules rules = { .columns = levels, .n = sizeof levels / sizeof levels[0] };
    uint64_t  flagged;
    Json     *report;
    Flagged   f = flag_rows(a, levels, rules.n,
                            "SELECT i AS n, CASE i WHEN 3 THEN 150 ELSE 50 END AS RH, CASE i WHEN 4 THEN 15 ELSE 7 END "
                              "AS acidity, CASE i WHEN 5 THEN -1.5 ELSE 3 END AS dust FROM range(100) t(i)");
    CHECK_OK(flags_report(f.run, a, f.path, &rules, &flagged, &report, &err));
    CHECK_JSON(json_get(json_array_get(report, 0), "examples"),
               "[{\"row\":5,\"values\":{\"acidity\":\"15\"}},{\"row\":6,\"values\":{\"dust\":\"-1.5\"}}]");
    CHECK_JSON(json_get(json_array_get(report, 1), "examples"), "[{\"row\":4,\"values\":{\"RH\":\"150\"}}]");
}

static int64_t rows_with(Arena *a, const Flagged *f, const char *flag)
{
    Err       err = { 0 };
    DuckValue count = { 0 };
    Buf      *sql = buf_open(a);
    buf_put_z(sql, "SELECT count(*) FROM read_parquet(");
    sql_text(sql, f->path);
    buf_putf(sql, ") WHERE list_contains(_flags, '%s')", flag);
    CHECK(duck_ask_one(f->run, a, buf_str(sql), NULL, 0, &count, &err));
    return count.integer;
}

TEST("repeated ids are found when what is kept of them does not fit into memory at once")
{
    Flagged few = flag_rows_in(a, occurrences, 2,
                               "SELECT i AS n, 'x' || CASE i WHEN 7 THEN 200000 WHEN 9 THEN 8 ELSE i END AS id FROM "
                               "range(300000) t(i)",
                               0);
    CHECK_STR(flags_of(a, &few), "7:id-repeated 8:id-repeated 9:id-repeated 200000:id-repeated");
    /* One id in very many rows: it alone would fill the memory. */
    Flagged many = flag_rows_in(a, occurrences, 2,
                                "SELECT i AS n, 'x' || CASE WHEN i % 6 = 0 THEN 0 ELSE i END AS id FROM range(300000) "
                                "t(i)",
                                0);
    CHECK_EQ_INT(rows_with(a, &many, "id-repeated"), 50000);
    Flagged most = flag_rows_in(a, occurrences, 2,
                                "SELECT i AS n, 'x' || i // 2 AS id FROM range(300000) t(i)",
                                0);
    CHECK_EQ_INT(rows_with(a, &most, "id-repeated"), 300000);
}

TEST("what is surely wrong is flagged in every row, and what many rows have is told of all of them")
{
    Flagged swapped = flag_rows(a, places, sizeof places / sizeof places[0],
                                "SELECT i AS n, 'OM' AS country, 58 + i / 100.0 AS lat, 23 + i / 100.0 AS lon FROM "
                                "range(50) t(i)");
    CHECK_EQ_INT(rows_with(a, &swapped, "coordinates-swapped"), 50);
    CHECK_STR(swapped.widespread, "");
    Flagged elsewhere = flag_rows(a, places, sizeof places / sizeof places[0],
                                  "SELECT i AS n, 'VN' AS country, 15 + i / 100.0 AS lat, 101 + i / 100.0 AS lon FROM "
                                  "range(60) t(i)");
    CHECK_EQ_INT(rows_with(a, &elsewhere, "coordinates-country"), 60);
    Flagged twice = flag_rows(a, series, sizeof series / sizeof series[0],
                              "SELECT i % 100 AS n, 'S' || i % 100 AS station, 'k' AS kind, TIMESTAMP '2024-01-01' AS "
                              "\"at\", 5.0 AS pm25 FROM range(200) t(i)");
    CHECK_EQ_INT(rows_with(a, &twice, "row-repeated"), 200);
    Flagged again = flag_rows(a, series, sizeof series / sizeof series[0],
                              "SELECT i AS n, 'S' || i % 100 AS station, 'k' AS kind, TIMESTAMP '2024-01-01' AS "
                              "\"at\", 5.0 AS pm25 FROM range(200) t(i)");
    CHECK(!again.written);
    CHECK_STR(again.widespread, "key-repeated:200");
}

TEST("countries of which none is known are told of, without a flag")
{
    Flagged f = flag_rows(a, places, sizeof places / sizeof places[0],
                          "SELECT i AS n, CASE WHEN i < 7 THEN 'North ' || i END AS country, 15 AS lat, 101 AS lon "
                          "FROM range(60) t(i)");
    CHECK_EQ_INT(rows_with(a, &f, "country-unknown"), 0);
    CHECK_STR(f.widespread, "country-unknown:7");
}
