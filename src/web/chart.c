#include "web/chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "text/lang.h"

#define WIDTH    480.0
#define HEIGHT   270.0
#define TOP      24.0
#define BOTTOM   26.0
#define LETTER   7.6 /* about how wide one is, of the larger type that phones get */
#define NAME_GAP 14.0
#define NAME_MAX 14 /* letters of a line's name */

typedef struct {
    double left, right, top, bottom; /* of the plot */
    double x0, x1;
    Ticks  y;
} Plot;

Ticks ticks_make(double low, double high, int about)
{
    static const double steps[] = { 1, 2, 5, 10 };
    if (low > high) return ticks_make(high, low, about);
    double span = high - low;
    if (span <= 0) span = fabs(low) > 0 ? fabs(low) : 1;
    double power = pow(10, floor(log10(span / about))), step = 10 * power;
    for (size_t i = 0; i < 4; i++)
        if (steps[i] * power * about >= span * (1 - 1e-9)) {
            step = steps[i] * power;
            break;
        }
    Ticks t = { floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step, 0 };
    if (t.high <= t.low) t.high = t.low + step;
    while (t.decimals < 6 && fabs(step * pow(10, t.decimals) - round(step * pow(10, t.decimals))) > 1e-6) t.decimals++;
    return t;
}

void shades_make(const double *sorted, size_t n, double bounds[CHART_SHADES])
{
    for (size_t k = 0; k < CHART_SHADES; k++) bounds[k] = n ? sorted[k * n / CHART_SHADES] : 0;
}

/* The nearest of 1, 2 and 5 times a power of ten, on a logarithmic scale. */
static double round_nearly(double value)
{
    double power = pow(10, floor(log10(value))), first = value / power;
    return power * (first < sqrt(2) ? 1 : first < sqrt(10) ? 2
                                      : first < sqrt(50)   ? 5
                                                           : 10);
}

bool shades_make_steps(const double *sorted, size_t n, double bounds[CHART_SHADES])
{
    size_t first = 0;
    if (!n || sorted[0] < 0) return false;
    while (first < n && sorted[first] <= 0) first++;
    if (first == n) return false;
    double low = sorted[first + (n - first) / 10], high = sorted[n - 1];
    if (high / low <= 100) return false;
    bounds[0] = sorted[0];
    for (int k = 1; k < CHART_SHADES; k++) bounds[k] = round_nearly(low * pow(high / low, (double)k / CHART_SHADES));
    return true;
}

int shade_of(const double bounds[CHART_SHADES], double value)
{
    int shade = 1;
    for (int k = 1; k < CHART_SHADES; k++)
        if (value >= bounds[k]) shade = k + 1;
    return shade;
}

/* Characters, of which those from U+3000 on are twice as wide. */
static double text_width(Str s)
{
    double width = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((c & 0xC0) != 0x80) width += c >= 0xE3 ? 1.8 * LETTER : LETTER;
    }
    return width;
}

static Str name_short(Arena *a, Str name)
{
    size_t at = 0, letters = 0;
    while (at < name.len && letters < NAME_MAX) {
        unsigned char c = (unsigned char)name.at[at];
        letters += c >= 0xE3 ? 2 : 1;
        at += str_utf8_step(str_drop(name, at)) ? str_utf8_step(str_drop(name, at)) : 1;
    }
    return at >= name.len ? name : str_join(a, (Str[]){ str_take_first(name, at), S("…") }, 2);
}

/* With its tag still open, for more of it. */
static void svg_begin(Buf *out, const ChartWords *words, const char *type, double width, double height)
{
    buf_putf(out, "<svg class=\"chart %s\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", type, width, height);
    buf_put_html(out, words->title);
    buf_put_byte(out, '"');
}

static void svg_open(Buf *out, const ChartWords *words, const char *type, double width, double height)
{
    svg_begin(out, words, type, width, height);
    buf_put_byte(out, '>');
}

static void text_put(Buf *out, double x, double y, const char *anchor, Str text)
{
    buf_putf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    buf_put_html(out, text);
    buf_put_z(out, "</text>");
}

static double place_x(const Plot *p, double x)
{
    return p->x1 > p->x0 ? p->left + (x - p->x0) / (p->x1 - p->x0) * (p->right - p->left) : (p->left + p->right) / 2;
}

static double place_y(const Plot *p, double y)
{
    return p->bottom - (y - p->y.low) / (p->y.high - p->y.low) * (p->bottom - p->top);
}

static Str tick_label(Arena *a, const ChartWords *words, const Plot *p, int i)
{
    return number_text(a, p->y.low + i * p->y.step, p->y.decimals, words->lang);
}

static int tick_count(const Plot *p)
{
    return (int)round((p->y.high - p->y.low) / p->y.step);
}

/* The plot's left side: room for the labels of its values. */
static void left_set(Arena *a, const ChartWords *words, Plot *p)
{
    double widest = 0;
    for (int i = 0; i <= tick_count(p); i++) widest = fmax(widest, text_width(tick_label(a, words, p, i)));
    p->left = widest + 10;
}

/* The axis of values: its ticks, lines across and unit. */
static void axis_y(Arena *a, Buf *out, const ChartWords *words, const Plot *p)
{
    for (int i = 0; i <= tick_count(p); i++) {
        double y = place_y(p, p->y.low + i * p->y.step);
        buf_putf(out, "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>", i ? "grid" : "base", p->left, y, p->right);
        text_put(out, p->left - 6, y + 4, "end", tick_label(a, words, p, i));
    }
    text_put(out, 0, 12, "start", words->unit);
}

static Str time_label(Arena *a, ChartTime time, double x, bool months, Str lang)
{
    if (time == CHART_YEARS)
        return date_words(a, (Date){ .year = (int)x, .month = 1, .day = 1, .parts = 1 }, DATE_SHORT,
                          lang);
    Date d = date_of_ms((int64_t)x * 86400000);
    d.parts = months ? 2 : 1;
    return date_words(a, d, DATE_SHORT, lang);
}

static int days_of(int year, int month)
{
    return date_days((Date){ .year = year, .month = month, .day = 1, .parts = 3 });
}

/* Ticks of time: years where there are three or more, else months. */
static void axis_x(Arena *a, Buf *out, const ChartWords *words, ChartTime time, const Plot *p)
{
    double years = time == CHART_YEARS ? p->x1 - p->x0 : (p->x1 - p->x0) / 365.25;
    bool   months = time == CHART_DAYS && years < 2.5;
    double room = p->right - p->left, last = -1e9;
    double edge = p->right < WIDTH - 12 ? p->right : WIDTH; /* names of lines stand beyond */
    Date   first = time == CHART_DAYS ? date_of_ms((int64_t)p->x0 * 86400000) : (Date){ .year = (int)p->x0 };
    int    step = 1;
    if (!months) {
        Ticks t = ticks_make(0, fmax(years, 1), (int)fmax(2, room / 62));
        step = (int)fmax(1, t.step);
    }
    for (int year = first.year - (months ? 0 : ((first.year % step) + step) % step);
         year <= first.year + (int)years + 1; year += step)
        for (int month = 1; month <= (months ? 12 : 1); month++) {
            double x = time == CHART_YEARS ? year : days_of(year, month), at;
            if (x < p->x0 || x > p->x1) continue;
            at = place_x(p, x);
            Str    label = time_label(a, time, x, months, words->lang);
            double half = text_width(label) / 2, middle = fmin(fmax(at, half), edge - half);
            if (middle - last < 2 * half + 8) continue;
            buf_putf(out, "<path class=\"tick\" d=\"M%.1f %.1fv5\"/>", at, p->bottom);
            text_put(out, middle, p->bottom + 18, "middle", label);
            last = middle;
        }
}

/* Numbers along the bottom. */
static void axis_numbers(Arena *a, Buf *out, const ChartWords *words, const Plot *p)
{
    Ticks t = ticks_make(p->x0, p->x1, 5);
    for (double x = t.low; x <= p->x1 + t.step / 1000; x += t.step) {
        Str    label = number_text(a, x, t.decimals, words->lang);
        double at = place_x(p, x), half = text_width(label) / 2;
        if (x < p->x0) continue;
        buf_putf(out, "<path class=\"tick\" d=\"M%.1f %.1fv5\"/>", at, p->bottom);
        text_put(out, fmin(at, WIDTH - half), p->bottom + 18, "middle", label);
    }
}

/* Where a value is drawn; what lies outside at the edge. */
static double place_y_within(const Plot *p, double y)
{
    return fmin(fmax(place_y(p, y), p->top), p->bottom);
}

static void band_put(Buf *out, const Plot *p, const ChartLine *line, size_t i)
{
    buf_putf(out, "<path class=\"band band-%zu\" d=\"", i);
    for (size_t k = 0; k < line->n; k++)
        buf_putf(out, "%s%.1f %.1f", k ? "L" : "M", place_x(p, line->points[k].x),
                 place_y_within(p, line->points[k].high));
    for (size_t k = line->n; k-- > 0;)
        buf_putf(out, "L%.1f %.1f", place_x(p, line->points[k].x), place_y_within(p, line->points[k].low));
    buf_put_z(out, "Z\"/>");
}

static void dots_put(Buf *out, const Plot *p, const ChartLine *line, size_t i)
{
    for (size_t k = 0; k < line->n; k++) {
        const ChartPoint *at = &line->points[k];
        if (isnan(at->y)) continue;
        if (line->form == CHART_DOTS_REACH)
            buf_putf(out, "<path class=\"reach line-%zu\" d=\"M%.1f %.1fV%.1f\"/>", i, place_x(p, at->x),
                     place_y_within(p, at->low), place_y_within(p, at->high));
        buf_putf(out, "<circle class=\"dot dot-%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>", i, place_x(p, at->x),
                 place_y_within(p, at->y));
    }
}

static void line_put(Buf *out, const Plot *p, const ChartLine *line, size_t i)
{
    if (line->form == CHART_DOTS || line->form == CHART_DOTS_REACH) {
        dots_put(out, p, line, i);
        return;
    }
    if (line->form == CHART_LINE_BAND) band_put(out, p, line, i);
    bool open = false;
    buf_putf(out, "<path class=\"line line-%zu\" d=\"", i);
    for (size_t k = 0; k < line->n; k++) {
        bool gap = isnan(line->points[k].y), alone = !open && (k + 1 == line->n || isnan(line->points[k + 1].y));
        if (!gap)
            buf_putf(out, "%s%.1f %.1f%s", open ? "L" : "M", place_x(p, line->points[k].x),
                     place_y(p, line->points[k].y), alone ? "h.01" : "");
        open = !gap;
    }
    buf_put_z(out, "\"/>");
}

typedef struct {
    size_t line;
    double y;
} End;

static int by_height(const void *x, const void *y)
{
    const End *p = x, *q = y;
    return (p->y > q->y) - (p->y < q->y);
}

/* Names at the lines' ends, pushed apart where they would touch. */
static void names_put(Arena *a, Buf *out, const Plot *p, const ChartLine *lines, size_t n)
{
    End ends[CHART_LINES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        double y = 0;
        for (size_t k = 0; k < lines[i].n; k++)
            if (!isnan(lines[i].points[k].y)) y = lines[i].points[k].y;
        ends[i] = (End){ i, place_y(p, y) };
    }
    qsort(ends, n, sizeof *ends, by_height);
    for (size_t i = 1; i < n; i++) ends[i].y = fmax(ends[i].y, ends[i - 1].y + NAME_GAP);
    for (size_t i = n; i-- > 0;) {
        double most = i + 1 == n ? p->bottom : ends[i + 1].y - NAME_GAP;
        ends[i].y = fmin(ends[i].y, most);
    }
    for (size_t i = 0; i < n; i++) {
        buf_putf(out, "<text class=\"name-%zu\" x=\"%.1f\" y=\"%.1f\">", ends[i].line, p->right + 6, ends[i].y + 4);
        buf_put_html(out, name_short(a, lines[ends[i].line].name));
        buf_put_z(out, "</text>");
    }
}

/* The scales, for the script that tells what is under the pointer: kind, x and its places, y and its places. */
static void plot_tell(Buf *out, ChartTime time, const Plot *p)
{
    static const char *const kinds[] = { "years", "days", "numbers" };
    buf_putf(out, " data-plot=\"%s %g %g %.1f %.1f %.9g %.9g %.1f %.1f\">", kinds[time], p->x0,
             p->x1, p->left, p->right, p->y.low, p->y.high, p->bottom, p->top);
}

void chart_lines(Arena *a, Buf *out, const ChartWords *words, ChartTime time, const ChartLine *lines, size_t n,
                 const ChartLimit *limits, size_t limit_count)
{
    double low = HUGE_VAL, high = -HUGE_VAL, reach = -HUGE_VAL, names = 0;
    Plot   p = { .x0 = HUGE_VAL, .x1 = -HUGE_VAL, .top = TOP, .bottom = HEIGHT - BOTTOM };
    if (n > CHART_LINES) n = CHART_LINES;
    for (size_t i = 0; i < n; i++) {
        names = fmax(names, text_width(name_short(a, lines[i].name)));
        for (size_t k = 0; k < lines[i].n; k++) {
            p.x0 = fmin(p.x0, lines[i].points[k].x);
            p.x1 = fmax(p.x1, lines[i].points[k].x);
            if (isnan(lines[i].points[k].y)) continue;
            low = fmin(low, lines[i].points[k].y);
            high = fmax(high, lines[i].points[k].y);
            if (lines[i].form == CHART_LINE || lines[i].form == CHART_DOTS) continue;
            low = fmin(low, lines[i].points[k].low);
            reach = fmax(reach, lines[i].points[k].high);
        }
    }
    if (low > high) return;
    high = fmax(high, fmin(reach, high * 1.5));
    for (size_t i = 0; i < limit_count; i++) high = fmax(high, limits[i].value);
    /* From zero unless that would flatten everything; what is hardly below zero needs no step of its own. */
    if (low < 0 && -low < high * 0.02) low = 0;
    if (low > 0 && low < high * 0.7) low = 0;
    p.y = ticks_make(low, high, 5);
    p.right = WIDTH - (names > 0 ? names + 8 : 12);
    left_set(a, words, &p);
    svg_begin(out, words, "lines", WIDTH, HEIGHT);
    plot_tell(out, time, &p);
    axis_y(a, out, words, &p);
    if (time == CHART_NUMBERS) axis_numbers(a, out, words, &p);
    else axis_x(a, out, words, time, &p);
    for (size_t i = 0; i < n; i++) line_put(out, &p, &lines[i], i);
    for (size_t i = 0; i < limit_count; i++) {
        double y = place_y(&p, limits[i].value);
        buf_putf(out, "<path class=\"limit\" d=\"M%.1f %.1fH%.1f\"/>", p.left, y, p.right);
        text_put(out, p.right, y - 4, "end", number_text(a, limits[i].value, 2, words->lang));
    }
    names_put(a, out, &p, lines, names > 0 ? n : 0);
    buf_put_z(out, "</svg>");
}

void chart_small(Arena *a, Buf *out, const ChartWords *words, const ChartLine *line, ChartPoint least, ChartPoint most)
{
    (void)a;
    Plot p = { .left = 2, .right = 118, .top = 3, .bottom = 45, .x0 = least.x, .x1 = most.x };
    p.y = (Ticks){ .low = least.y, .high = most.y > least.y ? most.y : least.y + 1 };
    svg_open(out, words, "small", 120, 48);
    buf_put_z(out, "<path class=\"base\" d=\"M2 45H118\"/>");
    line_put(out, &p, line, 0);
    buf_put_z(out, "</svg>");
}

void chart_columns(Arena *a, Buf *out, const ChartWords *words, const ChartColumn *columns, size_t n, bool edges)
{
    double high = 0, last = -1e9;
    Plot   p = { .x0 = 0, .x1 = (double)n, .top = TOP, .bottom = HEIGHT - BOTTOM, .right = WIDTH - 12 };
    for (size_t i = 0; i < n; i++) high = fmax(high, columns[i].value);
    if (high <= 0) return;
    p.y = ticks_make(0, high, 4);
    left_set(a, words, &p);
    svg_open(out, words, "columns", WIDTH, HEIGHT);
    axis_y(a, out, words, &p);
    for (size_t i = 0; i < n; i++) {
        double left = place_x(&p, (double)i) + 1, right = place_x(&p, (double)(i + 1)) - 1,
               y = place_y(&p, columns[i].value);
        double at = edges ? left - 1 : (left + right) / 2, half = text_width(columns[i].label) / 2;
        buf_putf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", left, y,
                 right - left, p.bottom - y);
        if (at - half < last + 6 || at + half > WIDTH) continue;
        text_put(out, at, p.bottom + 18, "middle", columns[i].label);
        last = at + half;
    }
    buf_put_z(out, "</svg>");
}

void chart_bar(Buf *out, double share)
{
    buf_putf(out,
             "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
             "width=\"%.1f\" height=\"8\"/></svg>",
             100 * fmin(fmax(share, 0), 1));
}

void chart_reach(Buf *out, double low, double value, double high, double from, double to)
{
    double scale = 100 / (to - from);
    buf_putf(out,
             "<svg class=\"bar reach\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
             "<path class=\"zero\" d=\"M%.1f 0V8\"/><path class=\"line\" d=\"M%.1f 4H%.1f\"/>"
             "<rect x=\"%.1f\" width=\"1.4\" height=\"8\"/></svg>",
             -from * scale, scale * (fmax(low, from) - from), scale * (fmin(high, to) - from),
             scale * (fmin(fmax(value, from), to) - from) - 0.7);
}

void chart_calendar(Arena *a, Buf *out, const ChartWords *words, int year, const double days[366],
                    const double bounds[CHART_SHADES])
{
    const double cell = 12.4, left = 4;
    int          first = days_of(year, 1), n = days_of(year + 1, 1) - first;
    int          weekday = ((first + 3) % 7 + 7) % 7; /* Monday is 0; 1 January 1970 was a Thursday */
    double       last = -1e9;
    svg_open(out, words, "calendar", 53 * cell + 2 * left, 7 * cell + 30);
    for (int month = 1; month <= 12; month++) {
        double x = left + (double)((days_of(year, month) - first + weekday) / 7) * cell;
        Str    label = date_words(a, (Date){ .year = year, .month = month, .day = 1, .parts = 2 },
                                  DATE_SHORT, words->lang);
        /* Wider than the other charts, so drawn with larger type. */
        if (x - last < 1.5 * text_width(label) + 14 || x + 1.5 * text_width(label) > 53 * cell) continue;
        text_put(out, x, 18, "start", label);
        last = x;
    }
    for (int i = 0; i < n; i++) {
        int at = i + weekday;
        buf_putf(out, "<rect class=\"%s", isnan(days[i]) ? "none" : "shade-");
        if (!isnan(days[i])) buf_putf(out, "%d", shade_of(bounds, days[i]));
        buf_putf(out, "\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", left + (at / 7) * cell,
                 26 + (at % 7) * cell, cell - 1.4, cell - 1.4);
    }
    buf_put_z(out, "</svg>");
}
