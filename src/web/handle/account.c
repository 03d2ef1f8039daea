/* A person's own account: name and language, password, one-time passwords, API tokens.

   GET /account answers
   {"id","email","name","lang","runs_node","otp_on","csrf","roles":[{"organisation","title",
   "url","role","label"}],"languages":[{"tag","name","current"}],"tokens":[{"id","name","may_write","scope",
   "created","expires","last_used","ended"}]}; after a change also "done" (a sentence), after one that failed
   "problem", with a new token "new_token", while one-time passwords are set up "otp":
   {"uri","secret","qr":{"size","path"}}. */
#include "base/time.h"
#include "core/record.h"
#include "web/people_value.h"
#include "web/qr.h"
#include "web/route.h"
#include "web/session.h"
#include "web/site.h"

#define TOKEN_DAYS_MAX 366
#define DAY_MS         ((int64_t)86400 * 1000)

static Json *languages_value(Request *req, Str chosen)
{
    Json *list = json_array_make(req->arena);
    for (size_t i = 0; i < req->site->language_count; i++) {
        Str   tag = req->site->languages[i];
        Json *one = json_object_make(req->arena);
        json_put_text(one, "tag", tag);
        json_put_text(one, "name", message(req->site->messages, req->arena, tag, S("_name"), NULL));
        json_put_bool(one, "current", str_eq(tag, chosen));
        json_add_value(list, one);
    }
    return list;
}

static void time_put(Request *req, Json *to, const char *name, int64_t at_ms)
{
    if (at_ms) json_put_text(to, name, time_text(req->arena, at_ms));
}

static const char *const scopes[] = { "read", "write", "rows" }; /* by TokenScope */

static bool tokens_value(Request *req, Json **out, Err *err)
{
    Token  *tokens;
    size_t  n;
    int64_t now = time_now_ms();
    if (!people_token_list(req->site->people, req->arena, req->reader.person, &tokens, &n, err)) return false;
    *out = json_array_make(req->arena);
    for (size_t i = 0; i < n; i++) {
        Json *one = json_object_make(req->arena);
        json_put_text(one, "id", tokens[i].id);
        json_put_text(one, "name", tokens[i].name);
        json_put_bool(one, "may_write", tokens[i].scope == TOKEN_WRITES);
        json_put_text(one, "scope",
                      say_key(req, str_format(req->arena, "account.scope.%s", scopes[tokens[i].scope]), NULL));
        time_put(req, one, "created", tokens[i].created_ms);
        time_put(req, one, "expires", tokens[i].expires_ms);
        time_put(req, one, "last_used", tokens[i].last_used_ms);
        json_put_bool(one, "ended", tokens[i].expires_ms <= now);
        json_add_value(*out, one);
    }
    return true;
}

/* The account's page as it is now. `problem` is a message, NULL when nothing went wrong. */
static bool account_reply(Request *req, Reply *reply, const char *problem, int status, Err *err)
{
    Person person;
    Json  *tokens, *args = json_object_make(req->arena), *value = json_object_make(req->arena);
    if (!people_find(req->site->people, req->arena, req->reader.person, &person, err)) return false;
    if (!tokens_value(req, &tokens, err)) return false;
    json_put_integer(args, "n", PASSWORD_MIN_CHARACTERS);
    json_put_integer(args, "minutes", SIGN_IN_WINDOW_MS / 60000);
    json_put_text(value, "id", person.id);
    json_put_text(value, "email", person.email);
    json_put_text(value, "name", person.name);
    json_put_text(value, "lang", person.lang);
    json_put_bool(value, "runs_node", person.runs_node);
    json_put_bool(value, "otp_on", person.otp_on);
    json_put_text_if(value, "csrf", req->session.len ? csrf_token(req->arena, req->session) : STR_NONE);
    json_put_value(value, "roles", roles_value(req, &person, NULL));
    json_put_value(value, "languages", languages_value(req, person.lang));
    json_put_value(value, "tokens", tokens);
    json_put_text(value, "rule", say(req, "password.rule", args));
    json_put_integer(value, "token_days_max", TOKEN_DAYS_MAX);
    json_put_text_if(value, "done", done_text(req));
    if (problem) json_put_text(value, "problem", say(req, problem, args));
    reply->value = value;
    reply->page = S("account");
    reply->status = status;
    reply->no_store = true;
    return true;
}

bool account_show(Request *req, Reply *reply, Err *err)
{
    return account_reply(req, reply, NULL, 200, err);
}

bool account_rename(Request *req, Reply *reply, Err *err)
{
    Str lang = form_get(req, "lang");
    if (!request_by_person(req, err)) return false;
    if (!people_rename(req->site->people, req->reader.person, form_get(req, "name"), lang, err))
        return err->code == ERR_INVALID && account_reply(req, reply, "account.bad-name", 422, err);
    session_language(req, reply, lang);
    return reply_redirect(reply, 303, S("/account?done=name"));
}

/* The person's password, asked again; when it is wrong the page says so and *again is true. */
static bool confirmed(Request *req, Reply *reply, bool *again, Err *err)
{
    *again = false;
    if (people_confirm(req->site->people, req->reader.person, form_get(req, "password"), req->address, err))
        return true;
    const char *problem = err->code == ERR_SIGN_IN    ? "password.wrong"
                          : err->code == ERR_TOO_MANY ? "sign-in.wait"
                                                      : NULL;
    *again = problem && account_reply(req, reply, problem, err->code == ERR_TOO_MANY ? 429 : 422, err);
    return false;
}

bool account_password(Request *req, Reply *reply, Err *err)
{
    People *people = req->site->people;
    Str new = form_get(req, "new"), session;
    bool again;
    if (!request_by_person(req, err)) return false;
    if (!str_eq(new, form_get(req, "again"))) return account_reply(req, reply, "password.differs", 422, err);
    if (!confirmed(req, reply, &again, err)) return again;
    if (!people_set_password(people, req->reader.person, new, err))
        return err->code == ERR_INVALID && account_reply(req, reply, "password.weak", 422, err);
    if (!people_session(people, req->arena, req->reader.person, &session, err)) return false;
    session_give(req, reply, session);
    return reply_redirect(reply, 303, S("/account?done=password"));
}

/* ---- one-time passwords ---- */

static bool otp_page(Request *req, Reply *reply, Str uri, const char *problem, Err *err)
{
    Str secret = str_cut(str_drop(uri, (size_t)str_find(uri, S("secret=")) + 7), '&').head;
    if (!account_reply(req, reply, problem, problem ? 422 : 200, err)) return false;
    Json *otp = json_object_make(req->arena);
    json_put_text(otp, "uri", uri);
    json_put_text(otp, "secret", secret);
    json_put_value(otp, "qr", qr_make(req->arena, uri));
    json_put_value(reply->value, "otp", otp);
    return true;
}

static bool otp_begin(Request *req, Reply *reply, Err *err)
{
    bool again;
    Str  uri;
    if (!confirmed(req, reply, &again, err)) return again;
    return people_otp_begin(req->site->people, req->arena, req->reader.person, &uri, err) &&
           otp_page(req, reply, uri, NULL, err);
}

static bool otp_confirm(Request *req, Reply *reply, Err *err)
{
    Str uri;
    if (people_otp_confirm(req->site->people, req->reader.person, form_get(req, "code"), err))
        return reply_redirect(reply, 303, S("/account?done=otp-on"));
    if (err->code != ERR_INVALID) return false;
    return people_otp_uri(req->site->people, req->arena, req->reader.person, &uri, err) &&
           otp_page(req, reply, uri, "account.wrong-code", err);
}

static bool otp_off(Request *req, Reply *reply, Err *err)
{
    bool again;
    if (!confirmed(req, reply, &again, err)) return again;
    return people_otp_off(req->site->people, req->reader.person, err) &&
           reply_redirect(reply, 303, S("/account?done=otp-off"));
}

bool account_otp(Request *req, Reply *reply, Err *err)
{
    Str what = form_get(req, "do");
    if (!request_by_person(req, err)) return false;
    if (str_eq(what, S("begin"))) return otp_begin(req, reply, err);
    if (str_eq(what, S("confirm"))) return otp_confirm(req, reply, err);
    if (str_eq(what, S("off"))) return otp_off(req, reply, err);
    return fail(err, ERR_FORMAT, "\"do\" is begin, confirm or off");
}

/* ---- API tokens ---- */

bool account_token_make(Request *req, Reply *reply, Err *err)
{
    Str     token;
    int64_t days;
    int     scope = 2;
    while (scope > TOKEN_READS && !str_eq_z(form_get(req, "scope"), scopes[scope])) scope--;
    if (!request_by_person(req, err)) return false;
    if (!str_to_i64(form_get(req, "days"), &days) || days < 1 || days > TOKEN_DAYS_MAX)
        return account_reply(req, reply, "account.bad-days", 422, err);
    if (!people_token_make(req->site->people, req->arena, req->reader.person, form_get(req, "name"), (TokenScope)scope,
                           time_now_ms() + days * DAY_MS, &token, err))
        return err->code == ERR_INVALID && account_reply(req, reply, "account.bad-token", 422, err);
    if (!account_reply(req, reply, NULL, 200, err)) return false;
    json_put_text(reply->value, "new_token", token);
    return true;
}

bool account_token_end(Request *req, Reply *reply, Err *err)
{
    return request_by_person(req, err) && people_token_end(req->site->people, req->reader.person, req->slots[0], err) &&
           reply_redirect(reply, 303, S("/account?done=token-end"));
}
