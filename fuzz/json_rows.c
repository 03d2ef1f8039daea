/* JSON from outside: whatever it holds, the telling ends, and twice the same number of rows is told. */
#include "data/json_rows.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char folder[] = "/tmp/banyan-fuzz-XXXXXX";
    static bool made;
    Arena      *a = arena_open((size_t)64 << 20);
    JsonRows    rows;
    Str         path;
    Err         err = { 0 };
    if (!made && !mkdtemp(folder)) abort();
    made = true;
    if (json_rows_find(a, (Str){ (const char *)bytes, n }, &rows, &err) &&
        laid_out(a, folder, json_rows_tell, &rows, &path, &err)) {
        struct stat st;
        if (stat(path.at, &st) != 0 || st.st_size == 0 || unlink(path.at) != 0) abort();
    } else if (err.code == ERR_NONE) {
        abort();
    }
    arena_close(a);
    return 0;
}
