/* Markdown that anybody may write: what comes out holds no markup that it brought along itself. */
#include <assert.h>
#include <stdint.h>

#include "web/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Buf out = { 0 };
    markdown_put(&out, (Str){ (const char *)bytes, n });
    Str html = buf_str(&out);
    assert(!str_has(html, S("<script")) && !str_has(html, S("<img")) && !str_has(html, S("<iframe")) &&
           !str_has(html, S("href=\"javascript:")));
    buf_free(&out);
    return 0;
}
