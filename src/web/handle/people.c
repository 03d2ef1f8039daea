/* People and their roles: who belongs to an organisation and what they may do there, for its administrators;
   all accounts, for who runs the node.

   GET /people?organisation=SLUG answers {"organisation","organisation_title","operator",
   "organisations":[{"organisation","title","url","current"}],"items":[{"id","url","name","email","state","state_label",
   "last_seen","runs_node","roles":[…]}],"role_choices":[…]}; GET /people/ID one of the items with "self",
   "may_reset" and what may be changed. Invitations are shown once, in the answer to the form that made them. */
#include "base/id.h"
#include "base/time.h"
#include "core/list.h"
#include "web/people_value.h"
#include "web/request.h"
#include "web/route.h"
#include "web/session.h"
#include "web/site.h"

#define ORGANISATIONS_SHOWN 500

static const char no_organisation[] = "people.no-organisation";

/* ---- who may ---- */

static bool manages_person(const Reader *r, const Person *person)
{
    if (may_manage_all(r)) return true;
    for (size_t i = 0; i < person->membership_count; i++)
        if (may_manage(r, person->memberships[i].organisation)) return true;
    return false;
}

/* An invitation sets a new password, and so opens all that the person may do: only who manages all of
   that may make one. */
static bool may_reset(const Reader *r, const Person *person)
{
    if (may_manage_all(r)) return true;
    if (person->runs_node || person->disabled || !person->membership_count) return false;
    for (size_t i = 0; i < person->membership_count; i++)
        if (!may_manage(r, person->memberships[i].organisation)) return false;
    return true;
}

/* The person of the address, when they are the reader's to manage; else there is no such person. */
static bool person_read(Request *req, Person *out, Err *err)
{
    if (!id_is(req->slots[0])) return fail(err, ERR_NOT_FOUND, "no such person");
    if (!people_find(req->site->people, req->arena, req->slots[0], out, err)) return false;
    return manages_person(&req->reader, out) || fail(err, ERR_NOT_FOUND, "no such person");
}

/* ---- the list ---- */

static Json *person_value(Request *req, const Person *person)
{
    Arena *a = req->arena;
    Json  *value = json_object_make(a);
    json_put_text(value, "id", person->id);
    json_put_text(value, "url", str_join(a, (Str[]){ S("/people/"), person->id }, 2));
    json_put_text(value, "name", person->name);
    json_put_text(value, "email", person->email);
    person_state_put(req, value, person);
    if (person->last_seen_ms) json_put_text(value, "last_seen", time_text(a, person->last_seen_ms));
    json_put_bool(value, "runs_node", person->runs_node);
    json_put_value(value, "roles", roles_value(req, person, &req->reader));
    return value;
}

static bool listed(const Json *list, Str organisation)
{
    const Json *one;
    size_t      i;
    json_array_foreach(list, i, one) if (str_eq(json_get_text(one, "organisation"), organisation)) return true;
    return false;
}

static void organisation_add(Request *req, Json *list, Str organisation, Str chosen)
{
    if (listed(list, organisation)) return;
    Json *one = json_object_make(req->arena);
    Str   address =
        str_join(req->arena, (Str[]){ S("/people?organisation="), percent_make(req->arena, organisation) }, 2);
    json_put_text(one, "organisation", organisation);
    json_put_text(one, "title", organisation_title(req, organisation));
    json_put_text(one, "url", address);
    json_put_bool(one, "current", str_eq(organisation, chosen));
    json_add_value(list, one);
}

/* Those the reader manages; for who runs the node, all that somebody belongs to. */
static Json *organisations_value(Request *req, const Person *all, size_t n, Str chosen)
{
    const Reader *r = &req->reader;
    Json         *list = json_array_make(req->arena);
    for (size_t i = 0; i < r->membership_count; i++)
        if (may_manage(r, r->memberships[i].organisation))
            organisation_add(req, list, r->memberships[i].organisation, chosen);
    for (size_t i = 0; may_manage_all(r) && i < n; i++)
        for (size_t k = 0; k < all[i].membership_count; k++)
            organisation_add(req, list, all[i].memberships[k].organisation, chosen);
    return list;
}

/* The organisations of the register, by title, for a form to choose from: those the reader may give roles in. */
static Json *register_value(Request *req)
{
    Json     *list = json_array_make(req->arena);
    Question  question = { .kind = S("organisation"), .sort = S("title"), .limit = ORGANISATIONS_SHOWN };
    Answer    answer = { 0 };
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = kind_find(node_kinds(req->node), question.kind) && list_ask(s, req->arena, &question, &answer, NULL);
    snapshot_close(s);
    for (size_t i = 0; ok && i < answer.item_count; i++)
        if (may_manage(&req->reader, answer.items[i].card.slug)) {
            Json *one = json_object_make(req->arena);
            json_put_text(one, "organisation", answer.items[i].card.slug);
            json_put_text(one, "title", answer.items[i].card.title);
            json_add_value(list, one);
        }
    return list;
}

static void organisation_given(Request *req, Json *value, const char *problem)
{
    json_put_text(value, "organisation_given", form_get(req, "organisation"));
    json_put_bool(value, "organisation_wrong", str_eq_z(str_of(problem), no_organisation));
}

static bool people_reply(Request *req, Reply *reply, Str organisation, const char *problem, Err *err)
{
    Person *all, *members;
    size_t  all_count = 0, n;
    People *people = req->site->people;
    Json   *value = json_object_make(req->arena), *items = json_array_make(req->arena);
    if (may_manage_all(&req->reader) && !people_list(people, req->arena, STR_NONE, &all, &all_count, err)) return false;
    if (!people_list(people, req->arena, organisation, &members, &n, err)) return false;
    for (size_t i = 0; i < n; i++) json_add_value(items, person_value(req, &members[i]));
    json_put_text(value, "organisation", organisation);
    json_put_text(value, "organisation_title", organisation.len ? organisation_title(req, organisation) : STR_NONE);
    json_put_bool(value, "operator", may_manage_all(&req->reader));
    json_put_value(value, "organisations", organisations_value(req, all_count ? all : NULL, all_count, organisation));
    if (!organisation.len) json_put_value(value, "register", register_value(req));
    json_put_integer(value, "total", (int64_t)n);
    json_put_value(value, "items", items);
    json_put_value(value, "role_choices", role_choices(req, ROLE_READER));
    json_put_text_if(value, "done", done_text(req));
    if (problem) json_put_text(value, "problem", say(req, problem, NULL));
    if (problem) json_put_text(value, "name", form_get(req, "name"));
    if (problem) json_put_text(value, "email", form_get(req, "email"));
    if (problem) organisation_given(req, value, problem);
    reply->value = value;
    reply->page = S("people");
    reply->status = problem ? 422 : 200;
    reply->no_store = true;
    return true;
}

/* Without a wish: everybody for who runs the node, else the first organisation that the reader manages. */
static Str organisation_chosen(Request *req)
{
    Str           wish = query_get(req, "organisation");
    const Reader *r = &req->reader;
    for (size_t i = 0; !wish.len && !may_manage_all(r) && i < r->membership_count; i++)
        if (may_manage(r, r->memberships[i].organisation)) wish = r->memberships[i].organisation;
    return wish;
}

bool people_show(Request *req, Reply *reply, Err *err)
{
    if (!may_manage_some(&req->reader)) return fail(err, ERR_FORBIDDEN, "only for administrators of an organisation");
    Str organisation = organisation_chosen(req);
    if (!may_manage(&req->reader, organisation)) return fail(err, ERR_FORBIDDEN, "not an administrator there");
    return people_reply(req, reply, organisation, NULL, err);
}

/* ---- one person ---- */

static Str address_of_invitation(Request *req, Str invitation)
{
    return str_join(req->arena, (Str[]){ req->site->base_url, S("/invitation/"), invitation }, 3);
}

static bool person_reply(Request *req, Reply *reply, Str id, Str invitation, const char *problem, Err *err)
{
    Person person;
    if (!people_find(req->site->people, req->arena, id, &person, err)) return false;
    Json *value = person_value(req, &person), *args = json_object_make(req->arena);
    json_put_bool(value, "operator", may_manage_all(&req->reader));
    json_put_bool(value, "self", str_eq(person.id, req->reader.person));
    json_put_bool(value, "may_reset", may_reset(&req->reader, &person) && !person.disabled);
    json_put_bool(value, "otp_on", person.otp_on);
    json_put_value(value, "register", register_value(req));
    if (problem) {
        json_put_text(value, "problem", say(req, problem, NULL));
        organisation_given(req, value, problem);
    }
    json_put_value(value, "role_choices", role_choices(req, ROLE_READER));
    json_put_text_if(value, "done", done_text(req));
    if (invitation.len) {
        json_put_integer(args, "days", INVITATION_MS / 86400000);
        json_put_text(value, "invitation", address_of_invitation(req, invitation));
        json_put_text(value, "invitation_help", say(req, "people.invitation.help", args));
    }
    reply->value = value;
    reply->page = S("person");
    reply->status = problem ? 422 : 200;
    reply->no_store = true;
    return true;
}

bool person_show(Request *req, Reply *reply, Err *err)
{
    Person person;
    return person_read(req, &person, err) && person_reply(req, reply, person.id, STR_NONE, NULL, err);
}

/* ---- changes ---- */

static bool to_person(Request *req, Reply *reply, Str id, const char *done)
{
    return reply_redirect(reply, 303, str_format(req->arena, "/people/%.*s?done=%s", STR_ARG(id), done));
}

/* An organisation that roles may be given in: one with a record, or one that somebody has a role in. */
static bool organisation_takes_people(Request *req, Str organisation)
{
    Person *members;
    size_t  n;
    if (!organisation.len) return false;
    if (organisation_known(req, organisation)) return true;
    return people_list(req->site->people, req->arena, organisation, &members, &n, NULL) && n > 0;
}

/* Organisation and role of a form. `problem` is set to a message when they cannot be. */
static bool role_wish(Request *req, Str *organisation, Role *role, const char **problem, Err *err)
{
    *organisation = str_trim(form_get(req, "organisation"));
    if (!role_read(form_get(req, "role"), role))
        return fail(err, ERR_FORMAT, "a role is none, reader, editor, publisher or administrator");
    if (!may_manage(&req->reader, *organisation)) return fail(err, ERR_FORBIDDEN, "not an administrator there");
    *problem = organisation_takes_people(req, *organisation) ? NULL : no_organisation;
    return true;
}

/* An address that has an account already gets the role as well; its owner need not be invited again. */
static bool invite_known(Request *req, Reply *reply, Str organisation, Role role, Err *err)
{
    Person  person;
    People *people = req->site->people;
    return people_find(people, req->arena, form_get(req, "email"), &person, err) &&
           people_set_role(people, person.id, organisation, role, err) && to_person(req, reply, person.id, "role");
}

bool people_invite_send(Request *req, Reply *reply, Err *err)
{
    Str         organisation, id, invitation;
    Role        role;
    const char *problem;
    People     *people = req->site->people;
    if (!request_by_person(req, err) || !role_wish(req, &organisation, &role, &problem, err)) return false;
    if (role == ROLE_NONE) return fail(err, ERR_FORMAT, "who is invited gets a role");
    if (problem) return people_reply(req, reply, may_manage_all(&req->reader) ? STR_NONE : organisation, problem, err);
    if (!people_invite(people, req->arena, form_get(req, "email"), form_get(req, "name"), req->lang, &id, &invitation,
                       err)) {
        if (err->code == ERR_CONFLICT) return invite_known(req, reply, organisation, role, err);
        return err->code == ERR_INVALID && people_reply(req, reply, organisation, "people.bad-address", err);
    }
    return people_set_role(people, id, organisation, role, err) && person_reply(req, reply, id, invitation, NULL, err);
}

bool person_role(Request *req, Reply *reply, Err *err)
{
    Person      person;
    Str         organisation;
    Role        role;
    const char *problem;
    if (!request_by_person(req, err) || !person_read(req, &person, err)) return false;
    if (!role_wish(req, &organisation, &role, &problem, err)) return false;
    if (problem && role != ROLE_NONE) return person_reply(req, reply, person.id, STR_NONE, problem, err);
    bool self = str_eq(person.id, req->reader.person);
    if (self && !may_manage_all(&req->reader) && role < ROLE_ADMINISTRATOR)
        return fail(err, ERR_FORBIDDEN, "another administrator has to take this role from you");
    if (!people_set_role(req->site->people, person.id, organisation, role, err)) return false;
    if (!people_find(req->site->people, req->arena, person.id, &person, err)) return false;
    if (manages_person(&req->reader, &person)) return to_person(req, reply, person.id, role ? "role" : "removed");
    return reply_redirect(reply, 303, S("/people?done=removed"));
}

bool person_invite_again(Request *req, Reply *reply, Err *err)
{
    Person person;
    Str    invitation;
    if (!request_by_person(req, err) || !person_read(req, &person, err)) return false;
    if (!may_reset(&req->reader, &person))
        return fail(err, ERR_FORBIDDEN, "only who runs the node may do this for them");
    if (person.disabled) return fail(err, ERR_INVALID, "the account is closed");
    return people_reinvite(req->site->people, req->arena, person.id, &invitation, err) &&
           person_reply(req, reply, person.id, invitation, NULL, err);
}

/* For who runs the node: close, open, one-time passwords off, who else runs the node. */
bool person_account(Request *req, Reply *reply, Err *err)
{
    static const struct {
        const char *what, *done;
        bool (*set)(People *p, Str person_id, bool yes, Err *err);
        bool yes;
    } changes[] = {
        { "close", "closed", people_disable, true },
        { "open", "opened", people_disable, false },
        { "operator", "operator", people_set_runs_node, true },
        { "no-operator", "operator", people_set_runs_node, false },
    };
    Person person;
    Str    what = form_get(req, "do");
    if (!request_by_person(req, err) || !person_read(req, &person, err)) return false;
    if (!may_manage_all(&req->reader)) return fail(err, ERR_FORBIDDEN, "only for who runs the node");
    if (str_eq(what, S("otp-off")))
        return people_otp_off(req->site->people, person.id, err) && to_person(req, reply, person.id, "otp-off");
    if (str_eq(person.id, req->reader.person)) return fail(err, ERR_FORBIDDEN, "not of your own account");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (str_eq_z(what, changes[i].what))
            return changes[i].set(req->site->people, person.id, changes[i].yes, err) &&
                   to_person(req, reply, person.id, changes[i].done);
    return fail(err, ERR_FORMAT, "\"do\" is close, open, operator, no-operator or otp-off");
}
