/* Rows set aside as people mend them: pages of them, all of them written again, damage and faults. */
#include "data/mend.h"

#include <errno.h>

#include "base/fault.h"
#include "base/file.h"

#include "check.h"

#define HEAD "station,level,_line,_column,_value,_reason,_row\n"
#define TWO  HEAD "\"Prek\nKdam\",much,3,level,much,not-number,\nc,,6,,,too-few-cells,\"c\"\n"

static const char *file_of(Arena *a, const char *text)
{
    const char *path = path_join(a, str_of(test_folder(a)), S("aside.csv")).at;
    Err         err = { 0 };
    check_ok(file_replace(path, str_of(text), 0644, &err), &err, __FILE__, __LINE__, "write the file");
    return path;
}

static const char *to_of(Arena *a)
{
    return path_join(a, str_of(test_folder(a)), S("mended.csv")).at;
}

TEST("rows set aside are read by pages, with where they stood and why")
{
    AsideRows   rows;
    const char *path = file_of(a, TWO);
    CHECK_OK(aside_rows_read(a, path, 0, 1, &rows, &err));
    CHECK_EQ_INT(rows.total, 2);
    CHECK_EQ_INT(rows.row_count, 1);
    CHECK_EQ_INT(rows.heading_count, 2);
    CHECK_STR(rows.rows[0].cells[0], "Prek\nKdam");
    CHECK_STR(rows.rows[0].line, "3");
    CHECK_STR(rows.rows[0].column, "level");
    CHECK_STR(rows.rows[0].value, "much");
    CHECK_STR(rows.rows[0].reason, "not-number");
    CHECK_OK(aside_rows_read(a, path, 1, 10, &rows, &err));
    CHECK_EQ_INT(rows.row_count, 1);
    CHECK_EQ_INT(rows.rows[0].number, 1);
    CHECK_STR(rows.rows[0].as_it_stands, "c");
    CHECK_OK(aside_rows_read(a, path, 2, 10, &rows, &err));
    CHECK_EQ_INT(rows.row_count, 0);
    CHECK_EQ_INT(rows.total, 2);
}

TEST("mended rows are written with all the others, without the columns that say why")
{
    Str         text;
    size_t      changed;
    const char *path = file_of(a, TWO), *to = to_of(a);
    const Mend  mends[] = { { 0, 0, S_INIT("PrekKdam") }, { 0, 1, S_INIT("3,5") }, { 1, 1, S_INIT("a \"4\"") } };
    /* A form cannot hold the line end of the first: that is no change. */
    CHECK_OK(aside_rows_mend(a, path, mends, 3, to, &changed, &err));
    CHECK_EQ_INT(changed, 2);
    CHECK_OK(file_read(a, to, 1000, &text, &err));
    CHECK_STR(text, "station,level\n\"Prek\nKdam\",\"3,5\"\nc,\"a \"\"4\"\"\"\n");
    CHECK_ERR(aside_rows_mend(a, path, mends, 3, to, &changed, &err), ERR_STORE);
}

TEST("a file that is none of rows set aside is damaged, and a disk that fails leaves nothing")
{
    static const char *const bad[] = { "", "a,b\n1,2\n", "_line,_column,_value,_reason\n", HEAD "x,1,2\n" };
    AsideRows                rows;
    size_t                   changed;
    for (size_t i = 1; i < sizeof bad / sizeof *bad; i++)
        CHECK_ERR(aside_rows_read(a, file_of(a, bad[i]), 0, 10, &rows, &err), ERR_CORRUPT);
    const char *path = file_of(a, TWO);
    fault_arm(FAULT_FILE_WRITE, 1, FAULT_FOR_GOOD, ENOSPC);
    bool ok = aside_rows_mend(a, path, NULL, 0, to_of(a), &changed, &err);
    fault_disarm_all();
    CHECK(!ok);
    CHECK(!path_exists(to_of(a)));
}
