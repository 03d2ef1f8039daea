/* Connections that stay, many at once, and the end of a server. */
#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/serving.h"

TEST("a connection is used again, for pages, problems and writes")
{
    Serving *s = serve_start(a);
    Str      auth = str_format(a, "Authorization: Bearer %.*s\r\n", STR_ARG(s->publisher)),
        body = S("{\"doc\":{\"name\":{\"en\":\"A\"}}}");
    Buf *out = buf_open(a);
    for (int i = 0; i < 3; i++) {
        buf_put_z(out, "GET /note.json HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing.json HTTP/1.1\r\nHost: x\r\n\r\n");
        buf_putf(out,
                 "POST /note.json HTTP/1.1\r\nHost: x\r\n%.*sContent-Type: application/json\r\nContent-Length: "
                 "%zu\r\n\r\n%.*s",
                 STR_ARG(auth), body.len, STR_ARG(body));
    }
    buf_put_z(out, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    Got got = send_raw(a, s, buf_str(out));
    Str all = str_join(a, (Str[]){ got.head, S("\r\n"), got.body }, 3);
    int answers[3] = { 0 };
    for (long at; (at = str_find(all, S("HTTP/1.1 "))) >= 0;) {
        all = str_drop(all, (size_t)at + 9);
        answers[0] += str_starts(all, S("200"));
        answers[1] += str_starts(all, S("404"));
        answers[2] += str_starts(all, S("201"));
    }
    CHECK_EQ_INT(answers[0], 4);
    CHECK_EQ_INT(answers[1], 3);
    CHECK_EQ_INT(answers[2], 3);
}

typedef struct {
    Serving *serving;
    int      turn, good;
} Client;

static void *write_and_read(void *given)
{
    Client *c = given;
    Arena  *a = arena_open(0);
    for (int i = 0; i < 8; i++) {
        Str slug = str_format(a, "n-%d-%d", c->turn, i);
        Got made =
            put_json(a, c->serving, c->serving->publisher, "POST", "/note.json", NULL,
                     str_format(a, "{\"slug\":\"%.*s\",\"state\":\"published\",\"doc\":{\"name\":{\"en\":\"N\"}}}",
                                STR_ARG(slug))
                         .at);
        Got seen = get(a, c->serving, str_format(a, "/note/%.*s.json", STR_ARG(slug)).at);
        Got list = get(a, c->serving, "/note?limit=5");
        c->good += made.status == 201 && seen.status == 200 && list.status == 200;
    }
    arena_close(a);
    return NULL;
}

TEST("many clients write and read at once, and each sees at once what it wrote")
{
    Serving  *s = serve_start(a);
    Client    clients[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = (Client){ s, i, 0 };
        pthread_create(&threads[i], NULL, write_and_read, &clients[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ_INT(clients[i].good, 8);
    }
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/note.json")), "total", -1), 64);
}

TEST("a client that goes away in the middle disturbs nobody")
{
    Serving *s = serve_start(a);
    for (int i = 0; i < 50; i++) {
        int                fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)s->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        const char        *half[] = { "GET /note",
                                      "POST /note.json HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"doc\"",
                                      "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" };
        CHECK_EQ_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
        CHECK(send(fd, half[i % 3], strlen(half[i % 3]), MSG_NOSIGNAL) > 0);
        close(fd);
    }
    CHECK_EQ_INT(get(a, s, "/healthz").status, 200);
}
