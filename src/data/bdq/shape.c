/* BDQ tests of coordinates against the shapes of countries (data/shapes.h) and their exclusive economic zones.

   A zone reaches 200 nautical miles from the coast at most (United Nations Convention on the Law of the Sea, article
   57). So the sea farther than that from any coast is nobody's, and nearer than that to the coast of one country alone
   is that country's; what is near to several depends on treaties that are not at hand, and is answered
   EXTERNAL_PREREQUISITES_NOT_MET. An area that several countries claim complies with each, and is filled in for
   none. */
#include "data/bdq/inside.h"
#include "data/earth.h"
#include "data/place.h"

/* 200 nautical miles are 3.33 degrees; distances here are right to a twentieth. */
#define ZONE_SURELY   3.18
#define ZONE_AT_MOST  3.5
#define BUFFER_METRES 3000

static double buffer_degrees(const Ask *k)
{
    return bdq_buffer_metres(k, BUFFER_METRES) / METRES_A_DEGREE;
}

static bool has(const ShapesFound *found, unsigned char shape)
{
    for (size_t i = 0; i < found->n; i++)
        if (found->shape[i] == shape) return true;
    return false;
}

typedef enum { IN,
               OUT,
               UNKNOWN } Belongs;

/* Of a place at sea. Antarctica has no zone that others acknowledge. */
static Belongs zone_of(const Shapes *s, double latitude, double longitude, double buffer, unsigned char *owner)
{
    ShapesFound wide, sure;
    shapes_coasts_near(s, latitude, longitude, ZONE_AT_MOST + buffer, &wide);
    if (wide.n == 0) return OUT;
    shapes_coasts_near(s, latitude, longitude, ZONE_SURELY, &sure);
    if (wide.n > 1 || sure.n == 0 || !*shapes_code(s, wide.shape[0]) || wide.shape[0] == shapes_find(s, S("AQ")))
        return UNKNOWN;
    *owner = wide.shape[0];
    return IN;
}

static Belongs belongs(double latitude, double longitude, Str code, double buffer)
{
    const Shapes *s = shapes_get();
    unsigned char shape = shapes_find(s, code), owner = 0;
    ShapesFound   near, on, wide;
    shapes_near(s, latitude, longitude, 0, &on);
    if (str_eq(code, S("XZ"))) {
        Belongs zone = on.n ? IN : zone_of(s, latitude, longitude, 0, &owner);
        return zone == IN ? OUT : zone == OUT ? IN
                                              : UNKNOWN;
    }
    if (!shape) return UNKNOWN;
    shapes_near(s, latitude, longitude, buffer, &near);
    if (has(&near, shape) || (near.n && place_is_claimed(latitude, longitude, code))) return IN;
    if (on.n) return *shapes_code(s, on.shape[0]) ? OUT : UNKNOWN;
    shapes_coasts_near(s, latitude, longitude, ZONE_AT_MOST + buffer, &wide);
    if (!has(&wide, shape) && wide.n < SHAPES_FOUND) return OUT;
    return zone_of(s, latitude, longitude, buffer, &owner) == IN && owner == shape ? IN : UNKNOWN;
}

void bdq_coordinates_in_country(Ask *k)
{
    double latitude, longitude;
    Str    code = bdq_value(k, BDQ_COUNTRY_CODE);
    if (!bdq_coordinates_valid(k) || !bdq_country_is_code(code)) return bdq_internal(k);
    bdq_coordinates(k, &latitude, &longitude);
    switch (belongs(latitude, longitude, code, buffer_degrees(k))) {
    case IN: return bdq_comply(k, true);
    case OUT: return bdq_comply(k, false);
    case UNKNOWN: return bdq_external(k);
    }
}

/* ---- transposed ---- */

static Str reversed(Arena *a, Str number)
{
    Str text = str_trim(number);
    if (str_starts(text, S("-"))) return str_drop(text, 1);
    if (str_starts(text, S("+"))) text = str_drop(text, 1);
    return str_join(a, (Str[]){ S("-"), text }, 2);
}

void bdq_coordinates_transposed(Ask *k)
{
    Str    code = bdq_value(k, BDQ_COUNTRY_CODE), texts[2];
    double given[2];
    bool   unknown = false;
    if (bdq_coordinates_empty(k) || bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    if (!bdq_coordinates(k, &given[0], &given[1]) || !bdq_country_is_code(code)) return bdq_not_amended(k);
    /* The high seas are nearly everywhere: no sign that is changed tells anything. */
    if (str_eq(code, S("XZ")) || str_eq(code, S("ZZ"))) return bdq_not_amended(k);
    /* As it stands, with one sign or both reversed, then the same transposed. */
    for (int i = 0; i < 8; i++) {
        bool   south = i & 1, west = i & 2, swap = i & 4;
        double latitude = given[swap] * (south ? -1 : 1);
        double longitude = given[!swap] * (west ? -1 : 1);
        if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180)) continue;
        Belongs is = belongs(latitude, longitude, code, 0);
        if (is == IN && i == 0) return bdq_not_amended(k);
        if (is == UNKNOWN && i == 0) return bdq_external(k);
        unknown = unknown || is == UNKNOWN;
        if (is != IN) continue;
        texts[0] = str_trim(bdq_value(k, swap ? BDQ_DECIMAL_LONGITUDE : BDQ_DECIMAL_LATITUDE));
        texts[1] = str_trim(bdq_value(k, swap ? BDQ_DECIMAL_LATITUDE : BDQ_DECIMAL_LONGITUDE));
        bdq_amend(k, BDQ_DECIMAL_LATITUDE, south ? reversed(k->a, texts[0]) : texts[0]);
        return bdq_amend(k, BDQ_DECIMAL_LONGITUDE, west ? reversed(k->a, texts[1]) : texts[1]);
    }
    if (unknown) bdq_external(k);
    else bdq_not_amended(k);
}

void bdq_country_code_from_coordinates(Ask *k)
{
    const Shapes *s = shapes_get();
    double        latitude, longitude;
    unsigned char owner = 0;
    ShapesFound   on;
    if (bdq_coordinates_empty(k) || !bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    if (!bdq_coordinates_valid(k)) return bdq_not_amended(k);
    bdq_coordinates(k, &latitude, &longitude);
    shapes_near(s, latitude, longitude, 0, &on);
    if (on.n) {
        Str code = str_of(shapes_code(s, on.shape[0]));
        if (on.n > 1 || !code.len || place_is_claimed(latitude, longitude, code)) return bdq_not_amended(k);
        return bdq_fill(k, BDQ_COUNTRY_CODE, code);
    }
    switch (zone_of(s, latitude, longitude, 0, &owner)) {
    case IN: return bdq_fill(k, BDQ_COUNTRY_CODE, str_of(shapes_code(s, owner)));
    case OUT: return bdq_fill(k, BDQ_COUNTRY_CODE, S("XZ"));
    case UNKNOWN: return bdq_external(k);
    }
}

/* ---- land and sea ---- */

/* What bdqval:assumptionOnUnknownBiome says of taxa of which the list does not. */
static TaxonSaid marine_assumed(const Ask *k)
{
    Str assumption = str_trim(bdq_value(k, BDQ_ASSUMPTION_ON_UNKNOWN_BIOME));
    if (str_eq_nocase(assumption, S("assumemarine"))) return TAXON_YES;
    if (str_eq_nocase(assumption, S("assumeterrestrial"))) return TAXON_NO;
    return TAXON_NOT_SAID;
}

/* The strip of the buffer along a coast is land and sea. */
void bdq_coordinates_of_biome(Ask *k)
{
    const Taxa *taxa = bdq_list(k, BDQ_OF_TAXA, BDQ_TAXON_IS_MARINE).taxa;
    double      latitude, longitude;
    ShapesFound on, near;
    bool        elsewhere = !bdq_empty(k, BDQ_GEOSPATIAL_LAND) || (!taxa && !bdq_empty(k, BDQ_TAXON_IS_MARINE));
    if (elsewhere) return bdq_external(k);
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME) || bdq_coordinates_empty(k)) return bdq_internal(k);
    if (!taxa) return bdq_external(k);
    TaxonSaid marine = bdq_is_marine(k, taxa);
    if (marine == TAXON_NOT_SAID) marine = marine_assumed(k);
    if (marine == TAXON_NOT_SAID || !bdq_coordinates_valid(k)) return bdq_internal(k);
    bdq_coordinates(k, &latitude, &longitude);
    shapes_near(shapes_get(), latitude, longitude, 0, &on);
    shapes_near(shapes_get(), latitude, longitude, buffer_degrees(k), &near);
    bdq_comply(k, marine == TAXON_YES ? on.n == 0 : near.n > 0);
}
