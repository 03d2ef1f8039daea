/* What a client sends as text. The first byte chooses the reader, the rest is its input. What is read
   must hold what request.h promises. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "text/lang.h"
#include "web/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void read_target(Arena *a, Str text)
{
    Str    path, raw;
    Pair  *query;
    size_t n;
    Err    err = { 0 };
    if (!target_read(a, text, &path, &raw, &query, &n, &err)) return;
    assert(str_starts(path, S("/")) && str_is_utf8(path));
    assert(!str_has(path, S("/../")) && !str_ends(path, S("/..")) && !memchr(path.at, '\n', path.len));
    for (size_t i = 0; i < n; i++) assert(str_is_utf8(query[i].name) && str_is_utf8(query[i].value));
    path_inside(path);
}

static void read_form(Arena *a, Str text)
{
    Pair  *pairs;
    size_t n;
    Err    err = { 0 };
    if (!pairs_read(a, text, FORM_PAIRS_MAX, &pairs, &n, &err)) return;
    for (size_t i = 0; i < n; i++) {
        Pair  *again;
        size_t one;
        assert(pairs_read(a, percent_make(a, pairs[i].name), 1, &again, &one, &err));
        assert(one == 0 || memchr(pairs[i].name.at, '\r', pairs[i].name.len) || str_eq(again[0].name, pairs[i].name));
    }
}

static void read_match(Str text)
{
    int64_t version;
    if (match_version(text, &version)) assert(version >= 0);
    etag_listed(text, S("\"v3-0af1\""), true);
    etag_listed(text, S("\"v3-0af1\""), false);
}

static void read_languages(Str text)
{
    static const Str have[] = { S_INIT("en"), S_INIT("th"), S_INIT("zh"), S_INIT("ar") };
    Str              lang = lang_negotiate(text, have, 4);
    assert(lang.len == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!n) return 0;
    Arena *a = arena_open(0);
    Str    text = { (const char *)bytes + 1, n - 1 }, host;
    int    port;
    Err    err = { 0 };
    switch (bytes[0] % 7) {
    case 0: read_target(a, text); break;
    case 1: read_form(a, text); break;
    case 2: read_match(text); break;
    case 3: cookie_get(text, "session"); break;
    case 4: coding_wanted(text); break;
    case 5: listen_read(a, text, &host, &port, &err); break;
    case 6: read_languages(text); break;
    }
    arena_close(a);
    return 0;
}
