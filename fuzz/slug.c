/* Any bytes as a title: the slug that is made of it is empty or a slug, with room for a number behind it. */
#include "text/slug.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena *a = arena_open(0);
    Str    title = { (const char *)bytes, n };
    bool   text = str_is_utf8(title), is = slug_is(title);
    Str    slug = slug_make(a, title);
    if (text && slug.len && !slug_is(slug)) abort();
    if (text && slug.len && !slug_is(str_join(a, (Str[]){ slug, S("-9999") }, 2))) abort();
    if (is && !text) abort();
    arena_close(a);
    return 0;
}
