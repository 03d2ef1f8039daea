/* Inside the journal: the file `index`, a run of chunks that say where frames are.

   A chunk covers frames of one file up to one of its seals, is checked by a CRC, and is appended when
   a file is ended, every INDEX_CHUNK_FRAMES and at closing. Numbers little-endian:

     magic "byi1", CRC-32 of the rest 4, first frame 8, name of the file 8, count 4, offset of the
     last seal 4, its end 4, zero 4, then `count` offsets of 4 */
#ifndef BANYAN_STORE_JOURNAL_INDEX_H
#define BANYAN_STORE_JOURNAL_INDEX_H

#include "base/buf.h"
#include "base/str.h"

#define INDEX_CHUNK_FRAMES ((uint64_t)65536)

typedef struct {
    uint64_t    first, file_first;
    uint32_t    count, seal_at, end;
    const char *offsets; /* count * 4 bytes; read with journal_chunk_offset */
    size_t      size;    /* of the chunk */
} IndexChunk;

bool     journal_chunk_read(Str bytes, IndexChunk *out); /* the chunk `bytes` starts with */
void     journal_chunk_put(Buf *out, const IndexChunk *chunk, const uint32_t *offsets);
uint32_t journal_chunk_offset(const IndexChunk *chunk, size_t i);
/* How many frames the whole of an index knows to be durable, as far as its chunks are right. */
uint64_t journal_index_promise(Str index);
/* The bytes of the index in a journal's folder, as they are now; none when it is missing or absurd. */
Str journal_index_read(Arena *a, const char *folder);

#endif
