#include "data/json_rows.h"

#include <string.h>

#include "base/json.h"

/* ---- where values begin and end ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* RFC 8142 puts a record separator before each text. */
static Str skip_space(Str s)
{
    size_t i = 0;
    while (i < s.len && (is_space(s.at[i]) || s.at[i] == '\x1e')) i++;
    return str_drop(s, i);
}

static Str skip_comma(Str s)
{
    return str_starts(s, S(",")) ? skip_space(str_drop(s, 1)) : s;
}

/* For words about it: some whole characters of its first line. */
static Str start_of(Str s)
{
    s = str_take_first(str_cut(s, '\n').head, 40);
    while (s.len && !str_is_utf8(s)) s.len--;
    return s;
}

static size_t text_end(Str s)
{
    size_t i = 1;
    for (; i < s.len && s.at[i] != '"'; i++) i += s.at[i] == '\\';
    return i < s.len ? i + 1 : 0;
}

/* The bytes of the value that s begins with, by its brackets alone; 0 when it does not end. */
static size_t value_end(Str s)
{
    size_t depth = 0, i = 0;
    while (i < s.len) {
        char c = s.at[i];
        if (c == '"') {
            size_t n = text_end(str_drop(s, i));
            if (!n) return 0;
            i += n;
        } else if (c == '{' || c == '[') {
            depth++;
            i++;
            continue;
        } else if (c == '}' || c == ']') {
            if (!depth) return i;
            depth--;
            i++;
        } else if (!depth) {
            while (i < s.len && !is_space(s.at[i]) && !strchr(",]}", s.at[i])) i++;
            return i;
        } else {
            i++;
        }
        if (!depth) return i;
    }
    return 0;
}

static uint64_t lines_in(const char *from, const char *to)
{
    uint64_t n = 0;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from)))) {
        from++;
        n++;
    }
    return n;
}

/* ---- an object whose rows are in it ---- */

typedef struct {
    Str  type, list;
    bool features;
    int  lists;
} Seen;

static bool check_crs(Arena *a, Str value, Err *err)
{
    Json *crs;
    if (!json_read(a, value, &crs, err)) return false;
    Str name = json_get_text(json_get(crs, "properties"), "name");
    if (json_is_null(crs) || !name.len || str_has(name, S("CRS84")) || str_ends(name, S("4326"))) return true;
    return fail(err, ERR_UNSUPPORTED, "the coordinates are in %.*s; what is read is longitude and latitude (WGS 84)",
                STR_ARG(name));
}

static bool take_member(Arena *a, Str key, Str value, Seen *seen, Err *err)
{
    Json *text;
    bool  list = value.at[0] == '[' && str_starts(skip_space(str_drop(value, 1)), S("{"));
    if (str_eq_z(key, "\"type\"") && value.at[0] == '"') {
        if (!json_read(a, value, &text, err)) return false;
        seen->type = json_text(text);
    }
    if (str_eq_z(key, "\"crs\"") && !check_crs(a, value, err)) return false;
    if (str_eq_z(key, "\"features\"") && value.at[0] == '[') {
        seen->features = true;
        seen->list = value;
    } else if (list) {
        seen->lists++;
        if (!seen->features) seen->list = value;
    }
    return true;
}

static bool look_inside(Arena *a, Str object, Seen *seen, Err *err)
{
    Str rest = skip_space(str_drop(object, 1));
    while (rest.len && rest.at[0] != '}') {
        size_t key = rest.at[0] == '"' ? text_end(rest) : 0;
        Str    value = skip_space(str_drop(rest, key));
        if (!key || !str_starts(value, S(":"))) return fail(err, ERR_FORMAT, "this is no JSON: a name is missing");
        value = skip_space(str_drop(value, 1));
        size_t n = value_end(value);
        if (!n) return fail(err, ERR_FORMAT, "this is no JSON, or it is cut short");
        if (!take_member(a, str_take_first(rest, key), str_take_first(value, n), seen, err)) return false;
        rest = skip_space(str_drop(value, n));
        if (!str_starts(rest, S(",")) && !str_starts(rest, S("}")))
            return fail(err, ERR_FORMAT, "this is no JSON: a comma is missing");
        rest = skip_comma(rest);
    }
    return true;
}

bool json_rows_find(Arena *a, Str text, JsonRows *out, Err *err)
{
    Str    rest = skip_space(text);
    Seen   seen = { 0 };
    size_t n = rest.len && rest.at[0] == '{' ? value_end(rest) : 0;
    Str    first = str_take_first(rest, n);
    bool   lines = n > 0 && !memchr(first.at, '\n', first.len);
    *out = (JsonRows){ .all = text, .rows = rest };
    if (str_starts(rest, S("["))) {
        out->form = JSON_ROWS_ARRAY;
        return true;
    }
    Str behind = skip_space(str_drop(rest, n));
    if (n && behind.len) {
        /* On one line, or over several. */
        bool apart = lines_in(first.at, behind.at) > 0;
        if (str_starts(behind, S("{")) && (!lines || !apart)) {
            out->form = JSON_ROWS_BEHIND;
            return true;
        }
    }
    if (!n || behind.len) {
        /* The first line may be damaged and the others whole. */
        const char *line = memchr(rest.at ? rest.at : "", '\n', rest.len);
        Str         next = line ? skip_space(str_drop(rest, (size_t)(line - rest.at))) : STR_NONE;
        if (lines || (!n && str_starts(next, S("{")))) return true;
        return fail(err, ERR_FORMAT, "this is no JSON that ends, nor JSON with an object a line");
    }
    if (!look_inside(a, first, &seen, err)) return false;
    if (str_eq_z(seen.type, "Topology"))
        return fail(err, ERR_UNSUPPORTED, "the file is TopoJSON; what is read is GeoJSON");
    if (str_eq_z(seen.type, "Feature")) return true;
    if (seen.features || seen.lists == 1) {
        out->rows = seen.list;
        out->form = JSON_ROWS_ARRAY;
        return true;
    }
    if (lines && !seen.lists) return true;
    return fail(err, ERR_FORMAT, "the JSON is one object with %s list of objects in it; which are the rows?",
                seen.lists ? "more than one" : "no");
}

/* ---- one row ---- */

static Str scalar_text(Arena *a, const Json *value)
{
    if (json_is_null(value)) return STR_NONE;
    return json_is_string(value) ? json_text(value) : json_write(a, value);
}

static void put_member(Laid *l, Str name, const Json *value);

static void put_members(Laid *l, Str before, const Json *object)
{
    const char *key;
    size_t      len;
    Json       *value;
    json_object_keylen_foreach((Json *)object, key, len, value)
    {
        Str name = { key, len };
        if (before.len) name = str_format(l->row, "%.*s.%.*s", STR_ARG(before), STR_ARG(name));
        put_member(l, name, value);
    }
}

static void put_member(Laid *l, Str name, const Json *value)
{
    if (json_is_object(value)) put_members(l, name, value);
    else laid_put(l, name, scalar_text(l->row, value));
}

static bool is_feature(const Json *row)
{
    return str_eq_z(json_get_text(row, "type"), "Feature") && json_get(row, "geometry");
}

/* A position is its longitude, its latitude and, where it is known, its height. */
static const char *put_point(JsonRows *r, Laid *l, const Json *at)
{
    const Json *longitude = json_array_get(at, 0), *latitude = json_array_get(at, 1), *height = json_array_get(at, 2);
    if (!json_is_number(longitude) || !json_is_number(latitude)) return "not-point";
    if (height && !json_is_number(height) && !json_is_null(height)) return "not-point";
    laid_put(l, S("longitude"), scalar_text(l->row, longitude));
    laid_put(l, S("latitude"), scalar_text(l->row, latitude));
    if (!json_is_number(height)) return NULL;
    laid_put(l, S(JSON_ROWS_HEIGHT), scalar_text(l->row, height));
    r->heights = true;
    return NULL;
}

/* Of the feature's own; a property of that name is another thing. */
static bool is_of_geometry(Str name)
{
    return str_eq_z(name, "longitude") || str_eq_z(name, "latitude") || str_eq_z(name, JSON_ROWS_HEIGHT) ||
           str_eq_z(name, "geometry");
}

static const char *put_feature(JsonRows *r, Laid *l, const Json *row)
{
    const Json *geometry = json_get(row, "geometry"), *at = json_get(geometry, "coordinates");
    const Json *properties = json_get(row, "properties");
    if (str_eq_z(json_get_text(geometry, "type"), "Point")) {
        const char *wrong = put_point(r, l, at);
        if (wrong) return wrong;
    } else if (json_is_object(geometry)) {
        laid_put(l, S("geometry"), json_write(l->row, geometry));
    }
    const char *key;
    size_t      len;
    Json       *value;
    if (json_get(row, "id")) put_member(l, S("feature id"), json_get(row, "id"));
    json_object_keylen_foreach((Json *)properties, key, len, value)
    {
        Str name = { key, len };
        put_member(l, is_of_geometry(name) ? str_format(l->row, "properties.%s", key) : name, value);
    }
    return NULL;
}

static bool tell_value(JsonRows *r, Laid *l, Str text, uint64_t line, Err *err)
{
    Json *row;
    Err   why = { 0 };
    if (!str_is_utf8(text)) return laid_bad(l, line, text, "no-characters", err);
    if (!json_read(l->row, text, &row, &why)) return laid_bad(l, line, text, "not-json", err);
    if (!json_is_object(row)) return laid_bad(l, line, text, "not-object", err);
    const char *wrong = NULL;
    if (is_feature(row)) wrong = put_feature(r, l, row);
    else put_members(l, STR_NONE, row);
    return wrong ? laid_bad(l, line, text, wrong, err) : laid_row(l, line, text, err);
}

/* ---- all rows ---- */

static bool tell_lines(JsonRows *r, Laid *l, Err *err)
{
    uint64_t line = 1 + lines_in(r->all.at, r->rows.at);
    for (Str rest = r->rows; rest.len; line++) {
        Cut cut = str_cut(rest, '\n');
        Str text = skip_space(str_trim(cut.head));
        if (text.len && !tell_value(r, l, text, line, err)) return false;
        rest = cut.tail;
    }
    return true;
}

/* Where a row stands: its line, or, where several are on one, its number. */
typedef struct {
    bool        numbered;
    uint64_t    place;
    const char *counted; /* up to here */
} Place;

static Place place_make(const JsonRows *r, Str first)
{
    size_t n = value_end(first);
    Str    next = skip_comma(skip_space(str_drop(first, n)));
    bool   more = n && next.len && next.at[0] != ']';
    return (Place){ .numbered = more && !lines_in(first.at, next.at),
                    .place = 1,
                    .counted = r->all.at };
}

static void place_move(Place *p, const char *to)
{
    if (!p->numbered) p->place += lines_in(p->counted, to);
    p->counted = to;
}

static bool fail_at(const Place *p, const char *what, Err *err)
{
    return fail(err, ERR_FORMAT, "%s %llu: %s", p->numbered ? "row" : "line", (unsigned long long)p->place, what);
}

/* An array, or rows one behind another. */
static bool tell_values(JsonRows *r, Laid *l, Err *err)
{
    bool  array = r->form == JSON_ROWS_ARRAY;
    Str   rest = array ? skip_space(str_drop(r->rows, 1)) : r->rows;
    Place at = place_make(r, rest);
    while (rest.len && !(array && rest.at[0] == ']')) {
        size_t n = value_end(rest);
        place_move(&at, rest.at);
        if (!n) return fail_at(&at, "the JSON is cut short or is none", err);
        if (!tell_value(r, l, str_take_first(rest, n), at.place, err)) return false;
        rest = skip_space(str_drop(rest, n));
        bool more = array && str_starts(rest, S(","));
        if (array && !more && !str_starts(rest, S("]")))
            return fail_at(&at, "behind this row the JSON is cut short or lacks a comma", err);
        rest = skip_comma(rest);
        at.place += at.numbered;
    }
    if (!array) return true;
    if (!rest.len) return fail(err, ERR_FORMAT, "the JSON is cut short");
    Str behind = skip_space(str_drop(rest, 1));
    return !behind.len || fail(err, ERR_FORMAT, "behind the list of rows stands something else: \"%.*s\"",
                               STR_ARG(start_of(behind)));
}

bool json_rows_tell(void *with, Laid *laid, Err *err)
{
    JsonRows *r = with;
    return r->form == JSON_ROWS_LINES ? tell_lines(r, laid, err) : tell_values(r, laid, err);
}
