/* Darwin Core Archives from outside: whatever they hold, reading them ends, and what is laid out is there. */
#include "data/dwca.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char folder[] = "/tmp/banyan-fuzz-XXXXXX";
    static bool made;
    Arena      *a = arena_open((size_t)256 << 20);
    Archive    *archive;
    Dwca       *dwca;
    Str         path;
    Err         err = { 0 };
    char        name[64];
    int         fd = parts_file(a, (Str){ (const char *)bytes, n });
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (!made && !mkdtemp(folder)) abort();
    made = true;
    if (archive_open(a, name, &archive, &err) && dwca_open(a, archive, STR_NONE, folder, &dwca, &err) &&
        laid_out(a, folder, dwca_tell, dwca, &path, &err)) {
        dwca_proposed(a, dwca);
        if (unlink(path.at) != 0) abort();
    } else if (err.code == ERR_NONE) {
        abort();
    }
    arena_close(a);
    close(fd);
    return 0;
}
