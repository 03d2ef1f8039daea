/* What the files of the BDQ tests share. Only data/bdq/ includes it. */
#ifndef BANYAN_DATA_BDQ_INSIDE_H
#define BANYAN_DATA_BDQ_INSIDE_H

#include "data/bdq.h"
#include "text/country_names.h"

struct Bdq {
    Countries *countries;
    struct {
        Str         name;
        const Taxa *taxa;
    } lists[BDQ_LISTS];
    size_t list_count;
};

/* What a test leans on: nothing, what bdqval:sourceAuthority names, or the list of taxa that it names. */
typedef enum { ALONE,
               AUTHORITY,
               TAXA } BdqLean;

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
    const Taxa      *taxa; /* of a test that leans on TAXA; NULL: there is none */
};

extern const BdqTest bdq_tests[];

Str  bdq_value(const Ask *k, BdqTerm term); /* as it stands */
bool bdq_empty(const Ask *k, BdqTerm term); /* nothing in it but blanks and characters that do not print */
bool bdq_number(const Ask *k, BdqTerm term, double *out);
bool bdq_integer(const Ask *k, BdqTerm term, int64_t *out);

bool bdq_coordinates(const Ask *k, double *latitude, double *longitude);
bool bdq_coordinates_valid(const Ask *k); /* numbers within 90 and 180 degrees */
bool bdq_coordinates_empty(const Ask *k); /* one of them, or both */
/* The list that a parameter names, or the one for those that name none; NULL when there is no such. */
const Taxa *bdq_taxa(const Ask *k, BdqTerm parameter);
bool        bdq_country_is_code(Str s); /* ISO 3166-1 alpha-2, XZ or ZZ */

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
