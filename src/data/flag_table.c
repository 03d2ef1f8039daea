/* The checks of a part as a whole: each puts the rows it finds into a table, then the part is written with them. */
#include <inttypes.h>

#include "data/flag.h"
#include "data/flag_inside.h"
#include "text/country.h"

#define STEPS_MIN    30  /* differences of time that make a period */
#define VALUES_MIN   200 /* values that have outliers */
#define TEXTS_MAX    6   /* columns compared for shuffled values */
#define TEXTS_SAMPLE 200000

const Column *flag_role(const Whole *w, ColumnRole role)
{
    return columns_role(w->columns, w->n, role);
}

Str flag_name_sql(const Whole *w, const Column *c)
{
    Buf *b = buf_open(w->a);
    sql_name(b, c->name);
    return buf_str(b);
}

bool flag_declared(Whole *w, Flag flag, Str rows_sql)
{
    return duck_do(w->run,
                   str_format(w->a,
                              "INSERT INTO flags_found SELECT row, '%s' FROM (%.*s) EXCEPT SELECT row, flag FROM "
                              "flags_found",
                              flag_name(flag), STR_ARG(rows_sql)),
                   w->err);
}

bool flag_found(Whole *w, Flag flag, Str rows_sql)
{
    DuckValue count;
    Str       of = str_format(w->a, "FROM flags_found WHERE flag = '%s'", flag_name(flag));
    if (!flag_declared(w, flag, rows_sql) ||
        !duck_ask_one(w->run, w->a, str_format(w->a, "SELECT count(*) %s", of.at), NULL, 0, &count, w->err))
        return false;
    if ((uint64_t)count.integer * 5 <= w->rows) return true;
    return duck_do(w->run, str_format(w->a, "DELETE %s", of.at), w->err);
}

/* ---- repeated ---- */

static bool find_ids(Whole *w)
{
    const Column *id = flag_role(w, ROLE_OF_ID);
    if (!id) return true;
    Str name = flag_name_sql(w, id);
    /* By hash first: eight bytes an id, where the texts of all would not fit in memory. */
    Str likely = str_format(w->a,
                            "hash(%.*s) IN (SELECT hash(%.*s) FROM %.*s WHERE %.*s IS NOT NULL GROUP BY 1 "
                            "HAVING count(*) > 1)",
                            STR_ARG(name), STR_ARG(name), STR_ARG(w->table), STR_ARG(name));
    return flag_found(w, FLAG_ID_REPEATED,
                      str_format(w->a,
                                 "SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (SELECT %.*s FROM %.*s "
                                 "WHERE %.*s GROUP BY 1 HAVING count(*) > 1)",
                                 STR_ARG(w->table), STR_ARG(name), STR_ARG(name), STR_ARG(w->table), STR_ARG(likely)));
}

static void put_hash(const Whole *w, bool keys, Buf *out)
{
    bool any = false;
    buf_put_z(out, "hash(");
    for (size_t i = 0; i < w->n; i++) {
        ColumnRole role = w->columns[i].role;
        bool       key = role == ROLE_OF_TIME || role == ROLE_OF_COUNTRY || role == ROLE_OF_PLACE ||
                   role == ROLE_OF_LATITUDE || role == ROLE_OF_LONGITUDE || role == ROLE_OF_INDICATOR ||
                   role == ROLE_OF_UNIT;
        if (keys && !key) continue;
        if (any) buf_put_byte(out, ',');
        sql_name(out, w->columns[i].name);
        any = true;
    }
    buf_put_byte(out, ')');
}

static bool find_hashes(Whole *w, Flag flag, bool keys, const char *besides)
{
    Buf *sql = buf_open(w->a), *hash = buf_open(w->a);
    put_hash(w, keys, hash);
    buf_putf(sql,
             "SELECT file_row_number AS row FROM %.*s WHERE %s IN (SELECT %s FROM %.*s GROUP BY 1 "
             "HAVING count(*) > 1)%s",
             STR_ARG(w->table), hash->at, hash->at, STR_ARG(w->table), besides);
    return flag_found(w, flag, buf_str(sql));
}

static bool is_series(const Whole *w)
{
    return flag_role(w, ROLE_OF_TIME) && !flag_role(w, ROLE_OF_TAXON) &&
           (flag_role(w, ROLE_OF_PLACE) || flag_role(w, ROLE_OF_COUNTRY));
}

static bool find_repeated(Whole *w)
{
    if (!find_ids(w)) return false;
    if (!flag_role(w, ROLE_OF_ID) && !find_hashes(w, FLAG_ROW_REPEATED, false, "")) return false;
    if (!is_series(w) || flag_role(w, ROLE_OF_ID)) return true;
    const Column *place = flag_role(w, ROLE_OF_PLACE) ? flag_role(w, ROLE_OF_PLACE) : flag_role(w, ROLE_OF_COUNTRY);
    Str           where = flag_name_sql(w, place), when = flag_name_sql(w, flag_role(w, ROLE_OF_TIME));
    return find_hashes(w, FLAG_KEY_REPEATED, true,
                       str_format(w->a,
                                  " AND %.*s IS NOT NULL AND %.*s IS NOT NULL AND file_row_number "
                                  "NOT IN (SELECT row FROM "
                                  "flags_found WHERE flag = 'row-repeated')",
                                  STR_ARG(where), STR_ARG(when))
                           .at);
}

/* ---- far from the others ---- */

/* Values of a column, by the groups of another if there is one. */
static bool find_outliers(Whole *w)
{
    const Column *indicator = flag_role(w, ROLE_OF_INDICATOR);
    Str           group = indicator ? flag_name_sql(w, indicator) : S("1");
    Buf          *sql = buf_open(w->a);
    for (size_t i = 0; i < w->n; i++) {
        const Column *c = &w->columns[i];
        bool          measured = c->unit.len || c->role == ROLE_OF_VALUE;
        if (!flag_is_number(c) || !measured || c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE) continue;
        Str name = flag_name_sql(w, c);
        if (sql->len) buf_put_z(sql, " UNION ");
        buf_putf(sql,
                 "SELECT file_row_number AS row FROM %.*s p JOIN (SELECT %.*s AS g, "
                 "approx_quantile(%.*s, [0.005, 0.5, 0.995]) "
                 "AS q FROM %.*s GROUP BY 1 HAVING count(%.*s) >= %d) ON g IS NOT DISTINCT FROM "
                 "%.*s WHERE "
                 "(q[3] > q[2] AND %.*s - q[2] > 4 * (q[3] - q[2])) OR (q[1] < q[2] AND q[2] - "
                 "%.*s > 4 * (q[2] - q[1]))",
                 STR_ARG(w->table), STR_ARG(group), STR_ARG(name), STR_ARG(w->table), STR_ARG(name),
                 VALUES_MIN, STR_ARG(group), STR_ARG(name), STR_ARG(name));
    }
    return !sql->len || flag_found(w, FLAG_OUTLIER, buf_str(sql));
}

static bool find_coordinates(Whole *w)
{
    const Column *latitude = flag_role(w, ROLE_OF_LATITUDE), *longitude = flag_role(w, ROLE_OF_LONGITUDE);
    const Column *country = flag_role(w, ROLE_OF_COUNTRY);
    if (!latitude || !longitude || !flag_is_number(latitude) || !flag_is_number(longitude)) return true;
    Str lat = flag_name_sql(w, latitude), lon = flag_name_sql(w, longitude);
    Str group = country ? flag_name_sql(w, country) : S("1");
    /* The box of the middle 98 % of a country, widened by its own half and a degree. */
    Str boxed = str_format(w->a,
                           "FROM (SELECT file_row_number AS row, %.*s AS y, %.*s AS x, %.*s AS c "
                           "FROM %.*s WHERE %.*s IS NOT "
                           "NULL AND %.*s IS NOT NULL) p JOIN (SELECT %.*s AS g, "
                           "approx_quantile(%.*s, [0.01, 0.99]) AS qy, "
                           "approx_quantile(%.*s, [0.01, 0.99]) AS qx FROM %.*s GROUP BY 1 HAVING "
                           "count(%.*s) >= %d) ON g IS "
                           "NOT DISTINCT FROM c",
                           STR_ARG(lat), STR_ARG(lon), STR_ARG(group), STR_ARG(w->table),
                           STR_ARG(lat), STR_ARG(lon), STR_ARG(group), STR_ARG(lat), STR_ARG(lon),
                           STR_ARG(w->table), STR_ARG(lat), VALUES_MIN);
#define IN_BOX(v, q) \
    v " BETWEEN " q "[1] - 1 - (" q "[2] - " q "[1]) / 2 AND " q "[2] + 1 + (" q "[2] - " q "[1]) / 2"
    if (!duck_do(w->run,
                 str_format(
                     w->a,
                     "CREATE OR REPLACE TEMP TABLE flags_outside AS SELECT row, " IN_BOX(
                         "x", "qy") " AND " IN_BOX("y", "qx") " AS swapped %.*s WHERE NOT "
                                                              "(" IN_BOX("y", "qy") " AND " IN_BOX(
                                                                  "x", "q"
                                                                       "x") ")",
                     STR_ARG(boxed)),
                 w->err))
        return false;
    return flag_found(w, FLAG_COORDINATES_SWAPPED, S("SELECT row FROM flags_outside WHERE swapped")) &&
           (!country || flag_found(w, FLAG_COORDINATES_FAR, S("SELECT row FROM flags_outside WHERE NOT swapped"))) &&
           duck_do(w->run, S("DROP TABLE flags_outside"), w->err);
#undef IN_BOX
}

/* ---- texts ---- */

static bool find_countries(Whole *w)
{
    const Column    *country = flag_role(w, ROLE_OF_COUNTRY);
    DuckAnswer      *answer;
    const DuckValue *row;
    Buf             *list = buf_open(w->a);
    size_t           known = 0, unknown = 0;
    if (!country || country->type != COLUMN_STRING) return true;
    Str name = flag_name_sql(w, country);
    if (!duck_ask(w->run, w->a,
                  str_format(w->a, "SELECT DISTINCT %.*s FROM %.*s WHERE %.*s IS NOT NULL LIMIT 2000", STR_ARG(name),
                             STR_ARG(w->table), STR_ARG(name)),
                  NULL, 0, &answer, w->err))
        return false;
    while (duck_next(answer, &row, w->err)) {
        if (country_code(row[0].text).len || str_eq(row[0].text, S("XZ")) || str_eq(row[0].text, S("ZZ"))) {
            known++;
            continue;
        }
        if (unknown++) buf_put_byte(list, ',');
        sql_text(list, row[0].text);
    }
    duck_answer_close(answer);
    if (w->err->code != ERR_NONE) return false;
    if (!unknown || !known) return true; /* none known: written in another way than is read here */
    return flag_found(w, FLAG_COUNTRY_UNKNOWN,
                      str_format(w->a, "SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (%s)", STR_ARG(w->table),
                                 STR_ARG(name), list->at));
}

static bool find_taxa(Whole *w)
{
    const Column *taxon = flag_role(w, ROLE_OF_TAXON);
    if (!taxon || taxon->type != COLUMN_STRING) return true;
    Str name = flag_name_sql(w, taxon);
    return flag_found(
        w, FLAG_TAXON_FORM,
        str_format(
            w->a,
            "SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (SELECT DISTINCT %.*s FROM %.*s "
            "WHERE "
            "%.*s IS NOT NULL AND NOT regexp_matches(%.*s, '^[×\"''\\[]?\\p{Lu}[\\p{L}.-]+( |$)'))",
            STR_ARG(w->table), STR_ARG(name), STR_ARG(name), STR_ARG(w->table), STR_ARG(name),
            STR_ARG(name)));
}

/* Two columns of texts, each with values of its own: a row where each has a usual value of the other. */
static bool find_shuffled(Whole *w)
{
    const Column *texts[TEXTS_MAX];
    size_t        n = 0;
    Buf          *sql = buf_open(w->a), *with = buf_open(w->a);
    for (size_t i = 0; i < w->n && n < TEXTS_MAX; i++)
        if (w->columns[i].type == COLUMN_STRING) texts[n++] = &w->columns[i];
    if (n < 2 || w->rows < VALUES_MIN) return true;
    for (size_t i = 0; i < n; i++) {
        Str name = flag_name_sql(w, texts[i]);
        buf_putf(with,
                 "%s u%zu AS MATERIALIZED (SELECT %.*s AS v FROM (SELECT %.*s FROM %.*s LIMIT %d) "
                 "WHERE %.*s IS NOT NULL "
                 "GROUP BY 1 HAVING count(*) >= 5 AND count(*) * 1000 >= %" PRIu64 ")",
                 i ? "," : "WITH", i, STR_ARG(name), STR_ARG(name), STR_ARG(w->table), TEXTS_SAMPLE,
                 STR_ARG(name), w->rows < TEXTS_SAMPLE ? w->rows : TEXTS_SAMPLE);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            Str one = flag_name_sql(w, texts[i]), other = flag_name_sql(w, texts[k]);
            buf_putf(sql,
                     "%s SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (SELECT v FROM u%zu "
                     "EXCEPT SELECT v FROM "
                     "u%zu) AND %.*s IN (SELECT v FROM u%zu EXCEPT SELECT v FROM u%zu)",
                     sql->len ? " UNION" : "", STR_ARG(w->table), STR_ARG(one), k, i,
                     STR_ARG(other), i, k);
        }
    return flag_found(w, FLAG_COLUMNS_SHUFFLED, str_join(w->a, (Str[]){ buf_str(with), buf_str(sql) }, 2));
}

/* ---- series ---- */

static bool find_gaps(Whole *w)
{
    const Column *time = flag_role(w, ROLE_OF_TIME), *indicator = flag_role(w, ROLE_OF_INDICATOR);
    const Column *place = flag_role(w, ROLE_OF_PLACE);
    DuckValue     step = { 0 };
    if (!is_series(w) || (time->type != COLUMN_YEAR && !flag_is_date(time))) return true;
    Str  at = flag_name_sql(w, time), group = flag_name_sql(w, place ? place : flag_role(w, ROLE_OF_COUNTRY));
    Str  seconds = time->type == COLUMN_YEAR ? at : str_format(w->a, "epoch(%.*s)", STR_ARG(at));
    Str  by = indicator ? str_format(w->a, "%.*s, %.*s", STR_ARG(group), STR_ARG(flag_name_sql(w, indicator))) : group;
    Err *err = w->err;
    if (!duck_do(w->run,
                 str_format(w->a,
                            "CREATE OR REPLACE TEMP TABLE flags_steps AS SELECT row, t - lag(t) "
                            "OVER (PARTITION BY %s ORDER BY "
                            "t) AS d FROM (SELECT file_row_number AS row, %.*s AS t, %.*s FROM "
                            "%.*s WHERE %.*s IS NOT NULL)",
                            by.at, STR_ARG(seconds), STR_ARG(by), STR_ARG(w->table), STR_ARG(at)),
                 err))
        return false;
    /* The usual step, if most are within a tenth of it; months and years differ by less. */
    if (!duck_ask_one(w->run, w->a,
                      str_format(w->a,
                                 "SELECT CASE WHEN count(*) >= %d AND count(*) FILTER (abs(d - m) "
                                 "<= m * 0.1) >= 0.9 * count(*) "
                                 "THEN CAST(any_value(m) AS DOUBLE) ELSE 0::DOUBLE END FROM "
                                 "flags_steps, (SELECT mode(d) AS m FROM "
                                 "flags_steps WHERE d > 0) WHERE d > 0",
                                 STEPS_MIN),
                      NULL, 0, &step, err))
        return false;
    if (step.type == DUCK_NUMBER && step.number > 0 &&
        !flag_found(
            w, FLAG_GAP_BEFORE,
            str_format(w->a, "SELECT row FROM flags_steps WHERE d > %.17g", step.number * 1.5)))
        return false;
    return duck_do(w->run, S("DROP TABLE flags_steps"), err);
}

static bool find_keys(Whole *w)
{
    bool ok = true;
    for (size_t i = 0; ok && i < w->key_count; i++)
        ok = flag_declared(w, w->keys[i].taxa ? FLAG_TAXON_UNKNOWN : FLAG_KEY_UNKNOWN,
                           key_rows_sql(w->a, &w->keys[i], w->table));
    return ok;
}

static bool find_all(Whole *w)
{
    return find_repeated(w) && find_outliers(w) && find_coordinates(w) && flag_places(w) &&
           find_countries(w) && find_taxa(w) && find_shuffled(w) && find_gaps(w) && find_keys(w);
}

/* The rows of each flag as bits. A join, or IN, would let row groups change their order. */
static bool bits_make(Whole *w, const bool *any)
{
    Buf *sql = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++)
        if (any[i])
            buf_putf(sql,
                     "SET VARIABLE flag_%d = (SELECT bitstring_agg(row, 0, %" PRIu64
                     ") FROM flags_found WHERE flag = '%s');",
                     i, w->rows - 1, flag_name((Flag)i));
    return duck_do(w->run, buf_str(sql), w->err);
}

static bool bits_drop(Whole *w, const bool *any)
{
    Buf *sql = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++)
        if (any[i]) buf_putf(sql, "RESET VARIABLE flag_%d;", i);
    return duck_do(w->run, buf_str(sql), w->err);
}

static bool write_flagged(Whole *w, Str path, Str options, const bool *any)
{
    Buf *sql = buf_open(w->a), *marked = buf_open(w->a), *names = buf_open(w->a);
    for (int i = 0; i < FLAGS; i++) {
        if (!any[i]) continue;
        Str bit = str_format(w->a, "get_bit(getvariable('flag_%d'), CAST(file_row_number AS INTEGER)) = 1", i);
        buf_putf(marked, "%s%s", marked->len ? " OR " : "", bit.at);
        buf_putf(names, "%sCASE WHEN %s THEN '%s' END", names->len ? ", " : "", bit.at, flag_name((Flag)i));
    }
    buf_putf(sql,
             "COPY (SELECT * EXCLUDE (file_row_number) REPLACE (CASE WHEN %s THEN "
             "list_concat(_flags, list_filter([%s], "
             "lambda f: f IS NOT NULL)) ELSE _flags END AS _flags) FROM %.*s) TO ",
             marked->at, names->at, STR_ARG(w->table));
    sql_text(sql, path);
    buf_putf(sql, " %.*s", STR_ARG(options));
    return bits_make(w, any) && duck_do(w->run, buf_str(sql), w->err) && bits_drop(w, any);
}

static bool flags_any(Whole *w, bool *any, bool *some)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Flag             flag;
    *some = false;
    if (!duck_ask(w->run, w->a, S("SELECT DISTINCT flag FROM flags_found"), NULL, 0, &answer, w->err)) return false;
    while (duck_next(answer, &row, w->err))
        if (flag_find(row[0].text, &flag)) *some = any[flag] = true;
    duck_answer_close(answer);
    return w->err->code == ERR_NONE;
}

bool flags_table(DuckRun *run, Arena *a, Str path, const FlagRules *rules, uint64_t rows, Str path_flagged, Str options,
                 bool *written, Err *err)
{
    Whole w = { .run = run,
                .a = a,
                .columns = rules->columns,
                .n = rules->n,
                .keys = rules->keys,
                .key_count = rules->key_count,
                .rows = rows,
                .err = err };
    Buf  *table = buf_open(a);
    bool  any[FLAGS] = { false };
    *written = false;
    buf_put_z(table, "read_parquet(");
    sql_text(table, path);
    buf_put_z(table, ", file_row_number=true)");
    w.table = buf_str(table);
    if (!duck_do(run, S("CREATE OR REPLACE TEMP TABLE flags_found (row BIGINT, flag VARCHAR)"), err) || !find_all(&w) ||
        !flags_any(&w, any, written))
        return false;
    if (*written && !write_flagged(&w, path_flagged, options, any)) return false;
    return duck_do(run, S("DROP TABLE flags_found"), err);
}
