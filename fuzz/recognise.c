/* Files from outside: whatever they hold, recognition ends, and what it proposes can be read as columns. */
#include "data/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena     *a = arena_open(0);
    Recognised r;
    Err        err = { 0 };
    char       path[64];
    int        fd = memfd_create("file", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (recognise_file(a, path, &r, &err)) {
        Json   *doc = json_object_make(a);
        Column *columns;
        size_t  count;
        json_put_value(doc, "columns", columns_write(a, r.columns, r.column_count));
        if (!columns_read(a, doc, &columns, &count, &err) || count != r.column_count) abort();
    } else if (err.code == ERR_NONE) {
        abort();
    }
    close(fd);
    arena_close(a);
    return 0;
}
