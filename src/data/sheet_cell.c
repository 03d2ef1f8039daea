#include "data/sheet_cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* [h], [mm], [ss]; other brackets have colours and conditions. */
static bool counts_on(Str bracket)
{
    for (size_t i = 0; i < bracket.len; i++)
        if (!strchr("hms", bracket.at[i] | 32)) return false;
    return bracket.len > 0;
}

/* A format of days has y or d, one of times h or s, outside its quotes, brackets and colours. */
SheetShown sheet_cell_shown(Str code)
{
    SheetShown shown = { 0 };
    char       until = 0;
    for (size_t i = 0; i < code.len && code.at[i] != ';'; i++) {
        char c = code.at[i], small = (char)(c | 32);
        if (until) {
            if (c == until) until = 0;
        } else if (c == '"') {
            until = '"';
        } else if (c == '[') {
            shown.elapsed = shown.elapsed || counts_on(str_cut(str_drop(code, i + 1), ']').head);
            until = ']';
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else {
            shown.day = shown.day || small == 'y' || small == 'd';
            shown.time = shown.time || small == 'h' || small == 's';
        }
    }
    if (str_has(code, S("General"))) shown = (SheetShown){ 0 };
    return shown;
}

SheetShown sheet_cell_shown_by_number(int64_t id)
{
    return (SheetShown){ .day = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
                                (id >= 50 && id <= 58) || id == 36,
                         .time = (id >= 18 && id <= 22) || (id >= 32 && id <= 33) || id == 45 || id == 47,
                         .elapsed = id == 46 };
}

Str sheet_cell_date(Arena *a, double serial, bool from_1904, SheetShown shown)
{
    if (!(serial >= 0 && serial < 2958466)) return STR_NONE;
    double  days = floor(serial), seconds = round((serial - days) * 86400);
    int64_t since = (int64_t)days;
    if (seconds >= 86400) {
        seconds -= 86400;
        since++;
    }
    long s = (long)seconds;
    if (shown.elapsed && !shown.day)
        return str_format(a, "%02ld:%02ld:%02ld", (long)since * 24 + s / 3600, s / 60 % 60, s % 60);
    char clock[80];
    snprintf(clock, sizeof clock, "%02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    if (shown.time && !shown.day && since == 0) return str_format(a, "%s", clock);
    /* Days since 1970; the calendar from 1900 has a 29 February that never was. */
    int64_t epoch = from_1904 ? since - 24107 : since - (since < 60 ? 25568 : 25569);
    Str     text = time_text(a, epoch * 86400000);
    return str_format(a, shown.time ? "%.10s %s" : "%.10s", text.at, clock);
}

Str sheet_cell_number(Arena *a, Str raw)
{
    double v;
    char   text[40];
    if (raw.len < 16 || !str_to_double(raw, &v)) return raw;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) break;
    }
    return str_copy(a, str_of(text));
}
