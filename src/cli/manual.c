/* banyan help */
#include "cli/command.h"

/* The help of the command that the operands name. */
static bool manual_of(Call *call, Err *err)
{
    char  *words[] = { (char *)call_operand(call, 0), (char *)call_operand(call, 1) };
    size_t taken;
    if (call->operand_count == 1 && command_group(words[0])) {
        help_group(stdout, words[0]);
        return true;
    }
    const CommandRow *row = command_find(words, call->operand_count, &taken);
    if (!row || taken != call->operand_count)
        return fail(err, ERR_USAGE, "there is no command \"%s\"; banyan --help lists them",
                    str_join_with(call->arena, S(" "), call->operands, call->operand_count).at);
    help_one(stdout, row);
    return true;
}

static bool manual_run(Call *call, Err *err)
{
    if (call->operand_count) return manual_of(call, err);
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
    .operands = "[COMMAND]",
    .most = 2,
    .about = "What a COMMAND does, as its --help; alone: the list of commands.",
    .options = { { "man", NULL, "the manual page, for man" },
                 { "completion", NULL, "completion for bash: . <(banyan help --completion)" } },
    .run = manual_run,
};
