/* The figures of occurrences: taxa and how many more there may be, months, trends with what they are worth. */
#include <math.h>
#include <stdlib.h>

#include "text/lang.h"
#include "web/view/figures.h"

static Str percent(const Drawing *d, double share, bool sign)
{
    double value = round(1000 * share) / 10;
    if (value == 0) value = 0; /* without a sign */
    bool wide = value > 9999;
    Str  number = number_text(d->w->req->arena, wide ? 9999 : value, fabs(value) < 100 ? 1 : 0, d->w->req->lang);
    number = str_join(d->w->req->arena, (Str[]){ wide ? S("> ") : sign && value > 0 ? S("+")
                                                                                    : STR_NONE,
                                                 number },
                      2);
    return words_with(d->w, "figure.percent", "value", number);
}

static Str from_to(const Drawing *d, Str low, Str high)
{
    return str_join(d->w->req->arena, (Str[]){ low, S("–"), high }, 3);
}

/* A message with three numbers. */
static Str said_with_reach(const Drawing *d, const char *key, Str value, Str low, Str high)
{
    Json *args = json_object_make(d->w->req->arena);
    json_put_text(args, "value", value);
    json_put_text(args, "low", low);
    json_put_text(args, "high", high);
    return message(d->w->messages, d->w->req->arena, d->w->req->lang, str_of(key), args);
}

static void change_note_add(Drawing *d, const Json *figure)
{
    double value = json_get_number(figure, "change", 0), low = json_get_number(figure, "change_low", 0),
           high = json_get_number(figure, "change_high", 0);
    const char *key = low > 0 ? "figure.trend-up" : high < 0 ? "figure.trend-down"
                                                             : "figure.trend-flat";
    figure_note_add(d, said_with_reach(d, key, percent(d, value, low <= 0), percent(d, low, low <= 0),
                                       percent(d, high, low <= 0)));
}

/* The page with this taxon alone. */
static Str taxon_url(const Drawing *d, Str column, Str taxon)
{
    Arena *a = d->w->req->arena;
    Str    name = str_join(a, (Str[]){ S("where."), column }, 2);
    return str_join(a, (Str[]){ question_url(d->w, name.at, taxon, false), S("#figures") }, 2);
}

void figure_taxa_draw(Drawing *d, const Json *figure)
{
    const Json *rows = json_get(figure, "rows");
    double      most = json_array_size(rows) ? figure_number_at(rows, 0, 1) : 0;
    Str         column = json_get_text(figure, "column");
    figure_title_put(d, "figure.taxa");
    figure_head_add(d, words(d->w, "figure.taxon"), false);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        Str   taxon = json_text(figure_cell(rows, i, 0));
        Json *row = figure_row_add(d, i < TOP_ROWS ? "rows" : "more", taxon);
        json_put_bool(row, "is_taxon", true);
        if (json_array_size(rows) > 1) json_put_text(row, "url", taxon_url(d, column, taxon));
        figure_cell_add(d, row, figure_number_shown(d, figure_number_at(rows, i, 1)));
        figure_bar_put(d, row, most > 0 ? figure_number_at(rows, i, 1) / most : 0);
    }
    figure_note_add(d, words_count(d->w, "figure.taxa-count", (uint64_t)json_get_integer(figure, "total", 0)));
}

void figure_months_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    ChartColumn columns[12];
    Buf        *svg = buf_open(a);
    figure_title_put(d, "figure.months");
    figure_head_add(d, words(d->w, "figure.month"), false);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    for (int m = 0; m < 12; m++) {
        columns[m] = (ChartColumn){ number_text(a, m + 1, 0, d->w->req->lang), 0 };
        for (size_t i = 0; i < json_array_size(rows); i++)
            if (figure_number_at(rows, i, 0) == m + 1) columns[m].value = figure_number_at(rows, i, 1);
        figure_cell_add(d, figure_row_add(d, "more", columns[m].label), figure_number_shown(d, columns[m].value));
    }
    ChartWords named = figure_words_of(d);
    named.unit = words(d->w, "dataset.rows");
    chart_columns(a, svg, &named, columns, 12, false);
    json_put_text(d->out, "svg", buf_str(svg));
}

/* ---- how many there are ---- */

void figure_accumulation_draw(Drawing *d, const Json *figure)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    size_t      n = json_array_size(rows);
    double      records = json_get_number(figure, "records", 0), total = json_get_number(figure, "total", 0);
    double      estimate = json_get_number(figure, "chao1", 0), low = json_get_number(figure, "chao1_low", 0),
           high = json_get_number(figure, "chao1_high", 0);
    ChartPoint *curve = NEW_ARRAY(a, ChartPoint, n + 1), end = { records * 1.03, estimate, low, high };
    Buf        *svg = buf_open(a);
    figure_title_put(d, "figure.accumulation");
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    figure_head_add(d, words(d->w, "figure.taxa-found"), true);
    figure_head_add(d, words(d->w, "figure.from-to"), true);
    for (size_t i = 0; i < n; i++) {
        curve[i] = (ChartPoint){ figure_number_at(rows, i, 0), figure_number_at(rows, i, 1),
                                 figure_number_at(rows, i, 2), figure_number_at(rows, i, 3) };
        Json *row = figure_row_add(d, "more", number_text(a, curve[i].x, 0, d->w->req->lang));
        figure_cell_add(d, row, figure_number_shown(d, curve[i].y));
        Str low_words = number_text(a, curve[i].low, 0, d->w->req->lang),
            high_words = number_text(a, curve[i].high, 0, d->w->req->lang);
        figure_cell_add(d, row, from_to(d, low_words, high_words));
    }
    ChartLine  lines[] = { { number_text(a, total, 0, d->w->req->lang), curve, n, CHART_LINE_BAND },
                           { S("Chao1"), &end, 1, CHART_DOTS_REACH } };
    ChartWords named = figure_words_of(d);
    named.unit = words(d->w, "figure.taxa-found");
    chart_lines(a, svg, &named, CHART_NUMBERS, lines, estimate > total ? 2 : 1, NULL, 0);
    json_put_text(d->out, "svg", buf_str(svg));
    if (estimate > total)
        figure_note_add(d, said_with_reach(d, "figure.chao1", number_text(a, estimate, 0, d->w->req->lang),
                                           number_text(a, low, 0, d->w->req->lang),
                                           number_text(a, high, 0, d->w->req->lang)));
    /* Not rounded up to certainty. */
    double coverage = json_get_number(figure, "coverage", 0);
    figure_note_add(d, words_with(d->w, "figure.coverage", "share",
                                  percent(d, coverage < 1 ? fmin(coverage, 0.999) : 1, false)));
    json_put_text(d->out, "caveat", words(d->w, "figure.accumulation-note"));
}

/* ---- trends ---- */

/* [year, value, low, high, fit, low, high]: what was seen as dots, what was fitted as a line with its band. */
static void fitted_draw(Drawing *d, const Json *figure, Str unit, bool shares)
{
    Arena      *a = d->w->req->arena;
    const Json *rows = json_get(figure, "rows");
    size_t      n = json_array_size(rows);
    ChartPoint *seen = NEW_ARRAY(a, ChartPoint, n + 1), *fit = NEW_ARRAY(a, ChartPoint, n + 1);
    Buf        *svg = buf_open(a);
    double      scale = shares ? 100 : 1;
    if (!n) return;
    figure_head_add(d, words(d->w, "figure.year"), false);
    figure_head_add(d, unit, true);
    figure_head_add(d, words(d->w, "figure.fitted"), true);
    figure_head_add(d, words(d->w, "figure.from-to"), true);
    for (size_t i = 0; i < n; i++) {
        double year = figure_number_at(rows, i, 0);
        seen[i] = (ChartPoint){ year, scale * figure_number_at(rows, i, 1), scale * figure_number_at(rows, i, 2),
                                scale * figure_number_at(rows, i, 3) };
        fit[i] = (ChartPoint){ year, scale * figure_number_at(rows, i, 4), scale * figure_number_at(rows, i, 5),
                               scale * figure_number_at(rows, i, 6) };
    }
    for (size_t i = n; i-- > 0;) {
        Json *row = figure_row_add(d, "more", figure_year_shown(d, str_format(a, "%.0f", seen[i].x)));
        figure_cell_add(d, row, figure_number_shown(d, seen[i].y));
        figure_cell_add(d, row, figure_number_shown(d, fit[i].y));
        figure_cell_add(d, row, from_to(d, figure_number_shown(d, fit[i].low), figure_number_shown(d, fit[i].high)));
    }
    ChartLine  lines[] = { { words(d->w, "figure.trend"), fit, n, CHART_LINE_BAND },
                           { STR_NONE, seen, n, shares ? CHART_DOTS_REACH : CHART_DOTS } };
    ChartWords named = figure_words_of(d);
    named.unit = unit;
    chart_lines(a, svg, &named, CHART_YEARS, lines, 2, NULL, 0);
    json_put_text(d->out, "svg", buf_str(svg));
    change_note_add(d, figure);
}

void figure_effort_draw(Drawing *d, const Json *figure)
{
    figure_title_put(d, "figure.effort");
    fitted_draw(d, figure, words(d->w, "dataset.rows"), false);
    json_put_text(d->out, "caveat", words(d->w, "figure.effort-note"));
}

void figure_share_draw(Drawing *d, const Json *figure)
{
    json_put_text(d->out, "title",
                  words_with(d->w, "figure.share", "taxon", json_get_text(figure, "taxon")));
    fitted_draw(d, figure, words(d->w, "figure.share-unit"), true);
    json_put_text(d->out, "caveat", words(d->w, "figure.share-note"));
}

static int by_change(const void *x, const void *y)
{
    double p = json_get_number(*(Json *const *)x, "change", 0), q = json_get_number(*(Json *const *)y, "change", 0);
    return (p < q) - (p > q);
}

void figure_shares_draw(Drawing *d, const Json *figure)
{
    Arena       *a = d->w->req->arena;
    const Json  *rows = json_get(figure, "rows");
    size_t       n = json_array_size(rows);
    const Json **sorted = NEW_ARRAY(a, const Json *, n + 1);
    double       from = -0.01, to = 0.01;
    figure_title_put(d, "figure.shares");
    figure_head_add(d, words(d->w, "figure.taxon"), false);
    figure_head_add(d, words(d->w, "figure.change"), true);
    figure_head_add(d, words(d->w, "dataset.rows"), true);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = json_array_get(rows, i);
        from = fmin(from, json_get_number(sorted[i], "change_low", 0));
        to = fmax(to, fmin(json_get_number(sorted[i], "change_high", 0), 1));
    }
    qsort(sorted, n, sizeof *sorted, by_change);
    for (size_t i = 0; i < n; i++) {
        Str    taxon = json_get_text(sorted[i], "taxon");
        double low = json_get_number(sorted[i], "change_low", 0), high = json_get_number(sorted[i], "change_high", 0),
               change = json_get_number(sorted[i], "change", 0);
        Json *row = figure_row_add(d, "rows", taxon);
        Buf  *bar = buf_open(a);
        json_put_bool(row, "is_taxon", true);
        json_put_text(row, "url", taxon_url(d, json_get_text(figure, "column"), taxon));
        chart_reach(bar, low, change, high, from, to);
        json_put_text(row, "bar", buf_str(bar));
        figure_cell_add(d, row,
                        said_with_reach(d, "figure.value-reach", percent(d, change, true),
                                        percent(d, low, true), percent(d, high, true)));
        figure_cell_add(d, row, figure_number_shown(d, json_get_number(sorted[i], "records", 0)));
    }
    json_put_text(d->out, "caveat", words(d->w, "figure.share-note"));
}
