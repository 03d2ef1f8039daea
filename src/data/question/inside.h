/* What a question is made of, kept for who asks it of some of the rows only. Only question/ includes it. */
#ifndef BANYAN_DATA_QUESTION_INSIDE_H
#define BANYAN_DATA_QUESTION_INSIDE_H

#include "data/question_source.h"
#include "data/question/where.h"

struct QuestionInside {
    Arena     *arena;
    Table      table;
    Term      *out; /* of the answer */
    size_t     out_count, group_count;
    Str        where, order;      /* " WHERE …" and what stands behind ORDER BY; empty without */
    bool       gathered, ordered; /* ordered: as the question says */
    RowPieces  pieces;            /* outside them nothing fits */
    Condition *conditions;        /* all of `where` */
    size_t     condition_count;
};

/* The rows of the pieces (NULL: of the question's own), with that limit (-1: all) and offset; `total`: and their number
   without these as the last column. */
Str question_rows_sql(const QuestionInside *q, const RowPieces *pieces, int64_t limit, int64_t offset, bool total);
Str question_text_sql(const QuestionInside *q, Str typed, bool total); /* around it: times as text */
Str question_count_sql(const QuestionInside *q, const RowPieces *pieces);

#endif
