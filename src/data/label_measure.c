/* Angles and lengths from free text: tokens first, then what they can mean. */
#include "data/label_measure.h"

#include <math.h>
#include <string.h>

#define TOKENS 16

typedef struct {
    bool   number;
    double value;
    Str    text;   /* of the number with its sign, or the word */
    char   before; /* '-' or ',' between it and the token before */
} Token;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static Str sign_word(Str s)
{
    static const char *const signs[] = { "°", "º", "′", "’", "″", "”", "''", "'", "\"" };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_starts(s, str_of(signs[i]))) return str_take_first(s, strlen(signs[i]));
    return STR_NONE;
}

static bool tokens_read(Str s, Token *out, size_t *n)
{
    char before = 0;
    *n = 0;
    for (size_t at = 0; at < s.len;) {
        Str    rest = str_drop(s, at), sign = sign_word(rest);
        size_t end = 0;
        bool   minus = rest.len > 1 && rest.at[0] == '-' && is_digit(rest.at[1]) &&
                     (*n == 0 || (!out[*n - 1].number && before == 0 && at && s.at[at - 1] == ' ') || before == ',');
        if (*n == TOKENS) return false;
        if (is_digit(rest.at[0]) || minus) {
            end = minus;
            while (end < rest.len && is_digit(rest.at[end])) end++;
            if (end + 1 < rest.len && rest.at[end] == '.' && is_digit(rest.at[end + 1]))
                for (end++; end < rest.len && is_digit(rest.at[end]);) end++;
            Token t = { .number = true, .text = str_take_first(rest, end), .before = before };
            if (!str_to_double(t.text, &t.value)) return false;
            out[(*n)++] = t;
            before = 0;
        } else if (is_letter(rest.at[0])) {
            while (end < rest.len && is_letter(rest.at[end])) end++;
            out[(*n)++] = (Token){ .text = str_take_first(rest, end), .before = before };
            before = 0;
        } else if (sign.len) {
            end = sign.len;
            out[(*n)++] = (Token){ .text = sign };
        } else if (str_starts(rest, S("–"))) {
            before = '-';
            end = 3;
        } else if (strchr("-,", rest.at[0])) {
            before = rest.at[0];
            end = 1;
        } else if (strchr(" .;:=\t", rest.at[0])) {
            end = 1;
        } else {
            return false;
        }
        at += end;
    }
    return *n > 0;
}

static bool is_one_of(Str word, const char *list)
{
    Str rest = str_of(list);
    while (rest.len) {
        Cut cut = str_cut(rest, '|');
        if (str_eq_nocase(word, cut.head)) return true;
        rest = cut.tail;
    }
    return false;
}

/* ---- angles ---- */

typedef struct {
    double deg;
    Str    plain; /* when it was one decimal number without a hemisphere */
    char   half;  /* 'N' 'S' 'E' 'W', or 0 */
    bool   comma; /* before it */
} Angle;

static char half_of(Str word)
{
    if (is_one_of(word, "n|north|norte|nord")) return 'N';
    if (is_one_of(word, "s|south|sur|sud|sul")) return 'S';
    if (is_one_of(word, "e|east|este|est")) return 'E';
    if (is_one_of(word, "w|west|oeste|ouest")) return 'W';
    return 0;
}

static int unit_of(Str word)
{
    if (is_one_of(word, "°|º|d|deg|degs|degree|degrees")) return 1;
    if (is_one_of(word, "'|′|’|m|min|mins|minute|minutes")) return 2;
    if (is_one_of(word, "\"|″|”|''|sec|secs|second|seconds")) return 3;
    return 0;
}

/* One angle from t[*at]: numbers with falling units, a hemisphere before or behind. */
static bool angle_read(const Token *t, size_t n, size_t *at, Angle *out)
{
    static const double share[] = { 1, 1 / 60.0, 1 / 3600.0 };
    int                 part = 0;
    bool                marked = false;
    *out = (Angle){ .comma = *at < n && t[*at].before == ',' };
    if (*at < n && !t[*at].number && half_of(t[*at].text)) out->half = half_of(t[(*at)++].text);
    for (; *at < n && t[*at].number && part < 3; part++) {
        if (part > 0 && (t[*at].before == ',' || !marked)) break;
        double v = t[*at].value;
        if (part > 0 && (v < 0 || v >= 60)) return false;
        if (part > 0 && out->plain.len == 0) return false;
        if (part == 0) {
            out->plain = t[*at].text;
            out->deg = v;
        } else {
            out->deg += (out->deg < 0 ? -v : v) * share[part];
        }
        (*at)++;
        marked = *at < n && !t[*at].number && unit_of(t[*at].text);
        if (marked && unit_of(t[*at].text) != part + 1) return false;
        if (marked) (*at)++;
    }
    if (part == 0) return false;
    if (!out->half && *at < n && !t[*at].number && half_of(t[*at].text)) out->half = half_of(t[(*at)++].text);
    if (out->half && out->deg < 0) return false;
    if (part > 1 || out->half) out->plain = STR_NONE;
    if (out->half == 'S' || out->half == 'W') out->deg = -out->deg;
    return true;
}

static Str decimal(Arena *a, double v)
{
    Str s = str_format(a, "%.7f", v);
    while (s.at[s.len - 1] == '0') s.len--;
    if (s.at[s.len - 1] == '.') s.len--;
    return s;
}

static bool point_of(Arena *a, const Angle *latitude, const Angle *longitude, LabelPoint *out)
{
    if (latitude->half == 'E' || latitude->half == 'W' || longitude->half == 'N' ||
        longitude->half == 'S')
        return false;
    if (fabs(latitude->deg) > 90 || fabs(longitude->deg) > 180) return false;
    out->latitude_deg = latitude->deg;
    out->longitude_deg = longitude->deg;
    out->latitude = latitude->plain.len ? latitude->plain : decimal(a, latitude->deg);
    out->longitude = longitude->plain.len ? longitude->plain : decimal(a, longitude->deg);
    return true;
}

static bool angle_alone(Str text, Angle *out)
{
    Token  t[TOKENS];
    size_t n, at = 0;
    return tokens_read(str_trim(text), t, &n) && angle_read(t, n, &at, out) && at == n;
}

bool label_point_read(Arena *a, Str latitude, Str longitude, LabelPoint *out)
{
    Angle lat, lon;
    return angle_alone(latitude, &lat) && angle_alone(longitude, &lon) && point_of(a, &lat, &lon, out);
}

bool label_pair_read(Arena *a, Str text, LabelPoint *out)
{
    Token  t[TOKENS];
    size_t n, at = 0;
    Angle  first, second;
    if (!tokens_read(str_trim(text), t, &n) || !angle_read(t, n, &at, &first) ||
        !angle_read(t, n, &at, &second) || at != n)
        return false;
    bool plain = !first.half && !second.half && second.comma;
    if (plain || ((first.half == 'N' || first.half == 'S') && second.half)) return point_of(a, &first, &second, out);
    return first.half && second.half && point_of(a, &second, &first, out);
}

bool label_points_same(const LabelPoint *a, const LabelPoint *b)
{
    return fabs(a->latitude_deg - b->latitude_deg) < 1e-4 && fabs(a->longitude_deg - b->longitude_deg) < 1e-4;
}

/* ---- lengths ---- */

static double metres_of(Str word)
{
    if (is_one_of(word, "m|ms|mtr|mts|metre|metres|meter|meters|metros")) return 1;
    if (is_one_of(word, "ft|foot|feet|'")) return 0.3048;
    if (is_one_of(word, "fathom|fathoms|ftm|fm|fms")) return 1.8288;
    if (is_one_of(word, "yd|yds|yard|yards")) return 0.9144;
    if (is_one_of(word, "km|kms|kilometre|kilometres|kilometer|kilometers")) return 1000;
    return 0;
}

static bool says_nothing(Str word)
{
    return is_one_of(word, "to|and|min|max|minimum|maximum|depth|depths|mindepth|maxdepth|elevation|elev|altitude|alt|"
                           "height|from|between|at|of");
}

bool label_metres_read(Arena *a, Str text, Str *low, Str *high)
{
    Token  t[TOKENS];
    double value[2], unit[2] = { 0 };
    size_t n, count = 0;
    if (!tokens_read(str_trim(text), t, &n)) return false;
    for (size_t i = 0; i < n; i++) {
        if (t[i].number) {
            if (count == 2 || (i && t[i - 1].number && t[i].before != '-')) return false;
            value[count++] = t[i].value;
        } else if (metres_of(t[i].text) > 0) {
            if (!count || unit[count - 1] > 0 || !t[i - 1].number) return false;
            unit[count - 1] = metres_of(t[i].text);
        } else if (!says_nothing(t[i].text)) {
            return false;
        }
    }
    if (!count || unit[count - 1] <= 0) return false;
    if (count == 2 && unit[0] <= 0) unit[0] = unit[1];
    double first = value[0] * unit[0], last = count == 2 ? value[1] * unit[1] : first;
    if (first > last) return false;
    *low = str_format(a, "%.10g", first);
    *high = str_format(a, "%.10g", last);
    return true;
}
