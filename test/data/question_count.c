/* Counts and pages by indexes beside the same questions answered by reading the parts. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/question.h"

#include "check.h"

typedef struct {
    Duck    *duck;
    DuckRun *run;
    Beside  *beside;
    Table    table;
    Str      folder, parts[4];
} Fixture;

static const Column columns[] = {
    { .name = S_INIT("country"), .type = COLUMN_STRING, .role = ROLE_OF_COUNTRY },
    { .name = S_INIT("id"), .type = COLUMN_STRING, .role = ROLE_OF_ID },
    { .name = S_INIT("date"), .type = COLUMN_DATE, .role = ROLE_OF_TIME },
    { .name = S_INIT("seen"), .type = COLUMN_DATETIME },
    { .name = S_INIT("month"), .type = COLUMN_YEARMONTH },
    { .name = S_INIT("since"), .type = COLUMN_YEAR },
    { .name = S_INIT("value"), .type = COLUMN_NUMBER, .role = ROLE_OF_VALUE },
    { .name = S_INIT("n"), .type = COLUMN_INTEGER },
    { .name = S_INIT("ok"), .type = COLUMN_BOOLEAN },
    { .name = S_INIT("at"), .type = COLUMN_TIME },
    { .name = S_INIT("lat"), .type = COLUMN_NUMBER, .role = ROLE_OF_LATITUDE },
    { .name = S_INIT("lon"), .type = COLUMN_NUMBER, .role = ROLE_OF_LONGITUDE },
    { .name = S_INIT("sorted"), .type = COLUMN_INTEGER },
};

/* Values without order, some missing, NaN and -0 among the numbers; what is "sorted" is all the same in a block. */
static const char made[] =
    "SELECT CASE hash(i) % 9 WHEN 0 THEN NULL ELSE "
    "(['TH','VN','KH','LA','MM','ไทย','','th'])[CAST(hash(i) % 9 AS BIGINT)] END AS "
    "country, 'id ' || i AS id, DATE '1950-01-01' + CAST(hash(i + 1) % 12000 AS INTEGER) AS date, "
    "TIMESTAMP "
    "'2019-12-30 00:00:00' + INTERVAL (CAST(hash(i + 2) % 400 AS BIGINT)) HOUR AS seen, "
    "CAST(date_trunc('month', DATE '2001-05-05' + "
    "CAST(hash(i + 3) % 900 AS INTEGER)) AS DATE) AS month, CAST(1990 + hash(i + 4) % 33 AS "
    "INTEGER) AS since, CASE "
    "hash(i + 5) % 50 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN -0.0 WHEN 3 THEN "
    "'inf'::DOUBLE ELSE "
    "(hash(i + 5) % 1000) / 8.0 - 20 END AS value, CAST(hash(i + 6) % 41 AS BIGINT) AS n, hash(i + "
    "7) % 3 = 0 AS ok, "
    "CAST(TIME '00:00:00' + INTERVAL (CAST(hash(i + 8) % 1440 AS BIGINT)) MINUTE AS TIME) AS "
    "\"at\", 10 + (hash(i + 9) % 500) / 16.0 "
    "AS lat, CASE WHEN hash(i + 10) % 20 > 0 THEN -180 + (hash(i + 10) % 5760) / 16.0 END AS lon, "
    "i // 66000 AS "
    "sorted, CASE hash(i + 11) % 30 WHEN 0 THEN ['high', 'late'] WHEN 1 THEN ['highest'] WHEN 2 "
    "THEN NULL ELSE "
    "CAST([] AS VARCHAR[]) END AS _flags";

/* Rows of each part; the third is too small for an index, the fourth lacks a column. */
static const int64_t part_rows[] = { 140001, 65536, 500, 70000 };

static bool engine(void *duck, Duck **out, Err *err)
{
    (void)err;
    *out = duck;
    return true;
}

static void fixture_close(void *with)
{
    Fixture *f = with;
    indexes_close(f->table.indexes);
    beside_close(f->beside);
    duck_run_close(f->run);
    duck_close(f->duck);
}

static Fixture *fixture(Arena *a)
{
    Fixture *f = NEW(a, Fixture);
    Err      err = { 0 };
    int64_t  row = 0;
    f->folder = str_of(test_folder(a));
    arena_adopt(a, f, fixture_close);
    if (!duck_open(&(DuckOptions){ .folder = path_join(a, f->folder, S("tmp")).at }, &f->duck, &err) ||
        !duck_run_open(f->duck, &f->run, &err))
        return NULL;
    for (int i = 0; i < 4; i++) {
        f->parts[i] = path_join(a, f->folder, str_format(a, "%064d", i));
        Str sql = str_format(a, "COPY (SELECT * %s FROM (%s FROM range(%lld, %lld) r(i))) TO '%.*s' (FORMAT parquet)",
                             i == 3 ? "EXCLUDE (\"at\")" : "", made, (long long)row, (long long)(row + part_rows[i]),
                             STR_ARG(f->parts[i]));
        row += part_rows[i];
        if (!check_ok(duck_do(f->run, sql, &err), &err, __FILE__, __LINE__, "COPY")) return NULL;
    }
    f->beside = beside_open(path_join(a, f->folder, S("beside")).at, f->folder.at, false, engine, f->duck);
    f->table = (Table){ columns, sizeof columns / sizeof *columns, f->parts, 4, part_rows, indexes_open(f->beside) };
    return f;
}

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

static Str rows_text(DuckRun *run, Arena *a, const TableQuestion *q)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Err              err = { 0 };
    Buf             *out = buf_open(a);
    if (!duck_ask(run, a, q->sql, q->given, q->given_count, &answer, &err))
        return str_format(a, "failed: %s", err.text);
    while (duck_next(answer, &row, &err)) {
        for (size_t i = 0; i < duck_column_count(answer); i++) {
            if (row[i].type == DUCK_INTEGER) buf_put_integer(out, row[i].integer);
            if (row[i].type == DUCK_TEXT) buf_put(out, row[i].text);
            buf_put_byte(out, '|');
        }
    }
    duck_answer_close(answer);
    return err.code ? str_format(a, "failed: %s", err.text) : buf_str(out);
}

/* The same count and the same rows with indexes of so many parts as without. */
static void same_at(Fixture *f, Arena *a, const char *question, size_t by_index, int line)
{
    static const char *const pages[] = { "limit=7", "limit=100&offset=30", "limit=5&offset=6000",
                                         "limit=3&offset=999999" };
    for (int i = 0; i < 2; i++) {
        Str           text = str_format(a, "columns=id,_row&%s&%s", question, pages[i ? 1 + line % 3 : 0]);
        TableQuestion q;
        DuckValue     counted = { 0 };
        int64_t       total = -1;
        size_t        known = 99;
        Err           err = { 0 };
        if (!check_ok(ask(f, a, text.at, &q, &err), &err, __FILE__, line, text.at)) return;
        Str wanted = rows_text(f->run, a, &q);
        check_that(!str_has(wanted, S("failed:")), __FILE__, line, wanted.at);
        check_ok(duck_ask_one(f->run, a, q.count_sql, q.given, q.given_count, &counted, &err), &err, __FILE__, line,
                 text.at);
        check_ok(question_count(f->run, a, &q, true, &total, &known, &err), &err, __FILE__, line, text.at);
        check_int(total, counted.integer, __FILE__, line, text.at);
        check_int((intmax_t)known, (intmax_t)by_index, __FILE__, line, text.at);
        check_str(rows_text(f->run, a, &q), wanted, __FILE__, line, text.at);
    }
}
#define SAME(question, by_index) same_at(f, a, question, by_index, __LINE__)

TEST("indexes count and find the same rows as reading the parts does")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("country=TH", 3);
    SAME("country=TH&country=VN&country=nowhere", 3);
    SAME("country.min=L&country.max=TZ", 3);
    SAME("country=ไทย&n=7", 3);
    SAME("country.missing=true", 3);
    SAME("country.missing=false&ok=true", 3);
    SAME("country.has=h", 3);
    SAME("date=1962-03", 3);
    SAME("date.min=1961&date.max=1962-06-30", 3);
    SAME("date=1962-03-07&date=1981", 3);
    SAME("seen=2020-01-03", 3);
    SAME("seen.min=2020-01-03T05:00&seen.max=2020-01-03T07:00:00", 3);
    SAME("seen=2020-01-03T12:00:00+07:00", 3);
    SAME("month=2002-02", 3);
    SAME("month.max=2001-12", 3);
    SAME("since=1991&since=1999", 3);
    SAME("since.min=1995.5&since.max=2001", 3);
    SAME("value=0", 3);
    SAME("value.min=100", 3);
    SAME("value.max=-19.875", 3);
    SAME("value=12.125&value=12.126", 3);
    SAME("value.missing=true&n.max=20", 3);
    SAME("n.min=39.5", 3);
    SAME("n=40&ok=false&country=KH", 3);
    SAME("n=41", 3);
    SAME("_bbox=-10,12,20,13", 3);
    SAME("_bbox=170,12,-170,14", 3);
    SAME("_time=1960/1961-02-03", 3);
    SAME("_time=../1950-06&n=3", 3);
    SAME("_flags=high", 3);
    SAME("_flags=highest&_flags=late", 3);
    SAME("_flags.missing=true&n=5", 3);
    SAME("_flags.missing=false", 3);
    SAME("sorted=1", 3);
    SAME("sorted=3&n=3", 3);
    SAME("_row.min=139000&_row.max=206500&n=3", 3);
    SAME("_row=1&_row=140002&_row=140003&_row=276037", 3);
}

TEST("what an index cannot tell is counted by reading")
{
    Fixture *f = fixture(a);
    if (!f) return;
    SAME("id=id 77777", 0);
    SAME("country=TH&id.has=777", 0);
    SAME("at.max=00:02", 2); /* one part has no such column */
    SAME("country.has=ไทย", 0);
    SAME("n.has=4", 0);
}

TEST("a question in an order is counted by indexes and not narrowed")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    int64_t       total;
    size_t        known;
    if (!f) return;
    CHECK_OK(ask(f, a, "columns=id&country=TH&order=-id&limit=3", &q, &err));
    Str sql = q.sql;
    CHECK_OK(question_count(f->run, a, &q, true, &total, &known, &err));
    CHECK_EQ_INT(known, 3);
    CHECK_STR(q.sql, sql);
}

TEST("without an index a question is counted at once, and one is made for the next")
{
    Fixture      *f = fixture(a);
    TableQuestion q;
    int64_t       total, again;
    size_t        known = 0;
    if (!f) return;
    CHECK_OK(ask(f, a, "country=TH&limit=3", &q, &err));
    CHECK_OK(question_count(f->run, a, &q, false, &total, &known, &err));
    CHECK_EQ_INT(known, 0);
    for (int i = 0; i < 1000 && known < 3; i++) {
        usleep(10000);
        CHECK_OK(question_count(f->run, a, &q, false, &again, &known, &err));
        CHECK_EQ_INT(again, total);
    }
    CHECK_EQ_INT(known, 3);
}

/* Each file beside a part, with one byte of it changed. */
static size_t bytes_change(Arena *a, Str folder, size_t at)
{
    Str   *folders, *names;
    size_t n, m, changed = 0;
    Err    err;
    if (!folder_list(a, folder.at, &folders, &n, &err)) return 0;
    for (size_t i = 0; i < n; i++) {
        Str under = path_join(a, folder, folders[i]);
        if (!folder_list(a, under.at, &names, &m, &err)) return 0;
        for (size_t k = 0; k < m; k++) {
            Str   path = path_join(a, under, names[k]);
            int   fd = open(path.at, O_RDWR | O_CLOEXEC);
            char  byte;
            off_t where = (off_t)at % lseek(fd, 0, SEEK_END);
            if (pread(fd, &byte, 1, where) == 1) {
                byte ^= 4;
                changed += pwrite(fd, &byte, 1, where) == 1;
            }
            close(fd);
        }
    }
    return changed;
}

TEST("an index whose bytes were changed is not believed, and is made again")
{
    Fixture *f = fixture(a);
    if (!f) return;
    Str beside = path_join(a, f->folder, S("beside"));
    SAME("country=TH&n=7", 3);
    static const size_t places[] = { 40000, 210001, 5000007 };
    for (size_t place = 0; place < 3; place++) {
        size_t at = places[place];
        indexes_close(f->table.indexes);
        CHECK_EQ_INT(bytes_change(a, beside, at), 3);
        f->table.indexes = indexes_open(f->beside);
        TableQuestion q;
        int64_t       total;
        DuckValue     counted;
        for (int i = 0; i < 2; i++) {
            size_t known = 0;
            CHECK_OK(ask(f, a, "country=TH&n=7&date.max=1970&value.min=3&limit=10", &q, &err));
            CHECK_OK(duck_ask_one(f->run, a, q.count_sql, q.given, q.given_count, &counted, &err));
            CHECK_OK(question_count(f->run, a, &q, true, &total, &known, &err));
            CHECK_EQ_INT(total, counted.integer);
            if (i == 1) CHECK_EQ_INT(known, 3);
        }
    }
}
