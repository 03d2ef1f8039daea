/* Places, depths and heights as people write them on labels. */
#ifndef BANYAN_DATA_LABEL_MEASURE_H
#define BANYAN_DATA_LABEL_MEASURE_H

#include "base/buf.h"

typedef struct {
    Str    latitude, longitude; /* decimal degrees; a number that was written so stays as it was */
    double latitude_deg, longitude_deg;
} LabelPoint;

/* "-23.712" and "139° 55' 23\" E"; false when one of them is no such angle or out of range. */
bool label_point_read(Arena *a, Str latitude, Str longitude, LabelPoint *out);
/* Both in one text, each with its hemisphere, or two decimal numbers with a comma between. */
bool label_pair_read(Arena *a, Str text, LabelPoint *out);
bool label_points_same(const LabelPoint *a, const LabelPoint *b); /* to some 10 m */

/* "10-15 ftm", "1500 to 1800 ft", "Minimum elevation 100 m" in metres; false without a unit. */
bool label_metres_read(Arena *a, Str text, Str *low, Str *high);

#endif
