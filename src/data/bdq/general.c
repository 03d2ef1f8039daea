/* Tests of no one subject: whether something is there, numbers and their ranges, and what other tests said. */
#include "data/bdq/inside.h"

/* ---- whether something is there ---- */

void bdq_not_empty(Ask *k)
{
    bdq_comply(k, !bdq_empty(k, k->test->term));
}

void bdq_issue_not_empty(Ask *k)
{
    bdq_issue(k, !bdq_empty(k, k->test->term));
}

static void any_of(Ask *k, const BdqTerm *terms, size_t n)
{
    bool found = false;
    for (size_t i = 0; i < n && !found; i++) found = !bdq_empty(k, terms[i]);
    bdq_comply(k, found);
}

#define ANY_OF(k, terms) any_of((k), (terms), sizeof(terms) / sizeof(terms)[0])

void bdq_any_place(Ask *k)
{
    static const BdqTerm terms[] = {
        BDQ_HIGHER_GEOGRAPHY_ID, BDQ_HIGHER_GEOGRAPHY, BDQ_CONTINENT, BDQ_COUNTRY,
        BDQ_COUNTRY_CODE, BDQ_STATE_PROVINCE, BDQ_COUNTY, BDQ_MUNICIPALITY,
        BDQ_WATER_BODY, BDQ_ISLAND, BDQ_ISLAND_GROUP, BDQ_LOCALITY,
        BDQ_LOCATION_ID, BDQ_VERBATIM_LOCALITY, BDQ_DECIMAL_LATITUDE, BDQ_DECIMAL_LONGITUDE,
        BDQ_VERBATIM_COORDINATES, BDQ_VERBATIM_LATITUDE, BDQ_VERBATIM_LONGITUDE, BDQ_FOOTPRINT_WKT
    };
    ANY_OF(k, terms);
}

void bdq_any_taxon(Ask *k)
{
    static const BdqTerm terms[] = {
        BDQ_TAXON_ID, BDQ_SCIENTIFIC_NAME_ID, BDQ_ACCEPTED_NAME_USAGE_ID, BDQ_PARENT_NAME_USAGE_ID,
        BDQ_ORIGINAL_NAME_USAGE_ID, BDQ_TAXON_CONCEPT_ID, BDQ_SCIENTIFIC_NAME, BDQ_HIGHER_CLASSIFICATION,
        BDQ_KINGDOM, BDQ_PHYLUM, BDQ_CLASS, BDQ_ORDER,
        BDQ_SUPERFAMILY, BDQ_FAMILY, BDQ_SUBFAMILY, BDQ_TRIBE,
        BDQ_SUBTRIBE, BDQ_GENUS, BDQ_GENERIC_NAME, BDQ_SUBGENUS,
        BDQ_INFRAGENERIC_EPITHET, BDQ_SPECIFIC_EPITHET, BDQ_INFRASPECIFIC_EPITHET, BDQ_VERNACULAR_NAME,
        BDQ_CULTIVAR_EPITHET
    };
    ANY_OF(k, terms);
}

void bdq_any_time(Ask *k)
{
    static const BdqTerm terms[] = { BDQ_EVENT_DATE, BDQ_YEAR, BDQ_MONTH, BDQ_DAY,
                                     BDQ_START_DAY_OF_YEAR, BDQ_END_DAY_OF_YEAR, BDQ_VERBATIM_EVENT_DATE };
    ANY_OF(k, terms);
}

/* ---- numbers ---- */

typedef struct {
    BdqTerm term;
    double  low, high, least; /* what is below `least` is not read as such a number at all */
    BdqTerm low_setting, high_setting;
} Range;

static const Range ranges[] = {
    { BDQ_DECIMAL_LATITUDE, -90, 90, -1e300, BDQ_NONE, BDQ_NONE },
    { BDQ_DECIMAL_LONGITUDE, -180, 180, -1e300, BDQ_NONE, BDQ_NONE },
    { BDQ_MINIMUM_ELEVATION_IN_METERS, -430, 8850, -1e300, BDQ_MINIMUM_VALID_ELEVATION_IN_METERS,
      BDQ_MAXIMUM_VALID_ELEVATION_IN_METERS },
    { BDQ_MAXIMUM_ELEVATION_IN_METERS, -430, 8850, -1e300, BDQ_MINIMUM_VALID_ELEVATION_IN_METERS,
      BDQ_MAXIMUM_VALID_ELEVATION_IN_METERS },
    { BDQ_MINIMUM_DEPTH_IN_METERS, 0, 11000, 0, BDQ_MINIMUM_VALID_DEPTH_IN_METERS, BDQ_MAXIMUM_VALID_DEPTH_IN_METERS },
    { BDQ_MAXIMUM_DEPTH_IN_METERS, 0, 11000, 0, BDQ_MINIMUM_VALID_DEPTH_IN_METERS, BDQ_MAXIMUM_VALID_DEPTH_IN_METERS },
};

void bdq_number_in_range(Ask *k)
{
    double x, low, high;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const Range *range = &ranges[i];
        if (range->term != k->test->term) continue;
        if (!bdq_number(k, range->term, &x) || x < range->least) return bdq_internal(k);
        if (range->low_setting == BDQ_NONE || !bdq_number(k, range->low_setting, &low)) low = range->low;
        if (range->high_setting == BDQ_NONE || !bdq_number(k, range->high_setting, &high)) high = range->high;
        return bdq_comply(k, x >= low && x <= high);
    }
}

void bdq_uncertainty_in_range(Ask *k)
{
    double x;
    if (bdq_empty(k, BDQ_COORDINATE_UNCERTAINTY_IN_METERS)) return bdq_internal(k);
    bdq_comply(k, bdq_number(k, BDQ_COORDINATE_UNCERTAINTY_IN_METERS, &x) && x >= 1 && x <= 20037509);
}

void bdq_depths_ordered(Ask *k)
{
    double low, high;
    bool   read = bdq_number(k, BDQ_MINIMUM_DEPTH_IN_METERS, &low) && bdq_number(k, BDQ_MAXIMUM_DEPTH_IN_METERS, &high);
    if (!read || low < 0 || high < 0) return bdq_internal(k);
    bdq_comply(k, low <= high);
}

void bdq_elevations_ordered(Ask *k)
{
    double low, high;
    if (!bdq_number(k, BDQ_MINIMUM_ELEVATION_IN_METERS, &low) || !bdq_number(k, BDQ_MAXIMUM_ELEVATION_IN_METERS, &high))
        return bdq_internal(k);
    bdq_comply(k, low <= high);
}

/* ---- over the other tests ---- */

static void count_tests(Ask *k, BdqType type, bool (*counts)(const BdqAnswer *))
{
    int64_t n = 0;
    for (size_t i = 0; i < bdq_test_count(); i++) {
        BdqAnswer answer;
        if (bdq_tests[i].type != type) continue;
        bdq_ask(k->bdq, k->a, k->r, i, &answer);
        n += counts(&answer);
    }
    bdq_measured(k, n);
}

static bool is_compliant(const BdqAnswer *answer)
{
    return answer->result == BDQ_COMPLIANT;
}

static bool is_not_compliant(const BdqAnswer *answer)
{
    return answer->result == BDQ_NOT_COMPLIANT;
}

static bool has_not_run(const BdqAnswer *answer)
{
    return answer->status == BDQ_INTERNAL_PREREQUISITES_NOT_MET || answer->status == BDQ_EXTERNAL_PREREQUISITES_NOT_MET;
}

static bool has_proposed(const BdqAnswer *answer)
{
    return answer->status == BDQ_AMENDED || answer->status == BDQ_FILLED_IN;
}

void bdq_measure_compliant(Ask *k)
{
    count_tests(k, BDQ_VALIDATION, is_compliant);
}

void bdq_measure_not_compliant(Ask *k)
{
    count_tests(k, BDQ_VALIDATION, is_not_compliant);
}

void bdq_measure_not_run(Ask *k)
{
    count_tests(k, BDQ_VALIDATION, has_not_run);
}

void bdq_measure_amendments(Ask *k)
{
    count_tests(k, BDQ_AMENDMENT, has_proposed);
}
