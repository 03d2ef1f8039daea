/* Names of files as headers and forms say them: what is kept is a short piece of text and no path. */
#include "web/sent_name.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

static void check(Str name)
{
    expect(name.len > 0 && name.len <= SENT_NAME_MAX && str_is_utf8(name));
    expect(!memchr(name.at, '/', name.len) && !memchr(name.at, '\\', name.len));
    for (size_t i = 0; i < name.len; i++) expect((unsigned char)name.at[i] >= 0x20 && name.at[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena *a = arena_open(0);
    Str    text = { (const char *)bytes, n };
    check(sent_name_make(a, text, false));
    check(sent_name_make(a, text, true));
    check(sent_name_make(a, sent_name_said(a, text), false));
    arena_close(a);
    return 0;
}
