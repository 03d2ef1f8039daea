/* Proving who one is: passwords, one-time passwords, sessions, tokens, forms; and the reader behind a
   request. */
#include "core/people/inside.h"

#include <ctype.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"

#define SECRET_BYTES     32
#define OTP_SECRET_BYTES 20
#define OTP_STEP_MS      30000
#define SEEN_EVERY_MS    (5 * 60 * 1000) /* last seen, last used: no write for each request */

/* ---- secrets ---- */

Str secret_make(Arena *a)
{
    uint8_t bytes[SECRET_BYTES];
    random_bytes(bytes, sizeof bytes);
    return base64url_make(a, bytes, sizeof bytes);
}

Hash secret_hash(Str secret)
{
    return hash_of(secret.at, secret.len);
}

bool people_hash(People *p, Arena *a, Str password, Str *hash, Err *err)
{
    pthread_mutex_lock(&p->hashing);
    bool ok = password_hash(a, password, hash, err);
    pthread_mutex_unlock(&p->hashing);
    return ok;
}

/* Within `hashing`. */
static Str decoy_of(People *p, Arena *a)
{
    Str hash;
    if (!p->decoy[0] && password_hash(a, secret_make(a), &hash, NULL) && hash.len < sizeof p->decoy)
        memcpy(p->decoy, hash.at, hash.len);
    return str_of(p->decoy);
}

static bool people_matches(People *p, Str hash, Str password)
{
    Arena *a = arena_open(0);
    pthread_mutex_lock(&p->hashing);
    bool same = password_matches(hash.len ? hash : decoy_of(p, a), str_take_first(password, PASSWORD_MAX_BYTES + 1));
    pthread_mutex_unlock(&p->hashing);
    arena_close(a);
    return same && hash.len && password.len <= PASSWORD_MAX_BYTES;
}

Str csrf_token(Arena *a, Str session)
{
    Hash h = hash_of_parts((Str[]){ S("banyan/csrf/v1\n"), session }, 2);
    return base64url_make(a, h.b, HASH_BYTES);
}

bool csrf_check(Str session, Str token)
{
    if (!session.len) return false;
    Arena *a = arena_open(0);
    Str    wanted = csrf_token(a, session);
    bool   same = token.len == wanted.len && bytes_eq_constant_time(token.at, wanted.at, wanted.len);
    arena_close(a);
    return same;
}

/* ---- one-time passwords ---- */

static unsigned otp_code(Str secret, int64_t step)
{
    uint8_t message[8], mac[20];
    for (int i = 0; i < 8; i++) message[i] = (uint8_t)(step >> (56 - 8 * i));
    hmac_sha1(secret, (Str){ (const char *)message, sizeof message }, mac);
    const uint8_t *at = mac + (mac[19] & 15); /* RFC 4226 section 5.3 */
    return (((unsigned)at[0] & 127) << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3]) % 1000000;
}

/* The step that the code belongs to, newer than the last used one; 0 when it is wrong. */
static int64_t otp_step(const PersonRow *row, Str code, int64_t now_ms)
{
    int64_t given, now = now_ms / OTP_STEP_MS;
    if (code.len != 6 || !str_to_i64(code, &given)) return 0;
    for (int64_t step = now - 1; step <= now + 1; step++)
        if (step > row->otp_last_step && given == (int64_t)otp_code(row->otp_secret, step)) return step;
    return 0;
}

static void percent_put(Buf *out, Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < 128 && (isalnum(c) || strchr("-._~", c)))
            buf_put_byte(out, (char)c);
        else
            buf_putf(out, "%%%02X", c);
    }
}

static bool change_otp_begin(PersonRow *row, const void *with, Err *err)
{
    if (row->otp_on) return fail(err, ERR_CONFLICT, "one-time passwords are on already; switch them off first");
    row->otp_secret = *(const Str *)with;
    row->otp_last_step = 0;
    return true;
}

bool people_otp_begin(People *p, Arena *a, Str person_id, Str *otpauth_uri, Err *err)
{
    uint8_t bytes[OTP_SECRET_BYTES];
    random_bytes(bytes, sizeof bytes);
    Str secret = { (const char *)bytes, sizeof bytes };
    return person_change(p, person_id, change_otp_begin, &secret, false, err) &&
           people_otp_uri(p, a, person_id, otpauth_uri, err);
}

bool people_otp_uri(People *p, Arena *a, Str person_id, Str *otpauth_uri, Err *err)
{
    PersonRow row;
    people_lock(p);
    if (!people_unlock(p, person_by_id(p->db, a, person_id, &row, err))) return false;
    if (row.otp_on || !row.otp_secret.len) return fail(err, ERR_CONFLICT, "one-time passwords are not being set up");
    Buf *uri = buf_open(a);
    buf_put(uri, S("otpauth://totp/Banyan:"));
    percent_put(uri, row.email);
    buf_put(uri, S("?secret="));
    buf_put(uri, base32_make(a, row.otp_secret.at, row.otp_secret.len));
    buf_put(uri, S("&issuer=Banyan"));
    *otpauth_uri = buf_str(uri);
    return true;
}

static bool change_otp_confirm(PersonRow *row, const void *with, Err *err)
{
    if (!row->otp_secret.len) return fail(err, ERR_INVALID, "ask for a secret first");
    row->otp_last_step = otp_step(row, *(const Str *)with, time_now_ms());
    row->otp_on = true;
    return row->otp_last_step || fail(err, ERR_INVALID, "that is not the code of this moment");
}

bool people_otp_confirm(People *p, Str person_id, Str code, Err *err)
{
    Str trimmed = str_trim(code);
    return person_change(p, person_id, change_otp_confirm, &trimmed, false, err);
}

static bool change_otp_off(PersonRow *row, const void *with, Err *err)
{
    (void)with, (void)err;
    row->otp_secret = STR_NONE;
    row->otp_on = false;
    row->otp_last_step = 0;
    return true;
}

bool people_otp_off(People *p, Str person_id, Err *err)
{
    return person_change(p, person_id, change_otp_off, NULL, false, err);
}

/* ---- signing in ---- */

static bool refused(Err *err)
{
    return fail(err, ERR_SIGN_IN, "the address, the password or the code is wrong");
}

static bool attempt_begin(People *p, Str account, Str address, Err *err)
{
    int64_t wait_ms = attempts_begin(p->attempts, account, address, time_now_ms());
    return !wait_ms ||
           fail(err, ERR_TOO_MANY, "too many tries; try again in %lld minutes", (long long)(wait_ms / 60000 + 1));
}

/* Within the lock and a transaction: a session of this person stands from now on. */
static bool session_begin(People *p, Arena *a, Str person_id, Str *session, Err *err)
{
    Str     secret = secret_make(a);
    int64_t now = time_now_ms();
    if (!person_touch(p->db, person_id, now, err) ||
        !session_insert(p->db, secret_hash(secret), person_id, now, now + SESSION_MS, err))
        return false;
    *session = secret;
    return true;
}

bool people_session(People *p, Arena *a, Str person_id, Str *session, Err *err)
{
    people_lock(p);
    bool ok = db_begin(p->db, err) && session_begin(p, a, person_id, session, err) && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    return people_unlock(p, ok);
}

/* Within the lock and a transaction. `asked` is the row whose password was found right a moment ago. */
static bool sign_in_step(People *p, Arena *a, const PersonRow *asked, SignIn *out, Err *err)
{
    PersonRow row;
    SignIn    made = { 0 };
    if (!person_by_id(p->db, a, asked->id, &row, err)) return false;
    if (row.disabled || !str_eq(row.password, asked->password)) return refused(err);
    if (row.otp_on) {
        made.ticket = secret_make(a);
        tickets_put(p->tickets, secret_hash(made.ticket), row.id, row.password, time_now_ms());
    } else if (!session_begin(p, a, row.id, &made.session, err)) {
        return false;
    }
    *out = made;
    return true;
}

bool people_sign_in(People *p, Arena *a, Str email, Str password, Str address, SignIn *out, Err *err)
{
    Str       account = str_lower_ascii(a, str_trim(email));
    PersonRow row = { 0 };
    if (!attempt_begin(p, account, address, err)) return false;
    people_lock(p);
    bool known = people_unlock(p, person_by_email(p->db, a, account, &row, NULL));
    if (!people_matches(p, known ? row.password : STR_NONE, password)) return refused(err);
    people_lock(p);
    bool ok = db_begin(p->db, err) && sign_in_step(p, a, &row, out, err) && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    if (people_unlock(p, ok)) attempts_undo(p->attempts, account, address, out->session.len > 0);
    return ok;
}

/* Within the lock and a transaction: the code is right and used up, the session stands. */
static bool code_step(People *p, Arena *a, PersonRow *row, Str code, Str *session, Err *err)
{
    int64_t step = otp_step(row, str_trim(code), time_now_ms());
    if (row->disabled || !row->otp_on || !step) return refused(err);
    row->otp_last_step = step;
    return person_update(p->db, row, err) && session_begin(p, a, row->id, session, err);
}

bool people_sign_in_code(People *p, Arena *a, Str ticket, Str code, Str address, Str *session, Err *err)
{
    Str       person, password;
    PersonRow row;
    people_lock(p);
    bool ok = people_unlock(p, tickets_get(p->tickets, a, secret_hash(ticket), time_now_ms(), &person, &password) &&
                                   person_by_id(p->db, a, person, &row, NULL) && str_eq(row.password, password));
    if (!ok) return fail(err, ERR_GONE, "this sign-in took too long; begin again");
    if (!attempt_begin(p, row.email, address, err)) return false;
    people_lock(p);
    ok = db_begin(p->db, err) && person_by_id(p->db, a, person, &row, err) &&
         code_step(p, a, &row, code, session, err) && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    if (!people_unlock(p, ok)) return false;
    attempts_undo(p->attempts, row.email, address, true);
    tickets_end(p->tickets, secret_hash(ticket));
    return true;
}

bool people_confirm(People *p, Str person_id, Str password, Str address, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    people_lock(p);
    bool ok =
        people_unlock(p, person_by_id(p->db, a, person_id, &row, err)) && attempt_begin(p, row.email, address, err);
    if (ok && !people_matches(p, row.password, password)) ok = fail(err, ERR_SIGN_IN, "that is not your password");
    if (ok) attempts_undo(p->attempts, row.email, address, false);
    arena_close(a);
    return ok;
}

bool people_sign_out(People *p, Str session, Err *err)
{
    people_lock(p);
    return people_unlock_changed(p, session_delete(p->db, secret_hash(session), err));
}

/* ---- tokens ---- */

#define TOKEN_PREFIX         S("banyan_")
#define TOKEN_NAME_MAX_BYTES 100

bool people_token_make(People *p, Arena *a, Str person_id, Str name, TokenScope scope, int64_t expires_ms, Str *token,
                       Err *err)
{
    TokenRow row = { id_make(a), str_trim(name), person_id, scope, time_now_ms(), expires_ms, 0 };
    Str      secret = str_join(a, (Str[]){ TOKEN_PREFIX, secret_make(a) }, 2);
    if (!row.name.len || row.name.len > TOKEN_NAME_MAX_BYTES)
        return fail(err, ERR_INVALID, "a token has a name of at most %d bytes that says what it is for",
                    TOKEN_NAME_MAX_BYTES);
    if (expires_ms <= row.created_ms) return fail(err, ERR_INVALID, "a token expires in the future");
    PersonRow person;
    people_lock(p);
    bool ok = person_by_id(p->db, a, person_id, &person, err) && token_insert(p->db, secret_hash(secret), &row, err);
    if (!people_unlock(p, ok)) return false;
    *token = secret;
    return true;
}

bool people_token_list(People *p, Arena *a, Str person_id, Token **out, size_t *n, Err *err)
{
    TokenRow *rows;
    people_lock(p);
    if (!people_unlock(p, token_list(p->db, a, person_id, &rows, n, err))) return false;
    *out = NEW_ARRAY(a, Token, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (Token){ rows[i].id, rows[i].name, rows[i].person, (TokenScope)rows[i].scope,
                             rows[i].created_ms, rows[i].expires_ms, rows[i].last_used_ms };
    return true;
}

bool people_token_end(People *p, Str person_id, Str token_id, Err *err)
{
    people_lock(p);
    return people_unlock_changed(p, token_delete(p->db, person_id, token_id, err));
}

/* ---- who asks ---- */

/* Within the lock: whose secret it is, and what it may. */
static bool secret_owner(People *p, Arena *a, Str secret, Str *person, TokenScope *scope, Err *err)
{
    int64_t  now = time_now_ms();
    TokenRow token;
    if (!str_starts(secret, TOKEN_PREFIX)) {
        *scope = TOKEN_WRITES;
        return session_person(p->db, a, secret_hash(secret), now, person, err);
    }
    if (!token_by_hash(p->db, a, secret_hash(secret), now, &token, err)) return false;
    /* That it was used is worth knowing, not worth refusing a reader for when it cannot be written. */
    if (now - token.last_used_ms > SEEN_EVERY_MS) (void)token_touch(p->db, token.id, now, NULL);
    *person = token.person, *scope = (TokenScope)token.scope;
    return true;
}

static bool reader_load(People *p, Arena *a, Str secret, Reader *out, Err *err)
{
    PersonRow  row;
    int64_t    now = time_now_ms();
    Reader     r = { 0 };
    TokenScope scope;
    if (!secret_owner(p, a, secret, &r.person, &scope, err)) return false;
    r.may_write = scope != TOKEN_READS;
    r.only_rows = scope == TOKEN_SENDS_ROWS;
    if (!person_by_id(p->db, a, r.person, &row, err)) return false;
    if (row.disabled) return fail(err, ERR_NOT_FOUND, "this account is closed");
    r.name = row.name, r.runs_node = row.runs_node;
    if (!memberships_read(p, a, row.id, &r.memberships, &r.membership_count, err)) return false;
    if (now - row.last_seen_ms > SEEN_EVERY_MS) (void)person_touch(p->db, row.id, now, NULL);
    *out = r;
    return true;
}

static void frameworks_fill(Arena *a, Reader *r, PeopleParties parties, void *with)
{
    size_t room = 0;
    for (size_t i = 0; parties && i < r->membership_count; i++) {
        Str   *some;
        size_t n = parties(with, a, r->memberships[i].organisation, &some);
        Str   *more = NEW_ARRAY(a, Str, room + n + 1);
        for (size_t k = 0; k < r->framework_count; k++) more[k] = r->frameworks[k];
        for (size_t k = 0; k < n; k++) more[r->framework_count++] = some[k];
        r->frameworks = more, room = r->framework_count;
    }
}

/* Who somebody is may be remembered for a moment; what their organisations belong to is asked anew each
   time, so that a framework's records are seen as soon as it has parties, and no longer than it has. */
bool people_reader(People *p, Arena *a, Str session_or_token, PeopleParties parties, void *with, Reader *out, Err *err)
{
    Hash     key = secret_hash(session_or_token);
    int64_t  now = time_now_ms();
    uint64_t generation = reader_cache_generation(p->cache);
    if (!reader_cache_get(p->cache, a, key, now, out)) {
        Err why = { 0 };
        people_lock(p);
        if (!people_unlock(p, reader_load(p, a, session_or_token, out, &why))) {
            if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
            return fail(err, ERR_SIGN_IN, "the session or token is unknown, ended or expired");
        }
        reader_cache_put(p->cache, key, generation, now, out);
    }
    frameworks_fill(a, out, parties, with);
    reader_finish(out, a);
    return true;
}
