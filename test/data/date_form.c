/* Dates by their form, months by name, and which form recognition finds in a column. */
#include "data/date_form.h"

#include "base/file.h"
#include "base/time.h"
#include "data/recognise.h"
#include "text/month.h"

#include "check.h"

TEST("a date is read by its form, and what is no such date is none")
{
    static const struct {
        const char *text, *form, *is;
    } table[] = {
        { "2024-01-02", "%Y-%m-%d", "2024-01-02T00:00:00.000Z" },
        { "2024年1月2日", "%Y年%m月%d日", "2024-01-02T00:00:00.000Z" },
        { "2024年12月2日 3时", "%Y年%m月%d日 %H时", "2024-12-02T03:00:00.000Z" },
        { "29/2/2567", "%d/%m/%EY", "2024-02-29T00:00:00.000Z" },
        { "1 พ.ค. 2563", "%d %b %EY", "2020-05-01T00:00:00.000Z" },
        { "1พฤษภาคม2563", "%d %b %EY", "2020-05-01T00:00:00.000Z" },
        { "٢٠٢٤/٠١/٠٢", "%Y/%Om/%Od", "2024-01-02T00:00:00.000Z" },
        { "๒๕๖๗-๐๑-๐๒", "%EY-%Om-%Od", "2024-01-02T00:00:00.000Z" },
        { "20240102030405", "%Y%m%d%H%M%S", "2024-01-02T03:04:05.000Z" },
        { "1/2/24 12:05 am", "%m/%d/%y %I:%M %p", "2024-01-02T00:05:00.000Z" },
        { "1/2/70 1:05PM", "%m/%d/%y %I:%M %p", "1970-01-02T13:05:00.000Z" },
        { "Jan 2, 2024", "%b %d, %Y", "2024-01-02T00:00:00.000Z" },
        { "2024", "%Y", "2024-01-01T00:00:00.000Z" },
        { "29/2/2566", "%d/%m/%EY", NULL }, /* 2023 */
        { "2024-13-01", "%Y-%m-%d", NULL },
        { "2024-01-02 ", "%Y-%m-%d", NULL },
        { "2024-01-02x", "%Y-%m-%d", NULL },
        { "2024102", "%Y%m%d", "2024-10-02T00:00:00.000Z" },
        { "202412", "%Y%m%d", NULL },
        { "13:05 AM", "%I:%M %p", NULL },
        { "24:00", "%H:%M", NULL },
        { "2024-12-31 24:00", "%Y-%m-%d %H:%M", "2025-01-01T00:00:00.000Z" },
        { "2024-12-31 24:01", "%Y-%m-%d %H:%M", NULL },
        { "2024-12-31 25:00", "%Y-%m-%d %H:%M", NULL },
        { "2 Foo 2024", "%d %b %Y", NULL },
        { "", "%d", NULL },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t micros;
        bool    well = date_form_read(str_of(table[i].text), str_of(table[i].form), &micros);
        CHECK_STR(well ? time_text(a, micros / 1000) : S("none"), table[i].is ? table[i].is : "none");
    }
    CHECK(date_form_known(S("%d %b %EY")) && !date_form_known(S("%j")) && !date_form_known(S("%")));
}

TEST("months are known by their names in the languages of the region, and not where a name is two months")
{
    static const struct {
        const char *name;
        int         month;
    } table[] = {
        { "January", 1 },
        { "SEPT", 9 },
        { "sep.", 9 },
        { "มี.ค.", 3 },
        { "ม.ค.", 1 },
        { "มกราคม", 1 },
        { "Agustus", 8 },
        { "Ogos", 8 },
        { "Disember", 12 },
        { "февраля", 2 },
        { "مارس", 3 },
        { "février", 2 },
        { "fevrier", 2 },
        { "មករា", 1 },
        { "ທັນວາ", 12 },
        { "မတ်", 3 },
        { "Foo", 0 },
        { "", 0 },
        { "1月", 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_EQ_INT(month_by_name(str_of(table[i].name)), table[i].month);
}

TEST("the forms of dates that people of the region write are found in a column")
{
    static const struct {
        const char *file, *is;
    } table[] = {
        { "a\n2024年1月2日\n2024年11月12日\n", "date %Y年%m月%d日" },
        { "a\n2024年1月2日 3时\n2024年11月12日 13时\n", "datetime %Y年%m月%d日 %H时" },
        { "a\n2024年1月\n2024年11月\n", "yearmonth %Y年%m月" },
        { "a\n1/5/2563\n31/12/2564\n", "date %d/%m/%EY buddhist-years" },
        { "a\n2563-05-01\n2564-12-31\n", "date %EY-%m-%d buddhist-years" },
        { "a\n1 พ.ค. 2563\n31 ธ.ค. 2564\n", "date %d %b %EY buddhist-years" },
        { "ปี\n2563\n2564\n", "year %EY buddhist-years" },
        { "year\n2020\n2563\n", "year " }, /* both: a person sees it by its flag */
        { "ปี,เดือน\n2563,ม.ค.\n2563,มี.ค.\n", "yearmonth %EY %b buddhist-years" },
        { "a\n2 Januari 2024\n31 Desember 2024\n", "date %d %b %Y" },
        { "a\n٢٠٢٤/٠١/٠٢\n٢٠٢٤/١٢/٣١\n", "date %Y/%Om/%Od" },
        { "a\n٢٠٢٤-٠١-٠٢\n٢٠٢٤-١٢-٣١\n", "date %Y-%Om-%Od" },
        { "a\n2-Jan-24\n31-Dec-24\n", "date %d-%b-%y" },
        { "a\nJan 2 2024\nDec 31 2024\n", "date %b %d %Y" },
        { "a\nngày 2 tháng 1 năm 2024\nngày 31 tháng 12 năm 2024\n", "date ngày %d tháng %m năm %Y" },
        { "a\n1/2/2024 3:05 PM\n12/31/2024 1:00 AM\n", "datetime %m/%d/%Y %I:%M %p" },
        { "日期\n20240102\n20241231\n", "date %Y%m%d" },
        { "n\n20240102\n20241231\n", "integer " }, /* nothing says that it is a date */
        { "date,hour\n20240102,3\n20241231,14\n", "datetime %Y%m%d %H" },
        { "date,hour\n20240102,3\n20241231,24\n", "datetime %Y%m%d %H hours-to-midnight" },
        { "date,hour\n20240102,3\n20241231,25\n", "date %Y%m%d" },
        { "date\n2/1/24\n12/11/23\n", "date %d/%m/%y day-or-month-first" },
        { "size\n2/1/24\n12/11/23\n", "string " },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised  r;
        const char *path = path_join(a, str_of(test_folder(a)), S("dates.csv")).at;
        CHECK_OK(file_replace(path, str_of(table[i].file), 0644, &err));
        CHECK_OK(recognise_file(a, path, &r, &err));
        const Column *c = &r.columns[0];
        Buf          *said = buf_open(a);
        buf_putf(said, "%s %.*s", column_type_name(c->type), STR_ARG(c->pattern));
        for (size_t k = 0; k < json_array_size(r.doubts); k++)
            buf_putf(said, " %.*s", STR_ARG(json_get_text(json_array_get(r.doubts, k), "doubt")));
        CHECK_STR(buf_str(said), table[i].is);
    }
}
