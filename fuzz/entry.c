/* Any bytes as an entry: what is read is written and read again as the same. */
#include <stdlib.h>

#include "core/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena   *a = arena_open(0);
    Str      entry = { (const char *)bytes, n }, body, body_again;
    Envelope e, again;
    Err      err;
    if (entry_read(a, entry, &e, &body, &err)) {
        expect(body.at + body.len == entry.at + entry.len);
        Str text = entry_write(a, &e, body);
        expect(entry_read(a, text, &again, &body_again, &err));
        expect(str_eq(body, body_again) && str_eq(e.id, again.id) && str_eq(e.note, again.note));
        expect(e.version == again.version && e.time_ms == again.time_ms && e.parent_count == again.parent_count);
        expect(str_eq(entry_write(a, &again, body_again), text));
    } else {
        expect((err.code == ERR_FORMAT || err.code == ERR_TOO_BIG) && err.text[0]);
    }
    arena_close(a);
    return 0;
}
