/* Reading and writing comma-separated values. */
#include "format/csv.h"

#include "../check.h"

static Str cell_of(Arena *a, Str cell, bool number)
{
    Buf *b = buf_open(a);
    csv_put_cell(b, cell, number);
    return buf_str(b);
}

/* The rows of a text as JSON: [["a","b"],…]. */
static Json *rows_of(Arena *a, Str text, Err *err)
{
    Json     *rows = json_array_make(a);
    CsvReader r = csv_reader_make(text);
    Str      *cells;
    size_t    n;
    while (csv_row(&r, a, &cells, &n, err)) {
        Json *row = json_array_make(a);
        for (size_t i = 0; i < n; i++) json_add_text(row, cells[i]);
        json_add_value(rows, row);
    }
    return rows;
}

TEST("a cell is quoted where its text needs it")
{
    CHECK_STR(cell_of(a, S("plain"), false), "plain");
    CHECK_STR(cell_of(a, S("a, b"), false), "\"a, b\"");
    CHECK_STR(cell_of(a, S("say \"yes\""), false), "\"say \"\"yes\"\"\"");
    CHECK_STR(cell_of(a, S("two\nlines"), false), "\"two\nlines\"");
    CHECK_STR(cell_of(a, S(" blank"), false), "\" blank\"");
    CHECK_STR(cell_of(a, S("红树林"), false), "红树林");
}

TEST("a text that a spreadsheet would run is made harmless, a number is not touched")
{
    CHECK_STR(cell_of(a, S("=1+1"), false), "'=1+1");
    CHECK_STR(cell_of(a, S("@SUM(A1)"), false), "'@SUM(A1)");
    CHECK_STR(cell_of(a, S("-cmd"), false), "'-cmd");
    CHECK_STR(cell_of(a, S("-12.5"), false), "-12.5");
    CHECK_STR(cell_of(a, S("-12.5"), true), "-12.5");
}

TEST("rows are read with quotes, line ends of every sort and a byte order mark")
{
    CHECK_JSON(rows_of(a,
                       S("\xEF\xBB\xBF"
                         "a,b\r\n\"1,\"\"x\"\"\",2\n\n3,\"two\nlines\""),
                       &err),
               "[[\"a\",\"b\"],[\"1,\\\"x\\\"\",\"2\"],[\"3\",\"two\\nlines\"]]");
    CHECK_EQ_INT(err.code, ERR_NONE);
    CHECK_JSON(rows_of(a, S("a;b\r1;2\r"), &err), "[[\"a\",\"b\"],[\"1\",\"2\"]]");
    CHECK_JSON(rows_of(a, S("a\tb, c\n1\t\n"), &err), "[[\"a\",\"b, c\"],[\"1\",\"\"]]");
    CHECK_JSON(rows_of(a, S(""), &err), "[]");
}

TEST("what was written is read back as it was")
{
    Str  texts[] = { S("=1+1"), S("a,b;c\td"), S("\"\""), S(" x "), S("-7"), S("'=x"),
                     S("'-7"), S("''"), S("line\r\nline"), S("it's"), S("ป่าชายเลน") };
    Buf *b = buf_open(a);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (i) buf_put_byte(b, ',');
        csv_put_cell(b, texts[i], false);
    }
    CsvReader r = csv_reader_make(buf_str(b));
    Str      *cells;
    size_t    n;
    CHECK_OK(csv_row(&r, a, &cells, &n, &err));
    CHECK_EQ_INT(n, sizeof texts / sizeof *texts);
    for (size_t i = 0; i < n; i++) CHECK_STR(cells[i], texts[i]);
}

TEST("an unfinished quote is an error that names its line")
{
    rows_of(a, S("a,b\n1,\"2\n3,4\n"), &err);
    CHECK_EQ_INT(err.code, ERR_FORMAT);
    CHECK_STR(err.text, "line 2: a quote is opened and not closed");
    rows_of(a, S("a\n\"b\"c\n"), &err);
    CHECK_STR(err.text, "line 2: text behind a closing quote");
}
