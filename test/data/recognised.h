/* What recognition says of a small file, as a text to compare with. */
#ifndef BANYAN_TEST_RECOGNISED_H
#define BANYAN_TEST_RECOGNISED_H

#include "base/file.h"
#include "data/recognise.h"

#include "../check.h"

static inline const char *file_of(Arena *a, Str bytes)
{
    const char *path = path_join(a, str_of(test_folder(a)), S("file.csv")).at;
    Err         err = { 0 };
    check_ok(file_replace(path, bytes, 0644, &err), &err, __FILE__, __LINE__, "write the file");
    return path;
}

/* "name:type/role(pattern)[missing]" of each column. */
static inline Str said(Arena *a, const Recognised *r)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < r->column_count; i++) {
        const Column *c = &r->columns[i];
        buf_putf(out, "%s%.*s:%s", i ? " " : "", STR_ARG(c->name), column_type_name(c->type));
        if (c->role) buf_putf(out, "/%s", column_role_name(c->role));
        if (c->pattern.len) buf_putf(out, "(%.*s)", STR_ARG(c->pattern));
        for (size_t k = 0; k < c->missing_count; k++) buf_putf(out, "[%.*s]", STR_ARG(c->missing[k]));
    }
    return buf_str(out);
}

static inline bool has_doubt(const Recognised *r, const char *what)
{
    for (size_t i = 0; i < json_array_size(r->doubts); i++)
        if (str_eq_z(json_get_text(json_array_get(r->doubts, i), "doubt"), what)) return true;
    return false;
}

static inline Str column_said(Arena *a, const Recognised *r, const char *name)
{
    const Column *c = columns_find(r->columns, r->column_count, str_of(name));
    Recognised    one = { .columns = (Column *)c, .column_count = c ? 1 : 0 };
    return said(a, &one);
}

#endif
