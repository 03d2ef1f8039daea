/* Dates and times: which form all values of a column have. The first that fits is taken, days before months; that
   months before days would fit as well is a doubt. */
#include <string.h>

#include "base/buf.h"
#include "data/date_form.h"
#include "data/guess_inside.h"

static bool has_form(Str s, const char *form)
{
    int64_t micros;
    return date_form_read(s, str_of(form), &micros);
}

static bool ends_in_two_digits(Str s)
{
    return s.len > 2 && s.at[s.len - 3] == ':';
}

/* ---- ISO 8601, and a time of the day ---- */

static bool take_digits(Str *s, size_t least, size_t most)
{
    size_t n = 0;
    while (n < s->len && n < most && s->at[n] >= '0' && s->at[n] <= '9') n++;
    *s = str_drop(*s, n);
    return n >= least;
}

/* "20:00:00.5Z", "20:00+07:00". */
static bool is_iso_time(Str s)
{
    if (!has_form(str_take_first(s, 5), "%H:%M") || !ends_in_two_digits(str_take_first(s, 5))) return false;
    s = str_drop(s, 5);
    if (s.len && s.at[0] == ':') {
        if (!has_form(str_take_first(s, 3), ":%S")) return false;
        s = str_drop(s, 3);
        if (s.len && s.at[0] == '.') {
            s = str_drop(s, 1);
            if (!take_digits(&s, 1, 9)) return false;
        }
    }
    if (!s.len || str_eq_z(s, "Z")) return true;
    if (s.at[0] != '+' && s.at[0] != '-') return false;
    s = str_drop(s, 1);
    if (!take_digits(&s, 2, 2)) return false;
    if (s.len && s.at[0] == ':') s = str_drop(s, 1);
    return !s.len || (take_digits(&s, 2, 2) && !s.len);
}

static bool is_iso_datetime(Str s, const char *form)
{
    (void)form;
    return s.len >= 16 && has_form(str_take_first(s, 10), "%Y-%m-%d") && (s.at[10] == 'T' || s.at[10] == ' ') &&
           is_iso_time(str_drop(s, 11));
}

static bool is_time(Str s, const char *form)
{
    (void)form;
    return ends_in_two_digits(s) && (has_form(s, "%H:%M") || has_form(s, "%H:%M:%S"));
}

/* ---- all forms ---- */

/* Of these the year has two digits and no name stands beside: only under a heading that says "date". */
static const char *const short_days[] = { "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", NULL };
static const char *const iso_days[] = { "%Y-%m-%d", NULL };
static const char *const days[] = { "%Y/%m/%d",
                                    "%Y.%m.%d",
                                    "%d/%m/%Y",
                                    "%m/%d/%Y",
                                    "%d.%m.%Y",
                                    "%d-%m-%Y",
                                    "%m-%d-%Y",
                                    "%Y年%m月%d日",
                                    "%Y년 %m월 %d일",
                                    "%d-%b-%Y",
                                    "%d %b %Y",
                                    "%d/%b/%Y",
                                    "%d-%b-%y",
                                    "%d %b %y",
                                    "%b %d, %Y",
                                    "%b %d %Y",
                                    "%d %b, %Y",
                                    "%d tháng %m năm %Y",
                                    "Ngày %d tháng %m năm %Y",
                                    "ngày %d tháng %m năm %Y",
                                    NULL };
static const char *const months[] = { "%Y年%m月", "%Y년 %m월", "%Y/%m", "%m/%Y", "%b %Y",
                                      "%b-%Y", "%b-%y", "%Y %b", "%Y-%b", "%Y-M%m", NULL };
static const char *const times[] = { " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", NULL };
static const char *const chinese_stamps[] = { "%Y年%m月%d日 %H时", "%Y年%m月%d日 %H时%M分", "%Y年%m月%d日 %H时%M分%S秒",
                                              "%Y年%m月%d日 %H点", "%Y年%m月%d日 %H点%M分", NULL };
static const char *const packed_days[] = { "%Y%m%d", NULL };
static const char *const packed_stamps[] = { "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", NULL };

static bool is_buddhist(const Guess *g, const char *form)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        int64_t micros;
        if (!date_form_read(str_trim(g->values[i]), str_of(form), &micros)) continue;
        if (!IS_BUDDHIST_YEAR(date_form_year(micros))) return false;
        n++;
    }
    return n > 0;
}

static const char *with_era(Arena *a, const char *form)
{
    const char *year = strstr(form, "%Y");
    return str_format(a, "%.*s%%EY%s", (int)(year - form), form, year + 2).at;
}

/* Some digits are others than 0 to 9: the form has no letter, but a value has a byte of one. */
static bool has_other_digits(const Guess *g, const char *form)
{
    if (strstr(form, "%b")) return false;
    for (const char *c = form; *c; c++)
        if ((unsigned char)*c >= 0x80) return false;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->values[i].len; k++)
            if ((unsigned char)g->values[i].at[k] >= 0x80) return true;
    return false;
}

static const char *with_other_digits(Arena *a, const char *form)
{
    Buf *out = buf_open(a);
    for (const char *c = form; *c; c++) {
        buf_put_byte(out, *c);
        if (*c == '%' && strchr("mdHMS", c[1])) buf_put_byte(out, 'O');
    }
    return str_z(a, buf_str(out));
}

static void take(Arena *a, Guess *g, ColumnType type, const char *form, bool plain)
{
    bool buddhist = strstr(form, "%Y") && is_buddhist(g, form), digits = has_other_digits(g, form);
    if (buddhist) form = with_era(a, form);
    if (digits) form = with_other_digits(a, form);
    g->type = type;
    g->pattern = plain && !buddhist && !digits ? "" : form;
    for (size_t i = 0; i < g->n && !g->example.len; i++) g->example = str_trim(g->values[i]);
}

static bool fits_as_well(const Guess *g, const char *form)
{
    Guess as_other = *g;
    return guess_all(&as_other, has_form, form);
}

/* Whether one of the others begins with the month and fits as well; of years in two digits also the year first. */
static bool has_other_order(Arena *a, const Guess *g, const char *const *forms, const char *form, const char *tail)
{
    static const char *const years_first[] = { "%y/%m/%d", "%y.%m.%d", "%y-%m-%d" };
    bool                     short_year = strstr(form, "%y") && !strstr(form, "%b");
    if (strncmp(form, "%d/%m", 5) != 0 && strncmp(form, "%d-%m", 5) != 0 && !short_year) return false;
    for (const char *const *other = forms; *other; other++)
        if (strncmp(*other, "%m", 2) == 0 && *other != form &&
            fits_as_well(g, str_format(a, "%s%s", *other, tail).at))
            return true;
    for (size_t i = 0; i < 3 && short_year; i++)
        if (fits_as_well(g, str_format(a, "%s%s", years_first[i], tail).at)) return true;
    return false;
}

static bool any_form(Arena *a, Guess *g, ColumnType type, const char *const *forms, const char *tail)
{
    for (const char *const *form = forms; *form; form++) {
        const char *whole = *tail ? str_format(a, "%s%s", *form, tail).at : *form;
        if (!guess_all(g, has_form, whole)) continue;
        take(a, g, type, whole, false);
        g->two_orders = has_other_order(a, g, forms, *form, tail);
        return true;
    }
    return false;
}

static bool says_date(const Guess *g)
{
    return g->means & (HEADING_BIT(DATE) | HEADING_BIT(TIME));
}

bool guess_date(Arena *a, Guess *g)
{
    if (guess_all(g, has_form, "%Y-%m-%d")) return take(a, g, COLUMN_DATE, "%Y-%m-%d", true), true;
    if (guess_all(g, is_iso_datetime, NULL)) return take(a, g, COLUMN_DATETIME, "", true), true;
    if (guess_all(g, is_time, NULL)) return take(a, g, COLUMN_TIME, "", true), true;
    if (guess_all(g, has_form, "%Y-%m")) return take(a, g, COLUMN_YEARMONTH, "%Y-%m", true), true;
    if (any_form(a, g, COLUMN_DATE, days, "")) return true;
    /* The day as ISO 8601 has it, with a time that the engine does not read as it stands: 24:00, or AM and PM. */
    for (const char *const *time = times; *time; time++)
        if (any_form(a, g, COLUMN_DATETIME, iso_days, *time) || any_form(a, g, COLUMN_DATETIME, days, *time))
            return true;
    if (any_form(a, g, COLUMN_DATETIME, chinese_stamps, "")) return true;
    if (any_form(a, g, COLUMN_YEARMONTH, months, "")) return true;
    if (!says_date(g)) return false;
    if (any_form(a, g, COLUMN_DATE, short_days, "")) return true;
    for (const char *const *time = times; *time; time++)
        if (any_form(a, g, COLUMN_DATETIME, short_days, *time)) return true;
    return false;
}

bool guess_packed_date(Arena *a, Guess *g)
{
    return says_date(g) && (any_form(a, g, COLUMN_DATE, packed_days, "") ||
                            any_form(a, g, COLUMN_DATETIME, packed_stamps, ""));
}

/* From 1954 to 2119, lest a number of anything else be a day. */
static bool is_serial(Str s, const char *form)
{
    int64_t day;
    return str_to_i64(s, &day) && day >= 20000 && day <= 80000 && has_form(s, form);
}

bool guess_serial_date(Guess *g)
{
    if (!(g->means & HEADING_BIT(DATE)) || !guess_all(g, is_serial, DATE_FORM_SERIAL)) return false;
    g->type = COLUMN_DATE;
    g->pattern = DATE_FORM_SERIAL;
    return true;
}
