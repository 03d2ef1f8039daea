#include "data/guess.h"

#include <string.h>

#include "data/date_form.h"
#include "data/guess_inside.h"
#include "text/country.h"
#include "text/month.h"

#define MOSTLY_LOOKED_AT 1000 /* values for whether others of the column are worth it */

/* ---- single values ---- */

bool guess_is_missing_text(Str s)
{
    static const char *const texts[] = { "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None",
                                         "none", "#N/A", "-", "--", "..", "...", "n.a.", "N.A.", "nodata" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_eq_z(s, texts[i])) return true;
    return false;
}

static bool is_truth(Str s, const char *form)
{
    (void)form;
    static const char *const words[] = { "true", "false", "yes", "no", "t", "f", "y", "n" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(s, str_of(words[i]))) return true;
    return false;
}

/* ---- all values of a column ---- */

bool guess_has_word(Str heading, const char *word)
{
    Arena *a = arena_open(0);
    bool   has = str_has(str_lower_ascii(a, heading), str_of(word));
    arena_close(a);
    return has;
}

/* One value in a hundred may be wrong, where the others say well what they are: it is set aside later. */
bool guess_is_few(const Guess *g, size_t wrong, size_t right)
{
    return wrong == 0 || (g->lenient && wrong * 100 <= right) || (g->loose && wrong * 2 <= right);
}

void guess_note_odd(Guess *g, Str s)
{
    for (size_t i = 0; i < g->odd_count; i++)
        if (str_eq(g->odd[i], s)) return;
    if (g->odd_count < sizeof g->odd / sizeof *g->odd) g->odd[g->odd_count++] = s;
}

bool guess_all(Guess *g, GuessTest test, const char *form)
{
    size_t n = 0, wrong = 0;
    g->odd_count = 0;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        if (test(s, form)) {
            n++;
        } else {
            wrong++;
            if (!guess_is_few(g, wrong, g->n)) return false;
            guess_note_odd(g, s);
        }
    }
    return n > 0 && guess_is_few(g, wrong, n);
}

void guess_add_missing(Guess *g, Str s)
{
    for (size_t i = 0; i < g->missing_count; i++)
        if (str_eq(g->missing[i], s)) return;
    if (g->missing_count < sizeof g->missing / sizeof *g->missing) g->missing[g->missing_count++] = s;
}

static void note_missing_texts(Guess *g)
{
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (guess_is_missing_text(s)) guess_add_missing(g, s);
    }
}

static bool find_type(Arena *a, Guess *g, char separator)
{
    if (!g->lenient && (guess_packed_date(a, g) || guess_serial_date(g))) return true;
    if (guess_find_number(g, separator) || (!g->lenient && guess_find_written(a, g, separator))) return true;
    if (!g->lenient && guess_all(g, is_truth, NULL)) {
        g->type = COLUMN_BOOLEAN;
        return true;
    }
    return guess_date(a, g);
}

void guess_column(Arena *a, Guess *g, char separator)
{
    g->type = COLUMN_STRING;
    g->pattern = "";
    for (size_t i = 0; i < g->n; i++) g->empty += str_trim(g->values[i]).len == 0;
    /* Codes are texts: 15.1 is not 15.10, and the next file may have a leading zero. */
    if (guess_has_word(g->heading, "code")) return;
    bool found = find_type(a, g, separator);
    /* What names a row is not a number because most are. */
    if (!found && !str_ends(str_lower_ascii(a, g->heading), S("id"))) {
        g->lenient = true;
        found = find_type(a, g, separator);
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

bool guess_is_mostly_dates(Arena *a, Guess *g, ColumnType *type, const char **pattern)
{
    Guess loose = *g;
    if (g->type != COLUMN_STRING || guess_has_word(g->heading, "code")) return false;
    loose.loose = true;
    loose.n = g->n < MOSTLY_LOOKED_AT ? g->n : MOSTLY_LOOKED_AT;
    if (!guess_date(a, &loose)) return false;
    loose.n = g->n;
    if (!guess_date(a, &loose)) return false;
    g->odd_count = loose.odd_count;
    memcpy(g->odd, loose.odd, sizeof g->odd);
    *type = loose.type;
    *pattern = loose.pattern;
    return g->odd_count > 0;
}

bool guess_is_month_name(const Guess *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (!month_by_name(str_trim(g->values[i]))) return false;
    return g->n > 0;
}

bool guess_is_hhmm(const Guess *g)
{
    if (g->type != COLUMN_INTEGER || !guess_has_word(g->heading, "time")) return false;
    for (size_t i = 0; i < g->n; i++) {
        int64_t v;
        Str     s = str_trim(g->values[i]);
        if (!s.len) continue;
        if (!str_to_i64(s, &v) || v < 0 || v >= 2400 || v % 100 >= 60) return false;
    }
    return true;
}
