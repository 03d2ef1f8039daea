/* banyan import */
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "core/list.h"
#include "data/import.h"
#include "format/table_schema.h"
#include "text/message.h"

#define OWNERS_NAMED 10

typedef struct {
    Call         *call;
    Node         *node;
    Data         *data;
    Reader        terminal;
    ImportOptions options;
    Progress      progress;
    uint64_t      aside;
    bool          hopeless; /* what stopped the last file stops the next ones */
} Import;

static void close_data(void *data)
{
    data_close(data);
}

static void tell_progress(void *with, double share)
{
    progress_step(&((Import *)with)->progress, (uint64_t)(share * 100), 100);
}

static bool read_options(Import *im, Err *err)
{
    Call *call = im->call;
    Str   state = call_option(call, "state", STR_NONE), columns = call_option(call, "columns", STR_NONE);
    Json *given = NULL;
    im->options = (ImportOptions){ .who = &im->terminal,
                                   .dataset = call_option(call, "into", STR_NONE),
                                   .sheet = call_option(call, "sheet", STR_NONE),
                                   .encoding = call_option(call, "encoding", STR_NONE),
                                   .title = call_option(call, "title", STR_NONE),
                                   .owner = call_option(call, "owner", STR_NONE),
                                   .audience = call_option(call, "audience", STR_NONE),
                                   .state = STATE_DRAFT,
                                   .only_look = call_has(call, "look"),
                                   .all_tables = call_has(call, "all-tables") && !call_has(call, "look") };
    if (!im->options.dataset.len && !im->options.only_look)
        return fail(err, ERR_USAGE, "say which dataset with --into SLUG, or look at the files with --look");
    if (state.len && !state_read(state, &im->options.state))
        return fail(err, ERR_USAGE, "--state is draft, review or published, not \"%.*s\"", STR_ARG(state));
    if (columns.len && !json_read_file(call->arena, str_z(call->arena, columns), &given, err)) return false;
    /* A Table Schema has fields; the record's own words are columns. */
    if (json_get(given, "fields") && !table_schema_columns(call->arena, given, &given, err))
        return fail_in(err, "%.*s", STR_ARG(columns));
    im->options.columns = given;
    return true;
}

static void print_doubts(Arena *a, const Json *report)
{
    const Json *doubts = json_get(report, "doubts");
    for (size_t i = 0; i < json_array_size(doubts); i++) {
        const Json *one = json_array_get(doubts, i);
        Str         column = json_get_text(one, "column"), type = json_get_text(one, "type");
        printf("  doubt: %.*s%s%.*s %s", STR_ARG(json_get_text(one, "doubt")), column.len ? " in " : "",
               STR_ARG(column), json_write(a, json_get(one, "examples")).at);
        if (type.len) printf(", or as %.*s %.*s", STR_ARG(type), STR_ARG(json_get_text(one, "pattern")));
        putchar('\n');
    }
}

static void print_flags(const Json *report)
{
    const Json *flags = json_get(report, "flags");
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *one = json_array_get(flags, i), *examples = json_get(one, "examples");
        const Json *first = json_array_get(examples, 0);
        Json       *value;
        const char *name;
        printf("  %.*s: %.*s, %lld row%s, the first is row %lld of those read", STR_ARG(json_get_text(one, "severity")),
               STR_ARG(json_get_text(one, "flag")), (long long)json_get_integer(one, "rows", 0),
               json_get_integer(one, "rows", 0) == 1 ? "" : "s", (long long)json_get_integer(first, "row", 0));
        json_object_foreach((Json *)json_get(first, "values"), name, value)
            printf("; %s %.*s", name, STR_ARG(json_text(value)));
        for (size_t k = 0; k < json_array_size(json_get(first, "nearest")); k++)
            printf("%s%.*s", k ? ", " : "; written nearly so: ",
                   STR_ARG(json_text(json_array_get(json_get(first, "nearest"), k))));
        printf("\n");
    }
}

static void print_widespread(const Json *report, uint64_t rows)
{
    const Json *list = json_get(report, "widespread");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *one = json_array_get(list, i);
        printf("  %.*s: %.*s, %lld of %" PRIu64 " rows; these are so many that none is flagged\n",
               STR_ARG(json_get_text(one, "severity")), STR_ARG(json_get_text(one, "flag")),
               (long long)json_get_integer(one, "rows", 0), rows);
    }
}

static void print_aside(const Json *report, uint64_t aside)
{
    const Json *rows = json_get(report, "aside");
    for (size_t i = 0; i < json_array_size(rows) && i < 10; i++) {
        const Json *one = json_array_get(rows, i);
        printf("  line %lld: %.*s %.*s \"%.*s\"\n", (long long)json_get_integer(one, "line", 0),
               STR_ARG(json_get_text(one, "reason")), STR_ARG(json_get_text(one, "column")),
               STR_ARG(json_get_text(one, "value")));
    }
    if (aside > 10) printf("  and %" PRIu64 " more\n", aside - 10);
}

static void print_file(Import *im, const char *path, const Imported *done)
{
    Arena *a = im->call->arena;
    if (im->options.only_look) {
        const Json *columns = json_get(done->report, "columns");
        Str         encoding = json_get_text(done->report, "encoding");
        printf("%s: %" PRIu64 " rows, %" PRIu64 " set aside%s%.*s\n", path, done->rows, done->aside,
               encoding.len ? "; text in " : "", STR_ARG(encoding));
        for (size_t i = 0; i < json_array_size(columns); i++)
            printf("  %s\n", json_write(a, json_array_get(columns, i)).at);
    } else if (done->unchanged) {
        printf("%s: unchanged, it is in the dataset already%s%.*s (%" PRIu64 " rows)\n", path,
               done->same_as.len ? " as " : "", STR_ARG(done->same_as), done->rows);
        return;
    } else {
        printf("%s: %" PRIu64 " rows%s, %" PRIu64 " set aside; %.*s is at version %lld\n", path, done->rows,
               done->replaced ? " in the place of the older file of this name" : "", done->aside,
               STR_ARG(done->record.slug), (long long)done->record.version);
    }
    print_aside(done->report, done->aside);
    if (done->aside_file.len)
        printf("  set aside in parts/%.2s/%.*s\n", done->aside_file.at, STR_ARG(done->aside_file));
    print_flags(done->report);
    print_widespread(done->report, done->rows);
    print_doubts(a, done->report);
}

/* A table that has no rows is left out and said so. */
static bool import_others(Import *im, const char *path, const Imported *first, Err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < first->other_count; i++) {
        Arena        *a = arena_open(0);
        Imported      done;
        Err           why = { 0 };
        ImportOptions options = import_other(a, &im->options, first, first->others[i]);
        const char   *name = str_format(a, "%s, %.*s", path, STR_ARG(first->others[i])).at;
        if (import_file(im->data, a, path, &options, NULL, NULL, &done, &why)) print_file(im, name, &done);
        else if (why.code == ERR_FORMAT) printf("%s: left out: %s\n", name, why.text);
        else ok = fail(err, why.code, "%.*s: %s", STR_ARG(first->others[i]), why.text);
        arena_close(a);
    }
    return ok;
}

/* Whoever owns any record. */
static bool owns_any(Snapshot *s, Arena *a, Str organisation, bool *any, Err *err)
{
    Filter   owner = { S("owner"), organisation };
    Question question = { .filters = &owner, .filter_count = 1, .limit = 1 };
    Answer   answer;
    if (!list_ask(s, a, &question, &answer, err)) return false;
    *any = answer.total > 0;
    return true;
}

static bool find_owners(Snapshot *s, Arena *a, Str *only, Buf *names, size_t *n, Err *err)
{
    Question question = { .kind = S("organisation"), .limit = LIST_LIMIT_MAX, .sort = S("title") };
    Answer   answer;
    *n = 0;
    if (!list_ask(s, a, &question, &answer, err)) return false;
    for (size_t i = 0; i < answer.item_count && *n <= OWNERS_NAMED; i++) {
        bool any;
        Str  slug = answer.items[i].card.slug;
        if (!owns_any(s, a, slug, &any, err)) return false;
        if (!any) continue;
        if (*n == OWNERS_NAMED) buf_put_z(names, " …");
        else buf_putf(names, "%s%.*s", *n ? ", " : "", STR_ARG(slug));
        *only = slug;
        ++*n;
    }
    return true;
}

/* A dataset that is made has an owner: as said, else the one organisation that owns anything here. */
static bool choose_owner(Import *im, Err *err)
{
    Arena *a = im->call->arena;
    Record there;
    Str    only = STR_NONE;
    Buf   *names = buf_open(a);
    size_t n = 0;
    Err    why = { 0 };
    if (im->options.owner.len || im->options.only_look) return true;
    Snapshot *s = snapshot_open(im->node, &im->terminal, STR_NONE);
    bool      known = record_read(s, a, S("dataset"), im->options.dataset, &there, &why);
    bool      ok = known || find_owners(s, a, &only, names, &n, err);
    snapshot_close(s);
    if (!ok || known) return ok;
    if (n == 0) return fail(err, ERR_USAGE, "a dataset that is made has an owner, and this node has no organisation "
                                            "yet: load the record of one, then say it with --owner SLUG");
    if (n > 1)
        return fail(err, ERR_USAGE, "say with --owner which organisation owns the new dataset \"%.*s\": %s",
                    STR_ARG(im->options.dataset), names->at);
    im->options.owner = str_copy(a, only);
    return true;
}

static void close_words(void *words)
{
    messages_close(words);
}

/* What is wrong with the record, in words. */
static bool say_problems(Import *im, const Problems *problems, Err *err)
{
    Arena    *a = im->call->arena;
    Messages *words;
    Err       why = { 0 };
    if (!problems->count) return false;
    if (!messages_open(path_join(a, str_of(node_share(im->node)), S("locale")).at, &words, &why)) return false;
    arena_adopt(a, words, close_words);
    Str text = problems_text(a, words, problems);
    return fail(err, err->code, "the dataset cannot be written: %.*s", STR_ARG(text));
}

static bool import_one(Import *im, const char *path, Err *err)
{
    Imported done;
    Problems problems = { 0 };
    Arena   *a = arena_open(0);
    im->options.problems = &problems;
    im->progress = progress_start("Importing");
    bool ok = import_file(im->data, a, path, &im->options, tell_progress, im, &done, err);
    progress_end(&im->progress);
    if (!ok) say_problems(im, &problems, err);
    im->hopeless = !ok && (problems.count || (err->code != ERR_FORMAT && err->code != ERR_INVALID &&
                                              err->code != ERR_NOT_FOUND && err->code != ERR_TOO_BIG));
    if (ok) print_file(im, path, &done);
    if (ok) im->aside += done.aside;
    if (ok && im->options.all_tables)
        ok = import_others(im, path, &done, err);
    arena_close(a);
    return ok || fail_in(err, "%s", path);
}

/* A file that cannot be read stops none behind it. */
static bool import_files(Import *im, Err *err)
{
    size_t n = im->call->operand_count - 1, failed = 0;
    Err    last = { 0 };
    for (size_t i = 1; i <= n; i++) {
        *err = (Err){ 0 };
        if (import_one(im, call_operand(im->call, i), err)) continue;
        if (n == 1) return false;
        failed++;
        last = *err;
        fprintf(stderr, "banyan import: %s\n", err->text);
        if (!im->hopeless) continue;
        return fail(err, last.code, "stopped there: %zu of %zu files are imported", i - failed, n);
    }
    return !failed || fail(err, last.code, "%zu of %zu files were not imported; the reasons are above", failed, n);
}

static bool import_run(Call *call, Err *err)
{
    Import im = { .call = call, .terminal = { .name = S("system"), .may_write = true, .all = true } };
    reader_finish(&im.terminal, call->arena);
    if (!read_options(&im, err) || !place_open(call, false, &im.node, err) || !data_open(im.node, &im.data, err))
        return false;
    arena_adopt(call->arena, im.data, close_data);
    return choose_owner(&im, err) && import_files(&im, err);
}

const Command command_import = {
    .operands = "NODE FILE...",
    .least = 2,
    .most = -1,
    .about = "A FILE is CSV, TSV or text with another separator, JSON (an object a line, or an "
             "array of them) or\n"
             "GeoJSON, packed with gzip or not, in any usual encoding; XLSX, Parquet or a Darwin "
             "Core Archive. Its\n"
             "rows become one part of the dataset; columns are recognised with the first file, and "
             "later files must\n"
             "have the same. The same file again changes nothing; another file of the same name "
             "takes the place of\n"
             "the older one. Rows that cannot be read are set aside into a CSV file, with the "
             "reason, and stop\n"
             "nothing. What looks wrong in a row that was read is a flag in its column _flags.",
    .options = { { "into", "SLUG", "the dataset; made when there is none" },
                 { "title", "TEXT", "of a dataset that is made, in English; otherwise its slug" },
                 { "owner", "SLUG",
                   "organisation that owns a dataset that is made; if not said, the only one that "
                   "owns anything" },
                 { "audience", "AUDIENCE",
                   "of a dataset that is made: public, signed-in, own, framework:SLUG" },
                 { "state", "STATE",
                   "of a dataset that is made: draft (if not said), review, published" },
                 { "columns", "FILE",
                   "corrected columns for a dataset that has none: JSON, as its record has them or "
                   "as a Table Schema" },
                 { "sheet", "NAME",
                   "of an XLSX workbook, or a file of an archive; otherwise the first, or the "
                   "core" },
                 { "encoding", "NAME",
                   "of the files' text, where its bytes show another: windows-1252, IBM850, "
                   "GB18030, Big5, TIS-620" },
                 { "all-tables", NULL,
                   "each further sheet, or extension of an archive, into a dataset of its own, "
                   "called SLUG-TABLE" },
                 { "look", NULL, "say what would be read, and change nothing" } },
    .run = import_run,
};
