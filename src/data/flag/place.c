/* Coordinates against country and sea: one pass over the rows that have any. */
#include "data/flag/inside.h"

#include "data/place.h"

enum { NOTHING,
       SWAPPED,
       ELSEWHERE,
       AT_SEA };

static int32_t judge(double latitude, double longitude, const PlaceCountry *country)
{
    if (latitude == 0 && longitude == 0) return NOTHING; /* has a flag of its own */
    PlaceVerdict is = place_judge(latitude, longitude, country);
    if (is == PLACE_FITS) return NOTHING;
    if (country->named && country->has_shape && is != PLACE_FITS_AT_SEA &&
        place_judge(longitude, latitude, country) == PLACE_FITS)
        return SWAPPED;
    if (is == PLACE_IN_ANOTHER || is == PLACE_FAR_AT_SEA) return ELSEWHERE;
    return is == PLACE_FITS_AT_SEA ? AT_SEA : NOTHING;
}

#define COUNTRIES_KEPT 16

/* Rows name few countries: the last ones are kept. */
static void judge_rows(const double *latitude, const double *longitude, const Str *country, size_t n, int32_t *out)
{
    PlaceCountry known[COUNTRIES_KEPT];
    Str          names[COUNTRIES_KEPT];
    size_t       count = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        if (!count || !str_eq(country[i], names[at]))
            for (at = 0; at < count && !str_eq(country[i], names[at]);) at++;
        if (at == count) {
            if (count < COUNTRIES_KEPT) count++;
            else at = i % COUNTRIES_KEPT;
            names[at] = country[i];
            place_country(country[i], &known[at]);
        }
        out[i] = judge(latitude[i], longitude[i], &known[at]);
    }
}

const DuckFunction flag_functions[FLAG_FUNCTIONS] = { { "flag_place", judge_rows }, { "flag_bits", flag_bits } };

bool flag_places(Whole *w)
{
    static const struct {
        Flag flag;
        int  verdict;
    } checks[] = {
        { FLAG_COORDINATES_SWAPPED, SWAPPED },
        { FLAG_COORDINATES_COUNTRY, ELSEWHERE },
        { FLAG_COORDINATES_AT_SEA, AT_SEA },
    };
    const Column *latitude = flag_role(w, ROLE_OF_LATITUDE), *longitude = flag_role(w, ROLE_OF_LONGITUDE);
    const Column *country = flag_role(w, ROLE_OF_COUNTRY);
    bool          ok = true;
    if (!latitude || !longitude || !flag_is_number(latitude) || !flag_is_number(longitude)) return true;
    bool has_country = country && country->type == COLUMN_STRING;
    Str  text =
        has_country ? str_format(w->a, "coalesce(%.*s, '')", STR_ARG(flag_name_sql(w, country))) : S("''");
    if (!duck_do(w->run,
                 str_format(w->a,
                            "CREATE OR REPLACE TEMP TABLE flags_place AS SELECT * FROM (SELECT file_row_number AS row, "
                            "flag_place(CAST(%.*s AS DOUBLE), CAST(%.*s AS DOUBLE), %.*s) AS verdict FROM %.*s) "
                            "WHERE verdict > 0",
                            STR_ARG(flag_name_sql(w, latitude)), STR_ARG(flag_name_sql(w, longitude)), STR_ARG(text),
                            STR_ARG(w->table)),
                 w->err))
        return false;
    for (size_t i = 0; ok && i < sizeof checks / sizeof checks[0]; i++)
        ok = flag_found(
            w, checks[i].flag,
            str_format(w->a, "SELECT row FROM flags_place WHERE verdict = %d", checks[i].verdict));
    return ok && duck_do(w->run, S("DROP TABLE flags_place"), w->err);
}
