/* DuckDB behind its header. */
#include "data/duck.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/file.h"

#include "engine.h"

static DuckRun *run_new(Arena *a)
{
    return engine_run(a, &(DuckOptions){ .folder = test_folder(a) });
}

TEST("values of every simple type come back as they are")
{
    DuckRun         *run = run_new(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    CHECK_OK(
        duck_ask(run, a,
                 S("SELECT true, 7::TINYINT, 9007199254740993, 0.5, 1.25::DECIMAL(9,2), 'ภาษาไทย', DATE '2018-09-13', "
                   "TIMESTAMP '2018-09-13 08:30:00', TIMESTAMPTZ '2018-09-13 08:30:00+07', NULL, [1,2], "
                   "170141183460469231731687303715884105727::HUGEINT AS wide"),
                 NULL, 0, &answer, &err));
    CHECK_EQ_INT(duck_column_count(answer), 12);
    CHECK_STR(duck_column_name(answer, 11), "wide");
    CHECK_STR(duck_column_sql_type(answer, 4), "DECIMAL");
    CHECK_OK(duck_next(answer, &row, &err));
    CHECK(row[0].type == DUCK_BOOL && row[0].yes);
    CHECK_EQ_INT(row[1].integer, 7);
    CHECK_EQ_INT(row[2].integer, 9007199254740993);
    CHECK_EQ_DOUBLE(row[3].number, 0.5);
    CHECK_EQ_DOUBLE(row[4].number, 1.25);
    CHECK_STR(row[5].text, "ภาษาไทย");
    CHECK_STR(row[6].text, "2018-09-13");
    CHECK_STR(row[7].text, "2018-09-13T08:30:00");
    CHECK_STR(row[8].text, "2018-09-13T01:30:00Z");
    CHECK_EQ_INT(row[9].type, DUCK_NULL);
    CHECK_STR(row[10].text, "[1, 2]");
    CHECK_EQ_DOUBLE(row[11].number, 170141183460469231731687303715884105727.0);
    CHECK(!duck_next(answer, &row, &err));
    CHECK_EQ_INT(err.code, ERR_NONE);
}

TEST("parameters are values, never SQL")
{
    DuckRun  *run = run_new(a);
    DuckValue out, given[] = { DUCK_TEXT_OF(S("'; DROP TABLE x; --")), DUCK_INTEGER_OF(5), { 0 } };
    CHECK_OK(duck_ask_one(run, a, S("SELECT $1 || $2::VARCHAR || coalesce($3, '!')"), given, 3, &out, &err));
    CHECK_STR(out.text, "'; DROP TABLE x; --5!");
}

TEST("names and texts are quoted whole")
{
    Buf       sql = { 0 };
    DuckRun  *run = run_new(a);
    DuckValue out;
    buf_put_z(&sql, "SELECT t.");
    sql_name(&sql, S("a \"b\""));
    buf_put_z(&sql, " FROM (SELECT ");
    sql_text(&sql, S("it's"));
    buf_put_z(&sql, " AS ");
    sql_name(&sql, S("a \"b\""));
    buf_put_z(&sql, ") AS t");
    CHECK_OK(duck_ask_one(run, a, buf_str(&sql), NULL, 0, &out, &err));
    CHECK_STR(out.text, "it's");
    buf_free(&sql);
}

TEST("a statement that is wrong says what is wrong")
{
    DuckRun *run = run_new(a);
    CHECK_ERR(duck_do(run, S("SELEC 1"), &err), ERR_FORMAT);
    CHECK(str_has(str_of(err.text), S("SELEC")));
    CHECK_ERR(duck_do(run, S("SELECT no_such_column FROM range(3)"), &err), ERR_FORMAT);
    CHECK_ERR(duck_do(run, S("FROM read_parquet('/no/such/file')"), &err), ERR_STORE);
}

TEST("rows stream in order past one vector")
{
    DuckRun         *run = run_new(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    int64_t          n = 0, wrong = 0;
    CHECK_OK(duck_ask(run, a, S("SELECT i, 'row ' || i FROM range(100000) t(i)"), NULL, 0, &answer, &err));
    while (duck_next(answer, &row, &err)) {
        if (row[0].integer != n) wrong++;
        n++;
    }
    CHECK_EQ_INT(err.code, ERR_NONE);
    CHECK_EQ_INT(n, 100000);
    CHECK_EQ_INT(wrong, 0);
}

TEST("an instance that is locked in opens its files and nothing else")
{
    const char *folder = test_folder(a);
    DuckRun    *maker = run_new(a);
    Str         mine = path_join(a, str_of(folder), S("mine")), other = path_join(a, str_of(folder), S("other"));
    DuckValue   out;
    CHECK_OK(duck_do(maker, str_format(a, "COPY (SELECT 42 AS x) TO '%s' (FORMAT parquet)", mine.at), &err));
    CHECK_OK(duck_do(maker, str_format(a, "COPY (SELECT 43 AS x) TO '%s' (FORMAT parquet)", other.at), &err));
    DuckRun *run = engine_run(a, &(DuckOptions){ .folder = test_folder(a), .only_files = &mine, .only_file_count = 1 });
    CHECK_OK(duck_ask_one(run, a, str_format(a, "SELECT x FROM read_parquet('%s')", mine.at), NULL, 0, &out, &err));
    CHECK_EQ_INT(out.integer, 42);
    const char *const forbidden[] = {
        "SELECT x FROM read_parquet('%s')",
        "SELECT * FROM read_text('/etc/passwd') -- %s",
        "SELECT * FROM glob('%s')",
        "COPY (SELECT 1) TO '%s.new'",
        "SET enable_external_access=true --",
        "SET memory_limit='10GB' --",
        "INSTALL httpfs --",
        "ATTACH '%s.db' AS d",
        "EXPORT DATABASE '%s.dump'",
        "SELECT * FROM read_csv('%s')",
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        Cut around = str_cut(str_of(forbidden[i]), '%');
        Str sql = around.found
                      ? str_format(a, "%.*s%s%.*s", STR_ARG(around.head), other.at, STR_ARG(str_drop(around.tail, 1)))
                      : around.head;
        if (duck_do(run, sql, &err)) CHECK_STR(sql, "refused");
    }
}

TEST("a question that needs more memory than the setting fails and the next works")
{
    DuckRun  *run = engine_run(a, &(DuckOptions){ .folder = test_folder(a), .memory_bytes = 24 << 20, .threads = 1 });
    DuckValue out;
    CHECK_OK(duck_do(run, S("SET max_temp_directory_size='1MB'"), &err));
    CHECK_ERR(duck_ask_one(run, a, S("SELECT len(list(i || 'xxxxxxxxxxxxxxxx')) FROM range(3000000) t(i)"), NULL, 0,
                           &out, &err),
              ERR_TOO_BIG);
    CHECK_OK(duck_ask_one(run, a, S("SELECT 1"), NULL, 0, &out, &err));
    CHECK_EQ_INT(out.integer, 1);
}

/* How many threads of this process are that nice. */
static int threads_nice(Arena *a, int niceness)
{
    Str   *names, text;
    size_t n;
    int    count = 0;
    if (!folder_list(a, "/proc/self/task", &names, &n, NULL)) return -1;
    for (size_t i = 0; i < n; i++) {
        int value;
        if (!file_read(a, str_format(a, "/proc/self/task/%.*s/stat", STR_ARG(names[i])).at, 4096,
                       &text, NULL))
            continue;
        Str fields = str_drop(str_cut_last(text, ')').tail, 1);
        for (int k = 3; k < 19; k++) fields = str_cut(fields, ' ').tail; /* the 19th is the niceness */
        count += sscanf(fields.at, "%d", &value) == 1 && value == niceness;
    }
    return count;
}

TEST("the engine's threads give way where they are asked to, and who opens it does not")
{
    /* Whoever runs the tests may have made them give way already. */
    int own = getpriority(PRIO_PROCESS, 0), asked = own < 12 ? own + 7 : 19;
    int before = threads_nice(a, asked), plain = threads_nice(a, own);
    CHECK(engine_run(a, &(DuckOptions){ .threads = 3, .niceness = asked }) != NULL);
    CHECK_EQ_INT(threads_nice(a, asked) - before, 2);
    CHECK_EQ_INT(threads_nice(a, own), plain);
}
