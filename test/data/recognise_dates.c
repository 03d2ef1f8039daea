/* Columns of dates of which some are none, and days that end at 24:00. */
#include "data/recognise.h"

#include "recognised.h"

/* `n` days like `good`, whose "#" is a digit, then `odd` ones, under "date", with a number beside each. */
static Str rows_of(Arena *a, const char *good, int n, const char *odd, int odds)
{
    Buf *out = buf_open(a);
    buf_put_z(out, "date,v\n");
    for (int i = 0; i < n + odds; i++) {
        for (const char *c = i < n ? good : odd; *c; c++) buf_put_byte(out, (char)(*c == '#' ? '1' + i % 9 : *c));
        buf_putf(out, ",%d\n", i);
    }
    return buf_str(out);
}

TEST("a column of texts of which most are dates is in doubt, with those that are none")
{
    static const struct {
        const char *good, *odd;
        int         n, odds;
        const char *doubts;
    } table[] = {
        { "2023-01-0#", "soon", 40, 3,
          "[{\"column\":\"date\",\"doubt\":\"mostly-dates\",\"examples\":[\"soon\"],\"type\":"
          "\"date\"}]" },
        { "2023-01-0#", "2023-02-31", 40, 10,
          "[{\"column\":\"date\",\"doubt\":\"mostly-dates\",\"examples\":[\"2023-02-31\"],\"type\":"
          "\"date\"}]" },
        { "0#/12/2023", "2023-01-01", 40, 10,
          "[{\"column\":\"date\",\"doubt\":\"mostly-dates\",\"examples\":[\"2023-01-01\"],\"type\":"
          "\"date\","
          "\"pattern\":\"%d/%m/%Y\"}]" },
        { "2023-01-0# 10:00", "0000-00-00 00:00", 2000, 1000,
          "[{\"column\":\"date\",\"doubt\":\"mostly-dates\",\"examples\":[\"0000-00-00 "
          "00:00\"],\"type\":\"datetime\"}]" },
        { "2023-01-0#", "soon", 40, 21, "[]" },
        { "on 2023-01-0#", "soon", 40, 1, "[]" },
        { "2023-01-0#", "2023-02-03", 40, 1, "[]" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, rows_of(a, table[i].good, table[i].n, table[i].odd, table[i].odds)), &r,
                                &err));
        CHECK_JSON(r.doubts, table[i].doubts);
    }
}

TEST("hours to 24 beside a date are joined in doubt, and 24:00 behind one is 0:00 of the next day")
{
    static const char *const table[][3] = {
        { "date,hour,v\n2024-01-01,1,x\n2024-01-01,24,y\n",
          "time:datetime/time(%Y-%m-%d %H) v:string", "hours-to-midnight" },
        { "year,month,day,hour\n2024,1,1,1\n2024,1,1,24\n", "time:datetime/time(%Y %m %d %H)",
          "hours-to-midnight" },
        { "year,month,day,hour\n2024,1,1,1\n2024,1,1,930\n",
          "time:date/time(%Y %m %d) hour:integer", NULL },
        { "t,v\n2024-01-01 23:00,x\n2024-01-01 24:00,y\n",
          "t:datetime/time(%Y-%m-%d %H:%M) v:string", NULL },
        { "t,v\n2024-01-01 23:00,x\n2024-01-02 00:00,y\n", "t:datetime/time v:string", NULL },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
        CHECK(has_doubt(&r, "hours-to-midnight") == (table[i][2] != NULL));
    }
}
