/* The figures of a dataset that are maps: countries shaded by their value, rows gathered in cells. */
#include <math.h>
#include <stdlib.h>

#include "text/country.h"
#include "text/lang.h"
#include "web/view_figures.h"

/* The region's map with each country shaded by its value. */
static void map_put(Drawing *d, const Json *rows, const double bounds[CHART_SHADES])
{
    Arena      *a = d->w->req->arena;
    const Json *shapes;
    Err         err = { 0 };
    if (!view_shapes(d->w, &shapes, &err)) return;
    Buf        *svg = buf_open(a);
    const Json *list = json_get(shapes, "countries");
    buf_putf(svg, "<svg class=\"map shaded\" viewBox=\"0 0 %lld %lld\" role=\"img\" aria-label=\"",
             (long long)json_get_integer(shapes, "width", 0), (long long)json_get_integer(shapes, "height", 0));
    buf_put_html(svg, json_get_text(d->out, "title"));
    buf_put_z(svg, "\">");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *shape = json_array_get(list, i);
        Str         code = json_get_text(shape, "code");
        int         shade = 0;
        double      value = NAN;
        for (size_t r = 0; r < json_array_size(rows) && code.len && !shade; r++)
            if (str_eq(country_code(json_text(figure_cell(rows, r, 0))), code) &&
                !isnan(value = figure_number_at(rows, r, 1)))
                shade = shade_of(bounds, value);
        buf_putf(svg, "<g class=\"%s", shade ? "shade-" : "none");
        if (shade) buf_putf(svg, "%d", shade);
        buf_put_z(svg, "\">");
        if (shade) {
            buf_put_z(svg, "<title>");
            buf_put_html(svg, country_word(d->w, code));
            buf_put_z(svg, ": ");
            buf_put_html(svg, figure_number_shown(d, value));
            buf_put_z(svg, "</title>");
        }
        buf_put_z(svg, "<path d=\"");
        buf_put(svg, json_get_text(shape, "path"));
        buf_put_z(svg, "\"/>");
        if (shade && json_get_integer(shape, "area", 0) < 60)
            buf_putf(svg, "<circle cx=\"%lld\" cy=\"%lld\" r=\"6\"/>", (long long)json_get_integer(shape, "x", 0),
                     (long long)json_get_integer(shape, "y", 0));
        buf_put_z(svg, "</g>");
    }
    buf_put_z(svg, "<path class=\"borders\" d=\"");
    buf_put(svg, json_get_text(shapes, "borders"));
    buf_put_z(svg, "\"/><path class=\"disputed\" d=\"");
    buf_put(svg, json_get_text(shapes, "disputed"));
    buf_put_z(svg, "\"/></svg>");
    json_put_text(d->out, "svg", buf_str(svg));
    json_put_bool(d->out, "is_map", true);
}

void figure_ranking_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    size_t      n = json_array_size(rows), known = 0;
    double     *values = NEW_ARRAY(a, double, n + 1), most = 0, bounds[CHART_SHADES];
    bool        several = false;
    Str         at = json_get_text(figure, "at");
    figure_title_put(d, "figure.ranking");
    for (size_t i = 0; i < n; i++) {
        several = several || figure_number_at(rows, i, 2) > 1;
        if (!country_code(json_text(figure_cell(rows, i, 0))).len || isnan(figure_number_at(rows, i, 1))) continue;
        values[known++] = figure_number_at(rows, i, 1);
    }
    if (!known) return;
    qsort(values, known, sizeof *values, figure_by_size);
    most = values[known - 1];
    shades_make(values, known, bounds);
    map_put(d, rows, bounds);
    figure_shades_legend(d, bounds, most);
    figure_legend_add(d, "none", 0, words(d->w, "figure.none"));
    figure_head_add(d, words(d->w, "kind.country"), false);
    figure_head_add(d, d->unit.len ? d->unit : d->name, true);
    for (size_t i = 0, shown = 0; i < n; i++) {
        Str said = json_text(figure_cell(rows, i, 0));
        if (!country_code(said).len) continue;
        Json *row = figure_row_add(d, shown++ < TOP_ROWS ? "rows" : "more", figure_place_shown(d, said));
        figure_cell_add(d, row, figure_number_shown(d, figure_number_at(rows, i, 1)));
        if (most > 0 && values[0] >= 0) figure_bar_put(d, row, figure_number_at(rows, i, 1) / most);
    }
    if (at.len) figure_note_add(d, figure_year_shown(d, at));
    if (several) figure_note_add(d, words(d->w, "figure.mean"));
    if (known < n) figure_note_add(d, words_count(d->w, "figure.groups", n - known));
    figure_years_put(d, figure);
}

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

void figure_points_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows"), *shapes;
    double      most = 0, x, y, x0 = 720, x1 = 0, y0 = 600, y1 = 0;
    uint64_t    outside = 0;
    Err         err = { 0 };
    Buf        *svg = buf_open(a);
    figure_title_put(d, "figure.points");
    if (!view_shapes(d->w, &shapes, &err)) return;
    figure_head_add(d, words(d->w, "figure.place"), false);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double latitude = figure_number_at(rows, i, 0), longitude = figure_number_at(rows, i, 1),
               count = figure_number_at(rows, i, 2);
        if (isnan(latitude) || isnan(longitude)) continue;
        figure_cell_add(d,
                        figure_row_add(d, "more", str_format(a, "%.6g, %.6g", latitude, longitude)),
                        figure_number_shown(d, count));
        if (!project(latitude, longitude, &x, &y)) {
            outside += (uint64_t)count;
            continue;
        }
        most = fmax(most, count);
        x0 = fmin(x0, x);
        x1 = fmax(x1, x);
        y0 = fmin(y0, y);
        y1 = fmax(y1, y);
    }
    if (most <= 0) return;
    /* The part of the map with the points, not smaller than what its shapes are fine enough for. */
    double side = fmin(fmax(fmax(x1 - x0, y1 - y0) * 1.15, 60), 720), height = fmin(side, 600);
    double left = fmin(fmax((x0 + x1 - side) / 2, 0), 720 - side),
           top = fmin(fmax((y0 + y1 - height) / 2, 0), 600 - height);
    buf_putf(svg,
             "<svg class=\"map points\" viewBox=\"%.1f %.1f %.1f %.1f\" role=\"img\" aria-label=\"",
             left, top, side, height);
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
    buf_put_z(svg, "\"/><g class=\"dots\">");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        double count = figure_number_at(rows, i, 2);
        if (isnan(count) || isnan(figure_number_at(rows, i, 0)) ||
            !project(figure_number_at(rows, i, 0), figure_number_at(rows, i, 1), &x, &y))
            continue;
        buf_putf(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\"/>", x, y,
                 side / 72 * (0.22 + 0.9 * sqrt(count / most)));
    }
    buf_put_z(svg, "</g></svg>");
    json_put_text(d->out, "svg", buf_str(svg));
    json_put_bool(d->out, "is_map", true);
    figure_note_add(d, words_with(d->w, "figure.cells", "size",
                                  number_text(a, json_get_number(figure, "size", 1), 2, d->w->req->lang)));
    if (outside) figure_note_add(d, words_count(d->w, "figure.outside", outside));
}
