/* See people_value.h. */
#include "web/people_value.h"

#include "web/site.h"
#include "web/value.h"

/* Keys are written out so that each can be found where it is used. */
static const char *const role_labels[] = { "", "role.reader", "role.editor", "role.publisher", "role.administrator" };
static const char *const role_helps[] = { "", "role.reader.help", "role.editor.help", "role.publisher.help",
                                          "role.administrator.help" };

static bool organisation_card(Request *req, Str slug, Card *card)
{
    Record    record;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, S("organisation"), slug, &record, NULL) &&
              record.state != STATE_WITHDRAWN;
    if (ok) card_of(s, req->arena, &record, card);
    snapshot_close(s);
    return ok;
}

Str organisation_title(Request *req, Str slug)
{
    Card card;
    return organisation_card(req, slug, &card) && card.title.len ? card.title : slug;
}

bool organisation_known(Request *req, Str slug)
{
    Card card;
    return organisation_card(req, slug, &card);
}

Json *roles_value(Request *req, const Person *person, const Reader *manager)
{
    Json *list = json_array_make(req->arena);
    for (size_t i = 0; i < person->membership_count; i++) {
        const Membership *m = &person->memberships[i];
        if (manager && !may_manage(manager, m->organisation)) continue;
        Json *one = json_object_make(req->arena);
        Card  card;
        bool  known = organisation_card(req, m->organisation, &card);
        json_put_text(one, "organisation", m->organisation);
        json_put_text(one, "title", known && card.title.len ? card.title : m->organisation);
        if (known) json_put_text(one, "url", record_url(req->arena, S("organisation"), card.slug));
        json_put_text(one, "role", str_of(role_name(m->role)));
        json_put_text(one, "label", say(req, role_labels[m->role], NULL));
        json_put_value(one, "choices", role_choices(req, m->role));
        json_add_value(list, one);
    }
    return list;
}

Json *role_choices(Request *req, Role current)
{
    Json *list = json_array_make(req->arena);
    for (Role r = ROLE_READER; r <= ROLE_ADMINISTRATOR; r++) {
        Json *one = json_object_make(req->arena);
        json_put_text(one, "role", str_of(role_name(r)));
        json_put_text(one, "label", say(req, role_labels[r], NULL));
        json_put_text(one, "help", say(req, role_helps[r], NULL));
        json_put_bool(one, "current", r == current);
        json_add_value(list, one);
    }
    return list;
}

void person_state_put(Request *req, Json *value, const Person *person)
{
    static const struct {
        const char *name, *label;
    } states[] = { { "open", "people.state.open" },
                   { "invited", "people.state.invited" },
                   { "closed", "people.state.closed" } };
    int at = person->disabled ? 2 : person->invited ? 1
                                                    : 0;
    json_put_text(value, "state", str_of(states[at].name));
    json_put_text(value, "state_label", say(req, states[at].label, NULL));
    json_put_bool(value, "closed", person->disabled);
    json_put_bool(value, "waiting", !person->disabled && person->invited);
}

Str done_text(Request *req)
{
    static const struct {
        const char *name, *key;
    } sentences[] = {
        { "name", "account.done.name" },
        { "password", "account.done.password" },
        { "otp-on", "account.done.otp-on" },
        { "otp-off", "account.done.otp-off" },
        { "token-end", "account.done.token-end" },
        { "role", "people.done.role" },
        { "removed", "people.done.removed" },
        { "closed", "people.done.closed" },
        { "opened", "people.done.opened" },
        { "operator", "people.done.operator" },
    };
    Str done = query_get(req, "done");
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (str_eq_z(done, sentences[i].name)) return say(req, sentences[i].key, NULL);
    return STR_NONE;
}
