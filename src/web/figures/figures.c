#include "web/figures.h"

#include <math.h>

#include "text/country.h"
#include "web/chart.h"
#include "web/figures/inside.h"

#define BINS       24
#define CANDIDATES 40

/* " WHERE country IN (…)" with the names of the ranking that are countries: sums of the world or of a continent are no
   values beside those of countries. Empty where there is no such name. `left_out`: how many others there are. */
static Str countries_only(Asking *q, Str name, size_t *left_out)
{
    Buf   *out = buf_open(q->f->arena);
    size_t known = 0;
    for (size_t i = 0; i < json_array_size(q->ranked); i++) {
        Str said = json_text(asking_cell(q->ranked, i, 0));
        if (!country_code(said).len) continue;
        if (!known++) {
            buf_put_z(out, " WHERE ");
            sql_name(out, name);
            buf_put_z(out, " IN (");
        } else buf_put_byte(out, ',');
        sql_text(out, said);
    }
    *left_out = known ? json_array_size(q->ranked) - known : 0;
    if (known) buf_put_byte(out, ')');
    return buf_str(out);
}

/* The values of the distribution as a table: " FROM (…)". */
static bool values_from(Asking *q, Str at, TableQuestion *question, Str *from, size_t *left_out, Err *err)
{
    Arena *a = q->f->arena;
    bool   by_country = q->country && q->ranked;
    *left_out = 0;
    asking_begin(q);
    if (at.len) asking_in_year(q, at);
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("columns"), asking_call(q, NULL, q->value));
    if (by_country) asking_pair(q, S("columns"), asking_call(q, NULL, q->country));
    if (!asking_question(q, question, err)) return false;
    Str only = by_country ? countries_only(q, question->results[1].name, left_out) : STR_NONE;
    *from = str_join(a, (Str[]){ S(" FROM ("), question->sql, S(")"), only }, 4);
    return true;
}

static bool ask_distribution(Asking *q, Str at, Err *err)
{
    Arena        *a = q->f->arena;
    Json         *rows;
    TableQuestion question;
    Str           from_values;
    size_t        left_out;
    if (!values_from(q, at, &question, &from_values, &left_out, err)) return false;
    Buf *name = buf_open(a), *sql = buf_open(a);
    sql_name(name, question.results[0].name);
    Str value = buf_str(name);
    buf_putf(sql, "SELECT min(%.*s), quantile_cont(%.*s, 0.98), max(%.*s)", STR_ARG(value), STR_ARG(value),
             STR_ARG(value));
    buf_put(sql, from_values);
    if (!asking_sql(q, buf_str(sql), &question, &rows, err)) return false;
    double from = asking_number(rows, 0, 0), to = asking_number(rows, 0, 1);
    if (isnan(from) || isnan(to) || to <= from) return true;
    Ticks ticks = ticks_make(from, to, BINS);
    int   bins = (int)round((ticks.high - ticks.low) / ticks.step);
    bool  more = asking_number(rows, 0, 2) >= ticks.high;
    sql = buf_open(a);
    buf_putf(sql, "SELECT least(CAST(floor((%.*s - %.17g) / %.17g) AS BIGINT), %d), count(*)", STR_ARG(value),
             ticks.low, ticks.step, more ? bins : bins - 1);
    buf_put(sql, from_values);
    buf_put_z(sql, " GROUP BY 1 ORDER BY 1");
    if (!asking_sql(q, buf_str(sql), &question, &rows, err)) return false;
    Json *figure = asking_figure(q, "distribution", rows);
    json_put_number(figure, "low", ticks.low);
    json_put_number(figure, "step", ticks.step);
    json_put_integer(figure, "bins", bins + more);
    json_put_bool(figure, "more", more);
    json_put_integer(figure, "left_out", (int64_t)left_out);
    json_put_text_if(figure, "at", at);
    return true;
}

static bool ask_points(Asking *q, Err *err)
{
    static const double sizes[] = { 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5 };
    Json               *rows;
    double              span, size = 5;
    asking_begin(q);
    asking_pair(q, S("aggregate"), asking_call(q, "min", q->latitude));
    asking_pair(q, S("aggregate"), asking_call(q, "max", q->latitude));
    asking_pair(q, S("aggregate"), asking_call(q, "min", q->longitude));
    asking_pair(q, S("aggregate"), asking_call(q, "max", q->longitude));
    if (!asking_rows(q, &rows, err)) return false;
    span = fmax(asking_number(rows, 0, 1) - asking_number(rows, 0, 0),
                asking_number(rows, 0, 3) - asking_number(rows, 0, 2));
    if (isnan(span)) return true;
    for (size_t i = sizeof sizes / sizeof *sizes; i-- > 0;)
        if (sizes[i] >= span / 50) size = sizes[i];
    asking_begin(q);
    asking_pair(q, asking_column(q, q->latitude, ".missing"), S("false"));
    asking_pair(q, asking_column(q, q->longitude, ".missing"), S("false"));
    asking_pair(q, S("group"), str_format(q->f->arena, "grid(%g)", size));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, S("order"), S("-count"));
    if (!asking_rows(q, &rows, err)) return false;
    json_put_number(asking_figure(q, "points", rows), "size", size);
    return true;
}

static bool has_standard(const Asking *q, const Column *c)
{
    const Json *standards = json_get(q->f->doc, "standards");
    for (size_t i = 0; i < json_array_size(standards); i++)
        if (str_eq(json_get_text(json_array_get(standards, i), "column"), c->name)) return true;
    return false;
}

static bool may_be_value(const Column *c)
{
    bool number = c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER;
    return number && (c->role == ROLE_OF_NOTHING || c->role == ROLE_OF_VALUE);
}

/* The column asked for, the value, one that a standard names, the first of numbers with a point, of any. */
static void value_choose(Asking *q)
{
    Json *candidates = json_array_make(q->f->arena);
    int   best = -1;
    for (size_t i = 0; i < q->f->table->column_count; i++) {
        const Column *c = &q->f->table->columns[i];
        int           rank = 0;
        if (!may_be_value(c)) continue;
        if (json_array_size(candidates) < CANDIDATES) json_add_text(candidates, c->name);
        if (str_eq(c->name, q->f->column)) rank = 4;
        else if (c->role == ROLE_OF_VALUE) rank = 3;
        else if (has_standard(q, c)) rank = 2;
        else if (c->type == COLUMN_NUMBER) rank = 1;
        if (rank <= best) continue;
        best = rank;
        q->value = c;
    }
    /* Whole numbers without a word on what they are may as well be names. */
    if (best == 0 && json_array_size(candidates) < 2 && !q->time) q->value = NULL;
    if (!q->value) return;
    json_put_text(q->f->out, "column", q->value->name);
    json_put_text_if(q->f->out, "unit", q->value->unit);
    json_put_value(q->f->out, "candidates", candidates);
}

/* Where the value's column says no unit but a column of units says the same in all its rows, it is that. */
static bool ask_unit(Asking *q, Err *err)
{
    const Column *unit = columns_role(q->f->table->columns, q->f->table->column_count, ROLE_OF_UNIT);
    Json         *rows;
    if (q->value->unit.len || !unit || unit->type != COLUMN_STRING) return true;
    asking_begin(q);
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("group"), asking_call(q, NULL, unit));
    asking_pair(q, S("aggregate"), S("count"));
    if (!asking_rows(q, &rows, err)) return false;
    if (json_array_size(rows) == 1) json_put_text_if(q->f->out, "unit", json_text(asking_cell(rows, 0, 0)));
    return true;
}

/* As the address or the column says. Else amounts are summed where the rows that come together are of one time, parts
   of a whole, as sectors are; over months they may be what is there, not what comes. Anything else has a mean. */
static void gather_choose(Asking *q)
{
    bool one_time = !q->time || q->time->type == COLUMN_YEAR;
    Str  said = q->f->gathered.len ? q->f->gathered : q->value ? q->value->gather
                                                               : STR_NONE;
    bool sum = said.len ? str_eq(said, S("sum")) : q->value && one_time && column_is_amount(q->value);
    q->gather = sum ? "sum" : "mean";
    json_put_text(q->f->out, "gathered", str_of(q->gather));
}

bool figures_ask(DuckRun *run, struct Stream *stream, void *figures, Err *err)
{
    (void)stream;
    Figures     *f = figures;
    const Table *t = f->table;
    Asking       q = { .f = f, .run = run };
    Str          at = STR_NONE;
    q.country = columns_role(t->columns, t->column_count, ROLE_OF_COUNTRY);
    q.time = columns_role(t->columns, t->column_count, ROLE_OF_TIME);
    q.place = columns_role(t->columns, t->column_count, ROLE_OF_PLACE);
    q.latitude = columns_role(t->columns, t->column_count, ROLE_OF_LATITUDE);
    q.longitude = columns_role(t->columns, t->column_count, ROLE_OF_LONGITUDE);
    q.taxon = columns_role(t->columns, t->column_count, ROLE_OF_TAXON);
    /* Darwin Core has a column of the year beside the parts of a date. */
    for (size_t i = 0; !q.time && i < t->column_count; i++)
        if (t->columns[i].type == COLUMN_YEAR) q.time = &t->columns[i];
    if (q.time && q.time->type != COLUMN_YEAR && !column_in_months(q.time)) q.time = NULL;
    json_put_value(f->out, "figures", json_array_make(f->arena));
    if (!t->part_count) return true;
    bool points = q.latitude && q.longitude;
    if (!q.taxon) value_choose(&q);
    gather_choose(&q);
    if (q.value && q.value->role == ROLE_OF_VALUE && !ask_unit(&q, err)) return false;
    if (points && !ask_points(&q, err)) return false;
    if (q.taxon) return ask_taxa(&q, err);
    if (!q.value) return true;
    if (q.country && !points && !ask_countries(&q, &at, err)) return false;
    if (!q.country && q.time && !points) {
        if (!ask_series(&q, err)) return false;
        if (column_by_day(q.time) && (!ask_calendar(&q, err) || !ask_exceedance(&q, err))) return false;
    }
    return ask_distribution(&q, at, err);
}
