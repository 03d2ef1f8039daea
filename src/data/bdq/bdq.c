/* The table of BDQ tests, their answers, and the tests that only ask whether something is there or in a range. */
#include "data/bdq/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const BdqTest bdq_tests[] = {
#define BDQ_TEST(type, label, id, run, term, authority) \
    { BDQ_##type, #label, id, bdq_##run, BDQ_##term, authority },
#include "data/bdq/tests.def"
#undef BDQ_TEST
};
#define TESTS (sizeof bdq_tests / sizeof bdq_tests[0])

static const char *const term_names[] = {
#define BDQ_TERM(code, name) name,
#include "data/bdq_terms.def"
#undef BDQ_TERM
};

Bdq *bdq_open(void)
{
    Bdq *bdq = calloc(1, sizeof *bdq);
    if (!bdq) memory_end(sizeof *bdq);
    bdq->countries = countries_open();
    return bdq;
}

void bdq_close(Bdq *bdq)
{
    if (!bdq) return;
    countries_close(bdq->countries);
    free(bdq);
}

void bdq_use_taxa(Bdq *bdq, Str name, const Taxa *taxa)
{
    assert(bdq->list_count < BDQ_LISTS);
    bdq->lists[bdq->list_count].name = name;
    bdq->lists[bdq->list_count++].taxa = taxa;
}

const Taxa *bdq_taxa(const Ask *k, BdqTerm parameter)
{
    Str name = bdq_empty(k, parameter) ? STR_NONE : str_trim(bdq_value(k, parameter));
    for (size_t i = 0; i < k->bdq->list_count; i++)
        if (str_eq_nocase(k->bdq->lists[i].name, name)) return k->bdq->lists[i].taxa;
    return NULL;
}

size_t bdq_test_count(void)
{
    return TESTS;
}

const char *bdq_test_label(size_t test)
{
    return bdq_tests[test].label;
}

const char *bdq_test_id(size_t test)
{
    return bdq_tests[test].id;
}

BdqType bdq_test_type(size_t test)
{
    return bdq_tests[test].type;
}

const char *bdq_status_name(BdqStatus status)
{
    static const char *const names[] = { "NOT_RUN",
                                         "INTERNAL_PREREQUISITES_NOT_MET",
                                         "EXTERNAL_PREREQUISITES_NOT_MET",
                                         "RUN_HAS_RESULT",
                                         "AMENDED",
                                         "FILLED_IN",
                                         "NOT_AMENDED" };
    return names[status];
}

const char *bdq_result_name(BdqResult result)
{
    static const char *const names[] = { "", "COMPLIANT", "NOT_COMPLIANT", "POTENTIAL_ISSUE", "NOT_ISSUE", "" };
    return names[result];
}

const char *bdq_term_name(BdqTerm term)
{
    return term_names[term];
}

BdqTerm bdq_term_find(Str name)
{
    Cut slash = str_cut_last(name, '/');
    Str wanted = slash.found ? slash.tail : name;
    for (int i = 0; i < BDQ_TERMS; i++) {
        Str term = str_of(term_names[i]);
        if (str_eq_nocase(wanted, term) || str_eq_nocase(wanted, str_cut(term, ':').tail)) return (BdqTerm)i;
    }
    return BDQ_NONE;
}

/* ---- values ---- */

Str bdq_value(const Ask *k, BdqTerm term)
{
    return k->r->values[term];
}

bool bdq_empty(const Ask *k, BdqTerm term)
{
    Str s = k->r->values[term];
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] > ' ' && s.at[i] != 127) {
            Str rest = str_drop(s, i);
            if (str_starts(rest, S("\u00a0"))) i += 1;
            else if (str_starts(rest, S("\u200b")) || str_starts(rest, S("\ufeff"))) i += 2;
            else return false;
        }
    return true;
}

bool bdq_number(const Ask *k, BdqTerm term, double *out)
{
    return str_to_double(str_trim(k->r->values[term]), out);
}

bool bdq_integer(const Ask *k, BdqTerm term, int64_t *out)
{
    return str_to_i64(str_trim(k->r->values[term]), out);
}

/* ---- answers ---- */

void bdq_internal(Ask *k)
{
    k->out->status = BDQ_INTERNAL_PREREQUISITES_NOT_MET;
}

void bdq_external(Ask *k)
{
    k->out->status = BDQ_EXTERNAL_PREREQUISITES_NOT_MET;
}

void bdq_comply(Ask *k, bool compliant)
{
    k->out->status = BDQ_RUN_HAS_RESULT;
    k->out->result = compliant ? BDQ_COMPLIANT : BDQ_NOT_COMPLIANT;
}

void bdq_issue(Ask *k, bool potential)
{
    k->out->status = BDQ_RUN_HAS_RESULT;
    k->out->result = potential ? BDQ_POTENTIAL_ISSUE : BDQ_NOT_ISSUE;
}

void bdq_measured(Ask *k, int64_t n)
{
    k->out->status = BDQ_RUN_HAS_RESULT;
    k->out->result = BDQ_MEASURED;
    k->out->measure = n;
}

void bdq_not_amended(Ask *k)
{
    k->out->status = BDQ_NOT_AMENDED;
}

static void propose(Ask *k, BdqStatus status, BdqTerm term, Str value)
{
    BdqAnswer *o = k->out;
    if (o->amended_count == 0) o->status = status;
    if (o->amended_count == BDQ_AMENDED_MAX) return;
    o->amended[o->amended_count].term = term;
    o->amended[o->amended_count++].value = value;
}

void bdq_amend(Ask *k, BdqTerm term, Str value)
{
    propose(k, BDQ_AMENDED, term, value);
}

void bdq_fill(Ask *k, BdqTerm term, Str value)
{
    propose(k, BDQ_FILLED_IN, term, value);
}

void bdq_ask(const Bdq *bdq, Arena *a, const BdqRecord *record, size_t test, BdqAnswer *out)
{
    Ask k = { bdq, a, record, &bdq_tests[test], out, NULL };
    memset(out, 0, sizeof *out);
    if (k.test->authority == TAXA) k.taxa = bdq_taxa(&k, BDQ_SOURCE_AUTHORITY);
    if (k.test->authority == AUTHORITY && !bdq_empty(&k, BDQ_SOURCE_AUTHORITY)) bdq_external(&k);
    else k.test->run(&k);
}

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
    for (size_t i = 0; i < TESTS; i++) {
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
