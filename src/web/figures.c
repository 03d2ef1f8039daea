#include "web/figures.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "text/country.h"
#include "web/chart.h"

#define PAIRS_MORE 24   /* of a figure's own */
#define ROWS_MOST  6000 /* of one figure */
#define COUNTRIES  12
#define PLACES     6
#define BINS       24
#define CANDIDATES 40

typedef struct {
    Figures      *f;
    DuckRun      *run;
    const Column *country, *time, *place, *latitude, *longitude, *taxon, *value;
    QuestionPair  own[PAIRS_MORE]; /* of the figure at hand */
    size_t        own_count;
} Asking;

static void pair(Asking *q, Str name, Str value)
{
    assert(q->own_count < PAIRS_MORE);
    q->own[q->own_count++] = (QuestionPair){ name, value };
}

static Str of_column(Asking *q, const Column *c, const char *ending)
{
    return str_join(q->f->arena, (Str[]){ S("where."), c->name, str_of(ending) }, 3);
}

/* mean("name") */
static Str call(Asking *q, const char *function, const Column *c)
{
    Buf *out = buf_open(q->f->arena);
    if (function) buf_putf(out, "%s(", function);
    sql_name(out, c->name);
    if (function) buf_put_byte(out, ')');
    return buf_str(out);
}

/* "mean(name)": how order calls a result. */
static Str result(Asking *q, const char *function, const Column *c)
{
    return function ? str_format(q->f->arena, "%s(%.*s)", function, STR_ARG(c->name)) : call(q, NULL, c);
}

static void begin(Asking *q)
{
    q->own_count = 0;
}

static bool question_of(Asking *q, TableQuestion *out, Err *err)
{
    size_t        n = q->f->filter_count;
    QuestionPair *all = NEW_ARRAY(q->f->arena, QuestionPair, n + q->own_count + 1);
    if (n) memcpy(all, q->f->filters, n * sizeof *all);
    memcpy(all + n, q->own, q->own_count * sizeof *all);
    return question_read(q->f->arena, q->f->table, all, n + q->own_count, out, err);
}

static bool rows_read(Asking *q, Str sql, const TableQuestion *question, Json **rows, Err *err)
{
    Arena           *a = q->f->arena;
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!duck_ask(q->run, a, sql, question->given, question->given_count, &answer, err)) return false;
    *rows = json_array_make(a);
    while (json_array_size(*rows) < ROWS_MOST && duck_next(answer, &row, err)) {
        Json *one = json_array_make(a);
        for (size_t i = 0; i < duck_column_count(answer); i++) {
            switch (row[i].type) {
            case DUCK_INTEGER: json_add_taken(one, json_integer(row[i].integer)); break;
            case DUCK_NUMBER:
                json_add_taken(one,
                               isfinite(row[i].number) ? json_real(row[i].number) : json_null());
                break;
            case DUCK_TEXT: json_add_text(one, row[i].text); break;
            default: json_add_value(one, NULL);
            }
        }
        json_add_value(*rows, one);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool ask(Asking *q, Json **rows, Err *err)
{
    TableQuestion question;
    return question_of(q, &question, err) && rows_read(q, question.sql, &question, rows, err);
}

static Json *figure_add(Asking *q, const char *name, Json *rows)
{
    Arena *a = q->f->arena;
    Json  *figure = json_object_make(a), *pairs = json_array_make(a);
    for (size_t i = 0; i < q->own_count; i++) {
        Json *one = json_array_make(a);
        json_add_text(one, q->own[i].name);
        json_add_text(one, q->own[i].value);
        json_add_value(pairs, one);
    }
    json_put_text(figure, "figure", str_of(name));
    json_put_value(figure, "question", pairs);
    json_put_value(figure, "rows", rows);
    json_add_value(json_get(q->f->out, "figures"), figure);
    return figure;
}

static Json *cell(const Json *rows, size_t row, size_t column)
{
    return json_array_get(json_array_get(rows, row), column);
}

static double number_in(const Json *rows, size_t row, size_t column)
{
    const Json *value = cell(rows, row, column);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- years ---- */

static bool by_day(const Column *c)
{
    return c->type == COLUMN_DATE || c->type == COLUMN_DATETIME;
}

static Str year_term(Asking *q)
{
    return call(q, q->time->type == COLUMN_YEAR ? NULL : "year", q->time);
}

static void in_year(Asking *q, Str at)
{
    if (q->time->type == COLUMN_YEAR) {
        pair(q, of_column(q, q->time, ""), at);
        return;
    }
    pair(q, of_column(q, q->time, ".min"), at);
    pair(q, of_column(q, q->time, ".max"), at);
}

/* The years with values, and the one asked for or the last with half as many values as the fullest. */
static bool years_find(Asking *q, Json **years, Str *at, Err *err)
{
    Json  *rows;
    double most = 0;
    *at = STR_NONE;
    *years = json_array_make(q->f->arena);
    begin(q);
    pair(q, S("group"), year_term(q));
    pair(q, S("aggregate"), S("count"));
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    pair(q, S("order"), result(q, q->time->type == COLUMN_YEAR ? NULL : "year", q->time));
    if (!ask(q, &rows, err)) return false;
    for (size_t i = 0; i < json_array_size(rows); i++) most = fmax(most, number_in(rows, i, 1));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (!json_is_number(cell(rows, i, 0))) continue;
        Str year = str_format(q->f->arena, "%.0f", number_in(rows, i, 0));
        json_add_text(*years, year);
        if (number_in(rows, i, 1) * 2 >= most) *at = year;
    }
    for (size_t i = 0; i < json_array_size(*years); i++)
        if (str_eq(json_text(json_array_get(*years, i)), q->f->at)) *at = q->f->at;
    return true;
}

/* ---- by country ---- */

static bool ask_countries(Asking *q, Str *at, Err *err)
{
    Json *rows, *years = NULL;
    if (q->time && !years_find(q, &years, at, err)) return false;
    begin(q);
    if (q->time && at->len) in_year(q, *at);
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    pair(q, S("group"), call(q, NULL, q->country));
    pair(q, S("aggregate"), call(q, "mean", q->value));
    pair(q, S("aggregate"), S("count"));
    pair(q, S("order"), str_join(q->f->arena, (Str[]){ S("-"), result(q, "mean", q->value) }, 2));
    if (!ask(q, &rows, err)) return false;
    Json *ranking = figure_add(q, "ranking", rows);
    json_put_text_if(ranking, "at", *at);
    if (years) json_put_value(ranking, "years", years);
    if (!q->time || json_array_size(years) < 2) return true;
    begin(q);
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(rows) && n < COUNTRIES; i++) {
        Str said = json_text(cell(rows, i, 0));
        if (!country_code(said).len) continue;
        pair(q, of_column(q, q->country, ""), said);
        n++;
    }
    if (!n) return true;
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    pair(q, S("group"), call(q, NULL, q->country));
    pair(q, S("group"), year_term(q));
    pair(q, S("aggregate"), call(q, "mean", q->value));
    pair(q, S("order"), result(q, q->time->type == COLUMN_YEAR ? NULL : "year", q->time));
    if (!ask(q, &rows, err)) return false;
    json_put_text(figure_add(q, "series", rows), "by", S("country"));
    return true;
}

/* ---- by time ---- */

static bool is_late(const Column *c)
{
    return c->type == COLUMN_YEARMONTH || by_day(c);
}

/* How finely a line of it can be drawn: some hundred points. */
static bool bucket_find(Asking *q, Str *term, Str *order, const char **name, Err *err)
{
    Json *rows;
    Date  from, to;
    *name = "year";
    *term = year_term(q);
    *order = result(q, q->time->type == COLUMN_YEAR ? NULL : *name, q->time);
    if (!is_late(q->time)) return true;
    begin(q);
    pair(q, S("aggregate"), call(q, "min", q->time));
    pair(q, S("aggregate"), call(q, "max", q->time));
    if (!ask(q, &rows, err)) return false;
    if (!date_read(str_take_first(json_text(cell(rows, 0, 0)), 10), &from) ||
        !date_read(str_take_first(json_text(cell(rows, 0, 1)), 10), &to))
        return true;
    int days = date_days(to) - date_days(from);
    if (days > 40 * 366) return true;
    *name = by_day(q->time) && days <= 500 ? "day" : "month";
    *term = call(q, q->time->type == COLUMN_YEARMONTH ? NULL : *name, q->time);
    *order = result(q, q->time->type == COLUMN_YEARMONTH ? NULL : *name, q->time);
    return true;
}

static bool ask_series(Asking *q, Err *err)
{
    Json       *rows, *places = NULL;
    Str         term, order;
    const char *name;
    if (!bucket_find(q, &term, &order, &name, err)) return false;
    if (q->place) {
        begin(q);
        pair(q, of_column(q, q->value, ".missing"), S("false"));
        pair(q, S("group"), call(q, NULL, q->place));
        pair(q, S("aggregate"), S("count"));
        pair(q, S("order"), S("-count"));
        if (!ask(q, &places, err)) return false;
    }
    begin(q);
    for (size_t i = 0; i < json_array_size(places) && i < PLACES; i++)
        if (json_is_string(cell(places, i, 0))) pair(q, of_column(q, q->place, ""), json_text(cell(places, i, 0)));
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    if (q->place) pair(q, S("group"), call(q, NULL, q->place));
    pair(q, S("group"), term);
    pair(q, S("aggregate"), call(q, "mean", q->value));
    pair(q, S("order"), order);
    if (!ask(q, &rows, err)) return false;
    Json *series = figure_add(q, "series", rows);
    json_put_text(series, "by", q->place ? S("place") : S("all"));
    json_put_text(series, "bucket", str_of(name));
    json_put_integer(series, "places", (int64_t)json_array_size(places));
    return true;
}

static bool ask_calendar(Asking *q, Err *err)
{
    Json *rows, *years;
    Str   at;
    if (!years_find(q, &years, &at, err) || !at.len) return err->code == ERR_NONE;
    begin(q);
    in_year(q, at);
    pair(q, S("group"), call(q, "day", q->time));
    pair(q, S("aggregate"), call(q, "mean", q->value));
    pair(q, S("order"), result(q, "day", q->time));
    if (!ask(q, &rows, err)) return false;
    Json *calendar = figure_add(q, "calendar", rows);
    json_put_text(calendar, "at", at);
    json_put_value(calendar, "years", years);
    return true;
}

/* Days (of each place) by year, and those whose mean is over each standard of a day. */
static bool ask_exceedance(Asking *q, Err *err)
{
    Arena        *a = q->f->arena;
    const Json   *standards = json_get(q->f->doc, "standards");
    Json         *rows, *used = json_array_make(a);
    TableQuestion question;
    Buf          *sql = buf_open(a);
    begin(q);
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    if (q->place) pair(q, S("group"), call(q, NULL, q->place));
    pair(q, S("group"), call(q, "day", q->time));
    pair(q, S("aggregate"), call(q, "mean", q->value));
    if (!question_of(q, &question, err)) return false;
    Str day = question.results[q->place ? 1 : 0].name, mean = question.results[q->place ? 2 : 1].name;
    buf_put_z(sql, "SELECT year(CAST(");
    sql_name(sql, day);
    buf_put_z(sql, " AS DATE)), count(*)");
    for (size_t i = 0; i < json_array_size(standards); i++) {
        Json *one = json_array_get(standards, i);
        if (!str_eq(json_get_text(one, "column"), q->value->name) ||
            !str_eq_z(json_get_text(one, "period"), "day"))
            continue;
        buf_put_z(sql, ", count(*) FILTER (WHERE ");
        sql_name(sql, mean);
        buf_putf(sql, " > %.17g)", json_get_number(one, "value", 0));
        json_add_value(used, one);
    }
    if (!json_array_size(used)) return true;
    buf_put_z(sql, " FROM (");
    buf_put(sql, question.sql);
    buf_put_z(sql, ") GROUP BY 1 ORDER BY 1");
    if (!rows_read(q, buf_str(sql), &question, &rows, err)) return false;
    json_put_value(figure_add(q, "exceedance", rows), "standards", used);
    return true;
}

/* ---- values, places, taxa ---- */

static bool ask_distribution(Asking *q, Str at, Err *err)
{
    Arena        *a = q->f->arena;
    Json         *rows;
    TableQuestion question;
    Buf          *sql = buf_open(a);
    begin(q);
    if (at.len) in_year(q, at);
    pair(q, S("aggregate"), call(q, "min", q->value));
    Str high = call(q, "quantile", q->value);
    pair(q, S("aggregate"), str_format(a, "%.*s;0.98)", (int)high.len - 1, high.at));
    pair(q, S("aggregate"), call(q, "max", q->value));
    if (!ask(q, &rows, err)) return false;
    double from = number_in(rows, 0, 0), to = number_in(rows, 0, 1);
    if (isnan(from) || isnan(to) || to <= from) return true;
    Ticks ticks = ticks_make(from, to, BINS);
    int   bins = (int)round((ticks.high - ticks.low) / ticks.step);
    bool  more = number_in(rows, 0, 2) >= ticks.high;
    begin(q);
    if (at.len) in_year(q, at);
    pair(q, of_column(q, q->value, ".missing"), S("false"));
    pair(q, S("columns"), call(q, NULL, q->value));
    if (!question_of(q, &question, err)) return false;
    buf_put_z(sql, "SELECT least(CAST(floor((");
    sql_name(sql, question.results[0].name);
    buf_putf(sql, " - %.17g) / %.17g) AS BIGINT), %d), count(*) FROM (", ticks.low, ticks.step, more ? bins : bins - 1);
    buf_put(sql, question.sql);
    buf_put_z(sql, ") GROUP BY 1 ORDER BY 1");
    if (!rows_read(q, buf_str(sql), &question, &rows, err)) return false;
    Json *figure = figure_add(q, "distribution", rows);
    json_put_number(figure, "low", ticks.low);
    json_put_number(figure, "step", ticks.step);
    json_put_integer(figure, "bins", bins + more);
    json_put_bool(figure, "more", more);
    json_put_text_if(figure, "at", at);
    return true;
}

static bool ask_points(Asking *q, Err *err)
{
    static const double sizes[] = { 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5 };
    Json               *rows;
    double              span, size = 5;
    begin(q);
    pair(q, S("aggregate"), call(q, "min", q->latitude));
    pair(q, S("aggregate"), call(q, "max", q->latitude));
    pair(q, S("aggregate"), call(q, "min", q->longitude));
    pair(q, S("aggregate"), call(q, "max", q->longitude));
    if (!ask(q, &rows, err)) return false;
    span = fmax(number_in(rows, 0, 1) - number_in(rows, 0, 0), number_in(rows, 0, 3) - number_in(rows, 0, 2));
    if (isnan(span)) return true;
    for (size_t i = sizeof sizes / sizeof *sizes; i-- > 0;)
        if (sizes[i] >= span / 50) size = sizes[i];
    begin(q);
    pair(q, of_column(q, q->latitude, ".missing"), S("false"));
    pair(q, of_column(q, q->longitude, ".missing"), S("false"));
    pair(q, S("group"), str_format(q->f->arena, "grid(%g)", size));
    pair(q, S("aggregate"), S("count"));
    pair(q, S("order"), S("-count"));
    if (!ask(q, &rows, err)) return false;
    json_put_number(figure_add(q, "points", rows), "size", size);
    return true;
}

static bool ask_taxa(Asking *q, Err *err)
{
    Json *rows, *total;
    begin(q);
    pair(q, of_column(q, q->taxon, ".missing"), S("false"));
    pair(q, S("aggregate"), call(q, "distinct", q->taxon));
    if (!ask(q, &total, err)) return false;
    begin(q);
    pair(q, of_column(q, q->taxon, ".missing"), S("false"));
    pair(q, S("group"), call(q, NULL, q->taxon));
    pair(q, S("aggregate"), S("count"));
    pair(q, S("order"), S("-count"));
    if (!ask(q, &rows, err)) return false;
    json_put_integer(figure_add(q, "taxa", rows), "total", (int64_t)number_in(total, 0, 0));
    if (!q->time || !is_late(q->time)) return true;
    begin(q);
    pair(q, of_column(q, q->time, ".missing"), S("false"));
    pair(q, S("group"), call(q, "month_of_year", q->time));
    pair(q, S("aggregate"), S("count"));
    pair(q, S("order"), result(q, "month_of_year", q->time));
    if (!ask(q, &rows, err)) return false;
    figure_add(q, "months", rows);
    return true;
}

/* ---- what to look at ---- */

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
    if (q.time && q.time->type != COLUMN_YEAR && !is_late(q.time)) q.time = NULL;
    json_put_value(f->out, "figures", json_array_make(f->arena));
    if (!t->part_count) return true;
    bool points = q.latitude && q.longitude;
    if (!q.taxon) value_choose(&q);
    if (points && !ask_points(&q, err)) return false;
    if (q.taxon) return ask_taxa(&q, err);
    if (!q.value) return true;
    if (q.country && !points && !ask_countries(&q, &at, err)) return false;
    if (!q.country && q.time && !points) {
        if (!ask_series(&q, err)) return false;
        if (by_day(q.time) && (!ask_calendar(&q, err) || !ask_exceedance(&q, err))) return false;
    }
    return ask_distribution(&q, at, err);
}
