/* The BDQ tests against TDWG's own validation data, and what those rows do not reach. */
#include "data/bdq.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "data/event_date.h"
#include "format/csv.h"

#include "check.h"

/* Rows that must come out as the data says, without and with lists; measured in docs/measured.md. */
#define ROWS_FLOOR       508
#define ROWS_FLOOR_LISTS 571

#define COLUMNS 128

static void close_bdq(void *bdq)
{
    bdq_close(bdq);
}

static size_t test_by_id(Str id)
{
    size_t i = 0;
    while (i < bdq_test_count() && !str_eq_z(id, bdq_test_id(i))) i++;
    return i;
}

static size_t test_by_label(const char *label)
{
    size_t i = 0;
    while (i < bdq_test_count() && strcmp(label, bdq_test_label(i)) != 0) i++;
    return i;
}

/* The values proposed are those that the data has, in any order. */
static bool same_values(Arena *a, const BdqAnswer *answer, Str expected)
{
    Err   err = { 0 };
    Json *values;
    Json *ours = json_object_make(a);
    if (!json_read(a, expected, &values, &err)) return false;
    for (size_t i = 0; i < answer->amended_count; i++)
        json_put_text(ours, bdq_term_name(answer->amended[i].term), answer->amended[i].value);
    return json_same(ours, values);
}

static bool as_expected(Arena *a, const BdqAnswer *answer, Str status, Str result)
{
    if (!str_eq_z(status, bdq_status_name(answer->status))) return false;
    if (answer->status == BDQ_AMENDED || answer->status == BDQ_FILLED_IN) return same_values(a, answer, result);
    if (answer->status != BDQ_RUN_HAS_RESULT) return true;
    if (answer->result == BDQ_MEASURED) return str_eq(result, str_format(a, "%lld", (long long)answer->measure));
    return str_eq_z(result, bdq_result_name(answer->result));
}

typedef struct {
    size_t rows[160], passed[160];
} Score;

typedef struct {
    size_t rows, passed, external, tests; /* tests: right in each of their rows */
} Came;

static bool data_ask(Arena *a, const Bdq *bdq, Str text, Came *out, Err *err)
{
    Str      *cells, heads[COLUMNS];
    size_t    n, columns;
    Score    *score = NEW(a, Score);
    CsvReader reader = csv_reader_make(text);
    *out = (Came){ 0 };
    if (!csv_row(&reader, a, &cells, &columns, err) || columns >= COLUMNS) return false;
    for (size_t i = 0; i < columns; i++) heads[i] = str_copy(a, cells[i]);
    while (csv_row(&reader, a, &cells, &n, err)) {
        BdqRecord record = { .now_ms = 1750000000000 };
        BdqAnswer answer;
        Str       status = STR_NONE, result = STR_NONE, id = STR_NONE, line = STR_NONE;
        for (size_t i = 0; i < n && i < columns; i++) {
            BdqTerm term = bdq_term_find(heads[i]);
            if (term != BDQ_NONE && str_has(heads[i], S(":"))) record.values[term] = cells[i];
            if (str_eq(heads[i], S("Response.status"))) status = cells[i];
            if (str_eq(heads[i], S("Response.result"))) result = cells[i];
            if (str_eq(heads[i], S("GUID"))) id = cells[i];
            if (str_eq(heads[i], S("LineNumber"))) line = cells[i];
        }
        size_t test = test_by_id(str_trim(id));
        if (test == bdq_test_count()) return fail(err, ERR_FORMAT, "line %.*s has an unknown test", STR_ARG(line));
        bdq_ask(bdq, a, &record, test, &answer);
        bool ok = as_expected(a, &answer, status, result);
        out->rows++;
        score->rows[test]++;
        score->passed[test] += ok;
        out->passed += ok;
        bool lacks = !ok && answer.status == BDQ_EXTERNAL_PREREQUISITES_NOT_MET;
        out->external += lacks;
        if (!ok && !lacks)
            printf("  line %.*s %s: %s %s, not %.*s %.*s\n", STR_ARG(line), bdq_test_label(test),
                   bdq_status_name(answer.status), bdq_result_name(answer.result), STR_ARG(status), STR_ARG(result));
    }
    for (size_t i = 0; i < bdq_test_count(); i++) {
        out->tests += score->rows[i] && score->passed[i] == score->rows[i];
        if (score->passed[i] < score->rows[i])
            printf("  %s: %zu of %zu\n", bdq_test_label(i), score->passed[i], score->rows[i]);
    }
    printf("  %zu of %zu rows as the data says; %zu need an authority that is not at hand; %zu "
           "tests right in each row\n",
           out->passed, out->rows, out->external, out->tests);
    return err->code == ERR_NONE;
}

/* What rows of the data (by their line) say of taxa, and nothing else: of the default authority, then of the register
   of marine species. */
static const struct {
    int         line;
    const char *list, *id, *name, *rank;
    const char *kingdom, *phylum, *class, *order, *family, *genus;
    TaxonSaid   marine;
} stated[] = {
    { 28, "", "", "Tracheophyta", "phylum", "", "", "", "", "", "", TAXON_NOT_SAID },
    { 32, "", "", "Chordata", "phylum", "", "", "", "", "", "", TAXON_NOT_SAID },
    { 971, "", "", "Magnoliopsida", "class", "Plantae", "", "", "", "", "", TAXON_NOT_SAID },
    { 975, "", "", "Myrtales", "order", "", "Magnoliophyta", "", "", "", "", TAXON_NOT_SAID },
    { 977, "", "", "Myrtales", "order", "", "", "Magnoliopsida", "", "", "", TAXON_NOT_SAID },
    { 973, "", "", "Myrtaceae", "family", "Plantae", "", "", "", "", "", TAXON_NOT_SAID },
    { 979, "", "", "Punica", "genus", "", "", "", "Myrtales", "Myrtaceae", "", TAXON_NOT_SAID },
    { 962, "", "", "Wallabia", "genus", "", "", "", "", "", "", TAXON_NOT_SAID },
    { 981, "", "", "Curculionidae", "family", "Animalia", "Arthropoda", "Insecta", "Coleoptera", "",
      "", TAXON_NOT_SAID },
    { 365, "", "gbif:4365662", "Chicoreus palmarosae (Lamarck, 1822)", "", "Animalia", "Mollusca",
      "Gastropoda", "", "Muricidae", "Chicoreus", TAXON_NOT_SAID },
    { 367, "", "gbif:2300979", "Graphis Jeffreys, 1867", "", "", "", "Gastropoda", "", "", "",
      TAXON_NOT_SAID },
    { 526, "", "", "Graphis", "", "", "", "Lecanoromycetes", "", "", "", TAXON_NOT_SAID },
    { 532, "", "gbif:8102122", "Harpullia pendula F.Muell.", "", "", "", "", "", "", "",
      TAXON_NOT_SAID },
    { 291, "", "", "Viviparus contectus (Millet, 1813)", "", "", "", "", "", "", "", TAXON_NO },
    { 355, "marinespecies.org", "urn:lsid:marinespecies.org:taxname:208134",
      "Chicoreus palmarosae (Lamarck, 1822)", "", "Animalia", "Mollusca", "Gastropoda", "",
      "Muricidae", "Chicoreus", TAXON_NOT_SAID },
    { 363, "marinespecies.org", "urn:lsid:marinespecies.org:taxname:137787", "Graphis", "",
      "Animalia", "", "", "", "", "", TAXON_NOT_SAID },
};
#define STATED (sizeof stated / sizeof stated[0])

static void close_taxa(void *taxa)
{
    taxa_close(taxa);
}

static Taxa *taxa_stated(Arena *a, const char *list)
{
    Taxa *taxa = arena_adopt(a, taxa_make(), close_taxa);
    for (size_t i = 0; i < STATED; i++) {
        if (strcmp(stated[i].list, list) != 0) continue;
        Taxon taxon = { .id = str_of(stated[i].id),
                        .name = str_of(stated[i].name),
                        .rank = str_of(stated[i].rank),
                        .marine = stated[i].marine };
        taxon.at[TAXA_KINGDOM] = str_of(stated[i].kingdom);
        taxon.at[TAXA_PHYLUM] = str_of(stated[i].phylum);
        taxon.at[TAXA_CLASS] = str_of(stated[i].class);
        taxon.at[TAXA_ORDER] = str_of(stated[i].order);
        taxon.at[TAXA_FAMILY] = str_of(stated[i].family);
        taxon.at[TAXA_GENUS] = str_of(stated[i].genus);
        taxa_add(taxa, &taxon);
    }
    return taxa;
}

/* The same of provinces. That two provinces are WA is the comment of the row; in which country Florida, Moscow Oblast,
   Rio Negro and Córdoba lie is ISO 3166-2; that Córdoba is somewhere else, and nothing more, says the row: here it is
   the place of its town (Natural Earth). */
static const struct {
    int         line;
    const char *country, *name, *others, *geometry;
} stated_provinces[] = {
    { 1138, "RU", "Moscow Oblast", "", "" },
    { 1140, "US", "Florida", "", "" },
    { 1149, "AU", "Tasmania", "", "" },
    { 1151, "AU", "Western Australia", "WA", "" },
    { 1151, "US", "Washington", "WA", "" },
    { 345, "AR", "Rio Negro", "", "{\"type\":\"Point\",\"coordinates\":[-71.5310546742521,-41.0525925872862]}" },
    { 347, "AR", "Córdoba", "", "{\"type\":\"Point\",\"coordinates\":[-64.1842404,-31.3980122]}" },
};

/* And of centres. */
static const struct {
    int    line;
    Centre centre;
} stated_centres[] = {
    { 1295, { S_INIT("AU"), -27, 133, 0 } },
};

static void close_provinces(void *provinces)
{
    provinces_close(provinces);
}

static Provinces *provinces_stated(Arena *a)
{
    Provinces *provinces = arena_adopt(a, provinces_make(), close_provinces);
    for (size_t i = 0; i < sizeof stated_provinces / sizeof stated_provinces[0]; i++)
        provinces_add(provinces, &(Province){ .country_code = str_of(stated_provinces[i].country),
                                              .name = str_of(stated_provinces[i].name),
                                              .others = str_of(stated_provinces[i].others),
                                              .geometry = str_of(stated_provinces[i].geometry) });
    return provinces;
}

static void close_centres(void *centres)
{
    centres_close(centres);
}

static Centres *centres_stated(Arena *a)
{
    Centres *centres = arena_adopt(a, centres_make(), close_centres);
    for (size_t i = 0; i < sizeof stated_centres / sizeof stated_centres[0]; i++)
        centres_add(centres, &stated_centres[i].centre);
    return centres;
}

TEST("TDWG's validation data for the BDQ tests comes out as it says, but for what needs authorities elsewhere")
{
    const char *path = test_shared(a, "data/biodiversity/bdq/TG2_test_validation_data_part.csv");
    Str         text;
    Came        came;
    CHECK_OK(file_read(a, path, 8 << 20, &text, &err));
    Bdq *bdq = arena_adopt(a, bdq_open(), close_bdq);
    CHECK_OK(data_ask(a, bdq, text, &came, &err));
    CHECK(came.passed >= ROWS_FLOOR);
}

static void close_annotations(void *annotations)
{
    annotations_close(annotations);
}

TEST("with lists of what the validation data's own rows state, its tests that ask lists come out as it says")
{
    const char *path = test_shared(a, "data/biodiversity/bdq/TG2_test_validation_data_part.csv");
    Str         text;
    Came        came;
    CHECK_OK(file_read(a, path, 8 << 20, &text, &err));
    Bdq         *bdq = arena_adopt(a, bdq_open(), close_bdq);
    Annotations *annotations = arena_adopt(a, annotations_make(), close_annotations);
    bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_TAXA, .taxa = taxa_stated(a, "") });
    bdq_use(bdq, S("marinespecies.org"), (BdqList){ BDQ_OF_TAXA, .taxa = taxa_stated(a, "marinespecies.org") });
    bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_PROVINCES, .provinces = provinces_stated(a) });
    bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_CENTRES, .centres = centres_stated(a) });
    /* No row that annotations are asked of has an id, so none can be about it. */
    bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_ANNOTATIONS, .annotations = annotations });
    CHECK_OK(data_ask(a, bdq, text, &came, &err));
    CHECK(came.passed >= ROWS_FLOOR_LISTS);
}

typedef struct {
    const char *text;
    const char *from, *to; /* first and last day; NULL: no date */
} DateCase;

TEST("dates of events are read as ISO 8601 has them, with intervals, and nothing else is")
{
    static const DateCase cases[] = {
        { "1963", "1963-01-01", "1963-12-31" },
        { "1963-02", "1963-02-01", "1963-02-28" },
        { "1963-03-08", "1963-03-08", "1963-03-08" },
        { "19630308", "1963-03-08", "1963-03-08" },
        { "1964-366", "1964-12-31", "1964-12-31" },
        { "1963-366", NULL, NULL },
        { "2020-W53-5", "2021-01-01", "2021-01-01" },
        { "2021-W53-1", NULL, NULL },
        { "1963-03-08T14:07-0600", "1963-03-08", "1963-03-08" },
        { "1963-03-08T14:07:30.25Z", "1963-03-08", "1963-03-08" },
        { "1963-03-08T24:00", "1963-03-08", "1963-03-08" },
        { "1963-03-08T24:01", NULL, NULL },
        { "1963-03-08T14:67", NULL, NULL },
        { "1963-03-08T4", NULL, NULL },
        { "1963-03-08T14:0", NULL, NULL },
        { "1963-03T14", NULL, NULL },
        { "1963-02-29", NULL, NULL },
        { "1981-12-30/1982-01-03", "1981-12-30", "1982-01-03" },
        { "1963-03-08/10", "1963-03-08", "1963-03-10" },
        { "1963-03-08/04-10", "1963-03-08", "1963-04-10" },
        { "1963-03-08T10:00/12:00", "1963-03-08", "1963-03-08" },
        { "1963-03-08/P3D", "1963-03-08", "1963-03-10" },
        { "P1M/1963-03-08", "1963-02-09", "1963-03-08" },
        { "1963-03-10/1963-03-08", NULL, NULL },
        { "1963/", NULL, NULL },
        { "P1D/P1D", NULL, NULL },
        { " 1963", NULL, NULL },
        { "0", NULL, NULL },
        { "", NULL, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EventDate d;
        bool      read = event_date_read(str_of(cases[i].text), &d);
        if (read != (cases[i].from != NULL)) printf("  %s\n", cases[i].text);
        CHECK(read == (cases[i].from != NULL));
        if (!read || !cases[i].from) continue;
        CHECK_STR(date_text(a, date_of_ms((int64_t)d.first_day * 86400000)), cases[i].from);
        CHECK_STR(date_text(a, date_of_ms((int64_t)d.last_day * 86400000)), cases[i].to);
    }
}

TEST("dates on labels are read where only one meaning is possible")
{
    static const char *const cases[][2] = {
        { "12-15 May 1990", "1990-05-12/1990-05-15" },
        { "May 5, 1990", "1990-05-05" },
        { "5 mai 1990", "1990-05-05" },
        { "3.iv.1921", "1921-04-03" },
        { "13/12/1990", "1990-12-13" },
        { "7/7/1990", "1990-07-07" },
        { "1990.5.7", "1990-05-07" },
        { "1890s", "1890-01-01/1899-12-31" },
        { "5/7/1990", NULL },
        { "31 February 1990", NULL },
        { "5 May", NULL },
        { "12 May 90", NULL },
        { "spring 1990", NULL },
        { "May June 1990", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Str iso = STR_NONE;
        event_date_from_words(a, str_of(cases[i][0]), &iso);
        CHECK_STR(iso, cases[i][1]);
    }
}

TEST("measures count the answers of the other tests")
{
    Bdq      *bdq = arena_adopt(a, bdq_open(), close_bdq);
    BdqRecord record = { .now_ms = 1750000000000 };
    BdqAnswer answer;
    int64_t   sum = 0, validations = 0;
    record.values[BDQ_EVENT_DATE] = S("1963-03-08");
    record.values[BDQ_COUNTRY] = S("Viêt Nam");
    record.values[BDQ_COUNTRY_CODE] = S("vn");
    for (size_t i = 0; i < bdq_test_count(); i++) {
        Str label = str_of(bdq_test_label(i));
        validations += bdq_test_type(i) == BDQ_VALIDATION;
        bdq_ask(bdq, a, &record, i, &answer);
        if (str_starts(label, S("MEASURE_VALIDATION"))) sum += answer.measure;
        if (str_eq(label, S("MEASURE_AMENDMENTS_PROPOSED"))) CHECK(answer.measure >= 3);
        if (str_eq(label, S("AMENDMENT_COUNTRYCODE_STANDARDIZED"))) CHECK_STR(answer.amended[0].value, "VN");
        if (str_eq(label, S("VALIDATION_COUNTRY_FOUND"))) CHECK(answer.result == BDQ_COMPLIANT);
    }
    CHECK_EQ_INT(sum, validations);
}

typedef struct {
    const char *latitude, *longitude, *code;
    const char *consistent, *transposed, *filled; /* of the three tests that look at shapes */
} PlaceCase;

static Str place_answer(Arena *a, const Bdq *bdq, const BdqRecord *record, const char *label)
{
    BdqAnswer answer;
    bdq_ask(bdq, a, record, test_by_label(label), &answer);
    if (answer.amended_count == 2)
        return str_format(a, "%.*s %.*s", STR_ARG(answer.amended[0].value), STR_ARG(answer.amended[1].value));
    if (answer.amended_count) return answer.amended[0].value;
    return str_of(answer.result ? bdq_result_name(answer.result) : bdq_status_name(answer.status));
}

TEST("coordinates are laid against countries and their zones at sea, and what only treaties say is left open")
{
    static const PlaceCase cases[] = {
        { "13.75", "100.5", "TH", "COMPLIANT", "NOT_AMENDED", "TH" },
        { "100.5", "13.75", "TH", "INTERNAL_PREREQUISITES_NOT_MET", "13.75 100.5", "NOT_AMENDED" },
        { "-13.75", "100.5", "TH", "NOT_COMPLIANT", "13.75 100.5", "XZ" },
        { "13.75", "-100.5", "TH", "NOT_COMPLIANT", "13.75 100.5", "MX" }, /* 190 nautical miles off Acapulco */
        { "21.03", "105.85", "TH", "NOT_COMPLIANT", "NOT_AMENDED", "VN" },
        { "10.5", "101.0", "TH", "EXTERNAL_PREREQUISITES_NOT_MET", "EXTERNAL_PREREQUISITES_NOT_MET",
          "EXTERNAL_PREREQUISITES_NOT_MET" }, /* the Gulf has coasts of several */
        { "-31", "114", "AU", "COMPLIANT", "NOT_AMENDED", "AU" },
        { "-31", "114", "TH", "NOT_COMPLIANT", "NOT_AMENDED", "AU" },
        { "-38.28", "72.05", "XZ", "COMPLIANT", "NOT_AMENDED", "XZ" },
        { "13.75", "100.5", "XZ", "NOT_COMPLIANT", "NOT_AMENDED", "TH" },
        { "34.1", "74.8", "IN", "COMPLIANT", "NOT_AMENDED", "NOT_AMENDED" }, /* claimed by several: of none */
        { "34.1", "74.8", "PK", "COMPLIANT", "NOT_AMENDED", "NOT_AMENDED" },
        { "42.6", "21.0", "RS", "COMPLIANT", "NOT_AMENDED", "NOT_AMENDED" },
    };
    Bdq *bdq = bdq_open();
    arena_adopt(a, bdq, close_bdq);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BdqRecord record = { .now_ms = 1750000000000 };
        record.values[BDQ_DECIMAL_LATITUDE] = str_of(cases[i].latitude);
        record.values[BDQ_DECIMAL_LONGITUDE] = str_of(cases[i].longitude);
        CHECK_STR(place_answer(a, bdq, &record, "AMENDMENT_COUNTRYCODE_FROM_COORDINATES"),
                  cases[i].filled);
        record.values[BDQ_COUNTRY_CODE] = str_of(cases[i].code);
        CHECK_STR(place_answer(a, bdq, &record,
                               "VALIDATION_COORDINATESCOUNTRYCODE_CONSISTENT"),
                  cases[i].consistent);
        CHECK_STR(place_answer(a, bdq, &record, "AMENDMENT_COORDINATES_TRANSPOSED"),
                  cases[i].transposed);
    }
}
