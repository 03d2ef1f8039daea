/* What the values of a column say about its type, its dates' form and what means "no value" in it. */
#ifndef BANYAN_DATA_GUESS_H
#define BANYAN_DATA_GUESS_H

#include "data/column.h"
#include "data/heading.h"

typedef struct {
    Str      heading;
    uint32_t means;  /* the heading (heading.h) */
    Str     *values; /* of the sample, as they stand; of numbers as people write them, in ASCII (number_text.h) */
    size_t   n;
    /* Found: */
    ColumnType  type;
    char        decimal;    /* '.' or ',' where a point was seen, else 0 */
    bool        grouped;    /* each `decimal` in it may as well stand between thousands: "1,234" */
    const char *pattern;    /* "" when ISO 8601 */
    bool        two_orders; /* day and month could be the other way round */
    Str         missing[8]; /* texts and numbers that mean "no value" */
    size_t      missing_count;
    bool        missing_number; /* one of them is a number that might be a value */
    Str         nines[3];       /* numbers that are kept and may mean "no value": 999, far above all others */
    size_t      nines_count;
    size_t      empty;
    bool        lenient; /* one value in a hundred may be wrong */
    bool        loose;   /* one in three */
    Str         odd[3];  /* of those, the first */
    size_t      odd_count;
    Str         only;    /* the one number that all rows have, when it may mean "no value" */
    Str         example; /* of the doubt */
} Guess;

void guess_column(Arena *a, Guess *g, char separator);
/* Where the type is known: whole numbers of a column of years are years. */
void guess_year(Guess *g);
/* Of a column of texts: most of them are numbers, or many are and the others are a few words. The first of the
   others are then in `odd`. */
bool guess_is_mostly_numbers(Guess *g);
/* The same of dates and times, of which two in three are; `type` and `pattern` are those that they would be read by. */
bool guess_is_mostly_dates(Arena *a, Guess *g, ColumnType *type, const char **pattern);
/* Of a column that is `grouped`: its commas or points stand between thousands. */
void guess_as_thousands(Guess *g);
/* Texts that mean "no value" wherever a number or a date is expected. */
bool guess_is_missing_text(Str s);
/* Two or three capitals, nearly all: codes. */
bool guess_is_code(const Guess *g);
/* Such codes, nearly all of countries or all of continents, among which NA is Namibia or North America. */
bool guess_is_area_code(const Guess *g);
/* Every row a month by its name (text/month.h). */
bool guess_is_month_name(const Guess *g);
/* HHMM without a colon, as 930 for half past nine. */
bool guess_is_hhmm(const Guess *g);

#endif
