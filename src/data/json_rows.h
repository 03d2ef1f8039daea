/* Rows of JSON: JSON Lines, objects one behind another, an array of objects, an object with one such array in
   it, GeoJSON as a FeatureCollection or a feature a line. Each row is parsed by itself, so memory is bounded by
   the largest row.

   Members of objects within objects are named with a dot between ("site.name"), arrays are kept as
   their JSON text. A feature is its properties, its id, and its geometry: a point in the columns
   "longitude" and "latitude", and "altitude" where it has one (metres above the ellipsoid of WGS 84: RFC 7946, 3.1.1;
   the word is that of W3C's Geolocation), anything else as GeoJSON in "geometry".
   JSON: RFC 8259; GeoJSON: RFC 7946 (coordinates are longitude and latitude of WGS 84). */
#ifndef BANYAN_DATA_JSON_ROWS_H
#define BANYAN_DATA_JSON_ROWS_H

#include "data/laid.h"

#define JSON_ROWS_HEIGHT "altitude" /* in metres */

typedef enum { JSON_ROWS_LINES, /* a line each */
               JSON_ROWS_ARRAY, /* in an array */
               JSON_ROWS_BEHIND /* one behind another, several on a line or each over several */
} JsonRowsForm;

/* What a JSON text is read as. */
typedef struct {
    Str          rows; /* where they begin: at the first row, or at the "[" before it */
    JsonRowsForm form;
    Str          all;     /* the whole text, UTF-8 */
    bool         heights; /* of features were told, as JSON_ROWS_HEIGHT */
} JsonRows;

/* ERR_FORMAT for what is cut short or is no list of objects; ERR_UNSUPPORTED for TopoJSON, and for
   coordinates that are not longitude and latitude. */
bool json_rows_find(Arena *a, Str text, JsonRows *out, Err *err);
/* A LaidTeller; `with` is a JsonRows. The line of a row is its number where several stand on one. */
bool json_rows_tell(void *with, Laid *laid, Err *err);

#endif
