/* web_serve: opens the site, listens, and ends when all that was under way is answered.

   Few threads speak HTTP, each with a daemon of libmicrohttpd and its own connections; what they cannot answer
   from the cache goes to the pools (exchange.c). We accept ourselves and give each new connection to the thread
   that has fewest: left to a pool of the library's, the thread that wakes first takes nearly all that come at once. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/time.h"
#include "web/desk.h"
#include "web/exchange.h"
#include "web/intake.h"
#include "web/request.h"

#define THREADS_MAX 32 /* that speak HTTP */

static const int      CORES_A_THREAD = 8, WORKERS = 48;
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
            return fail(err, ERR_BUSY, "%.*s is taken by another program; choose another with --listen HOST:PORT",
                        STR_ARG(text));
        /* An address may come when the network does: that is worth another try later. */
        return fail(err, error == EADDRNOTAVAIL ? ERR_BUSY : ERR_USAGE, "--listen %.*s: %s", STR_ARG(text),
                    strerror(error));
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

typedef struct {
    struct MHD_Daemon *daemon;
    atomic_uint        connections; /* given to it and not yet closed */
} Thread;

typedef struct {
    Thread threads[THREADS_MAX];
    int    n;
} Threads;

static void connection_seen(void *given, struct MHD_Connection *connection, void **with,
                            enum MHD_ConnectionNotificationCode what)
{
    (void)connection, (void)with;
    Thread *thread = given;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) atomic_fetch_sub(&thread->connections, 1);
}

static bool thread_start(Server *server, Thread *thread)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | MHD_USE_ITC;
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)library_says, NULL },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_end, server },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_seen, thread },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_begin, server },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)CONNECTIONS_MAX, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)IDLE_SECONDS, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)HEADERS_MAX_BYTES, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    thread->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    return thread->daemon != NULL;
}

static bool threads_start(Server *server, int wanted, Threads *out)
{
    if (wanted > THREADS_MAX) wanted = THREADS_MAX;
    while (out->n < wanted && thread_start(server, &out->threads[out->n])) out->n++;
    return out->n > 0;
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = (long)ms * 1000000 }, NULL);
}

/* The thread with fewest connections; NULL when there are as many as there may be. */
static Thread *thread_for_next(Threads *all)
{
    Thread  *least = &all->threads[0];
    unsigned total = 0;
    for (int i = 0; i < all->n; i++) {
        Thread  *thread = &all->threads[i];
        unsigned has = atomic_load(&thread->connections);
        total += has;
        if (has < atomic_load(&least->connections)) least = thread;
    }
    return total < CONNECTIONS_MAX ? least : NULL;
}

/* Those who come while there is no room wait in the queue of the socket. */
static void accept_waiting(Threads *all, int fd)
{
    for (Thread *thread; (thread = thread_for_next(all));) {
        struct sockaddr_storage from;
        socklen_t               length = sizeof from;
        int                     s = accept4(fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (s < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (s < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (s < 0) break; /* no file handle or no memory just now */
        atomic_fetch_add(&thread->connections, 1);
        if (MHD_add_connection(thread->daemon, s, (struct sockaddr *)&from, length) != MHD_YES)
            atomic_fetch_sub(&thread->connections, 1);
    }
    pause_ms(5);
}

static void serve_until(volatile int *stop, Threads *all, int fd)
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    while (!__atomic_load_n(stop, __ATOMIC_RELAXED))
        if (poll(&waiting, 1, 50) > 0) accept_waiting(all, fd);
}

/* No new connections; what was asked is answered. */
static void end(Server *server, Threads *all)
{
    int64_t until_us = time_monotonic_us() + STOP_MAX_US;
    while (atomic_load(&server->site->metrics.under_way) > 0 && time_monotonic_us() < until_us) {
        if (until_us - time_monotonic_us() < STOP_MAX_US / 2) desk_end(server->site->desk);
        pause_ms(5);
    }
    intake_end(server->site->intake);
    pool_end(server->readers);
    pool_end(server->waiters);
    for (int i = 0; i < all->n; i++) MHD_stop_daemon(all->threads[i].daemon);
}

static int cores_online(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 256 ? 256
                                       : (int)cores;
}

/* Threads that answer are not interrupted by those that wake, which would then wait for the rest of a turn: all get
   done sooner, and the slowest much sooner. Threads started from here on are like this one. */
static void take_turns(void)
{
    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 });
}

bool web_serve(Node *node, const ServeOptions *options, volatile int *stop, void (*ready)(void *with, Str address),
               void *with, Err *err)
{
    Arena *a = arena_open(0);
    int    fd = -1;
    Str    address;
    Server server = { .quiet = options->quiet };
    take_turns();
    mallopt(M_ARENA_MAX, 4); /* threads share heaps: a pool of many small threads would spread memory over as many */
    if (!listen_on(a, options->listen, &fd, &address, err)) {
        arena_close(a);
        return false;
    }
    bool ok = site_open(node, &server.site, err);
    if (ok) {
        if (!server.site->base_url.len) server.site->base_url = str_copy(server.site->arena, address);
        int cores = cores_online();
        server.waiters = pool_open(options->workers > 0 ? options->workers : WORKERS, exchange_work);
        server.readers = pool_open(options->threads > 0 ? options->threads : cores, exchange_work);
        Threads threads = { 0 };
        ok = threads_start(&server, 1 + cores / CORES_A_THREAD, &threads) ||
             fail(err, ERR_STORE, "the web server does not start: %s", strerror(errno));
        if (ok) {
            if (ready) ready(with, address);
            serve_until(stop, &threads, fd);
            close(fd);
            fd = -1;
            end(&server, &threads);
        }
        pool_close(server.readers);
        pool_close(server.waiters);
    }
    if (fd >= 0) close(fd);
    site_close(server.site);
    arena_close(a);
    return ok;
}
