/* What guess.c, guess_number.c and guess_date.c share. */
#ifndef BANYAN_DATA_GUESS_INSIDE_H
#define BANYAN_DATA_GUESS_INSIDE_H

#include "data/guess.h"

typedef bool (*GuessTest)(Str s, const char *form);
/* Every value that says something passes, or nearly every one, and there is one. */
bool guess_all(Guess *g, GuessTest test, const char *form);
/* So few values are wrong that they may be set aside, where the others say well what they are. */
bool guess_is_few(const Guess *g, size_t wrong, size_t right);
/* Among `odd` and `missing`, once each, as far as there is room. */
void guess_note_odd(Guess *g, Str s);
void guess_add_missing(Guess *g, Str s);
bool guess_has_word(Str heading, const char *word); /* in small letters */

/* Numbers with "." or, where it parts no cells, "," as their point; years, coordinates and thousands among them. */
bool guess_find_number(Guess *g, char separator);
/* In other digits, with another sign, or with "%" behind them. */
bool guess_find_written(Arena *a, Guess *g, char separator);

/* A day, a month, a time of the day or a moment, in a form that all values have. */
bool guess_date(Arena *a, Guess *g);
/* "20240131" where the heading says that it is a date. */
bool guess_packed_date(Arena *a, Guess *g);

/* 45000 where the heading says that it is a date: a day of a spreadsheet. */
bool guess_serial_date(Guess *g);

#endif
