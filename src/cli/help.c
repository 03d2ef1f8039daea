/* What a command's data says, written for a terminal, for man and for bash. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

void help_all(FILE *out)
{
    fputs("banyan runs a node: records, their log, their pages.\n\nUsage: banyan COMMAND …\n\n", out);
    for (size_t i = 0; i < command_count; i++) fprintf(out, "  %-18s %s\n", commands[i].name, commands[i].help);
    fputs("\nbanyan COMMAND --help tells more; banyan --version.  Exit codes: 0 well, 1 a check "
          "found something, 2 used wrongly,\n"
          "3 not found, 4 bad input, 5 refused, 6 storage, 7 busy.\n",
          out);
}

void help_group(FILE *out, const char *group)
{
    Str prefix = str_of(group);
    fprintf(out, "Usage: banyan %s COMMAND …\n\n", group);
    for (size_t i = 0; i < command_count; i++) {
        Cut name = str_cut(str_of(commands[i].name), ' ');
        if (name.found && str_eq(name.head, prefix)) fprintf(out, "  %-18s %s\n", commands[i].name, commands[i].help);
    }
    fprintf(out, "\nbanyan %s COMMAND --help tells more.\n", group);
}

static int option_width(const Option *o)
{
    return (int)(strlen(o->name) + (o->value ? 1 + strlen(o->value) : 0));
}

void help_one(FILE *out, const CommandRow *row)
{
    const Command *command = row->command;
    bool           any = command->options[0].name;
    fprintf(out, "Usage: banyan %s%s%s%s\n\n%s.\n", row->name, any ? " [OPTION…]" : "", *command->operands ? " " : "",
            command->operands, row->help);
    if (*command->about) fprintf(out, "\n%s\n", command->about);
    if (!any) return;
    fputc('\n', out);
    int widest = 0;
    for (const Option *o = command->options; o->name; o++)
        if (option_width(o) > widest) widest = option_width(o);
    for (const Option *o = command->options; o->name; o++)
        fprintf(out, "  --%s%s%s%*s  %s\n", o->name, o->value ? " " : "", o->value ? o->value : "",
                widest - option_width(o), "", o->help);
}

/* Text for man(7): a backslash, and a dot or quote that starts a line, would be read as orders. */
static void manual_text(FILE *out, const char *text)
{
    bool line_starts = true;
    for (const char *c = text; *c; c++) {
        if (line_starts && (*c == '.' || *c == '\'')) fputs("\\&", out);
        if (*c == '\\') {
            fputs("\\e", out);
        } else if (*c == '-') {
            fputs("\\-", out);
        } else {
            fputc(*c, out);
        }
        line_starts = *c == '\n';
    }
}

static void manual_command(FILE *out, const CommandRow *row)
{
    fputs(".TP\n.B ", out);
    manual_text(out, row->name);
    fputs("\n.RI \"\" \"", out);
    manual_text(out, row->command->operands);
    fputs("\"\n.br\n", out);
    manual_text(out, row->help);
    fputs(".\n", out);
    if (*row->command->about) {
        fputs(".IP\n", out);
        manual_text(out, row->command->about);
        fputc('\n', out);
    }
    for (const Option *o = row->command->options; o->name; o++) {
        fputs(".RS\n.TP\n.B ", out);
        manual_text(out, "--");
        manual_text(out, o->name);
        if (o->value) {
            fputs(" \\fI", out);
            manual_text(out, o->value);
            fputs("\\fR", out);
        }
        fputc('\n', out);
        manual_text(out, o->help);
        fputs("\n.RE\n", out);
    }
}

void help_manual(FILE *out)
{
    fputs(".TH BANYAN 1 \"\" Banyan \"User commands\"\n"
          ".SH NAME\nbanyan \\- run a node of shared environmental records\n"
          ".SH SYNOPSIS\n.B banyan\n.I command\n.RI [ option \" ...] [\" operand \" ...]\n"
          ".br\n.B banyan \\-\\-version\n"
          ".SH DESCRIPTION\n"
          "A node is one folder: a log of signed entries, and all that is made from it. One process serves it.\n"
          "What a command was asked for goes to standard output, everything else to standard error;\n"
          "a bar shows the progress of what takes more than a second when standard error is a terminal.\n"
          ".SH COMMANDS\n",
          out);
    for (size_t i = 0; i < command_count; i++) manual_command(out, &commands[i]);

    fputs(".SH \"EXIT STATUS\"\n", out);
    static const char *const meaning[] = { "All went well.",
                                           "A check found something wrong, or stored bytes are not what was written.",
                                           "The command was used wrongly.",
                                           "Something named is not there.",
                                           "What was given cannot be read or breaks a rule.",
                                           "Refused.",
                                           "Storage failed: disk, database.",
                                           "Busy: try again." };
    for (size_t i = 0; i < sizeof meaning / sizeof *meaning; i++) fprintf(out, ".TP\n.B %zu\n%s\n", i, meaning[i]);
    fputs(".SH ENVIRONMENT\n"
          ".TP\n.B BANYAN_SHARE\nThe folder with kinds/, pages/, assets/ and locale/; otherwise it is found beside the "
          "program.\n"
          ".TP\n.B BANYAN_FAULT\nMakes a step of writing fail, for tests; see src/base/fault.h.\n"
          ".SH FILES\n"
          ".TP\n.I NODE/node.json\nThe settings.\n"
          ".TP\n.I NODE/key\nThe secret key that signs the log.\n"
          ".TP\n.I NODE/log/\nThe log: the only thing that cannot be made again.\n"
          ".TP\n.I NODE/people.db\nAccounts, sessions and tokens.\n",
          out);
}

/* Options of each command after its name; the first word, or two, name it. */
void help_completion(FILE *out)
{
    fputs("# bash completion for banyan\n_banyan() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options=''\n"
          "    [ \"$COMP_CWORD\" -eq 1 ] && {\n        mapfile -t COMPREPLY < <(compgen -W '",
          out);
    for (size_t i = 0; i < command_count; i++) {
        Cut  name = str_cut(str_of(commands[i].name), ' ');
        bool again = i > 0 && str_eq(name.head, str_cut(str_of(commands[i - 1].name), ' ').head);
        if (!again) fprintf(out, "%s%.*s", i ? " " : "", STR_ARG(name.head));
    }
    fputs("' -- \"$word\")\n        return\n    }\n    case \"$command ${COMP_WORDS[2]}\" in\n", out);
    for (size_t i = 0; i < command_count; i++) {
        bool two_words = strchr(commands[i].name, ' ');
        fprintf(out, "    %s%s%s) options='", two_words ? "\"" : "", commands[i].name, two_words ? "\"" : "\\ *");
        for (const Option *o = commands[i].command->options; o->name; o++) fprintf(out, "--%s ", o->name);
        fputs("--help' ;;\n", out);
    }
    for (size_t i = 0; i < command_count; i++) {
        Cut  name = str_cut(str_of(commands[i].name), ' ');
        bool first = name.found && (i == 0 || !str_starts(str_of(commands[i - 1].name), name.head));
        if (!first) continue;
        fprintf(out, "    %.*s\\ *) options='", STR_ARG(name.head));
        for (size_t k = i; k < command_count && str_starts(str_of(commands[k].name), name.head); k++)
            fprintf(out, "%s%s", k > i ? " " : "", str_cut(str_of(commands[k].name), ' ').tail.at);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n"
          "    case $word in\n"
          "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
          "    *) mapfile -t COMPREPLY < <(compgen -W \"${options//--*/}\" -- \"$word\"; compgen -f -- \"$word\") ;;\n"
          "    esac\n}\ncomplete -o filenames -F _banyan banyan\n",
          out);
}
