/* The node's log: every change to a record is an entry here, and nothing changes in any other way.
   docs/log.md has the formats to the byte.

   Entry      envelope JSON, '\n', body JSON. The bytes that are hashed are the bytes that are stored.
   Leaf       32 bytes: SHA-256("banyan/entry/v1\n" || salt || entry), a salted commitment (the 32-byte
              random salt is stored before the entry), so the tree reveals nothing and an entry can be
              withheld while the tree still verifies. Its hex is the version's id ("leaf").
   Tree       RFC 6962 over the leaves; tiles as C2SP tlog-tiles (https://c2sp.org/tlog-tiles), where
              the log entry of an entry bundle is the leaf.
   Checkpoint C2SP tlog-checkpoint: a signed note (https://c2sp.org/signed-note), Ed25519, origin =
              node name. Every group is sealed by its checkpoint, so each durable state is signed.

   The folder holds the journal (store/journal.h), and beside it `leaves`: the leaves and the hash of
   each 256 of them, so that the tree is there at once. It is made again from the journal when it is
   missing or wrong, and never trusted over the signed root.

   One thread appends; any thread reads. In memory: 4 bytes an entry, and 32 bytes each 256. */
#ifndef BANYAN_CORE_LOG_H
#define BANYAN_CORE_LOG_H

#include "core/tree.h"

typedef struct Log Log;

#define LOG_SALT_BYTES     32
#define ENTRY_MAX_BYTES    (((size_t)16 << 20) - LOG_SALT_BYTES) /* JOURNAL_FRAME_MAX without the salt */
#define LOG_GROUP_BYTES    ((size_t)32 << 20)                    /* end a group once its entries reach this */
#define ENVELOPE_MAX_BYTES ((size_t)64 << 10)
#define PARENTS_MAX        256

/* `parents` are leaf hex of the versions it was made from. */
typedef struct {
    Str     id, kind, slug, owner, audience, state; /* state: draft, review, published, withdrawn */
    Str     author;                                 /* person id on this node, or "system" */
    Str     note;                                   /* why: a withdrawal's reason, a merge, a restore */
    int64_t time_ms;
    int64_t version; /* 1, 2, 3 … of this record */
    Str    *parents;
    size_t  parent_count;
} Envelope;

Str entry_write(Arena *a, const Envelope *e, Str body); /* fixed key order */
/* `e` lives in `a`, body is a slice of entry. Reads what strangers send: ERR_FORMAT for anything but
   an envelope with all its fields in range; keys of later versions are passed over. */
bool entry_read(Arena *a, Str entry, Envelope *e, Str *body, Err *err);
Hash entry_leaf(const uint8_t salt[LOG_SALT_BYTES], Str entry);

/* Opening checks that the last checkpoint is signed by the key and that the tree over the stored
   leaves has its root. `origin` is the node's name: no spaces, no '+' (ERR_INVALID). */
bool log_open(const char *folder, Str origin, const KeyPair *key, Log **out, Err *err);
/* Writes nothing, needs no secret, may stand beside the process that writes: sees the log as it was
   when it opened. */
bool     log_open_read_only(const char *folder, Str origin, const uint8_t public_key[32], Log **out, Err *err);
void     log_close(Log *log); /* accepts NULL */
uint64_t log_size(Log *log);

typedef struct {
    uint64_t index;
    Hash     leaf;
} LogSpot;
/* Append a group: one write, one sync, one signed checkpoint; durable at return or never seen.
   `spots` (n of them) may be NULL. Fails as journal_append does: ERR_STORE, ERR_DISK_FULL (may be tried
   again when there is room), ERR_TOO_BIG. */
bool log_append(Log *log, const Str *entries, size_t n, LogSpot *spots, Err *err);
/* The same in two steps: `spots` are known when the group is written, and it is durable and seen when it is synced, on
   another thread if that is of use. `a` lives until then; nothing else is appended in between. `*out` is
   NULL when n is 0 or the writing failed; log_sync takes it over. */
typedef struct LogGroup LogGroup;

bool log_write(Log *log, Arena *a, const Str *entries, size_t n, LogSpot *spots, LogGroup **out, Err *err);
bool log_sync(Log *log, LogGroup *group, Err *err);

bool log_read(Log *log, Arena *a, uint64_t index, Str *entry, Hash *leaf, Err *err); /* leaf may be NULL */
/* With the salt, which whoever may see the entry needs to check it against its leaf. */
bool log_read_salted(Log *log, Arena *a, uint64_t index, Str *salt, Str *entry, Err *err);

bool log_checkpoint(Log *log, Arena *a, Str *note, Err *err); /* served at /log/checkpoint */
/* Path after /log/: "tile/0/x001/234", "tile/1/000.p/7", "tile/entries/000". ERR_NOT_FOUND when there
   is no such (partial) tile. Full tiles never change (cache for ever); nor do partial ones, which are
   served for every width there ever was. */
bool log_tile(Log *log, Arena *a, Str path, Str *bytes, bool *full, Err *err);
Str  log_verifier_key(Log *log, Arena *a); /* "name+hash+base64" as signed-note tools want it */

/* Proofs, hashes bottom up. */
bool log_inclusion(Log *log, Arena *a, uint64_t index, uint64_t size, Hash **proof, size_t *n, Err *err);
bool log_consistency(Log *log, Arena *a, uint64_t old_size, uint64_t size, Hash **proof, size_t *n, Err *err);

/* Checkpoints on their own. Reading checks the signature by this key under this name; signatures by
   others are passed over. ERR_FORMAT when it is no checkpoint of this origin, ERR_CORRUPT when the
   signature is wrong or missing. */
#define CHECKPOINT_MAX_BYTES ((size_t)64 << 10)
Str  checkpoint_write(Arena *a, Str origin, const KeyPair *key, uint64_t size, Hash root);
bool checkpoint_read(Arena *a, Str note, Str origin, const uint8_t public_key[32], uint64_t *size, Hash *root,
                     Err *err);
Str  verifier_key_make(Arena *a, Str origin, const uint8_t public_key[32]);

/* Where a tile is: level -1 is an entry bundle; width 256 is a full tile. False when it is not the
   path of a tile as the standard writes it. */
typedef struct {
    int      level;
    uint64_t index;
    unsigned width;
} TilePath;
bool tile_path_read(Str path, TilePath *out);

/* Check every byte: frames, commitments, tree, every seal's signature and root, then `index` and
   `leaves`. The first thing wrong is named in err (ERR_CORRUPT: file, offset, entry, record, and what
   to do). `progress` (in bytes) may be NULL. May run beside a writer. */
bool log_verify(const char *folder, Str origin, const uint8_t public_key[32],
                void (*progress)(void *with, uint64_t done, uint64_t of), void *with, uint64_t *size, Err *err);

#endif
