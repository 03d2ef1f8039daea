/* OGC API Tiles 1.0 (OGC 20-057) over datasets whose rows are points and kinds whose records have a place: tiles of the
   matrix set WebMercatorQuad as Mapbox Vector Tiles, what tells of them, and the set itself. What is in a tile is
   decided in data/tile.h; filters are those of a question (data/question.h), of records their facets. */
#include "base/diag.h"
#include "data/extent.h"
#include "data/pyramid.h"
#include "format/mvt.h"
#include "web/ogc_tiles.h"
#include "web/route.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/value.h"

#define MATRICES      25 /* of the set as it is registered; tiles are of the first TILE_ZOOM_MAX + 1 */
#define HALF_MAP_M    20037508.3427892
#define SET_URI       "http://www.opengis.net/def/tilematrixset/OGC/1.0/" OGC_TILE_SET
#define JSON_TYPE     "application/json"
#define TILING_SCHEME "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"

bool ogc_tiled(const Collection *c)
{
    TileColumns columns;
    return c->kind || (!c->geometry && tile_columns(c->columns, c->column_count, &columns));
}

static bool tiled_collection(Request *req, Collection *out, Err *err)
{
    return ogc_collection(req, req->slots[0], out, err) &&
           (ogc_tiled(out) || fail(err, ERR_NOT_FOUND,
                                   "tiles are of points: of datasets with latitude and longitude, "
                                   "and of records with a place"));
}

/* ---- what tells of tiles ---- */

static void matrix_put(Shape *s, int zoom)
{
    int64_t n = (int64_t)1 << zoom;
    double  cell_m = HALF_MAP_M * 2 / 256 / (double)n;
    shape_object(s, NULL);
    shape_text(s, "id", str_format(s->arena, "%d", zoom));
    shape_number(s, "scaleDenominator", cell_m / 0.00028);
    shape_number(s, "cellSize", cell_m);
    shape_text(s, "cornerOfOrigin", S("topLeft"));
    shape_list(s, "pointOfOrigin");
    shape_number(s, NULL, -HALF_MAP_M);
    shape_number(s, NULL, HALF_MAP_M);
    shape_end(s);
    shape_integer(s, "tileWidth", 256);
    shape_integer(s, "tileHeight", 256);
    shape_integer(s, "matrixWidth", n);
    shape_integer(s, "matrixHeight", n);
    shape_end(s);
}

static void scheme_link(Request *req, Shape *s, const char *rel)
{
    ogc_link(req, s, S(OGC_ROOT "/tileMatrixSets/" OGC_TILE_SET), "", rel, JSON_TYPE, S(OGC_TILE_SET));
}

bool ogc_tile_sets_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, ogc_lang, NULL, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    shape_list(&s, "tileMatrixSets");
    shape_object(&s, NULL);
    shape_text(&s, "id", S(OGC_TILE_SET));
    shape_text(&s, "title", S("Google Maps Compatible for the World"));
    shape_text(&s, "uri", S(SET_URI));
    shape_list(&s, "links");
    scheme_link(req, &s, "self");
    shape_end(&s);
    shape_end(&s);
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

bool ogc_tile_set_show(Request *req, Reply *reply, Err *err)
{
    if (!ogc_parameters(req, ogc_lang, NULL, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    shape_text(&s, "id", S(OGC_TILE_SET));
    shape_text(&s, "title", S("Google Maps Compatible for the World"));
    shape_text(&s, "uri", S(SET_URI));
    shape_text(&s, "crs", str_of(crs_address(CRS_3857)));
    shape_list(&s, "orderedAxes");
    shape_text(&s, NULL, S("X"));
    shape_text(&s, NULL, S("Y"));
    shape_end(&s);
    shape_text(&s, "wellKnownScaleSet", S("http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"));
    shape_list(&s, "tileMatrices");
    for (int zoom = 0; zoom < MATRICES; zoom++) matrix_put(&s, zoom);
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

static void tileset_head(Request *req, Shape *s, const Collection *c)
{
    shape_text(s, "title", c->title);
    shape_text(s, "dataType", S("vector"));
    shape_text(s, "crs", str_of(crs_address(CRS_3857)));
    shape_text(s, "tileMatrixSetURI", S(SET_URI));
    shape_list(s, "links");
    ogc_link(req, s, ogc_path(req->arena, c, "/tiles/" OGC_TILE_SET), "", "self", JSON_TYPE, c->title);
    scheme_link(req, s, TILING_SCHEME);
}

bool ogc_tilesets_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    if (!ogc_parameters(req, ogc_lang, NULL, err) || !tiled_collection(req, &c, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    shape_list(&s, "links");
    ogc_link(req, &s, ogc_path(req->arena, &c, "/tiles"), "", "self", JSON_TYPE, c.title);
    shape_end(&s);
    shape_list(&s, "tilesets");
    shape_object(&s, NULL);
    tileset_head(req, &s, &c);
    shape_end(&s);
    shape_end(&s);
    shape_end(&s);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

static void limits_put(Shape *s)
{
    shape_list(s, "tileMatrixSetLimits");
    for (int zoom = 0; zoom <= TILE_ZOOM_MAX; zoom++) {
        int64_t last = ((int64_t)1 << zoom) - 1;
        shape_object(s, NULL);
        shape_text(s, "tileMatrix", str_format(s->arena, "%d", zoom));
        shape_integer(s, "minTileRow", 0);
        shape_integer(s, "maxTileRow", last);
        shape_integer(s, "minTileCol", 0);
        shape_integer(s, "maxTileCol", last);
        shape_end(s);
    }
    shape_end(s);
}

/* A layer, begun at the members of its schema's properties. */
static void layer_begin(Shape *s, const char *id)
{
    shape_object(s, NULL);
    shape_text(s, "id", str_of(id));
    shape_text(s, "dataType", S("vector"));
    shape_integer(s, "geometryDimension", 0);
    shape_object(s, "propertiesSchema");
    shape_text(s, "type", S("object"));
    shape_object(s, "properties");
}

static void says_type(Shape *s, Str name, const char *type)
{
    shape_object(s, str_z(s->arena, name));
    shape_text(s, "type", str_of(type));
    shape_end(s);
}

static Str mean_name(Arena *a, const TileColumns *columns)
{
    return str_join(a, (Str[]){ S("mean("), columns->value->name, S(")") }, 3);
}

static void layers_put(Shape *s, const Collection *c)
{
    TileColumns columns;
    if (c->kind) ogc_records_columns(&columns);
    else tile_columns(c->columns, c->column_count, &columns);
    shape_list(s, "layers");
    layer_begin(s, OGC_TILE_CELLS);
    says_type(s, S("count"), "integer");
    if (columns.value) says_type(s, mean_name(s->arena, &columns), "number");
    for (int i = 0; i < 3; i++) shape_end(s);
    layer_begin(s, OGC_TILE_ROWS);
    if (!c->kind) says_type(s, S(QUESTION_ROW), "integer");
    for (size_t i = 0; i < columns.says_count; i++)
        says_type(s, columns.says[i]->name, ogc_type(columns.says[i]->type));
    for (int i = 0; i < 3; i++) shape_end(s);
    shape_end(s);
}

bool ogc_tileset_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    if (!ogc_parameters(req, ogc_lang, NULL, err) || !tiled_collection(req, &c, err)) return false;
    Shape s = shape_of(req);
    shape_object(&s, NULL);
    tileset_head(req, &s, &c);
    shape_object(&s, NULL);
    shape_text(&s, "href",
               str_join(req->arena,
                        (Str[]){ req->site->base_url,
                                 ogc_path(req->arena, &c, "/tiles/" OGC_TILE_SET "/{tileMatrix}/{tileRow}/{tileCol}") },
                        2));
    shape_text(&s, "rel", S("item"));
    shape_text(&s, "type", S(MVT_TYPE));
    shape_bool(&s, "templated", true);
    shape_end(&s);
    shape_end(&s);
    limits_put(&s);
    layers_put(&s, &c);
    shape_end(&s);
    shape_reply(&s, reply);
    return true;
}

/* ---- a tile ---- */

typedef struct {
    Request            *req;
    Table               table;
    TileColumns         columns;
    const QuestionPair *filters;
    size_t              filter_count;
    TileAt              at;
    Tile               *tile;
    bool                of_records;
    Pyramid            *pyramid; /* NULL: from the rows themselves */
} Tiling;

/* The filters; the words of a question that are none are refused. */
static bool filters_read(Tiling *w, Err *err)
{
    static const char *const words[] = { "columns", "group", "aggregate", "order", "limit", "offset" };
    Request                 *req = w->req;
    QuestionPair            *filters = NEW_ARRAY(req->arena, QuestionPair, req->query_count + 1);
    for (size_t i = 0; i < req->query_count; i++) {
        Pair pair = req->query[i];
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (str_eq_z(pair.name, words[k]))
                return fail(err, ERR_USAGE, "a tile has filters alone, not %s=; a column of this name is where.%s=",
                            words[k], words[k]);
        if (str_eq_z(pair.name, "lang") || str_eq_z(pair.name, "version") || !pair.value.len) continue;
        filters[w->filter_count++] = (QuestionPair){ pair.name, pair.value };
    }
    w->filters = filters;
    return true;
}

/* `version=`: as that version of the record had it. */
static bool version_read(Request *req, Collection *c, Err *err)
{
    Record   *now = NEW(req->arena, Record), data;
    Snapshot *s = query_get(req, "version").len ? snapshot_open(req->node, &req->reader, req->lang) : NULL;
    if (!s) return true;
    bool ok = record_read(s, req->arena, S("dataset"), c->slug, now, err) && version_asked(req, s, now, &data, err);
    snapshot_close(s);
    if (ok) c->rows.asked = data.doc;
    c->rows.live = STR_NONE;
    return ok;
}

static bool tile_work(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    Tiling *w = with;
    if (w->pyramid) return pyramid_rows(run, w->req->arena, w->pyramid, w->at, w->tile, err);
    return tile_ask(run, w->req->arena, &w->table, &w->columns, w->filters, w->filter_count, w->at, &w->tile, err);
}

/* Rows that wait in the inbox are in files that go again, behind the parts. */
static size_t parts_that_stay(const Tiling *w)
{
    size_t n = 0;
    while (n < w->table.part_count && beside_stays(w->table.parts[n])) n++;
    return n;
}

/* From what is kept beside the parts. False also when it cannot be read: it may be removed at any time. */
static bool tile_kept(Tiling *w, Err *err)
{
    Pyramid pyramid;
    Desk   *desk = w->req->site->desk;
    DeskAsk ask = rows_ask_at(w->req, DESK_OF_PAGE, 0);
    bool    whole;
    if (w->filter_count || !pyramid_find(data_beside(desk_data(desk)), w->req->arena, &w->table, parts_that_stay(w),
                                         &w->columns, &pyramid))
        return false;
    w->pyramid = &pyramid;
    bool ok = pyramid_cells(&pyramid, w->req->arena, w->at, &w->tile, &whole, err) &&
              (whole || desk_run(&ask, tile_work, w, err));
    w->pyramid = NULL;
    return ok;
}

static bool tile_make(Tiling *w, Err *err)
{
    Err why = { 0 };
    if (tile_kept(w, &why)) return true;
    if (why.code == ERR_TOO_BIG || why.code == ERR_BUSY) return fail(err, why.code, "%s", why.text);
    if (why.code != ERR_NONE) diag(DIAG_WARN, "a tile is read from the rows: %s: %s", err_name(why.code), why.text);
    DeskAsk ask = rows_ask_at(w->req, w->filter_count ? DESK_OF_LONG : DESK_OF_PAGE, 0);
    return desk_run(&ask, tile_work, w, err);
}

static void says_put(MvtLayer *layer, Str name, const DuckValue *value)
{
    switch (value->type) {
    case DUCK_NULL: break;
    case DUCK_BOOL: mvt_says_bool(layer, name, value->yes); break;
    case DUCK_INTEGER: mvt_says_integer(layer, name, value->integer); break;
    case DUCK_NUMBER: mvt_says_number(layer, name, value->number); break;
    case DUCK_TEXT: mvt_says_text(layer, name, value->text); break;
    }
}

/* To six digits: however it was summed up, it is the same. */
static double rounded(Arena *a, double mean)
{
    double x = mean;
    str_to_double(str_format(a, "%.6g", mean), &x);
    return x;
}

static void cells_put(const Tiling *w, Buf *out)
{
    Arena    *a = w->req->arena;
    MvtLayer *layer = mvt_layer(a, S(OGC_TILE_CELLS));
    Str       mean = w->columns.value ? mean_name(a, &w->columns) : STR_NONE;
    const int size = MVT_EXTENT / TILE_CELLS;
    for (int y = 0; y < TILE_CELLS; y++)
        for (int x = 0; x < TILE_CELLS; x++) {
            const TileCell *cell = &w->tile->cells[y][x];
            if (!cell->count) continue;
            mvt_point(layer, 0, x * size + size / 2, y * size + size / 2);
            mvt_says_integer(layer, S("count"), cell->count);
            if (cell->valued) mvt_says_number(layer, mean, rounded(a, cell->sum / (double)cell->valued));
        }
    mvt_put(out, layer);
}

static void rows_put(const Tiling *w, Buf *out)
{
    MvtLayer *layer = mvt_layer(w->req->arena, S(OGC_TILE_ROWS));
    for (size_t i = 0; i < w->tile->row_count; i++) {
        const TileRow *row = &w->tile->rows[i];
        mvt_point(layer, (uint64_t)row->number, row->x, row->y);
        if (!w->of_records) mvt_says_integer(layer, S(QUESTION_ROW), row->number);
        for (size_t k = 0; k < w->columns.says_count; k++) says_put(layer, w->columns.says[k]->name, &row->says[k]);
    }
    mvt_put(out, layer);
}

static bool at_read(const Request *req, TileAt *out, Err *err)
{
    int64_t zoom = 0;
    bool    read = str_to_i64(req->slots[1], &zoom) && str_to_i64(req->slots[2], &out->row) &&
                str_to_i64(req->slots[3], &out->column);
    out->zoom = zoom > TILE_ZOOM_MAX ? TILE_ZOOM_MAX + 1 : (int)zoom;
    return (read && tile_is(*out)) || fail(err, ERR_NOT_FOUND,
                                           "there is no such tile: tile matrices are 0 to %d, rows "
                                           "and columns of matrix z 0 to 2^z-1",
                                           TILE_ZOOM_MAX);
}

static bool rows_tile(Tiling *w, Collection *c, Err *err)
{
    Request *req = w->req;
    if (!filters_read(w, err) || !version_read(req, c, err) || !rows_table(req, req->arena, &c->rows, &w->table, err))
        return false;
    if (!tile_columns(w->table.columns, w->table.column_count, &w->columns))
        return fail(err, ERR_NOT_FOUND, "this version has no columns of latitude and longitude");
    return tile_make(w, err);
}

bool ogc_tile_show(Request *req, Reply *reply, Err *err)
{
    Collection c;
    Tiling     w = { .req = req };
    Buf       *out = buf_open(req->arena);
    if (!tiled_collection(req, &c, err) || !at_read(req, &w.at, err)) return false;
    w.of_records = c.kind != NULL;
    if (c.kind) ogc_records_columns(&w.columns);
    if (!(c.kind ? ogc_records_tile(req, &c, w.at, &w.tile, err) : rows_tile(&w, &c, err))) return false;
    if (w.tile->row_count) rows_put(&w, out);
    else cells_put(&w, out);
    if (!out->len) { /* 20-057, /req/core/tc-error B */
        reply->status = 204;
        return true;
    }
    reply->raw = buf_str(out);
    reply->raw_type = S(MVT_TYPE);
    return true;
}
