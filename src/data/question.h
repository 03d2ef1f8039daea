/* Questions to a dataset: from the query of an address to rows.

   Any column is a filter: `country=TH`, several values mean any of them; `year.min=2000`, `year.max=`,
   `name.has=part`, `value.missing=true`. `where.` before a name reaches a column that is called like
   one of the words below.
     columns=a,b          only these
     group=country,year(date),grid(0.5)      rows are gathered: a column, year(), month(), day(), decade(),
                          grid(degrees) by the columns of latitude and longitude
     aggregate=count,mean(value),median(value),quantile(value;0.9),sum(),min(),max(),distinct()
     order=-count,country     limit=  offset=
     version=3            the dataset as that version of its record had it
   The count of rows is exact, and from the parts' own statistics when nothing is filtered. */
#ifndef BANYAN_DATA_QUESTION_H
#define BANYAN_DATA_QUESTION_H

#include "data/column.h"
#include "data/duck.h"

typedef struct {
    Str name, value;
} QuestionPair;

typedef struct {
    const Column *columns;
    size_t        column_count;
    const Str    *parts; /* paths of Parquet files, at least one */
    size_t        part_count;
} Table;

typedef struct {
    Str        sql;       /* the rows, ordered and limited */
    Str        count_sql; /* how many there are without the limit */
    DuckValue *given;     /* parameters of both */
    size_t     given_count;
    int64_t    limit, offset; /* limit -1: all */
    bool       grouped;
} Question;

/* ERR_USAGE names the word that is wrong and what would be right; names of columns that are near. */
bool question_read(Arena *a, const Table *table, const QuestionPair *pairs, size_t n, Question *out, Err *err);

/* Run `question` and write it to a file descriptor (a pipe or a file) as it comes, in bounded memory. */
typedef enum { ROWS_CSV,
               ROWS_PARQUET,
               ROWS_JSON_LINES } RowsForm;
bool question_copy(DuckRun *run, const Question *question, RowsForm form, int to, Err *err);

#endif
