/* Any bytes as a geometry: what is read meets the whole earth when a position of it lies there, and is a geometry
   again when it is written, in every system. Places are near its outline in a wider reach when they are in a narrower
   one. */
#include "data/outline.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const Box    whole = { -1e300, -1e300, 1e300, 1e300 }, boxes[] = { { 0, 0, 1, 1 }, { 170, -10, -170, 10 } };
    static const double places[][2] = { { 0, 0 }, { 0.5, 0.5 }, { -10, 179.99 }, { 90, 0 }, { -90, -180 } };
    Arena              *a = arena_open(0);
    Json               *geometry = geometry_read(a, (Str){ (const char *)bytes, n });
    if (geometry) {
        for (size_t i = 0; i < 2; i++)
            if (geometry_meets(geometry, boxes[i]) && i == 0) expect(geometry_meets(geometry, whole));
        Outline *outline = outline_make(a, geometry);
        for (size_t i = 0; outline && i < sizeof places / sizeof places[0]; i++)
            if (outline_near(outline, places[i][0], places[i][1], 3000))
                expect(outline_near(outline, places[i][0], places[i][1], 30000));
        for (int crs = 0; crs < CRS_COUNT; crs++) {
            Buf out = { 0 };
            geometry_put(&out, geometry, (Crs)crs);
            expect(geometry_read(a, buf_str(&out)) != NULL);
            buf_free(&out);
        }
    }
    arena_close(a);
    return 0;
}
