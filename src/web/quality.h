/* The quality of a dataset as its record keeps it: what the imports of its parts counted. */
#ifndef BANYAN_WEB_QUALITY_H
#define BANYAN_WEB_QUALITY_H

#include "base/json.h"

/* {"rows","flagged","aside","flags":[{"flag","severity","rows"}, most rows first],"parts":[{"file","rows","flagged",
   "aside","flags":[{"flag","rows"}]}]}. Counts only: rows are asked with `_flags=`, and shown to whom they may be. */
Json *quality_value(Arena *a, const Json *doc);

#endif
