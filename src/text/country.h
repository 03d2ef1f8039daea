/* Which country or economy a cell of a table means. */
#ifndef BANYAN_TEXT_COUNTRY_H
#define BANYAN_TEXT_COUNTRY_H

#include "base/str.h"

/* ISO 3166-1 alpha-2 of an alpha-2 or alpha-3 code, or of a name in English or in a language of the region
   ("Viet Nam", "SOUTH KOREA", "ประเทศไทย", "中国"), short or formal, the other way round or with a remark ("Tanzania,
   United Republic of", "Iran (Islamic Republic of)"); whatever the case, accents and signs between letters. Empty for
   what is no country, as "Asia" or "World". Lives for ever. Cost: one look into a table for codes and English names,
   some microseconds for others; the first of those reads ICU's names, some 40 ms. Any thread. */
Str country_code(Str said);

#endif
