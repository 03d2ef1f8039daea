/* Writing records by machines: JSON in, the record as it is now out. State, withdrawal and restoring are
   also sent by the plain forms of a record's page, which are sent on to it afterwards. */
#include "web/problem.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

static bool is_form(const Request *req)
{
    return str_eq(req->content_type, S("application/x-www-form-urlencoded"));
}

static bool body_object(Request *req, Json **out, Err *err)
{
    bool fits = str_eq(req->content_type, S("application/json")) ||
                (req->method == METHOD_PATCH && str_eq(req->content_type, S("application/merge-patch+json")));
    if (!fits)
        return fail(err, ERR_UNSUPPORTED, "the body is %s, not \"%.*s\"",
                    req->method == METHOD_PATCH ? "application/merge-patch+json" : "application/json",
                    STR_ARG(req->content_type));
    if (!json_read(req->arena, req->body, out, err)) return false;
    return json_is_object(*out) || fail(err, ERR_FORMAT, "the body is one JSON object");
}

static bool state_wish(Str name, State *state, Err *err)
{
    return state_read(name, state) ||
           fail(err, ERR_FORMAT, "no state \"%.*s\"; there are draft, review, published, withdrawn", STR_ARG(name));
}

/* The version named by If-Match, else by the member or field "version". */
static bool based_on(const Request *req, Str otherwise, int64_t *out, Err *err)
{
    Str text = req->if_match.len ? req->if_match : otherwise;
    *out = 0;
    if (!text.len || match_version(text, out)) return true;
    /* An entity tag that is none of a record's: it matches nothing (RFC 9110 section 13.1.1). */
    if (text.len > 1 && (str_starts(text, S("\"")) || str_starts(text, S("W/\""))) && str_ends(text, S("\"")))
        return fail(err, ERR_PRECONDITION, "If-Match names no version of this record");
    return fail(err, ERR_FORMAT, "If-Match is a version as its ETag says it, such as \"v3\"");
}

/* The record as it is now. */
static bool put_answer(Request *req, Reply *reply, const Outcome *outcome, int status, Err *err)
{
    const Record *r = &outcome->record;
    if (is_form(req)) return reply_redirect(reply, 303, record_url(req->arena, r->kind, r->slug.len ? r->slug : r->id));
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    Shape     shape = shape_of(req);
    shape_object(&shape, NULL);
    bool ok = record_put(req, s, r, &shape, err);
    shape_bool(&shape, "merged", outcome->merged);
    shape_end(&shape);
    snapshot_close(s);
    if (!ok) return false;
    shape_reply(&shape, reply);
    reply->status = status;
    reply->version = r->version;
    if (status == 201) {
        Str url = record_url(req->arena, r->kind, r->slug.len ? r->slug : r->id);
        reply->location = str_join(req->arena, (Str[]){ url, S(".json") }, 2);
    }
    return true;
}

/* Of a new record, to which nothing links yet, the answer is made while the disk is waited for. */
typedef struct {
    Request *req;
    Reply    reply;
    bool     ready;
} Early;

static void make_ready(void *with, const Outcome *outcome)
{
    Early *early = with;
    Err    ignored; /* then it is made once more */
    early->ready = put_answer(early->req, &early->reply, outcome, 201, &ignored);
}

/* Change, and answer. */
static bool change(Request *req, Reply *reply, Change *wish, int status, Err *err)
{
    Outcome outcome = { 0 };
    reply->no_store = true;
    Early early = { .req = req, .reply = *reply };
    if (wish->what == CHANGE_CREATE) wish->on_its_way = make_ready, wish->with = &early;
    if (!record_change(req->node, req->arena, wish, &outcome, err)) {
        newest_read(req, err, &outcome);
        problem_reply(req, reply, err, &outcome);
        return true;
    }
    if (!early.ready) return put_answer(req, reply, &outcome, status, err);
    *reply = early.reply;
    return true;
}

bool record_create(Request *req, Reply *reply, Err *err)
{
    Json *body, *doc;
    if (!request_may_write(req, err) || !body_object(req, &body, err)) return false;
    if (!json_is_object(doc = json_get(body, "doc")))
        return fail(err, ERR_FORMAT, "the body has the new record in \"doc\"");
    Change new = { .what = CHANGE_CREATE,
                   .who = &req->reader,
                   .kind = req->slots[0],
                   .id = json_get_text(body, "id"),
                   .slug = json_get_text(body, "slug"),
                   .owner = json_get_text(body, "owner"),
                   .audience = json_get_text(body, "audience"),
                   .state = STATE_DRAFT,
                   .doc = doc,
                   .note = json_get_text(body, "note") };
    Str state = json_get_text(body, "state");
    if (state.len && !state_wish(state, &new.state, err)) return false;
    return change(req, reply, &new, 201, err);
}

/* ?state= when it is given; else the core keeps the state (record.h). */
static bool state_given(Request *req, Change *change_made, Err *err)
{
    Str wish = query_get(req, "state");
    change_made->state_given = wish.len > 0;
    return !wish.len || state_wish(wish, &change_made->state, err);
}

static bool change_doc(Request *req, Reply *reply, ChangeWhat what, Err *err)
{
    Json *doc;
    if (!request_may_write(req, err) || !body_object(req, &doc, err)) return false;
    Change new = { .what = what,
                   .who = &req->reader,
                   .kind = req->slots[0],
                   .target = req->slots[1],
                   .doc = doc,
                   .slug = query_get(req, "slug"),
                   .owner = query_get(req, "owner"),
                   .audience = query_get(req, "audience"),
                   .note = query_get(req, "note") };
    if (!based_on(req, STR_NONE, &new.based_on, err) || !state_given(req, &new, err)) return false;
    return change(req, reply, &new, 200, err);
}

bool record_patch(Request *req, Reply *reply, Err *err)
{
    return change_doc(req, reply, CHANGE_PATCH, err);
}

bool record_replace(Request *req, Reply *reply, Err *err)
{
    return change_doc(req, reply, CHANGE_REPLACE, err);
}

/* A member of the JSON body or a field of the form. */
static bool wish_get(Request *req, const char *name, Str *out, Err *err)
{
    if (is_form(req)) return *out = form_get(req, name), true;
    Json *body;
    if (!req->body.len) return *out = STR_NONE, true;
    if (!body_object(req, &body, err)) return false;
    const Json *value = json_get(body, name);
    *out = json_is_integer(value) ? str_format(req->arena, "%lld", (long long)json_integer_value(value))
                                  : json_text(value);
    return true;
}

bool record_state(Request *req, Reply *reply, Err *err)
{
    Str state, note, version;
    if (!request_may_write(req, err)) return false;
    if (!wish_get(req, "state", &state, err) || !wish_get(req, "note", &note, err) ||
        !wish_get(req, "version", &version, err))
        return false;
    Change new = {
        .what = CHANGE_STATE, .who = &req->reader, .kind = req->slots[0], .target = req->slots[1], .note = note
    };
    if (!state_wish(state, &new.state, err) || !based_on(req, version, &new.based_on, err)) return false;
    return change(req, reply, &new, 200, err);
}

/* DELETE …?reason= with If-Match, or a form or JSON body with "note" and "version". */
bool record_withdraw(Request *req, Reply *reply, Err *err)
{
    Str note = query_get(req, "reason"), version = STR_NONE;
    if (!request_may_write(req, err)) return false;
    if (req->method == METHOD_POST && (!wish_get(req, "note", &note, err) || !wish_get(req, "version", &version, err)))
        return false;
    Change new = { .what = CHANGE_WITHDRAW,
                   .who = &req->reader,
                   .kind = req->slots[0],
                   .target = req->slots[1],
                   .state = STATE_WITHDRAWN,
                   .note = note };
    return based_on(req, version, &new.based_on, err) && change(req, reply, &new, 200, err);
}

/* "restore" names the version to bring back; If-Match or "version" the one that is seen now. */
bool record_restore(Request *req, Reply *reply, Err *err)
{
    Str which, note, version;
    if (!request_may_write(req, err)) return false;
    if (!wish_get(req, "restore", &which, err) || !wish_get(req, "note", &note, err) ||
        !wish_get(req, "version", &version, err))
        return false;
    Change new = {
        .what = CHANGE_RESTORE, .who = &req->reader, .kind = req->slots[0], .target = req->slots[1], .note = note
    };
    if (!str_to_i64(which, &new.version) || new.version < 1)
        return fail(err, ERR_FORMAT, "\"restore\" is the number of the version to bring back");
    if (!based_on(req, version, &new.based_on, err) || !state_given(req, &new, err)) return false;
    return change(req, reply, &new, 200, err);
}
