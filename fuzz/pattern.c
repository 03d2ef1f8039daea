/* An expression, a line end, a text: compiling refuses or works, matching ends. */
#include "text/pattern.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Err      err;
    Pattern *pattern;
    Cut      cut = str_cut((Str){ (const char *)bytes, n }, '\n');
    if (!pattern_open(cut.head, &pattern, &err)) return 0;
    pattern_finds(pattern, cut.tail);
    pattern_finds(pattern, cut.tail);
    pattern_close(pattern);
    return 0;
}
