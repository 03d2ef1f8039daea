/* Any bytes as JSON: read as jansson alone reads them (json_read.c reads most with yajl), or refused by both; what is
   read is written and read again as the same value, compact and pretty; merging a document into itself and looking
   things up in it breaks nothing. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena *a = arena_open(0);
    Str    text = { (const char *)bytes, n };
    Json  *value, *again;
    Err    err;
    Json  *alone = json_loadb(n ? text.at : "", n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (json_read(a, text, &value, &err)) {
        expect(alone && json_equal(value, alone));
        Str compact = json_write(a, value);
        expect(json_read(a, compact, &again, &err) && json_same(value, again));
        expect(str_eq(json_write(a, again), compact));
        expect(json_read(a, json_write_pretty(a, value), &again, &err) && json_same(value, again));
        expect(json_same(value, json_copy_deep(a, value)));
        json_merge_patch(a, value, again);
        json_at(value, compact);
        json_at(value, text);
    } else {
        expect(err.code == ERR_FORMAT && err.text[0]);
        expect(!alone || strstr(err.text, "levels"));
    }
    json_decref(alone);
    arena_close(a);
    return 0;
}
