/* Boxes and spans of addresses, as OGC API Features has them. */
#include "data/extent.h"

#include <math.h>

#include "base/time.h"

#include "check.h"

static Str box_said(Arena *a, const char *text)
{
    Box box;
    Err err = { 0 };
    if (!box_read(str_of(text), CRS_84, &box, &err)) return str_format(a, "%s", err_name(err.code));
    return str_format(a, "%g %g %g %g", box.west, box.south, box.east, box.north);
}

static Str span_text(Arena *a, const char *text)
{
    Span span;
    Err  err = { 0 };
    if (!span_read(str_of(text), &span, &err)) return str_format(a, "%s", err_name(err.code));
    Str from = span.from_ms == INT64_MIN ? S("..") : time_text(a, span.from_ms);
    Str before = span.before_ms == INT64_MAX ? S("..") : time_text(a, span.before_ms);
    return str_join(a, (Str[]){ from, S(" "), before }, 3);
}

#define BOX(text, wanted)  CHECK_STR(box_said(a, text), wanted)
#define SPAN(text, wanted) CHECK_STR(span_text(a, text), wanted)

TEST("a box is four numbers, or six with heights, on the earth")
{
    BOX("102.1,8.2,109.5,23.4", "102.1 8.2 109.5 23.4");
    BOX("-180, -90, 0, 180, 90, 8848", "-180 -90 180 90");
    BOX("170,-20,-170,10", "170 -20 -170 10");
    const char *const wrong[] = { "", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,x,4", "1,2,,4", "nan,0,1,1",
                                  "0,0,180.1,1", "0,-91,1,1", "0,2,1,1" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK_STR(box_said(a, wrong[i]), "USAGE");
}

TEST("a box over the 180th meridian has what is on both sides of it")
{
    Box box = { 170, -20, -170, 10 };
    CHECK(box_has(box, 0, 175) && box_has(box, 0, -175) && box_has(box, 10, 180) && box_has(box, -20, -170));
    CHECK(!box_has(box, 0, 0) && !box_has(box, 11, 175));
}

TEST("a span is a time, a date, or two of them, open at either end")
{
    SPAN("2018-02-12T23:20:50Z", "2018-02-12T23:20:50.000Z 2018-02-12T23:20:50.001Z");
    SPAN("2018-02-12", "2018-02-12T00:00:00.000Z 2018-02-13T00:00:00.000Z");
    SPAN("2018", "2018-01-01T00:00:00.000Z 2019-01-01T00:00:00.000Z");
    SPAN("2018-02-12T00:00:00+07:00/..", "2018-02-11T17:00:00.000Z ..");
    SPAN("/2018-03", ".. 2018-04-01T00:00:00.000Z");
    SPAN("../..", ".. ..");
    SPAN("2019-03-05T/2019-04-01T", "2019-03-05T00:00:00.000Z 2019-04-02T00:00:00.000Z");
    const char *const wrong[] = { "", "..", "yesterday", "2018/x", "2018-02-30", "2019/2018", "2018/2019/2020",
                                  "2018-02-12T23:20:50" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK_STR(span_text(a, wrong[i]), "USAGE");
}

TEST("a box may be in another system, whose axes have another order")
{
    Box box;
    CHECK_OK(box_read(S("8.2,102.1,23.4,109.5"), CRS_4326, &box, &err));
    CHECK_STR(box_text(a, box), "102.09999999999999,8.1999999999999993,109.5,23.399999999999999");
    CHECK_OK(
        box_read(S("-20037508.342789244,-20037508.342789244,20037508.342789244,20037508.342789244"),
                 CRS_3857, &box, &err));
    CHECK_EQ_DOUBLE(box.west, -180);
    CHECK_EQ_DOUBLE(box.east, 180);
    CHECK(box.north > 85.0511 && box.north < 85.0512);
    CHECK_ERR(box_read(S("0,0,20037600,1"), CRS_3857, &box, &err), ERR_USAGE);
}

TEST("a place put into a system is where the system has it")
{
    double out[2];
    Crs    crs;
    CHECK_OK(crs_read(S("http://www.opengis.net/def/crs/EPSG/0/3857"), &crs, &err));
    crs_put(crs, 100.5, 13.75, out); /* by PROJ 9.1 */
    CHECK(fabs(out[0] - 11187608.8247) < 0.001);
    CHECK(fabs(out[1] - 1545550.2013) < 0.001);
    crs_put(CRS_4326, 100.5, 13.75, out);
    CHECK_EQ_DOUBLE(out[0], 13.75);
    CHECK_ERR(crs_read(S("EPSG:4326"), &crs, &err), ERR_USAGE);
}
