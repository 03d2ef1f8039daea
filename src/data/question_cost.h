/* What a question is likely to take, reckoned before it is asked: from the rows there are and from what is done with
   them. So a question that cannot end in its time is refused at once, with what to change, instead of after it.

   The reckoning is coarse (measured on ten million rows, docs/measured.md): a filter is taken to leave a tenth of the
   rows, and only what would take QUESTION_COST_MARGIN times what it may is refused here. The rest is stopped when it
   has taken what it may. Rows that are sent as they are read cost nothing that has to be waited for. */
#ifndef BANYAN_DATA_QUESTION_COST_H
#define BANYAN_DATA_QUESTION_COST_H

#include "data/question.h"

#define QUESTION_COST_MARGIN 3

/* What a page asks for: the first rows, or what is reckoned to take less than QUESTION_BRIEF seconds and compares no
   more than QUESTION_BRIEF_VALUES values with its filters, as nobody knows how long comparing a text takes. */
#define QUESTION_BRIEF        0.5
#define QUESTION_BRIEF_VALUES 1000000
bool question_is_brief(const TableQuestion *question, int cores);

/* ERR_TOO_BIG when it costs too much: how much, and what would make it cheaper. */
bool question_afford(const TableQuestion *question, int64_t seconds, uint64_t memory_bytes, int cores, Err *err);

#endif
