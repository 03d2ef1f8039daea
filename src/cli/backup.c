/* banyan backup, banyan restore: what cannot be made again, and a list of it with hashes.

   The log only grows, so its files can be copied while it is written: a group cut short at the end was
   not acknowledged when the copy began, and is taken off. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "store/copy.h"
#include "store/journal.h"

#define FORMAT_NAME        S("banyan backup 1")
#define MANIFEST_MAX_BYTES ((size_t)64 << 20)

typedef struct {
    Arena      *a;
    const char *from, *to;
    Json       *files; /* the manifest's list */
    Progress    progress;
    uint64_t    done;
} Backup;

static const char *below(Backup *b, const char *folder, Str name)
{
    return path_join(b->a, str_of(folder), name).at;
}

static bool copy_one(Backup *b, Str name, int mode, Err *err)
{
    FileCopy copy;
    if (!file_copy(b->a, below(b, b->from, name), below(b, b->to, name), mode, &copy, err)) return false;
    progress_step(&b->progress, ++b->done, 0);
    return true;
}

/* Those of the truth's files that there are, in one folder or below log/. */
static bool copy_log(Backup *b, Err *err)
{
    Str   *names;
    size_t n;
    if (!folder_list(b->a, below(b, b->from, S("log")), &names, &n, err)) return false;
    if (!folder_make(below(b, b->to, S("log")), err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".log"))) continue;
        if (!copy_one(b, path_join(b->a, S("log"), names[i]), 0644, err)) return false;
    }
    return true;
}

/* Each part of the datasets, "parts/ab/abcd…". They never change, and those the log names were there before it. */
static bool each_part(Backup *b, const char *folder, bool (*with)(Backup *b, Str name, Err *err), Err *err)
{
    Str   *folders, *names, parts = path_join(b->a, str_of(folder), S("parts"));
    size_t n, m;
    if (!path_exists(parts.at)) return true;
    if (!folder_list(b->a, parts.at, &folders, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        Str below_parts = path_join(b->a, S("parts"), folders[i]);
        if (folders[i].len != 2) continue; /* what is being written */
        if (!folder_list(b->a, below(b, folder, below_parts), &names, &m, err)) return false;
        for (size_t k = 0; k < m; k++)
            if (!with(b, path_join(b->a, below_parts, names[k]), err)) return false;
    }
    return true;
}

static bool copy_part(Backup *b, Str name, Err *err)
{
    return folder_make(below(b, b->to, str_cut_last(name, '/').head), err) && copy_one(b, name, 0444, err);
}

/* Again, for those that came while it was copied: parts may be merged meanwhile, and the merged ones removed. */
static bool copy_new_part(Backup *b, Str name, Err *err)
{
    return path_exists(below(b, b->to, name)) || copy_part(b, name, err);
}

/* Each file of the rows that wait, "inbox/ID/NUMBER/….log" and what is known besides. */
static bool each_waiting(Backup *b, const char *folder, bool (*with)(Backup *b, Str name, Err *err), Err *err)
{
    Str   *boxes, *names, *logs, inbox = S("inbox");
    size_t n, m, l;
    if (!path_exists(below(b, folder, inbox))) return true;
    if (!folder_list(b->a, below(b, folder, inbox), &boxes, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        Str box = path_join(b->a, inbox, boxes[i]);
        if (!folder_list(b->a, below(b, folder, box), &names, &m, err)) return false;
        for (size_t k = 0; k < m; k++) {
            Str name = path_join(b->a, box, names[k]);
            if (str_ends(name, S(".known")) && !with(b, name, err)) return false;
            if (names[k].len != 20 || !folder_list(b->a, below(b, folder, name), &logs, &l, NULL)) continue;
            for (size_t f = 0; f < l; f++)
                if (str_ends(logs[f], S(".log")) && !with(b, path_join(b->a, name, logs[f]), err)) return false;
        }
    }
    return true;
}

/* Before the log: what is gathered meanwhile is in the parts that the log names. */
static bool copy_waiting(Backup *b, Str name, Err *err)
{
    Str folder = str_cut_last(name, '/').head;
    Err why = { 0 };
    if (!folder_make(below(b, b->to, folder), err)) return false;
    if (copy_one(b, name, 0600, &why)) return true;
    if (path_exists(below(b, b->from, name))) return fail(err, why.code, "%s", why.text);
    if (!str_ends(name, S(".log"))) return true;
    folder_remove(below(b, b->to, folder));
    return true;
}

/* The last group of posts may be cut short in the copy, as that of the log. */
static bool trim_waiting(Backup *b, Str name, Err *err)
{
    Journal    *journal;
    Str         seal, *names;
    size_t      n;
    const char *folder = below(b, b->to, str_cut_last(name, '/').head);
    if (!str_ends(name, S(".log"))) return true;
    if (!journal_open(b->a, folder, NULL, &journal, &seal, err)) return false;
    journal_close(journal);
    if (!folder_list(b->a, folder, &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (str_starts(names[i], S("torn-"))) unlink(path_join(b->a, str_of(folder), names[i]).at);
    return true;
}

static bool copy_merged(Backup *b, Err *err)
{
    return !path_exists(below(b, b->from, S("merged"))) || copy_one(b, S("merged"), 0644, err);
}

/* The views of borders that the operator added. */
static bool each_map(Backup *b, const char *folder, bool (*work)(Backup *, Str name, Err *), Err *err)
{
    Str   *names;
    size_t n;
    if (!path_exists(below(b, folder, S("maps")))) return true;
    if (!folder_list(b->a, below(b, folder, S("maps")), &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (str_ends(names[i], S(".json")) && !work(b, path_join(b->a, S("maps"), names[i]), err)) return false;
    return true;
}

static bool copy_map(Backup *b, Str name, Err *err)
{
    return folder_make(below(b, b->to, S("maps")), err) && copy_one(b, name, 0644, err);
}

/* What was being written while it was copied is cut off behind the last seal. */
static bool trim_log(Backup *b, Err *err)
{
    Journal *journal;
    Str      seal;
    if (!journal_open(b->a, below(b, b->to, S("log")), NULL, &journal, &seal, err)) return false;
    journal_close(journal);
    const char *const places[] = { b->to, below(b, b->to, S("log")) };
    for (size_t i = 0; i < 2; i++) {
        Str   *names;
        size_t n;
        if (!folder_list(b->a, places[i], &names, &n, err)) return false;
        for (size_t k = 0; k < n; k++)
            if (str_starts(names[k], S("torn-"))) unlink(below(b, places[i], names[k]));
    }
    return true;
}

static bool list_file(Backup *b, Str name, Err *err)
{
    Str bytes;
    if (!file_map(b->a, below(b, b->to, name), &bytes, err)) return false;
    Hash  hash = hash_of(bytes.at, bytes.len);
    Json *line = json_object_make(b->a);
    json_put_text(line, "path", name);
    json_put_integer(line, "bytes", (int64_t)bytes.len);
    json_put_text(line, "sha256", hex_make(b->a, hash.b, HASH_BYTES));
    json_add_value(b->files, line);
    return true;
}

static bool list_files(Backup *b, Err *err)
{
    static const char *const names[] = { "node.json", "key", "people.db", "merged" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!path_exists(below(b, b->to, str_of(names[i])))) continue;
        if (!list_file(b, str_of(names[i]), err)) return false;
    }
    Str   *logs;
    size_t n;
    if (!folder_list(b->a, below(b, b->to, S("log")), &logs, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(logs[i], S(".log"))) continue;
        if (!list_file(b, path_join(b->a, S("log"), logs[i]), err)) return false;
    }
    return each_waiting(b, b->to, list_file, err) && each_part(b, b->to, list_file, err) &&
           each_map(b, b->to, list_file, err);
}

static bool sync_file(const char *path, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "opening %s", path);
    bool ok = fsync(fd) == 0 || fail_errno(err, "syncing %s", path);
    close(fd);
    return ok;
}

static bool copy_people(Backup *b, Err *err)
{
    const char *from = below(b, b->from, S("people.db")), *to = below(b, b->to, S("people.db"));
    if (!path_exists(from)) return true;
    return database_copy(from, to, err) && sync_file(to, err);
}

static bool backup_make(Backup *b, Err *err)
{
    if (!folder_make(b->to, err)) return false;
    if (!each_waiting(b, b->from, copy_waiting, err) || !each_waiting(b, b->to, trim_waiting, err) ||
        !copy_log(b, err) || !trim_log(b, err) || !each_part(b, b->from, copy_part, err) || !copy_merged(b, err) ||
        !each_map(b, b->from, copy_map, err) ||
        !each_part(b, b->from, copy_new_part, err) ||
        !copy_one(b, S("node.json"), 0644, err) || !copy_one(b, S("key"), 0600, err) ||
        !copy_people(b, err) || !list_files(b, err))
        return false;
    Json *manifest = json_object_make(b->a);
    json_put_text(manifest, "format", FORMAT_NAME);
    json_put_text(manifest, "made", time_text(b->a, time_now_ms()));
    json_put_value(manifest, "files", b->files);
    return file_replace(below(b, b->to, S("manifest.json")), json_write_pretty(b->a, manifest), 0644, err);
}

static bool must_be_new(const char *path, Err *err)
{
    return !path_exists(path) || fail(err, ERR_CONFLICT, "%s is there already; name a new folder", path);
}

/* A backup that lies in the node is lost with it, and would be backed up itself the next time. */
static bool must_be_outside(Arena *a, const char *node, const char *to, Err *err)
{
    Cut   above = str_cut_last(str_of(to), '/');
    char *inside = realpath(node, NULL), *place = realpath(above.found ? str_z(a, above.head) : ".", NULL);
    bool  lies_in = false;
    if (inside && place) {
        size_t len = strlen(inside);
        lies_in = strncmp(place, inside, len) == 0 && (place[len] == '/' || !place[len]);
    }
    free(inside);
    free(place);
    return !lies_in ||
           fail(err, ERR_USAGE,
                "%s lies in the node itself; name a folder outside, best on another disk", to);
}

static bool backup_run(Call *call, Err *err)
{
    const char *to = call_operand(call, 1);
    if (!place_is_node(call_operand(call, 0), err) || !must_be_new(to, err) ||
        !must_be_outside(call->arena, call_operand(call, 0), to, err))
        return false;
    /* Made beside its name: a backup that has its name is whole. */
    const char *unfinished = str_format(call->arena, "%s.tmp", to).at;
    folder_remove(unfinished);
    Backup b = { .a = call->arena,
                 .from = call_operand(call, 0),
                 .to = unfinished,
                 .files = json_array_make(call->arena),
                 .progress = progress_start("Copying") };
    bool   ok = backup_make(&b, err) && (rename(unfinished, to) == 0 || fail_errno(err, "renaming %s", unfinished));
    progress_end(&b.progress);
    if (!ok) {
        folder_remove(unfinished);
        return false;
    }
    printf("%s holds %zu files. It has the node's secret key and its accounts: keep it as safe as the node.\n", to,
           json_array_size(b.files));
    return true;
}

static bool backup_check(Arena *a, const char *folder, Json **files, Err *err)
{
    Json *manifest;
    Str   bytes;
    if (!file_read(a, path_join(a, str_of(folder), S("manifest.json")).at, MANIFEST_MAX_BYTES, &bytes, err) ||
        !json_read(a, bytes, &manifest, err))
        return fail_in(err, "%s is not a backup", folder);
    if (!str_eq(json_get_text(manifest, "format"), FORMAT_NAME))
        return fail(err, ERR_FORMAT, "%s is not a backup this program can read", folder);
    *files = json_get(manifest, "files");
    if (!json_array_size(*files)) return fail(err, ERR_FORMAT, "%s: the manifest names no files", folder);
    size_t i;
    Json  *line;
    json_array_foreach(*files, i, line)
    {
        Str name = json_get_text(line, "path");
        if (!name.len || str_has(name, S("..")) || name.at[0] == '/')
            return fail(err, ERR_FORMAT, "%s: the manifest names a file outside the backup", folder);
        if (!file_map(a, path_join(a, str_of(folder), name).at, &bytes, err)) return false;
        Hash hash = hash_of(bytes.at, bytes.len), stated;
        if (!hex_read(json_get_text(line, "sha256"), stated.b, HASH_BYTES) || !hash_eq(hash, stated))
            return fail(err, ERR_CORRUPT, "%s/%.*s is not what was backed up; use another backup", folder,
                        STR_ARG(name));
    }
    return true;
}

static bool restore_make(Call *call, const char *to, const Json *files, Err *err)
{
    Arena      *a = call->arena;
    NodeOptions options;
    FileCopy    copy;
    if (!place_options(a, false, &options, err) || !folder_make(path_join(a, str_of(to), S("log")).at, err))
        return false;
    size_t i;
    Json  *line;
    json_array_foreach(files, i, line)
    {
        Str name = json_get_text(line, "path");
        int mode = str_eq_z(name, "key") || str_eq_z(name, "people.db") ? 0600 : 0644;
        if (str_starts(name, S("parts/"))) mode = 0444;
        if (str_starts(name, S("inbox/"))) mode = 0600;
        if (str_has(name, S("/")) && !folder_make(path_join(a, str_of(to), str_cut_last(name, '/').head).at, err))
            return false;
        if (!file_copy(a, path_join(a, str_of(call_operand(call, 0)), name).at, path_join(a, str_of(to), name).at, mode,
                       &copy, err))
            return false;
    }
    Progress progress = progress_start("Rebuilding");
    bool     ok = node_rebuild(to, &options, progress_step, &progress, err);
    progress_end(&progress);
    return ok;
}

static bool restore_run(Call *call, Err *err)
{
    const char *to = call_operand(call, 1);
    Json       *files;
    if (!must_be_new(to, err) || !backup_check(call->arena, call_operand(call, 0), &files, err)) return false;
    const char *unfinished = str_format(call->arena, "%s.tmp", to).at;
    folder_remove(unfinished);
    bool ok = restore_make(call, unfinished, files, err) &&
              (rename(unfinished, to) == 0 || fail_errno(err, "renaming %s", unfinished));
    if (!ok) folder_remove(unfinished);
    if (ok) printf("%s is a node again; banyan verify %s checks all of it.\n", to, to);
    return ok;
}

const Command command_backup = {
    .operands = "NODE FOLDER",
    .least = 2,
    .most = 2,
    .about = "Copies the log, the parts of the datasets, rows that wait, the accounts, the settings and the key "
             "into the new FOLDER,\n"
             "with a manifest of their hashes. The node may be served meanwhile; all that was "
             "acknowledged before the start is in it.",
    .run = backup_run,
};

const Command command_restore = {
    .operands = "FOLDER NODE",
    .least = 2,
    .most = 2,
    .about = "Checks the backup in FOLDER against its manifest, copies it to the new folder NODE and makes\n"
             "everything else again from the log. The node it came from must not be served any more.",
    .run = restore_run,
};
