#include "data/extent.h"

#include <math.h>

#include "base/time.h"

#define DAY_MS ((int64_t)86400000)

static bool is_degrees(double x, double most)
{
    return x >= -most && x <= most;
}

bool box_read(Str text, Box *out, Err *err)
{
    double number[6];
    size_t n = 0;
    for (Cut rest = { .tail = text, .found = true }; rest.found; n++) {
        rest = str_cut(rest.tail, ',');
        if (n == 6 || !str_to_double(str_trim(rest.head), &number[n]))
            return fail(err, ERR_USAGE, "bbox is west,south,east,north in degrees, as 102.1,8.2,109.5,23.4");
    }
    if (n != 4 && n != 6) return fail(err, ERR_USAGE, "bbox is four numbers, or six with heights");
    size_t high = n / 2;
    Box    box = { number[0], number[1], number[high], number[high + 1] };
    if (!is_degrees(box.west, 180) || !is_degrees(box.east, 180) || !is_degrees(box.south, 90) ||
        !is_degrees(box.north, 90))
        return fail(err, ERR_USAGE, "bbox lies within -180,-90,180,90");
    if (box.south > box.north) return fail(err, ERR_USAGE, "bbox has its south before its north");
    *out = box;
    return true;
}

/* One end: all that a date or a time covers. */
static bool end_read(Str text, Span *out)
{
    Date    date;
    int64_t at_ms;
    if (text.len == 11 && str_ends(text, S("T"))) text.len--; /* so does GDAL 3.6 end a date */
    if (date_read(text, &date)) {
        *out = (Span){ date_days(date) * DAY_MS, (date_days_last(date) + 1) * DAY_MS };
        return true;
    }
    if (!time_read(text, &at_ms)) return false;
    *out = (Span){ at_ms, at_ms + 1 };
    return true;
}

static bool is_open(Str end)
{
    return !end.len || str_eq_z(end, "..");
}

bool span_read(Str text, Span *out, Err *err)
{
    Cut  cut = str_cut(text, '/');
    Span from = { INT64_MIN, INT64_MAX }, to = from;
    bool ok = cut.found ? (is_open(cut.head) || end_read(cut.head, &from)) &&
                              (is_open(cut.tail) || end_read(cut.tail, &to))
                        : end_read(text, &from);
    if (!ok)
        return fail(
            err, ERR_USAGE,
            "datetime is 2018-02-12T23:20:50Z, a date, or from/to of them with .. for an open end");
    *out = (Span){ from.from_ms, cut.found ? to.before_ms : from.before_ms };
    if (out->from_ms >= out->before_ms) return fail(err, ERR_USAGE, "datetime ends before it begins");
    return true;
}

bool box_has(Box box, double latitude, double longitude)
{
    if (!(latitude >= box.south && latitude <= box.north)) return false;
    if (box.west <= box.east) return longitude >= box.west && longitude <= box.east;
    return longitude >= box.west || longitude <= box.east;
}

bool span_meets(Span span, int64_t from_ms, int64_t before_ms)
{
    return from_ms < span.before_ms && before_ms > span.from_ms;
}
