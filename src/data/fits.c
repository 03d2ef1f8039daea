#include "data/fits.h"

#include "data/merged.h"

typedef struct {
    size_t        at; /* in the list of columns */
    const Column *column;
    int64_t       unfit;
    Str           example;
} NewType;

typedef struct {
    Inbox   *inbox;
    Data    *data;
    DuckRun *run;
    Arena   *a;
    NewType *list;
    size_t   n;
} Fits;

/* "SELECT how many do not fit, one of them, …": of text, what is none of the type, a whole number that would be
   rounded among it; of all else, what does not come back the same. */
static void unfit_put(const NewType *of, Str type_now, Buf *sql)
{
    const char *type = column_type_sql(of->column->type);
    bool        whole = of->column->type == COLUMN_INTEGER || of->column->type == COLUMN_YEAR;
    Buf         name = { 0 }, unfit = { 0 };
    sql_name(&name, of->column->name);
    buf_putf(&unfit, "FILTER (%s IS NOT NULL AND (", name.at);
    if (!str_eq_z(type_now, "VARCHAR"))
        buf_putf(&unfit, "TRY_CAST(TRY_CAST(%s AS %s) AS %.*s) IS DISTINCT FROM %s", name.at, type, STR_ARG(type_now),
                 name.at);
    else buf_putf(&unfit, "TRY_CAST(%s AS %s) IS NULL", name.at, type);
    if (whole) buf_putf(&unfit, " OR TRY_CAST(%s AS DOUBLE) <> TRY_CAST(%s AS %s)", name.at, name.at, type);
    buf_put_z(&unfit, "))");
    buf_put_z(sql, sql->len ? "," : "SELECT");
    buf_putf(sql, " count(*) %s, left(CAST(any_value(%s) %s AS VARCHAR), 60)", unfit.at, name.at, unfit.at);
    buf_free(&name);
    buf_free(&unfit);
}

static bool count_unfit(Fits *f, Str sql, NewType **of, size_t n, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!duck_ask(f->run, f->a, sql, NULL, 0, &answer, err)) return false;
    if (duck_next(answer, &row, err))
        for (size_t i = 0; i < n; i++) {
            of[i]->unfit += row[2 * i].integer;
            if (row[2 * i].integer && !of[i]->example.len)
                of[i]->example = str_copy(f->a, row[2 * i + 1].text);
        }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

/* A file of rows, whose columns say their types. */
static bool file_ask(Fits *f, Str path, Err *err)
{
    Buf        *file = buf_open(f->a), *sql = buf_open(f->a);
    NewType   **of = NEW_ARRAY(f->a, NewType *, f->n);
    size_t      count = 0;
    DuckAnswer *answer;
    buf_put_z(file, " FROM read_parquet(");
    sql_text(file, path);
    buf_put_z(file, ")");
    Str all = str_join(f->a, (Str[]){ S("SELECT *"), buf_str(file), S(" LIMIT 0") }, 3);
    if (!duck_ask(f->run, f->a, all, NULL, 0, &answer, err)) return false;
    for (size_t i = 0; i < duck_column_count(answer); i++)
        for (size_t k = 0; k < f->n; k++) {
            Str type = duck_column_sql_type(answer, i);
            if (!str_eq(duck_column_name(answer, i), f->list[k].column->name)) continue;
            if (str_eq_z(type, column_type_sql(f->list[k].column->type)) || f->list[k].column->type == COLUMN_STRING)
                continue;
            unfit_put(&f->list[k], type, sql);
            of[count++] = &f->list[k];
        }
    duck_answer_close(answer);
    if (!count) return true;
    buf_put(sql, buf_str(file));
    return count_unfit(f, buf_str(sql), of, count, err);
}

static bool files_ask(Fits *f, Str dataset, const Json *doc, Err *err)
{
    const Json *parts = json_get(doc, "parts");
    Str         path, *waiting;
    int64_t    *rows;
    size_t      n;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        Err why = { 0 };
        if (part_find(f->data, f->a, json_get_text(json_array_get(parts, i), "sha256"), &path, &why) &&
            !file_ask(f, path, err))
            return false;
    }
    if (!inbox_parts(f->inbox, f->a, dataset, doc, &waiting, &rows, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!file_ask(f, waiting[i], err)) return false;
    return true;
}

static void tell(const Fits *f, Arena *a, Problems *problems)
{
    for (size_t i = 0; i < f->n; i++) {
        const NewType *of = &f->list[i];
        if (!of->unfit) continue;
        Json *args = json_object_make(a);
        json_put_integer(args, "count", of->unfit);
        json_put_text(args, "value", of->example);
        json_put_text(args, "type", str_of(column_type_name(of->column->type)));
        problems_add(problems, a, str_format(a, "/columns/%zu/type", of->at), "problem.values-of-type", args);
    }
}

static bool ask_all(Fits *f, Str dataset, const Json *doc, Err *err)
{
    Duck *duck;
    if (!data_engine(f->data, &duck, err) || !duck_run_open(duck, &f->run, err)) return false;
    bool ok = files_ask(f, dataset, doc, err);
    duck_run_close(f->run);
    return ok;
}

static bool check_change(void *with, Arena *a, const Record *head, const Json *doc, Problems *problems, Err *err)
{
    Fits    f = { .inbox = with, .data = inbox_data(with), .a = a };
    Column *before, *now;
    size_t  before_count, n;
    if (json_same(json_get(head->doc, "columns"), json_get(doc, "columns"))) return true;
    if (!columns_read(a, head->doc, &before, &before_count, err) || !columns_read(a, doc, &now, &n, err)) return false;
    f.list = NEW_ARRAY(a, NewType, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Column *old = columns_find(before, before_count, now[i].name);
        if (old && old->type != now[i].type) f.list[f.n++] = (NewType){ .at = i, .column = &now[i] };
    }
    if (f.n && !ask_all(&f, head->id, doc, err)) return false;
    tell(&f, a, problems);
    return true;
}

void fits_check_changes(Inbox *inbox)
{
    node_check_changes(data_node(inbox_data(inbox)), S("dataset"), check_change, inbox);
}
