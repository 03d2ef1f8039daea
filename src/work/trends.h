/* Trends over years, with their uncertainty: a constant change a year, in per cent, and a band.

   TREND_COUNTS: how many a year. Quasi-Poisson regression with a logarithmic link: each year has the same times
   as many as the one before.
   TREND_SHARES: how many of so many a year, such as records of one species among records of all. Quasi-binomial
   regression with a logit link: the odds change the same times a year. Of records that people make where and when
   they like, a share depends less on how much was looked for than a count does; it still depends on what they look
   for, where, and how willing they are to report it (Isaac, van Strien, August, de Zeeuw and Roy 2014, Methods in
   Ecology and Evolution 5:1052-1060, compare it with other ways).

   Fitted by iteratively reweighted least squares (McCullagh and Nelder 1989, Generalized Linear Models, 2nd edition,
   2.5). Variance is the model's times the dispersion, Pearson's X2 over its degrees of freedom (4.5, 6.2 there), and
   never below the model's own: too much agreement is no knowledge. Bounds are of 95 %, by Student's t with n - 2
   degrees of freedom. What follows one year from the last (a long life, a run of good years) makes them too narrow. */
#ifndef BANYAN_WORK_TRENDS_H
#define BANYAN_WORK_TRENDS_H

#include <stdbool.h>
#include <stddef.h>

#define TREND_YEARS_LEAST 5

typedef enum { TREND_COUNTS,
               TREND_SHARES } TrendOf;

typedef struct {
    double year, count, of; /* of: only of shares, not below count; years with none say nothing */
} TrendYear;

typedef struct {
    TrendOf of;
    double  middle;       /* the fit is level + slope * (year - middle), on the link's scale */
    double  level, slope; /* natural logarithms */
    double  slope_error;  /* standard errors, with the dispersion */
    double  level_error, covariance;
    double  dispersion; /* at least 1 */
    double  t;          /* quantile of the bounds */
} Trend;

/* False where nothing can be said: fewer than TREND_YEARS_LEAST years that count, none or all in every one, or no
   fit. */
bool trend_fit(TrendOf of, const TrendYear *years, size_t n, Trend *out);

typedef struct {
    double value, low, high;
} TrendValue;
/* Of a year: a number, or a share of 0 to 1. */
TrendValue trend_at(const Trend *trend, double year);
/* Change a year: 0.02 is 2 % more each year; of shares, of the odds. */
TrendValue trend_change(const Trend *trend);

/* A share of one year and its 95 % score interval (Wilson 1927, JASA 22:209-212). `of` is above zero. */
TrendValue trend_share(double count, double of);

/* Quantile of 0.975 of Student's t; degrees: 1 or more. By its distribution as a finite sum (Abramowitz and Stegun
   1964, 26.7.3 and 26.7.4). */
double student_t(int degrees);

#endif
