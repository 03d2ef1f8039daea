/* Niceness is of a thread in Linux, whatever POSIX says, and is passed on to those it begins. */
#include "base/thread.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void thread_give_way(int niceness)
{
    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 });
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}

static void *run_errand(void *with)
{
    Errand *errand = with;
    errand->run(errand->with);
    return NULL;
}

void errand_begin(Errand *errand, void (*run)(void *with), void *with)
{
    *errand = (Errand){ .run = run, .with = with };
    errand->begun = pthread_create(&errand->thread, NULL, run_errand, errand) == 0;
    if (!errand->begun) run(with);
}

void errand_end(Errand *errand)
{
    if (errand->begun) pthread_join(errand->thread, NULL);
    errand->begun = false;
}
