/* What the words of a question lead to. It comes in two parts: what is asked for, which decides what
   matches and how many do; and, only when no face has it, what speaks for a face all the same. */
#include <math.h>
#include <string.h>

#include "core/search/asking.h"

#define WORDS_LOOSE_MAX  64 /* words that a part of a word stands for; SEARCH_PART_WORDS_MAX of docs/api.md */
#define WORDS_INSIDE_MAX 16 /* words that letters run together may be made of */
#define INSIDE_UNITS_MAX 24
#define ALONE_UNITS_MIN  6 /* a known word alone also stands for words that have it inside */
#define PART_UNITS_MIN   3 /* a shorter part of a word says nothing, but as the start of a word alone */
#define END_WEIGHT       0.3f

static void set_free(void *set)
{
    roaring_bitmap_free(set);
}

roaring_bitmap_t *set_keep(Arena *a, roaring_bitmap_t *set)
{
    return arena_adopt(a, set, set_free);
}

uint64_t set_count(const roaring_bitmap_t *set)
{
    return set ? roaring_bitmap_get_cardinality(set) : 0;
}

/* `*all` narrowed to those in `by` or `or_by`, either of which may be NULL: nobody. */
static void narrow(Asking *q, roaring_bitmap_t **all, const roaring_bitmap_t *by, const roaring_bitmap_t *or_by)
{
    const roaring_bitmap_t *wide = by ? by : or_by;
    roaring_bitmap_t       *both = by && or_by ? roaring_bitmap_or(by, or_by) : NULL;
    if (both) wide = both;
    if (*all && wide) roaring_bitmap_and_inplace(*all, wide);
    else if (*all) roaring_bitmap_clear(*all);
    else *all = set_keep(q->a, wide ? roaring_bitmap_copy(wide) : roaring_bitmap_create());
    if (both) roaring_bitmap_free(both);
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

/* The shortest first, else in the order they are in. */
static Str *by_length(Arena *a, const Str *words, size_t n)
{
    size_t start[TERM_BYTES_MAX + 2] = { 0 };
    Str   *sorted = arena_raw(a, (n + 1) * sizeof(Str));
    for (size_t i = 0; i < n; i++) start[(words[i].len < TERM_BYTES_MAX ? words[i].len : TERM_BYTES_MAX) + 1]++;
    for (size_t i = 1; i < TERM_BYTES_MAX + 2; i++) start[i] += start[i - 1];
    for (size_t i = 0; i < n; i++)
        sorted[start[words[i].len < TERM_BYTES_MAX ? words[i].len : TERM_BYTES_MAX]++] = words[i];
    return sorted;
}

/* Words that hold a part, sorted. Each three letters of it lead to a list that has them all: the
   shortest serves. */
static bool words_holding(Asking *q, Str part, Holds how, Str **words, size_t *n, Err *err)
{
    PartKey  keys[WORD_UNITS_MAX];
    size_t   key_n = word_parts(part, keys), all_n = 0;
    size_t   first = how == HOLDS_START ? 0 : 1, last = how == HOLDS_END ? key_n : key_n - 1, best = first;
    uint64_t least = UINT64_MAX;
    *n = 0;
    for (size_t i = first; i < last && least; i++) {
        uint64_t size;
        if (!index_words_size(q->s, q->a, (Str){ keys[i].at, keys[i].len }, &size, err)) return false;
        if (size < least) least = size, best = i;
    }
    if (least == UINT64_MAX || !least) return true;
    if (!index_words(q->s, q->a, (Str){ keys[best].at, keys[best].len }, words, &all_n, err)) return false;
    for (size_t i = 0; i < all_n; i++)
        if (word_holds((*words)[i], part, how)) (*words)[(*n)++] = (*words)[i];
    return true;
}

static bool word_faces(Asking *q, char tag, Str word, roaring_bitmap_t **faces, Err *err)
{
    char key[TERM_BYTES_MAX];
    *faces = NULL;
    if (word.len >= TERM_BYTES_MAX) return true;
    key[0] = tag;
    memcpy(key + 1, word.at, word.len);
    Str term = { key, word.len + 1 };
    return !index_may_have(q->s, term) || index_faces(q->s, q->a, term, faces, err);
}

/* Faces of the words that hold a stretch of the query. When those are more than WORDS_LOOSE_MAX: of the
   shortest, or with `vague` none, and that is said. */
static bool loose_faces(Asking *q, Token *t, Holds how, bool *vague, Err *err)
{
    char   key[TERM_BYTES_MAX];
    Str    part = str_drop(term_key(TERM_WORD, q->pattern.units + t->from, t->len, key), 1), *words = NULL;
    size_t n;
    t->loose = NULL;
    t->loose_n = 0;
    if (!words_holding(q, part, how, &words, &n, err)) return false;
    if (vague && (*vague = n > WORDS_LOOSE_MAX)) return true;
    words = by_length(q->a, words, n);
    t->loose_words = words;
    for (size_t i = 0; i < n && t->loose_n < WORDS_LOOSE_MAX; i++) {
        roaring_bitmap_t *some;
        if (!word_faces(q, TERM_WORD, words[i], &some, err)) return false;
        if (!some) continue;
        words[t->loose_n++] = words[i];
        if (t->loose) roaring_bitmap_or_inplace(t->loose, some);
        else t->loose = some;
    }
    if (t->loose && t->exact) roaring_bitmap_andnot_inplace(t->loose, t->exact);
    return true;
}

/* What a word at an end of the query stands for besides itself: at the start it may be the end of a longer
   word, at the end the start of one; alone it may be inside one. */
static Holds token_holds(const Token *t)
{
    if (t->first && t->last)
        return t->len < PART_UNITS_MIN || (t->exact && t->len < ALONE_UNITS_MIN) ? HOLDS_START : HOLDS_ANYWHERE;
    return t->first ? HOLDS_END : t->last ? HOLDS_START
                                          : HOLDS_ANYWHERE;
}

/* Letters of a script without spaces: each stretch of so many, and that is in Token.exact. */
static size_t stretch_units(const Asking *q, const Token *t)
{
    size_t longest = term_units_max(unit_script(q->pattern.units[t->from]));
    return t->len < longest ? t->len : longest;
}

/* One letter of a script of letters without spaces says nothing. */
static bool stretch_says(const Asking *q, const Token *t)
{
    return stretch_units(q, t) + 1 >= term_units_max(unit_script(q->pattern.units[t->from]));
}

static bool stretch_ask(Asking *q, Token *t, Err *err)
{
    size_t size = stretch_units(q, t);
    t->vague = !stretch_says(q, t);
    for (size_t i = 0; !t->vague && i + size <= t->len; i++) {
        roaring_bitmap_t *some;
        if (!units_faces(q, TERM_WORD, t->from + i, size, &some, err)) return false;
        narrow(q, &t->exact, some, NULL);
        if (roaring_bitmap_is_empty(t->exact)) return true;
    }
    return true;
}

static bool tokens_find(Asking *q, Err *err)
{
    const Pattern *p = &q->pattern;
    q->tokens = NEW_ARRAY(q->a, Token, p->n + 1);
    for (size_t i = 0, end; i < p->n; i = end) {
        end = stretch_end(p->units, p->n, i);
        Token *t = &q->tokens[q->token_n++];
        *t = (Token){ .from = i,
                      .len = end - i,
                      .spaced = unit_script(p->units[i]) == SCRIPT_SPACED,
                      .first = i == 0,
                      .last = end == p->n };
        if (t->spaced ? !units_faces(q, TERM_WORD, i, end - i, &t->exact, err) : !stretch_ask(q, t, err)) return false;
        if (arena_full(q->a)) return fail(err, ERR_TOO_BIG, "the query leads to too much");
    }
    return true;
}

static void token_asked(Asking *q, const Token *t)
{
    narrow(q, &q->strict, t->exact, t->loose);
    narrow(q, &q->exact, t->exact, NULL);
}

static bool is_end(const Token *t)
{
    return t->spaced && (t->first || t->last);
}

static bool none_left(const Asking *q)
{
    return q->strict && roaring_bitmap_is_empty(q->strict);
}

bool words_ask(Asking *q, Err *err)
{
    if (!tokens_find(q, err)) return false;
    for (size_t i = 0; i < q->token_n && !none_left(q); i++)
        if (!is_end(&q->tokens[i]) && !q->tokens[i].vague) token_asked(q, &q->tokens[i]);
    bool alone = q->token_n == 1;
    for (size_t i = 0; i < q->token_n && !none_left(q); i++) {
        Token *t = &q->tokens[i];
        if (!is_end(t)) continue;
        t->vague = t->len < PART_UNITS_MIN && !alone;
        if (t->len + alone >= PART_UNITS_MIN &&
            !loose_faces(q, t, token_holds(t), alone ? NULL : &t->vague, err))
            return false;
        if (!t->vague) token_asked(q, t);
    }
    /* All of them vague: then as they are, or the shortest they stand for. */
    bool asked = q->strict != NULL;
    for (size_t i = 0; i < q->token_n && !asked && !none_left(q); i++) {
        Token *t = &q->tokens[i];
        if (t->spaced && !t->exact && t->len >= PART_UNITS_MIN &&
            !loose_faces(q, t, token_holds(t), NULL, err))
            return false;
        if (t->spaced) token_asked(q, t);
    }
    for (size_t i = 0; i < q->token_n && asked; i++)
        if (q->tokens[i].vague && q->tokens[i].exact) narrow(q, &q->exact, q->tokens[i].exact, NULL);
    if (q->strict && q->within) roaring_bitmap_and_inplace(q->strict, q->within);
    return true;
}

/* Those of `*out` with a word of the query, or one that it is part of, in a title. */
static bool word_heavy(Asking *q, const Token *t, roaring_bitmap_t **out, Err *err)
{
    roaring_bitmap_t *exact = NULL, *loose = NULL;
    if (t->exact && !units_faces(q, TERM_HEAVY, t->from, t->len, &exact, err)) return false;
    for (size_t i = 0; t->loose && i < t->loose_n; i++) {
        roaring_bitmap_t *some;
        if (!word_faces(q, TERM_HEAVY, t->loose_words[i], &some, err)) return false;
        if (some && loose) roaring_bitmap_or_inplace(loose, some);
        else if (some) loose = some;
    }
    narrow(q, out, exact, loose);
    return true;
}

bool words_heavy(Asking *q, const roaring_bitmap_t *from, uint64_t few, roaring_bitmap_t **out, Err *err)
{
    *out = set_keep(q->a, roaring_bitmap_copy(from));
    for (size_t i = 0; i < q->token_n && set_count(*out) > few; i++) {
        const Token *t = &q->tokens[i];
        size_t       size = t->spaced ? t->len : stretch_units(q, t);
        if (t->vague && !(t->spaced && t->exact)) continue;
        if (t->spaced && !word_heavy(q, t, out, err)) return false;
        for (size_t k = 0; !t->spaced && k + size <= t->len && set_count(*out) > few; k++) {
            roaring_bitmap_t *some;
            if (!units_faces(q, TERM_HEAVY, t->from + k, size, &some, err)) return false;
            narrow(q, out, some, NULL);
        }
    }
    return true;
}

bool words_title(Asking *q, roaring_bitmap_t **out, Err *err)
{
    return units_faces(q, TERM_TITLE, 0, q->pattern.n, out, err);
}

static float rarity(const Asking *q, uint64_t count)
{
    return (float)log2((q->faces + 1) / ((double)count + 0.5)) + 0.5f;
}

static void group_put(Asking *q, size_t from, size_t len, roaring_bitmap_t *exact, roaring_bitmap_t *loose,
                      float weight)
{
    if ((!exact && !loose) || q->group_n == GROUPS_MAX) return;
    Group *g = &q->groups[q->group_n++];
    *g = (Group){ from, len, exact, loose, set_count(exact) + set_count(loose), 0 };
    g->weight = weight * rarity(q, g->count);
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

static bool stretch_groups(Asking *q, const Token *t, Err *err)
{
    size_t size = stretch_units(q, t);
    for (size_t i = 0; stretch_says(q, t) && i + size <= t->len; i++) {
        roaring_bitmap_t *some;
        if (!units_faces(q, TERM_WORD, t->from + i, size, &some, err)) return false;
        group_put(q, t->from + i, size, some, NULL, 1);
    }
    return true;
}

static bool word_groups(Asking *q, Token *t, Err *err)
{
    bool end = t->first || t->last;
    if ((end || !t->exact) && !t->loose && t->len >= PART_UNITS_MIN) {
        if (!loose_faces(q, t, token_holds(t), NULL, err)) return false;
        if (!t->exact && !t->loose && token_holds(t) != HOLDS_ANYWHERE &&
            !loose_faces(q, t, HOLDS_ANYWHERE, NULL, err))
            return false;
    }
    if (!t->exact && t->len >= 4 && !inside_groups(q, t->from, t->len, err)) return false;
    group_put(q, t->from, t->len, t->exact, t->loose, end && t->len < PART_UNITS_MIN ? END_WEIGHT : 1);
    return true;
}

bool words_near(Asking *q, Err *err)
{
    for (size_t i = 0; i < q->token_n; i++)
        if (q->tokens[i].spaced ? !word_groups(q, &q->tokens[i], err) : !stretch_groups(q, &q->tokens[i], err))
            return false;
    return true;
}
