/* Draws how far a long task has come. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/notify.h"

#define QUIET_US      1000000 /* what is over sooner needs no bar */
#define REDRAW_US     100000
#define BAR_CELLS     30
#define LINE_MAX_LEN  120 /* the whole of it, with numbers of 20 digits */
#define USUAL_COLUMNS 80  /* of a terminal that does not say */

Progress progress_start(const char *what)
{
    return (Progress){ .what = what,
                       .started_us = time_monotonic_us(),
                       .terminal = isatty(STDERR_FILENO),
                       .manager = notify_wanted() };
}

/* The last column stays free: a terminal that has it filled may begin a new line. */
static size_t line_room(void)
{
    struct winsize size;
    size_t         columns = USUAL_COLUMNS;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) columns = size.ws_col;
    return columns - 1 < LINE_MAX_LEN ? columns - 1 : LINE_MAX_LEN;
}

/* The parts of a line, in the order in which they stand and are worth their room. */
static void draw(const Progress *p, uint64_t done, uint64_t of, double rate)
{
    double   share = of && done < of ? (double)done / (double)of : 1;
    int      full = (int)(share * BAR_CELLS);
    uint64_t left = done < of ? of - done : 0;
    char     percent[16] = "", bar[96] = "", rest[96];
    if (of) {
        snprintf(percent, sizeof percent, " %3.0f %%", share * 100);
        snprintf(bar, sizeof bar, "  [%.*s%.*s]", full, "##############################", BAR_CELLS - full,
                 "..............................");
        snprintf(rest, sizeof rest, "  %" PRIu64 " of %" PRIu64 ", %.0f s left", done, of,
                 rate > 0 ? (double)left / rate : 0);
    } else {
        snprintf(rest, sizeof rest, "  %" PRIu64 "  %.0f/s", done, rate);
    }
    size_t room = line_room(), needed = strlen(p->what) + strlen(percent);
    bool   has_bar = needed + strlen(bar) <= room;
    if (has_bar) needed += strlen(bar);
    bool has_rest = needed + strlen(rest) <= room;
    char line[256];
    snprintf(line, sizeof line, "%s%s%s%s", p->what, has_bar ? bar : "", percent, has_rest ? rest : "");
    fprintf(stderr, "\r\033[K%.*s", (int)room, line);
    fflush(stderr);
}

void progress_step(void *progress, uint64_t done, uint64_t of)
{
    Progress *p = progress;
    if (!p->terminal && !p->manager) return;
    int64_t now_us = time_monotonic_us();
    if (now_us - p->started_us < QUIET_US || now_us - p->drawn_us < REDRAW_US) return;
    p->drawn_us = now_us;
    p->drawn = true;
    if (p->manager)
        notify_manager("STATUS=%s: %" PRIu64 " of %" PRIu64, p->what, done, of);
    if (p->terminal)
        draw(p, done, of, (double)done / ((double)(now_us - p->started_us) / 1e6));
}

void progress_end(Progress *progress)
{
    if (progress->drawn && progress->terminal) fputs("\r\033[K", stderr);
    progress->drawn = false;
}
