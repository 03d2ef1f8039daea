/* Codes and names of countries from ICU, and the other names and forms of them that statistics write. */
#include "text/country.h"
#include "text/country_names.h"

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
    { "AE", "الإمارات" },
    { "AT", "Áo" },
    { "BE", "Bỉ" },
    { "BN", "Brunei Darussalam" },
    { "BO", "Bolivia (Plurinational State of)" },
    { "BS", "Bahamas, The" },
    { "CD", "Democratic Republic of the Congo" },
    { "CD", "Congo, Dem. Rep." },
    { "CD", "Democratic Republic of Congo" },
    { "CD", "DR Congo" },
    { "CD", "Dem. Rep. Congo" },
    { "CD", "Dem. Rep. of the Congo" },
    { "CD", "DRC" },
    { "CG", "Congo" },
    { "CG", "Republic of the Congo" },
    { "CG", "Congo, Rep." },
    { "CI", "Cote d'Ivoire" },
    { "CI", "Ivory Coast" },
    { "CN", "China (mainland)" },
    { "CN", "People's Republic of China" },
    { "CN", "PRC" },
    { "CN", "中华人民共和国" },
    { "CN", "中華人民共和國" },
    { "CV", "Cabo Verde" },
    { "CZ", "Czech Republic" },
    { "EG", "Egypt, Arab Rep." },
    { "EG", "جمهورية مصر العربية" },
    { "FK", "Falkland Islands (Malvinas)" },
    { "FM", "Micronesia (Federated States of)" },
    { "FM", "Micronesia (country)" },
    { "GB", "United Kingdom of Great Britain and Northern Ireland" },
    { "GB", "Great Britain" },
    { "GB", "UK" },
    { "GS", "South Georgia and the South Sandwich Islands" },
    { "GM", "Gambia, The" },
    { "HK", "Hong Kong" },
    { "HK", "China, Hong Kong Special Administrative Region" },
    { "HK", "Hong Kong, China" },
    { "HK", "China, Hong Kong SAR" },
    { "HK", "Hong Kong SAR" },
    { "HK", "香港" },
    { "HK", "ฮ่องกง" },
    { "IR", "Iran (Islamic Republic of)" },
    { "IR", "Iran, Islamic Rep." },
    { "KG", "Kyrgyz Republic" },
    { "KP", "Democratic People's Republic of Korea" },
    { "KP", "Korea, Dem. People's Rep." },
    { "KP", "Korea, Democratic People's Republic of" },
    { "KP", "DPR Korea" },
    { "KP", "DPRK" },
    { "KR", "Republic of Korea" },
    { "KR", "Korea, Rep." },
    { "KR", "Korea, Republic of" },
    { "LA", "Lao People's Democratic Republic" },
    { "LA", "Lao PDR" },
    { "LA", "สปป.ลาว" },
    { "LA", "ສປປ ລາວ" },
    { "MD", "Republic of Moldova" },
    { "MK", "The former Yugoslav Republic of Macedonia" },
    { "MK", "Macedonia" },
    { "MM", "Myanmar" },
    { "MM", "Burma" },
    { "MO", "Macao" },
    { "MO", "Macau" },
    { "MO", "China, Macao Special Administrative Region" },
    { "MO", "China, Macao SAR" },
    { "MO", "Macao SAR" },
    { "MO", "Macao SAR, China" },
    { "MO", "Macau SAR" },
    { "MO", "澳门" },
    { "MO", "澳門" },
    { "MX", "United Mexican States" },
    { "PS", "State of Palestine" },
    { "PS", "Palestine" },
    { "RU", "Russian Federation" },
    { "SA", "KSA" },
    { "SA", "السعودية" },
    { "SH", "Saint Helena, Ascension and Tristan da Cunha" },
    { "SK", "Slovak Republic" },
    { "SY", "Syrian Arab Republic" },
    { "SZ", "Swaziland" },
    { "TL", "East Timor" },
    { "TR", "Turkey" },
    { "TR", "Turkiye" },
    { "TR", "Türkiye" },
    { "TW", "Taiwan" },
    { "TW", "Chinese Taipei" },
    { "TW", "Taiwan, China" },
    { "TW", "Taiwan, Province of China" },
    { "TW", "Taiwan Province of China" },
    { "TZ", "United Republic of Tanzania" },
    { "US", "United States of America" },
    { "US", "USA" },
    { "US", "Mỹ" },
    { "VE", "Venezuela (Bolivarian Republic of)" },
    { "VE", "Venezuela, RB" },
    { "VA", "Holy See" },
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

/* ---- names in other languages ---- */

/* Shorter Latin ones, as "Áo", are other words without their accents. */
#define FOLDED_LEAST 4

static Countries     *in_languages;
static pthread_once_t languages_made = PTHREAD_ONCE_INIT;

static void languages_make(void)
{
    static const char *const languages[] = { "en", "zh", "zh_Hant", "th", "vi", "id", "ms", "km", "lo",
                                             "my", "fil", "ar", "ja", "ko", "ru", "mn", "hi", "bn",
                                             "ta", "ne", "si", "ur", "fa", "tr", "fr", "pt", "es" };
    in_languages = countries_open_in(languages, sizeof languages / sizeof *languages);
}

static Str code_of_name(Str name)
{
    char key[KEY_ROOM];
    Str  code = key_of(name, key) ? str_of(slot_of(key)->code) : STR_NONE;
    if (code.len || name.len < FOLDED_LEAST) return code;
    pthread_once(&languages_made, languages_make);
    return countries_code(in_languages, name);
}

/* ---- forms of a name ---- */

static bool is_among(Str word, const char *const *words)
{
    for (; *words; words++)
        if (str_eq_nocase(word, str_of(*words))) return true;
    return false;
}

/* "the former United Republic of": words that only say what kind of state it is. */
static bool is_formal(Str words)
{
    static const char *const small[] = { "the", "of", "and", NULL };
    static const char *const kinds[] = { "republic", "rep.", "kingdom", "state", "states", "federation", "federal",
                                         "federated", "federative", "democratic", "dem.", "people's", "people\u2019s",
                                         "peoples", "socialist", "islamic", "arab", "plurinational", "bolivarian",
                                         "oriental", "united", "union", "commonwealth", "sultanate", "principality",
                                         "grand", "duchy", "independent", "hashemite", "cooperative", "co-operative",
                                         "country", "mainland", NULL };
    bool                     any = false;
    for (Cut cut = str_cut(words, ' '); words.len; cut = str_cut(words = cut.tail, ' ')) {
        bool kind = is_among(cut.head, kinds);
        if (!kind && cut.head.len && !is_among(cut.head, small)) return false;
        any = any || kind;
    }
    return any;
}

/* Of two that share a name the short one says nothing, as "Congo" with words before it. */
static Str code_of_plain(Str name)
{
    static const char *const shared[] = { "Congo", "the Congo", "China", "Korea", NULL };
    return is_among(name, shared) ? STR_NONE : code_of_name(name);
}

static Str without_the(Str name)
{
    return str_starts(name, S("the ")) || str_starts(name, S("The ")) ? str_drop(name, 4) : name;
}

/* "Tanzania, United Republic of", "Iran (Islamic Republic of)", "Philippines (the)". */
static Str code_of_inverted(Str name, Str said)
{
    Str    remark = without_the(said);
    char   turned[2 * KEY_ROOM];
    size_t n = remark.len + name.len + 1;
    if (n > sizeof turned || !name.len || !remark.len) return STR_NONE;
    memcpy(turned, remark.at, remark.len);
    turned[remark.len] = ' ';
    memcpy(turned + remark.len + 1, name.at, name.len);
    Str code = code_of_name((Str){ turned, n });
    return code.len || (!is_formal(remark) && !str_eq_nocase(remark, S("the"))) ? code : code_of_plain(name);
}

/* "Republic of the Philippines". */
static Str code_of_formal(Str name)
{
    Cut cut = str_cut(name, ' ');
    while (cut.found && !str_eq_nocase(cut.head, S("of"))) cut = str_cut(cut.tail, ' ');
    if (!cut.found || !is_formal((Str){ name.at, (size_t)(cut.head.at - name.at) })) return STR_NONE;
    return code_of_plain(without_the(cut.tail));
}

/* "ประเทศไทย": the word for a country before its name. */
static Str code_of_named(Str name)
{
    static const char *const words[] = { "ประเทศ", "ប្រទេស", "ປະເທດ", "Nước ", "Negara ", "دولة " };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(name, str_of(words[i]))) return code_of_name(str_trim(str_drop(name, strlen(words[i]))));
    return code_of_name(without_the(name));
}

Str country_code(Str said)
{
    pthread_once(&made, table_make);
    Str name = str_trim(said);
    if (name.len > KEY_ROOM) return STR_NONE;
    Str code = code_of_name(name);
    Cut comma = str_cut(name, ','), open = str_cut(name, '(');
    if (!code.len && comma.found) code = code_of_inverted(str_trim(comma.head), str_trim(comma.tail));
    if (!code.len && open.found && str_ends(open.tail, S(")")))
        code = code_of_inverted(str_trim(open.head), str_trim(str_cut(open.tail, ')').head));
    if (!code.len) code = code_of_formal(name);
    return code.len ? code : code_of_named(name);
}
