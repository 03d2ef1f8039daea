/* Which country or economy a cell of a table means. */
#ifndef BANYAN_TEXT_COUNTRY_H
#define BANYAN_TEXT_COUNTRY_H

#include "base/str.h"

/* ISO 3166-1 alpha-2 of an alpha-2 or alpha-3 code, or of a name in English, as ICU or statistics have it
   ("Viet Nam", "Korea, Rep.", "SOUTH KOREA"); whatever the case and the signs between letters. Empty for what is
   no country, as "Asia" or "World". Lives for ever. Cost: one look into a table. Any thread. */
Str country_code(Str said);

#endif
