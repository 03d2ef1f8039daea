/* The checks of a part as a whole: each puts the rows it finds into a table; then they are written into the part. */
#include <inttypes.h>

#include "data/flag/inside.h"
#include "text/country.h"

#define STEPS_MIN    30 /* differences of time that make a period */
#define TEXTS_MAX    6  /* columns compared for shuffled values */
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

static bool count_rows(Whole *w, Str from, uint64_t *out)
{
    DuckValue count = { 0 };
    Str       sql = str_format(w->a, "SELECT count(*) %.*s", STR_ARG(from));
    bool      ok = duck_ask_one(w->run, w->a, sql, NULL, 0, &count, w->err);
    *out = (uint64_t)count.integer;
    return ok;
}

bool flag_found(Whole *w, Flag flag, Str rows_sql)
{
    uint64_t count;
    Str      of = str_format(w->a, "FROM flags_found WHERE flag = '%s'", flag_name(flag));
    Str      put = str_format(w->a,
                              "INSERT INTO flags_found SELECT row, '%s' FROM (%.*s) EXCEPT SELECT row, flag FROM "
                                   "flags_found",
                              flag_name(flag), STR_ARG(rows_sql));
    if (!duck_do(w->run, put, w->err)) return false;
    if (!flag_is_seldom(flag)) return true;
    if (!count_rows(w, of, &count)) return false;
    if (count * 5 <= w->rows) return true;
    w->out->widespread[flag] = count;
    return duck_do(w->run, str_format(w->a, "DELETE %s", of.at), w->err);
}

/* ---- repeated ---- */

static bool find_ids(Whole *w)
{
    const Column *id = flag_role(w, ROLE_OF_ID);
    bool          any;
    if (!id) return true;
    Str name = flag_name_sql(w, id), has = str_format(w->a, "%.*s IS NOT NULL", STR_ARG(name));
    if (!flag_equal(w, str_format(w->a, "hash(%.*s)", STR_ARG(name)), has, &any)) return false;
    if (!any) return true;
    Str likely = str_format(w->a,
                            "CREATE OR REPLACE TEMP TABLE flags_likely AS SELECT file_row_number AS row, %.*s AS id "
                            "FROM %.*s WHERE CAST(hash(%.*s) >> 1 AS BIGINT) IN (SELECT h FROM flags_repeated) AND %s",
                            STR_ARG(name), STR_ARG(w->table), STR_ARG(name), has.at);
    return duck_do(w->run, likely, w->err) &&
           flag_found(w, FLAG_ID_REPEATED,
                      S("SELECT row FROM flags_likely WHERE id IN (SELECT id FROM flags_likely GROUP BY 1 HAVING "
                        "count(*) > 1)")) &&
           duck_do(w->run, S("DROP TABLE flags_likely"), w->err);
}

static Str hash_sql(const Whole *w, bool keys)
{
    Buf *out = buf_open(w->a);
    for (size_t i = 0; i < w->n; i++) {
        const Column *c = &w->columns[i];
        bool          key = c->role == ROLE_OF_TIME || c->role == ROLE_OF_COUNTRY || c->role == ROLE_OF_PLACE ||
                   c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE || c->role == ROLE_OF_INDICATOR ||
                   c->role == ROLE_OF_UNIT;
        if (keys && !key) continue;
        buf_put_z(out, out->len ? "," : "hash(");
        sql_name(out, c->name);
    }
    buf_put_byte(out, ')');
    return buf_str(out);
}

static bool find_hashes(Whole *w, Flag flag, bool keys, Str where, Str besides)
{
    Str  hash = hash_sql(w, keys);
    bool any;
    if (!flag_equal(w, hash, where, &any)) return false;
    if (!any) return true;
    return flag_found(w, flag,
                      str_format(w->a,
                                 "SELECT file_row_number AS row FROM %.*s WHERE CAST(%.*s >> 1 AS BIGINT) IN (SELECT h "
                                 "FROM flags_repeated)%s%.*s%.*s",
                                 STR_ARG(w->table), STR_ARG(hash), where.len ? " AND " : "", STR_ARG(where),
                                 STR_ARG(besides)));
}

static bool is_series(const Whole *w)
{
    return flag_role(w, ROLE_OF_TIME) && !flag_role(w, ROLE_OF_TAXON) &&
           (flag_role(w, ROLE_OF_PLACE) || flag_role(w, ROLE_OF_COUNTRY));
}

static bool find_rows(Whole *w)
{
    return flag_role(w, ROLE_OF_ID) || find_hashes(w, FLAG_ROW_REPEATED, false, STR_NONE, STR_NONE);
}

/* After find_rows: rows that are equal in all are none of these. */
static bool find_again(Whole *w)
{
    if (!is_series(w) || flag_role(w, ROLE_OF_ID)) return true;
    const Column *place = flag_role(w, ROLE_OF_PLACE) ? flag_role(w, ROLE_OF_PLACE) : flag_role(w, ROLE_OF_COUNTRY);
    Str           where = flag_name_sql(w, place), when = flag_name_sql(w, flag_role(w, ROLE_OF_TIME));
    return find_hashes(w, FLAG_KEY_REPEATED, true,
                       str_format(w->a, "%.*s IS NOT NULL AND %.*s IS NOT NULL", STR_ARG(where), STR_ARG(when)),
                       S(" AND file_row_number NOT IN (SELECT row FROM flags_found WHERE flag = 'row-repeated')"));
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
    /* None known: written in another way than is read here. */
    if (unknown && !known)
        return count_rows(w, str_format(w->a, "FROM %.*s WHERE %.*s IS NOT NULL", STR_ARG(w->table), STR_ARG(name)),
                          &w->out->widespread[FLAG_COUNTRY_UNKNOWN]);
    if (!unknown) return true;
    return flag_found(w, FLAG_COUNTRY_UNKNOWN,
                      str_format(w->a, "SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (%s)", STR_ARG(w->table),
                                 STR_ARG(name), list->at));
}

/* Names that are written otherwise are sought among the different ones; few parts have any. */
static bool find_taxa(Whole *w)
{
    const Column *taxon = flag_role(w, ROLE_OF_TAXON);
    DuckValue     count;
    if (!taxon || taxon->type != COLUMN_STRING) return true;
    Str name = flag_name_sql(w, taxon);
    Str odd = str_format(w->a,
                         "CREATE OR REPLACE TEMP TABLE flags_names AS SELECT DISTINCT %.*s AS name FROM %.*s; "
                         "DELETE FROM flags_names WHERE name IS NULL OR regexp_matches(name, "
                         "'^[×\"''\\[]?\\p{Lu}[\\p{L}.-]+( |$)')",
                         STR_ARG(name), STR_ARG(w->table));
    if (!duck_do(w->run, odd, w->err) ||
        !duck_ask_one(w->run, w->a, S("SELECT count(*) FROM flags_names"), NULL, 0, &count, w->err))
        return false;
    return !count.integer ||
           flag_found(w, FLAG_TAXON_FORM,
                      str_format(w->a,
                                 "SELECT file_row_number AS row FROM %.*s WHERE %.*s IN (SELECT name FROM flags_names)",
                                 STR_ARG(w->table), STR_ARG(name)));
}

/* The usual values of each of the columns, one column at a time, so that their texts lie in memory one by one. `*has`:
   the columns that have any; ids have none. */
static bool find_usual(Whole *w, const Column **texts, size_t n, bool *has)
{
    uint64_t rows = w->rows < TEXTS_SAMPLE ? w->rows : TEXTS_SAMPLE;
    if (!duck_do(w->run, S("CREATE OR REPLACE TEMP TABLE flags_usual (c INTEGER, v VARCHAR)"), w->err)) return false;
    for (size_t i = 0; i < n; i++) {
        Str       name = flag_name_sql(w, texts[i]);
        DuckValue count;
        if (!duck_ask_one(w->run, w->a,
                          str_format(w->a,
                                     "INSERT INTO flags_usual SELECT %zu, %.*s FROM (SELECT %.*s FROM %.*s LIMIT %d) "
                                     "WHERE %.*s IS NOT NULL GROUP BY 2 HAVING count(*) >= 5 AND "
                                     "count(*) * 1000 >= %" PRIu64,
                                     i, STR_ARG(name), STR_ARG(name), STR_ARG(w->table), TEXTS_SAMPLE, STR_ARG(name),
                                     rows),
                          NULL, 0, &count, w->err))
            return false;
        has[i] = count.integer > 0;
    }
    return true;
}

/* The value is one that is usual in the column `of`, and not in its own. */
static void put_strange(const Column *column, size_t own, size_t of, Buf *sql)
{
    sql_name(sql, column->name);
    buf_putf(sql, " IN (SELECT v FROM flags_usual WHERE c = %zu EXCEPT SELECT v FROM flags_usual WHERE c = %zu)", of,
             own);
}

/* Two columns of texts, each with values of its own: a row where each has a usual value of the other. */
static bool find_shuffled(Whole *w)
{
    const Column *texts[TEXTS_MAX];
    bool          has[TEXTS_MAX];
    size_t        n = 0;
    Buf          *where = buf_open(w->a);
    for (size_t i = 0; i < w->n && n < TEXTS_MAX; i++)
        if (w->columns[i].type == COLUMN_STRING) texts[n++] = &w->columns[i];
    if (n < 2 || w->rows < FLAG_VALUES_MIN) return true;
    if (!find_usual(w, texts, n, has)) return false;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            if (!has[i] || !has[k]) continue;
            buf_put_z(where, where->len ? " OR (" : "(");
            put_strange(texts[i], i, k, where);
            buf_put_z(where, " AND ");
            put_strange(texts[k], k, i, where);
            buf_put_byte(where, ')');
        }
    return (!where->len || flag_found(w, FLAG_COLUMNS_SHUFFLED,
                                      str_format(w->a, "SELECT file_row_number AS row FROM %.*s WHERE %.*s",
                                                 STR_ARG(w->table), STR_ARG(buf_str(where))))) &&
           duck_do(w->run, S("DROP TABLE flags_usual"), w->err);
}

/* Rows whose unit is not the one that more than half of the rows of their indicator have. */
static bool find_units(Whole *w)
{
    const Column *indicator = flag_role(w, ROLE_OF_INDICATOR), *unit = flag_role(w, ROLE_OF_UNIT);
    if (!indicator || !unit) return true;
    Str of = flag_name_sql(w, indicator), in = flag_name_sql(w, unit);
    return flag_found(w, FLAG_UNIT_UNUSUAL,
                      str_format(w->a,
                                 "SELECT file_row_number AS row FROM %.*s AS t JOIN (SELECT i, u FROM (SELECT %.*s AS "
                                 "i, %.*s AS u, count(*) AS n, sum(count(*)) OVER (PARTITION BY %.*s) AS m FROM %.*s "
                                 "WHERE %.*s IS NOT NULL GROUP BY 1, 2) WHERE 2 * n > m AND n < m) ON %.*s IS NOT "
                                 "DISTINCT FROM i WHERE %.*s <> u",
                                 STR_ARG(w->table), STR_ARG(of), STR_ARG(in), STR_ARG(of), STR_ARG(w->table),
                                 STR_ARG(in), STR_ARG(of), STR_ARG(in)));
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
        ok = flag_found(w, w->keys[i].taxa ? FLAG_TAXON_UNKNOWN : FLAG_KEY_UNKNOWN,
                        key_rows_sql(w->a, &w->keys[i], w->table));
    return ok;
}

/* In the order in which they are made. */
static bool (*const checks[])(Whole *w) = {
    find_ids,
    find_rows,
    find_again,
    flag_find_outliers,
    flag_find_coordinates,
    flag_places,
    find_countries,
    find_taxa,
    find_shuffled,
    find_units,
    find_gaps,
    find_keys,
};

bool flags_table(Arena *a, const FlagPart *part, FlagsFound *out, Err *err)
{
    Whole w = { .run = part->run,
                .a = a,
                .columns = part->rules->columns,
                .n = part->rules->n,
                .keys = part->rules->keys,
                .key_count = part->rules->key_count,
                .rows = part->rows,
                .part = part,
                .out = out,
                .err = err };
    Buf  *table = buf_open(a);
    *out = (FlagsFound){ 0 };
    buf_put_z(table, "read_parquet(");
    sql_text(table, part->path);
    buf_put_z(table, ", file_row_number=true)");
    w.table = buf_str(table);
    bool ok = duck_do(part->run, S("CREATE OR REPLACE TEMP TABLE flags_found (row BIGINT, flag VARCHAR)"), err);
    for (size_t i = 0; ok && i < sizeof checks / sizeof *checks; i++) ok = checks[i](&w);
    return ok && flag_write(&w) && duck_do(part->run, S("DROP TABLE flags_found"), err);
}
