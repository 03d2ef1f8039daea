/* Slugs: the short names in addresses. Lower-case ASCII letters, digits and single hyphens. */
#ifndef BANYAN_CORE_SLUG_H
#define BANYAN_CORE_SLUG_H

#include "base/str.h"

#define SLUG_MAX 100

bool slug_is(Str text);              /* and not an id */
Str  slug_make(Arena *a, Str title); /* may be empty when the title has no such letters */

#endif
