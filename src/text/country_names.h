/* Countries by name, in any language that CLDR has (ICU), besides what country_code knows. */
#ifndef BANYAN_TEXT_COUNTRY_NAMES_H
#define BANYAN_TEXT_COUNTRY_NAMES_H

#include "base/str.h"

typedef struct Countries Countries;

/* A table of some 30,000 names; any thread may ask it. */
Countries *countries_open(void);
/* The names in these languages alone: some 260 of each, in one or two milliseconds a language. */
Countries *countries_open_in(const char *const *languages, size_t n);
void       countries_close(Countries *c); /* accepts NULL */

/* By the table alone, whatever the case and accents: the code lives as long as the table. Empty for a name that is
   none, or of several. */
Str countries_code(const Countries *c, Str name);
/* The ISO 3166-1 alpha-2 code of a name, whatever its case and accents: "Viêt Nam", "ไทย", "USA" too. False for
   a name that is none, or of several. */
bool country_find(const Countries *c, Str name, char alpha2[3]);
bool country_is_code(Str alpha2);                   /* in capitals; XZ and ZZ are none */
bool country_of_alpha3(Str alpha3, char alpha2[3]); /* whatever the case */
/* Of an ISO 3166-1 numeric code; false, and `alpha2` empty, for what is none. */
bool country_of_number(int number, char alpha2[3]);
/* Not a state of its own: an area of another (ISO 3166-1 has "not independent"). */
bool country_is_area(Str alpha2);

#endif
