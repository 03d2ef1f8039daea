/* A question on its way: what its words lead to, and how well texts cover it. Used by core/search/ask.c,
   core/search/words.c and core/search/excerpt.c alone. */
#ifndef BANYAN_CORE_SEARCH_ASKING_H
#define BANYAN_CORE_SEARCH_ASKING_H

#include "core/search/index.h"
#include "core/search/tile.h"

#define QUERY_BYTES_MAX 2048 /* the rest of a longer query is not looked at */
#define GROUPS_MAX      96

/* Faces that speak for a stretch of the query. */
typedef struct {
    size_t            from, len;
    roaring_bitmap_t *exact, *loose; /* loose: of words that only hold the stretch; without those of exact */
    uint64_t          count;
    float             weight;
} Group;

/* A word of the query, or all letters in a row of a script without spaces. */
typedef struct {
    size_t            from, len;
    bool              spaced, first, last; /* at the start of the query, at its end */
    bool              vague;               /* stands for too many words to be asked for */
    roaring_bitmap_t *exact, *loose;
    Str              *loose_words; /* those of `loose` */
    size_t            loose_n;
} Token;

typedef struct {
    Search           *s;
    Arena            *a;
    const FaceSet    *within;
    Pattern           pattern;
    Token            *tokens;
    size_t            token_n;
    Group             groups[GROUPS_MAX];
    size_t            group_n;
    roaring_bitmap_t *strict; /* have all that is asked for; NULL: nothing has been asked yet */
    roaring_bitmap_t *exact;  /* the words as they are */
    double            faces;
} Asking;

struct HitText {
    const Pattern *pattern;
    Unit          *units;
    size_t         n; /* 0: no text has anything to mark */
};

/* Look the words up: tokens, strict and exact. */
bool words_ask(Asking *q, Err *err);
/* When no face has all: groups of those that have something of it. */
bool words_near(Asking *q, Err *err);
/* Those of `from` that have the words in their titles; stops where few are left. */
bool words_heavy(Asking *q, const roaring_bitmap_t *from, uint64_t few, roaring_bitmap_t **out, Err *err);

/* Those with a title that is the query, as far as terms tell; NULL for none. */
bool words_title(Asking *q, roaring_bitmap_t **out, Err *err);

uint64_t          set_count(const roaring_bitmap_t *set); /* of NULL 0 */
roaring_bitmap_t *set_keep(Arena *a, roaring_bitmap_t *set);

#endif
