/* Dialect and columns from the head of a file; source.c has packing and encoding, guess.c the values. */
#include "data/recognise.h"

#include <math.h>
#include <string.h>

#include "data/cells.h"
#include "data/guess.h"
#include "data/source.h"
#include "text/country.h"
#include "text/recode.h"

#define ROWS_LOOKED_AT 2000 /* for the separator */
#define COLUMNS_MAX    1000
#define EXAMPLES       3

typedef struct {
    Arena      *a;
    Source      source;
    Recognised *out;
    Str        *rows; /* of the sample, without the headings */
    size_t      row_count;
    Guess      *guesses;
    Column     *columns; /* one a heading, then joined ones */
    size_t      count;
    bool        sdmx;    /* SDMX-CSV: all but the time and the value are codes */
    bool       *dropped; /* headings that went into a joined column */
} Work;

static void doubt(Work *w, Str column, const char *what, const Str *examples, size_t n)
{
    Json *one = json_object_make(w->a), *list = json_array_make(w->a);
    for (size_t i = 0; i < n && i < EXAMPLES; i++) json_add_text(list, examples[i]);
    json_put_text_if(one, "column", column);
    json_put_text(one, "doubt", str_of(what));
    json_put_value(one, "examples", list);
    json_add_value(w->out->doubts, one);
}

/* ---- dialect ---- */

typedef struct {
    size_t columns, rows, fitting;
} Fit;

/* How many cells most rows have when they are cut here. */
static Fit fit_of(Arena *a, Str head, char separator)
{
    Cells    c = { .rest = head, .separator = separator, .quote = '"', .line = 1 };
    size_t  *counts = NEW_ARRAY(a, size_t, COLUMNS_MAX + 2);
    Fit      fit = { 0 };
    Str      row, none[1];
    uint64_t line;
    while (fit.rows < ROWS_LOOKED_AT && cells_row(&c, &row, &line)) {
        if (!str_trim(row).len || row.at[0] == '#') continue;
        size_t n = cells_cut(&c, a, row, none, 0);
        counts[n > COLUMNS_MAX ? COLUMNS_MAX + 1 : n]++;
        fit.rows++;
    }
    for (size_t i = 1; i <= COLUMNS_MAX; i++)
        if (counts[i] && counts[i] >= fit.fitting) {
            fit.fitting = counts[i];
            fit.columns = i;
        }
    return fit;
}

static bool find_separator(Work *w, size_t *columns, Err *err)
{
    static const char separators[] = { ',', '\t', ';', '|' };
    double            best = 0;
    *columns = 1;
    w->out->separator = ',';
    if (w->source.laid) {
        Cells    c = { .rest = w->source.head, .separator = ',', .quote = '"', .line = 1 };
        Str      row;
        uint64_t line;
        *columns = cells_row(&c, &row, &line) ? cells_cut(&c, w->a, row, NULL, 0) : 1;
        return true;
    }
    for (size_t i = 0; i < sizeof separators; i++) {
        Fit    fit = fit_of(w->a, w->source.head, separators[i]);
        double share = fit.rows ? (double)fit.fitting / (double)fit.rows : 0;
        /* Every row alike weighs more than many columns, and two columns by chance weigh little. */
        double score =
            fit.columns > 1 ? share * share * (fit.columns > 2 ? 1.0 : 0.9) + (double)fit.columns / 10000 : 0;
        if (score <= best) continue;
        best = score;
        w->out->separator = separators[i];
        *columns = fit.columns;
    }
    Fit fit = fit_of(w->a, w->source.head, w->out->separator);
    if (fit.rows == 0) return fail(err, ERR_FORMAT, "the file has no rows");
    if (fit.columns > 1 && fit.fitting * 2 < fit.rows)
        return fail(err, ERR_FORMAT, "no separator gives rows of the same number of cells");
    return true;
}

static bool is_number_cell(Str s)
{
    double v;
    s = str_trim(s);
    return s.len && str_to_double(s, &v);
}

/* The headings are the first row of that many cells; R writes none over its row numbers. */
static bool find_headings(Work *w, size_t columns, Err *err)
{
    Cells    c = { .rest = w->source.head, .separator = w->out->separator, .quote = '"', .line = 1 };
    Str      row, *cells = NEW_ARRAY(w->a, Str, columns + 1);
    uint64_t line;
    size_t   n = 0, numbers = 0;
    do {
        if (!cells_row(&c, &row, &line)) return fail(err, ERR_FORMAT, "the file has no row of headings");
        w->out->skip++;
        n = str_trim(row).len && row.at[0] != '#' ? cells_cut(&c, w->a, row, cells + 1, columns) : 0;
    } while (n != columns && (n + 1 != columns || columns < 3));
    w->out->skip--;
    w->out->headings = NEW_ARRAY(w->a, Str, columns);
    w->out->heading_count = columns;
    for (size_t i = 0; i < n; i++) {
        w->out->headings[i + columns - n] = str_copy(w->a, str_trim(cells[i + 1]));
        numbers += is_number_cell(cells[i + 1]);
    }
    for (size_t i = 0; i < columns; i++)
        if (!w->out->headings[i].len) w->out->headings[i] = str_format(w->a, "column %zu", i + 1);
    if (numbers == n) return fail(err, ERR_FORMAT, "the first row holds numbers: the file has no headings");
    w->rows = NEW_ARRAY(w->a, Str, w->source.head.len / 2 + 1);
    while (cells_row(&c, &row, &line))
        if (str_trim(row).len) w->rows[w->row_count++] = row;
    return true;
}

/* ---- columns ---- */

typedef struct {
    const char *words; /* headings in small letters without other signs, parted by spaces */
    ColumnRole  role;
} RoleWords;
static const RoleWords role_words[] = {
    { " lat latitude decimallatitude ycoord ", ROLE_OF_LATITUDE },
    { " lon long lng longitude decimallongitude xcoord ", ROLE_OF_LONGITUDE },
    { " country countrycode isocode iso iso2 iso3 iso3cd iso31661alpha2 iso31661alpha3 geoareadesc nation ",
      ROLE_OF_COUNTRY },
    { " station stationid stn site place locality location town city stasiun geometry ", ROLE_OF_PLACE },
    { " species scientificname taxon taxonname ", ROLE_OF_TAXON },
    { " indicator indicatorcode series seriescode variable parameter ", ROLE_OF_INDICATOR },
    { " value obsvalue measurement ", ROLE_OF_VALUE },
    { " unit units unitsdesc unitmeasure ", ROLE_OF_UNIT },
    { " flag quality obsstatus qualityflag ", ROLE_OF_QUALITY },
    { " id uuid identifier occurrenceid eventid recordid ", ROLE_OF_ID },
};

static Str plain_heading(Arena *a, Str heading)
{
    Str    lower = str_lower_ascii(a, heading);
    char  *out = arena_new(a, lower.len + 3);
    size_t n = 0;
    out[n++] = ' ';
    for (size_t i = 0; i < lower.len; i++)
        if ((lower.at[i] >= 'a' && lower.at[i] <= 'z') || (lower.at[i] >= '0' && lower.at[i] <= '9'))
            out[n++] = lower.at[i];
    out[n++] = ' ';
    return (Str){ out, n };
}

static bool heading_is(Arena *a, Str heading, const char *words)
{
    Cut label = str_cut(heading, ':');
    Str plain = plain_heading(a, label.found && str_starts(label.tail, S(" ")) ? label.head : heading);
    return plain.len > 2 && str_has(str_of(words), plain);
}

static bool role_taken(const Work *w, ColumnRole role)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->columns[i].role == role) return true;
    return false;
}

static bool role_fits(const Guess *g, ColumnRole role)
{
    bool number = g->type == COLUMN_NUMBER || g->type == COLUMN_INTEGER;
    switch (role) {
    case ROLE_OF_LATITUDE:
    case ROLE_OF_LONGITUDE:
    case ROLE_OF_VALUE: return number;
    case ROLE_OF_UNIT: return g->type == COLUMN_STRING && g->n > g->empty;
    case ROLE_OF_COUNTRY:
    case ROLE_OF_TAXON: return g->type == COLUMN_STRING;
    default: return true;
    }
}

static ColumnRole role_of(const Work *w, const Guess *g)
{
    for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++)
        if (role_fits(g, role_words[i].role) && !role_taken(w, role_words[i].role) &&
            heading_is(w->a, g->heading, role_words[i].words))
            return role_words[i].role;
    return ROLE_OF_NOTHING;
}

/* "Capacity (MW)": what stands in brackets at the end, when it is short. */
static Str unit_of(Str heading)
{
    Cut open = str_cut_last(heading, '(');
    if (!open.found || !str_ends(open.tail, S(")")) || open.tail.len > 20) return STR_NONE;
    return str_trim(str_take_first(open.tail, open.tail.len - 1));
}

static Str name_of(const Work *w, Str heading, size_t i)
{
    Str name = heading.len ? heading : str_format(w->a, "column %zu", i + 1);
    for (int k = 2;; k++) {
        bool taken = false;
        for (size_t j = 0; j < w->count; j++) taken = taken || str_eq_nocase(w->columns[j].name, name);
        if (!taken) return name;
        name = str_format(w->a, "%.*s_%d", STR_ARG(heading.len ? heading : S("column")), k);
    }
}

static void as_text(Guess *g)
{
    g->type = COLUMN_STRING;
    g->pattern = "";
    g->decimal = 0;
    g->missing_count = g->odd_count = 0;
    g->missing_number = g->two_orders = false;
}

/* Of version 1 begins with DATAFLOW, of version 2 with STRUCTURE; a heading may have its label behind a colon. */
static bool is_sdmx(const Work *w)
{
    bool time = false, value = false;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        time = time || heading_is(w->a, w->out->headings[i], " timeperiod ");
        value = value || heading_is(w->a, w->out->headings[i], " obsvalue ");
    }
    return time && value && heading_is(w->a, w->out->headings[0], " dataflow structure ");
}

static void cut_columns(Work *w)
{
    size_t n = w->out->heading_count;
    Cells  c = { .separator = w->out->separator, .quote = '"' };
    Str   *cells = NEW_ARRAY(w->a, Str, n);
    w->guesses = NEW_ARRAY(w->a, Guess, n);
    for (size_t i = 0; i < n; i++) w->guesses[i].values = NEW_ARRAY(w->a, Str, w->row_count);
    for (size_t r = 0; r < w->row_count; r++) {
        if (cells_cut(&c, w->a, w->rows[r], cells, n) != n) continue;
        for (size_t i = 0; i < n; i++) w->guesses[i].values[w->guesses[i].n++] = cells[i];
    }
    for (size_t i = 0; i < n; i++) {
        Guess *g = &w->guesses[i];
        g->heading = w->out->headings[i];
        guess_column(w->a, g, w->out->separator);
        if (w->sdmx && !heading_is(w->a, g->heading, " timeperiod obsvalue ")) as_text(g);
        /* Identifiers of Darwin Core are texts, though all of a file may be numbers. */
        if (w->source.terms && (str_ends(g->heading, S("ID")) || str_ends(g->heading, S("Number")) ||
                                str_ends(g->heading, S("id")))) {
            as_text(g);
        }
        if (g->decimal == ',') w->out->decimal = ',';
    }
    /* One point in a file: numbers with the other are texts. */
    for (size_t i = 0; i < n; i++)
        if (w->out->decimal == ',' && w->guesses[i].decimal == '.') w->guesses[i].type = COLUMN_STRING;
}

static void make_columns(Work *w)
{
    size_t n = w->out->heading_count;
    w->columns = NEW_ARRAY(w->a, Column, n + 1);
    w->dropped = NEW_ARRAY(w->a, bool, n);
    for (size_t i = 0; i < n; i++) {
        Guess  *g = &w->guesses[i];
        Column *column = &w->columns[i];
        *column = (Column){ .name = name_of(w, g->heading, i),
                            .type = g->type,
                            .role = role_of(w, g),
                            .unit = unit_of(g->heading),
                            .pattern = str_of(g->pattern),
                            .missing = NEW_ARRAY(w->a, Str, 9),
                            .minimum = -HUGE_VAL,
                            .maximum = HUGE_VAL };
        w->count++;
        if (str_eq(column->name, g->heading)) continue;
        column->from = NEW(w->a, Str);
        column->from[0] = g->heading;
        column->from_count = 1;
    }
}

/* Where no heading says "country": the first of a few plain ones whose cells are nearly all countries. */
static void settle_country(Work *w)
{
    for (size_t i = 0; i < w->out->heading_count && !role_taken(w, ROLE_OF_COUNTRY); i++) {
        const Guess *g = &w->guesses[i];
        size_t       known = 0, said = 0;
        if (g->type != COLUMN_STRING || w->columns[i].role != ROLE_OF_NOTHING ||
            !heading_is(w->a, g->heading, " code name area refarea entity economy territory region geoarea reporter "))
            continue;
        for (size_t k = 0; k < g->n; k++) {
            said += str_trim(g->values[k]).len > 0;
            known += country_code(str_cut(g->values[k], ':').head).len > 0;
        }
        if (known * 10 >= said * 8 && known) w->columns[i].role = ROLE_OF_COUNTRY;
    }
}

/* The area of SDMX is a country where its codes are countries', else a place. */
static void settle_area(Work *w)
{
    for (size_t i = 0; i < w->out->heading_count && !role_taken(w, ROLE_OF_PLACE); i++)
        if (w->columns[i].role == ROLE_OF_NOTHING && w->guesses[i].type == COLUMN_STRING &&
            heading_is(w->a, w->guesses[i].heading, " refarea "))
            w->columns[i].role = ROLE_OF_PLACE;
}

/* In a table of times, countries or places, the only column of numbers is what it measures. */
static void settle_value(Work *w)
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
static void settle_sentinels(Work *w)
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

static void settle_missing(Work *w)
{
    settle_sentinels(w);
    Str    texts[8];
    size_t texts_count = 0;
    for (size_t i = 0; i < w->out->heading_count; i++)
        for (size_t k = 0; k < w->guesses[i].missing_count; k++) {
            Str  s = w->guesses[i].missing[k];
            bool has = !guess_is_missing_text(s) || texts_count == 8;
            for (size_t m = 0; m < texts_count && !has; m++) has = str_eq(texts[m], s);
            if (!has) texts[texts_count++] = str_copy(w->a, s);
        }
    for (size_t i = 0; i < w->out->heading_count; i++) {
        Guess  *g = &w->guesses[i];
        Column *c = &w->columns[i];
        bool    place = c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE;
        Str     kept = STR_NONE;
        if (g->type == COLUMN_STRING) {
            /* Where the numbers of a file are missing as "NA", its words are too, unless they are codes. */
            bool code = c->role == ROLE_OF_COUNTRY || guess_is_code(g);
            for (size_t v = 0; v < g->n; v++) {
                Str  s = str_trim(g->values[v]);
                bool na = guess_is_missing_text(s) && s.len > 1, odd = str_eq_z(s, "-99");
                if (!na && !odd) continue;
                bool known = false;
                for (size_t k = 0; k < g->missing_count; k++) known = known || str_eq(g->missing[k], s);
                if (known || g->missing_count == 8) continue;
                if ((na && texts_count && !code) || (odd && code)) g->missing[g->missing_count++] = s;
                else if (na && !kept.len) kept = s;
            }
        }
        if (kept.len && !guess_is_code(g)) doubt(w, c->name, "maybe-missing", &kept, 1);
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
        if (g->missing_number && !place) doubt(w, c->name, "number-for-missing", &g->example, 1);
        if (g->odd_count && g->type != COLUMN_STRING) doubt(w, c->name, "values-do-not-fit", g->odd, g->odd_count);
        if (g->two_orders) doubt(w, c->name, "day-or-month-first", &g->example, 1);
    }
}

/* ---- one time from several columns ---- */

static long heading_at(const Work *w, const char *words)
{
    for (size_t i = 0; i < w->out->heading_count; i++)
        if (!w->dropped[i] && heading_is(w->a, w->out->headings[i], words)) return (long)i;
    return -1;
}

static void join_time(Work *w, const long *parts, size_t n, const char *pattern)
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

static void join_times(Work *w)
{
    long day[] = { heading_at(w, " year tahun "), heading_at(w, " month mon bulan "), heading_at(w, " day dd "),
                   heading_at(w, " hour hr ") };
    if (day[0] >= 0 && day[1] >= 0 && day[2] >= 0 && whole_and_full(&w->guesses[day[0]]) &&
        whole_and_full(&w->guesses[day[1]]) && whole_and_full(&w->guesses[day[2]])) {
        bool hour = day[3] >= 0 && whole_and_full(&w->guesses[day[3]]);
        join_time(w, day, hour ? 4 : 3, hour ? "%Y %m %d %H" : "%Y %m %d");
        return;
    }
    /* Year and month, the month by number or by its name. */
    long month = heading_at(w, " month mon bulan ");
    bool dated = false;
    for (size_t i = 0; i < w->out->heading_count; i++)
        dated = dated || w->guesses[i].type == COLUMN_DATE || w->guesses[i].type == COLUMN_DATETIME ||
                w->guesses[i].type == COLUMN_YEARMONTH;
    if (!dated && day[0] >= 0 && month >= 0 && whole_and_full(&w->guesses[day[0]])) {
        bool named = guess_is_month_name(&w->guesses[month]);
        if (named || whole_and_full(&w->guesses[month])) {
            join_time(w, (long[]){ day[0], month }, 2, named ? "%Y %b" : "%Y %m");
            w->columns[w->out->heading_count].type = COLUMN_YEARMONTH;
            return;
        }
    }
    long pair[] = { heading_at(w, " date tanggal obsdate sampledate "), heading_at(w, " time obstime sampletime ") };
    if (pair[0] < 0 || pair[1] < 0) return;
    Guess *date = &w->guesses[pair[0]], *time = &w->guesses[pair[1]];
    if (date->type != COLUMN_DATE || date->empty || time->empty) return;
    const char *hours = guess_is_hhmm(time) ? "%H%M" : "%H:%M";
    if (time->type == COLUMN_TIME)
        for (size_t i = 0; i < time->n; i++)
            if (str_trim(time->values[i]).len > 5) hours = "%H:%M:%S";
    if (time->type != COLUMN_TIME && !guess_is_hhmm(time)) return;
    join_time(w, pair, 2, str_format(w->a, "%s %s", *date->pattern ? date->pattern : "%Y-%m-%d", hours).at);
}

/* When somebody worked on the row, not when what it tells was. */
static const char times_of_the_record[] =
    " modified created updated lastupdated lastmodified dateidentified georeferenceddate "
    "lastinterpreted lastcrawled lastparsed ";

/* Without the headings that were joined; the joined column stands where the first of them stood. */
static void settle_columns(Work *w)
{
    size_t n = w->out->heading_count;
    bool   placed = w->count == n;
    w->out->columns = NEW_ARRAY(w->a, Column, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!w->dropped[i] && !str_starts(w->out->headings[i], S("_")))
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
                !heading_is(w->a, w->out->columns[i].name, times_of_the_record)) {
                w->out->columns[i].role = ROLE_OF_TIME;
                has = true;
            }
    settle_value(w);
    /* A unit is the unit of something: the units of a power plant are its machines. */
    for (size_t i = 0; i < w->out->column_count; i++)
        if (w->out->columns[i].role == ROLE_OF_UNIT && !says_value) w->out->columns[i].role = ROLE_OF_NOTHING;
}

/* ---- the whole ---- */

static void doubt_encoding(Work *w)
{
    const Source *s = &w->source;
    if (!s->sure) doubt(w, STR_NONE, "encoding", &s->encoding, 1);
    if (s->broken) doubt(w, STR_NONE, "broken-characters", &s->encoding, 1);
    for (size_t i = 0; i < w->out->heading_count; i++)
        for (size_t k = 0; k < w->guesses[i].n; k++) {
            Str was;
            if (!recode_twice(w->a, w->guesses[i].values[k], &was)) continue;
            doubt(w, w->out->headings[i], "encoded-twice", (Str[]){ w->guesses[i].values[k], was }, 2);
            break;
        }
}

bool recognise_source(Arena *a, const Source *source, Recognised *out, Err *err)
{
    Work   w = { .a = a, .source = *source, .out = out };
    size_t columns;
    if (source->form != FILE_DELIMITED)
        return fail(err, ERR_UNSUPPORTED, "the file is no delimited text; it is read by an import");
    *out = (Recognised){ .form = FILE_DELIMITED,
                         .laid = source->laid,
                         .gzip = source->gzip,
                         .encoding = source->encoding,
                         .quote = '"',
                         .decimal = '.',
                         .doubts = json_array_make(a) };
    if (!find_separator(&w, &columns, err) || !find_headings(&w, columns, err)) return false;
    w.sdmx = is_sdmx(&w);
    cut_columns(&w);
    make_columns(&w);
    if (!source->terms) join_times(&w);
    settle_country(&w);
    settle_area(&w);
    settle_missing(&w);
    settle_columns(&w);
    doubt_encoding(&w);
    if (source->other_sheet_count)
        doubt(&w, STR_NONE, "other-sheets", source->other_sheets, source->other_sheet_count);
    if (arena_full(a)) return fail(err, ERR_TOO_BIG, "the head of the file has too many cells");
    if (out->column_count == 0) return fail(err, ERR_FORMAT, "the file has no columns");
    return true;
}

static ColumnType type_of_sql(Str sql)
{
    static const struct {
        const char *starts;
        ColumnType  type;
    } types[] = {
        { "BOOLEAN", COLUMN_BOOLEAN },
        { "TINYINT", COLUMN_INTEGER },
        { "SMALLINT", COLUMN_INTEGER },
        { "INTEGER", COLUMN_INTEGER },
        { "BIGINT", COLUMN_INTEGER },
        { "UTINYINT", COLUMN_INTEGER },
        { "UINTEGER", COLUMN_INTEGER },
        { "USMALLINT", COLUMN_INTEGER },
        { "UBIGINT", COLUMN_INTEGER },
        { "FLOAT", COLUMN_NUMBER },
        { "DOUBLE", COLUMN_NUMBER },
        { "DECIMAL", COLUMN_NUMBER },
        { "DATE", COLUMN_DATE },
        { "TIMESTAMP", COLUMN_DATETIME },
        { "TIME", COLUMN_TIME },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types && !str_ends(sql, S("]")); i++)
        if (str_starts(sql, str_of(types[i].starts))) return types[i].type;
    return COLUMN_STRING;
}

void recognise_typed(Arena *a, const Str *headings, Str *sql_types, size_t n, Str **values, size_t rows,
                     Recognised *out)
{
    *out = (Recognised){ .form = FILE_PARQUET,
                         .encoding = S("UTF-8"),
                         .separator = ',',
                         .quote = '"',
                         .decimal = '.',
                         .headings = (Str *)headings,
                         .heading_count = n,
                         .sql_types = sql_types,
                         .doubts = json_array_make(a) };
    Work w = { .a = a, .out = out, .guesses = NEW_ARRAY(a, Guess, n) };
    for (size_t i = 0; i < n; i++) {
        w.guesses[i] = (Guess){
            .heading = headings[i], .values = values[i], .n = rows, .type = type_of_sql(sql_types[i]), .pattern = ""
        };
        for (size_t k = 0; k < rows; k++) w.guesses[i].empty += values[i][k].len == 0;
        guess_year(&w.guesses[i]);
    }
    make_columns(&w);
    settle_country(&w);
    settle_columns(&w);
}

bool recognise_file(Arena *a, const char *path, Recognised *out, Err *err)
{
    Source source;
    return source_scan(a, path, &source, err) && recognise_source(a, &source, out, err);
}
