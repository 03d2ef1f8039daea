/* A small pool of threads for what may wait: writes, sign-in, exports. */
#ifndef BANYAN_WEB_POOL_H
#define BANYAN_WEB_POOL_H

#include <stdbool.h>

#define POOL_WAITING_MAX 4096

typedef struct Pool Pool;
Pool               *pool_open(int threads, void (*run)(void *job));
bool                pool_add(Pool *pool, void *job); /* false when too many wait */
void                pool_close(Pool *pool);          /* runs what waits, then ends the threads; accepts NULL */

#endif
