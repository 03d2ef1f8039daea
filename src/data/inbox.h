/* Rows that came one post at a time and are in no part yet: durable in append-only files, seen by every question, and
   from time to time gathered into parts (gather.h).

   A dataset that was ever posted to has a folder NODE/inbox/ID (of its record) with folders named by the number
   of their first post, each a journal (store/journal.h: checksummed frames in groups, one sync a group, torn ends
   cut at the start) whose frames are posts (inbox/frame.h). Posts of a dataset are numbered from 0. Gathering closes
   the last journal and begins the next, so a part holds whole journals; the version that lists it says up to which
   number (`posted` of its last such part), and the journals before that are removed. A process that dies in between
   removes them at its next start: each post is in the parts or in the inbox, as seen from any version of the record.

   What waits is asked as small Parquet files of their own in NODE/parts/tmp, made when a question asks and something
   came since; they are merged as they grow in number, and live as long as somebody reads them. They are read by the
   columns that the dataset had when the rows came.

   Said again is known: the key of a post, or, in a dataset whose rows have a key and of a post without one, each row
   equal to one before it; of what waits and of what the last INBOX_KNOWN gatherings took.

   Any thread may post; all who wait meanwhile share one sync. */
#ifndef BANYAN_DATA_INBOX_H
#define BANYAN_DATA_INBOX_H

#include "data/data.h"
#include "data/post.h"
#include "data/question.h"

typedef struct Inbox Inbox;

#define INBOX_KNOWN     2
#define INBOX_KEY_BYTES 16

/* Reads what waits: some 300 MB a second. ERR_CORRUPT as journal_open. `data` must outlive it. */
bool  inbox_open(Data *data, Inbox **out, Err *err);
void  inbox_close(Inbox *inbox); /* accepts NULL; nothing may run */
Data *inbox_data(Inbox *inbox);

typedef struct {
    Str             dataset; /* id of its record */
    const PostForm *form;
    const Post     *post;
    Str             key;  /* that its sender gave the post; empty: none. In the name of whom, is the caller's */
    Str             body; /* as sent: the same key with another is no repetition */
} InboxPost;
typedef struct {
    size_t taken, known; /* rows */
    bool   repeated;     /* the whole post was known by its key: nothing was taken */
} InboxAnswer;
/* Durable at return, or never seen. Fails as journal_append (ERR_DISK_FULL, ERR_STORE, ERR_TOO_BIG); ERR_INVALID for a
   key that came with another body. Blocks for a sync. */
bool inbox_put(Inbox *inbox, const InboxPost *post, InboxAnswer *out, Err *err);

/* Files with the rows that a dataset's document does not have yet: behind its last `posted`. They are there until `a`
   ends. Makes the newest of them when something came; blocks meanwhile. */
bool inbox_parts(Inbox *inbox, Arena *a, Str dataset, const Json *doc, Str **paths, int64_t **rows, size_t *n,
                 Err *err);
/* How many rows those are, and when the newest post of the dataset came; 0, 0 for none. Cheap. */
void inbox_waiting(Inbox *inbox, Str dataset, const Json *doc, uint64_t *rows, int64_t *newest_ms);
/* Which number behind the last post a document's parts hold. */
uint64_t inbox_posted(const Json *doc);

/* A stamp grows when something came to a dataset of its slot: what was asked before is old. Slots are shared by
   few datasets; that of no name is of all. Slot 0 is nobody's. Cheap. */
unsigned inbox_slot(Str dataset);
uint64_t inbox_stamp(Inbox *inbox, unsigned slot);

/* Every frame of a closed or a served node's inbox; names the first thing that is wrong. */
bool inbox_verify(const char *node_folder, uint64_t *posts, Err *err);

#endif
