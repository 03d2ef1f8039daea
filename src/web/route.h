/* Which handler answers a path: the rows of routes.def. */
#ifndef BANYAN_WEB_ROUTE_H
#define BANYAN_WEB_ROUTE_H

#include "format/format.h"
#include "web/web.h"

typedef enum { FAST,
               WORK } Where;
typedef enum { ANYONE,
               SIGNED_IN,
               RUNS_NODE } Who;
enum { PAGE = 1 << 8,
       DATA = 1 << 9,
       RAW = 1 << 10,
       KEPT = 1 << 11,      /* of a WORK route: its answers are cached as those of FAST ones */
       BY_ACCEPT = 1 << 13, /* without an ending, the header Accept chooses between page and data (CacheKey has it) */
       AS_ROWS = 1 << 12,   /* the endings of rows.def; beside ON_LIST, ON_RECORD, ON_HOME */
       FILES = 1 << 14 };   /* takes files (upload.h) */

typedef struct {
    int         methods;
    const char *path;
    Where       where;
    Who         who;
    int         faces;
    Handler     handler;
    const char *page;
} Route;

/* Find the row for req->method and `path` (decoded, with ending); fills req->path, ending and slots.
   Fails ERR_NOT_FOUND, or ERR_NOT_ALLOWED with the methods that there are in *allowed (HEAD and OPTIONS
   come with GET). A trailing slash is not a path of ours. */
bool route_find(Request *req, const Kinds *kinds, Str path, const Route **out, int *allowed, Err *err);
/* Whether answering takes long: a route of WORK, or a list with all its documents. */
bool route_is_slow(const Request *req, const Route *route);
/* "GET, HEAD, POST" */
Str methods_text(Arena *a, int methods);
/* The kind that a {kind} slot matched; NULL on routes without one. */
const Kind *request_kind(const Request *req);

#define ROUTE(methods, path, where, who, faces, handler, page) bool handler(Request *req, Reply *reply, Err *err);
#include "web/routes.def"
#undef ROUTE

#endif
