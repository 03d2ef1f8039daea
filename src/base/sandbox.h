/* A process that reads what strangers wrote, closed in for good.

   After sandbox_enter the process, with all its threads, can compute, take memory up to its limit, talk on the
   files that are open, and nothing else: it opens no file, no socket and no process, makes no code
   executable and signals nobody. The kernel holds that (seccomp(2) with a list of the calls that are
   allowed), whatever the process comes to run.

   A library that opens files by path still may: "/part/N" is the N-th of the files it was handed, reading
   only; there is no other path. Linux, x86-64 and ARM64. */
#ifndef BANYAN_BASE_SANDBOX_H
#define BANYAN_BASE_SANDBOX_H

#include "base/err.h"

typedef struct {
    uint64_t memory_bytes; /* of addresses, above what the process has now */
    uint64_t cpu_seconds;  /* of all threads together; then the kernel ends it */
    int     *files;        /* "/part/0" …: descriptors, -1 where there is none; may be filled later */
    size_t   file_count;
} SandboxRules;

#define SANDBOX_FOLDER "/part/"

/* Once a process; `rules` must last as long as it. Fails ERR_INTERNAL where the kernel has no such filter: then
   nothing of strangers may be run. */
bool sandbox_enter(const SandboxRules *rules, Err *err);

#endif
