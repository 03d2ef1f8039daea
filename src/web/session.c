/* Who asks, and how a browser is told to say so. */
#include "web/session.h"

#include "core/people_parties.h"
#include "web/request.h"
#include "web/site.h"

#define TOKEN_PREFIX S("banyan_")

static const char *cookie_name(const Site *site)
{
    return site->secure ? "__Host-session" : "session";
}

bool session_given(const Site *site, Str cookie_header, Str authorization)
{
    return authorization.len || cookie_get(cookie_header, cookie_name(site)).len;
}

static bool bearer_read(Request *req, Str authorization, Err *err)
{
    Cut cut = str_cut(str_trim(authorization), ' ');
    Str token = str_copy(req->arena, str_trim(cut.tail));
    if (!str_eq_nocase(cut.head, S("Bearer")) || !str_starts(token, TOKEN_PREFIX))
        return fail(err, ERR_SIGN_IN, "Authorization wants \"Bearer banyan_…\"");
    if (!people_reader(req->site->people, req->arena, token, parties_of, req->site->parties, &req->reader, err))
        return false;
    req->bearer = true;
    req->sender = req->reader;
    if (req->reader.only_rows) req->reader = req->site->anyone;
    return true;
}

bool session_read(Request *req, Str cookie_header, Str authorization, Err *err)
{
    if (authorization.len) return bearer_read(req, authorization, err);
    Str    session = str_copy(req->arena, cookie_get(cookie_header, cookie_name(req->site)));
    Reader reader;
    Err    why = { 0 };
    if (!session.len) return true;
    if (str_starts(session, TOKEN_PREFIX)) return req->session_ended = true;
    if (people_reader(req->site->people, req->arena, session, parties_of, req->site->parties, &reader, &why)) {
        req->reader = req->sender = reader;
        req->session = session;
        return true;
    }
    if (why.code != ERR_SIGN_IN) return fail(err, why.code, "%s", why.text);
    return req->session_ended = true;
}

static void cookie_set(Request *req, Reply *reply, Str session, int64_t seconds)
{
    Str value =
        str_format(req->arena, "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", cookie_name(req->site),
                   STR_ARG(session), (long long)seconds, req->site->secure ? "; Secure" : "");
    reply_header(req, reply, S("Set-Cookie"), value);
    reply->no_store = true;
}

void session_give(Request *req, Reply *reply, Str session)
{
    cookie_set(req, reply, session, SESSION_MS / 1000);
}

void session_drop(Request *req, Reply *reply)
{
    cookie_set(req, reply, STR_NONE, 0);
}

void session_language(Request *req, Reply *reply, Str lang)
{
    for (size_t i = 0; i < req->site->language_count; i++) {
        if (!str_eq(req->site->languages[i], lang)) continue;
        Str value = str_format(req->arena, "lang=%.*s; Path=/; Max-Age=31536000; SameSite=Lax%s", STR_ARG(lang),
                               req->site->secure ? "; Secure" : "");
        reply_header(req, reply, S("Set-Cookie"), value);
    }
}

/* "https://node.example" against the Host header "node.example". */
static bool origin_is_host(const Request *req)
{
    if (str_eq_nocase(req->origin, req->site->base_url)) return true;
    long at = str_find(req->origin, S("://"));
    return at > 0 && str_eq_nocase(str_drop(req->origin, (size_t)at + 3), req->host);
}

bool request_from_here(const Request *req, Err *err)
{
    bool said = !req->fetch_site.len || str_eq(req->fetch_site, S("same-origin")) || str_eq(req->fetch_site, S("none"));
    bool origin = !req->origin.len || origin_is_host(req);
    return (said && origin) || fail(err, ERR_FORBIDDEN, "sent from another site");
}

bool request_by_person(const Request *req, Err *err)
{
    if (req->bearer) return fail(err, ERR_FORBIDDEN, "a token may not change accounts; sign in with a browser");
    return request_may_write(req, err);
}
