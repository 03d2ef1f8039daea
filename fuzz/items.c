/* Cutting JSON into items: each item lies in the text, and the cutting ends. */
#include <assert.h>

#include "cli/items.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void cut_all(Str text, bool by_line)
{
    Items       items = items_make(text, by_line);
    Str         item;
    uint64_t    line, found = 0;
    Err         err;
    const char *last = text.at;
    while (items_next(&items, &item, &line, &err)) {
        assert(item.len > 0 && item.at >= last && item.at + item.len <= text.at + text.len);
        last = item.at + item.len;
        assert(++found <= text.len && line >= 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Str text = { (const char *)bytes, n };
    cut_all(text, false);
    cut_all(text, true);
    return 0;
}
