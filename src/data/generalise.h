/* Generalised parts: what readers see whom terms restrict (data/restriction.h). They are parts of their own, made
   here from the precise ones and kept in files by hash; a question of such a reader is asked of them alone, so
   no filter, count, order or export can reach a precise value.

   A row that terms changed says so in `dataGeneralizations` and `informationWithheld` (Darwin Core), which are
   added to the columns, and carries no quality flags: those were found in the precise values. Where coordinates
   are laid on a grid, a geometry is withheld and `coordinateUncertaintyInMeters` is at least half the diagonal of
   a cell at the equator. Rows are in the order of what is shown: theirs in the file might tell what is not.
   data/generalised.h knows which there are. */
#ifndef BANYAN_DATA_GENERALISE_H
#define BANYAN_DATA_GENERALISE_H

#include "data/data.h"
#include "data/question.h"
#include "data/restriction.h"

/* `table` with generalised parts instead of its own, whose names are `names`. `doc` and its columns `now` are of the
   version that the terms are of: a column that is called otherwise in `table` is known by its role or its headings, and
   of parts that it does not have, which are `gone`, terms that suppress withhold all.
   Makes what is not there yet, one part at a time, at about the speed of an import; blocks. ERR_INVALID when a term
   names a column that the table does not have: then nothing is shown. */
bool generalise(Data *data, Arena *a, const Restriction *list, size_t n, const Json *doc, const Column *now,
                size_t now_count, const Str *names, const bool *gone, Table *table, Err *err);

#endif
