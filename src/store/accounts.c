/* The SQL of people.db. */
#include "store/accounts.h"

bool accounts_prepare(Db *db, Err *err)
{
    return db_run(
        db,
        "create table if not exists person ("
        " id text primary key, email text not null unique, name text not null, lang text not null,"
        " password text not null, otp_secret blob not null, otp_on integer not null, otp_last_step integer not null,"
        " runs_node integer not null, disabled integer not null, created_ms integer not null,"
        " last_seen_ms integer not null) strict;"
        "create table if not exists membership ("
        " person text not null references person, organisation text not null, role integer not null,"
        " primary key (person, organisation)) strict, without rowid;"
        "create index if not exists membership_organisation on membership (organisation, person);"
        "create table if not exists invitation ("
        " hash blob primary key, person text not null references person, expires_ms integer not null) strict, "
        "without rowid;"
        "create table if not exists session ("
        " hash blob primary key, person text not null references person, created_ms integer not null,"
        " expires_ms integer not null) strict, without rowid;"
        "create index if not exists session_person on session (person);"
        "create table if not exists token ("
        " hash blob primary key, id text not null unique, person text not null references person, name text not null,"
        " may_write integer not null, created_ms integer not null, expires_ms integer not null,"
        " last_used_ms integer not null) strict, without rowid;"
        "create index if not exists token_person on token (person);",
        err);
}

static Str hash_blob(const Hash *hash)
{
    return (Str){ (const char *)hash->b, HASH_BYTES };
}

/* ---- persons ---- */

#define PERSON_COLUMNS                                                                                             \
    "p.id, p.email, p.name, p.lang, p.password, p.otp_secret, p.otp_on, p.otp_last_step, p.runs_node, p.disabled," \
    " p.created_ms, p.last_seen_ms"

static PersonRow person_row(Arena *a, Query *q)
{
    return (PersonRow){
        .id = str_copy(a, query_text(q, 0)),
        .email = str_copy(a, query_text(q, 1)),
        .name = str_copy(a, query_text(q, 2)),
        .lang = str_copy(a, query_text(q, 3)),
        .password = str_copy(a, query_text(q, 4)),
        .otp_secret = str_copy(a, query_blob(q, 5)),
        .otp_on = query_int(q, 6) != 0,
        .otp_last_step = query_int(q, 7),
        .runs_node = query_int(q, 8) != 0,
        .disabled = query_int(q, 9) != 0,
        .created_ms = query_int(q, 10),
        .last_seen_ms = query_int(q, 11),
    };
}

static void person_bind(Query *q, const PersonRow *row)
{
    query_bind_text(q, 1, row->id);
    query_bind_text(q, 2, row->name);
    query_bind_text(q, 3, row->lang);
    query_bind_text(q, 4, row->password);
    query_bind_blob(q, 5, row->otp_secret);
    query_bind_int(q, 6, row->otp_on);
    query_bind_int(q, 7, row->otp_last_step);
    query_bind_int(q, 8, row->runs_node);
    query_bind_int(q, 9, row->disabled);
    query_bind_int(q, 10, row->last_seen_ms);
}

bool person_insert(Db *db, const PersonRow *row, Err *err)
{
    Query *q;
    if (!query_open(
            db, &q,
            "insert into person (id, name, lang, password, otp_secret, otp_on, otp_last_step, runs_node, disabled,"
            " last_seen_ms, email, created_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
            " on conflict (email) do nothing",
            err))
        return false;
    person_bind(q, row);
    query_bind_text(q, 11, row->email);
    query_bind_int(q, 12, row->created_ms);
    if (!query_run(q, err)) return false;
    if (!db_changes(db)) return fail(err, ERR_CONFLICT, "there is an account for %.*s already", STR_ARG(row->email));
    return true;
}

bool person_update(Db *db, const PersonRow *row, Err *err)
{
    Query *q;
    if (!query_open(
            db, &q,
            "update person set name = ?2, lang = ?3, password = ?4, otp_secret = ?5, otp_on = ?6, otp_last_step = ?7,"
            " runs_node = ?8, disabled = ?9, last_seen_ms = ?10 where id = ?1",
            err))
        return false;
    person_bind(q, row);
    if (!query_run(q, err)) return false;
    if (!db_changes(db)) return fail(err, ERR_NOT_FOUND, "no such person");
    return true;
}

bool person_touch(Db *db, Str id, int64_t now_ms, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "update person set last_seen_ms = ?2 where id = ?1", err)) return false;
    query_bind_text(q, 1, id);
    query_bind_int(q, 2, now_ms);
    return query_run(q, err);
}

static bool person_one(Query *q, Arena *a, PersonRow *out, Err *err)
{
    bool ok = query_one(q, err);
    if (ok) *out = person_row(a, q);
    query_close(q);
    return ok;
}

bool person_by_id(Db *db, Arena *a, Str id, PersonRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select " PERSON_COLUMNS " from person p where p.id = ?1", err)) return false;
    query_bind_text(q, 1, id);
    return person_one(q, a, out, err);
}

bool person_by_email(Db *db, Arena *a, Str email, PersonRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select " PERSON_COLUMNS " from person p where p.email = ?1", err)) return false;
    query_bind_text(q, 1, email);
    return person_one(q, a, out, err);
}

/* The rest of a query's rows, each `size` bytes as `make` reads it. */
typedef void (*RowRead)(Arena *a, Query *q, void *row);

static bool rows_read(Query *q, Arena *a, size_t size, RowRead read, void *out, size_t *n, Err *err)
{
    size_t count = 0, room = 16;
    char  *rows = arena_new(a, room * size);
    for (;;) {
        bool row;
        if (!query_step(q, &row, err)) break;
        if (!row) {
            query_close(q);
            *(void **)out = rows, *n = count;
            return true;
        }
        if (count == room) {
            char *more = arena_new(a, 2 * room * size);
            for (size_t i = 0; i < count * size; i++) more[i] = rows[i];
            rows = more, room *= 2;
        }
        read(a, q, rows + count++ * size);
    }
    query_close(q);
    return false;
}

static void person_read(Arena *a, Query *q, void *row)
{
    *(PersonRow *)row = person_row(a, q);
}

bool person_list(Db *db, Arena *a, Str organisation, PersonRow **out, size_t *n, Err *err)
{
    Query *q;
    if (!query_open(db, &q,
                    "select " PERSON_COLUMNS " from person p where ?1 = '' or exists"
                    " (select 1 from membership m where m.person = p.id and m.organisation = ?1) order by p.email",
                    err))
        return false;
    query_bind_text(q, 1, organisation);
    return rows_read(q, a, sizeof **out, person_read, out, n, err);
}

/* ---- memberships ---- */

bool membership_set(Db *db, Str person, Str organisation, int role, Err *err)
{
    Query *q;
    if (!role) {
        if (!query_open(db, &q, "delete from membership where person = ?1 and organisation = ?2", err)) return false;
    } else {
        if (!query_open(db, &q,
                        "insert into membership (person, organisation, role) values (?1, ?2, ?3)"
                        " on conflict do update set role = excluded.role",
                        err))
            return false;
        query_bind_int(q, 3, role);
    }
    query_bind_text(q, 1, person);
    query_bind_text(q, 2, organisation);
    return query_run(q, err);
}

static void membership_read(Arena *a, Query *q, void *row)
{
    *(MembershipRow *)row = (MembershipRow){ str_copy(a, query_text(q, 0)), (int)query_int(q, 1) };
}

bool membership_list(Db *db, Arena *a, Str person, MembershipRow **out, size_t *n, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select organisation, role from membership where person = ?1 order by organisation", err))
        return false;
    query_bind_text(q, 1, person);
    return rows_read(q, a, sizeof **out, membership_read, out, n, err);
}

/* ---- invitations and sessions: a secret's hash, whose it is, until when ---- */

bool invitation_insert(Db *db, Hash hash, Str person, int64_t expires_ms, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert into invitation (hash, person, expires_ms) values (?1, ?2, ?3)", err)) return false;
    query_bind_blob(q, 1, hash_blob(&hash));
    query_bind_text(q, 2, person);
    query_bind_int(q, 3, expires_ms);
    return query_run(q, err);
}

static bool person_of(Query *q, Arena *a, Hash hash, int64_t now_ms, Str *person, Err *err)
{
    query_bind_blob(q, 1, hash_blob(&hash));
    query_bind_int(q, 2, now_ms);
    bool ok = query_one(q, err);
    if (ok) *person = str_copy(a, query_text(q, 0));
    query_close(q);
    return ok;
}

bool invitation_take(Db *db, Arena *a, Hash hash, int64_t now_ms, Str *person, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select person from invitation where hash = ?1 and expires_ms > ?2", err)) return false;
    return person_of(q, a, hash, now_ms, person, err) && invitation_delete_all(db, *person, err);
}

bool invitation_delete_all(Db *db, Str person, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from invitation where person = ?1", err)) return false;
    query_bind_text(q, 1, person);
    return query_run(q, err);
}

bool session_insert(Db *db, Hash hash, Str person, int64_t now_ms, int64_t expires_ms, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from session where expires_ms <= ?1", err)) return false;
    query_bind_int(q, 1, now_ms);
    if (!query_run(q, err)) return false;
    if (!query_open(db, &q, "insert into session (hash, person, created_ms, expires_ms) values (?1, ?2, ?3, ?4)",
                    err))
        return false;
    query_bind_blob(q, 1, hash_blob(&hash));
    query_bind_text(q, 2, person);
    query_bind_int(q, 3, now_ms);
    query_bind_int(q, 4, expires_ms);
    return query_run(q, err);
}

bool session_person(Db *db, Arena *a, Hash hash, int64_t now_ms, Str *person, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select person from session where hash = ?1 and expires_ms > ?2", err)) return false;
    return person_of(q, a, hash, now_ms, person, err);
}

bool session_delete(Db *db, Hash hash, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from session where hash = ?1", err)) return false;
    query_bind_blob(q, 1, hash_blob(&hash));
    return query_run(q, err);
}

bool session_delete_all(Db *db, Str person, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from session where person = ?1", err)) return false;
    query_bind_text(q, 1, person);
    return query_run(q, err);
}

/* ---- tokens ---- */

#define TOKEN_COLUMNS "id, name, person, may_write, created_ms, expires_ms, last_used_ms"

static void token_read(Arena *a, Query *q, void *row)
{
    *(TokenRow *)row = (TokenRow){
        .id = str_copy(a, query_text(q, 0)),
        .name = str_copy(a, query_text(q, 1)),
        .person = str_copy(a, query_text(q, 2)),
        .scope = (int)query_int(q, 3),
        .created_ms = query_int(q, 4),
        .expires_ms = query_int(q, 5),
        .last_used_ms = query_int(q, 6),
    };
}

bool token_insert(Db *db, Hash hash, const TokenRow *row, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert into token (hash, " TOKEN_COLUMNS ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                    err))
        return false;
    query_bind_blob(q, 1, hash_blob(&hash));
    query_bind_text(q, 2, row->id);
    query_bind_text(q, 3, row->name);
    query_bind_text(q, 4, row->person);
    query_bind_int(q, 5, row->scope);
    query_bind_int(q, 6, row->created_ms);
    query_bind_int(q, 7, row->expires_ms);
    return query_run(q, err);
}

bool token_by_hash(Db *db, Arena *a, Hash hash, int64_t now_ms, TokenRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select " TOKEN_COLUMNS " from token where hash = ?1 and expires_ms > ?2", err))
        return false;
    query_bind_blob(q, 1, hash_blob(&hash));
    query_bind_int(q, 2, now_ms);
    bool ok = query_one(q, err);
    if (ok) token_read(a, q, out);
    query_close(q);
    return ok;
}

bool token_touch(Db *db, Str id, int64_t now_ms, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "update token set last_used_ms = ?2 where id = ?1", err)) return false;
    query_bind_text(q, 1, id);
    query_bind_int(q, 2, now_ms);
    return query_run(q, err);
}

bool token_list(Db *db, Arena *a, Str person, TokenRow **out, size_t *n, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select " TOKEN_COLUMNS " from token where person = ?1 order by created_ms, id", err))
        return false;
    query_bind_text(q, 1, person);
    return rows_read(q, a, sizeof **out, token_read, out, n, err);
}

bool token_delete(Db *db, Str person, Str id, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from token where person = ?1 and id = ?2", err)) return false;
    query_bind_text(q, 1, person);
    query_bind_text(q, 2, id);
    if (!query_run(q, err)) return false;
    if (!db_changes(db)) return fail(err, ERR_NOT_FOUND, "no such token of this person");
    return true;
}

bool token_delete_all(Db *db, Str person, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from token where person = ?1", err)) return false;
    query_bind_text(q, 1, person);
    return query_run(q, err);
}
