/* Languages, countries, dates and numbers as a reader's language writes them (ICU). Any thread may call
   these. An unknown `lang` or `in` is written as English; an unknown tag, country or currency comes back
   as it is. */
#ifndef BANYAN_TEXT_LANG_H
#define BANYAN_TEXT_LANG_H

#include "base/json.h"
#include "base/time.h"

bool lang_is(Str tag); /* well-formed BCP 47 */
bool lang_rtl(Str tag);
Str  lang_name(Arena *a, Str tag, Str in); /* "Thai" in en, "泰语" in zh */
/* As `names` has it, {"TW": {"en": "Chinese Taipei"}}, else as ICU; `names` may be NULL. May share its text. */
Str country_name(Arena *a, const Json *names, Str alpha2, Str in);
/* RFC 4647 lookup: the best of `have` for an Accept-Language header; have[0] when none fits. */
Str lang_negotiate(Str accept_language, const Str *have, size_t n);

Str number_text(Arena *a, double value, int max_decimals, Str lang); /* at most 6 decimals */
Str number_plural(Arena *a, double value, Str lang);                 /* CLDR's plural category: "one", "few" … */
Str money_text(Arena *a, double amount, Str currency, Str lang);     /* ISO 4217 code and amount: "USD 236,028.42" */
typedef enum { DATE_LONG,
               DATE_SHORT } DateForm;
Str date_words(Arena *a, Date d, DateForm form,
               Str lang); /* as precise as the date is; Gregorian calendar in every language */
/* As precise as the less precise of the two: "4–5 September 2013". A date with parts 0 is an open end. */
Str date_range_words(Arena *a, Date from, Date to, Str lang);
Str when_words(Arena *a, int64_t at_ms, Str lang); /* date and time, UTC */

#endif
