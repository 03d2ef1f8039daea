/* Geometries of GeoJSON (RFC 7946): points, lines, polygons with holes, and gatherings of them, longitude before
   latitude. A dataset that was read from GeoJSON has them as text in its column GEOMETRY_COLUMN. They come from
   outside: what is no geometry is told apart before anything else is done with it. */
#ifndef BANYAN_DATA_GEOMETRY_H
#define BANYAN_DATA_GEOMETRY_H

#include "base/json.h"
#include "data/column.h"
#include "data/extent.h"

#define GEOMETRY_COLUMN "geometry"

/* The column, text whose role is a place; NULL without one. */
const Column *geometry_column(const Column *columns, size_t n);

/* NULL when the text is no geometry: a type that is known, positions of two numbers or more where they belong. */
Json *geometry_read(Arena *a, Str text);
/* Does any of it lie in the box, edges in? Exact for straight lines between positions; the inside of a polygon
   counts. */
bool geometry_meets(const Json *geometry, Box box);
/* As JSON, in another system of coordinates. */
void geometry_put(Buf *out, const Json *geometry, Crs crs);

#endif
