/* What the figures' questions share. Only src/web/figures*.c include it. */
#ifndef BANYAN_WEB_FIGURES_INSIDE_H
#define BANYAN_WEB_FIGURES_INSIDE_H

#include "web/figures.h"

#define PAIRS_MORE 24    /* of a figure's own */
#define ROWS_MOST  6000  /* of one figure */
#define ROWS_WIDE  40000 /* of one that is told row by row and drawn in less: countries by years */

typedef struct {
    Figures      *f;
    DuckRun      *run;
    const Column *country, *time, *place, *latitude, *longitude, *taxon, *value;
    const char   *gather;          /* "sum" or "mean", of several values */
    QuestionPair  own[PAIRS_MORE]; /* of the figure at hand */
    size_t        own_count;
    size_t        rows_most; /* 0: ROWS_MOST */
    const Json   *ranked;    /* rows of the ranking, each begun by its country; NULL without */
} Asking;

bool column_by_day(const Column *c);
bool column_in_months(const Column *c); /* it knows the month at least */

/* A question: begun, its pairs, then its rows, each an array; or the rows of SQL around it. */
void asking_begin(Asking *q);
void asking_pair(Asking *q, Str name, Str value);
bool asking_question(Asking *q, TableQuestion *out, Err *err);
bool asking_rows(Asking *q, Json **rows, Err *err);
bool asking_sql(Asking *q, Str sql, const TableQuestion *question, Json **rows, Err *err);

/* Words of a question: `where.NAME` with an ending, `mean("NAME")`, and how its result is called. */
Str asking_column(Asking *q, const Column *c, const char *ending);
Str asking_call(Asking *q, const char *function, const Column *c);
Str asking_result(Asking *q, const char *function, const Column *c);
/* The year of the time column: how it is gathered by and ordered by; and only rows of one year. */
Str  asking_year_term(Asking *q);
Str  asking_year_result(Asking *q);
void asking_in_year(Asking *q, Str at);
/* The years with values, and the one asked for or the last with half as many values as the fullest. */
bool asking_years(Asking *q, Json **years, Str *at, Err *err);

/* A figure of the question at hand into the answer. */
Json  *asking_figure(Asking *q, const char *name, Json *rows);
Json  *asking_cell(const Json *rows, size_t row, size_t column);
double asking_number(const Json *rows, size_t row, size_t column); /* NaN: none */

bool ask_countries(Asking *q, Str *at, Err *err);
bool ask_series(Asking *q, Err *err);
bool ask_calendar(Asking *q, Err *err);
bool ask_exceedance(Asking *q, Err *err);
bool ask_taxa(Asking *q, Err *err);

#endif
