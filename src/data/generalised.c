/* See generalised.h. Under one lock: that a key is found, kept, marked and dropped, so that nobody is given a part that
   is about to go. */
#include "data/generalised.h"

#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "core/list.h"
#include "store/files.h"

#define RULES          "2\n" /* another where generalise.c makes another part of the same terms: older ones go */
#define LINE_MAX_BYTES 4096
#define ALL_MAX_BYTES  ((size_t)1 << 30)

static pthread_mutex_t keys = PTHREAD_MUTEX_INITIALIZER;

typedef struct {
    Str     key, made, precise, terms;
    int64_t since_ms; /* 0: its terms hold */
} Made;

static Str folder_of(Data *data, Arena *a)
{
    return path_join(a, str_of(node_folder(data_node(data))), S("generalised"));
}

static bool made_read(Data *data, Arena *a, Str key, Made *out)
{
    Str text;
    if (!file_read(a, path_join(a, folder_of(data, a), key).at, LINE_MAX_BYTES, &text, NULL)) return false;
    Cut made = str_cut(str_trim(text), ' '), precise = str_cut(made.tail, ' '), terms = str_cut(precise.tail, ' ');
    *out = (Made){ .key = key, .made = made.head, .precise = precise.head, .terms = terms.head };
    return !terms.found || str_to_i64(terms.tail, &out->since_ms);
}

static bool made_write(Data *data, Arena *a, const Made *m, Err *err)
{
    Str line = str_format(a, "%.*s %.*s %.*s", STR_ARG(m->made), STR_ARG(m->precise), STR_ARG(m->terms));
    if (m->since_ms) line = str_format(a, "%.*s %" PRId64, STR_ARG(line), m->since_ms);
    return file_replace(path_join(a, folder_of(data, a), m->key).at,
                        str_join(a, (Str[]){ line, S("\n") }, 2), 0600, err);
}

bool generalised_find(Data *data, Arena *a, Str key, Str terms, Str *path)
{
    Made m;
    pthread_mutex_lock(&keys);
    bool found = made_read(data, a, key, &m) && files_find(data_parts(data), a, m.made, path, NULL);
    if (found && m.since_ms) {
        m.since_ms = 0;
        m.terms = terms;
        found = made_write(data, a, &m, NULL);
    }
    pthread_mutex_unlock(&keys);
    return found;
}

bool generalised_keep(Data *data, Arena *a, Str key, Str made, Str precise, Str terms, Err *err)
{
    Made m = { key, made, precise, terms, 0 };
    Str  path;
    pthread_mutex_lock(&keys);
    bool ok = folder_make(folder_of(data, a).at, err) &&
              (files_find(data_parts(data), a, made, &path, NULL) ||
               fail(err, ERR_CONFLICT, "the part %.*s was removed while it was made", STR_ARG(made))) &&
              made_write(data, a, &m, err);
    pthread_mutex_unlock(&keys);
    return ok;
}

Str generalised_terms(Arena *a, const Json *doc)
{
    const Json *terms = json_get(doc, "terms");
    Hash        hash = hash_of_parts((Str[]){ S(RULES), terms ? json_write(a, terms) : STR_NONE }, 2);
    return hex_make(a, hash.b, HASH_BYTES);
}

/* ---- removing ---- */

static void all_read(Data *data, Arena *a, Made **out, size_t *n)
{
    Str   *names, folder = folder_of(data, a);
    size_t count = 0;
    if (path_exists(folder.at)) folder_list(a, folder.at, &names, &count, NULL);
    *out = NEW_ARRAY(a, Made, count + 1);
    *n = 0;
    for (size_t i = 0; i < count; i++)
        if (names[i].len == FILES_NAME_LENGTH && made_read(data, a, names[i], &(*out)[*n])) ++*n;
}

/* The part first: a key without its part is made anew by who asks, and removed by the next who tidies; so a process
   may end at any moment. Another recipe may have made the same. With the lock. */
static void made_drop(Data *data, Arena *a, Made *all, size_t n, size_t i)
{
    Str  path, made = all[i].made;
    bool other = false;
    all[i].made = STR_NONE;
    for (size_t k = 0; k < n; k++) other = other || str_eq(all[k].made, made);
    if (!other && files_find(data_parts(data), a, made, &path, NULL)) unlink(path.at);
    if (fault_hits(FAULT_PART_DROP)) return;
    if (!other) beside_drop(data_beside(data), made);
    if (fault_hits(FAULT_PART_DROP)) return;
    unlink(path_join(a, folder_of(data, a), all[i].key).at);
}

void generalised_drop(Data *data, Str gone)
{
    Arena *a = arena_open(ALL_MAX_BYTES);
    Made  *all;
    size_t n = 0;
    pthread_mutex_lock(&keys);
    if (gone.len) all_read(data, a, &all, &n);
    for (size_t i = 0; i < n; i++)
        if (str_has(gone, all[i].precise)) made_drop(data, a, all, n, i);
    pthread_mutex_unlock(&keys);
    arena_close(a);
}

/* The terms of each dataset as its owner has it now, and as others see it: hashes, a line each. */
static bool terms_in_use(Data *data, Buf *out, Err *err)
{
    Arena    *a = arena_open(ALL_MAX_BYTES);
    Reader    all = { .name = S("system"), .all = true };
    Question  question = { .kind = S("dataset") };
    uint64_t *entries;
    size_t    n = 0, count;
    Record    r, *versions;
    reader_finish(&all, a);
    Snapshot *s = snapshot_open(data_node(data), &all, STR_NONE);
    bool      ok = list_entries(s, a, &question, &entries, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        Arena *one = arena_open(0);
        bool   published = false;
        count = 0;
        ok = record_at(s, one, entries[i], &r, err);
        if (ok) buf_putf(out, "%.*s\n", STR_ARG(generalised_terms(one, r.doc)));
        if (ok && r.state != STATE_PUBLISHED) ok = record_history(s, one, S("dataset"), r.id, &versions, &count, err);
        for (size_t k = 0; ok && k < count && !published; k++) {
            if (versions[k].state != STATE_PUBLISHED) continue;
            published = true;
            ok = record_version(s, one, S("dataset"), r.id, versions[k].version, &r, err);
            if (ok) buf_putf(out, "%.*s\n", STR_ARG(generalised_terms(one, r.doc)));
        }
        arena_close(one);
    }
    snapshot_close(s);
    arena_close(a);
    return ok;
}

bool generalised_tidy(Data *data, int64_t now_ms, Err *err)
{
    Arena *a = arena_open(ALL_MAX_BYTES);
    Buf    used = { 0 };
    Made  *all;
    size_t n = 0;
    bool   ok = !path_exists(folder_of(data, a).at) || terms_in_use(data, &used, err);
    pthread_mutex_lock(&keys);
    if (ok) all_read(data, a, &all, &n);
    for (size_t i = 0; ok && i < n; i++) {
        bool hold = all[i].terms.len && str_has(buf_str(&used), all[i].terms);
        if (!hold && all[i].since_ms && now_ms - all[i].since_ms >= GENERALISED_KEPT_MS) {
            made_drop(data, a, all, n, i);
        } else if (hold == (all[i].since_ms != 0)) {
            all[i].since_ms = hold ? 0 : now_ms;
            ok = made_write(data, a, &all[i], err);
        }
    }
    pthread_mutex_unlock(&keys);
    buf_free(&used);
    arena_close(a);
    return ok;
}
