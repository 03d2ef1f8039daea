/* Regular expressions as JSON Schema's `pattern` has them: the dialect of ECMA-262 with its u flag,
   found anywhere in the text unless anchored. Run by ICU, with a limit on the steps of a match, so that
   no expression and no text can hold a thread. Look-behind must have a bounded width (ICU); the rest of the dialect
   works, back-references and named groups included. */
#ifndef BANYAN_TEXT_PATTERN_H
#define BANYAN_TEXT_PATTERN_H

#include "base/err.h"

typedef struct Pattern Pattern;

/* Compile. ERR_INVALID with what is wrong and where. Costs some 10 us. */
bool pattern_open(Str source, Pattern **out, Err *err);
void pattern_close(Pattern *p);
/* True when it is found in `text` (UTF-8); false also when the limit on steps was reached. Any number
   of threads may ask at once. Under 1 us for a short text and a simple expression. */
bool pattern_finds(const Pattern *p, Str text);

#endif
