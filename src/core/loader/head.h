/* The first pass of a load needs of most items three short texts, not their documents: this finds them
   without building anything. */
#ifndef BANYAN_CORE_LOADER_HEAD_H
#define BANYAN_CORE_LOADER_HEAD_H

#include "base/str.h"

typedef struct {
    Str  kind, slug, id;
    bool has_doc;
} LoaderHead; /* views of the text; empty: not there */

/* False in any doubt (not an object, an escape in one of the texts, a member that is no text): then the
   text is to be parsed. What it passes over it does not check. */
bool loader_head(Str json_object, LoaderHead *out);

#endif
