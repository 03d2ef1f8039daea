/* Record ids: UUID version 7 (RFC 9562 section 5.7), lower case, 36 characters. Sortable by the
   millisecond of their making, and within one process strictly rising (section 6.2, method 1). */
#ifndef BANYAN_BASE_ID_H
#define BANYAN_BASE_ID_H

#include "base/str.h"

#define ID_LEN 36
Str  id_make(Arena *a);
bool id_is(Str text); /* any lower-case UUID */

#endif
