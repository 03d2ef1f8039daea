/* Tiles of a map without reading all rows: what data/tile.h tells of a table without filters, from two files beside
   each part (data/beside.h), which tell the same.

     places   the rows with a place as Parquet, by their woven place: number, value and what they say
     cells    of each tile, of every zoom, that has more than PYRAMID_ROWS rows of the part: its cells

   So a tile costs a look into each part's cells, and where that has none, reading at most some PYRAMID_ROWS rows of
   its places; cells tell also how many rows a tile has that is one of them, six zooms below. Places take as much room
   as the part or up to twice that, cells a third of it or less. They are made in the background when a tile is first
   asked for, at about the speed of sorting the rows twice, in the engine's memory. */
#ifndef BANYAN_DATA_PYRAMID_H
#define BANYAN_DATA_PYRAMID_H

#include "data/beside.h"
#include "data/tile.h"

#define PYRAMID_ROWS  16384
#define PYRAMID_LEAST 20000 /* rows of a table; fewer are read as fast */

typedef struct {
    TileColumns columns;
    size_t      count; /* of parts */
    Str        *cells, *places;
    int64_t    *before;   /* how many rows the parts before it have */
    bool       *left;     /* its rows are still to be read for the tile at hand */
    int64_t     expected; /* rows of the tile in the parts that are left; -1: not known */
    Table       waiting;  /* parts without files beside them, behind the others: read whole */
} Pyramid;

/* Of the first `kept` parts; those behind them go again soon (rows that wait to be gathered), are few and are read
   for each tile. False when not all of it is there yet; then it is being made, and tile_ask answers meanwhile. Also of
   tables of few rows. In `a`. */
bool pyramid_find(Beside *beside, Arena *a, const Table *table, size_t kept, const TileColumns *columns, Pyramid *out);

/* The tile as far as the cells tell it; `*whole`: that is all. Reads a few pages of files. ERR_STORE for a file that is
   not as it was written. */
bool pyramid_cells(Pyramid *p, Arena *a, TileAt at, Tile **out, bool *whole, Err *err);
/* The rest of it, of the parts that are left and of those that wait. */
bool pyramid_rows(DuckRun *run, Arena *a, const Pyramid *p, TileAt at, Tile *tile, Err *err);

#endif
