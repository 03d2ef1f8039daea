/* banyan load */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/items.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "core/record.h"
#include "format/columns.h"
#include "format/csv.h"

#define FOLDER_DEPTH_MAX 8

/* What goes into an item that does not say it itself. */
typedef struct {
    Str  kind, owner, audience, state;
    bool any;
} Defaults;

typedef struct {
    Call    *call;
    Node    *node;
    Loader  *loader;
    Defaults defaults;
    Progress progress;
    uint64_t read;  /* items, from all files */
    bool     found; /* a file at least */
} Load;

static void put_if_missing(Json *item, const char *key, Str value)
{
    if (value.len && !json_get(item, key)) json_put_text(item, key, value);
}

/* Fills an item's gaps. One that is no object goes on as it is: the loader says what is wrong with it. */
static Str item_complete(Arena *a, const Defaults *defaults, Str text)
{
    Json *item;
    Err   err;
    if (!defaults->any || !json_read(a, text, &item, &err) || !json_is_object(item)) return text;
    put_if_missing(item, "kind", defaults->kind);
    put_if_missing(item, "owner", defaults->owner);
    put_if_missing(item, "audience", defaults->audience);
    put_if_missing(item, "state", defaults->state);
    return json_write(a, item);
}

static bool add(Load *load, Arena *a, Str text, const char *source, uint64_t line, Err *err)
{
    progress_step(&load->progress, ++load->read, 0);
    return loader_add(load->loader, item_complete(a, &load->defaults, text), source, line, err);
}

static bool load_json(Load *load, const char *path, Str text, bool by_line, Err *err)
{
    Items    items = items_make(text, by_line);
    Arena   *a = arena_open(0);
    Str      item;
    uint64_t line;
    bool     ok = true;
    while (ok && items_next(&items, &item, &line, err)) {
        arena_reset(a);
        ok = add(load, a, item, path, line, err);
    }
    arena_close(a);
    return err->code == ERR_NONE || fail_in(err, "%s", path);
}

/* Members of the item itself; all other headings are fields of the document. */
static bool is_member(Str heading)
{
    static const char *const members[] = { "id", "slug", "kind", "owner", "audience", "state" };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (str_eq_z(heading, members[i])) return true;
    return false;
}

/* Headings of exports that say what the node itself knows. */
static bool is_ignored(Str heading)
{
    return str_eq_z(heading, "url") || str_eq_z(heading, "updated");
}

static bool row_item(Arena *a, const Kind *kind, const Str *headings, size_t heading_count, const Str *cells, size_t n,
                     Str *out, Err *err)
{
    Json *item = json_object_make(a), *doc = json_object_make(a);
    if (n > heading_count) return fail(err, ERR_FORMAT, "more cells than headings");
    json_put_text(item, "kind", kind->name);
    for (size_t i = 0; i < n; i++) {
        if (is_ignored(headings[i])) continue;
        if (is_member(headings[i])) {
            json_put_text_if(item, str_z(a, headings[i]), cells[i]);
        } else if (!column_set(a, kind, headings[i], cells[i], doc, err)) {
            return false;
        }
    }
    json_put_value(item, "doc", doc);
    *out = json_write(a, item);
    return true;
}

static bool load_csv_rows(Load *load, const Kind *kind, const char *path, Str text, Arena *whole, Arena *a, Err *err)
{
    CsvReader reader = csv_reader_make(text);
    Str      *headings, *cells, item;
    size_t    heading_count, n;
    *err = (Err){ 0 };
    if (!csv_row(&reader, whole, &headings, &heading_count, err)) return err->code == ERR_NONE;
    while (csv_row(&reader, a, &cells, &n, err)) {
        if (!row_item(a, kind, headings, heading_count, cells, n, &item, err))
            return fail_in(err, "line %" PRIu64, reader.line);
        if (!add(load, a, item, path, reader.line, err)) return false;
        arena_reset(a);
    }
    return err->code == ERR_NONE;
}

static bool load_csv(Load *load, const char *path, Str text, Err *err)
{
    /* Which kind: as said, else as the file is called: activity.csv */
    Str name = str_cut_last(str_of(path), '/').found ? str_cut_last(str_of(path), '/').tail : str_of(path);
    if (load->defaults.kind.len) {
        name = load->defaults.kind;
    } else {
        name = str_cut(name, '.').head;
    }
    const Kind *kind = kind_find(node_kinds(load->node), name);
    if (!kind) return fail(err, ERR_USAGE, "%s: \"%.*s\" is not a kind; say which with --kind", path, STR_ARG(name));
    Arena *whole = arena_open(0), *a = arena_open(0);
    bool   ok = load_csv_rows(load, kind, path, text, whole, a, err) || fail_in(err, "%s", path);
    arena_close(a);
    arena_close(whole);
    return ok;
}

static bool load_file(Load *load, const char *path, Err *err)
{
    Str    name = str_of(path), text;
    Arena *a = arena_open(0);
    bool   ok = file_map(a, path, &text, err);
    load->found = true;
    if (ok && (str_ends(name, S(".csv")) || str_ends(name, S(".tsv")))) {
        ok = load_csv(load, path, text, err);
    } else if (ok) {
        bool by_line = str_ends(name, S(".jsonl")) || str_ends(name, S(".ndjson")) || str_eq_z(name, "-");
        ok = load_json(load, path, text, by_line, err);
    }
    arena_close(a);
    return ok;
}

static bool is_loadable(Str name)
{
    return str_ends(name, S(".json")) || str_ends(name, S(".jsonl")) || str_ends(name, S(".ndjson")) ||
           str_ends(name, S(".csv")) || str_ends(name, S(".tsv"));
}

static bool load_path(Load *load, Str path, int depth, Err *err)
{
    struct stat st;
    if (!str_eq_z(path, "-") && stat(path.at, &st) != 0) return fail_errno(err, "reading %s", path.at);
    if (str_eq_z(path, "-") || !S_ISDIR(st.st_mode)) return load_file(load, path.at, err);
    if (depth == FOLDER_DEPTH_MAX) return fail(err, ERR_TOO_BIG, "%s: folders lie too deep", path.at);

    Str   *names;
    size_t n;
    if (!folder_list(load->call->arena, path.at, &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        Str  below = path_join(load->call->arena, path, names[i]);
        bool folder = stat(below.at, &st) == 0 && S_ISDIR(st.st_mode);
        if (!folder && !is_loadable(names[i])) continue;
        if (!load_path(load, below, depth + 1, err)) return false;
    }
    return true;
}

static void tell_rejected(void *with, const char *source, uint64_t line, Str what)
{
    progress_end(&((Load *)with)->progress);
    fprintf(stderr, "%s:%" PRIu64 ": %.*s\n", source, line, STR_ARG(what));
}

static bool load_all(Load *load, LoadCount *count, Err *err)
{
    load->progress = progress_start("Reading");
    for (size_t i = 1; i < load->call->operand_count; i++)
        if (!load_path(load, load->call->operands[i], 0, err)) return false;
    if (!load->found)
        return fail(err, ERR_NOT_FOUND,
                    "%s holds nothing that is loaded: files that end in .json, .jsonl, .ndjson, "
                    ".csv or .tsv",
                    load->call->operands[1].at);
    progress_end(&load->progress);
    load->progress = progress_start("Writing");
    loader_watch(load->loader, progress_step, &load->progress);
    return loader_finish(load->loader, tell_rejected, load, count, err);
}

static void close_words(void *words)
{
    messages_close(words);
}

static bool load_run(Call *call, Err *err)
{
    Load load = { .call = call };
    load.defaults = (Defaults){ .kind = call_option(call, "kind", STR_NONE),
                                .owner = call_option(call, "owner", STR_NONE),
                                .audience = call_option(call, "audience", STR_NONE),
                                .state = call_option(call, "state", STR_NONE),
                                .any = call->given_count > 0 };
    Reader terminal = { .name = S("system"), .may_write = true, .all = true };
    reader_finish(&terminal, call->arena);
    if (!place_open(call, false, &load.node, err)) return false;
    Messages *words;
    if (!messages_open(path_join(call->arena, str_of(node_share(load.node)), S("locale")).at, &words, err))
        return false;
    arena_adopt(call->arena, words, close_words);
    if (!loader_open(load.node, &terminal, &load.loader, err)) return false;
    loader_say(load.loader, words);
    if (call_has(call, "dump")) loader_trust(load.loader);
    LoadCount count = { 0 };
    bool      ok = load_all(&load, &count, err);
    progress_end(&load.progress);
    loader_close(load.loader);
    if (!ok) return false;
    printf("%" PRIu64 " written, %" PRIu64 " unchanged, %" PRIu64 " rejected\n", count.written, count.unchanged,
           count.rejected);
    return count.rejected == 0 ||
           fail(err, ERR_INVALID, "%" PRIu64 " of %" PRIu64 " were rejected; the reasons are above", count.rejected,
                load.read);
}

const Command command_load = {
    .operands = "NODE FILE...",
    .least = 2,
    .most = -1,
    .about =
        "A FILE is .json (one array of records), .jsonl (a record a line), .csv or .tsv (a row a record), or a\n"
        "folder of such; \"-\" is JSON Lines from standard input. A record is {\"kind\", \"slug\", \"doc\"} and may\n"
        "have \"id\", \"owner\", \"audience\", \"state\". The headings of a CSV file are the same words, or fields of\n"
        "the kind: type, name.en, place.lat. Links may point at records later in the load. A record that is\n"
        "there already with the same document is left alone; one with mistakes is named and left out.",
    .options = { { "dump", NULL, "the files are a node's dump: take the lists of parts of its datasets as they are" },
                 { "kind", "KIND", "of records that do not say; for CSV otherwise the file's name" },
                 { "owner", "SLUG", "organisation that owns records which do not say" },
                 { "audience", "AUDIENCE", "of records that do not say: public, signed-in, own, framework:SLUG" },
                 { "state", "STATE", "of records that do not say: draft, review, published" } },
    .run = load_run,
};
