/* A question: its words give the faces that match; the runs of the likeliest to be best are laid against
   the query, and what covers it best comes first. When nothing matches, what is near is looked for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/search/asking.h"

#define VERIFY_MOST    160   /* faces of those that match laid against the query: at most, */
#define VERIFY_LETTERS 25000 /* while their texts are not longer than this in all, */
#define VERIFY_FACES   24    /* but at least so many, and no more once so many titles have it whole; */
#define VERIFY_COVERED 32    /* or so many whose titles have all of it, in whatever pieces; */
#define VERIFY_TITLES  48    /* by their titles alone, to find those that go first; */
#define FACE_LETTERS   64    /* reading a face costs as much as so many letters */
#define VERIFY_NEAR    160   /* when none match: at most, */
#define VERIFY_LEAST   48    /* at least, */
#define VERIFY_SHARE   0.25f /* between the two only while they score this share of the best, */
#define GOOD_SHARE     0.35f /* or, when one of them covers the query, this share of its score */
#define WORK_MAX       8000  /* faces looked at to find those */
#define PROBE_MAX      1000  /* of which the best are looked for in the larger groups */
#define LOOSE_WEIGHT   0.7f
#define COVER_MATCH    0.6f
#define COVER_FRAGMENT 0.95f
#define SAVED_NEAR     0.5f /* of the bits of the query */
#define HIT_UNITS_MAX  8192 /* of a text that is kept for its excerpt */
#define TITLE_ALL      5.0  /* bits for titles that have all of the query, in whatever pieces */
#define WHOLE_TITLE    1.5  /* bits for a title that is the query, and nothing else */

typedef struct {
    uint32_t face;
    float    score;
    bool     laid, whole_title; /* its titles have all of the query; in one piece */
    Hit      hit;               /* when laid */
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

/* The newest `most` of a set, in rising order. From the end: reading a range goes through whole containers. */
static size_t set_newest(Arena *a, const roaring_bitmap_t *set, uint64_t most, uint32_t **faces)
{
    uint64_t n = set_count(set), want = n < most ? n : most, left = want;
    *faces = arena_raw(a, (want + 1) * sizeof(uint32_t));
    roaring_uint32_iterator_t at;
    if (left) roaring_init_iterator_last(set, &at);
    for (; left; roaring_previous_uint32_iterator(&at)) (*faces)[--left] = at.current_value;
    return want;
}

static void set_score(Asking *q, Scores *t, const roaring_bitmap_t *set, float score)
{
    uint32_t *faces;
    size_t    n = set_newest(q->a, set, WORK_MAX, &faces);
    for (size_t i = 0; i < n; i++) score_add(t, faces[i], score);
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
        if (!q->within || roaring_bitmap_contains(q->within, face))
            list[n++] = (Candidate){ .face = face, .score = t->score[i] };
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
static size_t candidates_near(Asking *q, Candidate **out)
{
    qsort(q->groups, q->group_n, sizeof(Group), group_order);
    uint64_t work = 0;
    size_t   open = 0;
    for (; open < q->group_n && (open == 0 || work + q->groups[open].count <= WORK_MAX); open++)
        work += q->groups[open].count;
    if (!open) return 0;
    Scores t = { .room = 1024 };
    while (t.room < work * 2 && t.room < 4 * WORK_MAX) t.room *= 2;
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
    if (n > VERIFY_NEAR) n = VERIFY_NEAR;
    while (n > VERIFY_LEAST && (*out)[n - 1].score < VERIFY_SHARE * (*out)[0].score) n--;
    return n;
}

/* The newest of a set that are not yet in the list, up to `most` in all. */
static size_t candidates_newest(Asking *q, const roaring_bitmap_t *set, const roaring_bitmap_t *also, size_t most,
                                Candidate *list, size_t n, roaring_bitmap_t *taken)
{
    if (n >= most || !set) return n;
    roaring_bitmap_t *rest = also ? roaring_bitmap_and(set, also) : roaring_bitmap_copy(set);
    roaring_bitmap_andnot_inplace(rest, taken);
    uint32_t *faces;
    for (size_t i = set_newest(q->a, rest, most - n, &faces); i > 0; i--) {
        list[n++] = (Candidate){ .face = faces[i - 1] };
        roaring_bitmap_add(taken, faces[i - 1]);
    }
    roaring_bitmap_free(rest);
    return n;
}

static double score_of(const Run *run, size_t bytes, const Tiling *t)
{
    double  score = t->saved;
    uint8_t weight = 1;
    for (size_t i = 0; i < t->n; i++)
        if (run->weight[t->pieces[i].at] > weight) weight = run->weight[t->pieces[i].at];
    score += 0.7 * log2(weight);
    score += fmin(0.5 * log2(1 + (double)t->whole), 2);
    score -= 0.15 * log2((double)bytes + 1);
    return score;
}

static bool is_whole(const Asking *q, const Tiling *t)
{
    return t->n == 1 && t->pieces[0].len == q->pattern.n;
}

/* The text that holds the piece, and whether the piece is all of it. */
static bool text_of(const Run *run, const Piece *piece, size_t *from, size_t *to)
{
    *from = piece->at;
    *to = piece->at + piece->len;
    while (*from > 0 && !(run->at[*from] & UNIT_FIELD)) --*from;
    while (*to < run->n && !(run->at[*to] & UNIT_FIELD)) ++*to;
    return *to - *from == piece->len;
}

/* The text that has most of the query is kept, so that its excerpt needs no search: none when none has a piece. */
static const HitText *hit_text(Asking *q, const Run *run, const Tiling *t)
{
    const Piece *most = &t->pieces[0];
    size_t       from, to;
    for (size_t i = 1; i < t->n; i++)
        if (t->pieces[i].len > most->len) most = &t->pieces[i];
    HitText *text = NEW(q->a, HitText);
    text->pattern = &q->pattern;
    if (!t->n) return text;
    text_of(run, most, &from, &to);
    if (to - from > HIT_UNITS_MAX) return NULL;
    text->units = arena_copy(q->a, run->at + from, (to - from) * sizeof(Unit));
    text->n = to - from;
    return text;
}

typedef struct {
    Arena  *scratch;
    Tiling *tiling;
    double  score;
    bool    titles, whole_title; /* they have all of the query; in one piece */
} Laying;

/* Lay one face against the query: its titles, and the rest only when they lack some of it. */
static bool face_lay(Asking *q, Laying *lay, uint32_t face, bool titles_only, Run *run, Err *err)
{
    Str bytes;
    arena_reset(lay->scratch);
    if (!index_run(q->s, lay->scratch, face, &bytes, err)) return false;
    *run = run_read(lay->scratch, bytes, HEAVY_WEIGHT);
    tile(&q->pattern, run->at, run->n, lay->tiling);
    lay->whole_title = is_whole(q, lay->tiling);
    lay->titles = lay->tiling->cover >= COVER_FRAGMENT;
    if (!lay->titles && !titles_only) {
        *run = run_read(lay->scratch, bytes, 0);
        tile(&q->pattern, run->at, run->n, lay->tiling);
    }
    lay->score = score_of(run, bytes.len, lay->tiling);
    size_t from, to;
    if (lay->titles) lay->score += TITLE_ALL;
    if (lay->whole_title && text_of(run, &lay->tiling->pieces[0], &from, &to)) lay->score += WHOLE_TITLE;
    return true;
}

/* Of those that have all words in their titles, the ones whose titles cover the query best. */
static bool titles_sort(Asking *q, Laying *lay, Candidate *list, size_t n, Err *err)
{
    for (size_t i = 0; i < n; i++) {
        Run run;
        if (!face_lay(q, lay, list[i].face, true, &run, err)) return false;
        list[i].score = (float)lay->score;
        if (!lay->titles) continue;
        list[i].laid = true;
        list[i].whole_title = lay->whole_title;
        list[i].hit = (Hit){ list[i].face, lay->score, hit_text(q, &run, lay->tiling) };
    }
    qsort(list, n, sizeof *list, candidate_order);
    return true;
}

/* Which of those that match are laid against the query, in this order: whose title is the query, who have its
   words in their titles, who have the words as they are, the newest. */
static bool candidates_strict(Asking *q, Laying *lay, Candidate **out, size_t *n, Err *err)
{
    roaring_bitmap_t *taken = roaring_bitmap_create(), *heavy = NULL;
    bool              ok = true;
    *out = arena_raw(q->a, VERIFY_MOST * sizeof **out);
    *n = 0;
    if (set_count(q->strict) > VERIFY_FACES) {
        roaring_bitmap_t *title;
        ok = words_title(q, &title, err) && words_heavy(q, q->strict, VERIFY_FACES, &heavy, err);
        if (ok) *n = candidates_newest(q, title, q->strict, VERIFY_FACES, *out, *n, taken);
        size_t first = *n;
        if (ok) *n = candidates_newest(q, heavy, q->exact, VERIFY_TITLES, *out, *n, taken);
        if (ok) *n = candidates_newest(q, heavy, NULL, VERIFY_TITLES, *out, *n, taken);
        if (ok && *n > VERIFY_FACES && q->token_n > 1) ok = titles_sort(q, lay, *out + first, *n - first, err);
        if (ok) *n = candidates_newest(q, q->strict, q->exact, VERIFY_MOST, *out, *n, taken);
    }
    if (ok) *n = candidates_newest(q, q->strict, NULL, VERIFY_MOST, *out, *n, taken);
    roaring_bitmap_free(taken);
    return ok;
}

static int hit_order(const void *x, const void *y)
{
    const Hit *s = x, *t = y;
    if (s->score != t->score) return s->score > t->score ? -1 : 1;
    return s->face > t->face ? -1 : s->face < t->face;
}

static bool strict_hits(Asking *q, Laying *lay, Hits *out, Err *err)
{
    Candidate *list;
    size_t     n;
    if (!candidates_strict(q, lay, &list, &n, err)) return false;
    out->hits = arena_raw(q->a, (n + 1) * sizeof(Hit));
    roaring_bitmap_or_inplace(out->faces, q->strict);
    for (size_t i = 0, letters = 0, whole = 0, covered = 0;
         i < n && whole < VERIFY_FACES && covered < VERIFY_COVERED && (i < VERIFY_FACES || letters < VERIFY_LETTERS);
         i++) {
        if (list[i].laid) {
            letters += FACE_LETTERS;
            whole += list[i].whole_title;
            covered++;
            out->hits[out->count++] = list[i].hit;
            continue;
        }
        Run run;
        if (!face_lay(q, lay, list[i].face, false, &run, err)) return false;
        letters += run.n + FACE_LETTERS;
        whole += lay->whole_title;
        covered += lay->titles;
        out->hits[out->count++] = (Hit){ list[i].face, lay->score, hit_text(q, &run, lay->tiling) };
    }
    return true;
}

/* Nothing has all words: what covers the query nearly whole, else what covers most of it. */
static bool near_hits(Asking *q, Laying *lay, Hits *out, Err *err)
{
    if (!words_near(q, err)) return false;
    Candidate *list = NULL;
    size_t     n = candidates_near(q, &list);
    float     *cover = arena_raw(q->a, (n + 1) * sizeof *cover), least = COVER_MATCH;
    float      good = 0; /* score among the candidates of the best that covers the query */
    out->hits = arena_raw(q->a, (n + 1) * sizeof(Hit));
    for (size_t i = 0; i < n; i++) {
        if (i >= VERIFY_LEAST && list[i].score < GOOD_SHARE * good) n = i;
        if (i >= n) break;
        Run run;
        if (!face_lay(q, lay, list[i].face, false, &run, err)) return false;
        cover[i] = (float)lay->tiling->cover;
        if (lay->tiling->saved < SAVED_NEAR * q->pattern.all) cover[i] = 0; /* bits and pieces */
        out->hits[i] = (Hit){ list[i].face, lay->score, NULL };
        if (cover[i] >= least) out->hits[i].text = hit_text(q, &run, lay->tiling);
        if (cover[i] < COVER_FRAGMENT) continue;
        least = COVER_FRAGMENT;
        if (list[i].score > good) good = list[i].score;
    }
    for (size_t i = 0; i < n; i++) {
        if (cover[i] < least) continue;
        roaring_bitmap_add(out->faces, list[i].face);
        out->hits[out->count++] = out->hits[i];
    }
    out->near = out->count > 0;
    return true;
}

/* Behind what was laid against the query: the other faces that match, newest first. */
static void hits_add_rest(Asking *q, size_t limit, Hits *out)
{
    if (out->count >= limit || out->count >= out->total) return;
    roaring_bitmap_t *rest = roaring_bitmap_copy(out->faces);
    for (size_t i = 0; i < out->count; i++) roaring_bitmap_remove(rest, out->hits[i].face);
    uint32_t *faces;
    size_t    want = set_newest(q->a, rest, limit - out->count, &faces);
    Hit      *hits = arena_raw(q->a, (out->count + want) * sizeof(Hit));
    if (out->count) memcpy(hits, out->hits, out->count * sizeof(Hit));
    double last = out->count ? fmin(out->hits[out->count - 1].score, 0) : 0;
    for (size_t i = want; i > 0; i--) hits[out->count++] = (Hit){ faces[i - 1], last, NULL };
    out->hits = hits;
    roaring_bitmap_free(rest);
}

static bool ask(Asking *q, Hits *out, Err *err)
{
    q->faces = (double)index_count(q->s);
    if (!words_ask(q, err)) return false;
    Laying lay = { arena_open(0), arena_raw(q->a, sizeof(Tiling)), 0, false, false };
    bool   ok = set_count(q->strict) ? strict_hits(q, &lay, out, err) : near_hits(q, &lay, out, err);
    arena_close(lay.scratch);
    return ok;
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
    bool ok = ask(q, &hits, err);
    index_done(s);
    if (!ok) return false;
    if (hits.count) qsort(hits.hits, hits.count, sizeof(Hit), hit_order);
    hits.total = set_count(hits.faces);
    hits_add_rest(q, limit, &hits);
    if (hits.count > limit) hits.count = limit;
    *out = hits;
    return true;
}
