/* Dialect and columns from the head of a file; source.c has packing and encoding, guess.c the values. */
#include "data/recognise/inside.h"

#include <math.h>
#include <string.h>

#include "data/cells.h"
#include "data/date_form.h"

#define ROWS_LOOKED_AT  2000    /* for the separator */
#define CELLS_LATER     100000  /* and of places further down */
#define TITLE_ROWS      20      /* of titles above the headings */
#define CELLS_LOOKED_AT 1000000 /* for the columns: no table is so narrow or so wide that its head takes too much */

/* ---- dialect ---- */

typedef struct {
    size_t rows, columns, fitting; /* `columns`: cells of most rows, which are `fitting` */
    size_t most;                   /* cells of the longest row that is not the only one */
    size_t wide;                   /* rows of more than COLUMNS_MAX cells */
} Fit;

/* How many cells the rows have when they are cut here. */
static Fit fit_of(Arena *a, Str head, char separator)
{
    Cells    c = { .rest = head, .separator = separator, .quote = '"', .line = 1 };
    size_t  *counts = NEW_ARRAY(a, size_t, COLUMNS_MAX + 2);
    Fit      fit = { 0 };
    Str      row, none[1];
    uint64_t line;
    bool     torn;
    while (fit.rows < ROWS_LOOKED_AT && cells_row_torn(&c, 0, &row, &line, &torn)) {
        if (torn || !str_trim(row).len || row.at[0] == '#') continue;
        size_t n = cells_cut(&c, a, row, none, 0);
        counts[n > COLUMNS_MAX ? COLUMNS_MAX + 1 : n]++;
        fit.rows++;
    }
    for (size_t i = 1; i <= COLUMNS_MAX; i++)
        if (counts[i] && counts[i] >= fit.fitting) {
            fit.fitting = counts[i];
            fit.columns = i;
        }
    for (size_t i = 1; i <= COLUMNS_MAX; i++)
        if (counts[i] > 1) fit.most = i;
    fit.wide = counts[COLUMNS_MAX + 1];
    return fit;
}

static const char separators[] = { ',', '\t', ';', '|' };

/* "sep=;", the first line of files for Excel; 0: it is another line. */
static char separator_said(Str line)
{
    bool said = line.len == 5 && str_eq_nocase(str_take_first(line, 4), S("sep="));
    return said && memchr(separators, line.at[4], sizeof separators) ? line.at[4] : 0;
}

static char find_said(Str head, Str *rest)
{
    Cells    c = { .rest = head, .separator = ',', .line = 1 };
    Str      line;
    uint64_t number;
    char     said = cells_row(&c, &line, &number) ? separator_said(line) : 0;
    *rest = said ? c.rest : head;
    return said;
}

static bool find_separator(Recognising *w, Fit *found, Err *err)
{
    double best = 0;
    Str    rest;
    *found = (Fit){ .columns = 1 };
    w->out->separator = ',';
    if (w->source.laid) {
        Cells    c = { .rest = w->source.head, .separator = ',', .quote = '"', .line = 1 };
        Str      row;
        uint64_t line;
        if (cells_row(&c, &row, &line)) found->columns = cells_cut(&c, w->a, row, NULL, 0);
        return true;
    }
    char said = find_said(w->source.head, &rest);
    if (said) w->out->separator = said;
    for (size_t i = 0; i < sizeof separators; i++) {
        if (said && separators[i] != said) continue;
        Fit fit = fit_of(w->a, rest, separators[i]);
        if (said || i == 0) *found = fit;
        if (fit.wide * 2 > fit.rows)
            return fail(err, ERR_TOO_BIG,
                        "the rows have more than %d cells, and a dataset at most %d columns: what stands beside each "
                        "other there is better below each other, a row for each value",
                        COLUMNS_MAX, COLUMNS_MAX);
        double share = fit.rows ? (double)fit.fitting / (double)fit.rows : 0;
        /* Every row alike weighs more than many columns, and two columns by chance weigh little. */
        double score =
            fit.columns > 1 ? share * share * (fit.columns > 2 ? 1.0 : 0.9) + (double)fit.columns / 10000 : 0;
        if (score <= best) continue;
        best = score;
        w->out->separator = separators[i];
        *found = fit;
    }
    if (found->rows == 0) return fail(err, ERR_FORMAT, "the file has no rows");
    if (found->columns > 1 && found->fitting * 2 < found->rows)
        return fail(err, ERR_FORMAT, "no separator gives rows of the same number of cells");
    return true;
}

static bool is_number_cell(Str s)
{
    double v;
    s = str_trim(s);
    return s.len && str_to_double(s, &v);
}

/* Whether a row of `n` cells may hold the headings: as many as most rows have, or more where many programs leave
   empty cells at the end of a row out; R writes none over its row numbers. */
static bool may_be_headings(const Fit *fit, size_t n)
{
    return n == fit->columns || (n > fit->columns && n <= fit->most) || (n + 1 == fit->columns && fit->columns >= 3);
}

static size_t filled_cells(const Str *cells, size_t n, bool *number)
{
    size_t filled = 0;
    *number = false;
    for (size_t i = 0; i < n; i++) {
        filled += str_trim(cells[i]).len > 0;
        *number = *number || is_number_cell(cells[i]);
    }
    return filled;
}

/* A row of one cell and empty ones is a title, where a row of words alone follows that has no empty cell. */
static bool is_title(Recognising *w, const Str *cells, size_t n, Cells rest)
{
    Str      row, *next = NEW_ARRAY(w->a, Str, COLUMNS_MAX + 1);
    uint64_t line;
    bool     number;
    if (n < 3 || filled_cells(cells, n, &number) > 1) return false;
    for (size_t i = 0; i < TITLE_ROWS && cells_row(&rest, &row, &line); i++)
        if (cells_cut(&rest, w->a, row, next, COLUMNS_MAX) == n && filled_cells(next, n, &number) == n) return !number;
    return false;
}

static void rows_take(Recognising *w, Cells *c, size_t until)
{
    Str      row;
    uint64_t line;
    bool     torn;
    while (w->row_count < until && cells_row_torn(c, w->out->heading_count, &row, &line, &torn))
        if (!torn && str_trim(row).len) w->rows[w->row_count++] = row;
}

static bool find_headings(Recognising *w, const Fit *fit, Err *err)
{
    Cells    c = { .rest = w->source.head, .separator = w->out->separator, .quote = '"', .line = 1 };
    Str      row, *cells = NEW_ARRAY(w->a, Str, COLUMNS_MAX + 1);
    uint64_t line;
    size_t   n = 0, numbers = 0, empty = 0;
    w->passed = NEW_ARRAY(w->a, Str, RECOGNISE_EXAMPLES);
    for (;; w->out->skip++) {
        if (!cells_row(&c, &row, &line)) return fail(err, ERR_FORMAT, "the file has no row of headings");
        Str text = str_trim(row);
        if (!text.len || row.at[0] == '#' || (w->out->skip == 0 && separator_said(row))) continue;
        n = cells_cut(&c, w->a, row, cells, COLUMNS_MAX);
        if (may_be_headings(fit, n) && !is_title(w, cells, n, c)) break;
        bool number, says = filled_cells(cells, n < COLUMNS_MAX ? n : COLUMNS_MAX, &number) > 0;
        if (says && w->passed_count < RECOGNISE_EXAMPLES) w->passed[w->passed_count++] = text;
    }
    size_t columns = n > fit->columns ? n : fit->columns;
    w->out->headings = NEW_ARRAY(w->a, Str, columns);
    w->out->heading_count = columns;
    w->out->padded = n > fit->columns;
    for (size_t i = 0; i < n; i++) {
        w->out->headings[i + columns - n] = str_copy(w->a, str_trim(cells[i]));
        numbers += is_number_cell(cells[i]);
    }
    for (size_t i = 0; i < columns; i++)
        if (!w->out->headings[i].len) w->out->headings[i] = str_format(w->a, "column %zu", i + 1);
    if (numbers == n) return fail(err, ERR_FORMAT, "the first row holds numbers: the file has no headings");
    size_t most = CELLS_LOOKED_AT / columns, later = CELLS_LATER / columns;
    size_t room = (w->source.head.len + w->source.later.len) / 2 + 1;
    w->rows = NEW_ARRAY(w->a, Str, room < most + later ? room : most + later);
    Cells below = c;
    rows_take(w, &c, most < room ? most : room);
    while (cells_row(&below, &row, &line) && !str_trim(row).len) empty++;
    if (recognise_units_below(w, row)) {
        w->out->below = empty + 1;
        w->rows++;
        w->row_count--;
    }
    c.rest = w->source.later;
    rows_take(w, &c, w->row_count + later < room ? w->row_count + later : room);
    return true;
}

/* ---- columns ---- */

static const struct {
    uint32_t   means;
    ColumnRole role;
} roles[] = {
    { HEADING_BIT(LATITUDE), ROLE_OF_LATITUDE },
    { HEADING_BIT(LONGITUDE), ROLE_OF_LONGITUDE },
    { HEADING_BIT(COUNTRY), ROLE_OF_COUNTRY },
    { HEADING_BIT(PLACE), ROLE_OF_PLACE },
    { HEADING_BIT(TAXON), ROLE_OF_TAXON },
    { HEADING_BIT(INDICATOR), ROLE_OF_INDICATOR },
    { HEADING_BIT(VALUE), ROLE_OF_VALUE },
    { HEADING_BIT(UNIT), ROLE_OF_UNIT },
    { HEADING_BIT(QUALITY), ROLE_OF_QUALITY },
    { HEADING_BIT(ID), ROLE_OF_ID },
};

static Str plain_heading(Arena *a, Str heading)
{
    Str    lower = str_lower_ascii(a, heading);
    char  *out = arena_new(a, lower.len + 3);
    size_t n = 0;
    out[n++] = ' ';
    for (size_t i = 0; i < lower.len; i++)
        if ((lower.at[i] >= 'a' && lower.at[i] <= 'z') || (lower.at[i] >= '0' && lower.at[i] <= '9'))
            out[n++] = lower.at[i];
    out[n++] = ' ';
    return (Str){ out, n };
}

bool recognise_heading_is(Arena *a, Str heading, const char *words)
{
    Cut label = str_cut(heading, ':');
    Str plain = plain_heading(a, label.found && str_starts(label.tail, S(" ")) ? label.head : heading);
    return plain.len > 2 && str_has(str_of(words), plain);
}

bool recognise_role_taken(const Recognising *w, ColumnRole role)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->columns[i].role == role) return true;
    return false;
}

static bool role_fits(const Recognising *w, const Guess *g, ColumnRole role)
{
    bool number = g->type == COLUMN_NUMBER || g->type == COLUMN_INTEGER;
    switch (role) {
    case ROLE_OF_LATITUDE:
    case ROLE_OF_LONGITUDE:
    case ROLE_OF_VALUE: return number;
    case ROLE_OF_UNIT: return g->type == COLUMN_STRING && g->n > g->empty;
    case ROLE_OF_COUNTRY:
    case ROLE_OF_TAXON: return g->type == COLUMN_STRING;
    case ROLE_OF_ID:
        /* What an archive says is the id; in its extensions an identifier is of what is told of the core's row. */
        if (w->source.core_id.len) return !recognise_heading_is(w->a, g->heading, " identifier ");
        return !w->source.id.len || str_eq(g->heading, w->source.id);
    default: return true;
    }
}

static ColumnRole role_of(const Recognising *w, const Guess *g)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (g->means & roles[i].means && role_fits(w, g, roles[i].role) && !recognise_role_taken(w, roles[i].role))
            return roles[i].role;
    return ROLE_OF_NOTHING;
}

static Str name_of(const Recognising *w, Str heading, size_t i)
{
    while (str_starts(heading, S("_"))) heading = str_drop(heading, 1);
    Str name = heading.len ? heading : str_format(w->a, "column %zu", i + 1);
    for (int k = 2;; k++) {
        bool taken = false;
        for (size_t j = 0; j < w->count; j++) taken = taken || str_eq_nocase(w->columns[j].name, name);
        if (!taken) return name;
        name = str_format(w->a, "%.*s_%d", STR_ARG(heading.len ? heading : S("column")), k);
    }
}

static void as_text(Guess *g)
{
    g->type = COLUMN_STRING;
    g->pattern = "";
    g->decimal = 0;
    g->missing_count = g->odd_count = g->nines_count = 0;
    g->missing_number = g->two_orders = false;
}

/* Of version 1 begins with DATAFLOW, of version 2 with STRUCTURE; a heading may have its label behind a colon. */
static bool is_sdmx(const Recognising *w)
{
    bool time = false, value = false;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        time = time || recognise_heading_is(w->a, w->out->headings[i], " timeperiod ");
        value = value || recognise_heading_is(w->a, w->out->headings[i], " obsvalue ");
    }
    return time && value && recognise_heading_is(w->a, w->out->headings[0], " dataflow structure ");
}

/* The dot stands between thousands in the same places where ";" parts cells; enough values that one may ask. */
static bool may_ask_of_dots(const Recognising *w, const Guess *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) n += str_has(g->values[i], S("."));
    return w->out->separator == ';' && n >= 3;
}

/* "1,234" and "1.234" are what the other columns' points say; where none surely says it, a fraction, which is then in
   doubt. Where the comma parts cells "1.234.567" may be a code, and "1.234" is a fraction. */
static void settle_points(Recognising *w)
{
    bool comma = false, point = false;
    for (size_t i = 0; i < w->out->heading_count; i++) {
        const Guess *g = &w->guesses[i];
        comma = comma || (g->decimal == ',' && !g->grouped) || strcmp(g->pattern, COLUMN_THOUSANDS_DOT) == 0;
        point = point || (g->decimal == '.' && !g->grouped);
    }
    for (size_t i = 0; i < w->out->heading_count; i++) {
        Guess *g = &w->guesses[i];
        bool   dot = g->decimal == '.', as_fraction = dot ? point : comma;
        bool   as_thousands = dot ? comma && w->out->separator != ',' : point;
        if (as_fraction || (dot && !as_thousands && !may_ask_of_dots(w, g))) g->grouped = false;
        else if (g->grouped && as_thousands) guess_as_thousands(g);
        if (g->decimal == ',') w->out->decimal = ',';
    }
}

static void cut_columns(Recognising *w)
{
    size_t n = w->out->heading_count;
    Cells  c = { .separator = w->out->separator, .quote = '"' };
    Str   *cells = NEW_ARRAY(w->a, Str, n);
    w->guesses = NEW_ARRAY(w->a, Guess, n);
    for (size_t i = 0; i < n; i++) w->guesses[i].values = NEW_ARRAY(w->a, Str, w->row_count);
    for (size_t r = 0; r < w->row_count; r++) {
        size_t have = cells_cut(&c, w->a, w->rows[r], cells, n);
        if (have != n && !(w->out->padded && have < n)) continue;
        for (size_t i = have; i < n; i++) cells[i] = STR_NONE;
        for (size_t i = 0; i < n; i++) w->guesses[i].values[w->guesses[i].n++] = cells[i];
    }
    for (size_t i = 0; i < n; i++) {
        Guess *g = &w->guesses[i];
        g->heading = w->out->headings[i];
        g->means = heading_meanings(g->heading);
        guess_column(w->a, g, w->out->separator);
        if (w->source.from_1904 && strcmp(g->pattern, DATE_FORM_SERIAL) == 0) g->pattern = DATE_FORM_SERIAL_1904;
        if (w->sdmx && !recognise_heading_is(w->a, g->heading, " timeperiod obsvalue ")) as_text(g);
        /* Identifiers of Darwin Core are texts, though all of a file may be numbers. */
        if (w->source.terms && (str_ends(g->heading, S("ID")) || str_ends(g->heading, S("Number")) ||
                                str_ends(g->heading, S("id")))) {
            as_text(g);
        }
    }
    settle_points(w);
    /* One point in a file: numbers with the other are texts. */
    for (size_t i = 0; i < n; i++)
        if (w->out->decimal == ',' && w->guesses[i].decimal == '.') w->guesses[i].type = COLUMN_STRING;
}

static Str unit_of(const Recognising *w, const Guess *g)
{
    bool height = w->source.height.len && str_eq(g->heading, w->source.height);
    if (strcmp(g->pattern, COLUMN_PERCENT) == 0) return S("%");
    return height ? S("m") : recognise_unit(w->a, g, w->units ? w->units[g - w->guesses] : STR_NONE);
}

static void make_columns(Recognising *w)
{
    size_t n = w->out->heading_count;
    w->columns = NEW_ARRAY(w->a, Column, n + 1);
    w->dropped = NEW_ARRAY(w->a, bool, n);
    for (size_t i = 0; i < n; i++) {
        Guess  *g = &w->guesses[i];
        Column *column = &w->columns[i];
        *column = (Column){ .name = name_of(w, g->heading, i),
                            .type = g->type,
                            .role = role_of(w, g),
                            .unit = unit_of(w, g),
                            .pattern = str_of(g->pattern),
                            .missing = NEW_ARRAY(w->a, Str, 9),
                            .minimum = -HUGE_VAL,
                            .maximum = HUGE_VAL };
        w->count++;
        if (str_eq(column->name, g->heading)) continue;
        column->from = NEW(w->a, Str);
        column->from[0] = g->heading;
        column->from_count = 1;
    }
}

/* ---- the whole ---- */

bool recognise_source(Arena *a, const Source *source, Recognised *out, Err *err)
{
    Recognising w = { .a = a, .source = *source, .out = out };
    Fit         fit;
    if (source->form != FILE_DELIMITED)
        return fail(err, ERR_UNSUPPORTED, "the file is no delimited text; it is read by an import");
    *out = (Recognised){ .form = FILE_DELIMITED,
                         .laid = source->laid,
                         .gzip = source->gzip,
                         .encoding = source->encoding,
                         .quote = '"',
                         .decimal = '.',
                         .doubts = json_array_make(a) };
    if (!find_separator(&w, &fit, err) || !find_headings(&w, &fit, err)) return false;
    w.sdmx = is_sdmx(&w);
    cut_columns(&w);
    make_columns(&w);
    recognise_settle(&w);
    recognise_doubts(&w);
    if (arena_full(a)) return fail(err, ERR_TOO_BIG, "the head of the file has too many cells");
    if (out->column_count == 0) return fail(err, ERR_FORMAT, "the file has no columns");
    return true;
}

static ColumnType type_of_sql(Str sql)
{
    static const struct {
        const char *starts;
        ColumnType  type;
    } types[] = {
        { "BOOLEAN", COLUMN_BOOLEAN },
        { "TINYINT", COLUMN_INTEGER },
        { "SMALLINT", COLUMN_INTEGER },
        { "INTEGER", COLUMN_INTEGER },
        { "BIGINT", COLUMN_INTEGER },
        { "UTINYINT", COLUMN_INTEGER },
        { "UINTEGER", COLUMN_INTEGER },
        { "USMALLINT", COLUMN_INTEGER },
        { "UBIGINT", COLUMN_INTEGER },
        { "FLOAT", COLUMN_NUMBER },
        { "DOUBLE", COLUMN_NUMBER },
        { "DECIMAL", COLUMN_NUMBER },
        { "DATE", COLUMN_DATE },
        { "TIMESTAMP", COLUMN_DATETIME },
        { "TIME", COLUMN_TIME },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types && !str_ends(sql, S("]")); i++)
        if (str_starts(sql, str_of(types[i].starts))) return types[i].type;
    return COLUMN_STRING;
}

void recognise_typed(Arena *a, const Str *headings, Str *sql_types, size_t n, Str **values, size_t rows,
                     Recognised *out)
{
    *out = (Recognised){ .form = FILE_PARQUET,
                         .encoding = S("UTF-8"),
                         .separator = ',',
                         .quote = '"',
                         .decimal = '.',
                         .headings = (Str *)headings,
                         .heading_count = n,
                         .sql_types = sql_types,
                         .doubts = json_array_make(a) };
    Recognising w = { .a = a, .out = out, .guesses = NEW_ARRAY(a, Guess, n) };
    for (size_t i = 0; i < n; i++) {
        w.guesses[i] = (Guess){
            .heading = headings[i],
            .means = heading_meanings(headings[i]),
            .values = values[i],
            .n = rows,
            .type = type_of_sql(sql_types[i]),
            .pattern = ""
        };
        for (size_t k = 0; k < rows; k++) w.guesses[i].empty += values[i][k].len == 0;
        guess_year(&w.guesses[i]);
    }
    make_columns(&w);
    recognise_settle_typed(&w);
}

bool recognise_file(Arena *a, const char *path, Recognised *out, Err *err)
{
    Source source;
    return source_scan(a, path, STR_NONE, &source, err) && recognise_source(a, &source, out, err);
}
