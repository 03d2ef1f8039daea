/* Making the index of a part: the values of each column first, then the rows once in the order of the file. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/hash.h"
#include "data/part_index_inside.h"
#include "data/question.h"

#define SAMPLE_ROWS  "150000"
#define VALUES_BYTES ((size_t)16 << 20) /* of all texts of a column together */

typedef struct {
    Str       name, sql;
    ValueType type;
    size_t    n;
    int64_t  *integers; /* sorted, of these three the one of its type */
    double   *doubles;
    Str      *texts;
    uint32_t *slots; /* an open table from values to their numbers; 0: free */
    uint32_t  mask;
    uint16_t *codes; /* of the rows of the block */
    uint32_t *directory;
    uint32_t  sum_of_slices;
    int       slices;
} Making; /* a column */

typedef struct {
    Arena   *a;
    Str      from; /* "FROM read_parquet('…'" */
    Making  *columns;
    size_t   n;
    FILE    *file;
    uint64_t at, rows;
    size_t   blocks;
    bool     wrong; /* errno of a write that failed */
    int      why;
} Work;

/* ---- which columns ---- */

static bool type_of(Str name, Str sql, ValueType *out)
{
    static const struct {
        const char *sql;
        ValueType   type;
    } types[] = {
        { "BOOLEAN", VALUE_BOOLEAN },
        { "TINYINT", VALUE_INTEGER },
        { "SMALLINT", VALUE_INTEGER },
        { "INTEGER", VALUE_INTEGER },
        { "BIGINT", VALUE_INTEGER },
        { "UTINYINT", VALUE_INTEGER },
        { "USMALLINT", VALUE_INTEGER },
        { "UINTEGER", VALUE_INTEGER },
        { "DOUBLE", VALUE_DOUBLE },
        { "FLOAT", VALUE_DOUBLE },
        { "VARCHAR", VALUE_TEXT },
        { "DATE", VALUE_DATE },
        { "TIME", VALUE_TIME },
        { "TIMESTAMP", VALUE_STAMP },
    };
    *out = VALUE_FLAGS;
    if (str_eq_z(name, QUESTION_FLAGS)) return str_eq_z(sql, "LIST");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        *out = types[i].type;
        if (str_eq_z(sql, types[i].sql)) return true;
    }
    return false;
}

static bool columns_list(DuckRun *run, Work *w, Err *err)
{
    DuckAnswer *answer;
    if (!duck_ask(run, w->a, str_format(w->a, "SELECT * %.*s) LIMIT 0", STR_ARG(w->from)), NULL, 0, &answer, err))
        return false;
    size_t n = duck_column_count(answer);
    w->columns = NEW_ARRAY(w->a, Making, n + 1);
    for (size_t i = 0; i < n && w->n < INDEX_COLUMNS; i++) {
        Making *m = &w->columns[w->n];
        Buf    *sql = buf_open(w->a);
        m->name = str_copy(w->a, duck_column_name(answer, i));
        if (!type_of(m->name, duck_column_sql_type(answer, i), &m->type)) continue;
        if (m->type == VALUE_FLAGS) buf_put_z(sql, "nullif(array_to_string(");
        sql_name(sql, m->name);
        if (m->type == VALUE_FLAGS) buf_put_z(sql, ", ';'), '')");
        m->sql = buf_str(sql);
        w->n++;
    }
    duck_answer_close(answer);
    return true;
}

/* Those leave that have too many values among the first rows: others are cheap to be looked at whole. */
static bool columns_sample(DuckRun *run, Work *w, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Buf             *sql = buf_open(w->a);
    size_t           kept = 0;
    buf_put_z(sql, "SELECT ");
    for (size_t i = 0; i < w->n; i++) buf_putf(sql, "%scount(DISTINCT c%zu)", i ? ", " : "", i);
    buf_put_z(sql, " FROM (SELECT ");
    for (size_t i = 0; i < w->n; i++) buf_putf(sql, "%s%.*s AS c%zu", i ? ", " : "", STR_ARG(w->columns[i].sql), i);
    buf_putf(sql, " %.*s) LIMIT " SAMPLE_ROWS ") t", STR_ARG(w->from));
    if (!w->n) return true;
    if (!duck_ask(run, w->a, buf_str(sql), NULL, 0, &answer, err)) return false;
    bool ok = duck_next(answer, &row, err);
    for (size_t i = 0; ok && i < w->n; i++)
        if (row[i].integer <= INDEX_DISTINCT_MAX) w->columns[kept++] = w->columns[i];
    w->n = kept;
    duck_answer_close(answer);
    return ok;
}

/* ---- values ---- */

static int order_integers(const void *x, const void *y)
{
    return (*(const int64_t *)x > *(const int64_t *)y) - (*(const int64_t *)x < *(const int64_t *)y);
}

static int order_numbers(const void *x, const void *y)
{
    return order_doubles(*(const double *)x, *(const double *)y);
}

static int order_texts(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

static int64_t integer_at(const DuckVector *v, size_t row)
{
    switch (v->type) {
    case DUCK_VECTOR_BOOL: return ((const bool *)v->data)[row];
    case DUCK_VECTOR_INT32:
    case DUCK_VECTOR_DATE: return ((const int32_t *)v->data)[row];
    default: return ((const int64_t *)v->data)[row];
    }
}

static double double_at(const DuckVector *v, size_t row)
{
    double x = ((const double *)v->data)[row];
    return x == 0 ? 0 : x != x ? (double)NAN
                               : x; /* -0 is 0 */
}

static bool is_text(const Making *m)
{
    return m->type == VALUE_TEXT || m->type == VALUE_FLAGS;
}

/* All values of the column, sorted; `*few` false when there are too many. */
static bool values_read(DuckRun *run, Work *w, Making *m, bool *few, Err *err)
{
    DuckAnswer *answer;
    DuckVector  v;
    size_t      rows, bytes = 0;
    Str         sql = str_format(w->a, "SELECT DISTINCT %.*s AS c %.*s) WHERE c IS NOT NULL LIMIT %d", STR_ARG(m->sql),
                                 STR_ARG(w->from), INDEX_DISTINCT_MAX + 1);
    if (is_text(m)) m->texts = NEW_ARRAY(w->a, Str, INDEX_DISTINCT_MAX);
    else m->integers = NEW_ARRAY(w->a, int64_t, INDEX_DISTINCT_MAX);
    m->doubles = (double *)m->integers;
    *few = true;
    if (!duck_ask_vectors(run, w->a, sql, NULL, 0, &answer, err)) return false;
    while (*few && duck_next_vectors(answer, &rows, &v, err)) {
        *few = m->n + rows <= INDEX_DISTINCT_MAX && bytes <= VALUES_BYTES;
        for (size_t i = 0; *few && i < rows; i++, m->n++) {
            if (is_text(m)) m->texts[m->n] = str_copy(w->a, duck_text(&v, i)), bytes += m->texts[m->n].len;
            else if (m->type == VALUE_DOUBLE) m->doubles[m->n] = double_at(&v, i);
            else m->integers[m->n] = integer_at(&v, i);
        }
    }
    duck_answer_close(answer);
    if (err->code != ERR_NONE) return false;
    if (is_text(m)) qsort(m->texts, m->n, sizeof *m->texts, order_texts);
    else if (m->type == VALUE_DOUBLE) qsort(m->doubles, m->n, sizeof *m->doubles, order_numbers);
    else qsort(m->integers, m->n, sizeof *m->integers, order_integers);
    return true;
}

static bool values_all(DuckRun *run, Work *w, Err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->n; i++) {
        bool few;
        if (!values_read(run, w, &w->columns[i], &few, err)) return false;
        if (few) w->columns[kept++] = w->columns[i];
    }
    w->n = kept;
    return true;
}

/* ---- from values to numbers ---- */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static uint64_t hash_text(Str s)
{
    uint64_t hash = s.len, word;
    for (; s.len >= 8; s = str_drop(s, 8)) {
        memcpy(&word, s.at, 8);
        hash = mix(hash ^ word);
    }
    word = 0;
    if (s.len) memcpy(&word, s.at, s.len);
    return mix(hash ^ word);
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint64_t hash_value(const Making *m, size_t i)
{
    return is_text(m) ? hash_text(m->texts[i]) : mix((uint64_t)m->integers[i]);
}

static void slots_fill(Arena *a, Making *m)
{
    uint32_t room = 16;
    while (room < 3 * m->n) room *= 2;
    m->slots = NEW_ARRAY(a, uint32_t, room);
    m->mask = room - 1;
    for (size_t i = 0; i < m->n; i++) {
        uint32_t at = (uint32_t)hash_value(m, i) & m->mask;
        while (m->slots[at]) at = (at + 1) & m->mask;
        m->slots[at] = (uint32_t)i + 1;
    }
}

/* 0 when it is none of them, which cannot be. */
static uint16_t number_of_text(const Making *m, Str text)
{
    uint32_t at = (uint32_t)hash_text(text) & m->mask, number;
    while ((number = m->slots[at]) && !str_eq(m->texts[number - 1], text)) at = (at + 1) & m->mask;
    return (uint16_t)number;
}

static uint16_t number_of_bits(const Making *m, uint64_t bits)
{
    uint32_t at = (uint32_t)mix(bits) & m->mask, number;
    while ((number = m->slots[at]) && (uint64_t)m->integers[number - 1] != bits) at = (at + 1) & m->mask;
    return (uint16_t)number;
}

static void codes_put(Making *m, const DuckVector *v, size_t from, size_t rows, size_t at)
{
    for (size_t i = 0; i < rows; i++) {
        uint16_t number = 0;
        if (!duck_has(v, from + i)) number = 0;
        else if (is_text(m)) number = number_of_text(m, duck_text(v, from + i));
        else if (m->type == VALUE_DOUBLE) number = number_of_bits(m, bits_of(double_at(v, from + i)));
        else number = number_of_bits(m, (uint64_t)integer_at(v, from + i));
        m->codes[at + i] = number;
    }
}

/* ---- the file ---- */

static void put(Work *w, const void *bytes, size_t n)
{
    if (n && !w->wrong && (fault_hits(FAULT_FILE_WRITE) || fwrite(bytes, 1, n, w->file) != n)) {
        w->wrong = true;
        w->why = errno;
    }
    w->at += n;
}

static void put_to_word(Work *w)
{
    static const char none[8];
    put(w, none, (8 - w->at % 8) % 8);
}

static void slice_put(Work *w, Making *m, int slice, size_t block, size_t rows)
{
    uint64_t words[BLOCK_WORDS] = { 0 }, any = 0, all = UINT64_MAX;
    for (size_t i = 0; i < rows; i++) words[i / 64] |= (uint64_t)(m->codes[i] >> slice & 1) << (i % 64);
    for (size_t i = 0; i * 64 < rows; i++) {
        uint64_t full = rows - i * 64 >= 64 ? UINT64_MAX : (UINT64_C(1) << (rows % 64)) - 1;
        any |= words[i];
        all &= words[i] | ~full;
    }
    uint32_t where = !any ? SLICE_ZEROS : all == UINT64_MAX ? SLICE_ONES
                                                            : (uint32_t)(w->at / 8);
    m->directory[block * (size_t)m->slices + (size_t)slice] = where;
    if (where <= SLICE_ONES) return;
    m->sum_of_slices = sum_on(m->sum_of_slices, crc32_of(words, sizeof words));
    put(w, words, sizeof words);
}

static void block_put(Work *w, size_t block, size_t rows)
{
    for (size_t i = 0; i < w->n; i++)
        for (int slice = 0; slice < w->columns[i].slices; slice++) slice_put(w, &w->columns[i], slice, block, rows);
}

static bool rows_put(DuckRun *run, Work *w, Err *err)
{
    DuckAnswer *answer;
    Buf        *sql = buf_open(w->a);
    DuckVector *v = NEW_ARRAY(w->a, DuckVector, w->n + 1);
    size_t      rows;
    uint64_t    row = 0;
    buf_put_z(sql, "SELECT ");
    for (size_t i = 0; i < w->n; i++) buf_putf(sql, "%.*s AS c%zu, ", STR_ARG(w->columns[i].sql), i);
    buf_putf(sql, "file_row_number %.*s)", STR_ARG(w->from));
    if (!duck_ask_vectors(run, w->a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next_vectors(answer, &rows, v, err)) {
        bool in_order = integer_at(&v[w->n], 0) == (int64_t)row &&
                        integer_at(&v[w->n], rows - 1) == (int64_t)(row + rows - 1);
        if (!in_order) fail(err, ERR_INTERNAL, "the rows of the part do not come in their order");
        if (!in_order || w->wrong) break;
        for (size_t done = 0; done < rows;) {
            size_t at = row % INDEX_BLOCK_ROWS, some = rows - done;
            if (some > INDEX_BLOCK_ROWS - at) some = INDEX_BLOCK_ROWS - at;
            for (size_t i = 0; i < w->n; i++) codes_put(&w->columns[i], &v[i], done, some, at);
            done += some;
            row += some;
            if (row % INDEX_BLOCK_ROWS == 0) block_put(w, (size_t)(row / INDEX_BLOCK_ROWS) - 1, INDEX_BLOCK_ROWS);
        }
    }
    duck_answer_close(answer);
    if (err->code != ERR_NONE || w->wrong) return err->code == ERR_NONE; /* write_file tells of what is wrong */
    if (row % INDEX_BLOCK_ROWS) block_put(w, (size_t)(row / INDEX_BLOCK_ROWS), row % INDEX_BLOCK_ROWS);
    return row == w->rows || fail(err, ERR_INTERNAL, "the part has not as many rows as it says");
}

static void texts_put(Work *w, const Making *m, uint32_t *sum)
{
    uint64_t *offsets = NEW_ARRAY(w->a, uint64_t, m->n + 1);
    for (size_t i = 0; i < m->n; i++) offsets[i + 1] = offsets[i] + m->texts[i].len;
    put(w, offsets, (m->n + 1) * 8);
    *sum = sum_on(*sum, crc32_of(offsets, (m->n + 1) * 8));
    for (size_t i = 0; i < m->n; i++) {
        put(w, m->texts[i].at, m->texts[i].len);
        *sum = sum_on(*sum, crc32_of(m->texts[i].at, m->texts[i].len));
    }
}

static void column_put(Work *w, const Making *m, IndexColumn *out)
{
    size_t directory = w->blocks * (size_t)m->slices * sizeof *m->directory;
    *out = (IndexColumn){ .name_at = w->at,
                          .name_len = m->name.len,
                          .type = m->type,
                          .slices = (uint32_t)m->slices,
                          .values = (uint32_t)m->n,
                          .sum_of_slices = m->sum_of_slices };
    put(w, m->name.at, m->name.len);
    put_to_word(w);
    out->values_at = w->at;
    if (is_text(m)) {
        texts_put(w, m, &out->sum_of_values);
    } else {
        put(w, m->integers, m->n * 8);
        out->sum_of_values = sum_on(0, crc32_of(m->integers, m->n * 8));
    }
    out->values_len = w->at - out->values_at;
    put_to_word(w);
    out->directory_at = w->at;
    put(w, m->directory, directory);
    put_to_word(w);
    out->sum_of_values = sum_on(out->sum_of_values, crc32_of(m->directory, directory));
}

static void end_put(Work *w)
{
    IndexColumn *columns = NEW_ARRAY(w->a, IndexColumn, w->n + 1);
    IndexEnd     end = { .rows = w->rows, .columns = (uint32_t)w->n, .mark = INDEX_MARK };
    for (size_t i = 0; i < w->n; i++) column_put(w, &w->columns[i], &columns[i]);
    end.columns_at = w->at;
    put(w, columns, w->n * sizeof *columns);
    end.sum = sum_on(crc32_of(columns, w->n * sizeof *columns), crc32_of(&end, offsetof(IndexEnd, sum)));
    put(w, &end, sizeof end);
}

static void columns_ready(Work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        Making *m = &w->columns[i];
        while (m->n >> m->slices) m->slices++;
        m->codes = NEW_ARRAY(w->a, uint16_t, INDEX_BLOCK_ROWS);
        m->directory = NEW_ARRAY(w->a, uint32_t, w->blocks * (size_t)m->slices + 1);
        slots_fill(w->a, m);
    }
}

static bool write_file(DuckRun *run, Work *w, const char *to, Err *err)
{
    w->file = fopen(to, "wxe");
    if (!w->file) return fail_errno(err, "writing %s", to);
    put(w, INDEX_MARK, 16);
    bool ok = rows_put(run, w, err);
    if (ok) end_put(w);
    if (fclose(w->file) != 0 && !w->wrong) w->wrong = true, w->why = errno;
    if (!w->wrong) return ok;
    errno = w->why;
    return fail_errno(err, "writing %s", to);
}

static bool index_make(DuckRun *run, Arena *a, Str part, Str recipe, const char *to, Err *err)
{
    (void)recipe;
    Arena    *own = arena_open((size_t)1 << 30);
    Work      w = { .a = own };
    Buf      *from = buf_open(a);
    DuckValue rows;
    buf_put_z(from, "FROM read_parquet(");
    sql_text(from, part);
    w.from = buf_str(from);
    bool ok = duck_ask_one(run, own, str_format(own, "SELECT count(*) %.*s)", STR_ARG(w.from)), NULL, 0, &rows, err) &&
              columns_list(run, &w, err) && columns_sample(run, &w, err) && values_all(run, &w, err);
    if (ok) {
        w.rows = (uint64_t)rows.integer;
        w.blocks = blocks_of(w.rows);
        columns_ready(&w);
        ok = write_file(run, &w, to, err);
    }
    arena_close(own);
    return ok;
}

const BesideKind part_index_kind = { .kind = "index", .form = 1, .make = index_make };
