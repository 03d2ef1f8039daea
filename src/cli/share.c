/* Finds the shared files from where the program lies. */
#include "cli/share.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static bool is_share(Arena *a, Str folder)
{
    return path_exists(path_join(a, folder, S("kinds")).at) && path_exists(path_join(a, folder, S("locale")).at);
}

bool share_find(Arena *a, Str *out, Err *err)
{
    Str said = str_of(getenv("BANYAN_SHARE"));
    if (said.len) {
        if (!is_share(a, said))
            return fail(err, ERR_NOT_FOUND, "BANYAN_SHARE is %.*s, which has no kinds/ and locale/", STR_ARG(said));
        *out = said;
        return true;
    }
    char    path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    if (n <= 0 || n == sizeof path) return fail_errno(err, "finding the program's own folder");
    Str folder = str_cut_last((Str){ path, (size_t)n }, '/').head;

    Str installed = path_join(a, str_cut_last(folder, '/').head, S("share/banyan"));
    if (is_share(a, installed)) {
        *out = installed;
        return true;
    }
    for (Str above = str_cut_last(folder, '/').head; above.len; above = str_cut_last(above, '/').head) {
        if (!is_share(a, above)) continue;
        *out = str_copy(a, above);
        return true;
    }
    return fail(err, ERR_NOT_FOUND,
                "kinds/ and locale/ are neither in %.*s nor in a folder above the program; set BANYAN_SHARE",
                STR_ARG(installed));
}
