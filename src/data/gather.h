/* What waits in the inbox, made into parts: a thread of its own, beside all else.

   A dataset is gathered when `gather_rows` of its rows wait (1,000,000 if the settings do not say otherwise), or the
   oldest has waited `gather_minutes` (360). Its waiting rows become one part with quality flags like a file's, rows
   set aside included, and the record gets a version that lists it. So a dataset that a few sensors send to has
   four such versions a day.

   Eight parts of gathering of one size (powers of eight in rows) become one of the next, in the version that would
   list the eighth: parts are at most seven of a size, however long rows come in, and each row is written once a
   size. Rows keep their order and their flags; the merged files are removed (merged.h).

   While a change to a published dataset is being drafted its rows wait: readers of the published face see them all the
   same. Those of a withdrawn dataset wait until it is restored. What fails (a full disk) is tried again. */
#ifndef BANYAN_DATA_GATHER_H
#define BANYAN_DATA_GATHER_H

#include "data/inbox.h"

typedef struct Gatherer Gatherer;

bool gatherer_open(Inbox *inbox, Gatherer **out, Err *err);
void gatherer_close(Gatherer *g); /* stops what is under way, and waits for it; accepts NULL */
/* One turn, as the thread takes it each second: of every dataset what is due, or all that waits. */
bool gather_due(Gatherer *g, bool all, Err *err);

#endif
