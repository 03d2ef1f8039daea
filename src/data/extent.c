#include "data/extent.h"

#include <float.h>
#include <math.h>

#include "base/time.h"

#define DAY_MS ((int64_t)86400000)

static const double EARTH_M = 6378137; /* radius of the sphere of CRS_3857 */
static const double DEGREE = 0.017453292519943295;

static const char *const addresses[CRS_COUNT] = {
    [CRS_84] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    [CRS_4326] = "http://www.opengis.net/def/crs/EPSG/0/4326",
    [CRS_3857] = "http://www.opengis.net/def/crs/EPSG/0/3857",
};

const char *crs_address(Crs crs)
{
    return addresses[crs];
}

bool crs_read(Str address, Crs *out, Err *err)
{
    for (int i = 0; i < CRS_COUNT; i++)
        if (str_eq_z(address, addresses[i])) {
            *out = (Crs)i;
            return true;
        }
    return fail(err, ERR_USAGE, "no such system of coordinates; there are %s, %s and %s", addresses[0], addresses[1],
                addresses[2]);
}

void crs_put(Crs crs, double longitude, double latitude, double out[2])
{
    out[0] = crs == CRS_3857 ? longitude * DEGREE * EARTH_M : crs == CRS_4326 ? latitude
                                                                              : longitude;
    out[1] = crs == CRS_3857 ? asinh(tan(latitude * DEGREE)) * EARTH_M : crs == CRS_4326 ? longitude
                                                                                         : latitude;
    for (int i = 0; i < 2; i++) out[i] = fmax(-DBL_MAX, fmin(DBL_MAX, out[i]));
}

/* Two numbers in the order of the system's axes, as longitude and latitude. */
static void degrees_of(Crs crs, double first, double second, double *longitude, double *latitude)
{
    *longitude = crs == CRS_3857 ? first / EARTH_M / DEGREE : crs == CRS_4326 ? second
                                                                              : first;
    *latitude = crs == CRS_3857 ? atan(sinh(second / EARTH_M)) / DEGREE : crs == CRS_4326 ? first
                                                                                          : second;
}

/* Within the earth; what rounding has carried out of it comes back. */
static bool bounded(double *x, double most)
{
    static const double rounding = 1e-9;
    if (!(*x >= -most - rounding && *x <= most + rounding)) return false;
    *x = *x < -most ? -most : *x > most ? most
                                        : *x;
    return true;
}

bool box_read(Str text, Crs crs, Box *out, Err *err)
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
    Box    box;
    degrees_of(crs, number[0], number[1], &box.west, &box.south);
    degrees_of(crs, number[high], number[high + 1], &box.east, &box.north);
    if (!bounded(&box.west, 180) || !bounded(&box.east, 180) || !bounded(&box.south, 90) || !bounded(&box.north, 90))
        return fail(err, ERR_USAGE, "bbox lies within the earth: -180,-90,180,90 in degrees");
    if (box.south > box.north) return fail(err, ERR_USAGE, "bbox has its south before its north");
    *out = box;
    return true;
}

Str box_text(Arena *a, Box box)
{
    return str_format(a, "%.17g,%.17g,%.17g,%.17g", box.west, box.south, box.east, box.north);
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
