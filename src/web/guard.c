/* Who may send a write: the one check all handlers of forms and of JSON bodies share. */
#include "core/people.h"
#include "web/request.h"
#include "web/session.h"

bool request_may_write(const Request *req, Err *err)
{
    if (!req->reader.person.len) return fail(err, ERR_SIGN_IN, "sign in first");
    if (!req->reader.may_write) return fail(err, ERR_FORBIDDEN, "this token may only read");
    if (req->bearer) return true;
    if (!request_from_here(req, err)) return false;
    Str token = req->csrf.len ? req->csrf : form_get(req, "csrf");
    return csrf_check(req->session, token) ||
           fail(err, ERR_FORBIDDEN, "the form's token is missing or of another session");
}

static Str pair_get(const Pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(pairs[i].name, name)) return pairs[i].value;
    return STR_NONE;
}

Str query_get(const Request *req, const char *name)
{
    return pair_get(req->query, req->query_count, name);
}

Str form_get(const Request *req, const char *name)
{
    return pair_get(req->form, req->form_count, name);
}
