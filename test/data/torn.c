/* Rows whose quote is not closed: told by what stands behind them, and set aside alone. */
#include "base/file.h"
#include "data/cells.h"
#include "store/files.h"

#include "import_world.h"

/* The lines on which the rows begin, with "!" behind those that are torn. */
static Str rows_of(Arena *a, const char *text, size_t columns)
{
    Cells    c = { .rest = str_of(text), .separator = ',', .quote = '"', .line = 1 };
    Buf     *out = buf_open(a);
    Str      row;
    uint64_t line;
    bool     torn;
    while (cells_row_torn(&c, columns, &row, &line, &torn)) buf_putf(out, "%d%s ", (int)line, torn ? "!" : "");
    return buf_str(out);
}

TEST("a quote that is not closed tears one row only, and cells of several lines stay whole")
{
    static const struct {
        const char *text;
        size_t      columns;
        const char *rows;
    } cases[] = {
        { "a,b\n1,\"x\n2,y\n3,z\n", 2, "1 2! 3 4 " },
        { "a,b\r\n1,\"x\r\n2,y\r\n3,z\r\n", 2, "1 2! 3 4 " },
        { "a,b\n1,\"x\n2,y\n3,\"z\"\n4,z\n", 2, "1 2! 3 4 5 " },
        { "a,b\n1,\"x\n2,\"y\n3,z\n4,\"\"\"z\"\"\"\n", 2, "1 2 4 5 " }, /* two open ones in turn */
        { "a,b\n1,\"x\n2,\"y\"\n3,z\n", 2, "1 2! 3 4 " },
        { "a,b\n1,\"x\n2,y\"z\n3,z\n", 2, "1 2 4 " },
        { "a,b\n1,\"x\n\ny, \"\"z\"\"\n3,4\"\n3,z\n", 2, "1 2 6 " },
        { "a,b\n1,\"x\n2,y\n3,z\" \n4,z\n", 2, "1 2 5 " },
        { "a,b\n1,\"x\ny\nz\"w\n4,z\n", 2, "1 2 5 " },
        { "a,b\n1,x\n2,\"y\n", 2, "1 2 3 " },
        { "a\n\"x\ny\n", 1, "1 2 " },
        { "a,b\n1,\"x\n2,y\n3,z\n", 0, "1 2! 3 4 " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_STR(rows_of(a, cases[i].text, cases[i].columns), cases[i].rows);
}

static bool import(World *w, Arena *a, Str rows, Imported *out, Err *err)
{
    const char   *path = path_join(a, str_of(test_folder(a)), S("rows.csv")).at;
    ImportOptions o = { .who = &w->who, .dataset = S("rivers"), .owner = S("caec"), .state = STATE_PUBLISHED };
    return file_replace(path, rows, 0644, err) && import_file(w->data, a, path, &o, NULL, NULL, out, err);
}

/* 400,000 rows, 10 MB: more than the engine reads in a piece. Each note stands in `quote`; that of row 1000 is left
   open. */
static Str many_rows(Arena *a, const char *quote)
{
    Buf *out = buf_open(a);
    buf_put_z(out, "id,note,level\n");
    for (int i = 1; i <= 400000; i++) {
        if (i == 1000) buf_putf(out, "%d,\"open,%d\n", i, i % 100);
        else if (i % 100000 == 7) buf_putf(out, "%d,\"two\nlines, \"\"%d\"\"\",%d\n", i, i, i % 100);
        else buf_putf(out, "%d,%snote %d%s,%d\n", i, quote, i, quote, i % 100);
    }
    return buf_str(out);
}

TEST("of a large file with a quote that is not closed that row is set aside, and every other is read")
{
    World                    w = world(a);
    Imported                 out;
    Str                      text, path;
    static const char *const quotes[] = { "", "\"" };
    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(import(&w, a, many_rows(a, quotes[i]), &out, &err));
        CHECK_EQ_INT(out.rows, 399999);
        CHECK_EQ_INT(out.aside, 1);
        CHECK_JSON(json_get(out.report, "doubts"), "[]");
        /* One row before it takes two lines. */
        CHECK_JSON(json_get(out.report, "aside"), "[{\"line\":1002,\"reason\":\"quote-not-closed\"}]");
        CHECK_OK(files_find(data_parts(w.data), a, out.aside_file, &path, &err));
        CHECK_OK(file_read(a, path.at, 10000, &text, &err));
        CHECK_STR(text, "id,note,level,_line,_column,_value,_reason,_row\n"
                        "1000,\"open,0\",,1002,,,quote-not-closed,\"1000,\"\"open,0\"\n");
    }
    world_end(&w);
}

TEST("a file with too many quotes that are not closed is refused with the line of the first")
{
    World    w = world(a);
    Imported out;
    Buf     *rows = buf_open(a);
    buf_put_z(rows, "id,note,level\n1,good,1\n");
    for (int i = 0; i < 1500; i++) buf_putf(rows, "%d,\"open,2\n5,good,2\n6,good,3\n", i);
    CHECK(!import(&w, a, buf_str(rows), &out, &err));
    CHECK_EQ_INT(err.code, ERR_INVALID);
    CHECK(str_starts(str_of(err.text),
                     S("more than 1000 rows begin a cell with a quote that is not closed, the first on line 3")));
    world_end(&w);
}
