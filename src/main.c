/* banyan: finds the command, runs it, says what went wrong. */
#include <malloc.h>
#include <signal.h>
#include <string.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/json.h"
#include "cli/command.h"
#include "data/console.h"

#define HEAPS_MAX 2

#ifndef BANYAN_VERSION /* the Makefile says it */
#define BANYAN_VERSION "unknown"
#endif

static int end_with(const char *command, const Err *err)
{
    fprintf(stderr, "%sbanyan%s%s: %s\n", diag_priority(DIAG_ERROR), command ? " " : "",
            command ? command : "", err->text);
    return err_exit_code(err->code);
}

static bool asks_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run(Arena *a, int argc, char **argv)
{
    Err err = { 0 };
    if (argc < 2 || asks_help(argv[1])) {
        help_all(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("banyan " BANYAN_VERSION);
        return 0;
    }
    if (argc == 3 && command_group(argv[1]) && asks_help(argv[2])) {
        help_group(stdout, argv[1]);
        return 0;
    }
    size_t            taken = 0;
    const CommandRow *row = command_find(argv + 1, (size_t)argc - 1, &taken);
    if (!row) {
        fail(&err, ERR_USAGE, "there is no command \"%s%s%s\"; banyan --help lists them", argv[1],
             argc > 2 && command_group(argv[1]) ? " " : "", argc > 2 && command_group(argv[1]) ? argv[2] : "");
        if (argc == 2 && command_group(argv[1]))
            fail(&err, ERR_USAGE, "%s is several commands, such as %s; banyan %s --help lists them", argv[1],
                 command_group(argv[1])->name, argv[1]);
        return end_with(NULL, &err);
    }
    Call call;
    if (!call_read(a, row, argv + 1 + taken, (size_t)argc - 1 - taken, &call, &err)) return end_with(row->name, &err);
    if (call.wants_help) {
        help_one(stdout, row);
        return 0;
    }
    if (!hash_start(&err) || !row->command->run(&call, &err)) return end_with(row->name, &err);
    if (fflush(stdout) != 0) {
        fail_errno(&err, "writing the output");
        return end_with(row->name, &err);
    }
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    /* Threads share a few heaps: one a thread would keep what each needed once. */
    mallopt(M_ARENA_MAX, HEAPS_MAX);
    json_memory_start();
    int code;
    if (console_child(argc, argv, &code)) return code;
    fault_read_environment();
    Arena *a = arena_open(0);
    code = run(a, argc, argv);
    arena_close(a);
    return code;
}
