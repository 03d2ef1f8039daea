/* ISO 8601 dates and intervals. Words are read in event_words.c. */
#include "data/event_date.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

/* What one end of an interval says. */
typedef struct {
    Date    date;
    bool    timed;
    int64_t from_s, to_s; /* of the day: the time, and behind it by its precision */
} Moment;

static bool digits(Str s, size_t at, size_t n, int *out)
{
    int v = 0;
    if (at + n > s.len) return false;
    for (size_t i = at; i < at + n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        v = v * 10 + (s.at[i] - '0');
    }
    *out = v;
    return true;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static Date date_of_days(int days)
{
    return date_of_ms((int64_t)days * DAY_S * 1000);
}

static bool ordinal(int year, int day, Date *out)
{
    if (day < 1 || day > 365 + leap(year)) return false;
    *out = date_of_days(date_days((Date){ year, 1, 1, 3 }) + day - 1);
    return true;
}

/* Monday of week 1 is that of the week with 4 January. */
static bool week_day(int year, int week, int day, Date *out)
{
    int fourth = date_days((Date){ year, 1, 4, 3 });
    int monday = fourth - ((fourth + 3) % 7 + 7) % 7;
    int next = date_days((Date){ year + 1, 1, 4, 3 });
    int days = monday + (week - 1) * 7 + day - 1;
    next -= ((next + 3) % 7 + 7) % 7;
    if (year > 9998 || week < 1 || day < 1 || day > 7 || days >= next) return false;
    *out = date_of_days(days);
    return true;
}

static bool day_read(Str s, Date *out)
{
    int y, m, d;
    if (date_read(s, out)) return true;
    if (!digits(s, 0, 4, &y)) return false;
    if (s.len == 8 && s.at[4] == '-' && digits(s, 5, 3, &d)) return ordinal(y, d, out);
    if (s.len == 7 && digits(s, 4, 3, &d)) return ordinal(y, d, out);
    if (s.len == 10 && s.at[4] == '-' && s.at[5] == 'W' && s.at[8] == '-' && digits(s, 6, 2, &m) && digits(s, 9, 1, &d))
        return week_day(y, m, d, out);
    if (s.len == 8 && digits(s, 4, 2, &m) && digits(s, 6, 2, &d)) {
        char text[11] = { s.at[0], s.at[1], s.at[2], s.at[3], '-', s.at[4], s.at[5], '-', s.at[6], s.at[7] };
        return date_read((Str){ text, 10 }, out);
    }
    return false;
}

static bool zone_ok(Str s)
{
    int h, m = 0;
    if (s.len == 0 || str_eq(s, S("Z"))) return true;
    if (s.at[0] != '+' && s.at[0] != '-') return false;
    if (!digits(s, 1, 2, &h) || h > 18) return false;
    if (s.len == 3) return true;
    if (s.len == 5) return digits(s, 3, 2, &m) && m < 60;
    return s.len == 6 && s.at[3] == ':' && digits(s, 4, 2, &m) && m < 60;
}

static bool time_part(Str s, int64_t *from_s, int64_t *to_s)
{
    size_t at = 0;
    int    part[3] = { 0 }, n = 0;
    bool   colons = s.len > 2 && s.at[2] == ':';
    while (n < 3 && digits(s, at, 2, &part[n])) {
        at += 2;
        n++;
        if (n < 3 && colons && at < s.len && s.at[at] == ':') at++;
        else if (colons) break;
    }
    if (n == 0 || s.at[at - 1] == ':') return false;
    if (at < s.len && (s.at[at] == '.' || s.at[at] == ',')) {
        size_t from = ++at;
        while (at < s.len && s.at[at] >= '0' && s.at[at] <= '9') at++;
        if (at == from || n < 3) return false;
    }
    bool midnight = part[0] == 24 && part[1] == 0 && part[2] == 0;
    if ((part[0] > 23 && !midnight) || part[1] > 59 || part[2] > 60 || !zone_ok(str_drop(s, at))) return false;
    *from_s = part[0] * 3600 + part[1] * 60 + part[2];
    *to_s = *from_s + (n == 1 ? 3600 : n == 2 ? 60
                                              : 1);
    return true;
}

static bool moment_read(Str s, Moment *out)
{
    Cut cut = str_cut(s, 'T');
    memset(out, 0, sizeof *out);
    if (!day_read(cut.head, &out->date)) return false;
    if (!cut.found) return true;
    out->timed = true;
    return out->date.parts == 3 && time_part(cut.tail, &out->from_s, &out->to_s);
}

static DatePrecision precision_of(const Moment *m)
{
    return m->timed ? PRECISION_TIME : (DatePrecision)(m->date.parts - 1);
}

static void span_of(const Moment *m, EventDate *out)
{
    out->first_day = date_days(m->date);
    out->last_day = date_days_last(m->date);
    out->first_s = (int64_t)out->first_day * DAY_S + m->from_s;
    out->after_s = m->timed ? (int64_t)out->first_day * DAY_S + m->to_s : ((int64_t)out->last_day + 1) * DAY_S;
    out->precision = precision_of(m);
}

/* The end of 1963-03-08/10 takes what it lacks from the beginning. */
static bool end_read(Str first, Str s, Moment *out)
{
    char text[64];
    if (moment_read(s, out)) return true;
    size_t head = str_cut(first, 'T').head.len;
    size_t keep = 0;
    Cut    cut = str_cut(s, 'T');
    if (head != 10) return false;
    if (str_has(cut.head, S(":")) && !cut.found) keep = 11;
    else if (cut.head.len == 2) keep = 8;
    else if (cut.head.len == 5) keep = 5;
    if (!keep || keep + s.len >= sizeof text || first.len < keep) return false;
    memcpy(text, first.at, keep);
    memcpy(text + keep, s.at, s.len);
    return moment_read((Str){ text, keep + s.len }, out);
}

/* P1Y2M10DT2H30M: months and seconds. */
static bool duration_read(Str s, int *months, int64_t *seconds)
{
    bool   time = false, any = false;
    size_t at = 1;
    *months = 0;
    *seconds = 0;
    while (at < s.len) {
        char *end, text[12] = { 0 };
        if (s.at[at] == 'T' && !time && at + 1 < s.len) {
            time = true;
            at++;
            continue;
        }
        size_t n = 0;
        while (at < s.len && n < 6 && s.at[at] >= '0' && s.at[at] <= '9') text[n++] = s.at[at++];
        if (n == 0 || at == s.len) return false;
        long value = strtol(text, &end, 10);
        char unit = s.at[at++];
        if (!time && unit == 'Y') *months += (int)value * 12;
        else if (!time && unit == 'M') *months += (int)value;
        else if (!time && unit == 'W') *seconds += value * 7 * DAY_S;
        else if (!time && unit == 'D') *seconds += value * DAY_S;
        else if (time && unit == 'H') *seconds += value * 3600;
        else if (time && unit == 'M') *seconds += value * 60;
        else if (time && unit == 'S') *seconds += value;
        else return false;
        any = true;
    }
    return any;
}

static bool shift(int64_t at_s, int months, int64_t seconds, int64_t *out)
{
    int64_t days = at_s / DAY_S - (at_s % DAY_S < 0);
    Date    d = date_of_days((int)days);
    int     month = d.year * 12 + d.month - 1 + months;
    if (month < 12 || month >= 9999 * 12) return false;
    Date first = { month / 12, month % 12 + 1, 1, 2 };
    int  last = date_days_last(first) - date_days(first) + 1;
    first.day = d.day < last ? d.day : last;
    first.parts = 3;
    *out = (int64_t)date_days(first) * DAY_S + (at_s - days * DAY_S) + seconds;
    return true;
}

static bool interval_read(Str head, Str tail, EventDate *out)
{
    Moment  first, last;
    int     months;
    int64_t seconds;
    bool    forward = str_starts(tail, S("P")), backward = str_starts(head, S("P"));
    if (forward == backward && forward) return false;
    if (forward || backward) {
        if (!duration_read(forward ? tail : head, &months, &seconds) || !moment_read(forward ? head : tail, &first))
            return false;
        span_of(&first, out);
        if (forward && !shift(out->first_s, months, seconds, &out->after_s)) return false;
        if (backward && !shift(out->after_s, -months, -seconds, &out->first_s)) return false;
        if (out->after_s <= out->first_s || out->first_s < -62135596800 || out->after_s > 253402300799) return false;
        out->first_day = (int)((out->first_s - (out->first_s < 0 ? DAY_S - 1 : 0)) / DAY_S);
        out->last_day = (int)((out->after_s - 1 - (out->after_s - 1 < 0 ? DAY_S - 1 : 0)) / DAY_S);
        return true;
    }
    EventDate end;
    if (!moment_read(head, &first) || !end_read(head, tail, &last)) return false;
    span_of(&first, out);
    span_of(&last, &end);
    if (end.after_s <= out->first_s || end.first_s < out->first_s) return false;
    out->last_day = end.last_day;
    out->after_s = end.after_s;
    if (end.precision < out->precision) out->precision = end.precision;
    return true;
}

bool event_date_read(Str text, EventDate *out)
{
    Moment one;
    Cut    cut = str_cut(text, '/');
    memset(out, 0, sizeof *out);
    if (cut.found) {
        bool ok = interval_read(cut.head, cut.tail, out);
        out->interval = true;
        return ok;
    }
    if (!moment_read(text, &one)) return false;
    span_of(&one, out);
    return true;
}

bool event_date_year(const EventDate *d, int *year)
{
    *year = date_of_days(d->first_day).year;
    return date_of_days(d->last_day).year == *year;
}

bool event_date_month(const EventDate *d, int *month)
{
    Date first = date_of_days(d->first_day), last = date_of_days(d->last_day);
    *month = first.month;
    return d->precision >= PRECISION_MONTH && first.year == last.year && first.month == last.month;
}

bool event_date_day(const EventDate *d, int *day)
{
    *day = date_of_days(d->first_day).day;
    return d->precision >= PRECISION_DAY && d->first_day == d->last_day;
}

int event_date_day_of_year(int days)
{
    return days - date_days((Date){ date_of_days(days).year, 1, 1, 3 }) + 1;
}
