/* Threads that take up jobs in the order they were given. */
#ifndef BANYAN_WEB_POOL_H
#define BANYAN_WEB_POOL_H

#include <stdbool.h>

#define POOL_WAITING_MAX 4096

typedef struct Pool Pool;
Pool               *pool_open(int threads, void (*run)(void *job));
bool                pool_add(Pool *pool, void *job); /* false when too many wait, or after pool_end */
void                pool_end(Pool *pool);            /* runs what waits, then ends the threads; accepts NULL */
void                pool_close(Pool *pool);          /* ends it and frees it; accepts NULL */

#endif
