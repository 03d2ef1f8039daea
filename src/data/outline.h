/* A geometry in memory, small: whether places lie in it or near. 8 bytes a position, right to some two metres. */
#ifndef BANYAN_DATA_OUTLINE_H
#define BANYAN_DATA_OUTLINE_H

#include "data/geometry.h"

typedef struct Outline Outline;

/* Of what geometry_read gave; in `a`. NULL when there is no position in it. */
Outline *outline_make(Arena *a, const Json *geometry);

/* Whether the place is in it, on it, or within so many metres of it, across the 180th meridian too. Latitude -90 to
   90, longitude -180 to 180. Straight between positions on a flat map, as RFC 7946 has it; distances are right to a
   hundredth for up to 100 km, poles apart. Any thread. Cost: some nanoseconds a position of those lines whose box is
   near. */
bool outline_near(const Outline *outline, double latitude, double longitude, double metres);

#endif
