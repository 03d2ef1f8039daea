/* See reach.h. */
#include "web/reach.h"

#include "base/diag.h"
#include "base/time.h"
#include "web/site.h"

#define DAY_MS ((int64_t)86400000)

static bool is_number(const Column *column)
{
    return column && (column->type == COLUMN_NUMBER || column->type == COLUMN_INTEGER);
}

typedef struct {
    Arena         *arena;
    TableQuestion *questions;
    Reach         *reaches;
    size_t         n;
} Reaching;

static Str named(Arena *a, const char *function, Str column)
{
    Buf *out = buf_open(a);
    buf_putf(out, "%s(\"", function);
    for (size_t i = 0; i < column.len; i++) {
        buf_put_byte(out, column.at[i]);
        if (column.at[i] == '"') buf_put_byte(out, '"');
    }
    buf_put_z(out, "\")");
    return buf_str(out);
}

/* The smallest and the largest of time and, of rows with a place on the earth, of latitude and longitude. What
   is asked is told by the roles of the results. */
static bool reach_question(Request *req, const RowsOf *of, TableQuestion *out, Err *err)
{
    static const ColumnRole roles[] = { ROLE_OF_LATITUDE, ROLE_OF_LONGITUDE, ROLE_OF_TIME };
    QuestionPair            pairs[8];
    size_t                  n = 0;
    Table                   table;
    *out = (TableQuestion){ 0 };
    if (!rows_table(req, req->arena, of, &table, err)) return false;
    bool placed = is_number(columns_role(table.columns, table.column_count, ROLE_OF_LATITUDE)) &&
                  is_number(columns_role(table.columns, table.column_count, ROLE_OF_LONGITUDE));
    if (placed) pairs[n++] = (QuestionPair){ S("_bbox"), S("-180,-90,180,90") };
    for (size_t i = placed ? 0 : 2; i < 3; i++) {
        const Column *column = columns_role(table.columns, table.column_count, roles[i]);
        if (!column) continue;
        pairs[n++] = (QuestionPair){ S("aggregate"), named(req->arena, "min", column->name) };
        pairs[n++] = (QuestionPair){ S("aggregate"), named(req->arena, "max", column->name) };
    }
    return !n || !table.part_count || question_read(req->arena, &table, pairs, n, out, err);
}

static double number_of(const DuckValue *value)
{
    return value->type == DUCK_INTEGER ? (double)value->integer : value->number;
}

/* A date, a time without zone or a year as the instant it begins with, or ends with. */
static Str instant(Arena *a, const DuckValue *value, bool end)
{
    Date    date;
    int64_t at_ms;
    Str     text = value->type == DUCK_INTEGER ? str_format(a, "%04lld", (long long)value->integer)
                   : value->type == DUCK_TEXT  ? value->text
                                               : STR_NONE;
    if (date_read(text, &date))
        return time_text(a, end ? (date_days_last(date) + 1) * DAY_MS - 1000 : date_days(date) * DAY_MS);
    text = str_join(a, (Str[]){ text, S("Z") }, 2);
    return time_read(text, &at_ms) ? time_text(a, at_ms) : STR_NONE;
}

static bool reach_ask(DuckRun *run, Arena *a, const TableQuestion *q, Reach *out, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    size_t           time = q->result_count % 4 == 2 ? q->result_count - 2 : q->result_count;
    if (!duck_ask(run, a, q->sql, q->given, q->given_count, &answer, err)) return false;
    if (duck_next(answer, &row, err)) {
        if (q->result_count >= 4 && row[0].type != DUCK_NULL && row[2].type != DUCK_NULL) {
            out->placed = true;
            out->south = number_of(&row[0]);
            out->north = number_of(&row[1]);
            out->west = number_of(&row[2]);
            out->east = number_of(&row[3]);
        }
        if (time < q->result_count) {
            out->from = instant(a, &row[time], false);
            out->to = instant(a, &row[time + 1], true);
        }
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool reaches_ask(DuckRun *run, Stream *stream, void *with, Err *err)
{
    (void)stream;
    Reaching *w = with;
    for (size_t i = 0; i < w->n; i++)
        if (w->questions[i].sql.len && !reach_ask(run, w->arena, &w->questions[i], &w->reaches[i], err)) return false;
    return true;
}

static void close_arena(void *arena)
{
    arena_close(arena);
}

const Reach *reach_datasets(Request *req, const RowsOf *datasets, size_t n)
{
    Err      why = { 0 };
    Reaching w = { .arena = arena_adopt(req->arena, arena_open(0), close_arena),
                   .questions = NEW_ARRAY(req->arena, TableQuestion, n + 1),
                   .reaches = NEW_ARRAY(req->arena, Reach, n + 1),
                   .n = n };
    bool     any = false, ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        if (datasets[i].now) ok = reach_question(req, &datasets[i], &w.questions[i], &why);
        any = any || w.questions[i].sql.len;
    }
    DeskAsk ask = rows_ask_at(req, DESK_OF_PAGE, REACH_SECONDS);
    if (any && ok) ok = desk_run(&ask, reaches_ask, &w, &why);
    if (ok) return w.reaches;
    diag(why.code == ERR_TOO_BIG || why.code == ERR_BUSY ? DIAG_INFO : DIAG_ERROR, "no extents: %s", why.text);
    return NEW_ARRAY(req->arena, Reach, n + 1);
}
