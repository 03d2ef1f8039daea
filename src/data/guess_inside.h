/* What guess.c and guess_date.c share. */
#ifndef BANYAN_DATA_GUESS_INSIDE_H
#define BANYAN_DATA_GUESS_INSIDE_H

#include "data/guess.h"

typedef bool (*GuessTest)(Str s, const char *form);
/* Every value that says something passes, or nearly every one, and there is one. */
bool guess_all(Guess *g, GuessTest test, const char *form);

/* A day, a month, a time of the day or a moment, in a form that all values have. */
bool guess_date(Arena *a, Guess *g);
/* "20240131" where the heading says that it is a date. */
bool guess_packed_date(Arena *a, Guess *g);

/* 45000 where the heading says that it is a date: a day of a spreadsheet. */
bool guess_serial_date(Guess *g);

#endif
