/* Mapbox Vector Tiles 2.1: layers of points with what they say, for a map that asks by tile.

   A tile is its layers one behind the other; none is a tile with nothing in it. Coordinates of a point are counted in
   MVT_EXTENT steps from the tile's upper left corner, x to the right, y down. Names and values are kept once a layer,
   however many points say them.

   https://github.com/mapbox/vector-tile-spec/tree/master/2.1; a message is written as protobuf has it:
   https://protobuf.dev/programming-guides/encoding/ */
#ifndef BANYAN_FORMAT_MVT_H
#define BANYAN_FORMAT_MVT_H

#include "base/buf.h"

#define MVT_TYPE   "application/vnd.mapbox-vector-tile"
#define MVT_EXTENT 4096

typedef struct MvtLayer MvtLayer; /* in the arena it was made in */

MvtLayer *mvt_layer(Arena *a, Str name);

/* A point, of which the mvt_says that follow tell. `id` 0: it has none. */
void mvt_point(MvtLayer *layer, uint64_t id, int x, int y);
void mvt_says_text(MvtLayer *layer, Str name, Str value);
void mvt_says_integer(MvtLayer *layer, Str name, int64_t value);
void mvt_says_number(MvtLayer *layer, Str name, double value);
void mvt_says_bool(MvtLayer *layer, Str name, bool value);

/* The layer behind what `out` has; nothing of a layer without points. Then the layer is done with. */
void mvt_put(Buf *out, MvtLayer *layer);

#endif
