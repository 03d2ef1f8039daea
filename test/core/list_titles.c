#include "core/list/titles.h"

#include "nodes.h"
#include "text/collate.h"

#define NOTES 40

static void make_notes(Node *node, Arena *a)
{
    static const char *const chinese[] = { "中国", "阿里", "重庆", "北京" }; /* pinyin: zhong, a, chong, bei */
    for (int i = 0; i < NOTES; i++) {
        Str zh = i % 10 < 4 ? str_format(a, ",\"zh\":\"%s%d\"", chinese[i % 10], i) : STR_NONE;
        nodes_create(node, a, "note", str_format(a, "n%d", i).at, i % 7 ? "public" : "own", STATE_PUBLISHED,
                     str_format(a, "{\"name\":{\"en\":\"%c note %d\"%.*s}}", 'A' + i * 7 % 26, i, STR_ARG(zh)).at);
    }
}

/* Every title in the order of the list, a page of seven after the other; checks that each key is not before the
   last. */
static size_t walk(Node *node, Arena *a, const Reader *reader, const char *lang, const char *sort, Str *first)
{
    Err       err = { 0 };
    Snapshot *s = snapshot_open(node, reader, str_of(lang));
    Question  q = { .kind = S("note"), .sort = str_of(sort), .limit = 7 };
    Answer    answer;
    Str       before = STR_NONE;
    size_t    met = 0;
    int       sign = sort[0] == '-' ? -1 : 1;
    do {
        if (!CHECK_OK(list_ask(s, a, &q, &answer, &err))) break;
        for (size_t i = 0; i < answer.item_count; i++, met++) {
            Str title = answer.items[i].card.title, key = collate_key(a, title, str_of(lang));
            if (!met) *first = title;
            if (met && str_cmp(before, key) * sign > 0) printf("%s: %.*s\n", lang, STR_ARG(title));
            CHECK(!met || str_cmp(before, key) * sign <= 0);
            before = key;
        }
        q.after = answer.next;
    } while (q.after.len && met <= NOTES);
    CHECK_EQ_INT((long long)met, (long long)answer.total);
    snapshot_close(s);
    return met;
}

TEST("a list by title comes in the order of the reader's language, each record once, and shows nobody more")
{
    const char *folder = nodes_make(a);
    Node       *node = nodes_open(folder);
    Reader      readers[READER_KINDS];
    Str         first;
    nodes_readers(a, readers);
    make_notes(node, a);
    CHECK_EQ_INT((long long)walk(node, a, &readers[EDITOR], "zh", "title", &first), NOTES);
    CHECK_STR(first, "阿里1");
    CHECK_EQ_INT((long long)walk(node, a, &readers[EDITOR], "zh", "-title", &first), NOTES);
    CHECK_EQ_INT((long long)walk(node, a, &readers[EDITOR], "en", "title", &first), NOTES);
    CHECK_EQ_INT((long long)walk(node, a, &readers[NOBODY], "zh", "title", &first), NOTES - (NOTES + 6) / 7);
    CHECK_EQ_INT((long long)walk(node, a, &readers[NOBODY], "th", "title", &first), NOTES - (NOTES + 6) / 7);
    node_close(node);
}

TEST("a cursor of another order is refused")
{
    Node  *node = nodes_open(nodes_make(a));
    Reader readers[READER_KINDS];
    nodes_readers(a, readers);
    make_notes(node, a);
    static const char *const orders[][3] = { { "en", "title" }, { "zh", "-title" }, { "zh", "updated" } };
    for (size_t i = 0; i < 3; i++) {
        Snapshot *s = snapshot_open(node, &readers[NOBODY], str_of(orders[i][0]));
        Question  q = { .kind = S("note"), .sort = str_of(orders[i][1]), .limit = 7 };
        Answer    answer;
        CHECK_OK(list_ask(s, a, &q, &answer, &err));
        snapshot_close(s);
        s = snapshot_open(node, &readers[NOBODY], S("zh"));
        q.sort = S("title");
        q.after = answer.next;
        CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
        snapshot_close(s);
    }
    node_close(node);
}

static bool starts_late(void *with, const Sketch *sketch)
{
    return sketch->start.parts && sketch->start.year >= *(const int *)with;
}

TEST("a list is narrowed to what a caller takes, and to what links to a record by whatever field")
{
    Node  *node = nodes_open(nodes_make(a));
    Reader readers[READER_KINDS];
    int    year = 2020;
    nodes_readers(a, readers);
    Str tag = nodes_create(node, a, "tag", "t", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Tag\"}}");
    for (int i = 0; i < 12; i++)
        nodes_create(node, a, "note", str_format(a, "n%d", i).at, i % 4 ? "public" : "own", STATE_PUBLISHED,
                     str_format(a, "{\"name\":{\"en\":\"Note %d\"},\"start\":\"20%d\"%s}", i, 15 + i,
                                i % 2 ? ",\"tags\":[\"t\"]" : "")
                         .at);
    static const struct {
        int  reader;
        bool takes, links;
        int  total;
    } cases[] = {
        { PROGRAM, true, false, 7 },
        { NOBODY, true, false, 6 },
        { PROGRAM, false, true, 6 },
        { NOBODY, false, true, 6 },
        { PROGRAM, true, true, 4 },
        { NOBODY, true, true, 4 },
        { NOBODY, false, false, 9 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Snapshot *s = snapshot_open(node, &readers[cases[i].reader], S("en"));
        Filter    filter = { S("links"), tag };
        Question  q = { .kind = S("note"),
                        .limit = 100,
                        .filters = &filter,
                        .filter_count = cases[i].links,
                        .takes = cases[i].takes ? starts_late : NULL,
                        .takes_with = &year,
                        .with_facets = true };
        Answer    answer;
        CHECK_OK(list_ask(s, a, &q, &answer, &err));
        CHECK_EQ_INT((long long)answer.total, cases[i].total);
        CHECK_EQ_INT((long long)answer.item_count, cases[i].total);
        q.q = S("note");
        CHECK_OK(list_ask(s, a, &q, &answer, &err));
        CHECK_EQ_INT((long long)answer.total, cases[i].total);
        snapshot_close(s);
    }
    node_close(node);
}
