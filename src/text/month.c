#include "text/month.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "text/fold.h"

static const char *const           locales[] = { "en", "en_GB", "zh", "th", "vi", "id", "ms", "km", "lo", "my", "fil",
                                                 "ar", "ar_LB", "ru", "ja", "ko", "mn", "hi", "bn", "ne", "fa", "ur",
                                                 "kk", "ky", "uz", "tg", "fr", "es", "pt", "de", "it", "nl" };
static const UDateFormatSymbolType forms[] = { UDAT_MONTHS, UDAT_SHORT_MONTHS, UDAT_STANDALONE_MONTHS,
                                               UDAT_STANDALONE_SHORT_MONTHS };
#define FORMS     (sizeof forms / sizeof *forms)
#define LOCALES   (sizeof locales / sizeof *locales)
#define NAMES_MAX (LOCALES * FORMS * 12)

typedef struct {
    const Unit *units;
    size_t      n;
    int         month; /* 0: several */
} Name;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Name           names[NAMES_MAX], bare[NAMES_MAX]; /* with marks, and without */
static size_t         name_count, bare_count;

/* Case and gaps do not count. False for a name with a digit: the number says it. */
static bool letters(Arena *a, Str text, bool marks, const Unit **units, size_t *n)
{
    Folded f = fold_make(a, text);
    bool   well = f.n > 0;
    for (size_t i = 0; i < f.n; i++) {
        Unit base = UNIT_BASE(f.at[i]);
        well = well && !(base >= '0' && base <= '9');
        f.at[i] = marks ? f.at[i] & ~(UNIT_UPPER | UNIT_WORD | UNIT_GAP | UNIT_FIELD) : base;
    }
    *units = f.at;
    *n = f.n;
    return well;
}

static Name *find(Name *list, size_t count, const Unit *units, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].n == n && memcmp(list[i].units, units, n * sizeof *units) == 0) return &list[i];
    return NULL;
}

static void add(Arena *a, Str text, bool marks, int month, Name *list, size_t *count)
{
    const Unit *units;
    size_t      n;
    if (!letters(a, text, marks, &units, &n)) return;
    Name *known = find(list, *count, units, n);
    if (!known) list[(*count)++] = (Name){ units, n, month };
    else if (known->month != month) known->month = 0;
}

/* Thai, Lao, Khmer and Burmese tell months apart by vowel signs, which are marks. */
static bool needs_marks(Arena *a, Str text)
{
    const Unit *units;
    size_t      n;
    return letters(a, text, false, &units, &n) && unit_script(units[0]) == SCRIPT_UNSPACED;
}

static void add_locale(Arena *a, const char *locale)
{
    static const UChar pattern[] = u"MMMM";
    UErrorCode         status = U_ZERO_ERROR;
    char               gregorian[64];
    snprintf(gregorian, sizeof gregorian, "%s@calendar=gregorian", locale);
    UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, gregorian, u"UTC", 3, pattern, -1, &status);
    for (size_t k = 0; U_SUCCESS(status) && k < FORMS; k++)
        for (int m = 0; m < 12; m++) {
            UChar   name[80];
            char    text[240];
            int32_t n = 0;
            udat_getSymbols(format, forms[k], m, name, 80, &status);
            u_strToUTF8(text, sizeof text, &n, name, -1, &status);
            if (U_FAILURE(status)) break;
            Str said = { text, (size_t)n };
            add(a, said, true, m + 1, names, &name_count);
            if (!needs_marks(a, said)) add(a, said, false, m + 1, bare, &bare_count);
        }
    udat_close(format);
}

static void read_names(void)
{
    static Arena *kept; /* as long as the process */
    kept = arena_open(0);
    for (size_t i = 0; i < LOCALES; i++) add_locale(kept, locales[i]);
}

static int look_up(Str name)
{
    const Unit *units;
    size_t      n;
    pthread_once(&once, read_names);
    Arena *a = arena_open(0);
    Name  *found = letters(a, name, true, &units, &n) ? find(names, name_count, units, n) : NULL;
    if (!found && letters(a, name, false, &units, &n)) found = find(bare, bare_count, units, n);
    int month = found ? found->month : 0;
    arena_close(a);
    return month;
}

int month_by_name(Str name)
{
    /* The dates of a column have few names. */
    static _Thread_local struct {
        char   text[40];
        size_t len;
        int    month;
    } recent[64], *known;
    if (!name.len || name.len > sizeof recent->text) return 0;
    known = &recent[str_hash(name) % (sizeof recent / sizeof *recent)];
    if (known->len == name.len && memcmp(known->text, name.at, name.len) == 0) return known->month;
    known->month = look_up(name);
    known->len = name.len;
    memcpy(known->text, name.at, name.len);
    return known->month;
}
