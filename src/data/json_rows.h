/* Rows of JSON: JSON Lines, an array of objects, an object with one such array in it, GeoJSON as a
   FeatureCollection or a feature a line. Each row is parsed by itself, so memory is bounded by the
   largest row.

   Members of objects within objects are named with a dot between ("site.name"), arrays are kept as
   their JSON text. A feature is its properties, its id, and its geometry: a point in the columns
   "longitude" and "latitude", and "altitude" where it has one (metres above the ellipsoid of WGS 84: RFC 7946, 3.1.1;
   the word is that of W3C's Geolocation), anything else as GeoJSON in "geometry".
   JSON: RFC 8259; GeoJSON: RFC 7946 (coordinates are longitude and latitude of WGS 84). */
#ifndef BANYAN_DATA_JSON_ROWS_H
#define BANYAN_DATA_JSON_ROWS_H

#include "data/laid.h"

#define JSON_ROWS_HEIGHT "altitude" /* in metres */

/* What a JSON text is read as. */
typedef struct {
    Str  rows;    /* where they begin: at the first row, or at the "[" before it */
    bool array;   /* in an array; else a line each */
    Str  all;     /* the whole text, UTF-8 */
    bool heights; /* of features were told, as JSON_ROWS_HEIGHT */
} JsonRows;

/* ERR_FORMAT for what is cut short or is no list of objects; ERR_UNSUPPORTED for TopoJSON, and for
   coordinates that are not longitude and latitude. */
bool json_rows_find(Arena *a, Str text, JsonRows *out, Err *err);
/* A LaidTeller; `with` is a JsonRows. */
bool json_rows_tell(void *with, Laid *laid, Err *err);

#endif
