/* The web server: one handler builds one value, every ending is a writer over it.

   A request is routed by routes.def to a handler, which fills `reply->value` (a JSON object; the API's
   answer to the letter) and names the page template. The ending of the path chooses the face: none or
   `.html` the page, `.json` the value, others the writers of formats.def. Handlers of FAST routes run
   on the thread that serves the connection and must not block; those of WORK routes (writes, sign-in,
   exports) run on a small pool while the connection is suspended.

   Answers to GET by FAST routes are cached in memory, keyed on (path and question, ending, language,
   reader's token set, log size), with their ETag and compressed form, so a repeated question costs one
   look-up. Nothing that shows a person's name or a form's token goes through the cache: the page's
   head is filled per person by the two parts around the cached middle. */
#ifndef BANYAN_WEB_WEB_H
#define BANYAN_WEB_WEB_H

#include "core/list.h"

typedef enum { METHOD_GET = 1, METHOD_POST = 2, METHOD_PATCH = 4, METHOD_DELETE = 8, METHOD_PUT = 16 } Method;

typedef struct { Str name, value; } Pair;

typedef struct {
    Arena  *arena;
    Node   *node;
    Method  method;
    Str     path;            /* decoded, without ending: "/activity/green-envoys" */
    Str     ending;          /* "html", "json", "csv", … */
    Str     slots[4];        /* what the {…} of the route matched, in order */
    Pair   *query;           /* decoded, in order */
    size_t  query_count;
    Pair   *form;            /* of a form body, decoded */
    size_t  form_count;
    Str     body;            /* as sent; at most BODY_MAX_BYTES */
    Str     content_type;
    Str     if_match, if_none_match, user_agent;
    Str     lang;            /* negotiated: ?lang= over cookie over Accept-Language over the node's first */
    Reader  reader;          /* who asks: session cookie, or Authorization: Bearer token */
    Str     session;         /* opaque id of the session; empty without one */
    Str     address;         /* of the client, for rate limits; never logged whole */
} Request;

typedef struct {
    int     status;          /* 200 unless set */
    Json   *value;           /* the answer */
    Str     page;            /* template that shows it: "record", "activity", "list" … */
    Str     location;        /* with 201, 303 and 301 */
    Str     etag;            /* of one record's version: "\"v3\""; empty: hash of the bytes */
    Str     raw, raw_type;   /* bytes as they are (tiles, assets); then value is not used */
    Pair   *headers;         /* further ones */
    size_t  header_count;
    bool    no_store;        /* personal answer: neither cached here nor on the way */
    bool    immutable;       /* may be cached for ever (assets by hash, full tiles) */
} Reply;

typedef bool (*Handler)(Request *req, Reply *reply, Err *err);

#define BODY_MAX_BYTES ((size_t)8 << 20)

Str  query_get(const Request *req, const char *name);  /* first of that name; empty when absent */
Str  form_get(const Request *req, const char *name);
void reply_header(Request *req, Reply *reply, Str name, Str value);
/* Answer with a redirect: 303 after a form, 301 for a former slug. */
bool reply_redirect(Reply *reply, int status, Str location);

/* Run a node's server until `stop` is set; returns when all connections are answered. `ready` is called
   with the address it listens on once it does. ERR_USAGE for a taken port, naming --listen. */
typedef struct { Str listen; int threads, workers; bool quiet; } ServeOptions;
bool web_serve(Node *node, const ServeOptions *options, volatile int *stop, void (*ready)(void *with, Str address), void *with, Err *err);

#endif
