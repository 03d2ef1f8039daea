/* What shows only when all columns of a head are seen: the country, the value, what means "no value", one time from
   several columns. */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "data/date_form.h"
#include "data/recognise/inside.h"
#include "text/country.h"

#define NAMES_LOOKED_AT 200

/* Where no heading says "country": the first of a few plain ones whose cells are nearly all countries. */
static void settle_country(Recognising *w)
{
    for (size_t i = 0; i < w->out->heading_count && !recognise_role_taken(w, ROLE_OF_COUNTRY); i++) {
        const Guess *g = &w->guesses[i];
        size_t       known = 0, said = 0;
        if (g->type != COLUMN_STRING || w->columns[i].role != ROLE_OF_NOTHING ||
            !(g->means & HEADING_BIT(AREA)))
            continue;
        for (size_t k = 0; k < g->n; k++) {
            said += str_trim(g->values[k]).len > 0;
            known += country_code(str_cut(g->values[k], ':').head).len > 0;
        }
        if (known * 10 >= said * 8 && known) w->columns[i].role = ROLE_OF_COUNTRY;
    }
}

/* The area of SDMX is a country where its codes are countries', else a place. */
static void settle_area(Recognising *w)
{
    for (size_t i = 0; i < w->out->heading_count && !recognise_role_taken(w, ROLE_OF_PLACE); i++)
        if (w->columns[i].role == ROLE_OF_NOTHING && w->guesses[i].type == COLUMN_STRING &&
            recognise_heading_is(w->a, w->guesses[i].heading, " refarea "))
            w->columns[i].role = ROLE_OF_PLACE;
}

/* What is measured again and again has the name of its place: "Name" beside times, each of them many times. */
static void settle_named_place(Recognising *w)
{
    const Column *c = w->out->columns;
    size_t        n = w->out->column_count;
    if (!columns_role(c, n, ROLE_OF_TIME) || columns_role(c, n, ROLE_OF_PLACE) || columns_role(c, n, ROLE_OF_COUNTRY) ||
        columns_role(c, n, ROLE_OF_TAXON) || columns_role(c, n, ROLE_OF_INDICATOR))
        return;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        const Guess *g = &w->guesses[i];
        size_t       before = 0;
        if (!(g->means & HEADING_BIT(NAME)) || g->type != COLUMN_STRING) continue;
        for (size_t k = 0; k < g->n; k++)
            for (size_t m = 0; m < k && m < NAMES_LOOKED_AT; m++)
                if (str_eq(g->values[k], g->values[m])) {
                    before++;
                    break;
                }
        for (size_t k = 0; k < n && before * 4 >= g->n * 3; k++)
            if (str_eq(c[k].name, g->heading)) w->out->columns[k].role = ROLE_OF_PLACE;
    }
}

/* In a table of times, countries or places, the only column of numbers is what it measures. */
static void settle_value(Recognising *w)
{
    Column *only = NULL;
    for (size_t i = 0; i < w->out->column_count; i++) {
        Column *c = &w->out->columns[i];
        if (c->role == ROLE_OF_VALUE) return;
        if (c->type != COLUMN_NUMBER || c->role != ROLE_OF_NOTHING) continue;
        if (only) return;
        only = c;
    }
    const Column *c = w->out->columns;
    size_t        n = w->out->column_count;
    if (only && (columns_role(c, n, ROLE_OF_TIME) || columns_role(c, n, ROLE_OF_COUNTRY) ||
                 columns_role(c, n, ROLE_OF_PLACE)))
        only->role = ROLE_OF_VALUE;
}

/* A column of nothing but -1 says nothing when its neighbours have -1 for nothing. */
static void settle_sentinels(Recognising *w)
{
    for (size_t i = 0; i < w->out->heading_count; i++) {
        Guess *g = &w->guesses[i];
        for (size_t k = 0; g->only.len && k < w->out->heading_count && !g->missing_count; k++)
            if (w->guesses[k].missing_number && str_eq(w->guesses[k].example, g->only)) {
                g->missing[g->missing_count++] = g->example = g->only;
                g->missing_number = true;
            }
    }
}

/* The texts that mean "no value" among the numbers and dates of the file; at most 8. */
static size_t texts_for_missing(Recognising *w, Str *texts)
{
    size_t count = 0;
    for (size_t i = 0; i < w->out->heading_count; i++)
        for (size_t k = 0; k < w->guesses[i].missing_count; k++) {
            Str  s = w->guesses[i].missing[k];
            bool has = !guess_is_missing_text(s) || count == 8;
            for (size_t m = 0; m < count && !has; m++) has = str_eq(texts[m], s);
            if (!has) texts[count++] = str_copy(w->a, s);
        }
    return count;
}

/* Where the numbers of a file are missing as "NA", its words are too, unless they are codes of countries. What might
   mean "no value" and is kept as text is in doubt. */
static void settle_words(Recognising *w, Guess *g, const Column *c, bool numbers_have_texts)
{
    bool   area = c->role == ROLE_OF_COUNTRY || guess_is_area_code(g), code = guess_is_code(g) || area;
    Str    kept[RECOGNISE_EXAMPLES];
    size_t kept_count = 0;
    for (size_t v = 0; v < g->n; v++) {
        Str  s = str_trim(g->values[v]);
        bool na = guess_is_missing_text(s) && s.len > 1, odd = str_eq_z(s, "-99"), known = !na && !odd;
        for (size_t k = 0; k < g->missing_count && !known; k++) known = str_eq(g->missing[k], s);
        for (size_t k = 0; k < kept_count && !known; k++) known = str_eq(kept[k], s);
        if (known || (na && area)) continue;
        if (((na && numbers_have_texts) || (odd && code)) && g->missing_count < 8) g->missing[g->missing_count++] = s;
        else if (kept_count < RECOGNISE_EXAMPLES) kept[kept_count++] = s;
    }
    if (kept_count) recognise_doubt(w, c->name, "maybe-missing", kept, kept_count);
}

/* The first of them, and the day that it is taken for. */
static void doubt_serial(Recognising *w, const Guess *g, const Column *c)
{
    int64_t micros;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!date_form_read(s, c->pattern, &micros)) continue;
        Str day = str_take_first(time_text(w->a, micros / 1000), 10);
        recognise_doubt(w, c->name, "serial-dates", (Str[]){ s, day }, 2);
        return;
    }
}

static void doubt_points(Recognising *w, const Guess *g, const Column *c)
{
    Str    examples[RECOGNISE_EXAMPLES];
    size_t n = 0;
    for (size_t i = 0; i < g->n && n < RECOGNISE_EXAMPLES; i++) {
        Str  s = str_trim(g->values[i]);
        bool told = !str_has(s, (Str){ &g->decimal, 1 });
        for (size_t k = 0; k < n && !told; k++) told = str_eq(examples[k], s);
        if (!told) examples[n++] = s;
    }
    if (g->decimal == ',') recognise_doubt(w, c->name, "comma-or-thousands", examples, n);
    else recognise_doubt(w, c->name, "dot-or-thousands", examples, n);
}

/* A measure, rather than what names a row or a part of its time. */
static bool may_have_nines(const Recognising *w, const Guess *g, const Column *c)
{
    bool number = g->type == COLUMN_NUMBER || g->type == COLUMN_INTEGER;
    bool measure = c->role == ROLE_OF_NOTHING || c->role == ROLE_OF_VALUE;
    bool id = g->means & HEADING_BIT(ID) || str_ends(g->heading, S("ID")) || str_ends(g->heading, S("_id"));
    return g->nines_count && number && measure && !column_is_ours(g->heading) && !id && !w->dropped[c - w->columns];
}

static void doubt_values(Recognising *w, const Guess *g, const Column *c, bool place)
{
    Str    numbers[8];
    size_t n = 0;
    for (size_t k = 0; k < g->missing_count; k++)
        if (!guess_is_missing_text(g->missing[k])) numbers[n++] = g->missing[k];
    if (g->missing_number && !place) recognise_doubt(w, c->name, "number-for-missing", numbers, n);
    if (may_have_nines(w, g, c)) recognise_doubt(w, c->name, "maybe-missing-number", g->nines, g->nines_count);
    if (g->odd_count && g->type != COLUMN_STRING)
        recognise_doubt(w, c->name, "values-do-not-fit", g->odd, g->odd_count);
    if (str_has(str_of(g->pattern), S("EY"))) recognise_doubt(w, c->name, "buddhist-years", &g->example, 1);
    if (date_form_is_serial(c->pattern)) doubt_serial(w, g, c);
    if (g->grouped && g->type == COLUMN_NUMBER) doubt_points(w, g, c);
    if (g->two_orders) recognise_doubt(w, c->name, "day-or-month-first", &g->example, 1);
}

static void settle_missing(Recognising *w)
{
    Str texts[8];
    settle_sentinels(w);
    size_t texts_count = texts_for_missing(w, texts);
    for (size_t i = 0; i < w->out->heading_count; i++) {
        Guess  *g = &w->guesses[i];
        Column *c = &w->columns[i];
        bool    place = c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE;
        if (g->type == COLUMN_STRING) settle_words(w, g, c, texts_count > 0);
        for (size_t k = 0; k < g->missing_count; k++) {
            if (place && !guess_is_missing_text(g->missing[k])) continue;
            c->missing[c->missing_count++] = str_copy(w->a, g->missing[k]);
        }
        /* A number that is missing as "NA" in one column may be so in any, past what was looked at. */
        for (size_t k = 0; k < texts_count && g->type != COLUMN_STRING && c->missing_count < 8; k++) {
            bool has = false;
            for (size_t m = 0; m < c->missing_count; m++) has = has || str_eq(c->missing[m], texts[k]);
            if (!has) c->missing[c->missing_count++] = texts[k];
        }
        doubt_values(w, g, c, place);
    }
}

/* ---- one time from several columns ---- */

static long heading_at(const Recognising *w, uint32_t means)
{
    for (size_t i = 0; i < w->out->heading_count; i++)
        if (!w->dropped[i] && w->guesses[i].means & means) return (long)i;
    return -1;
}

static void join_time(Recognising *w, const long *parts, size_t n, const char *pattern)
{
    Column c = { .type = COLUMN_DATETIME,
                 .role = ROLE_OF_TIME,
                 .pattern = str_of(pattern),
                 .minimum = -HUGE_VAL,
                 .maximum = HUGE_VAL,
                 .from = NEW_ARRAY(w->a, Str, n),
                 .from_count = n };
    if (!str_has(c.pattern, S("%H"))) c.type = COLUMN_DATE;
    for (size_t i = 0; i < n; i++) {
        c.from[i] = w->out->headings[parts[i]];
        w->dropped[parts[i]] = true;
    }
    c.name = S("time");
    for (size_t i = 0; i < w->out->heading_count; i++)
        if (!w->dropped[i] && str_eq_nocase(w->columns[i].name, c.name)) c.name = S("date_and_time");
    w->columns[w->out->heading_count] = c;
    w->count = w->out->heading_count + 1;
}

static bool whole_and_full(const Guess *g)
{
    return (g->type == COLUMN_INTEGER || g->type == COLUMN_YEAR) && g->empty == 0 && g->missing_count == 0;
}

/* "%Y %m", with the era that the column of years has. */
static const char *with_year(Recognising *w, const Guess *year, const char *rest)
{
    return str_format(w->a, "%s %s", str_ends(str_of(year->pattern), S("EY")) ? "%EY" : "%Y", rest).at;
}

/* 0 to 23, or to 24, which is 0 of the next day. */
static bool has_hours(const Guess *g)
{
    for (size_t i = 0; i < g->n; i++) {
        int64_t v;
        if (!str_to_i64(str_trim(g->values[i]), &v) || v < 0 || v > 24) return false;
    }
    return whole_and_full(g);
}

static void doubt_hours(Recognising *w, const Guess *g)
{
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!str_eq_z(s, "24")) continue;
        recognise_doubt(w, w->columns[w->out->heading_count].name, "hours-to-midnight", &s, 1);
        return;
    }
}

static bool join_day(Recognising *w)
{
    long at[] = { heading_at(w, HEADING_BIT(YEAR)), heading_at(w, HEADING_BIT(MONTH)), heading_at(w, HEADING_BIT(DAY)),
                  heading_at(w, HEADING_BIT(HOUR)) };
    for (int i = 0; i < 3; i++)
        if (at[i] < 0 || !whole_and_full(&w->guesses[at[i]])) return false;
    bool hour = at[3] >= 0 && has_hours(&w->guesses[at[3]]);
    join_time(w, at, hour ? 4 : 3, with_year(w, &w->guesses[at[0]], hour ? "%m %d %H" : "%m %d"));
    if (hour) doubt_hours(w, &w->guesses[at[3]]);
    return true;
}

/* Year and month, the month by number or by its name, where no column has days. */
static bool join_month(Recognising *w)
{
    long at[] = { heading_at(w, HEADING_BIT(YEAR)), heading_at(w, HEADING_BIT(MONTH)) };
    for (size_t i = 0; i < w->out->heading_count; i++)
        if (w->guesses[i].type == COLUMN_DATE || w->guesses[i].type == COLUMN_DATETIME ||
            w->guesses[i].type == COLUMN_YEARMONTH)
            return false;
    if (at[0] < 0 || at[1] < 0 || !whole_and_full(&w->guesses[at[0]])) return false;
    bool named = guess_is_month_name(&w->guesses[at[1]]);
    if (!named && !whole_and_full(&w->guesses[at[1]])) return false;
    join_time(w, at, 2, with_year(w, &w->guesses[at[0]], named ? "%b" : "%m"));
    w->columns[w->out->heading_count].type = COLUMN_YEARMONTH;
    return true;
}

/* A day beside its hour, or beside a time. */
static const char *clock_of(const Guess *g, bool hour)
{
    if (hour) return has_hours(g) ? "%H" : NULL;
    if (g->empty) return NULL;
    if (guess_is_hhmm(g)) return "%H%M";
    if (g->type != COLUMN_TIME) return NULL;
    for (size_t i = 0; i < g->n; i++)
        if (str_trim(g->values[i]).len > 5) return "%H:%M:%S";
    return "%H:%M";
}

static void join_times(Recognising *w)
{
    if (join_day(w) || join_month(w)) return;
    static const uint32_t clocks[] = { HEADING_BIT(TIME), HEADING_BIT(HOUR) };
    for (size_t k = 0; k < 2; k++) {
        long at[] = { heading_at(w, HEADING_BIT(DATE)), heading_at(w, clocks[k]) };
        if (at[0] < 0 || at[1] < 0 || at[0] == at[1]) continue;
        const Guess *date = &w->guesses[at[0]];
        const char  *clock = clock_of(&w->guesses[at[1]], k == 1);
        bool         serial = date_form_is_serial(str_of(date->pattern));
        if (!clock || date->type != COLUMN_DATE || date->empty || serial) continue;
        join_time(w, at, 2, str_format(w->a, "%s %s", *date->pattern ? date->pattern : "%Y-%m-%d", clock).at);
        if (k == 1) doubt_hours(w, &w->guesses[at[1]]);
        return;
    }
}

/* Without the headings that were joined; the joined column stands where the first of them stood. */
static void settle_columns(Recognising *w)
{
    size_t n = w->out->heading_count;
    bool   placed = w->count == n;
    w->out->columns = NEW_ARRAY(w->a, Column, n + 2);
    for (size_t i = 0; i < n; i++) {
        if (!w->dropped[i] && !column_is_ours(w->out->headings[i]))
            w->out->columns[w->out->column_count++] = w->columns[i];
        if (w->dropped[i] && !placed) {
            w->out->columns[w->out->column_count++] = w->columns[n];
            placed = true;
        }
    }
    static const ColumnType times[] = { COLUMN_DATETIME, COLUMN_DATE, COLUMN_YEARMONTH, COLUMN_YEAR };
    bool                    has = columns_role(w->out->columns, w->out->column_count, ROLE_OF_TIME) != NULL;
    bool                    says_value = columns_role(w->out->columns, w->out->column_count, ROLE_OF_VALUE) != NULL;
    for (size_t t = 0; t < 4 && !has; t++)
        for (size_t i = 0; i < w->out->column_count && !has; i++)
            if (w->out->columns[i].type == times[t] && w->out->columns[i].role == ROLE_OF_NOTHING &&
                !(heading_meanings(w->out->columns[i].name) & HEADING_BIT(RECORD))) {
                w->out->columns[i].role = ROLE_OF_TIME;
                has = true;
            }
    settle_named_place(w);
    settle_value(w);
    /* A unit is the unit of something: the units of a power plant are its machines. */
    for (size_t i = 0; i < w->out->column_count; i++)
        if (w->out->columns[i].role == ROLE_OF_UNIT && !says_value) w->out->columns[i].role = ROLE_OF_NOTHING;
}


void recognise_settle(Recognising *w)
{
    if (!w->source.terms) join_times(w);
    settle_country(w);
    settle_area(w);
    settle_missing(w);
    settle_columns(w);
    if (!w->sdmx && !w->source.terms) recognise_pair(w);
}

void recognise_settle_typed(Recognising *w)
{
    settle_country(w);
    settle_columns(w);
}
