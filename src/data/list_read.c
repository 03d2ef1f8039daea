/* One SELECT over the parts of the dataset: a column of text for each that the list wants, NULL for those missing. */
#include "data/list_read.h"

#include "data/seen.h"

static bool is_called(const Column *c, Str name)
{
    Str heading = c->from_count == 1 ? c->from[0] : c->name;
    Cut scope = str_cut_last(heading, '/'), prefix = str_cut_last(heading, ':');
    Str end = scope.found ? scope.tail : prefix.found ? prefix.tail
                                                      : heading;
    if (!str_ends(name, S("*"))) return str_eq_nocase(end, name) || str_eq_nocase(c->name, name);
    Str begin = str_take_first(name, name.len - 1);
    return c->type == COLUMN_STRING && str_eq_nocase(str_take_first(end, begin.len), begin);
}

static const Column *column_called(const Table *table, Str names)
{
    for (Cut name = str_cut(names, '|'); name.head.len; name = str_cut(name.tail, '|'))
        for (size_t i = 0; i < table->column_count; i++)
            if (is_called(&table->columns[i], name.head)) return &table->columns[i];
    return NULL;
}

static void text_sql(Buf *sql, const Column *c)
{
    buf_put_z(sql, "CAST(");
    sql_name(sql, c->name);
    buf_put_z(sql, " AS VARCHAR)");
}

static void all_sql(Buf *sql, const Table *table, Str names)
{
    buf_put_z(sql, "concat_ws('|', ''");
    for (size_t i = 0; i < table->column_count; i++)
        for (Cut name = str_cut(names, '|'); name.head.len; name = str_cut(name.tail, '|'))
            if (is_called(&table->columns[i], name.head)) {
                buf_put_z(sql, ", ");
                text_sql(sql, &table->columns[i]);
                break;
            }
    buf_put_z(sql, ")");
}

static Str list_sql(Arena *a, const ListForm *form, const Table *table)
{
    Buf *sql = buf_open(a);
    for (size_t i = 0; i < form->n; i++) {
        Str           names = str_of(form->columns[i].names);
        const Column *c = form->columns[i].all ? NULL : column_called(table, names);
        buf_put_z(sql, i ? ", " : "SELECT ");
        if (form->columns[i].all) all_sql(sql, table, names);
        else if (c) text_sql(sql, c);
        else buf_put_z(sql, "NULL::VARCHAR");
    }
    for (size_t i = 0; i < table->part_count; i++) {
        buf_put_z(sql, i ? "," : " FROM read_parquet([");
        sql_text(sql, table->parts[i]);
    }
    buf_put_z(sql, "], union_by_name=true)");
    return buf_str(sql);
}

static bool rows_read(DuckRun *run, Arena *a, Str sql, const ListSource *from, const ListForm *form, void *list,
                      Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Str             *values = NEW_ARRAY(a, Str, form->n);
    Arena           *once = arena_open(0);
    bool             asked = duck_ask(run, a, sql, NULL, 0, &answer, err);
    while (asked && duck_next(answer, &row, err)) {
        for (size_t i = 0; i < form->n; i++) values[i] = row[i].type == DUCK_TEXT ? row[i].text : STR_NONE;
        form->row(list, from, once, values);
        arena_reset(once);
    }
    arena_close(once);
    if (asked) duck_answer_close(answer);
    return err->code == ERR_NONE;
}

bool list_read(const ListSource *from, const ListForm *form, void *list, Err *err)
{
    Arena    *a = arena_open(0);
    Snapshot *s = snapshot_open(data_node(from->data), from->reader, STR_NONE);
    Table     table;
    Record    r;
    Duck     *duck;
    DuckRun  *run = NULL;
    int64_t   rows = 0;
    bool      ok = record_read(s, a, S("dataset"), from->dataset, &r, err);
    snapshot_close(s);
    ok = ok && seen_table(from->data, a, from->reader, r.doc, r.doc, r.owner, &table, err);
    for (size_t i = 0; ok && i < table.part_count; i++) rows += table.part_rows ? table.part_rows[i] : 0;
    for (size_t i = 0; ok && i < form->n; i++) {
        Str names = str_of(form->columns[i].names);
        if (!form->columns[i].needed || (table.part_count && column_called(&table, names))) continue;
        ok = fail(err, ERR_INVALID, "the dataset %.*s is no list of %s: it has no rows with a %.*s",
                  STR_ARG(from->dataset), form->what, STR_ARG(str_cut(names, '|').head));
    }
    if (ok && rows > form->most)
        ok = fail(err, ERR_TOO_BIG, "the list of %s %.*s has %lld rows, %lld are the most: import an extract of it",
                  form->what, STR_ARG(from->dataset), (long long)rows, (long long)form->most);
    ok = ok && data_engine(from->data, &duck, err) && duck_run_open(duck, &run, err) &&
         rows_read(run, a, list_sql(a, form, &table), from, form, list, err);
    duck_run_close(run);
    arena_close(a);
    return ok;
}
