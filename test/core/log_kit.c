#include "core/log_kit.h"

#include "base/file.h"

KeyPair log_test_key(void)
{
    uint8_t seed[32] = "a seed that only tests may have";
    return key_from_seed(seed);
}

const char *log_test_folder(Arena *a)
{
    return path_join(a, str_of(test_folder(a)), S("log")).at;
}

Str log_test_entry(Arena *a, uint64_t index)
{
    Envelope e = {
        .id = str_format(a, "01912345-0000-7000-8000-%012llx", (unsigned long long)index),
        .kind = S("activity"),
        .slug = S("a"),
        .owner = S("o"),
        .audience = S("public"),
        .state = S("draft"),
        .author = S("system"),
        .time_ms = 1,
        .version = 1,
    };
    return entry_write(a, &e, S("{}"));
}

Log *log_test_open(const char *folder)
{
    Err     err = { 0 };
    KeyPair key = log_test_key();
    Log    *log = NULL;
    check_ok(log_open(folder, LOG_ORIGIN, &key, &log, &err), &err, __FILE__, __LINE__, "log_open");
    return log;
}

bool log_test_append(Log *log, size_t n, Err *err)
{
    Arena *a = arena_open(0);
    Str   *entries = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) entries[i] = log_test_entry(a, log_size(log) + i);
    bool ok = log_append(log, entries, n, NULL, err);
    arena_close(a);
    return ok;
}

bool log_test_verify(const char *folder, uint64_t *size, Err *err)
{
    KeyPair key = log_test_key();
    return log_verify(folder, LOG_ORIGIN, key.public_key, NULL, NULL, size, err);
}

uint64_t log_test_wrong(Log *log, uint64_t size)
{
    Arena   *a = arena_open(0);
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < size; i++) {
        Str entry;
        wrong += !log_read(log, a, i, &entry, NULL, NULL) || !str_eq(entry, log_test_entry(a, i));
        arena_reset(a);
    }
    arena_close(a);
    return wrong;
}
