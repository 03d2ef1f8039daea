/* banyan verify */
#include <inttypes.h>
#include <stdio.h>

#include "cli/place.h"
#include "data/inbox.h"

static bool verify_run(Call *call, Err *err)
{
    uint64_t posts;
    if (!place_whole(call, node_verify, true, "Checking", "Every hash, signature and projection is right.", err) ||
        !inbox_verify(call_operand(call, 0), &posts, err))
        return false;
    if (posts) printf("So are %" PRIu64 " posts of rows that wait to be gathered.\n", posts);
    return true;
}

const Command command_verify = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "Reads every byte of the log, then compares the projections with it, and reads the "
             "rows that were\n"
             "posted and wait to be gathered. Names the first thing that is wrong and what to do "
             "about it, and ends with exit code 1.",
    .run = verify_run,
};
