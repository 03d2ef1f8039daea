/* The row of units that some write directly below their headings: it is passed over, as titles above them are. */
#include "data/recognise/inside.h"

#include "data/cells.h"

#define ROWS_BELOW    1000 /* looked at for figures */
#define UNIT_LEN_MOST 20

static Str without_brackets(Str cell)
{
    static const char *const brackets[][2] = { { "(", ")" }, { "[", "]" }, { "（", "）" }, { "【", "】" } };
    Str                      s = str_trim(cell);
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        Str open = str_of(brackets[i][0]), close = str_of(brackets[i][1]);
        if (s.len >= open.len + close.len && str_starts(s, open) && str_ends(s, close))
            return str_trim(str_take_first(str_drop(s, open.len), s.len - open.len - close.len));
    }
    return s;
}

/* What has no unit; and the name of the row. */
static bool says_nothing(Str text)
{
    return !text.len || guess_is_missing_text(text) || str_eq_z(text, "–") || str_eq_z(text, "—") ||
           str_eq_nocase(text, S("unitless")) || heading_meanings(text) & HEADING_BIT(UNIT);
}

/* "MPN/100mL": no unit that is known, but beside one that is it can be nothing else. */
static bool may_be_unit(Str text)
{
    bool sign = str_has(text, S("/")) || str_has(text, S("%")) || str_has(text, S("°")) || str_has(text, S("‰"));
    return sign && text.len <= UNIT_LEN_MOST && !recognise_is_figures(text);
}

/* What each cell says of the unit of its column; false: the row is one like the others. */
static bool find_units(const Recognising *w, const Str *cells, Str *units, bool *known)
{
    bool any = false;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        Str text = without_brackets(cells[i]);
        if (column_is_ours(w->out->headings[i]) || says_nothing(text)) continue;
        units[i] = recognise_unit_known(w->a, text);
        known[i] = units[i].len > 0;
        any = any || known[i];
        if (!known[i] && !may_be_unit(text)) return false;
        if (!known[i]) units[i] = text;
    }
    return any;
}

static bool is_figure(Str cell)
{
    Str s = str_trim(cell);
    while (str_starts(s, S("<")) || str_starts(s, S(">")) || str_starts(s, S("="))) s = str_trim(str_drop(s, 1));
    return recognise_is_figures(s);
}

/* Of what stands below a unit one in five at least is figures ("ND" and "<0.1" are not), and below one that is known
   there are some. */
static bool are_over_figures(const Recognising *w, const Str *rows, size_t row_count, const Str *units,
                             const bool *known)
{
    size_t  n = w->out->heading_count;
    Cells   c = { .separator = w->out->separator, .quote = '"' };
    Str    *cells = NEW_ARRAY(w->a, Str, n);
    size_t *figures = NEW_ARRAY(w->a, size_t, n), *others = NEW_ARRAY(w->a, size_t, n);
    bool    some = false;
    for (size_t r = 0; r < row_count && r < ROWS_BELOW; r++) {
        size_t have = cells_cut(&c, w->a, rows[r], cells, n);
        for (size_t i = 0; i < n && i < have; i++) {
            Str s = str_trim(cells[i]);
            if (!units[i].len || !s.len || guess_is_missing_text(s)) continue;
            if (is_figure(s)) figures[i]++;
            else others[i]++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (others[i] > 4 * figures[i]) return false;
        some = some || (known[i] && figures[i]);
    }
    return some;
}

bool recognise_units_below(Recognising *w, Str row)
{
    size_t n = w->out->heading_count;
    bool   sheet = w->source.from == FILE_ZIP && !w->source.terms;
    Cells  c = { .separator = w->out->separator, .quote = '"' };
    Str   *cells = NEW_ARRAY(w->a, Str, n), *units = NEW_ARRAY(w->a, Str, n);
    bool  *known = NEW_ARRAY(w->a, bool, n);
    /* Rows of JSON say by themselves what each value is. */
    if ((w->source.laid && !sheet) || !w->row_count || w->rows[0].at != row.at) return false;
    size_t have = cells_cut(&c, w->a, row, cells, n);
    if (have != n && !(w->out->padded && have < n)) return false;
    for (size_t i = have; i < n; i++) cells[i] = STR_NONE;
    if (!find_units(w, cells, units, known) ||
        !are_over_figures(w, w->rows + 1, w->row_count - 1, units, known))
        return false;
    w->units = units;
    w->units_row = w->source.laid ? str_cut(row, ',').tail : row;
    return true;
}
