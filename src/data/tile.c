/* See tile.h. Where a row lies is reckoned by the engine, in one expression for every way a tile is made. */
#include "data/tile.h"

#include <math.h>
#include <string.h>

#include "data/geometry.h"

#define CELL_BITS   6  /* of TILE_CELLS */
#define EXTENT_BITS 12 /* of TILE_EXTENT */
_Static_assert(1 << CELL_BITS == TILE_CELLS && 1 << EXTENT_BITS == TILE_EXTENT, "bits of cells and steps");
_Static_assert(TILE_ZOOM_MAX + EXTENT_BITS <= TILE_PLACE_BITS, "a place is finer than a step");

bool tile_is(TileAt at)
{
    if (at.zoom < 0 || at.zoom > TILE_ZOOM_MAX) return false;
    int64_t n = (int64_t)1 << at.zoom;
    return at.row >= 0 && at.row < n && at.column >= 0 && at.column < n;
}

static bool is_number(const Column *c)
{
    return c && (c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER);
}

static bool is_said(ColumnRole role)
{
    switch (role) {
    case ROLE_OF_ID:
    case ROLE_OF_TIME:
    case ROLE_OF_COUNTRY:
    case ROLE_OF_PLACE:
    case ROLE_OF_TAXON:
    case ROLE_OF_INDICATOR:
    case ROLE_OF_VALUE:
    case ROLE_OF_UNIT: return true;
    default: return false;
    }
}

bool tile_columns(const Column *columns, size_t n, TileColumns *out)
{
    const Column *value = columns_role(columns, n, ROLE_OF_VALUE), *geometry = geometry_column(columns, n);
    *out = (TileColumns){ .latitude = columns_role(columns, n, ROLE_OF_LATITUDE),
                          .longitude = columns_role(columns, n, ROLE_OF_LONGITUDE),
                          .value = is_number(value) ? value : NULL };
    for (size_t i = 0; i < n && out->says_count < TILE_COLUMNS; i++)
        if (is_said(columns[i].role) && &columns[i] != geometry) out->says[out->says_count++] = &columns[i];
    return is_number(out->latitude) && is_number(out->longitude);
}

/* ---- SQL ---- */

static void named(Buf *sql, const Column *column)
{
    buf_put_z(sql, "q.");
    sql_name(sql, column->name);
}

/* Degrees to places: spherical Mercator (EPSG 3857), its edge for what lies beyond. */
static void place_put(Buf *sql, const TileColumns *c)
{
    const double places = (double)((int64_t)1 << TILE_PLACE_BITS);
    buf_putf(sql, "CAST(least(%.0f, floor((CAST(", places - 1);
    named(sql, c->longitude);
    buf_putf(sql, " AS DOUBLE) + 180) / 360 * %.0f)) AS BIGINT) AS x, ", places);
    buf_putf(sql, "CAST(greatest(0, least(%.0f, floor((0.5 - atanh(sin(radians(greatest(-86, least(86, CAST(",
             places - 1);
    named(sql, c->latitude);
    buf_putf(sql, " AS DOUBLE)))))) / (2 * pi())) * %.0f))) AS BIGINT) AS y", places);
}

bool tile_source(Arena *a, const Table *table, const TileColumns *columns, const QuestionPair *filters, size_t n,
                 TableQuestion *out, Err *err)
{
    QuestionPair *pairs = NEW_ARRAY(a, QuestionPair, n + TILE_COLUMNS + 4);
    size_t        count = n;
    Buf          *sql = buf_open(a);
    if (n) memcpy(pairs, filters, n * sizeof *pairs);
    pairs[count++] = (QuestionPair){ S("columns"), columns->latitude->name };
    pairs[count++] = (QuestionPair){ S("columns"), columns->longitude->name };
    if (columns->value) pairs[count++] = (QuestionPair){ S("columns"), columns->value->name };
    for (size_t i = 0; i < columns->says_count; i++)
        pairs[count++] = (QuestionPair){ S("columns"), columns->says[i]->name };
    pairs[count++] = (QuestionPair){ S("columns"), S(QUESTION_ROW) };
    if (!question_read(a, table, pairs, count, out, err)) return false;
    buf_put_z(sql, "SELECT q." QUESTION_ROW " AS c0, ");
    place_put(sql, columns);
    buf_put_z(sql, ", CAST(");
    if (columns->value) {
        buf_put_z(sql, "CASE WHEN isfinite(CAST(");
        named(sql, columns->value);
        buf_put_z(sql, " AS DOUBLE)) THEN ");
        named(sql, columns->value);
        buf_put_z(sql, " END");
    } else {
        buf_put_z(sql, "NULL");
    }
    buf_put_z(sql, " AS DOUBLE) AS v");
    for (size_t i = 0; i < columns->says_count; i++) {
        buf_put_z(sql, ", ");
        named(sql, columns->says[i]);
        buf_putf(sql, " AS s%zu", i);
    }
    buf_put_z(sql, " FROM (");
    buf_put(sql, out->sql);
    buf_put_z(sql, ") AS q WHERE ");
    named(sql, columns->latitude);
    buf_put_z(sql, " BETWEEN -90 AND 90 AND ");
    named(sql, columns->longitude);
    buf_put_z(sql, " BETWEEN -180 AND 180");
    out->sql = buf_str(sql);
    return true;
}

/* The tile's edges in degrees, a little wider: so that the engine passes over what lies elsewhere. */
static void bounds_put(Buf *sql, const TileColumns *c, TileAt at)
{
    const double pi = acos(-1), slack = 1e-7, n = (double)((int64_t)1 << at.zoom);
    double       west = (double)at.column / n * 360 - 180, east = west + 360 / n;
    double       north = atan(sinh(pi * (1 - 2 * (double)at.row / n))) * 180 / pi;
    double       south = atan(sinh(pi * (1 - 2 * (double)(at.row + 1) / n))) * 180 / pi;
    if (at.row == 0) north = 90;
    if (at.row + 1 == (int64_t)1 << at.zoom) south = -90;
    buf_put_z(sql, " AND ");
    named(sql, c->longitude);
    buf_putf(sql, " BETWEEN %.12f AND %.12f AND ", west - slack, east + slack);
    named(sql, c->latitude);
    buf_putf(sql, " BETWEEN %.12f AND %.12f", south - slack, north + slack);
}

/* " FROM (the rows of the tile)" */
static void from_put(Buf *sql, const TableQuestion *source, const TileColumns *c, TileAt at)
{
    int bits = TILE_PLACE_BITS - at.zoom;
    buf_put_z(sql, " FROM (");
    buf_put(sql, source->sql);
    bounds_put(sql, c, at);
    buf_putf(sql, ") WHERE x >> %d = %lld AND y >> %d = %lld", bits, (long long)at.column, bits, (long long)at.row);
}

bool tile_cells_ask(DuckRun *run, Arena *a, const TableQuestion *source, const TileColumns *c, TileAt at, Tile *tile,
                    Err *err)
{
    int              bits = TILE_PLACE_BITS - at.zoom - CELL_BITS;
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_putf(sql, "SELECT (x >> %d) & %d, (y >> %d) & %d, count(*), count(v), sum(v)", bits, TILE_CELLS - 1, bits,
             TILE_CELLS - 1);
    from_put(sql, source, c, at);
    buf_put_z(sql, " GROUP BY 1, 2");
    if (!duck_ask(run, a, buf_str(sql), source->given, source->given_count, &answer, err)) return false;
    while (duck_next(answer, &row, err))
        tile_cell_add(tile, (uint32_t)row[0].integer, (uint32_t)row[1].integer, &row[2]);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

bool tile_rows_ask(DuckRun *run, Arena *a, const TableQuestion *source, const TileColumns *c, TileAt at, int64_t before,
                   Tile *tile, Err *err)
{
    int              bits = TILE_PLACE_BITS - at.zoom - EXTENT_BITS;
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_putf(sql, "SELECT c0, (x >> %d) & %d, (y >> %d) & %d", bits, TILE_EXTENT - 1, bits, TILE_EXTENT - 1);
    for (size_t i = 0; i < c->says_count; i++) buf_putf(sql, ", s%zu", i);
    from_put(sql, source, c, at);
    buf_put_z(sql, " ORDER BY c0");
    if (!duck_ask(run, a, buf_str(sql), source->given, source->given_count, &answer, err)) return false;
    while (duck_next(answer, &row, err))
        tile_row_add(tile, a, before + row[0].integer, (uint32_t)row[1].integer, (uint32_t)row[2].integer, &row[3],
                     c->says_count);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

bool tile_ask(DuckRun *run, Arena *a, const Table *table, const TileColumns *columns, const QuestionPair *filters,
              size_t n, TileAt at, Tile **out, Err *err)
{
    TableQuestion source;
    Tile         *tile = NEW(a, Tile);
    if (!tile_source(a, table, columns, filters, n, &source, err) ||
        !tile_cells_ask(run, a, &source, columns, at, tile, err))
        return false;
    if (tile->total && tile->total <= TILE_ROWS && !tile_rows_ask(run, a, &source, columns, at, 0, tile, err))
        return false;
    *out = tile;
    return true;
}

/* ---- answers ---- */

void tile_cell_add(Tile *tile, uint32_t x, uint32_t y, const DuckValue *counts)
{
    TileCell *cell = &tile->cells[y & (TILE_CELLS - 1)][x & (TILE_CELLS - 1)];
    cell->count += counts[0].integer;
    cell->valued += counts[1].integer;
    if (counts[2].type == DUCK_NUMBER) cell->sum += counts[2].number;
    tile->total += counts[0].integer;
}

void tile_row_add(Tile *tile, Arena *a, int64_t number, uint32_t x, uint32_t y, const DuckValue *says, size_t n)
{
    if (!tile->rows) tile->rows = NEW_ARRAY(a, TileRow, TILE_ROWS);
    if (tile->row_count == TILE_ROWS) return;
    TileRow *one = &tile->rows[tile->row_count++];
    *one = (TileRow){ .number = number, .x = (int)x, .y = (int)y, .says = NEW_ARRAY(a, DuckValue, n + 1) };
    for (size_t i = 0; i < n; i++) {
        one->says[i] = says[i];
        if (says[i].type == DUCK_TEXT) one->says[i].text = str_copy(a, says[i].text);
    }
}

/* ---- woven places ---- */

static uint64_t spread(uint64_t x)
{
    static const uint64_t masks[] = { 0x0000FFFF0000FFFF, 0x00FF00FF00FF00FF, 0x0F0F0F0F0F0F0F0F, 0x3333333333333333,
                                      0x5555555555555555 };
    for (int i = 0; i < 5; i++) x = (x | x << (16 >> i)) & masks[i];
    return x;
}

static uint32_t gather(uint64_t x)
{
    static const uint64_t masks[] = { 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF,
                                      0x00000000FFFFFFFF };
    x &= 0x5555555555555555;
    for (int i = 0; i < 5; i++) x = (x | x >> (1 << i)) & masks[i];
    return (uint32_t)x;
}

uint64_t tile_weave(uint32_t x, uint32_t y)
{
    return spread(x) | spread(y) << 1;
}

void tile_unweave(uint64_t woven, uint32_t *x, uint32_t *y)
{
    *x = gather(woven);
    *y = gather(woven >> 1);
}

/* ---- points that are at hand ---- */

/* As place_put has it. */
static bool place_of(double latitude, double longitude, uint32_t *x, uint32_t *y)
{
    const double places = (double)((int64_t)1 << TILE_PLACE_BITS), pi = acos(-1);
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180)) return false;
    double north = fmax(-86, fmin(86, latitude)) * pi / 180;
    *x = (uint32_t)fmin(places - 1, floor((longitude + 180) / 360 * places));
    *y = (uint32_t)fmax(0, fmin(places - 1, floor((0.5 - atanh(sin(north)) / (2 * pi)) * places)));
    return true;
}

void tile_point_add(Tile *tile, Arena *a, TileAt at, double latitude, double longitude, int64_t number,
                    const DuckValue *says, size_t n)
{
    uint32_t x, y;
    int      bits = TILE_PLACE_BITS - at.zoom;
    if (!place_of(latitude, longitude, &x, &y) || (int64_t)(x >> bits) != at.column || (int64_t)(y >> bits) != at.row)
        return;
    tile->cells[(y >> (bits - CELL_BITS)) & (TILE_CELLS - 1)][(x >> (bits - CELL_BITS)) & (TILE_CELLS - 1)].count++;
    tile->total++;
    bits -= EXTENT_BITS;
    tile_row_add(tile, a, number, (x >> bits) & (TILE_EXTENT - 1), (y >> bits) & (TILE_EXTENT - 1), says, n);
}

void tile_points_end(Tile *tile)
{
    if (tile->total > TILE_ROWS) tile->row_count = 0;
}
