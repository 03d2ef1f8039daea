/* See generalise.h. One SELECT a part: rows with a mark for each term that holds, a layer for each term, and at
   the end what tells of them. */
#include "data/generalise.h"

#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/hash.h"
#include "data/column_sql.h"
#include "data/earth.h"
#include "data/generalised.h"
#include "data/geometry.h"
#include "store/files.h"

#define TURNS                2 /* a part that was removed while it was made is made again */
#define UNCERTAINTY          "coordinateUncertaintyInMeters"
#define GENERALIZATIONS      "dataGeneralizations"
#define INFORMATION_WITHHELD "informationWithheld"

typedef struct {
    const Restriction *of;
    const Column     **columns; /* of the table */
    size_t             n;
    const Column      *rule;
    bool               changed; /* one of these columns has another type than in the newest version */
} Holding;                      /* a restriction, found in the table */

typedef struct {
    Arena       *arena;
    const Table *table;
    Holding     *holdings;
    size_t       n;
    Str          terms; /* generalised_terms */
    bool         gone;  /* the newest version does not have the part */
} Recipe;

static bool is_among(const Str *list, size_t n, Str text)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], text)) return true;
    return false;
}

static bool is_same(const Column *column, Str name, const Column *now)
{
    if (str_eq(column->name, name) || is_among(column->from, column->from_count, name)) return true;
    if (!now) return false;
    bool place = now->role == ROLE_OF_LATITUDE || now->role == ROLE_OF_LONGITUDE;
    return is_among(now->from, now->from_count, column->name) || (place && column->role == now->role);
}

/* All columns of the table that are the one the term names. */
static bool columns_named(Holding *h, const Table *table, Str name, const Column *now, Err *err)
{
    size_t before = h->n;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!is_same(&table->columns[i], name, now)) continue;
        h->columns[h->n++] = &table->columns[i];
        h->changed = h->changed || !now || now->type != table->columns[i].type;
    }
    return h->n > before || fail(err, ERR_INVALID,
                                 "/terms: no column \"%.*s\" in this version of the dataset; its rows are shown to "
                                 "nobody whom the terms restrict until its owner has corrected them",
                                 STR_ARG(name));
}

static bool is_place(const Column *column)
{
    return column->role == ROLE_OF_LATITUDE || column->role == ROLE_OF_LONGITUDE;
}

static bool hold(Arena *a, const Restriction *r, const Table *table, const Column *now, size_t now_count, Holding *h,
                 Err *err)
{
    bool          placed = false;
    const Column *geometry = geometry_column(table->columns, table->column_count);
    *h = (Holding){ .of = r,
                    .columns = NEW_ARRAY(a, const Column *, (r->column_count + 1) * (table->column_count + 1)) };
    for (size_t i = 0; i < r->column_count; i++)
        if (!columns_named(h, table, r->columns[i], columns_find(now, now_count, r->columns[i]), err)) return false;
    for (size_t i = 0; i < h->n; i++) placed = placed || is_place(h->columns[i]);
    if (placed && geometry) h->columns[h->n++] = geometry;
    if (!r->rule.len) return true;
    Holding rule = { .columns = NEW_ARRAY(a, const Column *, table->column_count + 1) };
    if (!columns_named(&rule, table, r->rule, columns_find(now, now_count, r->rule), err)) return false;
    h->rule = rule.columns[0];
    h->changed = h->changed || rule.changed;
    return true;
}

static void mark_put(const Recipe *w, size_t i, Buf *sql)
{
    const Holding *h = &w->holdings[i];
    if (!h->rule) {
        buf_put_z(sql, ", true");
    } else {
        buf_put_z(sql, ", lower(trim(coalesce(CAST(");
        sql_name(sql, h->rule->name);
        buf_put_z(sql, " AS VARCHAR), ''))) IN (NULL");
        for (size_t k = 0; k < h->of->value_count; k++) {
            buf_put_z(sql, ", lower(trim(");
            sql_text(sql, h->of->values[k]);
            buf_put_z(sql, "))");
        }
        buf_put_z(sql, ") IS TRUE");
    }
    buf_putf(sql, " AS _t%zu", i);
}

/* The rows of the part, each column of its type whatever the part has, with the marks of the terms. */
static void rows_put(const Recipe *w, Str part, Buf *sql)
{
    const Table *table = w->table;
    buf_put_z(sql, "SELECT *");
    for (size_t i = 0; i < w->n; i++) mark_put(w, i, sql);
    buf_put_z(sql, " FROM (SELECT ");
    columns_typed_put(table->columns, table->column_count, sql);
    buf_put_z(sql, QUESTION_FLAGS " FROM ((SELECT ");
    columns_none_put(table->columns, table->column_count, sql);
    buf_put_z(sql, "CAST(NULL AS VARCHAR[]) AS " QUESTION_FLAGS
                   " WHERE false) UNION ALL BY NAME SELECT * FROM read_parquet(");
    sql_text(sql, part);
    buf_put_z(sql, ")))");
}

/* The middle of its cell; of one that reaches past a pole or 180 degrees, no farther than these. */
static void grid_put(const Column *column, double degrees, Buf *sql)
{
    int most = column->role == ROLE_OF_LATITUDE ? 90 : column->role == ROLE_OF_LONGITUDE ? 180
                                                                                         : 0;
    Buf middle = { 0 }, name = { 0 };
    sql_name(&name, column->name);
    buf_putf(&middle, "round((floor(%s / %.15g) + 0.5) * %.15g, 9)", name.at, degrees, degrees);
    if (most)
        buf_putf(sql, "CASE WHEN abs(%s) <= %d THEN greatest(-%d, least(%d, %s)) ELSE %s END",
                 name.at, most, most, most, middle.at, middle.at);
    else buf_put_z(sql, middle.at);
    buf_free(&middle);
    buf_free(&name);
}

static void value_put(const Holding *h, const Column *column, Buf *sql)
{
    switch (restriction_how(h->of, column)) {
    case RESTRICT_GRID:
        grid_put(column, h->of->degrees, sql);
        break;
    case RESTRICT_YEAR:
        if (column->type == COLUMN_YEAR) {
            sql_name(sql, column->name);
            break;
        } /* fall through */
    case RESTRICT_MONTH:
        buf_putf(sql, "date_trunc('%s', ", h->of->how == RESTRICT_YEAR ? "year" : "month");
        sql_name(sql, column->name);
        buf_put_z(sql, ")");
        break;
    case RESTRICT_WITHHOLD:
    case RESTRICT_SUPPRESS: buf_put_z(sql, "NULL"); break;
    }
}

/* Whether the term withholds by groups. Two versions of the same rows, each with groups of its own, would tell by their
   difference what each withholds: of the older one it withholds all. */
static bool by_group(const Recipe *w, size_t i)
{
    const Holding *h = &w->holdings[i];
    return h->of->how == RESTRICT_SUPPRESS && !w->gone && !h->changed;
}

/* Among the rows of `from` that the term names: all groups, and those that are shown. Where the small ones have too few
   rows to hide in each other, the first of the others is not: the smallest, rows without a value last. A row that is
   not found among the groups shown is withheld. */
static void groups_put(const Recipe *w, size_t i, Str from, Buf *sql)
{
    const Holding *h = &w->holdings[i];
    long long      under = (long long)h->of->under;
    buf_putf(sql, "%s_all%zu AS MATERIALIZED (SELECT true", sql->len ? ", " : "WITH ", i);
    for (size_t k = 0; k < h->n; k++) {
        buf_put_z(sql, " AND ");
        sql_name(sql, h->columns[k]->name);
        buf_put_z(sql, " IS NULL");
    }
    buf_put_z(sql, " AS _none, count(*) AS _n");
    for (size_t k = 0; k < h->n; k++) {
        buf_put_z(sql, ", ");
        sql_name(sql, h->columns[k]->name);
        buf_putf(sql, " AS _%zu", k);
    }
    buf_putf(sql, " FROM (%.*s) WHERE _t%zu GROUP BY ALL)", STR_ARG(from), i);
    buf_putf(sql, ", _most%zu AS MATERIALIZED (SELECT * FROM _all%zu WHERE _none OR _n >= %lld)", i, i, under);
    buf_putf(sql,
             ", _shown%zu AS MATERIALIZED (SELECT * FROM _most%zu EXCEPT SELECT * FROM (SELECT * FROM _most%zu "
             "ORDER BY ALL LIMIT (SELECT CASE WHEN sum(_n) < %lld THEN 1 ELSE 0 END FROM _all%zu "
             "WHERE NOT _none AND _n < %lld)))",
             i, i, i, under, i, under);
}

/* The rows of `from`, each beside its group where that is shown. */
static Str grouped(const Recipe *w, size_t i, Str from)
{
    const Holding *h = &w->holdings[i];
    Buf           *sql = buf_open(w->arena);
    buf_putf(sql, "(%.*s) AS r LEFT JOIN _shown%zu AS s ON true", STR_ARG(from), i);
    for (size_t k = 0; k < h->n; k++) {
        buf_put_z(sql, " AND r.");
        sql_name(sql, h->columns[k]->name);
        buf_putf(sql, " IS NOT DISTINCT FROM s._%zu", k);
    }
    return buf_str(sql);
}

static void otherwise_put(const Column *column, Buf *sql)
{
    buf_put_z(sql, " ELSE ");
    sql_name(sql, column->name);
    buf_putf(sql, " END AS %s) AS ", column_type_sql(column->type));
    sql_name(sql, column->name);
}

static void layer_put(const Recipe *w, size_t i, Str from, Buf *sql)
{
    const Holding *h = &w->holdings[i];
    const Column  *uncertainty = columns_find(w->table->columns, w->table->column_count, S(UNCERTAINTY));
    Str            when = str_format(w->arena, by_group(w, i) ? "_t%zu AND s._n IS NULL" : "_t%zu", i);
    bool           grid = false, itself = false;
    buf_putf(sql, "SELECT r.* REPLACE (%.*s AS _t%zu", STR_ARG(when), i);
    for (size_t k = 0; k < h->n; k++) {
        bool again = false;
        for (size_t before = 0; before < k; before++) again = again || h->columns[before] == h->columns[k];
        if (again) continue;
        grid = grid || restriction_how(h->of, h->columns[k]) == RESTRICT_GRID;
        itself = itself || h->columns[k] == uncertainty;
        buf_putf(sql, ", CAST(CASE WHEN %.*s THEN ", STR_ARG(when));
        value_put(h, h->columns[k], sql);
        otherwise_put(h->columns[k], sql);
    }
    if (grid && !itself && uncertainty &&
        (uncertainty->type == COLUMN_NUMBER || uncertainty->type == COLUMN_INTEGER)) {
        buf_putf(sql, ", CAST(CASE WHEN %.*s THEN greatest(" UNCERTAINTY ", %.0f)", STR_ARG(when),
                 h->of->degrees * METRES_A_DEGREE * 0.70710678 + 0.5);
        otherwise_put(uncertainty, sql);
    }
    buf_putf(sql, ") FROM %.*s", STR_ARG(from));
}

/* What the terms did to a row, after what the column said already. */
static void told_put(const Recipe *w, Str name, bool withheld, Buf *sql)
{
    const Column *there = columns_find(w->table->columns, w->table->column_count, name);
    buf_put_z(sql, "nullif(concat_ws('; ', CAST(NULL AS VARCHAR)");
    if (there) {
        buf_put_z(sql, ", nullif(CAST(");
        sql_name(sql, name);
        buf_put_z(sql, " AS VARCHAR), '')");
    }
    for (size_t i = 0; i < w->n; i++) {
        const Holding *h = &w->holdings[i];
        Str            words = restriction_words(w->arena, h->of, h->columns, h->n, withheld);
        if (!words.len) continue;
        buf_putf(sql, ", CASE WHEN _t%zu THEN ", i);
        sql_text(sql, words);
        buf_put_z(sql, " END");
    }
    buf_put_z(sql, "), '') AS ");
    sql_name(sql, name);
}

static bool tells(const Column *column)
{
    return str_eq_z(column->name, GENERALIZATIONS) || str_eq_z(column->name, INFORMATION_WITHHELD);
}

/* `part` is its path, or its name when the recipe is only to be told from others. */
static Str recipe_sql(const Recipe *w, Str part)
{
    Buf *first = buf_open(w->arena), *sql = buf_open(w->arena);
    rows_put(w, part, first);
    Str from = buf_str(first);
    /* Suppression last, each after the other: it counts what is shown, so what it shows tells no more of what those
       before it withheld than they do. */
    for (int last = 0; last < 2; last++)
        for (size_t i = 0; i < w->n; i++) {
            if ((w->holdings[i].of->how == RESTRICT_SUPPRESS) != (last == 1)) continue;
            Buf *layer = buf_open(w->arena);
            if (by_group(w, i)) groups_put(w, i, from, sql);
            from = by_group(w, i) ? grouped(w, i, from) : str_format(w->arena, "(%.*s) AS r", STR_ARG(from));
            layer_put(w, i, from, layer);
            from = buf_str(layer);
        }
    buf_put_z(sql, sql->len ? " SELECT " : "SELECT ");
    for (size_t i = 0; i < w->table->column_count; i++) {
        if (tells(&w->table->columns[i])) continue;
        sql_name(sql, w->table->columns[i].name);
        buf_put_z(sql, ", ");
    }
    told_put(w, S(GENERALIZATIONS), false, sql);
    buf_put_z(sql, ", ");
    told_put(w, S(INFORMATION_WITHHELD), true, sql);
    buf_put_z(sql, ", CASE WHEN false");
    for (size_t i = 0; i < w->n; i++) buf_putf(sql, " OR _t%zu", i);
    buf_putf(sql,
             " THEN CAST([] AS VARCHAR[]) ELSE " QUESTION_FLAGS " END AS " QUESTION_FLAGS
             " FROM (%.*s) ORDER BY ALL",
             STR_ARG(from));
    return buf_str(sql);
}

/* With a mark, so that no imported file is the same byte for byte: it may be removed. */
static bool part_make(Data *data, const Recipe *w, Str path, Str *name, Err *err)
{
    Duck    *duck;
    DuckRun *run;
    Str      temporary;
    uint64_t bytes;
    if (!data_engine(data, &duck, err) || !files_temporary(data_parts(data), w->arena, &temporary, err) ||
        !duck_run_open(duck, &run, err))
        return false;
    Buf *sql = buf_open(w->arena);
    buf_putf(sql, "COPY (%.*s) TO ", STR_ARG(recipe_sql(w, path)));
    sql_text(sql, temporary);
    sql_parquet(sql, w->table->column_count);
    buf_put_z(sql, ", KV_METADATA {generalised: true})");
    bool ok = duck_do(run, buf_str(sql), err);
    duck_run_close(run);
    ok = ok && files_take(data_parts(data), w->arena, temporary, name, &bytes, NULL, err);
    if (!ok) unlink(temporary.at);
    return ok;
}

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* one at a time: each may take much memory */

static bool part_generalised(Data *data, const Recipe *w, Str name, Str path, Str *out, Err *err)
{
    Arena *a = w->arena;
    Hash   hash = hash_of_parts((Str[]){ name, S("\n"), recipe_sql(w, name) }, 3);
    Str    key = hex_make(a, hash.b, HASH_BYTES), made;
    Err    why = { 0 };
    if (generalised_find(data, a, key, w->terms, out)) return true;
    pthread_mutex_lock(&making);
    bool ok = generalised_find(data, a, key, w->terms, out);
    for (int turn = 0; !ok && turn < TURNS; turn++) {
        why = (Err){ 0 };
        ok = part_make(data, w, path, &made, &why) && generalised_keep(data, a, key, made, name, w->terms, &why) &&
             files_find(data_parts(data), a, made, out, &why);
        if (why.code != ERR_CONFLICT) break;
    }
    pthread_mutex_unlock(&making);
    return ok || fail(err, why.code, "%s", why.text);
}

static void columns_tell(Arena *a, Table *table)
{
    static const char *const names[] = { GENERALIZATIONS, INFORMATION_WITHHELD };
    Column                  *columns = NEW_ARRAY(a, Column, table->column_count + 2);
    size_t                   n = 0;
    for (size_t i = 0; i < table->column_count; i++)
        if (!tells(&table->columns[i])) columns[n++] = table->columns[i];
    for (size_t i = 0; i < 2; i++) {
        const Column *there = columns_find(table->columns, table->column_count, str_of(names[i]));
        columns[n] = there ? *there : (Column){ .name = str_of(names[i]), .minimum = -HUGE_VAL, .maximum = HUGE_VAL };
        columns[n++].type = COLUMN_STRING;
    }
    table->columns = columns;
    table->column_count = n;
}

/* What the engine says of it may hold what is not to be shown: it goes to the operator. */
static bool not_made(Err *err)
{
    if (err->code == ERR_BUSY || err->code == ERR_DISK_FULL) return false;
    diag(DIAG_ERROR, "no generalised part: %s: %s", err_name(err->code), err->text);
    return fail(err, ERR_STORE, "the rows that you may see could not be made; nothing was lost, please try again");
}

bool generalise(Data *data, Arena *a, const Restriction *list, size_t n, const Json *doc, const Column *now,
                size_t now_count, const Str *names, const bool *gone, Table *table, Err *err)
{
    Table  precise = *table;
    Recipe w = { .arena = a,
                 .table = &precise,
                 .holdings = NEW_ARRAY(a, Holding, n + 1),
                 .n = n,
                 .terms = generalised_terms(a, doc) };
    Str   *parts = NEW_ARRAY(a, Str, table->part_count + 1);
    table->part_count = 0; /* until all is there */
    for (size_t i = 0; i < n; i++)
        if (!hold(a, &list[i], &precise, now, now_count, &w.holdings[i], err)) return false;
    for (size_t i = 0; i < precise.part_count; i++) {
        w.gone = gone[i];
        if (!part_generalised(data, &w, names[i], precise.parts[i], &parts[i], err)) return not_made(err);
    }
    columns_tell(a, table);
    table->parts = parts;
    table->part_count = precise.part_count;
    return true;
}
