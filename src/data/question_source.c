/* See question_source.h. The engine passes over what a condition on a file's own row numbers excludes, but only
   where it stands directly at the file: so a part that the range cuts is read by itself. */
#include "data/question_source.h"

RowRange rows_asked(const QuestionPair *filters, size_t n)
{
    RowRange range = ROWS_ALL, is = { INT64_MAX, INT64_MIN };
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

/* Parts `from` to before `to`, whose first row has the number `first`. */
static void parts_put(const Table *table, size_t from, size_t to, int64_t first, Buf *sql)
{
    if (from == to) return;
    buf_put_z(sql, " UNION ALL BY NAME SELECT *");
    if (table->part_rows) {
        buf_put_z(sql, ", file_row_number + ");
        if (to - from > 1) buf_put_z(sql, "list_extract([");
        for (size_t i = from; i < to; first += table->part_rows[i++])
            buf_putf(sql, "%s%lld", i > from ? "," : "", (long long)first);
        if (to - from > 1) buf_put_z(sql, "], CAST(file_index AS BIGINT) + 1)");
        buf_put_z(sql, " AS " QUESTION_ROW);
    }
    for (size_t i = from; i < to; i++) {
        buf_put_z(sql, i > from ? "," : " FROM read_parquet([");
        sql_text(sql, table->parts[i]);
    }
    buf_put_z(sql, "], union_by_name=true)");
}

static void numbered_put(const Table *table, RowRange range, Buf *sql)
{
    size_t  from = 0; /* of the parts that wait to be put */
    int64_t first = 1, before = 1;
    for (size_t i = 0; i < table->part_count; i++) {
        int64_t last = before + table->part_rows[i] - 1;
        bool    whole = before >= range.first && last <= range.last, none = last < range.first || before > range.last;
        if (!whole) {
            parts_put(table, from, i, first, sql);
            if (!none) parts_put(table, i, i + 1, before, sql);
            if (!none && before < range.first)
                buf_putf(sql, " WHERE file_row_number >= %lld", (long long)(range.first - before));
            if (!none && last > range.last)
                buf_putf(sql, " %s file_row_number <= %lld", before < range.first ? "AND" : "WHERE",
                         (long long)(range.last - before));
            from = i + 1;
            first = last + 1;
        }
        before = last + 1;
    }
    parts_put(table, from, table->part_count, first, sql);
}

void source_put(const Table *table, RowRange range, Buf *sql)
{
    buf_put_z(sql, "FROM ((SELECT ");
    for (size_t i = 0; i < table->column_count; i++) {
        buf_putf(sql, "CAST(NULL AS %s) AS ", column_type_sql(table->columns[i].type));
        sql_name(sql, table->columns[i].name);
        buf_put_z(sql, ", ");
    }
    buf_put_z(sql, "CAST(NULL AS VARCHAR[]) AS " QUESTION_FLAGS);
    if (table->part_rows) buf_put_z(sql, ", CAST(NULL AS BIGINT) AS " QUESTION_ROW);
    buf_put_z(sql, " WHERE false)");
    if (table->part_rows) numbered_put(table, range, sql);
    else parts_put(table, 0, table->part_count, 1, sql);
    buf_put_z(sql, ") AS t");
}
