/* Reading what a command was called with. What it means is the command's own affair. */
#include "cli/command.h"

#include <string.h>

const CommandRow *command_group(const char *word)
{
    for (size_t i = 0; i < command_count; i++) {
        Cut name = str_cut(str_of(commands[i].name), ' ');
        if (name.found && str_eq_z(name.head, word)) return &commands[i];
    }
    return NULL;
}

const CommandRow *command_find(char **words, size_t n, size_t *taken)
{
    for (size_t take = n < 2 ? n : 2; take > 0; take--) {
        for (size_t i = 0; i < command_count; i++) {
            Cut  name = str_cut(str_of(commands[i].name), ' ');
            bool fits = name.found == (take == 2) && str_eq_z(name.head, words[0]) &&
                        (take == 1 || str_eq_z(name.tail, words[1]));
            if (fits) {
                *taken = take;
                return &commands[i];
            }
        }
    }
    return NULL;
}

static const Option *option_find(const Command *command, Str name)
{
    for (const Option *o = command->options; o->name; o++)
        if (str_eq_z(name, o->name)) return o;
    return NULL;
}

static void call_give(Call *call, const Option *option, Str value)
{
    call->given[2 * call->given_count] = str_of(option->name);
    call->given[2 * call->given_count + 1] = value;
    call->given_count++;
}

/* One "--word" and, where it takes one, its value; `i` moves past what was read. */
static bool option_read(Call *call, char **words, size_t n, size_t *i, Err *err)
{
    const char   *command = call->row->name;
    Cut           word = str_cut(str_drop(str_of(words[*i]), 2), '=');
    const Option *option = option_find(call->row->command, word.head);
    if (!option)
        return fail(err, ERR_USAGE, "%s has no option \"--%.*s\"; see banyan %s --help", command, STR_ARG(word.head),
                    command);
    if (!option->value && word.found) return fail(err, ERR_USAGE, "--%s takes no value", option->name);
    if (!option->value || word.found) {
        call_give(call, option, option->value ? word.tail : S(""));
        return true;
    }
    if (*i + 1 == n) return fail(err, ERR_USAGE, "--%s takes a value, %s", option->name, option->value);
    call_give(call, option, str_of(words[++*i]));
    return true;
}

bool call_read(Arena *a, const CommandRow *row, char **words, size_t n, Call *out, Err *err)
{
    Call call = { .arena = a, .row = row, .operands = NEW_ARRAY(a, Str, n + 1), .given = NEW_ARRAY(a, Str, 2 * n + 2) };
    bool options_over = false;
    for (size_t i = 0; i < n; i++) {
        const char *word = words[i];
        if (options_over || strncmp(word, "-", 1) != 0 || strcmp(word, "-") == 0) {
            call.operands[call.operand_count++] = str_of(word);
        } else if (strcmp(word, "--") == 0) {
            options_over = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            call.wants_help = true;
        } else if (strncmp(word, "--", 2) != 0) {
            return fail(err, ERR_USAGE, "%s has no option \"%s\"; see banyan %s --help", row->name, word, row->name);
        } else if (!option_read(&call, words, n, &i, err)) {
            return false;
        }
    }
    bool fits = (int)call.operand_count >= row->command->least &&
                (row->command->most < 0 || (int)call.operand_count <= row->command->most);
    if (!fits && !call.wants_help)
        return fail(err, ERR_USAGE, "%s takes %s; see banyan %s --help", row->name,
                    *row->command->operands ? row->command->operands : "no operands", row->name);
    *out = call;
    return true;
}

const char *call_operand(const Call *call, size_t i)
{
    return i < call->operand_count ? call->operands[i].at : NULL;
}

size_t call_options(const Call *call, const char *option, Str **out)
{
    size_t n = 0;
    *out = NEW_ARRAY(call->arena, Str, call->given_count + 1);
    for (size_t i = 0; i < call->given_count; i++)
        if (str_eq_z(call->given[2 * i], option)) (*out)[n++] = call->given[2 * i + 1];
    return n;
}

Str call_option(const Call *call, const char *option, Str otherwise)
{
    for (size_t i = call->given_count; i-- > 0;)
        if (str_eq_z(call->given[2 * i], option)) return call->given[2 * i + 1];
    return otherwise;
}

bool call_has(const Call *call, const char *option)
{
    return call_option(call, option, STR_NONE).at != NULL;
}

bool call_integer(const Call *call, const char *option, int64_t otherwise, int64_t low, int64_t high, int64_t *out,
                  Err *err)
{
    Str     text = call_option(call, option, STR_NONE);
    int64_t n = otherwise;
    if (text.at && (!str_to_i64(text, &n) || n < low || n > high))
        return fail(err, ERR_USAGE, "--%s takes a number from %lld to %lld, not \"%.*s\"", option, (long long)low,
                    (long long)high, STR_ARG(text));
    *out = n;
    return true;
}
