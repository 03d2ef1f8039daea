/* banyan bdq */
#include <stdio.h>

#include "base/time.h"
#include "cli/place.h"
#include "data/bdq.h"
#include "data/column.h"
#include "data/data.h"
#include "store/files.h"

#define TESTS_MAX 200

typedef struct {
    Column  *columns;
    size_t   n;
    BdqTerm *terms; /* of each column; BDQ_NONE: no test looks at it */
    Str      sql;
    int64_t  counts[TESTS_MAX][3]; /* by test: complies or not an issue; does not or an issue or a proposal; not run */
} Occurrences;

static void close_bdq(void *bdq)
{
    bdq_close(bdq);
}

static void close_data(void *data)
{
    data_close(data);
}

static void close_list(void *list)
{
    bdq_list_close(list);
}

static void close_run(void *run)
{
    duck_run_close(run);
}

/* A column is a term by the heading it was read from, else by its name. */
static BdqTerm term_of(const Column *c)
{
    BdqTerm term = c->from_count == 1 ? bdq_term_find(c->from[0]) : BDQ_NONE;
    return term == BDQ_NONE ? bdq_term_find(c->name) : term;
}

static bool table_read(Call *call, Data *data, const Record *r, Occurrences *out, Err *err)
{
    Arena      *a = call->arena;
    Buf        *sql = buf_open(a);
    const Json *parts = json_get(r->doc, "parts");
    bool        any = false;
    if (!columns_read(a, r->doc, &out->columns, &out->n, err)) return false;
    out->terms = NEW_ARRAY(a, BdqTerm, out->n);
    buf_put_z(sql, "SELECT ");
    for (size_t i = 0; i < out->n; i++) {
        out->terms[i] = term_of(&out->columns[i]);
        any = any || out->terms[i] != BDQ_NONE;
        buf_put_z(sql, i ? ", CAST(" : "CAST(");
        sql_name(sql, out->columns[i].name);
        buf_put_z(sql, " AS VARCHAR)");
    }
    if (!any)
        return fail(err, ERR_INVALID, "none of the dataset's columns is a term of Darwin Core that the tests look at");
    buf_put_z(sql, " FROM read_parquet([");
    for (size_t i = 0; i < json_array_size(parts); i++) {
        Str path;
        if (!files_find(data_parts(data), a, json_get_text(json_array_get(parts, i), "sha256"),
                        &path, err))
            return false;
        if (i) buf_put_byte(sql, ',');
        sql_text(sql, path);
    }
    if (!json_array_size(parts)) return fail(err, ERR_INVALID, "the dataset has no rows");
    buf_put_z(sql, "], union_by_name=true)");
    out->sql = buf_str(sql);
    return true;
}

static size_t kind_of(const BdqAnswer *answer)
{
    if (answer->status == BDQ_INTERNAL_PREREQUISITES_NOT_MET || answer->status == BDQ_EXTERNAL_PREREQUISITES_NOT_MET)
        return 2;
    bool wanting = answer->result == BDQ_NOT_COMPLIANT || answer->result == BDQ_POTENTIAL_ISSUE;
    return wanting || answer->status == BDQ_AMENDED || answer->status == BDQ_FILLED_IN ? 1 : 0;
}

static bool rows_ask(Call *call, DuckRun *run, const Bdq *bdq, Occurrences *o, int64_t *rows, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    BdqRecord        record = { .now_ms = time_now_ms() };
    if (!duck_ask(run, call->arena, o->sql, NULL, 0, &answer, err)) return false;
    Arena *a = arena_open(0);
    while (duck_next(answer, &row, err)) {
        for (size_t i = 0; i < o->n; i++)
            if (o->terms[i] != BDQ_NONE) record.values[o->terms[i]] = row[i].type == DUCK_TEXT ? row[i].text : STR_NONE;
        for (size_t i = 0; i < bdq_test_count(); i++) {
            BdqAnswer said;
            if (bdq_test_type(i) == BDQ_MEASURE) continue;
            bdq_ask(bdq, a, &record, i, &said);
            o->counts[i][kind_of(&said)]++;
        }
        arena_reset(a);
        (*rows)++;
    }
    arena_close(a);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static void print_counts(const Occurrences *o, int64_t rows)
{
    printf("%lld rows\n%12s %12s %12s  test\n", (long long)rows, "fine", "wanting", "not run");
    for (size_t i = 0; i < bdq_test_count(); i++)
        if (bdq_test_type(i) != BDQ_MEASURE)
            printf("%12lld %12lld %12lld  %s\n", (long long)o->counts[i][0], (long long)o->counts[i][1],
                   (long long)o->counts[i][2], bdq_test_label(i));
}

/* Each kind of list from the dataset that an option names, else from the one that the record does. */
static bool lists_read(Call *call, Data *data, const Reader *reader, const Record *r, Bdq *bdq, Err *err)
{
    for (BdqListKind kind = 0; kind < BDQ_LIST_KINDS; kind++) {
        const char *name = bdq_list_name(kind);
        ListSource  from = { data, reader, call_option(call, name, json_get_text(r->doc, name)),
                             call_option(call, "ids", STR_NONE) };
        BdqList    *list = NEW(call->arena, BdqList);
        if (!from.dataset.len) continue;
        if (!bdq_list_read(kind, &from, list, err)) return false;
        arena_adopt(call->arena, list, close_list);
        bdq_use(bdq, STR_NONE, *list);
        bdq_use(bdq, from.dataset, *list);
        fprintf(stderr, "%zu %s of %.*s\n", bdq_list_count(list), bdq_list_what(kind), STR_ARG(from.dataset));
    }
    return true;
}

static bool bdq_run(Call *call, Err *err)
{
    Reader       terminal = { .name = S("system"), .all = true };
    Node        *node;
    Data        *data;
    Duck        *duck;
    DuckRun     *run;
    Record       r;
    int64_t      rows = 0;
    Occurrences *o = NEW(call->arena, Occurrences);
    reader_finish(&terminal, call->arena);
    if (!place_open(call, true, &node, err) || !data_open(node, &data, err)) return false;
    arena_adopt(call->arena, data, close_data);
    Snapshot *s = snapshot_open(node, &terminal, STR_NONE);
    bool      ok = record_read(s, call->arena, S("dataset"), str_of(call_operand(call, 1)), &r, err);
    snapshot_close(s);
    if (!ok || !table_read(call, data, &r, o, err) || !data_engine(data, &duck, err) || !duck_run_open(duck, &run, err))
        return false;
    arena_adopt(call->arena, run, close_run);
    Bdq *bdq = arena_adopt(call->arena, bdq_open(), close_bdq);
    if (!lists_read(call, data, &terminal, &r, bdq, err) || !rows_ask(call, run, bdq, o, &rows, err)) return false;
    print_counts(o, rows);
    return true;
}

const Command command_bdq = {
    .operands = "NODE SLUG",
    .least = 2,
    .most = 2,
    .about =
        "Asks the single-record tests of TDWG's Biodiversity Data Quality Core of each row of "
        "a dataset whose columns\n"
        "are terms of Darwin Core. Fine: it complies, is no issue, or needs no amendment. "
        "Wanting: it does not, may be\n"
        "one, or an amendment is proposed. Not run: what the test needs is missing from the "
        "row or from the node.\n\n"
        "What the program has no list of is looked up in datasets of the node: those that the "
        "options name, else those\n"
        "that the record of SLUG has as its lists.",
    .options = {
#define BDQ_LIST(code, Type, module, name, parameter, columns) { name, "SLUG", columns },
#include "data/bdq_lists.def"
#undef BDQ_LIST
        { "ids", "PREFIX", "what goes before ids of taxa that do not say whose they are, as gbif:" } },
    .run = bdq_run,
};
