/* Parquet files from outside, as an import opens them: whatever they hold, their columns are told or it is said why
   not, and the same of their rows. The engine is not instrumented: this is for what it does to its process. */
#include "data/parquet.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

static void read_rows(DuckRun *run, Arena *a, const char *path)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Err              err = { 0 };
    bool             ok = duck_ask(run, a, str_format(a, "FROM read_parquet('%s') LIMIT 10000", path), NULL, 0,
                                   &answer, &err);
    while (ok && duck_next(answer, &row, &err)) continue;
    expect(ok || err.code != ERR_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static Duck *duck;
    Arena       *a = arena_open((size_t)256 << 20);
    DuckRun     *run;
    Recognised   out;
    Err          err = { 0 };
    char         path[64];
    int          fd = memfd_create("file", MFD_CLOEXEC);
    expect(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!duck) expect(duck_open(&(DuckOptions){ .memory_bytes = (uint64_t)256 << 20, .threads = 1 }, &duck, &err));
    expect(duck_run_open(duck, &run, &err));
    Source source = { .path = path, .form = FILE_PARQUET };
    if (parquet_recognise(run, a, &source, &out, &err)) read_rows(run, a, path);
    else expect(err.code != ERR_NONE);
    arena_close(a);
    duck_run_close(run);
    close(fd);
    return 0;
}
