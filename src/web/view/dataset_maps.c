/* The figures of a dataset that are maps: countries shaded by their value, rows gathered in cells. */
#include <math.h>
#include <stdlib.h>

#include "text/country.h"
#include "text/lang.h"
#include "web/site.h"
#include "web/view/figures.h"

#define SMALL_MAPS 8
#define LINKED     600 /* cells that lead to their rows, those with most first: a page stays light */
#define MAP_YEARS  60  /* the last ones, of which one scale of shades can tell */

/* The values of the map's countries: [year][shape], NaN where there is none. */
typedef struct {
    const Json *shapes; /* countries of the map */
    size_t      shape_count, year_count;
    Str        *years;
    double     *values;
    double      bounds[CHART_SHADES], most; /* of all years, so that one shade is one value in all maps */
    bool        by_steps;                   /* of powers of ten, not as many values in each */
} MapYears;

static double *value_at_shape(const MapYears *m, size_t year, size_t shape)
{
    return &m->values[year * m->shape_count + shape];
}

static int shade_at(const MapYears *m, size_t year, size_t shape)
{
    double value = *value_at_shape(m, year, shape);
    return isnan(value) ? 0 : shade_of(m->bounds, value);
}

/* A row of the figure's table into one year. */
static void value_take(MapYears *m, size_t year, Str said, double value)
{
    Str code = country_code(said);
    for (size_t i = 0; code.len && i < m->shape_count; i++)
        if (str_eq(json_get_text(json_array_get(m->shapes, i), "code"), code)) *value_at_shape(m, year, i) = value;
}

static void years_take(MapYears *m, const Json *rows)
{
    for (size_t r = 0, at = 0; r < json_array_size(rows); r++) {
        double  year = figure_number_at(rows, r, 1);
        int64_t n;
        /* Rows go up by year within a country. */
        for (size_t step = 0; step < m->year_count; step++, at = (at + 1) % m->year_count)
            if (str_to_i64(m->years[at], &n) && (double)n == year) break;
        if (str_to_i64(m->years[at], &n) && (double)n == year)
            value_take(m, at, json_text(figure_cell(rows, r, 0)), figure_number_at(rows, r, 2));
    }
}

/* False without any value on the map. The year shown is the one `at` is set to. */
static bool map_years_make(Drawing *d, const Json *figure, const Json *countries, MapYears *m, size_t *at)
{
    Arena      *a = d->w->req->arena;
    const Json *years = json_get(figure, "years"), *rows = json_get(figure, "rows");
    Str         shown = json_get_text(figure, "at");
    size_t      all = json_array_size(years), n = 0, first = all > MAP_YEARS ? all - MAP_YEARS : 0;
    *m = (MapYears){ .shapes = countries, .shape_count = json_array_size(countries) };
    m->years = NEW_ARRAY(a, Str, all + 1);
    for (size_t i = first; i < all; i++) m->years[m->year_count++] = json_text(json_array_get(years, i));
    for (*at = 0; *at < m->year_count && !str_eq(m->years[*at], shown);) ++*at;
    if (*at == m->year_count) m->years[m->year_count++] = shown;
    double *values = NEW_ARRAY(a, double, m->year_count * m->shape_count + 1);
    m->values = NEW_ARRAY(a, double, m->year_count * m->shape_count + 1);
    for (size_t i = 0; i < m->year_count * m->shape_count; i++) m->values[i] = NAN;
    years_take(m, json_get(figure, "over_time"));
    for (size_t r = 0; r < json_array_size(rows); r++)
        value_take(m, *at, json_text(figure_cell(rows, r, 0)), figure_number_at(rows, r, 1));
    for (size_t i = 0; i < m->year_count * m->shape_count; i++)
        if (!isnan(m->values[i])) values[n++] = m->values[i];
    if (!n) return false;
    qsort(values, n, sizeof *values, figure_by_size);
    m->by_steps = shades_make_steps(values, n, m->bounds);
    if (!m->by_steps) shades_make(values, n, m->bounds);
    m->most = values[n - 1];
    return true;
}

static void svg_open(Buf *svg, const Json *shapes, const char *class, Str label)
{
    buf_putf(svg, "<svg class=\"%s\" viewBox=\"0 0 %lld %lld\" role=\"img\" aria-label=\"", class,
             (long long)json_get_integer(shapes, "width", 0), (long long)json_get_integer(shapes, "height", 0));
    buf_put_html(svg, label);
    buf_put_z(svg, "\">");
}

/* The region's map of one year, each country shaded by its value. Its shapes have names for the small maps. */
static Str map_draw(Drawing *d, const Json *shapes, const MapYears *m, size_t at)
{
    Buf *svg = buf_open(d->w->req->arena);
    svg_open(svg, shapes, "map shaded", json_get_text(d->out, "title"));
    for (size_t i = 0; i < m->shape_count; i++) {
        const Json *shape = json_array_get(m->shapes, i);
        int         shade = shade_at(m, at, i);
        buf_putf(svg, "<g class=\"%s", shade ? "shade-" : "none");
        if (shade) buf_putf(svg, "%d", shade);
        buf_put_z(svg, "\">");
        if (shade) {
            buf_put_z(svg, "<title>");
            buf_put_html(svg, country_word(d->w, json_get_text(shape, "code")));
            buf_put_z(svg, ": ");
            buf_put_html(svg, figure_number_shown(d, *value_at_shape(m, at, i)));
            buf_put_z(svg, "</title>");
        }
        buf_putf(svg, "<path id=\"shape-%zu\" d=\"", i);
        buf_put(svg, json_get_text(shape, "path"));
        buf_put_z(svg, "\"/>");
        if (json_get_text(shape, "code").len && json_get_integer(shape, "area", 0) < 60)
            buf_putf(svg, "<circle cx=\"%lld\" cy=\"%lld\" r=\"6\"/>", (long long)json_get_integer(shape, "x", 0),
                     (long long)json_get_integer(shape, "y", 0));
        buf_put_z(svg, "</g>");
    }
    buf_put_z(svg, "<path class=\"borders\" d=\"");
    buf_put(svg, json_get_text(shapes, "borders"));
    buf_put_z(svg, "\"/><path class=\"disputed\" d=\"");
    buf_put(svg, json_get_text(shapes, "disputed"));
    buf_put_z(svg, "\"/></svg>");
    return buf_str(svg);
}

/* A map of another year: the large one's shapes again. */
static Str small_map_draw(Drawing *d, const Json *shapes, const MapYears *m, size_t year)
{
    Buf *svg = buf_open(d->w->req->arena);
    svg_open(svg, shapes, "map shaded", figure_year_shown(d, m->years[year]));
    for (size_t i = 0; i < m->shape_count; i++) {
        int shade = shade_at(m, year, i);
        buf_putf(svg, "<use href=\"#shape-%zu\" class=\"%s", i, shade ? "shade-" : "none");
        if (shade) buf_putf(svg, "%d", shade);
        buf_put_z(svg, "\"/>");
    }
    buf_put_z(svg, "</svg>");
    return buf_str(svg);
}

/* Years evenly apart, the last one among them, each a way to the page of that year; and for the slider the shades of
   every year, a digit a shape: "YEAR|in words|digits;…". */
static void over_time_put(Drawing *d, const Json *figure, const Json *shapes, const MapYears *m)
{
    Arena *a = d->w->req->arena;
    Json  *list = json_array_make(a);
    size_t n = m->year_count < SMALL_MAPS ? m->year_count : SMALL_MAPS;
    Buf   *shades = buf_open(a);
    if (n < 2) return;
    for (size_t i = 0; i < n; i++) {
        Json  *one = json_object_make(a);
        size_t year = i * (m->year_count - 1) / (n - 1);
        Str    url = question_url(d->w, "at", m->years[year], false);
        json_put_text(one, "url", str_join(a, (Str[]){ url, S("#figure-ranking") }, 2));
        json_put_text(one, "year", figure_year_shown(d, m->years[year]));
        json_put_text(one, "svg", small_map_draw(d, shapes, m, year));
        json_add_value(list, one);
    }
    for (size_t year = 0; year < m->year_count; year++) {
        buf_putf(shades, "%s%.*s|%.*s|", year ? ";" : "", STR_ARG(m->years[year]),
                 STR_ARG(figure_year_shown(d, m->years[year])));
        for (size_t i = 0; i < m->shape_count; i++) buf_putf(shades, "%d", shade_at(m, year, i));
    }
    json_put_value(d->out, "over_time", list);
    json_put_text(d->out, "shades", buf_str(shades));
    json_put_text(d->out, "shades_at", json_get_text(figure, "at"));
}

static void is_map_put(Drawing *d)
{
    json_put_bool(d->out, "is_map", true);
    json_put_text_if(d->out, "map_source", words_map_source(d->w));
}

/* The countries of the map stand open; the table has all. */
static void ranking_table(Drawing *d, const Json *rows, const MapYears *m)
{
    size_t n = json_array_size(rows), shown = 0;
    double low = 0, high = 0;
    figure_head_add(d, words(d->w, "kind.country"), false);
    figure_head_add(d, d->unit.len ? d->unit : d->name, true);
    for (size_t turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < n; i++) {
            Str    said = json_text(figure_cell(rows, i, 0)), code = country_code(said);
            double value = figure_number_at(rows, i, 1);
            bool   here = false;
            for (size_t k = 0; k < m->shape_count; k++)
                here = here || str_eq(json_get_text(json_array_get(m->shapes, k), "code"), code);
            if (!code.len || isnan(value)) continue;
            if (turn == 0 && here) {
                low = fmin(low, value);
                high = fmax(high, value);
            }
            if (turn == 0) continue;
            if (here && shown < TOP_ROWS) {
                Json *row = figure_row_add(d, "rows", figure_place_shown(d, said));
                figure_cell_add(d, row, figure_number_shown(d, value));
                if (high > 0 && low >= 0) figure_bar_put(d, row, value / high);
                shown++;
            }
            figure_cell_add(d, figure_row_add(d, "more", figure_place_shown(d, said)), figure_number_shown(d, value));
        }
}

void figure_ranking_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows"), *shapes = d->w->req->site->map;
    size_t      n = json_array_size(rows), known = 0, at;
    Str         year = json_get_text(figure, "at");
    MapYears    m;
    figure_title_put(d, figure_several_key(figure, "figure.ranking-sum", "figure.ranking-mean", "figure.ranking"));
    if (year.len)
        json_put_text(d->out, "title",
                      str_join(a,
                               (Str[]){ json_get_text(d->out, "title"), words(d->w, "text.comma"),
                                        figure_year_shown(d, year) },
                               3));
    for (size_t i = 0; i < n; i++) known += country_code(json_text(figure_cell(rows, i, 0))).len > 0;
    if (!known || !shapes) return;
    if (map_years_make(d, figure, json_get(shapes, "countries"), &m, &at)) {
        json_put_text(d->out, "svg", map_draw(d, shapes, &m, at));
        is_map_put(d);
        figure_shades_legend(d, m.bounds, m.most);
        figure_legend_add(d, "none", 0, words(d->w, "figure.none"));
        figure_note_add(d, words(d->w, m.by_steps ? "figure.classes-steps" : "figure.classes-even"));
        if (year.len) over_time_put(d, figure, shapes, &m);
    }
    ranking_table(d, rows, &m);
    if (json_array_size(json_get(d->out, "rows")) < json_array_size(json_get(d->out, "more")))
        figure_note_add(d, words(d->w, "figure.ranking-note"));
    if (known < n) figure_note_add(d, words_count(d->w, "figure.groups", n - known));
    figure_years_put(d, figure);
}

#define DEGREE 8.2 /* of latitude, on this map */

/* As scripts/make-maps.js has it: Lambert's azimuthal equal-area projection about 22 N 103 E. */
static bool project(double latitude, double longitude, double *x, double *y)
{
    const double radian = acos(-1) / 180, p0 = 22 * radian, p = latitude * radian, l = (longitude - 103) * radian;
    double       cosine = sin(p0) * sin(p) + cos(p0) * cos(p) * cos(l);
    if (cosine < -0.5) return false;
    double k = sqrt(2 / (1 + cosine));
    *x = 360 + 470 * k * cos(p) * sin(l);
    *y = 318 - 470 * k * (cos(p0) * sin(p) - sin(p0) * cos(p) * cos(l));
    return *x >= 0 && *x <= 720 && *y >= 0 && *y <= 600;
}

/* A link to the rows of a cell. Who goes by keyboard finds the same links in the table. */
static void link_begin(const Drawing *d, const Json *figure, const Json *rows, size_t i, Buf *svg)
{
    double latitude = figure_number_at(rows, i, 0), longitude = figure_number_at(rows, i, 1);
    buf_put_z(svg, "<a tabindex=\"-1\" href=\"");
    buf_put_html(svg, figure_cell_url(d, latitude, longitude, json_get_number(figure, "size", 1)));
    buf_putf(svg, "\" aria-label=\"%.6g, %.6g: ", latitude, longitude);
    buf_put_html(svg, figure_number_shown(d, figure_number_at(rows, i, 2)));
    buf_put_z(svg, "\">");
}

static void note_put(Buf *out, Str text)
{
    buf_put_z(out, "<p class=\"note\">");
    buf_put_html(out, text);
    buf_put_z(out, "</p>");
}

/* What the cells of the figure ask of the drawn map. */
typedef struct {
    double   most, x0, x1, y0, y1; /* of the cells that are on it; most is 0 without any */
    uint64_t outside;              /* rows of the others */
} Seen;

/* The table of all cells, and what of them the drawn map shows. False without any. */
static bool cells_read(Drawing *d, const Json *rows, double size, Seen *out)
{
    double x, y;
    bool   any = false;
    *out = (Seen){ .x0 = 720, .y0 = 600 };
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double latitude = figure_number_at(rows, i, 0), longitude = figure_number_at(rows, i, 1),
               count = figure_number_at(rows, i, 2);
        if (isnan(latitude) || isnan(longitude)) continue;
        any = true;
        Json *row = figure_row_add(d, "more", str_format(d->w->req->arena, "%.6g, %.6g", latitude, longitude));
        if (i < TABLE_ROWS) json_put_text(row, "url", figure_cell_url(d, latitude, longitude, size));
        figure_cell_add(d, row, figure_number_shown(d, count));
        if (!project(latitude, longitude, &x, &y)) {
            out->outside += (uint64_t)count;
            continue;
        }
        out->most = fmax(out->most, count);
        out->x0 = fmin(out->x0, x);
        out->x1 = fmax(out->x1, x);
        out->y0 = fmin(out->y0, y);
        out->y1 = fmax(out->y1, y);
    }
    return any;
}

/* Does a cell with that middle have a place on the earth? Others are in no tile either. */
static bool is_placed(double latitude, double longitude)
{
    return fabs(latitude) <= 90 && fabs(longitude) <= 180;
}

/* The degree behind the widest stretch of longitudes without a cell, from -180 on: rows on both sides of 180 degrees
   lie beside each other. */
static int west_find(const Json *rows)
{
    bool has[360] = { false };
    int  widest = 0, west = -180;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double longitude = figure_number_at(rows, i, 1);
        if (is_placed(figure_number_at(rows, i, 0), longitude)) has[((int)floor(longitude) + 180) % 360] = true;
    }
    for (int at = 0, run = 0; at < 720; at++) {
        run = has[at % 360] ? 0 : run + 1;
        if (run <= widest || run > 360) continue;
        widest = run;
        west = (at + 1) % 360 - 180;
    }
    return west;
}

/* The box that holds every cell; its east is past 180 where it goes across. False where no cell has a place. */
static bool box_make(const Json *rows, double size, double box[4])
{
    int west = west_find(rows);
    box[0] = box[1] = HUGE_VAL;
    box[2] = box[3] = -HUGE_VAL;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double latitude = figure_number_at(rows, i, 0), longitude = figure_number_at(rows, i, 1);
        if (!is_placed(latitude, longitude)) continue;
        if (longitude < west) longitude += 360;
        box[0] = fmin(box[0], longitude - size / 2);
        box[1] = fmin(box[1], fmax(latitude - size / 2, -90));
        box[2] = fmax(box[2], longitude + size / 2);
        box[3] = fmax(box[3], fmin(latitude + size / 2, 90));
    }
    return box[0] < box[2];
}

/* The part of the map with the points, not smaller than what its shapes are fine enough for; all without any. Returns
   how wide it is. */
static double points_open(Drawing *d, const Json *shapes, const Seen *seen, Buf *svg)
{
    double wide = fmax(seen->x1 - seen->x0, seen->y1 - seen->y0) * 1.15;
    double side = seen->most > 0 ? fmin(fmax(wide, 60), 720) : 720, height = fmin(side, 600);
    double left = fmin(fmax((seen->x0 + seen->x1 - side) / 2, 0), 720 - side),
           top = fmin(fmax((seen->y0 + seen->y1 - height) / 2, 0), 600 - height);
    buf_putf(svg, "<svg class=\"map points\" viewBox=\"%.1f %.1f %.1f %.1f\" role=\"group\" aria-label=\"", left, top,
             side, height);
    buf_put_html(svg, json_get_text(d->out, "title"));
    buf_put_z(svg, "\"><g class=\"land\">");
    const Json *list = json_get(shapes, "countries");
    for (size_t i = 0; i < json_array_size(list); i++) {
        buf_put_z(svg, "<path d=\"");
        buf_put(svg, json_get_text(json_array_get(list, i), "path"));
        buf_put_z(svg, "\"/>");
    }
    buf_put_z(svg, "</g><path class=\"borders\" d=\"");
    buf_put(svg, json_get_text(shapes, "borders"));
    buf_put_z(svg, "\"/><path class=\"disputed\" d=\"");
    buf_put(svg, json_get_text(shapes, "disputed"));
    buf_put_z(svg, "\"/>");
    return side;
}

static void dots_draw(const Drawing *d, const Json *figure, double most, double side, Buf *svg)
{
    const Json *rows = json_get(figure, "rows");
    double      x, y, size = json_get_number(figure, "size", 1);
    buf_put_z(svg, "<g class=\"dots\">");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double count = figure_number_at(rows, i, 2);
        if (isnan(count) || isnan(figure_number_at(rows, i, 0)) ||
            !project(figure_number_at(rows, i, 0), figure_number_at(rows, i, 1), &x, &y))
            continue;
        if (i < LINKED) link_begin(d, figure, rows, i, svg);
        buf_putf(svg, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\"/>", x, y,
                 fmax(size * DEGREE * (0.2 + 0.5 * sqrt(count / most)), side / 300));
        if (i < LINKED) buf_put_z(svg, "</a>");
    }
    buf_put_z(svg, "</g></svg>");
}

void figure_points_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows"), *shapes = d->w->req->site->map;
    double      size = json_get_number(figure, "size", 1), box[4];
    Seen        seen;
    Buf        *svg = buf_open(a);
    figure_title_put(d, "figure.points");
    if (!shapes) return;
    figure_head_add(d, words(d->w, "figure.place"), false);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    if (!cells_read(d, rows, size, &seen)) return;
    double side = points_open(d, shapes, &seen, svg);
    dots_draw(d, figure, seen.most, side, svg);
    /* Of the drawn map alone: they go with it where the map moves. */
    note_put(svg, words_with(d->w, "figure.cells", "size", number_text(a, size, 2, d->w->req->lang)));
    if (seen.outside) note_put(svg, words_count(d->w, "figure.outside", seen.outside));
    json_put_text(d->out, "svg", buf_str(svg));
    is_map_put(d);
    if (box_make(rows, size, box)) figure_tiles_put(d, box);
}
