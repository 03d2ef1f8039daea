/* The calendar (proleptic Gregorian), without the C library's time zones. */
#include "base/time.h"

#include <time.h>

#define DAY_MS ((int64_t)86400000)

int64_t time_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t time_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Leap days in the years before this one, from year 0 on, which has one. */
static int leap_days_before(int year)
{
    return year <= 0 ? 0 : 1 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
}

/* Days before this year, since the first day of year 0. */
static int year_start(int year)
{
    return 365 * year + leap_days_before(year);
}

#define EPOCH 719528 /* year_start(1970) */

static int days_of(int year, int month, int day)
{
    int days = year_start(year) - EPOCH + day - 1;
    for (int m = 1; m < month; m++) days += month_days(year, m);
    return days;
}

/* Any number of days since 1970, held within the years 0 to 9999. */
static Date date_of_days(int64_t days)
{
    int64_t since_0 = days + EPOCH, last = year_start(10000) - 1;
    int     rest = (int)(since_0 < 0 ? 0 : since_0 > last ? last
                                                          : since_0);
    int     year = (int)((int64_t)rest * 400 / 146097); /* right, or one too many */
    if (year_start(year) > rest) year--;
    if (year_start(year + 1) <= rest) year++;
    int month = 1;
    for (rest -= year_start(year); rest >= month_days(year, month); month++)
        rest -= month_days(year, month);
    return (Date){ year, month, rest + 1, 3 };
}

typedef struct {
    Date date;
    int  weekday; /* 0 is Sunday */
    int  hour, minute, second, ms;
} Moment;

static Moment moment_of(int64_t at_ms)
{
    int64_t first = -(int64_t)EPOCH * DAY_MS;
    int64_t last = (year_start(10000) - (int64_t)EPOCH) * DAY_MS - 1;
    at_ms = at_ms < first ? first : at_ms > last ? last
                                                 : at_ms;
    int64_t days = at_ms / DAY_MS - (at_ms % DAY_MS < 0);
    int     ms = (int)(at_ms - days * DAY_MS);
    return (Moment){
        .date = date_of_days(days),
        .weekday = (int)((days % 7 + 11) % 7), /* 1970 began on a Thursday */
        .hour = ms / 3600000,
        .minute = ms / 60000 % 60,
        .second = ms / 1000 % 60,
        .ms = ms % 1000,
    };
}

static void digits_put(char *to, int n, int value)
{
    for (; n > 0; value /= 10) to[--n] = (char)('0' + value % 10);
}

Str time_text(Arena *a, int64_t at_ms)
{
    Moment m = moment_of(at_ms);
    if (m.date.year >= 0 && m.date.year <= 9999) { /* on the path of every answer: no format to read */
        Str   text = str_copy(a, S("0000-00-00T00:00:00.000Z"));
        char *to = (char *)text.at;
        digits_put(to, 4, m.date.year);
        digits_put(to + 5, 2, m.date.month);
        digits_put(to + 8, 2, m.date.day);
        digits_put(to + 11, 2, m.hour);
        digits_put(to + 14, 2, m.minute);
        digits_put(to + 17, 2, m.second);
        digits_put(to + 20, 3, m.ms);
        return text;
    }
    return str_format(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", m.date.year, m.date.month,
                      m.date.day, m.hour, m.minute, m.second, m.ms);
}

Str time_http(Arena *a, int64_t at_ms)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    Moment            m = moment_of(at_ms);
    return str_format(a, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * m.weekday,
                      m.date.day, months + 3 * (m.date.month - 1), m.date.year, m.hour, m.minute,
                      m.second);
}

/* Takes n digits off the start of s. */
static bool take_digits(Str *s, size_t n, int *out)
{
    if (s->len < n) return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->at[i] < '0' || s->at[i] > '9') return false;
        value = value * 10 + (s->at[i] - '0');
    }
    *s = str_drop(*s, n);
    *out = value;
    return true;
}

static bool take_char(Str *s, char c)
{
    if (s->len == 0 || s->at[0] != c) return false;
    *s = str_drop(*s, 1);
    return true;
}

static bool take_either(Str *s, char c, char d)
{
    return take_char(s, c) || take_char(s, d);
}

static bool take_date(Str *s, Date *out)
{
    Date d = { .parts = 3 };
    if (!take_digits(s, 4, &d.year) || !take_char(s, '-') || !take_digits(s, 2, &d.month) ||
        !take_char(s, '-') || !take_digits(s, 2, &d.day))
        return false;
    if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > month_days(d.year, d.month))
        return false;
    *out = d;
    return true;
}

/* "Z" or "+07:00", as minutes ahead of UTC. */
static bool take_zone(Str *s, int *minutes)
{
    if (take_either(s, 'Z', 'z')) {
        *minutes = 0;
        return true;
    }
    int hour, minute, sign = take_char(s, '+') ? 1 : take_char(s, '-') ? -1
                                                                       : 0;
    if (!sign || !take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return hour <= 23 && minute <= 59;
}

/* ".123456", of which three digits count; nothing is 0. False for a point without digits. */
static bool take_fraction(Str *s, int *ms)
{
    *ms = 0;
    if (!take_char(s, '.')) return true;
    int digit, weight = 100, n = 0;
    for (; take_digits(s, 1, &digit); n++, weight /= 10) *ms += weight * digit;
    return n > 0;
}

bool time_read(Str text, int64_t *at_ms)
{
    Date d;
    int  hour, minute, second, ms, zone;
    if (!take_date(&text, &d) || !take_either(&text, 'T', 't') || !take_digits(&text, 2, &hour) ||
        !take_char(&text, ':') || !take_digits(&text, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &second) || !take_fraction(&text, &ms) || !take_zone(&text, &zone))
        return false;
    if (text.len || hour > 23 || minute > 59 || second > 60) return false;

    int64_t minutes = (int64_t)date_days(d) * 1440 + hour * 60 + minute - zone;
    bool    ends_day = ((minutes % 1440) + 1440) % 1440 == 1439;
    if (second == 60 && !ends_day) return false;
    *at_ms = (minutes * 60 + second) * 1000 + (second == 60 ? 0 : ms);
    return true;
}

bool date_read(Str text, Date *out)
{
    Date d = { .parts = 1 };
    if (text.len == 10) {
        if (!take_date(&text, &d)) return false;
    } else {
        if (!take_digits(&text, 4, &d.year)) return false;
        if (text.len) {
            d.parts = 2;
            if (!take_char(&text, '-') || !take_digits(&text, 2, &d.month)) return false;
            if (d.month < 1 || d.month > 12) return false;
        }
    }
    if (text.len) return false;
    *out = d;
    return true;
}

int date_days(Date d)
{
    return days_of(d.year, d.parts >= 2 ? d.month : 1, d.parts >= 3 ? d.day : 1);
}

int date_days_last(Date d)
{
    int month = d.parts >= 2 ? d.month : 12;
    return days_of(d.year, month, d.parts >= 3 ? d.day : month_days(d.year, month));
}

Date date_of_ms(int64_t at_ms)
{
    return moment_of(at_ms).date;
}

Str date_text(Arena *a, Date d)
{
    if (d.parts == 1) return str_format(a, "%04d", d.year);
    if (d.parts == 2) return str_format(a, "%04d-%02d", d.year, d.month);
    return str_format(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}
