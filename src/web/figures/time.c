/* Figures over time: lines by place, the calendar of a year, days above a standard. */
#include "base/time.h"
#include "web/figures/inside.h"

#define PLACES 6

/* How finely a line of it can be drawn: some hundred points. */
static bool bucket_find(Asking *q, Str *term, Str *order, const char **name, Err *err)
{
    Json *rows;
    Date  from, to;
    *name = "year";
    *term = asking_year_term(q);
    *order = asking_year_result(q);
    if (!column_in_months(q->time)) return true;
    asking_begin(q);
    asking_pair(q, S("aggregate"), asking_call(q, "min", q->time));
    asking_pair(q, S("aggregate"), asking_call(q, "max", q->time));
    if (!asking_rows(q, &rows, err)) return false;
    if (!date_read(str_take_first(json_text(asking_cell(rows, 0, 0)), 10), &from) ||
        !date_read(str_take_first(json_text(asking_cell(rows, 0, 1)), 10), &to))
        return true;
    int days = date_days(to) - date_days(from);
    if (days > 40 * 366) return true;
    *name = column_by_day(q->time) && days <= 500 ? "day" : "month";
    *term = asking_call(q, q->time->type == COLUMN_YEARMONTH ? NULL : *name, q->time);
    *order = asking_result(q, q->time->type == COLUMN_YEARMONTH ? NULL : *name, q->time);
    return true;
}

bool ask_series(Asking *q, Err *err)
{
    Json       *rows, *places = NULL;
    Str         term, order;
    const char *name;
    if (!bucket_find(q, &term, &order, &name, err)) return false;
    if (q->place) {
        asking_begin(q);
        asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
        asking_pair(q, S("group"), asking_call(q, NULL, q->place));
        asking_pair(q, S("aggregate"), S("count"));
        asking_pair(q, S("order"), S("-count"));
        if (!asking_rows(q, &places, err)) return false;
    }
    asking_begin(q);
    for (size_t i = 0; i < json_array_size(places) && i < PLACES; i++)
        if (json_is_string(asking_cell(places, i, 0)))
            asking_pair(q, asking_column(q, q->place, ""), json_text(asking_cell(places, i, 0)));
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    if (q->place) asking_pair(q, S("group"), asking_call(q, NULL, q->place));
    asking_pair(q, S("group"), term);
    asking_pair(q, S("aggregate"), asking_call(q, q->gather, q->value));
    asking_pair(q, S("order"), order);
    if (!asking_rows(q, &rows, err)) return false;
    Json *series = asking_figure(q, "series", rows);
    json_put_text(series, "by", q->place ? S("place") : S("all"));
    json_put_text(series, "bucket", str_of(name));
    json_put_integer(series, "places", (int64_t)json_array_size(places));
    return true;
}

bool ask_calendar(Asking *q, Err *err)
{
    Json *rows, *years;
    Str   at;
    if (!asking_years(q, &years, &at, err) || !at.len) return err->code == ERR_NONE;
    asking_begin(q);
    asking_in_year(q, at);
    asking_pair(q, S("group"), asking_call(q, "day", q->time));
    asking_pair(q, S("aggregate"), asking_call(q, q->gather, q->value));
    asking_pair(q, S("order"), asking_result(q, "day", q->time));
    if (!asking_rows(q, &rows, err)) return false;
    Json *calendar = asking_figure(q, "calendar", rows);
    json_put_text(calendar, "at", at);
    json_put_value(calendar, "years", years);
    return true;
}

/* Days (of each place) by year, and those whose mean is over each standard of a day. */
bool ask_exceedance(Asking *q, Err *err)
{
    Arena        *a = q->f->arena;
    const Json   *standards = json_get(q->f->doc, "standards");
    Json         *rows, *used = json_array_make(a);
    TableQuestion question;
    Buf          *sql = buf_open(a);
    asking_begin(q);
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    if (q->place) asking_pair(q, S("group"), asking_call(q, NULL, q->place));
    asking_pair(q, S("group"), asking_call(q, "day", q->time));
    asking_pair(q, S("aggregate"), asking_call(q, "mean", q->value));
    if (!asking_question(q, &question, err)) return false;
    Str day = question.results[q->place ? 1 : 0].name, mean = question.results[q->place ? 2 : 1].name;
    buf_put_z(sql, "SELECT year(CAST(");
    sql_name(sql, day);
    buf_put_z(sql, " AS DATE)), count(*)");
    for (size_t i = 0; i < json_array_size(standards); i++) {
        Json *one = json_array_get(standards, i);
        if (!str_eq(json_get_text(one, "column"), q->value->name) ||
            !str_eq_z(json_get_text(one, "period"), "day") || !json_get_text(one, "publisher").len)
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
    if (!asking_sql(q, buf_str(sql), &question, &rows, err)) return false;
    json_put_value(asking_figure(q, "exceedance", rows), "standards", used);
    return true;
}
