/* Records: reading, writing, history, merge. What may be seen is decided by the Snapshot's reader,
   what may be done by who makes the Change; both through audience.h. */
#ifndef BANYAN_CORE_RECORD_H
#define BANYAN_CORE_RECORD_H

#include "core/node.h"
#include "text/message.h"

typedef enum { STATE_DRAFT,
               STATE_REVIEW,
               STATE_PUBLISHED,
               STATE_WITHDRAWN } State;
const char *state_name(State s); /* "draft", "review", "published", "withdrawn" */
bool        state_read(Str name, State *out);

typedef struct {
    Str      id, kind, slug;
    Str      owner; /* organisation slug */
    Str      audience;
    State    state;
    int64_t  version;
    int64_t  created_ms, updated_ms;
    Str      author, note; /* of this version; note is the reason of a withdrawal */
    Str      leaf;         /* hex of this version's leaf in the log */
    uint64_t index;        /* of this version's entry in the log */
    Str      token;        /* audience token of this face */
    bool     working;      /* the owner's working face; the published one is older */
    Json    *doc;          /* whole document; {} when withdrawn */
    Str      card;         /* what lists show of it, as card_of reads it; empty: it makes it from the document */
} Record;

/* By kind and id, slug, former slug or natural key. ERR_NOT_FOUND also when the reader may not see it;
   a withdrawn record is returned as a stub with state STATE_WITHDRAWN. */
bool record_read(Snapshot *s, Arena *a, Str kind, Str id_or_slug, Record *out, Err *err);
bool record_read_id(Snapshot *s, Arena *a, Str id, Record *out, Err *err); /* of any kind */

/* The version that an entry holds, without asking who reads: for entries that list_entries gave this reader.
   When the record was created is not told. */
bool record_at(Snapshot *s, Arena *a, uint64_t entry, Record *out, Err *err);

/* Title and summary in the snapshot's language, falling back visibly: `title_lang` says which it is. */
typedef struct {
    Str     id, kind, slug, title, title_lang, summary, summary_lang;
    State   state;
    int64_t updated_ms;
} Card;
bool card_read(Snapshot *s, Arena *a, Str target, Card *out, Err *err); /* target: an id, or "kind:key" */
void card_of(Snapshot *s, Arena *a, const Record *r, Card *out);
/* Text of a language map for the reader: the language itself, then relatives (zh-Hant → zh), the
   node's languages in order, any. */
Str text_pick(Snapshot *s, const Json *language_map, Str *lang);

typedef struct {
    Str  field;
    Card card;
    bool visible;
    Str  target;
} Link; /* not visible: the reader learns only that there is a link */
bool record_links(Snapshot *s, Arena *a, const Record *r, Link **out, size_t *n, Err *err);
/* Who links here: those the reader may see, newest first, at most `limit`; total is exact. `kind` and
   `field` narrow when not empty. */
bool record_backlinks(Snapshot *s, Arena *a, const Record *r, Str kind, Str field, size_t limit, Link **out, size_t *n,
                      uint64_t *total, Err *err);
/* Children in the tree of its kind (x-parent), ordered. */
bool record_children(Snapshot *s, Arena *a, const Record *r, Record **out, size_t *n, Err *err);

/* Versions the reader may see, newest first; doc is not filled. */
bool record_history(Snapshot *s, Arena *a, Str kind, Str id_or_slug, Record **out, size_t *n, Err *err);
bool record_version(Snapshot *s, Arena *a, Str kind, Str id_or_slug, int64_t version, Record *out, Err *err);

/* What changed between two documents, field by field: JSON Pointers of leaves (a list of scalars counts
   as one leaf; lists of groups whose members have `id` are compared member by member). */
typedef struct {
    Str   pointer;
    Json *before, *after;
} Difference; /* NULL: not there */
size_t doc_differences(Arena *a, const Kind *kind, const Json *before, const Json *after, Difference **out);

/* Three-way merge. Conflicts are the pointers changed differently on both sides; `merged` then holds
   theirs at those places. */
typedef struct {
    Str   pointer;
    Json *base, *theirs, *mine;
} Conflict;
size_t doc_merge(Arena *a, const Kind *kind, const Json *base, const Json *theirs, const Json *mine, Json **merged,
                 Conflict **conflicts);

typedef enum { CHANGE_CREATE,
               CHANGE_PATCH,
               CHANGE_REPLACE,
               CHANGE_STATE,
               CHANGE_WITHDRAW,
               CHANGE_RESTORE } ChangeWhat;
typedef struct Outcome Outcome;
typedef struct {
    ChangeWhat    what;
    const Reader *who;
    Str           kind, target;    /* target: id or slug; empty for CREATE */
    Str           id, slug;        /* wished for, may be empty (id: of CREATE; slug: from the title, or as it is) */
    Str           owner, audience; /* empty: as it is; CREATE: the writer's only organisation, "public". An owner is
                                      the slug of an organisation's record */
    State         state;           /* the state wished for: of CREATE and STATE, of others when state_given */
    bool          state_given;     /* otherwise PATCH and REPLACE keep the state, but what an editor makes of
                                   something published is a draft; RESTORE publishes again when `who` may */
    int64_t       based_on;        /* the version the change was made from (If-Match); 0: none given */
    int64_t       version;         /* CHANGE_RESTORE: which to bring back */
    const Json   *doc;             /* whole (CREATE, REPLACE) or merge patch (PATCH) */
    bool          computed;        /* made by an import, which alone may change what the kind calls readOnly; others
                                      leave it out (REPLACE keeps it) or send it as it was */
    Str           note;
    /* NULL, or told what will have come of it when the change is in the log's file and not yet durable: at most
       once, on another thread, while the caller waits. For what can be made ready meanwhile; it is of no use when
       the change then fails. Others who write wait as well: little work only. */
    void (*on_its_way)(void *with, const Outcome *outcome);
    void *with;
} Change;

/* What came of it. On ERR_INVALID `problems`, on ERR_CONFLICT `conflicts` (both sides of each field). */
struct Outcome {
    Record    record;
    bool      merged; /* others had changed other fields meanwhile */
    Problems  problems;
    Conflict *conflicts;
    size_t    conflict_count;
};

/* Check, merge, append, wait until durable. Blocks for a group commit: never call with a Snapshot open
   or on a thread that serves pages. Links given as slug or natural key are stored as ids (keys for
   kinds with x-key); a link to nothing is a problem at its pointer. PATCH, REPLACE, STATE and WITHDRAW
   without based_on: ERR_NEEDS_MATCH. STATE and WITHDRAW of something that moved since: ERR_PRECONDITION.
   A change that changes nothing writes nothing. Fails ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_INVALID, ERR_CONFLICT,
   ERR_STORE … */
bool record_change(Node *node, Arena *a, const Change *change, Outcome *out, Err *err);

/* Whether a record could be made as `change` (CHANGE_CREATE) wishes, by its state, owner, audience, id and slug: before
   work is put into its document, which is not looked at. Fails as record_change. */
bool record_may_create(Node *node, Arena *a, const Change *change, Outcome *out, Err *err);

/* The first of the problems, as a terminal shows them: "/owner: This is needed.; …". Without words their keys. */
Str problems_text(Arena *a, const Messages *words, const Problems *problems);

/* What a kind's schema cannot say: `check` adds what is wrong with a document that a record of this kind is about to
   get to `problems`, which refuses the change. Not asked of new records, of withdrawals, and of `computed` changes.
   Called without a snapshot, so it may take its time. One for a node, told before anybody writes. */
typedef bool (*CheckChange)(void *with, Arena *a, const Record *head, const Json *doc, Problems *problems, Err *err);
void node_check_changes(Node *node, Str kind, CheckChange check, void *with);

/* Many at once, for load: each item {"kind","slug","doc", optional id, owner, audience, state}. Links
   may point forward within the load. Prepared on all cores, written in groups. A bad one is set aside
   through `rejected` and does not stop the rest; a link to one that is set aside later is told the same way.
   The owner is an organisation of the load or of the node. A record that is there already with the same document
   is left alone and counted. */
typedef struct Loader Loader;
bool                  loader_open(Node *node, const Reader *who, Loader **out, Err *err);
/* Say what is wrong in English sentences, not keys. */
void loader_say(Loader *l, const Messages *words);
/* Tell how many items loader_finish has written. */
void loader_watch(Loader *l, NodeProgress progress, void *with);
/* Take what kinds call readOnly as it comes: of the node's own dump. */
void loader_trust(Loader *l);
bool loader_add(Loader *l, Str json_text, const char *source, uint64_t line, Err *err); /* copies */
typedef struct {
    uint64_t written, unchanged, rejected;
    uint64_t dangling; /* links of written ones to rejected ones; each was told through `rejected` as well */
} LoadCount;
bool loader_finish(Loader *l, void (*rejected)(void *with, const char *source, uint64_t line, Str what), void *with,
                   LoadCount *count, Err *err);
void loader_close(Loader *l);

#endif
