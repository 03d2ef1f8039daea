/* Boxes and spans of addresses, as OGC API Features has them. */
#include "data/extent.h"

#include "base/time.h"

#include "check.h"

static Str box_text(Arena *a, const char *text)
{
    Box box;
    Err err = { 0 };
    if (!box_read(str_of(text), &box, &err)) return str_format(a, "%s", err_name(err.code));
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

#define BOX(text, wanted)  CHECK_STR(box_text(a, text), wanted)
#define SPAN(text, wanted) CHECK_STR(span_text(a, text), wanted)

TEST("a box is four numbers, or six with heights, on the earth")
{
    BOX("102.1,8.2,109.5,23.4", "102.1 8.2 109.5 23.4");
    BOX("-180, -90, 0, 180, 90, 8848", "-180 -90 180 90");
    BOX("170,-20,-170,10", "170 -20 -170 10");
    const char *const wrong[] = { "", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,x,4", "1,2,,4", "nan,0,1,1",
                                  "0,0,180.1,1", "0,-91,1,1", "0,2,1,1" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK_STR(box_text(a, wrong[i]), "USAGE");
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
