/* Draws how far a long task has come. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/time.h"

#define QUIET_US  1000000 /* what is over sooner needs no bar */
#define REDRAW_US 100000
#define BAR_CELLS 30

Progress progress_start(const char *what)
{
    return (Progress){ .what = what, .started_us = time_monotonic_us(), .terminal = isatty(STDERR_FILENO) };
}

void progress_step(void *progress, uint64_t done, uint64_t of)
{
    Progress *p = progress;
    if (!p->terminal) return;
    int64_t now_us = time_monotonic_us();
    if (now_us - p->started_us < QUIET_US || now_us - p->drawn_us < REDRAW_US) return;
    p->drawn_us = now_us;
    p->drawn = true;

    double seconds = (double)(now_us - p->started_us) / 1e6;
    double rate = (double)done / seconds;
    if (of == 0) {
        fprintf(stderr, "\r\033[K%s  %" PRIu64 "  %.0f/s", p->what, done, rate);
    } else {
        double share = done < of ? (double)done / (double)of : 1;
        int    full = (int)(share * BAR_CELLS);
        double left_s = rate > 0 ? (double)(of - (done < of ? done : of)) / rate : 0;
        fprintf(stderr, "\r\033[K%s  [%.*s%.*s] %3.0f %%  %" PRIu64 " of %" PRIu64 ", %.0f s left", p->what, full,
                "##############################", BAR_CELLS - full, "..............................", share * 100, done,
                of, left_s);
    }
    fflush(stderr);
}

void progress_end(Progress *progress)
{
    if (progress->drawn) fputs("\r\033[K", stderr);
    progress->drawn = false;
}
