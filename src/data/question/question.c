/* Questions: pairs of an address into SQL. Names reach SQL through sql_name, values only as parameters;
   what the terms of `group` and `aggregate` mean is in question/terms.c, the filters in question/where.c. */
#include "data/question.h"

#include <string.h>

#include "data/question/inside.h"

typedef struct {
    Str   *terms;
    size_t n, room;
} Terms;

typedef struct {
    Arena       *arena;
    const Table *table;
    Terms        columns, group, aggregate, order;
    Term        *out; /* of the answer */
    size_t       out_count, group_count;
    int64_t      limit, offset;
} Reading;

/* Values of lists, joined when the word is given again. A value that is a column's whole name is that column. */
static void list_add(Reading *r, Terms *list, Str value)
{
    Str   *more, *all;
    size_t n = 1;
    if (term_find(r->arena, r->table, value)) {
        more = NEW(r->arena, Str);
        *more = value;
    } else {
        terms_cut(r->arena, value, &more, &n);
    }
    if (list->n + n > list->room) {
        list->room = 2 * (list->n + n);
        all = NEW_ARRAY(r->arena, Str, list->room);
        if (list->n) memcpy(all, list->terms, list->n * sizeof(Str));
        list->terms = all;
    }
    if (n) memcpy(list->terms + list->n, more, n * sizeof(Str));
    list->n += n;
}

static bool whole_number(const QuestionPair *pair, int64_t *out, Err *err)
{
    return (str_to_i64(pair->value, out) && *out >= 0) ||
           fail(err, ERR_USAGE, "%.*s is a whole number", STR_ARG(pair->name));
}

/* A word of ours; false with ERR_NONE for what is a filter. */
static bool word_read(Reading *r, const QuestionPair *pair, Err *err)
{
    const struct {
        const char *name;
        Terms      *list;
        int64_t    *number;
    } words[] = {
        { "columns", &r->columns, NULL },
        { "group", &r->group, NULL },
        { "aggregate", &r->aggregate, NULL },
        { "order", &r->order, NULL },
        { "limit", NULL, &r->limit },
        { "offset", NULL, &r->offset },
        { "version", NULL, NULL },
    };
    *err = (Err){ 0 };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_eq_z(pair->name, words[i].name)) continue;
        if (!pair->value.len) return true;
        if (words[i].list) list_add(r, words[i].list, pair->value);
        return !words[i].number || whole_number(pair, words[i].number, err);
    }
    return false;
}

static bool out_add(Reading *r, const Term *term, Err *err)
{
    for (size_t i = 0; i < r->out_count; i++) {
        if (!str_eq(r->out[i].column.name, term->column.name)) continue;
        return str_eq(r->out[i].sql, term->sql) || fail(err, ERR_USAGE, "two results would be called \"%.*s\"",
                                                        STR_ARG(str_take_first(term->column.name, 80)));
    }
    r->out[r->out_count++] = *term;
    return true;
}

static bool gathered_read(Reading *r, Err *err)
{
    Term   terms[2];
    size_t n;
    for (size_t i = 0; i < r->group.n; i++) {
        if (!term_group(r->arena, r->table, r->group.terms[i], terms, &n, err)) return false;
        for (size_t k = 0; k < n; k++)
            if (!out_add(r, &terms[k], err)) return false;
    }
    r->group_count = r->out_count;
    if (r->columns.n) return fail(err, ERR_USAGE, "columns= is for rows that are not gathered; leave it out or group=");
    if (!r->aggregate.n) list_add(r, &r->aggregate, S("count"));
    for (size_t i = 0; i < r->aggregate.n; i++)
        if (!term_aggregate(r->arena, r->table, r->aggregate.terms[i], &terms[0], err) || !out_add(r, &terms[0], err))
            return false;
    return true;
}

static bool plain_read(Reading *r, Err *err)
{
    for (size_t i = 0; i < r->columns.n; i++) {
        const Column *column = term_column(r->arena, r->table, r->columns.terms[i], err);
        if (!column) return false;
        Term term = term_plain(r->arena, column);
        if (!out_add(r, &term, err)) return false;
    }
    if (r->columns.n) return true;
    for (size_t i = 0; i < r->table->column_count; i++)
        r->out[r->out_count++] = term_plain(r->arena, &r->table->columns[i]);
    r->out[r->out_count++] = term_plain(r->arena, term_find(r->arena, r->table, S(QUESTION_FLAGS)));
    return true;
}

#define TOTAL "\"_total\"" /* no column is called so */

static bool out_find(const Reading *r, Str name, size_t *at)
{
    for (*at = 0; *at < r->out_count; ++*at)
        if (str_eq(r->out[*at].column.name, name)) return true;
    return false;
}

/* One term of `order`: by its place in the answer, else by a column that is not shown. */
static bool order_term(Reading *r, Str term, bool gathered, bool *used, Buf *sql, Err *err)
{
    Arena *a = r->arena;
    size_t at;
    bool   whole = out_find(r, term, &at) || (!gathered && term_find(a, r->table, term));
    bool   down = !whole && str_starts(term, S("-"));
    if (down) term = str_drop(term, 1);
    const Column *column = term_find(a, r->table, term);
    buf_put_z(sql, sql->len ? ", " : "");
    if (out_find(r, term, &at) || (column && out_find(r, column->name, &at))) {
        used[at] = true;
        buf_putf(sql, "%zu", at + 1);
    } else if (gathered) {
        Buf *names = buf_open(a);
        for (size_t i = 0; i < r->out_count && names->len < 200; i++)
            buf_putf(names, "%s%.*s", i ? ", " : "", STR_ARG(str_take_first(r->out[i].column.name, 60)));
        return fail(err, ERR_USAGE, "order=%.*s: the results are %.*s", STR_ARG(str_take_first(term, 80)),
                    STR_ARG(buf_str(names)));
    } else {
        column = term_column(a, r->table, term, err);
        if (!column) return false;
        buf_put(sql, term_plain(a, column).sql);
    }
    buf_put_z(sql, down ? " DESC NULLS LAST" : " NULLS LAST");
    return true;
}

static bool order_read(Reading *r, bool gathered, Buf *sql, Err *err)
{
    bool *used = NEW_ARRAY(r->arena, bool, r->out_count + 1);
    for (size_t i = 0; i < r->order.n; i++)
        if (!order_term(r, r->order.terms[i], gathered, used, sql, err)) return false;
    if (!gathered && !r->order.n) return true;
    for (size_t i = 0; i < (gathered ? r->group_count : r->out_count); i++)
        if (!used[i]) buf_putf(sql, "%s%zu NULLS LAST", sql->len ? ", " : "", i + 1);
    return true;
}

/* How a column stands in the answer of `sql`: times as text, numbers of years as wide as others, so that nothing has to
   be put around the statement when it is asked (data/duck.h). */
static const struct {
    const char *before, *after;
} as_text[COLUMN_TYPES] = {
    [COLUMN_DATE] = { "CAST(", " AS VARCHAR)" },
    [COLUMN_TIME] = { "CAST(", " AS VARCHAR)" },
    [COLUMN_DATETIME] = { "replace(CAST(", " AS VARCHAR), ' ', 'T')" },
    [COLUMN_YEARMONTH] = { "strftime(", ", '%Y-%m')" },
    [COLUMN_YEAR] = { "CAST(", " AS BIGINT)" },
};

Str question_text_sql(const QuestionInside *q, Str typed, bool total)
{
    bool needed = false;
    for (size_t i = 0; i < q->out_count; i++) needed = needed || as_text[q->out[i].column.type].before;
    if (!needed) return typed;
    Buf *sql = buf_open(q->arena);
    buf_put_z(sql, "SELECT ");
    for (size_t i = 0; i < q->out_count; i++) {
        const Column *column = &q->out[i].column;
        if (i) buf_put_z(sql, ", ");
        if (as_text[column->type].before) buf_put_z(sql, as_text[column->type].before);
        sql_name(sql, column->name);
        if (!as_text[column->type].before) continue;
        buf_put_z(sql, as_text[column->type].after);
        buf_put_z(sql, " AS ");
        sql_name(sql, column->name);
    }
    if (total) buf_put_z(sql, ", " TOTAL);
    buf_put_z(sql, " FROM (");
    buf_put(sql, typed);
    buf_put_z(sql, ") AS answer");
    return buf_str(sql);
}

static void groups_put(const QuestionInside *q, Buf *sql)
{
    for (size_t i = 0; i < q->group_count; i++) {
        buf_put_z(sql, i ? ", " : " GROUP BY ");
        buf_put(sql, q->out[i].key.len ? q->out[i].key : q->out[i].sql);
    }
}

Str question_rows_sql(const QuestionInside *q, const RowPieces *pieces, int64_t limit, int64_t offset, bool total)
{
    Buf *rows = buf_open(q->arena);
    buf_put_z(rows, "SELECT ");
    for (size_t i = 0; i < q->out_count; i++) {
        if (i) buf_put_z(rows, ", ");
        buf_put(rows, q->out[i].sql);
        buf_put_z(rows, " AS ");
        sql_name(rows, q->out[i].column.name);
    }
    if (total) buf_put_z(rows, ", count(*) OVER () AS " TOTAL);
    buf_put_byte(rows, ' ');
    source_put(&q->table, pieces ? pieces : &q->pieces, rows);
    buf_put(rows, q->where);
    groups_put(q, rows);
    if (q->order.len) {
        buf_put_z(rows, " ORDER BY ");
        buf_put(rows, q->order);
    }
    if (limit >= 0) buf_putf(rows, " LIMIT %lld", (long long)limit);
    if (offset) buf_putf(rows, " OFFSET %lld", (long long)offset);
    return buf_str(rows);
}

Str question_count_sql(const QuestionInside *q, const RowPieces *pieces)
{
    Buf *count = buf_open(q->arena);
    /* Gathered without a group is one row, whatever there is. */
    buf_put_z(count, q->gathered ? "SELECT count(*) FROM (SELECT count(*) " : "SELECT count(*) ");
    source_put(&q->table, pieces ? pieces : &q->pieces, count);
    buf_put(count, q->where);
    groups_put(q, count);
    if (q->gathered) buf_put_z(count, ") AS g");
    return buf_str(count);
}

bool question_read(Arena *a, const Table *table, const QuestionPair *pairs, size_t n, TableQuestion *out, Err *err)
{
    Reading       r = { .arena = a, .table = table, .limit = -1 };
    QuestionPair *filters = NEW_ARRAY(a, QuestionPair, n + 1);
    size_t        filter_count = 0;
    Buf          *order = buf_open(a);
    Where         where = { .arena = a, .table = table };
    for (size_t i = 0; i < n; i++) {
        if (word_read(&r, &pairs[i], err)) continue;
        if (err->code != ERR_NONE) return false;
        if (pairs[i].value.len) filters[filter_count++] = pairs[i];
    }
    if (!where_read(&where, filters, filter_count, err)) return false;
    bool gathered = r.group.n || r.aggregate.n;
    r.out = NEW_ARRAY(a, Term, table->column_count + r.columns.n + 2 * r.group.n + r.aggregate.n + 2);
    if (!(gathered ? gathered_read(&r, err) : plain_read(&r, err)) || !order_read(&r, gathered, order, err))
        return false;
    *out = (TableQuestion){ .limit = r.limit,
                            .offset = r.offset,
                            .grouped = gathered,
                            .given = where.given,
                            .given_count = where.given_count,
                            .result_count = r.out_count };
    out->results = NEW_ARRAY(a, Column, r.out_count + 1);
    for (size_t i = 0; i < r.out_count; i++) out->results[i] = r.out[i].column;
    QuestionInside *inside = NEW(a, QuestionInside);
    *inside = (QuestionInside){ .arena = a,
                                .table = *table,
                                .out = r.out,
                                .out_count = r.out_count,
                                .group_count = r.group_count,
                                .where = where_sql(&where),
                                .order = buf_str(order),
                                .gathered = gathered,
                                .ordered = r.order.n > 0,
                                .pieces = pieces_asked(a, table, filters, filter_count),
                                .conditions = where.conditions,
                                .condition_count = where.condition_count };
    out->inside = inside;
    out->typed_sql = question_rows_sql(inside, NULL, r.limit, r.offset, false);
    out->sql = question_text_sql(inside, out->typed_sql, false);
    if (gathered) {
        Str with_total = question_rows_sql(inside, NULL, r.limit, r.offset, true);
        out->total_sql = question_text_sql(inside, with_total, true);
    }
    out->count_sql = question_count_sql(inside, NULL);
    return true;
}

bool question_copy(DuckRun *run, Arena *a, const TableQuestion *question, RowsForm form, int to, Err *err)
{
    DuckValue rows;
    Buf      *sql = buf_open(a);
    buf_put_z(sql, "COPY (");
    buf_put(sql, form == ROWS_PARQUET ? question->typed_sql : question->sql);
    buf_putf(sql, ") TO '/proc/self/fd/%d'", to);
    if (form == ROWS_PARQUET) sql_parquet(sql, question->result_count);
    else buf_put_z(sql, " (FORMAT json");
    buf_put_z(sql, ", USE_TMP_FILE false)");
    return duck_ask_one(run, a, buf_str(sql), question->given, question->given_count, &rows, err);
}
