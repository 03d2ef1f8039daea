/* Rows of people.db: persons, memberships, invitations, sessions, tokens. Bytes and keys only: what
   they mean, and every secret's hashing, is core/people/people.c's. Roles are small integers. All functions
   are for one thread at a time. ERR_NOT_FOUND where a row is wanted and not there; ERR_CONFLICT for
   a taken e-mail address. */
#ifndef BANYAN_STORE_ACCOUNTS_H
#define BANYAN_STORE_ACCOUNTS_H

#include "base/hash.h"
#include "store/db.h"

bool accounts_prepare(Db *db, Err *err); /* the tables, when they are not there */

typedef struct {
    Str     id, email, name, lang;
    Str     password;   /* hash; empty: none yet */
    Str     otp_secret; /* raw bytes; empty: none */
    bool    otp_on, runs_node, disabled;
    int64_t otp_last_step, created_ms, last_seen_ms;
} PersonRow;

bool person_insert(Db *db, const PersonRow *row, Err *err);
bool person_update(Db *db, const PersonRow *row, Err *err); /* all but id, email and created */
/* Only when the person was last seen: safe beside a change made by another process. */
bool person_touch(Db *db, Str id, int64_t now_ms, Err *err);
bool person_by_id(Db *db, Arena *a, Str id, PersonRow *out, Err *err);
bool person_by_email(Db *db, Arena *a, Str email, PersonRow *out, Err *err);
/* By e-mail; only members of `organisation` when it is not empty. */
bool person_list(Db *db, Arena *a, Str organisation, PersonRow **out, size_t *n, Err *err);

typedef struct {
    Str organisation;
    int role;
} MembershipRow;
bool membership_set(Db *db, Str person, Str organisation, int role, Err *err); /* 0 removes */
bool membership_list(Db *db, Arena *a, Str person, MembershipRow **out, size_t *n, Err *err);

bool invitation_insert(Db *db, Hash hash, Str person, int64_t expires_ms, Err *err);
bool invitation_take(Db *db, Arena *a, Hash hash, int64_t now_ms, Str *person, Err *err); /* and remove */
bool invitation_delete_all(Db *db, Str person, Err *err);

bool session_insert(Db *db, Hash hash, Str person, int64_t now_ms, int64_t expires_ms,
                    Err *err); /* removes expired ones too */
bool session_person(Db *db, Arena *a, Hash hash, int64_t now_ms, Str *person, Err *err);
bool session_delete(Db *db, Hash hash, Err *err);
bool session_delete_all(Db *db, Str person, Err *err);

typedef struct {
    Str     id, name, person;
    int     scope; /* a small integer */
    int64_t created_ms, expires_ms, last_used_ms;
} TokenRow;
bool token_insert(Db *db, Hash hash, const TokenRow *row, Err *err);
bool token_by_hash(Db *db, Arena *a, Hash hash, int64_t now_ms, TokenRow *out, Err *err);
bool token_touch(Db *db, Str id, int64_t now_ms, Err *err);
bool token_list(Db *db, Arena *a, Str person, TokenRow **out, size_t *n, Err *err);
bool token_delete(Db *db, Str person, Str id, Err *err);
bool token_delete_all(Db *db, Str person, Err *err);

#endif
