#include "check.h"

#include "web/request.h"

static bool target(Arena *a, const char *text, Str *path, Pair **query, size_t *n, Err *err)
{
    Str raw;
    return target_read(a, str_of(text), path, &raw, query, n, err);
}

TEST("an address is decoded once, its question into pairs")
{
    Str    path;
    Pair  *query;
    size_t n;
    CHECK_OK(target(a, "/a%20b/%E6%B3%B0?q=x+y%2B&empty&=v&z=%C3%A9&", &path, &query, &n, &err));
    CHECK_STR(path, "/a b/泰");
    CHECK_EQ_INT(n, 4);
    CHECK_STR(query[0].value, "x y+");
    CHECK_STR(query[1].name, "empty");
    CHECK_STR(query[1].value, "");
    CHECK_STR(query[2].name, "");
    CHECK_STR(query[3].value, "é");
}

TEST("addresses that could be read in two ways are refused")
{
    static const char *const bad[] = { "/a%2", "/a%", "/%zz", "/%00", "/a%2fb", "/a%2Fb",
                                       "/..", "/a/../b", "/.", "/%2e%2e/x", "/%ff", "/%c3%28",
                                       "/a%0ab", "/\x01", "/%7f", "a", "", "http://x/y",
                                       "/a?q=%00", "/a?q=%ff", "/a?%=1", "/a?q=%1b" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Str    path;
        Pair  *query;
        size_t n;
        bool   ok = target(a, bad[i], &path, &query, &n, &err);
        if (ok) printf("taken: %s\n", bad[i]);
        CHECK_ERR(ok, ERR_FORMAT);
    }
}

TEST("an address too long and a question of too many parts are refused")
{
    Buf   *deep = buf_open(a);
    Str    path;
    Pair  *query;
    size_t n;
    buf_put_z(deep, "/?");
    for (int i = 0; i < QUERY_PAIRS_MAX; i++) buf_put_z(deep, "a&");
    CHECK_ERR(target(a, deep->at, &path, &query, &n, &err), ERR_TOO_BIG);
    while (deep->len <= TARGET_MAX) buf_put_z(deep, "a");
    CHECK_ERR(target(a, deep->at, &path, &query, &n, &err), ERR_TOO_BIG);
}

TEST("line ends of a form become plain ones")
{
    Pair  *form;
    size_t n;
    CHECK_OK(pairs_read(a, S("t=a%0D%0Ab%0Dc%0Ad"), 10, &form, &n, &err));
    CHECK_STR(form[0].value, "a\nb\nc\nd");
}

TEST("what is encoded for an address decodes to the same")
{
    Str text = S("a/b c?d&e=f+g%é泰~-._"), path;
    Str encoded = percent_make(a, text);
    CHECK_STR(encoded, "a%2Fb%20c%3Fd%26e%3Df%2Bg%25%C3%A9%E6%B3%B0~-._");
    Pair  *pairs;
    size_t n;
    (void)path;
    CHECK_OK(pairs_read(a, encoded, 1, &pairs, &n, &err));
    CHECK_STR(pairs[0].name, text);
}

TEST("cookies are found by their whole name")
{
    Str header = S("lang=th; session=abc=; my-session=x");
    CHECK_STR(cookie_get(header, "session"), "abc=");
    CHECK_STR(cookie_get(header, "lang"), "th");
    CHECK_STR(cookie_get(header, "ession"), "");
    CHECK_STR(cookie_get(STR_NONE, "session"), "");
}

TEST("entity tags are compared as RFC 9110 says")
{
    CHECK(etag_listed(S("\"a\", \"b\""), S("\"b\""), false));
    CHECK(!etag_listed(S("\"a\", \"b\""), S("\"c\""), false));
    CHECK(etag_listed(S("*"), S("\"c\""), false));
    CHECK(etag_listed(S("W/\"b\""), S("\"b\""), true));
    CHECK(!etag_listed(S("W/\"b\""), S("\"b\""), false));
    CHECK(etag_listed(S("\"a,b\",\"c\""), S("\"c\""), false));
    CHECK(!etag_listed(S("b"), S("\"b\""), true));
    CHECK(!etag_listed(S("\"b"), S("\"b\""), true));
}

TEST("If-Match names a version by its entity tag or its number")
{
    static const struct {
        const char *header;
        int64_t     version;
    } good[] = {
        { "\"v3\"", 3 },
        { "\"v12-0af1\"", 12 },
        { " \"v3\" ", 3 },
        { "3", 3 },
        { "*", 0 },
        { "W/\"v4-ff-gz\"", 4 },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t version = -1;
        CHECK(match_version(str_of(good[i].header), &version));
        CHECK_EQ_INT(version, good[i].version);
    }
    static const char *const bad[] = {
        "", "\"\"", "\"3\"", "v3", "\"v\"", "\"v0\"",
        "\"v-3\"", "\"v3\", \"v4\"", "0", "-1", "\"v3", "\"v99999999999999999999\""
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t version;
        bool    ok = match_version(str_of(bad[i]), &version);
        if (ok) printf("taken: %s\n", bad[i]);
        CHECK(!ok);
    }
}

TEST("brotli is taken over gzip, and what is refused is not sent")
{
    CHECK_EQ_INT(coding_wanted(S("gzip, deflate, br")), CODING_BROTLI);
    CHECK_EQ_INT(coding_wanted(S("gzip, br;q=0")), CODING_GZIP);
    CHECK_EQ_INT(coding_wanted(S("GZIP;q=0.5")), CODING_GZIP);
    CHECK_EQ_INT(coding_wanted(S("gzip; q=0.0")), CODING_NONE);
    CHECK_EQ_INT(coding_wanted(S("identity")), CODING_NONE);
    CHECK_EQ_INT(coding_wanted(STR_NONE), CODING_NONE);
}

TEST("where to listen is read in every usual form")
{
    static const struct {
        const char *text, *host;
        int         port;
    } good[] = {
        { "127.0.0.1:8080", "127.0.0.1", 8080 },
        { "[::1]:80", "::1", 80 },
        { ":0", "0.0.0.0", 0 },
        { "8080", "127.0.0.1", 8080 },
        { "localhost:1", "localhost", 1 },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Str host;
        int port;
        CHECK_OK(listen_read(a, str_of(good[i].text), &host, &port, &err));
        CHECK_STR(host, good[i].host);
        CHECK_EQ_INT(port, good[i].port);
    }
    Str host;
    int port;
    CHECK_ERR(listen_read(a, S("localhost"), &host, &port, &err), ERR_USAGE);
    CHECK_ERR(listen_read(a, S("x:65536"), &host, &port, &err), ERR_USAGE);
    CHECK_ERR(listen_read(a, S(""), &host, &port, &err), ERR_USAGE);
}
