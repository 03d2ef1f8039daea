/* banyan kind list, show, check */
#include "base/file.h"
#include "cli/command.h"
#include "cli/share.h"
#include "core/kind.h"

static void close_kinds(void *kinds)
{
    kinds_close(kinds);
}

/* Those in the folder given as operand `i`, or in the shared files. */
static bool kinds_given(Call *call, size_t i, Kinds **out, Err *err)
{
    const char *folder = call_operand(call, i);
    Str         share;
    if (!folder) {
        if (!share_find(call->arena, &share, err)) return false;
        folder = path_join(call->arena, share, S("kinds")).at;
    }
    if (path_exists(path_join(call->arena, str_of(folder), S("node.json")).at))
        return fail(
            err, ERR_USAGE,
            "%s is a node; the kinds are the program's: leave it out, or name a folder of kinds",
            folder);
    if (!path_exists(folder)) return fail(err, ERR_NOT_FOUND, "there is no folder %s", folder);
    if (!kinds_open(folder, out, err)) return false;
    arena_adopt(call->arena, *out, close_kinds);
    return true;
}

static bool kind_list_run(Call *call, Err *err)
{
    Kinds *kinds;
    if (!kinds_given(call, 0, &kinds, err)) return false;
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        printf("%-20.*s %.*s\n", STR_ARG(kind->name), STR_ARG(kind->title));
    }
    return true;
}

static bool kind_check_run(Call *call, Err *err)
{
    Kinds *kinds;
    if (!kinds_given(call, 0, &kinds, err)) return false;
    printf("%zu kinds, nothing wrong\n", kinds_count(kinds));
    return true;
}

static const char *const type_names[] = {
    [FIELD_TEXT] = "text",
    [FIELD_STRING] = "string",
    [FIELD_NUMBER] = "number",
    [FIELD_INTEGER] = "integer",
    [FIELD_BOOL] = "yes or no",
    [FIELD_DATE] = "date",
    [FIELD_TIME] = "time",
    [FIELD_CHOICE] = "choice",
    [FIELD_LINK] = "link",
    [FIELD_URL] = "address",
    [FIELD_LANGUAGE] = "language",
    [FIELD_PLACE] = "place",
    [FIELD_GROUP] = "group",
};

static void print_words(const char *before, const Str *words, size_t n)
{
    if (n == 0) return;
    fputs(before, stdout);
    for (size_t i = 0; i < n; i++) printf("%s%.*s", i ? ", " : "", STR_ARG(words[i]));
}

static void print_fields(const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Field *f = &fields[i];
        printf("%-36.*s %s%s%s%s", STR_ARG(f->path), f->list ? "list of " : "", type_names[f->type],
               f->required ? ", required" : "", f->facet ? ", facet" : "");
        if (f->search_weight) printf(", searched with weight %d", f->search_weight);
        if (f->unit.len) printf(", unit %.*s", STR_ARG(f->unit));
        print_words(": ", f->choices, f->choice_count);
        print_words(" to ", f->link_kinds, f->link_kind_count);
        putchar('\n');
        print_fields(f->fields, f->field_count);
    }
}

static bool kind_show_run(Call *call, Err *err)
{
    Kinds *kinds;
    if (!kinds_given(call, 1, &kinds, err)) return false;
    const Kind *kind = kind_find(kinds, str_of(call_operand(call, 0)));
    if (!kind)
        return fail(err, ERR_NOT_FOUND, "there is no kind \"%s\"; banyan kind list names them", call_operand(call, 0));
    print_fields(kind->fields, kind->field_count);
    return true;
}

const Command command_kind_list = {
    .operands = "[FOLDER]",
    .most = 1,
    .about = "FOLDER holds kind files; otherwise those that come with the program.",
    .run = kind_list_run,
};

const Command command_kind_show = {
    .operands = "KIND [FOLDER]",
    .least = 1,
    .most = 2,
    .about = "One field a line: its path, what it holds, what it is used for.",
    .run = kind_show_run,
};

const Command command_kind_check = {
    .operands = "[FOLDER]",
    .most = 1,
    .about = "Reads the kind files as a node does when it starts, and names file and place of the first mistake.",
    .run = kind_check_run,
};
