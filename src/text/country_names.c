/* The names of countries in all of ICU's languages, as hashes of their folded letters. */
#include "text/country_names.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/uregion.h>
#include <unicode/ustring.h>

#include "text/country.h"
#include "text/fold.h"

#define SLOTS_OF_ALL     ((size_t)1 << 17)
#define SLOTS_A_LANGUAGE 512
#define NAME_MAX         200 /* bytes that are looked up */

typedef struct {
    uint64_t hash; /* 0: free */
    char     code[3];
    bool     several; /* countries of this name */
} Slot;

struct Countries {
    Slot  *slots;
    size_t slot_count; /* a power of two */
};

static uint64_t hash_name(Arena *a, Str name)
{
    Folded f = fold_make(a, name);
    char  *text = arena_raw(a, 4 * f.n + 1);
    size_t n = units_text(f.at, f.n, text);
    return n ? str_hash((Str){ text, n }) | 1 : 0;
}

static Slot *slot_of(const Countries *c, uint64_t hash)
{
    size_t last = c->slot_count - 1, i = (hash >> 7) & last;
    while (c->slots[i].hash && c->slots[i].hash != hash) i = (i + 1) & last;
    return &c->slots[i];
}

static void add(Countries *c, Arena *a, Str name, const char *code)
{
    uint64_t hash = hash_name(a, name);
    Slot    *slot = slot_of(c, hash);
    if (!hash) return;
    if (slot->hash && memcmp(slot->code, code, 2) != 0) slot->several = true;
    if (slot->hash) return;
    slot->hash = hash;
    memcpy(slot->code, code, 2);
}

/* "ميانمار (بورما)" is a name, and each half of it. */
static void add_halves(Countries *c, Arena *a, Str name, const char *code)
{
    Cut cut = str_cut(name, '(');
    add(c, a, name, code);
    if (!cut.found || !str_ends(cut.tail, S(")"))) return;
    add(c, a, str_trim(cut.head), code);
    add(c, a, str_cut(cut.tail, ')').head, code);
}

static void add_language(Countries *c, Arena *a, const char *lang)
{
    const char *const *codes = uloc_getISOCountries();
    for (size_t i = 0; codes[i]; i++) {
        char       region[8] = "und_";
        UChar      wide[200];
        char       name[600];
        int32_t    n;
        UErrorCode code = U_ZERO_ERROR;
        strncat(region, codes[i], 3);
        uloc_getDisplayCountry(region, lang, wide, 200, &code);
        /* U_USING_DEFAULT_WARNING: the language has no name of its own for it. */
        if (U_FAILURE(code) || code == U_USING_DEFAULT_WARNING || code == U_STRING_NOT_TERMINATED_WARNING) continue;
        u_strToUTF8(name, sizeof name, &n, wide, -1, &code);
        if (U_SUCCESS(code) && n > 0) add_halves(c, a, (Str){ name, (size_t)n }, codes[i]);
    }
}

static Countries *table_open(size_t slots)
{
    Countries *c = calloc(1, sizeof *c);
    if (!c) memory_end(sizeof *c);
    c->slot_count = slots;
    c->slots = calloc(slots, sizeof *c->slots);
    if (!c->slots) memory_end(slots * sizeof *c->slots);
    return c;
}

Countries *countries_open_in(const char *const *languages, size_t n)
{
    size_t slots = SLOTS_A_LANGUAGE;
    while (slots < n * SLOTS_A_LANGUAGE) slots *= 2;
    Countries *c = table_open(slots);
    Arena     *a = arena_open(0);
    for (size_t i = 0; i < n; i++) {
        add_language(c, a, languages[i]);
        arena_reset(a);
    }
    arena_close(a);
    return c;
}

Countries *countries_open(void)
{
    Countries *c = table_open(SLOTS_OF_ALL);
    Arena     *a = arena_open(0);
    /* English is first: its names win nothing, but are never taken for another's. */
    add_language(c, a, "en");
    int32_t n = uloc_countAvailable();
    for (int32_t i = 0; i < n; i++) {
        const char *locale = uloc_getAvailable(i);
        bool        variant = strlen(locale) > 3 && strcmp(locale, "zh_Hant") != 0;
        if (variant || strcmp(locale, "en") == 0) continue;
        add_language(c, a, locale);
        arena_reset(a);
    }
    arena_close(a);
    return c;
}

void countries_close(Countries *c)
{
    if (c) free(c->slots);
    free(c);
}

Str countries_code(const Countries *c, Str name)
{
    if (name.len == 0 || name.len > NAME_MAX) return STR_NONE;
    Arena      *a = arena_open(0);
    uint64_t    hash = hash_name(a, name);
    const Slot *slot = hash ? slot_of(c, hash) : NULL;
    arena_close(a);
    return slot && slot->hash && !slot->several ? str_of(slot->code) : STR_NONE;
}

bool country_find(const Countries *c, Str name, char alpha2[3])
{
    if (name.len == 0 || name.len > NAME_MAX) return false;
    Str known = name.len > 2 ? country_code(name) : STR_NONE;
    if (!known.len) known = countries_code(c, name);
    if (known.len) memcpy(alpha2, known.at, 3);
    return known.len > 0;
}

bool country_is_code(Str alpha2)
{
    const char *const *codes = uloc_getISOCountries();
    for (size_t i = 0; codes[i]; i++)
        if (str_eq_z(alpha2, codes[i])) return true;
    return false;
}

bool country_of_alpha3(Str alpha3, char alpha2[3])
{
    const char *const *codes = uloc_getISOCountries();
    if (alpha3.len != 3) return false;
    for (size_t i = 0; codes[i]; i++) {
        char region[8] = "und_";
        strncat(region, codes[i], 3);
        if (!str_eq_nocase(alpha3, str_of(uloc_getISO3Country(region)))) continue;
        memcpy(alpha2, codes[i], 3);
        return true;
    }
    return false;
}

bool country_of_number(int number, char alpha2[3])
{
    UErrorCode     code = U_ZERO_ERROR;
    const URegion *region = uregion_getRegionFromNumericCode(number, &code);
    const char    *found = U_SUCCESS(code) && region ? uregion_getRegionCode(region) : "";
    bool           yes = strlen(found) == 2 && country_is_code(str_of(found));
    memcpy(alpha2, yes ? found : "\0\0", 3);
    return yes;
}

bool country_is_area(Str alpha2)
{
    /* ISO 3166-1, entries that are not independent. */
    static const char areas[] =
        "AI AQ AS AW AX BL BM BQ BV CC CK CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF "
        "MO MP MQ MS NC NF NU PF PM PN PR RE SH SJ SX TC TF TK UM VG VI WF YT";
    for (size_t i = 0; i + 1 < sizeof areas; i += 3)
        if (alpha2.len == 2 && memcmp(areas + i, alpha2.at, 2) == 0) return true;
    return false;
}
