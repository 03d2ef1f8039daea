/* How far a long task has come: a bar on stderr when that is a terminal, a line of status for a service manager
   when one listens (cli/notify.h); else nothing. Both only from the second second on. */
#ifndef BANYAN_CLI_PROGRESS_H
#define BANYAN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *what; /* "Loading" */
    int64_t     started_us, drawn_us;
    bool        terminal, manager, drawn;
} Progress;

Progress progress_start(const char *what);
/* `progress` is a Progress: fits NodeProgress. `of` 0: nobody knows how many. Cheap when called often. The bar stays
   on one line of the terminal, however narrow: what does not fit is left out, from the right. */
void progress_step(void *progress, uint64_t done, uint64_t of);
void progress_end(Progress *progress); /* takes the bar away */

#endif
