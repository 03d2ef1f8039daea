#include "core/record.h"

#include "base/fault.h"

#include <pthread.h>
#include <string.h>

#include "nodes.h"

/* A node and its readers; the node is closed at the end of each test. */
typedef struct {
    const char *folder;
    Node       *node;
    Reader      readers[READER_KINDS];
} World;

static World world(Arena *a)
{
    World w = { .folder = nodes_make(a) };
    w.node = nodes_open(w.folder);
    nodes_readers(a, w.readers);
    return w;
}

static bool read_as(World *w, Arena *a, ReaderKind who, const char *slug, Record *out)
{
    Err       err = { 0 };
    Snapshot *s = snapshot_open(w->node, &w->readers[who], S("en"));
    bool      ok = record_read(s, a, S("note"), str_of(slug), out, &err);
    snapshot_close(s);
    return ok;
}

static bool change(World *w, Arena *a, ReaderKind who, Change c, Outcome *out, Err *err)
{
    c.who = &w->readers[who];
    if (!c.kind.len) c.kind = S("note");
    return record_change(w->node, a, &c, out, err);
}

static Change patch(Arena *a, const char *target, int64_t based_on, const char *doc)
{
    return (Change){ .what = CHANGE_PATCH, .target = str_of(target), .based_on = based_on, .doc = nodes_json(a, doc) };
}

TEST("a record that was created reads back, by slug and by id, before and after the node is opened again")
{
    World   w = world(a);
    Outcome out;
    Change  c = { .what = CHANGE_CREATE,
                  .state = STATE_PUBLISHED,
                  .doc = nodes_json(a, "{\"colour\":\"red\",\"name\":{\"th\":\"ข\",\"en\":\"The First: a Note\"}}") };
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_STR(out.record.slug, "the-first-a-note");
    CHECK_STR(out.record.owner, "caec");
    CHECK_EQ_INT(out.record.version, 1);
    for (int turn = 0; turn < 2; turn++) {
        Record r;
        CHECK(read_as(&w, a, NOBODY, "the-first-a-note", &r));
        CHECK_STR(r.id, out.record.id);
        CHECK_STR(r.leaf, out.record.leaf);
        CHECK_STR(r.author, w.readers[PUBLISHER].person);
        CHECK_EQ_INT(r.created_ms, out.record.created_ms);
        /* in the kind's order, whatever order it came in */
        CHECK_STR(json_write(a, r.doc), "{\"name\":{\"en\":\"The First: a Note\",\"th\":\"ข\"},\"colour\":\"red\"}");
        CHECK(read_as(&w, a, NOBODY, out.record.id.at, &r));
        CHECK_STR(r.slug, "the-first-a-note");
        CHECK(!read_as(&w, a, NOBODY, "another", &r));
        if (turn == 0) {
            node_close(w.node);
            w.node = nodes_open(w.folder);
        }
    }
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_STR(out.record.slug, "the-first-a-note-2");
    node_close(w.node);
}

typedef struct {
    World  *world;
    int     times;
    bool    was_seen;
    Arena  *arena;
    Outcome outcome;
} OnItsWay;

static void note_on_its_way(void *with, const Outcome *outcome)
{
    OnItsWay *told = with;
    Record    r;
    told->times++;
    told->outcome = *outcome;
    told->was_seen =
        read_as(told->world, told->arena, PUBLISHER, str_z(told->arena, outcome->record.slug), &r);
}

TEST("on a slow disk a change is told what it will be before it is durable, and that is of no use when it fails")
{
    World    w = world(a);
    Outcome  out;
    OnItsWay told = { .world = &w, .arena = a };
    Change   c = { .what = CHANGE_CREATE,
                   .state = STATE_PUBLISHED,
                   .on_its_way = note_on_its_way,
                   .with = &told };
    fault_delay(FAULT_JOURNAL_SYNC, 3000);
    c.doc = nodes_json(a, "{\"name\":{\"en\":\"One\"}}");
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err)); /* the disk is not known to be slow before its first sync */
    CHECK_EQ_INT(told.times, 0);
    c.doc = nodes_json(a, "{\"name\":{\"en\":\"Two\"}}");
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_EQ_INT(told.times, 1);
    CHECK(!told.was_seen);
    CHECK_STR(told.outcome.record.slug, "two");
    CHECK_STR(told.outcome.record.id, out.record.id);
    CHECK_STR(told.outcome.record.leaf, out.record.leaf);
    CHECK_EQ_INT(told.outcome.record.index, out.record.index);
    CHECK_EQ_INT(told.outcome.record.updated_ms, out.record.updated_ms);

    fault_arm(FAULT_JOURNAL_SYNC, 1, FAULT_ONCE, 0);
    c.doc = nodes_json(a, "{\"name\":{\"en\":\"Three\"}}");
    CHECK_ERR(change(&w, a, PUBLISHER, c, &out, &err), ERR_STORE);
    CHECK_EQ_INT(told.times, 2);
    Record r;
    CHECK(!read_as(&w, a, PUBLISHER, "three", &r));
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_EQ_INT(out.record.index, told.outcome.record.index);
    fault_disarm_all();
    node_close(w.node);
}

TEST("what is wrong with a document is told by its place")
{
    World   w = world(a);
    Outcome out;
    Change  c = { .what = CHANGE_CREATE,
                  .doc = nodes_json(a, "{\"colour\":\"pink\",\"tags\":[\"none\"],\"name\":{\"en\":\"A\"}}") };
    CHECK_ERR(change(&w, a, EDITOR, c, &out, &err), ERR_INVALID);
    CHECK_EQ_INT(out.problems.count, 2);
    CHECK_STR(out.problems.at[0].pointer, "/tags/0");
    CHECK_STR(out.problems.at[0].key, "problem.link");
    CHECK_STR(out.problems.at[1].pointer, "/colour");
    c.doc = nodes_json(a, "{}");
    CHECK_ERR(change(&w, a, EDITOR, c, &out, &err), ERR_INVALID);
    CHECK_EQ_INT(out.problems.count, 1);
    CHECK_EQ_INT(node_log_size(w.node), 0);
    c = (Change){ .what = CHANGE_CREATE, .slug = S("Not A Slug"), .doc = nodes_json(a, "{\"name\":{\"en\":\"A\"}}") };
    CHECK_ERR(change(&w, a, EDITOR, c, &out, &err), ERR_INVALID);
    CHECK_STR(out.problems.at[0].pointer, "/slug");
    c = (Change){ .what = CHANGE_CREATE, .audience = S("friends"), .doc = nodes_json(a, "{\"name\":{\"en\":\"A\"}}") };
    CHECK_ERR(change(&w, a, EDITOR, c, &out, &err), ERR_INVALID);
    CHECK_STR(out.problems.at[0].pointer, "/audience");
    node_close(w.node);
}

TEST("what is readOnly only a computed change sets, and everybody else keeps")
{
    World   w = world(a);
    Outcome out;
    Change  c = { .what = CHANGE_CREATE,
                  .slug = S("one"),
                  .state = STATE_PUBLISHED,
                  .doc = nodes_json(a, "{\"name\":{\"en\":\"A\"},\"sum\":[1]}") };
    for (ReaderKind who = EDITOR; who <= PUBLISHER; who++) {
        c.state = who == EDITOR ? STATE_DRAFT : STATE_PUBLISHED;
        CHECK_ERR(change(&w, a, who, c, &out, &err), ERR_INVALID);
        CHECK_EQ_INT(out.problems.count, 1);
        CHECK_STR(out.problems.at[0].pointer, "/sum");
        CHECK_STR(out.problems.at[0].key, "problem.read-only");
    }
    c.owner = S("caec");
    CHECK_ERR(change(&w, a, PROGRAM, c, &out, &err), ERR_INVALID);
    c.computed = true;
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_JSON(out.record.doc, "{\"name\":{\"en\":\"A\"},\"sum\":[1]}");

    static const struct {
        ChangeWhat  what;
        const char *doc, *then; /* NULL: refused */
    } table[] = {
        { CHANGE_PATCH, "{\"sum\":[1,2]}", NULL },
        { CHANGE_PATCH, "{\"sum\":[]}", NULL },
        { CHANGE_PATCH, "{\"sum\":null}", NULL },
        { CHANGE_REPLACE, "{\"name\":{\"en\":\"B\"},\"sum\":[2]}", NULL },
        { CHANGE_PATCH, "{\"name\":{\"en\":\"B\"}}", "{\"name\":{\"en\":\"B\"},\"sum\":[1]}" },
        { CHANGE_REPLACE, "{\"name\":{\"en\":\"C\"},\"sum\":[1]}", "{\"name\":{\"en\":\"C\"},\"sum\":[1]}" },
        { CHANGE_REPLACE, "{\"name\":{\"en\":\"D\"},\"size\":1}", "{\"name\":{\"en\":\"D\"},\"size\":1,\"sum\":[1]}" },
    };
    int64_t version = 1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        c = patch(a, "one", version, table[i].doc);
        c.what = table[i].what;
        if (table[i].then) {
            CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
            CHECK_STR(json_write(a, out.record.doc), table[i].then);
            version = out.record.version;
        } else {
            CHECK_ERR(change(&w, a, PUBLISHER, c, &out, &err), ERR_INVALID);
            CHECK_STR(out.problems.count ? out.problems.at[0].pointer : STR_NONE, "/sum");
        }
    }
    /* Made from an older version: what was computed meanwhile stays. */
    c = patch(a, "one", version, "{\"sum\":[1,2]}");
    c.computed = true;
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    c = patch(a, "one", version, "{\"name\":{\"en\":\"E\"},\"sum\":[1]}");
    c.what = CHANGE_REPLACE;
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK(out.merged);
    CHECK_STR(json_write(a, out.record.doc), "{\"name\":{\"en\":\"E\"},\"sum\":[1,2]}");
    c = (Change){ .what = CHANGE_RESTORE, .target = S("one"), .version = 1 };
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK_STR(json_write(a, out.record.doc), "{\"name\":{\"en\":\"A\"},\"sum\":[1]}");
    node_close(w.node);
}

TEST("each role may do what it may, and nothing above it")
{
    World w = world(a);
    static const struct {
        ReaderKind who;
        ErrCode    draft, publish, withdraw;
    } table[] = {
        { NOBODY, ERR_SIGN_IN, ERR_SIGN_IN, ERR_SIGN_IN },
        { PERSON, ERR_FORBIDDEN, ERR_FORBIDDEN, ERR_FORBIDDEN },
        { CAEC_READER, ERR_FORBIDDEN, ERR_FORBIDDEN, ERR_FORBIDDEN },
        { EDITOR, ERR_NONE, ERR_FORBIDDEN, ERR_FORBIDDEN },
        { OTHER, ERR_FORBIDDEN, ERR_FORBIDDEN, ERR_FORBIDDEN },
        { PUBLISHER, ERR_NONE, ERR_NONE, ERR_NONE },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *slug = str_format(a, "note-%zu", i).at;
        nodes_create(w.node, a, "note", slug, "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"A\"}}");
        Outcome out;
        Change  create = { .what = CHANGE_CREATE,
                           .owner = S("caec"),
                           .doc = nodes_json(a, "{\"name\":{\"en\":\"B\"}}") };
        Change  publish = create,
               withdraw = { .what = CHANGE_WITHDRAW, .target = str_of(slug), .based_on = 1, .note = S("why") };
        publish.state = STATE_PUBLISHED;
        err.code = ERR_NONE;
        change(&w, a, table[i].who, create, &out, &err);
        CHECK_EQ_INT(err.code, table[i].draft);
        err.code = ERR_NONE;
        change(&w, a, table[i].who, publish, &out, &err);
        CHECK_EQ_INT(err.code, table[i].publish);
        err.code = ERR_NONE;
        change(&w, a, table[i].who, withdraw, &out, &err);
        CHECK_EQ_INT(err.code, table[i].withdraw);
    }
    node_close(w.node);
}

TEST("an editor's change of something published is a draft; the public sees the old text until a publisher publishes")
{
    World   w = world(a);
    Outcome out;
    Record  r;
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Old\"}}");
    CHECK_OK(change(&w, a, EDITOR, patch(a, "n", 1, "{\"name\":{\"en\":\"New\"}}"), &out, &err));
    CHECK_EQ_INT(out.record.state, STATE_DRAFT);
    CHECK(read_as(&w, a, NOBODY, "n", &r));
    CHECK_STR(json_get_text(json_get(r.doc, "name"), "en"), "Old");
    CHECK_EQ_INT(r.version, 1);
    CHECK(!r.working);
    CHECK(read_as(&w, a, CAEC_READER, "n", &r));
    CHECK_STR(json_get_text(json_get(r.doc, "name"), "en"), "New");
    CHECK(r.working);

    Change submit = { .what = CHANGE_STATE, .target = S("n"), .based_on = 2, .state = STATE_REVIEW };
    CHECK_OK(change(&w, a, EDITOR, submit, &out, &err));
    Change publish = { .what = CHANGE_STATE, .target = S("n"), .based_on = 3, .state = STATE_PUBLISHED };
    CHECK_ERR(change(&w, a, EDITOR, publish, &out, &err), ERR_FORBIDDEN);
    CHECK_ERR(change(&w, a, OTHER, publish, &out, &err), ERR_FORBIDDEN);
    publish.based_on = 2;
    CHECK_ERR(change(&w, a, PUBLISHER, publish, &out, &err), ERR_PRECONDITION);
    publish.based_on = 3;
    CHECK_OK(change(&w, a, PUBLISHER, publish, &out, &err));
    CHECK(read_as(&w, a, NOBODY, "n", &r));
    CHECK_STR(json_get_text(json_get(r.doc, "name"), "en"), "New");
    CHECK_EQ_INT(r.version, 4);
    CHECK_OK(change(&w, a, PUBLISHER, patch(a, "n", 4, "{\"colour\":\"red\"}"), &out, &err));
    CHECK_EQ_INT(out.record.state, STATE_PUBLISHED);
    node_close(w.node);
}

TEST("edits of different fields merge, of the same field conflict and show both sides")
{
    World   w = world(a);
    Outcome out;
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"A\"},\"colour\":\"red\"}");
    CHECK_ERR(change(&w, a, PUBLISHER, patch(a, "n", 0, "{\"colour\":\"blue\"}"), &out, &err), ERR_NEEDS_MATCH);
    CHECK_OK(change(&w, a, PUBLISHER, patch(a, "n", 1, "{\"colour\":\"blue\"}"), &out, &err));
    CHECK(!out.merged);
    CHECK_OK(change(&w, a, PUBLISHER, patch(a, "n", 1, "{\"name\":{\"th\":\"ก\"}}"), &out, &err));
    CHECK(out.merged);
    CHECK_JSON(out.record.doc, "{\"name\":{\"en\":\"A\",\"th\":\"ก\"},\"colour\":\"blue\"}");
    CHECK_EQ_INT(out.record.version, 3);
    CHECK_ERR(change(&w, a, PUBLISHER, patch(a, "n", 1, "{\"colour\":\"green\"}"), &out, &err), ERR_CONFLICT);
    CHECK_EQ_INT(out.conflict_count, 1);
    CHECK_STR(out.conflicts[0].pointer, "/colour");
    CHECK_JSON(out.conflicts[0].base, "\"red\"");
    CHECK_JSON(out.conflicts[0].theirs, "\"blue\"");
    CHECK_JSON(out.conflicts[0].mine, "\"green\"");
    CHECK_ERR(change(&w, a, PUBLISHER, patch(a, "n", 9, "{\"colour\":\"green\"}"), &out, &err), ERR_PRECONDITION);
    CHECK_OK(change(&w, a, PUBLISHER, patch(a, "n", 3, "{\"colour\":\"blue\"}"), &out, &err));
    CHECK_EQ_INT(out.record.version, 3); /* nothing changed, nothing was written */
    CHECK_EQ_INT(node_log_size(w.node), 3);
    node_close(w.node);
}

TEST("a withdrawn record leaves a stub with its reason, and can be restored")
{
    World   w = world(a);
    Outcome out;
    Record  r;
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"A\"},\"colour\":\"red\"}");
    Change withdraw = { .what = CHANGE_WITHDRAW, .target = S("n"), .based_on = 1 };
    CHECK_ERR(change(&w, a, PUBLISHER, withdraw, &out, &err), ERR_INVALID);
    CHECK_STR(out.problems.at[0].pointer, "/note");
    withdraw.note = S("published too early");
    CHECK_OK(change(&w, a, PUBLISHER, withdraw, &out, &err));
    CHECK(read_as(&w, a, NOBODY, "n", &r));
    CHECK_EQ_INT(r.state, STATE_WITHDRAWN);
    CHECK_STR(r.note, "published too early");
    CHECK_JSON(r.doc, "{}");
    CHECK_ERR(change(&w, a, PUBLISHER, patch(a, "n", 2, "{\"colour\":\"blue\"}"), &out, &err), ERR_GONE);

    Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], S("en"));
    Record   *history;
    size_t    n;
    CHECK_OK(record_history(s, a, S("note"), S("n"), &history, &n, &err));
    CHECK_EQ_INT(n, 1);
    CHECK_ERR(record_version(s, a, S("note"), S("n"), 1, &r, &err), ERR_NOT_FOUND);
    snapshot_close(s);

    Change restore = { .what = CHANGE_RESTORE, .target = S("n"), .version = 1 };
    CHECK_ERR(change(&w, a, EDITOR, restore, &out, &err), ERR_FORBIDDEN);
    CHECK_OK(change(&w, a, PUBLISHER, restore, &out, &err));
    CHECK(read_as(&w, a, NOBODY, "n", &r));
    CHECK_EQ_INT(r.state, STATE_PUBLISHED);
    CHECK_EQ_INT(r.version, 3);
    CHECK_STR(r.note, "restores version 1");
    CHECK_JSON(r.doc, "{\"name\":{\"en\":\"A\"},\"colour\":\"red\"}");
    node_close(w.node);
}

TEST("a draft that was never published can be given up by its editor, and its stub stays with the owner")
{
    World   w = world(a);
    Outcome out;
    Record  r;
    nodes_create(w.node, a, "note", "n", "public", STATE_DRAFT, "{\"name\":{\"en\":\"A\"}}");
    CHECK(!read_as(&w, a, NOBODY, "n", &r));
    Change withdraw = { .what = CHANGE_WITHDRAW, .target = S("n"), .based_on = 1, .note = S("not needed") };
    CHECK_OK(change(&w, a, EDITOR, withdraw, &out, &err));
    CHECK(!read_as(&w, a, NOBODY, "n", &r));
    CHECK(read_as(&w, a, CAEC_READER, "n", &r));
    CHECK_EQ_INT(r.state, STATE_WITHDRAWN);
    node_close(w.node);
}

TEST("a former slug still leads to the record, until another takes it")
{
    World   w = world(a);
    Outcome out;
    Record  r;
    Str     id = nodes_create(w.node, a, "note", "old", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"A\"}}");
    nodes_create(w.node, a, "note", "taken", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"B\"}}");
    Change c = patch(a, "old", 1, "{}");
    c.slug = S("taken");
    CHECK_ERR(change(&w, a, PUBLISHER, c, &out, &err), ERR_CONFLICT);
    c.slug = S("new");
    CHECK_OK(change(&w, a, PUBLISHER, c, &out, &err));
    CHECK(read_as(&w, a, NOBODY, "old", &r));
    CHECK_STR(r.slug, "new");
    CHECK_STR(r.id, id);
    Str other = nodes_create(w.node, a, "note", "old", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"C\"}}");
    CHECK(read_as(&w, a, NOBODY, "old", &r));
    CHECK_STR(r.id, other);
    CHECK(read_as(&w, a, NOBODY, "new", &r));
    CHECK_STR(r.id, id);
    node_close(w.node);
}

TEST("links are stored as ids or keys and lead both ways, as far as the reader may see")
{
    World    w = world(a);
    Record   r, tag;
    Link    *links;
    size_t   n;
    uint64_t total;
    Str      open_tag = nodes_create(w.node, a, "tag", "open", "public", STATE_PUBLISHED,
                                     "{\"name\":{\"en\":\"Open\"}}");
    Str      own_tag = nodes_create(w.node, a, "tag", "own", "own", STATE_PUBLISHED, "{\"name\":{\"en\":\"Own\"}}");
    nodes_create(w.node, a, "place", "thailand", "public", STATE_PUBLISHED,
                 "{\"code\":\"TH\",\"name\":{\"en\":\"Thailand\"}}");
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"A\"},\"tags\":[\"open\",\"own\"],\"places\":[\"TH\"],\"steps\":[{\"id\":\"s\","
                 "\"tag\":\"open\"}]}");
    nodes_create(w.node, a, "note", "hidden", "own", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"H\"},\"tags\":[\"open\"],\"places\":[\"thailand\"]}");

    CHECK(read_as(&w, a, NOBODY, "n", &r));
    CHECK_STR(json_text(json_at(r.doc, S("/tags/0"))), open_tag);
    CHECK_STR(json_text(json_at(r.doc, S("/places/0"))), "TH");
    CHECK_STR(json_text(json_at(r.doc, S("/steps/0/tag"))), open_tag);
    Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], S("en"));
    CHECK_OK(record_links(s, a, &r, &links, &n, &err));
    CHECK_EQ_INT(n, 4);
    CHECK(links[0].visible);
    CHECK_STR(links[0].card.title, "Open");
    CHECK(!links[1].visible);
    CHECK_STR(links[1].card.title, "");
    CHECK_STR(links[1].target, own_tag);
    CHECK_STR(links[2].target, "place:TH");
    CHECK_STR(links[2].card.title, "Thailand");
    CHECK_STR(links[3].field, "steps.tag");

    CHECK_OK(record_read_id(s, a, open_tag, &tag, &err));
    CHECK_OK(record_backlinks(s, a, &tag, S(""), S(""), 10, &links, &n, &total, &err));
    CHECK_EQ_INT(total, 1);
    CHECK_STR(links[0].field, "tags");
    CHECK_STR(links[0].card.slug, "n");
    CHECK_OK(record_backlinks(s, a, &tag, S("note"), S("steps.tag"), 10, &links, &n, &total, &err));
    CHECK_EQ_INT(total, 1);
    CHECK_OK(record_backlinks(s, a, &tag, S("place"), S(""), 10, &links, &n, &total, &err));
    CHECK_EQ_INT(total, 0);
    snapshot_close(s);
    s = snapshot_open(w.node, &w.readers[CAEC_READER], S("en"));
    Record place;
    CHECK_OK(record_read(s, a, S("place"), S("TH"), &place, &err));
    CHECK_OK(record_backlinks(s, a, &place, S(""), S("places"), 1, &links, &n, &total, &err));
    CHECK_EQ_INT(total, 2);
    CHECK_EQ_INT(n, 1);
    CHECK_STR(links[0].card.slug, "hidden");
    snapshot_close(s);

    /* Somebody who may not see a record cannot link to it either. */
    Outcome out;
    Change  c = { .what = CHANGE_CREATE, .doc = nodes_json(a, "{\"name\":{\"en\":\"X\"},\"tags\":[\"own\"]}") };
    CHECK_ERR(change(&w, a, OTHER, c, &out, &err), ERR_INVALID);
    c.kind = S("place");
    c.doc = nodes_json(a, "{\"code\":\"TH\",\"name\":{\"en\":\"Again\"}}");
    CHECK_ERR(change(&w, a, PUBLISHER, c, &out, &err), ERR_CONFLICT);
    node_close(w.node);
}

TEST("children come in the order of their numbers, then of their titles")
{
    World  w = world(a);
    Record r, *children;
    size_t n;
    nodes_create(w.node, a, "note", "root", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Root\"}}");
    static const char *const docs[] = {
        "{\"name\":{\"en\":\"B\"},\"parent\":\"root\"}",
        "{\"name\":{\"en\":\"A\"},\"parent\":\"root\"}",
        "{\"name\":{\"en\":\"Z\"},\"parent\":\"root\",\"order\":2}",
        "{\"name\":{\"en\":\"Y\"},\"parent\":\"root\",\"order\":10}",
    };
    for (size_t i = 0; i < 4; i++) nodes_create(w.node, a, "note", "", "public", STATE_PUBLISHED, docs[i]);
    CHECK(read_as(&w, a, NOBODY, "root", &r));
    Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], S("en"));
    CHECK_OK(record_children(s, a, &r, &children, &n, &err));
    CHECK_EQ_INT(n, 4);
    Str slugs[4];
    for (size_t i = 0; i < n && i < 4; i++) slugs[i] = children[i].slug;
    CHECK_STR(str_join_with(a, S(" "), slugs, 4), "z y a b");
    snapshot_close(s);
    node_close(w.node);
}

TEST("history shows the public what was published, and members everything")
{
    World   w = world(a);
    Outcome out;
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"One\"}}");
    CHECK_OK(change(&w, a, EDITOR, patch(a, "n", 1, "{\"name\":{\"en\":\"Two\"}}"), &out, &err));
    Change publish = { .what = CHANGE_STATE, .target = S("n"), .based_on = 2, .state = STATE_PUBLISHED };
    CHECK_OK(change(&w, a, PUBLISHER, publish, &out, &err));
    static const struct {
        ReaderKind who;
        size_t     n;
    } table[] = { { NOBODY, 2 }, { OTHER, 2 }, { CAEC_READER, 3 }, { PROGRAM, 3 } };
    for (size_t i = 0; i < 4; i++) {
        Snapshot *s = snapshot_open(w.node, &w.readers[table[i].who], S("en"));
        Record   *history, version;
        size_t    n;
        CHECK_OK(record_history(s, a, S("note"), S("n"), &history, &n, &err));
        CHECK_EQ_INT(n, table[i].n);
        CHECK_EQ_INT(history[0].version, 3);
        CHECK_EQ_INT(record_version(s, a, S("note"), S("n"), 2, &version, &err), table[i].n == 3);
        snapshot_close(s);
    }
    node_close(w.node);
}

TEST("a title falls back visibly to another language")
{
    World  w = world(a);
    Record r;
    nodes_create(w.node, a, "note", "n", "public", STATE_PUBLISHED, "{\"name\":{\"th\":\"ก\",\"zh-Hant\":\"甲\"}}");
    CHECK(read_as(&w, a, NOBODY, "n", &r));
    static const struct {
        const char *lang, *title, *in;
    } table[] = {
        { "th", "ก", "th" },
        { "zh", "甲", "zh-Hant" },
        { "zh-Hans", "甲", "zh-Hant" },
        { "fr", "ก", "th" },
    };
    for (size_t i = 0; i < 4; i++) {
        Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], str_of(table[i].lang));
        Card      card, again;
        Str       lang;
        card_of(s, a, &r, &card);
        CHECK_STR(card.title, table[i].title);
        CHECK_STR(card.title_lang, table[i].in);
        CHECK_OK(card_read(s, a, r.id, &again, &err));
        CHECK_STR(again.title, table[i].title);
        CHECK_STR(text_pick(s, json_get(r.doc, "name"), &lang), table[i].title);
        CHECK_STR(lang, table[i].in);
        snapshot_close(s);
    }
    node_close(w.node);
}
