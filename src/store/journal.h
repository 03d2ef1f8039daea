/* The bytes of a log on disk: groups of frames in append-only files, made durable by one sync a group.

   A journal is a folder of files `00000000000000000000.log`, named by the number of their first
   frame, each ended near JOURNAL_FILE_BYTES. A file is a run of frames (numbers little-endian):

     header   magic "byn1", type 4 (1 frame, 2 seal), length 4, number 8, number of the group's first
              frame 8, CRC-32 of these 28 bytes 4
     bytes    `length` of them
     trailer  CRC-32 of the bytes 4

   and each group ends in a frame of type SEAL, numbered like the frame that comes next, whose bytes
   its writer chooses (the log's checkpoint). store/ knows nothing of what the bytes mean.

   Opening finds the end. A group that never got whole at the end of the last file was never
   acknowledged: it is cut short, or has never-written sectors that read as zeros. It is moved to
   `torn-<time>` in the folder, and said so. Any other damage is ERR_CORRUPT, which names file and
   offset and the way out, and nothing is touched.

   Beside the files lies `index`: where the frames are, so that opening need not read them all (0.01 s
   for a million). It is checked, never trusted to find the end, and made again when it is missing or
   wrong; but when it knows of durable frames that are gone, that is ERR_CORRUPT.

   One writer; any number of readers, on any thread. */
#ifndef BANYAN_STORE_JOURNAL_H
#define BANYAN_STORE_JOURNAL_H

#include "base/err.h"

typedef struct Journal Journal;

#define JOURNAL_FILE_BYTES ((uint64_t)256 << 20)
#define JOURNAL_FRAME_MAX  ((uint32_t)16 << 20)
#define JOURNAL_GROUP_MAX  ((uint64_t)64 << 20)

typedef struct {
    bool     read_only;  /* writes nothing at all and sees what was sealed when it opened; may stand
                            beside a writer */
    uint64_t file_bytes; /* 0: JOURNAL_FILE_BYTES */
} JournalOptions;

/* Open or start the journal in `folder` (`options` may be NULL). `last_seal` (in `a`) is the bytes of
   the last seal, empty for a new journal. */
bool     journal_open(Arena *a, const char *folder, const JournalOptions *options, Journal **out, Str *last_seal,
                      Err *err);
void     journal_close(Journal *j); /* accepts NULL */
uint64_t journal_count(Journal *j); /* frames that are not seals, sealed and durable */

/* Append n > 0 frames and their seal with one write, then sync: all durable at return, or none will
   ever be seen. After a failed write or sync the file is cut back to the last seal; when even that
   fails the journal refuses further writes (ERR_STORE) until it is opened again. ERR_TOO_BIG for a
   frame over JOURNAL_FRAME_MAX or a group over JOURNAL_GROUP_MAX (nothing is written). */
bool journal_append(Journal *j, const Str *frames, size_t n, Str seal, Err *err);
/* The same in two steps, on any threads one after the other: written, and then durable and seen. What was written is
   synced before anything else is written. */
bool journal_write(Journal *j, const Str *frames, size_t n, Str seal, Err *err);
bool journal_sync(Journal *j, Err *err);

/* Bytes of frame `number`, checked against their CRC. One pread (offsets are in memory: 4 bytes a
   frame). Fails ERR_NOT_FOUND past the end, ERR_CORRUPT. */
bool journal_read(Journal *j, Arena *a, uint64_t number, Str *out, Err *err);

/* Every frame and seal from the start, in order, all CRCs checked; stops when `each` returns false.
   Reads with its own handles and only what is sealed: usable on a closed node and beside a writer.
   `done` and `of` are bytes. When a frame's bytes do not match their CRC, `each` is called once with
   `damaged`, to learn from them what it can, and the walk fails with ERR_CORRUPT. */
typedef struct {
    bool        seal, damaged;
    uint64_t    number;
    Str         bytes; /* until the next call */
    const char *file;
    uint64_t    offset, done, of;
} JournalItem;
bool journal_walk(const char *folder, bool (*each)(void *with, const JournalItem *item, Err *err), void *with,
                  Err *err);

/* The `index` against the frames. `count` is how many frames it knows to be durable. A missing index
   is fine. Fails ERR_CORRUPT; the way out is to delete it. */
bool journal_index_check(const char *folder, uint64_t *count, Err *err);

#endif
