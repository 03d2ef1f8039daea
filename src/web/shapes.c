#include "web/shapes.h"

#include <pthread.h>
#include <string.h>

#include "base/file.h"

#define MAP_BYTES_MAX ((size_t)2 << 20)

/* The settings of a node name one of assets/maps/; another takes the place of the one that was read. */
static struct {
    pthread_mutex_t lock;
    Arena          *arena;
    Json           *shapes;
    char            path[512];
} drawn = { .lock = PTHREAD_MUTEX_INITIALIZER };

Str map_view_name(Node *node)
{
    Str name = json_get_text(node_settings(node), "map_view");
    return name.len ? name : S("visionscarto");
}

bool map_shapes(Node *node, Arena *a, const Json **out, Err *err)
{
    Str  name = map_view_name(node);
    Str  file = str_format(a, "%s/assets/maps/%.*s.json", node_share(node), STR_ARG(name));
    Str  text;
    bool ok = true;
    pthread_mutex_lock(&drawn.lock);
    if (!drawn.shapes || !str_eq_z(file, drawn.path)) {
        if (!drawn.arena) drawn.arena = arena_open(0);
        if (str_has(name, S("/"))) ok = fail(err, ERR_USAGE, "map_view \"%.*s\" is no name of a map", STR_ARG(name));
        ok = ok && file_read(a, file.at, MAP_BYTES_MAX, &text, err) &&
             json_read(drawn.arena, text, &drawn.shapes, err);
        if (ok && file.len < sizeof drawn.path) memcpy(drawn.path, file.at, file.len + 1);
    }
    *out = drawn.shapes;
    pthread_mutex_unlock(&drawn.lock);
    return ok || fail_in(err, "map");
}
