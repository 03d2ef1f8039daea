/* Words by ICU, only for the stretches that need a dictionary. A thread keeps its break iterators,
   since opening one costs more than a sentence. */
#include "text/segment.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

typedef struct {
    UBreakIterator *words, *graphemes;
} Kept;

static pthread_key_t  kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void kept_close(void *p)
{
    Kept *kept = p;
    ubrk_close(kept->words);
    ubrk_close(kept->graphemes);
    free(kept);
}

static void kept_start(void)
{
    if (pthread_key_create(&kept_key, kept_close) != 0) memory_end(sizeof kept_key);
}

static Kept *kept_view(void)
{
    pthread_once(&kept_once, kept_start);
    Kept *kept = pthread_getspecific(kept_key);
    if (kept) return kept;
    UErrorCode status = U_ZERO_ERROR;
    kept = calloc(1, sizeof *kept);
    if (!kept) memory_end(sizeof *kept);
    kept->words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    kept->graphemes = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &status);
    if (U_FAILURE(status)) memory_end(sizeof *kept);
    pthread_setspecific(kept_key, kept);
    return kept;
}

static bool needs_dictionary(Unit u)
{
    Script script = unit_script(u);
    return script == SCRIPT_UNSPACED ||
           (script == SCRIPT_SYLLABLE && !(UNIT_BASE(u) >= 0xAC00 && UNIT_BASE(u) < 0xD7B0));
}

/* Units [first, end) have no gap between them and all need a dictionary. */
static void segment_run(Arena *a, Folded *f, Str text, size_t first, size_t end)
{
    size_t    from = f->from[first], to = f->to[end - 1];
    UChar    *wide = arena_raw(a, (to - from + 1) * sizeof(UChar));
    uint32_t *unit = arena_raw(a, (to - from + 1) * sizeof(uint32_t));
    int32_t   n = 0;
    size_t    u = first;
    for (size_t i = from; i < to;) {
        while (u + 1 < end && f->from[u + 1] <= i) u++;
        UChar32 c;
        U8_NEXT((const uint8_t *)text.at, i, to, c);
        /* Without what has no width, so that a text breaks the same with and without. */
        if (c < 0 || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
        int32_t at = n;
        U16_APPEND_UNSAFE(wide, n, c);
        for (; at < n; at++) unit[at] = (uint32_t)u;
    }
    UErrorCode      status = U_ZERO_ERROR;
    UBreakIterator *words = kept_view()->words;
    ubrk_setText(words, wide, n, &status);
    if (U_FAILURE(status)) return;
    for (int32_t b = ubrk_first(words); b != UBRK_DONE && b < n; b = ubrk_next(words))
        f->at[unit[b]] |= UNIT_WORD;
    ubrk_setText(words, u"", 0, &status);
}

void segment_words(Arena *a, Folded *f, Str text)
{
    for (size_t i = 0; i < f->n;) {
        bool   dictionary = needs_dictionary(f->at[i]);
        size_t end = i + 1;
        while (end < f->n && !(f->at[end] & UNIT_GAP) && needs_dictionary(f->at[end]) == dictionary) end++;
        f->at[i] |= UNIT_WORD;
        if (dictionary && end - i > 1) segment_run(a, f, text, i, end);
        i = end;
    }
}

static bool is_plain(UChar32 c)
{
    return c >= ' ' && (c < 0x7F || u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK) == U_GCB_OTHER);
}

/* Between two characters that neither join nor extend others there is always a boundary (Unicode Standard
   Annex #29, rule GB999): asking a break iterator takes far longer. */
static bool is_plain_boundary(Str text, size_t offset)
{
    UChar32 before, after;
    if (!offset || offset > INT32_MAX) return !offset;
    int32_t back = (int32_t)offset;
    size_t  on = offset;
    U8_PREV((const uint8_t *)text.at, 0, back, before);
    U8_NEXT((const uint8_t *)text.at, on, text.len, after);
    return is_plain(before) && is_plain(after);
}

static size_t grapheme(Str text, size_t offset, bool forward)
{
    if (offset >= text.len) return text.len;
    if (is_plain_boundary(text, offset)) return offset;
    UErrorCode      status = U_ZERO_ERROR;
    UText           view = UTEXT_INITIALIZER;
    UBreakIterator *graphemes = kept_view()->graphemes;
    utext_openUTF8(&view, text.at, (int64_t)text.len, &status);
    ubrk_setUText(graphemes, &view, &status);
    int32_t at = (int32_t)offset;
    if (U_SUCCESS(status) && !ubrk_isBoundary(graphemes, at))
        at = forward ? ubrk_following(graphemes, (int32_t)offset) : ubrk_preceding(graphemes, (int32_t)offset);
    utext_close(&view);
    return at == UBRK_DONE ? (forward ? text.len : 0) : (size_t)at;
}

size_t grapheme_end(Str text, size_t offset)
{
    return grapheme(text, offset, true);
}

size_t grapheme_start(Str text, size_t offset)
{
    return grapheme(text, offset, false);
}
