/* web_serve: opens the site, listens, and ends when all that was under way is answered. */
#include <errno.h>
#include <stdio.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/time.h"
#include "web/exchange.h"
#include "web/request.h"

static const int      THREADS = 2, WORKERS = 32;
static const unsigned CONNECTIONS_MAX = 2000, IDLE_SECONDS = 30;
static const size_t   HEADERS_MAX_BYTES = 32 * 1024; /* of one request; libmicrohttpd answers 431 and 414 itself */
static const int      WAITING_MAX = 1024;            /* connections not yet accepted */
static const int64_t  STOP_MAX_US = (int64_t)30 * 1000 * 1000;

static bool listen_on(Arena *a, Str text, int *fd, Str *address, Err *err)
{
    Str host;
    int port;
    if (!listen_read(a, text, &host, &port, err)) return false;
    struct addrinfo wish = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found;
    int             trouble = getaddrinfo(host.at, str_format(a, "%d", port).at, &wish, &found);
    if (trouble) return fail(err, ERR_USAGE, "--listen %.*s: %s", STR_ARG(text), gai_strerror(trouble));

    int  s = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
    bool ok = s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
              bind(s, found->ai_addr, found->ai_addrlen) == 0 && listen(s, WAITING_MAX) == 0;
    int error = errno;
    freeaddrinfo(found);
    if (!ok) {
        if (s >= 0) close(s);
        if (error == EADDRINUSE)
            return fail(err, ERR_USAGE, "%.*s is taken by another program; choose another with --listen HOST:PORT",
                        STR_ARG(text));
        return fail(err, ERR_USAGE, "--listen %.*s: %s", STR_ARG(text), strerror(error));
    }
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); /* inherited by what is accepted */

    struct sockaddr_storage bound;
    socklen_t               length = sizeof bound;
    char                    name[NI_MAXHOST], service[NI_MAXSERV];
    getsockname(s, (struct sockaddr *)&bound, &length);
    getnameinfo((struct sockaddr *)&bound, length, name, sizeof name, service, sizeof service,
                NI_NUMERICHOST | NI_NUMERICSERV);
    *address = str_format(a, bound.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", name, service);
    *fd = s;
    return true;
}

/* Decoding is ours (request.c): the address is left as it was sent. */
static size_t leave_escaped(void *with, struct MHD_Connection *connection, char *text)
{
    (void)with, (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void library_says(void *with, const char *format, va_list list)
{
    (void)with;
    char text[300];
    vsnprintf(text, sizeof text, format, list);
    diag(DIAG_DEBUG, "http %s", text);
}

static struct MHD_Daemon *daemon_start(Server *server, int fd, int threads)
{
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)library_says, NULL },
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_end, server },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_begin, server },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)CONNECTIONS_MAX, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)IDLE_SECONDS, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)HEADERS_MAX_BYTES, NULL },
        { threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = (long)ms * 1000000 }, NULL);
}

/* No new connections; what was asked is answered. */
static void end(Server *server, struct MHD_Daemon *daemon)
{
    int     fd = MHD_quiesce_daemon(daemon);
    int64_t until_us = time_monotonic_us() + STOP_MAX_US;
    if (fd >= 0) close(fd);
    while (atomic_load(&server->site->metrics.under_way) > 0 && time_monotonic_us() < until_us) pause_ms(5);
    pool_close(server->pool);
    MHD_stop_daemon(daemon);
}

bool web_serve(Node *node, const ServeOptions *options, volatile int *stop, void (*ready)(void *with, Str address),
               void *with, Err *err)
{
    Arena *a = arena_open(0);
    int    fd = -1;
    Str    address;
    Server server = { .quiet = options->quiet };
    mallopt(M_ARENA_MAX, 4); /* threads share heaps: a pool of many small threads would spread memory over as many */
    if (!listen_on(a, options->listen, &fd, &address, err)) {
        arena_close(a);
        return false;
    }
    bool ok = site_open(node, &server.site, err);
    if (ok) {
        if (!server.site->base_url.len) server.site->base_url = str_copy(server.site->arena, address);
        server.pool = pool_open(options->workers > 0 ? options->workers : WORKERS, exchange_work);
        struct MHD_Daemon *daemon = daemon_start(&server, fd, options->threads > 0 ? options->threads : THREADS);
        ok = daemon || fail(err, ERR_STORE, "the web server does not start: %s", strerror(errno));
        if (ok) {
            fd = -1; /* the daemon's from here on */
            if (ready) ready(with, address);
            while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) pause_ms(50);
            end(&server, daemon);
        } else {
            pool_close(server.pool);
        }
    }
    if (fd >= 0) close(fd);
    site_close(server.site);
    arena_close(a);
    return ok;
}
