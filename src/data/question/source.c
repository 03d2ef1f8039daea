/* See question_source.h. The engine passes over what a condition on a file's own row numbers excludes, but only
   where it stands directly at the file: so a piece of a part is read by itself. */
#include "data/column_sql.h"
#include "data/question_source.h"

typedef struct {
    int64_t first, last; /* numbers of rows, both in it */
} RowRange;

static RowRange range_asked(const QuestionPair *filters, size_t n)
{
    RowRange range = { INT64_MIN, INT64_MAX }, is = { INT64_MAX, INT64_MIN };
    int64_t  number;
    for (size_t i = 0; i < n; i++) {
        if (!str_to_i64(filters[i].value, &number)) continue;
        if (str_eq_z(filters[i].name, QUESTION_ROW ".min") && number > range.first) range.first = number;
        if (str_eq_z(filters[i].name, QUESTION_ROW ".max") && number < range.last) range.last = number;
        if (!str_eq_z(filters[i].name, QUESTION_ROW)) continue;
        if (number < is.first) is.first = number; /* any of them */
        if (number > is.last) is.last = number;
    }
    if (is.first > is.last) return range;
    if (is.first > range.first) range.first = is.first;
    if (is.last < range.last) range.last = is.last;
    return range;
}

RowPieces pieces_asked(Arena *a, const Table *table, const QuestionPair *filters, size_t n)
{
    RowPieces pieces = { NEW_ARRAY(a, RowPiece, table->part_count + 1), 0 };
    RowRange  range = table->part_rows ? range_asked(filters, n) : (RowRange){ INT64_MIN, INT64_MAX };
    int64_t   before = 1;
    for (size_t i = 0; i < table->part_count; i++) {
        RowPiece piece = ROW_PIECE_WHOLE(i);
        int64_t  last = table->part_rows ? before + table->part_rows[i] - 1 : before;
        if (before < range.first) piece.first = range.first - before;
        if (last > range.last) piece.last = range.last - before;
        if (last >= range.first && before <= range.last && table->part_rows) pieces.at[pieces.n++] = piece;
        if (!table->part_rows) pieces.at[pieces.n++] = piece;
        before = last + 1;
    }
    return pieces;
}

static bool is_whole(const RowPiece *piece)
{
    return piece->first == 0 && piece->last == INT64_MAX;
}

static int64_t number_of_first(const Table *table, size_t part)
{
    int64_t number = 1;
    for (size_t i = 0; i < part; i++) number += table->part_rows[i];
    return number;
}

/* Pieces of one file, or several whole files that are read as one. */
static void files_put(const Table *table, const RowPiece *pieces, size_t n, Buf *sql)
{
    buf_put_z(sql, " UNION ALL BY NAME SELECT *");
    if (table->part_rows) {
        buf_put_z(sql, ", file_row_number + ");
        int64_t number = number_of_first(table, pieces[0].part);
        if (n > 1) buf_put_z(sql, "list_extract([");
        for (size_t i = 0; i < n; i++) {
            if (i && pieces[i].part == pieces[i - 1].part + 1) number += table->part_rows[pieces[i - 1].part];
            else if (i) number = number_of_first(table, pieces[i].part);
            buf_putf(sql, "%s%lld", i ? "," : "", (long long)number);
        }
        if (n > 1) buf_put_z(sql, "], CAST(file_index AS BIGINT) + 1)");
        buf_put_z(sql, " AS " QUESTION_ROW);
    }
    for (size_t i = 0; i < n; i++) {
        buf_put_z(sql, i ? "," : " FROM read_parquet([");
        sql_text(sql, table->parts[pieces[i].part]);
    }
    buf_put_z(sql, "], union_by_name=true)");
    const char *before = " WHERE";
    if (pieces->first > 0) {
        buf_putf(sql, "%s file_row_number >= %lld", before, (long long)pieces->first);
        before = " AND";
    }
    if (pieces->last != INT64_MAX) buf_putf(sql, "%s file_row_number <= %lld", before, (long long)pieces->last);
}

static void pieces_put(const Table *table, const RowPiece *pieces, size_t n, Buf *sql)
{
    for (size_t i = 0, some; i < n; i += some) {
        for (some = 1; i + some < n && is_whole(&pieces[i]) && is_whole(&pieces[i + some]);) some++;
        files_put(table, pieces + i, some, sql);
    }
}

void source_put(const Table *table, const RowPieces *pieces, Buf *sql)
{
    buf_put_z(sql, "FROM (SELECT ");
    columns_typed_put(table->columns, table->column_count, sql);
    buf_put_z(sql, QUESTION_FLAGS);
    if (table->part_rows) buf_put_z(sql, ", " QUESTION_ROW);
    buf_put_z(sql, " FROM ((SELECT ");
    columns_none_put(table->columns, table->column_count, sql);
    buf_put_z(sql, "CAST(NULL AS VARCHAR[]) AS " QUESTION_FLAGS);
    if (table->part_rows) buf_put_z(sql, ", CAST(NULL AS BIGINT) AS " QUESTION_ROW);
    buf_put_z(sql, " WHERE false)");
    Arena    *a = arena_open(0);
    RowPieces all = pieces ? *pieces : pieces_asked(a, table, NULL, 0);
    pieces_put(table, all.at, all.n, sql);
    arena_close(a);
    buf_put_z(sql, ")) AS t");
}
