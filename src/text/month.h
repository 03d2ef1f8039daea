/* Months by name, long or short, in the languages of the region and of who works with it, as CLDR has them. */
#ifndef BANYAN_TEXT_MONTH_H
#define BANYAN_TEXT_MONTH_H

#include "base/str.h"

/* 1 to 12; 0 for no month, for a name that is another month elsewhere, and past 40 bytes. Case, points and spaces are
   no difference, nor are accents where the name stays one month without them. Some nanoseconds for a name that this
   thread asked before, else microseconds; the first call of the process takes some 10 ms. Thread-safe. */
int month_by_name(Str name);

#endif
