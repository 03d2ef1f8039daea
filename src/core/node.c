/* A node's folder: making it, opening it, closing it, and what the projections owe the log. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/id.h"
#include "core/inside.h"
#include "core/settings.h"
#include "text/collate.h"
#include "text/lang.h"

#define WRITER_CACHE_BYTES ((size_t)8 << 20)

static const char *in_folder(Arena *a, const char *folder, const char *name)
{
    return path_join(a, str_of(folder), str_of(name)).at;
}

static bool make_folder(Arena *a, const char *folder, const Json *settings, Err *err)
{
    uint8_t seed[32];
    KeyPair key;
    Log    *log;
    if (path_exists(in_folder(a, folder, "node.json")))
        return fail(err, ERR_CONFLICT, "%s holds a node already", folder);
    if (!settings_check(settings, NULL, err)) return false;
    if (!hash_start(err) || !folder_make(folder, err) || !folder_make(in_folder(a, folder, "index"), err)) return false;
    random_bytes(seed, sizeof seed);
    Str text = str_join(a, (Str[]){ hex_make(a, seed, sizeof seed), S("\n") }, 2);
    key = key_from_seed(seed);
    if (!file_replace(in_folder(a, folder, "key"), text, 0600, err)) return false;
    if (!log_open(in_folder(a, folder, "log"), json_get_text(settings, "name"), &key, &log, err)) return false;
    log_close(log);
    return file_replace(in_folder(a, folder, "node.json"),
                        str_join(a, (Str[]){ json_write_pretty(a, settings), S("\n") }, 2), 0644, err);
}

bool node_init(const char *folder, const Json *settings, Err *err)
{
    Arena *a = arena_open(0);
    bool   ok = make_folder(a, folder, settings, err);
    arena_close(a);
    return ok;
}

static void setting_unknown(const char *key)
{
    diag(DIAG_WARN, "node.json says \"%s\", which is no setting", key);
}

static bool read_settings(Node *node, Err *err)
{
    Arena  *a = node->arena;
    Str     seed_text;
    uint8_t seed[32];
    if (!json_read_file(a, in_folder(a, node->folder, "node.json"), &node->settings, err))
        return err && err->code == ERR_NOT_FOUND
                   ? fail(err, ERR_NOT_FOUND, "%s holds no node: banyan init makes one", node->folder)
                   : false;
    if (!settings_check(node->settings, node->read_only ? NULL : setting_unknown, err))
        return fail_in(err, "%s/node.json", node->folder);
    node->name = json_get_text(node->settings, "name");
    Json *langs = json_get(node->settings, "languages");
    node->lang_count = json_array_size(langs);
    node->langs = NEW_ARRAY(a, Str, node->lang_count + 1);
    for (size_t i = 0; i < node->lang_count; i++) node->langs[i] = json_text(json_array_get(langs, i));
    if (node->lang_count == 0) node->langs[node->lang_count++] = S("en");
    if (!file_read(a, in_folder(a, node->folder, "key"), 4096, &seed_text, err)) return false;
    if (!hex_read(str_trim(seed_text), seed, sizeof seed))
        return fail(err, ERR_CORRUPT, "%s/key does not hold a key", node->folder);
    node->key = key_from_seed(seed);
    return true;
}

static bool take_lock(Node *node, Err *err)
{
    const char *path = in_folder(node->arena, node->folder, "lock");
    node->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (node->lock_file < 0) return fail_errno(err, "open %s", path);
    if (flock(node->lock_file, LOCK_EX | LOCK_NB) == 0) {
        if (ftruncate(node->lock_file, 0) == 0) dprintf(node->lock_file, "%ld\n", (long)getpid());
        return true;
    }
    char    owner[32] = "";
    ssize_t n = read(node->lock_file, owner, sizeof owner - 1);
    return fail(err, ERR_BUSY, "another banyan works on %s (process %.*s); end that first", node->folder,
                n > 0 ? (int)strcspn(owner, "\n") : 1, n > 0 ? owner : "?");
}

#define FORM S("5") /* of what is kept in node.db; another number when that changes */

/* What besides the log decides the projections: kinds, languages, names of countries, the rules
   of collation, how keys of sets are made, how they are kept. When it changes, they are made anew. */
static int64_t fingerprint(Node *node, Arena *a)
{
    size_t count = kinds_count(node->kinds);
    Str   *parts = NEW_ARRAY(a, Str, count + 6);
    for (size_t i = 0; i < count; i++) parts[i] = json_write(a, kinds_at(node->kinds, i)->json);
    parts[count] = json_write(a, kinds_definitions(node->kinds));
    parts[count + 1] = str_join_with(a, S(","), node->langs, node->lang_count);
    parts[count + 2] = collate_key(a, S("Aé 10 中文 ไทย"), S(""));
    SetKey probe = key_of("fingerprint", S(""));
    parts[count + 3] = (Str){ (const char *)&probe, sizeof probe };
    parts[count + 4] = node_country_names(node) ? json_write(a, node_country_names(node)) : S("");
    int64_t out;
    parts[count + 5] = FORM;
    Hash hash = hash_of_parts(parts, count + 6);
    memcpy(&out, hash.b, sizeof out);
    return out;
}

/* This run of the machine: rows that were never synced are good after a crash of the program, not after
   one of the machine. When the system does not tell, each run of the program counts as another. */
static int64_t this_boot(Arena *a)
{
    Str text;
    if (!file_read(a, "/proc/sys/kernel/random/boot_id", 4096, &text, NULL)) text = id_make(a);
    return (int64_t)(str_hash(text) | 1);
}

static void remove_projections(Node *node)
{
    static const char *const names[] = { "node.db", "node.db-wal", "node.db-shm" };
    Arena                   *a = arena_open(0);
    for (size_t i = 0; i < 3; i++) unlink(in_folder(a, node->made, names[i]));
    Str   *files;
    size_t n;
    Str    index = path_join(a, str_of(node->made), S("index"));
    if (folder_list(a, index.at, &files, &n, NULL))
        for (size_t i = 0; i < n; i++) unlink(path_join(a, index, files[i]).at);
    arena_close(a);
}

/* Why the projections cannot be used as they are; NULL when they can. */
static const char *projections_wrong(Node *node, Arena *a)
{
    int64_t applied, print, boot;
    if (!rows_start(node->db, NULL) || !rows_number(node->db, "applied", 0, &applied, NULL) ||
        !rows_number(node->db, "fingerprint", 0, &print, NULL) || !rows_number(node->db, "open", 0, &boot, NULL))
        return "node.db cannot be read";
    if (applied > 0 && print != fingerprint(node, a))
        return "kinds, languages, names of countries or collation have changed";
    if (boot != 0 && boot != this_boot(a)) return "the machine went down while the node was open";
    return NULL;
}

static bool open_log(Node *node, Err *err)
{
    const char *folder = in_folder(node->arena, node->folder, "log");
    return node->read_only ? log_open_read_only(folder, node->name, node->key.public_key, &node->log, err)
                           : log_open(folder, node->name, &node->key, &node->log, err);
}

/* An entry is durable before the rows take it in: rows that hold more than the log mean that the log has
   lost its end. Rows that cannot be read tell nothing. */
static bool check_log_whole(Node *node, Db *db, Err *err)
{
    int64_t applied;
    if (!rows_number(db, "applied", 0, &applied, NULL)) return true;
    if ((uint64_t)applied > log_size(node->log) && node->read_only) {
        /* Beside a server the log may have grown since it was opened. */
        log_close(node->log);
        node->log = NULL;
        if (!open_log(node, err)) return false;
    }
    return (uint64_t)applied <= log_size(node->log) ||
           fail(err, ERR_CORRUPT,
                "%s/log has %llu entries, but node.db knows of %lld: the log's end was cut off, "
                "and with it changes "
                "that were acknowledged. Stop the node, keep a copy of the folder, and bring the "
                "log back from a backup "
                "(banyan restore). To go on from this shorter log on purpose: banyan rebuild "
                "--accept-shorter-log",
                node->folder, (unsigned long long)log_size(node->log), (long long)applied);
}

/* The same before the rows are thrown away. */
static bool check_before_rebuild(Node *node, Err *err)
{
    Db         *db;
    const char *path = in_folder(node->arena, node->made, "node.db");
    if (!path_exists(path) || !db_open(path, DB_READ, WRITER_CACHE_BYTES, &db, NULL)) return true;
    bool ok = check_log_whole(node, db, err);
    db_close(db);
    return ok;
}

static bool open_db(Node *node, Err *err)
{
    Arena      *a = arena_open(0);
    const char *path = in_folder(a, node->made, "node.db");
    bool        ok = db_open(path, node->read_only ? DB_READ : DB_PROJECTION, WRITER_CACHE_BYTES, &node->db, err);
    /* A read-only node stays at the state it found, whatever another process writes. */
    if (ok && node->read_only && !db_begin_read(node->db, err)) ok = false;
    if (ok && !check_log_whole(node, node->db, err)) {
        arena_close(a);
        return false;
    }
    const char *wrong = ok ? projections_wrong(node, a) : node->read_only ? NULL
                                                                          : "node.db cannot be opened";
    if (wrong && node->read_only) {
        ok = fail(err, ERR_CORRUPT, "%s: run banyan rebuild, or start the node", wrong);
    } else if (wrong) {
        int64_t applied = 0;
        if (node->db) rows_number(node->db, "applied", 0, &applied, NULL);
        if (applied > 0 || !node->db) diag(DIAG_WARN, "rebuild why=\"%s\"", wrong);
        db_close(node->db);
        node->db = NULL;
        remove_projections(node);
        ok = db_open(path, DB_PROJECTION, WRITER_CACHE_BYTES, &node->db, err) && rows_start(node->db, err);
    }
    if (ok && !node->read_only)
        ok = rows_number_put(node->db, "fingerprint", fingerprint(node, a), err) &&
             rows_number_put(node->db, "open", this_boot(a), err);
    arena_close(a);
    return ok;
}

static bool read_numbers(Node *node, Err *err)
{
    int64_t records, faces_used, last_time, applied;
    if (!rows_number(node->db, "records", 0, &records, err) ||
        !rows_number(node->db, "faces-used", 0, &faces_used, err) ||
        !rows_number(node->db, "last-time", 0, &last_time, err) || !rows_number(node->db, "applied", 0, &applied, err))
        return false;
    node->records = (uint32_t)records;
    node->faces_used = (uint32_t)faces_used;
    node->last_time_ms = last_time;
    atomic_store(&node->applied, (uint64_t)applied);
    return true;
}

/* A read-only node sees the size the rows have; its search index may be kept at another. */
static bool open_projections(Node *node, uint64_t size, NodeProgress progress, void *with, Err *err)
{
    Arena *a = arena_open((size_t)1 << 40);
    bool   ok = read_numbers(node, err) && faces_load(node->faces, a, node->db, &node->faces_kept, err) &&
              search_open(in_folder(a, node->made, "index"), &node->search, err);
    arena_close(a);
    if (!ok || !node_refresh_faces(node, node->faces_kept, err)) return false;
    uint64_t searched = search_applied(node->search);
    if (!node_refresh_search(node, searched, err)) return false;
    return node->read_only || (node_catch_up(node, size, progress, with, err) && node_keep(node, false, err));
}

static void init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

/* What remembers how long the log was. */
static void forget_length(Node *node)
{
    unlink(in_folder(node->arena, node->folder, "log/index"));
    unlink(in_folder(node->arena, node->folder, "log/leaves"));
}

static bool open_parts(Node *node, bool anew, bool shorter_log, NodeProgress progress, void *with, Err *err)
{
    Arena *a = node->arena;
    if (!hash_start(err) || !read_settings(node, err)) return false;
    if (!node->read_only && !take_lock(node, err)) return false;
    if (!kinds_open(in_folder(a, node->share, "kinds"), &node->kinds, err)) return false;
    if (anew && shorter_log) forget_length(node);
    if (!open_log(node, err)) return false;
    if (anew && !shorter_log && !check_before_rebuild(node, err)) return false;
    if (anew) remove_projections(node);
    if (!folder_make(in_folder(a, node->made, "index"), err) || !open_db(node, err)) return false;
    if (!open_projections(node, log_size(node->log), progress, with, err)) return false;
    return node->read_only || writer_open(node, &node->writer, err);
}

static Node *new_node(const char *folder, const char *made, Str share, bool read_only)
{
    Arena *a = arena_open((size_t)1 << 40);
    Node  *node = NEW(a, Node);
    node->arena = a;
    node->folder = str_z(a, str_of(folder));
    node->made = str_z(a, str_of(made));
    node->share = str_z(a, share);
    node->read_only = read_only;
    node->lock_file = -1;
    node->faces = faces_open();
    node->cards = card_cache_open();
    init_lock(&node->lock);
    pthread_mutex_init(&node->pool_lock, NULL);
    return node;
}

static bool open_node(const char *folder, const NodeOptions *options, bool anew, NodeProgress progress, void *with,
                      Node **out, Err *err)
{
    Node *node = new_node(folder, folder, options->share, options->read_only);
    if (open_parts(node, anew, options->shorter_log, progress, with, err)) {
        *out = node;
        return true;
    }
    node_close(node);
    return false;
}

bool node_open(const char *folder, const NodeOptions *options, Node **out, Err *err)
{
    return open_node(folder, options, false, options->progress, options->watcher, out, err);
}

/* All that was kept, synced, and said to be so. */
static void close_projections(Node *node)
{
    Err err = { 0 };
    if (!node_keep(node, true, &err) || !db_finish(node->db, &err) || !rows_number_put(node->db, "open", 0, &err))
        diag(DIAG_WARN, "close what=\"%s\"", err.text);
}

void node_close(Node *node)
{
    if (!node) return;
    writer_close(node->writer);
    if (node->writer) close_projections(node);
    for (int i = 0; i < node->pool_count; i++) db_close(node->pool[i]);
    db_close(node->db);
    search_close(node->search);
    faces_close(node->faces);
    card_cache_close(node->cards);
    log_close(node->log);
    kinds_close(node->kinds);
    if (node->lock_file >= 0) close(node->lock_file);
    pthread_rwlock_destroy(&node->lock);
    pthread_mutex_destroy(&node->pool_lock);
    memset(&node->key, 0, sizeof node->key);
    arena_close(node->arena);
}

bool node_rebuild(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err)
{
    NodeOptions writes = *options;
    Node       *node;
    writes.read_only = false;
    if (!open_node(folder, &writes, true, progress, with, &node, err)) return false;
    node_close(node);
    return true;
}

/* Shares the log, the kinds and the settings of `node`. */
bool node_open_check(Node *node, const char *made, uint64_t size, NodeProgress progress, void *with, Node **out,
                     Err *err)
{
    Node *check = new_node(node->folder, made, str_of(node->share), false);
    check->settings = node->settings;
    check->name = node->name;
    check->langs = node->langs;
    check->lang_count = node->lang_count;
    check->kinds = node->kinds;
    check->log = node->log;
    if (folder_make(in_folder(check->arena, made, "index"), err) && open_db(check, err) &&
        open_projections(check, size, progress, with, err)) {
        *out = check;
        return true;
    }
    node_close_check(check);
    return false;
}

void node_close_check(Node *check)
{
    if (!check) return;
    check->kinds = NULL;
    check->log = NULL;
    node_close(check);
}

const Kinds *node_kinds(const Node *node)
{
    return node->kinds;
}

const Json *node_settings(const Node *node)
{
    return node->settings;
}

const Json *node_country_names(const Node *node)
{
    return json_get(node->settings, "country_names");
}

Str node_name(const Node *node)
{
    return node->name;
}

Log *node_log(Node *node)
{
    return node->log;
}

const char *node_share(const Node *node)
{
    return node->share;
}

const char *node_folder(const Node *node)
{
    return node->folder;
}

bool node_is_read_only(const Node *node)
{
    return node->read_only;
}

uint64_t node_log_size(const Node *node)
{
    return atomic_load(&node->applied);
}
