/* An archive out of one input: files behind lines ">name", so that a target reaches what lies in them past the
   checksums of ZIP. An input that begins as an archive does is taken as it is. */
#ifndef BANYAN_FUZZ_PARTS_H
#define BANYAN_FUZZ_PARTS_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/zipping.h"

static inline bool parts_take(void *with, Str bytes, Err *err)
{
    (void)err;
    return write(*(int *)with, bytes.at, bytes.len) == (ssize_t)bytes.len;
}

/* A file in memory with the archive; close it. */
static inline int parts_file(Arena *a, Str input)
{
    Err      err = { 0 };
    int      fd = memfd_create("file", MFD_CLOEXEC), files = 0;
    bool     ok = fd >= 0;
    Zipping *z = zipping_open(a, parts_take, &fd);
    if (!ok) abort();
    if (!str_starts(input, S(">"))) {
        if (write(fd, input.at, input.len) != (ssize_t)input.len) abort();
        return fd;
    }
    for (Cut line = str_cut(input, '\n'); ok && files < ZIPPING_FILES_MAX; files++) {
        Str  name = str_drop(line.head, 1), text = line.tail;
        long next = str_find(text, S("\n>"));
        if (next >= 0) text = str_take_first(text, (size_t)next + 1);
        ok = zipping_file(z, name, &err) && zipping_put(z, text, &err);
        if (next < 0) break;
        line = str_cut(str_drop(line.tail, (size_t)next + 1), '\n');
    }
    if (ok) zipping_end(z, &err);
    return fd;
}

#endif
