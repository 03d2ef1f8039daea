#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TEST("an armed point fails once, or for good, from the time that was said")
{
    fault_arm(FAULT_DB_WRITE, 2, FAULT_ONCE, 0);
    CHECK(!fault_hits(FAULT_DB_WRITE));
    errno = 0;
    CHECK(fault_hits(FAULT_DB_WRITE));
    CHECK_EQ_INT(errno, EIO);
    CHECK(!fault_hits(FAULT_DB_WRITE));

    fault_arm(FAULT_DB_WRITE, 1, FAULT_FOR_GOOD, ENOSPC);
    CHECK(fault_hits(FAULT_DB_WRITE));
    CHECK(fault_hits(FAULT_DB_WRITE));
    CHECK_EQ_INT(errno, ENOSPC);
    CHECK(!fault_hits(FAULT_DB_COMMIT));
    fault_disarm_all();
    CHECK(!fault_hits(FAULT_DB_WRITE));
}

TEST("passing a point is counted")
{
    long before = fault_count(FAULT_DB_COMMIT);
    fault_hits(FAULT_DB_COMMIT);
    fault_hits(FAULT_DB_COMMIT);
    CHECK_EQ_INT(fault_count(FAULT_DB_COMMIT) - before, 2);
}

TEST("each fault is met once and then for good")
{
    int met = 0, turns = 0;
    FOR_EACH_FAULT (FAULT_DB_WRITE, FAULT_DB_COMMIT) {
        met += fault_hits(FAULT_DB_WRITE) + fault_hits(FAULT_DB_WRITE);
        met += fault_hits(FAULT_DB_COMMIT) + fault_hits(FAULT_DB_COMMIT);
        turns++;
    }
    CHECK_EQ_INT(turns, 4);
    CHECK_EQ_INT(met, 1 + 2 + 1 + 2);
}

/* How a child ends that reads BANYAN_FAULT and passes db-write this often: its wait status, with
   the number of failures as exit code. */
static int child_status(const char *text, int times)
{
    pid_t child = fork();
    if (child == 0) {
        setenv("BANYAN_FAULT", text, 1);
        fault_read_environment();
        int met = 0;
        for (int i = 0; i < times; i++) met += fault_hits(FAULT_DB_WRITE);
        _exit(met);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

TEST("faults are armed from the environment")
{
    CHECK_EQ_INT(WEXITSTATUS(child_status("db-write:3", 5)), 1);
    CHECK_EQ_INT(WEXITSTATUS(child_status("db-commit:1,db-write:2+=ENOSPC", 5)), 4);
    CHECK_EQ_INT(WEXITSTATUS(child_status("db-write~10", 5)), 0);
    int killed = child_status("db-write!2", 5);
    CHECK(WIFSIGNALED(killed));
    CHECK_EQ_INT(WTERMSIG(killed), SIGKILL);
    CHECK_EQ_INT(WEXITSTATUS(child_status("db-write!9", 5)), 0);
}
