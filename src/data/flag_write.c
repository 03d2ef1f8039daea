/* The rows of each flag, from the table flags_found into the column `_flags` of the part. */
#include <inttypes.h>
#include <unistd.h>

#include "data/flag_inside.h"
#include "data/parquet_splice.h"

#define BIT "get_bit(getvariable('flag_%s'), CAST(file_row_number AS INTEGER)) = 1"

/* The rows of each flag as bits, and of all together. A join, or IN, would let row groups change their order. */
static bool bits_make(Whole *w, const bool *any)
{
    Buf *sql = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++)
        if (any[i])
            buf_putf(sql,
                     "SET VARIABLE flag_%d = (SELECT bitstring_agg(row, 0, %" PRIu64
                     ") FROM flags_found WHERE flag = '%s');",
                     i, w->rows - 1, flag_name((Flag)i));
    buf_putf(sql, "SET VARIABLE flag_any = (SELECT bitstring_agg(row, 0, %" PRIu64 ") FROM flags_found);",
             w->rows - 1);
    return duck_do(w->run, buf_str(sql), w->err);
}

static bool bits_drop(Whole *w, const bool *any)
{
    Buf *sql = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++)
        if (any[i]) buf_putf(sql, "RESET VARIABLE flag_%d;", i);
    buf_put_z(sql, "RESET VARIABLE flag_any");
    return duck_do(w->run, buf_str(sql), w->err);
}

/* The column alone, in the row groups of the part: a row group is read as one piece, and each piece written as one. */
static bool write_column(Whole *w, const bool *any)
{
    Buf *sql = buf_open(w->a), *names = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++) {
        if (!any[i]) continue;
        buf_putf(names, "%sCASE WHEN " BIT " THEN '%s' END", names->len ? ", " : "",
                 str_format(w->a, "%d", i).at, flag_name((Flag)i));
    }
    buf_putf(sql,
             "COPY (SELECT CASE WHEN " BIT " THEN list_concat(_flags, list_filter([%s], lambda f: f IS NOT NULL)) ELSE "
             "_flags END AS _flags FROM %.*s) TO ",
             "any", names->at, STR_ARG(w->table));
    sql_text(sql, w->part->temporary);
    buf_put_z(sql, " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 0)");
    return duck_do(w->run, buf_str(sql), w->err);
}

static bool flags_any(Whole *w, bool *any, bool *some)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Flag             flag;
    *some = false;
    if (!duck_ask(w->run, w->a, S("SELECT DISTINCT flag FROM flags_found"), NULL, 0, &answer, w->err))
        return false;
    while (duck_next(answer, &row, w->err))
        if (flag_find(row[0].text, &flag)) *some = any[flag] = true;
    duck_answer_close(answer);
    return w->err->code == ERR_NONE;
}

bool flag_write(Whole *w, bool *written)
{
    bool any[FLAGS] = { false };
    if (!flags_any(w, any, written)) return false;
    if (!*written) return true;
    bool ok = bits_make(w, any) && write_column(w, any) && bits_drop(w, any) &&
              parquet_splice(str_z(w->a, w->part->path), str_z(w->a, w->part->temporary), w->err);
    unlink(str_z(w->a, w->part->temporary));
    return ok;
}
