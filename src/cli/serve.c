/* banyan serve */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "cli/notify.h"
#include "cli/place.h"
#include "web/web.h"

/* Set by a signal: that is all a handler may safely do. */
static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void on_ready(void *with, Str address)
{
    Node *node = with;
    printf("Serving %.*s (%" PRIu64 " entries) on %.*s\n", STR_ARG(node_name(node)), node_log_size(node),
           STR_ARG(address));
    fflush(stdout);
    notify_manager("READY=1\nSTATUS=Serving on %.*s", STR_ARG(address));
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
    notify_manager("STOPPING=1");
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
