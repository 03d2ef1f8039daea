/* Which generalised parts there are (data/generalise.h makes them): NODE/generalised/KEY is one line, the name of the
   part made, of the precise one, the hash of the terms it was made under and, where no dataset has these terms any
   longer, since when. KEY is the SHA-256 of the recipe and the precise part's name.

   What is removed can be made again, as long as its precise part is there: so old versions stay citable, under the
   terms of the newest one. A reader that began before is not cut off: a part goes GENERALISED_KEPT_MS after nothing has
   its terms, and not while somebody asked for it since. */
#ifndef BANYAN_DATA_GENERALISED_H
#define BANYAN_DATA_GENERALISED_H

#include "data/data.h"

#define GENERALISED_KEPT_MS ((int64_t)3600 * 1000)

/* Its path, in `a`; it stays for GENERALISED_KEPT_MS at least, and while datasets have `terms`. False when it is to be
   made. */
bool generalised_find(Data *data, Arena *a, Str key, Str terms, Str *path);
/* Durable at return. ERR_CONFLICT when the part made was removed meanwhile: make it again. */
bool generalised_keep(Data *data, Arena *a, Str key, Str made, Str precise, Str terms, Err *err);
/* What is kept of a document's terms. In `a`. */
Str generalised_terms(Arena *a, const Json *doc);

/* Removes what was made of parts that are no more; `gone` has their names. */
void generalised_drop(Data *data, Str gone);
/* Removes what was made under terms that no face of a dataset has. Reads each dataset's record. */
bool generalised_tidy(Data *data, int64_t now_ms, Err *err);

#endif
