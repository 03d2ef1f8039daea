/* Two Parquet files made one: the column, what does not go together, damaged footers. */
#include "data/parquet_splice.h"

#include <string.h>

#include "base/file.h"
#include "data/duck.h"

#include "engine.h"

static DuckRun *run_open(Arena *a)
{
    return engine_run(a, &(DuckOptions){ .folder = test_folder(a), .threads = 2 });
}

static Str written(Arena *a, DuckRun *run, const char *name, const char *select, int group)
{
    Err err = { 0 };
    Str path = path_join(a, str_of(test_folder(a)), str_of(name));
    CHECK(duck_do(run,
                  str_format(a, "SET threads = 1; COPY (%s) TO '%s' (FORMAT parquet, ROW_GROUP_SIZE %d)", select,
                             path.at, group),
                  &err));
    return path;
}

static int64_t asked(Arena *a, DuckRun *run, Str path, const char *select)
{
    Err       err = { 0 };
    DuckValue v = { 0 };
    CHECK(duck_ask_one(run, a, str_format(a, "SELECT %s FROM read_parquet('%s')", select, path.at), NULL, 0, &v, &err));
    return v.integer;
}

#define PART   "SELECT i AS n, 'place ' || i AS place, CAST([] AS VARCHAR[]) AS _flags FROM range(20000) t(i)"
#define COLUMN "SELECT CASE WHEN i % 7 = 0 THEN ['seven', 'x' || i] ELSE CAST([] AS VARCHAR[]) END AS _flags FROM "

TEST("the last column is the other file's, in several row groups, and the others stay")
{
    DuckRun *run = run_open(a);
    Str      part = written(a, run, "part", PART, 4096),
        column = written(a, run, "column", COLUMN "range(20000) t(i)", 4096);
    CHECK_OK(parquet_splice(part.at, column.at, &err));
    CHECK_EQ_INT(asked(a, run, part, "count(*)"), 20000);
    CHECK_EQ_INT(asked(a, run, part, "count(*) FILTER (place = 'place ' || n)"), 20000);
    CHECK_EQ_INT(asked(a, run, part, "count(*) FILTER (len(_flags) = 2 AND _flags[2] = 'x' || n AND n % 7 = 0)"), 2858);
    CHECK_EQ_INT(asked(a, run, part, "count(*) FILTER (len(_flags) = 0)"), 20000 - 2858);
    /* Again: the file that was made is one like another. */
    Str empty = written(a, run, "empty", "SELECT CAST([] AS VARCHAR[]) AS _flags FROM range(20000)", 4096);
    CHECK_OK(parquet_splice(part.at, empty.at, &err));
    CHECK_EQ_INT(asked(a, run, part, "count(*) FILTER (len(_flags) = 0)"), 20000);
}

TEST("files whose row groups are not the same are refused, and so is what is no Parquet")
{
    DuckRun *run = run_open(a);
    Str      part = written(a, run, "part", PART, 4096),
        other = written(a, run, "other", COLUMN "range(20000) t(i)", 2048);
    CHECK_ERR(parquet_splice(part.at, other.at, &err), ERR_FORMAT);
    other = written(a, run, "other", COLUMN "range(19999) t(i)", 4096);
    CHECK_ERR(parquet_splice(part.at, other.at, &err), ERR_FORMAT);
    CHECK_ERR(parquet_splice(part.at, written(a, run, "two", PART, 4096).at, &err), ERR_FORMAT);
    CHECK_EQ_INT(asked(a, run, part, "count(*) FILTER (len(_flags) = 0)"), 20000);
    Str text = path_join(a, str_of(test_folder(a)), S("text"));
    CHECK_OK(file_replace(text.at, S("PAR1 and then nothing PAR1"), 0600, &err));
    CHECK_ERR(parquet_splice(part.at, text.at, &err), ERR_FORMAT);
    CHECK_ERR(parquet_splice(text.at, part.at, &err), ERR_FORMAT);
}

TEST("whatever byte of a footer is changed, it is read within its bounds")
{
    DuckRun *run = run_open(a);
    Str      part = written(a, run, "part", PART, 8192),
        column = written(a, run, "column", COLUMN "range(20000) t(i)", 8192);
    Str    whole, bytes, damaged = path_join(a, str_of(test_folder(a)), S("damaged"));
    size_t refused = 0, tried = 0;
    CHECK_OK(file_read(a, part.at, 1 << 24, &whole, &err) && file_read(a, column.at, 1 << 24, &bytes, &err));
    size_t footer = (uint8_t)bytes.at[bytes.len - 8] | (size_t)(uint8_t)bytes.at[bytes.len - 7] << 8;
    char  *copy = arena_raw(a, bytes.len);
    for (size_t at = bytes.len - 8 - footer; at < bytes.len - 8; at += 3, tried++) {
        memcpy(copy, bytes.at, bytes.len);
        copy[at] = (char)(copy[at] ^ 0xFF);
        CHECK_OK(file_replace(damaged.at, (Str){ copy, bytes.len }, 0600, &err));
        CHECK_OK(file_replace(part.at, whole, 0600, &err));
        refused += !parquet_splice(part.at, damaged.at, &err);
    }
    CHECK(tried > 50 && refused > 0);
}
