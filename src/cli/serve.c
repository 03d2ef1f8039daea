/* banyan serve */
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/place.h"
#include "web/web.h"

/* Set by a signal: that is all a handler may safely do. */
static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* Tell systemd that the service is up (sd_notify's protocol: one datagram). */
static void tell_service_manager(const char *state)
{
    const char        *where = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    if (!where || (where[0] != '/' && where[0] != '@') || strlen(where) >= sizeof to.sun_path) return;
    size_t length = strlen(where);
    memcpy(to.sun_path, where, length);
    if (to.sun_path[0] == '@') to.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    sendto(fd, state, strlen(state), 0, (struct sockaddr *)&to,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
}

static void on_ready(void *with, Str address)
{
    Node *node = with;
    printf("Serving %.*s (%" PRIu64 " entries) on %.*s\n", STR_ARG(node_name(node)), node_log_size(node),
           STR_ARG(address));
    fflush(stdout);
    tell_service_manager("READY=1");
}

static bool serve_run(Call *call, Err *err)
{
    int64_t threads, workers;
    if (!call_integer(call, "threads", 0, 1, 256, &threads, err)) return false;
    if (!call_integer(call, "workers", 0, 1, 256, &workers, err)) return false;
    ServeOptions options = { .listen = call_option(call, "listen", S("127.0.0.1:8080")),
                             .threads = (int)threads,
                             .workers = (int)workers,
                             .quiet = call_has(call, "quiet") };

    struct sigaction on_stop = { .sa_handler = on_signal };
    sigaction(SIGTERM, &on_stop, NULL);
    sigaction(SIGINT, &on_stop, NULL);
    Node *node;
    if (!place_open(call, false, &node, err)) return false;
    bool ok = web_serve(node, &options, &stop, on_ready, node, err);
    tell_service_manager("STOPPING=1");
    return ok;
}

const Command command_serve = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "Runs until SIGTERM or SIGINT, then answers what has been asked and ends. Put a proxy with TLS in\n"
             "front of it for the world to reach.",
    .options = { { "listen", "ADDRESS:PORT", "where to listen; 127.0.0.1:8080" },
                 { "threads", "N", "threads that answer questions; otherwise one a core" },
                 { "workers", "N", "threads for writes, sign-in and exports" },
                 { "quiet", NULL, "log only what goes wrong" } },
    .run = serve_run,
};
