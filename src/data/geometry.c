/* See geometry.h. */
#include "data/geometry.h"

#include <math.h>

/* How deep the lists of positions lie: 0 a position. */
static const struct {
    const char *name;
    int         depth;
    bool        area;
} types[] = {
    { "Point", 0, false },
    { "MultiPoint", 1, false },
    { "LineString", 1, false },
    { "MultiLineString", 2, false },
    { "Polygon", 2, true },
    { "MultiPolygon", 3, true },
};
#define TYPE_COUNT (sizeof types / sizeof *types)

const Column *geometry_column(const Column *columns, size_t n)
{
    const Column *found = columns_find(columns, n, S(GEOMETRY_COLUMN));
    return found && found->type == COLUMN_STRING && found->role == ROLE_OF_PLACE ? found : NULL;
}

static size_t type_of(const Json *geometry)
{
    size_t i = 0;
    while (i < TYPE_COUNT && !str_eq_z(json_get_text(geometry, "type"), types[i].name)) i++;
    return i;
}

static bool is_collection(const Json *geometry)
{
    return str_eq_z(json_get_text(geometry, "type"), "GeometryCollection");
}

static bool are_positions(const Json *list, int depth)
{
    size_t      i;
    const Json *one;
    if (!json_is_array(list) || (depth == 0 && json_array_size(list) < 2)) return false;
    json_array_foreach(list, i, one) if (depth
                                             ? !are_positions(one, depth - 1)
                                             : !json_is_number(one) ||
                                                   !isfinite(json_number_value(one))) return false;
    return true;
}

static bool is_geometry(const Json *geometry)
{
    const Json *list = json_get(geometry, "geometries"), *one;
    size_t      i, type = type_of(geometry);
    if (type < TYPE_COUNT) return are_positions(json_get(geometry, "coordinates"), types[type].depth);
    if (!is_collection(geometry) || !json_is_array(list)) return false;
    json_array_foreach(list, i, one) if (!is_geometry(one)) return false;
    return true;
}

Json *geometry_read(Arena *a, Str text)
{
    Json *geometry;
    Err   why = { 0 };
    return str_starts(text, S("{")) && json_read(a, text, &geometry, &why) && is_geometry(geometry) ? geometry : NULL;
}

/* ---- against a box that does not cross the 180th meridian ---- */

typedef struct {
    double x, y;
} Position;

static Position position_of(const Json *list)
{
    return (Position){ json_number_value(json_array_get(list, 0)), json_number_value(json_array_get(list, 1)) };
}

/* Keep of the stretch [from, to] of a line what lies on the right side of an edge (Liang and Barsky). */
static bool clip(double step, double room, double *from, double *to)
{
    if (step == 0) return room >= 0;
    double at = room / step;
    if (step < 0 && at > *from) *from = at;
    if (step > 0 && at < *to) *to = at;
    return *from <= *to;
}

static bool line_meets(Position p, Position q, const Box *b)
{
    double from = 0, to = 1, dx = q.x - p.x, dy = q.y - p.y;
    return clip(-dx, p.x - b->west, &from, &to) && clip(dx, b->east - p.x, &from, &to) &&
           clip(-dy, p.y - b->south, &from, &to) && clip(dy, b->north - p.y, &from, &to);
}

static bool path_meets(const Json *path, const Box *b)
{
    size_t n = json_array_size(path);
    for (size_t i = 0; i < n; i++) {
        Position p = position_of(json_array_get(path, i));
        if (line_meets(p, i + 1 < n ? position_of(json_array_get(path, i + 1)) : p, b)) return true;
    }
    return false;
}

/* Is the position inside a ring: does a ray from it to the east cross the ring an odd number of times? */
static bool ring_crossed(const Json *ring, Position at)
{
    size_t n = json_array_size(ring);
    bool   odd = false;
    for (size_t i = 0; i < n; i++) {
        Position p = position_of(json_array_get(ring, i)), q = position_of(json_array_get(ring, (i + 1) % n));
        if ((p.y > at.y) != (q.y > at.y) && at.x < (q.x - p.x) * (at.y - p.y) / (q.y - p.y) + p.x) odd = !odd;
    }
    return odd;
}

/* No ring comes into the box: then it lies inside as a whole, or in a hole, or outside. */
static bool area_has(const Json *rings, Position corner)
{
    size_t      i;
    const Json *ring;
    bool        inside = false;
    json_array_foreach(rings, i, ring) inside ^= ring_crossed(ring, corner);
    return inside;
}

static bool list_meets(const Json *list, int depth, bool path, bool area, const Box *b)
{
    size_t      i;
    const Json *one;
    if (depth == 0) {
        Position p = position_of(list);
        return line_meets(p, p, b);
    }
    if (depth == 1 && path) return path_meets(list, b);
    json_array_foreach(list, i, one) if (list_meets(one, depth - 1, path, area, b)) return true;
    return depth == 2 && area && area_has(list, (Position){ b->west, b->south });
}

static bool meets(const Json *geometry, const Box *b)
{
    size_t      i, type = type_of(geometry);
    const Json *one;
    if (type < TYPE_COUNT) {
        bool points = str_eq_z(str_of(types[type].name), "MultiPoint");
        return list_meets(json_get(geometry, "coordinates"), types[type].depth, !points, types[type].area, b);
    }
    json_array_foreach(json_get(geometry, "geometries"), i, one) if (meets(one, b)) return true;
    return false;
}

bool geometry_meets(const Json *geometry, Box box)
{
    if (box.west <= box.east) return meets(geometry, &box);
    Box east = { box.west, box.south, 180, box.north }, west = { -180, box.south, box.east, box.north };
    return meets(geometry, &east) || meets(geometry, &west);
}

/* ---- in another system ---- */

static Json *moved(Arena *a, const Json *list, Crs crs)
{
    Json       *out = json_array_make(a);
    const Json *one;
    size_t      i;
    double      at[2];
    bool        position = json_is_number(json_array_get(list, 0));
    if (position) {
        Position p = position_of(list);
        crs_put(crs, p.x, p.y, at);
    }
    json_array_foreach(list, i, one)
    {
        if (!position) json_add_value(out, moved(a, one, crs));
        else if (i < 2) json_add_taken(out, json_real(at[i]));
        else json_add_value(out, (Json *)one); /* a height */
    }
    return out;
}

static Json *geometry_moved(Arena *a, const Json *geometry, Crs crs)
{
    Json       *out = json_object_make(a), *list = json_array_make(a);
    const Json *one;
    size_t      i;
    json_put_text(out, "type", json_get_text(geometry, "type"));
    if (!is_collection(geometry)) {
        json_put_value(out, "coordinates", moved(a, json_get(geometry, "coordinates"), crs));
        return out;
    }
    json_array_foreach(json_get(geometry, "geometries"), i, one) json_add_value(list, geometry_moved(a, one, crs));
    json_put_value(out, "geometries", list);
    return out;
}

void geometry_put(Buf *out, const Json *geometry, Crs crs)
{
    Arena *a = arena_open(0);
    json_put(out, crs == CRS_84 ? geometry : geometry_moved(a, geometry, crs));
    arena_close(a);
}
