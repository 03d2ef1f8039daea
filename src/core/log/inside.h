/* Inside the log: its state, and the file of leaves. */
#ifndef BANYAN_CORE_LOG_INSIDE_H
#define BANYAN_CORE_LOG_INSIDE_H

#include <pthread.h>

#include "base/buf.h"
#include "core/log.h"
#include "store/journal.h"
#include "store/side.h"

/* A block is 256 leaves, what a tile of the standard spans. In `leaves` each block is its leaves and,
   once it is complete, the root of its subtree. */
#define BLOCK_LEAVES ((uint64_t)256)
#define BLOCK_HEIGHT 8
#define BLOCK_BYTES  ((BLOCK_LEAVES + 1) * HASH_BYTES)
#define LEVELS       8

/* nodes[L] are the roots of complete subtrees of 256^L leaves, L > 0. */
typedef struct {
    Hash  *at;
    size_t n, room;
} Nodes;

struct Log {
    Journal *journal;
    char    *folder;
    Str      origin;
    bool     read_only;
    KeyPair  key; /* only its public half when read_only */

    pthread_mutex_t lock; /* for what readers look at: */
    Tree            tree;
    Nodes           nodes[LEVELS];
    Hash            tail[BLOCK_LEAVES]; /* leaves of the last, incomplete block */
    Buf             note;               /* the last checkpoint */

    Side *leaves;
    bool  leaves_lost; /* writing them failed; made good at the next opening */
    Buf   group;       /* of the writer alone */
};

static inline uint64_t leaves_offset(uint64_t index)
{
    return index / BLOCK_LEAVES * BLOCK_BYTES + index % BLOCK_LEAVES * HASH_BYTES;
}

void nodes_add(Nodes *nodes, Hash hash);

/* Fill tree, nodes and tail for a log of `size` entries with this root, from `leaves` or else from the
   journal, and make `leaves` good. */
bool leaves_load(Log *log, uint64_t size, Hash root, Err *err);
/* The first `n` leaves of a block, checked against the block's root when it is complete. */
bool leaves_read(Log *log, uint64_t block, size_t n, Hash *out, Err *err);
/* `leaves` against the leaves given one after the other. */
typedef struct {
    Side    *side;
    uint64_t size;
    Hash     block[BLOCK_LEAVES];
    char     path[4096];
} LeavesCheck;
bool leaves_check_open(LeavesCheck *c, const char *folder, Err *err);
bool leaves_check_next(LeavesCheck *c, uint64_t index, Hash leaf, Err *err);

#endif
