/* banyan help */
#include "cli/command.h"

static bool manual_run(Call *call, Err *err)
{
    (void)err;
    if (call_has(call, "man")) {
        help_manual(stdout);
    } else if (call_has(call, "completion")) {
        help_completion(stdout);
    } else {
        help_all(stdout);
    }
    return true;
}

const Command command_help = {
    .operands = "",
    .about = "Without an option: the list of commands.",
    .options = { { "man", NULL, "the manual page, for man" },
                 { "completion", NULL, "completion for bash: . <(banyan help --completion)" } },
    .run = manual_run,
};
