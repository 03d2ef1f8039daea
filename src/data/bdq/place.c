/* BDQ tests of countries, coordinates and geodetic datums. */
#include <stdlib.h>
#include <string.h>

#include "data/bdq/inside.h"
#include "data/label_measure.h"
#include "text/fold.h"

/* ---- countries ---- */

bool bdq_country_is_code(Str s)
{
    return country_is_code(s) || str_eq(s, S("XZ")) || str_eq(s, S("ZZ"));
}

void bdq_country_code_standard(Ask *k)
{
    if (bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    bdq_comply(k, bdq_country_is_code(bdq_value(k, BDQ_COUNTRY_CODE)));
}

void bdq_country_code_standardized(Ask *k)
{
    char code[3] = { 0 };
    Str  value = bdq_value(k, BDQ_COUNTRY_CODE), trimmed = str_trim(value);
    if (bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    if (bdq_country_is_code(value)) return bdq_not_amended(k);
    if (trimmed.len == 2)
        for (int i = 0; i < 2; i++)
            code[i] = trimmed.at[i] >= 'a' && trimmed.at[i] <= 'z' ? (char)(trimmed.at[i] - 32) : trimmed.at[i];
    bool found = trimmed.len == 2 ? bdq_country_is_code(str_of(code))
                                  : country_of_alpha3(trimmed, code) ||
                                        country_find(k->bdq->countries, trimmed, code);
    if (!found) return bdq_not_amended(k);
    bdq_amend(k, BDQ_COUNTRY_CODE, str_copy(k->a, str_of(code)));
}

void bdq_country_found(Ask *k)
{
    char code[3];
    Str  value = bdq_value(k, BDQ_COUNTRY);
    if (bdq_empty(k, BDQ_COUNTRY)) return bdq_internal(k);
    bool found = bdq_ends_print(k, BDQ_COUNTRY) && country_find(k->bdq->countries, value, code);
    bdq_comply(k, found && !country_is_area(str_of(code)));
}

void bdq_country_not_empty(Ask *k)
{
    bdq_comply(k, !bdq_empty(k, BDQ_COUNTRY) || str_eq(bdq_value(k, BDQ_COUNTRY_CODE), S("XZ")));
}

void bdq_country_and_code(Ask *k)
{
    char code[3];
    if (bdq_empty(k, BDQ_COUNTRY) || bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    bdq_comply(k, country_find(k->bdq->countries, bdq_value(k, BDQ_COUNTRY), code) &&
                      str_eq(bdq_value(k, BDQ_COUNTRY_CODE), str_of(code)));
}

/* ---- coordinates ---- */

bool bdq_coordinates(const Ask *k, double *latitude, double *longitude)
{
    return bdq_number(k, BDQ_DECIMAL_LATITUDE, latitude) && bdq_number(k, BDQ_DECIMAL_LONGITUDE, longitude);
}

bool bdq_coordinates_valid(const Ask *k)
{
    double latitude, longitude;
    return bdq_coordinates(k, &latitude, &longitude) && latitude >= -90 && latitude <= 90 && longitude >= -180 &&
           longitude <= 180;
}

bool bdq_coordinates_empty(const Ask *k)
{
    return bdq_empty(k, BDQ_DECIMAL_LATITUDE) || bdq_empty(k, BDQ_DECIMAL_LONGITUDE);
}

void bdq_coordinates_not_zero(Ask *k)
{
    double latitude, longitude;
    if (!bdq_coordinates(k, &latitude, &longitude)) return bdq_internal(k);
    bdq_comply(k, latitude != 0 || longitude != 0);
}

void bdq_coordinates_from_verbatim(Ask *k)
{
    LabelPoint apart = { 0 }, whole = { 0 };
    Str        latitude = bdq_value(k, BDQ_VERBATIM_LATITUDE), longitude = bdq_value(k, BDQ_VERBATIM_LONGITUDE);
    bool       no_whole = bdq_empty(k, BDQ_VERBATIM_COORDINATES);
    bool       no_apart = bdq_empty(k, BDQ_VERBATIM_LATITUDE) || bdq_empty(k, BDQ_VERBATIM_LONGITUDE);
    if (!bdq_empty(k, BDQ_DECIMAL_LATITUDE) || !bdq_empty(k, BDQ_DECIMAL_LONGITUDE) || (no_whole && no_apart))
        return bdq_internal(k);
    bool has_apart = !no_apart && label_point_read(k->a, latitude, longitude, &apart);
    bool has_whole = !no_whole && label_pair_read(k->a, bdq_value(k, BDQ_VERBATIM_COORDINATES), &whole);
    if ((!no_apart && !has_apart) || (!no_whole && !has_whole)) return bdq_not_amended(k);
    if (has_apart && has_whole && !label_points_same(&apart, &whole)) return bdq_not_amended(k);
    const LabelPoint *point = has_apart ? &apart : &whole;
    bdq_fill(k, BDQ_DECIMAL_LATITUDE, point->latitude);
    bdq_fill(k, BDQ_DECIMAL_LONGITUDE, point->longitude);
    if (!bdq_empty(k, BDQ_VERBATIM_SRS) && bdq_empty(k, BDQ_GEODETIC_DATUM))
        bdq_fill(k, BDQ_GEODETIC_DATUM, str_trim(bdq_value(k, BDQ_VERBATIM_SRS)));
}

/* ---- depths and elevations ---- */

static void metres_from_verbatim(Ask *k, BdqTerm verbatim, BdqTerm low_term, BdqTerm high_term)
{
    Str low, high;
    if (!bdq_empty(k, low_term) || !bdq_empty(k, high_term) || bdq_empty(k, verbatim)) return bdq_internal(k);
    if (!label_metres_read(k->a, bdq_value(k, verbatim), &low, &high)) return bdq_not_amended(k);
    bdq_fill(k, low_term, low);
    bdq_fill(k, high_term, high);
}

void bdq_depths_from_verbatim(Ask *k)
{
    metres_from_verbatim(k, BDQ_VERBATIM_DEPTH, BDQ_MINIMUM_DEPTH_IN_METERS, BDQ_MAXIMUM_DEPTH_IN_METERS);
}

void bdq_elevations_from_verbatim(Ask *k)
{
    metres_from_verbatim(k, BDQ_VERBATIM_ELEVATION, BDQ_MINIMUM_ELEVATION_IN_METERS, BDQ_MAXIMUM_ELEVATION_IN_METERS);
}

/* ---- datums ---- */

static const struct {
    int system, datum;
    Str names;
} datums[] = {
#define BDQ_DATUM(system, datum, names) { system, datum, S_INIT(names) },
#include "data/bdq/datums.def"
#undef BDQ_DATUM
};
#define DATUMS (sizeof datums / sizeof datums[0])

static bool epsg_number(Str s, int64_t *out)
{
    return str_starts(s, S("EPSG:")) && str_to_i64(str_drop(s, 5), out) && *out > 0;
}

static bool datum_known(int64_t code)
{
    for (size_t i = 0; i < DATUMS; i++)
        if (datums[i].system == code || datums[i].datum == code) return true;
    return code >= 7001 && code <= 7060; /* ellipsoids */
}

void bdq_datum_standard(Ask *k)
{
    int64_t code;
    Str     value = bdq_value(k, BDQ_GEODETIC_DATUM);
    if (bdq_empty(k, BDQ_GEODETIC_DATUM)) return bdq_internal(k);
    if (str_eq(value, S("not recorded"))) return bdq_comply(k, true);
    if (!epsg_number(value, &code)) return bdq_comply(k, false);
    if (datum_known(code)) return bdq_comply(k, true);
    /* EPSG keeps 20000 to 32766 for projected systems; of the others only those of the table are known here. */
    if (code >= 20000 && code < 32767) return bdq_comply(k, false);
    bdq_external(k);
}

static int datum_meant(Arena *a, Str value)
{
    int64_t code;
    Folded  f = fold_make(a, value);
    char   *text = arena_raw(a, 4 * f.n + 1);
    Str     folded = { text, units_text(f.at, f.n, text) };
    Str     number = str_starts(folded, S("epsg")) ? str_drop(folded, 4) : STR_NONE;
    if (str_to_i64(number, &code)) return datum_known(code) ? (int)code : 0;
    for (size_t i = 0; i < DATUMS; i++) {
        Str rest = datums[i].names;
        while (rest.len) {
            Cut cut = str_cut(rest, '|');
            if (str_eq(cut.head, folded)) return datums[i].system;
            rest = cut.tail;
        }
    }
    return 0;
}

void bdq_datum_standardized(Ask *k)
{
    int64_t code;
    Str     value = bdq_value(k, BDQ_GEODETIC_DATUM);
    if (bdq_empty(k, BDQ_GEODETIC_DATUM)) return bdq_internal(k);
    int meant = datum_meant(k->a, value);
    if (!meant || epsg_number(value, &code)) return bdq_not_amended(k);
    bdq_amend(k, BDQ_GEODETIC_DATUM, str_format(k->a, "EPSG:%d", meant));
}

void bdq_datum_assumed(Ask *k)
{
    double x;
    if (!bdq_empty(k, BDQ_GEODETIC_DATUM)) return bdq_not_amended(k);
    /* How far datums lie apart at each place would have to be known to widen the uncertainty. */
    if (bdq_coordinates_valid(k) && bdq_number(k, BDQ_COORDINATE_UNCERTAINTY_IN_METERS, &x) && x >= 1)
        return bdq_external(k);
    bool set = !bdq_empty(k, BDQ_DEFAULT_GEODETIC_DATUM);
    bdq_fill(k, BDQ_GEODETIC_DATUM, set ? str_trim(bdq_value(k, BDQ_DEFAULT_GEODETIC_DATUM)) : S("EPSG:4326"));
}
