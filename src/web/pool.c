/* See pool.h: a ring of jobs behind a lock. */
#include "web/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"

static const size_t STACK_BYTES = (size_t)1 << 20;

struct Pool {
    void (*run)(void *job);
    pthread_mutex_t lock;
    pthread_cond_t  more;
    void           *jobs[POOL_WAITING_MAX];
    size_t          first, count;
    bool            ending;
    int             threads;
    pthread_t       thread[];
};

static void *work(void *given)
{
    Pool *p = given;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->count && !p->ending) pthread_cond_wait(&p->more, &p->lock);
        if (!p->count) break;
        void *job = p->jobs[p->first];
        p->first = (p->first + 1) % POOL_WAITING_MAX;
        p->count--;
        pthread_mutex_unlock(&p->lock);
        p->run(job);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

Pool *pool_open(int threads, void (*run)(void *job))
{
    size_t size = sizeof(Pool) + (size_t)threads * sizeof(pthread_t);
    Pool  *p = calloc(1, size);
    if (!p) memory_end(size);
    p->run = run;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
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
    if (room) {
        p->jobs[(p->first + p->count++) % POOL_WAITING_MAX] = job;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_end(Pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    while (p->threads) pthread_join(p->thread[--p->threads], NULL);
}

void pool_close(Pool *p)
{
    if (!p) return;
    pool_end(p);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->more);
    free(p);
}
