/* What the values of a column say of numbers: their point, thousands, years, coordinates, and numbers that stand for
   nothing. */
#include "data/guess.h"

#include <math.h>
#include <string.h>

#include "data/date_form.h"
#include "data/degrees.h"
#include "data/guess_inside.h"
#include "data/number_text.h"

#define SENTINELS   11 /* numbers below zero that may stand for nothing */
#define NINES_KINDS 8  /* numbers of nines alone in a column: 99, 999 … */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

typedef enum {
    NOT_NUMBER,
    WHOLE,
    WHOLE_ZEROS, /* 007: a code */
    WHOLE_LONG,  /* more digits than a number keeps */
    POINTED
} NumberShape;

static NumberShape number_shape(Str s, char point)
{
    size_t i = s.len && (s.at[0] == '-' || s.at[0] == '+'), first = i, digits = 0, after = 0;
    for (; i < s.len && is_digit(s.at[i]); i++) digits++;
    if (i == s.len && digits) return digits > 15 ? WHOLE_LONG : digits > 1 && s.at[first] == '0' ? WHOLE_ZEROS
                                                                                                 : WHOLE;
    if (digits > 1 && s.at[first] == '0') return NOT_NUMBER;
    if (i < s.len && s.at[i] == point)
        for (i++; i < s.len && is_digit(s.at[i]); i++) after++;
    if (digits + after == 0) return NOT_NUMBER;
    if (i < s.len && (s.at[i] | 32) == 'e') {
        size_t power = 0;
        i++;
        if (i < s.len && (s.at[i] == '-' || s.at[i] == '+')) i++;
        for (; i < s.len && is_digit(s.at[i]); i++) power++;
        if (!power) return NOT_NUMBER;
    }
    return i == s.len ? POINTED : NOT_NUMBER;
}

static bool take_digits(Str *s, size_t least, size_t most, long *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->len && n < most && is_digit(s->at[n])) *out = *out * 10 + (s->at[n++] - '0');
    *s = str_drop(*s, n);
    return n >= least;
}

static bool guess_number(Guess *g, char point)
{
    size_t counts[POINTED + 1] = { 0 };
    g->odd_count = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        NumberShape shape = number_shape(s, point);
        if (shape == WHOLE_ZEROS || shape == WHOLE_LONG || (shape == NOT_NUMBER && !g->lenient)) return false;
        if (shape == NOT_NUMBER) guess_note_odd(g, s);
        counts[shape]++;
    }
    if (counts[WHOLE] + counts[POINTED] == 0 || !guess_is_few(g, counts[NOT_NUMBER], counts[WHOLE] + counts[POINTED]))
        return false;
    g->type = counts[POINTED] ? COLUMN_NUMBER : COLUMN_INTEGER;
    g->decimal = counts[POINTED] ? point : 0;
    return true;
}

static bool take_sign(Str *s, char sign)
{
    static const char *const        spaces[] = { " ", "\u00a0", "\u2009", "\u202f", NULL },
                             *const primes[] = { "'", "’", NULL };
    const char *const               one[] = { (const char[]){ sign, 0 }, NULL };
    for (const char *const *form = sign == ' ' ? spaces : sign == '\'' ? primes
                                                                       : one;
         *form; form++)
        if (str_starts(*s, str_of(*form))) {
            *s = str_drop(*s, strlen(*form));
            return true;
        }
    return false;
}

/* "12,34,567" as in South Asia: groups of two before the last of three. */
static bool take_lakhs(Str *s)
{
    long   n;
    size_t twos = 0;
    Str    rest = *s;
    if (!rest.len || rest.at[0] == '0' || !take_digits(&rest, 1, 2, &n)) return false;
    for (; rest.len > 3 && rest.at[0] == ',' && rest.at[3] == ','; twos++) {
        rest = str_drop(rest, 1);
        if (!take_digits(&rest, 2, 2, &n)) return false;
    }
    if (!twos || !take_sign(&rest, ',') || !take_digits(&rest, 3, 3, &n)) return false;
    *s = rest;
    return true;
}

/* "12,345,678.9", "12.345.678,9", "12 345 678,9"; "12,34,567.8" */
static bool is_grouped(Str s, char sign, bool *pointed)
{
    long   n;
    size_t groups = 0;
    if (s.len && (s.at[0] == '-' || s.at[0] == '+')) s = str_drop(s, 1);
    /* "012 345" is a code rather than a number. */
    if (sign == ',' && take_lakhs(&s)) {
        groups++;
    } else {
        if ((sign != ',' && s.len && s.at[0] == '0') || !take_digits(&s, 1, 3, &n)) return false;
        for (; take_sign(&s, sign); groups++)
            if (!take_digits(&s, 3, 3, &n)) return false;
    }
    *pointed = s.len > 1 && ((s.at[0] == '.' && sign != '.') || (s.at[0] == ',' && sign != ','));
    if (*pointed) s = str_drop(s, 1);
    if (*pointed && !take_digits(&s, 1, 15, &n)) return false;
    return groups > 0 && !s.len;
}

/* Numbers, some with the pattern's sign between their thousands; a comma among them leaves "." as the point of all. */
static bool guess_thousands(Guess *g, const char *pattern)
{
    size_t grouped = 0;
    bool   pointed = false;
    char   sign = pattern[1];
    for (size_t i = 0; i < g->n; i++) {
        bool point = false;
        Str  s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        NumberShape shape = number_shape(s, sign == '.' ? ',' : '.');
        if (shape == NOT_NUMBER && sign != ',') shape = number_shape(s, ',');
        if (is_grouped(s, sign, &point)) grouped++;
        else if (shape != WHOLE && shape != POINTED) return false;
        pointed = pointed || point || shape == POINTED;
    }
    if (!grouped) return false;
    g->type = pointed ? COLUMN_NUMBER : COLUMN_INTEGER;
    g->pattern = pattern;
    g->decimal = sign == ',' ? '.' : 0;
    return true;
}

/* "1,234" among "999" and "12,500", but not among "0,500", "1,25" or "1234"; nor is a place so far away. */
static bool may_be_grouped(const Guess *g)
{
    if (!g->decimal || g->means & (HEADING_BIT(LATITUDE) | HEADING_BIT(LONGITUDE))) return false;
    bool any = false;
    for (size_t i = 0; i < g->n; i++) {
        bool pointed = false;
        Str  s = str_trim(g->values[i]);
        if (number_shape(s, g->decimal) == NOT_NUMBER) continue;
        size_t sign = s.at[0] == '-' || s.at[0] == '+';
        bool   grouped = is_grouped(s, g->decimal, &pointed) && !pointed && s.at[sign] != '0';
        bool   small = number_shape(s, g->decimal) == WHOLE && s.len - sign <= 3;
        if (!grouped && !small) return false;
        any = any || grouped;
    }
    return any;
}

void guess_as_thousands(Guess *g)
{
    bool dot = g->decimal == '.';
    g->type = COLUMN_INTEGER;
    g->pattern = dot ? COLUMN_THOUSANDS_DOT : COLUMN_THOUSANDS;
    g->decimal = dot ? 0 : '.';
    g->grouped = false;
}

static bool is_sentinel(double v)
{
    static const double all[SENTINELS] = { -1, -9, -99, -999, -9999, -99999, -99.9, -999.9, -9999.9, -99.99, -999.99 };
    for (size_t i = 0; i < SENTINELS; i++)
        if (v == all[i]) return true;
    return false;
}

/* With the column's own point. */
static bool number_of(const Guess *g, Str s, double *v)
{
    char   z[32];
    size_t n = 0;
    if (g->decimal != ',' || s.len > sizeof z) return str_to_double(s, v);
    for (; n < s.len; n++) z[n] = s.at[n] == ',' ? '.' : s.at[n];
    return str_to_double((Str){ z, n }, v);
}

/* Numbers that stand for nothing: a column that is never below zero but for some of -1, -9, -99 …; or, among
   others below zero, -999 and less, ten times as low as any of them. */
static void guess_sentinel(Guess *g)
{
    Str    texts[SENTINELS];
    double values[SENTINELS], low = 0;
    size_t times[SENTINELS] = { 0 }, kinds = 0, n = 0;
    for (size_t i = 0; i < g->n; i++) {
        double v;
        size_t k = 0;
        Str    s = str_trim(g->values[i]);
        if (!number_of(g, s, &v)) continue;
        n++;
        if (v >= 0) continue;
        if (!is_sentinel(v)) {
            low = v < low ? v : low;
            continue;
        }
        while (k < kinds && values[k] != v) k++;
        if (k == kinds) {
            values[kinds] = v;
            texts[kinds++] = s;
        }
        times[k]++;
    }
    for (size_t k = 0; k < kinds; k++) {
        if (times[k] == n && n >= 3) g->only = texts[k];
        if (low < 0 && (values[k] > -999 || values[k] > 10 * low)) continue;
        /* A single -1 may well be one below zero. */
        if (times[k] == n || (values[k] == -1 && times[k] < 3)) continue;
        guess_add_missing(g, texts[k]);
        g->missing_number = true;
        if (!g->example.len || values[k] == -1) g->example = texts[k];
    }
}

/* How many nines, where there is nothing else: 999, 99.9, 9999.00. A single one before the point is a small number. */
static size_t count_nines(const Guess *g, Str s)
{
    size_t before = 0, after = 0, i = 0;
    for (; i < s.len && s.at[i] == '9'; i++) before++;
    if (i < s.len && s.at[i] == (g->decimal == ',' ? ',' : '.')) {
        for (i++; i < s.len && s.at[i] == '9'; i++) after++;
        while (i < s.len && s.at[i] == '0') i++;
    }
    return i == s.len && before > 1 ? before + after : 0;
}

typedef struct {
    Str    text;
    double value;
    size_t digits, times;
} Nines;

/* Each value of nines alone, the lowest first; the highest of the others in `*high`, whichever side of zero. How many
   values there are. */
static size_t gather_nines(const Guess *g, Nines *all, size_t *kinds, double *high)
{
    size_t n = 0;
    *kinds = 0;
    *high = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str    s = str_trim(g->values[i]);
        double v;
        if (!number_of(g, s, &v)) continue;
        n++;
        size_t digits = count_nines(g, s), k = 0;
        while (k < *kinds && all[k].value < v) k++;
        bool same = k < *kinds && all[k].value == v;
        if (digits && same) {
            all[k].times++;
        } else if (digits && *kinds < NINES_KINDS) {
            memmove(all + k + 1, all + k, (*kinds - k) * sizeof *all);
            all[k] = (Nines){ s, v, digits, 1 };
            ++*kinds;
        } else {
            bool missing = false;
            for (size_t m = 0; m < g->missing_count; m++) missing = missing || str_eq(g->missing[m], s);
            if (!missing && fabs(v) > *high) *high = fabs(v);
        }
    }
    return n;
}

/* Numbers above zero that may stand for nothing, though they are kept: 999, several times, far above all others. */
static void guess_nines(Guess *g)
{
    Nines  all[NINES_KINDS];
    size_t kinds, first = 0;
    double high;
    g->nines_count = 0;
    while (first < g->n && !count_nines(g, str_trim(g->values[first]))) first++;
    if (first == g->n) return;
    size_t n = gather_nines(g, all, &kinds, &high);
    for (size_t k = 0; k < kinds; k++) {
        bool often = all[k].times >= 3 || (n >= 10 && all[k].times * 50 >= n);
        bool far = all[k].value > 2 * high && (all[k].digits > 2 || all[k].value >= 10 * high);
        bool others = all[k].times < n && g->nines_count < sizeof g->nines / sizeof *g->nines;
        if (often && far && others) g->nines[g->nines_count++] = all[k].text;
        else high = all[k].value > high ? all[k].value : high;
    }
}

static bool is_year_column(Guess *g)
{
    size_t n = 0, wrong = 0, buddhist = 0;
    if (!(g->means & HEADING_BIT(YEAR)) && !guess_has_word(g->heading, "year") &&
        !guess_has_word(g->heading, "tahun") && !guess_has_word(g->heading, "time_period"))
        return false;
    for (size_t i = 0; i < g->n; i++) {
        double v;
        Str    s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        bool year = str_to_double(s, &v) && v == (double)(long)v && v >= 1000 && v <= 2999;
        n += year;
        wrong += !year;
        buddhist += year && IS_BUDDHIST_YEAR((int)v);
    }
    if (n == 0 || !guess_is_few(g, wrong, n)) return false;
    if (buddhist < n) return true;
    g->pattern = "%EY";
    for (size_t i = 0; i < g->n && !g->example.len; i++) g->example = str_trim(g->values[i]);
    return true;
}

void guess_year(Guess *g)
{
    if (g->type == COLUMN_INTEGER && is_year_column(g)) g->type = COLUMN_YEAR;
}

static bool is_latitude(Str s, const char *form)
{
    double degrees;
    (void)form;
    return degrees_read(s, true, &degrees);
}

static bool is_longitude(Str s, const char *form)
{
    double degrees;
    (void)form;
    return degrees_read(s, false, &degrees);
}

/* 13°45′30″N under a heading that says which coordinate it is. */
static bool guess_degrees(Guess *g)
{
    bool latitude = g->means & HEADING_BIT(LATITUDE), longitude = g->means & HEADING_BIT(LONGITUDE);
    if (!(latitude || longitude) || !guess_all(g, latitude ? is_latitude : is_longitude, NULL)) return false;
    g->type = COLUMN_NUMBER;
    g->pattern = COLUMN_DEGREES;
    return true;
}

bool guess_find_number(Guess *g, char separator)
{
    bool number = guess_number(g, '.') || (separator != ',' && guess_number(g, ','));
    if (number) {
        if (is_year_column(g)) {
            g->type = COLUMN_YEAR;
            g->decimal = 0;
        } else {
            guess_sentinel(g);
            guess_nines(g);
        }
        g->grouped = may_be_grouped(g);
        return true;
    }
    if (guess_degrees(g)) return true;
    for (const char *const *p = column_thousands; *p && !g->lenient; p++)
        if (guess_thousands(g, *p)) return true;
    return false;
}

/* Each value in ASCII, without the "%" that all have; false where that would change nothing, or the first is no
   number. */
static bool make_plain(Arena *a, Guess *g, bool *percent)
{
    Str *plain = NEW_ARRAY(a, Str, g->n);
    bool any = false, other = false;
    *percent = true;
    for (size_t i = 0; i < g->n; i++) {
        Str s = plain[i] = number_plain(a, str_trim(g->values[i]));
        other = other || !str_eq(s, str_trim(g->values[i]));
        if (!s.len || guess_is_missing_text(s)) continue;
        if (!any && !is_digit(s.at[0]) && !strchr("+-.,", s.at[0])) return false;
        any = true;
        *percent = *percent && str_ends(s, S("%"));
    }
    *percent = *percent && any;
    for (size_t i = 0; i < g->n && *percent; i++)
        if (str_ends(plain[i], S("%"))) plain[i] = str_trim(str_take_first(plain[i], plain[i].len - 1));
    g->values = plain;
    return other || *percent;
}

/* Numbers in other digits, with another sign, or with "%" behind them. */
bool guess_find_written(Arena *a, Guess *g, char separator)
{
    Guess plain = *g;
    bool  percent;
    if (!make_plain(a, &plain, &percent) || !guess_find_number(&plain, separator)) return false;
    if (strcmp(plain.pattern, COLUMN_DEGREES) == 0) return false; /* they are read as they stand */
    if (percent && (*plain.pattern || plain.type == COLUMN_YEAR)) return false;
    if (percent) {
        plain.type = COLUMN_NUMBER;
        plain.pattern = COLUMN_PERCENT;
        plain.missing_count = plain.nines_count = 0;
        plain.missing_number = plain.grouped = false;
    } else if (plain.type == COLUMN_YEAR) {
        plain.pattern = *plain.pattern ? "%OEY" : "%OY";
    } else if (!*plain.pattern) {
        plain.pattern = COLUMN_OTHER_DIGITS;
    }
    *g = plain;
    return true;
}

bool guess_is_mostly_numbers(Guess *g)
{
    size_t numbers = 0, others = 0, known = 0;
    if (g->type != COLUMN_STRING || guess_has_word(g->heading, "code")) return false;
    g->odd_count = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        NumberShape shape = number_shape(s, '.');
        if (shape == WHOLE_ZEROS || shape == WHOLE_LONG) return false;
        bool number = shape != NOT_NUMBER;
        numbers += number;
        others += !number;
        if (!number) guess_note_odd(g, s);
        for (size_t k = 0; k < g->odd_count && !number; k++)
            if (str_eq(g->odd[k], s)) known++;
    }
    bool few_words = known == others;
    return others && (numbers >= 4 * others || (few_words && numbers >= 10 && 4 * numbers >= others));
}
