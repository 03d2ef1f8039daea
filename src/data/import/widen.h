/* Columns that have never had a value take the type that the next file shows. */
#ifndef BANYAN_DATA_IMPORT_WIDEN_H
#define BANYAN_DATA_IMPORT_WIDEN_H

#include "data/data.h"
#include "data/recognise.h"

/* Of a dataset's columns those of type string that have no value in any of its parts, where the file's column of the
   same heading is of another type: they get its type, form, unit, its role when no other column has it, and what means
   "no value" in it. Each is told in `found->doubts` as "column-widened" with its new type. None where rows that were
   sent wait, as they were read as text. `widened`, one a column, says which. Asks the parts only when there may be
   one. */
bool columns_widen(Data *data, DuckRun *run, Arena *a, const Record *dataset, const Recognised *found, Column *columns,
                   size_t n, bool *widened, Err *err);

/* Each of these parts once more, with the widened columns of their type: the same rows in the same order. `*out` has
   for the name of each the member "sha256" and "bytes" of the new one, which is durable. Takes as long as writing
   them. */
bool parts_widen(Data *data, DuckRun *run, Arena *a, const Json *parts, const Column *columns, size_t n,
                 const bool *widened, Str copy_options, Json **out, Err *err);

/* Adds to the dataset's columns of numbers, for this file's rows, how it writes them where they do not say it yet:
   signs between thousands, and what means "no value": texts, and a number that no part has as a value; where one has,
   the file's doubt goes. */
void columns_take_forms(Data *data, DuckRun *run, Arena *a, const Record *dataset, const Recognised *found,
                        Column *columns, size_t n);

#endif
