/* What nobody should send. The server answers clearly, and goes on. */
#include <stdlib.h>
#include <string.h>

#include "web/serving.h"

TEST("a method that is not for a path is refused with those that are")
{
    Serving *s = serve_start(a);
    Got      got = ask(a, s, "DELETE", "/search", "", STR_NONE);
    CHECK_EQ_INT(got.status, 405);
    CHECK_STR(header_of(got, "Allow"), "GET, HEAD, OPTIONS");
    CHECK_EQ_INT(ask(a, s, "BREW", "/", "", STR_NONE).status, 405);
    Got options = ask(a, s, "OPTIONS", "/note.json", "", STR_NONE);
    CHECK_EQ_INT(options.status, 204);
    CHECK_STR(header_of(options, "Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST("addresses that cannot be read are refused")
{
    Serving                 *s = serve_start(a);
    static const char *const targets[] = {
        "/%", "/a%00b", "/%ff", "/a/..%2f", "/../etc/passwd", "/a?x=%zz", "/%2e%2e", "/a%0d%0aSet-Cookie:x"
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        Got got = get(a, s, targets[i]);
        if (got.status != 400) printf("%s\n", targets[i]);
        CHECK_EQ_INT(got.status, 400);
    }
    Buf *longest = buf_open(a);
    buf_put_z(longest, "/");
    while (longest->len < 60000) buf_put_z(longest, "aaaaaaaaaaaaaaaaaaaa");
    int status = get(a, s, longest->at).status;
    CHECK(status == 414 || status == 413 || status == 431);
    CHECK_EQ_INT(get(a, s, "/healthz").status, 200);
}

TEST("a query of many pairs is refused, not left without an answer")
{
    Serving *s = serve_start(a);
    for (int pairs = 500; pairs <= 3000; pairs += 500) {
        Buf *target = buf_open(a);
        buf_put_z(target, "/note.json?q=");
        for (int i = 0; i < pairs; i++) buf_putf(target, "&a%d=", i);
        buf_put_byte(target, 0);
        CHECK_EQ_INT(get(a, s, target->at).status, 413);
    }
    CHECK_EQ_INT(get(a, s, "/note.json?q=&limit=1").status, 200);
}

TEST("what refuses a method for data is data")
{
    Serving *s = serve_start(a);
    Got      got = get(a, s, "/dataset/one/rows.json");
    CHECK_EQ_INT(got.status, 405);
    CHECK_STR(header_of(got, "Content-Type"), "application/problem+json");
}

TEST("a body over the limit is refused, said or not said beforehand")
{
    Serving *s = serve_start(a);
    Str      auth = str_format(a, "Authorization: Bearer %.*s\r\nContent-Type: application/json\r\n",
                               STR_ARG(s->publisher));
    size_t   size = BODY_MAX_BYTES + 1;
    char    *body = arena_raw(a, size);
    memset(body, ' ', size);
    CHECK_EQ_INT(ask(a, s, "POST", "/note.json", auth.at, (Str){ body, size }).status, 413);
    CHECK_EQ_INT(
        send_raw(
            a, s,
            str_format(
                a,
                "POST /note.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%.*sContent-Length: 99999999999\r\n\r\n",
                STR_ARG(auth)))
            .status,
        413);
    CHECK_EQ_INT(get(a, s, "/healthz").status, 200);
}

TEST("headers without end, half requests and noise do not stop the server")
{
    Serving *s = serve_start(a);
    Buf     *many = buf_open(a);
    buf_put_z(many, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    for (int i = 0; i < 3000; i++) buf_putf(many, "X-%d: aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", i);
    buf_put_z(many, "\r\n");
    int status = send_raw(a, s, buf_str(many)).status;
    CHECK(status == 431 || status == 413 || status == 0);
    send_raw(a, s, S("\0\0\0\0\r\n\r\n"));
    send_raw(a, s, S("GET / HTTP/9.9\r\n\r\n"));
    send_raw(a, s,
             S("GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nCookie: session=\xff; lang=\xfe\r\nAccept-Language: "
               "\xff\r\nConnection: close\r\n\r\n"));
    send_raw(a, s, S("POST /note.json HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n"));
    send_raw(a, s,
             S("POST /note.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"));
    CHECK_EQ_INT(get(a, s, "/healthz").status, 200);
}

TEST("the language of a request is only ever a language")
{
    Serving *s = serve_start(a);
    CHECK_EQ_INT(get(a, s, "/note?lang=%22%3E%3Cscript%3E").status, 200);
    CHECK(!str_has(get(a, s, "/note?lang=%22%3E%3Cscript%3E").body, S("<script>")));
    CHECK_STR(header_of(get(a, s, "/note?lang=vi"), "Content-Language"), "vi");
    CHECK_EQ_INT(ask(a, s, "GET", "/note", "Accept-Language: ;;;,,,q=;-\r\n", STR_NONE).status, 200);
    CHECK_EQ_INT(ask(a, s, "GET", "/note", "Cookie: lang=../../x; session=\r\n", STR_NONE).status, 200);
}

TEST("a token that is not valid is said so; a session that ended is nobody")
{
    Serving *s = serve_start(a);
    CHECK_EQ_INT(get_as(a, s, S("banyan_x"), "/note.json").status, 401);
    CHECK_EQ_INT(ask(a, s, "GET", "/note.json", "Authorization: Basic eDp5\r\n", STR_NONE).status, 401);
    CHECK_EQ_INT(ask(a, s, "GET", "/note.json", "Cookie: session=gone\r\n", STR_NONE).status, 200);
}

TEST("a taken port is named with the way out")
{
    Serving     *s = serve_start(a);
    volatile int stop = 1;
    ServeOptions options = { .listen = str_format(a, "127.0.0.1:%d", s->port) };
    CHECK_ERR(web_serve(s->node, &options, &stop, NULL, NULL, &err), ERR_BUSY);
    CHECK(str_has(str_of(err.text), S("--listen")));
}
