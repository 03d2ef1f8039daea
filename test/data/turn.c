/* Files that are no delimited text, as they are recognised once they are turned into it. */
#include "data/turn.h"

#include <unistd.h>

#include "base/file.h"
#include "data/recognise.h"

#include "check.h"

static bool recognised(Arena *a, const char *path, Recognised *out, Err *err)
{
    Source source;
    Str    made;
    if (!source_scan(a, path, &source, err) || !turn_source(a, &source, STR_NONE, test_folder(a), &made, err))
        return false;
    bool ok = recognise_source(a, &source, out, err);
    unlink(made.at);
    return ok;
}

static const char *file_of(Arena *a, const char *name, const char *text)
{
    const char *path = path_join(a, str_of(test_folder(a)), str_of(name)).at;
    Err         err = { 0 };
    check_ok(file_replace(path, str_of(text), 0644, &err), &err, __FILE__, __LINE__, "write the file");
    return path;
}

TEST("the heights of a file's points are metres, and an altitude of other JSON is of no unit")
{
    static const char *const table[][2] = {
        { "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10,55.5]}}\n", "m" },
        { "{\"altitude\":55.5}\n", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognised(a, file_of(a, "points.jsonl", table[i][0]), &r, &err));
        const Column *c = columns_find(r.columns, r.column_count, S("altitude"));
        CHECK_EQ_INT(c->type, COLUMN_NUMBER);
        CHECK_STR(c->unit, table[i][1]);
    }
}
