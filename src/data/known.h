/* What came already, told by 16 bytes each: a set in memory, kept as one file. For one thread at a time. */
#ifndef BANYAN_DATA_KNOWN_H
#define BANYAN_DATA_KNOWN_H

#include "base/err.h"

#define KNOWN_KEY_BYTES 16

typedef struct {
    uint8_t  key[KNOWN_KEY_BYTES]; /* a hash, so evenly spread; all zero: free */
    uint64_t check;                /* what came with it, told by 8 bytes */
} KnownEntry;
typedef struct {
    KnownEntry *slots;
    size_t      count, room; /* room: a power of two */
} Known;                     /* starts as {0} */

void known_add(Known *k, const uint8_t key[KNOWN_KEY_BYTES], uint64_t check); /* once only */
bool known_find(const Known *k, const uint8_t key[KNOWN_KEY_BYTES], uint64_t *check);
void known_free(Known *k);
/* Written whole or not at all (file_replace). */
bool known_save(const Known *k, const char *path, Err *err);
/* ERR_CORRUPT for a file that is not one of these. */
bool known_load(Known *k, const char *path, Err *err);

#endif
