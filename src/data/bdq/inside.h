/* What the files of the BDQ tests share. Only data/bdq/ includes it. */
#ifndef BANYAN_DATA_BDQ_INSIDE_H
#define BANYAN_DATA_BDQ_INSIDE_H

#include "data/bdq.h"
#include "text/country_names.h"

struct Bdq {
    Countries *countries;
    struct {
        Str     name;
        BdqList list;
    } lists[BDQ_LISTS_MOST];
    size_t list_count;
};

/* What a test leans on: nothing, what bdqval:sourceAuthority names, or the list of a kind that its parameter names. */
typedef enum { ALONE,
               AUTHORITY,
#define BDQ_LIST(code, Type, module, name, parameter, columns) code,
#include "data/bdq_lists.def"
#undef BDQ_LIST
} BdqLean;

typedef struct Ask Ask;

typedef struct {
    BdqType     type;
    const char *label, *id;
    void (*run)(Ask *k);
    BdqTerm term;
    BdqLean authority;
} BdqTest;

struct Ask {
    const Bdq       *bdq;
    Arena           *a;
    const BdqRecord *r;
    const BdqTest   *test;
    BdqAnswer       *out;
    BdqList          list; /* of a test that leans on one; its pointer is NULL: there is none */
};

extern const BdqTest bdq_tests[];

Str  bdq_value(const Ask *k, BdqTerm term);      /* as it stands */
bool bdq_empty(const Ask *k, BdqTerm term);      /* nothing in it but blanks and characters that do not print */
bool bdq_ends_print(const Ask *k, BdqTerm term); /* none of these at its ends */
bool bdq_number(const Ask *k, BdqTerm term, double *out);
bool bdq_integer(const Ask *k, BdqTerm term, int64_t *out);

bool bdq_coordinates(const Ask *k, double *latitude, double *longitude);
bool bdq_coordinates_valid(const Ask *k); /* numbers within 90 and 180 degrees */
bool bdq_coordinates_empty(const Ask *k); /* one of them, or both */
/* bdqval:spatialBufferInMeters, else what the test has by default. */
double bdq_buffer_metres(const Ask *k, double otherwise);
/* The list that a parameter names, or the one for those that name none; its pointer is NULL when there is no such. */
BdqList bdq_list(const Ask *k, BdqListKind kind, BdqTerm parameter);
BdqList bdq_list_leant_on(const Ask *k); /* of a test that leans on one, by the parameter of its kind */
/* ISO 3166-1 alpha-2, XZ or ZZ */
bool bdq_country_is_code(Str s);

/* Whether the taxon that the record names lives in the sea, as the list says; of homonyms when all agree. */
TaxonSaid bdq_is_marine(const Ask *k, const Taxa *taxa);

/* The answers. */
void bdq_internal(Ask *k);
void bdq_external(Ask *k);
void bdq_comply(Ask *k, bool compliant);
void bdq_issue(Ask *k, bool potential);
void bdq_measured(Ask *k, int64_t n);
void bdq_not_amended(Ask *k);
/* One more proposed value; the first sets the status to AMENDED or FILLED_IN. */
void bdq_amend(Ask *k, BdqTerm term, Str value);
void bdq_fill(Ask *k, BdqTerm term, Str value);

/* One function a kind of test. */
#define BDQ_TEST(type, label, id, run, term, authority) void bdq_##run(Ask *k);
#include "data/bdq/tests.def"
#undef BDQ_TEST

#endif
