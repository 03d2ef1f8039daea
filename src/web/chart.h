/* Charts as SVG: axes with round ticks, lines, columns, a calendar of days. What they draw is given ready; words
   and numbers are in the reader's language, colours and type in assets/style.css (classes line-0 … line-5 and
   shade-1 … shade-5), so that the dark theme and print have their own. Each is an <svg role="img"> named by its
   title: the caption and the table that say the same stand beside it on the page. Time runs from left to right in
   every language. Everything lives in the arena of the Buf's owner. */
#ifndef BANYAN_WEB_CHART_H
#define BANYAN_WEB_CHART_H

#include "base/buf.h"

#define CHART_LINES  6 /* as many as have a colour of their own */
#define CHART_SHADES 5

/* Round steps (1, 2 or 5 times a power of ten) that hold low … high, about so many. `decimals`: what a tick's
   label needs. With low == high the axis is one step around it. Both must be finite. */
typedef struct {
    double low, high, step;
    int    decimals; /* 0 to 6 */
} Ticks;
Ticks ticks_make(double low, double high, int about);

/* Bounds of CHART_SHADES classes with about as many of the values in each: bounds[k] is the least of class k + 1.
   `values` are sorted; alike ones fall in one class. */
void shades_make(const double *sorted, size_t n, double bounds[CHART_SHADES]);
/* Where the values span more than two powers of ten: bounds of equal steps on a logarithmic scale, rounded to 1, 2 or 5
   times a power of ten, so that what is many times larger has another shade. The least tenth of the values, which are
   often next to nothing, are in the first class. False, and bounds as they were, where values span less or some are
   below zero. */
bool shades_make_steps(const double *sorted, size_t n, double bounds[CHART_SHADES]);
int  shade_of(const double bounds[CHART_SHADES], double value); /* 1 … CHART_SHADES */

typedef struct {
    Str lang, title, unit;
} ChartWords;

typedef struct {
    double x, y;      /* x: a year, days since 1970 or a number; y: NaN is a gap */
    double low, high; /* of lines that have a reach */
} ChartPoint;
typedef enum { CHART_LINE,       /* points joined */
               CHART_LINE_BAND,  /* and the reach of each as a band behind */
               CHART_DOTS,       /* points by themselves */
               CHART_DOTS_REACH, /* and the reach of each as a stroke through it */
} ChartForm;
typedef struct {
    Str         name;
    ChartPoint *points; /* by x */
    size_t      n;
    ChartForm   form;
} ChartLine;
typedef struct {
    Str    name;
    double value;
} ChartLimit;
typedef enum { CHART_YEARS,
               CHART_DAYS,
               CHART_NUMBERS } ChartTime; /* what x is */

/* Lines named at their ends, limits drawn across. At most CHART_LINES lines. A reach that goes far above all values
   is cut off at the plot's top. */
void chart_lines(Arena *a, Buf *out, const ChartWords *words, ChartTime time, const ChartLine *lines, size_t n,
                 const ChartLimit *limits, size_t limit_count);
/* One line without axes, for a row of small ones on one scale. */
void chart_small(Arena *a, Buf *out, const ChartWords *words, const ChartLine *line, ChartPoint least, ChartPoint most);

typedef struct {
    Str    label;
    double value;
} ChartColumn;
/* Columns side by side; `edges`: labels stand at the left edges (a distribution), else under the middles. */
void chart_columns(Arena *a, Buf *out, const ChartWords *words, const ChartColumn *columns, size_t n, bool edges);
/* A bar as wide as `share` (0 to 1) of its place, for a cell of a table. */
void chart_bar(Buf *out, double share);
/* An estimate and its reach between `from` and `to`, with a mark at zero, for a cell of a table. from < to. */
void chart_reach(Buf *out, double low, double value, double high, double from, double to);

/* The days of a year, a column a week; `days[0]` is 1 January, NaN where nothing was measured. */
void chart_calendar(Arena *a, Buf *out, const ChartWords *words, int year, const double days[366],
                    const double bounds[CHART_SHADES]);

#endif
