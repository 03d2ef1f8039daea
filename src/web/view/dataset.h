/* Parts of a dataset's page. Only src/web/view_dataset*.c include it. */
#ifndef BANYAN_WEB_VIEW_DATASET_H
#define BANYAN_WEB_VIEW_DATASET_H

#include "web/view/tools.h"

/* The forms of the rows on screen, "name", "url" and "address" (whole, with the version) each. */
Json *dataset_addresses(const ViewWork *w, const Json *value);
/* {"source","authors","title","node","version","url","doi","accessed","bib","ris"} */
Json *dataset_cite(const ViewWork *w, const Json *value);
/* What a reader decides by: {"from":[shown],"licence","terms","size","imported","quality","aside","uses":[text]};
   `view` is that of the record, `quality` as quality_put made it; `waiting` rows are in no part. */
Json *dataset_glance(const ViewWork *w, const Json *doc, const Json *view, const Json *quality, int64_t waiting);

#endif
