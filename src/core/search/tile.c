/* The cheapest layout by dynamic programming over the stretches that query and text have in common. */
#include "core/search/tile.h"

#include <math.h>
#include <string.h>

/* Costs in bits, found by bench/search-quality. */
#define BITS_LETTER      4.0f
#define BITS_UNSPACED    5.0f
#define BITS_SYLLABLE    9.0f
#define COST_PIECE       3.5f
#define COST_INSIDE_WORD 3.0f /* a piece that starts or ends inside a word of the text */
#define COST_AT_SPACE    1.0f /* … where the query has a space */
#define COST_CUT         2.0f /* … where the query starts or ends: it may be a fragment */
#define COST_OTHER_MARKS 1.5f
#define COST_NO_MARKS    0.4f /* the query leaves them away */
#define COST_OTHER_CASE  0.02f
#define COST_SPACE_ADDED 2.0f /* the query has a space inside a word of the text */
#define COST_SPACE_LACKS 0.3f

#define MATCHES_MAX 1024

static uint32_t pair_hash(const Unit *u)
{
    return (UNIT_BASE(u[0]) * 31 + UNIT_BASE(u[1])) * 2654435761u >> 24;
}

static uint32_t triple_hash(uint32_t x, uint32_t y, uint32_t z) /* bases */
{
    return (x * 961 + y * 31 + z) * 2654435761u >> (32 - TRIPLE_BITS);
}

/* Units that may be a word by themselves. */
static void singles_start(Pattern *p)
{
    for (size_t i = 0; i < p->n; i++) {
        bool alone = (i == 0 || (p->units[i] & UNIT_GAP)) && (i + 1 == p->n || (p->units[i + 1] & UNIT_GAP));
        if (!alone && unit_script(p->units[i]) != SCRIPT_SYLLABLE) continue;
        p->single[p->single_n++] = (uint16_t)i;
        uint32_t h = UNIT_BASE(p->units[i]) & 255;
        p->single_bits[h >> 6] |= (uint64_t)1 << (h & 63);
    }
}

void pattern_start(Pattern *p, const Unit *units, size_t n)
{
    memset(p, 0, sizeof *p);
    p->n = n < QUERY_UNITS_MAX ? n : QUERY_UNITS_MAX;
    if (p->n) memcpy(p->units, units, p->n * sizeof *units);
    memset(p->first, -1, sizeof p->first);
    memset(p->first3, -1, sizeof p->first3);
    for (size_t i = 0; i < p->n; i++) {
        Script script = unit_script(units[i]);
        p->bits[i] = script == SCRIPT_SYLLABLE   ? BITS_SYLLABLE
                     : script == SCRIPT_UNSPACED ? BITS_UNSPACED
                                                 : BITS_LETTER;
        p->syllables |= script == SCRIPT_SYLLABLE;
        p->all += p->bits[i];
        p->before[i + 1] = p->all;
        if (i && (units[i] & UNIT_GAP)) p->spaced = true;
        if (i + 1 < p->n) {
            uint32_t h = pair_hash(units + i);
            p->next[i] = p->first[h];
            p->first[h] = (int16_t)i;
        }
        if (i + 2 < p->n) {
            uint32_t h = triple_hash(UNIT_BASE(units[i]), UNIT_BASE(units[i + 1]), UNIT_BASE(units[i + 2]));
            p->next3[i] = p->first3[h];
            p->first3[h] = (int16_t)i;
        }
    }
    singles_start(p);
}

static bool same(Unit x, Unit y)
{
    return UNIT_BASE(x) == UNIT_BASE(y);
}

static bool word_ends(const Unit *text, size_t n, size_t at)
{
    return at >= n || (text[at] & UNIT_WORD);
}

/* A stretch that query and text have in common; those that start at one unit of the query are a list. */
typedef struct {
    uint16_t len;
    int16_t  next;
    uint32_t at;
} Match;
typedef struct {
    Match   at[MATCHES_MAX];
    int16_t first[QUERY_UNITS_MAX];
    size_t  n, whole;
} Matches;

static void match_put(Matches *m, size_t from, size_t len, size_t at)
{
    if (m->n == MATCHES_MAX) return;
    m->at[m->n] = (Match){ (uint16_t)len, m->first[from], (uint32_t)at };
    m->first[from] = (int16_t)m->n++;
}

static float start_cost(const Pattern *p, const Unit *text, size_t i, size_t j)
{
    if (text[j] & UNIT_WORD) return 0;
    return i == 0 ? COST_CUT : COST_INSIDE_WORD + ((p->units[i] & UNIT_GAP) ? COST_AT_SPACE : 0);
}

static float end_cost(const Pattern *p, const Unit *text, size_t n, size_t i, size_t j)
{
    if (word_ends(text, n, j)) return 0;
    return i == p->n ? COST_CUT : COST_INSIDE_WORD + ((p->units[i] & UNIT_GAP) ? COST_AT_SPACE : 0);
}

/* The stretch from unit i of the query and j of the text on, when it starts there and would save something. */
static void match_try(const Pattern *p, const Unit *text, size_t n, size_t i, size_t j, size_t least, Matches *m)
{
    size_t len = 0;
    if (i && j && !(text[j] & UNIT_FIELD) && same(p->units[i - 1], text[j - 1])) return;
    while (i + len < p->n && j + len < n && !(len && (text[j + len] & UNIT_FIELD)) &&
           same(p->units[i + len], text[j + len]))
        len++;
    if (len < least) return;
    if (len == p->n) m->whole++;
    float cost = COST_PIECE + start_cost(p, text, i, j) + end_cost(p, text, n, i + len, j + len);
    if (p->before[i + len] - p->before[i] <= cost) return;
    match_put(m, i, len, j);
    for (size_t k = 1; k + 1 < len; k++)
        if ((text[j + k] & UNIT_WORD) || (p->units[i + k] & UNIT_GAP)) match_put(m, i + k, len - k, j + k);
}

/* Stretches of three units and more; of two only where they are a word, or each a syllable: other pairs
   agree by chance all the time, and would save nothing. */
static void matches_find(const Pattern *p, const Unit *text, size_t n, Matches *m)
{
    uint32_t x, y = n > 0 ? UNIT_BASE(text[0]) : 0, z = n > 1 ? UNIT_BASE(text[1]) : 0;
    for (size_t j = 0; j + 1 < n; j++) {
        x = y;
        y = z;
        z = j + 2 < n ? UNIT_BASE(text[j + 2]) : 0;
        for (int i = p->first3[triple_hash(x, y, z)]; i >= 0; i = p->next3[i])
            match_try(p, text, n, (size_t)i, j, 3, m);
        if (!(text[j] & UNIT_WORD) && !p->syllables) continue;
        bool word = (text[j] & UNIT_WORD) && word_ends(text, n, j + 2);
        if (!word && unit_script(x) != SCRIPT_SYLLABLE) continue;
        for (int i = p->first[pair_hash(text + j)]; i >= 0; i = p->next[i]) {
            size_t end = (size_t)i + 2;
            bool   longer = j + 2 < n && end < p->n && !(text[j + 2] & UNIT_FIELD) && same(p->units[end], text[j + 2]);
            if (!longer) match_try(p, text, n, (size_t)i, j, 2, m);
        }
    }
}

/* Words of one unit, which pairs do not find: one place each, at a word of its own if there is one. */
static void matches_find_single(const Pattern *p, const Unit *text, size_t n, Matches *m)
{
    if (!p->single_n) return;
    uint32_t best[QUERY_UNITS_MAX];
    uint8_t  aligned[QUERY_UNITS_MAX] = { 0 }; /* 0: none yet, 1 + the ends that are a word's */
    for (size_t j = 0; j < n; j++) {
        uint32_t h = UNIT_BASE(text[j]) & 255;
        if (!(p->single_bits[h >> 6] >> (h & 63) & 1)) continue;
        uint8_t ends = (uint8_t)(1 + !!(text[j] & UNIT_WORD) + word_ends(text, n, j + 1));
        for (size_t k = 0; k < p->single_n; k++)
            if (same(p->units[p->single[k]], text[j]) && ends > aligned[k]) {
                aligned[k] = ends;
                best[k] = (uint32_t)j;
            }
    }
    for (size_t k = 0; k < p->single_n; k++)
        if (aligned[k]) match_put(m, p->single[k], 1, best[k]);
}

/* What differs between the units of query and text at one place of a piece, apart from its first. */
static float unit_cost(const Pattern *p, size_t i, Unit t, bool first)
{
    Unit  q = p->units[i];
    float cost = 0;
    if (UNIT_MARKS(q) != UNIT_MARKS(t)) cost += UNIT_MARKS(q) ? COST_OTHER_MARKS : COST_NO_MARKS;
    if ((q ^ t) & UNIT_UPPER) cost += COST_OTHER_CASE;
    if (!first && (q & UNIT_GAP) && !(t & UNIT_WORD)) cost += COST_SPACE_ADDED;
    if (!first && p->spaced && !(q & UNIT_GAP) && (t & UNIT_GAP)) cost += COST_SPACE_LACKS;
    return cost;
}

typedef struct {
    float    cost;
    uint16_t from; /* the step came from here */
    uint32_t at;   /* where the piece lies in the text; UINT32_MAX: a unit that the text lacks */
} Step;

static void steps_from(const Pattern *p, const Unit *text, size_t n, const Match *m, size_t from, Step *steps)
{
    float cost = steps[from].cost + COST_PIECE + start_cost(p, text, from, m->at);
    for (size_t k = 0; k < m->len; k++) {
        size_t i = from + k, j = m->at + k;
        cost += unit_cost(p, i, text[j], k == 0);
        bool may_end = k + 1u == m->len || word_ends(text, n, j + 1) || (p->units[i + 1] & UNIT_GAP);
        if (!may_end) continue;
        float total = cost + end_cost(p, text, n, i + 1, j + 1);
        if (total <= steps[i + 1].cost) steps[i + 1] = (Step){ total, (uint16_t)from, m->at };
    }
}

void tile(const Pattern *p, const Unit *text, size_t n, Tiling *out)
{
    Matches m;
    m.n = m.whole = 0;
    memset(m.first, -1, p->n * sizeof *m.first);
    matches_find(p, text, n, &m);
    matches_find_single(p, text, n, &m);

    Step steps[QUERY_UNITS_MAX + 1];
    steps[0] = (Step){ 0, 0, UINT32_MAX };
    for (size_t i = 1; i <= p->n; i++) steps[i].cost = INFINITY;
    for (size_t i = 0; i < p->n; i++) {
        float lacks = steps[i].cost + p->bits[i];
        if (lacks < steps[i + 1].cost) steps[i + 1] = (Step){ lacks, (uint16_t)i, UINT32_MAX };
        for (int k = m.first[i]; k >= 0; k = m.at[k].next) steps_from(p, text, n, &m.at[k], i, steps);
    }

    out->n = 0;
    out->whole = m.whole;
    float lacking = 0;
    for (size_t i = p->n; i > 0; i = steps[i].from) {
        if (steps[i].at == UINT32_MAX) lacking += p->bits[i - 1];
        else out->pieces[out->n++] = (Piece){ steps[i].from, (uint16_t)(i - steps[i].from), steps[i].at };
    }
    for (size_t i = 0; i < out->n / 2; i++) {
        Piece swap = out->pieces[i];
        out->pieces[i] = out->pieces[out->n - 1 - i];
        out->pieces[out->n - 1 - i] = swap;
    }
    out->saved = p->all - steps[p->n].cost;
    out->cover = p->all > 0 ? 1 - lacking / p->all : 0;
}
