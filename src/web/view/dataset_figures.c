/* The figures of a dataset's page: drawn as SVG, each with its caption, its table and the address of its rows. */
#include <math.h>
#include <stdlib.h>

#include "format/page_words.h"
#include "text/country.h"
#include "text/lang.h"
#include "web/site.h"
#include "web/view/figures.h"

#define SOURCE_MAX 200 /* bytes of a citation that stands under every figure */


Json *figure_cell(const Json *rows, size_t row, size_t column)
{
    return json_array_get(json_array_get(rows, row), column);
}

double figure_number_at(const Json *rows, size_t row, size_t column)
{
    const Json *value = figure_cell(rows, row, column);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* As precise as three digits or so ask. */
Str figure_number_shown(const Drawing *d, double value)
{
    double size = fabs(value);
    if (isnan(value)) return words(d->w, "figure.none");
    return number_text(d->w->req->arena, value, size == floor(size) || size >= 1000 ? 0 : size >= 10 ? 1
                                                                                      : size >= 0.1  ? 2
                                                                                                     : 5,
                       d->w->req->lang);
}

Str figure_place_shown(const Drawing *d, Str said)
{
    Str code = country_code(said);
    return code.len ? country_word(d->w, code) : said;
}

ChartWords figure_words_of(const Drawing *d)
{
    return (ChartWords){ d->w->req->lang, json_get_text(d->out, "title"), d->unit };
}

const char *figure_several_key(const Json *figure, const char *sum, const char *mean, const char *otherwise)
{
    Str several = json_get_text(figure, "several");
    return !several.len ? otherwise : str_eq_z(several, "sum") ? sum
                                                               : mean;
}

/* The column's name with its unit, as a title says it. */
static Str name_with_unit(const Drawing *d)
{
    Json *args = json_object_make(d->w->req->arena);
    if (!d->unit.len || str_has(d->name, d->unit)) return d->name;
    json_put_text(args, "column", d->name);
    json_put_text(args, "unit", d->unit);
    return say(d->w->req, "figure.with-unit", args);
}

void figure_title_put(Drawing *d, const char *key)
{
    json_put_text(d->out, "title", words_with(d->w, key, "column", name_with_unit(d)));
}

void figure_head_add(Drawing *d, Str text, bool number)
{
    Json *heads = json_get(d->out, "heads"), *one = json_object_make(d->w->req->arena);
    if (!heads) json_put_value(d->out, "heads", heads = json_array_make(d->w->req->arena));
    json_put_text(one, "text", text);
    json_put_bool(one, "number", number);
    json_add_value(heads, one);
}

/* Rows past what stands open go into the folded table. */
Json *figure_row_add(Drawing *d, const char *list, Str head)
{
    Json *rows = json_get(d->out, list), *one = json_object_make(d->w->req->arena);
    if (!rows) json_put_value(d->out, list, rows = json_array_make(d->w->req->arena));
    json_put_text(one, "head", head);
    json_put_value(one, "cells", json_array_make(d->w->req->arena));
    if (json_array_size(rows) < TABLE_ROWS) json_add_value(rows, one);
    return one;
}

void figure_cell_add(Drawing *d, Json *row, Str text)
{
    Json *one = json_object_make(d->w->req->arena);
    json_put_text(one, "text", text);
    json_add_value(json_get(row, "cells"), one);
}

void figure_bar_put(Drawing *d, Json *row, double share)
{
    Buf *bar = buf_open(d->w->req->arena);
    chart_bar(bar, share);
    json_put_text(row, "bar", buf_str(bar));
}

void figure_legend_add(Drawing *d, const char *class, int shade, Str text)
{
    Json *list = json_get(d->out, "legend"), *one = json_object_make(d->w->req->arena);
    if (!list) json_put_value(d->out, "legend", list = json_array_make(d->w->req->arena));
    json_put_text(one, "class", shade ? str_format(d->w->req->arena, "shade-%d", shade) : str_of(class));
    json_put_text(one, "text", text);
    json_add_value(list, one);
}

void figure_note_add(Drawing *d, Str text)
{
    Json *list = json_get(d->out, "notes");
    if (!list) json_put_value(d->out, "notes", list = json_array_make(d->w->req->arena));
    json_add_text(list, text);
}

/* The years to choose from, as links with `at=`, the nearest ones. */
void figure_years_put(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *years = json_get(figure, "years");
    Json       *out = json_array_make(a);
    Str         at = json_get_text(figure, "at");
    if (json_array_size(years) < 2) return;
    for (size_t i = 0; i < json_array_size(years); i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "year", json_text(json_array_get(years, i)));
        json_put_bool(one, "chosen", str_eq(json_text(json_array_get(years, i)), at));
        json_add_value(out, one);
    }
    json_put_value(d->out, "years", out);
}

Str figure_year_shown(const Drawing *d, Str year)
{
    int64_t n;
    if (!str_to_i64(year, &n)) return year;
    return date_words(d->w->req->arena, (Date){ .year = (int)n, .parts = 1 }, DATE_SHORT, d->w->req->lang);
}

/* ---- by country ---- */

int figure_by_size(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

void figure_shades_legend(Drawing *d, const double bounds[CHART_SHADES], double most)
{
    for (int k = 0; k < CHART_SHADES; k++) {
        double to = k + 1 < CHART_SHADES ? bounds[k + 1] : most;
        if (k + 1 < CHART_SHADES && to <= bounds[k]) continue;
        figure_legend_add(d, NULL, k + 1,
                          str_join(d->w->req->arena,
                                   (Str[]){ figure_number_shown(d, bounds[k]), S("–"),
                                            figure_number_shown(d, to) },
                                   3));
    }
}

/* ---- over time ---- */

typedef struct {
    ChartLine lines[32];
    size_t    n;
    ChartTime time;
} Lines;

static double time_of(const Json *value, bool years)
{
    Date date;
    if (json_is_number(value)) return json_number_value(value);
    if (!date_read(str_take_first(json_text(value), 10), &date)) return NAN;
    return years ? date.year : date_days(date);
}

/* Rows of (name,) time, value, ordered by time, to a line a name. A step left out is a gap. */
static void lines_read(Drawing *d, const Json *figure, Lines *out)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    size_t      n = json_array_size(rows);
    bool        named = !str_eq_z(json_get_text(figure, "by"), "all");
    Str         bucket = json_get_text(figure, "bucket");
    bool        years = !bucket.len || str_eq_z(bucket, "year");
    double      gap = years ? 6 : str_eq_z(bucket, "month") ? 32
                                                            : 1.5;
    out->time = years ? CHART_YEARS : CHART_DAYS;
    for (size_t r = 0; r < n; r++) {
        Str    name = named ? json_text(figure_cell(rows, r, 0)) : STR_NONE;
        double x = time_of(figure_cell(rows, r, named), years);
        size_t i = 0;
        if (isnan(x) || (named && !name.len)) continue;
        while (i < out->n && !str_eq(out->lines[i].name, name)) i++;
        if (i == out->n) {
            if (out->n == sizeof out->lines / sizeof *out->lines) continue;
            out->lines[out->n++] = (ChartLine){ .name = name, .points = NEW_ARRAY(a, ChartPoint, 2 * n) };
        }
        ChartLine *line = &out->lines[i];
        if (line->n && x - line->points[line->n - 1].x > gap)
            line->points[line->n++] = (ChartPoint){ .x = x - gap / 2, .y = NAN };
        line->points[line->n++] = (ChartPoint){ .x = x, .y = figure_number_at(rows, r, (size_t)named + 1) };
    }
}

static double last_of(const ChartLine *line)
{
    for (size_t i = line->n; i-- > 0;)
        if (!isnan(line->points[i].y)) return line->points[i].y;
    return NAN;
}

static int by_last(const void *x, const void *y)
{
    double p = last_of(x), q = last_of(y);
    return (p < q) - (p > q);
}

static Str time_shown(const Drawing *d, const Lines *lines, double x, bool day)
{
    if (lines->time == CHART_YEARS) return figure_year_shown(d, str_format(d->w->req->arena, "%.0f", x));
    Date date = date_of_ms((int64_t)x * 86400000);
    date.parts = day ? 3 : 2;
    return date_words(d->w->req->arena, date, DATE_SHORT, d->w->req->lang);
}

/* A row a time, a column a line; the newest first. */
static void lines_table(Drawing *d, const Lines *lines, size_t shown, bool day)
{
    double low = -HUGE_VAL, next = HUGE_VAL;
    figure_head_add(d, words(d->w, "figure.time"), false);
    for (size_t i = 0; i < shown; i++)
        figure_head_add(d, lines->lines[i].name.len ? lines->lines[i].name : d->name, true);
    for (size_t turn = 0; turn < TABLE_ROWS; turn++, next = low) {
        low = -HUGE_VAL;
        for (size_t i = 0; i < shown; i++)
            for (size_t k = 0; k < lines->lines[i].n; k++)
                if (lines->lines[i].points[k].x < next && !isnan(lines->lines[i].points[k].y))
                    low = fmax(low, lines->lines[i].points[k].x);
        if (low == -HUGE_VAL) return;
        Json *row = figure_row_add(d, "more", time_shown(d, lines, low, day));
        for (size_t i = 0; i < shown; i++) {
            double y = NAN;
            for (size_t k = 0; k < lines->lines[i].n; k++)
                if (lines->lines[i].points[k].x == low) y = lines->lines[i].points[k].y;
            figure_cell_add(d, row, figure_number_shown(d, y));
        }
    }
}

/* Limits of the column that somebody cites; `bucket`: what the lines are means of. */
static size_t limits_read(Drawing *d, Str column, Str bucket, ChartLimit limits[4])
{
    bool        shorter = false;
    const Json *standards = json_get(d->doc, "standards");
    size_t      n = 0;
    for (size_t i = 0; i < json_array_size(standards) && n < 4; i++) {
        const Json *one = json_array_get(standards, i);
        Str         publisher = json_get_text(one, "publisher");
        if (!str_eq(json_get_text(one, "column"), column) || !publisher.len) continue;
        shorter = shorter || (str_eq_z(json_get_text(one, "period"), "day") && !str_eq_z(bucket, "day"));
        limits[n] = (ChartLimit){ json_get_text(shown_text(d->w, json_get(one, "title")), "text"),
                                  json_get_number(one, "value", 0) };
        figure_note_add(d, str_join(d->w->req->arena,
                                    (Str[]){ S("- - - "), figure_number_shown(d, limits[n].value),
                                             S(": "), limits[n].name, words(d->w, "text.comma"), publisher },
                                    6));
        n++;
    }
    if (shorter) figure_note_add(d, words(d->w, "figure.limit-day"));
    return n;
}

static void small_put(Drawing *d, const Lines *lines)
{
    Arena     *a = d->w->req->arena;
    Json      *list = json_array_make(a);
    ChartPoint least = { .x = HUGE_VAL }, most = { .x = -HUGE_VAL, .y = -HUGE_VAL };
    for (size_t i = 0; i < lines->n; i++)
        for (size_t k = 0; k < lines->lines[i].n; k++) {
            ChartPoint p = lines->lines[i].points[k];
            least.x = fmin(least.x, p.x);
            most.x = fmax(most.x, p.x);
            if (isnan(p.y)) continue;
            least.y = fmin(least.y, p.y);
            most.y = fmax(most.y, p.y);
        }
    for (size_t i = 0; i < lines->n; i++) {
        Json      *one = json_object_make(a);
        Buf       *svg = buf_open(a);
        ChartWords named = { d->w->req->lang, lines->lines[i].name, d->unit };
        chart_small(a, svg, &named, &lines->lines[i], least, most);
        json_put_text(one, "name", lines->lines[i].name);
        json_put_text(one, "svg", buf_str(svg));
        json_put_text(one, "last", figure_number_shown(d, last_of(&lines->lines[i])));
        json_add_value(list, one);
    }
    json_put_value(d->out, "small", list);
    figure_note_add(d, words(d->w, "figure.one-scale"));
}

static void series_draw(Drawing *d, const Json *figure)
{
    Arena     *a = d->w->req->arena;
    Lines     *lines = NEW(a, Lines);
    ChartLimit limits[4];
    Buf       *svg = buf_open(a);
    bool       countries = str_eq_z(json_get_text(figure, "by"), "country");
    Str        bucket = json_get_text(figure, "bucket");
    figure_title_put(d, figure_several_key(figure, "figure.series-sum", "figure.series-mean", "figure.series"));
    lines_read(d, figure, lines);
    if (!lines->n) return;
    for (size_t i = 0; i < lines->n && countries; i++)
        lines->lines[i].name = figure_place_shown(d, lines->lines[i].name);
    qsort(lines->lines, lines->n, sizeof *lines->lines, by_last);
    size_t     shown = lines->n < CHART_LINES ? lines->n : CHART_LINES;
    size_t     limit_count = countries ? 0 : limits_read(d, json_get_text(d->looked_at, "column"), bucket, limits);
    ChartWords named = figure_words_of(d);
    chart_lines(a, svg, &named, lines->time, lines->lines, shown, limits, limit_count);
    json_put_text(d->out, "svg", buf_str(svg));
    if (bucket.len)
        figure_note_add(d, words(d->w, str_eq_z(bucket, "day")     ? "figure.by-day"
                                       : str_eq_z(bucket, "month") ? "figure.by-month"
                                                                   : "figure.by-year"));
    if (json_get_integer(figure, "places", 0) > (int64_t)lines->n)
        figure_note_add(d, words_count(d->w, "figure.places", lines->n));
    lines_table(d, lines, shown, str_eq_z(bucket, "day"));
    if (countries && lines->n > 1) small_put(d, lines);
}

static void calendar_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    int64_t     year = 0;
    size_t      known = 0;
    double      days[366], values[366], bounds[CHART_SHADES];
    Buf        *svg = buf_open(a);
    if (!str_to_i64(json_get_text(figure, "at"), &year)) return;
    figure_title_put(d, "figure.calendar");
    json_put_text(d->out, "title",
                  str_join(a,
                           (Str[]){ json_get_text(d->out, "title"), words(d->w, "text.comma"),
                                    figure_year_shown(d, json_get_text(figure, "at")) },
                           3));
    for (size_t i = 0; i < 366; i++) days[i] = NAN;
    figure_head_add(d, words(d->w, "figure.time"), false);
    figure_head_add(d, d->unit.len ? d->unit : d->name, true);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        Date date;
        if (!date_read(str_take_first(json_text(figure_cell(rows, i, 0)), 10), &date) || date.year != year) continue;
        int day = date_days(date) - date_days((Date){ .year = (int)year, .month = 1, .day = 1, .parts = 3 });
        days[day] = figure_number_at(rows, i, 1);
        if (!isnan(days[day])) values[known++] = days[day];
        figure_cell_add(d,
                        figure_row_add(d, "more", date_words(a, date, DATE_SHORT, d->w->req->lang)),
                        figure_number_shown(d, days[day]));
    }
    if (!known) return;
    qsort(values, known, sizeof *values, figure_by_size);
    shades_make(values, known, bounds);
    ChartWords named = figure_words_of(d);
    chart_calendar(a, svg, &named, (int)year, days, bounds);
    json_put_text(d->out, "svg", buf_str(svg));
    figure_shades_legend(d, bounds, values[known - 1]);
    figure_legend_add(d, "none", 0, words(d->w, "figure.none"));
    figure_note_add(d, words(d->w, "figure.by-day"));
    figure_years_put(d, figure);
}

static void exceedance_draw(Drawing *d, const Json *figure)
{
    const Json *rows = json_get(figure, "rows"), *standards = json_get(figure, "standards");
    figure_title_put(d, "figure.exceedance");
    figure_head_add(d, words(d->w, "figure.year"), false);
    figure_head_add(d, words(d->w, "figure.days"), true);
    for (size_t i = 0; i < json_array_size(standards); i++) {
        const Json *one = json_array_get(standards, i);
        Str         over = words_with(d->w, "figure.over", "value",
                                      figure_number_shown(d, json_get_number(one, "value", 0)));
        figure_head_add(d, over, true);
        figure_note_add(
            d, str_join(d->w->req->arena,
                        (Str[]){ over, S(": "),
                                 json_get_text(shown_text(d->w, json_get(one, "title")), "text"),
                                 words(d->w, "text.comma"), json_get_text(one, "publisher") },
                        5));
    }
    for (size_t i = 0; i < json_array_size(rows); i++) {
        Json *row = figure_row_add(d, "rows",
                                   figure_year_shown(d, str_format(d->w->req->arena, "%.0f",
                                                                   figure_number_at(rows, i, 0))));
        for (size_t k = 1; k < json_array_size(standards) + 2; k++)
            figure_cell_add(d, row, figure_number_shown(d, figure_number_at(rows, i, k)));
    }
    figure_note_add(d, words(d->w, "figure.place-days"));
}

/* ---- values, taxa ---- */

static void distribution_draw(Drawing *d, const Json *figure)
{
    Arena       *a = d->w->req->arena;
    const Json  *rows = json_get(figure, "rows");
    size_t       n = (size_t)json_get_integer(figure, "bins", 0);
    double       low = json_get_number(figure, "low", 0), step = json_get_number(figure, "step", 1);
    ChartColumn *columns = NEW_ARRAY(a, ChartColumn, n + 1);
    Buf         *svg = buf_open(a);
    bool         more = json_get_bool(figure, "more");
    figure_title_put(d, "figure.distribution");
    for (size_t i = 0; i < n; i++) columns[i].label = figure_number_shown(d, low + step * (double)i);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double bin = figure_number_at(rows, i, 0);
        if (bin >= 0 && bin < (double)n) columns[(size_t)bin].value = figure_number_at(rows, i, 1);
    }
    figure_head_add(d, d->unit.len ? d->unit : d->name, false);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    for (size_t i = 0; i < n; i++) {
        Str text = more && i + 1 == n
                       ? words_with(d->w, "figure.more", "value", columns[i].label)
                       : str_join(a,
                                  (Str[]){ columns[i].label, S("–"),
                                           figure_number_shown(d, low + step * (double)(i + 1)) },
                                  3);
        figure_cell_add(d, figure_row_add(d, "more", text), figure_number_shown(d, columns[i].value));
    }
    ChartWords named = figure_words_of(d);
    named.unit = words(d->w, "dataset.rows");
    chart_columns(a, svg, &named, columns, n, true);
    json_put_text(d->out, "svg", buf_str(svg));
    Str at = json_get_text(figure, "at");
    if (at.len) figure_note_add(d, figure_year_shown(d, at));
    if (more) figure_note_add(d, words(d->w, "figure.last-more"));
    uint64_t left_out = (uint64_t)json_get_integer(figure, "left_out", 0);
    if (left_out) figure_note_add(d, words_count(d->w, "figure.groups", left_out));
}

/* ---- the whole ---- */

/* The address of the figure's rows: the filters of the page and the figure's own question. */
static Str address_of(const Drawing *d, const Json *figure)
{
    static const char *const others[] = { "columns", "group", "aggregate", "order", "limit", "offset" };
    Arena                   *a = d->w->req->arena;
    const Json              *own = json_get(figure, "question");
    Buf                     *out = buf_open(a);
    const char              *before = "?";
    buf_put(out, path_encode(a, d->w->req->path));
    buf_put_z(out, ".csv");
    for (size_t i = 0; i < d->w->req->query_count; i++) {
        bool goes = d->w->req->query[i].value.len > 0 && !is_page_word(d->w->req->query[i].name);
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            goes = goes && !str_eq_z(d->w->req->query[i].name, others[k]);
        if (!goes) continue;
        buf_put_z(out, before);
        buf_put(out, percent_make(a, d->w->req->query[i].name));
        buf_put_byte(out, '=');
        buf_put(out, percent_make(a, d->w->req->query[i].value));
        before = "&";
    }
    for (size_t i = 0; i < json_array_size(own); i++) {
        buf_put_z(out, before);
        buf_put(out, percent_make(a, json_text(figure_cell(own, i, 0))));
        buf_put_byte(out, '=');
        buf_put(out, percent_make(a, json_text(figure_cell(own, i, 1))));
        before = "&";
    }
    return buf_str(out);
}

static const struct {
    const char *name;
    void (*draw)(Drawing *d, const Json *figure);
} drawings[] = {
    { "ranking", figure_ranking_draw },
    { "series", series_draw },
    { "calendar", calendar_draw },
    { "exceedance", exceedance_draw },
    { "distribution", distribution_draw },
    { "points", figure_points_draw },
    { "taxa", figure_taxa_draw },
    { "accumulation", figure_accumulation_draw },
    { "months", figure_months_draw },
    { "effort", figure_effort_draw },
    { "share", figure_share_draw },
    { "shares", figure_shares_draw },
};

static void draw(Drawing *d, const Json *figure)
{
    Str name = json_get_text(figure, "figure");
    json_put_text(d->out, "id", str_join(d->w->req->arena, (Str[]){ S("figure-"), name }, 2));
    for (size_t i = 0; i < sizeof drawings / sizeof *drawings; i++)
        if (str_eq_z(name, drawings[i].name)) drawings[i].draw(d, figure);
}

/* "Capacity (MW)" is called "Capacity" where its unit stands beside it. */
static Str name_without_unit(Arena *a, Str name, Str unit)
{
    Str behind = str_join(a, (Str[]){ S("("), unit, S(")") }, 3);
    return unit.len && str_ends(name, behind) ? str_trim(str_take_first(name, name.len - behind.len)) : name;
}

/* A column that is called "value" is called as its dataset. */
static Str name_shown(const ViewWork *w, const Json *doc, Str column, Str unit)
{
    bool plain = str_eq_nocase(column, S("value")) || str_eq_nocase(column, S("obs_value"));
    Str  title = plain ? json_get_text(shown_text(w, json_get(doc, "name")), "text") : STR_NONE;
    return title.len ? title : name_without_unit(w->req->arena, column, unit);
}

/* How several values can be put together, to choose. */
static Json *ways_of(Arena *a, const Json *looked_at)
{
    static const char *const ways[] = { "sum", "mean" };
    Json                    *list = json_array_make(a);
    for (size_t i = 0; i < 2; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "way", str_of(ways[i]));
        json_put_bool(one, ways[i], true);
        json_put_bool(one, "chosen", str_eq_z(json_get_text(looked_at, "gathered"), ways[i]));
        json_add_value(list, one);
    }
    return list;
}

Json *view_figures(const ViewWork *w, const Json *doc, const Json *looked_at)
{
    Arena      *a = w->req->arena;
    const Json *figures = json_get(looked_at, "figures"), *candidates = json_get(looked_at, "candidates");
    Json       *out = json_object_make(a), *list = json_array_make(a), *choices = json_array_make(a),
         *kept = json_array_make(a);
    Str column = json_get_text(looked_at, "column"), unit = json_get_text(looked_at, "unit");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        Drawing d = { w, doc, looked_at, json_object_make(a), name_shown(w, doc, column, unit), unit };
        draw(&d, json_array_get(figures, i));
        if (!json_get(d.out, "svg") && !json_get(d.out, "rows")) continue;
        json_put_text(d.out, "csv", address_of(&d, json_array_get(figures, i)));
        json_add_value(list, d.out);
    }
    for (size_t i = 0; i < json_array_size(candidates) && json_array_size(candidates) > 1; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "name", json_text(json_array_get(candidates, i)));
        json_put_bool(one, "chosen", str_eq(json_text(json_array_get(candidates, i)), column));
        json_add_value(choices, one);
    }
    /* What the address asks besides goes along when a column or a year is chosen. */
    for (size_t i = 0; i < w->req->query_count; i++) {
        const Pair *p = &w->req->query[i];
        if (!p->value.len || is_page_word(p->name)) continue;
        Json *one = json_object_make(a);
        json_put_text(one, "name", p->name);
        json_put_text(one, "value", p->value);
        json_add_value(kept, one);
    }
    /* Under each figure, as it may be shown elsewhere. */
    Str source = json_get_text(doc, "citation"), licence = json_get_text(doc, "licence");
    if (!source.len || source.len > SOURCE_MAX)
        source = json_get_text(json_array_get(json_get(doc, "sources"), 0), "publisher");
    if (source.len && licence.len && !str_has(source, licence))
        json_put_text(out, "figure_licence", words_with(w, "figure.licence", "licence", licence));
    json_put_text_if(out, "figure_source", source);
    json_put_value(out, "figures", list);
    json_put_value(out, "choices", choices);
    json_put_value(out, "kept", kept);
    json_put_text(out, "column", column);
    json_put_text(out, "at", query_get(w->req, "at"));
    json_put_text_if(out, "gathered", query_get(w->req, "gathered"));
    if (json_get_bool(looked_at, "several")) json_put_value(out, "ways", ways_of(a, looked_at));
    json_put_bool(out, "late", json_get_bool(looked_at, "late"));
    return out;
}
