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
