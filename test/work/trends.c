#include "work/trends.h"

#include <math.h>

#include "check.h"

static double near(double x)
{
    return round(x * 1e7) / 1e7;
}

TEST("counts are fitted as published for AIDS in Belgium")
{
    /* Venables and Ripley's data as in Wood 2006, Generalized Additive Models, 2.5: log mean = 3.1406 + 0.2021 t. */
    static const double cases[] = { 12, 14, 33, 50, 67, 74, 123, 141, 165, 204, 253, 246, 240 };
    TrendYear           years[13];
    Trend               t;
    for (int i = 0; i < 13; i++) years[i] = (TrendYear){ .year = i + 1, .count = cases[i] };
    CHECK(trend_fit(TREND_COUNTS, years, 13, &t));
    CHECK_EQ_DOUBLE(near(t.slope), 0.2021212);
    CHECK_EQ_DOUBLE(near(t.level - t.slope * t.middle), 3.1405895);
    /* The standard error that R gives, times the root of Pearson's X2 over 11, reckoned apart. */
    CHECK_EQ_DOUBLE(near(t.dispersion), near(6.747393227990943));
    CHECK_EQ_DOUBLE(near(t.slope_error), near(0.007771492349761955 * sqrt(6.747393227990943)));
    CHECK_EQ_DOUBLE(near(trend_change(&t).value), near(expm1(0.20212120338492612)));
    CHECK_EQ_DOUBLE(near(log1p(trend_change(&t).high)), near(t.slope + student_t(11) * t.slope_error));
}

TEST("shares are fitted as published for beetles")
{
    /* Bliss 1935; Dobson, An Introduction to Generalized Linear Models: -60.717 (5.181) + 34.270 (2.912) x. */
    static const double dose[] = { 1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839 },
                        killed[] = { 6, 13, 18, 28, 52, 53, 61, 60 }, of[] = { 59, 60, 62, 56, 63, 59, 62, 60 };
    TrendYear years[9] = { 0 };
    Trend     t;
    for (int i = 0; i < 8; i++) years[i] = (TrendYear){ dose[i], killed[i], of[i] };
    years[8] = (TrendYear){ .year = 1.2 }; /* nothing at all: says nothing */
    CHECK(trend_fit(TREND_SHARES, years, 9, &t));
    CHECK_EQ_DOUBLE(round(t.slope * 1000) / 1000, 34.270);
    CHECK_EQ_DOUBLE(round((t.level - t.slope * t.middle) * 1000) / 1000, -60.717);
    CHECK_EQ_DOUBLE(round(t.slope_error / sqrt(t.dispersion) * 1000) / 1000, 2.912);
    CHECK_EQ_DOUBLE(near(t.dispersion), near(10.026817585637597 / 6));
    double variance = t.level_error * t.level_error - 2 * t.middle * t.covariance +
                      t.middle * t.middle * t.slope_error * t.slope_error;
    CHECK_EQ_DOUBLE(round(sqrt(variance / t.dispersion) * 1000) / 1000, 5.181);
    TrendValue at = trend_at(&t, 1.8);
    CHECK(at.low < at.value && at.value < at.high && at.high < 1);
    CHECK_EQ_DOUBLE(near(at.value), near(1 / (1 + exp(60.71745456163546 - 34.27032573414701 * 1.8))));
}

TEST("too much agreement does not narrow the bounds")
{
    TrendYear years[6];
    Trend     t;
    for (int i = 0; i < 6; i++) years[i] = (TrendYear){ .year = 2000 + i, .count = 100 };
    CHECK(trend_fit(TREND_COUNTS, years, 6, &t));
    CHECK_EQ_DOUBLE(t.dispersion, 1);
    CHECK_EQ_DOUBLE(near(t.slope), 0);
    CHECK_EQ_DOUBLE(near(t.slope_error), near(1 / sqrt(100 * 17.5)));
    TrendValue at = trend_at(&t, 2002.5);
    CHECK_EQ_DOUBLE(near(at.value), 100);
    CHECK_EQ_DOUBLE(near(at.high), near(100 * exp(student_t(4) / sqrt(600))));
}

TEST("where nothing can be said, nothing is")
{
    TrendYear years[6];
    Trend     t;
    for (int i = 0; i < 6; i++) years[i] = (TrendYear){ 2000 + i, 3, 9 };
    CHECK(!trend_fit(TREND_COUNTS, years, 4, &t));
    CHECK(!trend_fit(TREND_COUNTS, NULL, 0, &t));
    for (int i = 0; i < 6; i++) years[i].of = i < 2 ? 0 : 9;
    CHECK(!trend_fit(TREND_SHARES, years, 6, &t));
    for (int i = 0; i < 6; i++) years[i] = (TrendYear){ 2000 + i, 0, 9 };
    CHECK(!trend_fit(TREND_SHARES, years, 6, &t));
    CHECK(!trend_fit(TREND_COUNTS, years, 6, &t));
    for (int i = 0; i < 6; i++) years[i] = (TrendYear){ 2000 + i, i < 3 ? 0 : 9, 9 };
    CHECK(!trend_fit(TREND_SHARES, years, 6, &t)); /* a step: the odds go to infinity */
    for (int i = 0; i < 6; i++) years[i] = (TrendYear){ 2000, 3 + i, 9 };
    CHECK(!trend_fit(TREND_COUNTS, years, 6, &t)); /* one year is no time */
}

TEST("quantiles of Student's t are those of the tables")
{
    static const struct {
        int    degrees;
        double t;
    } rows[] = {
        { 1, 12.706 },
        { 2, 4.303 },
        { 3, 3.182 },
        { 4, 2.776 },
        { 9, 2.262 },
        { 10, 2.228 },
        { 30, 2.042 },
        { 120, 1.980 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_EQ_DOUBLE(round(student_t(rows[i].degrees) * 1000) / 1000, rows[i].t);
}

TEST("a share has Wilson's interval")
{
    TrendValue none = trend_share(0, 10), some = trend_share(81, 263);
    CHECK_EQ_DOUBLE(none.low, 0);
    CHECK_EQ_DOUBLE(round(none.high * 10000) / 10000, 0.2775);
    /* Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81/263 gives 0.2553 to 0.3662. */
    CHECK_EQ_DOUBLE(round(some.low * 10000) / 10000, 0.2553);
    CHECK_EQ_DOUBLE(round(some.high * 10000) / 10000, 0.3662);
}
