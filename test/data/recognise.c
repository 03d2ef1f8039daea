/* What recognition says of small texts, and of real files where they are at hand. */
#include "data/recognise.h"

#include <string.h>

#include "base/file.h"
#include "base/pack.h"

#include "recognised.h"

TEST("separators, packing, notes and headings are found")
{
    static const struct {
        const char *text, *columns;
        char        separator;
        size_t      skip;
    } table[] = {
        { "a,b\n1,x\n", "a:integer b:string", ',', 0 },
        { "a;b\r\n1,5;x\r\n2;y\r\n", "a:number b:string", ';', 0 },
        { "a\tb\n1\t\"x\ty\"\n", "a:integer b:string", '\t', 0 },
        { "a|b\n1|x\n", "a:integer b:string", '|', 0 },
        { "# made by hand\n\na,b,c\n1,2,3\n4,5,6\n", "a:integer b:integer c:integer", ',', 2 },
        { "\"n\",\"v\",\"w\"\n\"1\",\"x\",2,3\n\"2\",\"y\",2,3\n", "column 1:integer n:string v:integer w:integer", ',',
          0 },
        { "only\nx\ny\n", "only:string", ',', 0 },
        { "title of it\na,b,c\n1,2,3\n4,5,6\n", "a:integer b:integer c:integer", ',', 1 },
        /* Empty cells at the end are left out of most rows: the headings are still the first row. */
        { "a,b,c,d\n1,x\n2,y\n3,z\n4,z,5,6\n", "a:integer b:string c:integer d:integer", ',', 0 },
        { "a,a,\n1,2,3\n", "a:integer a_2:integer column 3:integer", ',', 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
        CHECK_EQ_INT(r.separator, table[i].separator);
        CHECK_EQ_INT(r.skip, table[i].skip);
    }
}

TEST("a first line that names the separator is believed, and is no heading")
{
    static const struct {
        const char *text, *columns;
        char        separator;
        size_t      skip;
    } table[] = {
        { "sep=;\na;b\n1,5;x\n", "a:number b:string", ';', 1 },
        { "sep=,\r\na,b\r\n1,x;y;z\r\n2,x;y;z\r\n", "a:integer b:string", ',', 1 },
        { "SEP=\t\na,b\tc\n1,2\t3\n", "a,b:number c:integer", '\t', 1 },
        { "\xef\xbb\xbfsep=|\n# note\na|b\n1|x\n", "a:integer b:string", '|', 2 },
        { "sep=;\nonly\nx,y\nz,y\n", "only:string", ';', 1 },
        { "sep=x;b\n1;x\n", "sep=x:integer b:string", ';', 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
        CHECK_EQ_INT(r.separator, table[i].separator);
        CHECK_EQ_INT(r.skip, table[i].skip);
        CHECK(!has_doubt(&r, "lines-passed-over"));
    }
}

TEST("types, dates and what means no value are found in the values")
{
    static const struct {
        const char *values, *column;
    } table[] = {
        { "1 2 NA", "v:integer[NA]" },
        { "1.5 2 n/a 1e-3", "v:number[n/a]" },
        { "007 8", "v:string" },
        { "1234567890123456 1", "v:string" },
        { "yes no yes", "v:boolean" },
        { "2020-01-31 2019-02-01", "v:date/time" },
        { "2020/01/31", "v:date/time(%Y/%m/%d)" },
        { "31/01/2020", "v:date/time(%d/%m/%Y)" },
        { "01/31/2020", "v:date/time(%m/%d/%Y)" },
        { "2020-02-30", "v:string" },
        { "2020-01-31T10:00:00Z 2020-01-31T10:00+07:00", "v:datetime/time" },
        { "2020-01", "v:yearmonth/time" },
        { "10:00 23:59", "v:time" },
        { "1 2 3 -99", "v:integer[-99]" },
        { "-3 2 -1 -1 -1", "v:integer" },
        { "-3 2 -9999", "v:integer[-9999]" },
        { "-3 2 -99", "v:integer" },
        { "-3000 2 -9999", "v:integer" },
        { "NA AF TH US", "v:string" },
        { "\"1.5\" \"\" \"2\"", "v:number" }, /* two quotes are an empty cell */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Buf       *text = buf_open(a);
        buf_put_z(text, "v,w\n");
        for (Cut c = str_cut(str_of(table[i].values), ' ');; c = str_cut(c.tail, ' ')) {
            buf_putf(text, "%.*s,x\n", STR_ARG(c.head));
            if (!c.found) break;
        }
        CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
        CHECK_STR(column_said(a, &r, "v"), table[i].column);
    }
}

TEST("a year is known by its heading in the languages of the region and its neighbours")
{
    static const char *const table[][2] = {
        { "年,v\n2011,1.5\n2012,2\n", "年:year/time v:number/value" },
        { "ปี,v\n2011,1.5\n2012,2\n", "ปี:year/time v:number/value" },
        { "Năm,v\n2011,1.5\n2012,2\n", "Năm:year/time v:number/value" },
        { "السنة,v\n2011,1.5\n2012,2\n", "السنة:year/time v:number/value" },
        { "Jahr,v\n2011,1.5\n2012,2\n", "Jahr:year/time v:number/value" },
        { "年降水量,v\n1200,1.5\n1400,2\n", "年降水量:integer v:number" },
        { "年,v\n12,1.5\n14,2\n", "年:integer v:number" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
    }
}

TEST("dates are known in the forms that spreadsheets and people write them in")
{
    static const char *const table[][2] = {
        { "31/01/99,01/02/00", "date:date/time(%d/%m/%y)" },
        { "01/31/99,1/2/00", "date:date/time(%m/%d/%y)" },
        { "1-Jan-15,31-DEC-20", "date:date/time(%d-%b-%y)" },
        { "1 September 2015,31 May 2020", "date:date/time(%d %b %Y)" },
        { "\"January 5, 2012\",\"may 15, 2020\"", "date:date/time(%b %d, %Y)" },
        { "\"Jan 5, 2012\",\"May 15, 2020\"", "date:date/time(%b %d, %Y)" },
        { "2019年1月5日,2019年12月31日", "date:date/time(%Y年%m月%d日)" },
        { "20190105,20191231", "date:date/time(%Y%m%d)" },
        { "20190105,20191331", "date:integer" },
        { "1/31/2020 9:05 AM,1/2/2020 12:59 pm", "date:datetime/time(%m/%d/%Y %I:%M %p)" },
        { "31/1/2020 9:05:00 AM,1/2/2020 12:59:59 pm", "date:datetime/time(%d/%m/%Y %I:%M:%S %p)" },
        { "31/1/2020 13:05 PM,1/2/2020 0:59 AM", "date:string" },
        { "11/6/2,15/1/1", "date:string" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Buf       *text = buf_open(a);
        buf_put_z(text, "date,w\n");
        bool quoted = false;
        for (const char *c = table[i][0]; *c; c++) {
            quoted ^= *c == '"';
            if (*c == ',' && !quoted) buf_put_z(text, ",x\n");
            else buf_put_byte(text, *c);
        }
        buf_put_z(text, ",x\n");
        CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
        CHECK_STR(column_said(a, &r, "date"), table[i][1]);
    }
}

TEST("a year and a month, by number or name, are one time; a month among days stays as it is")
{
    static const char *const table[][2] = {
        { "Year,Month,v\n2011,Apr,1\n2008,Aug,2\n", "time:yearmonth/time(%Y %b) v:integer" },
        { "Year,Month,v\n2011,4,1\n2008,12,2\n", "time:yearmonth/time(%Y %m) v:integer" },
        { "Year,Month,day\n2011,4,2011-04-01\n", "Year:year Month:integer day:date/time" },
        { "Year,Month,v\n2011,spring,1\n", "Year:year/time Month:string v:integer" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
    }
}

TEST("codes and names of countries are known by the cells; the only numbers beside are the value")
{
    static const char *const table[][2] = {
        { "Code,Year,Emissions\nTHA,1990,1.5\nVNM,1990,2\n",
          "Code:string/country Year:year/time Emissions:number/value" },
        { "Area,high,low\nThailand,1.5,1\nViet Nam,2,1.5\n",
          "Area:string/country high:number low:number" },
        { "Code,x\nABC,1.5\nTHA,2\n", "Code:string x:number" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
    }
}

TEST("headings are understood in the languages of those who write the files")
{
    static const char *const table[][2] = {
        { "监测站,日期,纬度,经度,数值,单位\nA,2024-01-01,23.1,113.2,35,mg\n",
          "place time latitude longitude value unit" },
        { "國家,年份,指標,數值\n泰国,2020,a,1\n越南,2021,a,2\n", "country time indicator value" },
        { "สถานี,วันที่,ละติจูด,ลองจิจูด,ค่า\nA,2024-01-01,13.7,100.5,35\n",
          "place time latitude longitude value" },
        { "ประเทศ,ปี,ตัวชี้วัด,ค่า\nไทย,2020,a,1\n", "country time indicator value" },
        { "Quốc gia;Năm;Giá trị;Đơn vị\nVN;2020;1,5;kg\n", "country time value unit" },
        { "Trạm,Ngày,Vĩ độ,Kinh độ,Loài\nA,2024-01-01,21,105.8,Panthera tigris\n",
          "place time latitude longitude taxon" },
        { "Stasiun,Tanggal,Lintang,Bujur,Nilai\nA,2024-01-01,-6.2,106.8,35\n",
          "place time latitude longitude value" },
        { "Negara,Tahun,Indikator,Nilai\nID,2020,a,1\n", "country time indicator value" },
        { "ប្រទេស,ឆ្នាំ,តម្លៃ\nKH,2020,1\n", "country time value" },
        { "ປະເທດ,ປີ,ຄ່າ\nLA,2020,1\n", "country time value" },
        { "နိုင်ငံ,ခုနှစ်,တန်ဖိုး\nMM,2020,1\n", "country time value" },
        { "الدولة,السنة,القيمة,خط العرض,خط الطول\nSA,2020,1,24.7,46.7\n",
          "country time value latitude longitude" },
        { "Страна,Год,Значение,Широта,Долгота\nKZ,2020,1,51.1,71.4\n",
          "country time value latitude longitude" },
        { "測定局,年月日,緯度,経度,測定値\nA,2024-01-01,35.6,139.7,1\n",
          "place time latitude longitude value" },
        { "측정소,날짜,위도,경도,값\nA,2024-01-01,37.5,127.0,1\n",
          "place time latitude longitude value" },
        { "Country name,Station Name,Latitude (°),Longitude (deg),Species "
          "name\nTH,A,13,100.5,Panthera tigris\n",
          "country place latitude longitude taxon" },
        { "国家/Country,สถานี Station,日期（Date）,Value (µg/m3)\nTH,A,2024-01-01,1\n",
          "country place time value" },
        { "年,月,日,小时,PM2.5\n2024,1,2,3,35.5\n2024,1,2,4,36\n", "time value" },
        { "ปี,เดือน,ฝน\n2020,1,35.5\n2020,2,36\n", "time value" },
        { "Year,Nam,Country/Year\n2020,1500,x\n", "time" }, /* men; and two things in one */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Buf       *roles = buf_open(a);
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        for (size_t k = 0; k < r.column_count; k++)
            if (r.columns[k].role)
                buf_putf(roles, "%s%s", roles->len ? " " : "", column_role_name(r.columns[k].role));
        CHECK_STR(buf_str(roles), table[i][1]);
    }
}

TEST("\"Name\" beside times is the place where there is none else, and each is there many times")
{
    static const struct {
        const char *head, *role;
    } table[] = { { "Name,date,level", "place" }, { "Name,station,level", "" }, { "ชื่อ,date,level", "place" } };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int many = 0; many < 2; many++) {
            Recognised r;
            Buf       *text = buf_open(a);
            buf_putf(text, "%s\n", table[i].head);
            for (int k = 0; k < 40; k++)
                buf_putf(text, "P%d,2024-01-%02d,%d.5\n", many ? k % 4 : k, 1 + k % 28, k);
            CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
            CHECK_STR(str_of(column_role_name(r.columns[0].role)), many ? table[i].role : "");
        }
}

TEST("a number that is missing as a word in one column may be so in all")
{
    Recognised r;
    CHECK_OK(recognise_file(a, file_of(a, S("a,b\n1,NA\n2,3\n")), &r, &err));
    CHECK_STR(said(a, &r), "a:integer[NA] b:integer[NA]");
}

TEST("words are missing as the numbers are, but not codes of countries and continents")
{
    static const char *const table[][2] = {
        { "a,b\n1,NA\nNA,NE\n2,SW\n3,cv\n", "a:integer[NA] b:string[NA]" },
        { "a,b\n1,NA\nNA,NE\n2,TH\n3,VN\n", "a:integer[NA] b:string" },
        { "a,b\n1,NA\nNA,AS\n2,EU\n3,OC\n", "a:integer[NA] b:string" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i][0])), &r, &err));
        CHECK_STR(said(a, &r), table[i][1]);
    }
}

TEST("a unit stands in brackets behind a number's heading, and a remark is none")
{
    static const struct {
        const char *heading, *value, *unit;
    } table[] = {
        { "level (m)", "1", "m" },
        { "Nuclear (TWh \u2013 sub method)", "1", "TWh" },
        { "CO2 (kg per head)", "1", "kg per head" },
        { "Annual (GWh)", "", "GWh" },
        { "share (%)", "1\nb,2\nc,3\nd,4\ne,>95", "%" },
        { "Energy (per capita)", "1", "" },
        { "Fuels (Not in Total)", "1", "" },
        { "Islands (SIDS)", "x", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_format(a, "k,%s\na,%s\n", table[i].heading, table[i].value)), &r,
                                &err));
        CHECK_STR(r.columns[1].unit, table[i].unit);
    }
}

TEST("a unit stands at the end of a number's heading where nothing else can be meant")
{
    static const struct {
        const char *heading, *value, *unit;
    } table[] = {
        { "TSS_mgL", "1", "mg/L" },
        { "TSS_mg_L", "1", "mg/L" },
        { "TSS..mg.L.", "1", "mg/L" },
        { "PM25_ugm3", "1.5", "µg/m3" },
        { "flow_m3s", "1.5", "m3/s" },
        { "discharge m3/s", "1.5", "m3/s" },
        { "TEMP_C", "20.5", "°C" },
        { "AirTemp_degC", "20.5", "°C" },
        { "capacity_mw", "12", "MW" },
        { "total_capacity_gw", "1.5", "GW" },
        { "estimated_generation_gwh", "12", "GWh" },
        { "wind_speed_ms", "3.5", "m/s" },
        { "rain_mm", "3.5", "mm" },
        { "depth_m", "3.5", "m" },
        { "forest_cover_pct", "3.5", "%" },
        { "empty_mgL", "", "mg/L" },
        { "ph", "7.5", "pH" },
        { "mgL", "1", "" },
        { "vitamin_C", "1", "" },
        { "class_C", "1", "" },
        { "sex_m", "1", "" },
        { "elapsed_ms", "1", "" },
        { "date_mm", "1", "" },
        { "latency_ms", "1", "" },
        { "emissions_per_km", "1", "" },
        { "gco2e_per_kwh", "1", "" },
        { "count_null_capacity_mw", "1", "" },
        { "name_kg", "x", "" },
        { "vehicles_ha", "1", "" },
        { "Tim_Ha", "1", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_format(a, "k,%s\na,%s\n", table[i].heading, table[i].value)), &r,
                                &err));
        CHECK_STR(r.columns[1].unit, table[i].unit);
    }
}

TEST("what cannot be decided is a doubt with its name")
{
    static const struct {
        const char *text, *doubt;
    } table[] = {
        { "d,x\n01/02/2020,a\n03/04/2020,b\n", "day-or-month-first" },
        { "n,x\n1,a\n2,b\n-99,c\n", "number-for-missing" },
        { "place,x\nKon Dá»¡ng,a\n", "encoded-twice" },
        { "word,x\nsome text,1\nN/A,2\n", "maybe-missing" },
        { "name,x\nsome text,1\n-99,2\n", "maybe-missing" },
        { "share,x\n1,a\n2,a\n3,a\n4,a\n>95,b\n", "mostly-numbers" },
        { "a,b\n1,\n2,\n", "empty-columns" },
        { "17,Animalia,x\n18,Animalia,y\n19,Plantae,z\n", "headings-are-values" },
        { "A,5.5\nB,6.5\nC,7.5\n", "headings-are-values" },
        { "2020-01-01,A\n2020-01-02,B\n", "headings-are-values" },
        { "Levels of 2020\na,b,c\n1,2,3\n4,5,6\n", "lines-passed-over" },
        { "a,b,c\n1,x\n2,y\n3,z\n4,z,5\n", "short-rows" },
        { "province,year,waste\nA,2020,1\nB,2020,2\nรวมทั้งหมด:,,3\n", "total-below" },
        { "a,b,c\n1,x,2\n2,y,3\n3,z,2\n1,x,2\n2,y,3\n3,z,2\n1,x,2\n2,y,3\n3,z,2\nSource: the "
          "ministry,,\n",
          "rows-of-one-cell" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        if (!has_doubt(&r, table[i].doubt)) CHECK_STR(json_write(a, r.doubts), table[i].doubt);
    }
}

TEST("a total that is a value as others are, and sparse rows, are in no doubt")
{
    static const char *const table[] = {
        "sector,year,waste\nTotal,2019,1\nHouseholds,2019,2\nTotal,2020,1\nHouseholds,2020,3\nTotal,2021,1\n",
        "a,b,c\n1,,\n2,,\n3,z,\n4,,\n5,,1\n",
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i])), &r, &err));
        CHECK(!has_doubt(&r, "total-below") && !has_doubt(&r, "rows-of-one-cell"));
    }
}

TEST("encodings are told apart")
{
    static const struct {
        Str         bytes;
        const char *encoding;
    } table[] = {
        { S_INIT("a,b\n1,caf\xe9\n"), "windows-1252" },
        { S_INIT("\xef\xbb\xbf"
                 "a,b\n1,x\n"),
          "UTF-8" },
        { S_INIT("\xff\xfe"
                 "a\0,\0b\0\n\0"
                 "1\0,\0x\0\n\0"),
          "UTF-16LE" },
        { S_INIT("a,b\n1,\xc0\xc3\xd0\xe0\xb7\xc8\xe4\xb7\xc2\n2,"
                 "\xb9\xe9\xd3\xb7\xe8\xc7\xc1\xcb\xd2\xc7\xd4\xb7\xc2\xd2\xc5\xd1\xc2\n"),
          "TIS-620" },
        { S_INIT("a,b\n1,"
                 "\xb1\xb1\xbe\xa9\xca\xd0\xbb\xb7\xbe\xb3\xb1\xa3\xbb\xa4\xbc\xe0\xb2\xe2\xd6\xd0\xd0\xc4\xb7\xa2\xb2"
                 "\xbc\xb5\xc4\xbf\xd5\xc6\xf8\xd6\xca\xc1\xbf\xca\xfd\xbe\xdd\n"),
          "GB18030" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, table[i].bytes), &r, &err));
        CHECK_STR(r.encoding, table[i].encoding);
        CHECK_STR(r.headings[0], "a");
    }
}

TEST("a zero in a file of text is told with its line")
{
    Recognised r;
    CHECK_ERR(recognise_file(a, file_of(a, S("a,b\n1,x\r\n2,\0\n3,y\n")), &r, &err), ERR_FORMAT);
    CHECK_STR(
        str_of(err.text),
        "the file holds bytes that are no text: the first zero is on line 3; take it out, if the "
        "rest is text");
}

TEST("what is no table is refused with what it is")
{
    Buf *bomb = buf_open(a), *cut = buf_open(a), *zeros = buf_open(a), *wide = buf_open(a);
    for (int i = 0; i < 2002; i++) buf_put_z(wide, i % 1001 == 1000 ? "x\n" : "x,");
    pack_gzip(S("a,b\n1,2\n"), 6, cut);
    cut->len -= 6;
    memset(buf_grow(zeros, (size_t)300 << 20), ',', (size_t)300 << 20);
    pack_gzip(buf_str(zeros), 9, bomb);
    const struct {
        Str     bytes;
        ErrCode code;
    } table[] = {
        { S(""), ERR_FORMAT },
        { buf_str(cut), ERR_FORMAT },
        { S("\x1f\x8b nonsense"), ERR_FORMAT },
        { buf_str(bomb), ERR_TOO_BIG },
        { S("PK\x03\x04whatever"), ERR_UNSUPPORTED },
        { S("<!DOCTYPE html><p>"), ERR_UNSUPPORTED },
        { S("a,b\n1,\0\x01\x02\n"), ERR_FORMAT },
        { S("\xef\xbb\xbf"
            "a,b\n1,\0\n"),
          ERR_FORMAT },
        { S("\xff\xfe"
            "a\0,\0\0\0\n\0"
            "1\0,\0"
            "2\0\n\0"),
          ERR_FORMAT },
        { S("1,2\n3,4\n"), ERR_FORMAT },
        { buf_str(wide), ERR_TOO_BIG },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_ERR(recognise_file(a, file_of(a, table[i].bytes), &r, &err), table[i].code);
    }
}

TEST("a table of very many short cells is looked at as far as it takes")
{
    Buf       *text = buf_open(a);
    Recognised r;
    for (int i = 0; i < 20; i++) buf_putf(text, "%sc%d", i ? "," : "", i);
    for (int row = 0; row < 120000; row++)
        for (int i = 0; i < 20; i++) buf_putf(text, "%s%d", i ? "," : "\n", (row + i) % 2);
    CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
    CHECK_EQ_INT(r.column_count, 20);
    CHECK_STR(column_said(a, &r, "c7"), "c7:integer");
}

TEST("the real files come right: Windows-1252, text encoded twice, dates over columns, NA, -1, codes")
{
    static const struct {
        const char *path, *column, *said, *doubt;
    } table[] = {
        { "indicators/sdg/15.1.1-AG_LND_FRST.csv.gz", "Year", "Year:year/time", NULL },
        { "projects/power-plants/vietnam.csv", "Capacity (MW)", "Capacity (MW):number", "encoded-twice" },
        { "air/beijing-multisite/PRSA_Data_Dingling_20130301-20170228.csv.gz", "time",
          "time:datetime/time(%Y %m %d %H)", NULL },
        { "air/beijing-multisite/PRSA_Data_Dingling_20130301-20170228.csv.gz", "wd", "wd:string[NA]", NULL },
        { "air/thailand/2026-06.csv.gz", "time", "time:datetime/time(%Y-%m-%d %H:%M)", "number-for-missing" },
        { "air/thailand/2026-06.csv.gz", "pm25_value", "pm25_value:number[-1]", "number-for-missing" },
        { "air/thailand/2026-06.csv.gz", "pm10_aqi", "pm10_aqi:integer[-1][-999]", "number-for-missing" },
        { "water/tonle-sap-prek-kdam-daily.csv.gz", "Date", "Date:date/time(%Y/%m/%d)", NULL },
        { "water/san-francisco-bay-water-quality.csv.gz", "time", "time:datetime/time(%m/%d/%Y %H%M)", NULL },
        { "geo/country-codes.csv", "ISO3166-1-Alpha-2", "ISO3166-1-Alpha-2:string", "maybe-missing" },
        { "geo/country-codes.csv", "Continent", "Continent:string", NULL },
        { "air/five-cities/ShanghaiPM20100101_20151231.csv.gz", "cbwd", "cbwd:string[NA]", NULL },
        { "air/jakarta-ispu-daily.csv", "tanggal", "tanggal:date/time", NULL },
        { "air/thailand/stations.csv", "lat", "lat:number/latitude", NULL },
        { "biodiversity/plants-of-china.csv.gz", "SPECIES", "SPECIES:string/taxon", NULL },
        { "biodiversity/plants-of-taiwan-names.psv.gz", "zh_name", "zh_name:string", NULL },
        { "biodiversity/mammals-borneo.tsv", "species", "species:string/taxon", NULL },
        { "indicators/ember-average-grid-intensity.csv", "iso_alpha3", "iso_alpha3:string/country", NULL },
        { "indicators/sdg/15.1.1-AG_LND_FRST.csv.gz", "X", "X:number", "maybe-missing" },
        { "indicators/sdg/7.1.2-EG_EGY_CLEAN.csv.gz", "Value", "Value:string", "mostly-numbers" },
        { "indicators/sdg/country_12.2.2-EN_MAT_DOMCMPC_wide.csv.gz", "Value_2000", "Value_2000:number", NULL },
        { "water/cambodia-3s-water-quality.csv", "time", "time:yearmonth/time(%Y %b)", NULL },
        { "trade/china-io-2020-153.csv.gz", "Code", "Code:string", NULL },
        { "water/cambodia-3s-water-quality.csv", "TSS_mgL", "TSS_mgL:number", NULL },
        { "trade/wiod2013-2011-Y.csv.gz", "AUS_f5", "AUS_f5:integer", NULL },
        { "trade/harmonized-system.csv.gz", "hscode", "hscode:string", NULL },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised  r;
        const char *path = test_shared(a, str_format(a, "data/%s", table[i].path).at);
        Arena      *one = arena_open(0);
        if (CHECK_OK(recognise_file(one, path, &r, &err))) {
            CHECK_STR(column_said(one, &r, table[i].column), table[i].said);
            if (table[i].doubt && !has_doubt(&r, table[i].doubt)) CHECK_STR(json_write(one, r.doubts), table[i].doubt);
        }
        arena_close(one);
    }
}

TEST("one wrong value in a hundred leaves a column its type, with a doubt; more of them make it text")
{
    static const struct {
        const char *good, *bad;
        int         rows, wrong;
        const char *column;
        bool        doubted;
    } table[] = {
        { "12", "ND", 300, 2, "v:integer", true },
        { "1.5", "<0.1", 200, 1, "v:number", true },
        { "2020-01-02", "unknown", 200, 1, "v:date/time", true },
        { "12", "ND", 300, 9, "v:string", false },
        { "12", "ND", 50, 1, "v:string", false },
        { "12", "007", 300, 1, "v:string", false },
        { "word", "7", 300, 1, "v:string", false },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Buf       *text = buf_open(a);
        Recognised r;
        buf_put_z(text, "k,v\n");
        for (int n = 0; n < table[i].rows; n++)
            buf_putf(text, "x,%s\n", n % 30 == 7 && n / 30 < table[i].wrong ? table[i].bad : table[i].good);
        CHECK_OK(recognise_file(a, file_of(a, buf_str(text)), &r, &err));
        CHECK_STR(column_said(a, &r, "v"), table[i].column);
        CHECK_EQ_INT(has_doubt(&r, "values-do-not-fit"), table[i].doubted);
    }
}

TEST("SDMX-CSV of both versions is recognised: codes are text, the period is the time, the area a country or a place")
{
    static const struct {
        const char *text, *columns;
    } table[] = {
        { "DATAFLOW,FREQ,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE\n"
          "ESTAT:NA(1.0),A,TH,1,2010,5.5,A,PC\nESTAT:NA(1.0),A,VN,2,2011,NaN,M,PC\n",
          "DATAFLOW:string FREQ:string REF_AREA:string/country SEX:string "
          "TIME_PERIOD:year/time[NaN] "
          "OBS_VALUE:number/value[NaN] "
          "OBS_STATUS:string/quality UNIT_MEASURE:string/unit" },
        { "STRUCTURE;STRUCTURE_ID;ACTION;REF_AREA: Area;TIME_PERIOD: Time period;OBS_VALUE: "
          "Value;OBS_STATUS: Status\n"
          "dataflow;X:Y(1.0);I;MB1: Mekong basin;2010-01;5;A: Normal\ndataflow;X:Y(1.0);I;MB2: "
          "Delta;2010-02;6;A: Normal\n",
          "STRUCTURE:string STRUCTURE_ID:string ACTION:string REF_AREA: Area:string/place "
          "TIME_PERIOD: Time period:yearmonth/time OBS_VALUE: Value:integer/value OBS_STATUS: "
          "Status:string/quality" },
        { "DATAFLOW,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),2010-M01,5.5\nX:Y(1.0),2010-M12,5\n",
          "DATAFLOW:string TIME_PERIOD:yearmonth/time(%Y-M%m) OBS_VALUE:number/value" },
        { "DATAFLOW,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),2010-Q1,5.5\nX:Y(1.0),2010-Q4,5\n",
          "DATAFLOW:string TIME_PERIOD:string OBS_VALUE:number/value" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].columns);
    }
}
