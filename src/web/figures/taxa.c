/* Figures of occurrences: taxa, their accumulation, months, records by year and what became of their shares. */
#include <math.h>
#include <string.h>

#include "web/figures/inside.h"
#include "work/accumulation.h"
#include "work/trends.h"

#define CURVE_POINTS  40
#define TREND_TAXA    12
#define TREND_RECORDS 20 /* of a taxon, for a trend */
#define TREND_SPAN    400

/* ---- how many there are ---- */

static void curve_put(Asking *q, Json *figure, const RecordsEach *counts, size_t n, const Accumulation *all)
{
    Json *curve = json_array_make(q->f->arena);
    for (int i = 0; i <= CURVE_POINTS; i++) {
        double            m = round((double)all->records * i / CURVE_POINTS);
        AccumulationPoint at = accumulation_at(counts, n, all, m);
        Json             *one = json_array_make(q->f->arena);
        if (json_array_size(curve) && m <= asking_number(curve, json_array_size(curve) - 1, 0)) continue;
        json_add_taken(one, json_real(at.records));
        json_add_taken(one, json_real(at.species));
        json_add_taken(one, json_real(at.low));
        json_add_taken(one, json_real(at.high));
        json_add_value(curve, one);
    }
    json_put_value(figure, "rows", curve);
    json_put_integer(figure, "records", all->records);
    json_put_integer(figure, "total", all->species);
    json_put_integer(figure, "once", all->once);
    json_put_number(figure, "chao1", all->chao1);
    json_put_number(figure, "chao1_low", all->chao1_low);
    json_put_number(figure, "chao1_high", all->chao1_high);
    json_put_number(figure, "coverage", all->coverage);
}

static bool ask_accumulation(Asking *q, Accumulation *all, Err *err)
{
    Arena        *a = q->f->arena;
    TableQuestion question;
    Json         *rows;
    Buf          *sql = buf_open(a);
    asking_begin(q);
    asking_pair(q, asking_column(q, q->taxon, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, q->taxon));
    asking_pair(q, S("aggregate"), S("count"));
    if (!asking_question(q, &question, err)) return false;
    buf_put_z(sql, "SELECT ");
    sql_name(sql, question.results[1].name);
    buf_put_z(sql, ", count(*) FROM (");
    buf_put(sql, question.sql);
    buf_put_z(sql, ") GROUP BY 1 ORDER BY 1");
    q->rows_most = ROWS_WIDE;
    bool ok = asking_sql(q, buf_str(sql), &question, &rows, err);
    q->rows_most = 0;
    if (!ok) return false;
    size_t       n = json_array_size(rows);
    RecordsEach *counts = NEW_ARRAY(a, RecordsEach, n + 1);
    for (size_t i = 0; i < n; i++)
        counts[i] = (RecordsEach){ (int64_t)asking_number(rows, i, 0), (int64_t)asking_number(rows, i, 1) };
    *all = accumulation_make(counts, n);
    if (all->species > 1) curve_put(q, asking_figure(q, "accumulation", rows), counts, n, all);
    return true;
}

/* ---- what becomes of them ---- */

/* Does a filter of the address name the taxon's column? As `name`, `where.name` or with an ending. */
static bool is_of_taxon(const Asking *q, Str filter)
{
    Str name = q->taxon->name, rest;
    if (str_starts(filter, S("where."))) filter = str_drop(filter, 6);
    if (!str_starts(filter, name)) return false;
    rest = str_drop(filter, name.len);
    return !rest.len || str_eq_z(rest, ".has") || str_eq_z(rest, ".min") || str_eq_z(rest, ".max") ||
           str_eq_z(rest, ".missing");
}

/* The address's filters without those of the taxon; true where there was one. */
static bool taxon_unasked(const Asking *q, QuestionPair *kept, size_t *n)
{
    bool any = false;
    *n = 0;
    for (size_t i = 0; i < q->f->filter_count; i++) {
        const QuestionPair *p = &q->f->filters[i];
        if (p->value.len && is_of_taxon(q, p->name)) any = true;
        else kept[(*n)++] = *p;
    }
    return any;
}

typedef struct {
    TrendYear *years; /* every year from the first to the last */
    size_t     n;
} Years;

static bool year_at(const Years *y, double year, size_t *at)
{
    if (!y->n || isnan(year) || year < y->years[0].year || year > y->years[y->n - 1].year) return false;
    *at = (size_t)(year - y->years[0].year);
    return true;
}

/* Records of each year, as `of`: those with a taxon that the filters leave, one after the other without a gap. */
static bool ask_years(Asking *q, Years *out, Json **rows, Err *err)
{
    double first, last;
    *out = (Years){ 0 };
    asking_begin(q);
    asking_pair(q, asking_column(q, q->taxon, ".missing"), S("false"));
    asking_pair(q, asking_column(q, q->time, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_year_term(q));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), asking_year_result(q));
    if (!asking_rows(q, rows, err)) return false;
    size_t n = json_array_size(*rows);
    if (!n) return true;
    first = asking_number(*rows, 0, 0);
    last = asking_number(*rows, n - 1, 0);
    if (isnan(first) || isnan(last)) return true;
    first = fmax(first, last - TREND_SPAN + 1);
    out->n = (size_t)(last - first) + 1;
    out->years = NEW_ARRAY(q->f->arena, TrendYear, out->n);
    for (size_t i = 0; i < out->n; i++) out->years[i].year = first + (double)i;
    for (size_t i = 0; i < n; i++) {
        size_t at;
        if (year_at(out, asking_number(*rows, i, 0), &at)) out->years[at].of = asking_number(*rows, i, 1);
    }
    return true;
}

static void change_put(Json *figure, const Trend *trend)
{
    TrendValue change = trend_change(trend);
    json_put_number(figure, "change", change.value);
    json_put_number(figure, "change_low", change.low);
    json_put_number(figure, "change_high", change.high);
}

/* [year, value, low, high, fit, low, high] of each year; value, low and high are null where a year has nothing. */
static Json *fitted_make(Asking *q, const Years *y, const Trend *trend)
{
    Json *rows = json_array_make(q->f->arena);
    bool  shares = trend->of == TREND_SHARES;
    for (size_t i = 0; i < y->n; i++) {
        const TrendYear *year = &y->years[i];
        Json            *one = json_array_make(q->f->arena);
        TrendValue       seen = { year->count, year->count, year->count }, fit = trend_at(trend, year->year);
        bool             any = !shares || year->of > 0;
        if (shares && any) seen = trend_share(year->count, year->of);
        json_add_taken(one, json_integer((int64_t)year->year));
        json_add_taken(one, any ? json_real(seen.value) : json_null());
        json_add_taken(one, any ? json_real(seen.low) : json_null());
        json_add_taken(one, any ? json_real(seen.high) : json_null());
        json_add_taken(one, json_real(fit.value));
        json_add_taken(one, json_real(fit.low));
        json_add_taken(one, json_real(fit.high));
        json_add_value(rows, one);
    }
    return rows;
}

/* Records by year, with the trend of their number. */
static void effort_put(Asking *q, const Years *all, Json *rows)
{
    Years y = { NEW_ARRAY(q->f->arena, TrendYear, all->n + 1), all->n };
    Trend trend;
    for (size_t i = 0; i < y.n; i++) y.years[i] = (TrendYear){ .year = all->years[i].year, .count = all->years[i].of };
    if (!trend_fit(TREND_COUNTS, y.years, y.n, &trend)) return;
    Json *figure = asking_figure(q, "effort", rows);
    json_put_value(figure, "rows", fitted_make(q, &y, &trend));
    change_put(figure, &trend);
}

/* The taxa that the filters name, as a share of all taxa's records by year. */
static bool ask_share(Asking *q, const Years *some, Json *rows, QuestionPair *others, size_t other_count, Err *err)
{
    const QuestionPair *filters = q->f->filters;
    size_t              filter_count = q->f->filter_count;
    Years               all;
    Json               *ignored;
    Trend               trend;
    Json               *figure = asking_figure(q, "share", rows); /* its address has the taxon's filters */
    for (size_t i = filter_count; i-- > 0;)
        if (is_of_taxon(q, filters[i].name) && filters[i].value.len)
            json_put_text(figure, "taxon", filters[i].value);
    q->f->filters = others;
    q->f->filter_count = other_count;
    bool ok = ask_years(q, &all, &ignored, err);
    q->f->filters = filters;
    q->f->filter_count = filter_count;
    if (!ok) return false;
    json_put_value(figure, "rows", json_array_make(q->f->arena));
    for (size_t i = 0, at; i < some->n; i++)
        if (year_at(&all, some->years[i].year, &at)) all.years[at].count = some->years[i].of;
    if (!trend_fit(TREND_SHARES, all.years, all.n, &trend)) return true;
    json_put_value(figure, "rows", fitted_make(q, &all, &trend));
    change_put(figure, &trend);
    return true;
}

/* The taxa with most records: how the share of each changed. */
static bool ask_shares(Asking *q, const Years *all, const Json *taxa, Err *err)
{
    Arena *a = q->f->arena;
    Json  *rows, *list = json_array_make(a);
    size_t n = 0;
    asking_begin(q);
    for (; n < TREND_TAXA && n < json_array_size(taxa) && asking_number(taxa, n, 1) >= TREND_RECORDS; n++)
        asking_pair(q, asking_column(q, q->taxon, ""), json_text(asking_cell(taxa, n, 0)));
    if (n < 2 || all->n < TREND_YEARS_LEAST) return true;
    asking_pair(q, S("group"), asking_call(q, NULL, q->taxon));
    asking_pair(q, S("group"), asking_year_term(q));
    asking_pair(q, S("aggregate"), S("count"));
    if (!asking_rows(q, &rows, err)) return false;
    Years y = { NEW_ARRAY(a, TrendYear, all->n), all->n };
    for (size_t i = 0; i < n; i++) {
        Str   name = json_text(asking_cell(taxa, i, 0));
        Trend trend;
        memcpy(y.years, all->years, y.n * sizeof *y.years);
        for (size_t r = 0, at; r < json_array_size(rows); r++)
            if (str_eq(json_text(asking_cell(rows, r, 0)), name) && year_at(&y, asking_number(rows, r, 1), &at))
                y.years[at].count = asking_number(rows, r, 2);
        if (!trend_fit(TREND_SHARES, y.years, y.n, &trend)) continue;
        Json *one = json_object_make(a);
        json_put_text(one, "taxon", name);
        json_put_value(one, "records", asking_cell(taxa, i, 1));
        change_put(one, &trend);
        json_add_value(list, one);
    }
    if (!json_array_size(list)) return true;
    Json *figure = asking_figure(q, "shares", list);
    json_put_text(figure, "column", q->taxon->name);
    return true;
}

static bool ask_trends(Asking *q, const Json *taxa, Err *err)
{
    QuestionPair *others = NEW_ARRAY(q->f->arena, QuestionPair, q->f->filter_count + 1);
    size_t        other_count;
    Years         years;
    Json         *rows;
    bool          of_taxon = taxon_unasked(q, others, &other_count);
    if (!ask_years(q, &years, &rows, err)) return false;
    if (of_taxon) return ask_share(q, &years, rows, others, other_count, err);
    effort_put(q, &years, rows);
    return ask_shares(q, &years, taxa, err);
}

/* ---- the list, the months ---- */

static const Column *column_named(const Asking *q, Str name)
{
    for (size_t i = 0; i < q->f->table->column_count; i++)
        if (str_eq_nocase(q->f->table->columns[i].name, name)) return &q->f->table->columns[i];
    return NULL;
}

/* The month of a time. */
static bool ask_months(Asking *q, const Column *time, Err *err)
{
    Json *rows;
    asking_begin(q);
    asking_pair(q, asking_column(q, time, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, "month_of_year", time));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), asking_result(q, "month_of_year", time));
    if (!asking_rows(q, &rows, err)) return false;
    asking_figure(q, "months", rows);
    return true;
}

/* 1 to 12 of "01", "1" or 1; else 0. */
static int64_t month_of(const Json *value)
{
    int64_t n = 0;
    if (json_is_number(value)) n = (int64_t)json_number_value(value);
    else if (!str_to_i64(str_trim(json_text(value)), &n)) return 0;
    return n >= 1 && n <= 12 ? n : 0;
}

/* A column of months, whose texts may say one in several ways. */
static bool ask_month_column(Asking *q, const Column *month, Err *err)
{
    Json   *rows, *months = json_array_make(q->f->arena);
    int64_t counts[13] = { 0 };
    bool    any = false;
    asking_begin(q);
    asking_pair(q, asking_column(q, month, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, month));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), asking_result(q, NULL, month));
    if (!asking_rows(q, &rows, err)) return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        counts[month_of(asking_cell(rows, i, 0))] += (int64_t)asking_number(rows, i, 1);
    for (int64_t m = 1; m <= 12; m++) {
        Json *one = json_array_make(q->f->arena);
        any = any || counts[m] > 0;
        json_add_taken(one, json_integer(m));
        json_add_taken(one, json_integer(counts[m]));
        json_add_value(months, one);
    }
    if (any) asking_figure(q, "months", months);
    return true;
}

/* By the time where it knows the month, else by Darwin Core's eventDate, else by its month. */
static bool ask_season(Asking *q, Err *err)
{
    const Column *date = column_named(q, S("eventDate")), *month = column_named(q, S("month"));
    if (q->time && column_in_months(q->time)) return ask_months(q, q->time, err);
    if (date && column_in_months(date)) return ask_months(q, date, err);
    return !month || ask_month_column(q, month, err);
}

bool ask_taxa(Asking *q, Err *err)
{
    Json        *rows;
    Accumulation all;
    asking_begin(q);
    asking_pair(q, asking_column(q, q->taxon, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, q->taxon));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), S("-count"));
    if (!asking_rows(q, &rows, err)) return false;
    Json *taxa = asking_figure(q, "taxa", rows);
    if (!ask_accumulation(q, &all, err)) return false;
    json_put_integer(taxa, "total", all.species);
    json_put_text(taxa, "column", q->taxon->name);
    return ask_season(q, err) && (!q->time || ask_trends(q, rows, err));
}
