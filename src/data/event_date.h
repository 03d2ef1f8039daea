/* Dates of events as Darwin Core has them: ISO 8601 dates, times and intervals; and dates as people write
   them on labels, where only one meaning is possible.

   Read are: 1963, 1963-03, 1963-03-08, 1963-067, 1963-W10-5, 19630308; with a time T14:07, T14:07:30.5,
   T140730, T14, with Z or a zone; intervals A/B, where B may leave out what it shares with A
   (1963-03-08/10), and A/P3D, P3D/B. Years have four digits. */
#ifndef BANYAN_DATA_EVENT_DATE_H
#define BANYAN_DATA_EVENT_DATE_H

#include "base/time.h"

typedef enum { PRECISION_YEAR,
               PRECISION_MONTH,
               PRECISION_DAY,
               PRECISION_TIME } DatePrecision;

/* All that the date covers. Without a zone it is where the event was; a zone does not move it. */
typedef struct {
    int           first_day, last_day; /* since 1970-01-01, inclusive */
    int64_t       first_s, after_s;    /* seconds since then: of the beginning, and behind the end */
    DatePrecision precision;           /* of the coarser end */
    bool          interval;            /* written with "/" */
} EventDate;

bool event_date_read(Str text, EventDate *out);
bool event_date_year(const EventDate *d, int *year); /* when within one year, and the like */
bool event_date_month(const EventDate *d, int *month);
bool event_date_day(const EventDate *d, int *day);
int  event_date_day_of_year(int days); /* 1 to 366, of a day since 1970 */

/* "31 August 1932", "xi.1996", "15.10.1932", "2021-28-10", "1980s" as ISO 8601; months by name in many
   languages (months.def). False when it is no date, or may be two. */
bool event_date_from_words(Arena *a, Str text, Str *iso);
/* A month by number, name or Roman numeral; 0 for none. */
int month_read(Arena *a, Str text);

#endif
