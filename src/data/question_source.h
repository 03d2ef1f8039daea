/* Where the rows of a question come from: the parts as one table `t`, or pieces of them. Only data/question/ and
   console.c include it. */
#ifndef BANYAN_DATA_QUESTION_SOURCE_H
#define BANYAN_DATA_QUESTION_SOURCE_H

#include "data/question.h"

typedef struct {
    size_t  part;
    int64_t first, last; /* rows of the part, from 0, both in it */
} RowPiece;
typedef struct {
    RowPiece *at; /* in the order of the parts, none over another */
    size_t    n;
} RowPieces;
#define ROW_PIECE_WHOLE(part) ((RowPiece){ (part), 0, INT64_MAX })

/* What filters on QUESTION_ROW leave, in `a`: they are checked all the same, so too much is only slow. */
RowPieces pieces_asked(Arena *a, const Table *table, const QuestionPair *filters, size_t n);

/* "FROM (…) AS t" with these rows, NULL: all. Every column has its type, also one that no part has; in the order of
   the parts. */
void source_put(const Table *table, const RowPieces *pieces, Buf *sql);

#endif
