#include "data/reading.h"

#include <string.h>

#include "data/date_form.h"
#include "data/degrees.h"
#include "data/number_text.h"
#include "data/pair.h"

/* ---- headings ---- */

static bool heading_find(const Recognised *f, Str name, const bool *used, size_t *at)
{
    bool found = false;
    for (size_t i = 0; i < f->heading_count; i++) {
        if (!str_eq(f->headings[i], name)) continue;
        if (!found || !used[i]) *at = i;
        found = true;
        if (!used[i]) break;
    }
    return found;
}

static void name_add(Buf *out, Str name)
{
    buf_putf(out, "%s\"%.*s\"", out->len ? ", " : "", STR_ARG(name));
}

bool reading_make(Arena *a, const Recognised *file, const Column *columns, size_t n, bool all, Reading *out, Err *err)
{
    Buf    *lack = buf_open(a), *more = buf_open(a);
    bool   *used = NEW_ARRAY(a, bool, file->heading_count);
    Reading r = { .file = file, .columns = columns, .column_count = n, .skip = file->skip + 1 + file->below };
    r.from = NEW_ARRAY(a, size_t *, n);
    for (size_t i = 0; i < n; i++) {
        size_t     count = columns[i].from_count ? columns[i].from_count : 1;
        const Str *names = columns[i].from_count ? columns[i].from : &columns[i].name;
        r.from[i] = NEW_ARRAY(a, size_t, count);
        for (size_t k = 0; k < count; k++) {
            /* An unnamed heading has no words to be found by: it is the one of that place. */
            if (!heading_find(file, names[k], used, &r.from[i][k])) name_add(lack, names[k]);
            else used[r.from[i][k]] = true;
        }
    }
    for (size_t i = 0; i < file->heading_count; i++)
        if (all && !used[i] && !column_is_ours(file->headings[i])) name_add(more, file->headings[i]);
    if (lack->len && more->len)
        return fail(err, ERR_INVALID, "the file lacks the columns %.*s; new are %.*s", STR_ARG(buf_str(lack)),
                    STR_ARG(buf_str(more)));
    if (lack->len) return fail(err, ERR_INVALID, "the file lacks the columns %.*s", STR_ARG(buf_str(lack)));
    if (more->len)
        return fail(err, ERR_INVALID, "the file has columns that the dataset has not: %.*s", STR_ARG(buf_str(more)));
    *out = r;
    return true;
}

Cells reading_rows(const Reading *r, Str all)
{
    Cells    c = { .rest = all, .separator = r->file->separator, .quote = r->file->quote, .line = 1 };
    Str      row;
    uint64_t line;
    for (size_t i = 0; i < r->skip && cells_row(&c, &row, &line); i++) continue;
    return c;
}

/* ---- how a heading is read ---- */

static bool is_plain_date(const Column *c)
{
    return !c->pattern.len || str_eq_z(c->pattern, "%Y-%m-%d") || str_eq_z(c->pattern, "%Y/%m/%d");
}

static bool is_number(Str s)
{
    double v;
    return str_to_double(s, &v);
}

/* ---- headings that say their type (Parquet) ---- */

static bool is_text(Str sql)
{
    return str_eq_z(sql, "VARCHAR");
}

static bool is_nested(Str sql)
{
    return str_ends(sql, S("]")) || str_starts(sql, S("STRUCT")) || str_starts(sql, S("MAP")) ||
           str_starts(sql, S("UNION"));
}

static bool is_one_of(Str sql, const char *words)
{
    Str word = sql;
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] == '(' || word.at[i] == ' ' || word.at[i] == '_') word.len = i;
    for (Str rest = str_of(words); rest.len;) {
        Cut cut = str_cut(rest, ' ');
        if (str_eq(cut.head, word)) return !str_ends(sql, S("]"));
        rest = cut.tail;
    }
    return false;
}

/* The heading's type becomes the column's by a cast alone, without going through text. */
static bool is_direct(const Reading *r, size_t column)
{
    const Column *c = &r->columns[column];
    if (!r->file->sql_types || c->from_count > 1) return false;
    Str sql = r->file->sql_types[r->from[column][0]];
    switch (c->type) {
    case COLUMN_NUMBER:
    case COLUMN_INTEGER:
    case COLUMN_YEAR:
        return is_one_of(sql, "TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT HUGEINT UHUGEINT "
                              "FLOAT DOUBLE DECIMAL");
    case COLUMN_BOOLEAN: return is_one_of(sql, "BOOLEAN");
    case COLUMN_DATE:
    case COLUMN_DATETIME:
    case COLUMN_YEARMONTH: return is_one_of(sql, "DATE TIMESTAMP");
    case COLUMN_TIME: return is_one_of(sql, "TIME");
    default: return false;
    }
}

static void put_direct(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    size_t        h = r->from[column][0];
    if (c->type == COLUMN_YEARMONTH) buf_putf(out, "CAST(date_trunc('month', CAST(h%zu AS TIMESTAMP)) AS DATE)", h);
    else buf_putf(out, "try_cast(h%zu AS %s)", h, column_type_sql(c->type));
}

static void put_direct_value(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    bool          number = c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER;
    for (size_t k = 0; number && k < c->missing_count; k++)
        if (is_number(c->missing[k])) buf_put_z(out, "nullif(");
    if (c->type == COLUMN_NUMBER) buf_put_z(out, "nullif(");
    put_direct(r, column, out);
    if (c->type == COLUMN_NUMBER) buf_put_z(out, ",'nan'::DOUBLE)");
    for (size_t k = 0; number && k < c->missing_count; k++)
        if (is_number(c->missing[k])) buf_putf(out, ",%.*s)", STR_ARG(c->missing[k]));
}

static void put_direct_check(const Reading *r, size_t column, Buf *out)
{
    bool   whole = r->columns[column].type == COLUMN_INTEGER || r->columns[column].type == COLUMN_YEAR;
    size_t h = r->from[column][0];
    buf_putf(out, "(h%zu IS NULL OR (", h);
    put_direct(r, column, out);
    buf_put_z(out, " IS NOT NULL");
    if (whole && is_one_of(r->file->sql_types[h], "FLOAT DOUBLE DECIMAL"))
        buf_putf(out, " AND h%zu = floor(h%zu)", h, h);
    if (r->columns[column].type == COLUMN_YEAR) buf_putf(out, " AND abs(h%zu) < 10000", h);
    buf_put_z(out, "))");
}

/* As `h0`, `h1` …, what lies within others as text of JSON. */
static void put_parquet(const Reading *r, Buf *out)
{
    buf_put_z(out, "(SELECT ");
    for (size_t i = 0; i < r->file->heading_count; i++) {
        bool nested = is_nested(r->file->sql_types[i]);
        buf_put_z(out, i ? ", " : "");
        if (nested) buf_put_z(out, "CAST(to_json(");
        sql_name(out, r->file->headings[i]);
        buf_putf(out, nested ? ") AS VARCHAR) AS h%zu" : " AS h%zu", i);
    }
    buf_put_z(out, " FROM read_parquet(");
    sql_text(out, r->path);
    buf_put_z(out, "))");
}

/* ---- delimited text ---- */

/* What stands between thousands and before the fraction, and other groups than those of three digits, as regular
   expressions within a text of SQL. */
typedef struct {
    const char *pattern, *sign, *point, *others;
} Thousands;

static const Thousands thousands_forms[] = {
    { COLUMN_THOUSANDS, ",", "\\.", "[1-9]\\d?(,\\d{2})+,\\d{3}|" }, /* 12,34,567 */
    { COLUMN_THOUSANDS_DOT, "\\.", ",", "" },
    { COLUMN_THOUSANDS_SPACE, "[ \\x{a0}\\x{2009}\\x{202f}]", "[.,]", "" },
    { COLUMN_THOUSANDS_PRIME, "[''’]", "[.,]", "" },
};

/* NULL: nothing stands between them. */
static const Thousands *thousands_of(const Column *c)
{
    if (c->type != COLUMN_NUMBER && c->type != COLUMN_INTEGER) return NULL;
    for (size_t i = 0; i < sizeof thousands_forms / sizeof *thousands_forms; i++)
        if (str_eq_z(c->pattern, thousands_forms[i].pattern)) return &thousands_forms[i];
    return NULL;
}

static bool is_degrees(const Column *c)
{
    return c->type == COLUMN_NUMBER && str_eq_z(c->pattern, COLUMN_DEGREES);
}

/* Both coordinates stand in one cell. */
static bool is_pair(const Column *c)
{
    return c->type == COLUMN_NUMBER && pair_is_pattern(c->pattern);
}

static bool is_percent(const Column *c)
{
    return c->type == COLUMN_NUMBER && str_eq_z(c->pattern, COLUMN_PERCENT);
}

/* Numbers that may be in other digits, which the engine's reader does not know. */
static bool is_written(const Column *c)
{
    bool number = c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER || c->type == COLUMN_YEAR;
    return thousands_of(c) || is_percent(c) || (number && str_starts(c->pattern, S(COLUMN_OTHER_DIGITS)));
}

/* The column has words of its own for yes or no. */
static bool is_worded(const Column *c)
{
    return c->type == COLUMN_BOOLEAN && (c->yes_count || c->no_count);
}

/* The engine's own type for the heading; NULL: text. Texts that mean nothing cannot be told to the engine
   for one column alone: NA among the numbers would take Namibia from the codes. */
static const char *read_as(const Reading *r, const Column *c)
{
    if (is_written(c) || is_degrees(c) || is_pair(c) || is_worded(c) || c->from_count > 1 ||
        r->file->sql_types)
        return NULL;
    for (size_t k = 0; k < c->missing_count; k++)
        if (!is_number(c->missing[k])) return NULL;
    switch (c->type) {
    case COLUMN_NUMBER:
    case COLUMN_INTEGER: /* as BIGINT the engine would round 2.5 */
    case COLUMN_YEAR: return "DOUBLE";
    case COLUMN_BOOLEAN: return "BOOLEAN";
    case COLUMN_DATE: return is_plain_date(c) ? "DATE" : NULL;
    case COLUMN_TIME: return "TIME";
    default: return NULL;
    }
}

static const char *heading_type(const Reading *r, size_t heading)
{
    for (size_t i = 0; i < r->column_count; i++)
        if (r->from[i][0] == heading && read_as(r, &r->columns[i])) return read_as(r, &r->columns[i]);
    return "VARCHAR";
}

static void put_one(Buf *out, char c)
{
    sql_text(out, (Str){ &c, 1 });
}

static void put_source(const Reading *r, bool texts, Buf *out)
{
    if (r->file->sql_types) {
        put_parquet(r, out);
        return;
    }
    buf_put_z(out, "read_csv(");
    sql_text(out, r->path);
    buf_putf(out, ", auto_detect=false, header=false, skip=%zu, delim=", r->skip);
    put_one(out, r->file->separator);
    buf_put_z(out,
              ", buffer_size=8000000, quote='\"', escape='\"', strict_mode=true, store_rejects=true, rejects_limit=0, "
              "decimal_separator=");
    put_one(out, r->file->decimal);
    buf_put_z(out, ", columns={");
    for (size_t i = 0; i < r->file->heading_count; i++)
        buf_putf(out, "%s'h%zu':'%s'", i ? "," : "", i, texts ? "VARCHAR" : heading_type(r, i));
    buf_put_z(out, r->file->padded ? "}, null_padding=true, parallel=false, nullstr='')" : "}, nullstr='')");
}

/* ---- what a column is made of ---- */

/* The text of a heading, NULL when it says nothing. */
static void put_text(const Reading *r, const Column *c, size_t heading, bool trimmed, Buf *out)
{
    bool typed = r->file->sql_types && !is_text(r->file->sql_types[heading]);
    Buf  text = { 0 };
    for (size_t k = 0; k < c->missing_count; k++) buf_put_z(out, "nullif(");
    if (typed) buf_putf(&text, "CAST(h%zu AS VARCHAR)", heading);
    else buf_putf(&text, trimmed ? "nullif(trim(h%zu),'')" : "nullif(h%zu,'')", heading);
    if (is_written(c)) number_plain_sql(buf_str(&text), out);
    else buf_put(out, buf_str(&text));
    buf_free(&text);
    for (size_t k = 0; k < c->missing_count; k++) {
        buf_put_byte(out, ',');
        sql_text(out, c->missing[k]);
        buf_put_byte(out, ')');
    }
}

/* A time that is all digits is filled up to its width: 930 as %H%M. */
static void put_joined(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    buf_put_z(out, "concat_ws(' '");
    for (size_t k = 0; k < c->from_count; k++) {
        bool packed = k + 1 == c->from_count && str_ends(c->pattern, S(" %H%M"));
        buf_put_z(out, packed ? ", lpad(" : ", ");
        put_text(r, c, r->from[column][k], true, out);
        buf_put_z(out, packed ? ",4,'0')" : "");
    }
    buf_put_byte(out, ')');
}

static void put_date_text(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    if (c->from_count > 1) put_joined(r, column, out);
    else put_text(r, c, r->from[column][0], true, out);
}

static bool is_whole(const Column *c)
{
    return c->type == COLUMN_INTEGER || c->type == COLUMN_YEAR;
}

/* A number read from text, with the file's point, with signs between its thousands, or before "%". */
static void put_number(const Reading *r, size_t column, Buf *out)
{
    const Column    *c = &r->columns[column];
    const Thousands *t = thousands_of(c);
    bool             comma = r->file->decimal == ',' || t;
    if (is_degrees(c) || is_pair(c)) {
        buf_put_z(out, is_pair(c) ? "(pair_of(" : "(degrees_of(");
        put_text(r, c, r->from[column][0], true, out);
        buf_putf(out, ",'%s", c->role == ROLE_OF_LONGITUDE ? "longitude" : "latitude");
        if (is_pair(c)) buf_putf(out, " %.*s", STR_ARG(c->pattern));
        buf_putf(out, "') / %.0f)", DEGREES_NANO);
        return;
    }
    if (t) {
        buf_put_z(out, "CASE WHEN regexp_full_match(");
        put_text(r, c, r->from[column][0], true, out);
        buf_putf(out, ", '[+-]?(\\d{1,3}(%s\\d{3})*|%s\\d+)(%s\\d+)?') THEN ", t->sign, t->others, t->point);
    }
    buf_put_z(out, comma ? "try_cast(replace(" : "try_cast(");
    buf_put_z(out, t ? "regexp_replace(" : is_percent(c) ? "regexp_extract("
                                                         : "");
    put_text(r, c, r->from[column][0], true, out);
    if (t) buf_putf(out, ",'%s','','g')", t->sign);
    else if (is_percent(c)) buf_put_z(out, ",'^(.*[0-9.,])\\s*%$',1)");
    buf_put_z(out, comma ? ",',','.') AS DOUBLE)" : " AS DOUBLE)");
    buf_put_z(out, t ? " END" : "");
}

/* As the engine read it, without the numbers that mean nothing. */
static void put_typed(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    bool          number = strcmp(read_as(r, c), "DOUBLE") == 0;
    for (size_t k = 0; number && k < c->missing_count; k++) buf_put_z(out, "nullif(");
    buf_putf(out, number && !is_whole(c) ? "nullif(h%zu,'nan'::DOUBLE)" : "h%zu", r->from[column][0]);
    for (size_t k = 0; number && k < c->missing_count; k++) buf_putf(out, ",%.*s)", STR_ARG(c->missing[k]));
}

static void put_words(const Reading *r, size_t column, const Str *words, size_t n, bool means, Buf *out)
{
    if (!n) return;
    buf_put_z(out, " WHEN ");
    put_text(r, &r->columns[column], r->from[column][0], true, out);
    for (size_t i = 0; i < n; i++) {
        buf_put_z(out, i ? "," : " IN (");
        sql_text(out, words[i]);
    }
    buf_put_z(out, means ? ") THEN true" : ") THEN false");
}

/* By its own words first: "1" may be its no. */
static void put_worded(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    buf_put_z(out, "CASE");
    put_words(r, column, c->yes, c->yes_count, true, out);
    put_words(r, column, c->no, c->no_count, false, out);
    buf_put_z(out, " ELSE try_cast(");
    put_text(r, c, r->from[column][0], true, out);
    buf_put_z(out, " AS BOOLEAN) END");
}

static void put_as_it_stands(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    const char   *sql = column_type_sql(c->type);
    if (is_direct(r, column)) {
        put_direct_value(r, column, out);
    } else if (c->type == COLUMN_STRING) {
        put_text(r, c, r->from[column][0], false, out);
    } else if (is_worded(c)) {
        put_worded(r, column, out);
    } else if (is_whole(c) || c->type == COLUMN_NUMBER) {
        buf_put_z(out, is_whole(c) ? "try_cast(" : "");
        if (read_as(r, c)) put_typed(r, column, out);
        else put_number(r, column, out);
        if (is_whole(c)) buf_putf(out, " AS %s)", sql);
    } else if (read_as(r, c)) {
        put_typed(r, column, out);
    } else if (c->type == COLUMN_DATETIME && !c->pattern.len) {
        /* The engine wants seconds, and a colon in the zone; ISO 8601 does not. */
        buf_put_z(out, "(coalesce(try_cast(");
        put_date_text(r, column, out);
        buf_put_z(out, " AS TIMESTAMPTZ), try_cast(regexp_replace(regexp_replace(");
        put_date_text(r, column, out);
        buf_put_z(out, ", '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2'), '^(.{10}[T ]\\d\\d:\\d\\d)(Z|[+-].*)$', "
                       "'\\1:00\\2') AS TIMESTAMPTZ)) AT TIME ZONE 'UTC')");
    } else if (c->type == COLUMN_YEARMONTH && !c->pattern.len) {
        buf_put_z(out, "CAST(try_strptime(");
        put_date_text(r, column, out);
        buf_put_z(out, " || '-01','%Y-%m-%d') AS DATE)");
    } else if (!c->pattern.len || (c->type == COLUMN_DATE && is_plain_date(c) && c->from_count < 2)) {
        buf_put_z(out, "try_cast(");
        put_date_text(r, column, out);
        buf_putf(out, " AS %s)", sql);
    } else {
        /* The engine's strptime knows more words, but neither eras nor names of months in other languages. */
        bool known = date_form_known(c->pattern);
        buf_put_z(out, known ? "CAST(make_timestamp(date_form(" : "CAST(try_strptime(");
        put_date_text(r, column, out);
        buf_put_byte(out, ',');
        sql_text(out, c->pattern);
        buf_putf(out, known ? ")) AS %s)" : ") AS %s)", sql);
    }
}

static bool is_buddhist_year(const Column *c)
{
    return c->type == COLUMN_YEAR && str_ends(c->pattern, S("EY"));
}

static void put_value(const Reading *r, size_t column, Buf *out)
{
    bool buddhist = is_buddhist_year(&r->columns[column]);
    buf_put_z(out, buddhist ? "(" : "");
    put_as_it_stands(r, column, out);
    if (buddhist) buf_putf(out, " - %d)", BUDDHIST_YEARS);
}

/* A condition that is true of the rows that are good, where the engine's reader let others pass; nothing
   when it does not. `texts`: all headings were read as text, and the engine checked nothing. */
static bool put_check(const Reading *r, size_t column, bool texts, const char *before, Buf *out)
{
    const Column *c = &r->columns[column];
    if (c->type == COLUMN_STRING || (read_as(r, c) && !is_whole(c))) return false;
    buf_put_z(out, before);
    if (is_direct(r, column)) {
        put_direct_check(r, column, out);
        return true;
    }
    if (is_whole(c)) {
        Buf number = { 0 };
        if (read_as(r, c) && !texts) buf_putf(&number, "h%zu", r->from[column][0]);
        else put_number(r, column, &number);
        buf_put_z(out, "coalesce(");
        if (read_as(r, c) && !texts) {
            buf_putf(out, "(%s = floor(%s) AND abs(%s) < %s), true)", number.at, number.at, number.at,
                     c->type == COLUMN_YEAR ? "10000" : "9007199254740992");
        } else {
            put_text(r, c, r->from[column][0], true, out);
            buf_putf(out, " IS NULL OR (%s = floor(%s) AND abs(%s) < %s), false)", number.at, number.at, number.at,
                     c->type == COLUMN_YEAR ? "10000" : "9007199254740992");
        }
        buf_free(&number);
        return true;
    }
    buf_put_z(out, "(coalesce(");
    for (size_t k = 0; k < (c->from_count ? c->from_count : 1); k++) {
        buf_put_z(out, k ? "," : "");
        put_text(r, c, r->from[column][k], true, out);
    }
    buf_put_z(out, ") IS NULL OR ");
    put_value(r, column, out);
    buf_put_z(out, " IS NOT NULL)");
    return true;
}

void reading_sql(const Reading *r, Buf *out)
{
    const char *before = " WHERE ";
    buf_put_z(out, "SELECT ");
    for (size_t i = 0; i < r->column_count; i++) {
        put_value(r, i, out);
        buf_put_z(out, " AS ");
        sql_name(out, r->columns[i].name);
        buf_put_z(out, ", ");
    }
    buf_put_z(out, "CAST([] AS VARCHAR[]) AS _flags FROM ");
    put_source(r, false, out);
    for (size_t i = 0; i < r->column_count; i++)
        if (put_check(r, i, false, before, out)) before = " AND ";
}

void reading_soft_sql(const Reading *r, Buf *out)
{
    bool any = false;
    buf_put_z(out, "SELECT n, bad");
    for (size_t i = 0; r->file->sql_types && i < r->file->heading_count; i++)
        buf_putf(out, ", CAST(h%zu AS VARCHAR)", i);
    buf_put_z(out, r->file->sql_types ? " FROM (SELECT *, row_number() OVER () AS n, CASE"
                                      : " FROM (SELECT row_number() OVER () AS n, CASE");
    for (size_t i = 0; i < r->column_count; i++)
        if (put_check(r, i, true, " WHEN NOT ", out)) {
            buf_putf(out, " THEN %zu", i);
            any = true;
        }
    buf_put_z(out, any ? " END AS bad FROM " : " WHEN false THEN 0 END AS bad FROM ");
    put_source(r, true, out);
    buf_put_z(out, ") WHERE bad IS NOT NULL ORDER BY n");
}
