/* Codes and English names of countries from ICU, and the other names that statistics write. */
#include "text/country.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define KEY_ROOM  80
#define SLOTS     4096 /* some 900 keys */
#define NAME_ROOM 128

typedef struct {
    char key[KEY_ROOM];
    char code[4];
} Slot;

static Slot           slots[SLOTS];
static pthread_once_t made = PTHREAD_ONCE_INIT;

/* Names as statistics write them, where ICU has another. */
static const struct {
    const char *code, *name;
} other_names[] = {
    { "AE", "UAE" },
    { "BN", "Brunei Darussalam" },
    { "BO", "Bolivia (Plurinational State of)" },
    { "BS", "Bahamas, The" },
    { "CD", "Democratic Republic of the Congo" },
    { "CD", "Congo, Dem. Rep." },
    { "CD", "Democratic Republic of Congo" },
    { "CG", "Congo" },
    { "CG", "Congo, Rep." },
    { "CI", "Cote d'Ivoire" },
    { "CI", "Ivory Coast" },
    { "CN", "China (mainland)" },
    { "CN", "People's Republic of China" },
    { "CV", "Cabo Verde" },
    { "CZ", "Czech Republic" },
    { "EG", "Egypt, Arab Rep." },
    { "FM", "Micronesia (Federated States of)" },
    { "FM", "Micronesia (country)" },
    { "GB", "United Kingdom of Great Britain and Northern Ireland" },
    { "GB", "Great Britain" },
    { "GM", "Gambia, The" },
    { "HK", "Hong Kong" },
    { "HK", "China, Hong Kong Special Administrative Region" },
    { "HK", "Hong Kong, China" },
    { "IR", "Iran (Islamic Republic of)" },
    { "IR", "Iran, Islamic Rep." },
    { "KG", "Kyrgyz Republic" },
    { "KP", "Democratic People's Republic of Korea" },
    { "KP", "Korea, Dem. People's Rep." },
    { "KR", "Republic of Korea" },
    { "KR", "Korea, Rep." },
    { "KR", "Korea, Republic of" },
    { "LA", "Lao People's Democratic Republic" },
    { "LA", "Lao PDR" },
    { "MD", "Republic of Moldova" },
    { "MK", "The former Yugoslav Republic of Macedonia" },
    { "MK", "Macedonia" },
    { "MM", "Myanmar" },
    { "MM", "Burma" },
    { "MO", "Macao" },
    { "MO", "Macau" },
    { "MO", "China, Macao Special Administrative Region" },
    { "PS", "State of Palestine" },
    { "PS", "Palestine" },
    { "RU", "Russian Federation" },
    { "SY", "Syrian Arab Republic" },
    { "SZ", "Swaziland" },
    { "TL", "East Timor" },
    { "TR", "Turkey" },
    { "TR", "Turkiye" },
    { "TW", "Taiwan" },
    { "TW", "Chinese Taipei" },
    { "TW", "Taiwan, China" },
    { "TZ", "United Republic of Tanzania" },
    { "US", "United States of America" },
    { "US", "USA" },
    { "VE", "Venezuela (Bolivarian Republic of)" },
    { "VE", "Venezuela, RB" },
    { "VN", "Viet Nam" },
    { "YE", "Yemen, Rep." },
};

/* Small letters and what is past ASCII; "&" and "and", "St." and "Saint" alike. False when there is nothing or too
   much. */
static bool key_of(Str name, char out[KEY_ROOM])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c == '&') {
            if (n + 4 > KEY_ROOM) return false;
            memcpy(out + n, "and", 3);
            n += 3;
            continue;
        }
        if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
        if (!(c >= 'a' && c <= 'z') && c < 0x80) continue;
        /* A right quotation mark is a sign, not a letter. */
        if (c == 0xE2 && i + 2 < name.len && (unsigned char)name.at[i + 1] == 0x80) {
            i += 2;
            continue;
        }
        if (n + 1 >= KEY_ROOM) return false;
        out[n++] = (char)c;
    }
    out[n] = 0;
    if (n > 6 && memcmp(out, "saint", 5) == 0) {
        memmove(out + 2, out + 5, n - 4);
        out[1] = 't';
    }
    return n > 1;
}

static Slot *slot_of(const char *key)
{
    for (size_t i = str_hash(str_of(key)) % SLOTS;; i = (i + 1) % SLOTS)
        if (!slots[i].key[0] || strcmp(slots[i].key, key) == 0) return &slots[i];
}

static void name_add(const char *name, const char *code)
{
    char key[KEY_ROOM];
    if (!key_of(str_of(name), key)) return;
    Slot *slot = slot_of(key);
    if (slot->key[0]) return;
    strcpy(slot->key, key);
    memcpy(slot->code, code, 3);
}

static void table_make(void)
{
    const char *const *codes = uloc_getISOCountries();
    for (size_t i = 0; codes[i]; i++) {
        char       locale[8] = "und_", name[NAME_ROOM];
        UChar      u[NAME_ROOM];
        int32_t    length = 0;
        UErrorCode status = U_ZERO_ERROR;
        strcat(locale, codes[i]);
        name_add(codes[i], codes[i]);
        name_add(uloc_getISO3Country(locale), codes[i]);
        uloc_getDisplayCountry(locale, "en", u, NAME_ROOM, &status);
        u_strToUTF8(name, sizeof name, &length, u, -1, &status);
        if (U_SUCCESS(status)) name_add(name, codes[i]);
    }
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
        name_add(other_names[i].name, other_names[i].code);
}

Str country_code(Str said)
{
    char key[KEY_ROOM];
    pthread_once(&made, table_make);
    return key_of(said, key) ? str_of(slot_of(key)->code) : STR_NONE;
}
