/* See exchange.h. The thread that speaks HTTP answers from the cache at once. What has a body collects it first;
   whatever needs a handler suspends its connection and goes to a pool, which takes up what came first. */
#include "web/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/time.h"
#include "web/desk.h"
#include "web/ogc.h"
#include "web/problem.h"
#include "web/request.h"
#include "web/session.h"

/* A body over the limit is read to here, so that its sender hears why. */
static const uint64_t DRAIN_MAX_BYTES = 4 * (uint64_t)BODY_MAX_BYTES;
static const int64_t  BODY_MAX_US = (int64_t)120 * 1000 * 1000; /* a body that takes longer is dropped */

static const uint64_t UPLOAD_LEAST_A_SECOND = 2048; /* bytes */
/* Of files that are refused so much is heard and thrown away: who is cut off while sending never reads why. */
static const int64_t REFUSED_MAX_BYTES = (int64_t)64 << 20;

typedef struct {
    Str cookie, authorization, accept_language, accept_encoding, if_none_match, if_match, content_type, content_length,
        csrf, origin, fetch_site, forwarded_for, host, accept, idempotency_key;
    Str  expect;
    bool chunked;
} Headers;

static enum MHD_Result header_take(void *with, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    static const struct {
        const char *name;
        size_t      at;
    } wanted[] = {
        { "Host", offsetof(Headers, host) },
        { "Accept", offsetof(Headers, accept) },
        { "Cookie", offsetof(Headers, cookie) },
        { "Authorization", offsetof(Headers, authorization) },
        { "Accept-Language", offsetof(Headers, accept_language) },
        { "Accept-Encoding", offsetof(Headers, accept_encoding) },
        { "If-None-Match", offsetof(Headers, if_none_match) },
        { "If-Match", offsetof(Headers, if_match) },
        { "Content-Type", offsetof(Headers, content_type) },
        { "Content-Length", offsetof(Headers, content_length) },
        { "X-CSRF-Token", offsetof(Headers, csrf) },
        { "Origin", offsetof(Headers, origin) },
        { "Expect", offsetof(Headers, expect) },
        { "X-Forwarded-For", offsetof(Headers, forwarded_for) },
        { "Idempotency-Key", offsetof(Headers, idempotency_key) },
        { "Sec-Fetch-Site", offsetof(Headers, fetch_site) },
    };
    Headers *h = with;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strcasecmp(name, wanted[i].name)) *(Str *)((char *)h + wanted[i].at) = str_of(value);
    if (!strcasecmp(name, "Transfer-Encoding")) h->chunked = true;
    return MHD_YES;
}

/* The library would next list the pairs of the query in the connection's memory. Nobody reads that list, and some 570
   pairs fill the memory: then it neither answers nor closes, until the time for an idle connection is over. `target` is
   its own buffer, of which it knows already where the query begins. */
static void hide_query(char *target)
{
    char *query = strchr(target, '?');
    if (query && query[1]) query[1] = 0;
}

void *exchange_begin(void *given, const char *target, struct MHD_Connection *connection)
{
    size_t    length = strlen(target);
    Exchange *x = calloc(1, sizeof *x + length + 1);
    if (!x) memory_end(sizeof *x + length);
    x->server = given;
    x->connection = connection;
    memcpy(x->target_bytes, target, length);
    x->target = (Str){ x->target_bytes, length };
    hide_query((char *)target);
    return x;
}

/* What only its handler needed, freed on the thread that made it: the memory goes back to that thread's heap. */
static void request_free(Exchange *x)
{
    buf_free(&x->body);
    upload_close(x->upload);
    x->upload = NULL;
    if (x->arena) arena_close(x->arena);
    x->arena = NULL;
}

void exchange_end(void *given, struct MHD_Connection *connection, void **exchange, enum MHD_RequestTerminationCode why)
{
    (void)connection, (void)why;
    Server   *server = given;
    Exchange *x = *exchange;
    if (!x) return;
    if (x->counted) atomic_fetch_sub(&server->site->metrics.under_way, 1);
    parcel_release(x->parcel);
    parcel_release(x->refusal);
    request_free(x);
    free(x);
    *exchange = NULL;
}

static Method method_of(const char *name)
{
    static const struct {
        const char *name;
        Method      method;
    } methods[] = {
        { "GET", METHOD_GET },
        { "HEAD", METHOD_GET },
        { "POST", METHOD_POST },
        { "PATCH", METHOD_PATCH },
        { "PUT", METHOD_PUT },
        { "DELETE", METHOD_DELETE },
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(name, methods[i].name)) return methods[i].method;
    return 0;
}

/* Queue an answer and let go of it; 304 when the client has it already. */
static enum MHD_Result send_parcel(Exchange *x, Parcel *parcel, Str if_none_match, bool from_cache)
{
    Metrics *m = &x->server->site->metrics;
    bool     unchanged = x->unchanged || (parcel->unchanged && if_none_match.len &&
                                      etag_listed(if_none_match, str_of(parcel->etag), true));
    int      status = unchanged ? 304 : parcel->status;
    if (unchanged) atomic_fetch_add_explicit(&m->not_changed, 1, memory_order_relaxed);
    int64_t took_us = from_cache ? -1 : time_monotonic_us() - x->started_us;
    metrics_answer(m, status, took_us);
    x->state = EXCHANGE_ANSWERED;
    if (parcel->stream) stream_attach(parcel->stream, x->connection);
    enum MHD_Result ok =
        MHD_queue_response(x->connection, (unsigned)status, unchanged ? parcel->unchanged : parcel->full);
    parcel_release(parcel);
    if (!x->server->quiet) {
        const char *path = x->route && strstr(x->route->path, "{secret}") ? x->route->path : NULL;
        Str         shown = path ? str_of(path) : str_cut(x->target, '?').head;
        diag(DIAG_INFO, "request path=%.*s status=%d us=%lld", STR_ARG(str_take_first(shown, 200)), status,
             (long long)took_us);
    }
    return ok;
}

static Parcel *problem_parcel(Exchange *x, const Err *err)
{
    Reply reply = { 0 };
    problem_reply(&x->req, &reply, err, NULL);
    if (err->code == ERR_INTERNAL || err->code == ERR_CORRUPT || err->code == ERR_STORE || err->code == ERR_DISK_FULL)
        diag(DIAG_ERROR, "request path=%.*s what=%s: %s", STR_ARG(x->req.path), err_name(err->code), err->text);
    return reply_parcel(&x->req, x->route, &reply, x->key.coding);
}

/* A browser whose session is over is told so once, and shows it no longer. */
static Reply reply_begin(Exchange *x)
{
    Reply reply = { 0 };
    if (x->req.session_ended) session_drop(&x->req, &reply);
    return reply;
}

/* Run the handler of the route that was found. */
static Parcel *answer(Exchange *x)
{
    Reply reply = reply_begin(x);
    Err   err = { 0 };
    if (!x->route->handler(&x->req, &reply, &err)) return problem_parcel(x, &err);
    Parcel *parcel = reply_parcel(&x->req, x->route, &reply, x->key.coding);
    x->at.slot = x->req.rows_slot;
    x->at.stamp = x->req.rows_stamp;
    if (reply_may_be_kept(&x->req, x->route, &reply)) cache_put(x->server->site->cache, &x->key, x->at, parcel);
    return parcel;
}

static bool who_may(const Exchange *x, Err *err)
{
    const Reader *r = &x->req.reader;
    if (x->route->who == ANYONE) return true;
    if (!r->person.len) return fail(err, ERR_SIGN_IN, "only for those who have signed in");
    if (x->route->who == RUNS_NODE && !r->runs_node) return fail(err, ERR_FORBIDDEN, "only for who runs the node");
    return true;
}

static bool body_read(Exchange *x, Err *err)
{
    Request *req = &x->req;
    if (x->upload) return upload_finish(x->upload, req, err);
    if (x->body_bytes > BODY_MAX_BYTES) return fail(err, ERR_TOO_BIG, "a body over %zu bytes", BODY_MAX_BYTES);
    req->body = buf_str(&x->body);
    if (str_eq(req->content_type, S("application/x-www-form-urlencoded")))
        return pairs_read(req->arena, req->body, FORM_PAIRS_MAX, &req->form, &req->form_count, err);
    return true;
}

/* Once for an exchange: the body is read by it as well. */
static bool find_route(Exchange *x, Err *err)
{
    Request *req = &x->req;
    Str      path;
    int      allowed = 0;
    if (x->no_route) *err = *x->no_route;
    if (x->route || x->no_route) return !x->no_route;
    req->path = str_cut(req->target, '?').head;
    req->ending = S("html");
    if (!str_is_utf8(req->path)) req->path = S("/");
    /* Where the question cannot be read, the path alone says in which form that is told. */
    Err    no_question = { 0 };
    Str    alone = req->path, nothing;
    Pair  *none;
    size_t n;
    bool   read = target_read(req->arena, req->target, &path, &req->raw_query, &req->query, &req->query_count, err);
    bool   known = read || target_read(req->arena, alone, &path, &nothing, &none, &n, &no_question);
    bool   found = known && route_find(req, node_kinds(req->node), path, &x->route, &allowed,
                                     read ? err : &no_question);
    if (found && (x->route->faces & BY_ACCEPT) && req->wants_data && str_eq(req->path, path)) req->ending = S("json");
    if (read && found) return true;
    x->no_route = NEW(x->arena, Err);
    *x->no_route = *err;
    return false;
}

static bool prepare(Exchange *x, Err *err)
{
    return find_route(x, err) && who_may(x, err) && body_read(x, err);
}

/* Answers 405 and OPTIONS name what there is. */
static Parcel *methods_parcel(Exchange *x, const Err *err)
{
    const Route *any;
    int          allowed = 0;
    Reply        reply = { .status = 204, .no_store = true };
    Str          path = x->req.path, ending = x->req.ending;
    route_find(&x->req, node_kinds(x->req.node), path, &any, &allowed, NULL);
    x->req.ending = ending; /* `path` has lost it already */
    reply_header(&x->req, &reply, S("Allow"), methods_text(x->arena, allowed));
    if (!x->is_options) problem_reply(&x->req, &reply, err, NULL);
    return reply_parcel(&x->req, NULL, &reply, CODING_NONE);
}

/* Found by its path with a slash too many? */
static bool slash_too_many(Exchange *x, Reply *reply)
{
    Str path = x->req.path;
    Cut halves = str_cut(x->req.target, '?');
    if (x->req.method != METHOD_GET || path.len < 2 || !str_ends(path, S("/"))) return false;
    while (halves.head.len > 1 && str_ends(halves.head, S("/"))) halves.head.len--;
    if (str_starts(halves.head, S("//"))) return false;
    Str parts[] = { halves.head, halves.found ? S("?") : STR_NONE, halves.tail };
    return reply_redirect(reply, 301, str_join(x->arena, parts, 3));
}

/* A page for which one has to sign in first, asked for by somebody who reads pages. */
static bool sign_in_first(Exchange *x, const Err *err, Reply *reply)
{
    const Request *req = &x->req;
    bool           page = x->route && (x->route->faces & PAGE) && str_eq(req->ending, S("html"));
    if (err->code != ERR_SIGN_IN || !page || req->method != METHOD_GET) return false;
    *reply = (Reply){ .no_store = true };
    return reply_redirect(reply, 303,
                          str_join(x->arena, (Str[]){ S("/sign-in?to="), percent_make(x->arena, req->target) }, 2));
}

static enum MHD_Result dispatch(Exchange *x, Str if_none_match)
{
    Err   err = { 0 };
    Reply moved = { 0 };
    if (!prepare(x, &err)) {
        if (err.code == ERR_NOT_FOUND && slash_too_many(x, &moved))
            return send_parcel(x, reply_parcel(&x->req, NULL, &moved, CODING_NONE), STR_NONE, false);
        if (sign_in_first(x, &err, &moved))
            return send_parcel(x, reply_parcel(&x->req, x->route, &moved, CODING_NONE), STR_NONE, false);
        if (err.code == ERR_NOT_ALLOWED) return send_parcel(x, methods_parcel(x, &err), STR_NONE, false);
        return send_parcel(x, problem_parcel(x, &err), STR_NONE, false);
    }
    if (x->req.method == METHOD_GET) x->if_none_match = str_copy(x->arena, if_none_match);
    x->state = EXCHANGE_WORKING;
    MHD_suspend_connection(x->connection);
    if (pool_add(route_is_slow(&x->req, x->route) ? x->server->waiters : x->server->readers, x)) return MHD_YES;
    fail(&err, ERR_BUSY, "too many requests wait");
    x->parcel = problem_parcel(x, &err);
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

void exchange_work(void *given)
{
    Exchange *x = given;
    Parcel   *parcel = answer(x);
    x->unchanged = parcel->unchanged && x->if_none_match.len &&
                   etag_listed(x->if_none_match, str_of(parcel->etag), true);
    request_free(x);
    x->parcel = parcel;
    MHD_resume_connection(x->connection);
}

static bool is_loopback(Str address)
{
    return str_starts(address, S("127.")) || str_eq(address, S("::1")) || str_starts(address, S("::ffff:127."));
}

/* Who sends it; of a proxy on this machine, whom it says it sends it for (the last of X-Forwarded-For is
   what the proxy itself has added). */
static Str client_address(Exchange *x, Str forwarded_for)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char                            text[INET6_ADDRSTRLEN] = "";
    if (!info || !info->client_addr) return STR_NONE;
    const struct sockaddr *from = info->client_addr;
    if (from->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, text, sizeof text);
    if (from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)from)->sin6_addr, text, sizeof text);
    Cut last = str_cut_last(forwarded_for, ',');
    Str said = str_trim(last.found ? last.tail : forwarded_for);
    return str_copy(x->arena, said.len && is_loopback(str_of(text)) ? said : str_of(text));
}

static int client_socket(Exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* ?lang= as it stands, except where it means something else; only plain tags count. */
static Str language_wish(Str target)
{
    Cut halves = str_cut(target, '?');
    if (str_starts(halves.head, S("/search")) || str_starts(halves.head, S("/suggest"))) return STR_NONE;
    for (Cut rest = { .tail = halves.tail, .found = halves.found }; rest.found;) {
        rest = str_cut(rest.tail, '&');
        if (str_starts(rest.head, S("lang="))) return str_drop(rest.head, 5);
    }
    return STR_NONE;
}

/* Header text that may be shown or compared: well-formed or as if it had not been sent. */
static Str clean(Str header)
{
    return str_is_utf8(header) ? header : STR_NONE;
}

static void request_fill(Exchange *x, const Headers *h)
{
    Request *req = &x->req;
    x->arena = arena_open(0);
    req->arena = x->arena;
    req->address = client_address(x, clean(h->forwarded_for));
    req->socket = client_socket(x);
    req->content_type = str_lower_ascii(x->arena, str_trim(str_cut(clean(h->content_type), ';').head));
    req->if_match = str_copy(x->arena, clean(h->if_match));
    req->csrf = str_copy(x->arena, clean(h->csrf));
    req->origin = str_copy(x->arena, clean(h->origin));
    req->fetch_site = str_copy(x->arena, clean(h->fetch_site));
    req->host = str_copy(x->arena, clean(h->host));
    req->idempotency_key = str_copy(x->arena, clean(h->idempotency_key));
}

/* Whether the body of this request may be files, by its route; a plain form's never is. */
static bool takes_files(Exchange *x)
{
    Err            ignored;
    const Request *req = &x->req;
    if (req->method != METHOD_POST || str_eq(req->content_type, S("application/x-www-form-urlencoded"))) return false;
    return find_route(x, &ignored) && (x->route->faces & FILES);
}

static enum MHD_Result start(Exchange *x, const char *method)
{
    Site    *site = x->server->site;
    Request *req = &x->req;
    Headers  h = { 0 };
    Err      err = { 0 };
    x->started_us = time_monotonic_us();
    x->counted = true;
    atomic_fetch_add(&site->metrics.under_way, 1);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, header_take, &h);
    req->node = site->node;
    req->site = site;
    req->method = method_of(method);
    x->is_options = !strcmp(method, "OPTIONS");
    req->target = x->target;
    req->reader = site->anyone;
    req->lang_chosen = cookie_get(h.cookie, "lang").len > 0;
    req->lang = site_language(site, language_wish(x->target), cookie_get(h.cookie, "lang"), h.accept_language);
    req->theme = theme_of(cookie_get(h.cookie, "theme"));
    req->wants_data = !str_has(h.accept, S("text/html"));
    x->key = (CacheKey){ .target = x->target,
                         .lang = req->lang,
                         .theme = req->theme,
                         .data = req->wants_data && str_starts(x->target, S(OGC_ROOT)),
                         .coding = coding_wanted(h.accept_encoding) };
    x->at = (CacheState){ .log_size = node_log_size(site->node), .day = (int)(time_now_ms() / 86400000) };

    bool nobody = !session_given(site, h.cookie, h.authorization);
    if (nobody && req->method == METHOD_GET) {
        x->key.reader = site->anyone.key;
        Parcel *kept = cache_find(site->cache, &x->key, x->at);
        if (kept) return send_parcel(x, kept, h.if_none_match, true);
    }
    request_fill(x, &h);
    req->lang = str_copy(x->arena, req->lang);
    if (!nobody && !session_read(req, h.cookie, h.authorization, &err))
        return send_parcel(x, problem_parcel(x, &err), STR_NONE, false);
    x->key.reader = req->reader.key;
    if (req->method == METHOD_GET) {
        Parcel *kept = nobody || req->session_ended ? NULL : cache_find(site->cache, &x->key, x->at);
        return kept ? send_parcel(x, kept, h.if_none_match, true) : dispatch(x, h.if_none_match);
    }
    int64_t length = 0;
    if (takes_files(x)) {
        if (h.content_length.len && (!str_to_i64(h.content_length, &length) || length < 0)) length = 0;
        if (!upload_open(req, x->connection, (uint64_t)length, &x->upload, &err)) {
            Parcel *refusal = problem_parcel(x, &err);
            /* Who waits for a word before the body ("100-continue") or sends very much is told now. */
            if (h.expect.len || length > REFUSED_MAX_BYTES) return send_parcel(x, refusal, STR_NONE, false);
            x->refusal = refusal;
        }
        x->state = EXCHANGE_BODY;
        return MHD_YES;
    }
    if (h.content_length.len && str_to_i64(h.content_length, &length) && (uint64_t)length > DRAIN_MAX_BYTES) {
        fail(&err, ERR_TOO_BIG, "a body over %zu bytes", BODY_MAX_BYTES);
        return send_parcel(x, problem_parcel(x, &err), STR_NONE, false);
    }
    x->state = EXCHANGE_BODY;
    return MHD_YES;
}

/* Past the first two minutes, files come at a telephone line's speed or not at all. */
static bool upload_is_fair(const Exchange *x)
{
    int64_t took_us = time_monotonic_us() - x->started_us;
    return took_us < BODY_MAX_US || x->body_bytes / (uint64_t)(took_us / 1000000) >= UPLOAD_LEAST_A_SECOND;
}

static enum MHD_Result body_step(Exchange *x, const char *upload, size_t *size)
{
    if (!*size && x->refusal) {
        Parcel *refusal = x->refusal;
        x->refusal = NULL;
        return send_parcel(x, refusal, STR_NONE, false);
    }
    if (!*size) return dispatch(x, STR_NONE);
    x->body_bytes += *size;
    if (x->refusal) {
        *size = 0;
        return x->body_bytes <= (uint64_t)REFUSED_MAX_BYTES && upload_is_fair(x) ? MHD_YES : MHD_NO;
    }
    if (x->upload) {
        bool heard = upload_take(x->upload, upload, *size), fair = upload_is_fair(x);
        *size = 0;
        return heard && fair ? MHD_YES : MHD_NO;
    }
    if (x->body_bytes <= BODY_MAX_BYTES) buf_put_bytes(&x->body, upload, *size);
    *size = 0;
    bool fair = x->body_bytes <= DRAIN_MAX_BYTES && time_monotonic_us() - x->started_us < BODY_MAX_US;
    return fair ? MHD_YES : MHD_NO;
}

enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **exchange)
{
    (void)server, (void)connection, (void)url, (void)version;
    Exchange *x = *exchange;
    switch (x->state) {
    case EXCHANGE_NEW:
        /* Answered now, when only the head was read, libmicrohttpd closes the connection: a question
           without a body is answered when it is whole, at the next call. */
        if (method_of(method) != METHOD_GET) return start(x, method);
        x->state = EXCHANGE_READ;
        return MHD_YES;
    case EXCHANGE_READ: return *upload_size ? (*upload_size = 0, MHD_YES) : start(x, method);
    case EXCHANGE_BODY: return body_step(x, upload, upload_size);
    case EXCHANGE_WORKING: {
        Parcel *parcel = x->parcel;
        x->parcel = NULL;
        return parcel ? send_parcel(x, parcel, STR_NONE, false) : MHD_YES;
    }
    case EXCHANGE_ANSWERED: *upload_size = 0; return MHD_YES;
    }
    return MHD_NO;
}
