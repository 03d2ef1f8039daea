/* The node's log: every change to a record is an entry here, and nothing changes in any other way.

   Entry      envelope JSON, '\n', body JSON. The bytes that are hashed are the bytes that are stored.
   Leaf       32 bytes: SHA-256("banyan/entry/v1\n" || salt || entry), a salted commitment (the 32-byte
              random salt is stored beside the entry), so the tree reveals nothing and an entry can be
              withheld while the tree still verifies. Its hex is the version's id ("leaf").
   Tree       RFC 6962 over the leaves; tiles as C2SP tlog-tiles (https://c2sp.org/tlog-tiles), where
              the log entry of an entry bundle is the leaf.
   Checkpoint C2SP tlog-checkpoint: a signed note (https://c2sp.org/signed-note), Ed25519, origin =
              node name. Every group is sealed by its checkpoint, so each durable state is signed.

   One thread appends; any thread reads. */
#ifndef BANYAN_CORE_LOG_H
#define BANYAN_CORE_LOG_H

#include "core/tree.h"

typedef struct Log Log;

/* `parents` are leaf hex of the versions it was made from. */
typedef struct {
    Str     id, kind, slug, owner, audience, state; /* state: draft, review, published, withdrawn */
    Str     author;     /* person id on this node, or "system" */
    Str     note;       /* why: a withdrawal's reason, a merge, a restore */
    int64_t time_ms;
    int64_t version;    /* 1, 2, 3 … of this record */
    Str    *parents;
    size_t  parent_count;
} Envelope;

Str  entry_write(Arena *a, const Envelope *e, Str body);                 /* fixed key order */
bool entry_read(Arena *a, Str entry, Envelope *e, Str *body, Err *err);  /* body is a slice of entry */

/* Opening checks that the last checkpoint is signed by the key and that the tree over the stored
   leaves has its root. */
bool log_open(const char *folder, Str origin, const KeyPair *key, Log **out, Err *err);
void log_close(Log *log);
uint64_t log_size(const Log *log);

typedef struct { uint64_t index; Hash leaf; } LogSpot;
/* Append a group: one write, one sync, one signed checkpoint; durable at return or never seen. */
bool log_append(Log *log, const Str *entries, size_t n, LogSpot *spots, Err *err);
bool log_read(Log *log, Arena *a, uint64_t index, Str *entry, Hash *leaf, Err *err);

bool log_checkpoint(Log *log, Arena *a, Str *note, Err *err);   /* served at /log/checkpoint */
/* Path after /log/: "tile/0/x001/234", "tile/1/000.p/7", "tile/entries/000". ERR_NOT_FOUND when there
   is no such (partial) tile. Full tiles never change (cache for ever). */
bool log_tile(Log *log, Arena *a, Str path, Str *bytes, bool *full, Err *err);
Str  log_verifier_key(Log *log, Arena *a); /* "name+hash+base64" as signed-note tools want it */

/* Proofs, hashes bottom up. */
bool log_inclusion(Log *log, Arena *a, uint64_t index, uint64_t size, Hash **proof, size_t *n, Err *err);
bool log_consistency(Log *log, Arena *a, uint64_t old_size, uint64_t size, Hash **proof, size_t *n, Err *err);

/* Check every byte: frames, commitments, tree, every seal's signature and root. The first thing wrong
   is named in err (ERR_CORRUPT: file, offset, entry, record, and what to do). `progress` may be NULL. */
bool log_verify(const char *folder, Str origin, const uint8_t public_key[32],
                void (*progress)(void *with, uint64_t done, uint64_t of), void *with, uint64_t *size, Err *err);

#endif
