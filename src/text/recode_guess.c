/* Which encoding bytes are most likely in: what ICU's detector finds, mended where it knows too little. */
#include "text/recode.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#define SURE_PERCENT 30

/* ---- Thai ---- */

typedef struct {
    size_t high, runs; /* bytes past ASCII, and runs of such */
    size_t odd;        /* that cannot stand where they stand in Thai */
    size_t marks;      /* vowels and tones above and below, where a consonant is before them */
} Shape;

static bool is_thai_consonant(uint8_t c)
{
    return c >= 0xA1 && c <= 0xCE;
}

static bool is_thai_mark(uint8_t c)
{
    return c == 0xD1 || (c >= 0xD4 && c <= 0xDA) || (c >= 0xE7 && c <= 0xEE);
}

static Shape shape_of(Str s)
{
    Shape   shape = { 0 };
    uint8_t before = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.at[i];
        if (c >= 0x80) {
            shape.high++;
            shape.runs += before < 0x80;
            if (c < 0xA1 || (c > 0xDA && c < 0xDF) || c > 0xFB) shape.odd++;
            else if (is_thai_mark(c) && !is_thai_consonant(before) && !is_thai_mark(before)) shape.odd++;
            else if (is_thai_mark(c)) shape.marks++;
        }
        before = c;
    }
    return shape;
}

static bool looks_thai(const Shape *s)
{
    return s->marks > 0 && s->high >= 3 * s->runs && s->odd * 20 <= s->high;
}

/* ---- encodings of one byte a character ---- */

/* What the upper half of an encoding's bytes is in Unicode; 0 is no character. "caf\xe9", "caf\x82" and "caf\x8e" are
   one word of Windows, DOS and the Mac, and where a byte could stand tells them apart. */
typedef struct {
    UChar upper[128];
} Narrow;

static void narrow_read(const char *name, Narrow *out)
{
    UErrorCode  code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &code);
    *out = (Narrow){ 0 };
    for (int i = 0; U_SUCCESS(code) && i < 128; i++) {
        UErrorCode one = U_ZERO_ERROR;
        char       byte = (char)(0x80 + i);
        UChar      c[4];
        int32_t    n = ucnv_toUChars(from, c, 4, &byte, 1, &one);
        if (n == 1 && c[0] != 0xFFFD) out->upper[i] = c[0];
    }
    ucnv_close(from);
}

/* Signs that people write between words and behind numbers; quotes and apostrophes where they open or close. */
static bool is_usual_sign(UChar before, UChar c, UChar after)
{
    static const UChar between[] = { 0xA0, 0xA2, 0xA3, 0xA5, 0xA7, 0xA9, 0xAA, 0xAE, 0xB0, 0xB1, 0xB9, 0xBA,
                                     0xBC, 0xBD, 0xBE, 0xD7, 0x2014, 0x2022, 0x2026, 0x2030, 0x20AC, 0x2122 };
    static const UChar anywhere[] = { 0xB2, 0xB3, 0xB5, 0xB7, 0x2013 };
    if (c == 0x2018 || c == 0x201C || c == 0xAB) return !u_isalnum(before) && u_isgraph(after);
    if (c == 0x2019 || c == 0x201D || c == 0xBB) return u_isgraph(before);
    for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++)
        if (c == anywhere[i]) return true;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (c == between[i]) return !u_isalpha(before) || !u_isalpha(after);
    return false;
}

/* That an accent of Vietnamese stands on. */
static bool is_vowel(UChar c)
{
    static const UChar vowels[] = { 'a', 'e', 'i', 'o', 'u', 'y', 0x103, 0xE2, 0xEA, 0xF4, 0x1A1, 0x1B0 };
    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
        if ((UChar)u_tolower(c) == vowels[i]) return true;
    return false;
}

static UChar narrow_at(const Narrow *w, Str s, size_t i)
{
    uint8_t c = i < s.len ? (uint8_t)s.at[i] : ' '; /* before the first, i is past all */
    return c < 0x80 ? c : w->upper[c & 0x7F];
}

/* Whether the byte at `i`, as `w` reads it, could stand between its neighbours: a small letter not behind a number, a
   capital not behind a small letter, an accent only behind a letter, a sign not within a word. */
static bool could_stand(const Narrow *w, Str s, size_t i)
{
    UChar before = narrow_at(w, s, i - 1), c = narrow_at(w, s, i), after = narrow_at(w, s, i + 1);
    if (u_charType(c) == U_NON_SPACING_MARK) return is_vowel(before);
    if (!u_isalpha(c)) return is_usual_sign(before, c, after);
    if (u_isupper(c)) return !u_isdigit(before) && !u_islower(before);
    if (u_isblank(before) && u_isblank(after)) return true; /* à, é, ó are words */
    return !u_isdigit(before) && (u_isalpha(before) || u_isalpha(after));
}

/* Of a hundred characters past ASCII, how many could stand where they stand. */
static unsigned narrow_fit(const char *name, Str s)
{
    size_t high = 0, fit = 0;
    Narrow read;
    narrow_read(name, &read);
    for (size_t i = 0; i < s.len; i++) {
        if ((uint8_t)s.at[i] < 0x80) continue;
        high++;
        fit += could_stand(&read, s, i);
    }
    return high ? (unsigned)(100 * fit / high) : 0;
}

/* ---- encodings of two bytes a character ---- */

/* Signs have the first leads of each, then the characters that are most used: by the standards' own order. */
typedef struct {
    Str     name;
    uint8_t signs, from, to, trail; /* the last lead of signs; the leads of usual characters, and their least trail */
} Wide;

static const Wide wides[] = {
    { S_INIT("EUC-KR"), 0xA3, 0xB0, 0xC8, 0xA1 },    /* KS X 1001: Hangul */
    { S_INIT("GB18030"), 0xA3, 0xB0, 0xD7, 0xA1 },   /* GB/T 2312, level 1 */
    { S_INIT("Big5"), 0xA3, 0xA4, 0xC6, 0x40 },      /* level 1 */
    { S_INIT("Shift_JIS"), 0x81, 0x82, 0x98, 0x40 }, /* JIS X 0208: kana, level 1 */
    { S_INIT("EUC-JP"), 0xA3, 0xA4, 0xCF, 0xA1 },    /* the same */
};

/* Every byte of the sample, but for half a character where it is cut, is part of a character. */
static bool is_all_of(Str name, Str sample)
{
    UErrorCode  code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name.at, &code);
    const char *at = sample.at, *end = sample.at + sample.len;
    if (U_FAILURE(code)) return false;
    ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
    while (U_SUCCESS(code) && at < end) {
        UChar units[256], *to = units;
        ucnv_toUnicode(from, &to, units + 256, &at, end, NULL, false, &code);
        if (code == U_BUFFER_OVERFLOW_ERROR) code = U_ZERO_ERROR;
    }
    ucnv_close(from);
    return U_SUCCESS(code);
}

/* Of a hundred characters that are no signs, how many are usual ones; `*n` is how many there are. */
static unsigned wide_fit(const Wide *w, Str s, size_t *n)
{
    size_t usual = 0;
    *n = 0;
    for (size_t i = 0; i + 1 < s.len; i++) {
        uint8_t lead = (uint8_t)s.at[i];
        if (lead < 0x80) continue;
        uint8_t trail = (uint8_t)s.at[++i];
        if (lead > 0x80 && lead <= w->signs && lead < w->from) continue;
        ++*n;
        usual += lead >= w->from && lead <= w->to && trail >= w->trail;
    }
    return *n && is_all_of(w->name, s) ? (unsigned)(100 * usual / *n) : 0;
}

#define WIDE_FITS      90 /* in a hundred */
#define WIDE_FEW_CHARS 4

/* The one that fits best; of equals the first, which has the fewest characters that fit. */
static const Wide *wide_find(Str s)
{
    const Wide *best = NULL;
    unsigned    best_fit = WIDE_FITS - 1;
    for (size_t i = 0; i < sizeof wides / sizeof *wides; i++) {
        size_t   n;
        unsigned fit = wide_fit(&wides[i], s, &n);
        if (n < WIDE_FEW_CHARS || fit <= best_fit) continue;
        best = &wides[i];
        best_fit = fit;
    }
    return best;
}

/* ---- all ---- */

#define LATIN "windows-1252"

typedef struct {
    Str     name;
    int32_t confidence, latin; /* of it, and of LATIN, in a hundred */
} Detected;

/* What ICU finds, of those that text without zeros can be in and that it reads: ISO 8859-1 is windows-1252 without the
   marks that people write with it. */
static Detected detect(Arena *a, Str sample)
{
    UErrorCode        code = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&code);
    Detected          out = { .name = S(LATIN) };
    int32_t           n = 0;
    if (U_FAILURE(code)) return out;
    ucsdet_setText(detector, sample.at, sample.len > 1 << 20 ? 1 << 20 : (int32_t)sample.len, &code);
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &n, &code);
    for (int32_t i = 0; U_SUCCESS(code) && i < n; i++) {
        Str     found = str_of(ucsdet_getName(matches[i], &code)), name;
        int32_t confidence = ucsdet_getConfidence(matches[i], &code);
        Err     none;
        if (str_starts(found, S("UTF-")) || !recode_name(a, found, &name, &none)) continue;
        if (str_eq_z(name, "ISO-8859-1")) name = S(LATIN);
        if (str_eq_z(name, LATIN) && confidence > out.latin) out.latin = confidence;
        if (confidence <= out.confidence) continue;
        out.name = name;
        out.confidence = confidence;
    }
    ucsdet_close(detector);
    return out;
}

static bool is_wide(Str name)
{
    for (size_t i = 0; i < sizeof wides / sizeof *wides; i++)
        if (str_eq(name, wides[i].name)) return true;
    return false;
}

/* Single letters and signs among ASCII are Western ones, unless the languages of another set fit far better. */
static Str guess_lone(const Detected *d, unsigned latin_fit, bool *sure)
{
    bool likely = latin_fit >= 95 || d->latin + 20 >= d->confidence;
    *sure = likely || d->confidence >= 2 * SURE_PERCENT;
    return *sure && !likely ? d->name : S(LATIN);
}

Str recode_guess(Arena *a, Str sample, bool *sure)
{
    static const char *const others[] = { "IBM850", "macintosh", "windows-1258" };
    Shape                    shape = shape_of(sample);
    Detected                 d = detect(a, sample);
    const Wide              *wide = wide_find(sample);
    unsigned                 latin = narrow_fit(LATIN, sample), best = latin;
    Str                      other = STR_NONE;
    *sure = true;
    if (is_wide(d.name) && d.confidence >= SURE_PERCENT) return d.name;
    if (looks_thai(&shape) && !wide) return S("TIS-620");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        unsigned fit = narrow_fit(others[i], sample);
        if (fit < 90 || fit < latin + 10 || fit <= best) continue;
        best = fit;
        other = str_of(others[i]);
    }
    bool lone = shape.high < 2 * shape.runs;
    if (lone && !other.len && latin >= 75) return guess_lone(&d, latin, sure);
    /* What ICU is sure of must look so, too: it reads few words of two bytes a letter as Greek. */
    unsigned fit = narrow_fit(d.name.at, sample);
    bool     fits = fit >= 75 && (!other.len || fit + 10 > best);
    if (d.confidence >= SURE_PERCENT && fits && !str_eq_z(d.name, LATIN)) return d.name;
    if (str_eq_z(d.name, LATIN) && fits && (lone || !wide)) return *sure = d.confidence >= SURE_PERCENT, d.name;
    *sure = false;
    return wide ? wide->name : other.len ? other
                                         : d.name;
}
