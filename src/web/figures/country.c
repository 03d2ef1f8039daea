/* Figures by country: ranking and map of a year, the map of every year, lines over the years. */
#include "text/country.h"
#include "web/figures/inside.h"

#define COUNTRIES 12 /* with a line of their own */

static bool is_in_region(const Asking *q, Str code)
{
    for (size_t i = 0; i < q->f->region_count; i++)
        if (str_eq(q->f->region[i], code)) return true;
    return false;
}

/* Sums or means of each country and year, for the maps over time. */
static bool ask_over_time(Asking *q, Json *ranking, Err *err)
{
    Json *rows;
    asking_begin(q);
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, q->country));
    asking_pair(q, S("group"), asking_year_term(q));
    asking_pair(q, S("aggregate"), asking_call(q, q->gather, q->value));
    asking_pair(q, S("order"), asking_call(q, NULL, q->country));
    asking_pair(q, S("order"), asking_year_result(q));
    q->rows_most = ROWS_WIDE;
    bool ok = asking_rows(q, &rows, err);
    q->rows_most = 0;
    if (ok) json_put_value(ranking, "over_time", rows);
    return ok;
}

/* The largest of the ranking as filters: of the region where there are any, else of all. */
static size_t filter_largest(Asking *q, const Json *ranked, bool of_region)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(ranked) && n < COUNTRIES; i++) {
        Str said = json_text(asking_cell(ranked, i, 0)), code = country_code(said);
        if (!code.len || (of_region && !is_in_region(q, code))) continue;
        asking_pair(q, asking_column(q, q->country, ""), said);
        n++;
    }
    return n;
}

/* Has a country several rows, of which the figures show the sum or the mean? */
static bool has_several(const Json *ranked)
{
    for (size_t i = 0; i < json_array_size(ranked); i++)
        if (asking_number(ranked, i, 2) > 1 && country_code(json_text(asking_cell(ranked, i, 0))).len) return true;
    return false;
}

static bool ask_lines(Asking *q, const Json *ranked, Err *err)
{
    Json *rows;
    asking_begin(q);
    if (!filter_largest(q, ranked, true) && !filter_largest(q, ranked, false)) return true;
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, q->country));
    asking_pair(q, S("group"), asking_year_term(q));
    asking_pair(q, S("aggregate"), asking_call(q, q->gather, q->value));
    asking_pair(q, S("order"), asking_year_result(q));
    if (!asking_rows(q, &rows, err)) return false;
    Json *series = asking_figure(q, "series", rows);
    json_put_text(series, "by", S("country"));
    if (has_several(ranked)) json_put_text(series, "several", str_of(q->gather));
    return true;
}

bool ask_countries(Asking *q, Str *at, Err *err)
{
    Json *rows, *years = NULL;
    if (q->time && !asking_years(q, &years, at, err)) return false;
    asking_begin(q);
    if (q->time && at->len) asking_in_year(q, *at);
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, q->country));
    asking_pair(q, S("aggregate"), asking_call(q, q->gather, q->value));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), str_join(q->f->arena, (Str[]){ S("-"), asking_result(q, q->gather, q->value) }, 2));
    if (!asking_rows(q, &rows, err)) return false;
    Json *ranking = asking_figure(q, "ranking", rows);
    q->ranked = rows;
    json_put_text_if(ranking, "at", *at);
    if (has_several(rows)) {
        json_put_text(ranking, "several", str_of(q->gather));
        json_put_bool(q->f->out, "several", true);
    }
    if (!q->time || json_array_size(years) < 2) return true;
    json_put_value(ranking, "years", years);
    return ask_over_time(q, ranking, err) && ask_lines(q, rows, err);
}
