/* Questions to a dataset: from the query of an address to rows.

   Any column is a filter: `country=TH`, several values mean any of them; `year.min=2000`, `year.max=`,
   `name.has=part` (whatever the case), `value.missing=true`. Bounds are inclusive; dates may be given by
   year or month ("2018", "2018-09") and then mean all of it. `where.` before a name reaches a column
   that is called like one of the words below. An empty value asks nothing, as an input left empty does.
     columns=a,b          only these
     group=country,year(date),grid(0.5)      rows are gathered: a column, decade(), year(), month(), day(),
                          month_of_year(), genus() and species() of scientific names, grid(degrees) by the columns
                          of latitude and longitude
     aggregate=count,mean(value),median(value),quantile(value;0.9),sum(),min(),max(),distinct()
     order=-count,country     limit=  offset=
     version=3            the dataset as that version of its record had it (the caller's to look up)
   A name with a comma or a bracket that does not close is written in double quotes: columns="a,b",c.
   Results of `group` and `aggregate` are called as they were asked; grid() gives the middle of each cell
   in the columns of latitude and longitude. `_flags` is a column as well: `_flags=NAME`, `_flags.missing=`.

   Names that no column can have, for addresses that other standards made (data/extent.h):
     _bbox=west,south,east,north     rows whose latitude and longitude lie in the box
     _time=FROM/TO        rows whose time meets the span, and those without a time
     _row=17, _row.min=   by number: rows are numbered from 1 in the order of the parts, where the table says
                          how many each part has; a result when `columns` names it. Numbers hold for a version

   The count of rows is exact: from the parts' own statistics when nothing is filtered, else from their indexes where
   these have the columns, else by reading the columns that are filtered. Rows come in
   the order of the parts unless ordered; what is equal in `order` is ordered by all that is shown, so
   that the same question has the same answer. */
#ifndef BANYAN_DATA_QUESTION_H
#define BANYAN_DATA_QUESTION_H

#include "data/column.h"
#include "data/indexes.h"

#define QUESTION_FLAGS "_flags" /* the column of quality flags */
#define QUESTION_ROW   "_row"   /* the number of a row */

typedef struct {
    Str name, value;
} QuestionPair;

typedef struct {
    const Column  *columns;
    size_t         column_count;
    const Str     *parts; /* paths of Parquet files; none: no rows */
    size_t         part_count;
    const int64_t *part_rows; /* how many rows each has; NULL: there is no QUESTION_ROW */
    Indexes       *indexes;   /* of the parts, when part_rows are told; NULL: rows are counted by reading them */
} Table;

typedef struct QuestionInside QuestionInside;

typedef struct {
    Str        sql;       /* the rows, ordered and limited, times as text of ISO 8601 */
    Str        typed_sql; /* the same with dates and times as such, for Parquet */
    Str        count_sql; /* how many there are without limit and offset */
    Str        total_sql; /* of gathered rows: `sql` with that number as its last column, to gather once */
    DuckValue *given;     /* parameters of all four */
    size_t     given_count;
    Column    *results; /* what the rows have: name, type, role, unit */
    size_t     result_count;
    int64_t    limit, offset; /* limit -1: all */
    bool       grouped;

    const QuestionInside *inside;
} TableQuestion;

/* Lives in `a`. ERR_USAGE names the word that is wrong and what would be right; the column that is near. */
bool question_read(Arena *a, const Table *table, const QuestionPair *pairs, size_t n, TableQuestion *out, Err *err);

/* How many rows there are without limit and offset, exactly. Parts that have an index of all columns that are asked
   (data/part_index.h) are not read for it; `question` is then narrowed to where the rows between offset and limit lie,
   so that its `sql` gives the same rows sooner. `*by_index` (may be NULL) says of how many parts. With `wait`
   indexes are made first, else in the background for the questions that follow. Fails as duck_do. */
bool question_count(DuckRun *run, Arena *a, TableQuestion *question, bool wait, int64_t *total, size_t *by_index,
                    Err *err);
/* Only the narrowing, where indexes are there. */
void question_narrow(TableQuestion *question);

/* Run `question` and write it to a file descriptor (a pipe or a file) as it comes, in bounded memory.
   Fails as duck_do; a pipe that nobody reads any longer: ERR_STORE. */
typedef enum { ROWS_PARQUET,
               ROWS_JSON_LINES } RowsForm;
bool question_copy(DuckRun *run, Arena *a, const TableQuestion *question, RowsForm form, int to, Err *err);

#endif
