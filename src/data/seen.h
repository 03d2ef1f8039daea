/* What a reader may ask of a dataset: the one place that decides whose rows are whose. */
#ifndef BANYAN_DATA_SEEN_H
#define BANYAN_DATA_SEEN_H

#include "data/data.h"
#include "data/question.h"

/* Columns and parts, in `a`; where terms by column restrict the reader, generalised parts (data/generalise.h), never
   the precise ones. `asked` is the document that says which columns and parts, `now` the newest one that the reader
   sees, whose terms hold for older ones too; `owner` the record's. That the reader sees the record is the caller's to
   know. Blocks while generalised parts are made. ERR_STORE when a part is not on this node. */
bool seen_table(Data *data, Arena *a, const Reader *reader, const Json *now, const Json *asked, Str owner, Table *out,
                Err *err);

#endif
