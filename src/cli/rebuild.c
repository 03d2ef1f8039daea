/* banyan rebuild */
#include "cli/place.h"

static bool rebuild_run(Call *call, Err *err)
{
    return place_whole(call, node_rebuild, false, "Rebuilding", "All projections were made again from the log.", err);
}

const Command command_rebuild = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "For a node that is not being served. The log and the accounts are not touched.",
    .run = rebuild_run,
};
