/* What the questions of all figures share: their words, their answers as JSON, the years there are. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "web/figures/inside.h"

void asking_pair(Asking *q, Str name, Str value)
{
    assert(q->own_count < PAIRS_MORE);
    q->own[q->own_count++] = (QuestionPair){ name, value };
}

Str asking_column(Asking *q, const Column *c, const char *ending)
{
    return str_join(q->f->arena, (Str[]){ S("where."), c->name, str_of(ending) }, 3);
}

/* mean("name") */
Str asking_call(Asking *q, const char *function, const Column *c)
{
    Buf *out = buf_open(q->f->arena);
    if (function) buf_putf(out, "%s(", function);
    sql_name(out, c->name);
    if (function) buf_put_byte(out, ')');
    return buf_str(out);
}

/* "mean(name)": how order calls a result. */
Str asking_result(Asking *q, const char *function, const Column *c)
{
    return function ? str_format(q->f->arena, "%s(%.*s)", function, STR_ARG(c->name)) : asking_call(q, NULL, c);
}

void asking_begin(Asking *q)
{
    q->own_count = 0;
}

bool asking_question(Asking *q, TableQuestion *out, Err *err)
{
    size_t        n = q->f->filter_count;
    QuestionPair *all = NEW_ARRAY(q->f->arena, QuestionPair, n + q->own_count + 1);
    if (n) memcpy(all, q->f->filters, n * sizeof *all);
    memcpy(all + n, q->own, q->own_count * sizeof *all);
    return question_read(q->f->arena, q->f->table, all, n + q->own_count, out, err);
}

bool asking_sql(Asking *q, Str sql, const TableQuestion *question, Json **rows, Err *err)
{
    Arena           *a = q->f->arena;
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!duck_ask(q->run, a, sql, question->given, question->given_count, &answer, err)) return false;
    *rows = json_array_make(a);
    size_t most = q->rows_most ? q->rows_most : ROWS_MOST;
    while (json_array_size(*rows) < most && duck_next(answer, &row, err)) {
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

bool asking_rows(Asking *q, Json **rows, Err *err)
{
    TableQuestion question;
    return asking_question(q, &question, err) && asking_sql(q, question.sql, &question, rows, err);
}

Json *asking_figure(Asking *q, const char *name, Json *rows)
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

Json *asking_cell(const Json *rows, size_t row, size_t column)
{
    return json_array_get(json_array_get(rows, row), column);
}

double asking_number(const Json *rows, size_t row, size_t column)
{
    const Json *value = asking_cell(rows, row, column);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

bool column_in_months(const Column *c)
{
    return c->type == COLUMN_YEARMONTH || column_by_day(c);
}

bool column_by_day(const Column *c)
{
    return c->type == COLUMN_DATE || c->type == COLUMN_DATETIME;
}

Str asking_year_term(Asking *q)
{
    return asking_call(q, q->time->type == COLUMN_YEAR ? NULL : "year", q->time);
}

Str asking_year_result(Asking *q)
{
    return asking_result(q, q->time->type == COLUMN_YEAR ? NULL : "year", q->time);
}

void asking_in_year(Asking *q, Str at)
{
    if (q->time->type == COLUMN_YEAR) {
        asking_pair(q, asking_column(q, q->time, ""), at);
        return;
    }
    asking_pair(q, asking_column(q, q->time, ".min"), at);
    asking_pair(q, asking_column(q, q->time, ".max"), at);
}

bool asking_years(Asking *q, Json **years, Str *at, Err *err)
{
    Json  *rows;
    double most = 0;
    *at = STR_NONE;
    *years = json_array_make(q->f->arena);
    asking_begin(q);
    asking_pair(q, S("group"), asking_year_term(q));
    asking_pair(q, S("aggregate"), S("count"));
    asking_pair(q, asking_column(q, q->value, ".missing"), S("false"));
    asking_pair(q, S("order"), asking_year_result(q));
    if (!asking_rows(q, &rows, err)) return false;
    for (size_t i = 0; i < json_array_size(rows); i++) most = fmax(most, asking_number(rows, i, 1));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (!json_is_number(asking_cell(rows, i, 0))) continue;
        Str year = str_format(q->f->arena, "%.0f", asking_number(rows, i, 0));
        json_add_text(*years, year);
        if (asking_number(rows, i, 1) * 2 >= most) *at = year;
    }
    for (size_t i = 0; i < json_array_size(*years); i++)
        if (str_eq(json_text(json_array_get(*years, i)), q->f->at)) *at = q->f->at;
    return true;
}
