/* Who asks: the session cookie of a browser, or "Authorization: Bearer banyan_…" of a program.

   The cookie is "__Host-session" (Secure, so bound to this very host) when the node's address is https,
   else "session"; HttpOnly, SameSite=Lax, for the whole site. A session is not accepted as a token, nor a
   token as a cookie. */
#ifndef BANYAN_WEB_SESSION_H
#define BANYAN_WEB_SESSION_H

#include "web/web.h"

/* Does a request say who asks at all? Costs a look at two headers. */
bool session_given(const Site *site, Str cookie_header, Str authorization);
/* Fills req->reader, session, bearer; or, of a session that is over, session_ended: that is nobody. Fails
   ERR_SIGN_IN for a token that is unknown, ended or expired. */
bool session_read(Request *req, Str cookie_header, Str authorization, Err *err);

/* Set-Cookie: from now on, no longer. Both make the answer a personal one. */
void session_give(Request *req, Reply *reply, Str session);
void session_drop(Request *req, Reply *reply);
/* The person's own language from now on, when the pages have it. */
void session_language(Request *req, Reply *reply, Str lang);

/* What a form that nobody need have signed in for checks: sent by a page of this node, as far as the
   browser says (Sec-Fetch-Site, Origin). ERR_FORBIDDEN otherwise. */
bool request_from_here(const Request *req, Err *err);
/* What a change of an account or of a role checks: request_may_write, and a person at a browser; a token
   may change records, never who may. */
bool request_by_person(const Request *req, Err *err);

#endif
