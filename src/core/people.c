/* People: what accounts, sessions and tokens mean. Their rows are store/accounts.c's, rate limits and
   the cache of readers are memory of this process. */
#include "core/people.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/id.h"
#include "base/time.h"
#include "core/people_cache.h"
#include "store/accounts.h"

#define PEOPLE_CACHE_BYTES ((size_t)1 << 20)
#define SECRET_BYTES       32
#define OTP_SECRET_BYTES   20
#define OTP_STEP_MS        30000
#define SEEN_EVERY_MS      (5 * 60 * 1000) /* last seen, last used: no write for each request */
#define EMAIL_MAX_BYTES    254
#define PASSWORD_MAX_BYTES 1000

struct People {
    pthread_mutex_t lock;   /* around db */
    Db             *db;
    Attempts       *attempts;
    ReaderCache    *cache;
    pthread_mutex_t decoy_lock;
    char            decoy[256]; /* a hash nobody's password has, so that an unknown address takes as long */
};

static void lock(People *p)
{
    pthread_mutex_lock(&p->lock);
}

/* Every change ends here: what readers were is asked anew. */
static bool unlock_changed(People *p, bool ok)
{
    pthread_mutex_unlock(&p->lock);
    reader_cache_drop(p->cache);
    return ok;
}

static bool unlock(People *p, bool ok)
{
    pthread_mutex_unlock(&p->lock);
    return ok;
}

bool people_open(const char *folder, People **out, Err *err)
{
    Arena  *a = arena_open(0);
    People *p = calloc(1, sizeof *p);
    Str     path = path_join(a, str_of(folder), S("people.db"));
    bool    ok = db_open(path.at, DB_TRUTH, PEOPLE_CACHE_BYTES, &p->db, err) && accounts_prepare(p->db, err);
    arena_close(a);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->decoy_lock, NULL);
    p->attempts = attempts_open(SIGN_IN_TRIES, SIGN_IN_WINDOW_MS);
    p->cache = reader_cache_open();
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
    reader_cache_close(p->cache);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->decoy_lock);
    free(p);
}

/* ---- secrets ---- */

static Str secret_make(Arena *a)
{
    uint8_t bytes[SECRET_BYTES];
    random_bytes(bytes, sizeof bytes);
    return base64url_make(a, bytes, sizeof bytes);
}

static Hash secret_hash(Str secret)
{
    return hash_of(secret.at, secret.len);
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

/* ---- accounts ---- */

static bool email_check(Arena *a, Str email, Str *out, Err *err)
{
    email = str_lower_ascii(a, str_trim(email));
    Cut  at = str_cut(email, '@');
    bool ok = at.found && at.head.len && str_has(at.tail, S(".")) && !str_has(at.tail, S("@")) && email.len <= EMAIL_MAX_BYTES;
    for (size_t i = 0; i < email.len; i++) ok = ok && (unsigned char)email.at[i] > ' ' && email.at[i] != '"' && email.at[i] != '<';
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

bool people_invite(People *p, Arena *a, Str email, Str name, Str lang, Str *person_id, Str *invitation, Err *err)
{
    PersonRow row = { .id = id_make(a), .name = str_trim(name), .lang = lang, .created_ms = time_now_ms() };
    if (!email_check(a, email, &row.email, err)) return false;
    if (!row.name.len) return fail(err, ERR_INVALID, "a person has a name");
    Str secret = secret_make(a);
    lock(p);
    bool ok = db_begin(p->db, err) && person_insert(p->db, &row, err) &&
              invitation_insert(p->db, secret_hash(secret), row.id, row.created_ms + INVITATION_MS, err) && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    if (!unlock_changed(p, ok)) return false;
    *person_id = row.id, *invitation = secret;
    return true;
}

bool people_reinvite(People *p, Arena *a, Str person_id, Str *invitation, Err *err)
{
    PersonRow row;
    Str       secret = secret_make(a);
    lock(p);
    bool ok = person_by_id(p->db, a, person_id, &row, err) &&
              invitation_insert(p->db, secret_hash(secret), row.id, time_now_ms() + INVITATION_MS, err);
    if (!unlock(p, ok)) return false;
    *invitation = secret;
    return true;
}

/* The hash of a checked password, made outside the lock: it takes long on purpose. */
static bool password_for(People *p, Arena *a, Str person_id, Str password, Str *hash, Err *err)
{
    PersonRow row;
    lock(p);
    bool ok = person_by_id(p->db, a, person_id, &row, err);
    if (!unlock(p, ok)) return false;
    return password_check(password, &row, err) && password_hash(a, password, hash, err);
}

/* Within the lock: the row with its new hash; all sessions end. */
static bool password_store(People *p, Arena *a, Str person_id, Str hash, Err *err)
{
    PersonRow row;
    if (!person_by_id(p->db, a, person_id, &row, err)) return false;
    row.password = hash;
    return person_update(p->db, &row, err) && session_delete_all(p->db, person_id, err);
}

bool people_accept(People *p, Str invitation, Str password, Err *err)
{
    Arena *a = arena_open(0);
    Str    person, hash;
    /* Looked at first and taken last, so that a weak password does not use it up. */
    lock(p);
    bool ok = db_begin(p->db, err) && invitation_take(p->db, a, secret_hash(invitation), time_now_ms(), &person, err);
    db_rollback(p->db);
    ok = unlock(p, ok) && password_for(p, a, person, password, &hash, err);
    if (ok) {
        lock(p);
        ok = db_begin(p->db, err) && invitation_take(p->db, a, secret_hash(invitation), time_now_ms(), &person, err) &&
             password_store(p, a, person, hash, err) && db_commit(p->db, err);
        if (!ok) db_rollback(p->db);
        unlock_changed(p, ok);
    }
    if (!ok && err && err->code == ERR_NOT_FOUND) fail(err, ERR_NOT_FOUND, "this invitation was used or has expired; ask for a new one");
    arena_close(a);
    return ok;
}

bool people_set_password(People *p, Str person_id, Str password, Err *err)
{
    Arena *a = arena_open(0);
    Str    hash;
    bool   ok = password_for(p, a, person_id, password, &hash, err);
    if (ok) {
        lock(p);
        ok = db_begin(p->db, err) && password_store(p, a, person_id, hash, err) && db_commit(p->db, err);
        if (!ok) db_rollback(p->db);
        unlock_changed(p, ok);
    }
    arena_close(a);
    return ok;
}

bool people_set_role(People *p, Str person_id, Str organisation, Role role, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    lock(p);
    bool ok = person_by_id(p->db, a, person_id, &row, err) && membership_set(p->db, row.id, organisation, (int)role, err);
    unlock_changed(p, ok);
    arena_close(a);
    return ok;
}

/* Read a row, let `change` change it, write it; `ends` says whether sessions and tokens end with it. */
typedef void (*PersonChange)(PersonRow *row, const void *with);

static bool person_change(People *p, Str person_id, PersonChange change, const void *with, bool ends, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    lock(p);
    bool ok = db_begin(p->db, err) && person_by_id(p->db, a, person_id, &row, err);
    if (ok) {
        change(&row, with);
        ok = person_update(p->db, &row, err);
    }
    if (ok && ends) ok = session_delete_all(p->db, person_id, err) && token_delete(p->db, person_id, STR_NONE, err);
    ok = ok && db_commit(p->db, err);
    if (!ok) db_rollback(p->db);
    unlock_changed(p, ok);
    arena_close(a);
    return ok;
}

static void change_runs_node(PersonRow *row, const void *with)
{
    row->runs_node = *(const bool *)with;
}

bool people_set_runs_node(People *p, Str person_id, bool yes, Err *err)
{
    return person_change(p, person_id, change_runs_node, &yes, false, err);
}

static void change_disabled(PersonRow *row, const void *with)
{
    row->disabled = *(const bool *)with;
}

bool people_disable(People *p, Str person_id, bool yes, Err *err)
{
    return person_change(p, person_id, change_disabled, &yes, yes, err);
}

/* Within the lock. */
static bool memberships_read(People *p, Arena *a, Str person, Membership **out, size_t *n, Err *err)
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
    lock(p);
    bool ok = id_is(id_or_email) ? person_by_id(p->db, a, id_or_email, &row, err)
                                 : person_by_email(p->db, a, str_lower_ascii(a, str_trim(id_or_email)), &row, err);
    ok = ok && person_fill(p, a, &row, out, err);
    return unlock(p, ok);
}

bool people_list(People *p, Arena *a, Str organisation, Person **out, size_t *n, Err *err)
{
    PersonRow *rows;
    lock(p);
    bool ok = person_list(p->db, a, organisation, &rows, n, err);
    if (ok) *out = NEW_ARRAY(a, Person, *n + 1);
    for (size_t i = 0; ok && i < *n; i++) ok = person_fill(p, a, &rows[i], &(*out)[i], err);
    return unlock(p, ok);
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

static void change_otp_secret(PersonRow *row, const void *with)
{
    row->otp_secret = *(const Str *)with;
    row->otp_on = false;
    row->otp_last_step = 0;
}

bool people_otp_begin(People *p, Arena *a, Str person_id, Str *otpauth_uri, Err *err)
{
    uint8_t bytes[OTP_SECRET_BYTES];
    Person  person;
    random_bytes(bytes, sizeof bytes);
    Str secret = { (const char *)bytes, sizeof bytes };
    if (!people_find(p, a, person_id, &person, err)) return false;
    if (person.otp_on) return fail(err, ERR_CONFLICT, "one-time passwords are on already; switch them off first");
    if (!person_change(p, person_id, change_otp_secret, &secret, false, err)) return false;
    Buf *uri = buf_open(a);
    buf_put(uri, S("otpauth://totp/Banyan:"));
    percent_put(uri, person.email);
    buf_put(uri, S("?secret="));
    buf_put(uri, base32_make(a, bytes, sizeof bytes));
    buf_put(uri, S("&issuer=Banyan"));
    *otpauth_uri = buf_str(uri);
    return true;
}

bool people_otp_confirm(People *p, Str person_id, Str code, Err *err)
{
    Arena    *a = arena_open(0);
    PersonRow row;
    lock(p);
    bool ok = person_by_id(p->db, a, person_id, &row, err);
    if (ok && !row.otp_secret.len) ok = fail(err, ERR_INVALID, "ask for a secret first");
    int64_t step = ok ? otp_step(&row, code, time_now_ms()) : 0;
    if (ok && !step) ok = fail(err, ERR_INVALID, "that is not the code of this moment");
    row.otp_on = true, row.otp_last_step = step;
    ok = ok && person_update(p->db, &row, err);
    unlock_changed(p, ok);
    arena_close(a);
    return ok;
}

bool people_otp_off(People *p, Str person_id, Err *err)
{
    Str none = STR_NONE;
    return person_change(p, person_id, change_otp_secret, &none, false, err);
}

/* ---- signing in ---- */

/* As long as a real check, and never true. */
static void decoy_check(People *p, Arena *a, Str password)
{
    pthread_mutex_lock(&p->decoy_lock);
    if (!p->decoy[0]) {
        Str hash;
        if (password_hash(a, secret_make(a), &hash, NULL) && hash.len < sizeof p->decoy) memcpy(p->decoy, hash.at, hash.len);
    }
    Str decoy = str_copy(a, str_of(p->decoy));
    pthread_mutex_unlock(&p->decoy_lock);
    (void)password_matches(decoy, password);
}

static bool refused(Err *err)
{
    return fail(err, ERR_SIGN_IN, "the address, the password or the code is wrong");
}

/* Within the lock: the code, when one is wanted, is right and used up; the session stands. */
static bool session_begin(People *p, Arena *a, const PersonRow *asked, Str code, Str *session, bool *wrong, Err *err)
{
    PersonRow row;
    int64_t   now = time_now_ms();
    if (!person_by_id(p->db, a, asked->id, &row, err)) return false;
    if (row.disabled || !str_eq(row.password, asked->password)) return *wrong = true, refused(err);
    if (row.otp_on) {
        if (!code.len) return fail(err, ERR_NEEDS_MATCH, "a code is needed");
        int64_t step = otp_step(&row, code, now);
        if (!step) return *wrong = true, refused(err);
        row.otp_last_step = step;
    }
    row.last_seen_ms = now;
    Str secret = secret_make(a);
    if (!person_update(p->db, &row, err) || !session_insert(p->db, secret_hash(secret), row.id, now, now + SESSION_MS, err)) return false;
    *session = secret;
    return true;
}

bool people_sign_in(People *p, Arena *a, Str email, Str password, Str code, Str address, Str *session, Err *err)
{
    Str     account = str_lower_ascii(a, str_trim(email));
    int64_t wait_ms = attempts_wait(p->attempts, account, address, time_now_ms());
    if (wait_ms > 0)
        return fail(err, ERR_TOO_MANY, "too many tries; try again in %lld minutes", (long long)(wait_ms / 60000 + 1));
    PersonRow row;
    lock(p);
    bool known = unlock(p, person_by_email(p->db, a, account, &row, NULL));
    bool right = false;
    if (known && row.password.len && password.len <= PASSWORD_MAX_BYTES)
        right = password_matches(row.password, password);
    else
        decoy_check(p, a, str_take_first(password, PASSWORD_MAX_BYTES));
    bool wrong = !right, ok = right ? true : refused(err);
    if (right) {
        lock(p);
        ok = db_begin(p->db, err) && session_begin(p, a, &row, str_trim(code), session, &wrong, err) && db_commit(p->db, err);
        if (!ok) db_rollback(p->db);
        unlock(p, ok);
    }
    if (wrong) attempts_add(p->attempts, account, address, time_now_ms());
    if (ok) attempts_clear(p->attempts, account);
    return ok;
}

bool people_sign_out(People *p, Str session, Err *err)
{
    lock(p);
    return unlock_changed(p, session_delete(p->db, secret_hash(session), err));
}

/* ---- tokens ---- */

#define TOKEN_PREFIX S("banyan_")

bool people_token_make(People *p, Arena *a, Str person_id, Str name, bool may_write, int64_t expires_ms, Str *token, Err *err)
{
    TokenRow row = { id_make(a), str_trim(name), person_id, may_write, time_now_ms(), expires_ms, 0 };
    Str      secret = str_join(a, (Str[]){ TOKEN_PREFIX, secret_make(a) }, 2);
    if (!row.name.len) return fail(err, ERR_INVALID, "a token has a name that says what it is for");
    if (expires_ms <= row.created_ms) return fail(err, ERR_INVALID, "a token expires in the future");
    PersonRow person;
    lock(p);
    bool ok = person_by_id(p->db, a, person_id, &person, err) && token_insert(p->db, secret_hash(secret), &row, err);
    if (!unlock(p, ok)) return false;
    *token = secret;
    return true;
}

bool people_token_list(People *p, Arena *a, Str person_id, Token **out, size_t *n, Err *err)
{
    TokenRow *rows;
    lock(p);
    if (!unlock(p, token_list(p->db, a, person_id, &rows, n, err))) return false;
    *out = NEW_ARRAY(a, Token, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (Token){ rows[i].id, rows[i].name, rows[i].person, rows[i].may_write, rows[i].created_ms, rows[i].expires_ms, rows[i].last_used_ms };
    return true;
}

bool people_token_end(People *p, Str person_id, Str token_id, Err *err)
{
    if (!token_id.len) return fail(err, ERR_INVALID, "which token?");
    lock(p);
    return unlock_changed(p, token_delete(p->db, person_id, token_id, err));
}

/* ---- who asks ---- */

/* Within the lock: whose secret it is, and whether it may write. */
static bool secret_owner(People *p, Arena *a, Str secret, Str *person, bool *may_write, Err *err)
{
    int64_t  now = time_now_ms();
    TokenRow token;
    if (!str_starts(secret, TOKEN_PREFIX)) {
        *may_write = true;
        return session_person(p->db, a, secret_hash(secret), now, person, err);
    }
    if (!token_by_hash(p->db, a, secret_hash(secret), now, &token, err)) return false;
    if (now - token.last_used_ms > SEEN_EVERY_MS && !token_touch(p->db, token.id, now, err)) return false;
    *person = token.person, *may_write = token.may_write;
    return true;
}

static bool reader_load(People *p, Arena *a, Str secret, Reader *out, Err *err)
{
    PersonRow row;
    int64_t   now = time_now_ms();
    Reader    r = { 0 };
    if (!secret_owner(p, a, secret, &r.person, &r.may_write, err)) return false;
    if (!person_by_id(p->db, a, r.person, &row, err)) return false;
    if (row.disabled) return fail(err, ERR_NOT_FOUND, "this account is closed");
    r.name = row.name, r.runs_node = row.runs_node;
    if (!memberships_read(p, a, row.id, &r.memberships, &r.membership_count, err)) return false;
    if (now - row.last_seen_ms > SEEN_EVERY_MS) {
        row.last_seen_ms = now;
        if (!person_update(p->db, &row, err)) return false;
    }
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

bool people_reader(People *p, Arena *a, Str session_or_token, PeopleParties parties, void *with, Reader *out, Err *err)
{
    Hash     key = secret_hash(session_or_token);
    int64_t  now = time_now_ms();
    uint64_t generation = reader_cache_generation(p->cache);
    if (reader_cache_get(p->cache, a, key, now, out)) return true;
    lock(p);
    Err  why = { 0 };
    bool ok = unlock(p, reader_load(p, a, session_or_token, out, &why));
    if (!ok) {
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        return fail(err, ERR_SIGN_IN, "the session or token is unknown, ended or expired");
    }
    frameworks_fill(a, out, parties, with);
    reader_finish(out, a);
    reader_cache_put(p->cache, key, generation, now, out);
    return true;
}
