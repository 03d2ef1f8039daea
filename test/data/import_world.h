/* A node with an organisation, to import into. */
#ifndef BANYAN_TEST_DATA_IMPORT_WORLD_H
#define BANYAN_TEST_DATA_IMPORT_WORLD_H

#include "data/import.h"

#include "../core/nodes.h"

typedef struct {
    Node  *node;
    Data  *data;
    Reader who;
} World;

static inline World world_of(Arena *a, const char *name, const char *settings)
{
    World       w = { .who = { .name = S("system"), .may_write = true, .all = true } };
    Err         err = { 0 };
    const char *folder = str_format(a, "%s/%s", test_folder(a), name).at;
    reader_finish(&w.who, a);
    check_ok(node_init(folder, nodes_json(a, settings), &err) &&
                 node_open(folder, &(NodeOptions){ .share = S(".") }, &w.node, &err) &&
                 data_open(w.node, &w.data, &err),
             &err, __FILE__, __LINE__, "a node");
    nodes_create(w.node, a, "organisation", "caec", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"The owner\"},\"type\":\"agency\"}");
    return w;
}

static inline World world(Arena *a)
{
    return world_of(a, "node", "{\"name\":\"test.example\"}");
}

static inline void world_end(World *w)
{
    data_close(w->data);
    node_close(w->node);
}

#endif
