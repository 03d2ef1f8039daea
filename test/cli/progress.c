/* The bar on a terminal: a pseudo terminal stands in for stderr. The start lies in the past, so that nothing waits. */
#include "cli/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

#define LONG_AGO_US 4000000000LL /* so long that what the test takes itself changes no figure */

typedef struct {
    uint64_t done, of;
} Step;

/* What a task of these steps writes to stderr, which is `fd`; each step comes late enough to be drawn. */
static Str written(Arena *a, int fd, int reader, const Step *steps, size_t n)
{
    int kept = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    Progress p = progress_start("Loading");
    for (size_t i = 0; i < n; i++) {
        p.started_us -= LONG_AGO_US;
        p.drawn_us = 0;
        progress_step(&p, steps[i].done, steps[i].of);
    }
    progress_end(&p);
    dup2(kept, STDERR_FILENO);
    close(kept);
    char    text[4096];
    ssize_t len = read(reader, text, sizeof text);
    return str_copy(a, (Str){ text, len > 0 ? (size_t)len : 0 });
}

static Str on_terminal(Arena *a, unsigned short columns, const Step *steps, size_t n)
{
    struct winsize size = { .ws_row = 24, .ws_col = columns };
    int            terminal, fd;
    if (openpty(&terminal, &fd, NULL, NULL, &size) != 0) return S("no pseudo terminal");
    fcntl(terminal, F_SETFL, O_NONBLOCK);
    Str text = written(a, fd, terminal, steps, n);
    close(fd);
    close(terminal);
    return text;
}

static const Step half[] = { { 1, 4 }, { 2, 4 } };

TEST("a bar moves on and is taken away")
{
    CHECK_STR(on_terminal(a, 60, half, 2),
              "\r\033[KLoading  [#######.......................]  25 %"
              "\r\033[KLoading  [###############...............]  50 %"
              "\r\033[K");
}

TEST("where there is room it says how many and how long")
{
    CHECK_STR(on_terminal(a, 80, (Step[]){ { 4000, 4001 } }, 1),
              "\r\033[KLoading  [#############################.] 100 %  4000 of 4001, 1 s left\r\033[K");
    CHECK_STR(on_terminal(a, 80, (Step[]){ { 8000, 0 } }, 1), "\r\033[KLoading  8000  2/s\r\033[K");
}

TEST("a narrow terminal gets what fits on one line")
{
    CHECK_STR(on_terminal(a, 20, half, 1), "\r\033[KLoading  25 %\r\033[K");
    CHECK_STR(on_terminal(a, 6, half, 1), "\r\033[KLoadi\r\033[K");
    CHECK_STR(on_terminal(a, 1, half, 1), "\r\033[K\r\033[K");
    CHECK_STR(on_terminal(a, 0, (Step[]){ { UINT64_MAX - 1, UINT64_MAX } }, 1),
              "\r\033[KLoading  [##############################] 100 %\r\033[K");
}

TEST("what is over within a second, and what goes to a pipe, has no bar")
{
    CHECK_STR(on_terminal(a, 80, NULL, 0), "");
    int pipes[2];
    CHECK(pipe2(pipes, O_NONBLOCK) == 0);
    CHECK_STR(written(a, pipes[1], pipes[0], half, 2), "");
    close(pipes[0]);
    close(pipes[1]);
}

TEST("a service manager is told how far it is")
{
    struct sockaddr_un where = { .sun_family = AF_UNIX };
    strcpy(where.sun_path, str_format(a, "%s/manager", test_folder(a)).at);
    int  manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), pipes[2];
    char told[256] = "";
    CHECK(bind(manager, (struct sockaddr *)&where, sizeof where) == 0 && pipe2(pipes, O_NONBLOCK) == 0);
    setenv("NOTIFY_SOCKET", where.sun_path, 1);
    CHECK_STR(written(a, pipes[1], pipes[0], half, 1), "");
    unsetenv("NOTIFY_SOCKET");
    CHECK(recv(manager, told, sizeof told - 1, 0) > 0);
    CHECK_STR(told, "STATUS=Loading: 1 of 4");
    close(manager);
    close(pipes[0]);
    close(pipes[1]);
}
