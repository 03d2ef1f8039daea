/* Who asks: the cookie "session" or the header Authorization: Bearer, looked up by people.h. */
#include "web/exchange.h"

static Str bearer_token(Str authorization)
{
    Cut cut = str_cut(str_trim(authorization), ' ');
    return str_eq_nocase(cut.head, S("Bearer")) ? str_trim(cut.tail) : STR_NONE;
}

/* The frameworks an organisation's country is a party of. Asked by the node for itself, so it sees every
   record; what it finds are the names of audiences, nothing is shown. */
static size_t parties_of(void *with, Arena *a, Str organisation, Str **frameworks)
{
    static const int MANY = 500;
    Node     *node = with;
    Reader    self = { .all = true };
    Record    record;
    Answer    answer = { 0 };
    reader_finish(&self, a);
    Snapshot *s = snapshot_open(node, &self, S("en"));
    bool      ok = record_read(s, a, S("organisation"), organisation, &record, NULL);
    Str       country = ok ? json_get_text(record.doc, "country") : STR_NONE;
    Filter    filter = { S("parties"), country };
    Question  question = { .kind = S("framework"), .filters = &filter, .filter_count = 1, .limit = MANY };
    if (country.len) ok = list_ask(s, a, &question, &answer, NULL);
    snapshot_close(s);
    *frameworks = NEW_ARRAY(a, Str, answer.item_count + 1);
    for (size_t i = 0; i < answer.item_count; i++) (*frameworks)[i] = answer.items[i].card.slug;
    return ok ? answer.item_count : 0;
}

bool session_read(Request *req, Str cookie_header, Str authorization, Err *err)
{
    People *people = req->site->people;
    if (authorization.len) {
        Str token = str_copy(req->arena, bearer_token(authorization));
        if (!token.len) return fail(err, ERR_SIGN_IN, "Authorization wants a Bearer token");
        if (!people_reader(people, req->arena, token, parties_of, req->node, &req->reader, err)) return false;
        req->bearer = true;
        return true;
    }
    Str    session = str_copy(req->arena, cookie_get(cookie_header, "session"));
    Reader reader = { 0 };
    Err    why = { 0 };
    if (people_reader(people, req->arena, session, parties_of, req->node, &reader, &why)) {
        req->reader = reader;
        req->session = session;
        return true;
    }
    return why.code == ERR_SIGN_IN || fail(err, why.code, "%s", why.text);
}
