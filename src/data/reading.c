#include "data/reading.h"

#include <string.h>

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
    Reading r = { .file = file, .columns = columns, .column_count = n, .skip = file->skip + 1 };
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
        if (all && !used[i] && !str_starts(file->headings[i], S("_"))) name_add(more, file->headings[i]);
    if (lack->len && more->len)
        return fail(err, ERR_INVALID, "the file lacks the columns %.*s; new are %.*s", STR_ARG(buf_str(lack)), STR_ARG(buf_str(more)));
    if (lack->len) return fail(err, ERR_INVALID, "the file lacks the columns %.*s", STR_ARG(buf_str(lack)));
    if (more->len) return fail(err, ERR_INVALID, "the file has columns that the dataset has not: %.*s", STR_ARG(buf_str(more)));
    *out = r;
    return true;
}

/* ---- how a heading is read ---- */

static bool is_plain_date(const Column *c)
{
    return !c->pattern.len || str_eq_z(c->pattern, "%Y-%m-%d") || str_eq_z(c->pattern, "%Y/%m/%d");
}

/* The engine's own type for the heading; NULL: text. */
static const char *read_as(const Column *c)
{
    if (c->from_count > 1) return NULL;
    switch (c->type) {
    case COLUMN_NUMBER: return "DOUBLE";
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
        if (r->from[i][0] == heading && read_as(&r->columns[i])) return read_as(&r->columns[i]);
    return "VARCHAR";
}

static bool is_number(Str s)
{
    double v;
    return str_to_double(s, &v);
}

static const char *const always_missing[] = { "", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null" };

/* Texts that mean nothing wherever the engine reads a type of its own; text columns see to theirs. */
static void put_null_texts(const Reading *r, Buf *out)
{
    for (size_t i = 0; i < sizeof always_missing / sizeof *always_missing; i++) {
        if (i) buf_put_byte(out, ',');
        sql_text(out, str_of(always_missing[i]));
    }
    for (size_t i = 0; i < r->column_count; i++)
        for (size_t k = 0; read_as(&r->columns[i]) && k < r->columns[i].missing_count; k++) {
            buf_put_byte(out, ',');
            sql_text(out, r->columns[i].missing[k]);
        }
}

static void put_one(Buf *out, char c)
{
    sql_text(out, (Str){ &c, 1 });
}

static void put_source(const Reading *r, bool texts, Buf *out)
{
    bool any = false;
    buf_put_z(out, "read_csv(");
    sql_text(out, r->path);
    buf_putf(out, ", auto_detect=false, header=false, skip=%zu, delim=", r->skip);
    put_one(out, r->file->separator);
    buf_put_z(out, ", quote='\"', escape='\"', strict_mode=true, null_padding=false, store_rejects=true, rejects_limit=0, "
                   "decimal_separator=");
    put_one(out, r->file->decimal);
    buf_put_z(out, ", columns={");
    for (size_t i = 0; i < r->file->heading_count; i++)
        buf_putf(out, "%s'h%zu':'%s'", i ? "," : "", i, texts ? "VARCHAR" : heading_type(r, i));
    buf_put_z(out, "}, nullstr=[");
    put_null_texts(r, out);
    buf_put_z(out, "], force_not_null=[");
    for (size_t i = 0; i < r->file->heading_count; i++) {
        if (!texts && strcmp(heading_type(r, i), "VARCHAR") != 0) continue;
        buf_putf(out, "%s'h%zu'", any ? "," : "", i);
        any = true;
    }
    buf_put_z(out, "])");
}

/* ---- what a column is made of ---- */

/* The text of a heading, NULL when it says nothing. */
static void put_text(const Reading *r, const Column *c, size_t heading, bool trimmed, Buf *out)
{
    (void)r;
    for (size_t k = 0; k < c->missing_count; k++) buf_put_z(out, "nullif(");
    buf_putf(out, trimmed ? "nullif(trim(h%zu),'')" : "nullif(h%zu,'')", heading);
    for (size_t k = 0; k < c->missing_count; k++) {
        buf_put_byte(out, ',');
        sql_text(out, c->missing[k]);
        buf_put_byte(out, ')');
    }
}

/* Words of the pattern that are all digits are filled up to their width: 930 as %H%M. */
static void put_joined(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    Str           rest = c->pattern;
    buf_put_z(out, "concat_ws(' '");
    for (size_t k = 0; k < c->from_count; k++) {
        Cut  word = str_cut(rest, ' ');
        bool packed = str_eq_z(word.head, "%H%M");
        rest = word.tail;
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

/* The value; `texts`: all headings were read as text. */
static void put_value(const Reading *r, size_t column, Buf *out)
{
    const Column *c = &r->columns[column];
    if (read_as(c)) {
        size_t closed = 0;
        bool   whole = c->type == COLUMN_INTEGER || c->type == COLUMN_YEAR;
        buf_put_z(out, whole ? "CAST(" : "");
        for (size_t k = 0; k < c->missing_count; k++)
            if (is_number(c->missing[k]) && strcmp(read_as(c), "DOUBLE") == 0) buf_put_z(out, "nullif(");
        buf_putf(out, "h%zu", r->from[column][0]);
        for (size_t k = 0; k < c->missing_count; k++)
            if (is_number(c->missing[k]) && strcmp(read_as(c), "DOUBLE") == 0) {
                buf_putf(out, ",%.*s)", STR_ARG(c->missing[k]));
                closed++;
            }
        if (whole) buf_putf(out, " AS %s)", column_type_sql(c->type));
    } else if (c->type == COLUMN_STRING) {
        put_text(r, c, r->from[column][0], false, out);
    } else if (c->type == COLUMN_DATETIME && !c->pattern.len) {
        buf_put_z(out, "(try_cast(");
        put_date_text(r, column, out);
        buf_put_z(out, " AS TIMESTAMPTZ) AT TIME ZONE 'UTC')");
    } else if (c->type == COLUMN_YEARMONTH && !c->pattern.len) {
        buf_put_z(out, "CAST(try_strptime(");
        put_date_text(r, column, out);
        buf_put_z(out, " || '-01','%Y-%m-%d') AS DATE)");
    } else {
        buf_put_z(out, "CAST(try_strptime(");
        put_date_text(r, column, out);
        buf_put_byte(out, ',');
        sql_text(out, c->pattern);
        buf_putf(out, ") AS %s)", column_type_sql(c->type));
    }
}

/* A condition that is true of rows that the engine's reader let pass and that are good; empty when all are. */
static bool put_check(const Reading *r, size_t column, bool texts, const char *before, Buf *out)
{
    const Column *c = &r->columns[column];
    if (c->type == COLUMN_STRING || (read_as(c) && strcmp(read_as(c), "DOUBLE") != 0) || c->type == COLUMN_NUMBER)
        return false;
    buf_put_z(out, before);
    if (read_as(c)) {
        Str h = texts ? S("coalesce(try_cast(h%zu AS DOUBLE),0)") : S("coalesce(h%zu,0)");
        Cut cut = str_cut(h, '%');
        buf_putf(out, "(%.*s%zu%.*s", STR_ARG(cut.head), r->from[column][0], STR_ARG(str_drop(cut.tail, 2)));
        buf_putf(out, " = floor(%.*s%zu%.*s)", STR_ARG(cut.head), r->from[column][0], STR_ARG(str_drop(cut.tail, 2)));
        buf_putf(out, " AND abs(%.*s%zu%.*s) < %s)", STR_ARG(cut.head), r->from[column][0],
                 STR_ARG(str_drop(cut.tail, 2)), c->type == COLUMN_YEAR ? "10000" : "9007199254740992");
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
    buf_put_z(out, "SELECT n, bad FROM (SELECT row_number() OVER () AS n, CASE");
    for (size_t i = 0; i < r->column_count; i++)
        if (put_check(r, i, true, " WHEN NOT ", out)) {
            buf_putf(out, " THEN %zu", i);
            any = true;
        }
    buf_put_z(out, any ? " END AS bad FROM " : " WHEN false THEN 0 END AS bad FROM ");
    put_source(r, true, out);
    buf_put_z(out, ") WHERE bad IS NOT NULL ORDER BY n");
}
