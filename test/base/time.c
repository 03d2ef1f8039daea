#include "check.h"

#include <time.h>

#include "base/time.h"

TEST("a time has its RFC 3339 and HTTP texts")
{
    CHECK_STR(time_text(a, 0), "1970-01-01T00:00:00.000Z");
    CHECK_STR(time_text(a, -1), "1969-12-31T23:59:59.999Z");
    CHECK_STR(time_text(a, 1795458840123), "2026-11-23T18:34:00.123Z");
    CHECK_STR(time_http(a, 1795458840123), "Mon, 23 Nov 2026 18:34:00 GMT");
    CHECK_STR(time_http(a, 784111777000), "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK_STR(time_text(a, INT64_MAX), "9999-12-31T23:59:59.999Z");
    CHECK_STR(time_text(a, INT64_MIN), "0000-01-01T00:00:00.000Z");
}

TEST("times with any zone and fraction are read as UTC milliseconds")
{
    static const struct {
        const char *text, *utc;
    } cases[] = {
        { "2026-11-23T18:34:00.123Z", "2026-11-23T18:34:00.123Z" },
        { "2026-11-24t01:34:00.1239999+07:00", "2026-11-23T18:34:00.123Z" },
        { "2026-11-23T18:34:00z", "2026-11-23T18:34:00.000Z" },
        { "2026-11-23T18:34:00.5-00:30", "2026-11-23T19:04:00.500Z" },
        { "1998-12-31T15:59:60.123-08:00", "1999-01-01T00:00:00.000Z" },
        { "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z" },
        { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z" },
        { "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
        { "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at_ms = 0;
        CHECK(time_read(str_of(cases[i].text), &at_ms));
        CHECK_STR(time_text(a, at_ms), cases[i].utc);
    }
    static const char *const bad[] = {
        "",
        "2026-11-23",
        "2026-11-23T18:34:00",
        "2026-11-23 18:34:00Z",
        "2026-11-23T18:34Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T18:60:00Z",
        "2026-11-23T18:34:61Z",
        "1998-12-31T22:59:60Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T18:34:00.Z",
        "2026-11-23T18:34:00+0700",
        "2026-11-23T18:34:00+24:00",
        "2026-11-23T18:34:00+07:60",
        "2026-11-23T18:34:00Zx",
        "26-11-23T18:34:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        " 2026-11-23T18:34:00Z",
    };
    int64_t at_ms = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(time_read(str_of(bad[i]), &at_ms) ? (int)i : -1, -1);
}

TEST("the calendar agrees with the C library's on every day from 1600 to 2400")
{
    int wrong = 0, day = date_days((Date){ 1600, 1, 1, 3 });
    for (; day < date_days((Date){ 2400, 12, 31, 3 }); day++) {
        time_t    at_s = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&at_s, &tm);
        Date d = date_of_ms((int64_t)at_s * 1000 + 86399999);
        wrong += d.year != tm.tm_year + 1900 || d.month != tm.tm_mon + 1 || d.day != tm.tm_mday ||
                 date_days(d) != day;
    }
    CHECK_EQ_INT(wrong, 0);
}

TEST("dates are read as far as they go, and end on their last day")
{
    static const struct {
        const char *text, *first, *last;
    } cases[] = {
        { "2018", "2018-01-01", "2018-12-31" },
        { "2018-09", "2018-09-01", "2018-09-30" },
        { "2020-02", "2020-02-01", "2020-02-29" },
        { "1900-02", "1900-02-01", "1900-02-28" },
        { "2018-09-13", "2018-09-13", "2018-09-13" },
        { "0000", "0000-01-01", "0000-12-31" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Date d = { 0 };
        CHECK(date_read(str_of(cases[i].text), &d));
        CHECK_STR(date_text(a, d), cases[i].text);
        CHECK_STR(date_text(a, date_of_ms(date_days(d) * INT64_C(86400000))), cases[i].first);
        CHECK_STR(date_text(a, date_of_ms(date_days_last(d) * INT64_C(86400000))), cases[i].last);
    }
    static const char *const bad[] = { "", "201", "20181", "2018-", "2018-9", "2018-13", "2018-00",
                                       "2018-09-", "2018-09-31", "2018-09-1", "2018-02-29",
                                       "2018/09/13", "2018-09-13T", "x018" };
    Date                     d = { 0 };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(date_read(str_of(bad[i]), &d) ? (int)i : -1, -1);
}

TEST("the clocks run")
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CHECK(time_now_ms() >= (int64_t)now.tv_sec * 1000);
    int64_t before_us = time_monotonic_us();
    CHECK(time_monotonic_us() >= before_us);
}
