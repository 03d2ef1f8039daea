/* Everything a reader may see, one JSON object a record, by kind, then id: the same records give the
   same bytes. The shape is the one that load reads, and what the node adds. */
#ifndef BANYAN_CORE_DUMP_H
#define BANYAN_CORE_DUMP_H

#include "core/record.h"

/* `kind` empty: all. A reader that sees all gets both faces of a record, the published one first. `line`
   is called with each object, without a line's end, and returns false to stop (with err). */
bool node_dump(Snapshot *s, Str kind, bool (*line)(void *with, Str json, Err *err), void *with, Err *err);

#endif
