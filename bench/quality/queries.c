/* Questions of six kinds, cut from documents by ICU's rules for their languages and a fixed seed. */
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include "base/buf.h"
#include "quality/quality.h"
#include "text/segment.h"

static uint64_t seed = 20260101;
static uint32_t pick(uint32_t below)
{
    seed += 0x9E3779B97F4A7C15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * below >> 32);
}

static UChar *wide_of(Arena *a, Str s, int32_t *n)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar     *wide = arena_new_array(a, s.len + 1, sizeof(UChar));
    u_strFromUTF8WithSub(wide, (int32_t)s.len + 1, n, s.at, (int32_t)s.len, 0xFFFD, NULL, &status);
    return wide;
}

static Str narrow_of(Arena *a, const UChar *wide, int32_t n)
{
    UErrorCode status = U_ZERO_ERROR;
    char      *s = arena_new(a, (size_t)n * 3 + 1);
    int32_t    len;
    u_strToUTF8(s, n * 3 + 1, &len, wide, n, &status);
    return (Str){ s, (size_t)len };
}

Str lower_of(Arena *a, Str s)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *low = arena_new_array(a, (size_t)n * 3 + 1, sizeof(UChar));
    n = u_strFoldCase(low, n * 3, wide, n, U_FOLD_CASE_DEFAULT, &status);
    return narrow_of(a, low, n);
}

static size_t characters(Str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((uint8_t)s.at[i] & 0xC0) != 0x80;
    return n;
}

void words_cut(Arena *a, Doc *d)
{
    UErrorCode      status = U_ZERO_ERROR;
    UText           view = UTEXT_INITIALIZER;
    UBreakIterator *words = ubrk_open(UBRK_WORD, languages[d->lang].lang, NULL, 0, &status);
    utext_openUTF8(&view, d->text.at, (int64_t)d->text.len, &status);
    ubrk_setUText(words, &view, &status);
    d->words = arena_new_array(a, d->text.len + 1, sizeof(Str));
    d->starts = arena_new_array(a, d->text.len + 1, sizeof(uint32_t));
    for (int32_t from = ubrk_first(words), to; (to = ubrk_next(words)) != UBRK_DONE; from = to) {
        if (ubrk_getRuleStatus(words) < UBRK_WORD_NUMBER) continue;
        d->starts[d->word_n] = (uint32_t)from;
        d->words[d->word_n++] = (Str){ d->text.at + from, (size_t)(to - from) };
    }
    ubrk_close(words);
    utext_close(&view);
    d->lower = (char *)str_z(a, lower_of(a, d->text));
}

/* In how many documents each word occurs, over all languages. */
typedef struct {
    Str      word;
    uint32_t count, last;
} Count;
typedef struct {
    Count *at;
    size_t room;
} Counts;

static Count *count_of(const Counts *c, Str word)
{
    size_t i = str_hash(word) & (c->room - 1);
    while (c->at[i].word.len && !str_eq(c->at[i].word, word)) i = (i + 1) & (c->room - 1);
    return &c->at[i];
}

static Counts words_count(Arena *a, const Docs *docs)
{
    Counts c = { .room = 1 << 20 };
    c.at = arena_new_array(a, c.room, sizeof(Count));
    for (uint32_t d = 0; d < docs->n; d++)
        for (size_t w = 0; w < docs->at[d].word_n; w++) {
            Str    word = lower_of(a, docs->at[d].words[w]);
            Count *count = count_of(&c, word);
            if (count->last == d + 1) continue;
            *count = (Count){ word, count->count + 1, d + 1 };
        }
    return c;
}

/* Documents of one language that have every one of the words. */
static size_t answers(Arena *a, const Docs *docs, int lang, const Str *words, size_t n)
{
    const char *low[3];
    size_t      found = 0;
    for (size_t i = 0; i < n; i++) low[i] = str_z(a, lower_of(a, words[i]));
    for (size_t d = 0; d < docs->n; d++) {
        if (docs->at[d].lang != lang) continue;
        bool all = true;
        for (size_t i = 0; all && i < n; i++) all = strstr(docs->at[d].lower, low[i]) != NULL;
        found += all;
    }
    return found;
}

static void query_put(Arena *a, Queries *q, int lang, int kind, uint32_t doc, Str text)
{
    if (q->n == q->room) {
        q->room = q->room ? q->room * 2 : 4096;
        q->at = realloc(q->at, q->room * sizeof(Query));
    }
    q->at[q->n++] = (Query){ lang, kind, doc, str_copy(a, text) };
}

static bool is_dense(int lang) /* a character says as much as a syllable */
{
    return !strcmp(languages[lang].lang, "zh") || !strcmp(languages[lang].lang, "ja") ||
           !strcmp(languages[lang].lang, "ko");
}

static Str row_make(const Doc *d)
{
    size_t n = 3 + pick(4);
    if (d->word_n < 3) return STR_NONE;
    if (n > d->word_n) n = d->word_n;
    size_t first = pick((uint32_t)(d->word_n - n + 1));
    size_t from = d->starts[first], to = d->starts[first + n - 1] + d->words[first + n - 1].len;
    return (Str){ d->text.at + from, to - from };
}

static Str fragment_make(const Doc *d)
{
    size_t all = characters(d->text), want = is_dense(d->lang) ? 6 + pick(8) : 12 + pick(14);
    if (all < want) return STR_NONE;
    size_t skip = pick((uint32_t)(all - want + 1)), from = 0, to;
    for (; skip; skip--) U8_FWD_1(d->text.at, from, d->text.len);
    for (to = from; want; want--) U8_FWD_1(d->text.at, to, d->text.len);
    return str_trim((Str){ d->text.at + from, to - from });
}

static bool is_telling_length(int lang, Str word)
{
    return characters(word) >= (is_dense(lang) ? 2 : 4);
}

static Str telling_make(Arena *a, const Doc *d, const Counts *counts)
{
    for (int turn = 0; turn < 20 && d->word_n; turn++) {
        Str word = d->words[pick((uint32_t)d->word_n)];
        if (is_telling_length(d->lang, word) && count_of(counts, lower_of(a, word))->count <= 3) return word;
    }
    return STR_NONE;
}

static bool scattered_make(const Doc *d, Str out[3])
{
    for (int turn = 0; turn < 20 && d->word_n >= 3; turn++) {
        size_t w[3];
        bool   ok = true;
        for (int i = 0; i < 3; i++) {
            w[i] = pick((uint32_t)d->word_n);
            out[i] = d->words[w[i]];
            ok = ok && is_telling_length(d->lang, out[i]);
            for (int k = 0; k < i; k++) ok = ok && !str_eq(out[i], out[k]) && w[i] + 1 != w[k] && w[k] + 1 != w[i];
        }
        if (ok) return true;
    }
    return false;
}

static Str normalized(Arena *a, Str s, const UNormalizer2 *how)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *to = arena_new_array(a, (size_t)n * 4 + 1, sizeof(UChar));
    n = unorm2_normalize(how, wide, n, to, n * 4, &status);
    return narrow_of(a, to, n);
}

static Str without_accents(Arena *a, Str s, int lang)
{
    UErrorCode               status = U_ZERO_ERROR;
    bool                     tones_only = !strcmp(languages[lang].lang, "th") || !strcmp(languages[lang].lang, "lo");
    static const char *const accented[] = { "th", "lo", "vi", "fr", "pt", "ru", "ar", "en", "id", "ms", "fil" };
    bool                     has = false;
    for (size_t i = 0; i < sizeof accented / sizeof *accented; i++)
        has = has || !strcmp(accented[i], languages[lang].lang);
    if (!has) return s;
    Str  apart = tones_only ? s : normalized(a, s, unorm2_getNFDInstance(&status));
    Buf *out = buf_open(a);
    for (size_t i = 0; i < apart.len;) {
        size_t  from = i;
        UChar32 c;
        U8_NEXT((const uint8_t *)apart.at, i, apart.len, c);
        bool tone = (c >= 0xE48 && c <= 0xE4B) || (c >= 0xEC8 && c <= 0xECB);
        if (tones_only ? tone : u_charType(c) == U_NON_SPACING_MARK) continue;
        buf_put(out, (Str){ apart.at + from, i - from });
    }
    return normalized(a, buf_str(out), unorm2_getNFCInstance(&status));
}

static Str transliterated(Arena *a, Str s, const char *id)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar      name[64];
    int32_t    n, end;
    u_uastrcpy(name, id);
    UTransliterator *t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    UChar           *wide = wide_of(a, s, &n), *to = arena_new_array(a, (size_t)n * 4 + 16, sizeof(UChar));
    memcpy(to, wide, (size_t)n * sizeof(UChar));
    end = n;
    utrans_transUChars(t, to, &n, n * 4 + 16, 0, &end, &status);
    utrans_close(t);
    return narrow_of(a, to, n);
}

static Str with_zero_width(Arena *a, Str s)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        U8_FWD_1(s.at, i, s.len);
        buf_put(out, (Str){ s.at + from, i - from });
        if (i < s.len && pick(4) == 0) buf_put_z(out, "\xE2\x80\x8B");
    }
    return buf_str(out);
}

static Str upper_of(Arena *a, Str s)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *up = arena_new_array(a, (size_t)n * 3 + 1, sizeof(UChar));
    n = u_strToUpper(up, n * 3, wide, n, "", &status);
    return narrow_of(a, up, n);
}

static void variants_put(Arena *a, Queries *q, const Doc *d, uint32_t doc, Str s)
{
    UErrorCode  status = U_ZERO_ERROR;
    const char *lang = languages[d->lang].lang;
    Str         forms[] = { normalized(a, s, unorm2_getNFDInstance(&status)),
                            upper_of(a, s),
                            without_accents(a, s, d->lang),
                            transliterated(a, s, is_dense(d->lang) ? "Fullwidth-Halfwidth" : "Halfwidth-Fullwidth"),
                            with_zero_width(a, s),
                    strcmp(lang, "zh") ? s : transliterated(a, s, "Simplified-Traditional") };
    size_t      usable[6], n = 0;
    for (size_t i = 0; i < 6; i++)
        if (!str_eq(forms[i], s)) usable[n++] = i;
    if (n) query_put(a, q, d->lang, VARIANT, doc, forms[usable[pick((uint32_t)n)]]);
}

void queries_make(Arena *a, const Docs *docs, size_t per_language, Queries *out)
{
    Counts    counts = words_count(a, docs);
    uint32_t *of_lang = malloc(docs->n * sizeof *of_lang);
    for (int l = 0; l < DOC_LANGS; l++) {
        uint32_t n = 0;
        for (uint32_t d = 0; d < docs->n; d++)
            if (docs->at[d].lang == l) of_lang[n++] = d;
        size_t made[KINDS] = { 0 };
        for (size_t turn = 0; n && turn < per_language * 8; turn++) {
            uint32_t   doc = of_lang[pick(n)];
            const Doc *d = &docs->at[doc];
            Str        row = row_make(d), fragment = fragment_make(d), word = telling_make(a, d, &counts), three[3];
            if (row.len && made[ROW] < per_language && answers(a, docs, l, &row, 1) <= ANSWERS) {
                query_put(a, out, l, ROW, doc, row);
                made[ROW]++;
            }
            if (fragment.len && made[FRAGMENT] < per_language && answers(a, docs, l, &fragment, 1) <= ANSWERS) {
                query_put(a, out, l, FRAGMENT, doc, fragment);
                made[FRAGMENT]++;
            }
            if (word.len && made[WORD] < per_language) {
                query_put(a, out, l, WORD, doc, word);
                made[WORD]++;
            }
            if (made[SCATTERED] < per_language && scattered_make(d, three) &&
                answers(a, docs, l, three, 3) <= ANSWERS) {
                query_put(a, out, l, SCATTERED, doc, str_join_with(a, S(" "), three, 3));
                query_put(a, out, l, TOGETHER, doc, str_join(a, three, 3));
                made[SCATTERED]++;
            }
            row = row_make(d);
            if (row.len && made[VARIANT] < per_language && answers(a, docs, l, &row, 1) <= ANSWERS) {
                size_t before = out->n;
                variants_put(a, out, d, doc, row);
                made[VARIANT] += out->n - before;
            }
        }
    }
    free(of_lang);
}
