/* A node: one process, one folder, one log.

   FOLDER/node.json    settings (docs/operate.md)        FOLDER/key      the node's Ed25519 seed, mode 0600
   FOLDER/log/         the journal: the truth            FOLDER/node.db  projections: made again by rebuild
   FOLDER/index/       the search index: also made again FOLDER/people.db accounts, sessions, tokens: never in the log
   FOLDER/lock         one process at a time

   Writes go through one thread that gathers all who wait into a group: one sync, one projection
   transaction, then all are answered. Reads go through a Snapshot: a consistent state of the
   projections, the indexes and the log's size, as one reader may see it. */
#ifndef BANYAN_CORE_NODE_H
#define BANYAN_CORE_NODE_H

#include "core/audience.h"
#include "core/kind.h"
#include "core/log.h"

typedef struct Node Node;

typedef void (*NodeProgress)(void *with, uint64_t done, uint64_t of);

typedef struct {
    Str          share;       /* folder that holds kinds/, pages/, assets/, locale/ */
    bool         read_only;   /* for dump, search, verify beside a running server */
    bool         shorter_log; /* of node_rebuild: go on from a log whose acknowledged end is lost */
    NodeProgress progress;    /* of node_open, which makes projections that lag behind the log; NULL: nobody watches */
    void        *watcher;     /* what `progress` is given */
} NodeOptions;

bool node_init(const char *folder, const Json *settings, Err *err); /* makes the folder, the key, an empty log */
bool node_open(const char *folder, const NodeOptions *options, Node **out, Err *err);
void node_close(Node *node);

const Kinds *node_kinds(const Node *node);
const Json  *node_settings(const Node *node);
const Json  *node_country_names(const Node *node); /* the setting, for country_name(); NULL: none */
Str          node_name(const Node *node);
Log         *node_log(Node *node);
const char  *node_share(const Node *node);
const char  *node_folder(const Node *node);
bool         node_is_read_only(const Node *node);
uint64_t     node_log_size(const Node *node); /* what readers see now; one atomic load */

/* A consistent state as `reader` may see it. Holds a read lock: close it soon, never wait for a write
   while holding one, and never hold two on one thread (a writer waiting between them stops both).
   `lang` is the language titles are chosen in. A read-only node has one connection: one thread reads it. */
typedef struct Snapshot Snapshot;
Snapshot               *snapshot_open(Node *node, const Reader *reader, Str lang);
void                    snapshot_close(Snapshot *s);
uint64_t                snapshot_log_size(const Snapshot *s);
const Reader           *snapshot_reader(const Snapshot *s);

/* All projections anew from the log. */
bool node_rebuild(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err);
/* The log (log_verify), then every projection against it; names the first thing that is wrong. */
bool node_verify(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err);

#endif
