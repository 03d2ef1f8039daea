/* Dates and times by their form, a pattern of words of POSIX's strptime (IEEE Std 1003.1): %Y (four digits), %y (two:
   1969 to 2068), %EY (a year of the Buddhist era, 543 ahead), %m, %d, %b (the month's name, text/month.h), %H, %I, %M,
   %S, %p (AM or PM); white space is any or none, and all else stands for itself ("%Y年%m月%d日"). Numbers may lack
   their zeros, but where the next word follows at once ("%Y%m%d"). Digits are those of any script of the region; "%Om",
   "%Od", "%OH", "%OM", "%OS" say that they are others than 0 to 9. */
#ifndef BANYAN_DATA_DATE_FORM_H
#define BANYAN_DATA_DATE_FORM_H

#include "data/duck.h"

/* Days of a spreadsheet, in the words of the CF conventions: whole numbers, 1 to that of 9999-12-31. */
#define DATE_FORM_SERIAL      "days since 1899-12-30"
#define DATE_FORM_SERIAL_1904 "days since 1904-01-01"

/* It is one of the two. */
bool date_form_is_serial(Str form);

/* The year is read from 0 to 9999; every day and time has to be one. 24:00 of a day is 0:00 of the next. */
bool date_form_read(Str text, Str form, int64_t *micros); /* since 1970, of the beginning of what is not said */
/* All words of it are known here; the engine's own strptime has more. */
bool date_form_known(Str form);
int  date_form_year(int64_t micros);

#define BUDDHIST_YEARS 543
/* A year that can be no other: nothing is measured or foretold for 2400. */
#define IS_BUDDHIST_YEAR(year) ((year) >= 2400 && (year) <= 2699)

/* date_form(text, form) in SQL: microseconds since 1970 as BIGINT, NULL for what is no such date. */
extern const DuckTextFunction date_form_function;

#endif
