/* A node with an organisation, to import into. */
#ifndef BANYAN_TEST_DATA_IMPORT_WORLD_H
#define BANYAN_TEST_DATA_IMPORT_WORLD_H

#include "base/file.h"
#include "data/import.h"
#include "store/files.h"

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

/* The file at `path`, by that name, into the dataset `rivers`. */
static inline bool world_import(World *w, Arena *a, const char *path, const char *name, Imported *out, Err *err)
{
    ImportOptions o = {
        .who = &w->who, .dataset = S("rivers"), .owner = S("caec"), .name = str_of(name), .state = STATE_PUBLISHED
    };
    return import_file(w->data, a, path, &o, NULL, NULL, out, err);
}

static inline const char *file_of_bytes(Arena *a, Str bytes)
{
    const char *path = path_join(a, str_of(test_folder(a)), S("file.csv")).at;
    Err         err = { 0 };
    check_ok(file_replace(path, bytes, 0644, &err), &err, __FILE__, __LINE__, "write the file");
    return path;
}

static inline const char *file_of(Arena *a, const char *text)
{
    return file_of_bytes(a, str_of(text));
}

/* The only value of a question to the part, whose table is called `t`. */
static inline DuckValue ask(World *w, Arena *a, Str part, const char *select)
{
    Err       err = { 0 };
    Duck     *duck;
    DuckRun  *run;
    Str       path;
    DuckValue value = { 0 };
    if (!check_ok(files_find(data_parts(w->data), a, part, &path, &err) && data_engine(w->data, &duck, &err) &&
                      duck_run_open(duck, &run, &err),
                  &err, __FILE__, __LINE__, "the part"))
        return value;
    bool ok = duck_ask_one(run, a, str_format(a, "WITH t AS (FROM read_parquet('%s')) %s", path.at, select), NULL, 0,
                           &value, &err);
    check_ok(ok, &err, __FILE__, __LINE__, select);
    duck_run_close(run);
    return value;
}

static inline size_t left_over(World *w, Arena *a)
{
    Str        *names;
    size_t      n = 0;
    Err         err;
    const char *folder = str_format(a, "%s/tmp", data_parts(w->data)).at;
    return path_exists(folder) && folder_list(a, folder, &names, &n, &err) ? n : 0;
}

#endif
