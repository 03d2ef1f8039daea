/* A node with the kinds of the repository and one more, "note", served on an unused port of 127.0.0.1,
   and a client as plain as can be. */
#ifndef BANYAN_TEST_WEB_SERVING_H
#define BANYAN_TEST_WEB_SERVING_H

#include "check.h"
#include "core/node.h"
#include "core/people.h"
#include "web/web.h"

typedef struct {
    const char *folder;
    Node       *node;
    int         port;
    Str         editor, publisher, member; /* Bearer tokens: of "one" */
    Str         reader_only;               /* of a publisher of "one", for reading */
    Str         stranger, party;           /* of publishers of "two" and of "three" */
    Str         session;                   /* of the publisher */
} Serving;

/* Ends with the arena. Ends the test when it does not start. */
Serving *serve_start(Arena *a);

typedef struct {
    int status;
    Str head, body;
} Got; /* head: status line and header lines */

/* Send the bytes as they are, read to the end of the connection. */
Got send_raw(Arena *a, const Serving *s, Str bytes);
/* One request with "Connection: close". `headers` are whole lines ended by \r\n, or "". */
Got ask(Arena *a, const Serving *s, const char *method, const char *target, const char *headers, Str body);
Got get(Arena *a, const Serving *s, const char *target);
Got get_as(Arena *a, const Serving *s, Str token, const char *target);
/* JSON body with a token and, unless NULL, If-Match. */
Got   put_json(Arena *a, const Serving *s, Str token, const char *method, const char *target, const char *if_match,
               const char *json);
Str   header_of(Got got, const char *name); /* empty when absent */
Json *json_of(Arena *a, Got got);           /* a failed check when it is none */

#endif
