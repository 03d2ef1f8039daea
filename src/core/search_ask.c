/* A question: the query becomes groups of terms; the groups give the faces that may match, the runs of
   the likeliest are laid against the query, and what covers it best comes first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/search_index.h"
#include "core/search_tile.h"

#define QUERY_BYTES_MAX  2048 /* the rest of a longer query is not looked at */
#define GROUPS_MAX       96
#define VERIFY_MAX       160   /* faces laid against the query: at most, */
#define VERIFY_LEAST     48    /* at least, */
#define VERIFY_SHARE     0.25f /* between the two only while they score this share of the best, */
#define GOOD_SHARE       0.35f /* or, when one of them covers the query, this share of its score */
#define VERIFY_STRICT    100   /* and of very many that have all words */
#define WORK_MAX         8000  /* faces looked at to find those */
#define PROBE_MAX        1000  /* of which the best are looked for in the larger groups */
#define WORDS_LOOSE_MAX  64    /* words that a part of a word stands for */
#define WORDS_INSIDE_MAX 16    /* words that letters run together may be made of */
#define INSIDE_UNITS_MAX 24
#define ALONE_UNITS_MIN  6 /* a known word alone also stands for words that have it inside */
#define LOOSE_WEIGHT     0.7f
#define END_WEIGHT       0.3f
#define COVER_MATCH      0.6f
#define COVER_FRAGMENT   0.95f

/* Faces that speak for a stretch of the query. */
typedef struct {
    size_t            from, len;
    roaring_bitmap_t *exact, *loose; /* loose: of words that only hold the stretch; without those of exact */
    uint64_t          count;
    float             weight;
} Group;

typedef struct {
    size_t            from, len;
    bool              at_end;   /* of the query, either end */
    bool              loosened; /* longer words have been looked up */
    roaring_bitmap_t *exact, *loose;
} Token;

typedef struct {
    Search           *s;
    Arena            *a;
    const FaceSet    *within;
    Pattern           pattern;
    Group             groups[GROUPS_MAX];
    size_t            group_n;
    roaring_bitmap_t *strict, *exact, *heavy; /* all words, as they are, in titles; NULL: none has been asked for */
    bool              nothing;                /* a word that no face has */
    double            faces;
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

static Group *group_put(Asking *q, size_t from, size_t len, roaring_bitmap_t *exact, roaring_bitmap_t *loose,
                        float weight)
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

typedef enum { HOLDS_START,
               HOLDS_END,
               HOLDS_ANYWHERE } Holds;

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
    PartKey  keys[WORD_UNITS_MAX];
    size_t   key_n = word_parts(part, keys), n = 0;
    size_t   first = how == HOLDS_START ? 0 : 1, last = how == HOLDS_END ? key_n : key_n - 1, best = first;
    uint64_t least = UINT64_MAX;
    for (size_t i = first; i < last && least; i++) {
        uint64_t size;
        if (!index_words_size(q->s, q->a, (Str){ keys[i].at, keys[i].len }, &size, err)) return false;
        if (size < least) least = size, best = i;
    }
    if (least == UINT64_MAX || !least) return true;
    Str *words;
    if (!index_words(q->s, q->a, (Str){ keys[best].at, keys[best].len }, &words, &n, err)) return false;

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

/* A stretch that is no word: perhaps several run together. Words of the index inside it speak, the
   longer and rarer the louder. Longest first: a short one that lies in two found already adds nothing. */
static bool inside_groups(Asking *q, size_t from, size_t len, Err *err)
{
    uint8_t covered[QUERY_UNITS_MAX + 1] = { 0 };
    size_t  found = 0, longest = len - 1 < INSIDE_UNITS_MAX ? len - 1 : INSIDE_UNITS_MAX;
    for (size_t k = longest; k >= 2 && found < WORDS_INSIDE_MAX; k--)
        for (size_t i = 0; i + k <= len && found < WORDS_INSIDE_MAX; i++) {
            uint8_t times = UINT8_MAX;
            for (size_t u = i; u < i + k; u++)
                if (covered[u] < times) times = covered[u];
            if (times >= 2 || (times == 1 && k <= 3)) continue;
            roaring_bitmap_t *faces;
            if (!units_faces(q, TERM_WORD, from + i, k, &faces, err)) return false;
            if (!faces) continue;
            for (size_t u = i; u < i + k; u++) covered[u]++;
            group_put(q, from + i, k, faces, NULL, (float)k / 4);
            found++;
        }
    return true;
}

/* What a word of the query may stand for besides itself: at the start of the query it may be the end of
   a longer word, at the end the start of one. */
static bool word_loosen(Asking *q, Token *t, Err *err)
{
    bool first = t->from == 0, last = t->from + t->len == q->pattern.n;
    if (t->len < 3) return true;
    t->loosened = true;
    Holds how = first && last ? (t->exact && t->len < ALONE_UNITS_MIN ? HOLDS_START : HOLDS_ANYWHERE)
                : first       ? HOLDS_END
                : last        ? HOLDS_START
                              : HOLDS_ANYWHERE;
    if (!loose_faces(q, t->from, t->len, how, &t->loose, err)) return false;
    return t->exact || t->loose || how == HOLDS_ANYWHERE ||
           loose_faces(q, t->from, t->len, HOLDS_ANYWHERE, &t->loose, err);
}

static bool word_group(Asking *q, const Token *t, Err *err)
{
    /* At an end of the query it may be part of another word, which has not been looked up. */
    group_put(q, t->from, t->len, t->exact, t->loose, t->at_end && !t->loosened ? END_WEIGHT : 1);
    if (!t->exact && !t->loose) {
        if (t->len >= 2) q->nothing = true;
        return true;
    }
    roaring_bitmap_t *heavy = NULL;
    if (set_count(t->exact) > VERIFY_STRICT && !units_faces(q, TERM_HEAVY, t->from, t->len, &heavy, err)) return false;
    narrow(q, &q->strict, t->exact, t->loose);
    narrow(q, &q->exact, t->exact, NULL);
    if (heavy) narrow(q, &q->heavy, heavy, NULL);
    return true;
}

static int token_order(const void *x, const void *y)
{
    const Token *s = x, *t = y; /* those inside the query, then the longer of its ends */
    if (s->at_end != t->at_end) return s->at_end ? 1 : -1;
    if (s->len != t->len) return s->len > t->len ? -1 : 1;
    return s->from < t->from ? -1 : s->from > t->from;
}

/* The words of a query. While a word is known to be in few faces, laying those against the query is all
   that is needed; else what the others may stand for is looked up, the likeliest to be rare first. */
static bool words_groups(Asking *q, Token *tokens, size_t n, uint64_t rarest, Err *err)
{
    qsort(tokens, n, sizeof(Token), token_order);
    for (size_t i = 0; i < n; i++)
        if (!tokens[i].at_end && tokens[i].exact && set_count(tokens[i].exact) < rarest)
            rarest = set_count(tokens[i].exact);
    for (size_t i = 0; i < n; i++) {
        Token *t = &tokens[i];
        if (rarest > VERIFY_MAX && (t->at_end || !t->exact)) {
            if (!word_loosen(q, t, err)) return false;
            if (!t->exact && t->len >= 4 && !inside_groups(q, t->from, t->len, err)) return false;
            uint64_t count = set_count(t->exact) + set_count(t->loose);
            if (count && count < rarest) rarest = count;
        }
        if (!word_group(q, t, err)) return false;
    }
    return true;
}

/* Letters of a script without spaces: every term in them. `*count` is how many faces have all. */
static bool stretch_groups(Asking *q, size_t from, size_t len, uint64_t *count, Err *err)
{
    size_t            longest = term_units_max(unit_script(q->pattern.units[from]));
    size_t            size = len < longest ? len : longest;
    roaring_bitmap_t *all = NULL;
    *count = UINT64_MAX;
    if (size + 1 < longest) return true; /* one letter of a script without spaces says nothing */
    for (size_t i = 0; i + size <= len; i++) {
        roaring_bitmap_t *exact, *heavy;
        if (!units_faces(q, TERM_WORD, from + i, size, &exact, err)) return false;
        if (!exact) q->nothing = true;
        group_put(q, from + i, size, exact, NULL, 1.0f);
        narrow(q, &all, exact, NULL);
        if (q->nothing || set_count(all) <= VERIFY_STRICT) continue;
        if (!units_faces(q, TERM_HEAVY, from + i, size, &heavy, err)) return false;
        narrow(q, &q->heavy, heavy, NULL);
    }
    narrow(q, &q->strict, all, NULL);
    narrow(q, &q->exact, all, NULL);
    *count = set_count(all);
    return true;
}

static bool groups_make(Asking *q, Err *err)
{
    const Pattern *p = &q->pattern;
    Token         *tokens = NEW_ARRAY(q->a, Token, p->n + 1);
    size_t         n = 0;
    uint64_t       rarest = UINT64_MAX;
    for (size_t i = 0, end; i < p->n; i = end) {
        end = stretch_end(p->units, p->n, i);
        if (unit_script(p->units[i]) == SCRIPT_SPACED) {
            Token *t = &tokens[n++];
            *t = (Token){ i, end - i, i == 0 || end == p->n, false, NULL, NULL };
            if (!units_faces(q, TERM_WORD, i, end - i, &t->exact, err)) return false;
        } else {
            uint64_t count;
            if (!stretch_groups(q, i, end - i, &count, err)) return false;
            if (count && count < rarest) rarest = count;
        }
        if (arena_full(q->a)) return fail(err, ERR_TOO_BIG, "the query leads to too much");
    }
    if (!words_groups(q, tokens, n, rarest, err)) return false;
    if (q->nothing && q->strict) roaring_bitmap_clear(q->strict);
    if (q->strict && q->within) roaring_bitmap_and_inplace(q->strict, q->within);
    return true;
}

typedef struct {
    uint32_t face;
    float    score;
} Candidate;

/* Scores of faces, by open addressing; face 0 is possible, so slots hold face + 1 in 64 bits. */
typedef struct {
    uint64_t *face;
    float    *score;
    size_t    room, n;
} Scores;

static void score_add(Scores *t, uint32_t face, float score)
{
    size_t at = (face * 2654435761u) & (t->room - 1);
    while (t->face[at] && t->face[at] != (uint64_t)face + 1) at = (at + 1) & (t->room - 1);
    if (!t->face[at]) {
        t->face[at] = (uint64_t)face + 1;
        t->n++;
    }
    t->score[at] += score;
}

static void set_score(Asking *q, Scores *t, const roaring_bitmap_t *set, float score)
{
    uint64_t n = set_count(set);
    if (!n) return;
    uint32_t *faces = arena_raw(q->a, n * sizeof(uint32_t));
    roaring_bitmap_to_uint32_array(set, faces);
    for (uint64_t i = 0; i < n; i++) score_add(t, faces[i], score);
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

/* Faces in the table that may be found, best first. */
static size_t scores_sort(Asking *q, const Scores *t, Candidate **out)
{
    Candidate *list = arena_raw(q->a, (t->n + 1) * sizeof *list);
    size_t     n = 0;
    for (size_t i = 0; i < t->room; i++) {
        if (!t->face[i]) continue;
        uint32_t face = (uint32_t)(t->face[i] - 1);
        if (!q->within || roaring_bitmap_contains(q->within, face)) list[n++] = (Candidate){ face, t->score[i] };
    }
    qsort(list, n, sizeof *list, candidate_order);
    *out = list;
    return n;
}

static void candidates_probe(const Group *g, Candidate *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (g->exact && roaring_bitmap_contains(g->exact, list[i].face)) list[i].score += g->weight;
        else if (g->loose && roaring_bitmap_contains(g->loose, list[i].face)) list[i].score += g->weight * LOOSE_WEIGHT;
    }
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
    for (size_t i = 0; i < open; i++) {
        set_score(q, &t, q->groups[i].exact, q->groups[i].weight);
        set_score(q, &t, q->groups[i].loose, q->groups[i].weight * LOOSE_WEIGHT);
    }
    size_t n = scores_sort(q, &t, out);
    if (n > PROBE_MAX) n = PROBE_MAX;
    for (size_t i = open; i < q->group_n; i++) candidates_probe(&q->groups[i], *out, n);
    if (open < q->group_n) qsort(*out, n, sizeof **out, candidate_order);
    if (n > VERIFY_MAX) n = VERIFY_MAX;
    while (n > VERIFY_LEAST && (*out)[n - 1].score < VERIFY_SHARE * (*out)[0].score) n--;
    return n;
}

/* The newest of a set that are not yet in the list. */
static size_t candidates_newest(Asking *q, const roaring_bitmap_t *set, Candidate *list, size_t n,
                                roaring_bitmap_t *taken)
{
    if (!set) return n;
    roaring_bitmap_t *rest = roaring_bitmap_and(set, q->strict);
    roaring_bitmap_andnot_inplace(rest, taken);
    uint64_t count = roaring_bitmap_get_cardinality(rest), want = VERIFY_STRICT - n;
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
    *out = arena_raw(q->a, VERIFY_STRICT * sizeof **out);
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

/* Lay the candidates against the query. Hits are those that have every word, and those that cover the
   query nearly whole; when there are none of either, those that cover most of it. */
static bool verify(Asking *q, const Candidate *list, size_t n, Hits *out, Err *err)
{
    Arena  *scratch = arena_open(0);
    Tiling *t = arena_raw(q->a, sizeof *t);
    float  *cover = arena_raw(q->a, (n + 1) * sizeof *cover);
    float   least = set_count(q->strict) ? COVER_FRAGMENT : COVER_MATCH;
    float   good = 0; /* score among the candidates of the best that covers the query */
    bool    ok = true;
    out->hits = arena_raw(q->a, (n + 1) * sizeof(Hit));
    for (size_t i = 0; ok && i < n; i++) {
        Run run;
        if (i >= VERIFY_LEAST && list[i].score < GOOD_SHARE * good) n = i;
        if (i >= n) break;
        arena_reset(scratch);
        ok = index_run(q->s, scratch, list[i].face, &run, err);
        if (!ok) break;
        tile(&q->pattern, run.at, run.n, t);
        out->hits[i] = (Hit){ list[i].face, score_of(&run, t) };
        cover[i] = (float)t->cover;
        if (cover[i] < COVER_FRAGMENT) continue;
        least = COVER_FRAGMENT;
        if (list[i].score > good) good = list[i].score;
    }
    arena_close(scratch);
    for (size_t i = 0; ok && i < n; i++) {
        bool strict = q->strict && roaring_bitmap_contains(q->strict, list[i].face);
        if (!strict && cover[i] < least) continue;
        if (!strict) roaring_bitmap_add(out->faces, list[i].face);
        out->hits[out->count++] = out->hits[i];
    }
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
