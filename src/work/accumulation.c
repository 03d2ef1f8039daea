#include "work/accumulation.h"

#include <math.h>

#define Z_95 1.959963984540054 /* standard normal quantile of 0.975 */

/* Chao 1987, equation 12: bounds of what was not found, so that the lower one is never below what was. */
static void interval_put(Accumulation *out, double variance)
{
    double missed = out->chao1 - (double)out->species;
    if (missed <= 0) return;
    double k = exp(Z_95 * sqrt(log1p(variance / (missed * missed))));
    out->chao1_low = (double)out->species + missed / k;
    out->chao1_high = (double)out->species + missed * k;
}

Accumulation accumulation_make(const RecordsEach *counts, size_t n)
{
    Accumulation out = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (counts[i].records < 1) continue;
        out.records += counts[i].records * counts[i].species;
        out.species += counts[i].species;
        if (counts[i].records == 1) out.once += counts[i].species;
        if (counts[i].records == 2) out.twice += counts[i].species;
    }
    out.chao1 = out.chao1_low = out.chao1_high = (double)out.species;
    if (!out.records) return out;
    double all = (double)out.records, once = (double)out.once, twice = (double)out.twice, part = (all - 1) / all,
           variance;
    if (out.twice) {
        double r = once / twice;
        out.chao1 += part * once * once / (2 * twice);
        variance = twice * (part / 2 * r * r + part * part * r * r * r + part * part / 4 * r * r * r * r);
    } else {
        /* Without species found twice: the bias-corrected form and its variance. */
        double u = once * (once - 1) / 2, v = once * (2 * once - 1) * (2 * once - 1) / 4;
        out.chao1 += part * u;
        variance = part * u + part * part * v - part * part * once * once * once * once / (4 * fmax(out.chao1, 1));
    }
    interval_put(&out, fmax(variance, 0));
    double next = (all - 1) * once + 2 * twice;
    out.coverage = next > 0 ? 1 - once / all * (all - 1) * once / next : 1;
    if (out.records == 1) out.coverage = 0;
    return out;
}

/* lgamma keeps a sign for all threads. */
static double log_factorial(double n)
{
    int sign;
    return lgamma_r(n + 1, &sign);
}

/* The chance that none of k records is among m of N: C(N - k, m) / C(N, m). */
static double missed_share(double k, double m, double all)
{
    if (all - k < m) return 0;
    return exp(log_factorial(all - k) - log_factorial(all - k - m) - log_factorial(all) + log_factorial(all - m));
}

AccumulationPoint accumulation_at(const RecordsEach *counts, size_t n, const Accumulation *of, double m)
{
    AccumulationPoint out = { .records = fmin(fmax(m, 0), (double)of->records) };
    double            squares = 0;
    for (size_t i = 0; i < n; i++) {
        if (counts[i].records < 1) continue;
        double found = 1 - missed_share((double)counts[i].records, out.records, (double)of->records);
        out.species += found * (double)counts[i].species;
        squares += found * found * (double)counts[i].species;
    }
    double error = of->chao1 > 0 ? sqrt(fmax(squares - out.species * out.species / of->chao1, 0)) : 0;
    out.low = fmax(out.species - Z_95 * error, 0);
    out.high = out.species + Z_95 * error;
    return out;
}
