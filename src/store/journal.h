/* The bytes of a log on disk: groups of frames in append-only files, made durable by one sync a group.

   A journal is a folder of files `00000000000000000000.log`, named by the number of their first
   frame, each ended near JOURNAL_FILE_BYTES. A file is a run of frames:

     header   magic, type, length, number, CRC-32 of this header
     bytes    `length` of them
     trailer  CRC-32 of the bytes

   and each group ends in a frame of type SEAL whose bytes its writer chooses (the log's checkpoint).
   store/ knows nothing of what the bytes mean.

   Opening finds the end. A group without its seal, cut short at the end of the last file (or zeros
   from there on), was never acknowledged: it is moved to `torn-<time>` beside the journal, and said
   so. Any other damage is ERR_CORRUPT, which names file and offset and the way out, and nothing is
   touched. One writer; any number of readers, on any thread. */
#ifndef BANYAN_STORE_JOURNAL_H
#define BANYAN_STORE_JOURNAL_H

#include "base/err.h"

typedef struct Journal Journal;

#define JOURNAL_FILE_BYTES ((uint64_t)256 << 20)
#define JOURNAL_FRAME_MAX  ((uint32_t)16 << 20)

/* Open or start the journal in `folder`. `last_seal` (in `a`) is the bytes of the last seal, empty for
   a new journal. */
bool journal_open(Arena *a, const char *folder, Journal **out, Str *last_seal, Err *err);
void journal_close(Journal *j);
uint64_t journal_count(const Journal *j); /* frames that are not seals, sealed and durable */

/* Append n frames and their seal, then sync: all durable at return, or none will ever be seen.
   After a failed write or sync the file is cut back to the last seal; when even that fails the
   journal refuses further writes (ERR_STORE) until it is opened again. */
bool journal_append(Journal *j, const Str *frames, size_t n, Str seal, Err *err);

/* Bytes of frame `number`, checked against their CRC. One pread (offsets are in memory: 8 bytes a
   frame). Fails ERR_NOT_FOUND past the end, ERR_CORRUPT. */
bool journal_read(Journal *j, Arena *a, uint64_t number, Str *out, Err *err);

/* Every frame and seal from the start, in order, all CRCs checked; stops when `each` returns false.
   Reads with its own handles: usable on a closed node (verify, rebuild). */
typedef struct { bool seal; uint64_t number; Str bytes; const char *file; uint64_t offset; } JournalItem;
bool journal_walk(const char *folder, bool (*each)(void *with, const JournalItem *item, Err *err), void *with, Err *err);

#endif
