#include "base/diag.h"
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* What the calls in between wrote to stderr. */
static int stderr_into(const char *path)
{
    fflush(stderr);
    int before = dup(2), fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    dup2(fd, 2);
    close(fd);
    return before;
}

static void stderr_back(int before)
{
    dup2(before, 2);
    close(before);
}

TEST("an event is one line with time and level; what is below the level is not written")
{
    const char *path = path_join(a, str_of(test_folder(a)), S("stderr")).at;
    int         before = stderr_into(path);
    diag(DIAG_DEBUG, "hidden");
    diag(DIAG_INFO, "started records=%d", 3);
    diag(DIAG_ERROR, "from outside: %s", "a\n2026 error forged\x1b[2J");
    diag_set_level(DIAG_ERROR);
    diag(DIAG_WARN, "hidden");
    diag_set_level(DIAG_INFO);
    stderr_back(before);

    Str text;
    CHECK_OK(file_read(a, path, 10000, &text, &err));
    Cut first = str_cut(text, '\n'), second = str_cut(first.tail, '\n');
    CHECK_STR(str_drop(first.head, 24), " info started records=3");
    CHECK_STR(str_drop(second.head, 24), " error from outside: a\\n2026 error forged\\x1b[2J");
    CHECK_STR(second.tail, "");
    CHECK_EQ_INT(first.head.at[23], 'Z');
}

TEST("in systemd's journal a line has its priority, and the journal's own time")
{
    const char *path = path_join(a, str_of(test_folder(a)), S("stderr")).at;
    int         before = stderr_into(path);
    struct stat st;
    fstat(2, &st);
    setenv("JOURNAL_STREAM", str_format(a, "%lu:%lu", st.st_dev, st.st_ino).at, 1);
    diag(DIAG_WARN, "one");
    diag(DIAG_INFO, "two");
    setenv("JOURNAL_STREAM", str_format(a, "%lu:%lu", st.st_dev, st.st_ino + 1).at, 1);
    diag(DIAG_INFO, "elsewhere");
    unsetenv("JOURNAL_STREAM");
    stderr_back(before);

    Str text;
    CHECK_OK(file_read(a, path, 10000, &text, &err));
    CHECK(str_starts(text, S("<4>warn one\n<6>info two\n20")));
    CHECK(str_ends(text, S("Z info elsewhere\n")));
}
