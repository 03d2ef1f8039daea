/* See route.h. Some ninety rows; those that begin as the path does are compared segment by segment. */
#include "web/route.h"

#include <string.h>

static const Route routes[] = {
#define ROUTE(methods, path, where, who, faces, handler, page) { methods, path, where, who, faces, handler, page },
#include "web/routes.def"
#undef ROUTE
};
#define ROUTE_COUNT (sizeof routes / sizeof *routes)

static const char *const format_endings[] = {
#define FORMAT(ending, type, where, needs, with_doc, attachment, writer) ending,
#include "format/formats.def"
#undef FORMAT
#define ROWS(ending, type, how) ending,
#include "web/rows.def"
#undef ROWS
};

static bool is_ending(Str s)
{
    for (size_t i = 0; i < sizeof format_endings / sizeof *format_endings; i++)
        if (str_eq_z(s, format_endings[i])) return true;
    return str_eq(s, S("html")) || str_eq(s, S("json"));
}

static bool is_number(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return s.len > 0 && s.len < 16;
}

static bool slot_takes(Str name, Str segment, const Kinds *kinds)
{
    if (str_eq(name, S("{kind}"))) return kind_find(kinds, segment) != NULL;
    if (str_eq(name, S("{n}"))) return is_number(segment);
    return segment.len > 0;
}

/* Up to its first slot. */
static bool begins_as(const char *pattern, Str path)
{
    size_t i = 0;
    while (pattern[i] && pattern[i] != '{' && i < path.len && pattern[i] == path.at[i]) i++;
    return !pattern[i] || pattern[i] == '{';
}

static bool path_fits(const char *pattern, Str path, const Kinds *kinds, Str slots[SLOTS_MAX])
{
    Cut    wanted = { .tail = str_drop(str_of(pattern), 1), .found = true };
    Cut    given = { .tail = str_drop(path, 1), .found = true };
    size_t used = 0;
    while (wanted.found && given.found) {
        Str rest = given.tail;
        wanted = str_cut(wanted.tail, '/');
        given = str_cut(given.tail, '/');
        if (str_eq(wanted.head, S("{*}"))) {
            slots[used] = rest;
            return rest.len > 0;
        }
        if (!str_starts(wanted.head, S("{"))) {
            if (!str_eq(wanted.head, given.head)) return false;
        } else {
            if (!slot_takes(wanted.head, given.head, kinds)) return false;
            slots[used++] = given.head;
        }
    }
    return !wanted.found && !given.found;
}

/* "/a/b.json" to "/a/b" and "json", "/a/b.dwca.zip" to "/a/b" and "dwca.zip"; what is no ending of ours stays
   part of the name. */
static Str ending_cut(Str *path)
{
    Str last = str_cut_last(*path, '/').tail;
    for (size_t i = 1; i < last.len; i++) {
        Str ending = str_drop(last, i + 1);
        if (last.at[i] != '.' || !is_ending(ending)) continue;
        path->len -= ending.len + 1;
        return ending;
    }
    return S("html");
}

bool route_find(Request *req, const Kinds *kinds, Str path, const Route **out, int *allowed, Err *err)
{
    Str bare = path, ending = ending_cut(&bare);
    *allowed = 0;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const Route *r = &routes[i];
        bool         raw = r->faces & RAW;
        Str          slots[SLOTS_MAX] = { 0 };
        Str          whole = raw ? path : bare;
        if (!begins_as(r->path, whole) || !path_fits(r->path, whole, kinds, slots)) continue;
        *allowed |= r->methods;
        if (!(r->methods & (int)req->method)) continue;
        req->path = whole;
        req->ending = raw ? STR_NONE : ending;
        memcpy(req->slots, slots, sizeof slots);
        *out = r;
        return true;
    }
    req->path = bare;
    req->ending = ending;
    if (*allowed) return fail(err, ERR_NOT_ALLOWED, "this method is not for %.*s", STR_ARG(bare));
    return fail(err, ERR_NOT_FOUND, "nothing at %.*s", STR_ARG(bare));
}

bool route_is_slow(const Request *req, const Route *route)
{
    if (route->where == WORK) return true;
    const Format *format = route->faces & ON_LIST ? format_find(req->ending, ON_LIST, request_kind(req)) : NULL;
    return format && format->with_doc;
}

Str methods_text(Arena *a, int methods)
{
    static const struct {
        int         method;
        const char *name;
    } names[] = {
        { METHOD_GET, "GET, HEAD" },
        { METHOD_POST, "POST" },
        { METHOD_PUT, "PUT" },
        { METHOD_PATCH, "PATCH" },
        { METHOD_DELETE, "DELETE" },
    };
    Str    parts[8];
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (methods & names[i].method) parts[n++] = str_of(names[i].name);
    parts[n++] = S("OPTIONS");
    return str_join_with(a, S(", "), parts, n);
}

const Kind *request_kind(const Request *req)
{
    return req->slots[0].len ? kind_find(node_kinds(req->node), req->slots[0]) : NULL;
}
