/* Equal rows by their hashes: gathered as plain numbers, sorted, looked at beside each other. What is kept of a row is
   sixteen bytes, and what does not fit is done in several passes, each over a share of the hashes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/flag/inside.h"

#define DIGIT_BITS 11
#define DIGITS     ((size_t)1 << DIGIT_BITS)
/* Three digits are sorted by: of a billion hashes few share these 33 bits without being equal. */
#define PREFIX_SHIFT (63 - 3 * DIGIT_BITS)
#define LEAST_ROOM   ((size_t)1 << 16)

typedef struct {
    uint64_t *at, *other; /* `other`: as much room, to sort */
    size_t    n, room;
} Hashes;

static void sort_by_prefix(Hashes *h)
{
    for (int shift = PREFIX_SHIFT; shift < 63; shift += DIGIT_BITS) {
        size_t    place[DIGITS] = { 0 };
        uint64_t *to = h->other;
        for (size_t i = 0; i < h->n; i++) place[h->at[i] >> shift & (DIGITS - 1)]++;
        for (size_t i = 0, sum = 0; i < DIGITS; i++) {
            size_t count = place[i];
            place[i] = sum;
            sum += count;
        }
        for (size_t i = 0; i < h->n; i++) to[place[h->at[i] >> shift & (DIGITS - 1)]++] = h->at[i];
        h->other = h->at;
        h->at = to;
    }
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

static void sort(Hashes *h)
{
    sort_by_prefix(h);
    for (size_t i = 0, end; i < h->n; i = end) {
        bool same = true;
        for (end = i + 1; end < h->n && h->at[end] >> PREFIX_SHIFT == h->at[i] >> PREFIX_SHIFT; end++)
            same = same && h->at[end] == h->at[i];
        if (!same) qsort(h->at + i, end - i, sizeof *h->at, by_value);
    }
}

/* Of sorted hashes: `most` of each stay. */
static void keep(Hashes *h, size_t least, size_t most)
{
    size_t kept = 0;
    for (size_t i = 0, end; i < h->n; i = end) {
        for (end = i + 1; end < h->n && h->at[end] == h->at[i];) end++;
        size_t n = end - i < least ? 0 : end - i < most ? end - i
                                                        : most;
        for (size_t k = 0; k < n; k++) h->at[kept++] = h->at[i];
    }
    h->n = kept;
}

static void make_room(Hashes *h, size_t room)
{
    h->at = realloc(h->at, room * sizeof *h->at);
    if (!h->at) memory_end(room * sizeof *h->at);
    free(h->other);
    h->other = malloc(room * sizeof *h->other);
    if (!h->other) memory_end(room * sizeof *h->other);
    h->room = room;
}

/* Hashes are spread evenly, so only rows that are equal fill the room: of each, two say as much. */
static void put(Hashes *h, const int64_t *hashes, size_t n)
{
    if (h->n + n > h->room) {
        sort(h);
        keep(h, 1, 2);
        if (h->n + n > h->room / 4 * 3) make_room(h, h->room / 2 * 3 + n);
    }
    memcpy(h->at + h->n, hashes, n * sizeof *hashes);
    h->n += n;
}

static bool gather(Whole *w, Str sql, Hashes *h)
{
    Arena      *a = arena_open((size_t)1 << 40);
    DuckAnswer *answer;
    DuckVector  column;
    size_t      n;
    bool        ok = duck_ask_vectors(w->run, a, sql, NULL, 0, &answer, w->err);
    while (ok && duck_next_vectors(answer, &n, &column, w->err)) put(h, column.data, n);
    ok = ok && w->err->code == ERR_NONE;
    arena_close(a);
    return ok;
}

static bool pass(Whole *w, Str hash, Str where, size_t number, size_t passes, Hashes *h)
{
    Buf *sql = buf_open(w->a);
    buf_putf(sql, "SELECT CAST(h >> 1 AS BIGINT) FROM (SELECT %.*s AS h FROM %.*s%s%.*s)", STR_ARG(hash),
             STR_ARG(w->table), where.len ? " WHERE " : "", STR_ARG(where));
    if (passes > 1) buf_putf(sql, " WHERE h %% %zu = %zu", passes, number);
    h->n = 0;
    if (!gather(w, buf_str(sql), h)) return false;
    sort(h);
    keep(h, 2, 1);
    return duck_append_integers(w->run, "flags_repeated", (const int64_t *)h->at, h->n, w->err);
}

bool flag_equal(Whole *w, Str hash, Str where, bool *any)
{
    uint64_t fitting = w->part->memory_bytes / (2 * sizeof(uint64_t)), rows = w->rows;
    size_t   room = fitting > LEAST_ROOM ? fitting : LEAST_ROOM, passes = rows / (room / 10 * 9) + 1;
    Hashes   h = { 0 };
    *any = false;
    make_room(&h, rows + 1 < room ? rows + 1 : room);
    bool ok = duck_do(w->run, S("CREATE OR REPLACE TEMP TABLE flags_repeated (h BIGINT)"), w->err);
    for (size_t i = 0; ok && i < passes; i++) {
        ok = pass(w, hash, where, i, passes, &h);
        *any = *any || h.n > 0;
    }
    free(h.at);
    free(h.other);
    return ok;
}
