/* A post as it lies in the inbox. Little-endian:

     form 1 (1), flags 1 (1: its rows are known again by themselves), time it came 8 (ms since 1970),
     key 16 (zero: none), check 8 (of the body that came with the key),
     rows 4, rows set aside 4, bytes of columns 4, bytes of rows 4,
     columns (JSON, as a record has them; empty: as the frame before), rows (post.h), rows set aside: the rest */
#ifndef BANYAN_DATA_INBOX_FRAME_H
#define BANYAN_DATA_INBOX_FRAME_H

#include "base/buf.h"
#include "base/err.h"

#define INBOX_FRAME_HEAD 50
#define INBOX_KEY_BYTES  16

typedef struct {
    bool     rows_known;
    int64_t  at_ms;
    uint8_t  key[INBOX_KEY_BYTES];
    uint64_t check;
    uint32_t rows, aside;
    Str      columns, row_text, aside_text;
} InboxFrame;

void inbox_frame_put(Buf *out, const InboxFrame *frame);
/* Views of `bytes`. ERR_CORRUPT for what is none: sizes or counts that do not fit. */
bool inbox_frame_read(Str bytes, InboxFrame *out, Err *err);

#endif
