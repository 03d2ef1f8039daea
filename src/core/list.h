/* Lists: records of one kind (or all) that match filters and words, with exact totals and facets.

   A filter names a facet, a link (its value an id, a slug or a natural key), "kind", "owner", "state", "lang", or
   "links": records that link, by whatever field, to the record with this id or "country:TH".

   With the sort "title", up to LIST_TITLES_MAX records come in the order of the reader's language, by the titles
   that are shown in it; longer lists in the order of the node's first language.

   Each facet value, kind, audience token and link target has a set of faces (compressed bitmap);
   an answer is an intersection, so totals are exact and nothing is scanned. With `q` the set also
   comes from the search index and the order is by score unless `sort` says otherwise. */
#ifndef BANYAN_CORE_LIST_H
#define BANYAN_CORE_LIST_H

#include "core/sketch.h"

#define LIST_LIMIT_MAX  1000
#define LIST_TITLES_MAX 1000

typedef struct {
    Str field, value;
} Filter; /* same field twice: either; different fields: both */

typedef struct {
    Str     kind;      /* empty: every kind */
    Str     q, q_lang; /* words; only records with a text in this language when q_lang is not empty */
    Filter *filters;
    size_t  filter_count;
    Str     sort;  /* "updated", "created", "title", "start", "-…" reversed; empty: by score, or the kind's own */
    Str     after; /* as `next` of the answer before */
    int     limit; /* 1 … LIST_LIMIT_MAX */
    bool    with_facets;
    /* Only records of which this is true; NULL: all. Asked of each of the kind that the reader sees. */
    SketchTakes *takes;
    void        *takes_with;
    bool         with_langs; /* and the languages of the texts as a facet, "lang" */
} Question;

typedef struct {
    Str      value, label;
    uint64_t count;
    bool     chosen;
} FacetValue;
typedef struct {
    Str         field;
    FacetValue *values;
    size_t      value_count;
} Facet; /* most frequent first */
typedef struct {
    Card   card;
    Str    excerpt, excerpt_lang;
    double score;
} Item; /* excerpt: HTML-safe, <mark> around hits; only with q */

typedef struct {
    uint64_t total;
    bool     near; /* no record has all the words: these are the closest, and total counts them */
    Item    *items;
    size_t   item_count;
    Facet   *facets; /* counts of each facet are over the other facets' filters */
    size_t   facet_count;
    Str      next; /* empty: that was all */
} Answer;

/* ERR_INVALID for an unknown field or sort, naming it and the known ones. */
bool list_ask(Snapshot *s, Arena *a, const Question *question, Answer *answer, Err *err);

/* All that a question finds, however much: the entries of the versions to be seen now, in the order of `sort` or
   of the kind (not by score), from `after` on, at most `limit` when it is over 0. Entries do not change: what
   they hold can be read later, piece by piece, and is one state of the node. */
bool list_entries(Snapshot *s, Arena *a, const Question *question, uint64_t **entries, size_t *n, Err *err);

/* Completions of what is being typed: titles whose words start with it. */
bool list_suggest(Snapshot *s, Arena *a, Str typed, Str kind, int limit, Card **out, size_t *n, Err *err);

#endif
