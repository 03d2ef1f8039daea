/* Times are UTC milliseconds since 1970; only pages format them for people. */
#ifndef BANYAN_BASE_TIME_H
#define BANYAN_BASE_TIME_H

#include "base/str.h"

int64_t time_now_ms(void);       /* wall clock */
int64_t time_monotonic_us(void); /* for durations */
/* Texts of times before the year 0 or after 9999 are those of the nearest end. */
Str time_text(Arena *a, int64_t at_ms); /* RFC 3339: 2026-11-23T18:34:00.123Z */
Str time_http(Arena *a, int64_t at_ms); /* RFC 9110: Mon, 23 Nov 2026 18:34:00 GMT */
/* RFC 3339 date-time with zone, whole; what is finer than a millisecond is cut off. A leap second
   (23:59:60 UTC) is the same instant as the second after it. */
bool time_read(Str text, int64_t *at_ms);

/* A date as sources give it: "2018", "2018-09" or "2018-09-13". parts is 1, 2 or 3; what is not
   said is 0. */
typedef struct {
    int year, month, day, parts;
} Date;
bool date_read(Str text, Date *out); /* false when not such a date, or no such day */
int  date_days(Date d);              /* days since 1970-01-01 of its first day */
int  date_days_last(Date d);         /* of its last day: "2018" ends on 31 December */
Date date_of_ms(int64_t at_ms);
Str  date_text(Arena *a, Date d);

#endif
