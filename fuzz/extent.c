/* Any bytes as a box and as a span: what is read is within the earth and begins before it ends. */
#include "data/extent.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena *a = arena_open(0);
    Str    text = { (const char *)bytes, n };
    Box    box;
    Span   span;
    Err    err = { 0 };
    Box    same;
    for (int crs = 0; crs < CRS_COUNT; crs++) {
        if (!box_read(text, (Crs)crs, &box, &err)) {
            expect(err.code == ERR_USAGE);
            continue;
        }
        expect(box.west >= -180 && box.west <= 180 && box.east >= -180 && box.east <= 180);
        expect(box.south >= -90 && box.south <= box.north && box.north <= 90);
        expect(box_has(box, box.south, box.west) && box_has(box, box.north, box.east));
        expect(!box_has(box, 91, box.west));
        expect(box_read(box_text(a, box), CRS_84, &same, &err) && same.west == box.west && same.north == box.north);
    }
    err = (Err){ 0 };
    if (span_read(text, &span, &err)) {
        expect(span.from_ms < span.before_ms);
        expect(span_meets(span, span.from_ms, span.before_ms));
        expect(span.from_ms == INT64_MIN || !span_meets(span, INT64_MIN, span.from_ms));
        expect(span.before_ms == INT64_MAX || !span_meets(span, span.before_ms, INT64_MAX));
    } else {
        expect(err.code == ERR_USAGE);
    }
    arena_close(a);
    return 0;
}
