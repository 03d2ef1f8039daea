/* What recognition says of numbers as people write them. */
#include "data/recognise.h"

#include "recognised.h"

TEST("numbers with signs between their thousands are numbers, codes and mixtures are not")
{
    static const char *const table[][2] = {
        { "v;w\n1.234,5;x\n12;x\n", "v:number(#.##0) w:string" },
        { "v;w\n1.234.567;x\n12;x\n", "v:integer(#.##0) w:string" },
        { "v;w\n1 234,5;x\n12;x\n", "v:number(# ##0) w:string" },
        { "v;w\n1\u2009234.5;x\n12;x\n", "v:number(# ##0) w:string" },
        { "v;w\n1'234.5;x\n12;x\n", "v:number(#'##0) w:string" },
        { "v;w\n1 234.5;x\n1'234;x\n", "v:string w:string" },
        { "v;w\n012 345;x\n678 901;x\n", "v:string w:string" },
        { "v;w\n1.23.456,5;x\n12;x\n", "v:string w:string" },
        /* Lakhs and crores. */
        { "v;w\n1,29,000;x\n12;x\n", "v:integer(#,##0) w:string" },
        { "v;w\n1,29,000;x\n1,290;x\n1,290,000;x\n", "v:integer(#,##0) w:string" },
        { "v;w\n-12,34,567.5;x\n1,00,00,000;x\n", "v:number(#,##0) w:string" },
        { "v,w\n\"१,२९,०००\",x\n१२,x\n", "v:integer(#,##0) w:string" },
        { "v;w\n1,29,000;1,234\n12;5\n", "v:integer(#,##0) w:integer(#,##0)" },
        { "v;w\n1,2,345;x\n12;x\n", "v:string w:string" },
        { "v;w\n123,45,678;x\n12;x\n", "v:string w:string" },
        { "v;w\n01,29,000;x\n12;x\n", "v:string w:string" },
        { "v;w\n1,29,000,000;x\n12;x\n", "v:string w:string" },
        { "v;w\n1,29,00;x\n12;x\n", "v:string w:string" },
        { "v;w\n1,29,0000;x\n12;x\n", "v:string w:string" },
        { "v;w\n1,29,000;x\n1,25;x\n", "v:string w:string" },
        { "v;w\n1.29.000;x\n12;x\n", "v:string w:string" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
    }
}

TEST("numbers in other digits, with another minus, or before a sign of percent are numbers")
{
    static const char *const table[][2] = {
        { "v;w\n−5.5;x\n3;x\n", "v:number(%O) w:string" },
        { "v;w\n−1,234.5;x\n3;x\n", "v:number(#,##0) w:string" },
        { "v;w\n١٢٫٥;x\n٣;x\n", "v:number(%O) w:string" },
        { "v;w\n١٬٢٣٤٬٥٦٧;x\n٣;x\n", "v:integer(#,##0) w:string" },
        { "v,w\n๑๒,x\n-99,x\n๓,x\n", "v:integer(%O)[-99] w:string" },
        { "v,w\n１２．５,x\n－３,x\n−,x\n", "v:number(%O)[-] w:string" },
        { "ปี,w\n๒๕๖๗,1.5\n๒๕๖๘,2\n", "ปี:year/time(%OEY) w:number/value" },
        { "ปี,เดือน,v\n๒๕๖๗,๔,1.5\n๒๕๖๘,๕,2\n", "time:yearmonth/time(%EY %m) v:number/value" },
        { "v,w\n5.5%,x\nNA,x\n7 %,x\n", "v:number(0%)[NA] w:string" },
        { "v,w\n5%,x\n٥٪,x\n", "v:number(0%) w:string" },
        { "v,w\n5%,x\n7,x\n", "v:string w:string" },
        { "v,w\n๐๐๗,x\n๐๐๘,x\n", "v:string w:string" },
        { "v,w\n①,x\n5 −,x\n", "v:string w:string" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
        if (str_has(str_of(table[i][1]), S("0%"))) CHECK_STR(r.columns[0].unit, "%");
    }
}

TEST("days of a spreadsheet under a heading that means a date are dates, in doubt")
{
    static const struct {
        const char *text, *columns;
        bool        doubt;
    } table[] = {
        { "date,w\n45000,x\n44999,x\n", "date:date/time(days since 1899-12-30) w:string", true },
        { "日期,w\n45000,x\nNA,x\n", "日期:date/time(days since 1899-12-30)[NA] w:string", true },
        { "date,hour,v\n45000,1,1.5\n45000,2,2.5\n",
          "date:date/time(days since 1899-12-30) hour:integer v:number/value", true },
        { "date,w\n45000,x\n12,x\n", "date:integer w:string", false },
        { "date,w\n45000.5,x\n", "date:number w:string", false },
        { "flow,w\n45000,x\n", "flow:integer w:string", false },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
        CHECK_EQ_INT(has_doubt(&r, "serial-dates"), table[i].doubt);
    }
}

TEST("a comma with three digits behind it is what other columns say that it is, and else in doubt")
{
    static const struct {
        const char *text, *columns;
        bool        doubt;
    } table[] = {
        { "v;w\n1,234;x\n12,500;x\n999;x\n", "v:number w:string", true },
        { "v\tw\n1,234\t5\n-12,500\t6\n", "v:number w:integer", true },
        { "v;w\n1,234;1.500\n12,500;2.500\n", "v:number w:string", true },
        { "v;w\n1,234;0,5\n12,500;1\n", "v:number w:number", false },
        { "v;w\n1,234;1.234.567\n12,500;1\n", "v:number w:integer(#.##0)", false },
        { "v;w\n1,234;0.5\n12,500;1\n", "v:integer(#,##0) w:number", false },
        { "v;w\n1,234;1,234,567\n12,500;1\n", "v:integer(#,##0) w:integer(#,##0)", false },
        { "v;w\n1,234;x\n0,500;x\n", "v:number w:string", false },
        { "v;w\n1,234;x\n0;x\n", "v:number w:string", true },
        { "v;w\n1,234;x\n1234;x\n", "v:number w:string", false },
        { "v;w\n1,234;x\n1,23;x\n", "v:number w:string", false },
        { "v;w\n1234,500;x\n", "v:number w:string", false },
        { "lat;w\n13,234;1\n12,500;2\n", "lat:number/latitude w:integer", false },
        { "v,w\n\"1,234\",x\n999,x\n", "v:integer(#,##0) w:string", false },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
        CHECK_EQ_INT(has_doubt(&r, "comma-or-thousands"), table[i].doubt);
    }
}

TEST("zeros before numbers, gaps and fractions that come far down in a file are seen")
{
    Buf *text = buf_open(a);
    buf_put_z(text, "station,ref,level,n\n");
    for (int i = 0; i < 200000; i++)
        if (i < 150000) buf_putf(text, "Station of the river number %d,%d,%d,%d\n", i % 9, 100 + i % 800, i % 50, i);
        else buf_putf(text, "Station of the river number %d,%05d,%d,%d.5\n", i % 9, i % 100, i % 4 ? i % 50 : -9999, i);
    Recognised r;
    CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
    CHECK_STR(said(a, &r), "station:string/place ref:string level:integer[-9999] n:number/value");
    CHECK(has_doubt(&r, "number-for-missing"));
}

TEST("a point with three digits behind it is what other columns say that it is, and in doubt where cells end with ;")
{
    static const struct {
        const char *text, *columns;
        bool        doubt;
    } table[] = {
        { "p;v;w\nA;1.008.742;3.365\nB;465.123;887\nC;667.345;1.270\n",
          "p:string v:integer(#.##0) w:integer(#.##0)", false },
        { "p;v;w\nA;465.123;58,5\nB;667.345;47,3\nC;12;1\n", "p:string v:integer(#.##0) w:number", false },
        { "p;v\nA;465.123\nB;667.345\nC;378.221\nD;12\n", "p:string v:number", true },
        { "p;v\nA;465.123\nB;667.345\n", "p:string v:number", false },
        { "p,v\nA,465.123\nB,667.345\nC,378.221\n", "p:string v:number", false },
        { "p,v,w\nA,465.123,1.234.567\nB,667.345,1\n", "p:string v:number w:integer(#.##0)", false },
        { "p;v;w\nA;465.123;0.5\nB;667.345;1\nC;378.221;2\n", "p:string v:number w:number", false },
        { "p;v\nA;465.123\nB;0.345\nC;378.221\n", "p:string v:number", false },
        { "p;v\nA;465.123\nB;1667.345\nC;378.221\n", "p:string v:number", false },
        { "p;v\nA;465.123\nB;1667\nC;378.221\nD;378.222\n", "p:string v:number", false },
        { "p;v;w\nA;46.123%;5,5\nB;66.345%;4,3\nC;57.221%;5\n", "p:string v:string(0%) w:number", false },
        { "p;lat;lon\nA;13.123;100.123\nB;14.345;101.345\nC;15.221;102.221\n",
          "p:string lat:number/latitude lon:number/longitude", false },
        { "p;v;w\nA;465.123;1,234\nB;667.345;2,345\nC;378.221;3,456\n", "p:string v:string w:number", false },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
        CHECK_EQ_INT(has_doubt(&r, "dot-or-thousands"), table[i].doubt);
    }
}

TEST("a number of nines far above all others, several times, is kept, in doubt")
{
    static const struct {
        const char *heading, *values, *examples;
    } table[] = {
        { "v", "12 30 999 999 5 999", "[\"999\"]" },
        { "v", "1.5 30.25 99.9 5 99.9 99.9", "[\"99.9\"]" },
        { "v", "1.5 30.25 9999.0 5 9999.0 9999.00", "[\"9999.0\"]" },
        { "value", "1 0 9 99 99 99 999 9999 9999 9999 0 999 999", "[\"99\",\"999\",\"9999\"]" },
        { "v", "1 2 3 4 5 6 7 8 9 10 11 999", "[\"999\"]" }, /* more than one in fifty */
        { "v", "1 2 999", "" },
        { "v", "12 500 999 999 5 999", "" },
        { "v", "12 -500 999 999 5 999", "" },
        { "v", "12 30 99 99 5 99", "" },
        { "v", "9.99 9.99 9.99 3", "" },
        { "v", "999 999 999", "" },
        { "v", "12 30 9990 9990 5 9990", "" },
        { "v", "12% 30% 999% 999% 5% 999%", "" },
        { "lat", "12 30 999 999 5 999", "" },
        { "station_id", "12 30 999 999 5 999", "" },
        { "station", "12 30 999 999 5 999", "" },
        { "zip code", "12 30 999 999 5 999", "" },
        { "year", "1200 1300 9999 9999 1500 9999", "[\"9999\"]" }, /* no year goes so far */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Buf       *text = buf_open(a);
        buf_putf(text, "%s,w\n", table[i].heading);
        for (Cut c = { .tail = str_of(table[i].values), .found = true }; c.found;) {
            c = str_cut(c.tail, ' ');
            buf_putf(text, "%.*s,x\n", STR_ARG(c.head));
        }
        CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
        CHECK_EQ_INT(has_doubt(&r, "maybe-missing-number"), *table[i].examples != 0);
        CHECK_EQ_INT(r.columns[0].missing_count, 0);
        if (*table[i].examples)
            CHECK_JSON(json_get(json_array_get(r.doubts, 0), "examples"), table[i].examples);
    }
}

TEST("numbers below zero with a fraction of nines are no value, as those without")
{
    static const char *const table[][2] = {
        { "v;w\n1.5;x\n-99.9;x\n3;x\n", "v:number[-99.9] w:string" },
        { "v;w\n1.5;x\n-999.99;x\n-9999.9;x\n", "v:number[-999.99][-9999.9] w:string" },
        { "v;w\n-5.5;x\n-99.9;x\n3;x\n", "v:number w:string" },
        { "v;w\n-5.5;x\n-999.9;x\n3;x\n", "v:number[-999.9] w:string" },
        { "v;w\n1,5;x\n-99,9;x\n3;x\n", "v:number[-99,9] w:string" },
        { "v;w\n-5,5;x\n-99;x\n3;x\n", "v:number w:string" },
        { "lon;w\n1.5;x\n-99.9;x\n3;x\n", "lon:number/longitude w:string" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
        CHECK_EQ_INT(has_doubt(&r, "number-for-missing"), str_has(str_of(table[i][1]), S("[-")));
    }
}
