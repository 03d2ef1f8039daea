/* What one version of a record gives to rows, sets, orders and the search index: a function of its
   entry alone, so it can be computed on any thread and comes out the same when made again. */
#ifndef BANYAN_CORE_PROJECTION_H
#define BANYAN_CORE_PROJECTION_H

#include "base/time.h"
#include "core/record.h"
#include "core/search.h"
#include "core/sets.h"

#define START_NONE INT32_MAX /* no such day */

/* One set the face belongs to; with `facet`, `value` is listed among the values of that facet. */
typedef struct {
    SetKey       key;
    const Field *facet;
    Str          value;
} FaceKey;

typedef struct {
    Envelope    envelope;
    State       state;
    const Kind *kind;
    Str         token;      /* of a working or published face; of a stub see node.c */
    Str         card;       /* see card.c */
    Str         title_key;  /* at most TITLE_KEY_MAX bytes */
    Str         key_name;   /* natural key as a name: "=TH"; empty: none */
    int32_t     start_day;  /* since 1970; START_NONE */
    Date        start, end; /* of x-start and x-end, as said; parts 0: none */
    Str         status;     /* of the field "status"; empty: none */
    int32_t     unreported; /* last day, since 1970, of the first period that has no result yet; START_NONE */
    FaceKey    *keys;
    size_t      key_count;
    SearchDoc  *search; /* NULL unless wanted */
} Projection;

#define TITLE_KEY_MAX 96

/* `doc` may be NULL: then `body` is parsed. `langs` are its languages, `names` what the node calls countries
   (country_name). Lives in `a`, and what is
   needed on the way in `scratch`, which may be reset afterwards; it may be `a` as well, and then the
   envelope's texts are shared. Fails ERR_INVALID for a kind that is not there, ERR_FORMAT. */
bool projection_make(Arena *a, Arena *scratch, const Kinds *kinds, const Str *langs, size_t lang_count,
                     const Json *names, const Envelope *envelope, Str body, Json *doc, bool with_search,
                     Projection *out, Err *err);

/* The same in two steps: first envelope, kind, state, token and key_name, all that the log and the names need; then
   the rest, which cannot fail. */
bool projection_begin(Arena *a, Arena *scratch, const Kinds *kinds, const Envelope *envelope, const Json *doc,
                      Projection *out, Err *err);
void projection_finish(Arena *a, Arena *scratch, const Kinds *kinds, const Str *langs, size_t lang_count,
                       const Json *names, const Json *doc, bool with_search, Projection *p);

/* The texts of a document that are searched. */
size_t projection_texts(Arena *a, const Kind *kind, const Str *langs, size_t lang_count, const Json *names,
                        const Json *doc, SearchText **out);

/* What a link's value stands for: the id itself, or "country:TH". Empty: neither. */
Str    link_target(Arena *a, const Kinds *kinds, const Field *field, Str value);
SetKey key_of_link(Str path, Str target); /* path empty: by any field */
SetKey key_of_facet(Str kind, Str path, Str value);
SetKey key_of_has(Str kind, Str path); /* a list of groups, a long text or the place (x-place) that is there */
/* The link stands in a member of a list whose members have a status, and that one is neither completed nor
   cancelled: a decision that somebody has yet to act on. */
SetKey key_of_open(Str path, Str target);
SetKey key_of(const char *what, Str value); /* "kind", "token", "owner", "state", "shadow", "live", "shadowed" */

/* Cards: title and summary in all languages, kept with the face. */
Str card_make(Arena *a, const Kind *kind, const Json *doc);
typedef struct {
    Str lang, text;
} CardText;
/* The texts of a card: `what` is 'T' (title), 'S' (summary) or 'C' (title is the name of a country). */
size_t card_texts(Arena *a, Str card, char what, CardText **out);

/* The best of n languages for a reader of `lang`: itself, relatives, the node's languages, the first.
   Returns n when n is 0. */
size_t lang_pick(Str lang, const Str *node_langs, size_t node_lang_count, const Str *have, size_t n);

#endif
