/* How well a text covers a query: the query laid out of pieces of the text, at the least cost.

   The measure is description length: a unit of the query that the text does not have costs its bits;
   a piece copied from the text costs the bits that say where, more when it starts or ends inside a
   word, and some for each mark that differs. One measure for words in a row, cut fragments, single
   words, scattered words and words run together, in every script. Used by core/search/search.c alone. */
#ifndef BANYAN_CORE_SEARCH_TILE_H
#define BANYAN_CORE_SEARCH_TILE_H

#include "core/search/doc.h"

#define QUERY_UNITS_MAX 256
#define TRIPLE_BITS     12

typedef struct {
    Unit   units[QUERY_UNITS_MAX];
    float  bits[QUERY_UNITS_MAX]; /* what each costs when the text lacks it */
    size_t n;
    float  before[QUERY_UNITS_MAX + 1]; /* sum of bits before each */
    float  all;                         /* sum of bits */
    /* Pairs and triples of units by hash: first[], then next[]. */
    int16_t  next[QUERY_UNITS_MAX], first[256];
    int16_t  next3[QUERY_UNITS_MAX], first3[1 << TRIPLE_BITS];
    bool     spaced, syllables;       /* has a gap inside; has a unit that is a syllable */
    uint16_t single[QUERY_UNITS_MAX]; /* units that may be a word by themselves */
    size_t   single_n;
    uint64_t single_bits[4]; /* the low bytes of their letters */
} Pattern;

void pattern_start(Pattern *p, const Unit *units, size_t n);

typedef struct {
    uint16_t from, len;
    uint32_t at;
} Piece; /* units [from, from + len) of the query lie at `at` */
typedef struct {
    double saved; /* bits that the text saves */
    double cover; /* part of the query's bits that is covered, 0 … 1 */
    Piece  pieces[QUERY_UNITS_MAX];
    size_t n;
    size_t whole; /* how often the whole query occurs in one piece */
} Tiling;

/* Cost: some nanoseconds a unit of the text, more for each place where two units agree. */
void tile(const Pattern *p, const Unit *text, size_t n, Tiling *out);

#endif
