/* Signing in, in one step or two, signing out, and setting a password by invitation. */
#include "web/request.h"
#include "web/route.h"
#include "web/session.h"
#include "web/site.h"

static Json *page_value(Request *req, Reply *reply, int status)
{
    reply->value = json_object_make(req->arena);
    reply->status = status;
    reply->no_store = true;
    return reply->value;
}

/* The form as it is to be filled in next; `problem` and `notice` are messages, NULL: nothing to say. */
static bool sign_in_form(Request *req, Reply *reply, Str ticket, const char *problem, const char *notice, int status)
{
    Json *value = page_value(req, reply, status), *args = json_object_make(req->arena);
    Str   to = req->method == METHOD_GET ? query_get(req, "to") : form_get(req, "to");
    json_put_integer(args, "minutes", SIGN_IN_WINDOW_MS / 60000);
    json_put_text(value, "to", path_inside(to));
    json_put_text(value, "email", form_get(req, "email"));
    json_put_text_if(value, "ticket", ticket);
    json_put_bool(value, "code", ticket.len > 0);
    if (problem) json_put_text(value, "problem", say(req, problem, args));
    if (notice) json_put_text(value, "notice", say(req, notice, NULL));
    return true;
}

/* Where to after signing in: never back to the sign-in page itself. */
static Str where_to(Str wish)
{
    Str path = path_inside(wish);
    return str_starts(path, S("/sign-in")) ? S("/") : path;
}

bool sign_in_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    const char *notice = str_eq(query_get(req, "done"), S("accepted")) ? "sign-in.accepted" : NULL;
    if (req->session_ended) {
        session_drop(req, reply);
        notice = "sign-in.ended";
    }
    reply->no_store = true;
    if (req->session.len) return reply_redirect(reply, 303, where_to(query_get(req, "to")));
    return sign_in_form(req, reply, STR_NONE, NULL, notice, 200);
}

static bool signed_in(Request *req, Reply *reply, Str session, Err *err)
{
    Reader  reader;
    Person  person;
    People *people = req->site->people;
    /* Another session of this browser would live on unseen. */
    if (req->session.len && !people_sign_out(people, req->session, err)) return false;
    session_give(req, reply, session);
    if (!req->lang_chosen && people_reader(people, req->arena, session, NULL, NULL, &reader, NULL) &&
        people_find(people, req->arena, reader.person, &person, NULL))
        session_language(req, reply, person.lang);
    return reply_redirect(reply, 303, where_to(form_get(req, "to")));
}

/* What a person is told of a sign-in that failed; false for what is not theirs to mend. */
static bool sign_in_again(Request *req, Reply *reply, Str ticket, const Err *err)
{
    switch (err->code) {
    case ERR_SIGN_IN:
        return sign_in_form(req, reply, ticket, ticket.len ? "sign-in.wrong-code" : "sign-in.wrong", NULL, 422);
    case ERR_TOO_MANY:
        reply_header(req, reply, S("Retry-After"), str_format(req->arena, "%d", SIGN_IN_WINDOW_MS / 1000));
        return sign_in_form(req, reply, STR_NONE, "sign-in.wait", NULL, 429);
    case ERR_GONE: return sign_in_form(req, reply, STR_NONE, "sign-in.too-long", NULL, 422);
    default: return false;
    }
}

bool sign_in_send(Request *req, Reply *reply, Err *err)
{
    People *people = req->site->people;
    Str     ticket = form_get(req, "ticket"), session;
    SignIn  in;
    if (!request_from_here(req, err)) return false;
    if (ticket.len) {
        if (!people_sign_in_code(people, req->arena, ticket, form_get(req, "code"), req->address, &session, err))
            return sign_in_again(req, reply, ticket, err);
        return signed_in(req, reply, session, err);
    }
    if (!people_sign_in(people, req->arena, form_get(req, "email"), form_get(req, "password"), req->address, &in, err))
        return sign_in_again(req, reply, STR_NONE, err);
    if (in.ticket.len) return sign_in_form(req, reply, in.ticket, NULL, NULL, 200);
    return signed_in(req, reply, in.session, err);
}

bool sign_out_send(Request *req, Reply *reply, Err *err)
{
    if (!request_by_person(req, err) || !people_sign_out(req->site->people, req->session, err)) return false;
    session_drop(req, reply);
    return reply_redirect(reply, 303, S("/"));
}

/* ---- invitations ---- */

static bool accept_form(Request *req, Reply *reply, const Person *person, const char *problem, int status)
{
    Json *args = json_object_make(req->arena), *value = page_value(req, reply, status);
    json_put_integer(args, "n", PASSWORD_MIN_CHARACTERS);
    json_put_bool(value, "valid", person != NULL);
    if (person) json_put_text(value, "name", person->name);
    if (person) json_put_text(value, "email", person->email);
    json_put_text(value, "rule", say(req, "password.rule", args));
    if (problem) json_put_text(value, "problem", say(req, problem, args));
    return true;
}

/* An invitation that is no longer good is told on the page. */
static bool not_invited(Request *req, Reply *reply, const Err *why)
{
    return why->code == ERR_NOT_FOUND && accept_form(req, reply, NULL, NULL, 404);
}

bool invitation_show(Request *req, Reply *reply, Err *err)
{
    Person person;
    if (!people_invitation(req->site->people, req->arena, req->slots[0], &person, err))
        return not_invited(req, reply, err);
    return accept_form(req, reply, &person, NULL, 200);
}

bool invitation_accept(Request *req, Reply *reply, Err *err)
{
    Person person;
    Str    password = form_get(req, "new");
    if (!request_from_here(req, err)) return false;
    if (!people_invitation(req->site->people, req->arena, req->slots[0], &person, err))
        return not_invited(req, reply, err);
    if (!str_eq(password, form_get(req, "again"))) return accept_form(req, reply, &person, "password.differs", 422);
    if (!people_accept(req->site->people, req->slots[0], password, err))
        return err->code == ERR_INVALID && accept_form(req, reply, &person, "password.weak", 422);
    reply->no_store = true;
    return reply_redirect(reply, 303, S("/sign-in?done=accepted"));
}
