/* What a person should look at in a file: of its characters, its lines and its texts. */
#include "data/doubt.h"
#include "data/recognise/inside.h"
#include "text/recode.h"

#include <string.h>

#define ROWS_FOR_HEADINGS 50

void recognise_doubt(Recognising *w, Str column, const char *what, const Str *examples, size_t n)
{
    doubt_add(w->a, w->out->doubts, column, what, examples, n);
}

static void doubt_encoding(Recognising *w)
{
    const Source *s = &w->source;
    if (!s->sure) recognise_doubt(w, STR_NONE, "encoding", &s->encoding, 1);
    if (s->broken) recognise_doubt(w, STR_NONE, "broken-characters", &s->encoding, 1);
    for (size_t i = 0; i < w->out->heading_count; i++)
        for (size_t k = 0; k < w->guesses[i].n; k++) {
            Str was;
            if (!recode_twice(w->a, w->guesses[i].values[k], &was)) continue;
            recognise_doubt(w, w->out->headings[i], "encoded-twice", (Str[]){ w->guesses[i].values[k], was }, 2);
            break;
        }
}


/* "5.5" over numbers, "2020-01-31" over dates; but a year, or a number without a point, may well be a heading. */
static bool is_value(const Guess *g)
{
    double v;
    if (g->type == COLUMN_NUMBER) return str_has(g->heading, S(".")) && str_to_double(g->heading, &v);
    return (g->type == COLUMN_DATE || g->type == COLUMN_DATETIME) && g->heading.at[0] >= '0' && g->heading.at[0] <= '9';
}

/* A heading that is a value of its own column as well, or could be one: the first row is a row like the others. */
static void doubt_headings(Recognising *w)
{
    Str    examples[RECOGNISE_EXAMPLES];
    size_t n = 0;
    if (w->source.laid && (w->source.from != FILE_ZIP || w->source.terms)) return;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        const Guess *g = &w->guesses[i];
        bool         same = g->heading.len > 0 && is_value(g);
        for (size_t k = 0; k < g->n && !same && g->type == COLUMN_STRING && g->heading.len > 1; k++)
            same = str_eq(str_trim(g->values[k]), g->heading);
        if (same && n < RECOGNISE_EXAMPLES) examples[n++] = g->heading;
    }
    if (n) recognise_doubt(w, STR_NONE, "headings-are-values", examples, n);
}

bool recognise_is_figures(Str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] >= '0' && s.at[i] <= '9') digits++;
        else if (!strchr("+-.,:/ %", s.at[i])) return false;
    }
    return digits > 0;
}

/* Words in every column, over figures in several. */
static bool may_be_headings(const Recognising *w, size_t row)
{
    size_t over = 0;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        const Guess *g = &w->guesses[i];
        Str          word = str_trim(g->values[row]);
        size_t       figures = 0, others = 0;
        if (!word.len || recognise_is_figures(word) || guess_is_missing_text(word)) return false;
        for (size_t k = row + 1; k < g->n && !others; k++) {
            Str s = str_trim(g->values[k]);
            if (!s.len || guess_is_missing_text(s)) continue;
            if (recognise_is_figures(s)) figures++;
            else others++;
        }
        over += figures > 1 && !others;
    }
    return over > 1;
}

/* Another table begins further down, or what was taken for headings is a note. */
static void doubt_further_headings(Recognising *w)
{
    size_t n = w->out->heading_count ? w->guesses[0].n : 0;
    if (w->source.laid && (w->source.from != FILE_ZIP || w->source.terms)) return;
    for (size_t row = 0; row < n && row < ROWS_FOR_HEADINGS; row++) {
        if (!may_be_headings(w, row)) continue;
        Buf *text = buf_open(w->a);
        for (size_t i = 0; i < w->out->heading_count; i++)
            buf_putf(text, "%s%.*s", i ? ", " : "", STR_ARG(str_trim(w->guesses[i].values[row])));
        Str example = buf_str(text);
        recognise_doubt(w, STR_NONE, "headings-further-down", &example, 1);
        return;
    }
}

static void doubt_dates(Recognising *w, size_t i)
{
    Guess      *g = &w->guesses[i];
    ColumnType  type;
    const char *pattern;
    if (!guess_is_mostly_dates(w->a, g, &type, &pattern)) return;
    recognise_doubt(w, w->columns[i].name, "mostly-dates", g->odd, g->odd_count);
    Json *said = json_array_get(w->out->doubts, json_array_size(w->out->doubts) - 1);
    json_put_text(said, "type", str_of(column_type_name(type)));
    json_put_text_if(said, "pattern", str_of(pattern));
}

static void doubt_texts(Recognising *w)
{
    for (size_t i = 0; i < w->out->heading_count && !w->sdmx && !w->source.terms; i++) {
        Guess *g = &w->guesses[i];
        if (w->dropped[i]) continue;
        if (guess_is_mostly_numbers(g))
            recognise_doubt(w, w->columns[i].name, "mostly-numbers", g->odd, g->odd_count);
        else
            doubt_dates(w, i);
    }
}

/* Columns without a value: nothing says their type, and the first file of a dataset decides it. */
static void doubt_empty(Recognising *w)
{
    Str    examples[RECOGNISE_EXAMPLES];
    size_t n = 0;
    for (size_t i = 0; i < w->out->heading_count && !w->source.terms; i++) {
        bool ours = w->dropped[i] || column_is_ours(w->out->headings[i]);
        if (w->guesses[i].empty == w->guesses[i].n && !ours && n < RECOGNISE_EXAMPLES)
            examples[n++] = w->columns[i].name;
    }
    if (n) recognise_doubt(w, STR_NONE, "empty-columns", examples, n);
}

void recognise_doubts(Recognising *w)
{
    doubt_encoding(w);
    if (w->passed_count) recognise_doubt(w, STR_NONE, "lines-passed-over", w->passed, w->passed_count);
    if (w->units) recognise_doubt(w, STR_NONE, "units-below-headings", &w->units_row, 1);
    if (w->out->padded) recognise_doubt(w, STR_NONE, "short-rows", NULL, 0);
    doubt_headings(w);
    doubt_further_headings(w);
    recognise_doubt_rows(w);
    doubt_texts(w);
    doubt_empty(w);
    for (size_t i = 0; i < json_array_size(w->source.doubts); i++)
        json_add_value(w->out->doubts, json_array_get(w->source.doubts, i));
    if (w->source.other_sheet_count)
        recognise_doubt(w, STR_NONE, "other-sheets", w->source.other_sheets, w->source.other_sheet_count);
}
