/* Species accumulation: how many species the first records would have, and how many there may be.

   All follows from how many species have how many records, as if the records were drawn at random from one
   assemblage. Records that people make where they like are not: what is reckoned tells how complete the records
   are, not how rich the place is; the bounds are for chance alone.

   Expected species among m of the N records: rarefaction, Hurlbert 1971 (Ecology 52:577-586), with the unconditional
   standard error of Colwell, Chao, Gotelli and others 2012 (Journal of Plant Ecology 5:3-21, equations 4 and 5), which
   holds for the assemblage and is not zero at m = N.
   Species in all, found or not, at least: Chao1 (Chao 1984, Scandinavian Journal of Statistics 11:265-270), with the
   log-normal interval of Chao 1987 (Biometrics 43:783-791).
   Coverage, the chance that the next record is of a species already found: Chao and Jost 2012 (Ecology
   93:2533-2547, equation 4a).

   Pure functions of doubles. Bounds are of 95 %. */
#ifndef BANYAN_WORK_ACCUMULATION_H
#define BANYAN_WORK_ACCUMULATION_H

#include <stddef.h>
#include <stdint.h>

/* `species` species have `records` records each. Any order; no number of records twice. */
typedef struct {
    int64_t records, species;
} RecordsEach;

typedef struct {
    int64_t records, species; /* N and the species found */
    int64_t once, twice;      /* species with one record, with two */
    double  chao1, chao1_low, chao1_high;
    double  coverage; /* 0 to 1 */
} Accumulation;
/* All zero for no records. Cost: n. */
Accumulation accumulation_make(const RecordsEach *counts, size_t n);

typedef struct {
    double records, species, low, high; /* low is never below zero */
} AccumulationPoint;
/* At m records, 0 to N; more is taken as N. Cost: n. */
AccumulationPoint accumulation_at(const RecordsEach *counts, size_t n, const Accumulation *of, double m);

#endif
