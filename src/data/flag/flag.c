/* The table of flags, the checks of a row by itself, and the report of a part. */
#include "data/flag.h"

#include <inttypes.h>
#include <math.h>

#include "base/time.h"
#include "data/flag/inside.h"

typedef enum { BY_ROW,
               BY_TABLE,
               BY_SELDOM } By;

static const struct {
    const char  *name;
    FlagSeverity severity;
    By           by;
} flags[] = {
#define FLAG(code, name, severity, by) { name, FLAG_##severity, BY_##by },
#include "data/flags.def"
#undef FLAG
};

static const struct {
    Str    unit;
    double least, most;
} units[] = {
#define FLAG_UNIT(unit, least, most) { S_INIT(unit), least, most },
#include "data/flag/units.def"
#undef FLAG_UNIT
};

bool flag_knows_unit(Str unit)
{
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        if (str_eq(unit, units[u].unit)) return true;
    return false;
}

const char *flag_name(Flag flag)
{
    return flags[flag].name;
}

FlagSeverity flag_severity(Flag flag)
{
    return flags[flag].severity;
}

bool flag_is_seldom(Flag flag)
{
    return flags[flag].by == BY_SELDOM;
}

bool flag_find(Str name, Flag *out)
{
    for (int i = 0; i < FLAGS; i++)
        if (str_eq_z(name, flags[i].name)) {
            *out = (Flag)i;
            return true;
        }
    return false;
}

bool flag_is_number(const Column *c)
{
    return c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER;
}

bool flag_is_date(const Column *c)
{
    return c->type == COLUMN_DATE || c->type == COLUMN_DATETIME || c->type == COLUMN_YEARMONTH;
}

/* ---- bounds ---- */

static bool counts_things(const Column *c)
{
    static const char *const words[] = { "count", "individuals", "population", "number of", "number_of", "abundance" };
    Arena                   *a = arena_open(0);
    Str                      name = str_lower_ascii(a, c->name);
    bool                     found = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) found = found || str_has(name, str_of(words[i]));
    found = found && !str_has(name, S("country")) && !str_has(name, S("county")) && !str_has(name, S("change")) &&
            !str_has(name, S("growth"));
    arena_close(a);
    return found && c->type == COLUMN_INTEGER;
}

typedef struct {
    double least, most; /* infinite: none */
} Bounds;

static Bounds bounds_of_unit(Str unit)
{
    for (size_t u = 0; unit.len && u < sizeof units / sizeof units[0]; u++)
        if (str_eq(unit, units[u].unit)) return (Bounds){ units[u].least, units[u].most };
    return (Bounds){ -HUGE_VAL, HUGE_VAL };
}

/* What the flag lets a value of the column be. */
static Bounds bounds_of(Flag flag, const Column *c)
{
    Bounds none = { -HUGE_VAL, HUGE_VAL };
    if (!flag_is_number(c)) return none;
    switch (flag) {
    case FLAG_OUT_OF_RANGE: return (Bounds){ c->minimum, c->maximum };
    case FLAG_UNIT_RANGE: return bounds_of_unit(c->unit);
    case FLAG_NEGATIVE_COUNT: return counts_things(c) ? (Bounds){ 0, HUGE_VAL } : none;
    case FLAG_COORDINATES_RANGE:
        if (c->role == ROLE_OF_LATITUDE) return (Bounds){ -90, 90 };
        return c->role == ROLE_OF_LONGITUDE ? (Bounds){ -180, 180 } : none;
    default: return none;
    }
}

static bool any_bounds(Bounds b)
{
    return isfinite(b.least) || isfinite(b.most);
}

bool flag_has_bounds(Flag flag)
{
    return flag == FLAG_OUT_OF_RANGE || flag == FLAG_UNIT_RANGE || flag == FLAG_NEGATIVE_COUNT ||
           flag == FLAG_COORDINATES_RANGE;
}

bool flag_blames(Flag flag, const Column *c, Str value)
{
    Bounds b = bounds_of(flag, c);
    double number;
    return !flag_has_bounds(flag) || (str_to_double(value, &number) && (number < b.least || number > b.most));
}

/* ---- checks of a row ---- */

typedef struct {
    const Column *columns;
    size_t        n;
    Buf           when[FLAGS]; /* its condition; empty: not made */
} RowChecks;

static void also(RowChecks *k, Flag flag)
{
    if (k->when[flag].len) buf_put_z(&k->when[flag], " OR ");
}

static void bound(RowChecks *k, Flag flag, const Column *c)
{
    Buf   *b = &k->when[flag];
    Bounds of = bounds_of(flag, c);
    if (!any_bounds(of)) return;
    also(k, flag);
    if (isfinite(of.least)) {
        sql_name(b, c->name);
        buf_putf(b, " < %.17g", of.least);
    }
    if (isfinite(of.most)) {
        if (isfinite(of.least)) buf_put_z(b, " OR ");
        sql_name(b, c->name);
        buf_putf(b, " > %.17g", of.most);
    }
}

static void missing(RowChecks *k, Flag flag, const Column *c)
{
    also(k, flag);
    sql_name(&k->when[flag], c->name);
    buf_put_z(&k->when[flag], " IS NULL");
}

/* Numbers are compared as such ("1.0" is 1; what is no number is none of them), all else as text. */
static void unlisted(RowChecks *k, const Column *c)
{
    Buf *b = &k->when[FLAG_VALUE_UNLISTED];
    bool number = flag_is_number(c);
    if (!c->choice_count) return;
    also(k, FLAG_VALUE_UNLISTED);
    buf_put_z(b, number ? "NOT coalesce(" : "NOT coalesce(CAST(");
    sql_name(b, c->name);
    buf_put_z(b, number ? " IN (" : " AS VARCHAR) IN (");
    for (size_t i = 0; i < c->choice_count; i++) {
        buf_put_z(b, i ? "," : "");
        buf_put_z(b, number ? "try_cast(" : "");
        sql_text(b, c->choices[i]);
        buf_put_z(b, number ? " AS DOUBLE)" : "");
    }
    buf_put_z(b, "), ");
    sql_name(b, c->name);
    buf_put_z(b, " IS NULL)");
}

static void check_date(RowChecks *k, const Column *c, int64_t now_ms)
{
    Date today = date_of_ms(now_ms), tomorrow = date_of_ms(now_ms + 86400000);
    Buf *late = &k->when[FLAG_FUTURE_DATE], *early = &k->when[FLAG_EARLY_DATE];
    if (c->type != COLUMN_YEAR && !flag_is_date(c)) return;
    also(k, FLAG_FUTURE_DATE);
    also(k, FLAG_EARLY_DATE);
    sql_name(late, c->name);
    sql_name(early, c->name);
    if (c->type == COLUMN_YEAR) {
        buf_putf(late, " > %d", today.year);
        buf_put_z(early, " < 1500");
        return;
    }
    /* It may be tomorrow already where the row was measured. */
    buf_putf(late, " >= DATE '%04d-%02d-%02d' + 1", tomorrow.year, tomorrow.month, tomorrow.day);
    buf_put_z(early, " < DATE '1500-01-01'");
}

static void check_coordinates(RowChecks *k)
{
    const Column *latitude = columns_role(k->columns, k->n, ROLE_OF_LATITUDE);
    const Column *longitude = columns_role(k->columns, k->n, ROLE_OF_LONGITUDE);
    Buf           lat = { 0 }, lon = { 0 };
    if (!latitude || !longitude || !flag_is_number(latitude) || !flag_is_number(longitude)) return;
    bound(k, FLAG_COORDINATES_RANGE, latitude);
    bound(k, FLAG_COORDINATES_RANGE, longitude);
    sql_name(&lat, latitude->name);
    sql_name(&lon, longitude->name);
    buf_putf(&k->when[FLAG_COORDINATES_ZERO], "%s = 0 AND %s = 0", lat.at, lon.at);
    buf_putf(&k->when[FLAG_COORDINATES_HALF], "(%s IS NULL) <> (%s IS NULL)", lat.at, lon.at);
    buf_free(&lat);
    buf_free(&lon);
}

static void check_columns(RowChecks *k, int64_t now_ms)
{
    for (size_t i = 0; i < k->n; i++) {
        const Column *c = &k->columns[i];
        unlisted(k, c);
        bound(k, FLAG_OUT_OF_RANGE, c);
        bound(k, FLAG_UNIT_RANGE, c);
        bound(k, FLAG_NEGATIVE_COUNT, c);
        if (c->role == ROLE_OF_ID) missing(k, FLAG_ID_MISSING, c);
        else if (c->required) missing(k, FLAG_VALUE_MISSING, c);
        if (c->role == ROLE_OF_TIME) check_date(k, c, now_ms);
    }
    check_coordinates(k);
}

void flags_row_sql(const Column *columns, size_t n, int64_t now_ms, Buf *out)
{
    RowChecks k = { .columns = columns, .n = n };
    bool      any = false;
    check_columns(&k, now_ms);
    buf_put_z(out, "CASE");
    /* Few rows have a flag: one condition for all of them comes first, and lists are made for those alone. */
    for (int i = 0; i < FLAGS; i++) {
        if (!k.when[i].len) continue;
        buf_putf(out, "%s(%s)", any ? " OR " : " WHEN ", k.when[i].at);
        any = true;
    }
    buf_put_z(out, any ? " THEN list_filter([" : " WHEN false THEN list_filter([NULL");
    for (int i = 0, first = true; i < FLAGS; i++) {
        if (!k.when[i].len) continue;
        buf_putf(out, "%sCASE WHEN %s THEN '%s' END", first ? "" : ", ", k.when[i].at, flags[i].name);
        first = false;
    }
    buf_put_z(out, "], lambda f: f IS NOT NULL)::VARCHAR[] ELSE CAST([] AS VARCHAR[]) END");
    for (int i = 0; i < FLAGS; i++) buf_free(&k.when[i]);
}

/* ---- the report ---- */

bool flag_concerns(Flag flag, const Column *c)
{
    switch (flag) {
    case FLAG_ID_MISSING:
    case FLAG_ID_REPEATED: return c->role == ROLE_OF_ID;
    case FLAG_VALUE_MISSING: return c->required;
    case FLAG_VALUE_UNLISTED: return c->choice_count > 0;
    case FLAG_OUT_OF_RANGE:
    case FLAG_UNIT_RANGE:
    case FLAG_NEGATIVE_COUNT: return any_bounds(bounds_of(flag, c));
    case FLAG_UNIT_UNUSUAL: return c->role == ROLE_OF_UNIT || c->role == ROLE_OF_INDICATOR || c->role == ROLE_OF_VALUE;
    case FLAG_OUTLIER: return c->unit.len > 0 || c->role == ROLE_OF_VALUE || c->role == ROLE_OF_INDICATOR;
    case FLAG_COORDINATES_RANGE:
    case FLAG_COORDINATES_ZERO:
    case FLAG_COORDINATES_HALF: return c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE;
    case FLAG_COORDINATES_SWAPPED:
    case FLAG_COORDINATES_FAR:
    case FLAG_COORDINATES_COUNTRY:
    case FLAG_COORDINATES_AT_SEA:
        return c->role == ROLE_OF_LATITUDE || c->role == ROLE_OF_LONGITUDE || c->role == ROLE_OF_COUNTRY;
    case FLAG_FUTURE_DATE:
    case FLAG_EARLY_DATE: return c->role == ROLE_OF_TIME;
    case FLAG_COUNTRY_UNKNOWN: return c->role == ROLE_OF_COUNTRY;
    case FLAG_KEY_UNKNOWN: return c->key_column.len > 0;
    case FLAG_TAXON_UNKNOWN:
    case FLAG_TAXON_FORM: return c->role == ROLE_OF_TAXON;
    case FLAG_GAP_BEFORE:
    case FLAG_KEY_REPEATED:
        return c->role == ROLE_OF_TIME || c->role == ROLE_OF_PLACE || c->role == ROLE_OF_COUNTRY ||
               c->role == ROLE_OF_INDICATOR;
    case FLAG_COLUMNS_SHUFFLED: return c->type == COLUMN_STRING;
    case FLAG_ROW_REPEATED:
    case FLAGS: break;
    }
    return true;
}

static size_t texts(const FlagRules *rules)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->n; i++) n += rules->columns[i].type == COLUMN_STRING;
    return n;
}

static bool has_key(const FlagRules *rules, bool taxa)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (rules->keys[i].taxa == taxa) return true;
    return false;
}

bool flag_applies(Flag flag, const FlagRules *rules)
{
#define HAS(role) (columns_role(rules->columns, rules->n, ROLE_OF_##role) != NULL)
    bool placed = HAS(LATITUDE) && HAS(LONGITUDE);
    bool series = HAS(TIME) && !HAS(TAXON) && (HAS(PLACE) || HAS(COUNTRY));
    switch (flag) {
    case FLAG_ROW_REPEATED: return !HAS(ID);
    case FLAG_KEY_REPEATED: return series && !HAS(ID);
    case FLAG_GAP_BEFORE: return series;
    case FLAG_UNIT_UNUSUAL: return HAS(INDICATOR) && HAS(UNIT);
    case FLAG_COORDINATES_RANGE:
    case FLAG_COORDINATES_ZERO:
    case FLAG_COORDINATES_HALF:
    case FLAG_COORDINATES_SWAPPED:
    case FLAG_COORDINATES_AT_SEA: return placed;
    case FLAG_COORDINATES_FAR:
    case FLAG_COORDINATES_COUNTRY: return placed && HAS(COUNTRY);
    case FLAG_COLUMNS_SHUFFLED: return texts(rules) > 1;
    case FLAG_TAXON_UNKNOWN: return has_key(rules, true);
    case FLAG_KEY_UNKNOWN: return has_key(rules, false);
    default: break;
    }
#undef HAS
    for (size_t i = 0; i < rules->n; i++)
        if (flag_concerns(flag, &rules->columns[i])) return true;
    return false;
}

/* What the list has that is written nearly like it. */
static bool put_nearest(DuckRun *run, Arena *a, const FlagRules *rules, Flag flag, Json *examples, Err *err)
{
    for (size_t i = 0; i < rules->key_count; i++) {
        const Key *key = &rules->keys[i];
        if (flag != (key->taxa ? FLAG_TAXON_UNKNOWN : FLAG_KEY_UNKNOWN)) continue;
        for (size_t k = 0; k < json_array_size(examples); k++) {
            Json *one = json_array_get(examples, k), *nearest = json_array_make(a);
            Str   value = json_get_text(json_get(one, "values"), str_z(a, key->column->name));
            if (!value.len || json_get(one, "nearest")) continue;
            if (!key_nearest(run, a, key, value, nearest, err)) return false;
            if (json_array_size(nearest)) json_put_value(one, "nearest", nearest);
        }
    }
    return true;
}

static bool put_examples(DuckRun *run, Arena *a, Str path, const FlagRules *rules, Flag flag, Json *into, Err *err)
{
    const Column    *columns = rules->columns;
    size_t           n = rules->n;
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    buf_put_z(sql, "SELECT file_row_number + 1");
    for (size_t i = 0; i < n; i++) {
        if (!flag_concerns(flag, &columns[i])) continue;
        buf_put_z(sql, ", CAST(");
        sql_name(sql, columns[i].name);
        buf_put_z(sql, " AS VARCHAR)");
    }
    buf_put_z(sql, " FROM read_parquet(");
    sql_text(sql, path);
    buf_putf(sql, ", file_row_number=true) WHERE list_contains(_flags, '%s') ORDER BY 1 LIMIT %d", flags[flag].name,
             FLAG_EXAMPLES);
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        Json  *one = json_object_make(a), *values = json_object_make(a);
        size_t at = 1;
        json_put_integer(one, "row", row[0].integer);
        for (size_t i = 0; i < n; i++) {
            if (!flag_concerns(flag, &columns[i])) continue;
            if (row[at].type == DUCK_TEXT && json_object_size(values) < 6 &&
                flag_blames(flag, &columns[i], row[at].text))
                json_put_text(values, str_z(a, columns[i].name), row[at].text);
            at++;
        }
        json_put_value(one, "values", values);
        json_add_value(into, one);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE && put_nearest(run, a, rules, flag, into, err);
}

typedef struct {
    Flag    flag;
    int64_t rows;
} Count;

static Json *put_count(Arena *a, Json *into, Flag flag, int64_t rows)
{
    Json *one = json_object_make(a);
    json_put_text(one, "flag", str_of(flags[flag].name));
    json_put_text(one, "severity", flags[flag].severity == FLAG_ERROR ? S("error") : S("warning"));
    json_put_integer(one, "rows", rows);
    json_add_value(into, one);
    return one;
}

Json *flags_widespread(Arena *a, const FlagsFound *found)
{
    Json *out = json_array_make(a);
    for (int i = 0; i < FLAGS; i++)
        if (found->widespread[i]) put_count(a, out, (Flag)i, (int64_t)found->widespread[i]);
    return out;
}

Json *flags_counted(Arena *a, const Json *report)
{
    Json *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(report); i++) {
        const Json *from = json_array_get(report, i);
        Json       *one = json_object_make(a);
        json_put_text(one, "flag", json_get_text(from, "flag"));
        json_put_integer(one, "rows", json_get_integer(from, "rows", 0));
        json_add_value(out, one);
    }
    return out;
}

bool flags_report(DuckRun *run, Arena *a, Str path, const FlagRules *rules, uint64_t *flagged, Json **out, Err *err)
{
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    DuckValue        all;
    const DuckValue *row;
    Count            counts[FLAGS];
    size_t           count = 0;
    *out = json_array_make(a);
    buf_put_z(sql, "SELECT count(*) FROM read_parquet(");
    sql_text(sql, path);
    buf_put_z(sql, ") WHERE len(_flags) > 0");
    if (!duck_ask_one(run, a, buf_str(sql), NULL, 0, &all, err)) return false;
    *flagged = (uint64_t)all.integer;
    if (!*flagged) return true;
    buf_clear(sql);
    buf_put_z(sql, "SELECT f, count(*) FROM (SELECT unnest(_flags) AS f FROM read_parquet(");
    sql_text(sql, path);
    buf_put_z(sql, ") WHERE len(_flags) > 0) GROUP BY f ORDER BY 2 DESC, 1");
    if (!duck_ask(run, a, buf_str(sql), NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err))
        if (count < FLAGS && flag_find(row[0].text, &counts[count].flag)) counts[count++].rows = row[1].integer;
    duck_answer_close(answer);
    if (err->code != ERR_NONE) return false;
    for (size_t i = 0; i < count; i++) {
        Json *one = put_count(a, *out, counts[i].flag, counts[i].rows), *examples = json_array_make(a);
        if (!put_examples(run, a, path, rules, counts[i].flag, examples, err)) return false;
        json_put_value(one, "examples", examples);
    }
    return true;
}
