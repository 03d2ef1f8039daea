/* Formats: every ending is one writer over the value a handler built.

   A writer turns the API's value of a list or a record into bytes. It never asks the core: what is not
   in the value is not written, so no format can show more than the page does. The rows of formats.def
   say which ending goes with which type, for which answers, and whether the items of a list must carry
   their `doc`. */
#ifndef BANYAN_FORMAT_FORMAT_H
#define BANYAN_FORMAT_FORMAT_H

#include "base/time.h"
#include "core/kind.h"

typedef struct FormatSource {
    /* Items from the from-th on, as an array in `a`; empty behind the last. */
    bool (*some)(void *with, Arena *a, size_t from, const Json **items, Err *err);
    /* Take what was written away when it is much. */
    bool (*drain)(void *with, Buf *out, Err *err);
    void *with;
} FormatSource;

typedef struct {
    Arena       *arena;
    const Kinds *kinds;
    Str          base_url; /* "https://node.example", no slash at the end; for absolute links */
    Str          node_name, node_title;
    Str          lang;  /* of titles and headings */
    Str          path;  /* "/activity" or "/activity/green-envoys" */
    Str          query; /* what followed '?', as sent */
    /* The interface's words by message key, for headings; may be NULL. */
    Str (*say)(void *with, Arena *a, Str key);
    void               *with;
    const FormatSource *source; /* NULL: the items are in the value */
} FormatWork;

typedef bool (*FormatWrite)(const FormatWork *work, const Json *value, Buf *out, Err *err);

enum { ON_LIST = 1,
       ON_RECORD = 2,
       ON_HOME = 4 };

/* What a kind must have for an ending to make sense. */
typedef enum { NEEDS_NOTHING,
               NEEDS_PLACE,
               NEEDS_EVENT,
               NEEDS_SCHEMA_ORG,
               NEEDS_COLUMNS } FormatNeeds;

typedef struct {
    Str         ending, type;
    int         where; /* ON_LIST | ON_RECORD | ON_HOME */
    FormatNeeds needs;
    bool        with_doc;   /* items of a list carry `doc` */
    bool        attachment; /* offered as a file to save */
    FormatWrite write;
} Format;

/* NULL when there is none. `kind` is NULL on the home page and in lists of every kind. */
const Format *format_find(Str ending, int where, const Kind *kind);
/* What is offered, in the table's order; returns how many were put into `out`. */
size_t format_offered(const Kind *kind, int where, const Format **out, size_t room);

/* Has a record what its kind promises the format: a place with both coordinates, a start known to the day? */
bool format_fits(const Format *format, const Kind *kind, Arena *a, const Json *doc);
/* The point of a record, NULL without one; its first and last day, false without one. */
const Json *format_place(const Kind *kind, Arena *a, const Json *doc);
bool        format_days(const Kind *kind, Arena *a, const Json *doc, Date *first, Date *last);

/* Items of a list value, or the record value itself as the only item. */
size_t      format_item_count(const Json *value);
const Json *format_item(const Json *value, size_t i);
/* Step through the items, whether they lie in the value or come from a source. An item, and what was made in
   `work.arena` of the walk while it was at hand, lives until the next step. */
typedef struct {
    FormatWork  work; /* with an arena for what is made of one item */
    const Json *items;
    size_t      from, at; /* items before these; place among them */
    Buf        *out;      /* drained on the way; may be NULL */
    bool        single;   /* the value is the only item */
} FormatWalk;
FormatWalk format_walk(const FormatWork *work, const Json *value, Buf *out);
/* *item is NULL behind the last. False: it failed. Either way the walk is over then. */
bool format_next(FormatWalk *walk, const Json **item, Err *err);
void format_walk_end(FormatWalk *walk); /* before the last item */

/* Absolute address of an item; its `url` is a path. */
Str format_item_url(const FormatWork *work, const Json *item);
/* Text of a language map in the work's language, else English, else the first. */
Str format_text(const FormatWork *work, const Json *language_map);

#endif
