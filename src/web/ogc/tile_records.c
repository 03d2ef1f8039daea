/* Tiles of a kind: its records that have a place, as the reader sees them. All of the kind are read for each tile, as
   for its features. */
#include "core/list.h"
#include "format/format.h"
#include "web/ogc_tiles.h"
#include "web/value.h"

#define RECORDS_AT_ONCE 200 /* in an arena of their own */

static const Column says[] = { { .name = S_INIT("id") },
                               { .name = S_INIT("title") },
                               { .name = S_INIT("slug") },
                               { .name = S_INIT("url") } };
#define SAYS (sizeof says / sizeof says[0])

void ogc_records_columns(TileColumns *out)
{
    *out = (TileColumns){ .says_count = SAYS };
    for (size_t i = 0; i < SAYS; i++) out->says[i] = &says[i];
}

static void record_add(Request *req, Arena *one, Snapshot *s, const Kind *kind, const Record *r, TileAt at, Tile *tile)
{
    const Json *place = format_place(kind, one, r->doc);
    Card        card;
    if (!place) return;
    card_of(s, one, r, &card);
    Str url = str_join(one, (Str[]){ req->site->base_url, record_url(one, kind->name, r->slug) }, 2);
    tile_point_add(tile, req->arena, at, json_get_number(place, "lat", 0), json_get_number(place, "lon", 0),
                   (int64_t)r->index + 1,
                   (DuckValue[SAYS]){ DUCK_TEXT_OF(r->id), DUCK_TEXT_OF(card.title), DUCK_TEXT_OF(r->slug),
                                      DUCK_TEXT_OF(url) },
                   SAYS);
}

static bool some_records(Request *req, const Kind *kind, const uint64_t *entries, size_t n,
                         TileAt at, Tile *tile, Err *err)
{
    Arena    *one = arena_open(0);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        Record r;
        ok = record_at(s, one, entries[i], &r, err);
        if (ok) record_add(req, one, s, kind, &r, at, tile);
    }
    snapshot_close(s);
    arena_close(one);
    return ok;
}

bool ogc_records_tile(Request *req, const Collection *c, TileAt at, Tile **out, Err *err)
{
    Property *properties;
    size_t    property_count = ogc_properties(req->arena, c, &properties), n;
    uint64_t *entries;
    Question  question = { .kind = c->kind->name, .sort = S("created") };
    Tile     *tile = NEW(req->arena, Tile);
    if (!ogc_parameters(req, ogc_lang, c, err)) return false;
    question.filters = NEW_ARRAY(req->arena, Filter, req->query_count + 1);
    for (size_t i = 0; i < req->query_count; i++) {
        const Property *property = ogc_property(properties, property_count, req->query[i].name);
        if (property && req->query[i].value.len)
            question.filters[question.filter_count++] = (Filter){ property->of, req->query[i].value };
    }
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = list_entries(s, req->arena, &question, &entries, &n, err);
    snapshot_close(s);
    for (size_t i = 0; ok && i < n; i += RECORDS_AT_ONCE)
        ok = some_records(req, c->kind, entries + i, n - i < RECORDS_AT_ONCE ? n - i : RECORDS_AT_ONCE, at, tile, err);
    tile_points_end(tile);
    if (ok) *out = tile;
    return ok;
}
