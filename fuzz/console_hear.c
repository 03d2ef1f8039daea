/* Any bytes from the process of a question: an answer in the shape of one, or an error; lines of the input become
   frames, unless it begins with a zero: then it is taken as it is. */
#include "data/console/hear.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data/console/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

static int said(Str input)
{
    int fd = memfd_create("said", MFD_CLOEXEC);
    expect(fd >= 0);
    if (input.len && !input.at[0]) {
        expect(write(fd, input.at + 1, input.len - 1) == (ssize_t)input.len - 1);
    } else {
        for (Cut line = str_cut(input, '\n');; line = str_cut(line.tail, '\n')) {
            expect(wire_send(fd, line.head));
            if (!line.found) break;
        }
    }
    expect(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena        *a = arena_open(0);
    int           fd = said((Str){ (const char *)bytes, n });
    Hearing       h = { .a = a, .fd = fd, .seconds = 1 };
    ConsoleAnswer got;
    Err           err = { 0 };
    if (console_hear_answer(&h, &got, &err)) {
        size_t columns = json_array_size(got.columns);
        expect(columns > 0 && json_array_size(got.rows) <= CONSOLE_ROWS_MAX);
        for (size_t i = 0; i < json_array_size(got.rows); i++)
            expect(json_array_size(json_array_get(got.rows, i)) == columns);
    } else {
        expect(err.code == ERR_INTERNAL || err.code == ERR_FORMAT || err.code == ERR_TOO_BIG);
    }
    close(fd);
    arena_close(a);
    return 0;
}
