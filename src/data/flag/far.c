/* Values and places far from the others: limits from the quantiles of each group, then the rows past them.

   Quantiles come from counts of rounded values: exact of what was rounded, the same in whatever order the rows are
   read, and no larger than there are different values. */
#include <inttypes.h>

#include "data/flag/inside.h"

/* To 16 significant bits by adding and taking away (Veltkamp 1968): x - (x * c - x) with c = 2^37 + 1. */
#define ROUNDED_VALUE "x * 137438953473.0 - (x * 137438953473.0 - x)", "abs(v) / 32768"
#define ROUNDED_PLACE "floor(x * 16) / 16", "1 / 16"

typedef struct {
    const char *name;            /* of the temporary table: g, low, high, past (whether any value may be) */
    const char *rounded, *slack; /* `slack`: what rounding changes at most */
    const char *quantiles;       /* of which q1, q2 (the median) and q3 are made */
    const char *low, *high;
} Limits;

static const Limits of_values = { "flags_limits", ROUNDED_VALUE, "0.005 0.995",
                                  "CASE WHEN q1 < q2 THEN q2 - 4 * (q2 - q1) ELSE '-inf'::DOUBLE END",
                                  "CASE WHEN q3 > q2 THEN q2 + 4 * (q3 - q2) ELSE 'inf'::DOUBLE END" };
/* The box of the middle 98 % of a country, widened by its own half and a degree. */
#define BOX "0.01 0.99", "q1 - 1 - (q3 - q1) / 2", "q3 + 1 + (q3 - q1) / 2"
static const Limits of_latitudes = { "flags_latitudes", ROUNDED_PLACE, BOX };
static const Limits of_longitudes = { "flags_longitudes", ROUNDED_PLACE, BOX };

static bool limits_make(Whole *w, const Limits *l, Str group, Str value)
{
    Cut  q = str_cut(str_of(l->quantiles), ' ');
    Buf *sql = buf_open(w->a);
    buf_putf(sql,
             "CREATE OR REPLACE TEMP TABLE %s AS WITH counts AS (SELECT g, %s AS v, count(x) AS n FROM (SELECT %.*s AS "
             "g, CAST(%.*s AS DOUBLE) AS x FROM %.*s) GROUP BY 1, 2 HAVING count(x) > 0), ",
             l->name, l->rounded, STR_ARG(group), STR_ARG(value), STR_ARG(w->table));
    buf_putf(sql,
             "sums AS (SELECT *, sum(n) OVER (PARTITION BY g ORDER BY v) AS upto, sum(n) OVER (PARTITION BY g) AS "
             "total FROM counts), of_groups AS (SELECT g, min(v) FILTER (upto >= %.*s * total) AS q1, min(v) FILTER "
             "(upto >= 0.5 * total) AS q2, min(v) FILTER (upto >= %.*s * total) AS q3, min(v - %s) AS least, max(v + "
             "%s) AS most FROM sums GROUP BY g HAVING any_value(total) >= %d) ",
             STR_ARG(q.head), STR_ARG(q.tail), l->slack, l->slack, FLAG_VALUES_MIN);
    buf_putf(sql,
             "SELECT g, %s AS low, %s AS high, least < low OR most > high AS past FROM of_groups",
             l->low, l->high);
    return duck_do(w->run, buf_str(sql), w->err);
}

static bool any_past(Whole *w, const char *table, bool *any)
{
    DuckValue count;
    Str       sql = str_format(w->a, "SELECT count(*) FROM %s WHERE past", table);
    if (!duck_ask_one(w->run, w->a, sql, NULL, 0, &count, w->err)) return false;
    *any = count.integer > 0;
    return true;
}

/* Values of a column, by the groups of another if there is one. */
bool flag_find_outliers(Whole *w)
{
    const Column *indicator = flag_role(w, ROLE_OF_INDICATOR);
    Str           group = indicator ? flag_name_sql(w, indicator) : S("1");
    bool          ok = duck_do(w->run, S("CREATE OR REPLACE TEMP TABLE flags_far (row BIGINT)"), w->err);
    for (size_t i = 0; ok && i < w->n; i++) {
        const Column *c = &w->columns[i];
        bool          measured = c->unit.len || c->role == ROLE_OF_VALUE, any;
        if (!flag_is_number(c) || !measured || c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE) continue;
        Str value = flag_name_sql(w, c);
        ok = limits_make(w, &of_values, group, value) && any_past(w, of_values.name, &any);
        if (!ok || !any) continue;
        ok = duck_do(w->run,
                     str_format(w->a,
                                "INSERT INTO flags_far SELECT file_row_number FROM %.*s JOIN flags_limits ON g IS NOT "
                                "DISTINCT FROM %.*s WHERE past AND (%.*s < low OR %.*s > high)",
                                STR_ARG(w->table), STR_ARG(group), STR_ARG(value), STR_ARG(value)),
                     w->err);
    }
    return ok && flag_found(w, FLAG_OUTLIER, S("SELECT DISTINCT row FROM flags_far"));
}

bool flag_find_coordinates(Whole *w)
{
    const Column *latitude = flag_role(w, ROLE_OF_LATITUDE), *longitude = flag_role(w, ROLE_OF_LONGITUDE);
    const Column *country = flag_role(w, ROLE_OF_COUNTRY);
    bool          far_north, far_east;
    if (!latitude || !longitude || !flag_is_number(latitude) || !flag_is_number(longitude)) return true;
    Str y = flag_name_sql(w, latitude), x = flag_name_sql(w, longitude);
    Str group = country ? flag_name_sql(w, country) : S("1");
    if (!limits_make(w, &of_latitudes, group, y) || !limits_make(w, &of_longitudes, group, x) ||
        !any_past(w, of_latitudes.name, &far_north) || !any_past(w, of_longitudes.name, &far_east))
        return false;
    if (!far_north && !far_east) return true;
    Str sql = str_format(w->a,
                         "CREATE OR REPLACE TEMP TABLE flags_outside AS SELECT file_row_number AS row, %.*s BETWEEN "
                         "lat.low AND lat.high AND %.*s BETWEEN lon.low AND lon.high AS swapped FROM %.*s JOIN "
                         "flags_latitudes lat ON lat.g IS NOT DISTINCT FROM %.*s JOIN flags_longitudes lon ON lon.g IS "
                         "NOT DISTINCT FROM %.*s WHERE %.*s IS NOT NULL AND %.*s IS NOT NULL AND NOT (%.*s BETWEEN "
                         "lat.low AND lat.high AND %.*s BETWEEN lon.low AND lon.high)",
                         STR_ARG(x), STR_ARG(y), STR_ARG(w->table), STR_ARG(group), STR_ARG(group), STR_ARG(x),
                         STR_ARG(y), STR_ARG(y), STR_ARG(x));
    return duck_do(w->run, sql, w->err) &&
           flag_found(w, FLAG_COORDINATES_SWAPPED, S("SELECT row FROM flags_outside WHERE swapped")) &&
           (!country || flag_found(w, FLAG_COORDINATES_FAR, S("SELECT row FROM flags_outside WHERE NOT swapped"))) &&
           duck_do(w->run, S("DROP TABLE flags_outside"), w->err);
}
