/* Geometries against boxes, each case drawn on paper first. */
#include "data/geometry.h"

#include "check.h"

#define SQUARE "[[0,0],[10,0],[10,10],[0,10],[0,0]]"
#define HOLE   "[[2,2],[2,8],[8,8],[8,2],[2,2]]"

TEST("what meets a box is told from what does not")
{
    static const struct {
        const char *geometry;
        Box         box;
        bool        meets;
    } cases[] = {
        { "{\"type\":\"Point\",\"coordinates\":[1,2]}", { 0, 0, 1, 2 }, true },
        { "{\"type\":\"Point\",\"coordinates\":[1,2,900]}", { 0, 0, 0.99, 2 }, false },
        { "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[5,5]]}", { 4, 4, 6, 6 }, true },
        { "{\"type\":\"MultiPoint\",\"coordinates\":[[1,1],[5,5]]}", { 2, 2, 4, 4 }, false },
        { "{\"type\":\"LineString\",\"coordinates\":[[1,1],[5,5]]}", { 2, 2, 4, 4 }, true },
        { "{\"type\":\"LineString\",\"coordinates\":[[0,5],[5,0]]}", { 0, 0, 2, 2 }, false },
        { "{\"type\":\"LineString\",\"coordinates\":[[0,4],[4,0]]}", { 0, 0, 2, 2 }, true },
        { "{\"type\":\"MultiLineString\",\"coordinates\":[[[9,9],[9,8]],[[0,4],[4,0]]]}", { 0, 0, 2, 2 }, true },
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", { 4, 4, 6, 6 }, true },     /* all around it */
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", { -5, -5, 20, 20 }, true }, /* within it */
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", { 9, 9, 20, 20 }, true },
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", { 10, 10, 20, 20 }, true }, /* at a corner */
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", { 11, 0, 20, 10 }, false },
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "," HOLE "]}", { 4, 4, 6, 6 }, false }, /* in the hole */
        { "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "," HOLE "]}", { 4, 4, 9, 6 }, true },
        { "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[[[20,20],[30,20],[20,30],[20,20]]]]}",
          { 21, 21, 22, 22 },
          true },
        { "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[[[20,20],[30,20],[20,30],[20,20]]]]}",
          { 28, 28, 29, 29 },
          false }, /* past the slope */
        { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,1]}]}",
          { 0, 0, 2, 2 },
          true },
        { "{\"type\":\"Point\",\"coordinates\":[-179,0]}", { 170, -10, -170, 10 }, true },
        { "{\"type\":\"Point\",\"coordinates\":[0,0]}", { 170, -10, -170, 10 }, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Json *geometry = geometry_read(a, str_of(cases[i].geometry));
        CHECK(geometry);
        if (geometry && geometry_meets(geometry, cases[i].box) != cases[i].meets)
            CHECK_STR(cases[i].geometry, "the other");
    }
}

TEST("what is no geometry is not read")
{
    static const char *const wrong[] = {
        "",
        "POINT (1 2)",
        "{}",
        "{\"type\":\"Point\"}",
        "{\"type\":\"Point\",\"coordinates\":[1]}",
        "{\"type\":\"Point\",\"coordinates\":[[1,2]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[1,2]}",
        "{\"type\":\"LineString\",\"coordinates\":[[1,2],[\"3\",4]]}",
        "{\"type\":\"Feature\",\"geometry\":null}",
        "{\"type\":\"GeometryCollection\"}",
        "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\"}]}",
        "[1,2]"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (geometry_read(a, str_of(wrong[i]))) CHECK_STR(wrong[i], "no geometry");
}

TEST("a geometry is told in another system, position by position")
{
    Buf  *out = buf_open(a);
    Json *geometry =
        geometry_read(a, S("{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Polygon\","
                           "\"coordinates\":[[[1,2,9],[3,4],"
                           "[5,6],[1,2]]]},{\"type\":\"Point\",\"coordinates\":[7,8]}]}"));
    geometry_put(out, geometry, CRS_4326);
    Json *moved;
    CHECK_OK(json_read(a, buf_str(out), &moved, &err));
    CHECK_JSON(moved, "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Polygon\","
                      "\"coordinates\":[[[2,1,9],[4,3],[6,5],[2,1]]]},"
                      "{\"type\":\"Point\",\"coordinates\":[8,7]}]}");
}
