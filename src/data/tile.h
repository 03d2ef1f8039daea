/* Tiles of a map: the rows of a dataset that have a place, gathered in the cells of a tile.

   The map is the world in spherical Mercator, as the tile matrix set WebMercatorQuad cuts it (OGC 17-083r4, annex D):
   at zoom z it is 2^z by 2^z tiles, row 0 the northernmost, column 0 the westernmost. A tile has TILE_CELLS by
   TILE_CELLS cells. Every row whose latitude and longitude lie within 90 and 180 degrees is in one cell of one tile of
   each zoom: a place is counted in steps of a 2^30th of the map, so what lies on an edge belongs to the cell south and
   east of it. What lies beyond the map's edge, 85.05 degrees north or south, is in the cells along that edge, and so is
   180 east, which is not 180 west. What has no place, or an impossible one, is in no tile.

   A tile with no more than TILE_ROWS rows has them one by one instead, with what the columns say that have a role.

   What is told follows from the rows alone. data/pyramid.h tells the same without reading them all. */
#ifndef BANYAN_DATA_TILE_H
#define BANYAN_DATA_TILE_H

#include "data/question.h"

#define TILE_ZOOM_MAX   18
#define TILE_CELLS      64
#define TILE_ROWS       256
#define TILE_EXTENT     4096 /* steps along a tile's edge, in which a row's place is told */
#define TILE_COLUMNS    6    /* that a row says, at most */
#define TILE_LATITUDE   85.0511287798066
#define TILE_PLACE_BITS 30 /* of a place, each way */

typedef struct {
    int     zoom;
    int64_t row, column;
} TileAt;

/* False for a tile that there is not. */
bool tile_is(TileAt at);

/* What is asked of the columns. */
typedef struct {
    const Column *latitude, *longitude;
    const Column *value; /* its mean is told of a cell; NULL: there is none */
    const Column *says[TILE_COLUMNS];
    size_t        says_count;
} TileColumns;

/* False without numeric columns of latitude and longitude. */
bool tile_columns(const Column *columns, size_t n, TileColumns *out);

typedef struct {
    int64_t count, valued; /* rows; of these with a value */
    double  sum;           /* of the values */
} TileCell;

typedef struct {
    int64_t    number; /* QUESTION_ROW */
    int        x, y;   /* in steps of TILE_EXTENT, from the upper left corner */
    DuckValue *says;   /* of TileColumns.says; texts live with the tile */
} TileRow;

typedef struct {
    int64_t  total;
    TileCell cells[TILE_CELLS][TILE_CELLS]; /* [y][x]; whether or not there are rows */
    TileRow *rows;                          /* by number; none when there are more than TILE_ROWS */
    size_t   row_count;
} Tile;

/* From the rows that fit the filters (of data/question.h; no other word of it). Reads the columns it needs of all rows.
   ERR_USAGE as question_read; else as duck_ask. */
bool tile_ask(DuckRun *run, Arena *a, const Table *table, const TileColumns *columns, const QuestionPair *filters,
              size_t n, TileAt at, Tile **out, Err *err);

/* One more point, with a number and what it says; not of the tile, or of no place on earth: nothing. When all are added
   tile_points_end leaves the points out where there are more than TILE_ROWS. */
void tile_point_add(Tile *tile, Arena *a, TileAt at, double latitude, double longitude, int64_t number,
                    const DuckValue *says, size_t n);
void tile_points_end(Tile *tile);

/* ---- for data/pyramid.c ---- */

/* The rows of a question as SQL whose columns are "c0" (QUESTION_ROW), "x", "y" (places, BIGINT), "v" (the value, NULL
   without one), and "s0" … (what it says, as text or number). */
bool tile_source(Arena *a, const Table *table, const TileColumns *columns, const QuestionPair *filters, size_t n,
                 TableQuestion *out, Err *err);

/* Those of `source` (tile_source) that are in the tile, added to it: to its cells; one by one, their numbers after
   `before`. */
bool tile_cells_ask(DuckRun *run, Arena *a, const TableQuestion *source, const TileColumns *columns, TileAt at,
                    Tile *tile, Err *err);
bool tile_rows_ask(DuckRun *run, Arena *a, const TableQuestion *source, const TileColumns *columns, TileAt at,
                   int64_t before, Tile *tile, Err *err);

/* x and y woven: bit 2k is bit k of x, bit 2k + 1 that of y. */
void     tile_unweave(uint64_t woven, uint32_t *x, uint32_t *y);
uint64_t tile_weave(uint32_t x, uint32_t y);

/* `counts`: count, valued, sum. */
void tile_cell_add(Tile *tile, uint32_t x, uint32_t y, const DuckValue *counts);
/* Rows past TILE_ROWS are left out. */
void tile_row_add(Tile *tile, Arena *a, int64_t number, uint32_t x, uint32_t y, const DuckValue *says, size_t n);

#endif
