/* Languages, countries, dates and numbers as a reader's language writes them (ICU). */
#ifndef BANYAN_TEXT_LANG_H
#define BANYAN_TEXT_LANG_H

#include "base/time.h"

bool lang_is(Str tag);                         /* well-formed BCP 47 */
bool lang_rtl(Str tag);
Str  lang_name(Arena *a, Str tag, Str in);     /* "Thai" in en, "泰语" in zh */
Str  country_name(Arena *a, Str alpha2, Str in);
/* RFC 4647 lookup: the best of `have` for an Accept-Language header; have[0] when none fits. */
Str  lang_negotiate(Str accept_language, const Str *have, size_t n);

Str  number_text(Arena *a, double value, int max_decimals, Str lang);
Str  money_text(Arena *a, double amount, Str currency, Str lang);
typedef enum { DATE_LONG, DATE_SHORT } DateForm;
Str  date_words(Arena *a, Date d, DateForm form, Str lang);       /* as precise as the date is; Gregorian calendar in every language */
Str  date_range_words(Arena *a, Date from, Date to, Str lang);
Str  when_words(Arena *a, int64_t at_ms, Str lang);               /* date and time, UTC */

#endif
