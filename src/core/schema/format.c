/* The formats that are asserted (docs/kinds.md). */
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "core/schema/tree.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all_of(Str s, bool (*kind)(char))
{
    for (size_t i = 0; i < s.len; i++)
        if (!kind(s.at[i])) return false;
    return s.len > 0;
}

/* Exactly n digits at the start of *s, cut off; -1 when they are not there. */
static int digits_cut(Str *s, size_t n)
{
    int number = 0;
    if (s->len < n) return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->at[i])) return -1;
        number = number * 10 + (s->at[i] - '0');
    }
    *s = str_drop(*s, n);
    return number;
}

static bool char_cut(Str *s, const char *any_of)
{
    if (!s->len || !s->at[0] || !strchr(any_of, s->at[0])) return false;
    *s = str_drop(*s, 1);
    return true;
}

static bool reduced_date(Str s)
{
    Date date;
    return date_read(s, &date);
}

static bool full_date(Str s)
{
    return s.len == 10 && reduced_date(s);
}

/* RFC 3339 full-time, with its leap second: 23:59:60 in UTC. */
static bool full_time(Str s)
{
    int hour = digits_cut(&s, 2);
    if (!char_cut(&s, ":")) return false;
    int minute = digits_cut(&s, 2);
    if (!char_cut(&s, ":")) return false;
    int second = digits_cut(&s, 2);
    if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 60) return false;
    if (char_cut(&s, ".")) {
        if (digits_cut(&s, 1) < 0) return false;
        while (digits_cut(&s, 1) >= 0) {}
    }
    int offset = 0;
    if (char_cut(&s, "zZ")) {
        if (s.len) return false;
    } else {
        int sign = s.len && s.at[0] == '-' ? -1 : 1;
        if (!char_cut(&s, "+-")) return false;
        int hours = digits_cut(&s, 2);
        if (!char_cut(&s, ":")) return false;
        int minutes = digits_cut(&s, 2);
        if (hours < 0 || minutes < 0 || hours > 23 || minutes > 59 || s.len) return false;
        offset = sign * (hours * 60 + minutes);
    }
    int utc = ((hour * 60 + minute - offset) % 1440 + 1440) % 1440;
    return second < 60 || utc == 1439;
}

static bool date_time(Str s)
{
    return s.len > 11 && full_date(str_take_first(s, 10)) && (s.at[10] == 'T' || s.at[10] == 't') &&
           full_time(str_drop(s, 11));
}

/* Numbers with the units in their order: "3D", "4H30M". */
static bool duration_units(Str *s, const char *units)
{
    bool any = false;
    while (s->len && is_digit(s->at[0])) {
        while (digits_cut(s, 1) >= 0) {}
        const char *unit = s->len && s->at[0] ? strchr(units, s->at[0]) : NULL;
        if (!unit) return false;
        /* RFC 3339 leaves no unit out between two that are given: P1Y2D is not a duration. */
        if (any && unit != units) return false;
        units = unit + 1;
        any = true;
        *s = str_drop(*s, 1);
    }
    return any;
}

static bool duration(Str s)
{
    if (!char_cut(&s, "P") || !s.len) return false;
    if (s.at[s.len - 1] == 'W') return all_of(str_take_first(s, s.len - 1), is_digit);
    if (s.at[0] != 'T' && !duration_units(&s, "YMD")) return false;
    if (!s.len) return true;
    return char_cut(&s, "T") && duration_units(&s, "HMS") && !s.len;
}

static bool ipv4(Str s)
{
    for (int part = 0; part < 4; part++) {
        Cut     cut = str_cut(s, '.');
        int64_t number;
        bool    leading_zero = cut.head.len > 1 && cut.head.at[0] == '0';
        if (!all_of(cut.head, is_digit) || cut.head.len > 3 || leading_zero) return false;
        if (!str_to_i64(cut.head, &number) || number > 255 || cut.found != (part < 3)) return false;
        s = cut.tail;
    }
    return true;
}

/* RFC 4291 section 2.2: eight groups, "::" once for groups of zeros, the last two may be IPv4. */
static bool ipv6(Str s)
{
    int  groups = 0;
    bool gap = str_starts(s, S("::"));
    if (gap) s = str_drop(s, 2);
    if (gap && !s.len) return true;
    for (;;) {
        Cut cut = str_cut(s, ':');
        if (!cut.found && str_has(cut.head, S("."))) return ipv4(cut.head) && (groups == 6 || (gap && groups < 6));
        if (!all_of(cut.head, is_hex) || cut.head.len > 4) return false;
        groups++;
        s = cut.tail;
        if (!cut.found) break;
        if (!str_starts(s, S(":"))) continue;
        if (gap) return false;
        gap = true;
        s = str_drop(s, 1);
        if (!s.len) break;
    }
    return groups == 8 || (gap && groups < 8);
}

/* RFC 3986: what may stand anywhere in a URI (unreserved and sub-delims). */
static const bool uri_anywhere[256] = {
    ['a' ... 'z'] = true,
    ['A' ... 'Z'] = true,
    ['0' ... '9'] = true,
    ['-'] = true,
    ['.'] = true,
    ['_'] = true,
    ['~'] = true,
    ['!'] = true,
    ['$'] = true,
    ['&'] = true,
    ['\''] = true,
    ['('] = true,
    [')'] = true,
    ['*'] = true,
    ['+'] = true,
    [','] = true,
    [';'] = true,
    ['='] = true,
};

/* Those characters, some besides, and % followed by two hex digits. */
static bool uri_characters(Str s, const char *besides)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (uri_anywhere[(unsigned char)c]) continue;
        if (c == '%') {
            if (i + 2 >= s.len || !is_hex(s.at[i + 1]) || !is_hex(s.at[i + 2])) return false;
            i += 2;
        } else if (!c || !strchr(besides, c)) {
            return false;
        }
    }
    return true;
}

static bool uri_authority(Str s)
{
    Cut user = str_cut_last(s, '@');
    if (user.found && !uri_characters(user.head, ":")) return false;
    Str host = user.found ? user.tail : s;
    if (str_starts(host, S("["))) {
        Cut  address = str_cut(str_drop(host, 1), ']');
        bool future = address.head.len && (address.head.at[0] | 32) == 'v';
        if (!address.found || !(future ? uri_characters(address.head, ":") : ipv6(address.head))) return false;
        return !address.tail.len ||
               (address.tail.at[0] == ':' && (address.tail.len == 1 || all_of(str_drop(address.tail, 1), is_digit)));
    }
    Cut port = str_cut(host, ':');
    return uri_characters(port.head, "") && (!port.tail.len || all_of(port.tail, is_digit));
}

static bool uri_reference(Str s)
{
    Cut fragment = str_cut(s, '#');
    if (!uri_characters(fragment.tail, ":@/?")) return false;
    Cut query = str_cut(fragment.head, '?');
    if (!uri_characters(query.tail, ":@/?")) return false;
    Str path = query.head;
    if (!str_starts(path, S("//"))) return uri_characters(path, ":@/");
    path = str_drop(path, 2);
    size_t authority = 0;
    while (authority < path.len && path.at[authority] != '/') authority++;
    return uri_authority(str_take_first(path, authority)) && uri_characters(str_drop(path, authority), ":@/");
}

static bool relative_or_uri(Str s);

static size_t scheme_length(Str s)
{
    size_t n = 0;
    while (n < s.len && (is_letter(s.at[n]) || (n && (is_digit(s.at[n]) || strchr("+-.", s.at[n]))))) n++;
    return n < s.len && s.at[n] == ':' ? n : 0;
}

static bool uri(Str s)
{
    size_t scheme = scheme_length(s);
    return scheme && uri_reference(str_drop(s, scheme + 1));
}

static bool relative_or_uri(Str s)
{
    if (uri(s)) return true;
    /* Without a scheme the first segment has no colon. */
    size_t first = 0;
    while (first < s.len && !strchr("/?#", s.at[first])) first++;
    return !str_has(str_take_first(s, first), S(":")) && uri_reference(s);
}

static bool uuid(Str s)
{
    if (s.len != 36) return false;
    for (size_t i = 0; i < s.len; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? s.at[i] != '-' : !is_hex(s.at[i])) return false;
    }
    return true;
}

static bool json_pointer(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '~' && (i + 1 == s.len || (s.at[i + 1] != '0' && s.at[i + 1] != '1'))) return false;
    return !s.len || s.at[0] == '/';
}

static bool regex(Str s)
{
    Pattern *pattern;
    if (!pattern_open(s, &pattern, NULL)) return false;
    pattern_close(pattern);
    return true;
}

/* BCP 47 as far as its grammar's frame goes: a language of 2 to 8 letters (or x), then subtags of 1 to 8
   letters and digits. */
static bool language(Str s)
{
    for (bool first = true;; first = false) {
        Cut cut = str_cut(s, '-');
        if (cut.head.len > 8 || cut.head.len < (first ? 2u : 1u)) return false;
        for (size_t i = 0; i < cut.head.len; i++)
            if (!is_letter(cut.head.at[i]) && (first || !is_digit(cut.head.at[i]))) return false;
        if (!cut.found) return true;
        s = cut.tail;
    }
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool country_code(Str s)
{
    return s.len == 2 && all_of(s, is_capital);
}

static bool currency_code(Str s)
{
    return s.len == 3 && all_of(s, is_capital);
}

/* What a page may make a link of. */
static bool web_address(Str s)
{
    size_t scheme = scheme_length(s);
    Str    name = str_take_first(s, scheme), rest = str_drop(s, scheme);
    if (!str_eq_nocase(name, S("http")) && !str_eq_nocase(name, S("https"))) return false;
    return str_starts(rest, S("://")) && rest.len > 3 && !strchr("/?#", rest.at[3]) && uri(s);
}

static const Format formats[] = {
    { "date", full_date },
    { "time", full_time },
    { "date-time", date_time },
    { "duration", duration },
    { "uri", uri },
    { "uri-reference", relative_or_uri },
    { "uuid", uuid },
    { "ipv4", ipv4 },
    { "ipv6", ipv6 },
    { "json-pointer", json_pointer },
    { "regex", regex },
    { "reduced-date", reduced_date },
    { "language", language },
    { "country-code", country_code },
    { "currency-code", currency_code },
    { "web-address", web_address },
};

const Format *schema_format_find(Str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_eq_z(name, formats[i].name)) return &formats[i];
    return NULL;
}
