/* Boxes and spans as addresses have them: `bbox` and `datetime` of OGC API Features 1.0 (OGC 17-069r4,
   7.15.3 and 7.15.4). Both come from outside.

   A box is "west,south,east,north" in degrees of WGS 84, or six numbers with heights, which are passed over;
   west past east crosses the 180th meridian. A span is an RFC 3339 time, a date (2018, 2018-09 or
   2018-09-13, all of it), or two of them with "/" between; ".." or nothing is an open end. */
#ifndef BANYAN_DATA_EXTENT_H
#define BANYAN_DATA_EXTENT_H

#include "base/err.h"

typedef struct {
    double west, south, east, north;
} Box;

typedef struct {
    int64_t from_ms, before_ms; /* UTC; the second exclusive; INT64_MIN and INT64_MAX: open */
} Span;

/* ERR_USAGE says what is wrong. */
bool box_read(Str text, Box *out, Err *err);
bool span_read(Str text, Span *out, Err *err);

bool box_has(Box box, double latitude, double longitude); /* edges are in */
bool span_meets(Span span, int64_t from_ms, int64_t before_ms);

#endif
