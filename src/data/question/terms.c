/* See question/terms.h. What may be asked of which type stands in the two tables. */
#include "data/question/terms.h"

#include <string.h>

static const Column flags_column = { .name = S_INIT(QUESTION_FLAGS), .type = COLUMN_STRING, .role = ROLE_OF_QUALITY };
static const Column row_column = { .name = S_INIT(QUESTION_ROW), .type = COLUMN_INTEGER };

enum { OF_ANY,
       OF_NUMBERS,
       OF_TIMES,
       OF_TEXTS };

typedef struct {
    const char *name;
    const char *sql; /* %s is the column */
    ColumnType  type;
    int         of;
    bool        keeps;     /* the result is of the column's own type */
    double      ns, bytes; /* of a Term */
} Function;

/* A scientific name as it is written: a sign of hybrids, genus, subgenus in brackets, epithet; "sp.", "cf." and what
   stands behind a full stop is no epithet. */
#define GENUS_FORM   "^(?:[×x] ?)?([A-Z][a-zë-]+)"
#define SPECIES_FORM GENUS_FORM "(?: \\([A-Z][a-zë-]+\\))? (?:[×x] ?)?([a-zë-]{2,})(?:[ ,]|$)"

static const Function groupings[] = {
    { "decade", "CAST(floor(year(%s) / 10) * 10 AS BIGINT)", COLUMN_YEAR, OF_TIMES, false, 20, 0 },
    { "year", "CAST(year(%s) AS BIGINT)", COLUMN_YEAR, OF_TIMES, false, 10, 0 },
    { "month", "CAST(date_trunc('month', %s) AS DATE)", COLUMN_YEARMONTH, OF_TIMES, false, 10, 0 },
    { "day", "CAST(%s AS DATE)", COLUMN_DATE, OF_TIMES, false, 5, 0 },
    { "month_of_year", "CAST(month(%s) AS BIGINT)", COLUMN_INTEGER, OF_TIMES, false, 10, 0 },
    { "genus", "nullif(regexp_extract(%s, '" GENUS_FORM "', 1), '')", COLUMN_STRING, OF_TEXTS,
      false, 300, 0 },
    { "species",
      "nullif(trim(regexp_replace(regexp_extract(%s, '" SPECIES_FORM "'), '" SPECIES_FORM
      "', '\\1 \\2')), '')",
      COLUMN_STRING, OF_TEXTS, false, 600, 0 },
};

static const Function aggregates[] = {
    { "count", "count(%s)", COLUMN_INTEGER, OF_ANY, false, 2, 0 },
    { "distinct", "count(DISTINCT %s)", COLUMN_INTEGER, OF_ANY, false, 100, 32 },
    { "sum", "sum(%s)", COLUMN_NUMBER, OF_NUMBERS, true, 4, 0 },
    { "mean", "avg(%s)", COLUMN_NUMBER, OF_NUMBERS, false, 4, 0 },
    { "median", "median(%s)", COLUMN_NUMBER, OF_NUMBERS, false, 60, 16 },
    { "quantile", "quantile_cont(%s, ", COLUMN_NUMBER, OF_NUMBERS, false, 60, 16 },
    { "min", "min(%s)", COLUMN_NUMBER, OF_ANY, true, 4, 0 },
    { "max", "max(%s)", COLUMN_NUMBER, OF_ANY, true, 4, 0 },
};
#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

bool column_is_flags(const Column *column)
{
    return column == &flags_column;
}

bool column_is_row(const Column *column)
{
    return column == &row_column;
}

void terms_cut(Arena *a, Str list, Str **out, size_t *n)
{
    size_t most = 1, count = 0, start = 0, depth = 0;
    bool   quoted = false;
    for (size_t i = 0; i < list.len; i++) most += list.at[i] == ',';
    Str *terms = NEW_ARRAY(a, Str, most);
    for (size_t i = 0; i <= list.len; i++) {
        char c = i < list.len ? list.at[i] : ',';
        if (c == '"' && i < list.len) quoted = !quoted;
        if (!quoted && c == '(') depth++;
        if (!quoted && c == ')' && depth) depth--;
        if (i < list.len && (c != ',' || quoted || depth)) continue;
        Str term = str_trim((Str){ list.at + start, i - start });
        if (term.len) terms[count++] = term;
        start = i + 1;
    }
    *out = terms;
    *n = count;
}

static Str unquoted(Arena *a, Str text)
{
    if (text.len < 2 || text.at[0] != '"' || text.at[text.len - 1] != '"') return text;
    Buf *out = buf_open(a);
    for (size_t i = 1; i + 1 < text.len; i++) {
        buf_put_byte(out, text.at[i]);
        if (text.at[i] == '"' && i + 2 < text.len && text.at[i + 1] == '"') i++;
    }
    return buf_str(out);
}

static const Column *column_named(const Table *table, Str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_eq(table->columns[i].name, name)) return &table->columns[i];
    if (table->part_rows && str_eq_z(name, QUESTION_ROW)) return &row_column;
    return str_eq_z(name, QUESTION_FLAGS) ? &flags_column : NULL;
}

const Column *term_find(Arena *a, const Table *table, Str text)
{
    const Column *found = column_named(table, text);
    return found ? found : column_named(table, unquoted(a, text));
}

#define NEAR_BYTES 64

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* How many bytes are to be changed, put in or taken out to make one of the other (Levenshtein). */
static size_t far_apart(Str x, Str y)
{
    size_t row[NEAR_BYTES + 1];
    for (size_t j = 0; j <= y.len; j++) row[j] = j;
    for (size_t i = 1; i <= x.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= y.len; j++) {
            size_t above = row[j], best = corner + (lower(x.at[i - 1]) != lower(y.at[j - 1]));
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            corner = above;
            row[j] = best;
        }
    }
    return row[y.len];
}

static const Column *nearest(const Table *table, Str name)
{
    const Column *found = NULL;
    size_t        best = name.len / 3 + 2;
    for (size_t i = 0; i < table->column_count && name.len <= NEAR_BYTES; i++) {
        Str other = table->columns[i].name;
        if (other.len > NEAR_BYTES) continue;
        size_t apart = far_apart(name, other);
        if (apart < best) best = apart, found = &table->columns[i];
    }
    return found;
}

static Str names_text(Arena *a, const Table *table, bool (*fits)(const Column *column))
{
    Buf *out = buf_open(a);
    for (size_t i = 0, n = 0; i < table->column_count && out->len < 200; i++) {
        if (fits && !fits(&table->columns[i])) continue;
        buf_put_z(out, n++ ? ", " : "");
        buf_put(out, str_take_first(table->columns[i].name, 60));
    }
    return out->len ? buf_str(out) : S("none");
}

const Column *term_column(Arena *a, const Table *table, Str text, Err *err)
{
    const Column *found = term_find(a, table, text), *near = found ? NULL : nearest(table, text);
    Str           shown = str_take_first(text, 80);
    if (near)
        fail(err, ERR_USAGE, "no column \"%.*s\"; \"%.*s\" is near", STR_ARG(shown),
             STR_ARG(str_take_first(near->name, 80)));
    else if (!found)
        fail(err, ERR_USAGE, "no column \"%.*s\"; there are: %.*s", STR_ARG(shown),
             STR_ARG(names_text(a, table, NULL)));
    return found;
}

static Str sql_of(Arena *a, const Column *column)
{
    Buf *out = buf_open(a);
    if (column_is_flags(column)) buf_put_z(out, "nullif(array_to_string(");
    buf_put_z(out, "t.");
    sql_name(out, column->name);
    if (column_is_flags(column)) buf_put_z(out, ", ';'), '')");
    return buf_str(out);
}

Term term_plain(Arena *a, const Column *column)
{
    return (Term){ .column = *column, .sql = sql_of(a, column) };
}

static bool is_time(const Column *c)
{
    return c->type == COLUMN_DATE || c->type == COLUMN_DATETIME || c->type == COLUMN_YEARMONTH ||
           c->type == COLUMN_YEAR;
}

static bool is_number(const Column *c)
{
    return c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER || c->type == COLUMN_YEAR;
}

/* "name(argument)"; the argument may have brackets itself. */
static bool call_cut(Str text, Str *name, Str *argument)
{
    Cut cut = str_cut(text, '(');
    if (!cut.found || !str_ends(cut.tail, S(")"))) return false;
    *name = str_trim(cut.head);
    *argument = str_trim(str_take_first(cut.tail, cut.tail.len - 1));
    return true;
}

static const Function *function_named(const Function *table, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(name, table[i].name)) return &table[i];
    return NULL;
}

static bool is_text(const Column *c)
{
    return c->type == COLUMN_STRING && !column_is_flags(c);
}

static bool function_takes(Arena *a, const Function *f, const Table *table, const Column *column, Err *err)
{
    Str name = str_take_first(column->name, 80);
    if (f->of == OF_NUMBERS && !is_number(column))
        return fail(err, ERR_USAGE, "%s() is of numbers, and \"%.*s\" has none; there are: %.*s", f->name,
                    STR_ARG(name), STR_ARG(names_text(a, table, is_number)));
    if (f->of == OF_TIMES && !is_time(column))
        return fail(err, ERR_USAGE, "%s() is of dates, and \"%.*s\" has none; there are: %.*s", f->name, STR_ARG(name),
                    STR_ARG(names_text(a, table, is_time)));
    if (f->of == OF_TEXTS && !is_text(column))
        return fail(err, ERR_USAGE, "%s() is of scientific names, and \"%.*s\" has none; texts are: %.*s", f->name,
                    STR_ARG(name), STR_ARG(names_text(a, table, is_text)));
    return true;
}

/* SQL of a function over a column. */
static Str call_sql(Arena *a, const Function *f, Str column)
{
    const char *at = strstr(f->sql, "%s");
    return str_join(a, (Str[]){ { f->sql, (size_t)(at - f->sql) }, column, str_of(at + 2) }, 3);
}

static Str call_name(Arena *a, const char *name, Str argument)
{
    return str_join(a, (Str[]){ str_of(name), S("("), argument, S(")") }, 4);
}

static bool grid_terms(Arena *a, const Table *table, Str text, Str argument, Term out[2], size_t *n, Err *err)
{
    static const ColumnRole roles[] = { ROLE_OF_LATITUDE, ROLE_OF_LONGITUDE };
    double                  degrees;
    if (!str_to_double(argument, &degrees) || !(degrees >= 0.0001 && degrees <= 90))
        return fail(err, ERR_USAGE, "%.*s: the size of a cell is in degrees, 0.0001 to 90: grid(0.5)",
                    STR_ARG(str_take_first(text, 80)));
    for (int i = 0; i < 2; i++) {
        const Column *column = columns_role(table->columns, table->column_count, roles[i]);
        if (!column || !is_number(column))
            return fail(err, ERR_USAGE, "grid() needs columns of latitude and longitude, and there are none");
        Str sql = sql_of(a, column);
        Str key = str_format(a, "floor(%.*s / %.10g)", STR_ARG(sql), degrees);
        out[i] = (Term){ .column = *column,
                         .key = key,
                         .sql = str_format(a, "round((%.*s + 0.5) * %.10g, 6)", STR_ARG(key), degrees) };
        out[i].column.type = COLUMN_NUMBER;
    }
    *n = 2;
    return true;
}

bool term_group(Arena *a, const Table *table, Str text, Term out[2], size_t *n, Err *err)
{
    Str           name, argument;
    const Column *column = term_find(a, table, text);
    *n = 1;
    if (column) {
        out[0] = term_plain(a, column);
        return true;
    }
    if (!call_cut(text, &name, &argument)) return term_column(a, table, text, err) != NULL;
    if (str_eq_z(name, "grid")) return grid_terms(a, table, text, argument, out, n, err);
    const Function *f = function_named(groupings, COUNT_OF(groupings), name);
    if (!f)
        return fail(err, ERR_USAGE,
                    "group=%.*s: rows are gathered by a column, decade(), year(), month(), day(), month_of_year(), "
                    "genus(), species() or grid(degrees)",
                    STR_ARG(str_take_first(text, 80)));
    column = term_column(a, table, argument, err);
    if (!column || !function_takes(a, f, table, column, err)) return false;
    Str sql = sql_of(a, column);
    if (column->type == COLUMN_YEAR) {
        bool decade = !strcmp(f->name, "decade");
        if (!decade && strcmp(f->name, "year") != 0)
            return fail(err, ERR_USAGE, "%s() is finer than \"%.*s\", which has years", f->name,
                        STR_ARG(str_take_first(column->name, 80)));
        sql = str_format(a, decade ? "CAST(floor(%.*s / 10) * 10 AS BIGINT)" : "CAST(%.*s AS BIGINT)", STR_ARG(sql));
    } else {
        sql = call_sql(a, f, sql);
    }
    out[0] = (Term){ .column = { .name = call_name(a, f->name, column->name), .type = f->type, .role = column->role },
                     .sql = sql,
                     .ns = f->ns };
    return true;
}

bool term_aggregate(Arena *a, const Table *table, Str text, Term *out, Err *err)
{
    Str name = text, argument = STR_NONE, share = STR_NONE;
    call_cut(text, &name, &argument);
    const Function *f = function_named(aggregates, COUNT_OF(aggregates), name);
    if (!f)
        return fail(err, ERR_USAGE,
                    "aggregate=%.*s: there are count, sum(), mean(), median(), quantile(column;0.9), min(), max(), "
                    "distinct()",
                    STR_ARG(str_take_first(text, 80)));
    if (!argument.len && !strcmp(f->name, "count")) {
        *out = (Term){ .column = { .name = S("count"), .type = COLUMN_INTEGER }, .sql = S("count(*)") };
        return true;
    }
    bool   quantile = !strcmp(f->name, "quantile");
    double q = 0;
    if (quantile) {
        Cut cut = str_cut_last(argument, ';');
        share = str_trim(cut.tail);
        argument = str_trim(cut.head);
        if (!cut.found || !str_to_double(share, &q) || q < 0 || q > 1)
            return fail(err, ERR_USAGE, "%.*s: written quantile(column;0.9), with a share from 0 to 1",
                        STR_ARG(str_take_first(text, 80)));
    }
    const Column *column = term_column(a, table, argument, err);
    if (!column || !function_takes(a, f, table, column, err)) return false;
    ColumnType type = f->keeps ? column->type : f->type;
    if (!strcmp(f->name, "sum") && type == COLUMN_YEAR) type = COLUMN_INTEGER;
    Str sql = call_sql(a, f, sql_of(a, column));
    if (!strcmp(f->name, "sum") && type == COLUMN_INTEGER) sql = str_format(a, "CAST(%.*s AS BIGINT)", STR_ARG(sql));
    if (quantile) {
        sql = str_format(a, "%.*s%.17g)", STR_ARG(sql), q);
        argument = str_join(a, (Str[]){ column->name, S(";"), share }, 3);
    }
    bool counts = f->type == COLUMN_INTEGER;
    *out = (Term){ .column = { .name = call_name(a, f->name, quantile ? argument : column->name),
                               .type = type,
                               .role = counts ? ROLE_OF_NOTHING : ROLE_OF_VALUE,
                               .unit = counts ? STR_NONE : column->unit },
                   .sql = sql,
                   .ns = f->ns,
                   .bytes = f->bytes };
    return true;
}
