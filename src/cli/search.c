/* banyan search */
#include <inttypes.h>

#include "cli/place.h"
#include "core/list.h"

static Str words_joined(Call *call)
{
    return str_join_with(call->arena, S(" "), call->operands + 1, call->operand_count - 1);
}

static void print_item(Arena *a, const Item *item, bool as_json)
{
    if (!as_json) {
        printf("%-18.*s %-40.*s %.*s\n", STR_ARG(item->card.kind), STR_ARG(item->card.slug), STR_ARG(item->card.title));
        return;
    }
    Json *line = json_object_make(a);
    json_put_text(line, "kind", item->card.kind);
    json_put_text(line, "id", item->card.id);
    json_put_text(line, "slug", item->card.slug);
    json_put_text(line, "title", item->card.title);
    json_put_text(line, "lang", item->card.title_lang);
    json_put_number(line, "score", item->score);
    json_put_text(line, "excerpt", item->excerpt);
    Str text = json_write(a, line);
    printf("%.*s\n", STR_ARG(text));
}

static bool search_run(Call *call, Err *err)
{
    int64_t limit;
    if (!call_integer(call, "limit", 20, 1, LIST_LIMIT_MAX, &limit, err)) return false;
    Reader reader = { .name = S("system"), .all = call_has(call, "all") };
    reader_finish(&reader, call->arena);
    Question question = { .kind = call_option(call, "kind", STR_NONE),
                          .q = words_joined(call),
                          .q_lang = call_option(call, "lang", STR_NONE),
                          .limit = (int)limit };
    Node    *node;
    if (!place_open(call, true, &node, err)) return false;
    Snapshot *s = snapshot_open(node, &reader, call_option(call, "lang", S("en")));
    Answer    answer;
    bool      ok = list_ask(s, call->arena, &question, &answer, err);
    for (size_t i = 0; ok && i < answer.item_count; i++)
        print_item(call->arena, &answer.items[i], call_has(call, "json"));
    if (ok) fprintf(stderr, "%" PRIu64 " found\n", answer.total);
    snapshot_close(s);
    return ok;
}

const Command command_search = {
    .operands = "NODE WORD...",
    .least = 2,
    .most = -1,
    .about = "Best first: kind, slug, title. Finds what everybody may see; also while the node is being served.",
    .options = { { "kind", "KIND", "only records of this kind" },
                 { "lang", "TAG", "only records with a text in this language; titles in it" },
                 { "limit", "N", "how many at most; 20" },
                 { "all", NULL, "also what not everybody may see" },
                 { "json", NULL, "JSON Lines, with score and excerpt" } },
    .run = search_run,
};
