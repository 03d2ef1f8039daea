/* What the files of recognise.c share: recognise.c finds the dialect and looks at each column by itself,
   recognise/below.c at a row of units below the headings, recognise/settle.c at the columns together,
   recognise/doubt.c says what a person should look at. */
#ifndef BANYAN_DATA_RECOGNISE_INSIDE_H
#define BANYAN_DATA_RECOGNISE_INSIDE_H

#include "data/guess.h"
#include "data/recognise.h"

#define COLUMNS_MAX        1000
#define RECOGNISE_EXAMPLES 3

typedef struct {
    Arena      *a;
    Source      source;
    Recognised *out;
    Str        *rows; /* of the sample, without the headings */
    size_t      row_count;
    Guess      *guesses;
    Column     *columns; /* one a heading, then joined ones */
    size_t      count;
    Str        *passed; /* lines above the headings that are no notes, the first RECOGNISE_EXAMPLES */
    size_t      passed_count;
    Str        *units;     /* that a row below the headings says, one a heading, some empty; NULL: there is none */
    Str         units_row; /* it, as it stands */
    bool        sdmx;      /* SDMX-CSV: all but the time and the value are codes */
    bool       *dropped;   /* headings that went into a joined column */
} Recognising;

/* A heading without its label is one of these words: in small letters without other signs, between spaces. */
bool recognise_heading_is(Arena *a, Str heading, const char *words);
bool recognise_role_taken(const Recognising *w, ColumnRole role);
/* What the heading of numbers says of their unit, in brackets or as a suffix (unit_suffix.def), or what stands `below`
   it; empty: nothing. */
Str recognise_unit(Arena *a, const Guess *g, Str below);
/* A text that is a unit of the tables and nothing else; empty: it is none of them. */
Str recognise_unit_known(Arena *a, Str text);
/* The row directly below the headings says the units of the rows, which are those behind it in `rows`: then
   w->units. */
bool recognise_units_below(Recognising *w, Str row);
/* A number, a date or a time: digits, and signs between them. */
bool recognise_is_figures(Str s);
/* Roles, missing values and times that show only when all columns are seen; then out->columns. */
void recognise_settle(Recognising *w);
/* The same where the types are known and nothing is joined. */
void recognise_settle_typed(Recognising *w);
/* A heading with both coordinates in one cell becomes two columns. */
void recognise_pair(Recognising *w);
/* `column` may be empty. */
void recognise_doubt(Recognising *w, Str column, const char *what, const Str *examples, size_t n);
/* Rows that may be none. */
void recognise_doubt_rows(Recognising *w);
/* Doubts of the whole file and of texts that look like something else. */
void recognise_doubts(Recognising *w);

#endif
