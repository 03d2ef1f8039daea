/* A growing run of bytes for output. Lives in malloc memory; `buf_open` hands it to an arena.
   Nothing here fails (see arena.h on memory). The bytes have a zero behind them as soon as anything
   was put. */
#ifndef BANYAN_BASE_BUF_H
#define BANYAN_BASE_BUF_H

#include "base/str.h"

typedef struct {
    char  *at;
    size_t len, room;
} Buf;

Buf  *buf_open(Arena *a);            /* freed with the arena */
void  buf_free(Buf *b);              /* for a Buf on the stack started with {0}; leaves it empty */
void  buf_clear(Buf *b);             /* empty, keeps its memory */
void  buf_reserve(Buf *b, size_t n); /* room for n more bytes, so that they need no growing */
char *buf_grow(Buf *b, size_t n);    /* n bytes longer, to be filled by the caller; returns where */
void  buf_put(Buf *b, Str s);
void  buf_put_z(Buf *b, const char *z);
void  buf_put_byte(Buf *b, char c);
void  buf_put_bytes(Buf *b, const void *bytes, size_t n);
void  buf_putf(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void  buf_put_integer(Buf *b, int64_t n);
void  buf_put_html(Buf *b, Str s); /* with & < > " ' escaped */
void  buf_put_json(Buf *b, Str s); /* as a JSON string with its quotes */
Str   buf_str(const Buf *b);       /* view, until the next put */

#endif
