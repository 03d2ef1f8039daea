/* See slug.h. Most slugs are ASCII and never come to ICU. */
#include "text/slug.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/id.h"
#include "text/fold.h"

#define WANTED       60  /* characters; words are kept whole as long as there is room */
#define WANTED_BYTES 180 /* of them, so that a number still fits behind */

static bool ascii_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_letter(UChar32 c)
{
    return c >= 0x80 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK)) && u_tolower(c) == c;
}

static const UNormalizer2 *nfc(void)
{
    UErrorCode          status = U_ZERO_ERROR;
    const UNormalizer2 *instance = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) memory_end(0); /* ICU's data are part of its library */
    return instance;
}

static bool is_nfc(Str text)
{
    UChar      wide[SLUG_MAX + 1];
    int32_t    n = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(wide, SLUG_MAX + 1, &n, text.at, (int32_t)text.len, &status);
    return U_SUCCESS(status) && unorm2_isNormalized(nfc(), wide, n, &status) && U_SUCCESS(status);
}

bool slug_is(Str text)
{
    bool ascii = true, hyphen = true; /* none at the start, none behind another */
    if (!text.len || text.len > SLUG_MAX || id_is(text)) return false;
    for (size_t i = 0; i < text.len;) {
        UChar32 c;
        U8_NEXT((const uint8_t *)text.at, i, text.len, c);
        if (c == '-' && hyphen) return false;
        hyphen = c == '-';
        if (!hyphen && !(c >= 0 && c < 0x80 ? ascii_letter((unsigned char)c) : is_letter(c))) return false;
        ascii = ascii && c < 0x80;
    }
    return !hyphen && (ascii || is_nfc(text));
}

/* A slug as it grows: where it may be cut at the end of a word. */
typedef struct {
    char  *at;
    size_t n, characters, word_end;
    bool   full;
} Growing;

static void gap_put(Growing *g)
{
    if (!g->n || g->at[g->n - 1] == '-') return;
    g->word_end = g->n;
    g->at[g->n++] = '-';
    g->characters++;
}

static void letter_put(Growing *g, Str letter)
{
    if (g->characters == WANTED || g->n + letter.len > WANTED_BYTES) g->full = true;
    if (g->full || !letter.len) return;
    memcpy(g->at + g->n, letter.at, letter.len);
    g->n += letter.len;
    g->characters++;
}

/* A full one ends with its last whole word; one that is a single word is cut where it was full. What looks like an
   id would never be found by its name. */
static Str grown(const Growing *g)
{
    size_t n = g->full && g->word_end ? g->word_end : g->n;
    while (n > 0 && g->at[n - 1] == '-') n--;
    Str slug = { g->at, n };
    return id_is(slug) ? STR_NONE : slug;
}

static Str in_nfc(Arena *a, const UChar *wide, int32_t n)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    room = 3 * n + 16, len = 0, bytes_len = 0; /* NFC of what is no slug yet may grow threefold */
    UChar     *out = arena_raw(a, (size_t)room * sizeof *out);
    char      *bytes = arena_raw(a, 3 * (size_t)room);
    len = unorm2_normalize(nfc(), wide, n, out, room, &status);
    if (U_SUCCESS(status)) u_strToUTF8(bytes, 3 * room, &bytes_len, out, len, &status);
    return U_SUCCESS(status) ? (Str){ bytes, (size_t)bytes_len } : STR_NONE;
}

/* The letter with its marks as it was written, in small letters and NFC; what else stands there is dropped. */
static Str as_written(Arena *a, Str letter)
{
    UChar  *wide = arena_raw(a, 2 * (letter.len + 1) * sizeof *wide);
    int32_t n = 0;
    for (size_t i = 0; i < letter.len;) {
        UChar32 c;
        U8_NEXT((const uint8_t *)letter.at, i, letter.len, c);
        c = c < 0 ? c : u_tolower(c);
        if (is_letter(c)) U16_APPEND_UNSAFE(wide, n, c);
    }
    return in_nfc(a, wide, n);
}

/* Letters that stand side by side now may compose. */
static Str composed(Arena *a, Str slug)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar     *wide = arena_raw(a, (slug.len + 1) * sizeof *wide);
    int32_t    n = 0;
    u_strFromUTF8(wide, (int32_t)slug.len + 1, &n, slug.at, (int32_t)slug.len, &status);
    return U_SUCCESS(status) ? in_nfc(a, wide, n) : STR_NONE;
}

/* One of those that a single character stands for, such as a ligature's. */
static bool of_several(const Folded *f, size_t i)
{
    return (i > 0 && f->from[i] == f->from[i - 1]) || (i + 1 < f->n && f->from[i] == f->from[i + 1]);
}

static Str as_folded(Arena *a, Unit unit)
{
    char *bytes = arena_raw(a, 4);
    Unit  base = UNIT_BASE(unit);
    return as_written(a, (Str){ bytes, units_text(&base, 1, bytes) });
}

static bool only_apostrophes(Str text)
{
    for (; text.len; text = str_drop(text, text.at[0] == '\'' ? 1 : 3))
        if (text.at[0] != '\'' && !str_starts(text, S("’"))) return false;
    return true;
}

static Str slug_of_letters(Arena *a, Str title)
{
    Folded  f = fold_make(a, title);
    Growing g = { .at = arena_raw(a, title.len + WANTED_BYTES + 1) };
    size_t  end = 0; /* of what is written: a sign may be half mark of the letter before it, half letter (Thai am) */
    for (size_t i = 0; i < f.n && !g.full; i++) {
        UChar32 base = (UChar32)UNIT_BASE(f.at[i]);
        char    plain = (char)base;
        size_t  from = f.from[i] > end ? f.from[i] : end, to = f.to[i] > from ? f.to[i] : from;
        Str     before = STR_NONE, letter = { title.at + from, to - from };
        end = to;
        if (i && f.from[i] > f.to[i - 1]) before = (Str){ title.at + f.to[i - 1], f.from[i] - f.to[i - 1] };
        if ((f.at[i] & UNIT_GAP) && !(before.len && only_apostrophes(before))) gap_put(&g);
        if (base < 0x80) letter_put(&g, (Str){ &plain, 1 });
        else if (of_several(&f, i)) letter_put(&g, as_folded(a, f.at[i]));
        else letter_put(&g, as_written(a, letter));
    }
    return composed(a, grown(&g));
}

Str slug_make(Arena *a, Str title)
{
    Growing g = { .at = arena_raw(a, title.len + 1) };
    for (size_t i = 0; i < title.len && !g.full; i++) {
        unsigned char c = (unsigned char)title.at[i];
        if (c >= 0x80) return slug_of_letters(a, title);
        if (c >= 'A' && c <= 'Z') c = (unsigned char)(c - 'A' + 'a');
        if (ascii_letter(c)) letter_put(&g, (Str){ (const char[]){ (char)c }, 1 });
        else if (c != '\'') gap_put(&g);
    }
    return grown(&g);
}
