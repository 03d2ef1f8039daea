/* BDQ tests of dates. */
#include <inttypes.h>

#include "data/bdq/inside.h"
#include "data/event_date.h"

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_of(const Ask *k, BdqTerm term, EventDate *out)
{
    return event_date_read(bdq_value(k, term), out);
}

/* A limit as the record sets it, else the default. */
static EventDate limit(const Ask *k, BdqTerm setting, Str otherwise)
{
    EventDate d = { 0 };
    if (!event_date_read(str_trim(bdq_value(k, setting)), &d)) event_date_read(otherwise, &d);
    return d;
}

static Str today(const Ask *k, int parts)
{
    Date d = date_of_ms(k->r->now_ms);
    d.parts = parts;
    return date_text(k->a, d);
}

void bdq_date_standard(Ask *k)
{
    EventDate d;
    if (bdq_empty(k, k->test->term)) return bdq_internal(k);
    bdq_comply(k, date_of(k, k->test->term, &d));
}

void bdq_date_standardized(Ask *k)
{
    EventDate d;
    Str       iso;
    if (bdq_empty(k, k->test->term)) return bdq_internal(k);
    if (date_of(k, k->test->term, &d)) return bdq_not_amended(k);
    if (!event_date_from_words(k->a, bdq_value(k, k->test->term), &iso)) return bdq_not_amended(k);
    bdq_amend(k, k->test->term, iso);
}

void bdq_date_from_verbatim(Ask *k)
{
    Str iso;
    if (!bdq_empty(k, BDQ_EVENT_DATE) || bdq_empty(k, BDQ_VERBATIM_EVENT_DATE)) return bdq_internal(k);
    if (!event_date_from_words(k->a, bdq_value(k, BDQ_VERBATIM_EVENT_DATE), &iso)) return bdq_not_amended(k);
    bdq_fill(k, BDQ_EVENT_DATE, iso);
}

void bdq_event_date_in_range(Ask *k)
{
    EventDate d, first = limit(k, BDQ_EARLIEST_VALID_DATE, S("1582-11-15"));
    EventDate last = limit(k, BDQ_LATEST_VALID_DATE, today(k, 1));
    if (!date_of(k, BDQ_EVENT_DATE, &d)) return bdq_internal(k);
    bdq_comply(k, d.first_day >= first.first_day && d.last_day <= last.last_day);
}

void bdq_date_identified_in_range(Ask *k)
{
    EventDate d, event = { 0 }, first = limit(k, BDQ_EARLIEST_VALID_DATE, S("1753-01-01"));
    EventDate last = limit(k, BDQ_LATEST_VALID_DATE, today(k, 3));
    bool      with_event = !str_eq_nocase(str_trim(bdq_value(k, BDQ_INCLUDE_EVENT_DATE)), S("false")) &&
                      !bdq_empty(k, BDQ_EVENT_DATE);
    if (!date_of(k, BDQ_DATE_IDENTIFIED, &d)) return bdq_internal(k);
    if (with_event && !date_of(k, BDQ_EVENT_DATE, &event)) return bdq_internal(k);
    /* What is dated by this year alone may well have been before today. */
    bool within = d.first_day >= first.first_day && d.first_day <= last.last_day;
    bdq_comply(k, within && (!with_event || d.last_day >= event.first_day));
}

void bdq_year_in_range(Ask *k)
{
    int64_t   year;
    int       from = 0, to = 0;
    EventDate first = limit(k, BDQ_EARLIEST_VALID_DATE, S("1582"));
    EventDate last = limit(k, BDQ_LATEST_VALID_DATE, today(k, 1));
    if (!bdq_integer(k, BDQ_YEAR, &year)) return bdq_internal(k);
    event_date_year(&first, &from);
    event_date_year(&last, &to);
    bdq_comply(k, year >= from && year <= to);
}

void bdq_day_in_range(Ask *k)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t          day, month = 0, year;
    if (!bdq_integer(k, BDQ_DAY, &day)) return bdq_internal(k);
    bool month_read_ok = bdq_integer(k, BDQ_MONTH, &month) && month >= 1 && month <= 12;
    bool late = day >= 29 && day <= 31;
    if (late && !month_read_ok) return bdq_internal(k);
    if (late && month == 2 && day == 29) {
        if (!bdq_integer(k, BDQ_YEAR, &year) || year < 0 || year > 9999) return bdq_internal(k);
        return bdq_comply(k, leap(year));
    }
    bdq_comply(k, (day >= 1 && day <= 28) || (late && day <= days[month - 1]));
}

void bdq_integer_standard(Ask *k)
{
    int64_t n, most = k->test->term == BDQ_MONTH ? 12 : 31;
    if (bdq_empty(k, k->test->term)) return bdq_internal(k);
    bdq_comply(k, bdq_integer(k, k->test->term, &n) && n >= 1 && n <= most);
}

void bdq_day_standardized(Ask *k)
{
    static const char *const endings[] = { "st", "nd", "rd", "th", "." };
    int64_t                  n;
    Str                      value = bdq_value(k, BDQ_DAY), s = str_trim(value);
    if (bdq_empty(k, BDQ_DAY)) return bdq_internal(k);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        Str end = str_of(endings[i]);
        if (s.len <= end.len || !str_eq_nocase(str_drop(s, s.len - end.len), end)) continue;
        s.len -= end.len;
        break;
    }
    if (s.len == value.len || !str_to_i64(s, &n) || n < 1 || n > 31) return bdq_not_amended(k);
    bdq_amend(k, BDQ_DAY, str_format(k->a, "%" PRId64, n));
}

void bdq_month_standardized(Ask *k)
{
    int64_t n;
    int     month = month_read(k->a, bdq_value(k, BDQ_MONTH));
    if (bdq_empty(k, BDQ_MONTH)) return bdq_internal(k);
    if (!month || str_to_i64(bdq_value(k, BDQ_MONTH), &n)) return bdq_not_amended(k);
    bdq_amend(k, BDQ_MONTH, str_format(k->a, "%d", month));
}

void bdq_day_of_year_in_range(Ask *k)
{
    int64_t   n;
    EventDate d;
    BdqTerm   term = k->test->term;
    if (bdq_empty(k, term)) return bdq_internal(k);
    if (!bdq_integer(k, term, &n)) return bdq_comply(k, false);
    if (n != 366) return bdq_comply(k, n >= 1 && n <= 365);
    if (!date_of(k, BDQ_EVENT_DATE, &d)) return bdq_internal(k);
    int days = term == BDQ_START_DAY_OF_YEAR ? d.first_day : d.last_day;
    bdq_comply(k, leap(date_of_ms((int64_t)days * 86400000).year));
}

void bdq_date_duration(Ask *k)
{
    EventDate d;
    if (!date_of(k, BDQ_EVENT_DATE, &d)) return bdq_internal(k);
    bdq_measured(k, d.after_s - d.first_s);
}

/* A part that the record gives is the date's; one that it leaves empty is not asked. */
static bool part_fits(const Ask *k, BdqTerm term, bool known, int expected)
{
    int64_t n;
    return bdq_empty(k, term) || (known && bdq_integer(k, term, &n) && n == expected);
}

void bdq_event_consistent(Ask *k)
{
    static const BdqTerm parts[] = { BDQ_YEAR, BDQ_MONTH, BDQ_DAY, BDQ_START_DAY_OF_YEAR, BDQ_END_DAY_OF_YEAR };
    EventDate            d;
    bool                 any = false;
    int                  year = 0, month = 0, day = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) any = any || !bdq_empty(k, parts[i]);
    if (bdq_empty(k, BDQ_EVENT_DATE) || !any) return bdq_internal(k);
    if (!date_of(k, BDQ_EVENT_DATE, &d)) return bdq_comply(k, false);
    bool in_year = event_date_year(&d, &year), in_month = event_date_month(&d, &month);
    bool in_day = event_date_day(&d, &day), exact = d.precision >= PRECISION_DAY;
    bdq_comply(k, part_fits(k, BDQ_YEAR, in_year, year) && part_fits(k, BDQ_MONTH, in_month, month) &&
                      part_fits(k, BDQ_DAY, in_day, day) &&
                      part_fits(k, BDQ_START_DAY_OF_YEAR, exact, event_date_day_of_year(d.first_day)) &&
                      part_fits(k, BDQ_END_DAY_OF_YEAR, exact, event_date_day_of_year(d.last_day)));
}

static void fill_part(Ask *k, BdqTerm term, bool known, int value)
{
    if (known && bdq_empty(k, term)) bdq_fill(k, term, str_format(k->a, "%d", value));
}

void bdq_event_from_date(Ask *k)
{
    EventDate d;
    int       year = 0, month = 0, day = 0;
    if (!date_of(k, BDQ_EVENT_DATE, &d)) return bdq_internal(k);
    bdq_not_amended(k);
    bool in_year = event_date_year(&d, &year), in_month = event_date_month(&d, &month);
    bool in_day = event_date_day(&d, &day), exact = d.precision >= PRECISION_DAY;
    fill_part(k, BDQ_DAY, in_day, day);
    fill_part(k, BDQ_MONTH, in_month, month);
    fill_part(k, BDQ_YEAR, in_year, year);
    fill_part(k, BDQ_START_DAY_OF_YEAR, exact, event_date_day_of_year(d.first_day));
    fill_part(k, BDQ_END_DAY_OF_YEAR, exact, event_date_day_of_year(d.last_day));
}

void bdq_date_from_year_month_day(Ask *k)
{
    int64_t year, day = 0;
    int     month = 0;
    Date    read;
    if (!bdq_empty(k, BDQ_EVENT_DATE) || !bdq_integer(k, BDQ_YEAR, &year)) return bdq_internal(k);
    bool has_month = !bdq_empty(k, BDQ_MONTH), has_day = !bdq_empty(k, BDQ_DAY);
    if (has_month) month = month_read(k->a, bdq_value(k, BDQ_MONTH));
    if (year < 1 || year > 9999 || (has_month && !month)) return bdq_not_amended(k);
    if (has_day && (!has_month || !bdq_integer(k, BDQ_DAY, &day) || day < 1 || day > 31)) return bdq_not_amended(k);
    Str iso = date_text(k->a, (Date){ (int)year, month, (int)day, has_day ? 3 : has_month ? 2
                                                                                          : 1 });
    if (!date_read(iso, &read)) return bdq_not_amended(k);
    bdq_fill(k, BDQ_EVENT_DATE, iso);
}

void bdq_date_from_days_of_year(Ask *k)
{
    int64_t year, first, last;
    if (!bdq_empty(k, BDQ_EVENT_DATE) || bdq_empty(k, BDQ_YEAR) || bdq_empty(k, BDQ_START_DAY_OF_YEAR) ||
        bdq_empty(k, BDQ_END_DAY_OF_YEAR))
        return bdq_internal(k);
    bool read = bdq_integer(k, BDQ_YEAR, &year) && bdq_integer(k, BDQ_START_DAY_OF_YEAR, &first) &&
                bdq_integer(k, BDQ_END_DAY_OF_YEAR, &last);
    if (!read || year < 1 || year > 9999 || first < 1 || first >= last || last > 365 + leap(year))
        return bdq_not_amended(k);
    int64_t new_year = date_days((Date){ (int)year, 1, 1, 3 });
    Str     from = date_text(k->a, date_of_ms((new_year + first - 1) * 86400000));
    Str     to = date_text(k->a, date_of_ms((new_year + last - 1) * 86400000));
    bdq_fill(k, BDQ_EVENT_DATE, str_format(k->a, "%.*s/%.*s", STR_ARG(from), STR_ARG(to)));
}
