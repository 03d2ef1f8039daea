/* A side file: bytes that can be made again from the journal, so they are written without ceremony,
   checked by who reads them, and never the only copy of anything. One writer, any readers. */
#ifndef BANYAN_STORE_SIDE_H
#define BANYAN_STORE_SIDE_H

#include "base/err.h"

typedef struct Side Side;

/* Made when absent; with `read_only` an absent file reads as empty. */
bool     side_open(const char *path, bool read_only, Side **out, Err *err);
void     side_close(Side *s); /* syncs what was written; accepts NULL */
uint64_t side_size(Side *s);
bool     side_read(Side *s, uint64_t offset, void *out, size_t n, Err *err); /* all n or ERR_STORE */
bool     side_write(Side *s, uint64_t offset, const void *bytes, size_t n, Err *err);
bool     side_cut(Side *s, uint64_t size, Err *err);

/* All n bytes at an offset, whatever EINTR and short counts do. Return how many were transferred:
   less than n at the end of the file, or on an error (errno). */
size_t io_read_at(int fd, uint64_t offset, void *out, size_t n);
size_t io_write_at(int fd, uint64_t offset, const void *bytes, size_t n);

#endif
