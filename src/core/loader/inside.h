/* What loader.c (opening, groups, the end), loader/first.c (names, ids) and loader/second.c (one item made ready)
   share. */
#ifndef BANYAN_CORE_LOADER_INSIDE_H
#define BANYAN_CORE_LOADER_INSIDE_H

#include <stdio.h>

#include "base/id.h"
#include "core/inside.h"
#include "core/prepare.h"

#define THREADS_MAX 16
#define OWNER_BYTES 128

/* What is known of an item between the passes. */
typedef struct {
    uint64_t    offset; /* in the spool */
    uint32_t    len, line;
    const char *source;
    char        id[ID_LEN + 1];
    bool        fresh; /* the id was made for it: no record has it */
    bool        late;  /* set aside by the writer: something had changed meanwhile */
    Str         slug;  /* made in the first pass when none was given */
    const char *wrong; /* why it is set aside; NULL: fine so far */
} Item;

/* Names to items: an open table; `item` is its number and one. */
typedef struct {
    SetKey   key;
    uint32_t item;
} Name;

/* What an item of the load relies on: that item `to` of the load gets written. */
typedef struct {
    uint32_t     from, to;
    const Field *field; /* of the link; NULL: it is the owner */
} Edge;

struct Loader {
    Node           *node;
    const Reader   *who;
    const Messages *words; /* NULL: problems by their keys */
    bool            trusted;
    Arena          *arena, *item_arena;
    Db             *db; /* the first pass's */
    FILE           *spool;
    uint64_t        spooled;
    Item           *items;
    size_t          n, room;
    Name           *names;
    size_t          names_used, names_room;
    const char     *source; /* of the item before: most share it */
    Db             *thread_db[THREADS_MAX];
    LoadCount       count;
    NodeProgress    progress; /* NULL: nobody watches */
    void           *watcher;
    uint64_t        changes;                         /* others had made when this began */
    const Kind     *owners;                          /* the kind that owners are records of; NULL: there is none */
    char            owner[THREADS_MAX][OWNER_BYTES]; /* the last that each thread found in the node */
    Edge           *edges;
    size_t          edge_count, edge_room;
};

/* The item of this load that is called so: by slug, by key ("=TH") or, of kind "", by id; NULL. */
Item *loader_item(const Loader *l, Str kind, Str name);

typedef enum { ITEM_WRITE,
               ITEM_UNCHANGED,
               ITEM_WRONG } Fate;
/* An item that is written no earlier than the one that relies on it. */
typedef struct Relied Relied;
struct Relied {
    Relied      *next;
    uint32_t     to;
    const Field *field;
};
typedef struct {
    Fate        fate;
    Write       write;
    const char *wrong;
    Relied     *relied;
} Prepared;

typedef struct {
    Loader   *loader;
    Arena    *arena, *kept; /* kept: until the group is written */
    Db       *db;
    Item     *item;
    Prepared *out;
    size_t    settled; /* what became of the items before this is known */
    int       thread;
} Second;

/* The second pass over one item: what is to be written of it, into s->out. NULL, or why it is set aside. */
const char *loader_prepare(Second *s, Err *err);

#endif
