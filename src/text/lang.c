/* Languages, countries, dates and numbers, by ICU. ICU's formatters take long to make and most are not
   for sharing: each is made once a language, kept for the life of the process, and used under one lock.
   Number formatters never change once made, so formatting a number takes no lock beyond finding it. */
#include "text/lang.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/udateintervalformat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#define LOCALES_MAX  64 /* languages with formatters; further ones are written as English */
#define DECIMALS_MAX 6
#define LOCALE_ROOM  80
#define WORDS_ROOM   256 /* UTF-16 units of a formatted date, number or name */
#define DAY_MS       86400000.0

/* Rows of date skeletons: how precise the date is (parts 1, 2, 3), long and short; then date and time. */
static const char *const date_skeletons[] = { "y", "yMMMM", "yMMMMd", "y", "yMMM", "yMMMd", "yMMMdHm" };
enum { SKELETON_WHEN = 6,
       SKELETON_COUNT };

typedef struct {
    char                 tag[LOCALE_ROOM];
    char                 locale[LOCALE_ROOM]; /* ICU's name, with the Gregorian calendar */
    UNumberFormatter    *number[DECIMALS_MAX + 1];
    UDateFormat         *date[SKELETON_COUNT];
    UDateIntervalFormat *range[3];
    UPluralRules        *plurals;
} Locale;

static struct {
    pthread_mutex_t lock;
    Locale          at[LOCALES_MAX];
    size_t          n;
} locales = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Dates said lately: pages say the same days again and again, and ICU takes some 13,000 instructions for one. */
#define SAID_MAX   256
#define SAID_BYTES 72

typedef struct {
    const Locale *in; /* NULL: none here yet */
    int64_t       minute;
    uint8_t       skeleton, len;
    char          text[SAID_BYTES];
} Said;

static Said said[SAID_MAX]; /* under the lock of the locales */

static bool locale_name(Str tag, char out[LOCALE_ROOM])
{
    char       z[LOCALE_ROOM];
    UErrorCode status = U_ZERO_ERROR;
    int32_t    read = 0;
    if (tag.len == 0 || tag.len >= sizeof z) return false;
    memcpy(z, tag.at, tag.len);
    z[tag.len] = 0;
    uloc_forLanguageTag(z, out, LOCALE_ROOM, &read, &status);
    return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING && (size_t)read == tag.len && out[0];
}

/* ICU's name of a language as it is written: without a country, English is the international kind
   ("4 September 2013"); what is no tag is written as English. */
static void locale_written(Str tag, char out[LOCALE_ROOM])
{
    if (!locale_name(tag, out) || strcmp(out, "en") == 0) strcpy(out, "en_GB");
}

/* The caller holds the lock. English is always the first. */
static Locale *locale_of(Str tag)
{
    if (!locales.n) {
        strcpy(locales.at[0].tag, "en");
        strcpy(locales.at[0].locale, "en_GB@calendar=gregorian");
        locales.n = 1;
    }
    for (size_t i = 0; i < locales.n; i++)
        if (str_eq_z(tag, locales.at[i].tag)) return &locales.at[i];
    if (locales.n == LOCALES_MAX || !lang_is(tag)) return &locales.at[0];
    Locale    *l = &locales.at[locales.n++];
    UErrorCode status = U_ZERO_ERROR;
    memcpy(l->tag, tag.at, tag.len);
    locale_written(tag, l->locale);
    uloc_setKeywordValue("calendar", "gregorian", l->locale, LOCALE_ROOM, &status);
    return l;
}

static Str text_of_u(Arena *a, const UChar *u, int32_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    bytes = 0, room = length * 3;
    char      *out = arena_raw(a, (size_t)room + 1);
    u_strToUTF8(out, room + 1, &bytes, u, length, &status);
    return U_SUCCESS(status) ? (Str){ out, (size_t)bytes } : STR_NONE;
}

static const UNumberFormatter *number_formatter(Str lang, int max_decimals)
{
    pthread_mutex_lock(&locales.lock);
    Locale *l = locale_of(lang);
    if (!l->number[max_decimals]) {
        char       ascii[16] = "";
        UChar      skeleton[32];
        UErrorCode status = U_ZERO_ERROR;
        if (max_decimals > 0) snprintf(ascii, sizeof ascii, ".%.*s", max_decimals, "######");
        u_uastrcpy(skeleton, max_decimals ? ascii : "precision-integer");
        l->number[max_decimals] = unumf_openForSkeletonAndLocale(skeleton, -1, l->locale, &status);
    }
    const UNumberFormatter *f = l->number[max_decimals];
    pthread_mutex_unlock(&locales.lock);
    return f;
}

static Str number_words(Arena *a, const UNumberFormatter *f, double value)
{
    UErrorCode        status = U_ZERO_ERROR;
    UChar             u[WORDS_ROOM];
    UFormattedNumber *result = unumf_openResult(&status);
    unumf_formatDouble(f, value, result, &status);
    int32_t n = unumf_resultToString(result, u, WORDS_ROOM, &status);
    unumf_closeResult(result);
    return U_SUCCESS(status) ? text_of_u(a, u, n) : str_format(a, "%g", value);
}

Str number_text(Arena *a, double value, int max_decimals, Str lang)
{
    int decimals = max_decimals < 0 ? 0 : max_decimals > DECIMALS_MAX ? DECIMALS_MAX
                                                                      : max_decimals;
    return number_words(a, number_formatter(lang, decimals), value);
}

Str money_text(Arena *a, double amount, Str currency, Str lang)
{
    char       name[LOCALE_ROOM], ascii[64];
    UChar      skeleton[64];
    UErrorCode status = U_ZERO_ERROR;
    bool       code = currency.len == 3;
    for (size_t i = 0; i < currency.len; i++) code = code && currency.at[i] >= 'A' && currency.at[i] <= 'Z';
    if (!code) return str_format(a, "%.*s %.*s", STR_ARG(number_text(a, amount, 2, lang)), STR_ARG(currency));
    snprintf(ascii, sizeof ascii, "currency/%.3s unit-width-iso-code %s", currency.at,
             amount == floor(amount) ? "precision-integer" : ".00");
    u_uastrcpy(skeleton, ascii);
    locale_written(lang, name);
    UNumberFormatter *f = unumf_openForSkeletonAndLocale(skeleton, -1, name, &status);
    Str               out = number_words(a, f, amount);
    unumf_close(f);
    return out;
}

Str number_plural(Arena *a, double value, Str lang)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar      u[16];
    pthread_mutex_lock(&locales.lock);
    Locale *l = locale_of(lang);
    if (!l->plurals) l->plurals = uplrules_open(l->locale, &status);
    const UPluralRules *rules = l->plurals;
    pthread_mutex_unlock(&locales.lock);
    int32_t n = uplrules_select(rules, value, u, 16, &status);
    return U_SUCCESS(status) ? text_of_u(a, u, n) : S("other");
}

bool lang_is(Str tag)
{
    char name[LOCALE_ROOM];
    return locale_name(tag, name);
}

bool lang_rtl(Str tag)
{
    char name[LOCALE_ROOM];
    return locale_name(tag, name) && uloc_isRightToLeft(name);
}

Str lang_name(Arena *a, Str tag, Str in)
{
    char       name[LOCALE_ROOM], display[LOCALE_ROOM];
    UChar      u[WORDS_ROOM];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_name(tag, name)) return str_copy(a, tag);
    locale_written(in, display);
    int32_t n = uloc_getDisplayName(name, display, u, WORDS_ROOM, &status);
    return U_SUCCESS(status) && n < WORDS_ROOM ? text_of_u(a, u, n) : str_copy(a, tag);
}

/* The name `names` has for a country in `in`, or in the language that this is a variety of. */
static Str name_given(const Json *names, Arena *a, Str alpha2, Str in)
{
    const Json *given = names ? json_get(names, str_z(a, alpha2)) : NULL;
    if (!given) return STR_NONE;
    Str name = json_get_text(given, str_z(a, in));
    return name.len ? name : json_get_text(given, str_z(a, str_cut(in, '-').head));
}

Str country_name(Arena *a, const Json *names, Str alpha2, Str in)
{
    Str given = name_given(names, a, alpha2, in);
    if (given.len) return given;
    char       name[16], display[LOCALE_ROOM];
    UChar      u[WORDS_ROOM];
    UErrorCode status = U_ZERO_ERROR;
    bool       letters = alpha2.len == 2;
    for (size_t i = 0; i < alpha2.len; i++) letters = letters && alpha2.at[i] >= 'A' && alpha2.at[i] <= 'Z';
    if (!letters) return str_copy(a, alpha2);
    snprintf(name, sizeof name, "und_%.2s", alpha2.at);
    locale_written(in, display);
    int32_t n = uloc_getDisplayCountry(name, display, u, WORDS_ROOM, &status);
    return U_SUCCESS(status) && n < WORDS_ROOM ? text_of_u(a, u, n) : str_copy(a, alpha2);
}

/* RFC 4647 section 3.4: the range, then the range with its last subtag taken off, and so on; a
   single-letter subtag goes with what it introduces. */
static const Str *lang_lookup(Str range, const Str *have, size_t n)
{
    while (range.len) {
        for (size_t i = 0; i < n; i++)
            if (str_eq_nocase(range, have[i])) return &have[i];
        Cut shorter = str_cut_last(range, '-');
        if (!shorter.found) return NULL;
        range = shorter.head;
        if (range.len >= 2 && range.at[range.len - 2] == '-') range.len -= 2;
    }
    return NULL;
}

Str lang_negotiate(Str accept_language, const Str *have, size_t n)
{
    const Str *best = NULL;
    double     best_quality = 0;
    while (accept_language.len) {
        Cut    item = str_cut(accept_language, ',');
        Cut    range = str_cut(item.head, ';');
        Str    weight = str_trim(range.tail);
        double quality = 1;
        if (str_starts(weight, S("q=")) && !str_to_double(str_drop(weight, 2), &quality)) quality = 0;
        const Str *found = lang_lookup(str_trim(range.head), have, n);
        if (found && quality > best_quality) {
            best = found;
            best_quality = quality;
        }
        accept_language = item.tail;
    }
    return best ? *best : n ? have[0]
                            : STR_NONE;
}

static Said *said_place(const Locale *l, int64_t minute, size_t skeleton)
{
    uint64_t mixed = ((uint64_t)minute * SKELETON_COUNT + skeleton) * LOCALES_MAX + (uint64_t)(l - locales.at);
    return &said[mixed * 0x9E3779B97F4A7C15u >> 56]; /* SAID_MAX of them */
}

static void said_put(Said *place, const Locale *l, int64_t minute, size_t skeleton, Str text)
{
    if (!text.len || text.len > SAID_BYTES) return;
    pthread_mutex_lock(&locales.lock);
    *place = (Said){ l, minute, (uint8_t)skeleton, (uint8_t)text.len, { 0 } };
    memcpy(place->text, text.at, text.len);
    pthread_mutex_unlock(&locales.lock);
}

/* No skeleton says less than a minute. */
static Str date_format(Arena *a, double at_ms, size_t skeleton_index, Str lang)
{
    UChar      u[WORDS_ROOM];
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n = 0;
    pthread_mutex_lock(&locales.lock);
    Locale *l = locale_of(lang);
    int64_t minute = (int64_t)floor(at_ms / 60000);
    Said   *known = said_place(l, minute, skeleton_index);
    if (known->in == l && known->minute == minute && known->skeleton == skeleton_index) {
        Str text = str_copy(a, (Str){ known->text, known->len });
        pthread_mutex_unlock(&locales.lock);
        return text;
    }
    UDateFormat **f = &l->date[skeleton_index];
    if (!*f) {
        UChar skeleton[32], pattern[WORDS_ROOM], zone[4];
        u_uastrcpy(skeleton, date_skeletons[skeleton_index]);
        u_uastrcpy(zone, "UTC");
        UDateTimePatternGenerator *generator = udatpg_open(l->locale, &status);
        int32_t                    length =
            udatpg_getBestPattern(generator, skeleton, -1, pattern, WORDS_ROOM, &status);
        udatpg_close(generator);
        *f = udat_open(UDAT_PATTERN, UDAT_PATTERN, l->locale, zone, 3, pattern, length, &status);
    }
    if (U_SUCCESS(status)) n = udat_format(*f, at_ms, u, WORDS_ROOM, NULL, &status);
    pthread_mutex_unlock(&locales.lock);
    if (U_FAILURE(status)) return STR_NONE;
    Str text = text_of_u(a, u, n);
    said_put(known, l, minute, skeleton_index, text);
    return text;
}

Str date_words(Arena *a, Date d, DateForm form, Str lang)
{
    if (d.parts < 1 || d.parts > 3) return STR_NONE;
    size_t skeleton = (size_t)(form == DATE_SHORT ? 3 : 0) + (size_t)d.parts - 1;
    return date_format(a, date_days(d) * DAY_MS, skeleton, lang);
}

Str date_range_words(Arena *a, Date from, Date to, Str lang)
{
    if (from.parts == 0 && to.parts == 0) return STR_NONE;
    if (to.parts == 0) return str_format(a, "%.*s –", STR_ARG(date_words(a, from, DATE_LONG, lang)));
    if (from.parts == 0) return str_format(a, "– %.*s", STR_ARG(date_words(a, to, DATE_LONG, lang)));
    int parts = from.parts < to.parts ? from.parts : to.parts;
    if (date_days(from) == date_days(to)) return date_words(a, from, DATE_LONG, lang);

    UChar      u[WORDS_ROOM];
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n = 0;
    pthread_mutex_lock(&locales.lock);
    Locale               *l = locale_of(lang);
    UDateIntervalFormat **f = &l->range[parts - 1];
    if (!*f) {
        UChar skeleton[32], zone[4];
        u_uastrcpy(skeleton, date_skeletons[parts - 1]);
        u_uastrcpy(zone, "UTC");
        *f = udtitvfmt_open(l->locale, skeleton, -1, zone, 3, &status);
    }
    if (U_SUCCESS(status))
        n = udtitvfmt_format(*f, date_days(from) * DAY_MS, date_days(to) * DAY_MS, u, WORDS_ROOM, NULL, &status);
    pthread_mutex_unlock(&locales.lock);
    return U_SUCCESS(status) ? text_of_u(a, u, n) : STR_NONE;
}

Str when_words(Arena *a, int64_t at_ms, Str lang)
{
    return str_format(a, "%.*s UTC", STR_ARG(date_format(a, (double)at_ms, SKELETON_WHEN, lang)));
}
