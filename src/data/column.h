/* Columns of a dataset: how a file's columns are described, read and stored.

   A column is a member of `columns` of a record of kind `dataset`; the words are those of Frictionless
   Table Schema (https://specs.frictionlessdata.io/table-schema/) where it has them. Its rows are stored
   as one SQL type, so that the parts of a dataset can be read as one table:

     type       stored as    read from
     string     VARCHAR      anything
     number     DOUBLE       with "." or "," as the point (recognised by file)
     integer    BIGINT
     boolean    BOOLEAN      true/false, yes/no, 1/0, t/f, y/n, and the column's own `trueValues` and `falseValues`
     date       DATE         `pattern` (strptime words), else ISO 8601
     datetime   TIMESTAMP    the same; with a zone it is turned into UTC
     time       TIME
     year       INTEGER      1 to 4 digits
     yearmonth  DATE         the first of the month

   Each dataset's parts also carry `_flags` (VARCHAR[], names of quality flags; empty when there is
   nothing to say): quality is a column, a row is never deleted silently. */
#ifndef BANYAN_DATA_COLUMN_H
#define BANYAN_DATA_COLUMN_H

#include "base/json.h"

typedef enum {
#define COLUMN_TYPE(code, name, sql) COLUMN_##code,
#include "data/column_types.def"
#undef COLUMN_TYPE
    COLUMN_TYPES
} ColumnType;

typedef enum {
    ROLE_OF_NOTHING,
#define COLUMN_ROLE(code, name) ROLE_OF_##code,
#include "data/column_roles.def"
#undef COLUMN_ROLE
    COLUMN_ROLES
} ColumnRole;

/* Patterns of numbers with a sign between their thousands: it stands behind the first `#`. Any space stands for all
   spaces, and the point is what the sign leaves: "1.234,5", "1 234,5" or "1 234.5", "1'234.5". Commas
   may as well part groups of two digits before the last of three: "12,34,567.8". */
#define COLUMN_THOUSANDS       "#,##0"
#define COLUMN_THOUSANDS_DOT   "#.##0"
#define COLUMN_THOUSANDS_SPACE "# ##0"
#define COLUMN_THOUSANDS_PRIME "#'##0"
/* These four, NULL behind them. */
extern const char *const column_thousands[];
/* And of latitudes and longitudes that are written with minutes, seconds or their hemisphere (degrees.h). */
#define COLUMN_DEGREES "°′″"
/* Those that stand in one cell have the patterns of pair.h. */
/* Of numbers and years in other digits or with another sign (number_text.h), as "%Od" is of dates ("%OY", and "%OEY" of
   the Buddhist era); and of numbers that each have "%" behind them, which the unit then says. Numbers
   with thousands may be in other digits as well. */
#define COLUMN_OTHER_DIGITS "%O"
#define COLUMN_PERCENT      "0%"
/* Of dates and times that an import is given: the form that it recognises takes its place. */
#define COLUMN_ANY_FORM "any"

typedef struct {
    Str        name; /* in the parts, in questions, in exports */
    ColumnType type;
    ColumnRole role;
    Str        unit;
    Str        pattern; /* of dates and times; empty: ISO 8601. Of numbers: one of the above or empty */
    Str       *from;    /* headings it is read from, joined by a space; none: its name */
    size_t     from_count;
    Str       *missing; /* texts that mean "no value" in this column, besides the empty one */
    size_t     missing_count;
    Str       *yes, *no; /* of a boolean: texts that mean true and false besides the usual ones */
    size_t     yes_count, no_count;
    Str       *choices; /* `enum`: values it may have, as text; none: any */
    size_t     choice_count;
    bool       required;
    double     minimum, maximum; /* HUGE_VAL with its sign: none */
    Str        gather;           /* "sum" or "mean": how several values are put together; empty: not said */
    /* `references`: its values are among those of a column of another dataset (id or slug; empty: this one). */
    Str key_dataset, key_column; /* no column: it references nothing */
} Column;

/* What we write beside a dataset's columns (flags; why a row was set aside): no column of a file that has it. */
bool column_is_ours(Str heading);

/* Of a dataset's document. ERR_INVALID with the JSON Pointer: a name twice, a name that starts with "_". */
bool        columns_read(Arena *a, const Json *doc, Column **out, size_t *n, Err *err);
Json       *columns_write(Arena *a, const Column *columns, size_t n);
const char *column_type_name(ColumnType type); /* "yearmonth" */
const char *column_type_sql(ColumnType type);  /* "DATE" */
const char *column_role_name(ColumnRole role); /* "latitude"; "" of nothing */
/* Its unit is one of what there is more of in more parts of a whole (unit_amounts.def): a mass, an energy, an area. */
bool column_is_amount(const Column *c);
/* The first column of that role, NULL without one. */
const Column *columns_role(const Column *columns, size_t n, ColumnRole role);
const Column *columns_find(const Column *columns, size_t n, Str name);

#endif
