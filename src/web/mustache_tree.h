/* A compiled template: what mustache_parse.c makes and mustache.c renders. Nobody else includes it. */
#ifndef BANYAN_WEB_MUSTACHE_TREE_H
#define BANYAN_WEB_MUSTACHE_TREE_H

#include "web/mustache.h"

typedef enum {
    PIECE_TEXT,     /* text */
    PIECE_VALUE,    /* {{name}} */
    PIECE_RAW,      /* {{{name}}} */
    PIECE_SECTION,  /* {{#name}} children */
    PIECE_INVERTED, /* {{^name}} children */
    PIECE_IF,       /* {{#name?}} children */
    PIECE_LAMBDA,   /* {{#lambda}} children */
    PIECE_PARTIAL,  /* {{>name}} or {{>*name}} */
    PIECE_PARENT,   /* {{<name}} children, of which only blocks count */
    PIECE_BLOCK     /* {{$name}} children */
} PieceType;

typedef struct {
    const char *key;
    size_t      len;
    long        index;
} Step; /* of a dotted name; index -1: not a number */

typedef struct Piece Piece;
struct Piece {
    PieceType      type;
    bool           starts_line; /* first on a line of its template: an indented partial puts its indent before it */
    bool           dynamic;     /* {{>*name}}: steps say where the template's name is */
    Str            text;        /* of PIECE_TEXT; else the name */
    Str            indent;      /* of a standalone PARTIAL or PARENT */
    Step          *steps;       /* of the name; none for "." */
    size_t         step_count;
    Piece         *children;
    size_t         child_count;
    MustacheLambda lambda;
};

typedef struct {
    Str    name;
    Arena *arena;
    Piece *pieces;
    size_t piece_count;
} Template;

struct Mustache {
    Arena       *arena;
    MustacheRow *lambdas;
    size_t       lambda_count;
    Template    *templates; /* sorted by name */
    size_t       template_count, template_room;
};

/* Compile `source`, which lives in t->arena, into t->pieces. Fails ERR_FORMAT. */
bool template_parse(const Mustache *m, Template *t, Str source, Err *err);
/* The steps of "a.b.0". */
void steps_of(Arena *a, Str name, Step **steps, size_t *n);

#endif
