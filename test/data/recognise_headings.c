/* Where the headings are, and what is in doubt about them. */
#include "data/recognise.h"

#include "recognised.h"

static Str doubts_said(Arena *a, const Recognised *r)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < json_array_size(r->doubts); i++) {
        const Json *one = json_array_get(r->doubts, i);
        Str         name = json_get_text(one, "doubt");
        Str         example = json_text(json_array_get(json_get(one, "examples"), 0));
        buf_putf(out, "%s%.*s (%.*s)", out->len ? "; " : "", STR_ARG(name), STR_ARG(example));
    }
    return buf_str(out);
}

TEST("titles of one cell above the headings are passed over, and another table further down is in doubt")
{
    static const char *const table[][3] = {
        { "Report of water,,\nThe Commission,,\n,,\nStation,Date,pH\nA,2024-01-05,7.1\nB,2024-01-05,7.3\n",
          "Station:string/place Date:date/time pH:number/value", "lines-passed-over (Report of water,,)" },
        { "Station: Bangkok;;\nLat: 13.7;;\nDate;Temp;Rain\n01/01/2024;25,5;0,5\n15/01/2024;26,5;0,2\n",
          "Date:date/time(%d/%m/%Y) Temp:number Rain:number", "lines-passed-over (Station: Bangkok;;)" },
        { ",,c\n1,2,3\n4,5,6\n", "column 1:integer column 2:integer c:integer", "" },
        { "a,b,c\nx,,\ny,z,w\nu,v,w\n", "a:string b:string c:string", "" },
        { "Station,PM\nA,1.5\nB,2.5\n\nRiver,Level,Flow\nMekong,3.2,5000\nPing,1.2,300\nNan,1.4,200\n",
          "column 1:string Station:string/place PM:string", "headings-further-down (River, Level, Flow)" },
        { "a,b,c\nk,1,2\nl,x,y\nm,3,4\nn,5,6\n", "a:string b:string c:string", "headings-further-down (l, x, y)" },
        { "a,b,c\nk,1,2\nl,x,3\nm,3,4\nn,5,6\n", "a:string b:string c:integer", "" },
        { "a,b,c\nk,1,2\nl,x,y\nm,3,4\nn,5,z\n", "a:string b:string c:string", "" },
        { "a,b,c\nk,l,m\nn,o,p\nq,r,s\n", "a:string b:string c:string", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
        CHECK_STR(doubts_said(a, &r), table[i][2]);
    }
    Recognised r;
    CHECK_OK(recognise_file(a, file_of(a, S("A title,,\n,,\nof more\na,b,c\nx,1,y\n")), &r, &err));
    CHECK_JSON(r.doubts, "[{\"doubt\":\"lines-passed-over\",\"examples\":[\"A title,,\",\"of more\"]}]");
}

/* "heading:type[unit]" of each column, and how many rows are passed over below the headings. */
static Str units_said(Arena *a, const Recognised *r)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < r->column_count; i++)
        buf_putf(out, "%.*s:%s[%.*s] ", STR_ARG(r->columns[i].name), column_type_name(r->columns[i].type),
                 STR_ARG(r->columns[i].unit));
    buf_putf(out, "%zu", r->below);
    return buf_str(out);
}

TEST("a row of units below the headings is no row, and says the units of columns whose headings say none")
{
    static const struct {
        const char *text, *columns, *row;
    } table[] = {
        { "station,date,pH,DO\n,,-,mg/L\nA,2024-01-01,7.1,5.5\n",
          "station:string[] date:date[] pH:number[pH] DO:number[mg/L] 1", ",,-,mg/L" },
        { "# note\nstation;temp;EC\r\n;(°C);[uS/cm]\r\nA;25,5;120\r\nB;;\r\nC;1;2\r\n",
          "station:string[] temp:number[°C] EC:integer[µS/cm] 1", ";(°C);[uS/cm]" },
        { "station\tflow (m3/s)\train\nUnits\tL/s\tmm\nA\t5\t1\n",
          "station:string[] flow (m3/s):integer[m3/s] rain:integer[mm] 1", "Units\tL/s\tmm" },
        { "站点,浊度,总大肠菌群,备注\n单位,（NTU）,MPN/100mL,—\nA,1.5,2400,x\nB,2.5,>2400,\n",
          "站点:string[] 浊度:number[NTU] 总大肠菌群:string[] 备注:string[] 1",
          "单位,（NTU）,MPN/100mL,—" },
        { "level\nm\n1.5\n2.5\n", "level:number[m] 1", "m" },
        { "a,DO,empty\n,mg/L,µg/L\nx,5,\n", "a:string[] DO:integer[mg/L] empty:string[µg/L] 1",
          ",mg/L,µg/L" },
        { "a,DO\n,mg/L\nx,5\ny,ND\nz,<0.1\n", "a:string[] DO:string[] 1", ",mg/L" },
        { "a,DO\n,mg/L\nk,5\nk,6\nk,5\nk,6\nk,<0.1\n", "a:string[] DO:string[mg/L] 1", ",mg/L" },
        { "a,DO\n\n\n,mg/L\n\nx,5\n", "a:string[] DO:integer[mg/L] 3", ",mg/L" },
        /* No figures below, or none of these units is known, or the row says something else. */
        { "thing,unit,of\n-,mg/L,\nx,mg/L,a\n", "thing:string[] unit:string[] of:string[] 0", "" },
        { "a,b,c\n,,MPN/100mL\nx,1,2\n", "a:string[] b:integer[] c:string[] 0", "" },
        { "a,b,c\nl,,mg/L\nk,1,2\n", "a:string[] b:integer[] c:string[] 0", "" },
        { "a,b,c\n,1,mg/L\nk,1,2\n", "a:string[] b:integer[] c:string[] 0", "" },
        { "a,b,c\n-,-,-\nk,1,2\n", "a:string[] b:integer[] c:integer[] 0", "" },
        { "a,b,c\n,mg/L,mg/L\n,1,x\n,2,y\n", "a:string[] b:string[] c:string[] 0", "" },
        { "a,b,c\n,mg/L,\n", "a:string[] b:string[] c:string[] 0", "" },
        { "a,b,c\nk,1,2\n,mg/L,mg/L\n", "a:string[] b:string[] c:string[] 0", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Str        example = STR_NONE;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(units_said(a, &r), table[i].columns);
        for (size_t k = 0; k < json_array_size(r.doubts); k++) {
            const Json *one = json_array_get(r.doubts, k);
            if (str_eq_z(json_get_text(one, "doubt"), "units-below-headings"))
                example = json_text(json_array_get(json_get(one, "examples"), 0));
        }
        CHECK_STR(example, table[i].row);
    }
}
