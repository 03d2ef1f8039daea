/* Numbers as people write them, in C and in SQL, and how columns of them are read. */
#include "data/number_text.h"

#include "data/date_form.h"
#include "data/duck.h"
#include "data/reading.h"

#include "base/file.h"

#include "engine.h"

static DuckRun *run_new(Arena *a)
{
    static const DuckTextFunction *const dates[] = { &date_form_function, NULL };
    return engine_run(a, &(DuckOptions){ .folder = test_folder(a), .text_functions = dates });
}

TEST("a number of other digits is the same number, in C and in SQL, in every script that dates are read in")
{
    static const char *const table[][2] = {
        { "−1٬٢٣٤٫٥", "-1,234.5" },
        { "۰۱۲۳۴۵۶۷۸۹", "0123456789" },
        { "०१२३४५६७८९", "0123456789" },
        { "০১২৩৪৫৬৭৮৯", "0123456789" },
        { "๐๑๒๓๔๕๖๗๘๙", "0123456789" },
        { "໐໑໒໓໔໕໖໗໘໙", "0123456789" },
        { "၀၁၂၃၄၅၆၇၈၉", "0123456789" },
        { "០១២៣៤៥៦៧៨៩", "0123456789" },
        { "＋０１２３４５６７８９％", "+0123456789%" },
        { "5.5", "5.5" },
        { "北京", "北京" },
    };
    DuckRun *run = run_new(a);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Buf      *sql = buf_open(a), *text = buf_open(a);
        DuckValue value;
        buf_putf(text, "'%s'", table[i][0]);
        buf_put_z(sql, "SELECT ");
        number_plain_sql(buf_str(text), sql);
        CHECK_STR(number_plain(a, str_of(table[i][0])), table[i][1]);
        CHECK_OK(duck_ask_one(run, a, buf_str(sql), NULL, 0, &value, &err));
        CHECK_STR(value.text, table[i][1]);
    }
}

/* The rows of a file by the columns that are recognised, "1|x 2|y". */
static Str rows_of(Arena *a, const char *text)
{
    const char      *path = path_join(a, str_of(test_folder(a)), S("file.csv")).at;
    DuckRun         *run = run_new(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    Recognised       file;
    Reading          reading;
    Err              err = { 0 };
    Buf              sql = { 0 }, *out = buf_open(a), *ask = buf_open(a);
    bool             ok = file_replace(path, str_of(text), 0644, &err) && recognise_file(a, path, &file, &err) &&
              reading_make(a, &file, file.columns, file.column_count, false, &reading, &err);
    if (!check_ok(ok, &err, __FILE__, __LINE__, text)) return STR_NONE;
    reading.path = str_of(path);
    reading_sql(&reading, &sql);
    buf_putf(ask, "SELECT concat_ws('|', *COLUMNS(* EXCLUDE (_flags))) FROM (%.*s)", STR_ARG(buf_str(&sql)));
    buf_free(&sql);
    if (!check_ok(duck_ask(run, a, buf_str(ask), NULL, 0, &answer, &err), &err, __FILE__, __LINE__,
                  text))
        return STR_NONE;
    while (duck_next(answer, &row, &err) && row) buf_putf(out, "%s%.*s", out->len ? " " : "", STR_ARG(row[0].text));
    return buf_str(out);
}

TEST("columns of numbers as people write them are read as these numbers")
{
    static const char *const table[][2] = {
        { "v,w\n−5.5,x\n3,y\n", "-5.5|x 3.0|y" },
        { "v,w\n\"−1,234.5\",x\n3,y\n", "-1234.5|x 3.0|y" },
        { "v;w\n１２,５;x\n３;y\n", "12.5|x 3.0|y" },
        { "v;w\n١٬٢٣٤٬٥٦٧;x\n٣;y\n", "1234567|x 3|y" },
        { "v,w\n๑๒,x\n-99,y\n๓,z\n", "12|x y 3|z" },
        { "v,w\n１２．５,x\n－３,y\n−,z\n", "12.5|x -3.0|y z" },
        { "ปี,w\n๒๕๖๗,x\n๒๕๖๘,y\n", "2024|x 2025|y" },
        { "ปี,เดือน,v\n๒๕๖๗,๔,x\n๒๕๖๘,๕,y\n", "2024-04-01|x 2025-05-01|y" },
        { "v,w\n5.5%,x\nNA,y\n7 %,z\n", "5.5|x y 7.0|z" },
        { "sep=;\r\nv;w\r\n1,5;x\r\n", "1.5|x" },
        { "date,w\n45000,x\n25569,y\n", "2023-03-15|x 1970-01-01|y" },
        { "v;w\n5,5%;x\n٥٪;y\n", "5.5|x 5.0|y" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) CHECK_STR(rows_of(a, table[i][0]), table[i][1]);
}
