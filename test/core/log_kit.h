/* What the tests of the log share: a key, entries that tell their own number, a log of them. */
#ifndef BANYAN_TEST_CORE_LOG_KIT_H
#define BANYAN_TEST_CORE_LOG_KIT_H

#include "check.h"
#include "core/log.h"

#define LOG_ORIGIN S("node.test/log")

KeyPair     log_test_key(void);
const char *log_test_folder(Arena *a);                /* not there yet */
Str         log_test_entry(Arena *a, uint64_t index); /* the entry at `index` in all these tests */
Log        *log_test_open(const char *folder);        /* NULL, and a failed check, when it cannot */
bool        log_test_append(Log *log, size_t n, Err *err);
bool        log_test_verify(const char *folder, uint64_t *size, Err *err);
/* How many of the first `size` entries are not what they should be. */
uint64_t log_test_wrong(Log *log, uint64_t size);

#endif
