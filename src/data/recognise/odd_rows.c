/* Rows of a file that may be none: the sum of those above, and notes or headings of groups, in one cell. */
#include "data/recognise/inside.h"

#define LAST_ROWS 3 /* that are looked at for a sum */

static Str cell(const Recognising *w, size_t row, size_t column)
{
    const Guess *g = &w->guesses[column];
    return row < g->n ? str_trim(g->values[row]) : STR_NONE;
}

static size_t filled(const Recognising *w, size_t row, Str *first)
{
    size_t n = 0;
    *first = STR_NONE;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        if (!cell(w, row, i).len) continue;
        if (!n++) *first = cell(w, row, i);
    }
    return n;
}

static bool is_total(Str text)
{
    while (text.len && (str_ends(text, S(":")) || str_ends(text, S("*"))))
        text = str_trim(str_take_first(text, text.len - 1));
    return heading_meanings(text) & HEADING_BIT(TOTAL);
}

static void doubt_total(Recognising *w, size_t rows)
{
    Str first;
    for (size_t row = rows > LAST_ROWS ? rows - LAST_ROWS : 0; row < rows; row++) {
        /* "Total" may be a value as the others are: of a sector, of all ages. */
        bool again = false;
        if (filled(w, row, &first) < 2 || !is_total(first)) continue;
        for (size_t before = 0; before + LAST_ROWS < rows && !again; before++) {
            Str other;
            again = filled(w, before, &other) > 1 && str_eq(other, first);
        }
        if (again) continue;
        recognise_doubt(w, STR_NONE, "total-below", &first, 1);
        return;
    }
}

/* In a table of three columns and more, whose other rows nearly all have more. */
static void doubt_single(Recognising *w, size_t rows)
{
    Str    examples[RECOGNISE_EXAMPLES], first;
    size_t n = 0, single = 0, empty = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t has = filled(w, row, &first);
        empty += has == 0;
        if (has != 1) continue;
        single++;
        if (n < RECOGNISE_EXAMPLES) examples[n++] = first;
    }
    if (single && single * 10 <= rows - empty) recognise_doubt(w, STR_NONE, "rows-of-one-cell", examples, n);
}

void recognise_doubt_rows(Recognising *w)
{
    size_t rows = w->out->heading_count ? w->guesses[0].n : 0;
    if (w->out->heading_count < 2 || w->sdmx || w->source.terms) return;
    if (w->source.whole) doubt_total(w, rows);
    if (w->out->heading_count > 2) doubt_single(w, rows);
}
