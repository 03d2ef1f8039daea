#include "data/seen.h"

#include "data/generalise.h"
#include "data/merged.h"

static bool is_listed(const Json *parts, Str name)
{
    for (size_t i = 0; i < json_array_size(parts); i++)
        if (str_eq(json_get_text(json_array_get(parts, i), "sha256"), name)) return true;
    return false;
}

bool seen_table(Data *data, Arena *a, const Reader *reader, const Json *now, const Json *asked, Str owner, Table *out,
                Err *err)
{
    Column      *columns, *newest;
    size_t       n, newest_count;
    Restriction *list;
    size_t       restrictions = restrictions_for(reader, a, now, owner, &list);
    const Json  *parts = json_get(asked, "parts");
    size_t       part_count = json_array_size(parts);
    if (!columns_read(a, asked, &columns, &n, err) || !columns_read(a, now, &newest, &newest_count, err)) return false;
    Str     *names = NEW_ARRAY(a, Str, part_count + 1), *paths = NEW_ARRAY(a, Str, part_count + 1);
    int64_t *rows = NEW_ARRAY(a, int64_t, part_count + 1);
    bool    *gone = NEW_ARRAY(a, bool, part_count + 1);
    for (size_t i = 0; i < part_count; i++) {
        names[i] = str_copy(a, json_get_text(json_array_get(parts, i), "sha256"));
        rows[i] = json_get_integer(json_array_get(parts, i), "rows", 0);
        gone[i] = asked != now && restrictions && !is_listed(json_get(now, "parts"), names[i]);
        if (!part_find(data, a, names[i], &paths[i], err))
            return fail(err, err->code == ERR_NOT_FOUND ? ERR_STORE : err->code,
                        "a part of the dataset is not on this node: %.*s", STR_ARG(names[i]));
    }
    Table table = { columns, n, paths, part_count, rows, data_indexes(data) };
    if (restrictions && !generalise(data, a, list, restrictions, now, newest, newest_count, names, gone, &table, err))
        return false;
    *out = table;
    return true;
}
