/* What a person should look at in a file, as imports report it: the words are in docs/data.md. */
#ifndef BANYAN_DATA_DOUBT_H
#define BANYAN_DATA_DOUBT_H

#include "base/json.h"

/* {"column","doubt","examples":[…]} at the end of `doubts`, an array that lives in `a`. `column` may be empty. */
void doubt_add(Arena *a, Json *doubts, Str column, const char *what, const Str *examples, size_t n);

#endif
