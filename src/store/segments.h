/* Immutable files of sorted keys and their values, for indexes that grow by whole files.

   A segment is written once, beside its name, synced, then renamed: it is there whole or not at all.
   A file is

     "BANYSEG1"
     values of more than 2 KB, each with a check of 8 bytes behind it, and blocks, mixed
     block     entries (what the key shares with the one before, the rest, the value or its place), check
     index     first key, place and length of each block
     filter    a Bloom filter over all keys, 10 bits a key
     foot      places, counts, checks

   In memory lie index and filter: about 1.5 bytes a key and some 40 bytes a block of 1 KB or more. Reads are preads,
   each checked; a check that fails is ERR_CORRUPT, which names the file and the way out. The numbers
   are little-endian. A segment may be read from any thread. */
#ifndef BANYAN_STORE_SEGMENTS_H
#define BANYAN_STORE_SEGMENTS_H

#include "base/err.h"

typedef struct Segment       Segment;
typedef struct SegmentWriter SegmentWriter;
typedef struct SegmentCursor SegmentCursor;

#define SEGMENT_KEY_MAX   1024
#define SEGMENT_VALUE_MAX ((size_t)1 << 30)

bool segment_write_open(const char *path, SegmentWriter **out, Err *err);
/* Keys must rise strictly by bytes. */
bool segment_put(SegmentWriter *w, Str key, Str value, Err *err);
/* Make it durable under its name, in place of what was there. `w` is closed in any case. */
bool segment_write_finish(SegmentWriter *w, Err *err);
void segment_write_drop(SegmentWriter *w); /* nothing is left; accepts NULL */

/* ERR_NOT_FOUND when there is no such file. */
bool     segment_open(const char *path, Segment **out, Err *err);
void     segment_close(Segment *s);
uint64_t segment_bytes(const Segment *s);

bool segment_may_have(const Segment *s, Str key); /* no disk; wrong in 1 of 100 when it says yes */
/* The value, in `a`; `found` false and success when there is no such key. One or two preads. */
bool segment_get(const Segment *s, Arena *a, Str key, Str *value, bool *found, Err *err);
/* Bytes of the value, 0 when there is no such key; cheaper than the value when that is large. */
bool segment_size(const Segment *s, Arena *a, Str key, uint64_t *bytes, Err *err);

/* All entries in order. Key and value are views until the next call. `*more` is false at the end. */
SegmentCursor *segment_cursor_open(const Segment *s);
bool           segment_next(SegmentCursor *c, Str *key, Str *value, bool *more, Err *err);
void           segment_cursor_close(SegmentCursor *c);

#endif
