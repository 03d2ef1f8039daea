/* banyan token make, list, end */
#include "base/time.h"
#include "cli/people.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static TokenScope scope_of(Call *call)
{
    return call_has(call, "rows") ? TOKEN_SENDS_ROWS : call_has(call, "write") ? TOKEN_WRITES
                                                                               : TOKEN_READS;
}

static bool token_make_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    Str     token;
    int64_t days;
    if (!call_integer(call, "days", 90, 1, 3650, &days, err)) return false;
    if (!people_of(call, &people, err) || !people_named(call, people, &person, err) ||
        !people_token_make(people, call->arena, person.id, call_option(call, "name", S("command line")),
                           scope_of(call), time_now_ms() + days * DAY_MS, &token, err))
        return false;
    printf("%.*s\n", STR_ARG(token));
    return true;
}

static bool token_list_run(Call *call, Err *err)
{
    static const char *const scopes[] = { "read", "write", "rows" };
    People                  *people;
    Person                   person;
    Token                   *tokens;
    size_t                   n;
    if (!people_of(call, &people, err) || !people_named(call, people, &person, err) ||
        !people_token_list(people, call->arena, person.id, &tokens, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        const Token *t = &tokens[i];
        Str          used = t->last_used_ms ? time_text(call->arena, t->last_used_ms) : S("never");
        printf("%.*s\t%.*s\t%s\texpires %.*s\tlast used %.*s\n", STR_ARG(t->id), STR_ARG(t->name),
               scopes[t->scope], STR_ARG(time_text(call->arena, t->expires_ms)), STR_ARG(used));
    }
    return true;
}

static bool token_end_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           people_token_end(people, person.id, str_of(call_operand(call, 2)), err);
}

const Command command_token_make = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "Prints the token, which is shown only this once. It may do what the person may.",
    .options = { { "name", "TEXT", "what it is for" },
                 { "write", NULL, "may change records; otherwise it only reads" },
                 { "rows", NULL, "only sends rows to datasets, for a sensor; reads what anybody reads" },
                 { "days", "N", "how long it lives; 90" } },
    .run = token_make_run,
};

const Command command_token_list = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "One token a line, parted by tabs: id, name, read or write, its end, when it was last used.",
    .run = token_list_run,
};

const Command command_token_end = {
    .operands = "NODE EMAIL ID",
    .least = 3,
    .most = 3,
    .about = "It is refused from then on.",
    .run = token_end_run,
};
