/* See pool.h: a ring of jobs behind a lock that is held for a moment only. Who waits for a job waits at a semaphore,
   so that no thread is woken to find the lock taken. */
#include "web/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "base/arena.h"

static const size_t STACK_BYTES = (size_t)1 << 20;

struct Pool {
    void (*run)(void *job);
    pthread_mutex_t lock;
    sem_t           more; /* once a job, and for the end once a thread */
    void           *jobs[POOL_WAITING_MAX];
    size_t          first, count;
    bool            ending;
    int             threads;
    pthread_t       thread[];
};

/* NULL: it is over, and all are done. */
static void *take(Pool *p)
{
    while (sem_wait(&p->more) != 0) continue; /* a signal came */
    pthread_mutex_lock(&p->lock);
    void *job = p->count ? p->jobs[p->first] : NULL;
    if (job) {
        p->first = (p->first + 1) % POOL_WAITING_MAX;
        p->count--;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static void *work(void *given)
{
    Pool *p = given;
    for (void *job; (job = take(p));) p->run(job);
    return NULL;
}

Pool *pool_open(int threads, void (*run)(void *job))
{
    size_t size = sizeof(Pool) + (size_t)threads * sizeof(pthread_t);
    Pool  *p = calloc(1, size);
    if (!p) memory_end(size);
    p->run = run;
    pthread_mutex_init(&p->lock, NULL);
    sem_init(&p->more, 0, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (p->threads < threads && pthread_create(&p->thread[p->threads], &attributes, work, p) == 0) p->threads++;
    pthread_attr_destroy(&attributes);
    if (!p->threads) memory_end(STACK_BYTES);
    return p;
}

bool pool_add(Pool *p, void *job)
{
    pthread_mutex_lock(&p->lock);
    bool room = !p->ending && p->count < POOL_WAITING_MAX;
    if (room) p->jobs[(p->first + p->count++) % POOL_WAITING_MAX] = job;
    pthread_mutex_unlock(&p->lock);
    if (room) sem_post(&p->more);
    return room;
}

void pool_end(Pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++) sem_post(&p->more);
    while (p->threads) pthread_join(p->thread[--p->threads], NULL);
}

void pool_close(Pool *p)
{
    if (!p) return;
    pool_end(p);
    pthread_mutex_destroy(&p->lock);
    sem_destroy(&p->more);
    free(p);
}
