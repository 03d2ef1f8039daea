#include "data/console/hear.h"

#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "data/console/wire.h"

/* The frames, and the last one again and again. */
static bool heard(Arena *a, const char *const *frames, size_t n, size_t times, ConsoleAnswer *out, Err *err)
{
    int fd = memfd_create("said", MFD_CLOEXEC);
    for (size_t turn = 0; turn < times; turn++)
        for (size_t i = turn ? n - 1 : 0; i < n; i++) wire_send(fd, str_of(frames[i]));
    lseek(fd, 0, SEEK_SET);
    Hearing h = { .a = a, .fd = fd, .seconds = 1 };
    bool    ok = console_hear_answer(&h, out, err);
    close(fd);
    return ok;
}

TEST("an answer in the shape of one is heard to its end")
{
    const char *const frames[] = { "{\"columns\":[{\"name\":\"n\",\"type\":\"BIGINT\"}]}",
                                   "{\"rows\":[[1],[2]],\"end\":false}",
                                   "{\"rows\":[[3]],\"end\":true,\"stopped\":true}" };
    ConsoleAnswer     got;
    CHECK_OK(heard(a, frames, 3, 1, &got, &err));
    CHECK_EQ_INT(json_array_size(got.rows), 3);
    CHECK(got.stopped);
}

TEST("rows that are no rows of the answer's columns are refused")
{
    static const char *const rows[] = {
        "{\"rows\":[[1,2]],\"end\":true}",
        "{\"rows\":[[{}]],\"end\":true}",
        "{\"rows\":[1],\"end\":true}",
        "{\"end\":true}",
    };
    for (size_t i = 0; i < 4; i++) {
        const char *const frames[] = { "{\"columns\":[{\"name\":\"n\",\"type\":\"BIGINT\"}]}", rows[i] };
        ConsoleAnswer     got;
        Err               wrong = { 0 };
        CHECK(!heard(a, frames, 2, 1, &got, &wrong));
        CHECK_EQ_INT(wrong.code, ERR_INTERNAL);
    }
}

TEST("a process that never comes to an end is heard for a bounded number of bytes")
{
    const char *const frames[] = { "{\"columns\":[{\"name\":\"n\",\"type\":\"BIGINT\"}]}", "{\"rows\":[]}" };
    ConsoleAnswer     got;
    CHECK(!heard(a, frames, 2, CONSOLE_HEARD_MAX / CONSOLE_FRAME_COST + 1, &got, &err));
    CHECK_EQ_INT(err.code, ERR_INTERNAL);
}
