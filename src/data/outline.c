/* Lines of positions, each with its box; those of one polygon, holes and all, have the same number. */
#include "data/outline.h"

#include <math.h>

#include "data/earth.h"

#define NO_AREA      0
#define DEGREES_MOST 1000.0F

typedef struct {
    float longitude, latitude;
} Spot;

typedef struct {
    float  west, south, east, north;
    Spot  *spots;
    size_t n;
    size_t area; /* whose ring it is; NO_AREA: of none */
} Line;

struct Outline {
    Line  *lines;
    size_t n, room, areas;
};

/* ---- made ---- */

/* What is no place on earth is kept off it. */
static float degrees(const Json *number)
{
    return (float)fmin(fmax(json_number_value(number), -DEGREES_MOST), DEGREES_MOST);
}

static Spot spot_of(const Json *position)
{
    return (Spot){ degrees(json_array_get(position, 0)), degrees(json_array_get(position, 1)) };
}

/* Positions from `from` on; `n` of them. */
static void line_add(Arena *a, Outline *o, const Json *positions, size_t from, size_t n, size_t area)
{
    if (!n) return;
    if (o->n == o->room) {
        o->room = o->room ? 2 * o->room : 4;
        Line *more = NEW_ARRAY(a, Line, o->room);
        for (size_t i = 0; i < o->n; i++) more[i] = o->lines[i];
        o->lines = more;
    }
    Line *line = &o->lines[o->n++];
    *line = (Line){ DEGREES_MOST, DEGREES_MOST, -DEGREES_MOST, -DEGREES_MOST, NEW_ARRAY(a, Spot, n), n, area };
    for (size_t i = 0; i < n; i++) {
        Spot spot = spot_of(json_array_get(positions, from + i));
        line->spots[i] = spot;
        line->west = fminf(line->west, spot.longitude);
        line->east = fmaxf(line->east, spot.longitude);
        line->south = fminf(line->south, spot.latitude);
        line->north = fmaxf(line->north, spot.latitude);
    }
}

static void polygon_add(Arena *a, Outline *o, const Json *rings)
{
    size_t      i;
    const Json *ring;
    o->areas++;
    json_array_foreach(rings, i, ring) line_add(a, o, ring, 0, json_array_size(ring), o->areas);
}

static void geometry_add(Arena *a, Outline *o, const Json *geometry)
{
    Str         type = json_get_text(geometry, "type");
    const Json *list = json_get(geometry, "coordinates"), *one;
    Json       *alone = json_array_make(a);
    size_t      i;
    bool        many = str_starts(type, S("Multi"));
    if (!many && list) json_add_value(alone, (Json *)list);
    json_array_foreach(many ? list : alone, i, one)
    {
        if (str_ends(type, S("Polygon"))) polygon_add(a, o, one);
        else if (str_ends(type, S("LineString"))) line_add(a, o, one, 0, json_array_size(one), NO_AREA);
        else line_add(a, o, many ? list : alone, i, 1, NO_AREA);
    }
    json_array_foreach(json_get(geometry, "geometries"), i, one) geometry_add(a, o, one);
}

Outline *outline_make(Arena *a, const Json *geometry)
{
    Outline *o = NEW(a, Outline);
    geometry_add(a, o, geometry);
    return o->n ? o : NULL;
}

/* ---- asked ---- */

/* The place in the middle, degrees of latitude both ways. */
typedef struct {
    double latitude, longitude, shrink, reach, aside; /* aside: the reach in degrees of longitude, or more */
} Near;

static double distance_squared(const Near *at, Spot p, Spot q)
{
    double px = (p.longitude - at->longitude) * at->shrink, py = p.latitude - at->latitude;
    double dx = (q.longitude - p.longitude) * at->shrink, dy = q.latitude - p.latitude;
    double length = dx * dx + dy * dy;
    double along = length > 0 ? -(px * dx + py * dy) / length : 0;
    along = fmin(fmax(along, 0), 1);
    px += along * dx;
    py += along * dy;
    return px * px + py * py;
}

static bool line_near(const Line *line, const Near *at)
{
    for (size_t i = 0; i < line->n; i++)
        if (distance_squared(at, line->spots[i], line->spots[i + 1 < line->n ? i + 1 : i]) <= at->reach * at->reach)
            return true;
    return false;
}

/* Does a ray to the east cross the ring an odd number of times? */
static bool ring_crossed(const Line *ring, const Near *at)
{
    bool odd = false;
    for (size_t i = 0; i < ring->n; i++) {
        Spot p = ring->spots[i], q = ring->spots[i + 1 < ring->n ? i + 1 : 0];
        if ((p.latitude > at->latitude) == (q.latitude > at->latitude)) continue;
        double share = (at->latitude - p.latitude) / ((double)q.latitude - p.latitude);
        if (at->longitude < p.longitude + share * ((double)q.longitude - p.longitude)) odd = !odd;
    }
    return odd;
}

static bool outline_has(const Outline *o, const Near *at)
{
    bool inside = false;
    for (size_t i = 0; i < o->n; i++) {
        const Line *line = &o->lines[i];
        bool        in_box = at->latitude >= line->south && at->latitude <= line->north &&
                      at->longitude >= line->west && at->longitude <= line->east;
        bool near_box = at->latitude >= line->south - at->reach && at->latitude <= line->north + at->reach &&
                        at->longitude >= line->west - at->aside && at->longitude <= line->east + at->aside;
        if (near_box && line_near(line, at)) return true;
        if (line->area == NO_AREA) continue;
        inside ^= in_box && ring_crossed(line, at);
        bool last = i + 1 == o->n || o->lines[i + 1].area != line->area;
        if (last && inside) return true;
        if (last) inside = false;
    }
    return false;
}

bool outline_near(const Outline *o, double latitude, double longitude, double metres)
{
    double reach = metres / METRES_A_DEGREE;
    double farthest = fmin(fabs(latitude) + reach, 89.99); /* where degrees of longitude are shortest */
    Near   at = { latitude, longitude, cos(latitude * M_PI / 180), reach, reach / cos(farthest * M_PI / 180) };
    for (int turn = -1; turn <= 1; turn++) {
        at.longitude = longitude + turn * 360;
        if (outline_has(o, &at)) return true;
    }
    return false;
}
