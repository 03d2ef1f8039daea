/* How many rows a question has, by the indexes of the parts, and where those lie that are shown. */
#include "data/question/inside.h"

/* Pieces of a part are read one by one, so there are few; rows that are closer than the row groups of a part
   (122,880 rows as the engine writes them) are read together. */
#define PIECES_MAX 12
#define GAP_ROWS   200000

typedef struct {
    bool   known;
    RowSet rows;
} Found; /* of a part */

static void find(const QuestionInside *q, Arena *a, size_t part, int64_t first, bool wait, Found *out)
{
    Err        err = { 0 };
    Indexes   *indexes = q->table.indexes;
    PartIndex *index = indexes_take(indexes, q->table.parts[part], q->table.part_rows[part], wait);
    if (!index) return;
    out->known = part_index_find(index, a, q->conditions, q->condition_count, first, &out->rows, &err);
    if (err.code == ERR_CORRUPT) indexes_spoil(indexes, index);
    else indexes_give(indexes, index);
}

/* Pieces with the rows of the set between two ranks. */
static void pieces_add(RowPieces *pieces, size_t part, const RowSet *set, uint64_t from, uint64_t before)
{
    size_t  begun = pieces->n;
    int64_t last = (int64_t)rowset_at(set, before - 1);
    for (uint64_t rank = from; rank < before; rank++) {
        int64_t row = (int64_t)rowset_at(set, rank);
        bool    near = pieces->n > begun && row - pieces->at[pieces->n - 1].last <= GAP_ROWS;
        if (near) pieces->at[pieces->n - 1].last = row;
        else if (pieces->n - begun == PIECES_MAX) break;
        else pieces->at[pieces->n++] = (RowPiece){ part, row, row };
    }
    pieces->at[pieces->n - 1].last = last;
}

/* Where the rows from `offset` on lie, `limit` of them. A part without an index is read whole; what it has is not known
   here, so from there on as many are sought in the others as if it had none, and the offset is left to the engine. */
static void narrow(TableQuestion *q, const Found *found, Arena *a)
{
    const QuestionInside *in = q->inside;
    RowPieces             pieces = { NEW_ARRAY(a, RowPiece, in->table.part_count * PIECES_MAX + 1), 0 };
    uint64_t              skip = (uint64_t)q->offset, need = (uint64_t)q->limit;
    bool                  exact = true;
    for (size_t i = 0; i < in->table.part_count && need; i++) {
        if (!found[i].known) {
            pieces.at[pieces.n++] = ROW_PIECE_WHOLE(i);
            if (exact) need += skip;
            exact = false;
            continue;
        }
        uint64_t total = found[i].rows.total, from = exact && skip < total ? skip : exact ? total
                                                                                          : 0;
        uint64_t some = total - from < need ? total - from : need;
        if (exact) skip -= from;
        if (some) pieces_add(&pieces, i, &found[i].rows, from, from + some);
        need -= some;
    }
    q->typed_sql = question_rows_sql(in, &pieces, q->limit, (int64_t)skip, false);
    q->sql = question_text_sql(in, q->typed_sql, false);
}

/* What indexes know; the parts that they do not are `rest`. */
static size_t find_all(const QuestionInside *q, Arena *a, bool wait, Found *found, int64_t *count, RowPieces *rest)
{
    size_t  known = 0;
    int64_t first = 1;
    for (size_t i = 0; i < q->table.part_count; first += q->table.part_rows[i++]) {
        find(q, a, i, first, wait, &found[i]);
        known += found[i].known;
        if (found[i].known) *count += (int64_t)found[i].rows.total;
        else rest->at[rest->n++] = ROW_PIECE_WHOLE(i);
    }
    return known;
}

/* What an index may know, and whether it tells where rows lie that are shown. */
static bool is_worth(const QuestionInside *q)
{
    return q->table.indexes && q->table.part_rows && !q->gathered && q->condition_count > 0;
}

static bool can_narrow(const TableQuestion *q)
{
    return !q->inside->order.len && q->limit >= 0;
}

bool question_count(DuckRun *run, Arena *a, TableQuestion *q, bool wait, int64_t *total, size_t *by_index, Err *err)
{
    const QuestionInside *in = q->inside;
    Arena                *own = arena_open(0);
    Found                *found = NEW_ARRAY(own, Found, in->table.part_count + 1);
    RowPieces             rest = { NEW_ARRAY(own, RowPiece, in->table.part_count + 1), 0 };
    int64_t               count = 0;
    size_t                known = is_worth(in) ? find_all(in, own, wait, found, &count, &rest) : 0;
    DuckValue             of_rest = DUCK_INTEGER_OF(0);
    Str                   sql = known ? question_count_sql(in, &rest) : q->count_sql;
    bool                  ok = (known && !rest.n) || duck_ask_one(run, a, sql, q->given, q->given_count, &of_rest, err);
    if (ok && known && can_narrow(q)) narrow(q, found, own);
    arena_close(own);
    if (!ok) return false;
    *total = count + of_rest.integer;
    if (by_index) *by_index = known;
    return true;
}

void question_narrow(TableQuestion *q)
{
    const QuestionInside *in = q->inside;
    if (!is_worth(in) || !can_narrow(q)) return;
    Arena    *own = arena_open(0);
    Found    *found = NEW_ARRAY(own, Found, in->table.part_count + 1);
    RowPieces rest = { NEW_ARRAY(own, RowPiece, in->table.part_count + 1), 0 };
    int64_t   count = 0;
    if (find_all(in, own, false, found, &count, &rest)) narrow(q, found, own);
    arena_close(own);
}
