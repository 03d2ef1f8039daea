/* Templates and what they are filled with: bytes before the first NUL are the template (and its own
   partial "self"), those behind it the JSON value. */
#include <stdint.h>

#include "web/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void echo(MustacheScope *scope, Str argument, Buf *out)
{
    buf_put_html(out, mustache_text(mustache_arena(scope), mustache_find(scope, argument)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena    *a = arena_open(0);
    Cut       halves = str_cut((Str){ (const char *)bytes, n }, 0);
    Mustache *m = mustache_open((MustacheRow[]){ { "t", echo } }, 1);
    Json     *value = NULL;
    Err       err = { 0 };
    json_read(a, halves.tail, &value, &err);
    if (mustache_add(m, S("self"), halves.head, &err)) {
        mustache_check(m, &err);
        Buf *out = buf_open(a);
        mustache_render(m, a, S("self"), value, NULL, out, &err);
    }
    mustache_close(m);
    arena_close(a);
    return 0;
}
