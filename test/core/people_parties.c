/* Which frameworks an organisation belongs to, with the product's own kinds. */
#include "core/people_parties.h"

#include "base/file.h"
#include "nodes.h"

static Node *node_with_real_kinds(Arena *a)
{
    Err         err = { 0 };
    Node       *node;
    const char *folder = path_join(a, str_of(test_folder(a)), S("node")).at;
    NodeOptions options = { .share = S(".") };
    CHECK_OK(node_init(folder, nodes_json(a, "{\"name\":\"parties.test\"}"), &err));
    CHECK_OK(node_open(folder, &options, &node, &err));
    nodes_create(node, a, "organisation", "caec", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"The owner\"},\"type\":\"agency\"}");
    return arena_adopt(a, node, (void (*)(void *))node_close);
}

/* Slugs of the frameworks, parted by spaces. */
static Str frameworks_of(Parties *parties, Arena *a, const char *organisation)
{
    Str   *slugs;
    size_t n = parties_of(parties, a, str_of(organisation), &slugs);
    return n ? str_join_with(a, S(" "), slugs, n) : S("");
}

static Str make(Node *node, Arena *a, const char *kind, const char *slug, const char *doc)
{
    return nodes_create(node, a, kind, slug, "public", STATE_PUBLISHED, doc);
}

TEST("an organisation belongs to the frameworks of its country and to those it serves, as published")
{
    Node    *node = node_with_real_kinds(a);
    Parties *parties = arena_adopt(a, parties_open(node), (void (*)(void *))parties_close);
    make(node, a, "country", "", "{\"code\":\"TH\"}");
    make(node, a, "country", "", "{\"code\":\"JP\"}");
    make(node, a, "organisation", "pcd", "{\"name\":{\"en\":\"PCD\"},\"type\":\"agency\",\"country\":\"TH\"}");
    Str desk = make(node, a, "organisation", "desk", "{\"name\":{\"en\":\"Desk\"},\"type\":\"secretariat\"}");
    CHECK_STR(frameworks_of(parties, a, "pcd"), "");

    make(node, a, "framework", "pact",
         str_format(
             a, "{\"name\":{\"en\":\"Pact\"},\"parties\":[\"TH\"],\"secretariat\":{\"organisations\":[\"%.*s\"]}}",
             STR_ARG(desk))
             .at);
    make(node, a, "framework", "others", "{\"name\":{\"en\":\"Others\"},\"parties\":[\"JP\"]}");
    CHECK_STR(frameworks_of(parties, a, "pcd"), "pact"); /* at once: the answer from before is not kept */
    CHECK_STR(frameworks_of(parties, a, "pcd"), "pact");
    CHECK_STR(frameworks_of(parties, a, "desk"), "pact");
    CHECK_STR(frameworks_of(parties, a, "nobody-knows"), "");
}

TEST("a framework that is only drafted, or that not every signed-in reader may see, admits nobody")
{
    Node       *node = node_with_real_kinds(a);
    Parties    *parties = arena_adopt(a, parties_open(node), (void (*)(void *))parties_close);
    const char *doc = "{\"name\":{\"en\":\"F\"},\"parties\":[\"TH\"]}";
    make(node, a, "country", "", "{\"code\":\"TH\"}");
    make(node, a, "organisation", "pcd", "{\"name\":{\"en\":\"PCD\"},\"type\":\"agency\",\"country\":\"TH\"}");
    nodes_create(node, a, "framework", "drafted", "public", STATE_DRAFT, doc);
    nodes_create(node, a, "framework", "internal", "own", STATE_PUBLISHED, doc);
    CHECK_STR(frameworks_of(parties, a, "pcd"), "");
    nodes_create(node, a, "framework", "among-us", "signed-in", STATE_PUBLISHED, doc);
    CHECK_STR(frameworks_of(parties, a, "pcd"), "among-us");
}
