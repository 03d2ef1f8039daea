/* Numbers as people write them: with digits of other scripts than 0 to 9 ("١٢٫٥", "๑๒.๕", "１２．５"), and with the sign
   "−" (U+2212) for what is below zero. */
#ifndef BANYAN_DATA_NUMBER_TEXT_H
#define BANYAN_DATA_NUMBER_TEXT_H

#include "base/buf.h"

/* The same with 0 to 9, "-", "+", ".", "," and "%"; the text itself where it is ASCII. */
Str number_plain(Arena *a, Str text);
/* The same in SQL, of the text that `sql` is. */
void number_plain_sql(Str sql, Buf *out);
/* The digit of another script that the text begins with, -1 where there is none; `*step`: its bytes. */
int number_other_digit(Str text, size_t *step);

#endif
