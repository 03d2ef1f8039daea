/* Reading what a client sent: address, query, form, cookies, the few headers that matter. Everything
   here is outside input; all of it is checked UTF-8 without control characters once it is past here.
   Sources: RFC 3986 (address), WHATWG URL (form encoding), RFC 9110 (conditions), RFC 6265 (cookies). */
#ifndef BANYAN_WEB_REQUEST_H
#define BANYAN_WEB_REQUEST_H

#include "web/web.h"

#define QUERY_PAIRS_MAX 256
#define FORM_PAIRS_MAX  20000
#define TARGET_MAX      8192

/* "/a%20b?x=1" to its decoded path and question. `raw_query` is what followed '?'. Fails ERR_FORMAT for
   bad percent-encoding, bad UTF-8, control characters, an encoded slash, "." and ".." as a segment. */
bool target_read(Arena *a, Str target, Str *path, Str *raw_query, Pair **query, size_t *n, Err *err);
/* "a=1&b=x+y". Fails ERR_FORMAT, ERR_TOO_BIG past `max` pairs. Line ends become "\n". */
bool pairs_read(Arena *a, Str text, size_t max, Pair **out, size_t *n, Err *err);
/* "a/b c" as one segment of a path or one value of a query: "a%2Fb%20c". */
Str percent_make(Arena *a, Str s);
/* A decoded path as it stands in an address: its segments so, its slashes as they are. */
Str path_encode(Arena *a, Str path);

Str cookie_get(Str header, const char *name); /* view; empty when absent */

/* Does a list of entity tags ("*", W/"x", "y") hold this one? Strong tags are compared as they are, weak
   ones count too when `weak` (If-None-Match). `etag` has its quotes. */
bool etag_listed(Str header, Str etag, bool weak);
/* The version an If-Match header names: "v3", "v3-0af1…" or a bare 3. False for what cannot be read;
   "*" gives 0. */
bool match_version(Str header, int64_t *version);

Theme theme_of(Str name); /* "light", "dark"; whatever else is the reader's device's own */

typedef enum { CODING_NONE,
               CODING_GZIP,
               CODING_BROTLI } Coding;
Coding coding_wanted(Str accept_encoding); /* brotli over gzip when both are welcome (RFC 9110 section 12.5.3) */

/* "127.0.0.1:8080", "[::1]:8080", ":8080", "8080", "localhost:8080". ERR_USAGE. */
bool listen_read(Arena *a, Str text, Str *host, int *port, Err *err);

#endif
