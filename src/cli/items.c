/* Cuts JSON items from a text by counting brackets outside strings. */
#include "cli/items.h"

#include <inttypes.h>
#include <string.h>

Items items_make(Str text, bool by_line)
{
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_drop(text, 3);
    return (Items){ .text = text, .by_line = by_line, .line = 1 };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Moves past white space, and past the commas between the items of an array. */
static void skip_space(Items *items)
{
    for (; items->at < items->text.len; items->at++) {
        char c = items->text.at[items->at];
        if (!is_space(c) && !(items->in_array && c == ',')) return;
        items->line += c == '\n';
    }
}

static bool next_line(Items *items, Str *item, uint64_t *line)
{
    while (items->at < items->text.len) {
        Str    rest = str_drop(items->text, items->at);
        size_t length = str_cut(rest, '\n').head.len;
        Str    found = str_trim(str_take_first(rest, length));
        *line = items->line++;
        items->at += length + 1;
        if (!found.len) continue;
        *item = found;
        return true;
    }
    return false;
}

/* Length of the value that starts `rest`; 0 when it does not end. Counts the line ends in it. */
static size_t value_length(Str rest, uint64_t *lines)
{
    size_t depth = 0;
    bool   in_string = false;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        *lines += c == '\n';
        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
                if (depth == 0) return i + 1;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth <= 1) return i + depth; /* a bracket too many ends the value before it */
            depth--;
        } else if (depth == 0 && (is_space(c) || c == ',')) {
            *lines -= c == '\n';
            return i;
        }
    }
    return depth == 0 && !in_string ? rest.len : 0;
}

bool items_next(Items *items, Str *item, uint64_t *line, Err *err)
{
    if (err) *err = (Err){ 0 };
    if (items->ended) return false;
    if (items->by_line) return next_line(items, item, line);

    bool first = items->at == 0;
    skip_space(items);
    if (first && items->at < items->text.len && items->text.at[items->at] == '[') {
        items->in_array = true;
        items->at++;
        skip_space(items);
    }
    if (items->at >= items->text.len) {
        items->ended = true;
        return items->in_array && fail(err, ERR_FORMAT, "line %" PRIu64 ": the array does not end", items->line);
    }
    Str rest = str_drop(items->text, items->at);
    if (items->in_array && rest.at[0] == ']') {
        items->ended = true;
        items->at++;
        items->in_array = false;
        skip_space(items);
        return items->at < items->text.len &&
               fail(err, ERR_FORMAT, "line %" PRIu64 ": there is more after the array", items->line);
    }
    uint64_t lines = 0;
    size_t   length = value_length(rest, &lines);
    if (length == 0) {
        items->ended = true;
        return fail(err, ERR_FORMAT, "line %" PRIu64 ": the value that starts here does not end", items->line);
    }
    *item = str_take_first(rest, length);
    *line = items->line;
    items->at += length;
    items->line += lines;
    return true;
}
