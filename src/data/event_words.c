/* Dates as people write them on labels, where only one meaning is possible. */
#include <string.h>

#include "data/event_date.h"
#include "text/fold.h"

#define TOKENS 8

static const char *const month_names[] = {
#define MONTH(number, names) names,
#include "data/months.def"
#undef MONTH
};

typedef struct {
    int  number; /* -1: a word */
    int  digits;
    int  month;  /* of a word */
    char before; /* the mark between it and the token before: one of "-/." or ' ' */
} Token;

static int roman(Str s)
{
    static const char *const months[] = { "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii" };
    for (int i = 0; i < 12; i++)
        if (str_eq_nocase(s, str_of(months[i]))) return i + 1;
    return 0;
}

static int month_named(Arena *a, Str word)
{
    Folded folded = fold_make(a, word);
    char  *text = arena_raw(a, 4 * folded.n + 2);
    text[0] = ' ';
    size_t n = units_text(folded.at, folded.n, text + 1);
    text[n + 1] = ' ';
    if (folded.n < 3) return 0;
    for (int i = 0; i < 12; i++)
        if (str_has(str_of(month_names[i]), (Str){ text, n + 2 })) return i + 1;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

int month_read(Arena *a, Str text)
{
    int64_t n;
    Str     s = str_trim(text);
    if (s.len && s.at[s.len - 1] == '.') s.len--;
    if (str_to_i64(s, &n)) return n >= 1 && n <= 12 ? (int)n : 0;
    int month = roman(s);
    return month ? month : month_named(a, s);
}

static bool is_one_of(Str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(word, str_of(words[i]))) return true;
    return false;
}

static bool is_weekday(Str word)
{
    static const char *const days[] = { "mon", "monday", "tue", "tues", "tuesday", "wed", "wednesday", "thu", "thur",
                                        "thurs", "thursday", "fri", "friday", "sat", "saturday", "sun", "sunday" };
    return is_one_of(word, days, sizeof days / sizeof days[0]);
}

/* Numbers and months in their order; false for any other word. */
static bool tokens_read(Arena *a, Str s, Token *out, size_t *n)
{
    static const char *const ordinals[] = { "st", "nd", "rd", "th" };
    char                     before = ' ';
    *n = 0;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        if (is_digit(s.at[at])) {
            int value = 0;
            while (at < s.len && is_digit(s.at[at]) && at - from < 5) value = value * 10 + (s.at[at++] - '0');
            if (*n == TOKENS || at - from > 4) return false;
            out[(*n)++] = (Token){ .number = value, .digits = (int)(at - from), .before = before };
            size_t end = at;
            while (end < s.len && is_letter(s.at[end])) end++;
            if (end > at && is_one_of((Str){ s.at + at, end - at }, ordinals, 4)) at = end;
            before = ' ';
        } else if (is_letter(s.at[at])) {
            while (at < s.len && is_letter(s.at[at])) at++;
            Str word = { s.at + from, at - from };
            int month = roman(word);
            if (!month) month = month_named(a, word);
            if (!month && !is_weekday(word)) return false;
            if (*n == TOKENS) return false;
            if (month) out[(*n)++] = (Token){ .number = -1, .month = month, .before = before };
            before = ' ';
        } else {
            if (strchr("-/.", s.at[at])) {
                if (before != ' ') return false;
                before = s.at[at];
            } else if (!strchr(" ,", s.at[at])) {
                return false;
            }
            at++;
        }
    }
    return *n > 0;
}

static bool year_likely(const Token *t)
{
    return t->number >= 1500 && t->number <= 2199 && t->digits == 4;
}

static bool put(Arena *a, int year, int month, int day, Str *iso)
{
    Date d;
    Str  text = date_text(a, (Date){ year, month, day, day ? 3 : month ? 2
                                                                       : 1 });
    if (!date_read(text, &d)) return false;
    *iso = text;
    return true;
}

/* Two numbers that are day and month in one order only, or the same in both. */
static bool day_and_month(int first, int second, int *day, int *month)
{
    bool day_first = second >= 1 && second <= 12 && first >= 1 && first <= 31;
    bool month_first = first >= 1 && first <= 12 && second >= 1 && second <= 31;
    if (day_first == month_first && first != second) return false;
    *day = day_first ? first : second;
    *month = day_first ? second : first;
    return day_first || month_first;
}

static bool numbers_read(Arena *a, const Token *t, size_t n, Str *iso)
{
    int day, month;
    if (n == 1) return year_likely(&t[0]) && put(a, t[0].number, 0, 0, iso);
    if (n == 2 && year_likely(&t[0])) return t[1].digits < 3 && put(a, t[0].number, t[1].number, 0, iso);
    if (n == 2) return year_likely(&t[1]) && t[0].digits < 3 && put(a, t[1].number, t[0].number, 0, iso);
    if (n != 3 || t[1].before != t[2].before) return false;
    if (year_likely(&t[0])) {
        bool usual = t[1].number <= 12; /* year, month, day; the other order only when this one cannot be */
        return put(a, t[0].number, usual ? t[1].number : t[2].number, usual ? t[2].number : t[1].number, iso);
    }
    return year_likely(&t[2]) && day_and_month(t[0].number, t[1].number, &day, &month) &&
           put(a, t[2].number, month, day, iso);
}

static bool with_name(Arena *a, const Token *t, size_t n, size_t name, Str *iso)
{
    int days[2] = { 0 }, count = 0, year = 0, month = t[name].month;
    Str first, last;
    for (size_t i = 0; i < n; i++) {
        if (i == name) continue;
        if (t[i].number < 0) return false;
        if (year_likely(&t[i]) && !year) year = t[i].number;
        else if (t[i].digits <= 2 && count < 2 && t[i].number > 0) days[count++] = t[i].number;
        else return false;
    }
    if (!year) return false;
    if (count < 2) return put(a, year, month, days[0], iso);
    bool range = t[1].before == '-' && name == 2 && days[0] < days[1];
    if (!range || !put(a, year, month, days[0], &first) || !put(a, year, month, days[1], &last)) return false;
    *iso = str_format(a, "%.*s/%.*s", STR_ARG(first), STR_ARG(last));
    return true;
}

static bool decade_read(Arena *a, Str s, Str *iso)
{
    int64_t year;
    if (s.len != 5 || s.at[4] != 's' || !str_to_i64(str_take_first(s, 4), &year) || year < 1500 ||
        year % 10)
        return false;
    *iso = str_format(a, "%d-01-01/%d-12-31", (int)year, (int)year + 9);
    return true;
}

bool event_date_from_words(Arena *a, Str text, Str *iso)
{
    EventDate date;
    Token     t[TOKENS];
    size_t    n, name = TOKENS;
    Str       s = str_trim(text);
    if (s.len > 80) return false;
    if (event_date_read(s, &date) && date.first_day >= date_days((Date){ 1500, 1, 1, 3 })) {
        *iso = s;
        return true;
    }
    if (decade_read(a, s, iso)) return true;
    if (!tokens_read(a, s, t, &n)) return false;
    for (size_t i = 0; i < n; i++) {
        if (t[i].number >= 0) continue;
        if (name < TOKENS) return false;
        name = i;
    }
    return name < TOKENS ? with_name(a, t, n, name, iso) : numbers_read(a, t, n, iso);
}
