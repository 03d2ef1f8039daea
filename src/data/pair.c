#include "data/pair.h"

#include <math.h>
#include <string.h>

#include "data/degrees.h"

bool pair_is_pattern(Str pattern)
{
    return str_eq_z(pattern, PAIR_LATITUDE_FIRST) || str_eq_z(pattern, PAIR_LONGITUDE_FIRST) ||
           str_eq_z(pattern, PAIR_POINT);
}

static bool halves_read(Str first, Str second, bool latitude_first, double *latitude, double *longitude)
{
    Str y = latitude_first ? first : second, x = latitude_first ? second : first;
    return degrees_read(y, true, latitude) && degrees_read(x, false, longitude);
}

/* Cuts at each place where `sign` stands, until both halves are coordinates. */
static bool cut_read(Str s, Str sign, bool latitude_first, double *latitude, double *longitude)
{
    for (size_t i = 1; i + sign.len < s.len; i++) {
        if (!str_starts(str_drop(s, i), sign)) continue;
        Str first = str_trim(str_take_first(s, i)), second = str_trim(str_drop(s, i + sign.len));
        if (first.len && second.len && halves_read(first, second, latitude_first, latitude, longitude)) return true;
    }
    return false;
}

static Str unbracketed(Str s)
{
    static const char brackets[][3] = { "()", "[]" };
    for (size_t i = 0; i < 2; i++)
        if (s.len > 2 && s.at[0] == brackets[i][0] && s.at[s.len - 1] == brackets[i][1])
            return str_trim((Str){ s.at + 1, s.len - 2 });
    return s;
}

/* "SRID=4326;POINT (100.5 13.75)", the two numbers of it; empty: it is none. */
static Str point_inside(Str s)
{
    Cut srid = str_cut(s, ';');
    if (srid.found && str_eq_nocase(str_trim(srid.head), S("SRID=4326"))) s = str_trim(srid.tail);
    if (s.len < 5 || !str_eq_nocase(str_take_first(s, 5), S("POINT"))) return STR_NONE;
    s = str_trim(str_drop(s, 5));
    Str inside = unbracketed(s);
    return inside.len < s.len ? inside : STR_NONE;
}

bool pair_read(Str text, Str pattern, double *latitude, double *longitude)
{
    /* A comma within a number is told from one between two by what else parts them. */
    static const Str signs[] = { S_INIT(";"), S_INIT("/"), S_INIT("|"), S_INIT(", "),
                                 S_INIT(" "), S_INIT(","), S_INIT("，"), S_INIT("、") };
    Str              s = str_trim(text);
    if (str_eq_z(pattern, PAIR_POINT))
        return cut_read(point_inside(s), S(" "), false, latitude, longitude);
    s = unbracketed(s);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (cut_read(s, signs[i], str_eq_z(pattern, PAIR_LATITUDE_FIRST), latitude, longitude)) return true;
    return false;
}

static void read_rows(const Str *text, const Str *what, size_t n, int64_t *out, bool *none)
{
    for (size_t i = 0; i < n; i++) {
        double latitude, longitude;
        if (none[i]) continue;
        Cut axis = str_cut(what[i], ' ');
        none[i] = !pair_read(text[i], axis.tail, &latitude, &longitude);
        if (!none[i]) out[i] = llround((str_eq_z(axis.head, "latitude") ? latitude : longitude) * DEGREES_NANO);
    }
}

const DuckTextFunction pair_function = { "pair_of", read_rows };
