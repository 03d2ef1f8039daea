/* See pyramid.h. A file of cells is blocks of cells, one a tile, then an index of them, then where that is; it is read
   by the machine that wrote it alone, so numbers are as they are in memory. */
#include "data/pyramid.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define FORM          1
#define ROWS_AT_ONCE  65536 /* of a row group of places: what is read at least */
#define CELLS_A_TILE  (TILE_CELLS * TILE_CELLS)
#define CELL_BITS     12 /* of a cell's woven place in its tile */
#define STEP_BITS     24 /* of a step's */
#define PART          "/part"
#define WOVEN_BITS(z) (2 * (TILE_PLACE_BITS - (z)))

typedef struct {
    double   sum;
    uint32_t count, valued, place, unused; /* place: woven, in the tile */
} KeptCell;

typedef struct {
    uint64_t key; /* zoom and woven tile: key_of */
    uint64_t at, cells;
} KeptTile;

typedef struct {
    uint64_t mark, at, tiles; /* the index */
} KeptEnd;
#define MARK 0x31736c6c65437942 /* "ByCells1" */

static uint64_t key_of(int zoom, uint64_t tile)
{
    return (uint64_t)zoom << 56 | tile;
}

/* ---- making ---- */

/* The recipe with the part in its place. */
static Str rows_sql(Arena *a, Str recipe, Str part)
{
    static const char hole[] = "'" PART "'";
    Buf              *sql = buf_open(a);
    for (size_t i = 0; i < recipe.len; i++) {
        if (!str_starts(str_drop(recipe, i), S("'" PART "'"))) {
            buf_put_byte(sql, recipe.at[i]);
            continue;
        }
        sql_text(sql, part);
        i += sizeof hole - 2;
    }
    return buf_str(sql);
}

/* x and y made one number, a step at a time: "code" beside what else there is. */
static Str woven_sql(Arena *a, Str rows)
{
    static const struct {
        int         by;
        const char *mask;
    } steps[] = { { 16, "281470681808895" },
                  { 8, "71777214294589695" },
                  { 4, "1085102592571150095" },
                  { 2, "3689348814741910323" },
                  { 1, "6148914691236517205" } };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        rows = str_format(a,
                          "SELECT * REPLACE ((x | (x << %d)) & %s AS x, (y | (y << %d)) & %s AS y) FROM (%.*s)",
                          steps[i].by, steps[i].mask, steps[i].by, steps[i].mask, STR_ARG(rows));
    return str_format(a, "SELECT x | (y << 1) AS code, * EXCLUDE (x, y) FROM (%.*s)", STR_ARG(rows));
}

static bool places_make(DuckRun *run, Arena *a, Str part, Str recipe, const char *to, Err *err)
{
    Buf *sql = buf_open(a);
    buf_putf(sql, "COPY (%.*s ORDER BY code, c0) TO ", STR_ARG(woven_sql(a, rows_sql(a, recipe, part))));
    sql_text(sql, str_of(to));
    sql_parquet(sql, 0);
    buf_putf(sql, ", ROW_GROUP_SIZE %d)", ROWS_AT_ONCE);
    return duck_do(run, buf_str(sql), err);
}

/* The tile of a zoom that the rows are in now. */
typedef struct {
    uint64_t tile, rows;
    size_t   count;
    KeptCell cells[CELLS_A_TILE];
} OpenTile;

typedef struct {
    FILE     *file;
    uint64_t  at;
    KeptTile *tiles;
    size_t    count, room;
    OpenTile  open[TILE_ZOOM_MAX + 1];
} Writing;

static bool bytes_write(Writing *w, const void *bytes, size_t n, Err *err)
{
    w->at += n;
    return fwrite(bytes, 1, n, w->file) == n || fail_errno(err, "writing cells");
}

static bool tile_end(Writing *w, int zoom, Err *err)
{
    OpenTile *o = &w->open[zoom];
    if (o->rows > PYRAMID_ROWS) {
        if (w->count == w->room) {
            w->room = w->room ? 2 * w->room : 1024;
            w->tiles = realloc(w->tiles, w->room * sizeof *w->tiles);
            if (!w->tiles) memory_end(w->room * sizeof *w->tiles);
        }
        w->tiles[w->count++] = (KeptTile){ key_of(zoom, o->tile), w->at, o->count };
        if (!bytes_write(w, o->cells, o->count * sizeof *o->cells, err)) return false;
    }
    o->rows = o->count = 0;
    return true;
}

/* Rows come by their woven place, so a tile's, and a cell's, come one after the other. */
static bool row_take(Writing *w, uint64_t code, const double *value, Err *err)
{
    for (int zoom = 0; zoom <= TILE_ZOOM_MAX; zoom++) {
        OpenTile *o = &w->open[zoom];
        uint64_t  tile = code >> WOVEN_BITS(zoom);
        uint32_t  place = (uint32_t)(code >> (WOVEN_BITS(zoom) - CELL_BITS)) & (CELLS_A_TILE - 1);
        if (o->rows && o->tile != tile && !tile_end(w, zoom, err)) return false;
        o->tile = tile;
        o->rows++;
        if (!o->count || o->cells[o->count - 1].place != place) o->cells[o->count++] = (KeptCell){ .place = place };
        KeptCell *cell = &o->cells[o->count - 1];
        if (++cell->count == 0) return fail(err, ERR_TOO_BIG, "a part of more than 2^32 rows");
        if (!value) continue;
        cell->valued++;
        cell->sum += *value;
    }
    return true;
}

static int by_key(const void *x, const void *y)
{
    uint64_t p = ((const KeptTile *)x)->key, q = ((const KeptTile *)y)->key;
    return (p > q) - (p < q);
}

static bool cells_write(Writing *w, DuckAnswer *answer, Err *err)
{
    const DuckValue *row;
    while (duck_next(answer, &row, err))
        if (!row_take(w, (uint64_t)row[0].integer,
                      row[1].type == DUCK_NUMBER ? &row[1].number : NULL, err))
            return false;
    if (err->code != ERR_NONE) return false;
    for (int zoom = 0; zoom <= TILE_ZOOM_MAX; zoom++)
        if (!tile_end(w, zoom, err)) return false;
    if (w->count) qsort(w->tiles, w->count, sizeof *w->tiles, by_key);
    KeptEnd end = { MARK, w->at, w->count };
    return bytes_write(w, w->tiles, w->count * sizeof *w->tiles, err) && bytes_write(w, &end, sizeof end, err);
}

static bool cells_make(DuckRun *run, Arena *a, Str part, Str recipe, const char *to, Err *err)
{
    Writing    *w = NEW(a, Writing);
    DuckAnswer *answer;
    Str         sql = str_format(a, "SELECT code, v FROM (%.*s) ORDER BY code",
                                 STR_ARG(woven_sql(a, rows_sql(a, recipe, part))));
    w->file = fopen(to, "wbe");
    if (!w->file) return fail_errno(err, "making %s", to);
    bool ok = duck_ask(run, a, sql, NULL, 0, &answer, err);
    if (ok) {
        ok = cells_write(w, answer, err);
        duck_answer_close(answer);
    }
    if (fclose(w->file) != 0 && ok) ok = fail_errno(err, "writing %s", to);
    free(w->tiles);
    return ok;
}

/* ---- finding ---- */

bool pyramid_find(Beside *beside, Arena *a, const Table *table, size_t kept, const TileColumns *columns, Pyramid *out)
{
    static const int64_t none = 0;
    Str                  part = S(PART);
    Table                one = { .columns = table->columns,
                                 .column_count = table->column_count,
                                 .parts = &part,
                                 .part_count = 1,
                                 .part_rows = &none };
    TableQuestion        source;
    Err                  why = { 0 };
    size_t               n = kept;
    int64_t              rows = 0;
    for (size_t i = 0; table->part_rows && i < n; i++) rows += table->part_rows[i];
    if (rows < PYRAMID_LEAST || !tile_source(a, &one, columns, NULL, 0, &source, &why)) return false;
    BesideKind kinds[] = { { "cells", FORM, source.sql, cells_make }, { "places", FORM, source.sql, places_make } };
    bool       there = true;
    *out = (Pyramid){ .columns = *columns,
                      .count = n,
                      .cells = NEW_ARRAY(a, Str, n + 1),
                      .places = NEW_ARRAY(a, Str, n + 1),
                      .before = NEW_ARRAY(a, int64_t, n + 1),
                      .left = NEW_ARRAY(a, bool, n + 1),
                      .waiting = *table };
    out->waiting.parts += n;
    out->waiting.part_rows += n;
    out->waiting.part_count -= n;
    out->waiting.indexes = NULL;
    for (size_t i = 0; i < n; i++) {
        out->before[i + 1] = out->before[i] + table->part_rows[i];
        for (int k = 0; k < 2; k++)
            there = beside_find(beside, a, table->parts[i], &kinds[k], BESIDE_LATER,
                                k ? &out->places[i] : &out->cells[i], &why) &&
                    there;
    }
    return there;
}

/* ---- cells ---- */

static const KeptTile *tile_find(const char *bytes, size_t size, uint64_t key, bool *whole)
{
    const KeptEnd *end = (const void *)(bytes + size - sizeof *end);
    *whole = end->mark == MARK && end->at <= size - sizeof *end &&
             end->tiles == (size - sizeof *end - end->at) / sizeof(KeptTile);
    if (!*whole || !end->tiles) return NULL;
    const KeptTile *found = bsearch(&(KeptTile){ .key = key }, bytes + end->at, end->tiles, sizeof(KeptTile), by_key);
    if (found) *whole = found->cells <= CELLS_A_TILE && found->at + found->cells * sizeof(KeptCell) <= end->at;
    return *whole ? found : NULL;
}

static void cells_add(Tile *tile, const KeptCell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t x, y;
        tile_unweave(cells[i].place & (CELLS_A_TILE - 1), &x, &y);
        TileCell *to = &tile->cells[y][x];
        to->count += cells[i].count;
        to->valued += cells[i].valued;
        to->sum += cells[i].sum;
        tile->total += cells[i].count;
    }
}

/* What a file of cells tells of a tile. */
typedef enum { TELLS_ALL,  /* its cells, which were added */
               TELLS_ROWS, /* how many rows it has: six zooms above, the tile is a cell */
               TELLS_NOTHING } Tells;

static Tells file_tells(const char *bytes, size_t size, TileAt at, Tile *tile, int64_t *rows, bool *whole)
{
    uint64_t        woven = tile_weave((uint32_t)at.column, (uint32_t)at.row);
    const KeptTile *kept = tile_find(bytes, size, key_of(at.zoom, woven), whole);
    if (kept) cells_add(tile, (const void *)(bytes + kept->at), kept->cells);
    if (kept || !*whole) return TELLS_ALL;
    kept = at.zoom < CELL_BITS / 2 ? NULL
                                   : tile_find(bytes, size, key_of(at.zoom - CELL_BITS / 2, woven >> CELL_BITS), whole);
    if (!kept) return TELLS_NOTHING;
    const KeptCell *cells = (const void *)(bytes + kept->at);
    *rows = 0;
    for (size_t i = 0; i < kept->cells; i++)
        if (cells[i].place == (woven & (CELLS_A_TILE - 1))) *rows = cells[i].count;
    return TELLS_ROWS;
}

static bool file_ask(const char *path, TileAt at, Tile *tile, Tells *tells, int64_t *rows, Err *err)
{
    struct stat st;
    int         fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        fail_errno(err, "reading %s", path);
        if (fd >= 0) close(fd);
        return false;
    }
    size_t size = (size_t)st.st_size;
    void  *bytes = size >= sizeof(KeptEnd) ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED) return fail(err, ERR_STORE, "%s cannot be read", path);
    bool whole;
    *tells = file_tells(bytes, size, at, tile, rows, &whole);
    munmap(bytes, size);
    return whole || fail(err, ERR_STORE, "%s is not as it was written; remove it, and it is made again", path);
}

bool pyramid_cells(Pyramid *p, Arena *a, TileAt at, Tile **out, bool *whole, Err *err)
{
    Tile *tile = NEW(a, Tile);
    *whole = p->waiting.part_count == 0;
    p->expected = 0;
    for (size_t i = 0; i < p->count; i++) {
        Tells   tells = TELLS_NOTHING;
        int64_t rows = 0;
        if (!file_ask(p->cells[i].at, at, tile, &tells, &rows, err)) return false;
        p->left[i] = tells == TELLS_NOTHING || (tells == TELLS_ROWS && rows);
        if (tells == TELLS_NOTHING) p->expected = -1;
        else if (p->expected >= 0) p->expected += rows;
        *whole = *whole && !p->left[i];
    }
    *out = tile;
    return true;
}

/* ---- rows ---- */

/* " FROM the places that are left WHERE code is in the tile" */
static void from_put(Buf *sql, const Pyramid *p, TileAt at)
{
    int      bits = WOVEN_BITS(at.zoom);
    uint64_t first = tile_weave((uint32_t)at.column, (uint32_t)at.row) << bits;
    bool     any = false;
    buf_put_z(sql, " FROM read_parquet([");
    for (size_t i = 0; i < p->count; i++) {
        if (!p->left[i]) continue;
        if (any) buf_put_byte(sql, ',');
        any = true;
        sql_text(sql, p->places[i]);
    }
    buf_putf(sql, "]) WHERE code BETWEEN %llu AND %llu", (unsigned long long)first,
             (unsigned long long)(first + ((uint64_t)1 << bits) - 1));
}

static bool cells_ask(DuckRun *run, Arena *a, const Pyramid *p, TileAt at, Tile *tile, Err *err)
{
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_putf(sql, "SELECT (code >> %d) & %d, count(*), count(v), sum(v)", WOVEN_BITS(at.zoom) - CELL_BITS,
             CELLS_A_TILE - 1);
    from_put(sql, p, at);
    buf_put_z(sql, " GROUP BY 1");
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        uint32_t x, y;
        tile_unweave((uint64_t)row[0].integer, &x, &y);
        tile_cell_add(tile, x, y, &row[1]);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool rows_ask(DuckRun *run, Arena *a, const Pyramid *p, TileAt at, Tile *tile, Err *err)
{
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_putf(sql, "SELECT (code >> %d) & %d AS step, c0 + list_extract([", WOVEN_BITS(at.zoom) - STEP_BITS,
             TILE_EXTENT * TILE_EXTENT - 1);
    const char *between = "";
    for (size_t i = 0; i < p->count; i++) {
        if (!p->left[i]) continue; /* no file of the list is of it */
        buf_putf(sql, "%s%lld", between, (long long)p->before[i]);
        between = ",";
    }
    buf_put_z(sql, "], CAST(file_index AS BIGINT) + 1) AS number");
    for (size_t i = 0; i < p->columns.says_count; i++) buf_putf(sql, ", s%zu", i);
    from_put(sql, p, at);
    buf_put_z(sql, " ORDER BY number");
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        uint32_t x, y;
        tile_unweave((uint64_t)row[0].integer, &x, &y);
        tile_row_add(tile, a, row[1].integer, x, y, &row[2], p->columns.says_count);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

static bool any_left(const Pyramid *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->left[i]) return true;
    return false;
}

bool pyramid_rows(DuckRun *run, Arena *a, const Pyramid *p, TileAt at, Tile *tile, Err *err)
{
    TableQuestion source;
    bool          left = any_left(p), wait = p->waiting.part_count > 0;
    if (wait && (!tile_source(a, &p->waiting, &p->columns, NULL, 0, &source, err) ||
                 !tile_cells_ask(run, a, &source, &p->columns, at, tile, err)))
        return false;
    int64_t expected = p->expected < 0 ? -1 : tile->total + p->expected;
    if (left && (expected < 0 || expected > TILE_ROWS)) {
        if (!cells_ask(run, a, p, at, tile, err)) return false;
    } else {
        tile->total = expected;
    }
    if (!tile->total || tile->total > TILE_ROWS) return true;
    return (!left || rows_ask(run, a, p, at, tile, err)) &&
           (!wait || tile_rows_ask(run, a, &source, &p->columns, at, p->before[p->count], tile, err));
}
