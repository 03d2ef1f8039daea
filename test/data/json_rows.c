/* JSON into tables: what the rows are, their names, where they stood, and what is refused. */
#include "data/json_rows.h"

#include <unistd.h>

#include "base/file.h"

#include "check.h"

static bool laid(Arena *a, Str text, Str *out, Err *err)
{
    JsonRows rows;
    Str      path;
    if (!json_rows_find(a, text, &rows, err) || !laid_out(a, test_folder(a), json_rows_tell, &rows, &path, err) ||
        !file_read(a, path.at, 1 << 20, out, err))
        return false;
    unlink(path.at);
    return true;
}

TEST("rows of JSON are laid out by the names of their members")
{
    static const struct {
        const char *json, *csv;
    } table[] = {
        { "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":null}}\n\n{\"b\":{\"c\":\"y, "
          "z\"},\"e\":[1,{\"f\":2}]}\n",
          "_line,a,b.c,b.d,e\n1,1,x,,\n3,,\"y, z\",,\"[1,{\"\"f\"\":2}]\"\n" },
        { "[\n {\"a\":true,\n  \"b\":0.1},\n {\"a\":false}\n]\n",
          "_line,a,b\n2,true,0.1\n4,false,\n" },
        { "{\"count\": 2,\n \"data\": [\n{\"_id\": \"007\"},\n{\"_id\": \"x\\ny\"}]}",
          "_line,id\n3,007\n4,\"x\ny\"\n" },
        { "{\"a\":9007199254740993}\n", "_line,a\n1,9007199254740993\n" },
        { "{\"a\":1}\nnot, this\n[1]\n{\"a\":{\"a\":1},\"a.a\":2}\n",
          "_line,a,a.a\n1,1,\n2,\"not, this\",not-json,-\n3,[1],not-object,-\n"
          "4,\"{\"\"a\"\":{\"\"a\"\":1},\"\"a.a\"\":2}\",name-twice,-\n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Str csv;
        CHECK_OK(laid(a, str_of(table[i].json), &csv, &err));
        CHECK_STR(csv, table[i].csv);
    }
}

TEST("rows that stand on one line are told apart by their number")
{
    static const char *const table[][2] = {
        { "[{\"a\":1},2,{\"a\":3},\"x\"]", "_line,a\n1,1\n2,2,not-object\n3,3\n4,\"\"\"x\"\"\",not-object\n" },
        { "{\"type\":\"FeatureCollection\",\n\"features\":[{\"a\":1}, 2]}\n", "_line,a\n1,1\n2,2,not-object\n" },
        { "{\"n\":2,\n\"rows\":[{\"a\":1}, {\"a\":2}]}\n", "_line,a\n1,1\n2,2\n" },
        { "[\n{\"a\":1}\n,{\"a\":2},\n3]", "_line,a\n2,1\n3,2\n4,3,not-object\n" },
        { "{\"a\":1}{\"a\":2} {\"a\":3}\n", "_line,a\n1,1\n2,2\n3,3\n" },
        { "{\"a\":1}{\"a\":2}\nx {\"a\":3}", "_line,a\n1,1\n2,2\n3,x,not-json\n4,3\n" },
        { "{\n\"a\":1\n}\n{\n\"a\":2\n}\n", "_line,a\n1,1\n4,2\n" },
        { "{\"a\":1} x\n{\"a\":2}\n", "_line,a\n1,\"{\"\"a\"\":1} x\",not-json\n2,2\n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Str csv;
        CHECK_OK(laid(a, str_of(table[i][0]), &csv, &err));
        CHECK_STR(csv, table[i][1]);
    }
}

TEST("what stands behind a list of rows is told")
{
    Str csv;
    CHECK_ERR(laid(a, S("[{\"a\":1}]\ntrailing words\n"), &csv, &err), ERR_FORMAT);
    CHECK_STR(str_of(err.text), "behind the list of rows stands something else: \"trailing words\"");
    CHECK_ERR(laid(a, S("[{\"a\":1},{\"a\":2}\n{\"a\":3}]"), &csv, &err), ERR_FORMAT);
    CHECK_STR(str_of(err.text), "row 2: behind this row the JSON is cut short or lacks a comma");
}

TEST("a feature's point is its longitude and latitude, and any other geometry is kept as GeoJSON")
{
    Str csv;
    CHECK_OK(laid(
        a,
        S("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
          "\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},\"features\":[\n"
          "{\"type\":\"Feature\",\"id\":7,\"properties\":{\"name\":\"A\",\"latitude\":0,"
          "\"altitude\":\"low\"},"
          "\"geometry\":{\"type\":\"Point\",\"coordinates\":[101.5,13.25,4]}},\n"
          "{\"type\":\"Feature\",\"properties\":{\"name\":\"B\"},"
          "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}},\n"
          "{\"type\":\"Feature\",\"properties\":{\"name\":\"C\"},\"geometry\":null},\n"
          "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\","
          "\"coordinates\":[]}}]}"),
        &csv, &err));
    CHECK_STR(csv,
              "_line,longitude,latitude,altitude,feature "
              "id,name,properties.latitude,properties.altitude,geometry\n"
              "2,101.5,13.25,4,7,A,0,low,\n"
              "3,,,,,B,,,\"{\"\"type\"\":\"\"LineString\"\",\"\"coordinates\"\":[[1,2],[3,4]]}\"\n"
              "4,,,,,C,,,\n"
              "5,\"{\"\"type\"\":\"\"Feature\"\",\"\"properties\"\":{},\"\"geometry\"\":"
              "{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[]}}\",not-point,-,-,-,-,-,-,-\n");
}

TEST("a point is higher than the ellipsoid by its third number, and lies nowhere when that is none")
{
    Str csv;
    CHECK_OK(laid(a,
                  S("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10]}}\n"
                    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10,-55.5]}}\n"
                    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10,null]}}\n"
                    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10,\"5\"]}}\n"),
                  &csv, &err));
    CHECK_STR(csv, "_line,longitude,latitude,altitude\n1,100,10,\n2,100,10,-55.5\n3,100,10,\n"
                   "4,\"{\"\"type\"\":\"\"Feature\"\",\"\"geometry\"\":{\"\"type\"\":\"\"Point\"\","
                   "\"\"coordinates\"\":[100,10,\"\"5\"\"]}}\",not-point,-,-\n");
}

TEST("JSON that is cut short, no list, or in other coordinates is refused")
{
    static const struct {
        const char *json;
        ErrCode     code;
    } table[] = {
        { "[{\"a\":1},{\"a\":", ERR_FORMAT },
        { "[{\"a\":1} {\"a\":2}]", ERR_FORMAT },
        { "[{\"a\":1},", ERR_FORMAT },
        { "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",", ERR_FORMAT },
        { "[]", ERR_FORMAT },
        { "[1,2]", ERR_FORMAT },
        { "{\"a\":[{}],\n\"b\":[{}]}", ERR_FORMAT },
        { "{\"a\":\n1}", ERR_FORMAT },
        { "{\"type\":\"Topology\",\"arcs\":[]}", ERR_UNSUPPORTED },
        { "{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":\"EPSG:32648\"}},\"features\":[]}",
          ERR_UNSUPPORTED },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Str csv;
        CHECK_ERR(laid(a, str_of(table[i].json), &csv, &err), table[i].code);
    }
}
