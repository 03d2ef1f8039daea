/* What the report of an import tells of the columns. */
#include "base/file.h"
#include "data/import.h"

#include "import_world.h"

static bool import(World *w, Arena *a, Str rows, const char *name, Imported *out, Err *err)
{
    const char   *path = path_join(a, str_of(test_folder(a)), str_of(name)).at;
    ImportOptions o = { .who = &w->who, .dataset = S("rivers"), .owner = S("caec"), .state = STATE_PUBLISHED };
    return file_replace(path, rows, 0644, err) && import_file(w->data, a, path, &o, NULL, NULL, out, err);
}

/* "the different values of the column, of how many". */
static const char *distinct(Arena *a, const Imported *of, size_t column)
{
    Json *one = json_array_get(json_get(of->report, "columns"), column);
    return str_format(a, "%lld of %lld", (long long)json_get_integer(one, "distinct", -1),
                      (long long)of->rows - (long long)json_get_integer(one, "missing", 0))
        .at;
}

TEST("the report counts the different values of a column: all of them in a small file, and never more than there are")
{
    World    w = world(a);
    Imported few, many;
    Buf     *rows = buf_open(a);
    buf_put_z(rows, "station,level,note\n");
    for (int i = 0; i < 400; i++) buf_putf(rows, "Station %d,%d.%03d,%s\n", i, i, i * 7 % 1000, i % 20 ? "" : "high");
    CHECK_OK(import(&w, a, buf_str(rows), "few.csv", &few, &err));
    CHECK_STR(str_of(distinct(a, &few, 0)), "400 of 400");
    CHECK_STR(str_of(distinct(a, &few, 1)), "400 of 400");
    CHECK_STR(str_of(distinct(a, &few, 2)), "1 of 20");
    for (int i = 400; i < 120000; i++) buf_putf(rows, "Station %d,%d.%03d,\n", i, i, i * 7 % 1000);
    CHECK_OK(import(&w, a, buf_str(rows), "many.csv", &many, &err));
    for (size_t i = 0; i < 2; i++) {
        Json   *one = json_array_get(json_get(many.report, "columns"), i);
        int64_t told = json_get_integer(one, "distinct", 0);
        CHECK(told <= 120000 && told > 100000);
    }
    world_end(&w);
}

TEST("a table of hundreds of columns is read in no more memory than others")
{
    World    w = world(a);
    Imported out;
    Buf     *text = buf_open(a);
    for (int row = 0; row < 4; row++)
        for (int i = 0; i < 900; i++) buf_putf(text, row ? "%sv%d of %d" : "%sh%d", i ? "," : row ? "\n"
                                                                                                  : "",
                                               i, row);
    CHECK_OK(import(&w, a, buf_str(text), "wide.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 3);
    const Json *last = json_array_get(json_get(out.report, "columns"), 899);
    CHECK_JSON(last, "{\"name\":\"h899\",\"type\":\"string\",\"missing\":0,\"minimum\":\"v899 of 1\","
                     "\"maximum\":\"v899 of 3\",\"distinct\":3}");
    data_close(w.data);
    node_close(w.node);
}
