/* The unit that a heading says, or a cell below it. */
#include "data/flag.h"
#include "data/recognise/inside.h"

static const struct {
    const char *spellings, *words, *unit;
} suffixes[] = {
#define UNIT_SUFFIX(spellings, words, unit) { spellings, words, unit },
#include "data/unit_suffix.def"
#undef UNIT_SUFFIX
};
#define SUFFIXES (sizeof suffixes / sizeof suffixes[0])

static const char *const amounts[] = {
#define UNIT_AMOUNT(unit) unit,
#include "data/unit_amounts.def"
#undef UNIT_AMOUNT
};

/* "Capacity (MW)", "Nuclear (TWh – sub method)": what stands in brackets at the end, when it is short and no remark
   ("not in total", "per capita"). */
static Str in_brackets(Str heading)
{
    Cut open = str_cut_last(heading, '(');
    if (!open.found || !str_ends(open.tail, S(")")) || open.tail.len > 30) return STR_NONE;
    Str  text = str_trim(str_take_first(open.tail, open.tail.len - 1));
    long remark = str_find(text, S(" \u2013 "));
    if (remark < 0) remark = str_find(text, S(" - "));
    if (remark >= 0) text = str_trim(str_take_first(text, (size_t)remark));
    Cut  words = str_cut(text, ' ');
    bool ratio = str_has(text, S("/")) || str_has(text, S("%")) || str_has(text, S(" per "));
    bool fits = text.len <= 20 && !str_starts(text, S("per ")) && (ratio || !str_has(words.tail, S(" ")));
    return fits ? text : STR_NONE;
}

/* ---- suffixes ---- */

/* "TSS..mg.L." as "TSS_mg_L": letters, digits and what is beyond ASCII, else one "_". */
static Str words_of(Arena *a, Str heading)
{
    char  *out = arena_new(a, heading.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < heading.len; i++) {
        char c = heading.at[i];
        bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (letter) out[n++] = c;
        else if (n && out[n - 1] != '_') out[n++] = '_';
    }
    while (n && out[n - 1] == '_') n--;
    return (Str){ out, n };
}

static bool is_among(Arena *a, const char *list, Str word)
{
    return word.len && str_has(str_of(list), str_join(a, (Str[]){ S(" "), word, S(" ") }, 3));
}

/* One of `words` is a word of `rest` or ends one: "temp" of "air_temp" and of "AirTemp". */
static bool has_one_of(Arena *a, Str rest, const char *words)
{
    Str list = str_of(words), lower = str_lower_ascii(a, rest);
    while (list.len) {
        Cut word = str_cut(list, ' '), part = { .tail = lower, .found = true };
        while (part.found) {
            part = str_cut(part.tail, '_');
            if (word.head.len && str_ends(part.head, word.head)) return true;
        }
        list = word.tail;
    }
    return false;
}

static Str of_suffix(Arena *a, Str rest, Str suffix)
{
    Cut before = str_cut_last(rest, '_');
    Str last = before.found ? before.tail : rest;
    /* "emissions_per_ha" is no area, "time_mm" no length, "count_null_capacity_mw" no power. */
    if (!rest.len || is_among(a, " per date time yyyy yy dd hh month minute ", str_lower_ascii(a, last)) ||
        has_one_of(a, rest, "count number num rank"))
        return STR_NONE;
    for (size_t i = 0; i < SUFFIXES; i++)
        if (is_among(a, suffixes[i].spellings, suffix) &&
            (!*suffixes[i].words || has_one_of(a, rest, suffixes[i].words)))
            return str_of(suffixes[i].unit);
    return STR_NONE;
}

static Str at_end(Arena *a, Str heading)
{
    Str rest = words_of(a, heading), whole = rest, unit = STR_NONE;
    /* The longest first: "mg_L" before "L". */
    size_t ends[3], n = 0;
    for (size_t i = whole.len; i-- > 0 && n < 3;)
        if (whole.at[i] == '_') ends[n++] = i;
    while (n-- > 0 && !unit.len) unit = of_suffix(a, str_take_first(whole, ends[n]), str_drop(whole, ends[n] + 1));
    return unit;
}

Str recognise_unit_known(Arena *a, Str text)
{
    Str words = words_of(a, text);
    if (flag_knows_unit(text)) return text;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (str_eq_z(text, amounts[i])) return text;
    for (size_t i = 0; i < SUFFIXES; i++)
        if (str_eq_z(text, suffixes[i].unit) || is_among(a, suffixes[i].spellings, words))
            return str_of(suffixes[i].unit);
    return STR_NONE;
}

Str recognise_unit(Arena *a, const Guess *g, Str below)
{
    Guess texts = *g;
    bool  number = g->type == COLUMN_NUMBER || g->type == COLUMN_INTEGER;
    if (!number && g->empty < g->n && !guess_is_mostly_numbers(&texts)) return STR_NONE;
    Str unit = in_brackets(g->heading);
    if (str_eq_nocase(g->heading, S("pH"))) unit = S("pH");
    if (!unit.len) unit = at_end(a, g->heading);
    return unit.len ? unit : below;
}
