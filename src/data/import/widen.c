/* See import/widen.h. */
#include "data/import/widen.h"

#include <unistd.h>

#include "base/file.h"
#include "data/merged.h"
#include "store/files.h"

static Str heading_of(const Column *c)
{
    return c->from_count == 1 ? c->from[0] : c->name;
}

/* The file's column of the same heading, when it has another type. */
static const Column *wider(const Recognised *found, const Column *c)
{
    if (c->type != COLUMN_STRING || c->from_count > 1) return NULL;
    for (size_t i = 0; i < found->column_count; i++) {
        const Column *now = &found->columns[i];
        if (now->from_count <= 1 && str_eq(heading_of(now), heading_of(c)))
            return now->type == COLUMN_STRING ? NULL : now;
    }
    return NULL;
}

/* "read_parquet([…], union_by_name=true)"; empty when a part is not on this node or there is none. */
static bool parts_sql(Data *data, Arena *a, const Record *dataset, Buf *sql)
{
    const Json *parts = json_get(dataset->doc, "parts");
    size_t      n = json_array_size(parts);
    for (size_t i = 0; i < n; i++) {
        Str path;
        Err why = { 0 };
        if (!part_find(data, a, json_get_text(json_array_get(parts, i), "sha256"), &path, &why)) return false;
        buf_put_z(sql, i ? "," : "read_parquet([");
        sql_text(sql, path);
    }
    buf_put_z(sql, "], union_by_name=true)");
    return n > 0;
}

static bool never_had_a_value(DuckRun *run, Arena *a, Str parts, const Column *c)
{
    Buf      *sql = buf_open(a);
    DuckValue count = { 0 };
    Err       why = { 0 };
    buf_put_z(sql, "SELECT count(");
    sql_name(sql, c->name);
    buf_putf(sql, ") FROM %.*s", STR_ARG(parts));
    /* A column that no part has was described by somebody. */
    return duck_ask_one(run, a, buf_str(sql), NULL, 0, &count, &why) && count.integer == 0;
}

static void widen(const Recognised *found, Arena *a, Column *columns, size_t n, Column *c, const Column *now)
{
    Json *one = json_object_make(a), *examples = json_array_make(a);
    c->type = now->type;
    c->pattern = now->pattern;
    if (!c->unit.len) c->unit = now->unit;
    if (c->role == ROLE_OF_NOTHING && !columns_role(columns, n, now->role)) c->role = now->role;
    if (!c->missing_count) {
        c->missing = now->missing;
        c->missing_count = now->missing_count;
    }
    json_put_text(one, "doubt", S("column-widened"));
    json_put_text(one, "column", c->name);
    json_add_text(examples, str_of(column_type_name(c->type)));
    json_put_value(one, "examples", examples);
    json_add_value(found->doubts, one);
}

bool columns_widen(Data *data, DuckRun *run, Arena *a, const Record *dataset, const Recognised *found, Column *columns,
                   size_t n, bool *widened, Err *err)
{
    Buf *parts = NULL;
    for (size_t i = 0; i < n; i++) {
        const Column *now = wider(found, &columns[i]);
        if (!now) continue;
        if (!parts) {
            Str inbox = path_join(a, path_join(a, str_of(node_folder(data_node(data))), S("inbox")), dataset->id);
            parts = buf_open(a);
            if (path_exists(inbox.at) || !parts_sql(data, a, dataset, parts)) return true;
        }
        widened[i] = never_had_a_value(run, a, buf_str(parts), &columns[i]);
        if (widened[i]) widen(found, a, columns, n, &columns[i], now);
    }
    return !arena_full(a) || fail(err, ERR_TOO_BIG, "the file has too many columns");
}

/* ---- how this file writes its numbers ---- */

static bool has_text(const Str *list, size_t n, Str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], s)) return true;
    return false;
}

/* A number that some part has as a value means what it says. */
static bool is_value_there(DuckRun *run, Arena *a, Str parts, const Column *c, Str number)
{
    Buf      *sql = buf_open(a);
    DuckValue count = { 0 };
    Err       why = { 0 };
    if (!parts.len) return false;
    buf_put_z(sql, "SELECT count(*) FROM (SELECT 1 FROM ");
    buf_put(sql, parts);
    buf_put_z(sql, " WHERE ");
    sql_name(sql, c->name);
    buf_putf(sql, " = %.*s LIMIT 1)", STR_ARG(number));
    return duck_ask_one(run, a, buf_str(sql), NULL, 0, &count, &why) && count.integer > 0;
}

static void doubt_drop(const Recognised *found, Str column)
{
    for (size_t i = json_array_size(found->doubts); i-- > 0;) {
        const Json *one = json_array_get(found->doubts, i);
        if (str_eq_z(json_get_text(one, "doubt"), "number-for-missing") && str_eq(json_get_text(one, "column"), column))
            json_array_remove(found->doubts, i);
    }
}

static void missing_take(DuckRun *run, Arena *a, Str parts, const Recognised *found, Column *c, const Column *now)
{
    Str *list = NEW_ARRAY(a, Str, c->missing_count + now->missing_count);
    for (size_t i = 0; i < c->missing_count; i++) list[i] = c->missing[i];
    c->missing = list;
    for (size_t i = 0; i < now->missing_count; i++) {
        double number;
        Str    s = now->missing[i];
        if (has_text(c->missing, c->missing_count, s)) continue;
        if (!str_to_double(s, &number) || !is_value_there(run, a, parts, c, s)) c->missing[c->missing_count++] = s;
        else doubt_drop(found, now->name);
    }
}

/* Signs between thousands, which take nothing from numbers without. */
static bool is_of_thousands(Str pattern)
{
    const char *const *p = column_thousands;
    while (*p && !str_eq_z(pattern, *p)) p++;
    return *p != NULL;
}

void columns_take_forms(Data *data, DuckRun *run, Arena *a, const Record *dataset, const Recognised *found,
                        Column *columns, size_t n)
{
    Buf *parts = NULL;
    for (size_t i = 0; i < n; i++) {
        Column *c = &columns[i];
        bool    number = c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER;
        if (!number || c->from_count > 1) continue;
        for (size_t k = 0; k < found->column_count; k++) {
            const Column *now = &found->columns[k];
            bool          same = now->from_count <= 1 && str_eq(heading_of(now), heading_of(c));
            if (!same || (now->type != COLUMN_NUMBER && now->type != COLUMN_INTEGER)) continue;
            if (!c->pattern.len && is_of_thousands(now->pattern)) c->pattern = now->pattern;
            if (!now->missing_count) continue;
            if (!parts && !parts_sql(data, a, dataset, parts = buf_open(a))) buf_clear(parts);
            missing_take(run, a, buf_str(parts), found, c, now);
        }
    }
}

static bool part_widen(Data *data, DuckRun *run, Arena *a, Str part, const Column *columns, size_t n,
                       const bool *widened, Str copy_options, Json *into, Err *err)
{
    Buf     *sql = buf_open(a);
    Str      path, temporary, name;
    uint64_t bytes;
    if (!part_find(data, a, part, &path, err) || !files_temporary(data_parts(data), a, &temporary, err)) return false;
    const char *before = "COPY (SELECT * REPLACE (";
    for (size_t i = 0; i < n; i++) {
        if (!widened[i]) continue;
        buf_putf(sql, "%sCAST(NULL AS %s) AS ", before, column_type_sql(columns[i].type));
        sql_name(sql, columns[i].name);
        before = ", ";
    }
    buf_put_z(sql, ") FROM read_parquet(");
    sql_text(sql, path);
    buf_put_z(sql, ")) TO ");
    sql_text(sql, temporary);
    buf_put(sql, copy_options);
    if (!duck_do(run, buf_str(sql), err) || !files_take(data_parts(data), a, temporary, &name, &bytes, NULL, err)) {
        unlink(temporary.at);
        return false;
    }
    json_put_text(into, "sha256", name);
    json_put_integer(into, "bytes", (int64_t)bytes);
    return true;
}

bool parts_widen(Data *data, DuckRun *run, Arena *a, const Json *parts, const Column *columns, size_t n,
                 const bool *widened, Str copy_options, Json **out, Err *err)
{
    *out = json_object_make(a);
    for (size_t i = 0; i < json_array_size(parts); i++) {
        Str   part = json_get_text(json_array_get(parts, i), "sha256");
        Json *now = json_object_make(a);
        if (!part_widen(data, run, a, part, columns, n, widened, copy_options, now, err)) return false;
        json_put_value(*out, str_z(a, part), now);
    }
    return true;
}
