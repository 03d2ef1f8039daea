/* Shared by schema/compile.c (documents, references, nodes) and schema/keywords.c (what each keyword
   puts into a node). Nobody else includes this. */
#ifndef BANYAN_CORE_SCHEMA_COMPILE_H
#define BANYAN_CORE_SCHEMA_COMPILE_H

#include "core/schema/tree.h"

#define SCHEMA_NESTING_MAX 200

/* A document that takes part: the schema's own, or one that `lookup` found. */
typedef struct Document Document;
struct Document {
    const Json *json;
    Str         uri;
    Document   *next;
};

/* The node of each place that was compiled, by the JSON value there: a reference back finds it. */
typedef struct {
    const Json *json;
    Node       *node;
} Made;

typedef struct {
    Arena       *arena;
    SchemaLookup lookup;
    void        *with;
    Document    *documents;
    Made        *made; /* hash table of made_room, a power of two, at most half full */
    size_t       made_count, made_room;
    int          nesting;
    Err         *err;
} Compiler;

/* The schema that is being read. */
typedef struct {
    Compiler   *c;
    Document   *document;
    const Json *schema;
    Str         pointer;
    Node       *node;
} Site;

typedef struct {
    const char *name;
    bool (*read)(const Site *site, const char *key, const Json *value);
} Keyword;


const Keyword *keyword_find(const char *name); /* NULL when there is none */

/* Fail with the place: "#/properties/name/minLength: not a whole number". `key` may be NULL. */
bool site_wrong(const Site *site, const char *key, const char *what);
/* The node of a schema, made once a place. NULL with the error set. */
Node *site_compile(Compiler *c, Document *document, const Json *schema, Str pointer);
/* $ref */
bool site_refer(const Site *site, const char *key, const Json *value);

#endif
