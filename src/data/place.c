/* See place.h. */
#include "data/place.h"

#include <pthread.h>
#include <string.h>

#include "text/country.h"

static const struct {
    const char *countries;
    double      west, south, east, north;
} claims[] = {
#define PLACE_CLAIM(countries, west, south, east, north) { countries, west, south, east, north },
#define PLACE_ALSO(shape, state)
#include "data/place_claims.def"
#undef PLACE_CLAIM
#undef PLACE_ALSO
};

static const struct {
    const char *shape, *state;
} also[] = {
#define PLACE_CLAIM(countries, west, south, east, north)
#define PLACE_ALSO(shape, state) { shape, state },
#include "data/place_claims.def"
#undef PLACE_CLAIM
#undef PLACE_ALSO
};

/* A shape by its code, and the country that a row names: equal, or the territory and its state. */
static bool same_country(Str shape_code, Str code)
{
    if (str_eq(shape_code, code)) return true;
    for (size_t i = 0; i < sizeof also / sizeof also[0]; i++)
        if (str_eq_z(shape_code, also[i].shape) && str_eq_z(code, also[i].state)) return true;
    return false;
}

bool place_is_claimed(double latitude, double longitude, Str code)
{
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        if (longitude >= claims[i].west && longitude <= claims[i].east && latitude >= claims[i].south &&
            latitude <= claims[i].north && (!code.len || str_has(str_of(claims[i].countries), code)))
            return true;
    return false;
}

/* Of each code there may be, made once: it takes some twenty microseconds. */
static PlaceCountry   by_code[26][26];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_one(const Shapes *s, Str code, PlaceCountry *out)
{
    memcpy(out->code, code.at, 2);
    out->named = true;
    out->has_shape = shapes_find(s, code) != 0;
    for (size_t i = 1; i <= shapes_count(s); i++) {
        Str of = str_of(shapes_code(s, (unsigned char)i));
        if (!of.len || same_country(of, code)) out->shapes.bits[i / 64] |= (uint64_t)1 << i % 64;
    }
}

static void make_all(void)
{
    const Shapes *s = shapes_get();
    for (int i = 0; i < 26; i++)
        for (int k = 0; k < 26; k++)
            make_one(s, (Str){ (const char[]){ (char)('A' + i), (char)('A' + k) }, 2 }, &by_code[i][k]);
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

void place_country(Str said, PlaceCountry *out)
{
    Str code = country_code(said);
    *out = (PlaceCountry){ .named = said.len > 0 };
    if (code.len != 2 || !is_capital(code.at[0]) || !is_capital(code.at[1])) return;
    pthread_once(&once, make_all);
    *out = by_code[code.at[0] - 'A'][code.at[1] - 'A'];
}

static bool fits(const PlaceCountry *country, const ShapesFound *near)
{
    for (size_t i = 0; i < near->n; i++)
        if (country->shapes.bits[near->shape[i] / 64] >> near->shape[i] % 64 & 1) return true;
    return false;
}

PlaceVerdict place_judge(double latitude, double longitude, const PlaceCountry *country)
{
    const Shapes *s = shapes_get();
    ShapesFound   near;
    bool          is_place = latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180;
    if (!is_place || (country->named && !country->has_shape)) return PLACE_NOT_JUDGED;
    shapes_near(s, latitude, longitude, PLACE_NEAR_DEGREES, &near);
    if (!country->named) return near.n ? PLACE_FITS : PLACE_FITS_AT_SEA;
    if (fits(country, &near)) return PLACE_FITS;
    if (near.n) return place_is_claimed(latitude, longitude, str_of(country->code)) ? PLACE_FITS : PLACE_IN_ANOTHER;
    return shapes_reach(s, latitude, longitude, PLACE_SEA_DEGREES, &country->shapes) ? PLACE_FITS_AT_SEA
                                                                                     : PLACE_FAR_AT_SEA;
}
