/* People: accounts, invitations, roles. Signing in, sessions and tokens are people/sign_in.c's; the rows
   are store/accounts.c's. */
#include "core/people/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/id.h"
#include "base/time.h"
#include "text/lang.h"

#define PEOPLE_CACHE_BYTES ((size_t)1 << 20)
#define EMAIL_MAX_BYTES    254
#define NAME_MAX_BYTES     200

void people_lock(People *p)
{
    pthread_mutex_lock(&p->lock);
}

bool people_unlock(People *p, bool ok)
{
    pthread_mutex_unlock(&p->lock);
    return ok;
}

bool people_unlock_changed(People *p, bool ok)
{
    pthread_mutex_unlock(&p->lock);
    reader_cache_drop(p->cache);
    return ok;
}

bool people_open(const char *folder, People **out, Err *err)
{
    Arena  *a = arena_open(0);
    People *p = calloc(1, sizeof *p);
    if (!p) memory_end(sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->hashing, NULL);
    p->attempts = attempts_open(SIGN_IN_TRIES, ADDRESS_TRIES, SIGN_IN_WINDOW_MS);
    p->tickets = tickets_open();
    p->cache = reader_cache_open();
    Str  path = path_join(a, str_of(folder), S("people.db"));
    bool ok = db_open(path.at, DB_TRUTH, PEOPLE_CACHE_BYTES, &p->db, err) && accounts_prepare(p->db, err);
    arena_close(a);
    if (!ok) {
        people_close(p);
        return fail_in(err, "people.db");
    }
    *out = p;
    return true;
}

void people_close(People *p)
{
    if (!p) return;
    db_close(p->db);
    attempts_close(p->attempts);
    tickets_close(p->tickets);
    reader_cache_close(p->cache);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->hashing);
    free(p);
}

/* ---- accounts ---- */

static bool email_check(Arena *a, Str email, Str *out, Err *err)
{
    email = str_lower_ascii(a, str_trim(email));
    Cut  at = str_cut(email, '@');
    bool ok = at.found && at.head.len && str_has(at.tail, S(".")) && !str_has(at.tail, S("@")) &&
              email.len <= EMAIL_MAX_BYTES;
    for (size_t i = 0; i < email.len; i++)
        ok = ok && (unsigned char)email.at[i] > ' ' && email.at[i] != '"' && email.at[i] != '<';
    if (!ok) return fail(err, ERR_INVALID, "\"%.*s\" is not an e-mail address", STR_ARG(email));
    *out = email;
    return true;
}

static size_t characters(Str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

static bool password_check(Str password, const PersonRow *row, Err *err)
{
    if (!str_is_utf8(password) || password.len > PASSWORD_MAX_BYTES)
        return fail(err, ERR_INVALID, "a password has at most %d bytes of text", PASSWORD_MAX_BYTES);
    if (characters(password) < PASSWORD_MIN_CHARACTERS)
        return fail(err, ERR_INVALID, "a password has at least %d characters", PASSWORD_MIN_CHARACTERS);
    if (str_eq_nocase(password, row->email) || str_eq_nocase(password, row->name))
        return fail(err, ERR_INVALID, "a password is not one's own name or address");
    for (size_t i = 1; i < password.len; i++)
        if (password.at[i] != password.at[0]) return true;
    return fail(err, ERR_INVALID, "a password is more than one character repeated");
}

static bool name_check(Str *name, Str lang, Err *err)
{
    *name = str_trim(*name);
    if (!name->len || name->len > NAME_MAX_BYTES || !str_is_utf8(*name))
        return fail(err, ERR_INVALID, "a person has a name of at most %d bytes", NAME_MAX_BYTES);
    for (size_t i = 0; i < name->len; i++)
        if ((unsigned char)name->at[i] < ' ') return fail(err, ERR_INVALID, "a name is one line of text");
    return lang_is(lang) || fail(err, ERR_INVALID, "\"%.*s\" is not a language tag", STR_ARG(lang));
}

bool people_invite(People *p, Arena *a, Str email, Str name, Str lang, Str *person_id, Str *invitation, Err *err)
{
    PersonRow row = { .id = id_make(a), .name = name, .lang = lang, .created_ms = time_now_ms() };
    if (!email_check(a, email, &row.email, err)) return false;
    if (!name_check(&row.name, lang, err)) return false;
    Str secret = secret_make(a);
    people_lock(p);
    bool ok = db_begin(p->db, err) && person_insert(p->db, &row, err) &&
              invitation_insert(p->db, secret_hash(secret), row.id, row.created_ms + INVITATION_MS, err) &&
              db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    if (!people_unlock_changed(p, ok)) return false;
    *person_id = row.id, *invitation = secret;
    return true;
}

bool people_reinvite(People *p, Arena *a, Str person_id, Str *invitation, Err *err)
{
    PersonRow row;
    Str       secret = secret_make(a);
    people_lock(p);
    bool ok = db_begin(p->db, err) && person_by_id(p->db, a, person_id, &row, err) &&
              invitation_delete_all(p->db, row.id, err) &&
              invitation_insert(p->db, secret_hash(secret), row.id, time_now_ms() + INVITATION_MS, err) &&
              db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    if (!people_unlock(p, ok)) return false;
    *invitation = secret;
    return true;
}

/* The hash of a checked password, made outside the lock: it takes long on purpose. */
static bool password_for(People *p, Arena *a, Str person_id, Str password, Str *hash, Err *err)
{
    PersonRow row;
    people_lock(p);
    bool ok = person_by_id(p->db, a, person_id, &row, err);
    if (!people_unlock(p, ok)) return false;
    return password_check(password, &row, err) && people_hash(p, a, password, hash, err);
}

/* Within the lock: the row with its new hash; all sessions and invitations end. */
static bool password_store(People *p, Arena *a, Str person_id, Str hash, Err *err)
{
    PersonRow row;
    if (!person_by_id(p->db, a, person_id, &row, err)) return false;
    row.password = hash;
    return person_update(p->db, &row, err) && session_delete_all(p->db, person_id, err) &&
           invitation_delete_all(p->db, person_id, err);
}

/* Whose an invitation is, without using it up. */
static bool invitation_person(People *p, Arena *a, Str invitation, Str *person, Err *err)
{
    Err why = { 0 };
    people_lock(p);
    bool ok = db_begin(p->db, &why) && invitation_take(p->db, a, secret_hash(invitation), time_now_ms(), person, &why);
    db_rollback(p->db);
    if (people_unlock(p, ok)) return true;
    if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
    return fail(err, ERR_NOT_FOUND, "this invitation was used or has expired; ask for a new one");
}

bool people_invitation(People *p, Arena *a, Str invitation, Person *out, Err *err)
{
    Str person;
    return invitation_person(p, a, invitation, &person, err) && people_find(p, a, person, out, err);
}

bool people_accept(People *p, Str invitation, Str password, Err *err)
{
    Arena *a = arena_open(0);
    Str    person, hash;
    /* Looked at first and taken last, so that a weak password does not use it up. */
    bool ok = invitation_person(p, a, invitation, &person, err) && password_for(p, a, person, password, &hash, err);
    if (ok) {
        people_lock(p);
        ok = db_begin(p->db, err) && invitation_take(p->db, a, secret_hash(invitation), time_now_ms(), &person, err) &&
             password_store(p, a, person, hash, err) && db_commit(p->db, err);
        if (!ok) db_rollback(p->db);
        people_unlock_changed(p, ok);
    }
    arena_close(a);
    return ok;
}

bool people_set_password(People *p, Str person_id, Str password, Err *err)
{
    Arena *a = arena_open(0);
    Str    hash;
    bool   ok = password_for(p, a, person_id, password, &hash, err);
    if (ok) {
        people_lock(p);
        ok = db_begin(p->db, err) && password_store(p, a, person_id, hash, err) && db_commit(p->db, err);
        if (!ok) db_rollback(p->db);
        people_unlock_changed(p, ok);
    }
    arena_close(a);
    return ok;
}

bool people_set_role(People *p, Str person_id, Str organisation, Role role, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    people_lock(p);
    bool ok =
        person_by_id(p->db, a, person_id, &row, err) && membership_set(p->db, row.id, organisation, (int)role, err);
    people_unlock_changed(p, ok);
    arena_close(a);
    return ok;
}

bool person_change(People *p, Str person_id, PersonChange change, const void *with, bool ends, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    people_lock(p);
    bool ok = db_begin(p->db, err) && person_by_id(p->db, a, person_id, &row, err) && change(&row, with, err) &&
              person_update(p->db, &row, err);
    if (ok && ends)
        ok = session_delete_all(p->db, person_id, err) && token_delete_all(p->db, person_id, err) &&
             invitation_delete_all(p->db, person_id, err);
    ok = ok && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    people_unlock_changed(p, ok);
    arena_close(a);
    return ok;
}

static bool change_runs_node(PersonRow *row, const void *with, Err *err)
{
    (void)err;
    row->runs_node = *(const bool *)with;
    return true;
}

bool people_set_runs_node(People *p, Str person_id, bool yes, Err *err)
{
    return person_change(p, person_id, change_runs_node, &yes, false, err);
}

static bool change_disabled(PersonRow *row, const void *with, Err *err)
{
    (void)err;
    row->disabled = *(const bool *)with;
    return true;
}

bool people_disable(People *p, Str person_id, bool yes, Err *err)
{
    return person_change(p, person_id, change_disabled, &yes, yes, err);
}

typedef struct {
    Str name, lang;
} Naming;

static bool change_name(PersonRow *row, const void *with, Err *err)
{
    const Naming *to = with;
    row->name = to->name, row->lang = to->lang;
    return name_check(&row->name, row->lang, err);
}

bool people_rename(People *p, Str person_id, Str name, Str lang, Err *err)
{
    return person_change(p, person_id, change_name, &(Naming){ name, lang }, false, err);
}

bool memberships_read(People *p, Arena *a, Str person, Membership **out, size_t *n, Err *err)
{
    MembershipRow *rows;
    if (!membership_list(p->db, a, person, &rows, n, err)) return false;
    *out = NEW_ARRAY(a, Membership, *n + 1);
    for (size_t i = 0; i < *n; i++) (*out)[i] = (Membership){ rows[i].organisation, (Role)rows[i].role };
    return true;
}

static bool person_fill(People *p, Arena *a, const PersonRow *row, Person *out, Err *err)
{
    *out = (Person){
        .id = row->id,
        .email = row->email,
        .name = row->name,
        .lang = row->lang,
        .runs_node = row->runs_node,
        .otp_on = row->otp_on,
        .disabled = row->disabled,
        .invited = !row->password.len,
        .created_ms = row->created_ms,
        .last_seen_ms = row->last_seen_ms,
    };
    return memberships_read(p, a, row->id, &out->memberships, &out->membership_count, err);
}

bool people_find(People *p, Arena *a, Str id_or_email, Person *out, Err *err)
{
    PersonRow row;
    people_lock(p);
    bool ok = id_is(id_or_email) ? person_by_id(p->db, a, id_or_email, &row, err)
                                 : person_by_email(p->db, a, str_lower_ascii(a, str_trim(id_or_email)), &row, err);
    ok = ok && person_fill(p, a, &row, out, err);
    return people_unlock(p, ok);
}

bool people_list(People *p, Arena *a, Str organisation, Person **out, size_t *n, Err *err)
{
    PersonRow *rows;
    people_lock(p);
    bool ok = person_list(p->db, a, organisation, &rows, n, err);
    if (ok) *out = NEW_ARRAY(a, Person, *n + 1);
    for (size_t i = 0; ok && i < *n; i++) ok = person_fill(p, a, &rows[i], &(*out)[i], err);
    return people_unlock(p, ok);
}
