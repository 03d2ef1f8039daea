/* Centres under the codes of their countries. */
#include "data/centres.h"

#include <math.h>
#include <stdlib.h>

#include "data/chains.h"
#include "data/earth.h"
#include "text/country.h"

#define ROOM_LEAST 256

typedef struct {
    double latitude, longitude, area_km2;
} Kept;

struct Centres {
    Chains by_country;
    Kept  *kept;
    size_t count, room;
};

Centres *centres_make(void)
{
    Centres *c = calloc(1, sizeof *c);
    if (!c) memory_end(sizeof *c);
    return c;
}

void centres_close(Centres *c)
{
    if (!c) return;
    chains_free(&c->by_country);
    free(c->kept);
    free(c);
}

size_t centres_count(const Centres *c)
{
    return c->count;
}

bool centres_add(Centres *c, const Centre *centre)
{
    Str  country = country_code(centre->country_code);
    bool place = fabs(centre->latitude) <= 90 && fabs(centre->longitude) <= 180;
    if (!country.len || !place) return false;
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : ROOM_LEAST;
        c->kept = realloc(c->kept, c->room * sizeof *c->kept);
        if (!c->kept) memory_end(c->room * sizeof *c->kept);
    }
    c->kept[c->count] = (Kept){ centre->latitude, centre->longitude, centre->area_km2 };
    chains_add(&c->by_country, country, (uint32_t)c->count++);
    return true;
}

bool centres_near(const Centres *c, Str alpha2, double latitude, double longitude, double metres, double *area_km2)
{
    uint32_t link = CHAINS_END, i;
    bool     near = false;
    *area_km2 = NAN;
    while (chains_next(&c->by_country, alpha2, &link, &i)) {
        const Kept *k = &c->kept[i];
        near = near || earth_metres(latitude, longitude, k->latitude, k->longitude) <= metres;
        if (k->area_km2 > 0) *area_km2 = k->area_km2;
    }
    return near;
}

/* ---- from a dataset ---- */

enum { COUNTRY,
       LATITUDE,
       LONGITUDE,
       AREA,
       TERMS };
static const ListColumn terms[TERMS] = { { .names = "countryCode|iso2|iso_a2|iso3", .needed = true },
                                         { .names = "decimalLatitude|decimal_latitude", .needed = true },
                                         { .names = "decimalLongitude|decimal_longitude", .needed = true },
                                         { .names = "area_sqkm" } };

static void row_add(void *centres, const ListSource *from, Arena *once, const Str *values)
{
    (void)from, (void)once;
    Centre centre = { .country_code = values[COUNTRY], .area_km2 = NAN };
    str_to_double(values[AREA], &centre.area_km2);
    if (str_to_double(values[LATITUDE], &centre.latitude) && str_to_double(values[LONGITUDE], &centre.longitude))
        centres_add(centres, &centre);
}

bool centres_read(const ListSource *from, Centres **out, Err *err)
{
    static const ListForm form = { "centres", terms, TERMS, CENTRES_MOST, row_add };
    Centres              *centres = centres_make();
    bool                  ok = list_read(from, &form, centres, err);
    if (ok) *out = centres;
    else centres_close(centres);
    return ok;
}
