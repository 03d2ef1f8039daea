/* Any bytes as the path of a tile: each tile has one path, so what is read is written the same. */
#include <stdlib.h>

#include "core/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static Str path_make(Arena *a, const TilePath *t)
{
    Str index = str_format(a, "%03d", (int)(t->index % 1000));
    for (uint64_t rest = t->index / 1000; rest > 0; rest /= 1000)
        index = str_format(a, "x%03d/%s", (int)(rest % 1000), index.at);
    Str level = t->level < 0 ? S("entries") : str_format(a, "%d", t->level);
    Str width = t->width == 256 ? S("") : str_format(a, ".p/%u", t->width);
    return str_join(a, (Str[]){ S("tile/"), level, S("/"), index, width }, 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena   *a = arena_open(0);
    Str      path = { (const char *)bytes, n };
    TilePath t;
    if (tile_path_read(path, &t) && !str_eq(path_make(a, &t), path)) abort();
    arena_close(a);
    return 0;
}
