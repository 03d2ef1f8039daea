/* The BDQ tests that ask lists of provinces, centres and annotations, beyond what TDWG's validation data reaches. */
#include "data/bdq.h"

#include <math.h>
#include <string.h>

#include "check.h"

static void close_bdq(void *bdq)
{
    bdq_close(bdq);
}

static void close_list(void *list)
{
    bdq_list_close(list);
}

static Bdq *bdq_with(Arena *a, Str name, BdqList list)
{
    Bdq     *bdq = arena_adopt(a, bdq_open(), close_bdq);
    BdqList *kept = NEW(a, BdqList);
    *kept = list;
    arena_adopt(a, kept, close_list);
    bdq_use(bdq, name, list);
    return bdq;
}

/* The result of a test, else its status. */
static Str answer_of(Arena *a, const Bdq *bdq, const BdqRecord *record, const char *label)
{
    BdqAnswer answer;
    size_t    test = 0;
    while (test < bdq_test_count() && strcmp(label, bdq_test_label(test)) != 0) test++;
    bdq_ask(bdq, a, record, test, &answer);
    return str_of(answer.result ? bdq_result_name(answer.result) : bdq_status_name(answer.status));
}

/* A square around the middle of nowhere, with a hole. */
#define SQUARE                                                                     \
    "{\"type\":\"Polygon\",\"coordinates\":[[[10,0],[14,0],[14,4],[10,4],[10,0]]," \
    "[[11,1],[13,1],[13,3],[11,3],[11,1]]]}"

static Provinces *provinces(void)
{
    static const Province rows[] = {
        { S_INIT("AR"), S_INIT(""), S_INIT("AR-B"), S_INIT("Buenos Aires"), S_INIT(""),
          S_INIT(SQUARE) },
        { S_INIT("AR"), S_INIT(""), S_INIT("AR-C"), S_INIT("Ciudad Autónoma de Buenos Aires"),
          S_INIT("Buenos Aires|CABA"), S_INIT("") },
        { S_INIT(""), S_INIT("ราชอาณาจักรไทย"), S_INIT("TH.28"), S_INIT("เชียงใหม่"),
          S_INIT("Chiang Mai"), S_INIT("") },
        { S_INIT("-99"), S_INIT("ไทย"), S_INIT(""), S_INIT("Nan"), S_INIT(""),
          S_INIT("no geometry") },
        { S_INIT("FRA"), S_INIT(""), S_INIT("FR-BRE"), S_INIT("Bretagne"), S_INIT("Breizh"),
          S_INIT(SQUARE) },
        { S_INIT("FR"), S_INIT(""), S_INIT("FR-BRE"), S_INIT("Brittany"), S_INIT("||Bretagne| "),
          S_INIT("{\"type\":\"MultiPoint\",\"coordinates\":[[179.99,-10],[20,20]]}") },
        { S_INIT("Middle-earth"), S_INIT(""), S_INIT(""), S_INIT("Gondor"), S_INIT(""),
          S_INIT(SQUARE) },
    };
    Provinces *p = provinces_make();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) provinces_add(p, &rows[i]);
    return p;
}

typedef struct {
    const char *country, *state;
    const char *found, *unambiguous;
} NameCase;

TEST("provinces are found by any of their names, and one in one country is unambiguous")
{
    static const NameCase cases[] = {
        { "France", "Bretagne", "COMPLIANT", "COMPLIANT" },
        { "ฝรั่งเศส", "breizh", "COMPLIANT", "COMPLIANT" }, /* two rows of one code are one province */
        { "", "Brittany", "COMPLIANT", "COMPLIANT" },
        { "Argentina", "Brittany", "COMPLIANT", "NOT_COMPLIANT" },
        { "Argentina", "Buenos Aires", "COMPLIANT", "NOT_COMPLIANT" }, /* two have the name */
        { "Argentina", "CABA", "COMPLIANT", "COMPLIANT" },
        { "Argentina", "", "INTERNAL_PREREQUISITES_NOT_MET", "NOT_COMPLIANT" },
        { "", "", "INTERNAL_PREREQUISITES_NOT_MET", "INTERNAL_PREREQUISITES_NOT_MET" },
        { "Thailand", "Chiang Mai", "COMPLIANT", "COMPLIANT" }, /* by the begin of its code */
        { "Thailand", "Nan", "COMPLIANT", "COMPLIANT" },        /* by a name in Thai */
        { "Nowhere", "Nan", "COMPLIANT", "NOT_COMPLIANT" },
        { "", "Gondor", "NOT_COMPLIANT", "NOT_COMPLIANT" }, /* of no country of ISO 3166 */
        { "France", "Bretagne ", "NOT_COMPLIANT", "COMPLIANT" },
        { "France", "\u00a0Bretagne", "NOT_COMPLIANT", "COMPLIANT" },
        { "France", "Bretagne\u200b", "NOT_COMPLIANT", "COMPLIANT" },
        { "France", "Bretagne | Normandie", "NOT_COMPLIANT", "NOT_COMPLIANT" },
        { "", "-", "NOT_COMPLIANT", "NOT_COMPLIANT" },
    };
    Bdq *bdq = bdq_with(a, STR_NONE, (BdqList){ BDQ_OF_PROVINCES, .provinces = provinces() });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BdqRecord record = { .now_ms = 1750000000000 };
        record.values[BDQ_COUNTRY] = str_of(cases[i].country);
        record.values[BDQ_STATE_PROVINCE] = str_of(cases[i].state);
        CHECK_STR(answer_of(a, bdq, &record, "VALIDATION_STATEPROVINCE_FOUND"), cases[i].found);
        CHECK_STR(answer_of(a, bdq, &record, "VALIDATION_COUNTRYSTATEPROVINCE_UNAMBIGUOUS"), cases[i].unambiguous);
    }
}

typedef struct {
    const char *latitude, *longitude, *state, *buffer;
    const char *consistent;
} OutlineCase;

TEST("coordinates are laid against the outlines of all provinces of a name, with a buffer")
{
    static const OutlineCase cases[] = {
        { "0.5", "10.5", "Bretagne", "", "COMPLIANT" },
        { "0", "12", "Bretagne", "0", "COMPLIANT" },      /* on the edge */
        { "2", "12", "Bretagne", "", "NOT_COMPLIANT" },   /* in the hole */
        { "2", "12", "Bretagne", "111300", "COMPLIANT" }, /* and a degree from its edge */
        { "2", "12", "Bretagne", "111000", "NOT_COMPLIANT" },
        { "-0.026", "12", "Bretagne", "", "COMPLIANT" },     /* 2.9 km */
        { "-0.028", "12", "Bretagne", "", "NOT_COMPLIANT" }, /* 3.1 km */
        { "-10", "-179.999", "Bretagne", "", "COMPLIANT" },  /* over the 180th meridian */
        { "-10", "-179.96", "Bretagne", "", "NOT_COMPLIANT" },
        { "20", "20.028", "Breizh", "", "COMPLIANT" }, /* degrees are shorter there */
        { "20", "20.03", "Breizh", "", "NOT_COMPLIANT" },
        { "3.5", "11", "Buenos Aires", "", "COMPLIANT" },
        { "40", "11", "Buenos Aires", "", "EXTERNAL_PREREQUISITES_NOT_MET" }, /* or in the other, without outline */
        { "19", "101", "Nan", "", "EXTERNAL_PREREQUISITES_NOT_MET" },
        { "1", "10", "Gondor", "", "COMPLIANT" },
        { "1", "10", "Rohan", "", "INTERNAL_PREREQUISITES_NOT_MET" },
        { "91", "10", "Gondor", "", "INTERNAL_PREREQUISITES_NOT_MET" },
        { "90", "10", "Gondor", "", "NOT_COMPLIANT" },
    };
    Bdq *bdq = bdq_with(a, S("Atlas"), (BdqList){ BDQ_OF_PROVINCES, .provinces = provinces() });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BdqRecord record = { .now_ms = 1750000000000 };
        record.values[BDQ_DECIMAL_LATITUDE] = str_of(cases[i].latitude);
        record.values[BDQ_DECIMAL_LONGITUDE] = str_of(cases[i].longitude);
        record.values[BDQ_STATE_PROVINCE] = str_of(cases[i].state);
        record.values[BDQ_SPATIAL_BUFFER_IN_METERS] = str_of(cases[i].buffer);
        record.values[BDQ_SOURCE_AUTHORITY] = S(" atlas");
        CHECK_STR(answer_of(a, bdq, &record, "VALIDATION_COORDINATESSTATEPROVINCE_CONSISTENT"), cases[i].consistent);
    }
    BdqRecord record = { .now_ms = 1750000000000 };
    record.values[BDQ_STATE_PROVINCE] = S("Bretagne");
    CHECK_STR(answer_of(a, bdq, &record, "VALIDATION_STATEPROVINCE_FOUND"), "EXTERNAL_PREREQUISITES_NOT_MET");
}

typedef struct {
    const char *code, *latitude, *longitude, *buffer, *uncertainty;
    const char *issue;
} CentreCase;

TEST("coordinates at a centre of their country may be an issue, unless they are said to be as uncertain as it is wide")
{
    static const CentreCase cases[] = {
        { "TH", "15", "101", "", "", "POTENTIAL_ISSUE" },
        { "TH", "15.04", "101", "", "", "POTENTIAL_ISSUE" }, /* 4.4 km */
        { "TH", "15.05", "101", "", "", "NOT_ISSUE" },       /* 5.6 km */
        { "TH", "15.05", "101", "6000", "", "POTENTIAL_ISSUE" },
        { "TH", "13", "101.5", "", "", "POTENTIAL_ISSUE" }, /* another of its centres */
        { "VN", "15", "101", "", "", "NOT_ISSUE" },
        { "th", "15", "101", "", "", "NOT_ISSUE" },
        { "TH", "15", "101", "", "1000", "POTENTIAL_ISSUE" },
        { "TH", "15", "101", "", "357000", "POTENTIAL_ISSUE" }, /* half the root of 513,120 km² is 358.2 km */
        { "TH", "15", "101", "", "359000", "NOT_ISSUE" },
        { "TH", "15", "101", "", "far", "NOT_ISSUE" },
        { "FJ", "-18", "-179.99", "", "", "POTENTIAL_ISSUE" },                  /* over the 180th meridian */
        { "FJ", "-18", "-179.99", "", "10", "EXTERNAL_PREREQUISITES_NOT_MET" }, /* the list has no area */
        { "FJ", "-18", "-170", "", "10", "NOT_ISSUE" },
        { "FJ", "x", "180", "", "", "NOT_ISSUE" },
        { "FJ", "", "180", "", "", "INTERNAL_PREREQUISITES_NOT_MET" },
        { "", "15", "101", "", "", "INTERNAL_PREREQUISITES_NOT_MET" },
    };
    Centres *centres = centres_make();
    CHECK(centres_add(centres, &(Centre){ S("TH"), 15, 101, NAN }));
    CHECK(centres_add(centres, &(Centre){ S("THA"), 13, 101.5, 513120 }));
    CHECK(centres_add(centres, &(Centre){ S("FJ"), -18, 179.99, NAN }));
    CHECK(!centres_add(centres, &(Centre){ S("Middle-earth"), 1, 1, NAN }));
    CHECK(!centres_add(centres, &(Centre){ S("TH"), 91, 1, NAN }));
    CHECK_EQ_INT(centres_count(centres), 3);
    Bdq *bdq = bdq_with(a, STR_NONE, (BdqList){ BDQ_OF_CENTRES, .centres = centres });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BdqRecord record = { .now_ms = 1750000000000 };
        record.values[BDQ_COUNTRY_CODE] = str_of(cases[i].code);
        record.values[BDQ_DECIMAL_LATITUDE] = str_of(cases[i].latitude);
        record.values[BDQ_DECIMAL_LONGITUDE] = str_of(cases[i].longitude);
        record.values[BDQ_SPATIAL_BUFFER_IN_METERS] = str_of(cases[i].buffer);
        record.values[BDQ_COORDINATE_UNCERTAINTY_IN_METERS] = str_of(cases[i].uncertainty);
        CHECK_STR(answer_of(a, bdq, &record, "ISSUE_COORDINATES_CENTEROFCOUNTRY"), cases[i].issue);
    }
}

typedef struct {
    const char *occurrence, *location, *system, *criterion, *own;
    const char *issue;
} AnnotationCase;

TEST("a record is annotated when an annotation is about its occurrence or what else it names by an IRI")
{
    static const AnnotationCase cases[] = {
        { "urn:catalog:a", "", "", "", "", "POTENTIAL_ISSUE" },
        { " urn:catalog:a ", "", "notes", "", "", "POTENTIAL_ISSUE" },
        { "urn:catalog:a", "", "notes elsewhere", "", "", "EXTERNAL_PREREQUISITES_NOT_MET" },
        { "urn:catalog:A", "", "", "", "", "NOT_ISSUE" },
        { "urn:catalog:b", "", "", "", "", "POTENTIAL_ISSUE" }, /* in an array of targets */
        { "urn:catalog:c", "", "", "", "", "POTENTIAL_ISSUE" }, /* a source in one */
        { "7", "", "", "", "", "POTENTIAL_ISSUE" },
        { "", "7", "", "", "",
          "NOT_ISSUE" }, /* of another thing than the location of that number */
        { "8", "https://example.org/place/1", "", "", "",
          "POTENTIAL_ISSUE" }, /* by a fragment of it */
        { "", "", "", "", "", "NOT_ISSUE" },
        { "", "", "", "", "the locality is wrong", "POTENTIAL_ISSUE" },
        { "urn:catalog:a", "", "", "oa:questioning", "", "POTENTIAL_ISSUE" },
        { "urn:catalog:a", "", "", "editing", "", "NOT_ISSUE" },
        { "urn:catalog:a", "", "", "  ", "", "POTENTIAL_ISSUE" },
        { "urn:catalog:a", "", "", "serious", "", "EXTERNAL_PREREQUISITES_NOT_MET" },
    };
    Annotations *annotations = annotations_make();
    annotations_add(annotations, S("urn:catalog:a | 7"), annotation_motivations(S("[\"questioning\",\"tagging\"]")));
    annotations_add(
        annotations,
        S("|[\"urn:catalog:b\",{\"source\":\"urn:catalog:c\",\"type\":\"SpecificResource\"}]"), 0);
    annotations_add(annotations, S("https://example.org/place/1#name"), annotation_motivations(S("oa:editing")));
    annotations_add(annotations, S("[broken"), 0);
    CHECK_EQ_INT(annotations_count(annotations), 4);
    BdqList list = { BDQ_OF_ANNOTATIONS, .annotations = annotations };
    Bdq    *bdq = bdq_with(a, STR_NONE, list);
    bdq_use(bdq, S("notes"), list);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BdqRecord record = { .now_ms = 1750000000000 };
        record.values[BDQ_OCCURRENCE_ID] = str_of(cases[i].occurrence);
        record.values[BDQ_LOCATION_ID] = str_of(cases[i].location);
        record.values[BDQ_ANNOTATION_SYSTEM] = str_of(cases[i].system);
        record.values[BDQ_ANNOTATION_ALERT_IF] = str_of(cases[i].criterion);
        record.values[BDQ_ANNOTATION] = str_of(cases[i].own);
        CHECK_STR(answer_of(a, bdq, &record, "ISSUE_ANNOTATION_NOTEMPTY"), cases[i].issue);
    }
}
