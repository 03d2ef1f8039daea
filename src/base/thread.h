/* A thread for one thing, and the place of a thread among the others of the machine. */
#ifndef BANYAN_BASE_THREAD_H
#define BANYAN_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* The calling thread, and those that it begins from here on, give way to others: to pages while questions are worked
   on, to both while something is made ready in the background. There is no way back. */
#define THREAD_OF_QUESTIONS  5
#define THREAD_OF_BACKGROUND 15
void thread_give_way(int niceness);

/* `run` on a thread of its own, or at once when there is none to be had. */
typedef struct {
    pthread_t thread;
    bool      begun;
    void (*run)(void *with);
    void *with;
} Errand;
void errand_begin(Errand *errand, void (*run)(void *with), void *with); /* `errand` stays where it is until its end */
void errand_end(Errand *errand);                                        /* waits */

#endif
