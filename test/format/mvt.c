/* Mapbox Vector Tiles: bytes as the specification has them; test/http/tiles.js has GDAL read tiles of the server. */
#include "format/mvt.h"

#include <string.h>

#include "check.h"

static Str hex(Arena *a, const Buf *b)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < b->len; i++) buf_putf(out, "%02x", (unsigned char)b->at[i]);
    return buf_str(out);
}

TEST("a layer of one point is the messages of vector_tile.proto")
{
    Buf      *out = buf_open(a);
    MvtLayer *l = mvt_layer(a, S("p"));
    mvt_point(l, 300, 25, -17);
    mvt_says_text(l, S("a"), S("x"));
    mvt_says_integer(l, S("b"), 300);
    mvt_says_integer(l, S("c"), -3);
    mvt_says_number(l, S("d"), 0.5);
    mvt_says_bool(l, S("e"), true);
    mvt_put(out, l);
    CHECK_STR(hex(a, out), "1a4c"   /* layer */
                           "7802"   /* version 2 */
                           "0a0170" /* name */
                           "1216"   /* feature: id, tags, type, MoveTo(25, -17) */
                           "08ac02"
                           "120a00000101020203030404"
                           "1801"
                           "2203093221"
                           "1a0161"
                           "1a0162"
                           "1a0163"
                           "1a0164"
                           "1a0165" /* names */
                           "22030a0178"
                           "220320ac02"
                           "22023005"
                           "220919000000000000e03f"
                           "22023801" /* values */
                           "288020" /* extent */);
}

TEST("names and values stand once in a layer, and a layer without points is nothing")
{
    Buf      *out = buf_open(a);
    MvtLayer *l = mvt_layer(a, S("p"));
    mvt_put(out, mvt_layer(a, S("empty")));
    CHECK_EQ_INT(out->len, 0);
    for (int i = 0; i < 1000; i++) {
        mvt_point(l, 0, i, i);
        mvt_says_text(l, S("name of some length"), i % 2 ? S("one value") : S("the other value"));
        mvt_says_integer(l, S("n"), i);
    }
    mvt_put(out, l);
    size_t names = 0, values = 0;
    for (size_t i = 0; i + 19 < out->len; i++) {
        names += memcmp(out->at + i, "name of some length", 19) == 0;
        values += memcmp(out->at + i, "one value", 9) == 0;
    }
    CHECK_EQ_INT(names, 1);
    CHECK_EQ_INT(values, 1);
}
