/* See problem.h. */
#include "web/problem.h"

#include "web/request.h"
#include "web/site.h"

/* Texts of these errors are about what was sent, never about the inside of the node. */
static bool cause_may_be_said(ErrCode code)
{
    switch (code) {
    case ERR_USAGE:
    case ERR_NO_VERSION:
    case ERR_NO_FORM:
    case ERR_FORMAT:
    case ERR_INVALID:
    case ERR_TOO_BIG:
    case ERR_UNSUPPORTED:
    case ERR_NOT_ALLOWED:
    case ERR_CONFLICT:
    case ERR_PRECONDITION:
    case ERR_NEEDS_MATCH:
    case ERR_TOO_MANY: return true;
    default: return false;
    }
}

Json *problems_make(Request *req, const Problems *problems)
{
    Json *list = json_array_make(req->arena);
    for (size_t i = 0; i < problems->count; i++) {
        const Problem *p = &problems->at[i];
        Json          *one = json_object_make(req->arena);
        json_put_text(one, "pointer", p->pointer);
        json_put_text(one, "key", p->key);
        json_put_text(one, "detail", say_key(req, p->key, p->args));
        json_add_value(list, one);
    }
    return list;
}

Json *conflicts_make(Request *req, const Outcome *outcome)
{
    Json *list = json_array_make(req->arena);
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        const Conflict *c = &outcome->conflicts[i];
        Json           *one = json_object_make(req->arena);
        json_put_text(one, "pointer", c->pointer);
        json_put_value(one, "base", c->base);
        json_put_value(one, "theirs", c->theirs);
        json_put_value(one, "mine", c->mine);
        json_add_value(list, one);
    }
    return list;
}

void problem_reply(Request *req, Reply *reply, const Err *err, const Outcome *outcome)
{
    Arena *a = req->arena;
    Str    key = str_of(err_key(err->code)), name = str_cut(key, '.').tail;
    Str    detail_key = str_join(a, (Str[]){ key, S(".detail") }, 2);
    Json  *value = json_object_make(a);
    *reply = (Reply){ .status = err_http_status(err->code),
                      .value = value,
                      .page = S("error"),
                      .no_store = true,
                      .headers = reply->headers,
                      .header_count = reply->header_count,
                      .header_room = reply->header_room };
    json_put_text(value, "type", str_join(a, (Str[]){ S("/api#"), name }, 2));
    json_put_text(value, "title", say_key(req, key, NULL));
    json_put_integer(value, "status", reply->status);
    if (messages_has(req->site->messages, req->lang, detail_key))
        json_put_text(value, "detail", say_key(req, detail_key, NULL));
    json_put_text(value, "instance", path_encode(req->arena, req->path));
    if (err->code == ERR_NO_VERSION || err->code == ERR_NO_FORM)
        json_put_text(value, "record", path_encode(req->arena, req->path));
    if (cause_may_be_said(err->code)) json_put_text_if(value, "cause", str_of(err->text));
    if (outcome && outcome->problems.count) json_put_value(value, "errors", problems_make(req, &outcome->problems));
    if (outcome && outcome->conflict_count) {
        json_put_value(value, "conflicts", conflicts_make(req, outcome));
        json_put_integer(value, "version", outcome->record.version);
    }
}
