/* From a document as somebody sent it to one that can be stored: keys in the kind's order, links
   resolved, checked against the kind. */
#ifndef BANYAN_CORE_PREPARE_H
#define BANYAN_CORE_PREPARE_H

#include "core/record.h"

/* What a link's value is stored as: an id, or the natural key. *found false: there is no such record. */
typedef bool (*ResolveLink)(void *with, Arena *a, const Field *field, Str value, Str *stored, bool *found, Err *err);

/* The document in the kind's order: keys as the kind lists them, then others and languages by name. Shares
   the texts and numbers of `doc`, but not the links: these may be resolved. */
Json *doc_canonical(Arena *a, const Kind *kind, const Json *doc);
/* Resolve the links of `doc` in place. A link to nothing is a problem, unless `known` has the same one. */
bool doc_resolve(Arena *a, const Kind *kind, Json *doc, const Json *known, ResolveLink resolve, void *with,
                 Problems *problems, Err *err);
/* `doc`, canonical, with what the kind calls readOnly as `known` has it (NULL: nothing): what lacks is put
   in when `fill`, anything else that differs is a problem at its pointer. */
Json *doc_keep_computed(Arena *a, const Kind *kind, Json *doc, const Json *known, bool fill, Problems *problems);
bool  kind_has_computed(const Kind *kind);
/* Title for a slug: in English, or the first of the node's languages, or any. */
Str doc_title(Arena *a, const Kind *kind, const Json *doc, const Str *langs, size_t lang_count);

#endif
