/* A question: the query becomes groups of terms; the groups give the faces that may match, the runs of
   the likeliest are laid against the query, and what covers it best comes first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/search_index.h"
#include "core/search_tile.h"

#define QUERY_BYTES_MAX  2048  /* the rest of a longer query is not looked at */
#define GROUPS_MAX       96
#define VERIFY_MAX       200   /* faces laid against the query */
#define WORK_MAX         40000 /* faces looked at to find those */
#define WORDS_LOOSE_MAX  64    /* words that a part of a word stands for */
#define WORDS_INSIDE_MAX 32    /* words that letters run together may be made of */
#define INSIDE_UNITS_MAX 24
#define LOOSE_WEIGHT     0.7f
#define COVER_MATCH      0.6
#define COVER_FRAGMENT   0.95

/* Faces that speak for a stretch of the query. */
typedef struct {
    size_t            from, len;
    roaring_bitmap_t *exact, *loose; /* loose: of words that only hold the stretch; without those of exact */
    uint64_t          count;
    float             weight;
} Group;

typedef struct {
    Search        *s;
    Arena         *a;
    const FaceSet *within;
    Pattern        pattern;
    Group          groups[GROUPS_MAX];
    size_t         group_n;
    roaring_bitmap_t *strict, *exact, *heavy; /* all words, as they are, in titles; NULL: none has been asked for */
    bool           nothing;                   /* a word that no face has */
    double         faces;
} Asking;

static void set_free(void *set)
{
    roaring_bitmap_free(set);
}

static roaring_bitmap_t *set_keep(Arena *a, roaring_bitmap_t *set)
{
    return arena_adopt(a, set, set_free);
}

static uint64_t set_count(const roaring_bitmap_t *set)
{
    return set ? roaring_bitmap_get_cardinality(set) : 0;
}

static void narrow(Asking *q, roaring_bitmap_t **all, const roaring_bitmap_t *by, const roaring_bitmap_t *or_by)
{
    roaring_bitmap_t *both = by ? roaring_bitmap_copy(by) : roaring_bitmap_create();
    if (or_by) roaring_bitmap_or_inplace(both, or_by);
    if (*all) roaring_bitmap_and_inplace(*all, both);
    else *all = set_keep(q->a, roaring_bitmap_copy(both));
    roaring_bitmap_free(both);
}

static float rarity(const Asking *q, uint64_t count)
{
    return (float)log2((q->faces + 1) / ((double)count + 0.5)) + 0.5f;
}

static Group *group_put(Asking *q, size_t from, size_t len, roaring_bitmap_t *exact, roaring_bitmap_t *loose, float weight)
{
    if ((!exact && !loose) || q->group_n == GROUPS_MAX) return NULL;
    if (exact && loose) roaring_bitmap_andnot_inplace(loose, exact);
    Group *g = &q->groups[q->group_n++];
    *g = (Group){ from, len, exact, loose, set_count(exact) + set_count(loose), 0 };
    g->weight = weight * rarity(q, g->count);
    return g;
}

static bool units_faces(Asking *q, char tag, size_t from, size_t len, roaring_bitmap_t **faces, Err *err)
{
    char key[TERM_BYTES_MAX];
    Str  term = term_key(tag, q->pattern.units + from, len, key);
    *faces = NULL;
    return !index_may_have(q->s, term) || index_faces(q->s, q->a, term, faces, err);
}

typedef enum { HOLDS_START, HOLDS_END, HOLDS_ANYWHERE } Holds;

static bool word_holds(Str word, Str part, Holds how)
{
    if (word.len <= part.len) return false;
    if (how == HOLDS_START) return str_starts(word, part);
    if (how == HOLDS_END) return str_ends(word, part);
    return str_has(word, part);
}

static int word_order(const void *x, const void *y)
{
    const Str *s = x, *t = y;
    if (s->len != t->len) return s->len < t->len ? -1 : 1;
    return str_cmp(*s, *t);
}

/* Faces of the words that hold a stretch of the query, shortest words first. */
static bool loose_faces(Asking *q, size_t from, size_t len, Holds how, roaring_bitmap_t **faces, Err *err)
{
    *faces = NULL;
    char key[TERM_BYTES_MAX];
    Str  part = str_drop(term_key(TERM_WORD, q->pattern.units + from, len, key), 1);
    /* Each three letters of the stretch lead to a list that has all words sought: the shortest serves. */
    PartKey keys[WORD_UNITS_MAX];
    size_t  key_n = word_parts(part, keys);
    size_t  first = how == HOLDS_START ? 0 : 1, last = how == HOLDS_END ? key_n : key_n - 1;
    Str    *words = NULL;
    size_t  n = SIZE_MAX;
    for (size_t i = first; i < last; i++) {
        Str   *some;
        size_t some_n;
        if (!index_words(q->s, q->a, (Str){ keys[i].at, keys[i].len }, &some, &some_n, err)) return false;
        if (some_n < n) words = some, n = some_n;
        if (!n) return true;
    }
    if (n == SIZE_MAX) return true;

    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (word_holds(words[i], part, how)) words[kept++] = words[i];
    if (kept) qsort(words, kept, sizeof(Str), word_order);
    size_t live = 0;
    for (size_t i = 0; i < kept && live < WORDS_LOOSE_MAX; i++) {
        char              word_key[TERM_BYTES_MAX + 1];
        roaring_bitmap_t *some;
        word_key[0] = TERM_WORD;
        if (words[i].len >= TERM_BYTES_MAX) continue;
        memcpy(word_key + 1, words[i].at, words[i].len);
        if (!index_faces(q->s, q->a, (Str){ word_key, words[i].len + 1 }, &some, err)) return false;
        if (!some) continue;
        live++;
        if (*faces) roaring_bitmap_or_inplace(*faces, some);
        else *faces = some;
    }
    return true;
}

/* A stretch that is no word: perhaps several run together. Every word of the index inside it speaks,
   the longer and rarer the louder. */
static bool inside_groups(Asking *q, size_t from, size_t len, Err *err)
{
    Group  best[WORDS_INSIDE_MAX];
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        for (size_t k = 2; k <= INSIDE_UNITS_MAX && i + k <= len && k < len; k++) {
            roaring_bitmap_t *faces;
            if (!units_faces(q, TERM_WORD, from + i, k, &faces, err)) return false;
            if (!faces) continue;
            Group g = { from + i, k, faces, NULL, set_count(faces), 0 };
            g.weight = rarity(q, g.count) * (float)k / 4;
            if (n == WORDS_INSIDE_MAX && best[n - 1].weight >= g.weight) continue;
            size_t at = n < WORDS_INSIDE_MAX ? n++ : n - 1;
            best[at] = g;
            for (; at > 0 && best[at].weight > best[at - 1].weight; at--) {
                Group swap = best[at];
                best[at] = best[at - 1];
                best[at - 1] = swap;
            }
        }
    for (size_t i = 0; i < n && q->group_n < GROUPS_MAX; i++) q->groups[q->group_n++] = best[i];
    return true;
}

static bool word_group(Asking *q, size_t from, size_t len, Err *err)
{
    roaring_bitmap_t *exact, *loose = NULL, *heavy;
    if (!units_faces(q, TERM_WORD, from, len, &exact, err)) return false;
    bool first = from == 0, last = from + len == q->pattern.n;
    if (len >= 3 && (first || last || !exact)) {
        Holds how = exact && last && !first ? HOLDS_START : exact && first && !last ? HOLDS_END : HOLDS_ANYWHERE;
        if (!loose_faces(q, from, len, how, &loose, err)) return false;
    }
    group_put(q, from, len, exact, loose, 1);
    if (!exact && len >= 4 && !inside_groups(q, from, len, err)) return false;
    if (!exact && !loose && len >= 2) q->nothing = true;
    if (!exact && !loose) return true;
    if (!units_faces(q, TERM_HEAVY, from, len, &heavy, err)) return false;
    narrow(q, &q->strict, exact, loose);
    narrow(q, &q->exact, exact, NULL);
    narrow(q, &q->heavy, heavy, NULL);
    return true;
}

static bool stretch_groups(Asking *q, size_t from, size_t len, Err *err)
{
    size_t longest = term_units_max(unit_script(q->pattern.units[from]));
    size_t size = len < longest ? len : longest;
    if (size + 1 < longest) return true; /* one letter of a script without spaces says nothing */
    for (size_t i = 0; i + size <= len; i++) {
        roaring_bitmap_t *exact, *heavy;
        if (!units_faces(q, TERM_WORD, from + i, size, &exact, err)) return false;
        if (!exact) q->nothing = true;
        group_put(q, from + i, size, exact, NULL, 1.0f);
        if (q->nothing) continue;
        if (!units_faces(q, TERM_HEAVY, from + i, size, &heavy, err)) return false;
        narrow(q, &q->strict, exact, NULL);
        narrow(q, &q->exact, exact, NULL);
        narrow(q, &q->heavy, heavy, NULL);
    }
    return true;
}

static bool groups_make(Asking *q, Err *err)
{
    const Pattern *p = &q->pattern;
    for (size_t i = 0, end; i < p->n; i = end) {
        end = stretch_end(p->units, p->n, i);
        bool ok = unit_script(p->units[i]) == SCRIPT_SPACED ? word_group(q, i, end - i, err)
                                                            : stretch_groups(q, i, end - i, err);
        if (!ok) return false;
        if (arena_full(q->a)) return fail(err, ERR_TOO_BIG, "the query leads to too much");
    }
    if (q->nothing && q->strict) roaring_bitmap_clear(q->strict);
    if (q->strict && q->within) roaring_bitmap_and_inplace(q->strict, q->within);
    return true;
}

typedef struct { uint32_t face; float score; } Candidate;

/* Scores of faces, by open addressing; face 0 is possible, so slots hold face + 1 in 64 bits. */
typedef struct {
    uint64_t *face;
    float    *score;
    size_t    room, n;
} Scores;

static void score_add(Scores *t, uint32_t face, float score, bool may_make)
{
    size_t at = (face * 2654435761u) & (t->room - 1);
    while (t->face[at] && t->face[at] != (uint64_t)face + 1) at = (at + 1) & (t->room - 1);
    if (!t->face[at]) {
        if (!may_make) return;
        t->face[at] = (uint64_t)face + 1;
        t->n++;
    }
    t->score[at] += score;
}

static void set_score(Asking *q, Scores *t, const roaring_bitmap_t *set, float score, bool may_make)
{
    uint64_t n = set_count(set);
    if (!n) return;
    uint32_t *faces = arena_raw(q->a, n * sizeof(uint32_t));
    roaring_bitmap_to_uint32_array(set, faces);
    for (uint64_t i = 0; i < n; i++) score_add(t, faces[i], score, may_make);
}

static int group_order(const void *x, const void *y)
{
    const Group *s = x, *t = y;
    if (s->count != t->count) return s->count < t->count ? -1 : 1;
    if (s->from != t->from) return s->from < t->from ? -1 : 1;
    return s->len < t->len ? -1 : s->len > t->len;
}

static int candidate_order(const void *x, const void *y)
{
    const Candidate *s = x, *t = y;
    if (s->score != t->score) return s->score > t->score ? -1 : 1;
    return s->face > t->face ? -1 : s->face < t->face;
}

/* The likeliest faces by the weights of the groups they are in, rarest groups first. */
static size_t candidates_score(Asking *q, Candidate **out)
{
    qsort(q->groups, q->group_n, sizeof(Group), group_order);
    uint64_t work = 0;
    size_t   open = 0;
    for (; open < q->group_n && (open == 0 || work + q->groups[open].count <= WORK_MAX); open++)
        work += q->groups[open].count;
    if (!open) return 0;
    Scores t = { .room = 1024 };
    while (t.room < work * 2) t.room *= 2;
    t.face = arena_new_array(q->a, t.room, sizeof *t.face);
    t.score = arena_new_array(q->a, t.room, sizeof *t.score);
    for (size_t i = 0; i < q->group_n; i++) {
        const Group *g = &q->groups[i];
        if (i >= open && g->count > 4 * WORK_MAX) break;
        set_score(q, &t, g->exact, g->weight, i < open);
        set_score(q, &t, g->loose, g->weight * LOOSE_WEIGHT, i < open);
    }
    Candidate *list = arena_raw(q->a, (t.n + 1) * sizeof *list);
    size_t     n = 0;
    for (size_t i = 0; i < t.room; i++) {
        if (!t.face[i]) continue;
        uint32_t face = (uint32_t)(t.face[i] - 1);
        if (!q->within || roaring_bitmap_contains(q->within, face)) list[n++] = (Candidate){ face, t.score[i] };
    }
    qsort(list, n, sizeof *list, candidate_order);
    *out = list;
    return n < VERIFY_MAX ? n : VERIFY_MAX;
}

/* The newest of a set that are not yet in the list. */
static size_t candidates_newest(Asking *q, const roaring_bitmap_t *set, Candidate *list, size_t n, roaring_bitmap_t *taken)
{
    if (!set) return n;
    roaring_bitmap_t *rest = roaring_bitmap_and(set, q->strict);
    roaring_bitmap_andnot_inplace(rest, taken);
    uint64_t count = roaring_bitmap_get_cardinality(rest), want = VERIFY_MAX - n;
    if (count < want) want = count;
    uint32_t *faces = arena_raw(q->a, (want + 1) * sizeof(uint32_t));
    roaring_bitmap_range_uint32_array(rest, count - want, want, faces);
    roaring_bitmap_free(rest);
    for (uint64_t i = want; i > 0; i--) {
        list[n++] = (Candidate){ faces[i - 1], 0 };
        roaring_bitmap_add(taken, faces[i - 1]);
    }
    return n;
}

static size_t candidates_strict(Asking *q, Candidate **out)
{
    roaring_bitmap_t *taken = roaring_bitmap_create();
    *out = arena_raw(q->a, VERIFY_MAX * sizeof **out);
    size_t n = candidates_newest(q, q->heavy, *out, 0, taken);
    n = candidates_newest(q, q->exact, *out, n, taken);
    n = candidates_newest(q, q->strict, *out, n, taken);
    roaring_bitmap_free(taken);
    return n;
}

static double score_of(const Run *run, const Tiling *t)
{
    double  score = t->saved;
    uint8_t weight = 1;
    for (size_t i = 0; i < t->n; i++)
        if (run->weight[t->pieces[i].at] > weight) weight = run->weight[t->pieces[i].at];
    score += 0.7 * log2(weight);
    score += fmin(0.5 * log2(1 + (double)t->whole), 2);
    score -= 0.15 * log2((double)run->n + 1);
    return score;
}

static int hit_order(const void *x, const void *y)
{
    const Hit *s = x, *t = y;
    if (s->score != t->score) return s->score > t->score ? -1 : 1;
    return s->face > t->face ? -1 : s->face < t->face;
}

/* Lay the candidates against the query; hits are those that match. */
static bool verify(Asking *q, const Candidate *list, size_t n, Hits *out, Err *err)
{
    Arena *scratch = arena_open(0);
    bool   any_strict = set_count(q->strict) > 0, ok = true;
    out->hits = arena_raw(q->a, (n + 1) * sizeof(Hit));
    Tiling *t = arena_raw(q->a, sizeof *t);
    for (size_t i = 0; ok && i < n; i++) {
        Run run;
        arena_reset(scratch);
        ok = index_run(q->s, scratch, list[i].face, &run, err);
        if (!ok) break;
        tile(&q->pattern, run.at, run.n, t);
        bool strict = any_strict && roaring_bitmap_contains(q->strict, list[i].face);
        if (!strict && t->cover < (any_strict ? COVER_FRAGMENT : COVER_MATCH)) continue;
        if (!strict) roaring_bitmap_add(out->faces, list[i].face);
        out->hits[out->count++] = (Hit){ list[i].face, score_of(&run, t) };
    }
    arena_close(scratch);
    if (ok && out->count) qsort(out->hits, out->count, sizeof(Hit), hit_order);
    return ok;
}

/* Behind what was laid against the query: the other faces that match, newest first. */
static void hits_add_rest(Asking *q, size_t limit, Hits *out)
{
    if (out->count >= limit || out->count >= out->total) return;
    roaring_bitmap_t *rest = roaring_bitmap_copy(out->faces);
    for (size_t i = 0; i < out->count; i++) roaring_bitmap_remove(rest, out->hits[i].face);
    uint64_t count = roaring_bitmap_get_cardinality(rest), want = limit - out->count;
    if (want > count) want = count;
    Hit      *hits = arena_raw(q->a, (out->count + want) * sizeof(Hit));
    uint32_t *faces = arena_raw(q->a, (want + 1) * sizeof(uint32_t));
    if (out->count) memcpy(hits, out->hits, out->count * sizeof(Hit));
    double last = out->count ? fmin(out->hits[out->count - 1].score, 0) : 0;
    roaring_bitmap_range_uint32_array(rest, count - want, want, faces);
    for (uint64_t i = want; i > 0; i--) hits[out->count++] = (Hit){ faces[i - 1], last };
    out->hits = hits;
    roaring_bitmap_free(rest);
}

bool search_ask(Search *s, Arena *a, Str text, Str lang, const FaceSet *within, size_t limit, Hits *out, Err *err)
{
    (void)lang;
    Asking *q = NEW(a, Asking);
    *q = (Asking){ .s = s, .a = a, .within = within };
    Folded f = fold_make(a, str_take_first(text, QUERY_BYTES_MAX));
    pattern_start(&q->pattern, f.at, f.n);
    Hits hits = { .faces = set_keep(a, roaring_bitmap_create()) };

    index_read(s);
    q->faces = (double)index_count(s);
    bool ok = groups_make(q, err);
    if (ok) {
        Candidate *list = NULL;
        size_t     n = set_count(q->strict) > VERIFY_MAX ? candidates_strict(q, &list) : candidates_score(q, &list);
        if (q->strict) roaring_bitmap_or_inplace(hits.faces, q->strict);
        ok = verify(q, list, n, &hits, err);
    }
    index_done(s);
    if (!ok) return false;
    hits.total = set_count(hits.faces);
    hits_add_rest(q, limit, &hits);
    if (hits.count > limit) hits.count = limit;
    *out = hits;
    return true;
}
