/* The edit form, without script: shown, sent, shown again with what is wrong, or with both sides where
   somebody else changed the same field. The document is read from the fields by form_document. */
#include "web/problem.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"
#include "web/view.h"

/* Fields of the document and the buttons of its lists; the rest (csrf, version, do …) is about the form. */
static size_t document_pairs(Request *req, const Pair *from, size_t n, Pair **out)
{
    size_t count = 0;
    *out = NEW_ARRAY(req->arena, Pair, n + 1);
    for (size_t i = 0; i < n; i++) {
        Str name = from[i].name;
        if (str_starts(name, S("/")) || str_eq(name, S("add")) || str_eq(name, S("remove"))) (*out)[count++] = from[i];
    }
    return count;
}

/* `record` is NULL for a new one. */
static void form_reply(Request *req, Reply *reply, const Record *record, Json *doc, Json *problems, int status)
{
    Json *value = json_object_make(req->arena);
    json_put_text(value, "kind", req->slots[0]);
    json_put_value(value, "doc", doc);
    json_put_value(value, "problems", problems ? problems : json_array_make(req->arena));
    if (record) {
        json_put_text(value, "id", record->id);
        json_put_text(value, "slug", record->slug);
        json_put_text(value, "url", record_url(req->arena, record->kind, record->slug.len ? record->slug : record->id));
        json_put_integer(value, "version", record->version);
        json_put_text(value, "state", str_of(state_name(record->state)));
    }
    Str owner = form_get(req, "owner"), audience = form_get(req, "audience");
    json_put_text_if(value, "owner", owner.len ? owner : record ? record->owner
                                                                : STR_NONE);
    json_put_text_if(value, "audience", audience.len ? audience : record ? record->audience
                                                                         : STR_NONE);
    json_put_text_if(value, "note", form_get(req, "note"));
    reply->value = value;
    reply->page = S("form");
    reply->status = status;
    reply->no_store = true;
}

/* /meeting/new?/frameworks=…: fields may be filled in by the link that leads here. */
bool form_new(Request *req, Reply *reply, Err *err)
{
    Pair  *given;
    size_t n = document_pairs(req, req->query, req->query_count, &given);
    Json  *doc;
    bool   rows_changed;
    if (!form_document(req->arena, request_kind(req), json_object_make(req->arena), given, n, &doc, &rows_changed, err))
        return false;
    form_reply(req, reply, NULL, doc, NULL, 200);
    return true;
}

static bool record_for_form(Request *req, int64_t version, Record *now, Record *base, Err *err)
{
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], now, err);
    if (ok) *base = *now;
    if (ok && version && version != now->version)
        ok = record_version(s, req->arena, req->slots[0], req->slots[1], version, base, err);
    snapshot_close(s);
    if (ok && !may_edit(&req->reader, now->owner))
        return fail(err, ERR_FORBIDDEN, "only members of its owner who edit may change it");
    return ok;
}

bool form_edit(Request *req, Reply *reply, Err *err)
{
    Record now, base;
    if (!record_for_form(req, 0, &now, &base, err)) return false;
    form_reply(req, reply, &now, now.doc, NULL, 200);
    return true;
}

/* The button that was pressed says where the record goes. */
static State state_of_button(const Request *req)
{
    Str button = form_get(req, "do");
    return str_eq(button, S("publish")) ? STATE_PUBLISHED : str_eq(button, S("submit")) ? STATE_REVIEW
                                                                                        : STATE_DRAFT;
}

static void conflict_reply(Request *req, Reply *reply, const Outcome *outcome, Json *doc)
{
    const Record *r = &outcome->record;
    Json         *value = json_object_make(req->arena);
    json_put_text(value, "kind", req->slots[0]);
    json_put_text(value, "slug", r->slug.len ? r->slug : req->slots[1]);
    json_put_text(value, "url", record_url(req->arena, req->slots[0], r->slug.len ? r->slug : req->slots[1]));
    json_put_integer(value, "version", r->version);
    json_put_value(value, "conflicts", conflicts_make(req, outcome));
    json_put_value(value, "doc", doc);
    json_put_text_if(value, "do", form_get(req, "do"));
    reply->value = value;
    reply->page = S("conflict");
    reply->status = 409;
    reply->no_store = true;
}

static bool send_change(Request *req, Reply *reply, const Change *change, const Record *base, Json *doc, Err *err)
{
    Outcome outcome = { 0 };
    if (record_change(req->node, req->arena, change, &outcome, err)) {
        const Record *r = &outcome.record;
        return reply_redirect(reply, 303, record_url(req->arena, r->kind, r->slug.len ? r->slug : r->id));
    }
    newest_read(req, err, &outcome);
    if (err->code == ERR_CONFLICT && outcome.conflict_count) return conflict_reply(req, reply, &outcome, doc), true;
    if (err->code != ERR_INVALID && err->code != ERR_CONFLICT) return false;
    Json *problems = problems_make(req, &outcome.problems);
    if (!json_array_size(problems)) {
        Json *one = json_object_make(req->arena);
        json_put_text(one, "pointer", STR_NONE);
        json_put_text(one, "detail", say(req, err_key(err->code), NULL));
        json_put_text(one, "cause", str_of(err->text));
        json_add_value(problems, one);
    }
    form_reply(req, reply, base, doc, problems, err_http_status(err->code));
    return true;
}

bool form_create(Request *req, Reply *reply, Err *err)
{
    Pair *given;
    Json *doc;
    bool  rows_changed;
    if (!request_may_write(req, err)) return false;
    size_t n = document_pairs(req, req->form, req->form_count, &given);
    if (!form_document(req->arena, request_kind(req), json_object_make(req->arena), given, n, &doc, &rows_changed, err))
        return false;
    if (rows_changed) return form_reply(req, reply, NULL, doc, NULL, 200), true;
    Change change = { .what = CHANGE_CREATE,
                      .who = &req->reader,
                      .kind = req->slots[0],
                      .slug = form_get(req, "slug"),
                      .owner = form_get(req, "owner"),
                      .audience = form_get(req, "audience"),
                      .state = state_of_button(req),
                      .doc = doc,
                      .note = form_get(req, "note") };
    return send_change(req, reply, &change, NULL, doc, err);
}

bool form_save(Request *req, Reply *reply, Err *err)
{
    Pair   *given;
    Json   *doc;
    bool    rows_changed;
    Record  now, base;
    int64_t version = 0;
    if (!request_may_write(req, err)) return false;
    if (!str_to_i64(form_get(req, "version"), &version) || version < 1)
        return fail(err, ERR_NEEDS_MATCH, "the form does not say which version it changes");
    if (!record_for_form(req, version, &now, &base, err)) return false;
    size_t n = document_pairs(req, req->form, req->form_count, &given);
    if (!form_document(req->arena, request_kind(req), base.doc, given, n, &doc, &rows_changed, err)) return false;
    base.version = version;
    if (rows_changed) return form_reply(req, reply, &base, doc, NULL, 200), true;
    Change change = { .what = CHANGE_REPLACE,
                      .who = &req->reader,
                      .kind = req->slots[0],
                      .target = now.id,
                      .owner = form_get(req, "owner"),
                      .audience = form_get(req, "audience"),
                      .slug = form_get(req, "slug"),
                      .state = state_of_button(req),
                      .state_given = true,
                      .based_on = version,
                      .doc = doc,
                      .note = form_get(req, "note") };
    return send_change(req, reply, &change, &base, doc, err);
}
