/* banyan dump */
#include "core/dump.h"

#include "cli/place.h"
#include "cli/progress.h"

typedef struct {
    Progress progress;
    uint64_t done;
} Dump;

static bool put_line(void *with, Str json, Err *err)
{
    Dump *dump = with;
    if (fwrite(json.at, 1, json.len, stdout) != json.len || putchar('\n') == EOF)
        return fail_errno(err, "writing the dump");
    progress_step(&dump->progress, ++dump->done, 0);
    return true;
}

static bool dump_run(Call *call, Err *err)
{
    Node  *node;
    Reader reader = { .name = S("system"), .all = !call_has(call, "public") };
    reader_finish(&reader, call->arena);
    if (!place_open(call, true, &node, err)) return false;
    Str kind = call_option(call, "kind", STR_NONE);
    if (kind.len && !kind_find(node_kinds(node), kind))
        return fail(err, ERR_NOT_FOUND, "there is no kind \"%.*s\"; banyan kind list names them", STR_ARG(kind));
    Dump      dump = { .progress = progress_start("Dumping") };
    Snapshot *s = snapshot_open(node, &reader, S("en"));
    bool      ok = node_dump(s, kind, put_line, &dump, err);
    snapshot_close(s);
    progress_end(&dump.progress);
    return ok;
}

const Command command_dump = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "Every record, drafts and stubs of withdrawn ones too, by kind and then in the order of their making. A\n"
             "record that is published while somebody changes it stands twice, as published first. Also while the\n"
             "node is being served.",
    .options = { { "kind", "KIND", "only records of this kind" }, { "public", NULL, "only what everybody may see" } },
    .run = dump_run,
};
