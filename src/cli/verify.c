/* banyan verify, banyan rebuild */
#include <inttypes.h>

#include "cli/place.h"
#include "cli/progress.h"

typedef bool (*WholeNode)(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err);

static bool whole_node(Call *call, WholeNode work, bool read_only, const char *doing, const char *done, Err *err)
{
    const char *folder = call_operand(call, 0);
    NodeOptions options;
    if (!place_is_node(folder, err) || !place_options(call->arena, read_only, &options, err)) return false;
    Progress progress = progress_start(doing);
    bool     ok = work(folder, &options, progress_step, &progress, err);
    progress_end(&progress);
    if (ok) printf("%s\n", done);
    return ok;
}

static bool verify_run(Call *call, Err *err)
{
    return whole_node(call, node_verify, true, "Checking", "Every hash, signature and projection is right.", err);
}

static bool rebuild_run(Call *call, Err *err)
{
    return whole_node(call, node_rebuild, false, "Rebuilding", "All projections were made again from the log.", err);
}

const Command command_verify = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "Reads every byte of the log, then compares the projections with it. Names the first thing that is\n"
             "wrong and what to do about it, and ends with exit code 1.",
    .run = verify_run,
};

const Command command_rebuild = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "For a node that is not being served. The log and the accounts are not touched.",
    .run = rebuild_run,
};
