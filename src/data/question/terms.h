/* The terms of a question: names of columns, what rows are gathered by, what is counted of them.
   Only question/ includes it. */
#ifndef BANYAN_DATA_QUESTION_TERMS_H
#define BANYAN_DATA_QUESTION_TERMS_H

#include "data/question.h"

/* One column of the answer. */
typedef struct {
    Column column; /* name, type, role and unit as the answer has them */
    Str    sql;
    Str    key;       /* of a group: SQL of which `sql` is made, apart at less cost; empty: `sql` itself */
    double ns, bytes; /* what it takes beyond being read, a row (question_cost.h) */
} Term;

/* "a,\"b,c\",mean(x)" at its commas, outside quotes and brackets. */
void terms_cut(Arena *a, Str list, Str **out, size_t *n);
/* By name, in quotes or not; the flags too. NULL when there is none. */
const Column *term_find(Arena *a, const Table *table, Str text);
/* The same, failing ERR_USAGE with the names that are near. */
const Column *term_column(Arena *a, const Table *table, Str text, Err *err);
bool          column_is_flags(const Column *column);
bool          column_is_row(const Column *column);

/* A column as it is. */
Term term_plain(Arena *a, const Column *column);
/* What rows are gathered by: one term, two of a grid. */
bool term_group(Arena *a, const Table *table, Str text, Term out[2], size_t *n, Err *err);
bool term_aggregate(Arena *a, const Table *table, Str text, Term *out, Err *err);

#endif
