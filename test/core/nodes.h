/* A node for tests: kinds of its own, made in a new folder. */
#ifndef BANYAN_TEST_CORE_NODES_H
#define BANYAN_TEST_CORE_NODES_H

#include "core/list.h"

#include "check.h"

/* Writes kinds "note", "tag", "place" below a folder, and an empty node; returns the node's folder. */
const char *nodes_make(Arena *a);
NodeOptions nodes_options(const char *folder);
Node       *nodes_open(const char *folder);           /* fails the test when it cannot */
void        nodes_readers(Arena *a, Reader *readers); /* one each of ReaderKind */

/* The program; nobody; somebody signed in; a reader, an editor, a publisher of "caec"; a publisher of
   "other"; a member of a party of framework "mekong". */
typedef enum { PROGRAM,
               NOBODY,
               PERSON,
               CAEC_READER,
               EDITOR,
               PUBLISHER,
               OTHER,
               PARTNER,
               READER_KINDS } ReaderKind;

Json *nodes_json(Arena *a, const char *text);
/* Create by the program, published; the id. */
Str nodes_create(Node *node, Arena *a, const char *kind, const char *slug, const char *audience, State state,
                 const char *doc);

#endif
