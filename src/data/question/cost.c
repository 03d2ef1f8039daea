/* See question_cost.h. */
#include "data/question_cost.h"

#include "data/question/inside.h"

/* Nanoseconds of one core a row. */
#define READ_NS         5.0  /* a column */
#define GROUP_NS        50.0 /* a term of group */
#define ORDER_NS        150.0
#define ORDER_COLUMN_NS 50.0
#define FILTER_LEAVES   0.1

static int64_t rows_of(const QuestionInside *q)
{
    int64_t rows = 0;
    for (size_t i = 0; i < q->pieces.n; i++) {
        const RowPiece *piece = &q->pieces.at[i];
        int64_t         all = q->table.part_rows ? q->table.part_rows[piece->part] : 0;
        int64_t         last = piece->last < all ? piece->last : all - 1;
        rows += last >= piece->first ? last - piece->first + 1 : 0;
    }
    return rows;
}

typedef struct {
    int64_t  rows;    /* that are read */
    double   seconds; /* until the first row of the answer, on all cores */
    uint64_t bytes;   /* that must be in memory together */
} Cost;

static Cost cost_of(const TableQuestion *q, int cores)
{
    const QuestionInside *in = q->inside;
    Cost                  cost = { .rows = rows_of(in) };
    double                fit = (double)cost.rows * (in->condition_count ? FILTER_LEAVES : 1), ns = 0, bytes = 0;
    bool                  sorted = in->ordered && q->limit < 0 && !in->gathered;
    for (size_t i = 0; i < in->out_count; i++) {
        ns += in->out[i].ns;
        bytes += in->out[i].bytes;
    }
    ns += GROUP_NS * (double)in->group_count;
    if (sorted) ns += ORDER_NS + ORDER_COLUMN_NS * (double)in->out_count;
    if (in->gathered || in->ordered || in->condition_count)
        cost.seconds = (double)cost.rows * READ_NS * (double)(in->condition_count + 1);
    cost.seconds =
        (cost.seconds + fit * (ns + READ_NS * (double)in->out_count * (in->gathered || sorted))) /
        1e9 / cores;
    cost.bytes = (uint64_t)(fit * bytes);
    return cost;
}

bool question_is_brief(const TableQuestion *q, int cores)
{
    const QuestionInside *in = q->inside;
    Cost                  cost = cost_of(q, cores);
    return cost.seconds < QUESTION_BRIEF && cost.rows * (int64_t)in->condition_count < QUESTION_BRIEF_VALUES;
}

/* What would make it cheaper, the dearest first. */
static void advice_put(const TableQuestion *q, Buf *out)
{
    const QuestionInside *in = q->inside;
    const Column         *time = columns_role(in->table.columns, in->table.column_count, ROLE_OF_TIME);
    bool                  keeps = false;
    for (size_t i = 0; i < in->out_count; i++) keeps = keeps || in->out[i].bytes > 0;
    if (time) buf_putf(out, "filter the rows, as by %.*s.min= and .max=", STR_ARG(str_take_first(time->name, 60)));
    else buf_put_z(out, "filter the rows");
    if (keeps) buf_put_z(out, ", ask for mean() instead of median(), quantile() or distinct()");
    if (in->group_count > 1) buf_put_z(out, ", gather by fewer columns");
    if (in->ordered && !in->gathered) buf_put_z(out, ", leave out order or give a limit");
    buf_put_z(out, ", or take .parquet whole");
}

bool question_afford(const TableQuestion *q, int64_t seconds, uint64_t memory_bytes, int cores, Err *err)
{
    Cost cost = cost_of(q, cores);
    bool late = cost.seconds > (double)seconds * QUESTION_COST_MARGIN, large = cost.bytes > memory_bytes;
    if (!late && !large) return true;
    Arena *a = arena_open(0);
    Buf   *advice = buf_open(a);
    advice_put(q, advice);
    if (large)
        fail(err, ERR_TOO_BIG,
             "the question would hold values of %lld rows in memory, some %.0f MB, and may have %.0f MB; %.*s",
             (long long)cost.rows, (double)cost.bytes / 1e6, (double)memory_bytes / 1e6, STR_ARG(buf_str(advice)));
    else
        fail(err, ERR_TOO_BIG, "the question would go through %lld rows for some %.0f seconds, and may take %lld; %.*s",
             (long long)cost.rows, cost.seconds, (long long)seconds, STR_ARG(buf_str(advice)));
    arena_close(a);
    return false;
}
