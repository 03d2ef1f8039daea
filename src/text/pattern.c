/* The ECMA-262 dialect turned into ICU's, and matching without locks. */
#include "text/pattern.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "base/buf.h"

#define STEP_LIMIT       200       /* ICU's unit: some 10,000 steps each; about as many milliseconds */
#define STACK_LIMIT      (1 << 20) /* bytes of backtracking */
#define SOURCE_MAX_BYTES 10000
#define SPARES           4
#define SHORT_TEXT       256 /* code units that need no allocation */

struct Pattern {
    URegularExpression *compiled; /* never matched with: only cloned */
    /* Clones not in use. An ICU expression holds the state of its match, so each thread takes one. */
    _Atomic(URegularExpression *) spare[SPARES];
};

/* ECMA-262: \d and \w know ASCII only, \s is white space and line ends, `.` stops at four line ends. */
#define ECMA_DIGIT "0-9"
#define ECMA_WORD  "A-Za-z0-9_"
#define ECMA_SPACE "\\t\\n\\u000B\\f\\r\\u2028\\u2029\\uFEFF\\p{Zs}"

/* Inside a set ranges stand without brackets of their own, which ICU would read as set arithmetic. */
static const char *class_of(char letter, bool in_set)
{
    switch (letter) {
    case 'd': return in_set ? ECMA_DIGIT : "[" ECMA_DIGIT "]";
    case 'D': return "[^" ECMA_DIGIT "]";
    case 'w': return in_set ? ECMA_WORD : "[" ECMA_WORD "]";
    case 'W': return "[^" ECMA_WORD "]";
    case 's': return in_set ? ECMA_SPACE : "[" ECMA_SPACE "]";
    case 'S': return "[^" ECMA_SPACE "]";
    case 'v': return "\\u000B";
    case '/': return "/";
    case '0': return "\\u0000";
    default: return NULL;
    }
}

/* The escape at s.at[0] == '\\'; returns how many bytes of it were read, 0 when ECMA-262 has no such. */
static size_t escape_put(Buf *out, Str s, bool in_set)
{
    if (s.len < 2) return 0;
    char letter = s.at[1];
    const char *class = class_of(letter, in_set);
    if (class) {
        buf_put_z(out, class);
        return 2;
    }
    if (letter == 'c') {
        if (s.len < 3 || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", s.at[2]) || !s.at[2])
            return 0;
        buf_putf(out, "\\x{%x}", s.at[2] & 31);
        return 3;
    }
    if (letter == 'u' && s.len > 2 && s.at[2] == '{') {
        buf_put_z(out, "\\x{");
        return 3;
    }
    if (letter == 'b' && in_set) {
        buf_put_z(out, "\\u0008");
        return 2;
    }
    if (!letter || !strchr("bBfnrtxupPk^$\\.*+?()[]{}|-123456789", letter)) return 0;
    buf_put(out, str_take_first(s, 2));
    return 2;
}

/* After "(?" only what ECMA-262 has: ICU would also take comments and flags. */
static bool group_known(Str s)
{
    static const Str known[] = { S_INIT(":"), S_INIT("="), S_INIT("!"), S_INIT("<") };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_starts(s, known[i])) return true;
    return false;
}

/* False with `at` where an escape or a group is not of the dialect. */
static bool translate(Buf *out, Str s, size_t *at)
{
    bool in_set = false;
    if (!s.len) buf_put_z(out, "(?:)");
    for (size_t i = 0; i < s.len;) {
        char c = s.at[i];
        if (c == '\\') {
            size_t n = escape_put(out, str_drop(s, i), in_set);
            *at = i;
            if (!n) return false;
            i += n;
            continue;
        }
        i++;
        if (in_set) {
            /* What has a meaning in ICU's sets and none here. */
            if (c == '[' || c == '&') buf_put_byte(out, '\\');
            if (c == '-' && i < s.len && s.at[i] == '-') buf_put_byte(out, '\\');
            if (c == ']') in_set = false;
            buf_put_byte(out, c);
        } else if (c == '[') {
            bool except = i < s.len && s.at[i] == '^';
            bool empty = i + except < s.len && s.at[i + except] == ']';
            if (empty) buf_put_z(out, except ? "[\\u0000-\\x{10FFFF}]" : "(?!)");
            else buf_put_z(out, except ? "[^" : "[");
            i += except + empty;
            in_set = !empty;
        } else if (c == '(' && i < s.len && s.at[i] == '?' && !group_known(str_drop(s, i + 1))) {
            *at = i - 1;
            return false;
        } else if (c == '$') {
            buf_put_z(out, "\\z");
        } else if (c == '.') {
            buf_put_z(out, "[^\\n\\r\\u2028\\u2029]");
        } else {
            buf_put_byte(out, c);
        }
    }
    return true;
}

static bool compile(Str translated, Str source, URegularExpression **out, Err *err)
{
    UErrorCode  status = U_ZERO_ERROR;
    UParseError where = { 0 };
    UText       text = UTEXT_INITIALIZER;
    utext_openUTF8(&text, translated.at, (int64_t)translated.len, &status);
    URegularExpression *compiled = uregex_openUText(&text, 0, &where, &status);
    utext_close(&text);
    if (U_SUCCESS(status)) uregex_setTimeLimit(compiled, STEP_LIMIT, &status);
    if (U_SUCCESS(status)) uregex_setStackLimit(compiled, STACK_LIMIT, &status);
    if (U_SUCCESS(status)) return *out = compiled, true;
    if (compiled) uregex_close(compiled);
    return fail(err, ERR_INVALID, "not a regular expression (%s): %.*s", u_errorName(status),
                STR_ARG(str_take_first(source, 200)));
}

bool pattern_open(Str source, Pattern **out, Err *err)
{
    if (source.len > SOURCE_MAX_BYTES || !str_is_utf8(source))
        return fail(err, ERR_INVALID, "not a regular expression: over %d bytes or not UTF-8", SOURCE_MAX_BYTES);
    Buf                 translated = { 0 };
    size_t              at = 0;
    URegularExpression *compiled = NULL;
    bool                ok = translate(&translated, source, &at) ||
              fail(err, ERR_INVALID, "not a regular expression, unknown escape or group at %zu: %.*s", at,
                   STR_ARG(str_take_first(source, 200)));
    ok = ok && compile(buf_str(&translated), source, &compiled, err);
    buf_free(&translated);
    if (!ok) return false;

    Pattern *p = calloc(1, sizeof *p);
    if (!p) memory_end(sizeof *p);
    p->compiled = compiled;
    *out = p;
    return true;
}

void pattern_close(Pattern *p)
{
    if (!p) return;
    for (int i = 0; i < SPARES; i++)
        if (p->spare[i]) uregex_close(p->spare[i]);
    uregex_close(p->compiled);
    free(p);
}

static URegularExpression *take(Pattern *p)
{
    for (int i = 0; i < SPARES; i++) {
        URegularExpression *spare = atomic_exchange(&p->spare[i], NULL);
        if (spare) return spare;
    }
    UErrorCode          status = U_ZERO_ERROR;
    URegularExpression *clone = uregex_clone(p->compiled, &status);
    if (U_FAILURE(status)) memory_end(sizeof *p);
    uregex_setTimeLimit(clone, STEP_LIMIT, &status);
    uregex_setStackLimit(clone, STACK_LIMIT, &status);
    return clone;
}

static void give_back(Pattern *p, URegularExpression *used)
{
    for (int i = 0; i < SPARES; i++) {
        URegularExpression *none = NULL;
        if (atomic_compare_exchange_strong(&p->spare[i], &none, used)) return;
    }
    uregex_close(used);
}

static bool finds_in(Pattern *p, const UChar *text, int32_t length)
{
    UErrorCode          status = U_ZERO_ERROR;
    URegularExpression *expression = take(p);
    uregex_setText(expression, text, length, &status);
    bool found = uregex_find(expression, 0, &status) && U_SUCCESS(status);
    give_back(p, expression);
    return found;
}

bool pattern_finds(const Pattern *p, Str text)
{
    UChar      room[SHORT_TEXT];
    UErrorCode status = U_ZERO_ERROR;
    int32_t    length = 0;
    if (text.len > INT32_MAX / 2) return false;
    /* A text has at most as many UTF-16 units as bytes. */
    UChar *units = text.len <= SHORT_TEXT ? room : malloc(text.len * sizeof(UChar));
    if (!units) memory_end(text.len * sizeof(UChar));
    u_strFromUTF8(units, (int32_t)(text.len <= SHORT_TEXT ? SHORT_TEXT : text.len), &length, text.at ? text.at : "",
                  (int32_t)text.len, &status);
    bool found = U_SUCCESS(status) && finds_in((Pattern *)p, units, length);
    if (units != room) free(units);
    return found;
}
