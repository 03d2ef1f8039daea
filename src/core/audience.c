/* Who may see what and who may do what. Nothing else in the program decides either. */
#include "core/audience.h"

#include <stdlib.h>

#include "text/slug.h"

static const char *const roles[] = { "none", "reader", "editor", "publisher", "administrator" };
#define ROLE_COUNT (sizeof roles / sizeof *roles)

const char *role_name(Role r)
{
    return roles[r];
}

bool role_read(Str name, Role *out)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (str_eq_z(name, roles[i])) {
            *out = (Role)i;
            return true;
        }
    return false;
}

static int token_order(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

Reader reader_copy(Arena *a, const Reader *from)
{
    Reader to = *from;
    to.person = str_copy(a, from->person);
    to.name = str_copy(a, from->name);
    to.memberships = NEW_ARRAY(a, Membership, from->membership_count + 1);
    for (size_t i = 0; i < from->membership_count; i++)
        to.memberships[i] = (Membership){ str_copy(a, from->memberships[i].organisation), from->memberships[i].role };
    to.frameworks = strs_copy(a, from->frameworks, from->framework_count);
    to.tokens = strs_copy(a, from->tokens, from->token_count);
    return to;
}

void reader_finish(Reader *r, Arena *a)
{
    r->tokens = NEW_ARRAY(a, Str, 2 + r->membership_count + r->framework_count);
    size_t n = 0;
    r->tokens[n++] = S("public");
    if (r->person.len) r->tokens[n++] = S("signed-in");
    for (size_t i = 0; i < r->membership_count; i++)
        if (r->memberships[i].role >= ROLE_READER)
            r->tokens[n++] = str_format(a, "org:%.*s", STR_ARG(r->memberships[i].organisation));
    for (size_t i = 0; i < r->framework_count; i++)
        r->tokens[n++] = str_format(a, "framework:%.*s", STR_ARG(r->frameworks[i]));
    qsort(r->tokens, n, sizeof(Str), token_order);

    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !str_eq(r->tokens[kept - 1], r->tokens[i])) r->tokens[kept++] = r->tokens[i];
    r->token_count = kept;
    r->key = str_hash(r->all ? S("*") : str_join_with(a, S("\n"), r->tokens, kept));
}

Role reader_role(const Reader *r, Str organisation)
{
    Role most = ROLE_NONE;
    for (size_t i = 0; i < r->membership_count; i++)
        if (str_eq(r->memberships[i].organisation, organisation) && r->memberships[i].role > most)
            most = r->memberships[i].role;
    return most;
}

bool audience_check(Str audience, Err *err)
{
    if (str_eq(audience, S("public")) || str_eq(audience, S("signed-in")) || str_eq(audience, S("own")))
        return true;
    Cut cut = str_cut(audience, ':');
    if (cut.found && str_eq(cut.head, S("framework")) && slug_is(cut.tail)) return true;
    return fail(err, ERR_INVALID,
                "audience \"%.*s\" is none of public, signed-in, own, framework:SLUG", STR_ARG(audience));
}

Str audience_token(Arena *a, Str audience, Str owner, bool working)
{
    if (working || str_eq(audience, S("own"))) return str_format(a, "org:%.*s", STR_ARG(owner));
    return audience;
}

bool audience_allows(const Reader *r, Str token)
{
    return r->all || bsearch(&token, r->tokens, r->token_count, sizeof(Str), token_order) != NULL;
}

const char *audience_why(const Reader *r, Str token)
{
    if (str_eq(token, S("public"))) return "why.public";
    if (!audience_allows(r, token)) return "why.hidden";
    if (str_eq(token, S("signed-in"))) return "why.signed-in";
    return str_starts(token, S("framework:")) ? "why.framework" : "why.own";
}

static bool has_role(const Reader *r, Str owner, Role least)
{
    return r->all || (r->may_write && reader_role(r, owner) >= least);
}

bool may_edit(const Reader *r, Str owner)
{
    return has_role(r, owner, ROLE_EDITOR);
}

bool may_publish(const Reader *r, Str owner)
{
    return has_role(r, owner, ROLE_PUBLISHER);
}

bool may_manage(const Reader *r, Str organisation)
{
    return has_role(r, organisation, ROLE_ADMINISTRATOR) || may_manage_all(r);
}

bool may_manage_some(const Reader *r)
{
    bool some = may_manage_all(r);
    for (size_t i = 0; !some && i < r->membership_count; i++) some = may_manage(r, r->memberships[i].organisation);
    return some;
}

bool may_manage_all(const Reader *r)
{
    return r->all || (r->runs_node && r->may_write);
}
