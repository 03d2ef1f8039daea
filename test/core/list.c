#include "core/list.h"

#include <string.h>

#include "nodes.h"

/* Random notes of every audience, state and facet; every answer is compared with a scan of all of them
   as the program reads them. */
#define NOTES 160

typedef struct {
    const char *folder;
    Node       *node;
    Reader      readers[READER_KINDS];
    Str         tags[3];
    unsigned    seed;
} World;

static unsigned dice(World *w, unsigned n)
{
    w->seed = w->seed * 1103515245 + 12345;
    return (w->seed >> 8) % n;
}

static const char *const audiences[] = { "public", "signed-in", "own", "framework:mekong", "framework:other" };
static const char *const colours[] = { "red", "green", "blue" };
static const char *const words[] = { "river", "forest", "monsoon", "mangrove" };

static Json *random_doc(World *w, Arena *a)
{
    Json *doc = json_object_make(a), *name = json_object_make(a);
    json_put_text(name, "en", str_format(a, "%c%u %s", 'A' + (char)dice(w, 26), dice(w, 50), words[dice(w, 4)]));
    json_put_value(doc, "name", name);
    if (dice(w, 4)) json_put_text(doc, "colour", str_of(colours[dice(w, 3)]));
    if (dice(w, 4)) json_put_integer(doc, "size", dice(w, 4));
    if (dice(w, 3)) json_put_text(doc, "start", str_format(a, "20%02u-%02u", dice(w, 30), 1 + dice(w, 12)));
    Json *tags = json_array_make(a);
    for (int i = 0; i < 3; i++)
        if (dice(w, 2)) json_add_text(tags, w->tags[i]);
    if (json_array_size(tags)) json_put_value(doc, "tags", tags);
    return doc;
}

/* A few are drafts, some published ones have a draft over them, some are withdrawn. */
static void random_note(World *w, Arena *a, int i)
{
    Outcome out;
    Err     err = { 0 };
    Change  c = { .what = CHANGE_CREATE,
                  .who = &w->readers[PROGRAM],
                  .kind = S("note"),
                  .slug = str_format(a, "n%d", i),
                  .owner = str_of(dice(w, 4) ? "caec" : "other"),
                  .audience = str_of(audiences[dice(w, 3) ? 0 : dice(w, 5)]),
                  .state = dice(w, 6) ? STATE_PUBLISHED : STATE_DRAFT,
                  .doc = random_doc(w, a) };
    check_ok(record_change(w->node, a, &c, &out, &err), &err, __FILE__, __LINE__, "create");
    c = (Change){ .who = c.who, .kind = c.kind, .target = c.slug, .based_on = 1, .note = S("why") };
    if (dice(w, 8) == 0) c.what = CHANGE_WITHDRAW;
    else if (dice(w, 4) == 0)
        c = (Change){ .what = CHANGE_REPLACE,
                      .who = c.who,
                      .kind = c.kind,
                      .target = c.target,
                      .based_on = 1,
                      .state = (State)dice(w, 3),
                      .state_given = true,
                      .doc = random_doc(w, a) };
    else return;
    check_ok(record_change(w->node, a, &c, &out, &err), &err, __FILE__, __LINE__, "change");
}

static World random_world(Arena *a, unsigned seed)
{
    World w = { .folder = nodes_make(a), .seed = seed };
    w.node = nodes_open(w.folder);
    nodes_readers(a, w.readers);
    w.tags[0] = nodes_create(w.node, a, "tag", "t0", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"T0\"}}");
    w.tags[1] = nodes_create(w.node, a, "tag", "t1", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"T1\"}}");
    w.tags[2] = nodes_create(w.node, a, "tag", "t2", "own", STATE_PUBLISHED, "{\"name\":{\"en\":\"T2\"}}");
    for (int i = 0; i < NOTES; i++) random_note(&w, a, i);
    return w;
}

/* What a reader should see of note i, by reading it alone. */
static bool scan(Snapshot *s, Arena *a, int i, Record *out)
{
    return record_read(s, a, S("note"), str_format(a, "n%d", i), out, NULL) && out->state != STATE_WITHDRAWN;
}

static bool has_value(Arena *a, const Record *r, Str field, Str value)
{
    if (str_eq(field, S("owner"))) return str_eq(r->owner, value);
    if (str_eq(field, S("state"))) return str_eq_z(value, state_name(r->state));
    Json *v = json_at(r->doc, str_format(a, "/%.*s", STR_ARG(field)));
    if (json_is_integer(v)) return str_eq(str_format(a, "%lld", (long long)json_integer_value(v)), value);
    if (json_is_string(v)) return str_eq(json_text(v), value);
    for (size_t i = 0; i < json_array_size(v); i++)
        if (str_eq(json_text(json_array_get(v, i)), value)) return true;
    return false;
}

static bool passes(Arena *a, const Record *r, const Filter *filters, size_t n, Str but)
{
    for (size_t i = 0; i < n; i++) {
        bool any = str_eq(filters[i].field, but);
        for (size_t j = 0; j < n; j++)
            any |= str_eq(filters[i].field, filters[j].field) && has_value(a, r, filters[j].field, filters[j].value);
        if (!any) return false;
    }
    return true;
}

static void check_facets(World *w, Snapshot *s, Arena *a, const Question *q, const Answer *answer)
{
    for (size_t f = 0; f < answer->facet_count; f++)
        for (size_t v = 0; v < answer->facets[f].value_count; v++) {
            uint64_t expected = 0;
            for (int i = 0; i < NOTES; i++) {
                Record r;
                expected += scan(s, a, i, &r) && passes(a, &r, q->filters, q->filter_count, answer->facets[f].field) &&
                            has_value(a, &r, answer->facets[f].field, answer->facets[f].values[v].value);
            }
            CHECK_EQ_INT(answer->facets[f].values[v].count, expected);
            bool is_tag = str_eq(answer->facets[f].field, S("tags"));
            CHECK_EQ_INT(answer->facets[f].values[v].label.len > 0, is_tag);
            CHECK(!is_tag || !str_eq(answer->facets[f].values[v].value, w->tags[2]) ||
                  audience_allows(snapshot_reader(s), S("org:caec")));
        }
}

TEST("totals, items and facets are what a scan of the records finds, for every reader and filter")
{
    World  w = random_world(a, 41);
    Filter filters[][3] = {
        { { S("colour"), S("red") } },
        { { S("colour"), S("red") }, { S("colour"), S("blue") }, { S("size"), S("1") } },
        { { S("tags"), w.tags[0] }, { S("colour"), S("green") } },
        { { S("owner"), S("other") } },
        { { S("state"), S("draft") }, { S("size"), S("2") } },
    };
    static const size_t counts[] = { 1, 3, 2, 1, 2 };
    for (int who = 0; who < READER_KINDS; who++)
        for (size_t f = 0; f <= 5; f++) {
            Snapshot *s = snapshot_open(w.node, &w.readers[who], S("en"));
            Question  q = { .kind = S("note"), .limit = LIST_LIMIT_MAX, .with_facets = true };
            if (f < 5) q.filters = filters[f], q.filter_count = counts[f];
            Answer   answer;
            uint64_t expected = 0, listed = 0;
            CHECK_OK(list_ask(s, a, &q, &answer, &err));
            for (int i = 0; i < NOTES; i++) {
                Record r;
                if (!scan(s, a, i, &r) || !passes(a, &r, q.filters, q.filter_count, S("-"))) continue;
                expected++;
                for (size_t at = 0; at < answer.item_count; at++)
                    listed += str_eq(answer.items[at].card.id, r.id) && answer.items[at].card.state == r.state;
            }
            CHECK_EQ_INT(answer.total, expected);
            CHECK_EQ_INT(answer.item_count, expected);
            CHECK_EQ_INT(listed, expected);
            CHECK(answer.facet_count >= 3 || expected == 0);
            check_facets(&w, s, a, &q, &answer);
            snapshot_close(s);
        }
    node_close(w.node);
}

TEST("pages in every order hold each record once, in order")
{
    World                    w = random_world(a, 43);
    static const char *const sorts[] = { "updated", "-updated", "created", "-created",
                                         "title", "-title", "start", "-start" };
    for (size_t i = 0; i < 8; i++) {
        Snapshot *s = snapshot_open(w.node, &w.readers[EDITOR], S("en"));
        Question  q = { .kind = S("note"), .limit = 7, .sort = str_of(sorts[i]) };
        Answer    answer;
        uint64_t  met = 0, pages = 0;
        Str       before = STR_NONE;
        int64_t   before_ms = 0;
        do {
            CHECK_OK(list_ask(s, a, &q, &answer, &err));
            for (size_t n = 0; n < answer.item_count; n++, met++) {
                const Card *card = &answer.items[n].card;
                int         sign = sorts[i][0] == '-' ? -1 : 1;
                if (met > 0 && strstr(sorts[i], "updated")) CHECK((card->updated_ms - before_ms) * sign >= 0);
                if (met > 0 && strstr(sorts[i], "title")) CHECK((before.at[0] - card->title.at[0]) * sign <= 0);
                before = card->title;
                before_ms = card->updated_ms;
            }
            q.after = answer.next;
        } while (answer.next.len && ++pages < NOTES);
        CHECK_EQ_INT(met, answer.total);
        snapshot_close(s);
    }
    node_close(w.node);
}

TEST("the entries of a list are all of it in its order, and hold what it was when later changes came")
{
    World     w = random_world(a, 44);
    Snapshot *s = snapshot_open(w.node, &w.readers[PUBLISHER], S("en"));
    Question  q = { .kind = S("note"), .sort = S("title"), .limit = LIST_LIMIT_MAX },
             all = { .kind = S("note"), .sort = S("title") };
    Answer    answer;
    uint64_t *entries, *few;
    size_t    n, n_few, wrong = 0;
    CHECK_OK(list_ask(s, a, &q, &answer, &err));
    CHECK_OK(list_entries(s, a, &all, &entries, &n, &err));
    all.limit = 3;
    CHECK_OK(list_entries(s, a, &all, &few, &n_few, &err));
    snapshot_close(s);
    CHECK_EQ_INT(n_few, 3);
    CHECK_EQ_INT(n, answer.total);
    for (size_t i = 0; i < n; i++) {
        Change  change = { .what = CHANGE_WITHDRAW,
                           .who = &w.readers[PROGRAM],
                           .kind = S("note"),
                           .target = answer.items[i].card.id,
                           .note = S("gone") };
        Outcome outcome;
        if (i < 5) {
            s = snapshot_open(w.node, &w.readers[PUBLISHER], S("en"));
            Record now;
            CHECK_OK(record_read_id(s, a, change.target, &now, &err));
            snapshot_close(s);
            change.based_on = now.version;
            CHECK_OK(record_change(w.node, a, &change, &outcome, &err));
        }
    }
    s = snapshot_open(w.node, &w.readers[PUBLISHER], S("en"));
    for (size_t i = 0; i < n; i++) {
        Record r;
        CHECK_OK(record_at(s, a, entries[i], &r, &err));
        wrong += !str_eq(r.id, answer.items[i].card.id) || r.state == STATE_WITHDRAWN ||
                 !str_eq(json_get_text(json_get(r.doc, "name"), "en"), answer.items[i].card.title);
    }
    CHECK_EQ_INT(wrong, 0);
    snapshot_close(s);
    node_close(w.node);
}

TEST("words narrow a list, its facets and its totals, and what is hidden is not found")
{
    World w = random_world(a, 47);
    for (int who = 0; who < READER_KINDS; who++) {
        Snapshot *s = snapshot_open(w.node, &w.readers[who], S("en"));
        Filter    blue = { S("colour"), S("blue") };
        Question  q = { .kind = S("note"), .q = S("mangrove"), .limit = LIST_LIMIT_MAX, .with_facets = true };
        for (q.filter_count = 0; q.filter_count < 2; q.filter_count++) {
            Answer   answer;
            uint64_t expected = 0, blues = 0;
            q.filters = &blue;
            CHECK_OK(list_ask(s, a, &q, &answer, &err));
            for (int i = 0; i < NOTES; i++) {
                Record r;
                if (!scan(s, a, i, &r) || !str_has(json_get_text(json_get(r.doc, "name"), "en"), S("mangrove")))
                    continue;
                bool is_blue = has_value(a, &r, S("colour"), S("blue"));
                blues += is_blue;
                expected += is_blue || q.filter_count == 0;
            }
            CHECK_EQ_INT(answer.total, expected);
            CHECK_EQ_INT(answer.item_count, expected);
            for (size_t i = 0; i < answer.item_count; i++) CHECK(str_has(answer.items[i].excerpt, S("<mark>")));
            for (size_t f = 0; f < answer.facet_count; f++)
                for (size_t v = 0; v < answer.facets[f].value_count; v++)
                    if (str_eq(answer.facets[f].values[v].value, S("blue"))) {
                        CHECK_EQ_INT(answer.facets[f].values[v].count, blues);
                        CHECK_EQ_INT(answer.facets[f].values[v].chosen, q.filter_count == 1);
                    }
        }
        snapshot_close(s);
    }
    node_close(w.node);
}

/* The notes are in English; two of another language come in addition. */
TEST("a language narrows a search to the records that have a text in it, exactly, and languages are counted")
{
    World w = random_world(a, 61);
    for (int i = 0; i < 2; i++) {
        Outcome out;
        Json   *doc;
        CHECK_OK(json_read(a,
                           i ? S("{\"name\":{\"fr\":\"La mangrove\"}}")
                             : S("{\"name\":{\"en\":\"Mangrove\",\"zh-Hant\":\"紅樹林\",\"fr\":\"Mangrove\"}}"),
                           &doc, &err));
        Change c = { .what = CHANGE_CREATE,
                     .who = &w.readers[PROGRAM],
                     .kind = S("note"),
                     .slug = str_format(a, "french-%d", i),
                     .owner = S("caec"),
                     .audience = S("public"),
                     .state = STATE_PUBLISHED,
                     .doc = doc };
        CHECK_OK(record_change(w.node, a, &c, &out, &err));
    }
    Snapshot *s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    Question  q = { .kind = S("note"), .q = S("mangrove"), .limit = 100, .with_facets = true, .with_langs = true };
    Answer    all, narrow;
    CHECK_OK(list_ask(s, a, &q, &all, &err));
    static const struct {
        const char *lang;
        int         total; /* -1: all but one */
    } cases[] = { { "fr", 2 }, { "FR", 2 }, { "zh", 1 }, { "zh-Hant", 1 }, { "th", 0 }, { "en", -1 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        q.q_lang = str_of(cases[i].lang);
        CHECK_OK(list_ask(s, a, &q, &narrow, &err));
        CHECK_EQ_INT(narrow.total, cases[i].total < 0 ? (int)all.total - 1 : cases[i].total);
        CHECK_EQ_INT(narrow.item_count, narrow.total);
    }
    const Facet *langs = &all.facets[all.facet_count - 1];
    CHECK_STR(langs->field, "lang");
    CHECK_EQ_INT(langs->value_count, 3);
    CHECK_STR(langs->values[0].value, "en");
    CHECK_EQ_INT(langs->values[0].count, all.total - 1);
    CHECK_STR(langs->values[1].value, "fr");
    CHECK_EQ_INT(langs->values[1].count, 2);
    snapshot_close(s);
    node_close(w.node);
}

TEST("a question that cannot be answered says what can")
{
    World     w = random_world(a, 53);
    Snapshot *s = snapshot_open(w.node, &w.readers[NOBODY], S("en"));
    Answer    answer;
    Filter    filter = { S("weight"), S("1") };
    Question  q = { .kind = S("note"), .limit = 10, .filters = &filter, .filter_count = 1 };
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
    CHECK(strstr(err.text, "colour") != NULL);
    filter.field = S("name");
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
    q.filter_count = 0;
    q.sort = S("weight");
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
    q.sort = S("");
    q.limit = LIST_LIMIT_MAX + 1;
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
    q.limit = 0;
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_INVALID);
    q = (Question){ .kind = S("nothing"), .limit = 1 };
    CHECK_ERR(list_ask(s, a, &q, &answer, &err), ERR_NOT_FOUND);
    snapshot_close(s);
    node_close(w.node);
}

TEST("all kinds together are counted by kind, and a filter may be given by slug")
{
    World     w = random_world(a, 59);
    Snapshot *s = snapshot_open(w.node, &w.readers[PROGRAM], S("en"));
    Question  all = { .limit = 5, .with_facets = true }, notes = { .kind = S("note"), .limit = 1 };
    Answer    answer, of_notes, by_slug;
    CHECK_OK(list_ask(s, a, &all, &answer, &err));
    CHECK_OK(list_ask(s, a, &notes, &of_notes, &err));
    CHECK_EQ_INT(answer.total, of_notes.total + 3);
    CHECK_STR(answer.facets[0].field, "kind");
    CHECK_STR(answer.facets[0].values[0].value, "note");
    CHECK_EQ_INT(answer.facets[0].values[0].count, of_notes.total);
    Filter   id = { S("tags"), w.tags[1] }, slug = { S("tags"), S("t1") };
    Question by = { .kind = S("note"), .limit = 1, .filters = &id, .filter_count = 1 };
    CHECK_OK(list_ask(s, a, &by, &answer, &err));
    by.filters = &slug;
    CHECK_OK(list_ask(s, a, &by, &by_slug, &err));
    CHECK(answer.total > 0);
    CHECK_EQ_INT(by_slug.total, answer.total);
    by.kind = S("");
    CHECK_OK(list_ask(s, a, &by, &by_slug, &err));
    CHECK_EQ_INT(by_slug.total, answer.total);
    snapshot_close(s);
    node_close(w.node);
}

TEST("suggestions are titles that start with what is typed, then those with its words")
{
    World w = { .folder = nodes_make(a) };
    w.node = nodes_open(w.folder);
    nodes_readers(a, w.readers);
    nodes_create(w.node, a, "note", "a", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Clean air\"}}");
    nodes_create(w.node, a, "note", "b", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Air we clean\"}}");
    nodes_create(w.node, a, "note", "c", "own", STATE_PUBLISHED, "{\"name\":{\"en\":\"Clean secret\"}}");
    nodes_create(w.node, a, "tag", "d", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Clean tag\"}}");
    static const struct {
        ReaderKind  who;
        const char *kind, *typed, *slugs;
    } table[] = {
        { NOBODY, "note", "cle", "a b" },
        { NOBODY, "note", "CLEAN A", "a b" },
        { NOBODY, "", "cle", "a d b" },
        { EDITOR, "note", "cle", "a c b" },
        { NOBODY, "note", "zebra", "" },
        { NOBODY, "note", " ", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Snapshot *s = snapshot_open(w.node, &w.readers[table[i].who], S("en"));
        Card     *cards;
        size_t    n;
        CHECK_OK(list_suggest(s, a, str_of(table[i].typed), str_of(table[i].kind), 5, &cards, &n, &err));
        Buf *slugs = buf_open(a);
        for (size_t c = 0; c < n; c++) buf_putf(slugs, "%s%.*s", c ? " " : "", STR_ARG(cards[c].slug));
        CHECK_STR(buf_str(slugs), table[i].slugs);
        snapshot_close(s);
    }
    node_close(w.node);
}
