/* Coordinates as people write them: degrees alone or with minutes and seconds, with a hemisphere or a sign
   (ISO 6709, Annex D, and what maps and receivers show): 13°45′30″N, N 13° 45.5', 13 45 30 N, -13:45:30, 13.7563°N,
   北纬23°7′48″. A number alone is one as well. */
#ifndef BANYAN_DATA_DEGREES_H
#define BANYAN_DATA_DEGREES_H

#include "data/duck.h"

/* A hemisphere has to be of that axis. False for what is none, or past 90 or 180 degrees, or 60 minutes or seconds. */
bool degrees_read(Str text, bool latitude, double *out);

/* degrees_of(text, axis) in SQL, axis "latitude" or "longitude": thousand-millionths of a degree, NULL for what is no
   coordinate. */
#define DEGREES_NANO 1e9
extern const DuckTextFunction degrees_function;

#endif
