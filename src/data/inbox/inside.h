/* What the files of the inbox share: inbox.c (posting), inbox/load.c (the folders), inbox/rolls.c (what
   waits as files), gather*.c. */
#ifndef BANYAN_DATA_INBOX_INSIDE_H
#define BANYAN_DATA_INBOX_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/id.h"
#include "data/inbox.h"
#include "data/inbox/frame.h"
#include "data/known.h"
#include "store/journal.h"

#define INBOX_STAMPS 256

/* Posts [from, to) of one journal as a Parquet file, of rows that were read by the same columns. */
typedef struct Roll Roll;
struct Roll {
    Roll      *next; /* in the order of the posts */
    char      *path;
    uint64_t   from, to;
    uint64_t   rows;
    Str        columns; /* JSON; the batch's */
    char      *aside;   /* of rows that could be posted and not be read: against all expectation; NULL: none */
    atomic_int uses;    /* the box's, and of each who reads; the last one removes the file */
    int        level;
};
void roll_release(void *roll);

/* A journal: posts [first, first + count). */
typedef struct Batch Batch;
struct Batch {
    Batch   *next;
    uint64_t first;
    char    *folder;
    Journal *journal;
    Arena   *arena;       /* of what lives as long */
    Str      columns;     /* of its last frame */
    uint64_t rows, aside; /* under the box's lock */
    int64_t  oldest_ms;   /* when its first post came */
    int64_t  gathered_ms; /* when this process listed it in a version: some may hold the one before yet */
    Known    known;       /* the leader's */
    Roll    *rolls;       /* under the box's `rolling`, as the next */
    uint64_t rolled;      /* posts before this one are in the rolls */
    Str      rolled_columns;
};

typedef struct InboxJob InboxJob;

/* What waits of one dataset. */
typedef struct Box Box;
struct Box {
    Box            *next;
    Inbox          *inbox;
    char            id[ID_LEN + 1];
    char           *folder;
    pthread_mutex_t lock;
    pthread_cond_t  changed, arrived;
    bool            leading; /* somebody appends, or changes the batches */
    InboxJob       *first, *last;
    size_t          waiting, expected; /* jobs in the queue; that may come together */
    int64_t         sync_us;
    Batch          *batches; /* oldest first; posts go to the last */
    int64_t         newest_ms;
    Known           known[INBOX_KNOWN]; /* of batches that are gone, the newest first; the leader's */
    pthread_mutex_t rolling;            /* before `lock` */
};

struct Inbox {
    Data                 *data;
    char                 *folder;
    pthread_mutex_t       lock; /* of the list; boxes are never taken off it */
    Box                  *boxes;
    atomic_uint_least64_t stamps[INBOX_STAMPS + 2]; /* by slot: 0 unused, then those of datasets, then all */
};

Box *inbox_box(Inbox *inbox, Str dataset);                            /* NULL: nothing was ever posted to it */
bool inbox_box_start(Inbox *inbox, Str dataset, Box **out, Err *err); /* of its first post */
void box_lead(Box *box);                                              /* until box_follow nobody else appends */
void box_follow(Box *box);
/* Closes the last batch, when it has posts, and begins the next; the leader. */
bool box_turn(Box *box, Err *err);
/* Removes the first batch: its posts are in parts. The leader, with `rolling`. */
bool   box_drop(Box *box, Err *err);
Batch *box_last(const Box *box);
/* Post `number`, of that batch. */
bool     batch_read(Batch *batch, Arena *a, uint64_t number, InboxFrame *out, Err *err);
uint64_t batch_end(const Batch *batch); /* number behind its last post */

/* With `rolling`: all posts of the batch in rolls. */
bool rolls_make(Box *box, Batch *batch, Err *err);
void rolls_drop(Batch *batch);

#endif
