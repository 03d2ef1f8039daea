/* What the files of gathering share: gather.c (what is due, the versions), gather_part.c (parts and their merging). */
#ifndef BANYAN_DATA_GATHER_INSIDE_H
#define BANYAN_DATA_GATHER_INSIDE_H

#include "data/gather.h"
#include "data/inbox/inside.h"
#include "data/merged.h"

struct Gatherer {
    Inbox          *inbox;
    int64_t         rows, minutes;
    Reader          who;
    Arena          *arena;
    pthread_t       thread;
    pthread_mutex_t lock, turn; /* `turn`: one at a time */
    pthread_cond_t  changed;
    bool            ending, started;
    DuckRun        *run; /* while it may be stopped */
    int64_t         again_ms, tidied_ms;
};

typedef struct {
    Gatherer   *g;
    Box        *box;
    Arena      *a;
    DuckRun    *run;
    Record      head;
    Json       *parts;    /* of the new version */
    uint64_t    from, to; /* posts */
    Roll      **rolls;
    size_t      roll_count;
    uint64_t    rows;
    Str         temporary[8]; /* files to remove at the end */
    size_t      temporary_count;
    MergedPart *merged; /* by the last merge */
    size_t      merged_count;
    Str         merged_into;
} GatherWork;

/* The part of all rows that were read by `columns` (JSON), with what it is merged with when it is the `last`, added to
   w->parts. */
bool gather_part(GatherWork *w, Str columns, bool last, Err *err);

#endif
