/* See question_csv.h. */
#include "data/question_csv.h"

#include <math.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)256 << 10) /* handed on when there is as much */
#define CELL_MAX    64                  /* of what is no text, with its separator */

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
                            "3536373839404142434445464748"
                            "4950515253545556575859606162636465666768697071727374757677787980818283"
                            "8485868788899091929394959697"
                            "9899";

static char *put_pair(char *to, unsigned n)
{
    memcpy(to, pairs + (size_t)2 * n, 2);
    return to + 2;
}

static char *put_unsigned(char *to, uint64_t n)
{
    char  digits[20];
    char *at = digits + sizeof digits;
    for (; n >= 100; n /= 100) memcpy(at -= 2, pairs + 2 * (n % 100), 2);
    if (n >= 10) memcpy(at -= 2, pairs + 2 * n, 2);
    else *--at = (char)('0' + n);
    size_t len = (size_t)(digits + sizeof digits - at);
    memcpy(to, at, len);
    return to + len;
}

static char *put_integer(char *to, int64_t n)
{
    if (n < 0) *to++ = '-';
    return put_unsigned(to, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* ---- numbers ---- */

#define DECIMALS_MAX 9
static const double tens[DECIMALS_MAX + 1] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };

/* A decimal of at most 15 digits is the shortest text of the double nearest to it (two of them are never the same
   double), and n / 10^k is that double when n and 10^k are exact, as division rounds correctly. */
static bool as_decimal(double x, int k, uint64_t *n)
{
    double scaled = nearbyint(x * tens[k]);
    if (!(scaled < 1e15)) return false;
    *n = (uint64_t)scaled;
    return scaled / tens[k] == x;
}

size_t csv_number(char *to, double number, int *decimals)
{
    char    *at = to;
    double   x = fabs(number);
    uint64_t n;
    int      k = *decimals;
    if (!(x < 1e15) || (x < 1e-4 && x != 0)) return 0;
    while (!as_decimal(x, k, &n))
        if (k++ == DECIMALS_MAX) return 0;
    *decimals = k;
    if (signbit(number)) *at++ = '-';
    while (k > 1 && n % 10 == 0) n /= 10, k--;
    uint64_t ten = (uint64_t)tens[k], part = n % ten;
    at = put_unsigned(at, n / ten);
    *at++ = '.';
    if (k == 0) *at++ = '0';
    for (int i = k; i > 0; i--, part /= 10) at[i - 1] = (char)('0' + part % 10);
    return (size_t)(at + k - to);
}

/* ---- dates and times ---- */

/* Year, month and day of a day since 1970 in the proleptic Gregorian calendar (Hinnant, chrono-compatible low-level
   date algorithms). */
static void civil(int64_t day, int64_t *year, unsigned *month, unsigned *of_month)
{
    int64_t  shifted = day + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;
    *of_month = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

static char *put_date(char *to, int64_t day, bool whole, bool *before_christ)
{
    int64_t  year;
    unsigned month, of_month;
    civil(day, &year, &month, &of_month);
    *before_christ = year <= 0;
    if (year <= 0) year = 1 - year;
    if (year > 9999) {
        to = put_integer(to, year);
    } else {
        to = put_pair(to, (unsigned)year / 100);
        to = put_pair(to, (unsigned)year % 100);
    }
    *to++ = '-';
    to = put_pair(to, month);
    if (!whole) return to;
    *to++ = '-';
    return put_pair(to, of_month);
}

static char *put_clock(char *to, int64_t us)
{
    unsigned seconds = (unsigned)(us / 1000000), rest = (unsigned)(us % 1000000);
    to = put_pair(to, seconds / 3600);
    *to++ = ':';
    to = put_pair(to, seconds / 60 % 60);
    *to++ = ':';
    to = put_pair(to, seconds % 60);
    if (!rest) return to;
    *to++ = '.';
    to = put_pair(to, rest / 10000);
    to = put_pair(to, rest / 100 % 100);
    to = put_pair(to, rest % 100);
    while (to[-1] == '0') to--;
    return to;
}

static char *put_z(char *to, const char *z)
{
    size_t len = strlen(z);
    memcpy(to, z, len);
    return to + len;
}

static char *put_day(char *to, int32_t day, bool whole)
{
    bool before;
    if (day == INT32_MAX) return put_z(to, "infinity");
    if (day == -INT32_MAX) return put_z(to, "-infinity");
    to = put_date(to, day, whole, &before);
    return before ? put_z(to, " (BC)") : to;
}

static char *put_stamp(char *to, int64_t us, bool whole)
{
    const int64_t day_us = INT64_C(86400000000);
    bool          before;
    if (us == INT64_MAX) return put_z(to, "infinity");
    if (us == -INT64_MAX) return put_z(to, "-infinity");
    int64_t day = us / day_us - (us % day_us < 0);
    to = put_date(to, day, whole, &before);
    if (!whole) return to;
    *to++ = 'T';
    to = put_clock(to, us - day * day_us);
    return before ? put_z(to, "T(BC)") : to;
}

/* ---- texts ---- */

/* '#' begins a comment for some readers. */
static const bool quoted[256] = { [','] = true, ['"'] = true, ['\n'] = true, ['\r'] = true, ['#'] = true };

/* At `to` there is room for twice the text and its quotes. */
static char *put_text(char *to, Str text)
{
    bool quotes = text.len == 0;
    for (size_t i = 0; i < text.len; i++) quotes |= quoted[(uint8_t)text.at[i]];
    if (!quotes) {
        memcpy(to, text.at, text.len);
        return to + text.len;
    }
    *to++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') *to++ = '"';
        *to++ = text.at[i];
    }
    *to++ = '"';
    return to;
}

/* ---- rows ---- */

typedef struct {
    Arena               *a, *numbers; /* `numbers`: for those that are written out by the engine */
    const TableQuestion *q;
    DuckVector          *vectors;
    int                 *decimals; /* by column */
    Buf                  out;
    CsvTake              take;
    void                *with;
} Writing;

static char *put_number(Writing *w, char *to, size_t column, double number)
{
    size_t n = csv_number(to, number, &w->decimals[column]);
    if (n) return to + n;
    Str text = duck_number_text(w->numbers, number);
    memcpy(to, text.at, text.len);
    return to + text.len;
}

static char *put_cell(Writing *w, char *to, size_t column, size_t row)
{
    const DuckVector *v = &w->vectors[column];
    bool              whole = w->q->results[column].type != COLUMN_YEARMONTH;
    switch (v->type) {
    case DUCK_VECTOR_BOOL: return put_z(to, ((const bool *)v->data)[row] ? "true" : "false");
    case DUCK_VECTOR_INT32: return put_integer(to, ((const int32_t *)v->data)[row]);
    case DUCK_VECTOR_INT64: return put_integer(to, ((const int64_t *)v->data)[row]);
    case DUCK_VECTOR_DOUBLE: return put_number(w, to, column, ((const double *)v->data)[row]);
    case DUCK_VECTOR_DATE: return put_day(to, ((const int32_t *)v->data)[row], whole);
    case DUCK_VECTOR_TIME: return put_clock(to, ((const int64_t *)v->data)[row]);
    case DUCK_VECTOR_STAMP: return put_stamp(to, ((const int64_t *)v->data)[row], whole);
    case DUCK_VECTOR_TEXT: return put_text(to, duck_text(v, row));
    }
    return to;
}

static void put_row(Writing *w, size_t row)
{
    size_t texts = 0, n = w->q->result_count;
    for (size_t i = 0; i < n; i++)
        if (w->vectors[i].type == DUCK_VECTOR_TEXT && duck_has(&w->vectors[i], row))
            texts += duck_text(&w->vectors[i], row).len;
    buf_reserve(&w->out, n * CELL_MAX + 2 * texts + 1);
    char *to = w->out.at + w->out.len;
    for (size_t i = 0; i < n; i++) {
        if (i) *to++ = ',';
        if (duck_has(&w->vectors[i], row)) to = put_cell(w, to, i, row);
    }
    *to++ = '\n';
    w->out.len = (size_t)(to - w->out.at);
}

static bool hand_on(Writing *w, Err *err)
{
    bool there = w->take(w->with, buf_str(&w->out));
    buf_clear(&w->out);
    return there || fail(err, ERR_STORE, "nobody reads on");
}

static void put_headings(Writing *w)
{
    for (size_t i = 0; i < w->q->result_count; i++) {
        Str name = w->q->results[i].name;
        if (i) buf_put_byte(&w->out, ',');
        buf_reserve(&w->out, 2 * name.len + 2);
        w->out.len = (size_t)(put_text(w->out.at + w->out.len, name) - w->out.at);
    }
    buf_put_byte(&w->out, '\n');
}

static bool put_rows(Writing *w, DuckAnswer *answer, Err *err)
{
    size_t rows;
    put_headings(w);
    while (duck_next_vectors(answer, &rows, w->vectors, err)) {
        for (size_t row = 0; row < rows; row++) {
            put_row(w, row);
            if (w->out.len >= BLOCK_BYTES && !hand_on(w, err)) return false;
        }
        arena_reset(w->numbers);
    }
    return err->code == ERR_NONE && (!w->out.len || hand_on(w, err));
}

bool question_csv(DuckRun *run, Arena *a, const TableQuestion *question, CsvTake take, void *with, Err *err)
{
    DuckAnswer *answer;
    Writing     w = { .a = a, .q = question, .take = take, .with = with };
    if (!duck_ask_vectors(run, a, question->typed_sql, question->given, question->given_count, &answer, err))
        return false;
    w.vectors = NEW_ARRAY(a, DuckVector, question->result_count + 1);
    w.decimals = NEW_ARRAY(a, int, question->result_count + 1);
    w.numbers = arena_open(0);
    bool ok = put_rows(&w, answer, err);
    duck_answer_close(answer);
    arena_close(w.numbers);
    buf_free(&w.out);
    return ok;
}
