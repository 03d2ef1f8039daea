/* Outlines of every type of geometry, and numbers under texts. */
#include "data/outline.h"

#include <stdio.h>

#include "data/chains.h"

#include "check.h"

typedef struct {
    const char *geometry;
    double      latitude, longitude, metres;
    bool        near;
} OutlineCase;

TEST("a place is in an outline or near it, whatever the type of its geometry")
{
    static const OutlineCase cases[] = {
        { "{\"type\":\"Point\",\"coordinates\":[100,10]}", 10, 100, 0, true },
        { "{\"type\":\"Point\",\"coordinates\":[100,10]}", 10, 100.01, 1000, false }, /* 1,095 m */
        { "{\"type\":\"Point\",\"coordinates\":[100,10]}", 10, 100.01, 1100, true },
        { "{\"type\":\"LineString\",\"coordinates\":[[100,10],[102,12]]}", 11.01, 101.01, 10, true },
        { "{\"type\":\"LineString\",\"coordinates\":[[100,10],[102,12],[100,12]]}", 11.7, 101, 3000, false },
        { "{\"type\":\"MultiPoint\",\"coordinates\":[[100,10],[102,10]]}", 10, 101, 3000, false },
        { "{\"type\":\"MultiLineString\",\"coordinates\":[[[0,0],[1,0]],[[100,10],[102,10]]]}", 10, 101, 1, true },
        { "{\"type\":\"Polygon\",\"coordinates\":[[],[[100,10],[102,10],[102,12],[100,10]]]}", 10.5, 101.5, 0, true },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[100,10],[102,10],[102,12]]]}", 10.5, 101.5, 0, true }, /* open */
        { "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],"
          "[[[1,1],[3,1],[3,3],[1,3],[1,1]]]]}",
          1.5, 1.5, 0, true }, /* in two at once */
        { "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[]]}", 2.5, 2.5, 0, false },
        { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[0,0]},"
          "{\"type\":\"Polygon\",\"coordinates\":[[[100,10],[102,10],[102,12],[100,10]]]}]}",
          10.5, 101.5, 0, true },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[-180,-90],[180,-90],[180,-80],[-180,-80],[-180,-90]]]}", -90, 12, 0,
          true },
        { "{\"type\":\"Point\",\"coordinates\":[1e300,-1e300]}", 0, 0, 3000, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Json    *geometry = geometry_read(a, str_of(cases[i].geometry));
        Outline *outline = geometry ? outline_make(a, geometry) : NULL;
        bool     near = outline && outline_near(outline, cases[i].latitude, cases[i].longitude, cases[i].metres);
        if (near != cases[i].near) printf("  %s\n", cases[i].geometry);
        CHECK(outline != NULL);
        CHECK_EQ_INT(near, cases[i].near);
    }
    Json *nothing = geometry_read(a, S("{\"type\":\"GeometryCollection\",\"geometries\":[]}"));
    CHECK(nothing && !outline_make(a, nothing));
}

TEST("each of many texts has its numbers, the last first, and no other")
{
    Chains   c = { 0 };
    uint32_t link = CHAINS_END, number;
    CHECK(!chains_next(&c, S("none"), &link, &number));
    for (uint32_t i = 0; i < 5000; i++) chains_add(&c, str_format(a, "text %u", i % 2500), i);
    for (uint32_t i = 0; i < 2500; i += 7) {
        Str text = str_format(a, "text %u", i);
        link = CHAINS_END;
        CHECK(chains_next(&c, text, &link, &number));
        CHECK_EQ_INT(number, i + 2500);
        CHECK(chains_next(&c, text, &link, &number));
        CHECK_EQ_INT(number, i);
        CHECK(!chains_next(&c, text, &link, &number));
    }
    link = CHAINS_END;
    CHECK(!chains_next(&c, S("text 2500"), &link, &number));
    chains_free(&c);
}
