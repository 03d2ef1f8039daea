/* The table of commands. */
#include "cli/command.h"

#define COMMAND(name, command, help) extern const Command command;
#include "cli/commands.def"
#undef COMMAND

const CommandRow commands[] = {
#define COMMAND(name, command, help) { name, help, &command },
#include "cli/commands.def"
#undef COMMAND
};
const size_t command_count = sizeof commands / sizeof *commands;
