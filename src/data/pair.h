/* A place in one cell: "13.7563, 100.5018", "13°45′N 100°30′E", "POINT(100.5018 13.7563)" (WKT, OGC 06-103r4,
   section 7). Two columns, a latitude and a longitude, are read from such a heading. */
#ifndef BANYAN_DATA_PAIR_H
#define BANYAN_DATA_PAIR_H

#include "data/duck.h"

/* Their patterns: which comes first. What parts them is a sign (, ; / |) or spaces; brackets around them are none. */
#define PAIR_LATITUDE_FIRST  "lat, lon"
#define PAIR_LONGITUDE_FIRST "lon, lat"
#define PAIR_POINT           "POINT(lon lat)"

bool pair_is_pattern(Str pattern);
/* False for what is no place in that form: each half as degrees.h has it. A point with a height is none, as the height
   would be lost. */
bool pair_read(Str text, Str pattern, double *latitude, double *longitude);

/* pair_of(text, "latitude lat, lon") in SQL, the axis and the pattern: thousand-millionths of a degree, NULL for
   what is none. */
extern const DuckTextFunction pair_function;

#endif
