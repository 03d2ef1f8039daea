/* A list of the centres of countries in memory, as coordinates are put where nothing better is known: several of a
   country where sources differ. The authority that the test of such coordinates asks (data/bdq.h).

   Some 40 bytes a centre; adding is not for several threads, asking is for any. */
#ifndef BANYAN_DATA_CENTRES_H
#define BANYAN_DATA_CENTRES_H

#include "data/list_read.h"

typedef struct {
    Str    country_code; /* ISO 3166-1, two or three letters */
    double latitude, longitude;
    double area_km2; /* of the country; NaN: not said */
} Centre;

typedef struct Centres Centres;

#define CENTRES_MOST 100000 /* rows */

Centres *centres_make(void);
void     centres_close(Centres *c); /* accepts NULL */
/* False, and nothing is added, when the country is none of ISO 3166 or the place none. */
bool   centres_add(Centres *c, const Centre *centre);
size_t centres_count(const Centres *c);

/* Whether a centre of the country is within so many metres of the place (data/earth.h). `*area_km2`: of the country,
   as the list says it; NaN when it does not. Some ns a centre of the country. */
bool centres_near(const Centres *c, Str alpha2, double latitude, double longitude, double metres, double *area_km2);

/* A dataset of the node with columns decimalLatitude, decimalLongitude (decimal_latitude, decimal_longitude) and
   countryCode (iso2, iso_a2, iso3), perhaps area_sqkm: so it takes PCLI.tsv of GBIF's catalogue of centroids as it
   is. Fails as list_read, for more than CENTRES_MOST rows too. */
bool centres_read(const ListSource *from, Centres **out, Err *err);

#endif
