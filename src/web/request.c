/* See request.h. Nothing here knows of the server or of records. */
#include "web/request.h"

#include <string.h>

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent-decoded into the arena; in forms '+' is a space. */
static bool percent_read(Arena *a, Str s, bool form, Str *out, Err *err)
{
    char  *to = arena_raw(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '%') {
            bool room = s.len - i > 2;
            int  high = room ? hex_digit(s.at[i + 1]) : -1, low = room ? hex_digit(s.at[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(err, ERR_FORMAT, "a %% without two hexadecimal digits behind it");
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        to[n++] = c;
    }
    to[n] = 0;
    *out = (Str){ to, n };
    return str_is_utf8(*out) || fail(err, ERR_FORMAT, "not UTF-8, or a zero byte");
}

static bool has_control(Str s, bool lines)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t')))) return true;
    }
    return false;
}

static bool segment_check(Str segment, Err *err)
{
    if (str_has(segment, S("/"))) return fail(err, ERR_FORMAT, "an encoded slash in the address");
    if (str_eq(segment, S(".")) || str_eq(segment, S("..")))
        return fail(err, ERR_FORMAT, "\".\" or \"..\" in the address");
    if (has_control(segment, false)) return fail(err, ERR_FORMAT, "a control character in the address");
    return true;
}

bool target_read(Arena *a, Str target, Str *path, Str *raw_query, Pair **query, size_t *n, Err *err)
{
    if (target.len > TARGET_MAX) return fail(err, ERR_TOO_BIG, "the address is longer than %d bytes", TARGET_MAX);
    Cut halves = str_cut(target, '?');
    if (!str_starts(halves.head, S("/"))) return fail(err, ERR_FORMAT, "the address does not start with a slash");
    Buf *decoded = buf_open(a);
    for (Cut rest = { .tail = str_drop(halves.head, 1), .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '/');
        Str segment;
        if (!percent_read(a, rest.head, false, &segment, err) || !segment_check(segment, err)) return false;
        buf_put_byte(decoded, '/');
        buf_put(decoded, segment);
    }
    if (!pairs_read(a, halves.tail, QUERY_PAIRS_MAX, query, n, err)) return false;
    for (size_t i = 0; i < *n; i++)
        if (has_control((*query)[i].name, false) || has_control((*query)[i].value, true))
            return fail(err, ERR_FORMAT, "a control character in the question");
    *path = buf_str(decoded);
    *raw_query = halves.tail;
    return true;
}

/* "\r\n" and "\r" to "\n", in place. */
static Str unix_lines(Str s)
{
    if (!memchr(s.at, '\r', s.len)) return s;
    char  *to = (char *)s.at;
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '\r') {
            to[n++] = '\n';
            if (i + 1 < s.len && s.at[i + 1] == '\n') i++;
        } else to[n++] = s.at[i];
    }
    to[n] = 0;
    return (Str){ to, n };
}

bool pairs_read(Arena *a, Str text, size_t max, Pair **out, size_t *n, Err *err)
{
    size_t room = 1;
    for (size_t i = 0; i < text.len; i++) room += text.at[i] == '&';
    if (room > max) return fail(err, ERR_TOO_BIG, "more than %zu fields", max);
    Pair  *pairs = NEW_ARRAY(a, Pair, room);
    size_t count = 0;
    for (Cut rest = { .tail = text, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '&');
        if (!rest.head.len) continue;
        Cut   pair = str_cut(rest.head, '=');
        Pair *p = &pairs[count];
        if (!percent_read(a, pair.head, true, &p->name, err) || !percent_read(a, pair.tail, true, &p->value, err))
            return false;
        p->value = unix_lines(p->value);
        count++;
    }
    *out = pairs;
    *n = count;
    return true;
}

Str percent_make(Arena *a, Str s)
{
    static const char digits[] = "0123456789ABCDEF";
    char             *to = arena_raw(a, 3 * s.len + 1);
    size_t            n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool          plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (plain) {
            to[n++] = (char)c;
        } else {
            to[n++] = '%';
            to[n++] = digits[c >> 4];
            to[n++] = digits[c & 15];
        }
    }
    to[n] = 0;
    return (Str){ to, n };
}

Str path_encode(Arena *a, Str path)
{
    Buf *out = buf_open(a);
    for (Cut rest = { .tail = str_drop(path, 1), .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '/');
        buf_put_byte(out, '/');
        buf_put(out, percent_make(a, rest.head));
    }
    return buf_str(out);
}

Str cookie_get(Str header, const char *name)
{
    for (Cut rest = { .tail = header, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, ';');
        Cut pair = str_cut(str_trim(rest.head), '=');
        if (pair.found && str_eq_z(pair.head, name)) return str_trim(pair.tail);
    }
    return STR_NONE;
}

/* One tag off the front of a list. False at its end or at what is no tag. */
static bool next_tag(Str *list, Str *tag, bool *weak)
{
    while (list->len && (list->at[0] == ',' || list->at[0] == ' ' || list->at[0] == '\t')) *list = str_drop(*list, 1);
    *weak = str_starts(*list, S("W/"));
    if (*weak) *list = str_drop(*list, 2);
    if (!str_starts(*list, S("\""))) return false;
    const char *end = memchr(list->at + 1, '"', list->len - 1);
    if (!end) return false;
    *tag = (Str){ list->at, (size_t)(end - list->at) + 1 };
    *list = str_drop(*list, tag->len);
    return true;
}

bool etag_listed(Str header, Str etag, bool weak)
{
    header = str_trim(header);
    if (str_eq(header, S("*"))) return true;
    Str  tag;
    bool tag_weak;
    while (next_tag(&header, &tag, &tag_weak))
        if ((weak || !tag_weak) && str_eq(tag, etag)) return true;
    return false;
}

bool match_version(Str header, int64_t *version)
{
    Str  tag = str_trim(header);
    bool weak;
    if (str_eq(tag, S("*"))) return *version = 0, true;
    if (str_starts(tag, S("\"")) || str_starts(tag, S("W/"))) {
        Str rest = tag;
        if (!next_tag(&rest, &tag, &weak) || rest.len) return false;
        tag = str_take_first(str_drop(tag, 1), tag.len - 2);
        if (!str_starts(tag, S("v"))) return false;
        tag = str_cut(str_drop(tag, 1), '-').head;
    }
    return str_to_i64(tag, version) && *version > 0;
}

/* The weight of "gzip;q=0.5": 0 only when it says so. */
static bool is_refused(Str parameters)
{
    for (Cut rest = { .tail = parameters, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, ';');
        Cut    pair = str_cut(str_trim(rest.head), '=');
        double weight;
        if (str_eq_nocase(str_trim(pair.head), S("q")) && str_to_double(str_trim(pair.tail), &weight))
            return weight <= 0;
    }
    return false;
}

Theme theme_of(Str name)
{
    return str_eq(name, S("light")) ? THEME_LIGHT : str_eq(name, S("dark")) ? THEME_DARK
                                                                            : THEME_DEVICE;
}

Coding coding_wanted(Str accept_encoding)
{
    Coding best = CODING_NONE;
    for (Cut rest = { .tail = accept_encoding, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, ',');
        Cut coding = str_cut(rest.head, ';');
        Str name = str_trim(coding.head);
        Coding this = str_eq_nocase(name, S("br"))     ? CODING_BROTLI
                      : str_eq_nocase(name, S("gzip")) ? CODING_GZIP
                                                       : CODING_NONE;
        if (this > best && !is_refused(coding.tail)) best = this;
    }
    return best;
}

bool listen_read(Arena *a, Str text, Str *host, int *port, Err *err)
{
    Cut     cut = str_cut_last(text, ':');
    Str     name = cut.found ? cut.head : S("127.0.0.1"), digits = cut.found ? cut.tail : text;
    int64_t number;
    if (!str_to_i64(digits, &number) || number < 0 || number > 65535)
        return fail(err, ERR_USAGE, "--listen wants HOST:PORT, such as 127.0.0.1:8080, not \"%.*s\"", STR_ARG(text));
    if (str_starts(name, S("[")) && str_ends(name, S("]"))) name = str_take_first(str_drop(name, 1), name.len - 2);
    *host = str_copy(a, name.len ? name : S("0.0.0.0"));
    *port = (int)number;
    return true;
}

Str path_inside(Str path)
{
    if (!str_starts(path, S("/")) || str_starts(path, S("//")) || str_starts(path, S("/\\"))) return S("/");
    for (size_t i = 0; i < path.len; i++)
        if ((unsigned char)path.at[i] <= 0x20 || path.at[i] == 0x7f || path.at[i] == '\\') return S("/");
    return path;
}
