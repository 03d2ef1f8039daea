/* What forms offer: whom a new record belongs to, and who may see it. */
#include "web/view/tools.h"

Json *option_shown(const ViewWork *w, Str value, Str text, bool chosen)
{
    Json *one = json_object_make(w->req->arena);
    json_put_text(one, "value", value);
    json_put_text(one, "text", text);
    json_put_bool(one, "chosen", chosen);
    return one;
}

Json *owners_shown(const ViewWork *w, Str chosen, bool *may_publish_for_one)
{
    Arena        *a = w->req->arena;
    const Reader *reader = &w->req->reader;
    Json         *owners = json_array_make(a);
    *may_publish_for_one = false;
    for (size_t i = 0; i < reader->membership_count; i++) {
        Str organisation = reader->memberships[i].organisation, text = organisation;
        if (!may_edit(reader, organisation)) continue;
        *may_publish_for_one = *may_publish_for_one || may_publish(reader, organisation);
        Record r;
        Card   card;
        Err    ignored;
        if (record_read(w->snapshot, a, S("organisation"), organisation, &r, &ignored)) {
            card_of(w->snapshot, a, &r, &card);
            if (card.title.len) text = card.title;
        }
        json_add_value(owners, option_shown(w, organisation, text, str_eq(organisation, chosen)));
    }
    return owners;
}

bool audiences_shown(const ViewWork *w, Str chosen, Json **out, Err *err)
{
    static const char *const audiences[] = { "public", "signed-in", "own" };
    Arena                   *a = w->req->arena;
    Json                    *choices = json_array_make(a);
    bool                     listed = false;
    Record                  *frameworks;
    size_t                   n;
    for (size_t i = 0; i < 3; i++) {
        bool on = str_eq_z(chosen, audiences[i]) || (!chosen.len && i == 0);
        listed = listed || on;
        json_add_value(choices, option_shown(w, str_of(audiences[i]),
                                             words(w, str_format(a, "audience.%s", audiences[i]).at), on));
    }
    if (!records_where(w, S("framework"), S(""), S(""), S("title"), 50, &frameworks, &n, NULL, err)) return false;
    for (size_t i = 0; i < n; i++) {
        Card card;
        Str  key = str_format(a, "framework:%.*s", STR_ARG(frameworks[i].slug));
        card_of(w->snapshot, a, &frameworks[i], &card);
        listed = listed || str_eq(chosen, key);
        json_add_value(choices, option_shown(w, key, words_with(w, "audience.framework", "framework", card.title),
                                             str_eq(chosen, key)));
    }
    if (!listed) json_add_value(choices, option_shown(w, chosen, chosen, true));
    *out = choices;
    return true;
}
