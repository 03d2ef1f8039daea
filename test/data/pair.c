/* Both coordinates in one cell. */
#include "data/pair.h"

#include "recognised.h"

TEST("a place in one cell is two coordinates in the order that its pattern says, and what is no place is none")
{
    static const struct {
        const char *text, *pattern;
        double      latitude, longitude; /* 999: none */
    } table[] = {
        { "13.7563, 100.5018", PAIR_LATITUDE_FIRST, 13.7563, 100.5018 },
        { "13.7563,100.5018", PAIR_LATITUDE_FIRST, 13.7563, 100.5018 },
        { " (13.7563 100.5018) ", PAIR_LATITUDE_FIRST, 13.7563, 100.5018 },
        { "[100.5018, 13.7563]", PAIR_LONGITUDE_FIRST, 13.7563, 100.5018 },
        { "100.5018; 13.7563", PAIR_LONGITUDE_FIRST, 13.7563, 100.5018 },
        { "13,75; 100,5", PAIR_LATITUDE_FIRST, 13.75, 100.5 },
        { "11,5 10,9", PAIR_LATITUDE_FIRST, 11.5, 10.9 },
        { "-1.2833/36.8167", PAIR_LATITUDE_FIRST, -1.2833, 36.8167 },
        { "13°45′N 100°30′E", PAIR_LATITUDE_FIRST, 13.75, 100.5 },
        { "13°45'30\"N, 100°30'E", PAIR_LATITUDE_FIRST, 13.7583333333, 100.5 },
        { "北纬23°6′，东经113°15′", PAIR_LATITUDE_FIRST, 23.1, 113.25 },
        { "POINT(100.5018 13.7563)", PAIR_POINT, 13.7563, 100.5018 },
        { "SRID=4326;Point ( 100.5 -13.75 )", PAIR_POINT, -13.75, 100.5 },
        { "SRID=3857;POINT(100.5 13.75)", PAIR_POINT, 999, 999 },
        { "POINT Z (100.5 13.75 3)", PAIR_POINT, 999, 999 },
        { "POINT(100.5 13.75 3)", PAIR_POINT, 999, 999 },
        { "POINT 100.5 13.75", PAIR_POINT, 999, 999 },
        { "POINT(13.75)", PAIR_POINT, 999, 999 },
        { "100.5, 13.75", PAIR_LATITUDE_FIRST, 999, 999 },
        { "13.75", PAIR_LATITUDE_FIRST, 999, 999 },
        { "13.75,", PAIR_LATITUDE_FIRST, 999, 999 },
        { "13.75, 100.5, 3", PAIR_LATITUDE_FIRST, 999, 999 },
        { "13.75 100.5 3 0", PAIR_LATITUDE_FIRST, 999, 999 },
        { "Hanoi, Viet Nam", PAIR_LATITUDE_FIRST, 999, 999 },
        { "", PAIR_POINT, 999, 999 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double y, x, *latitude = &y, *longitude = &x;
        if (!pair_read(str_of(table[i].text), str_of(table[i].pattern), latitude, longitude)) y = x = 999;
        CHECK_STR(str_format(a, "%s %.6f %.6f", table[i].text, y, x),
                  str_format(a, "%s %.6f %.6f", table[i].text, table[i].latitude, table[i].longitude).at);
    }
}

TEST("a column of places becomes a latitude and a longitude, in the order that the heading or the "
     "values say, or in doubt")
{
    static const struct {
        const char *text, *said;
        bool        doubt;
    } table[] = {
        { "site,location,n\nA,\"13.75, 100.5\",1\nB,\"-1.28, 36.8\",2\nC,,3\n",
          "site:string/place latitude:number/latitude(lat, lon) longitude:number/longitude(lat, "
          "lon) n:integer",
          false },
        { "site;GPS coordinates\nA;100.5, 13.75\nB;36.8, -1.28\n",
          "site:string/place latitude:number/latitude(lon, lat) longitude:number/longitude(lon, "
          "lat)",
          false },
        { "site;coordinates\nA;10.5, 13.75\nB;NA\n",
          "site:string/place latitude:number/latitude(lat, lon)[NA] "
          "longitude:number/longitude(lat, lon)[NA]",
          true },
        { "site;Lon/Lat\nA;10.5, 13.75\n",
          "site:string/place latitude:number/latitude(lon, lat) longitude:number/longitude(lon, "
          "lat)",
          false },
        { "site;LatLong\nA;100.5, 13.75\n",
          "site:string/place latitude:number/latitude(lon, lat) longitude:number/longitude(lon, "
          "lat)",
          false },
        { "site;พิกัด\nA;13.75 100.5\n",
          "site:string/place latitude:number/latitude(lat, lon) longitude:number/longitude(lat, "
          "lon)",
          false },
        { "site,shape\nA,POINT(100.5 13.75)\n",
          "site:string/place latitude:number/latitude(POINT(lon lat)) "
          "longitude:number/longitude(POINT(lon lat))",
          false },
        { "site;location\nA;13.75, 100.5\nB;Hanoi, centre\n", "site:string/place location:string",
          false },
        { "site;range\nA;13.75, 100.5\n", "site:string/place range:string", false },
        { "site;lat;lon;location\nA;1.5;2.5;1.5, 2.5\n",
          "site:string/place lat:number/latitude lon:number/longitude location:string", false },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognise_file(a, file_of(a, str_of(table[i].text)), &r, &err));
        CHECK_STR(said(a, &r), table[i].said);
        CHECK(has_doubt(&r, "latitude-or-longitude-first") == table[i].doubt);
    }
}

TEST("of a heading that begins with a line below only those of ours are passed over")
{
    Recognised r;
    CHECK_OK(recognise_file(a, file_of(a, S("_id,_GPS_latitude,value,_line,_flags\n7,13.5,1,2,\n")), &r, &err));
    CHECK_STR(said(a, &r), "id:integer/id GPS_latitude:number/latitude value:integer/value");
}
