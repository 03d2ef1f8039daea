/* Whether a place may be in the country that its row names: shapes (data/shapes.h) with the claims on them.

   Nobody's claim is judged. An area that several claim (place_claims.def) fits each of them, an area without a code
   of its own fits every country, a territory fits the state that answers for it. Shapes are coarse and coordinates
   often of a grid or a village, so what lies within PLACE_NEAR_DEGREES of a country fits it. At sea a place fits the
   countries within PLACE_SEA_DEGREES, a little more than the 200 nautical miles of an exclusive economic zone (United
   Nations Convention on the Law of the Sea, article 57). */
#ifndef BANYAN_DATA_PLACE_H
#define BANYAN_DATA_PLACE_H

#include "data/shapes.h"

#define PLACE_NEAR_DEGREES 0.2
#define PLACE_SEA_DEGREES  3.5

typedef enum {
    PLACE_NOT_JUDGED,  /* a place that is none, a country that is none or has no shape */
    PLACE_FITS,        /* on its land or near it */
    PLACE_FITS_AT_SEA, /* no land near, and its own not farther than PLACE_SEA_DEGREES */
    PLACE_IN_ANOTHER,  /* on land, and none of it its own */
    PLACE_FAR_AT_SEA   /* no land near, and its own farther than PLACE_SEA_DEGREES */
} PlaceVerdict;

/* A country as place_judge wants it: made once, asked often. */
typedef struct {
    ShapeSet shapes; /* that fit it: its own, its territories', those without a code */
    char     code[3];
    bool     named, has_shape;
} PlaceCountry;

/* `said` as people write it (text/country.h); empty: no country, whose places are PLACE_FITS on any land and
   PLACE_FITS_AT_SEA elsewhere. Some microseconds. */
void place_country(Str said, PlaceCountry *out);

/* Any thread. Cost: as shapes_near, and as shapes_reach where nothing is near. */
PlaceVerdict place_judge(double latitude, double longitude, const PlaceCountry *country);

/* Whether several countries claim the land around there: any (an empty code), or this one among them. */
bool place_is_claimed(double latitude, double longitude, Str code);

#endif
