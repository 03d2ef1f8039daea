/* Terms by column: what readers outside an audience see instead of precise values. The member `terms` of a
   record of kind `dataset`, a list whose members each have

     columns     names of columns
     how         withhold        no value
                 grid            coordinates as the middle of a cell of `degrees`
                 month, year     dates and times as the beginning of their month or year
                 suppress        no value in rows that fewer than `under` rows share all these values with, in the
                                 same part and of those that the rule names; and, where these have fewer than `under`
                                 rows together, none in those of the smallest other group: so no count by these columns
                                 is of fewer, shown or withheld (but of rows that have no value, which are no group)
     where       only rows whose column of this name has one of `values`, whatever the case ("" is a row without
                 one); absent: all rows
     audience    who sees the precise values, as of a record (core/audience.h); absent: own

   What cannot be done as it was said (a grid without degrees, a month of a text) is done as withhold. */
#ifndef BANYAN_DATA_RESTRICTION_H
#define BANYAN_DATA_RESTRICTION_H

#include "core/audience.h"
#include "data/column.h"

typedef enum { RESTRICT_WITHHOLD,
               RESTRICT_GRID,
               RESTRICT_MONTH,
               RESTRICT_YEAR,
               RESTRICT_SUPPRESS } RestrictHow;

typedef struct {
    Str        *columns;
    size_t      column_count;
    RestrictHow how;
    double      degrees;
    int64_t     under;
    Str         rule; /* a column; empty: all rows */
    Str        *values;
    size_t      value_count;
    Str         audience;
} Restriction;

/* Those of a dataset's document that hold for this reader; `owner` is the record's. In `a`. */
size_t restrictions_for(const Reader *reader, Arena *a, const Json *doc, Str owner, Restriction **out);

/* How it is done in a column of that type. */
RestrictHow restriction_how(const Restriction *r, const Column *column);
/* For people, in English, as Darwin Core's dataGeneralizations and informationWithheld have it: what was done to
   those of the columns where it is done that way. Empty: to none. */
Str restriction_words(Arena *a, const Restriction *r, const Column *const *columns, size_t n, bool withheld);

/* For people, in English: all that the term does to those of its columns that are among these, and in which rows:
   "lat, lon: the middle of a cell of 0.5 degrees; in rows whose status is CR." Empty: nothing. */
Str restriction_sentence(Arena *a, const Restriction *r, const Column *columns, size_t n);

#endif
