/* One column of places, "13.7563, 100.5018", becomes two of coordinates. */
#include <math.h>
#include <string.h>

#include "data/pair.h"
#include "data/recognise/inside.h"

/* How many values are no place in this form, of those that say anything; the first of them is an example. */
typedef struct {
    size_t n, odd;
    Str    example;
} Fit;

static Fit fit_of(const Guess *g, const char *pattern)
{
    Fit    fit = { 0 };
    double y, x;
    for (size_t i = 0; i < g->n; i++) {
        Str s = str_trim(g->values[i]);
        if (!s.len || guess_is_missing_text(s)) continue;
        fit.n++;
        if (pair_read(s, str_of(pattern), &y, &x)) continue;
        if (fit.odd++ == 0) fit.example = s;
    }
    return fit;
}

/* As of all columns, one in a hundred may be something else. */
static bool fits(Fit fit)
{
    return fit.n > 0 && fit.odd * 100 <= fit.n;
}

/* Where the first of the words stands; -1: nowhere. */
static long first_of(Str text, const char *const *words, size_t n)
{
    long first = -1;
    for (size_t i = 0; i < n; i++) {
        long at = str_find(text, str_of(words[i]));
        if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    return first;
}

/* What the heading says of their order: 1 latitude first, -1 longitude, 0 nothing. */
static int order_said(Arena *a, Str heading)
{
    static const char *const latitudes[] = { "lat", "纬", "緯", "위도" }, *const longitudes[] = {
        "lon", "lng", "经", "經", "経", "경도"
    };
    Str  lower = str_lower_ascii(a, heading);
    long y = first_of(lower, latitudes, sizeof latitudes / sizeof *latitudes);
    long x = first_of(lower, longitudes, sizeof longitudes / sizeof *longitudes);
    if (y < 0 || x < 0) return 0;
    return y < x ? 1 : -1;
}

/* The pattern of its places; NULL: it has none. Both orders may do, when nothing lies beyond 90 degrees. */
static const char *pattern_of(const Recognising *w, const Guess *g, Fit *fit, bool *in_doubt)
{
    *in_doubt = false;
    if (g->type != COLUMN_STRING) return NULL;
    if (fits(*fit = fit_of(g, PAIR_POINT))) return PAIR_POINT;
    if (!(g->means & HEADING_BIT(COORDINATES))) return NULL;
    Fit  latitude = fit_of(g, PAIR_LATITUDE_FIRST), longitude = fit_of(g, PAIR_LONGITUDE_FIRST);
    int  said = order_said(w->a, g->heading);
    bool turned = said < 0 || (said == 0 && longitude.odd < latitude.odd);
    if (!fits(turned ? longitude : latitude)) turned = !turned;
    *in_doubt = said == 0 && latitude.odd == longitude.odd;
    *fit = turned ? longitude : latitude;
    return !fits(*fit) ? NULL : turned ? PAIR_LONGITUDE_FIRST
                                       : PAIR_LATITUDE_FIRST;
}

static Str free_name(const Recognising *w, const Column *but, Str name)
{
    bool taken = false;
    for (size_t i = 0; i < w->out->column_count; i++)
        taken = taken || (&w->out->columns[i] != but && str_eq_nocase(w->out->columns[i].name, name));
    return taken ? str_format(w->a, "%.*s_of_place", STR_ARG(name)) : name;
}

static void split(Recognising *w, size_t at, const Guess *g, const char *pattern)
{
    Column *columns = w->out->columns, *latitude = &columns[at], *longitude = &columns[at + 1];
    for (size_t i = w->out->column_count++; i > at + 1; i--) columns[i] = columns[i - 1];
    latitude->from = NEW(w->a, Str);
    latitude->from[0] = g->heading;
    latitude->from_count = 1;
    latitude->type = COLUMN_NUMBER;
    latitude->pattern = str_of(pattern);
    for (size_t i = 0; i < g->n; i++) {
        Str  s = str_trim(g->values[i]);
        bool known = !s.len || !guess_is_missing_text(s) || latitude->missing_count == 8;
        for (size_t k = 0; k < latitude->missing_count && !known; k++) known = str_eq(latitude->missing[k], s);
        if (!known) latitude->missing[latitude->missing_count++] = str_copy(w->a, s);
    }
    *longitude = *latitude;
    latitude->role = ROLE_OF_LATITUDE;
    longitude->role = ROLE_OF_LONGITUDE;
    latitude->name = free_name(w, latitude, S("latitude"));
    longitude->name = free_name(w, longitude, S("longitude"));
}

void recognise_pair(Recognising *w)
{
    const Column *columns = w->out->columns;
    if (columns_role(columns, w->out->column_count, ROLE_OF_LATITUDE) ||
        columns_role(columns, w->out->column_count, ROLE_OF_LONGITUDE))
        return;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        bool        in_doubt;
        Fit         fit;
        const char *pattern = w->dropped[i] ? NULL : pattern_of(w, &w->guesses[i], &fit, &in_doubt);
        for (size_t k = 0; pattern && k < w->out->column_count; k++) {
            if (!str_eq(columns[k].name, w->columns[i].name)) continue;
            split(w, k, &w->guesses[i], pattern);
            if (fit.odd) recognise_doubt(w, columns[k].name, "values-do-not-fit", &fit.example, 1);
            if (in_doubt) {
                Str example = STR_NONE;
                for (size_t v = 0; v < w->guesses[i].n && !example.len; v++)
                    example = str_trim(w->guesses[i].values[v]);
                recognise_doubt(w, columns[k].name, "latitude-or-longitude-first", &example, 1);
            }
            return;
        }
    }
}
