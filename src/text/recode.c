#include "text/recode.h"

#include <string.h>
#include <unicode/ucnv.h>

#define PIVOT_UNITS 4096

struct Recoder {
    UConverter *from, *to;
    UChar       pivot[PIVOT_UNITS], *pivot_at, *pivot_end;
    bool        started;
};

static const UsualEncoding usual[] = {
    { S_INIT("UTF-8"), S_INIT("") },
    { S_INIT("UTF-16LE"), S_INIT("") },
    { S_INIT("windows-1252"), S_INIT("") },
    { S_INIT("IBM850"), S_INIT("") },
    { S_INIT("macintosh"), S_INIT("") },
    { S_INIT("GB18030"), S_INIT("zh-Hans") },
    { S_INIT("Big5"), S_INIT("zh-Hant") },
    { S_INIT("TIS-620"), S_INIT("th") },
    { S_INIT("windows-1258"), S_INIT("vi") },
    { S_INIT("Shift_JIS"), S_INIT("ja") },
    { S_INIT("EUC-JP"), S_INIT("ja") },
    { S_INIT("EUC-KR"), S_INIT("ko") },
    { S_INIT("windows-1256"), S_INIT("ar") },
    { S_INIT("windows-1251"), S_INIT("ru") },
    { S_INIT("KOI8-R"), S_INIT("ru") },
    { S_INIT("windows-1250"), S_INIT("pl") },
    { S_INIT("windows-1254"), S_INIT("tr") },
};

const UsualEncoding *recode_usual(size_t *n)
{
    *n = sizeof usual / sizeof *usual;
    return usual;
}

bool recode_name(Arena *a, Str said, Str *name, Err *err)
{
    UErrorCode  code = U_ZERO_ERROR;
    UConverter *there = said.len ? ucnv_open(str_z(a, said), &code) : NULL;
    if (!there || U_FAILURE(code))
        return fail(err, ERR_UNSUPPORTED,
                    "the encoding \"%.*s\" is not known; some that are: UTF-8, windows-1252, IBM850, GB18030, TIS-620, "
                    "Shift_JIS, EUC-KR",
                    STR_ARG(said));
    const char *mime = ucnv_getStandardName(str_z(a, said), "MIME", &code), *own = ucnv_getName(there, &code);
    *name = str_copy(a, mime ? str_of(mime) : said);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        UErrorCode  other = U_ZERO_ERROR;
        UConverter *one = ucnv_open(usual[i].name.at, &other);
        if (U_SUCCESS(other) && own && strcmp(ucnv_getName(one, &other), own) == 0) *name = usual[i].name;
        ucnv_close(one);
    }
    ucnv_close(there);
    return true;
}

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

void recode_mark_broken(Buf *text)
{
    char *at = text->at, *end = text->at + text->len;
    while (at && at < end && (at = memmem(at, (size_t)(end - at), RECODE_BROKEN, strlen(RECODE_BROKEN)))) {
        memset(at, 0xff, strlen(RECODE_BROKEN));
        at += strlen(RECODE_BROKEN);
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
