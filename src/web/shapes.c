/* See shapes.h. */
#include "web/shapes.h"

#include "base/buf.h"
#include "base/diag.h"

/* The frame of scripts/make-maps.js, which places are projected into. */
#define MAP_WIDTH  720
#define MAP_HEIGHT 600

#define USUAL_VIEW "visionscarto"

static Str views_of(const Site *site)
{
    Buf *out = buf_open(site->arena);
    for (size_t i = 0; i < assets_count(site->assets); i++) {
        Str name = assets_at(site->assets, i)->name;
        if (!str_starts(name, S("maps/")) || str_ends(name, S("-world.json"))) continue;
        buf_putf(out, "%s%.*s", buf_str(out).len ? ", " : "",
                 STR_ARG(str_cut_last(str_drop(name, sizeof "maps/" - 1), '.').head));
    }
    return buf_str(out);
}

bool shapes_open(Site *site, Err *err)
{
    Arena *a = site->arena;
    Str    name = json_get_text(node_settings(site->node), "map_view");
    Json  *map;
    bool   wanted = name.len > 0;
    if (!wanted) name = S(USUAL_VIEW);
    const Asset *file = asset_named(site->assets, str_format(a, "maps/%.*s.json", STR_ARG(name)));
    if (!file && !wanted) {
        diag(DIAG_WARN, "no map: %.*s.json is not among the assets", STR_ARG(name));
        return true;
    }
    if (!file)
        return fail(err, ERR_NOT_FOUND,
                    "map_view in node.json: there is no view \"%.*s\"; there are: %.*s",
                    STR_ARG(name), STR_ARG(views_of(site)));
    if (!json_read(a, file->bytes, &map, err))
        return fail_in(err, "map_view in node.json: %.*s.json", STR_ARG(name));
    if (!json_is_array(json_get(map, "countries")) || json_get_integer(map, "width", 0) != MAP_WIDTH ||
        json_get_integer(map, "height", 0) != MAP_HEIGHT)
        return fail(err, ERR_FORMAT, "map_view in node.json: %.*s.json is not a map as scripts/make-maps.js draws it",
                    STR_ARG(name));
    site->map = map;
    site->map_world = asset_named(site->assets, str_format(a, "maps/%.*s-world.json", STR_ARG(name)));
    return true;
}
