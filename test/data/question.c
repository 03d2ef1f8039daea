/* Questions to datasets: each is compared with SQL that was written by hand for the same parts. */
#include "data/question.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#include "engine.h"

typedef struct {
    DuckRun *run;
    Table    table;
    Str      parts[2];
} Fixture;

static const Column columns[] = {
    { .name = S_INIT("country"), .type = COLUMN_STRING, .role = ROLE_OF_COUNTRY },
    { .name = S_INIT("station"), .type = COLUMN_STRING, .role = ROLE_OF_PLACE },
    { .name = S_INIT("date"), .type = COLUMN_DATE, .role = ROLE_OF_TIME },
    { .name = S_INIT("seen"), .type = COLUMN_DATETIME },
    { .name = S_INIT("month"), .type = COLUMN_YEARMONTH },
    { .name = S_INIT("since"), .type = COLUMN_YEAR },
    { .name = S_INIT("value"), .type = COLUMN_NUMBER, .role = ROLE_OF_VALUE, .unit = S_INIT("mm/h") },
    { .name = S_INIT("n"), .type = COLUMN_INTEGER },
    { .name = S_INIT("ok"), .type = COLUMN_BOOLEAN },
    { .name = S_INIT("at"), .type = COLUMN_TIME },
    { .name = S_INIT("lat"), .type = COLUMN_NUMBER, .role = ROLE_OF_LATITUDE },
    { .name = S_INIT("lon"), .type = COLUMN_NUMBER, .role = ROLE_OF_LONGITUDE },
    { .name = S_INIT("limit"), .type = COLUMN_INTEGER },
    { .name = S_INIT("Rain (mm), \"daily\"'; DROP TABLE t; --"), .type = COLUMN_NUMBER },
    { .name = S_INIT("nowhere"), .type = COLUMN_STRING }, /* in no part */
};

/* Two parts of 500 rows; the second lacks a column. */
static const char made[] =
    "SELECT CASE i % 4 WHEN 0 THEN 'TH' WHEN 1 THEN 'VN' WHEN 2 THEN 'KH' END AS country, "
    "'Station ' || (i % 17) AS station, DATE '2017-11-20' + CAST(i AS INTEGER) AS date, "
    "TIMESTAMP '2018-01-01 00:00:00' + INTERVAL (i) HOUR AS seen, date_trunc('month', DATE '2017-11-20' + CAST(i AS "
    "INTEGER))::DATE AS month, CAST(1990 + i % 31 AS INTEGER) AS since, CASE WHEN i % 10 = 0 THEN NULL ELSE i / 8.0 "
    "END "
    "AS value, CAST(i AS BIGINT) AS n, i % 3 = 0 AS ok, CAST(TIME '00:00:00' + INTERVAL (i) MINUTE AS TIME) AS \"at\", "
    "10 + (i % 50) / 16.0 AS lat, 100 + (i % 30) / 16.0 AS lon, CAST(i % 5 AS BIGINT) AS \"limit\", i / 4.0 AS "
    "\"Rain (mm), \"\"daily\"\"'; DROP TABLE t; --\", CASE WHEN i % 100 = 0 THEN ['high', 'late'] ELSE CAST([] AS "
    "VARCHAR[]) END AS _flags";

static const int64_t part_rows[] = { 500, 500 };

static Fixture *fixture(Arena *a)
{
    Fixture *f = NEW(a, Fixture);
    Err      err = { 0 };
    Str      folder = str_of(test_folder(a));
    f->run = engine_run(a, &(DuckOptions){ .folder = path_join(a, folder, S("tmp")).at });
    for (int i = 0; i < 2; i++) {
        f->parts[i] = path_join(a, folder, str_format(a, "it's part %d.parquet", i));
        Buf *sql = buf_open(a);
        buf_putf(sql, "COPY (SELECT * %s FROM (%s FROM range(%d, %d) r(i))) TO ", i ? "EXCLUDE (\"at\")" : "", made,
                 i * 500, i * 500 + 500);
        sql_text(sql, f->parts[i]);
        if (!duck_do(f->run, buf_str(sql), &err)) {
            check_ok(false, &err, __FILE__, __LINE__, "COPY");
            return NULL;
        }
    }
    /* For SQL by hand. */
    Str view = str_format(a,
                          "CREATE VIEW all_rows AS SELECT *, NULL::VARCHAR AS nowhere FROM read_parquet('%.*s/it''s "
                          "part*.parquet', union_by_name=true)",
                          STR_ARG(folder));
    if (!check_ok(duck_do(f->run, view, &err), &err, __FILE__, __LINE__, "CREATE VIEW")) return NULL;
    f->table = (Table){ columns, sizeof columns / sizeof *columns, f->parts, 2, part_rows, NULL };
    return f;
}

static Str rows_text(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Err              err = { 0 };
    Buf             *out = buf_open(a);
    if (!duck_ask(run, a, sql, given, n, &answer, &err)) return str_format(a, "failed: %s", err.text);
    for (size_t i = 0; i < duck_column_count(answer); i++) buf_putf(out, "%.*s|", STR_ARG(duck_column_name(answer, i)));
    while (duck_next(answer, &row, &err)) {
        buf_put_byte(out, '\n');
        for (size_t i = 0; i < duck_column_count(answer); i++) {
            if (row[i].type == DUCK_BOOL) buf_put_z(out, row[i].yes ? "yes" : "no");
            if (row[i].type == DUCK_INTEGER) buf_put_integer(out, row[i].integer);
            if (row[i].type == DUCK_NUMBER) buf_putf(out, "%.12g", row[i].number);
            if (row[i].type == DUCK_TEXT) buf_put(out, row[i].text);
            buf_put_byte(out, '|');
        }
    }
    if (err.code) buf_putf(out, "failed: %s", err.text);
    duck_answer_close(answer);
    return buf_str(out);
}

/* "a=1&b=2" */
static bool ask(Fixture *f, Arena *a, const char *text, TableQuestion *q, Err *err)
{
    QuestionPair pairs[32];
    size_t       n = 0;
    for (Cut rest = { .tail = str_of(text), .found = *text != 0 }; rest.found;) {
        rest = str_cut(rest.tail, '&');
        Cut pair = str_cut(rest.head, '=');
        pairs[n++] = (QuestionPair){ pair.head, pair.tail };
    }
    return question_read(a, &f->table, pairs, n, q, err);
}

static void same_at(Fixture *f, Arena *a, const char *question, const char *sql, int64_t count, int line)
{
    TableQuestion q;
    DuckValue     total = { 0 };
    Err           err = { 0 };
    if (!check_ok(ask(f, a, question, &q, &err), &err, __FILE__, line, question)) return;
    Str by_hand = rows_text(f->run, a, str_of(sql), NULL, 0);
    check_that(!str_has(by_hand, S("failed:")), __FILE__, line, by_hand.at);
    check_str(rows_text(f->run, a, q.sql, q.given, q.given_count), by_hand, __FILE__, line, question);
    check_ok(duck_ask_one(f->run, a, q.count_sql, q.given, q.given_count, &total, &err), &err, __FILE__, line,
             question);
    check_int(total.integer, count, __FILE__, line, question);
}
#define SAME(question, sql, count) same_at(f, a, question, sql, count, __LINE__)

TEST("every filter finds what SQL by hand finds")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("columns=n&country=TH", "SELECT n FROM all_rows WHERE country = 'TH'", 250);
    SAME("columns=n&country=TH&country=KH&n.max=9", "SELECT n FROM all_rows WHERE country IN ('TH','KH') AND n <= 9",
         5);
    SAME("columns=n&country.missing=true&n.max=9", "SELECT n FROM all_rows WHERE country IS NULL AND n <= 9", 2);
    SAME("columns=n&value.missing=false&n.max=11", "SELECT n FROM all_rows WHERE value IS NOT NULL AND n <= 11", 10);
    SAME("columns=n&value.min=100&value.max=101.5", "SELECT n FROM all_rows WHERE value BETWEEN 100 AND 101.5", 11);
    SAME("columns=n&value=0.125", "SELECT n FROM all_rows WHERE value = 0.125", 1);
    SAME("columns=n&station.has=ION 16&n.max=50", "SELECT n FROM all_rows WHERE station ILIKE '%ion 16%' AND n <= 50",
         3);
    SAME("columns=n&station.min=Station 8", "SELECT n FROM all_rows WHERE station >= 'Station 8'", 118);
    SAME("columns=n&date=2018-02", "SELECT n FROM all_rows WHERE date BETWEEN '2018-02-01' AND '2018-02-28'", 28);
    SAME("columns=n&date.min=2019&date.max=2019-01",
         "SELECT n FROM all_rows WHERE date >= '2019-01-01' AND date <= '2019-01-31'", 31);
    SAME("columns=n&date=2018-02-01&date=2018-02-03",
         "SELECT n FROM all_rows WHERE date IN ('2018-02-01', '2018-02-03')", 2);
    SAME("columns=n&seen=2018-01-03", "SELECT n FROM all_rows WHERE seen::DATE = '2018-01-03'", 24);
    SAME("columns=n&seen.min=2018-01-03T05:00&seen.max=2018-01-03 07:00:00",
         "SELECT n FROM all_rows WHERE seen BETWEEN '2018-01-03 05:00:00' AND '2018-01-03 07:00:00'", 3);
    SAME("columns=n&seen=2018-01-03T12:00:00+07:00", "SELECT n FROM all_rows WHERE seen = '2018-01-03 05:00:00'", 1);
    SAME("columns=n&month=2018-02", "SELECT n FROM all_rows WHERE month = '2018-02-01'", 28);
    SAME("columns=n&since=1990&n.max=99", "SELECT n FROM all_rows WHERE since = 1990 AND n <= 99", 4);
    SAME("columns=n&ok=true&n.max=9", "SELECT n FROM all_rows WHERE ok AND n <= 9", 4);
    SAME("columns=n&at.max=00:02", "SELECT n FROM all_rows WHERE \"at\" <= TIME '00:02:00'", 3);
    SAME("columns=n&at.missing=true", "SELECT n FROM all_rows WHERE n >= 500", 500);
    SAME("columns=n&_flags=late", "SELECT n FROM all_rows WHERE n % 100 = 0", 10);
    SAME("columns=n&_flags.missing=false", "SELECT n FROM all_rows WHERE n % 100 = 0", 10);
    SAME("columns=n&nowhere.missing=false", "SELECT n FROM all_rows WHERE false", 0);
    SAME("columns=n&country=&n.min=&limit=&n.max=1", "SELECT n FROM all_rows WHERE n <= 1", 2);
}

TEST("rows are found by a box, over the 180th meridian too")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("columns=n&_bbox=100.5,10.25,101,11",
         "SELECT n FROM all_rows WHERE lon BETWEEN 100.5 AND 101 AND lat BETWEEN 10.25 "
         "AND 11",
         81);
    SAME("columns=n&_bbox=101.5,-90,100.1,90&n.max=99",
         "SELECT n FROM all_rows WHERE (lon >= 101.5 OR lon <= 100.1) AND n <= 99", 26);
    SAME("columns=n&_bbox=-180,-90,-100,90", "SELECT n FROM all_rows WHERE false", 0);
}

TEST("rows are found by a span, in whole days, months and years where their times are those")
{
    Fixture *f = fixture(a);
    if (!f) return;
    Column ours[sizeof columns / sizeof *columns];
    memcpy(ours, columns, sizeof columns);
    f->table.columns = ours;
    SAME("columns=n&_time=2018-02-01T23:00:00Z/2018-02-03T00:00:00Z",
         "SELECT n FROM all_rows WHERE date BETWEEN '2018-02-01' AND '2018-02-03'", 3);
    SAME("columns=n&_time=2018-02-01T23:00:00-03:00", "SELECT n FROM all_rows WHERE date = '2018-02-02'", 1);
    SAME("columns=n&_time=../2018", "SELECT n FROM all_rows WHERE date <= '2018-12-31'", 407);
    ours[2].role = ROLE_OF_NOTHING;
    ours[3].role = ROLE_OF_TIME; /* seen */
    SAME("columns=n&_time=2018-01-03T05:00:00Z/2018-01-03T07:00:00Z",
         "SELECT n FROM all_rows WHERE seen BETWEEN '2018-01-03 05:00:00' AND '2018-01-03 07:00:00'", 3);
    SAME("columns=n&_time=2018-01-03/2018-01-04", "SELECT n FROM all_rows WHERE seen::DATE BETWEEN '2018-01-03' AND "
                                                  "'2018-01-04'",
         48);
    ours[3].role = ROLE_OF_NOTHING;
    ours[4].role = ROLE_OF_TIME; /* month */
    SAME("columns=n&_time=2018-02-27/2018-03-01", "SELECT n FROM all_rows WHERE month IN ('2018-02-01', '2018-03-01')",
         59);
    ours[4].role = ROLE_OF_NOTHING;
    ours[5].role = ROLE_OF_TIME; /* since */
    SAME("columns=n&_time=2001-06-01/2002-01-01", "SELECT n FROM all_rows WHERE since IN (2001, 2002)", 64);
    ours[5].role = ROLE_OF_NOTHING;
    SAME("columns=n&n.max=9&_time=2001-06-01/2002-01-01", "SELECT n FROM all_rows WHERE n <= 9", 10);
}

TEST("rows have numbers, over all parts, where the table says how many each has")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("columns=n,_row&n.min=498&n.max=502", "SELECT n, n + 1 AS _row FROM all_rows WHERE n BETWEEN 498 AND 502", 5);
    SAME("columns=n&_row=501", "SELECT n FROM all_rows WHERE n = 500", 1);
    SAME("columns=n&_row.min=400&limit=3&country=TH",
         "SELECT n FROM all_rows WHERE n >= 399 AND country = 'TH' LIMIT 3", 150);
    SAME("columns=n,_flags&_row.max=2",
         "SELECT n, nullif(array_to_string(_flags, ';'), '') AS _flags FROM all_rows WHERE n < 2",
         2);
    TableQuestion q;
    SAME("columns=n&_row.min=251&_row.max=750", "SELECT n FROM all_rows WHERE n BETWEEN 250 AND 749", 500);
    SAME("columns=n&_row.min=501", "SELECT n FROM all_rows WHERE n >= 500", 500);
    SAME("columns=n&_row.max=500", "SELECT n FROM all_rows WHERE n < 500", 500);
    SAME("columns=n&_row.min=100&_row.max=110&_row.min=105", "SELECT n FROM all_rows WHERE n BETWEEN 104 AND 109", 6);
    SAME("columns=n&_row=1&_row=1000", "SELECT n FROM all_rows WHERE n IN (0, 999)", 2);
    SAME("columns=n&_row=1&_row=1000&_row.max=9", "SELECT n FROM all_rows WHERE n = 0", 1);
    SAME("columns=n&_row.min=1001", "SELECT n FROM all_rows WHERE false", 0);
    SAME("columns=n&_row.min=2&_row.max=1", "SELECT n FROM all_rows WHERE false", 0);
    f->table.part_rows = NULL;
    CHECK_ERR(ask(f, a, "_row=1", &q, &err), ERR_USAGE);
}

TEST("names and values that look like SQL stay names and values")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("columns=n&country=' OR true; --", "SELECT n FROM all_rows WHERE false", 0);
    SAME("columns=n&station.has=%", "SELECT n FROM all_rows WHERE false", 0);
    SAME("columns=n&where.limit=4&limit=3", "SELECT n FROM all_rows WHERE \"limit\" = 4 LIMIT 3", 200);
    SAME("columns=n&Rain (mm), \"daily\"'; DROP TABLE t; --.max=1",
         "SELECT n FROM all_rows WHERE \"Rain (mm), \"\"daily\"\"'; DROP TABLE t; --\" <= 1", 5);
    SAME("columns=Rain (mm), \"daily\"'; DROP TABLE t; --&n=4",
         "SELECT \"Rain (mm), \"\"daily\"\"'; DROP TABLE t; --\" FROM all_rows WHERE n = 4", 1);
    SAME("aggregate=max(\"Rain (mm), \"\"daily\"\"'; DROP TABLE t; --\")",
         "SELECT max(n) / 4.0 AS \"max(Rain (mm), \"\"daily\"\"'; DROP TABLE t; --)\" FROM all_rows", 1);
}

TEST("rows are gathered as SQL by hand gathers them")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("group=country", "SELECT country, count(*) AS count FROM all_rows GROUP BY 1 ORDER BY 1 NULLS LAST", 4);
    SAME("aggregate=count", "SELECT 1000 AS count", 1);
    SAME("aggregate=count,count(value)&n.max=-1", "SELECT 0 AS count, 0 AS \"count(value)\"", 1);
    SAME("group=year(date),country&aggregate=count,mean(value)&country=TH",
         "SELECT year(date) AS \"year(date)\", country, count(*) AS count, avg(value) AS \"mean(value)\" FROM all_rows "
         "WHERE country = 'TH' GROUP BY 1, 2 ORDER BY 1, 2",
         4);
    SAME("group=decade(since)",
         "SELECT since // 10 * 10 AS \"decade(since)\", count(*) AS count FROM all_rows GROUP BY 1 ORDER BY 1", 4);
    SAME("group=month(date)&n.max=99",
         "SELECT strftime(date, '%Y-%m') AS \"month(date)\", count(*) AS count FROM all_rows WHERE n <= 99 GROUP BY 1 "
         "ORDER BY 1",
         4);
    SAME("group=day(seen)&limit=2&offset=1",
         "SELECT seen::DATE AS \"day(seen)\", count(*) AS count FROM all_rows GROUP BY 1 ORDER BY 1 LIMIT 2 OFFSET 1",
         42);
    SAME("group=month_of_year(seen)",
         "SELECT month(seen) AS \"month_of_year(seen)\", count(*) AS count FROM all_rows GROUP BY 1 ORDER BY 1", 2);
    SAME("group=grid(0.5)",
         "SELECT floor(lat * 2) / 2 + 0.25 AS lat, floor(lon * 2) / 2 + 0.25 AS lon, count(*) AS count "
         "FROM all_rows GROUP BY ALL ORDER BY 1, 2",
         27);
    SAME("group=_flags",
         "SELECT CASE WHEN n % 100 = 0 THEN 'high;late' END AS _flags, count(*) AS count FROM all_rows GROUP BY 1 "
         "ORDER BY 1 NULLS LAST",
         2);
    SAME("group=country&aggregate=sum(n),min(date),max(seen),median(value),quantile(value;0.9),distinct(station)&order="
         "-sum(n),country&limit=3",
         "SELECT country, sum(n)::BIGINT AS \"sum(n)\", min(date) AS \"min(date)\", max(seen) AS \"max(seen)\", "
         "median(value) AS "
         "\"median(value)\", quantile_cont(value, 0.9) AS \"quantile(value;0.9)\", count(DISTINCT station) AS "
         "\"distinct(station)\" FROM all_rows GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3",
         4);
}

TEST("taxa are gathered by the genus and the species that begin their names")
{
    static const Column names[] = { { .name = S_INIT("name"), .type = COLUMN_STRING, .role = ROLE_OF_TAXON } };
    Fixture            *f = fixture(a);
    Str                 path = path_join(a, str_of(test_folder(a)), S("names.parquet"));
    TableQuestion       q;
    if (!f) return;
    CHECK_OK(duck_do(
        f->run,
        str_format(
            a,
            "COPY (SELECT unnest(['Panthera tigris', 'Panthera tigris (Linnaeus, 1758)', "
            "'Panthera pardus', 'Panthera sp.', 'Panthera cf. tigris', 'Panthera', '× Mangifera x "
            "odorata Griff.', 'Aedes (Stegomyia) aegypti', 'Isoëtes sinensis', 'unknown', NULL]) "
            "AS "
            "name) TO '%.*s' (FORMAT parquet)",
            STR_ARG(path)),
        &err));
    f->table = (Table){ .columns = names, .column_count = 1, .parts = &path, .part_count = 1 };
    CHECK_OK(ask(f, a, "group=genus(name)", &q, &err));
    CHECK_STR(rows_text(f->run, a, q.sql, q.given, q.given_count),
              "genus(name)|count|\nAedes|1|\nIsoëtes|1|\nMangifera|1|\nPanthera|6|\n|2|");
    CHECK_OK(ask(f, a, "group=species(name)", &q, &err));
    CHECK_STR(rows_text(f->run, a, q.sql, q.given, q.given_count),
              "species(name)|count|\nAedes aegypti|1|\nIsoëtes sinensis|1|\nMangifera odorata|1|\nPanthera pardus|1|"
              "\nPanthera tigris|2|\n|5|");
    CHECK_EQ_INT(q.results[0].role, ROLE_OF_TAXON);
}

TEST("order, limit and offset page through everything once")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("columns=n,country&order=country,-n&limit=7&offset=995",
         "SELECT n, country FROM all_rows ORDER BY country NULLS LAST, n DESC LIMIT 7 OFFSET 995", 1000);
    SAME("columns=n&order=-value&limit=2", "SELECT n FROM all_rows ORDER BY value DESC NULLS LAST LIMIT 2", 1000);
    SAME("columns=since&order=since&limit=5", "SELECT 1990 AS since FROM range(5)", 1000);
    SAME("columns=seen,month&n=1", "SELECT '2018-01-01T01:00:00' AS seen, '2017-11' AS month", 1);
    SAME("limit=0",
         "SELECT country, station, date, seen, month, since, value, n, ok, \"at\", lat, lon, \"limit\", \"Rain (mm), "
         "\"\"daily\"\"'; DROP TABLE t; --\", nowhere, '' AS _flags FROM all_rows WHERE false",
         1000);
}

TEST("a dataset without parts has no rows")
{
    Fixture *f = fixture(a);
    if (!f) return;
    f->table.part_count = 0;
    SAME("columns=n", "SELECT 1 AS n WHERE false", 0);
    SAME("group=country", "SELECT 1 AS country, 1 AS count WHERE false", 0);
}

TEST("results say their types and units")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    if (!f) return;
    CHECK_OK(ask(f, a, "group=month(date),country&aggregate=count,mean(value),max(date)", &q, &err));
    static const struct {
        const char *name, *type, *unit;
    } expected[] = {
        { "month(date)", "yearmonth", "" },
        { "country", "string", "" },
        { "count", "integer", "" },
        { "mean(value)", "number", "mm/h" },
        { "max(date)", "date", "" },
    };
    CHECK_EQ_INT(q.result_count, 5);
    CHECK(q.grouped);
    for (size_t i = 0; i < 5; i++) {
        CHECK_STR(q.results[i].name, expected[i].name);
        CHECK_STR(column_type_name(q.results[i].type), expected[i].type);
        CHECK_STR(q.results[i].unit, expected[i].unit);
    }
}

TEST("what is wrong in a question is named, with what would be right")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    if (!f) return;
    static const struct {
        const char *question, *said;
    } wrong[] = {
        { "contry=TH", "no column \"contry\"; \"country\" is near" },
        { "Country=TH", "\"country\" is near" },
        { "columns=n,valeu", "\"value\" is near" },
        { "zzzzzzzz=1", "there are: country, station" },
        { "order=stations", "\"station\" is near" },
        { "value.min=much", "\"much\" is no value of \"value\", which has numbers" },
        { "date=yesterday", "2018-09-13" },
        { "date=2018-02-30", "2018-09-13" },
        { "seen=2018-13-01T00:00", "2018-09-13T08:30:00" },
        { "ok=maybe", "true and false" },
        { "ok.min=true", "true and false" },
        { "at=25:00", "08:30" },
        { "value.missing=perhaps", "true or false" },
        { "_flags.min=x", "by the name of a flag" },
        { "limit=-1", "limit is a whole number" },
        { "offset=a", "offset is a whole number" },
        { "group=week(date)", "month_of_year()" },
        { "group=year(country)", "there are: date, seen, month, since" },
        { "group=month(since)", "finer than" },
        { "group=grid(0)", "grid(0.5)" },
        { "group=genus(value)", "texts are: country, station, nowhere" },
        { "aggregate=mode(value)", "median()" },
        { "aggregate=mean(country)", "there are: since, value, n" },
        { "aggregate=quantile(value)", "quantile(column;0.9)" },
        { "aggregate=quantile(value;2)", "from 0 to 1" },
        { "group=country&order=value", "the results are country, count" },
        { "group=country&columns=n", "columns= is for rows" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err = (Err){ 0 };
        bool ok = ask(f, a, wrong[i].question, &q, &err);
        check_that(!ok && err.code == ERR_USAGE && str_has(str_of(err.text), str_of(wrong[i].said)), __FILE__, __LINE__,
                   str_format(a, "%s: said \"%s\", not \"%s\"", wrong[i].question, err.text, wrong[i].said).at);
    }
}

TEST("a question is written as Parquet and JSON Lines, and read back the same")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    if (!f) return;
    static const struct {
        RowsForm    form;
        const char *read, *end;
    } forms[] = {
        { ROWS_PARQUET, "SELECT n, country, seen, strftime(month, '%Y-%m') AS month FROM read_parquet(", ")" },
        { ROWS_JSON_LINES, "SELECT n, country, replace(seen::VARCHAR, ' ', 'T') AS seen, month FROM read_json(",
          ", format='newline_delimited', "
          "columns={n: 'BIGINT', country: 'VARCHAR', seen: 'TIMESTAMP', month: 'VARCHAR'})" },
    };
    CHECK_OK(ask(f, a, "columns=n,country,seen,month&country=VN&n.min=490&order=-n", &q, &err));
    Str expected = rows_text(f->run, a, q.sql, q.given, q.given_count);
    CHECK(str_has(expected, S("|VN|2018-02-11T13:00:00|2020-08|")));
    for (size_t i = 0; i < 2; i++) {
        Str path = path_join(a, str_of(test_folder(a)), S("rows"));
        int fd = open(path.at, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        CHECK_OK(question_copy(f->run, a, &q, forms[i].form, fd, &err));
        close(fd);
        Buf *sql = buf_open(a);
        buf_put_z(sql, forms[i].read);
        sql_text(sql, path);
        buf_put_z(sql, forms[i].end);
        CHECK_STR(rows_text(f->run, a, buf_str(sql), NULL, 0), expected);
    }
}

TEST("a pipe whose reader is gone ends the writing")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    int           ends[2];
    if (!f) return;
    f->table.parts = NEW_ARRAY(a, Str, 400);
    for (size_t i = 0; i < 400; i++) ((Str *)f->table.parts)[i] = f->parts[i % 2];
    f->table.part_count = 400;
    f->table.part_rows = NULL;
    CHECK_OK(ask(f, a, "", &q, &err));
    CHECK_EQ_INT(pipe2(ends, O_CLOEXEC), 0);
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    CHECK(!question_copy(f->run, a, &q, ROWS_JSON_LINES, ends[1], &err));
    close(ends[1]);
    DuckValue one;
    CHECK_OK(duck_ask_one(f->run, a, S("SELECT 1"), NULL, 0, &one, &err));
}
