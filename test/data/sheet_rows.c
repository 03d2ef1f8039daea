/* Workbooks into tables: which sheet, its headings, dates by both calendars, and what is refused. */
#include "data/sheet_rows.h"

#include <unistd.h>

#include "base/file.h"
#include "data/sheet_cell.h"

#include "check.h"

static bool laid(Arena *a, const char *file, const char *sheet, Str *out, Str *other, Err *err)
{
    Archive  *archive;
    Workbook *book;
    Str       path, *others;
    size_t    n;
    if (!archive_open(a, file, &archive, err) || !workbook_open(a, archive, &book, err) ||
        !workbook_choose(book, a, str_of(sheet), &others, &n, err) ||
        !laid_out(a, test_folder(a), workbook_tell, book, &path, err) || !file_read(a, path.at, 1 << 20, out, err))
        return false;
    unlink(path.at);
    *other = n ? others[0] : STR_NONE;
    return true;
}

TEST("the first sheet with rows that is not hidden is laid out below its notes, dates as dates")
{
    Str csv, other;
    CHECK_OK(laid(a, "test/data/files/levels.xlsx", "", &csv, &other, &err));
    CHECK_STR(csv, "_line,station,date,level (m),measured,at,ok\n"
                   "4,Prek Kdam,2020-01-01,0.1,2020-01-01 12:00:00,06:00:00,true\n"
                   "5,\"B & \"\"C\"\"\",2020-01-31,,2020-01-02 00:00:00,23:59:59,false\n"
                   "7,Prek Kdam,1900-02-28,3,,,\n");
    CHECK_STR(other, "Codes");
    CHECK_OK(laid(a, "test/data/files/levels.xlsx", "Codes", &csv, &other, &err));
    CHECK_STR(csv, "_line,code,n\n2,007,4\n");
    CHECK_OK(laid(a, "test/data/files/mac.xlsx", "", &csv, &other, &err));
    CHECK_STR(csv, "_line,day,n\n2,2020-01-01,1\n");
    CHECK_ERR(laid(a, "test/data/files/levels.xlsx", "Nope", &csv, &other, &err), ERR_NOT_FOUND);
    CHECK(str_has(str_of(err.text), S("\"Codes\"")));
    CHECK_ERR(laid(a, "test/data/files/levels.xlsx", "Empty", &csv, &other, &err), ERR_FORMAT);
}

TEST("what is merged is said of each row and heading that it is merged over")
{
    static const char *const table[][2] = {
        { "Two rows", "_line,Station,Month,PM2.5 2022,PM2.5 2023,Ozone 2022,Ozone 2023\n"
                      "5,Hanoi,1,40.5,41,60,61\n6,Hanoi,2,42.5,43,62,63\n7,Hue,1,20,,30,31\n" },
        { "Below", "_line,No. Province,Rain First half,Rain Second half\n3,Tak,1,2\n" },
        { "Across", "_line,Site,Place,Place_2\n2,One,13.5,100.25\n3,Two,14.5,101\n" },
        { "Down", "_line,Province,District,n\n2,Tak,Mae Sot,1\n3,Tak,Umphang,2\n4,Tak,Umphang,3\n5,Nan,,4\n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Str csv, other;
        CHECK_OK(laid(a, "test/data/files/merged.xlsx", table[i][0], &csv, &other, &err));
        CHECK_STR(csv, table[i][1]);
    }
}

TEST("numbers that are shown as dates count from 1900 or 1904, without the day that never was")
{
    static const struct {
        double      serial;
        bool        from_1904;
        const char *format, *text;
    } table[] = {
        { 1, false, "yyyy-mm-dd", "1900-01-01" },
        { 59, false, "yyyy-mm-dd", "1900-02-28" },
        { 61, false, "yyyy-mm-dd", "1900-03-01" },
        { 0, true, "yyyy-mm-dd", "1904-01-01" },
        { 25569, false, "d", "1970-01-01" },
        { 45000.75, false, "d/m/yy hh:mm", "2023-03-15 18:00:00" },
        { 0.5, false, "[Red]hh:mm", "12:00:00" },
        { 1.5, false, "[h]:mm:ss", "36:00:00" },
        { 0.1, true, "[mm]:ss", "02:24:00" },
        { 1.999999999, false, "yyyy-mm-dd hh:mm", "1900-01-02 00:00:00" },
        { -1, false, "yyyy-mm-dd", "" },
        { 1e9, false, "yyyy-mm-dd", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_STR(sheet_cell_date(a, table[i].serial, table[i].from_1904, sheet_cell_shown(str_of(table[i].format))),
                  table[i].text);
    CHECK_STR(sheet_cell_date(a, 1.5, false, sheet_cell_shown_by_number(46)), "36:00:00");
}

TEST("a workbook that is cut short, damaged, or declares entities is refused")
{
    Str         bytes, csv, other;
    const char *path = path_join(a, str_of(test_folder(a)), S("file.xlsx")).at;
    CHECK_ERR(laid(a, "test/data/files/entity.xlsx", "", &csv, &other, &err), ERR_FORMAT);
    CHECK(str_has(str_of(err.text), S("entities")));
    CHECK_OK(file_read(a, "test/data/files/levels.xlsx", 1 << 20, &bytes, &err));
    for (size_t n = 1; n < bytes.len; n += 97) {
        CHECK_OK(file_replace(path, str_take_first(bytes, n), 0644, &err));
        CHECK_ERR(laid(a, path, "", &csv, &other, &err), ERR_FORMAT);
    }
}
