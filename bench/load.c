/* A load of HTTP/1.1 requests over kept-alive connections, and how long each answer took.

   load [--clients N] [--seconds S] [--rate R] [--header LINE] ADDRESS:PORT FILE

   FILE holds one request a line: METHOD, a space, the path, and, behind a tab, a JSON body. Every
   client sends its next request when its last answer is whole (a closed loop). Without --seconds each
   line is sent once, with it the file is gone through again and again. With --rate (and --seconds) the clients take
   turns to send R requests a second together, whether answers come or not, as sensors do; an answer's time is then
   counted from when its request was due. Prints one line of JSON:
   requests, seconds, rate, latencies in microseconds, how many of each status. One thread, so that it
   takes little from the server measured beside it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"

#define CLIENTS_MAX 1024
#define HEAD_MAX    (64 << 10)

typedef struct {
    int     fd;
    Buf     out, in;
    size_t  sent;
    int64_t began_us;
    size_t  body_at, body_len; /* in `in`, once its head is whole */
    bool    busy;
    int64_t due_us; /* with a rate: of the request that is to be sent as soon as the client is free; 0: none */
} Client;

typedef struct {
    struct sockaddr_in to;
    const char        *host, *header;
    Str               *lines;
    size_t             line_count, next;
    int64_t            end_us; /* 0: each line once */
    int64_t            rate;   /* 0: as fast as answers come */
    int                epoll;
    size_t             busy;
    int64_t           *took_us; /* of each answer */
    size_t             took_count, took_room;
    uint64_t           statuses[1000], bytes;
} Load;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "failed");
    exit(6);
}

static void connect_client(Load *load, Client *c)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&load->to, sizeof load->to) != 0) give_up("connecting");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) give_up("epoll");
}

static void write_request(const Load *load, Client *c, Str line)
{
    Cut method = str_cut(line, ' '), path = str_cut(method.tail, '\t');
    buf_clear(&c->out);
    buf_putf(&c->out, "%.*s %.*s HTTP/1.1\r\nHost: %s\r\n", STR_ARG(method.head), STR_ARG(path.head), load->host);
    if (load->header) buf_putf(&c->out, "%s\r\n", load->header);
    if (path.found) buf_putf(&c->out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", path.tail.len);
    buf_put_z(&c->out, "\r\n");
    buf_put(&c->out, path.tail);
}

/* Bodies are small against the socket's buffer: a short write is waited for. */
static void send_request(Client *c)
{
    for (c->sent = 0; c->sent < c->out.len;) {
        ssize_t n = write(c->fd, c->out.at + c->sent, c->out.len - c->sent);
        if (n < 0) give_up("sending");
        c->sent += (size_t)n;
    }
}

static void next_request(Load *load, Client *c)
{
    bool over = load->end_us ? time_monotonic_us() >= load->end_us : load->next >= load->line_count;
    if (load->rate) over = !c->due_us;
    if (over) {
        load->busy -= c->busy;
        c->busy = false;
        return;
    }
    write_request(load, c, load->lines[load->next++ % load->line_count]);
    load->busy += !c->busy;
    c->busy = true;
    buf_clear(&c->in);
    c->body_at = c->body_len = 0;
    c->began_us = load->rate ? c->due_us : time_monotonic_us();
    c->due_us = 0;
    send_request(c);
}

/* Length of the body from the head; an answer without one cannot be told from the next. */
static size_t body_length(Str head, int status)
{
    if (status == 204 || status == 304) return 0;
    for (Cut rest = str_cut(head, '\n'); rest.head.len; rest = str_cut(rest.tail, '\n')) {
        Cut     field = str_cut(rest.head, ':');
        int64_t n;
        if (str_eq_nocase(field.head, S("content-length")) && str_to_i64(str_trim(field.tail), &n)) return (size_t)n;
    }
    errno = 0;
    give_up("an answer without Content-Length");
}

static void note_answer(Load *load, Client *c, int status)
{
    if (load->took_count == load->took_room) {
        load->took_room = load->took_room ? 2 * load->took_room : 1 << 16;
        load->took_us = realloc(load->took_us, load->took_room * sizeof *load->took_us);
        if (!load->took_us) give_up("memory");
    }
    load->took_us[load->took_count++] = time_monotonic_us() - c->began_us;
    load->statuses[status]++;
    load->bytes += c->in.len;
}

static void read_answer(Load *load, Client *c)
{
    char   *at = buf_grow(&c->in, HEAD_MAX);
    ssize_t n = read(c->fd, at, HEAD_MAX);
    c->in.len = (size_t)(at - c->in.at) + (n > 0 ? (size_t)n : 0);
    c->in.at[c->in.len] = 0;
    if (n == 0) errno = 0;
    if (n <= 0) give_up("the server closed a connection");

    Str  all = buf_str(&c->in);
    long head_end = c->body_at ? 0 : str_find(all, S("\r\n\r\n"));
    if (head_end < 0) return;
    int status = atoi(c->in.at + sizeof "HTTP/1.1");
    if (status < 100 || status > 999) give_up("no status");
    if (!c->body_at) {
        c->body_at = (size_t)head_end + 4;
        c->body_len = body_length(str_take_first(all, c->body_at), status);
    }
    if (all.len < c->body_at + c->body_len) return;
    note_answer(load, c, status);
    next_request(load, c);
}

static int by_value(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static int64_t quantile(const Load *load, double share)
{
    size_t at = (size_t)(share * (double)load->took_count);
    return load->took_count ? load->took_us[at < load->took_count ? at : load->took_count - 1] : 0;
}

static void print_result(Load *load, double seconds)
{
    qsort(load->took_us, load->took_count, sizeof *load->took_us, by_value);
    printf("{\"requests\":%zu,\"seconds\":%.4f,\"rate\":%.1f,\"bytes\":%llu,\"p50_us\":%lld,\"p90_us\":%lld,\"p99_us\":"
           "%lld,"
           "\"p999_us\":%lld,\"max_us\":%lld,\"statuses\":{",
           load->took_count, seconds, (double)load->took_count / seconds, (unsigned long long)load->bytes,
           (long long)quantile(load, 0.5), (long long)quantile(load, 0.9), (long long)quantile(load, 0.99),
           (long long)quantile(load, 0.999), (long long)quantile(load, 1));
    const char *comma = "";
    for (int status = 0; status < 1000; status++) {
        if (!load->statuses[status]) continue;
        printf("%s\"%d\":%llu", comma, status, (unsigned long long)load->statuses[status]);
        comma = ",";
    }
    printf("}}\n");
}

static void read_lines(Arena *a, const char *path, Load *load)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!file) give_up(path);
    char  *line = NULL;
    size_t size = 0, room = 0;
    for (ssize_t n; (n = getline(&line, &size, file)) > 0;) {
        if (load->line_count == room) {
            room = room ? 2 * room : 1024;
            load->lines = realloc(load->lines, room * sizeof(Str));
            if (!load->lines) give_up("memory");
        }
        Str text = str_trim((Str){ line, (size_t)n });
        if (text.len) load->lines[load->line_count++] = str_copy(a, text);
    }
    free(line);
    if (file != stdin) fclose(file);
    errno = 0;
    if (!load->line_count) give_up("no requests in the file");
}

static void take_answers(Load *load, int wait_ms)
{
    struct epoll_event events[64];
    int                ready = epoll_wait(load->epoll, events, 64, wait_ms);
    if (ready < 0 && errno != EINTR) give_up("waiting for an answer");
    if (ready == 0 && !load->rate) errno = ETIMEDOUT, give_up("waiting for an answer");
    for (int i = 0; i < ready; i++) read_answer(load, events[i].data.ptr);
}

/* A client that is late with one request leaves out the next: it is counted as late as that one is. */
static void run_at_rate(Load *load, Client *clients, int n)
{
    int64_t began_us = time_monotonic_us();
    for (int64_t k = 0; load->busy || time_monotonic_us() < load->end_us;) {
        int64_t now_us = time_monotonic_us(), due_us = began_us + k * 1000000 / load->rate;
        for (; due_us <= now_us && due_us < load->end_us; due_us = began_us + ++k * 1000000 / load->rate) {
            Client *c = &clients[k % n];
            if (!c->due_us) c->due_us = due_us;
            if (!c->busy) next_request(load, c);
        }
        take_answers(load, 1);
    }
}

static void run(Load *load, Client *clients, int n)
{
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < n; i++) connect_client(load, &clients[i]);
    if (load->rate) {
        run_at_rate(load, clients, n);
        return;
    }
    for (int i = 0; i < n; i++) next_request(load, &clients[i]);
    while (load->busy) take_answers(load, 30000);
}

int main(int argc, char **argv)
{
    Load    load = { 0 };
    int64_t clients = 16, seconds = 0;
    int     at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        Str value = str_of(argv[at + 1]);
        if (strcmp(argv[at], "--clients") == 0 && str_to_i64(value, &clients)) continue;
        if (strcmp(argv[at], "--seconds") == 0 && str_to_i64(value, &seconds)) continue;
        if (strcmp(argv[at], "--rate") == 0 && str_to_i64(value, &load.rate)) continue;
        if (strcmp(argv[at], "--header") != 0) break;
        load.header = argv[at + 1];
    }
    if (argc - at != 2 || clients < 1 || clients > CLIENTS_MAX || (load.rate && seconds < 1)) {
        fputs("load [--clients N] [--seconds S] [--rate R] [--header LINE] ADDRESS:PORT FILE\n", stderr);
        return 2;
    }
    Arena *a = arena_open((size_t)4 << 30);
    Cut    place = str_cut(str_of(argv[at]), ':');
    load.host = argv[at];
    load.to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(place.tail.at)) };
    if (inet_pton(AF_INET, str_z(a, place.head), &load.to.sin_addr) != 1) give_up("not an address");
    read_lines(a, argv[at + 1], &load);

    Client *all = NEW_ARRAY(a, Client, clients);
    int64_t began_us = time_monotonic_us();
    if (seconds) load.end_us = began_us + seconds * 1000000;
    run(&load, all, (int)clients);
    print_result(&load, (double)(time_monotonic_us() - began_us) / 1e6);
    for (int i = 0; i < clients; i++) {
        close(all[i].fd);
        buf_free(&all[i].in);
        buf_free(&all[i].out);
    }
    free(load.lines);
    free(load.took_us);
    arena_close(a);
    return 0;
}
