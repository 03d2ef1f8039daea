/* The table of BDQ tests, what they ask of a record, and their answers. */
#include "data/bdq/inside.h"

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

/* How many bytes a blank or a character that does not print takes at the start of s; 0: there is none. */
static size_t blank_at(Str s)
{
    if (!s.len) return 0;
    if ((unsigned char)s.at[0] <= ' ' || s.at[0] == 127) return 1;
    if (str_starts(s, S("\u00a0"))) return 2;
    return str_starts(s, S("\u200b")) || str_starts(s, S("\ufeff")) ? 3 : 0;
}

bool bdq_empty(const Ask *k, BdqTerm term)
{
    Str s = k->r->values[term];
    for (size_t blank = blank_at(s); blank; blank = blank_at(s)) s = str_drop(s, blank);
    return !s.len;
}

bool bdq_ends_print(const Ask *k, BdqTerm term)
{
    Str s = k->r->values[term];
    for (size_t n = 1; n <= 3 && n <= s.len; n++)
        if (blank_at(str_drop(s, s.len - n)) == n) return false;
    return !blank_at(s);
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
    Ask k = { bdq, a, record, &bdq_tests[test], out, { 0 } };
    memset(out, 0, sizeof *out);
    if (k.test->authority > AUTHORITY) k.list = bdq_list_leant_on(&k);
    if (k.test->authority == AUTHORITY && !bdq_empty(&k, BDQ_SOURCE_AUTHORITY)) bdq_external(&k);
    else k.test->run(&k);
}
