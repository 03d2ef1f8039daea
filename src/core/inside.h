/* What the files of the node share: node.c (open, close), snapshot.c (reading), apply.c (projections),
   writer.c (groups), record.c, change.c, list.c and the rest. */
#ifndef BANYAN_CORE_INSIDE_H
#define BANYAN_CORE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/faces.h"
#include "core/record.h"
#include "core/search.h"
#include "store/rows.h"

typedef struct Writer    Writer;
typedef struct CardCache CardCache;

#define READERS_MAX 64

struct Node {
    Arena      *arena; /* what lives as long as the node */
    const char *folder, *share;
    const char *made; /* folder of node.db and index/: `folder`, but of a check another */
    bool        read_only;
    Json       *settings;
    Str         name, *langs;
    size_t      lang_count;
    KeyPair     key;
    Kinds      *kinds;
    Log        *log;
    int         lock_file;

    Str         checked_kind; /* node_check_changes */
    CheckChange check;
    void       *checker;

    Db      *db;                  /* the writer's connection; of a read-only node, the only reader's */
    uint32_t records, faces_used; /* numbers given so far; the writer's */
    int64_t  last_time_ms;        /* of the newest entry; the writer's */
    uint64_t faces_kept;          /* faces_save was last called at this size */
    bool     behind;              /* the log holds what the projections could not take in */

    pthread_rwlock_t      lock; /* of all that follows */
    Faces                *faces;
    Search               *search;
    CardCache            *cards; /* has a lock of its own */
    atomic_uint_least64_t applied;

    pthread_mutex_t pool_lock;
    Db             *pool[READERS_MAX];
    int             pool_count;
    Writer         *writer;
};

struct Snapshot {
    Node                   *node;
    const Reader           *reader;
    Str                     lang;
    Db                     *db;      /* NULL until first needed */
    const roaring_bitmap_t *visible; /* the same */
    bool                    visible_owned;
};

/* The connection, with its read transaction begun. */
bool                    snapshot_db(Snapshot *s, Db **out, Err *err);
const roaring_bitmap_t *snapshot_visible(Snapshot *s);

typedef struct Applying Applying;

/* Make rows, faces and search hold the entries [applied, applied + n): one transaction, then the node's
   lock for a moment. `projections` in the order of the log, with search documents. On failure nothing
   has changed. */
bool node_apply(Node *node, Arena *a, const Projection *projections, size_t n, Err *err);
/* The same in two steps: nothing of the first is seen, or kept, before the second. It needs no bytes of these
   entries, so they may still be on their way to the disk. After a failure of either there is nothing to drop. */
bool node_apply_begin(Node *node, Arena *a, const Projection *projections, size_t n, Applying **out, Err *err);
bool node_apply_end(Applying *begun, Err *err);
void node_apply_drop(Applying *begun);
/* The same from the log, up to `size` entries of it; many on all cores. */
bool node_catch_up(Node *node, uint64_t size, NodeProgress progress, void *with, Err *err);
/* Faces (or the search index) that were kept at size `from`, older than the rows, made to hold what the
   rows say. Before anybody reads. */
bool node_refresh_faces(Node *node, uint64_t from, Err *err);
bool node_refresh_search(Node *node, uint64_t from, Err *err);
/* Keep faces and search on disk when much has changed since (or `now`). The writer's thread. */
bool node_keep(Node *node, bool now, Err *err);

/* A version as the log holds it: envelope, body (views of bytes in `a`). */
bool node_entry(Node *node, Arena *a, uint64_t entry, Envelope *envelope, Str *body, Hash *leaf, Err *err);

/* One version on its way into the log. */
typedef struct {
    Projection projection; /* with its envelope, whose time_ms the writer sets */
    Str        body;
    uint64_t   seen;     /* snapshot_log_size when it was prepared: as long as nothing came since, it holds */
    int64_t    head;     /* the version it follows; 0: a new record */
    bool       slug_new; /* the slug was not this record's before */
    bool       stale;    /* out: something had changed meanwhile, prepare again */
    uint64_t   index;    /* out */
    bool       placed;   /* out: `meanwhile` is called by the writer, and index and leaf are known already */
    Hash       leaf;     /* out */
} Write;

/* A node's projections made from the log, `size` entries of it, in another folder: to compare with. */
bool node_open_check(Node *node, const char *made, uint64_t size, NodeProgress progress, void *with, Node **out,
                     Err *err);
void node_close_check(Node *check);

bool writer_open(Node *node, Writer **out, Err *err);
void writer_close(Writer *w); /* after the last group */
/* Queue, and wait until durable and shown (or stale: those that are were not written). In between `meanwhile` is
   called once, by this thread or by the writer's while this one waits (and, when it fails, perhaps not at all): what
   the projections lack beyond projection_begin is made there, while the log may be on its way to the disk. */
bool writer_write(Writer *w, Write *writes, size_t n, void (*meanwhile)(void *with), void *with, Err *err);
/* The same of a load, whose writes were prepared against one another: as long as no change but loads
   came in since `changes` was asked for, they need not be looked at again. */
uint64_t writer_changes(Writer *w);
bool     writer_load(Writer *w, Write *writes, size_t n, uint64_t changes, Err *err);

/* Reading, without asking who reads. */
bool record_find(Snapshot *s, Arena *a, Str kind, Str id_or_slug, RecordRow *out, Err *err);
/* The face the reader sees; ERR_NOT_FOUND when there is none. */
bool record_face(Snapshot *s, Arena *a, const RecordRow *row, FaceRow *out, Err *err);
bool record_load(Snapshot *s, Arena *a, const RecordRow *row, const FaceRow *face, Record *out, Err *err);
/* Cards of what is often linked to, by target and language: labels of facets, links. A card is good as
   long as its face is listed with the entry it was made of, so writes need not tell. Lives in `a`. */
CardCache *card_cache_open(void);
void       card_cache_close(CardCache *c); /* accepts NULL */
bool       card_cache_find(Snapshot *s, Arena *a, Str target, Card *out);
void       card_cache_put(Snapshot *s, Str target, const FaceRow *face, const Card *card);
/* What others write to link to a record: the natural key for a kind that has one, else the id. */
Str  record_target(Snapshot *s, Arena *a, const Record *r);
void card_of_face(Snapshot *s, Arena *a, const FaceRow *face, Card *out);
/* Whether a slug or natural key is free for a record (id empty: a new one); former slugs are. */
bool name_is_free(Db *db, Arena *a, Str kind, Str name, Str id, bool *is_free, Err *err);
bool record_not_found(Err *err, Str kind, Str what);

#endif
