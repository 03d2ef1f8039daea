/* The quality of a dataset as its record keeps it: what the imports of its parts counted. */
#ifndef BANYAN_WEB_QUALITY_H
#define BANYAN_WEB_QUALITY_H

#include "base/json.h"

/* {"rows","flagged","aside","flags":[{"flag","severity","rows"}, most rows first],
   "widespread":[{"flag","severity","rows","of"}],"parts":[{"file","rows","flagged","aside","flags":[{"flag","rows"}],
   "widespread":[{"flag","rows"}]}]}. Widespread is what was found in too many rows of a part to flag them, `of` the
   rows of such parts. Counts only: rows are asked with `_flags=`, and shown to whom they may be. */
Json *quality_value(Arena *a, const Json *doc);

#endif
