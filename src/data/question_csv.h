/* The rows of a question as CSV (RFC 4180, lines ended by \n), the same text as DuckDB 1.4's own COPY gives it with
   times as ISO 8601: written here from the engine's vectors, at several times its speed. A text is quoted where
   it has a separator, a quote, a # or the end of a line, and where it is empty, which tells it from no value. */
#ifndef BANYAN_DATA_QUESTION_CSV_H
#define BANYAN_DATA_QUESTION_CSV_H

#include "data/question.h"

/* Takes some of the text, a megabyte or less; false when nobody reads on. */
typedef bool (*CsvTake)(void *with, Str bytes);

/* Bounded memory. Fails as duck_ask; ERR_STORE when nobody reads on. */
bool question_csv(DuckRun *run, Arena *a, const TableQuestion *question, CsvTake take, void *with, Err *err);

/* One number as it stands there, at `to`, which has CSV_NUMBER_MAX of room. `*decimals` is of the column: how many its
   numbers had so far, 0 at first. Returns the length, 0 when the number is not one of at most 15 digits between 0.0001
   and 1e15: then it is duck_number_text's. */
#define CSV_NUMBER_MAX 24
size_t csv_number(char *to, double number, int *decimals);

#endif
