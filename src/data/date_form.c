#include "data/date_form.h"

#include "base/time.h"
#include "data/number_text.h"
#include "text/month.h"

#define DAY_US ((int64_t)86400 * 1000000)
/* Of a spreadsheet's days: 1970-01-01 and 9999-12-31; and how many fewer they are since 1904. */
#define SERIAL_1970 25569
#define SERIAL_LAST 2958465
#define SERIAL_1904 1462

typedef struct {
    int  year, month, day, hour, minute, second;
    bool twelve, afternoon; /* %I, and what %p says */
    bool day_said;
} Read;

/* ---- text ---- */

/* The digit that the text begins with, of any script; -1: none. */
static int take_digit(Str *s)
{
    if (!s->len) return -1;
    bool   ascii = s->at[0] >= '0' && s->at[0] <= '9';
    size_t step = 1;
    int    digit = ascii ? s->at[0] - '0' : number_other_digit(*s, &step);
    if (digit >= 0) *s = str_drop(*s, step);
    return digit;
}

static bool take_number(Str *s, int least, int most, int *out)
{
    int n = 0, value = 0;
    while (n < most) {
        int digit = take_digit(s);
        if (digit < 0) break;
        value = value * 10 + digit;
        n++;
    }
    *out = value;
    return n >= least;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void take_spaces(Str *s)
{
    while (s->len && is_space(s->at[0])) *s = str_drop(*s, 1);
}

/* A name ends before a digit or a mark that parts dates; points may be in it. */
static bool take_month(Str *s, int *month)
{
    size_t n = 0;
    while (n < s->len && !(s->at[n] >= '0' && s->at[n] <= '9') && s->at[n] != '-' && s->at[n] != '/' &&
           s->at[n] != ',' && !is_space(s->at[n])) {
        Str rest = str_drop(*s, n);
        if ((uint8_t)s->at[n] >= 0x80 && take_digit(&rest) >= 0) break;
        n++;
    }
    *month = n ? month_by_name(str_take_first(*s, n)) : 0;
    *s = str_drop(*s, n);
    return *month > 0;
}

static bool take_half(Str *s, bool *afternoon)
{
    Str two = str_take_first(*s, 2);
    *afternoon = str_eq_nocase(two, S("pm"));
    *s = str_drop(*s, 2);
    return *afternoon || str_eq_nocase(two, S("am"));
}

/* ---- words ---- */

typedef enum { WORD_NONE,
               WORD_TEXT,
               WORD_SPACE,
               WORD_YEAR,
               WORD_YEAR_SHORT,
               WORD_YEAR_BUDDHIST,
               WORD_MONTH,
               WORD_MONTH_NAME,
               WORD_DAY,
               WORD_HOUR,
               WORD_HOUR_TWELVE,
               WORD_MINUTE,
               WORD_SECOND,
               WORD_HALF } Word;

static const struct {
    Str  text;
    Word word;
} known[] = {
    { S_INIT("%Y"), WORD_YEAR },
    { S_INIT("%y"), WORD_YEAR_SHORT },
    { S_INIT("%EY"), WORD_YEAR_BUDDHIST },
    { S_INIT("%m"), WORD_MONTH },
    { S_INIT("%b"), WORD_MONTH_NAME },
    { S_INIT("%B"), WORD_MONTH_NAME },
    { S_INIT("%d"), WORD_DAY },
    { S_INIT("%H"), WORD_HOUR },
    { S_INIT("%I"), WORD_HOUR_TWELVE },
    { S_INIT("%M"), WORD_MINUTE },
    { S_INIT("%S"), WORD_SECOND },
    { S_INIT("%p"), WORD_HALF },
    { S_INIT("%Om"), WORD_MONTH },
    { S_INIT("%Od"), WORD_DAY },
    { S_INIT("%OH"), WORD_HOUR },
    { S_INIT("%OM"), WORD_MINUTE },
    { S_INIT("%OS"), WORD_SECOND },
};

/* The next word of a form, of one byte where it is text; WORD_NONE for an unknown one. */
static Word next_word(Str *form, char *byte)
{
    *byte = form->at[0];
    if (*byte == '%') {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (str_starts(*form, known[i].text)) {
                *form = str_drop(*form, known[i].text.len);
                return known[i].word;
            }
        return WORD_NONE;
    }
    *form = str_drop(*form, 1);
    return is_space(*byte) ? WORD_SPACE : WORD_TEXT;
}

static bool take_word(Word word, char byte, bool packed, Str *s, Read *out)
{
    int least = packed ? 2 : 1;
    switch (word) {
    case WORD_SPACE: take_spaces(s); return true;
    case WORD_TEXT:
        if (!s->len || s->at[0] != byte) return false;
        *s = str_drop(*s, 1);
        return true;
    case WORD_YEAR: return take_number(s, 4, 4, &out->year);
    case WORD_YEAR_BUDDHIST:
        if (!take_number(s, 4, 4, &out->year)) return false;
        out->year -= BUDDHIST_YEARS;
        return true;
    case WORD_YEAR_SHORT:
        if (!take_number(s, 2, 2, &out->year)) return false;
        out->year += out->year < 69 ? 2000 : 1900;
        return true;
    case WORD_MONTH: return take_number(s, least, 2, &out->month);
    case WORD_MONTH_NAME: return take_month(s, &out->month);
    case WORD_DAY: out->day_said = true; return take_number(s, least, 2, &out->day);
    case WORD_HOUR_TWELVE: out->twelve = true; /* fall through */
    case WORD_HOUR: return take_number(s, least, 2, &out->hour);
    case WORD_MINUTE: return take_number(s, least, 2, &out->minute);
    case WORD_SECOND: return take_number(s, least, 2, &out->second);
    case WORD_HALF: return take_half(s, &out->afternoon);
    case WORD_NONE: break;
    }
    return false;
}

static bool is_moment(Read *r)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap = (r->year % 4 == 0 && r->year % 100 != 0) || r->year % 400 == 0;
    if (r->twelve && (r->hour < 1 || r->hour > 12)) return false;
    if (r->twelve) r->hour = r->hour % 12 + (r->afternoon ? 12 : 0);
    bool midnight = r->hour == 24 && !r->minute && !r->second && r->day_said && !r->twelve;
    return r->year >= 0 && r->month >= 1 && r->month <= 12 && r->day >= 1 &&
           r->day <= days[r->month - 1] + (leap && r->month == 2) && (r->hour < 24 || midnight) && r->minute < 60 &&
           r->second < 60;
}

bool date_form_is_serial(Str form)
{
    return str_eq_z(form, DATE_FORM_SERIAL) || str_eq_z(form, DATE_FORM_SERIAL_1904);
}

static bool read_serial(Str text, int before, int64_t *micros)
{
    int days;
    if (!take_number(&text, 1, 7, &days) || text.len || days < 1 || days + before > SERIAL_LAST) return false;
    *micros = (days + before - SERIAL_1970) * DAY_US;
    return true;
}

bool date_form_read(Str text, Str form, int64_t *micros)
{
    if (date_form_is_serial(form)) return read_serial(text, str_eq_z(form, DATE_FORM_SERIAL) ? 0 : SERIAL_1904, micros);
    Read r = { .year = 1970, .month = 1, .day = 1 };
    while (form.len) {
        char byte;
        Word word = next_word(&form, &byte);
        if (!take_word(word, byte, form.len && form.at[0] == '%', &text, &r)) return false;
    }
    if (text.len || !is_moment(&r)) return false;
    int64_t days = date_days((Date){ r.year, r.month, r.day, 3 });
    *micros = days * DAY_US + (((int64_t)r.hour * 60 + r.minute) * 60 + r.second) * 1000000;
    return true;
}

bool date_form_known(Str form)
{
    char byte;
    while (form.len)
        if (next_word(&form, &byte) == WORD_NONE) return false;
    return true;
}

int date_form_year(int64_t micros)
{
    return date_of_ms(micros / 1000).year;
}

/* ---- in SQL ---- */

static void read_rows(const Str *text, const Str *form, size_t n, int64_t *out, bool *none)
{
    for (size_t i = 0; i < n; i++)
        if (!none[i]) none[i] = !date_form_read(text[i], form[i], &out[i]);
}

const DuckTextFunction date_form_function = { "date_form", read_rows };
