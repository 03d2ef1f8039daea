#include "core/loader/head.h"
#include "core/record.h"

#include <string.h>

#include "nodes.h"

typedef struct {
    Node     *node;
    Reader    readers[READER_KINDS];
    Buf      *rejected;
    LoadCount count;
} World;

static World world(Arena *a)
{
    World w = { .node = nodes_open(nodes_make(a)), .rejected = buf_open(a) };
    nodes_readers(a, w.readers);
    return w;
}

static void note_rejected(void *with, const char *source, uint64_t line, Str what)
{
    buf_putf(with, "%s:%llu: %.*s\n", source, (unsigned long long)line, STR_ARG(what));
}

static void load(World *w, ReaderKind who, const char *const *lines, size_t n)
{
    Loader *l;
    Err     err = { 0 };
    buf_clear(w->rejected);
    if (!check_ok(loader_open(w->node, &w->readers[who], &l, &err), &err, __FILE__, __LINE__, "loader_open")) return;
    for (size_t i = 0; i < n; i++)
        check_ok(loader_add(l, str_of(lines[i]), "f.jsonl", i + 1, &err), &err, __FILE__, __LINE__, "loader_add");
    check_ok(loader_finish(l, note_rejected, w->rejected, &w->count, &err), &err, __FILE__, __LINE__, "loader_finish");
    loader_close(l);
}

static const char *const good[] = {
    "{\"kind\":\"note\",\"slug\":\"child\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"Child\"},\"parent\":\"root\","
    "\"tags\":[\"t\"],\"places\":[\"TH\"]}}",
    "{\"kind\":\"note\",\"slug\":\"root\",\"owner\":\"caec\",\"audience\":\"own\",\"doc\":{\"name\":{\"en\":\"Root\"}}"
    "}",
    "{\"kind\":\"tag\",\"slug\":\"t\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"Tag\"}}}",
    "{\"kind\":\"place\",\"owner\":\"caec\",\"doc\":{\"code\":\"TH\",\"name\":{\"en\":\"Thailand\"}}}",
    "{\"kind\":\"tag\",\"owner\":\"caec\",\"state\":\"draft\",\"id\":\"0190a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1\",\"doc\":{"
    "\"name\":{\"en\":\"Tag\"}}}",
};

TEST("a link to what is set aside later is told and its record kept; loading both again makes it whole")
{
    World       w = world(a);
    const char *lines[] = {
        "{\"kind\":\"note\",\"slug\":\"child\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":"
        "\"Child\"},"
        "\"parent\":\"root\"}}",
        "{\"kind\":\"note\",\"slug\":\"root\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":"
        "\"Root\"},\"size\":\"much\"}}",
        "{\"kind\":\"note\",\"slug\":\"other\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":"
        "\"Other\"}}}",
    };
    load(&w, PROGRAM, lines, 3);
    CHECK_EQ_INT(w.count.written, 2);
    CHECK_EQ_INT(w.count.rejected, 1);
    CHECK_EQ_INT(w.count.dangling, 1);
    CHECK(strstr(buf_str(w.rejected).at,
                 "f.jsonl:1: kept, but its link /parent leads to f.jsonl:2, which was set aside"));
    lines[1] = "{\"kind\":\"note\",\"slug\":\"root\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"Root\"}}}";
    load(&w, PROGRAM, lines, 3);
    CHECK_STR(buf_str(w.rejected), "");
    CHECK_EQ_INT(w.count.written, 2);
    CHECK_EQ_INT(w.count.unchanged, 1);
    CHECK_EQ_INT(w.count.dangling, 0);
    Record    child, root;
    Snapshot *s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    CHECK_OK(record_read(s, a, S("note"), S("child"), &child, &err));
    CHECK_OK(record_read(s, a, S("note"), S("root"), &root, &err));
    CHECK_STR(json_get_text(child.doc, "parent"), root.id);
    snapshot_close(s);
    node_close(w.node);
}

TEST("a load resolves links forward, makes slugs, and leaves alone what is there already")
{
    World     w = world(a);
    Record    r;
    Snapshot *s;
    load(&w, PROGRAM, good, 5);
    CHECK_STR(buf_str(w.rejected), "");
    CHECK_EQ_INT(w.count.written, 5);
    s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    CHECK_OK(record_read(s, a, S("note"), S("child"), &r, &err));
    Record root, place, tag;
    CHECK_OK(record_read(s, a, S("note"), S("root"), &root, &err));
    CHECK_OK(record_read(s, a, S("place"), S("thailand"), &place, &err));
    CHECK_OK(record_read_id(s, a, S("0190a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1"), &tag, &err));
    CHECK_STR(tag.slug, "tag");
    CHECK_EQ_INT(tag.state, STATE_DRAFT);
    CHECK_EQ_INT(r.state, STATE_PUBLISHED);
    CHECK_STR(json_get_text(r.doc, "parent"), root.id);
    CHECK_STR(json_text(json_at(r.doc, S("/places/0"))), "TH");
    CHECK_STR(root.audience, "own");
    snapshot_close(s);
    load(&w, PROGRAM, good, 5);
    CHECK_STR(buf_str(w.rejected), "");
    CHECK_EQ_INT(w.count.unchanged, 5);
    CHECK_EQ_INT(w.count.written, 0);
    const char *changed[] = { "{\"kind\":\"note\",\"slug\":\"root\",\"doc\":{\"name\":{\"en\":\"Root\"},\"size\":2}}" };
    load(&w, PROGRAM, changed, 1);
    CHECK_EQ_INT(w.count.written, 1);
    s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    CHECK_OK(record_read(s, a, S("note"), S("root"), &r, &err));
    CHECK_EQ_INT(r.version, 2);
    CHECK_STR(r.audience, "own");
    CHECK_STR(r.id, root.id);
    snapshot_close(s);
    node_close(w.node);
}

TEST("what cannot be loaded is set aside with its line and the reason; the rest goes in")
{
    World w = world(a);
    static const struct {
        const char *line, *says;
    } table[] = {
        { "{\"kind\":", "f.jsonl:1:" },
        { "{\"kind\":\"nothing\",\"doc\":{}}", "no kind \"nothing\"" },
        { "{\"kind\":\"note\"}", "no \"doc\"" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"doc\":{}}", "problem.required" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"A\"},\"colour\":\"pink\"}}", "/colour" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"A\"},\"tags\":[\"none\"]}}",
          "/tags/0: problem.link" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"slug\":\"A b\",\"doc\":{\"name\":{\"en\":\"A\"}}}", "not a slug" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"slug\":\"ok\",\"doc\":{\"name\":{\"en\":\"A\"}}}", NULL },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"slug\":\"ok\",\"doc\":{\"name\":{\"en\":\"B\"}}}",
          "line 8's already" },
        { "{\"kind\":\"note\",\"doc\":{\"name\":{\"en\":\"A\"}}}", "no owner" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"audience\":\"all\",\"doc\":{\"name\":{\"en\":\"A\"}}}", "audience" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"state\":\"open\",\"doc\":{\"name\":{\"en\":\"A\"}}}", "state" },
        { "{\"kind\":\"note\",\"owner\":\"caec\",\"id\":\"7\",\"doc\":{\"name\":{\"en\":\"A\"}}}", "not an id" },
    };
    const char *lines[sizeof table / sizeof *table];
    size_t      n = sizeof table / sizeof *table, wrong = 0;
    for (size_t i = 0; i < n; i++) lines[i] = table[i].line;
    load(&w, PROGRAM, lines, n);
    Str rest = buf_str(w.rejected);
    for (size_t i = 0; i < n; i++) {
        if (!table[i].says) continue;
        Cut line = str_cut(rest, '\n');
        CHECK(str_starts(line.head, str_format(a, "f.jsonl:%zu: ", i + 1)));
        if (!CHECK(str_has(line.head, str_of(table[i].says)))) printf("    %.*s\n", STR_ARG(line.head));
        rest = line.tail;
        wrong++;
    }
    CHECK_EQ_INT(w.count.rejected, wrong);
    CHECK_EQ_INT(w.count.written, 1);
    node_close(w.node);
}

TEST("somebody who loads may do no more than by hand")
{
    World       w = world(a);
    const char *lines[] = {
        "{\"kind\":\"tag\",\"doc\":{\"name\":{\"en\":\"Mine\"}}}",
        "{\"kind\":\"tag\",\"owner\":\"other\",\"doc\":{\"name\":{\"en\":\"Theirs\"}}}",
        "{\"kind\":\"tag\",\"state\":\"published\",\"doc\":{\"name\":{\"en\":\"Shown\"}}}",
    };
    load(&w, EDITOR, lines, 3);
    CHECK_EQ_INT(w.count.written, 1);
    CHECK_EQ_INT(w.count.rejected, 2);
    Record    r;
    Snapshot *s = snapshot_open(w.node, &w.readers[EDITOR], S("en"));
    CHECK_OK(record_read(s, a, S("tag"), S("mine"), &r, &err));
    CHECK_EQ_INT(r.state, STATE_DRAFT);
    CHECK_STR(r.owner, "caec");
    snapshot_close(s);
    node_close(w.node);
}

#define MANY 5000

TEST("a load of many groups is whole, in order, and found")
{
    World        w = world(a);
    const char **lines = NEW_ARRAY(a, const char *, MANY);
    for (int i = 0; i < MANY; i++)
        lines[i] = str_format(a,
                              "{\"kind\":\"note\",\"slug\":\"n%d\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":"
                              "\"River %d\"},\"size\":%d,"
                              "\"parent\":\"n%d\"}}",
                              i, i, i % 10, (i * 7 + 3) % MANY)
                       .at;
    load(&w, PROGRAM, lines, MANY);
    CHECK_STR(buf_str(w.rejected), "");
    CHECK_EQ_INT(w.count.written, MANY);
    Filter    filter = { S("size"), S("3") };
    Question  q = { .kind = S("note"), .limit = 1, .filters = &filter, .filter_count = 1, .sort = S("created") };
    Answer    answer;
    Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], S("en"));
    CHECK_OK(list_ask(s, a, &q, &answer, &err));
    CHECK_EQ_INT(answer.total, MANY / 10);
    CHECK_STR(answer.items[0].card.slug, "n3");
    q = (Question){ .kind = S("note"), .q = S("4321"), .limit = 5 };
    CHECK_OK(list_ask(s, a, &q, &answer, &err));
    CHECK(answer.total >= 1);
    CHECK_STR(answer.items[0].card.slug, "n4321");
    snapshot_close(s);
    node_close(w.node);
}

TEST("the first glance at an item finds what parsing finds, or says that it is in doubt")
{
    static const struct {
        const char *text, *found;
    } table[] = {
        { "{\"kind\":\"note\",\"slug\":\"a\",\"doc\":{\"x\":\"}\\\"\",\"y\":[{},1]}}", "note a  doc" },
        { " { \"doc\" : {} , \"id\" : \"7\" , \"kind\" : \"tag\" } ", "tag  7 doc" },
        { "{\"kind\":\"tag\",\"doc\":1,\"n\":-1.5e3,\"t\":true}", "tag   " },
        { "{\"kind\":\"t\\u0061g\"}", NULL },
        { "{\"kind\":7}", NULL },
        { "{\"kind\":\"a\",\"kind\":\"b\"}", NULL },
        { "[]", NULL },
        { "{\"kind\":\"a\"", NULL },
        { "{\"kind\":\"a", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        LoaderHead h;
        bool       sure = loader_head(str_of(table[i].text), &h);
        CHECK_EQ_INT(sure, table[i].found != NULL);
        if (sure)
            CHECK_STR(str_format(a, "%.*s %.*s %.*s %s", STR_ARG(h.kind), STR_ARG(h.slug), STR_ARG(h.id),
                                 h.has_doc ? "doc" : ""),
                      table[i].found);
    }
}

TEST("a load leaves what is readOnly as it is, unless it is a trusted dump")
{
    World             w = world(a);
    Record            r;
    const char *const hand[] = {
        "{\"kind\":\"note\",\"slug\":\"sum\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"A\"},\"sum\":[1]}}"
    };
    const char *const without[] = {
        "{\"kind\":\"note\",\"slug\":\"sum\",\"owner\":\"caec\",\"doc\":{\"name\":{\"en\":\"B\"}}}"
    };
    load(&w, PROGRAM, hand, 1);
    CHECK_EQ_INT(w.count.rejected, 1);
    CHECK_STR(buf_str(w.rejected), "f.jsonl:1: /sum: problem.read-only {}\n");
    Loader *l;
    CHECK_OK(loader_open(w.node, &w.readers[PROGRAM], &l, &err));
    loader_trust(l);
    CHECK_OK(loader_add(l, str_of(hand[0]), "f.jsonl", 1, &err));
    CHECK_OK(loader_finish(l, note_rejected, w.rejected, &w.count, &err));
    loader_close(l);
    CHECK_EQ_INT(w.count.written, 1);
    load(&w, PROGRAM, without, 1);
    CHECK_EQ_INT(w.count.written, 1);
    Snapshot *s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    CHECK_OK(record_read(s, a, S("note"), S("sum"), &r, &err));
    CHECK_JSON(r.doc, "{\"name\":{\"en\":\"B\"},\"sum\":[1]}");
    snapshot_close(s);
    node_close(w.node);
}
