/* banyan user add, list, show, role, password, invite, disable, enable, otp-off. They work on the node's
   people.db, also beside a running server, which sees what they change within seconds. */
#include <termios.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/people.h"

/* Asked for at the terminal without showing it. */
static bool password_prompt(Call *call, const char *prompt, Str *out, Err *err)
{
    struct termios shown;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return fail(err, ERR_USAGE, "standard input is not a terminal: give the password there with --password-stdin");
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t)~ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool ok = line_read(call->arena, out, err);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return ok;
}

/* From standard input with --password-stdin, else typed twice. */
static bool password_ask(Call *call, Str *out, Err *err)
{
    Str again;
    if (call_has(call, "password-stdin")) return line_read(call->arena, out, err);
    if (!password_prompt(call, "New password: ", out, err) || !password_prompt(call, "The same again: ", &again, err))
        return false;
    return str_eq(*out, again) || fail(err, ERR_INVALID, "the two passwords differ; nothing was changed");
}

static bool roles_read(Call *call, Membership **out, size_t *n, Err *err)
{
    Str *given;
    *n = call_options(call, "role", &given);
    *out = NEW_ARRAY(call->arena, Membership, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        Cut  cut = str_cut_last(given[i], ':');
        Role role;
        if (!cut.found || !cut.head.len || !role_read(cut.tail, &role) || role == ROLE_NONE)
            return fail(
                err, ERR_USAGE,
                "--role takes ORGANISATION:ROLE with reader, editor, publisher or administrator, not \"%.*s\"",
                STR_ARG(given[i]));
        if (!organisation_check(call, cut.head, err)) return false;
        (*out)[i] = (Membership){ cut.head, role };
    }
    return true;
}

static void invitation_print(Str email, Str invitation)
{
    printf("/invitation/%.*s\n", STR_ARG(invitation));
    fflush(stdout);
    fprintf(
        stderr,
        "Whoever opens that address of the node within %d days sets the password of %.*s. It is shown only now.\n",
        (int)(INVITATION_MS / 86400000), STR_ARG(email));
}

static bool user_add_run(Call *call, Err *err)
{
    Arena      *a = call->arena;
    People     *people;
    Membership *roles;
    size_t      n;
    Str         email = str_of(call_operand(call, 1)), person, invitation, password = STR_NONE;
    bool        with_password = call_has(call, "password-stdin");
    if (!people_of(call, &people, err) || !roles_read(call, &roles, &n, err)) return false;
    if (with_password && !password_ask(call, &password, err)) return false;
    if (!people_invite(people, a, email, call_option(call, "name", email), call_option(call, "lang", S("en")), &person,
                       &invitation, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!people_set_role(people, person, roles[i].organisation, roles[i].role, err)) return false;
    if (call_has(call, "runs-node") && !people_set_runs_node(people, person, true, err)) return false;
    if (with_password) return people_accept(people, invitation, password, err);
    invitation_print(email, invitation);
    return true;
}

static void roles_print(const Person *p, const char *between)
{
    for (size_t k = 0; k < p->membership_count; k++)
        printf("%s%.*s:%s", k ? between : "", STR_ARG(p->memberships[k].organisation),
               role_name(p->memberships[k].role));
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
        roles_print(p, " ");
        printf("\t%s%s%s%s\n", p->runs_node ? "runs-node " : "", p->otp_on ? "one-time-password " : "",
               p->invited ? "invited " : "", p->disabled ? "disabled" : "");
    }
    return true;
}

static void time_print(Arena *a, const char *what, int64_t at_ms)
{
    printf("%-18s %.*s\n", what, STR_ARG(at_ms ? time_text(a, at_ms) : S("never")));
}

static bool user_show_run(Call *call, Err *err)
{
    People *people;
    Person  p;
    Token  *tokens;
    size_t  n;
    if (!people_of(call, &people, err) || !people_named(call, people, &p, err) ||
        !people_token_list(people, call->arena, p.id, &tokens, &n, err))
        return false;
    printf("%-18s %.*s\n%-18s %.*s\n%-18s %.*s\n%-18s %.*s\n", "id", STR_ARG(p.id), "e-mail", STR_ARG(p.email),
           "name", STR_ARG(p.name), "language", STR_ARG(p.lang));
    printf("%-18s ", "roles");
    roles_print(&p, " ");
    printf("\n%-18s %s\n%-18s %s\n", "runs the node", p.runs_node ? "yes" : "no", "one-time password",
           p.otp_on ? "on" : "off");
    printf("%-18s %s\n%-18s %zu\n", "account", p.disabled ? "closed" : p.invited ? "invited, no password yet"
                                                                                 : "open",
           "API tokens", n);
    time_print(call->arena, "made", p.created_ms);
    time_print(call->arena, "last seen", p.last_seen_ms);
    return true;
}

static bool user_role_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    Str     organisation = str_of(call_operand(call, 2)), name = str_of(call_operand(call, 3));
    Role    role;
    if (!role_read(name, &role))
        return fail(err, ERR_USAGE, "a role is reader, editor, publisher, administrator or none, not \"%.*s\"",
                    STR_ARG(name));
    if (role != ROLE_NONE && !organisation_check(call, organisation, err)) return false;
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

static bool user_invite_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    Str     invitation;
    if (!people_of(call, &people, err) || !people_named(call, people, &person, err) ||
        !people_reinvite(people, call->arena, person.id, &invitation, err))
        return false;
    invitation_print(person.email, invitation);
    return true;
}

static bool user_otp_off_run(Call *call, Err *err)
{
    People *people;
    Person  person;
    if (!people_of(call, &people, err) || !people_named(call, people, &person, err)) return false;
    if (!person.otp_on)
        fprintf(stderr, "%.*s uses no one-time passwords; nothing was changed.\n", STR_ARG(person.email));
    return !person.otp_on || people_otp_off(people, person.id, err);
}

static bool disable(Call *call, bool yes, Err *err)
{
    People *people;
    Person  person;
    return people_of(call, &people, err) && people_named(call, people, &person, err) &&
           people_disable(people, person.id, yes, err);
}

static bool user_disable_run(Call *call, Err *err)
{
    return disable(call, true, err);
}

static bool user_enable_run(Call *call, Err *err)
{
    return disable(call, false, err);
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

const Command command_user_show = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "EMAIL may also be the id that stands in the records' history.",
    .run = user_show_run,
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
    .about = "Asks for it at the terminal. Ends all sessions of that person.",
    .options = { { "password-stdin", NULL, "read the password from standard input" } },
    .run = user_password_run,
};

const Command command_user_invite = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "For a forgotten password or a lost invitation: prints an address where the person sets a new password.\n"
             "Earlier invitations end; the old password works until the new one is set.",
    .run = user_invite_run,
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
    .about = "Ends all sessions, tokens and invitations; what the person wrote stays.",
    .run = user_disable_run,
};

const Command command_user_enable = {
    .operands = "NODE EMAIL",
    .least = 2,
    .most = 2,
    .about = "The password is the one it had.",
    .run = user_enable_run,
};
