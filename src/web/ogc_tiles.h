/* Tiles of what is no dataset. Only handle/ogc_tiles.c and ogc/tile_records.c include it. */
#ifndef BANYAN_WEB_OGC_TILES_H
#define BANYAN_WEB_OGC_TILES_H

#include "data/tile.h"
#include "web/ogc.h"
#include "web/site.h"

/* What a record says in a tile: its id, title, slug and address. */
void ogc_records_columns(TileColumns *out);
/* The records of the collection's kind that have a place and fit the filters, as the reader sees them; their numbers
   are those of their versions' entries in the log, from 1. ERR_USAGE for a parameter that is no filter. */
bool ogc_records_tile(Request *req, const Collection *c, TileAt at, Tile **out, Err *err);

#endif
