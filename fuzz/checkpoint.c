/* Any bytes as a checkpoint. One that is accepted begins with what our key signed for that size and
   root; nobody else has the key. */
#include <stdlib.h>

#include "core/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t  seed[32] = "a seed that only tests may have";
    Arena   *a = arena_open(0);
    Str      note = { (const char *)bytes, n }, origin = S("node.test/log");
    uint64_t size = 0;
    Hash     root;
    Err      err;
    if (!hash_start(&err)) abort();
    KeyPair key = key_from_seed(seed);
    if (checkpoint_read(a, note, origin, key.public_key, &size, &root, &err)) {
        Str ours = checkpoint_write(a, origin, &key, size, root);
        expect(str_starts(note, str_take_first(ours, (size_t)str_find(ours, S("\n\n")) + 1)));
    } else {
        expect((err.code == ERR_FORMAT || err.code == ERR_CORRUPT) && err.text[0]);
    }
    arena_close(a);
    return 0;
}
