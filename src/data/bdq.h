/* The tests of TDWG's Biodiversity Data Quality Core (BDQ Core, 2025) over one record of occurrences.

   A record is the values of Darwin Core terms as text, as they stand in a file; a test answers what its
   specification says, with the words of the Fitness for Use Framework: whether it could run, whether the
   record complies, or which values it proposes. Nothing is changed by it. A test's own settings
   (bdqval:earliestValidDate …) are terms of the record too; empty ones have the defaults of the standard.

   Authorities. At hand are: ISO 3166 and the names of countries in the languages of CLDR (ICU), Darwin Core's
   vocabularies (bdq/words.def), common geodetic datums (bdq/datums.def), the shapes of countries and what follows from
   them for zones at sea (bdq/shape.c). Taxa, provinces, centres of countries and annotations are what the caller gives
   lists of (bdq_use); boundaries between zones are not at hand. Tests that lack theirs answer
   EXTERNAL_PREREQUISITES_NOT_MET, as they do when bdqval:sourceAuthority names another authority than the default and
   than those given.

   https://github.com/tdwg/bdq; the tests are named by label and IRI in bdq/tests.def. */
#ifndef BANYAN_DATA_BDQ_H
#define BANYAN_DATA_BDQ_H

#include "data/annotations.h"
#include "data/centres.h"
#include "data/provinces.h"
#include "data/taxa.h"

typedef enum {
#define BDQ_TERM(code, name) BDQ_##code,
#include "data/bdq_terms.def"
#undef BDQ_TERM
    BDQ_TERMS,
    BDQ_NONE = BDQ_TERMS
} BdqTerm;

typedef struct {
    Str     values[BDQ_TERMS]; /* empty: not given */
    int64_t now_ms;            /* what "today" means */
} BdqRecord;

typedef enum { BDQ_VALIDATION,
               BDQ_ISSUE,
               BDQ_AMENDMENT,
               BDQ_MEASURE } BdqType;
typedef enum { BDQ_NOT_RUN, /* of tests that were not asked */
               BDQ_INTERNAL_PREREQUISITES_NOT_MET,
               BDQ_EXTERNAL_PREREQUISITES_NOT_MET,
               BDQ_RUN_HAS_RESULT,
               BDQ_AMENDED,
               BDQ_FILLED_IN,
               BDQ_NOT_AMENDED } BdqStatus;
typedef enum { BDQ_NO_RESULT,
               BDQ_COMPLIANT,
               BDQ_NOT_COMPLIANT,
               BDQ_POTENTIAL_ISSUE,
               BDQ_NOT_ISSUE,
               BDQ_MEASURED } BdqResult;

#define BDQ_AMENDED_MAX 5

typedef struct {
    BdqStatus status;
    BdqResult result;
    int64_t   measure; /* of BDQ_MEASURED: seconds or tests */
    struct {
        BdqTerm term;
        Str     value;
    } amended[BDQ_AMENDED_MAX]; /* proposed values, of AMENDED and FILLED_IN */
    size_t amended_count;
} BdqAnswer;

/* What the tests know besides the record: some 10 MB and 130 ms. Any thread may ask. */
typedef struct Bdq Bdq;
Bdq               *bdq_open(void);
void               bdq_close(Bdq *bdq); /* accepts NULL */

/* Lists that datasets of a node give (bdq_lists.def): authorities that the program has not. */
typedef enum {
#define BDQ_LIST(code, Type, module, name, parameter, columns) BDQ_OF_##code,
#include "data/bdq_lists.def"
#undef BDQ_LIST
    BDQ_LIST_KINDS
} BdqListKind;

typedef struct {
    BdqListKind kind;
    union {
#define BDQ_LIST(code, Type, module, name, parameter, columns) Type *module;
#include "data/bdq_lists.def"
#undef BDQ_LIST
    };
} BdqList;

const char *bdq_list_name(BdqListKind kind); /* "checklist": of the property of a dataset's record, and of the option */
const char *bdq_list_what(BdqListKind kind); /* "taxa" */
/* A dataset of the node as such a list; fails as list_read. */
bool   bdq_list_read(BdqListKind kind, const ListSource *from, BdqList *out, Err *err);
size_t bdq_list_count(const BdqList *list);
void   bdq_list_close(BdqList *list);

#define BDQ_LISTS_MOST 16
/* Up to BDQ_LISTS_MOST lists: the authority where the parameter of its kind (bdqval:sourceAuthority; of biomes
   bdqval:taxonIsMarine, of annotations bdqval:annotationSystem) is `name`; empty: where it is not given, for which
   the standard has the GBIF Backbone or another. What it points to and the name outlive `bdq`. Before anybody asks. */
void bdq_use(Bdq *bdq, Str name, BdqList list);

size_t      bdq_test_count(void);
const char *bdq_test_label(size_t test); /* "VALIDATION_COUNTRYCODE_STANDARD" */
const char *bdq_test_id(size_t test);    /* the end of its IRI: https://rs.tdwg.org/bdqtest/terms/… */
BdqType     bdq_test_type(size_t test);
const char *bdq_status_name(BdqStatus status); /* "RUN_HAS_RESULT" */
const char *bdq_result_name(BdqResult result); /* "COMPLIANT"; "" of none */
const char *bdq_term_name(BdqTerm term);       /* "dwc:eventDate" */
/* By "dwc:eventDate", "eventDate" or the term's IRI, whatever the case; BDQ_NONE when no test looks at it. */
BdqTerm bdq_term_find(Str name);

/* Answer one test; texts live in `a` or in the record. Some microseconds, of places at sea some hundred; measures over
   other tests ask them all. */
void bdq_ask(const Bdq *bdq, Arena *a, const BdqRecord *record, size_t test, BdqAnswer *out);

#endif
