#include "text/recode.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#define PIVOT_UNITS  4096
#define SURE_PERCENT 30

struct Recoder {
    UConverter *from, *to;
    UChar       pivot[PIVOT_UNITS], *pivot_at, *pivot_end;
    bool        started;
};

/* ---- guessing ---- */

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

/* ISO 8859-1 is windows-1252 without the marks that people write with it. */
static Str name_of(Arena *a, const char *name)
{
    return strcmp(name, "ISO-8859-1") == 0 ? S("windows-1252") : str_copy(a, str_of(name));
}

Str recode_guess(Arena *a, Str sample, bool *sure)
{
    UErrorCode        code = U_ZERO_ERROR;
    Shape             shape = shape_of(sample);
    UCharsetDetector *detector = ucsdet_open(&code);
    Str               best = S("windows-1252");
    int32_t           best_confidence = 0, latin = 0, n = 0;
    *sure = true;
    if (U_FAILURE(code)) return best;
    ucsdet_setText(detector, sample.at, sample.len > 1 << 20 ? 1 << 20 : (int32_t)sample.len, &code);
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &n, &code);
    for (int32_t i = 0; U_SUCCESS(code) && i < n; i++) {
        Str     name = name_of(a, ucsdet_getName(matches[i], &code));
        int32_t confidence = ucsdet_getConfidence(matches[i], &code);
        if (str_eq_z(name, "UTF-8")) continue;
        if (str_eq_z(name, "windows-1252") && confidence > latin) latin = confidence;
        if (confidence > best_confidence) {
            best = name;
            best_confidence = confidence;
        }
    }
    ucsdet_close(detector);
    if (looks_thai(&shape)) return S("TIS-620");
    /* Single letters among ASCII are Western letters, unless the languages of another set fit far better. */
    bool lone = shape.high < 2 * shape.runs;
    if (lone && latin + 20 >= best_confidence) best = S("windows-1252");
    else if (lone && best_confidence < 2 * SURE_PERCENT) {
        best = S("windows-1252");
        *sure = false;
    } else if (best_confidence < SURE_PERCENT) *sure = false;
    return best;
}

/* ---- recoding ---- */

static void recoder_close(void *with)
{
    Recoder *r = with;
    ucnv_close(r->from);
    ucnv_close(r->to);
}

Recoder *recoder_open(Arena *a, Str encoding, Err *err)
{
    UErrorCode code = U_ZERO_ERROR;
    Recoder   *r = NEW(a, Recoder);
    r->from = ucnv_open(str_z(a, encoding), &code);
    r->to = ucnv_open("UTF-8", &code);
    arena_adopt(a, r, recoder_close);
    if (U_SUCCESS(code)) return r;
    fail(err, ERR_UNSUPPORTED, "the encoding \"%.*s\" is not known", STR_ARG(encoding));
    return NULL;
}

bool recoder_put(Recoder *r, Str bytes, bool last, Buf *out, Err *err)
{
    const char *from = bytes.at ? bytes.at : "", *end = from + bytes.len;
    if (!r->started) r->pivot_at = r->pivot_end = r->pivot;
    for (;;) {
        UErrorCode code = U_ZERO_ERROR;
        size_t     room = 3 * (size_t)(end - from) + 64;
        buf_reserve(out, room);
        char *to = out->at + out->len;
        ucnv_convertEx(r->to, r->from, &to, out->at + out->len + room, &from, end, r->pivot, &r->pivot_at,
                       &r->pivot_end, r->pivot + PIVOT_UNITS, !r->started, last, &code);
        r->started = true;
        out->len = (size_t)(to - out->at);
        if (code == U_BUFFER_OVERFLOW_ERROR) continue;
        if (U_FAILURE(code)) return fail(err, ERR_FORMAT, "not text: %s", u_errorName(code));
        return true;
    }
}

/* ---- encoded twice ---- */

bool recode_twice(Arena *a, Str text, Str *mended)
{
    UErrorCode  code = U_ZERO_ERROR;
    UConverter *latin = ucnv_open("windows-1252", &code), *utf8 = ucnv_open("UTF-8", &code);
    bool        twice = false;
    if (U_SUCCESS(code)) {
        UErrorCode  stop = U_ZERO_ERROR;
        const char *from = text.at, *end = text.at + text.len;
        char       *to = arena_new(a, text.len + 8), *start = to;
        UChar       pivot[256], *at = pivot, *filled = pivot;
        ucnv_setFromUCallBack(latin, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &stop);
        ucnv_convertEx(latin, utf8, &to, to + text.len + 8, &from, end, pivot, &at, &filled, pivot + 256, true, true,
                       &code);
        Str once = { start, (size_t)(to - start) };
        twice = U_SUCCESS(code) && once.len < text.len && str_is_utf8(once);
        bool any = false;
        for (size_t i = 0; twice && i < once.len; i++) any = any || (uint8_t)once.at[i] >= 0x80;
        twice = twice && any;
        if (twice && mended) *mended = once;
    }
    ucnv_close(latin);
    ucnv_close(utf8);
    return twice;
}
