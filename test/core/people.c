/* Accounts, sign-in, sessions, tokens, roles. */
#include "core/people.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/time.h"
#include "core/people/cache.h"
#include "../check.h"

#define PASSWORD S("correct horse battery")

static People *people_of(Arena *a, Err *err)
{
    People *p = NULL;
    if (!check_ok(hash_start(err) && people_open(test_folder(a), &p, err), err, __FILE__, __LINE__, "people_open"))
        return NULL;
    return arena_adopt(a, p, (void (*)(void *))people_close);
}

/* A person with PASSWORD; their id. */
static Str person_of(People *p, Arena *a, const char *email)
{
    Str id, invitation;
    Err err = { 0 };
    check_ok(people_invite(p, a, str_of(email), S("Somchai"), S("th"), &id, &invitation, &err), &err, __FILE__,
             __LINE__, "people_invite");
    check_ok(people_accept(p, invitation, PASSWORD, &err), &err, __FILE__, __LINE__, "people_accept");
    return id;
}

static size_t parties_of(void *with, Arena *a, Str organisation, Str **frameworks)
{
    (void)with;
    if (!str_eq(organisation, S("pcd-th"))) return 0;
    *frameworks = NEW_ARRAY(a, Str, 1);
    (*frameworks)[0] = S("china-asean");
    return 1;
}

/* Codes as an authenticator app makes them, to test against: RFC 6238 over the secret in the URI. */
static Str code_of(Arena *a, Str uri, int64_t at_ms)
{
    Str     secret, base32 = str_cut(str_drop(uri, (size_t)str_find(uri, S("secret=")) + 7), '&').head;
    uint8_t mac[20], counter[8];
    base32_read(a, base32, &secret);
    for (int i = 0; i < 8; i++) counter[i] = (uint8_t)((uint64_t)(at_ms / 30000) >> (8 * (7 - i)));
    hmac_sha1(secret, (Str){ (const char *)counter, 8 }, mac);
    uint32_t n = ((uint32_t)mac[mac[19] & 15] & 0x7f) << 24;
    for (int i = 1; i < 4; i++) n |= (uint32_t)mac[(mac[19] & 15) + i] << (24 - 8 * i);
    return str_format(a, "%06u", n % 1000000);
}

TEST("an invitation sets a password once")
{
    People *p = people_of(a, &err);
    Str     id, invitation;
    SignIn  in;
    CHECK_OK(people_invite(p, a, S(" Somchai@Example.TH "), S("Somchai"), S("th"), &id, &invitation, &err));
    CHECK_ERR(people_sign_in(p, a, S("somchai@example.th"), S(""), S("::1"), &in, &err), ERR_SIGN_IN);
    CHECK_ERR(people_accept(p, invitation, S("short"), &err), ERR_INVALID);
    CHECK_ERR(people_accept(p, invitation, S("aaaaaaaaaaaaaa"), &err), ERR_INVALID);
    CHECK_ERR(people_accept(p, invitation, S("somchai@example.th"), &err), ERR_INVALID);
    CHECK_OK(people_accept(p, invitation, PASSWORD, &err));
    CHECK_ERR(people_accept(p, invitation, S("another password"), &err), ERR_NOT_FOUND);
    CHECK_OK(people_sign_in(p, a, S("Somchai@example.th"), PASSWORD, S("::1"), &in, &err));
    Person who;
    CHECK_OK(people_find(p, a, S("somchai@example.th"), &who, &err));
    CHECK_STR(who.id, id);
    CHECK(!who.invited);
}

TEST("a second account for the same address is refused")
{
    People *p = people_of(a, &err);
    Str     id, invitation;
    person_of(p, a, "a@example.org");
    CHECK_ERR(people_invite(p, a, S("A@example.org"), S("B"), S("en"), &id, &invitation, &err), ERR_CONFLICT);
    CHECK_ERR(people_invite(p, a, S("not an address"), S("B"), S("en"), &id, &invitation, &err), ERR_INVALID);
    CHECK_ERR(people_invite(p, a, S("b@example.org"), S("  "), S("en"), &id, &invitation, &err), ERR_INVALID);
}

TEST("a session says who asks, until it is ended")
{
    People *p = people_of(a, &err);
    Str     id = person_of(p, a, "a@example.org");
    SignIn  in;
    Reader  r;
    CHECK_OK(people_set_role(p, id, S("pcd-th"), ROLE_EDITOR, &err));
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_OK(people_reader(p, a, in.session, parties_of, NULL, &r, &err));
    CHECK_STR(r.person, id);
    CHECK(r.may_write);
    CHECK_EQ_INT(reader_role(&r, S("pcd-th")), ROLE_EDITOR);
    CHECK(audience_allows(&r, S("framework:china-asean")));
    CHECK(!audience_allows(&r, S("framework:gms")));
    CHECK_OK(people_sign_out(p, in.session, &err));
    CHECK_ERR(people_reader(p, a, in.session, parties_of, NULL, &r, &err), ERR_SIGN_IN);
    CHECK_ERR(people_reader(p, a, S("made up"), parties_of, NULL, &r, &err), ERR_SIGN_IN);
}

TEST("a change of role is seen by the next request")
{
    People *p = people_of(a, &err);
    Str     id = person_of(p, a, "a@example.org");
    SignIn  in;
    Reader  r;
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_OK(people_reader(p, a, in.session, NULL, NULL, &r, &err));
    CHECK_EQ_INT(reader_role(&r, S("caec")), ROLE_NONE);
    CHECK_OK(people_set_role(p, id, S("caec"), ROLE_PUBLISHER, &err));
    CHECK_OK(people_reader(p, a, in.session, NULL, NULL, &r, &err));
    CHECK_EQ_INT(reader_role(&r, S("caec")), ROLE_PUBLISHER);
    CHECK_OK(people_set_role(p, id, S("caec"), ROLE_NONE, &err));
    CHECK_OK(people_reader(p, a, in.session, NULL, NULL, &r, &err));
    CHECK_EQ_INT(reader_role(&r, S("caec")), ROLE_NONE);
}

TEST("closing an account ends its sessions and tokens at once")
{
    People *p = people_of(a, &err);
    Str     token, id = person_of(p, a, "a@example.org");
    SignIn  in;
    Reader  r;
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_OK(people_token_make(p, a, id, S("script"), true, time_now_ms() + 100000, &token, &err));
    CHECK_OK(people_reader(p, a, token, NULL, NULL, &r, &err));
    CHECK_OK(people_disable(p, id, true, &err));
    CHECK_ERR(people_reader(p, a, in.session, NULL, NULL, &r, &err), ERR_SIGN_IN);
    CHECK_ERR(people_reader(p, a, token, NULL, NULL, &r, &err), ERR_SIGN_IN);
    CHECK_ERR(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err), ERR_SIGN_IN);
}

TEST("closing an account leaves no way in, opening it again needs the password")
{
    People *p = people_of(a, &err);
    Str     invitation, id = person_of(p, a, "a@example.org");
    SignIn  in;
    CHECK_OK(people_reinvite(p, a, id, &invitation, &err));
    CHECK_OK(people_disable(p, id, true, &err));
    CHECK_ERR(people_accept(p, invitation, S("a rather newer one"), &err), ERR_NOT_FOUND);
    CHECK_OK(people_disable(p, id, false, &err));
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
}

TEST("only the newest invitation is good, and none is once a password is set")
{
    People *p = people_of(a, &err);
    Str     first, second, third, id = person_of(p, a, "a@example.org");
    Person  who;
    CHECK_OK(people_reinvite(p, a, id, &first, &err));
    CHECK_OK(people_reinvite(p, a, id, &second, &err));
    CHECK_ERR(people_invitation(p, a, first, &who, &err), ERR_NOT_FOUND);
    CHECK_OK(people_invitation(p, a, second, &who, &err));
    CHECK_STR(who.email, "a@example.org");
    CHECK_OK(people_accept(p, second, S("a rather newer one"), &err));
    CHECK_OK(people_reinvite(p, a, id, &third, &err));
    CHECK_OK(people_set_password(p, id, S("the newest of them"), &err));
    CHECK_ERR(people_accept(p, third, S("a rather newer one"), &err), ERR_NOT_FOUND);
}

TEST("a person's own password is asked again before it matters")
{
    People *p = people_of(a, &err);
    Str     session, id = person_of(p, a, "a@example.org");
    Reader  r;
    CHECK_OK(people_confirm(p, id, PASSWORD, S("::1"), &err));
    for (int i = 0; i < SIGN_IN_TRIES; i++)
        CHECK_ERR(people_confirm(p, id, S("not that one"), S("::1"), &err), ERR_SIGN_IN);
    CHECK_ERR(people_confirm(p, id, PASSWORD, S("::1"), &err), ERR_TOO_MANY);
    CHECK_OK(people_session(p, a, id, &session, &err));
    CHECK_OK(people_reader(p, a, session, NULL, NULL, &r, &err));
    CHECK_STR(r.person, id);
}

TEST("a person has a name of one line and a language")
{
    People *p = people_of(a, &err);
    Str     id = person_of(p, a, "a@example.org");
    Person  who;
    CHECK_OK(people_rename(p, id, S(" สมชาย ใจดี "), S("th"), &err));
    CHECK_OK(people_find(p, a, id, &who, &err));
    CHECK_STR(who.name, "สมชาย ใจดี");
    CHECK_ERR(people_rename(p, id, S("two\nlines"), S("th"), &err), ERR_INVALID);
    CHECK_ERR(people_rename(p, id, S("Somchai"), S("not a tag"), &err), ERR_INVALID);
    CHECK_ERR(people_rename(p, S("nobody"), S("Somchai"), S("th"), &err), ERR_NOT_FOUND);
}

TEST("a server sees what a command beside it changes")
{
    const char *folder = test_folder(a);
    People     *serving, *command;
    Str         invitation, id, first, second;
    Reader      r;
    CHECK_OK(people_open(folder, &serving, &err));
    arena_adopt(a, serving, (void (*)(void *))people_close);
    CHECK_OK(people_open(folder, &command, &err));
    arena_adopt(a, command, (void (*)(void *))people_close);
    CHECK_OK(people_invite(command, a, S("a@example.org"), S("A"), S("en"), &id, &invitation, &err));
    CHECK_OK(people_session(serving, a, id, &first, &err));
    CHECK_OK(people_set_role(command, id, S("pcd-th"), ROLE_EDITOR, &err));
    CHECK_OK(people_reader(serving, a, first, NULL, NULL, &r, &err));
    CHECK_EQ_INT(reader_role(&r, S("pcd-th")), ROLE_EDITOR);
    CHECK_OK(people_session(serving, a, id, &second, &err)); /* not asked before: nothing remembers it */
    CHECK_OK(people_disable(command, id, true, &err));
    CHECK_ERR(people_reader(serving, a, second, NULL, NULL, &r, &err), ERR_SIGN_IN);
}

TEST("a new password ends the sessions made with the old one")
{
    People *p = people_of(a, &err);
    Str     id = person_of(p, a, "a@example.org");
    SignIn  in;
    Reader  r;
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_OK(people_set_password(p, id, S("a rather newer one"), &err));
    CHECK_ERR(people_reader(p, a, in.session, NULL, NULL, &r, &err), ERR_SIGN_IN);
    CHECK_ERR(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err), ERR_SIGN_IN);
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), S("a rather newer one"), S("::1"), &in, &err));
}

TEST("a token has a scope and ends by itself or by its owner")
{
    People *p = people_of(a, &err);
    Str     token, id = person_of(p, a, "a@example.org"), other = person_of(p, a, "b@example.org");
    Reader  r;
    Token  *tokens;
    size_t  n;
    CHECK_ERR(people_token_make(p, a, id, S("late"), true, time_now_ms() - 1, &token, &err), ERR_INVALID);
    CHECK_OK(people_token_make(p, a, id, S("script"), false, time_now_ms() + 100000, &token, &err));
    CHECK(str_starts(token, S("banyan_")));
    CHECK_OK(people_reader(p, a, token, NULL, NULL, &r, &err));
    CHECK(!r.may_write);
    CHECK_OK(people_token_list(p, a, id, &tokens, &n, &err));
    CHECK_EQ_INT(n, 1);
    CHECK_ERR(people_token_end(p, other, tokens[0].id, &err), ERR_NOT_FOUND); /* another's token stays */
    CHECK_OK(people_reader(p, a, token, NULL, NULL, &r, &err));
    CHECK_OK(people_token_end(p, id, tokens[0].id, &err));
    CHECK_ERR(people_reader(p, a, token, NULL, NULL, &r, &err), ERR_SIGN_IN);
}

TEST("a one-time password is asked for, and works once")
{
    People *p = people_of(a, &err);
    Str     uri, session, id = person_of(p, a, "a@example.org");
    SignIn  in;
    CHECK_OK(people_otp_begin(p, a, id, &uri, &err));
    CHECK(str_starts(uri, S("otpauth://totp/Banyan:a%40example.org?secret=")));
    /* Until it is confirmed nobody is locked out. */
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK(in.session.len > 0);
    CHECK_ERR(people_otp_confirm(p, id, S("12345"), &err), ERR_INVALID);
    int64_t now = time_now_ms();
    CHECK_OK(people_otp_confirm(p, id, code_of(a, uri, now - 30000), &err));
    CHECK_ERR(people_otp_begin(p, a, id, &uri, &err), ERR_CONFLICT);
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_EQ_INT(in.session.len, 0);
    CHECK_ERR(people_sign_in_code(p, a, in.ticket, code_of(a, uri, now - 300000), S("::1"), &session, &err),
              ERR_SIGN_IN);
    CHECK_ERR(people_sign_in_code(p, a, S("made up"), code_of(a, uri, now), S("::1"), &session, &err), ERR_GONE);
    Str code = code_of(a, uri, now + 30000);
    CHECK_OK(people_sign_in_code(p, a, in.ticket, code, S("::1"), &session, &err));
    CHECK_ERR(people_sign_in_code(p, a, in.ticket, code, S("::1"), &session, &err), ERR_GONE);
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_ERR(people_sign_in_code(p, a, in.ticket, code, S("::1"), &session, &err), ERR_SIGN_IN);
    CHECK_OK(people_set_password(p, id, S("a rather newer one"),
                                 &err)); /* a ticket is for the password it was given for */
    CHECK_ERR(people_sign_in_code(p, a, in.ticket, code_of(a, uri, now + 30000), S("::1"), &session, &err), ERR_GONE);
    CHECK_OK(people_otp_off(p, id, &err));
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), S("a rather newer one"), S("::1"), &in, &err));
    CHECK(in.session.len > 0);
}

TEST("guessed codes count like guessed passwords")
{
    People *p = people_of(a, &err);
    Str     uri, session, id = person_of(p, a, "a@example.org");
    SignIn  in;
    CHECK_OK(people_otp_begin(p, a, id, &uri, &err));
    CHECK_OK(people_otp_confirm(p, id, code_of(a, uri, time_now_ms()), &err));
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    for (int i = 0; i < SIGN_IN_TRIES; i++)
        CHECK_ERR(people_sign_in_code(p, a, in.ticket, S("wrong"), S("::1"), &session, &err), ERR_SIGN_IN);
    CHECK_ERR(people_sign_in_code(p, a, in.ticket, S("wrong"), S("::1"), &session, &err), ERR_TOO_MANY);
    CHECK_ERR(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::2"), &in, &err), ERR_TOO_MANY);
}

TEST("too many wrong passwords make an account and an address wait")
{
    Attempts *t = attempts_open(3, 3, 60000);
    int64_t   now = 1000000;
    for (int i = 0; i < 3; i++) CHECK_EQ_INT(attempts_begin(t, S("a@example.org"), S("192.0.2.1"), now), 0);
    CHECK_EQ_INT(attempts_begin(t, S("a@example.org"), S("192.0.2.2"), now + 1000), 59000);
    CHECK_EQ_INT(attempts_begin(t, S("b@example.org"), S("192.0.2.1"), now + 1000), 59000);
    CHECK_EQ_INT(attempts_begin(t, S("b@example.org"), S("192.0.2.2"), now + 1000), 0);
    attempts_undo(t, S("a@example.org"), S("192.0.2.1"), true);
    CHECK_EQ_INT(attempts_begin(t, S("a@example.org"), S("192.0.2.1"), now + 2000),
                 0); /* two are left of that address */
    CHECK_EQ_INT(attempts_begin(t, S("c@example.org"), S("192.0.2.1"), now + 2000), 58000);
    CHECK_EQ_INT(attempts_begin(t, S("c@example.org"), S("192.0.2.1"), now + 60000), 0);
    attempts_close(t);
}

TEST("IPv6 addresses of one network wait together")
{
    Attempts *t = attempts_open(2, 2, 60000);
    CHECK_EQ_INT(attempts_begin(t, S("a@example.org"), S("2001:db8:0:1::1"), 0), 0);
    CHECK_EQ_INT(attempts_begin(t, S("b@example.org"), S("2001:db8:0:1:ffff::2"), 0), 0);
    CHECK_EQ_INT(attempts_begin(t, S("c@example.org"), S("2001:db8:0:1::3"), 0), 60000);
    CHECK_EQ_INT(attempts_begin(t, S("c@example.org"), S("2001:db8:0:2::3"), 0), 0);
    attempts_close(t);
}

TEST("the oldest ticket makes room, and none outlives its time")
{
    Tickets *t = tickets_open();
    Str      person, password;
    for (int i = 0; i <= TICKET_SLOTS; i++) tickets_put(t, hash_of(&i, sizeof i), S("p"), S("h"), 1000);
    int first = 0, last = TICKET_SLOTS;
    CHECK(!tickets_get(t, a, hash_of(&first, sizeof first), 1000, &person, &password));
    CHECK(tickets_get(t, a, hash_of(&last, sizeof last), 1000, &person, &password));
    CHECK_STR(person, "p");
    CHECK_STR(password, "h");
    CHECK(!tickets_get(t, a, hash_of(&last, sizeof last), 1000 + TICKET_MS, &person, &password));
    tickets_end(t, hash_of(&last, sizeof last));
    CHECK(!tickets_get(t, a, hash_of(&last, sizeof last), 1000, &person, &password));
    tickets_close(t);
}

TEST("a wrong password is counted and says nothing about which part was wrong")
{
    People *p = people_of(a, &err);
    SignIn  in;
    person_of(p, a, "a@example.org");
    CHECK_ERR(people_sign_in(p, a, S("a@example.org"), S("wrong wrong wrong"), S("::1"), &in, &err), ERR_SIGN_IN);
    Str first = str_copy(a, str_of(err.text));
    CHECK_ERR(people_sign_in(p, a, S("nobody@example.org"), PASSWORD, S("::1"), &in, &err), ERR_SIGN_IN);
    CHECK_STR(first, err.text);
    for (int i = 1; i < SIGN_IN_TRIES; i++)
        CHECK_ERR(people_sign_in(p, a, S("nobody@example.org"), PASSWORD, S("::1"), &in, &err), ERR_SIGN_IN);
    CHECK_ERR(people_sign_in(p, a, S("nobody@example.org"), PASSWORD, S("192.0.2.7"), &in, &err), ERR_TOO_MANY);
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
}

TEST("no secret stands in the file as it is")
{
    SignIn  in;
    Str     token, bytes, folder = str_of(test_folder(a));
    People *p;
    CHECK_OK(hash_start(&err) && people_open(folder.at, &p, &err));
    Str id = person_of(p, a, "a@example.org");
    CHECK_OK(people_sign_in(p, a, S("a@example.org"), PASSWORD, S("::1"), &in, &err));
    CHECK_OK(people_token_make(p, a, id, S("script"), true, time_now_ms() + 100000, &token, &err));
    people_close(p);
    CHECK_OK(file_read(a, path_join(a, folder, S("people.db")).at, 1 << 24, &bytes, &err));
    CHECK(str_has(bytes, S("a@example.org")));
    CHECK(!str_has(bytes, PASSWORD));
    CHECK(!str_has(bytes, in.session));
    CHECK(!str_has(bytes, token));
}

TEST("a form's token belongs to one session")
{
    Str token = csrf_token(a, S("one session"));
    CHECK(csrf_check(S("one session"), token));
    CHECK(!csrf_check(S("another session"), token));
    CHECK(!csrf_check(STR_NONE, csrf_token(a, STR_NONE)));
}
