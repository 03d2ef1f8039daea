/* A progress bar on stderr: only when that is a terminal, and only from the second second on. */
#ifndef BANYAN_CLI_PROGRESS_H
#define BANYAN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *what; /* "Loading" */
    int64_t     started_us, drawn_us;
    bool        terminal, drawn;
} Progress;

Progress progress_start(const char *what);
/* `progress` is a Progress: fits NodeProgress. `of` 0: nobody knows how many. Cheap when called often. */
void progress_step(void *progress, uint64_t done, uint64_t of);
void progress_end(Progress *progress); /* takes the bar away */

#endif
