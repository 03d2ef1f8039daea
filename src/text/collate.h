/* Sort keys: the order of a language's dictionaries as bytes that compare (ICU collation, UTS #10).

   Keys of one language sort with str_cmp; digits sort by their value ("Meeting 9" before "Meeting 10").
   Keys of different languages, or of different versions of ICU, do not compare: never exchange them
   between machines, and make them anew when the projections are made anew. */
#ifndef BANYAN_TEXT_COLLATE_H
#define BANYAN_TEXT_COLLATE_H

#include "base/str.h"

/* The key of `text` in the order of `lang` (a language tag; empty or unknown: the root order, which
   suits a mix of languages). Lives in `a`. Any bytes are accepted; what is not UTF-8 sorts as U+FFFD.
   Cost: some microseconds a title. Thread-safe. */
Str collate_key(Arena *a, Str text, Str lang);

#endif
