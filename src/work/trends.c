#include "work/trends.h"

#include <math.h>

#define STEPS_MOST 60
#define CLOSE      1e-10
#define FAR        500.0 /* of the link's scale: no fit goes there */
#define Z_95       1.959963984540054

/* P(|t| <= x). */
static double student_within(double x, int degrees)
{
    const double pi = acos(-1);
    double       angle = atan(x / sqrt(degrees)), c = cos(angle), s = sin(angle), term = 1, sum = 1;
    if (degrees % 2) {
        if (degrees == 1) return 2 * angle / pi;
        for (int k = 3; k < degrees; k += 2) sum += term *= c * c * (k - 1) / k;
        return 2 / pi * (angle + s * c * sum);
    }
    for (int k = 2; k < degrees; k += 2) sum += term *= c * c * (k - 1) / k;
    return s * sum;
}

double student_t(int degrees)
{
    double low = 0, high = 13; /* 12.7062 for one degree */
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (student_within(middle, degrees) < 0.95) low = middle;
        else high = middle;
    }
    return (low + high) / 2;
}

static bool counts_for(TrendOf of, const TrendYear *y)
{
    return of == TREND_COUNTS || y->of > 0;
}

/* What a year is expected to have, and the weight of the step. */
static double expected(TrendOf of, const TrendYear *y, double link, double *weight)
{
    double value = of == TREND_COUNTS ? exp(link) : y->of / (1 + exp(-link));
    *weight = of == TREND_COUNTS ? value : value * (1 - value / y->of);
    return value;
}

typedef struct {
    double a, b, c; /* of the information: a, b; b, c */
    double u, v;    /* the score */
    double x2;      /* Pearson's */
} Sums;

static Sums sums_of(const Trend *t, const TrendYear *years, size_t n)
{
    Sums s = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (!counts_for(t->of, &years[i])) continue;
        double x = years[i].year - t->middle, weight;
        double left = years[i].count - expected(t->of, &years[i], t->level + t->slope * x, &weight);
        s.a += weight;
        s.b += weight * x;
        s.c += weight * x * x;
        s.u += left;
        s.v += left * x;
        if (weight > 0) s.x2 += left * left / weight;
    }
    return s;
}

bool trend_fit(TrendOf of, const TrendYear *years, size_t n, Trend *out)
{
    Trend  t = { .of = of };
    double count = 0, all = 0;
    int    used = 0;
    for (size_t i = 0; i < n; i++) {
        if (!counts_for(of, &years[i])) continue;
        t.middle += years[i].year;
        count += years[i].count;
        all += years[i].of;
        used++;
    }
    if (used < TREND_YEARS_LEAST || count <= 0 || (of == TREND_SHARES && count >= all)) return false;
    t.middle /= used;
    t.level = of == TREND_COUNTS ? log(count / used) : log(count / (all - count));
    bool close = false;
    Sums s = { 0 };
    for (int step = 0; step < STEPS_MOST && !close; step++) {
        s = sums_of(&t, years, n);
        double d = s.a * s.c - s.b * s.b;
        if (!(d > 0)) return false;
        double level = (s.c * s.u - s.b * s.v) / d, slope = (s.a * s.v - s.b * s.u) / d;
        t.level += level;
        t.slope += slope;
        if (!(fabs(t.level) < FAR) || !(fabs(t.slope) < FAR)) return false;
        close = fabs(level) + fabs(slope) < CLOSE;
    }
    s = sums_of(&t, years, n);
    double d = s.a * s.c - s.b * s.b;
    if (!close || !(d > 0)) return false;
    t.dispersion = fmax(s.x2 / (used - 2), 1);
    t.level_error = sqrt(t.dispersion * s.c / d);
    t.slope_error = sqrt(t.dispersion * s.a / d);
    t.covariance = -t.dispersion * s.b / d;
    t.t = student_t(used - 2);
    *out = t;
    return true;
}

static double unlinked(TrendOf of, double link)
{
    return of == TREND_COUNTS ? exp(link) : 1 / (1 + exp(-link));
}

TrendValue trend_at(const Trend *t, double year)
{
    double x = year - t->middle, link = t->level + t->slope * x;
    double variance = t->level_error * t->level_error + 2 * x * t->covariance + x * x * t->slope_error * t->slope_error;
    double wide = t->t * sqrt(fmax(variance, 0));
    return (TrendValue){ unlinked(t->of, link), unlinked(t->of, link - wide), unlinked(t->of, link + wide) };
}

TrendValue trend_change(const Trend *t)
{
    double wide = t->t * t->slope_error;
    return (TrendValue){ expm1(t->slope), expm1(t->slope - wide), expm1(t->slope + wide) };
}

TrendValue trend_share(double count, double of)
{
    double p = count / of, z2 = Z_95 * Z_95, middle = (p + z2 / (2 * of)) / (1 + z2 / of);
    double wide = Z_95 / (1 + z2 / of) * sqrt(p * (1 - p) / of + z2 / (4 * of * of));
    return (TrendValue){ p, fmax(middle - wide, 0), fmin(middle + wide, 1) };
}
