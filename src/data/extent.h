/* Boxes and spans as addresses have them: `bbox` and `datetime` of OGC API Features 1.0 (OGC 17-069r4,
   7.15.3 and 7.15.4). Both come from outside.

   A box is "west,south,east,north" in degrees of WGS 84, or six numbers with heights, which are passed over, in the
   order of the axes of its system; west past east crosses the 180th meridian. A span is an RFC 3339 time, a date
   (2018, 2018-09 or 2018-09-13, all of it), or two of them with "/" between; ".." or nothing is an open end. */
#ifndef BANYAN_DATA_EXTENT_H
#define BANYAN_DATA_EXTENT_H

#include "base/err.h"

typedef struct {
    double west, south, east, north;
} Box;

typedef struct {
    int64_t from_ms, before_ms; /* UTC; the second exclusive; INT64_MIN and INT64_MAX: open */
} Span;

/* Systems of coordinates that places can be asked and told in (OGC 18-058, Part 2): what is kept is longitude and
   latitude of WGS 84. */
typedef enum { CRS_84,   /* longitude, latitude in degrees */
               CRS_4326, /* latitude, longitude in degrees */
               CRS_3857, /* metres east and north on the map of the web (spherical Mercator) */
               CRS_COUNT } Crs;
const char *crs_address(Crs crs); /* "http://www.opengis.net/def/crs/OGC/1.3/CRS84" */
bool        crs_read(Str address, Crs *out, Err *err);
/* Finite for what is finite: what has no end in CRS_3857 is far out. */
void crs_put(Crs crs, double longitude, double latitude, double out[2]);

/* ERR_USAGE says what is wrong. The box is of longitude and latitude, whatever the numbers are in. */
bool box_read(Str text, Crs crs, Box *out, Err *err);
Str  box_text(Arena *a, Box box); /* as box_read of CRS_84 reads it, exactly */
bool span_read(Str text, Span *out, Err *err);

bool box_has(Box box, double latitude, double longitude); /* edges are in */
bool span_meets(Span span, int64_t from_ms, int64_t before_ms);

#endif
