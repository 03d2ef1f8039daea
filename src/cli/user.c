/* banyan user add, list, role, password, otp-off, disable */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/people.h"

/* From standard input with --password-stdin, else asked for at the terminal without showing it. */
static bool password_ask(Call *call, Str *out, Err *err)
{
    if (call_has(call, "password-stdin")) return line_read(call->arena, out, err);
    struct termios shown;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return fail(err, ERR_USAGE, "standard input is not a terminal: give the password there with --password-stdin");
    fputs("Password: ", stderr);
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t)~ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool ok = line_read(call->arena, out, err);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return ok;
}

static bool roles_give(Call *call, People *people, Str person, Err *err)
{
    Str   *given;
    size_t n = call_options(call, "role", &given);
    for (size_t i = 0; i < n; i++) {
        Cut  cut = str_cut_last(given[i], ':');
        Role role;
        if (!cut.found || !role_read(cut.tail, &role))
            return fail(err, ERR_USAGE,
                        "--role takes ORGANISATION:ROLE with reader, editor, publisher or administrator, not \"%.*s\"",
                        STR_ARG(given[i]));
        if (!people_set_role(people, person, str_copy(call->arena, cut.head), role, err)) return false;
    }
    return true;
}

static bool user_add_run(Call *call, Err *err)
{
    Arena  *a = call->arena;
    People *people;
    Str     email = str_of(call_operand(call, 1)), person, invitation, password = STR_NONE;
    bool    with_password = call_has(call, "password-stdin");
    if (!people_of(call, &people, err)) return false;
    if (with_password && !password_ask(call, &password, err)) return false;
    if (!people_invite(people, a, email, call_option(call, "name", email), call_option(call, "lang", S("en")), &person,
                       &invitation, err) ||
        !roles_give(call, people, person, err))
        return false;
    if (call_has(call, "runs-node") && !people_set_runs_node(people, person, true, err)) return false;
    if (with_password) return people_accept(people, invitation, password, err);
    printf("/invitation/%.*s\n", STR_ARG(invitation));
    fprintf(stderr, "%.*s sets a password at that address of the node within 14 days. It is shown only now.\n",
            STR_ARG(email));
    return true;
}

static bool user_list_run(Call *call, Err *err)
{
    People *people;
    Person *persons;
    size_t  n;
    if (!people_of(call, &people, err)) return false;
    if (!people_list(people, call->arena, call_option(call, "organisation", STR_NONE), &persons, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const Person *p = &persons[i];
        printf("%.*s\t%.*s\t", STR_ARG(p->email), STR_ARG(p->name));
        for (size_t k = 0; k < p->membership_count; k++)
            printf("%s%.*s:%s", k ? " " : "", STR_ARG(p->memberships[k].organisation),
                   role_name(p->memberships[k].role));
        printf("\t%s%s%s%s\n", p->runs_node ? "runs-node " : "", p->otp_on ? "one-time-password " : "",
               p->invited ? "invited " : "", p->disabled ? "disabled" : "");
    }
    return true;
}

static bool user_role_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    Str     organisation = str_of(call_operand(call, 2)), name = str_of(call_operand(call, 3));
    Role    role = ROLE_NONE;
    if (!str_eq_z(name, "none") && !role_read(name, &role))
        return fail(err, ERR_USAGE, "a role is reader, editor, publisher, administrator or none, not \"%.*s\"",
                    STR_ARG(name));
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           people_set_role(people, person.id, organisation, role, err);
}

static bool user_password_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    Str     password;
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           password_ask(call, &password, err) && people_set_password(people, person.id, password, err);
}

static bool user_otp_off_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           people_otp_off(people, person.id, err);
}

static bool user_disable_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           people_disable(people, person.id, !call_has(call, "undo"), err);
}

const Command command_user_add = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "Prints the invitation with which the person sets a password; with --password-stdin there is none.",
    .options = { { "name", "NAME", "as the pages show it" },
                 { "lang", "TAG", "language of the pages for this person; en" },
                 { "role", "ORGANISATION:ROLE",
                   "slug of the organisation, and reader, editor, publisher or administrator; may be repeated" },
                 { "runs-node", NULL, "may manage people and settings of this node" },
                 { "password-stdin", NULL, "read the password from standard input" } },
    .run = user_add_run,
};

const Command command_user_list = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "One person a line, parted by tabs: e-mail address, name, roles, what else there is to know.",
    .options = { { "organisation", "SLUG", "only its members" } },
    .run = user_list_run,
};

const Command command_user_role = {
    .operands = "NODE EMAIL ORGANISATION ROLE",
    .least = 4,
    .most = 4,
    .about = "ROLE is reader, editor (submits), publisher (publishes), administrator, or none.",
    .run = user_role_run,
};

const Command command_user_password = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "Ends all sessions of that person.",
    .options = { { "password-stdin", NULL, "read the password from standard input" } },
    .run = user_password_run,
};

const Command command_user_otp_off = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "For somebody who lost the device; the password alone is enough then.",
    .run = user_otp_off_run,
};

const Command command_user_disable = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "Ends all sessions and tokens; what the person wrote stays.",
    .options = { { "undo", NULL, "open the account again" } },
    .run = user_disable_run,
};
