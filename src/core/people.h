/* People: accounts by invitation, sign-in, sessions, API tokens, roles in organisations.

   They live in FOLDER/people.db, apart from the records: personal data never enters the log. Secrets
   are stored only as hashes (passwords Argon2id; session ids, tokens and invitations SHA-256). Every
   change is durable at return (SQLite, synchronous=FULL). Thread-safe: one connection behind a lock.

   What looks at a password takes some 50 ms and 64 MiB by design, one at a time: never on a thread that
   serves pages. What else is here waits at most for one sync of the disk. */
#ifndef BANYAN_CORE_PEOPLE_H
#define BANYAN_CORE_PEOPLE_H

#include "core/audience.h"

typedef struct People People;

bool people_open(const char *folder, People **out, Err *err);
void people_close(People *p);

typedef struct {
    Str         id, email, name, lang;
    Membership *memberships;
    size_t      membership_count;
    bool        runs_node, otp_on, disabled, invited; /* invited: has not set a password yet */
    int64_t     created_ms, last_seen_ms;
} Person;

/* An account without a password, and the invitation that sets one: shown once, valid INVITATION_MS.
   ERR_INVALID for an address, a name or a language that is none; ERR_CONFLICT for an address that has an
   account. */
bool people_invite(People *p, Arena *a, Str email, Str name, Str lang, Str *person_id, Str *invitation, Err *err);
/* ERR_INVALID for a weak password, naming the rule; ERR_NOT_FOUND for a used or expired invitation. */
bool people_accept(People *p, Str invitation, Str password, Err *err);
/* Whose an invitation is; ERR_NOT_FOUND as above. */
bool people_invitation(People *p, Arena *a, Str invitation, Person *out, Err *err);
/* For a forgotten password: the old one works until this is used; earlier invitations end. */
bool people_reinvite(People *p, Arena *a, Str person_id, Str *invitation, Err *err);
/* Ends all sessions and invitations of the person. */
bool people_set_password(People *p, Str person_id, Str password, Err *err);
bool people_rename(People *p, Str person_id, Str name, Str lang, Err *err);
bool people_set_role(People *p, Str person_id, Str organisation, Role role, Err *err); /* ROLE_NONE removes */
bool people_set_runs_node(People *p, Str person_id, bool yes, Err *err);
bool people_disable(People *p, Str person_id, bool yes, Err *err); /* ends sessions, tokens, invitations */
bool people_find(People *p, Arena *a, Str id_or_email, Person *out, Err *err);
bool people_list(People *p, Arena *a, Str organisation, Person **out, size_t *n, Err *err); /* empty: all */

/* One-time passwords (RFC 6238, SHA-1, 30 s, 6 digits, one step of grace, each code once). They are
   asked for once the first code is confirmed. */
bool people_otp_begin(People *p, Arena *a, Str person_id, Str *otpauth_uri, Err *err);
/* The same again, until it is confirmed; ERR_CONFLICT when nothing was begun. */
bool people_otp_uri(People *p, Arena *a, Str person_id, Str *otpauth_uri, Err *err);
bool people_otp_confirm(People *p, Str person_id, Str code, Err *err);
bool people_otp_off(People *p, Str person_id, Err *err);

/* Sign in: a session, or, for those who use one-time passwords, a ticket that a code within 5 minutes
   turns into one. ERR_SIGN_IN says nothing about which part was wrong; ERR_TOO_MANY after SIGN_IN_TRIES
   failures of an account or ADDRESS_TRIES of an address (whole ministries share one) in SIGN_IN_WINDOW_MS
   (err text: when to try again); ERR_GONE for a ticket that is over. */
#define PASSWORD_MIN_CHARACTERS 10
#define INVITATION_MS           ((int64_t)14 * 86400 * 1000)
#define SIGN_IN_TRIES           10
#define ADDRESS_TRIES           100
#define SIGN_IN_WINDOW_MS       (15 * 60 * 1000)
#define SESSION_MS              ((int64_t)12 * 3600 * 1000)
typedef struct {
    Str session, ticket;
} SignIn; /* one of them; the other is empty */
bool people_sign_in(People *p, Arena *a, Str email, Str password, Str address, SignIn *out, Err *err);
bool people_sign_in_code(People *p, Arena *a, Str ticket, Str code, Str address, Str *session, Err *err);
/* The password of somebody who has signed in, asked again before it matters; fails like people_sign_in. */
bool people_confirm(People *p, Str person_id, Str password, Str address, Err *err);
/* A new session for somebody who has just proven who they are. */
bool people_session(People *p, Arena *a, Str person_id, Str *session, Err *err);
bool people_sign_out(People *p, Str session, Err *err);

/* API tokens: "banyan_" and 43 characters, shown once. One that only sends rows is for a sensor in the open: it reads
   no more than anybody and changes nothing, but rows are taken from it as from its person (data/inbox.h). */
typedef enum { TOKEN_READS,
               TOKEN_WRITES,
               TOKEN_SENDS_ROWS } TokenScope; /* as people.db has them */
typedef struct {
    Str        id, name, person_id;
    TokenScope scope;
    int64_t    created_ms, expires_ms, last_used_ms;
} Token;
bool people_token_make(People *p, Arena *a, Str person_id, Str name, TokenScope scope, int64_t expires_ms, Str *token,
                       Err *err);
bool people_token_list(People *p, Arena *a, Str person_id, Token **out, size_t *n, Err *err);
/* ERR_NOT_FOUND when the person has no such token. */
bool people_token_end(People *p, Str person_id, Str token_id, Err *err);

/* The reader behind a session id or a token; ERR_SIGN_IN when it is unknown, ended or expired. Cached
   in memory for a few seconds at most, dropped at once on any change. `frameworks` is filled by
   `parties` (which frameworks an organisation's country is a party of), given by the node and asked each
   time: it keeps its own answers. */
typedef size_t (*PeopleParties)(void *with, Arena *a, Str organisation, Str **frameworks);
bool people_reader(People *p, Arena *a, Str session_or_token, PeopleParties parties, void *with, Reader *out, Err *err);

/* What a form of this session must carry so that no other site can send it: derived from the session,
   which other sites cannot read. Checked in constant time; an empty session never passes. */
Str  csrf_token(Arena *a, Str session);
bool csrf_check(Str session, Str token);

#endif
