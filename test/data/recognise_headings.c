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
