/* One note of every audience and state, each alone with its word, its colour-like size and its tag, asked
   for by every reader in every way there is. The table says who may see what; nothing else may. */
#include "core/dump.h"
#include "nodes.h"

#include <string.h>

#define O "0"
#define I "1"

static const struct {
    const char *slug, *audience, *word;
    State       state;
    const char *seen_by;
} table[] = {
    /*                                               program nobody person reader editor publisher other partner */
    { "open", "public", "hornbill", STATE_PUBLISHED, I I I I I I I I },
    { "signed", "signed-in", "pangolin", STATE_PUBLISHED, I O I I I I I I },
    { "own", "own", "dugong", STATE_PUBLISHED, I O O I I I O O },
    { "framework", "framework:mekong", "saola", STATE_PUBLISHED, I O O O O O O I },
    { "elsewhere", "framework:other", "banteng", STATE_PUBLISHED, I O O O O O O O },
    { "draft", "public", "binturong", STATE_DRAFT, I O O I I I O O },
    { "review", "public", "loris", STATE_REVIEW, I O O I I I O O },
    { "gone", "public", "tapir", STATE_WITHDRAWN, O O O O O O O O },
};
#define CASES (sizeof table / sizeof *table)

typedef struct {
    Node     *node;
    Arena    *arena;
    Snapshot *snapshot;
    Str       tags[CASES];
    size_t    at;
} Asked;

static bool in_detail(Asked *w)
{
    Record r;
    return record_read(w->snapshot, w->arena, S("note"), str_of(table[w->at].slug), &r, NULL) &&
           r.state != STATE_WITHDRAWN;
}

static bool in_card(Asked *w)
{
    Record program;
    Reader all = { .all = true };
    reader_finish(&all, w->arena);
    Snapshot *s = snapshot_open(w->node, &all, S("en"));
    record_read(s, w->arena, S("note"), str_of(table[w->at].slug), &program, NULL);
    snapshot_close(s);
    Card card;
    return card_read(w->snapshot, w->arena, program.id, &card, NULL) && card.title.len > 0;
}

static bool in_history(Asked *w)
{
    Record *history;
    size_t  n;
    if (!record_history(w->snapshot, w->arena, S("note"), str_of(table[w->at].slug), &history, &n, NULL)) return false;
    for (size_t i = 0; i < n; i++) {
        Record version;
        if (history[i].state != STATE_WITHDRAWN &&
            record_version(w->snapshot, w->arena, S("note"), history[i].id, history[i].version, &version, NULL))
            return true;
    }
    return false;
}

static uint64_t asked(Asked *w, Question q, Answer *answer)
{
    Err err = { 0 };
    q.limit = LIST_LIMIT_MAX;
    check_ok(list_ask(w->snapshot, w->arena, &q, answer, &err), &err, __FILE__, __LINE__, "list_ask");
    return answer->total;
}

static bool in_list(Asked *w)
{
    Answer answer;
    bool   found = false;
    asked(w, (Question){ .kind = S("note") }, &answer);
    for (size_t i = 0; i < answer.item_count; i++) found |= str_eq_z(answer.items[i].card.slug, table[w->at].slug);
    CHECK_EQ_INT(answer.total, answer.item_count);
    return found;
}

static bool in_count(Asked *w)
{
    Answer answer;
    Filter filter = { S("tags"), w->tags[w->at] };
    return asked(w, (Question){ .kind = S("note"), .filters = &filter, .filter_count = 1 }, &answer) > 0;
}

static bool in_facet(Asked *w)
{
    Answer answer;
    Str    value = str_format(w->arena, "%zu", 100 + w->at);
    asked(w, (Question){ .kind = S("note"), .with_facets = true }, &answer);
    for (size_t f = 0; f < answer.facet_count; f++)
        for (size_t v = 0; v < answer.facets[f].value_count; v++)
            if (str_eq(answer.facets[f].values[v].value, value)) return true;
    return false;
}

static bool in_search(Asked *w)
{
    Answer answer;
    return asked(w, (Question){ .q = str_of(table[w->at].word) }, &answer) > 0;
}

static bool in_suggestions(Asked *w)
{
    Card  *cards;
    size_t n = 0;
    Err    err = { 0 };
    check_ok(
        list_suggest(w->snapshot, w->arena, str_take_first(str_of(table[w->at].word), 4), S(""), 10, &cards, &n, &err),
        &err, __FILE__, __LINE__, "list_suggest");
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(cards[i].slug, table[w->at].slug)) return true;
    return false;
}

static bool in_backlinks(Asked *w)
{
    Record   tag;
    Link    *links;
    size_t   n = 0;
    uint64_t total = 0;
    Err      err = { 0 };
    check_ok(record_read_id(w->snapshot, w->arena, w->tags[w->at], &tag, &err) &&
                 record_backlinks(w->snapshot, w->arena, &tag, S(""), S(""), 10, &links, &n, &total, &err),
             &err, __FILE__, __LINE__, "record_backlinks");
    CHECK_EQ_INT(n, total);
    return total > 0;
}

static bool find_word(void *with, Str json, Err *err)
{
    (void)err;
    Asked *w = with;
    if (str_has(json, str_of(table[w->at].word))) w->tags[w->at].len = 0;
    return true;
}

static bool in_dump(Asked *w)
{
    Asked copy = *w;
    Err   err = { 0 };
    check_ok(node_dump(w->snapshot, S(""), find_word, &copy, &err), &err, __FILE__, __LINE__, "node_dump");
    return copy.tags[w->at].len == 0;
}

TEST("nobody finds in any way what is not for them, and everybody in every way what is")
{
    static const struct {
        const char *way;
        bool (*shows)(Asked *w);
    } ways[] = {
        { "detail", in_detail },
        { "card", in_card },
        { "history", in_history },
        { "list", in_list },
        { "count", in_count },
        { "facet", in_facet },
        { "search", in_search },
        { "suggestions", in_suggestions },
        { "backlinks", in_backlinks },
        { "dump", in_dump },
    };
    Reader readers[READER_KINDS];
    Asked  w = { .node = nodes_open(nodes_make(a)), .arena = a };
    nodes_readers(a, readers);
    for (size_t i = 0; i < CASES; i++) {
        State state = table[i].state == STATE_WITHDRAWN ? STATE_PUBLISHED : table[i].state;
        w.tags[i] = nodes_create(w.node, a, "tag", "", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Tag\"}}");
        nodes_create(w.node, a, "note", table[i].slug, table[i].audience, state,
                     str_format(a, "{\"name\":{\"en\":\"%s\"},\"size\":%zu,\"tags\":[\"%.*s\"]}", table[i].word,
                                100 + i, STR_ARG(w.tags[i]))
                         .at);
    }
    Outcome out;
    Change  withdraw = { .what = CHANGE_WITHDRAW,
                         .who = &readers[PUBLISHER],
                         .kind = S("note"),
                         .target = S("gone"),
                         .based_on = 1,
                         .note = S("why") };
    CHECK_OK(record_change(w.node, a, &withdraw, &out, &err));
    for (int who = 0; who < READER_KINDS; who++)
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            char seen[CASES + 1] = "", expected[CASES + 1] = "";
            w.snapshot = snapshot_open(w.node, &readers[who], S("en"));
            for (w.at = 0; w.at < CASES; w.at++) {
                seen[w.at] = ways[way].shows(&w) ? '1' : '0';
                expected[w.at] = table[w.at].seen_by[who];
                /* Members of the owner keep the history of what was withdrawn, to restore it. */
                bool member = who == PROGRAM || who == CAEC_READER || who == EDITOR || who == PUBLISHER;
                if (ways[way].shows == in_history && table[w.at].state == STATE_WITHDRAWN)
                    expected[w.at] = member ? '1' : '0';
            }
            snapshot_close(w.snapshot);
            if (!CHECK_STR(seen, expected)) printf("    reader %d, %s\n", who, ways[way].way);
        }
    node_close(w.node);
}
