/* The same work on many items, on all cores, while the caller does something else. */
#ifndef BANYAN_CORE_PARALLEL_H
#define BANYAN_CORE_PARALLEL_H

#include "base/arena.h"

typedef struct Parallel Parallel;

int parallel_threads(void); /* cores, at most 16 */

/* Start `work(with, i, a, scratch)` for i in [0, n) on `threads` threads; `arenas` has one for each, and an
   item's work may leave its results there. `scratch` is reset behind each item. Items are taken in order. */
typedef void (*ParallelWork)(void *with, size_t i, Arena *a, Arena *scratch);
Parallel *parallel_start(int threads, size_t n, ParallelWork work, void *with, Arena *const *arenas);
void      parallel_wait(Parallel *p); /* until all is done; frees; NULL is fine */

#endif
