/* Commands: `banyan NAME …`, one file each, a row each in commands.def.

   A command says what it takes as data; parsing, --help, the manual page and shell completion are
   made from that. It returns false with an Err, which main prints and turns into the exit code that
   errors.def gives; what it was asked for goes to stdout, all else to stderr. */
#ifndef BANYAN_CLI_COMMAND_H
#define BANYAN_CLI_COMMAND_H

#include <stdio.h>

#include "base/err.h"

typedef struct {
    const char *name;  /* "listen": given as --listen VALUE or --listen=VALUE */
    const char *value; /* what the value is called in the help, "ADDRESS:PORT"; NULL: a switch */
    const char *help;  /* one line */
} Option;

#define COMMAND_OPTIONS_MAX 12

typedef struct Call Call;
typedef struct {
    const char *operands;                         /* "NODE FILE…" */
    int         least, most;                      /* how many operands; most -1: any number */
    const char *about;                            /* what --help and the manual say below the first line */
    Option      options[COMMAND_OPTIONS_MAX + 1]; /* ends with a row without a name */
    bool (*run)(Call *call, Err *err);
} Command;

/* One row of commands.def. */
typedef struct {
    const char    *name; /* "serve", "user add" */
    const char    *help; /* one line */
    const Command *command;
} CommandRow;
extern const CommandRow commands[];
extern const size_t     command_count;

/* What the command was called with. */
struct Call {
    Arena            *arena;
    const CommandRow *row;
    Str              *operands;
    size_t            operand_count;
    Str              *given;       /* two a given option: its name and its value ("" for a switch) */
    size_t            given_count; /* of options */
    bool              wants_help;
};

/* Read `words` (those after the command's name). ERR_USAGE names what does not fit and what would.
   "--" ends the options; an option may stand anywhere before it. */
bool call_read(Arena *a, const CommandRow *row, char **words, size_t n, Call *out, Err *err);
/* The first of the commands of two words that begin with this one; NULL: none. */
const CommandRow *command_group(const char *word);
/* The row that the first one or two words name, and how many words that took; NULL when none does. */
const CommandRow *command_find(char **words, size_t n, size_t *taken);

const char *call_operand(const Call *call, size_t i); /* zero-ended; NULL past the last */
bool        call_has(const Call *call, const char *option);
Str         call_option(const Call *call, const char *option, Str otherwise); /* the last one given */
size_t      call_options(const Call *call, const char *option, Str **out);    /* all of them, in order */
/* A whole number in [low, high]. ERR_USAGE otherwise. */
bool call_integer(const Call *call, const char *option, int64_t otherwise, int64_t low, int64_t high,
                  int64_t *out, Err *err);

void help_all(FILE *out);                        /* every command, one line each */
void help_group(FILE *out, const char *group);   /* the commands that begin with a word: "user" */
void help_one(FILE *out, const CommandRow *row); /* what --help prints */
void help_manual(FILE *out);                     /* the manual page, in man(7) */
void help_completion(FILE *out);                 /* for bash */

#endif
