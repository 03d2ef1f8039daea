#include "work/accumulation.h"

#include <math.h>

#include "check.h"

static double near(double x)
{
    return round(x * 1e9) / 1e9;
}

static double to_3(double x)
{
    return round(x * 1000) / 1000;
}

/* Spiders in girdled plots, Sackett and others 2011, as the package iNEXT (Hsieh, Ma and Chao) carries them. */
static const RecordsEach spiders[] = {
    { 46, 1 },
    { 22, 1 },
    { 17, 1 },
    { 15, 2 },
    { 9, 1 },
    { 8, 1 },
    { 6, 2 },
    { 4, 1 },
    { 2, 4 },
    { 1, 12 },
};
#define SPIDERS (sizeof spiders / sizeof *spiders)

TEST("species that were not found are estimated as iNEXT publishes it for spiders")
{
    Accumulation all = accumulation_make(spiders, SPIDERS);
    CHECK_EQ_INT(all.records, 168);
    CHECK_EQ_INT(all.species, 26);
    CHECK_EQ_INT(all.once, 12);
    CHECK_EQ_INT(all.twice, 4);
    CHECK_EQ_DOUBLE(to_3(all.chao1), 43.893);
    CHECK_EQ_DOUBLE(to_3(all.chao1_low), 30.511);
    CHECK_EQ_DOUBLE(to_3(all.chao1_high), 96.971);
    CHECK_EQ_DOUBLE(round(all.coverage * 10000) / 10000, 0.9289);
}

TEST("the curve is that of exact fractions")
{
    /* By whole numbers of binomials, in fractions, without logarithms. */
    static const struct {
        double m, species, error;
    } rows[] = {
        { 1, 1.0, 0.3236792705823866 },
        { 2, 1.877673224978614, 0.5794997316386913 },
        { 10, 6.478617291735518, 1.5640246228347519 },
        { 84, 18.91235971159272, 2.63190258767838 },
        { 167, 25.928571428571427, 3.246680503959692 },
        { 168, 26.0, 3.255589172867152 },
    };
    Accumulation all = accumulation_make(spiders, SPIDERS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AccumulationPoint at = accumulation_at(spiders, SPIDERS, &all, rows[i].m);
        CHECK_EQ_DOUBLE(near(at.species), near(rows[i].species));
        CHECK_EQ_DOUBLE(near(at.high - at.species), near(rows[i].error * 1.959963984540054));
    }
    CHECK_EQ_DOUBLE(near(accumulation_at(spiders, SPIDERS, &all, 999).species), 26);
    CHECK_EQ_DOUBLE(accumulation_at(spiders, SPIDERS, &all, 0).species, 0);
}

TEST("a small curve is the mean over every choice of records")
{
    /* Nine records of four species: which species each is of. */
    static const int         of[9] = { 0, 0, 0, 0, 1, 1, 1, 2, 3 };
    static const RecordsEach counts[] = { { 4, 1 }, { 3, 1 }, { 1, 2 } };
    double                   sum[10] = { 0 }, chosen[10] = { 0 };
    for (unsigned set = 0; set < 1u << 9; set++) {
        int seen = 0, species = 0, m = 0;
        for (int i = 0; i < 9; i++) {
            if (!(set >> i & 1)) continue;
            m++;
            if (!(seen >> of[i] & 1)) species++;
            seen |= 1 << of[i];
        }
        sum[m] += species;
        chosen[m]++;
    }
    Accumulation all = accumulation_make(counts, 3);
    for (int m = 0; m <= 9; m++)
        CHECK_EQ_DOUBLE(near(accumulation_at(counts, 3, &all, m).species), near(sum[m] / chosen[m]));
}

TEST("nothing missed, nothing found, one record")
{
    static const RecordsEach often[] = { { 5, 3 } }, one[] = { { 1, 1 } }, once[] = { { 1, 6 } };
    Accumulation             all = accumulation_make(often, 1);
    CHECK_EQ_DOUBLE(all.chao1, 3);
    CHECK_EQ_DOUBLE(all.chao1_high, 3);
    CHECK_EQ_DOUBLE(all.coverage, 1);
    all = accumulation_make(one, 1);
    CHECK_EQ_DOUBLE(all.chao1, 1);
    CHECK_EQ_DOUBLE(all.coverage, 0);
    all = accumulation_make(once, 1);
    CHECK_EQ_DOUBLE(near(all.chao1), near(6 + 5.0 / 6 * 15));
    CHECK(all.chao1_low > 6 && all.chao1_high > all.chao1);
    CHECK_EQ_DOUBLE(all.coverage, 0);
    all = accumulation_make(NULL, 0);
    CHECK_EQ_INT(all.records, 0);
    CHECK_EQ_DOUBLE(accumulation_at(NULL, 0, &all, 5).high, 0);
}

TEST("ten million records of a hundred thousand species stay precise")
{
    static const RecordsEach many[] = { { 100, 99999 }, { 1, 1 }, { 99, 1 } };
    Accumulation             all = accumulation_make(many, 3);
    AccumulationPoint        at = accumulation_at(many, 3, &all, 100000);
    CHECK_EQ_INT(all.records, 10000000 - 100 + 100);
    /* A hundredth of the records: (1 - 1/100)^100 of the species are missed, but for 1 in a hundred thousand. */
    CHECK(fabs(at.species / 100000 - (1 - pow(0.99, 100))) < 1e-4);
    CHECK(fabs(accumulation_at(many, 3, &all, 1e7).species - 100001) < 1e-3);
}
