/* banyan verify */
#include "cli/place.h"

static bool verify_run(Call *call, Err *err)
{
    return place_whole(call, node_verify, true, "Checking", "Every hash, signature and projection is right.", err);
}

const Command command_verify = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "Reads every byte of the log, then compares the projections with it. Names the first thing that is\n"
             "wrong and what to do about it, and ends with exit code 1.",
    .run = verify_run,
};
