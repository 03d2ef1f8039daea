#include "data/guess.h"

#include <string.h>

#include "text/country.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- single values ---- */

bool guess_is_missing_text(Str s)
{
    static const char *const texts[] = { "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None",
                                         "none", "#N/A", "-", "--", "..", "...", "n.a.", "N.A.", "nodata" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_eq_z(s, texts[i])) return true;
    return false;
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

static bool take_month(Str *s)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (s->len < 3) return false;
    for (size_t i = 0; i < sizeof names - 1; i += 3)
        if (str_eq_nocase(str_take_first(*s, 3), (Str){ names + i, 3 })) {
            *s = str_drop(*s, 3);
            return true;
        }
    return false;
}

/* Words of strptime, of the few that are proposed. */
static bool matches(Str s, const char *pattern)
{
    long y = 2000, m = 1, d = 1, h = 0, min = 0, sec = 0;
    for (; *pattern; pattern++) {
        bool ok = true;
        if (*pattern != '%') {
            ok = s.len && s.at[0] == *pattern;
            s = str_drop(s, 1);
        } else {
            switch (*++pattern) {
            case 'Y': ok = take_digits(&s, 4, 4, &y); break;
            case 'm': ok = take_digits(&s, 1, 2, &m); break;
            case 'd': ok = take_digits(&s, 1, 2, &d); break;
            case 'H': ok = take_digits(&s, 1, 2, &h); break;
            case 'M': ok = take_digits(&s, 2, 2, &min); break;
            case 'S': ok = take_digits(&s, 2, 2, &sec); break;
            case 'b': ok = take_month(&s); break;
            default: ok = false;
            }
        }
        if (!ok) return false;
    }
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return !s.len && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] && h < 24 && min < 60 && sec < 60;
}

/* "2020-01-31T10:00:00.5Z", "2020-01-31 10:00+07:00". */
static bool is_iso_datetime(Str s)
{
    long n;
    if (s.len < 16 || !matches(str_take_first(s, 10), "%Y-%m-%d") || (s.at[10] != 'T' && s.at[10] != ' ')) return false;
    s = str_drop(s, 11);
    if (!matches(str_take_first(s, 5), "%H:%M")) return false;
    s = str_drop(s, 5);
    if (s.len && s.at[0] == ':') {
        s = str_drop(s, 1);
        if (!take_digits(&s, 2, 2, &n) || n > 59) return false;
        if (s.len && s.at[0] == '.') {
            s = str_drop(s, 1);
            if (!take_digits(&s, 1, 9, &n)) return false;
        }
    }
    if (!s.len || str_eq_z(s, "Z")) return true;
    if (s.at[0] != '+' && s.at[0] != '-') return false;
    s = str_drop(s, 1);
    if (!take_digits(&s, 2, 2, &n)) return false;
    if (s.len && s.at[0] == ':') s = str_drop(s, 1);
    return !s.len || (take_digits(&s, 2, 2, &n) && !s.len);
}

static bool is_iso_date(Str s)
{
    return matches(s, "%Y-%m-%d");
}

static bool is_time(Str s)
{
    return matches(s, "%H:%M") || matches(s, "%H:%M:%S");
}

static bool is_month(Str s)
{
    return matches(s, "%Y-%m");
}

static bool is_truth(Str s)
{
    static const char *const words[] = { "true", "false", "yes", "no", "t", "f", "y", "n" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(s, str_of(words[i]))) return true;
    return false;
}

/* ---- all values of a column ---- */

typedef bool (*Test)(Str s);

/* One value in a hundred may be wrong, where the others say well what they are: it is set aside later. */
static bool is_few(const Guess *g, size_t wrong, size_t right)
{
    return wrong == 0 || (g->lenient && wrong * 100 <= right);
}

static void note_odd(Guess *g, Str s)
{
    for (size_t i = 0; i < g->odd_count; i++)
        if (str_eq(g->odd[i], s)) return;
    if (g->odd_count < sizeof g->odd / sizeof *g->odd) g->odd[g->odd_count++] = s;
}

/* Every value that says something passes, or nearly every one, and there is one. */
static bool all_pass(Guess *g, Test test, const char *pattern)
{
    size_t n = 0, wrong = 0;
    g->odd_count = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        if (test ? test(s) : matches(s, pattern)) {
            n++;
        } else {
            if (!g->lenient) return false;
            wrong++;
            note_odd(g, s);
        }
    }
    return n > 0 && is_few(g, wrong, n);
}

static void add_missing(Guess *g, Str s)
{
    for (size_t i = 0; i < g->missing_count; i++)
        if (str_eq(g->missing[i], s)) return;
    if (g->missing_count < sizeof g->missing / sizeof *g->missing) g->missing[g->missing_count++] = s;
}

static void note_missing_texts(Guess *g)
{
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (guess_is_missing_text(s)) add_missing(g, s);
    }
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
        if (shape == NOT_NUMBER) note_odd(g, s);
        counts[shape]++;
    }
    if (counts[WHOLE] + counts[POINTED] == 0 || !is_few(g, counts[NOT_NUMBER], counts[WHOLE] + counts[POINTED]))
        return false;
    g->type = counts[POINTED] ? COLUMN_NUMBER : COLUMN_INTEGER;
    g->decimal = counts[POINTED] ? point : 0;
    return true;
}

/* "12,345,678.9" */
static bool is_grouped(Str s, bool *pointed)
{
    long   n;
    size_t groups = 0;
    if (s.len && (s.at[0] == '-' || s.at[0] == '+')) s = str_drop(s, 1);
    if (!take_digits(&s, 1, 3, &n)) return false;
    for (; s.len && s.at[0] == ','; groups++) {
        s = str_drop(s, 1);
        if (!take_digits(&s, 3, 3, &n)) return false;
    }
    *pointed = s.len > 1 && s.at[0] == '.';
    if (*pointed) s = str_drop(s, 1);
    if (*pointed && !take_digits(&s, 1, 15, &n)) return false;
    return groups > 0 && !s.len;
}

/* Numbers, some with a comma between their thousands; the point of such is ".". */
static bool guess_thousands(Guess *g)
{
    size_t grouped = 0;
    bool   pointed = false;
    for (size_t i = 0; i < g->n; i++) {
        bool point = false;
        Str  s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        NumberShape shape = number_shape(s, '.');
        if (is_grouped(s, &point)) grouped++;
        else if (shape != WHOLE && shape != POINTED) return false;
        pointed = pointed || point || shape == POINTED;
    }
    if (!grouped) return false;
    g->type = pointed ? COLUMN_NUMBER : COLUMN_INTEGER;
    g->pattern = COLUMN_THOUSANDS;
    g->decimal = '.';
    return true;
}

static bool is_sentinel(double v)
{
    return v == -1 || v == -9 || v == -99 || v == -999 || v == -9999 || v == -99999;
}

/* Numbers that stand for nothing: a column that is never below zero but for some of -1, -9, -99 …; or, among
   others below zero, -999 and less, ten times as low as any of them. */
static void guess_sentinel(Guess *g)
{
    Str    texts[6];
    double values[6], low = 0;
    size_t times[6] = { 0 }, kinds = 0, n = 0;
    for (size_t i = 0; i < g->n; i++) {
        double v;
        size_t k = 0;
        Str    s = str_trim(g->values[i]);
        if (!str_to_double(s, &v)) continue;
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
        add_missing(g, texts[k]);
        g->missing_number = true;
        if (!g->example.len || values[k] == -1) g->example = texts[k];
    }
}

static bool guess_date(Guess *g)
{
    static const char *const forms[] = { "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y",
                                         "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y", NULL };
    static const char *const stamps[] = { "%Y/%m/%d %H:%M",
                                          "%Y/%m/%d %H:%M:%S",
                                          "%d/%m/%Y %H:%M",
                                          "%d/%m/%Y %H:%M:%S",
                                          "%m/%d/%Y %H:%M",
                                          "%m/%d/%Y %H:%M:%S",
                                          "%d.%m.%Y %H:%M",
                                          "%d.%m.%Y %H:%M:%S",
                                          "%d-%m-%Y %H:%M",
                                          "%d-%m-%Y %H:%M:%S",
                                          NULL };
    static const struct {
        Test       test;
        ColumnType type;
    } plain[] = { { is_iso_date, COLUMN_DATE },
                  { is_iso_datetime, COLUMN_DATETIME },
                  { is_time, COLUMN_TIME },
                  { is_month, COLUMN_YEARMONTH } };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (all_pass(g, plain[i].test, NULL)) {
            g->type = plain[i].type;
            return true;
        }
    for (int k = 0; k < 2; k++)
        for (const char *const *form = k ? stamps : forms; *form; form++) {
            if (!all_pass(g, NULL, *form)) continue;
            g->type = k ? COLUMN_DATETIME : COLUMN_DATE;
            g->pattern = *form;
            if (strncmp(*form, "%d/%m", 5) == 0 || strncmp(*form, "%d-%m", 5) == 0)
                for (const char *const *other = k ? stamps : forms; *other; other++) {
                    Guess as_other = *g;
                    if (strncmp(*other, "%m", 2) == 0 && all_pass(&as_other, NULL, *other)) g->two_orders = true;
                }
            for (size_t i = 0; i < g->n && !g->example.len; i++) g->example = str_trim(g->values[i]);
            return true;
        }
    return false;
}

static bool has_word(Str heading, const char *word)
{
    Arena *a = arena_open(0);
    bool   has = str_has(str_lower_ascii(a, heading), str_of(word));
    arena_close(a);
    return has;
}

static bool is_year_column(const Guess *g)
{
    size_t n = 0, wrong = 0;
    if (!(g->means & HEADING_BIT(YEAR)) && !has_word(g->heading, "year") && !has_word(g->heading, "tahun") &&
        !has_word(g->heading, "time_period"))
        return false;
    for (size_t i = 0; i < g->n; i++) {
        double v;
        Str    s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        bool year = str_to_double(s, &v) && v == (double)(long)v && v >= 1000 && v <= 2999;
        n += year;
        wrong += !year;
    }
    return n > 0 && is_few(g, wrong, n);
}

void guess_year(Guess *g)
{
    if (g->type == COLUMN_INTEGER && is_year_column(g)) g->type = COLUMN_YEAR;
}

static bool find_type(Guess *g, char separator)
{
    bool number = guess_number(g, '.') || (separator != ',' && guess_number(g, ','));
    if (number) {
        if (is_year_column(g)) {
            g->type = COLUMN_YEAR;
            g->decimal = 0;
        } else {
            guess_sentinel(g);
        }
        return true;
    }
    if (!g->lenient && guess_thousands(g)) return true;
    if (!g->lenient && all_pass(g, is_truth, NULL)) {
        g->type = COLUMN_BOOLEAN;
        return true;
    }
    return guess_date(g);
}

void guess_column(Arena *a, Guess *g, char separator)
{
    g->type = COLUMN_STRING;
    g->pattern = "";
    for (size_t i = 0; i < g->n; i++) g->empty += str_trim(g->values[i]).len == 0;
    /* Codes are texts: 15.1 is not 15.10, and the next file may have a leading zero. */
    if (has_word(g->heading, "code")) return;
    bool found = find_type(g, separator);
    /* What names a row is not a number because most are. */
    if (!found && !str_ends(str_lower_ascii(a, g->heading), S("id"))) {
        g->lenient = true;
        found = find_type(g, separator);
    }
    if (!found) g->odd_count = 0;
    if (g->type != COLUMN_STRING) note_missing_texts(g);
}

bool guess_is_code(const Guess *g)
{
    size_t n = 0, codes[4] = { 0 };
    for (size_t i = 0; i < g->n; i++) {
        Str    s = str_trim(g->values[i]);
        size_t k = 0;
        while (k < s.len && s.at[k] >= 'A' && s.at[k] <= 'Z') k++;
        n += s.len > 0;
        if (k == s.len && k < 4) codes[k] += k > 0;
    }
    return n > 0 && (codes[2] * 10 >= n * 9 || codes[3] * 10 >= n * 9);
}

bool guess_is_area_code(const Guess *g)
{
    static const char continents[] = " AF AN AS EU NA OC SA ";
    size_t            said = 0, countries = 0, of_continents = 0;
    if (!guess_is_code(g)) return false;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len) continue;
        said++;
        countries += country_code(s).len > 0;
        of_continents += s.len == 2 && str_has(str_of(continents), s);
    }
    return countries * 10 >= said * 8 || of_continents == said;
}

bool guess_is_mostly_numbers(Guess *g)
{
    size_t numbers = 0, others = 0, known = 0;
    if (g->type != COLUMN_STRING || has_word(g->heading, "code")) return false;
    g->odd_count = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        NumberShape shape = number_shape(s, '.');
        if (shape == WHOLE_ZEROS || shape == WHOLE_LONG) return false;
        bool number = shape != NOT_NUMBER;
        numbers += number;
        others += !number;
        if (!number) note_odd(g, s);
        for (size_t k = 0; k < g->odd_count && !number; k++)
            if (str_eq(g->odd[k], s)) known++;
    }
    bool few_words = known == others;
    return others && (numbers >= 4 * others || (few_words && numbers >= 10 && 4 * numbers >= others));
}

bool guess_is_month_name(const Guess *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (!matches(str_trim(g->values[i]), "%b")) return false;
    return g->n > 0;
}

bool guess_is_hhmm(const Guess *g)
{
    if (g->type != COLUMN_INTEGER || !has_word(g->heading, "time")) return false;
    for (size_t i = 0; i < g->n; i++) {
        int64_t v;
        Str     s = str_trim(g->values[i]);
        if (!s.len) continue;
        if (!str_to_i64(s, &v) || v < 0 || v >= 2400 || v % 100 >= 60) return false;
    }
    return true;
}
