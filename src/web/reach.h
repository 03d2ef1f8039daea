/* How far the rows of datasets reach, in space and time: asked of the rows, as the reader may see them. */
#ifndef BANYAN_WEB_REACH_H
#define BANYAN_WEB_REACH_H

#include "web/rows.h"

#define REACH_SECONDS 5 /* for all of them together; past it they go unsaid */

typedef struct {
    bool   placed;
    double west, south, east, north; /* of rows with a place on the earth, degrees of WGS 84 */
    Str    from, to;                 /* RFC 3339, the first and the last instant; empty: not known */
} Reach;

/* One for each dataset, in the request's arena; where `now` is NULL nothing is asked. Never fails: what cannot be
   had is not known, and logged. Blocks: only on a WORK route. */
const Reach *reach_datasets(Request *req, const RowsOf *datasets, size_t n);

#endif
