/* Tiles of a map: their addresses and woven places; what is in them is asked over HTTP (test/http/tiles.js). */
#include "data/tile.h"

#include "check.h"

TEST("a tile is within its matrix, and there are no deeper ones")
{
    CHECK(tile_is((TileAt){ 0, 0, 0 }));
    CHECK(tile_is((TileAt){ TILE_ZOOM_MAX, (1 << TILE_ZOOM_MAX) - 1, (1 << TILE_ZOOM_MAX) - 1 }));
    CHECK(!tile_is((TileAt){ 0, 1, 0 }));
    CHECK(!tile_is((TileAt){ 3, 7, 8 }));
    CHECK(!tile_is((TileAt){ 3, -1, 0 }));
    CHECK(!tile_is((TileAt){ -1, 0, 0 }));
    CHECK(!tile_is((TileAt){ TILE_ZOOM_MAX + 1, 0, 0 }));
}

TEST("places are woven and taken apart again")
{
    static const uint32_t some[] = { 0, 1, 2, 5, 63, 4095, 4096, 0x2AAAAAAA, 0x3FFFFFFF, 0x12345678 };
    CHECK_EQ_INT(tile_weave(3, 0), 5);
    CHECK_EQ_INT(tile_weave(0, 3), 10);
    CHECK_EQ_INT(tile_weave(2, 1), 6);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
            uint32_t x, y;
            tile_unweave(tile_weave(some[i], some[k]), &x, &y);
            CHECK_EQ_INT(x, some[i]);
            CHECK_EQ_INT(y, some[k]);
        }
}
