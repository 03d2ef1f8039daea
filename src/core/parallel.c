#include "core/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 16
#define TAKE        8 /* items a thread takes at once */

typedef struct {
    Parallel *of;
    Arena    *arena;
    pthread_t thread;
    bool      started;
} Worker;

struct Parallel {
    ParallelWork  work;
    void         *with;
    size_t        n;
    atomic_size_t next;
    int           threads;
    Worker        workers[THREADS_MAX];
};

int parallel_threads(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX
                                               : (int)cores;
}

static void *run(void *with)
{
    Worker   *worker = with;
    Parallel *p = worker->of;
    Arena    *scratch = arena_open((size_t)1 << 40);
    for (size_t from; (from = atomic_fetch_add(&p->next, TAKE)) < p->n;)
        for (size_t i = from; i < from + TAKE && i < p->n; i++) {
            p->work(p->with, i, worker->arena, scratch);
            arena_reset(scratch);
        }
    arena_close(scratch);
    return NULL;
}

Parallel *parallel_start(int threads, size_t n, ParallelWork work, void *with, Arena *const *arenas)
{
    Parallel *p = calloc(1, sizeof *p);
    if (!p) memory_end(sizeof *p);
    p->work = work;
    p->with = with;
    p->n = n;
    p->threads = threads;
    for (int i = 0; i < threads; i++) {
        p->workers[i] = (Worker){ .of = p, .arena = arenas[i] };
        p->workers[i].started = pthread_create(&p->workers[i].thread, NULL, run, &p->workers[i]) == 0;
    }
    return p;
}

void parallel_wait(Parallel *p)
{
    if (!p) return;
    /* What no thread could be had for is done here. */
    if (!p->workers[0].started) run(&p->workers[0]);
    for (int i = 0; i < p->threads; i++)
        if (p->workers[i].started) pthread_join(p->workers[i].thread, NULL);
    free(p);
}
