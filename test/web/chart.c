/* Scales, ticks and what the charts draw. */
#include "web/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

static size_t count_of(Str text, Str part)
{
    size_t n = 0;
    for (long at; (at = str_find(text, part)) >= 0; n++) text = str_drop(text, (size_t)at + part.len);
    return n;
}

/* Without the last bits, in which powers of ten differ. */
static double nearly(double x)
{
    return round(x * 1e9) / 1e9;
}

TEST("ticks are round and hold all values")
{
    static const struct {
        double low, high;
        int    about;
        double first, last, step;
        int    decimals;
    } rows[] = {
        { 0, 100, 5, 0, 100, 20, 0 },
        { 3, 97, 5, 0, 100, 20, 0 },
        { 0, 0.37, 4, 0, 0.4, 0.1, 1 },
        { -7, 12, 4, -10, 15, 5, 0 },
        { 5, 5, 4, 4, 6, 2, 0 },
        { 0, 36572, 5, 0, 40000, 10000, 0 },
        { 0, 0.00042, 4, 0, 0.0006, 0.0002, 4 },
        { 12, 2, 5, 2, 12, 2, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Ticks t = ticks_make(rows[i].low, rows[i].high, rows[i].about);
        CHECK_EQ_DOUBLE(nearly(t.step), rows[i].step);
        CHECK_EQ_DOUBLE(nearly(t.low), rows[i].first);
        CHECK_EQ_DOUBLE(nearly(t.high), rows[i].last);
        CHECK_EQ_INT(t.decimals, rows[i].decimals);
    }
}

TEST("shades part the values evenly, alike ones together")
{
    const double values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, same[] = { 3, 3, 3 };
    double       bounds[CHART_SHADES];
    shades_make(values, 10, bounds);
    for (int i = 0; i < 10; i++) CHECK_EQ_INT(shade_of(bounds, values[i]), i / 2 + 1);
    shades_make(same, 3, bounds);
    CHECK_EQ_INT(shade_of(bounds, 3), shade_of(bounds, 3.0));
    CHECK_EQ_INT(shade_of(bounds, 2), 1);
}

TEST("labels of time stay within the drawing, and off the names of lines")
{
    ChartPoint points[] = { { .x = 1960, .y = 1 }, { .x = 1990, .y = 2 }, { .x = 2010, .y = 3 } };
    ChartLine  line = { S("station ten"), points, 3, CHART_LINE };
    ChartWords words = { S("en"), S("Height"), S("") };
    Buf       *out = buf_open(a);
    chart_lines(a, out, &words, CHART_YEARS, &line, 1, NULL, 0);
    Str    drawn = buf_str(out);
    long   right = str_find(drawn, S(" 1960 2010 ")), from;
    double first = 0, plot_right = 0, last = 0;
    CHECK(right > 0);
    CHECK_EQ_INT(sscanf(drawn.at + right, " 1960 2010 %*f %lf", &plot_right), 1);
    CHECK((from = str_find(drawn, S("\" text-anchor=\"middle\">1960<"))) > 0);
    while (from > 0 && strncmp(drawn.at + from, "x=\"", 3) != 0) from--;
    CHECK_EQ_INT(sscanf(drawn.at + from, "x=\"%lf", &first), 1);
    CHECK((from = str_find(drawn, S("\" text-anchor=\"middle\">2010<"))) > 0);
    while (from > 0 && strncmp(drawn.at + from, "x=\"", 3) != 0) from--;
    CHECK_EQ_INT(sscanf(drawn.at + from, "x=\"%lf", &last), 1);
    CHECK(first >= 4 * 7 / 2);
    CHECK(last + 4 * 7 / 2 <= plot_right);
}

TEST("values of several powers of ten are shaded by equal steps of powers")
{
    /* Emissions of countries: nothing, some thousandths, up to ten thousand. */
    const double wide[] = { 0, 0.004, 0.5, 3, 8, 15, 60, 206, 450, 1200, 10065 }, narrow[] = { 1, 20, 99 },
                 below[] = { -1, 20, 99999 }, none[] = { 0, 0, 0 };
    double bounds[CHART_SHADES] = { 0 };
    CHECK(shades_make_steps(wide, 11, bounds));
    CHECK_EQ_DOUBLE(bounds[0], 0);
    for (int k = 1; k < CHART_SHADES; k++) {
        double first = bounds[k] / pow(10, floor(log10(bounds[k]) + 1e-9));
        CHECK(nearly(first) == 1 || nearly(first) == 2 || nearly(first) == 5);
        CHECK(k < 2 || bounds[k] / bounds[k - 1] >= 4);
    }
    CHECK_EQ_INT(shade_of(bounds, 0), 1);
    CHECK_EQ_INT(shade_of(bounds, 206), 4);
    CHECK_EQ_INT(shade_of(bounds, 10065), 5);
    CHECK(!shades_make_steps(narrow, 3, bounds));
    CHECK(!shades_make_steps(below, 3, bounds));
    CHECK(!shades_make_steps(none, 3, bounds));
    CHECK(!shades_make_steps(none, 0, bounds));
}

TEST("lines break at gaps, have names at their ends and limits across")
{
    ChartPoint thai[] = { { .x = 2000, .y = 1 },
                          { .x = 2001, .y = 2 },
                          { .x = 2001.5, .y = NAN },
                          { .x = 2004, .y = 4 },
                          { .x = 2005, .y = 5 } },
               lao[] = { { .x = 2000, .y = 5 }, { .x = 2005, .y = 5 } };
    ChartLine  lines[] = { { .name = S("A <b>"), .points = thai, .n = 5 },
                           { .name = S("Laos"), .points = lao, .n = 2 } };
    ChartLimit limit = { S("limit"), 8 };
    ChartWords words = { S("en"), S("Title & more"), S("t") };
    Buf       *out = buf_open(a);
    chart_lines(a, out, &words, CHART_YEARS, lines, 2, &limit, 1);
    Str svg = buf_str(out);
    CHECK_EQ_INT(count_of(svg, S("class=\"line line-")), 2);
    CHECK_EQ_INT(count_of(svg, S("class=\"limit\"")), 1);
    CHECK(str_has(svg, S("role=\"img\" aria-label=\"Title &amp; more\"")));
    CHECK(str_has(svg, S(">A &lt;b&gt;</text>")));
    CHECK(str_has(svg, S(">Laos</text>")));
    CHECK(str_has(svg, S(">2000</text>")));
    CHECK(!str_has(svg, S("nan")));
    Str first = str_drop(svg, (size_t)str_find(svg, S("line line-0")));
    first = str_take_first(first, (size_t)str_find(first, S("/>")));
    CHECK_EQ_INT(count_of(first, S("M")), 2);
    CHECK_EQ_INT(count_of(first, S("L")), 2);
}

TEST("an estimate has its band and what was seen its reach")
{
    ChartPoint fit[] = { { 2000, 10, 5, 20 }, { 2001, 12, 6, 900 } },
               seen[] = { { 2000, 11, 8, 15 }, { 2001, NAN, NAN, NAN } };
    ChartLine  lines[] = { { S("trend"), fit, 2, CHART_LINE_BAND }, { STR_NONE, seen, 2, CHART_DOTS_REACH } };
    ChartWords words = { S("en"), S("t"), S("") };
    Buf       *out = buf_open(a);
    chart_lines(a, out, &words, CHART_YEARS, lines, 2, NULL, 0);
    Str svg = buf_str(out);
    CHECK_EQ_INT(count_of(svg, S("class=\"band band-0\"")), 1);
    CHECK_EQ_INT(count_of(svg, S("class=\"line line-0\"")), 1);
    CHECK_EQ_INT(count_of(svg, S("class=\"reach line-1\"")), 1);
    CHECK_EQ_INT(count_of(svg, S("<circle ")), 1);
    CHECK(!str_has(svg, S("nan")));
    /* The axis goes to one and a half times what was seen, not to 900; the band is cut off at the plot's top. */
    CHECK(str_has(svg, S(">20</text>")));
    CHECK(!str_has(svg, S(">200</text>")));
    CHECK(str_has(svg, S(" 24.0L")));
}

TEST("numbers stand under a curve of numbers")
{
    ChartPoint curve[] = { { .x = 0, .y = 0 }, { .x = 1000, .y = 20 } };
    ChartLine  line = { .points = curve, .n = 2 };
    ChartWords words = { S("de"), S("t"), S("") };
    Buf       *out = buf_open(a);
    chart_lines(a, out, &words, CHART_NUMBERS, &line, 1, NULL, 0);
    CHECK(str_has(buf_str(out), S(">1.000</text>")));
    CHECK(str_has(buf_str(out), S(">200</text>")));
}

TEST("a reach is drawn on the scale of its table")
{
    Buf *out = buf_open(a);
    chart_reach(out, -0.1, 0.1, 5, -0.5, 0.5);
    CHECK(str_has(buf_str(out), S("M50.0 0V8"))); /* zero */
    CHECK(str_has(buf_str(out), S("M40.0 4H100.0")));
    CHECK(str_has(buf_str(out), S("<rect x=\"59.3\"")));
}

TEST("a chart of nothing draws nothing")
{
    ChartPoint none[] = { { .x = 2000, .y = NAN } };
    ChartLine  line = { .name = S("x"), .points = none, .n = 1 };
    ChartWords words = { S("en"), S("t"), S("") };
    Buf       *out = buf_open(a);
    chart_lines(a, out, &words, CHART_YEARS, &line, 1, NULL, 0);
    chart_lines(a, out, &words, CHART_YEARS, NULL, 0, NULL, 0);
    chart_columns(a, out, &words, NULL, 0, true);
    CHECK_STR(buf_str(out), "");
}

TEST("columns are as high as their values and numbers are the reader's")
{
    ChartColumn columns[] = { { S("0"), 5000 }, { S("5"), 10000 } };
    ChartWords  words = { S("de"), S("t"), S("rows") };
    Buf        *out = buf_open(a);
    chart_columns(a, out, &words, columns, 2, true);
    CHECK_EQ_INT(count_of(buf_str(out), S("<rect ")), 2);
    CHECK(str_has(buf_str(out), S(">10.000</text>")));
    CHECK(str_has(buf_str(out), S("height=\"110.0\"")));
    CHECK(str_has(buf_str(out), S("height=\"220.0\"")));
}

TEST("a calendar has every day of its year, begun on its weekday")
{
    double     days[366], bounds[CHART_SHADES] = { 0, 1, 2, 3, 4 };
    ChartWords words = { S("en"), S("t"), S("") };
    for (size_t i = 0; i < 366; i++) days[i] = NAN;
    days[0] = 4.5;
    Buf *leap = buf_open(a), *plain = buf_open(a);
    chart_calendar(a, leap, &words, 2016, days, bounds);
    chart_calendar(a, plain, &words, 2017, days, bounds);
    CHECK_EQ_INT(count_of(buf_str(leap), S("<rect ")), 366);
    CHECK_EQ_INT(count_of(buf_str(plain), S("<rect ")), 365);
    CHECK_EQ_INT(count_of(buf_str(leap), S("shade-5")), 1);
    /* 1 January 2016 was a Friday, the fifth row. */
    CHECK(str_has(buf_str(leap), S("<rect class=\"shade-5\" x=\"4.0\" y=\"75.6\"")));
}
