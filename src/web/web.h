/* The web server: one handler builds one value, every ending is a writer over it.

   A request is routed by routes.def to a handler, which fills `reply->value` (a JSON object; the API's
   answer to the letter). The ending of the path chooses the face: none or `.html` the page (view_build
   adds to the value what the page needs, then its template is rendered), `.json` the value, others the
   writers of formats.def. Few threads speak HTTP and answer from the cache; all else suspends its connection.
   Handlers of FAST routes run on as many threads as the machine has cores, in the order the requests came,
   and must not wait for anything but reading; those of WORK routes (writes, sign-in, exports) on a pool of
   threads that may wait.

   Answers to GET by FAST routes are cached in memory as they go out, keyed on (path and question,
   language, theme, encoding, reader's tokens) and dropped when the log grows or the day turns, so a repeated
   question costs one look-up. Pages of people who have signed in show their name and are not cached;
   their other faces are.

   Languages: `?lang=` over the cookie `lang` over Accept-Language over the node's first. It is the
   language of the interface and of titles. In /search, /search.json and /suggest.json `lang` narrows to
   texts of that language instead, as `q_lang` does in lists.

   Writing with a session: a form carries `csrf`; other bodies the header X-CSRF-Token (the value of the
   member "csrf" of /account.json). With a token (Authorization: Bearer) neither is wanted. */
#ifndef BANYAN_WEB_WEB_H
#define BANYAN_WEB_WEB_H

#include "core/list.h"

typedef enum {
    METHOD_GET = 1,
    METHOD_POST = 2,
    METHOD_PATCH = 4,
    METHOD_DELETE = 8,
    METHOD_PUT = 16
} Method; /* HEAD is GET */

typedef struct {
    Str name, value;
} Pair;
typedef struct {
    Str      name, path; /* as its sender calls it; where it lies. Who takes the file makes `path` empty */
    uint64_t bytes;
} SentFile;
typedef struct Site Site; /* what a running server owns: site.h */

#define SLOTS_MAX 4

typedef enum { THEME_DEVICE,
               THEME_LIGHT,
               THEME_DARK } Theme; /* the cookie `theme`; without one, what the device prefers */

typedef struct {
    Arena    *arena;
    Node     *node;
    Site     *site;
    Method    method;
    Str       path;             /* decoded, without ending: "/activity/green-envoys" */
    Str       ending;           /* "html", "json", "csv", …; of a RAW route empty */
    Str       slots[SLOTS_MAX]; /* what the {…} of the route matched, in order */
    Str       target;           /* path and query as sent */
    Str       raw_query;        /* what followed '?', as sent */
    Pair     *query;            /* decoded, in order */
    size_t    query_count;
    Pair     *form; /* of a form body, decoded, in order */
    size_t    form_count;
    SentFile *files; /* of a route that takes them (upload.h) */
    size_t    file_count;
    Str       body;         /* as sent; at most BODY_MAX_BYTES */
    Str       content_type; /* lower case, without parameters */
    Str       if_match;     /* header, as sent; empty without one */
    Str       csrf;         /* header X-CSRF-Token */
    Str       origin;       /* header Origin */
    Str       fetch_site;   /* header Sec-Fetch-Site */
    Str       host;         /* header Host */
    Str       lang;         /* negotiated */
    Theme     theme;
    Str       idempotency_key; /* header Idempotency-Key; empty without one */
    Reader    reader;          /* who asks: session cookie, or Authorization: Bearer token */
    Reader    sender;          /* of rows: the same, or of a token that only sends rows, which asks as nobody */
    unsigned  rows_slot;       /* of the inbox: the answer is made of rows there (rows_table) … */
    uint64_t  rows_stamp;      /* … as of this stamp */
    uint64_t  rows_all;        /* the stamp of all datasets then */
    Str       session;         /* id of the session; empty without one, and with a Bearer token */
    bool      lang_chosen;     /* by the cookie that the language links set */
    bool      session_ended;   /* the browser showed a session that is over: nobody asks */
    bool      bearer;          /* the reader comes from a token */
    bool      wants_data;      /* header Accept does not name text/html: routes BY_ACCEPT answer as .json */
    bool      fell_back;       /* a text of the page is shown in the node's first language, not the reader's */
    int       socket;          /* of the connection; -1: not known */
    Str       address;         /* of the client, for rate limits; never logged whole */
} Request;

typedef struct {
    int                        status;    /* 200 unless set */
    Json                      *value;     /* the answer */
    Str                        json;      /* the same as text, in place of value when nothing but JSON was asked for */
    const struct FormatSource *source;    /* of the items of an export, which the value then has not */
    Str                        json_type; /* of the JSON face; empty: application/json */
    Str                        page;      /* template that shows it; empty: the route's own */
    Str                        location;  /* with 201, 303 and 301 */
    const Record
                  *record;        /* that the value was made from, if it was one: its view need not read it again */
    int64_t        version;       /* of the record shown: its ETag is "v3-…", and "v3" matches it; 0: none */
    Str            raw, raw_type; /* bytes as they are (tiles, assets); then value is not used */
    Str            file_name;     /* of an attachment, without ending; empty: the last of the path */
    struct Stream *stream;        /* rows on their way, of type raw_type; then raw is not used */
    Pair          *headers;       /* further ones */
    size_t         header_count, header_room;
    bool           no_store;   /* personal answer: neither cached here nor on the way */
    bool           immutable;  /* may be cached for ever (assets by hash, full tiles) */
    bool           raw_packed; /* raw is not worth compressing */
} Reply;

/* False fills err: answered as a problem (errors.def has the status). A handler that has more to say of
   what went wrong (problems, conflicts) fills the reply itself: problem.h. */
typedef bool (*Handler)(Request *req, Reply *reply, Err *err);

#define BODY_MAX_BYTES ((size_t)8 << 20)

Str  query_get(const Request *req, const char *name); /* first of that name; empty when absent */
Str  form_get(const Request *req, const char *name);
void reply_header(Request *req, Reply *reply, Str name,
                  Str value); /* value without control characters, in the request's arena */
/* Answer with a redirect: 303 after a form, 301 for a former slug. `location` is a path of this node. */
bool reply_redirect(Reply *reply, int status, Str location);
/* What every form's handler calls first: ERR_SIGN_IN without a reader, ERR_FORBIDDEN for a read-only
   token, a missing or wrong `csrf` of a session, or an Origin that is not this host. */
bool request_may_write(const Request *req, Err *err);
/* `path` when it is a path of this node ("/…", not "//…"), else "/": for "where to go then". */
Str path_inside(Str path);

/* Run a node's server until `stop` is set; returns when all that was under way is answered. `ready` is
   called with the address it listens on once it does. ERR_USAGE for a taken port, naming --listen. */
typedef struct {
    Str  listen;           /* "HOST:PORT", "[::1]:8080"; port 0: an unused one */
    int  threads, workers; /* of FAST and of WORK routes; 0: one a core, and 32 */
    bool quiet;            /* no line a request */
} ServeOptions;
bool web_serve(Node *node, const ServeOptions *options, volatile int *stop, void (*ready)(void *with, Str address),
               void *with, Err *err);

#endif
