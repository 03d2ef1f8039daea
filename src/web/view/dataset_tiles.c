/* What the map of a dataset's rows needs to move where scripts run (assets/map.js), and the links of its cells to their
   rows where they do not. */
#include <math.h>

#include "format/page_words.h"
#include "web/ogc.h"
#include "web/request.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/view/figures.h"

/* The filters of the page as an address has them; `box` takes the place of its own, when there is one. */
static Str filters_text(const Drawing *d, Str box)
{
    static const char *const others[] = { "columns", "group", "aggregate", "order", "limit", "offset" };
    const Request           *req = d->w->req;
    Buf                     *out = buf_open(req->arena);
    for (size_t i = 0; i < req->query_count; i++) {
        const Pair *p = &req->query[i];
        bool        kept = p->value.len > 0 && !is_page_word(p->name) && !(box.len && str_eq_z(p->name, "_bbox"));
        for (size_t k = 0; k < sizeof others / sizeof *others; k++) kept = kept && !str_eq_z(p->name, others[k]);
        if (!kept) continue;
        if (out->len) buf_put_byte(out, '&');
        buf_put(out, percent_make(req->arena, p->name));
        buf_put_byte(out, '=');
        buf_put(out, percent_make(req->arena, p->value));
    }
    if (out->len && box.len) buf_put_byte(out, '&');
    buf_put(out, box);
    return buf_str(out);
}

/* The least and the greatest number of the cell with that middle, as grid() has it: a box holds its edges, but what
   lies on the far edge of a cell is in the next one. */
static void cell_bounds(double middle, double size, double most, double *low, double *high)
{
    double cell = round(middle / size - 0.5);
    *low = cell * size;
    while (floor(*low / size) >= cell) *low = nextafter(*low, -INFINITY);
    while (floor(*low / size) < cell) *low = nextafter(*low, INFINITY);
    *high = (cell + 1) * size;
    while (floor(*high / size) <= cell) *high = nextafter(*high, INFINITY);
    while (floor(*high / size) > cell) *high = nextafter(*high, -INFINITY);
    *low = fmax(*low, -most);
    *high = fmin(*high, most);
}

Str figure_cell_url(const Drawing *d, double latitude, double longitude, double size)
{
    Arena *a = d->w->req->arena;
    Buf   *box = buf_open(a);
    double edges[4];
    cell_bounds(longitude, size, 180, &edges[0], &edges[2]);
    cell_bounds(latitude, size, 90, &edges[1], &edges[3]);
    buf_put_z(box, "_bbox=");
    for (int i = 0; i < 4; i++) {
        if (i) buf_put_byte(box, ',');
        rows_put_number(box, edges[i]);
    }
    return str_join(a, (Str[]){ S("?"), filters_text(d, buf_str(box)), S("#rows") }, 3);
}

/* What the script says. It fills the holes of a message, so these are asked with the names of their holes. */
static Json *words_make(const Drawing *d)
{
    static const struct {
        const char *name, *key, *holes[2];
    } all[] = {
        { "in", "moving.in", { NULL } },
        { "out", "moving.out", { NULL } },
        { "whole", "moving.whole", { NULL } },
        { "list", "moving.list", { NULL } },
        { "one", "moving.one", { NULL } },
        { "none", "moving.none", { NULL } },
        { "failed", "moving.failed", { NULL } },
        { "help", "moving.help", { NULL } },
        { "more", "moving.more", { "count" } },
        { "shown", "moving.shown", { "count" } },
        { "count", "moving.count", { "count" } },
        { "mean", "moving.mean", { "value" } },
        { "row", "moving.row", { "number" } },
        { "at", "moving.at", { "latitude", "longitude" } },
    };
    Arena *a = d->w->req->arena;
    Json  *out = json_object_make(a);
    json_put_text(out, "label", json_get_text(d->out, "title"));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Json *args = json_object_make(a);
        for (size_t k = 0; k < 2 && all[i].holes[k]; k++)
            json_put_text(args, all[i].holes[k], str_format(a, "{%s}", all[i].holes[k]));
        json_put_text(out, all[i].name, say(d->w->req, all[i].key, args));
    }
    return out;
}

void figure_tiles_put(Drawing *d, const double box[4])
{
    Arena         *a = d->w->req->arena;
    const Request *req = d->w->req;
    Str            slug = req->slots[1];
    const Asset   *shapes = req->site->map_world;
    if (!shapes || kind_find(node_kinds(req->node), slug)) return; /* such a collection is called by its record's id */
    Json *tiles = json_object_make(a);
    Str   parts[] = { S(OGC_ROOT "/collections/"), percent_make(a, slug), S("/tiles/" OGC_TILE_SET) };
    json_put_text(tiles, "url", str_join(a, parts, 3));
    json_put_text(tiles, "query", filters_text(d, STR_NONE));
    json_put_text(tiles, "page", path_encode(a, req->path));
    json_put_text(tiles, "shapes", shapes->url);
    json_put_text(tiles, "box", str_format(a, "%.6g,%.6g,%.6g,%.6g", box[0], box[1], box[2], box[3]));
    json_put_text(tiles, "words", json_write(a, words_make(d)));
    json_put_value(d->out, "tiles", tiles);
}
