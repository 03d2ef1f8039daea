/* The rows of each flag, from the table flags_found into the column `_flags` of the part. A join, or IN, would let row
   groups change their order, and a constant of SQL is copied for every two thousand rows: the rows are kept as bits
   here, and the function flag_bits tells the engine of them. */
#include <pthread.h>
#include <unistd.h>

#include "data/flag/inside.h"
#include "data/parquet_splice.h"

typedef struct Found Found;
struct Found {
    Found    *next;
    Str       part;        /* path of the temporary file, by which flag_bits finds it */
    uint64_t  rows;        /* of the part */
    uint64_t *any;         /* a bit a row: whether it has any */
    uint64_t *bits[FLAGS]; /* NULL: no row has it */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Found          *all; /* of the parts that are being written now */

static void found_add(Found *f)
{
    pthread_mutex_lock(&lock);
    f->next = all;
    all = f;
    pthread_mutex_unlock(&lock);
}

static void found_remove(Found *f)
{
    pthread_mutex_lock(&lock);
    Found **at = &all;
    while (*at != f) at = &(*at)->next;
    *at = f->next;
    pthread_mutex_unlock(&lock);
}

/* It stays until the engine has written the column, so whoever asks may use it. */
static const Found *found_of(Str part)
{
    pthread_mutex_lock(&lock);
    const Found *f = all;
    while (f && !str_eq(f->part, part)) f = f->next;
    pthread_mutex_unlock(&lock);
    return f;
}

static bool has_bit(const uint64_t *bits, uint64_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

_Static_assert(FLAGS <= 31, "the flags of a row are the bits of an int32_t");

void flag_bits(const double *row, const double *none, const Str *part, size_t n, int32_t *out)
{
    const Found *f = n ? found_of(part[0]) : NULL;
    (void)none;
    for (size_t i = 0; i < n; i++) {
        uint64_t at = (uint64_t)row[i];
        out[i] = 0;
        if (!f || at >= f->rows || !has_bit(f->any, at)) continue;
        for (int flag = 0; flag < FLAGS; flag++)
            if (f->bits[flag] && has_bit(f->bits[flag], at)) out[i] |= 1 << flag;
    }
}

static bool read_rows(Whole *w, Flag flag, Found *f)
{
    DuckAnswer *answer;
    DuckVector  rows;
    size_t      n, words = (size_t)(w->rows / 64 + 1);
    uint64_t   *bits = NEW_ARRAY(w->a, uint64_t, words);
    Str         sql = str_format(w->a, "SELECT row FROM flags_found WHERE flag = '%s'", flag_name(flag));
    if (!duck_ask_vectors(w->run, w->a, sql, NULL, 0, &answer, w->err)) return false;
    while (duck_next_vectors(answer, &n, &rows, w->err))
        for (size_t i = 0; i < n; i++) {
            uint64_t row = (uint64_t)((const int64_t *)rows.data)[i];
            bits[row / 64] |= UINT64_C(1) << (row % 64);
        }
    duck_answer_close(answer);
    for (size_t i = 0; i < words; i++) f->any[i] |= bits[i];
    f->bits[flag] = bits;
    return w->err->code == ERR_NONE;
}

/* The column alone, in the row groups of the part: a row group is read as one piece, and each piece written as one. */
static bool write_column(Whole *w, const Found *f)
{
    Buf *sql = buf_open(w->a);
    buf_put_z(sql, "COPY (SELECT CASE WHEN found = 0 THEN _flags ELSE list_concat(_flags, list_filter([");
    const char *comma = "";
    for (int flag = 0; flag < FLAGS; flag++) {
        if (!f->bits[flag]) continue;
        buf_putf(sql, "%sCASE WHEN found & %d <> 0 THEN '%s' END", comma, 1 << flag, flag_name((Flag)flag));
        comma = ", ";
    }
    buf_put_z(sql, "], lambda f: f IS NOT NULL)) END AS _flags FROM (SELECT _flags, flag_bits(CAST(file_row_number AS "
                   "DOUBLE), 0::DOUBLE, ");
    sql_text(sql, f->part);
    buf_putf(sql, ") AS found FROM %.*s)) TO ", STR_ARG(w->table));
    sql_text(sql, f->part);
    sql_parquet(sql, 0);
    buf_put_z(sql, ", ROW_GROUP_SIZE 0)");
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

bool flag_write(Whole *w)
{
    bool any[FLAGS] = { false };
    if (!flags_any(w, any, &w->out->written)) return false;
    if (!w->out->written) return true;
    Found f = { .part = w->part->temporary, .rows = w->rows };
    f.any = NEW_ARRAY(w->a, uint64_t, w->rows / 64 + 1);
    for (int flag = 0; flag < FLAGS; flag++)
        if (any[flag] && !read_rows(w, (Flag)flag, &f)) return false;
    found_add(&f);
    bool ok = write_column(w, &f);
    found_remove(&f);
    ok = ok && parquet_splice(str_z(w->a, w->part->path), str_z(w->a, w->part->temporary), w->err);
    unlink(str_z(w->a, w->part->temporary));
    return ok;
}
