#include "data/degrees.h"

#include <math.h>
#include <string.h>

typedef struct {
    Str  text;
    bool latitude;
    int  sign;
} Hemisphere;

static const Hemisphere hemispheres[] = {
    { S_INIT("N"), true, 1 },
    { S_INIT("S"), true, -1 },
    { S_INIT("E"), false, 1 },
    { S_INIT("W"), false, -1 },
    { S_INIT("北纬"), true, 1 },
    { S_INIT("南纬"), true, -1 },
    { S_INIT("东经"), false, 1 },
    { S_INIT("西经"), false, -1 },
    { S_INIT("北緯"), true, 1 },
    { S_INIT("南緯"), true, -1 },
    { S_INIT("東經"), false, 1 },
    { S_INIT("西經"), false, -1 },
    { S_INIT("東経"), false, 1 },
    { S_INIT("西経"), false, -1 },
};

/* Marks behind degrees, minutes and seconds; longer ones first. */
static const char *const marks[3][8] = {
    { "°", "º", "˚", "度", "d", ":", NULL },
    { "′", "’", "'", "分", "m", ":", NULL },
    { "″", "”", "''", "\"", "秒", "s", NULL },
};

static void take_spaces(Str *s)
{
    for (;;) {
        if (s->len && (s->at[0] == ' ' || s->at[0] == '\t')) *s = str_drop(*s, 1);
        else if (str_starts(*s, S("\u00a0"))) *s = str_drop(*s, strlen("\u00a0"));
        else return;
    }
}

/* 0: none there, or one of the other axis. */
static int hemisphere_of(Str text, bool latitude)
{
    for (size_t i = 0; i < sizeof hemispheres / sizeof *hemispheres; i++)
        if (str_eq_nocase(text, hemispheres[i].text) && hemispheres[i].latitude == latitude) return hemispheres[i].sign;
    return 0;
}

/* Takes one from an end of the text. */
static int take_hemisphere(Str *s, bool latitude)
{
    for (size_t i = 0; i < sizeof hemispheres / sizeof *hemispheres; i++) {
        size_t n = hemispheres[i].text.len;
        if (s->len < n) continue;
        Str first = str_take_first(*s, n), last = str_drop(*s, s->len - n);
        int at_first = hemisphere_of(first, latitude), at_last = hemisphere_of(last, latitude);
        if (at_first) *s = str_drop(*s, n);
        else if (at_last) *s = str_take_first(*s, s->len - n);
        if (at_first || at_last) return at_first ? at_first : at_last;
    }
    return 0;
}

static bool take_number(Str *s, double *out, bool *whole)
{
    char   text[24];
    size_t n = 0;
    *whole = true;
    while (n < s->len && n + 1 < sizeof text) {
        char c = s->at[n];
        bool point = c == '.' || c == ',';
        if (!(c >= '0' && c <= '9') && !point) break;
        if (point && !*whole) return false;
        if (point) *whole = false;
        text[n++] = point ? '.' : c;
    }
    *s = str_drop(*s, n);
    return n > 0 && str_to_double((Str){ text, n }, out);
}

static bool take_mark(Str *s, int of)
{
    for (const char *const *mark = marks[of]; *mark; mark++)
        if (str_starts(*s, str_of(*mark))) {
            *s = str_drop(*s, strlen(*mark));
            return true;
        }
    return false;
}

/* Up to three numbers, each finer than the one before, which has to be whole. */
static bool take_parts(Str s, double *degrees)
{
    double part[3] = { 0 };
    bool   whole = true;
    int    n = 0;
    while (s.len && n < 3) {
        if (!whole || !take_number(&s, &part[n], &whole)) return false;
        take_spaces(&s);
        take_mark(&s, n++);
        take_spaces(&s);
    }
    *degrees = part[0] + part[1] / 60 + part[2] / 3600;
    return n > 0 && !s.len && part[1] < 60 && part[2] < 60;
}

/* The sign before it; 1 without one. */
static int take_sign(Str *s)
{
    int sign = 1;
    if (str_starts(*s, S("−"))) {
        sign = -1;
        *s = str_drop(*s, strlen("−"));
    } else if (s->len && (s->at[0] == '-' || s->at[0] == '+')) {
        sign = s->at[0] == '-' ? -1 : 1;
        *s = str_drop(*s, 1);
    }
    take_spaces(s);
    return sign;
}

bool degrees_read(Str text, bool latitude, double *out)
{
    double degrees;
    Str    s = str_trim(text), plain = s;
    int    sign = take_sign(&plain);
    /* The s of 13d45m30s is no south. */
    if (!str_has(s, S("m")) || !take_parts(plain, &degrees)) {
        int side = take_hemisphere(&s, latitude);
        s = str_trim(s);
        sign = side ? side : take_sign(&s);
        if (!take_parts(s, &degrees)) return false;
    }
    *out = sign * degrees;
    return degrees <= (latitude ? 90 : 180);
}

static void read_rows(const Str *text, const Str *axis, size_t n, int64_t *out, bool *none)
{
    for (size_t i = 0; i < n; i++) {
        double degrees;
        if (none[i]) continue;
        none[i] = !degrees_read(text[i], str_eq_z(axis[i], "latitude"), &degrees);
        if (!none[i]) out[i] = (int64_t)llround(degrees * DEGREES_NANO);
    }
}

const DuckTextFunction degrees_function = { "degrees_of", read_rows };
