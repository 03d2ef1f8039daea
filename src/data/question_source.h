/* Where the rows of a question come from: the parts as one table `t`, without those that cannot have a row of
   the range that is asked. Only question*.c include it. */
#ifndef BANYAN_DATA_QUESTION_SOURCE_H
#define BANYAN_DATA_QUESTION_SOURCE_H

#include "data/question.h"

typedef struct {
    int64_t first, last; /* numbers of rows, both in it */
} RowRange;
#define ROWS_ALL ((RowRange){ INT64_MIN, INT64_MAX })

/* What filters on QUESTION_ROW leave: they are checked all the same, so too wide a range is only slow. */
RowRange rows_asked(const QuestionPair *filters, size_t n);

/* "FROM (…) AS t". Every column has its type, also one that no part has; in the order of the parts. */
void source_put(const Table *table, RowRange range, Buf *sql);

#endif
