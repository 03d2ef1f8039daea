/* gzip (RFC 1952) both ways; zlib is behind this header and zipping.h only. */
#ifndef BANYAN_BASE_PACK_H
#define BANYAN_BASE_PACK_H

#include "base/buf.h"
#include "base/err.h"

/* Append `bytes` packed, at level 1 (fast) to 9 (small). */
void pack_gzip(Str bytes, int level, Buf *out);

/* Unpack as it comes. Members that follow each other are one text, as gzip(1) has it. */
typedef struct Unpack Unpack;
Unpack               *unpack_open(Arena *a);
/* Take from `*in` (which is cut) and fill at most `room` bytes at `out`; `*n` says how many, 0 only when
   `*in` is used up. ERR_FORMAT when the bytes are not gzip, or damaged. */
bool unpack_some(Unpack *u, Str *in, char *out, size_t room, size_t *n, Err *err);
/* After the last bytes: ERR_FORMAT when a member is cut short. */
bool unpack_end(const Unpack *u, Err *err);

#endif
