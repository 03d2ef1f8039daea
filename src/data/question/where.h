/* The filters of a question. Only question/ includes it. */
#ifndef BANYAN_DATA_QUESTION_WHERE_H
#define BANYAN_DATA_QUESTION_WHERE_H

#include "data/part_index.h"
#include "data/question/terms.h"

typedef struct {
    Arena       *arena;
    const Table *table;
    Buf         *sql; /* conditions joined by AND; NULL before where_read */
    DuckValue   *given;
    size_t       given_count;
    Condition   *conditions; /* the same for indexes */
    size_t       condition_count;
} Where;

/* Every pair is a filter, its value not empty. ERR_USAGE as question_read. */
bool where_read(Where *w, const QuestionPair *filters, size_t n, Err *err);
Str  where_sql(const Where *w); /* " WHERE …"; empty without a filter */

#endif
