/* Sort keys by ICU. A thread keeps the collator it used last, because opening one costs more than a key. */
#include "text/collate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#define LANG_MAX 35 /* longest tag that RFC 5646 section 4.4.1 asks to be accepted */

typedef struct {
    char       lang[LANG_MAX + 1];
    UCollator *collator;
} Kept;

static pthread_key_t  kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void kept_close(void *kept)
{
    ucol_close(((Kept *)kept)->collator);
    free(kept);
}

static void kept_start(void)
{
    if (pthread_key_create(&kept_key, kept_close) != 0) memory_end(sizeof kept_key);
}

static UCollator *collator_open(const char *lang)
{
    UErrorCode status = U_ZERO_ERROR;
    char       locale[64];
    uloc_forLanguageTag(lang, locale, sizeof locale, NULL, &status);
    UCollator *collator = ucol_open(U_SUCCESS(status) ? locale : "", &status);
    if (U_FAILURE(status)) {
        status = U_ZERO_ERROR;
        collator = ucol_open("", &status);
    }
    if (!collator) memory_end(sizeof(Kept));
    status = U_ZERO_ERROR;
    ucol_setAttribute(collator, UCOL_NUMERIC_COLLATION, UCOL_ON, &status);
    return collator;
}

static UCollator *collator_for(Str lang)
{
    pthread_once(&kept_once, kept_start);
    Kept *kept = pthread_getspecific(kept_key);
    if (kept && str_eq_z(lang, kept->lang)) return kept->collator;
    if (!kept) {
        kept = calloc(1, sizeof *kept);
        if (!kept) memory_end(sizeof *kept);
        pthread_setspecific(kept_key, kept);
    }
    if (kept->collator) ucol_close(kept->collator);
    if (lang.len) memcpy(kept->lang, lang.at, lang.len);
    kept->lang[lang.len] = 0;
    kept->collator = collator_open(kept->lang);
    return kept->collator;
}

Str collate_key(Arena *a, Str text, Str lang)
{
    if (lang.len > LANG_MAX || (lang.len && memchr(lang.at, 0, lang.len))) lang = STR_NONE;
    if (text.len > INT32_MAX / 2) text.len = INT32_MAX / 2;
    UErrorCode status = U_ZERO_ERROR;
    UChar     *wide = arena_raw(a, (text.len + 1) * sizeof(UChar));
    int32_t    n = 0;
    u_strFromUTF8WithSub(wide, (int32_t)text.len + 1, &n, text.len ? text.at : "",
                         (int32_t)text.len, 0xFFFD, NULL, &status);

    UCollator *collator = collator_for(lang);
    uint8_t    guess[512];
    int32_t    size = ucol_getSortKey(collator, wide, n, guess, sizeof guess);
    uint8_t   *key = arena_raw(a, (size_t)size);
    if (size <= (int32_t)sizeof guess) memcpy(key, guess, (size_t)size);
    else ucol_getSortKey(collator, wide, n, key, size);
    return (Str){ (char *)key, (size_t)size - 1 }; /* without ICU's final zero */
}
