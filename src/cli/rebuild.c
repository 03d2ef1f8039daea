/* banyan rebuild */
#include "cli/place.h"

static bool rebuild_shorter(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err)
{
    NodeOptions accepts = *options;
    accepts.shorter_log = true;
    return node_rebuild(folder, &accepts, progress, with, err);
}

static bool rebuild_run(Call *call, Err *err)
{
    WholeNode work = call_has(call, "accept-shorter-log") ? rebuild_shorter : node_rebuild;
    return place_whole(call, work, false, "Rebuilding", "All projections were made again from the log.", err);
}

const Command command_rebuild = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "For a node that is not being served. The log and the accounts are not touched.",
    .options = { { "accept-shorter-log", NULL,
                   "go on from a log whose end was cut off: acknowledged changes are lost for good" } },
    .run = rebuild_run,
};
