/* See question/where.h. A filter is a column, what is asked of it, and a value that is read by the
   column's type before SQL sees it. */
#include "data/question/where.h"

#include <string.h>

#include "base/time.h"
#include "data/extent.h"

typedef enum { ASK_IS,
               ASK_MIN,
               ASK_MAX,
               ASK_HAS,
               ASK_MISSING,
               ASK_BOX,
               ASK_SPAN } Ask;

static const struct {
    const char *ending;
    Ask         ask;
} endings[] = {
    { ".min", ASK_MIN },
    { ".max", ASK_MAX },
    { ".has", ASK_HAS },
    { ".missing", ASK_MISSING },
};

typedef struct {
    const Column *column; /* of a box its latitude */
    Ask           ask;
    Str           value;
} Filter;

/* Names that no column can have, and the column that each is of. */
static const struct {
    const char *name;
    Ask         ask;
    ColumnRole  role;
} reserved[] = {
    { "_bbox", ASK_BOX, ROLE_OF_LATITUDE },
    { "_time", ASK_SPAN, ROLE_OF_TIME },
};

static bool is_number(const Column *column)
{
    return column && (column->type == COLUMN_NUMBER || column->type == COLUMN_INTEGER);
}

/* The column a reserved name is of, else why there is none. */
static bool reserved_read(const Where *w, size_t which, Filter *out, Err *err)
{
    const Column *longitude = columns_role(w->table->columns, w->table->column_count, ROLE_OF_LONGITUDE);
    out->column = columns_role(w->table->columns, w->table->column_count, reserved[which].role);
    out->ask = reserved[which].ask;
    if (out->ask == ASK_BOX && !(is_number(out->column) && is_number(longitude)))
        return fail(err, ERR_USAGE, "_bbox needs columns of latitude and longitude, and there are none");
    return true;
}

/* A name that is a column's as a whole is that column, whatever it ends in. */
static bool filter_read(Where *w, const QuestionPair *pair, Filter *out, Err *err)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (!str_eq_z(pair->name, reserved[i].name)) continue;
        out->value = pair->value;
        return reserved_read(w, i, out, err);
    }
    Str name = str_starts(pair->name, S("where.")) && !term_find(w->arena, w->table, pair->name)
                   ? str_drop(pair->name, 6)
                   : pair->name;
    *out = (Filter){ .column = term_find(w->arena, w->table, name), .ask = ASK_IS, .value = pair->value };
    for (size_t i = 0; !out->column && i < sizeof endings / sizeof *endings; i++) {
        Str ending = str_of(endings[i].ending);
        if (!str_ends(name, ending)) continue;
        name = str_take_first(name, name.len - ending.len);
        out->ask = endings[i].ask;
        break;
    }
    if (!out->column) out->column = term_column(w->arena, w->table, name, err);
    return out->column != NULL;
}

static void name_put(const Where *w, const Filter *f)
{
    buf_put_z(w->sql, "t.");
    sql_name(w->sql, f->column->name);
}

/* "$3", bound to the value. */
static void given_put(Where *w, DuckValue value)
{
    w->given[w->given_count++] = value;
    buf_putf(w->sql, "$%zu", w->given_count);
}

static bool wrong(const Filter *f, const char *what, Err *err)
{
    return fail(err, ERR_USAGE, "\"%.*s\" is no value of \"%.*s\", which has %s", STR_ARG(str_take_first(f->value, 60)),
                STR_ARG(str_take_first(f->column->name, 80)), what);
}

static bool yes_or_no(Str value, bool *yes)
{
    *yes = str_eq_z(value, "true") || str_eq_z(value, "1");
    return *yes || str_eq_z(value, "false") || str_eq_z(value, "0");
}

/* A condition of its own, and what may hold of its column. */
static void condition_add(Where *w, const Column *column, size_t tests)
{
    w->conditions[w->condition_count++] = (Condition){ .column = column,
                                                       .flags = column_is_flags(column),
                                                       .number = column_is_row(column),
                                                       .tests = NEW_ARRAY(w->arena, Test, tests) };
}

static Test *test_add(Where *w, TestKind kind)
{
    Condition *condition = &w->conditions[w->condition_count - 1];
    Test      *test = &condition->tests[condition->n++];
    test->kind = kind;
    return test;
}

#define DAY_MS ((int64_t)86400000)

/* As the column keeps it: days, or microseconds. */
static DuckValue moment_of(const Column *column, int64_t at_ms)
{
    if (column->type == COLUMN_DATETIME) return DUCK_INTEGER_OF(at_ms * 1000);
    return DUCK_INTEGER_OF(at_ms / DAY_MS - (at_ms % DAY_MS < 0));
}

/* A date or time as the span it covers: both ends are texts that SQL casts, the second exclusive unless
   `exact`. */
typedef struct {
    Str     from, to;
    int64_t from_ms, to_ms;
    bool    exact;
} Period;

static bool period_read(Arena *a, const Filter *f, Period *out, Err *err)
{
    Date    date;
    int64_t at_ms;
    bool    moments = f->column->type == COLUMN_DATETIME;
    if (date_read(f->value, &date)) {
        int64_t from_ms = (int64_t)date_days(date) * DAY_MS, to_ms = ((int64_t)date_days_last(date) + 1) * DAY_MS;
        *out = (Period){ .from = date_text(a, date_of_ms(from_ms)),
                         .to = date_text(a, date_of_ms(to_ms)),
                         .from_ms = from_ms,
                         .to_ms = to_ms };
        return true;
    }
    if (!moments) return wrong(f, "dates: 2018, 2018-09 or 2018-09-13", err);
    char *text = (char *)str_copy(a, f->value).at;
    if (f->value.len > 10 && text[10] == ' ') text[10] = 'T';
    Str given = { text, f->value.len };
    Str tries[] = { given, str_join(a, (Str[]){ given, S("Z") }, 2), str_join(a, (Str[]){ given, S(":00Z") }, 2) };
    for (size_t i = 0; i < 3; i++) {
        if (!time_read(tries[i], &at_ms)) continue;
        Str at = time_text(a, at_ms);
        *out = (Period){ .from = str_take_first(at, at.len - 1),
                         .to = str_take_first(at, at.len - 1),
                         .from_ms = at_ms,
                         .to_ms = at_ms,
                         .exact = true };
        return true;
    }
    return wrong(f, "dates and times: 2018, 2018-09, 2018-09-13 or 2018-09-13T08:30:00", err);
}

static void side_put(Where *w, const Filter *f, const char *compare, Str at)
{
    name_put(w, f);
    buf_putf(w->sql, " %s CAST(", compare);
    given_put(w, DUCK_TEXT_OF(at));
    buf_put_z(w->sql, f->column->type == COLUMN_DATETIME ? " AS TIMESTAMP)" : " AS DATE)");
}

static bool period_put(Where *w, const Filter *f, Err *err)
{
    Period p = { 0 };
    if (!period_read(w->arena, f, &p, err)) return false;
    Test *test = test_add(w, TEST_RANGE);
    if (f->ask != ASK_MAX) test->low = moment_of(f->column, p.from_ms);
    if (f->ask != ASK_MIN) test->high = moment_of(f->column, p.to_ms);
    test->high_open = !p.exact;
    if (f->ask != ASK_MAX) side_put(w, f, ">=", p.from);
    if (f->ask == ASK_IS) buf_put_z(w->sql, " AND ");
    if (f->ask != ASK_MIN) side_put(w, f, p.exact ? "<=" : "<", p.to);
    return true;
}

static bool is_clock(Str s)
{
    static const char form[] = "00:00:00";
    if (s.len != 5 && s.len != 8) return false;
    for (size_t i = 0; i < s.len; i++)
        if (form[i] == ':' ? s.at[i] != ':' : s.at[i] < '0' || s.at[i] > '9') return false;
    return s.at[0] <= '2' && (s.at[0] < '2' || s.at[1] <= '3') && s.at[3] <= '5' && (s.len == 5 || s.at[6] <= '5');
}

/* Microseconds of the day. */
static DuckValue clock_of(Str s)
{
    int64_t seconds = (s.at[0] - '0') * 36000 + (s.at[1] - '0') * 3600 + (s.at[3] - '0') * 600 + (s.at[4] - '0') * 60;
    if (s.len == 8) seconds += (s.at[6] - '0') * 10 + (s.at[7] - '0');
    return DUCK_INTEGER_OF(seconds * 1000000);
}

static const char *compare_word(Ask ask)
{
    return ask == ASK_MIN ? " >= " : ask == ASK_MAX ? " <= "
                                                    : " = ";
}

static bool value_put(Where *w, const Filter *f, Err *err)
{
    DuckValue value = DUCK_TEXT_OF(f->value);
    bool      yes;
    switch (f->column->type) {
    case COLUMN_DATE:
    case COLUMN_DATETIME:
    case COLUMN_YEARMONTH: return period_put(w, f, err);
    case COLUMN_NUMBER:
    case COLUMN_INTEGER:
    case COLUMN_YEAR:
        value = DUCK_INTEGER_OF(0);
        if (!str_to_i64(f->value, &value.integer)) {
            value = DUCK_NUMBER_OF(0);
            if (!str_to_double(f->value, &value.number)) return wrong(f, "numbers", err);
        }
        break;
    case COLUMN_BOOLEAN:
        if (f->ask != ASK_IS || !yes_or_no(f->value, &yes)) return wrong(f, "true and false", err);
        value = (DuckValue){ .type = DUCK_BOOL, .yes = yes };
        break;
    case COLUMN_TIME:
        if (!is_clock(f->value)) return wrong(f, "times: 08:30 or 08:30:00", err);
        break;
    default: break;
    }
    Test     *test = test_add(w, TEST_RANGE);
    DuckValue bound = f->column->type == COLUMN_TIME ? clock_of(f->value) : value;
    if (f->ask != ASK_MAX) test->low = bound;
    if (f->ask != ASK_MIN) test->high = bound;
    name_put(w, f);
    buf_put_z(w->sql, compare_word(f->ask));
    if (f->column->type == COLUMN_TIME) buf_put_z(w->sql, "CAST(");
    given_put(w, value);
    if (f->column->type == COLUMN_TIME) buf_put_z(w->sql, " AS TIME)");
    return true;
}

static bool missing_put(Where *w, const Filter *f, Err *err)
{
    bool yes;
    if (!yes_or_no(f->value, &yes))
        return fail(err, ERR_USAGE, "%.*s.missing is true or false", STR_ARG(str_take_first(f->column->name, 80)));
    test_add(w, yes ? TEST_MISSING : TEST_PRESENT);
    if (column_is_flags(f->column)) {
        buf_putf(w->sql, "coalesce(len(t." QUESTION_FLAGS "), 0) %s 0", yes ? "=" : ">");
        return true;
    }
    name_put(w, f);
    buf_put_z(w->sql, yes ? " IS NULL" : " IS NOT NULL");
    return true;
}

static bool box_put(Where *w, const Filter *f, Err *err)
{
    Box box;
    if (!box_read(f->value, CRS_84, &box, err)) return false;
    Filter longitude = { .column = columns_role(w->table->columns, w->table->column_count, ROLE_OF_LONGITUDE) };
    Test  *test = test_add(w, TEST_RANGE);
    test->low = DUCK_NUMBER_OF(box.south);
    test->high = DUCK_NUMBER_OF(box.north);
    condition_add(w, longitude.column, 2);
    test = test_add(w, TEST_RANGE);
    test->low = DUCK_NUMBER_OF(box.west);
    if (box.west > box.east) test = test_add(w, TEST_RANGE);
    test->high = DUCK_NUMBER_OF(box.east);
    name_put(w, f);
    buf_put_z(w->sql, " >= ");
    given_put(w, DUCK_NUMBER_OF(box.south));
    buf_put_z(w->sql, " AND ");
    name_put(w, f);
    buf_put_z(w->sql, " <= ");
    given_put(w, DUCK_NUMBER_OF(box.north));
    buf_put_z(w->sql, " AND (");
    name_put(w, &longitude);
    buf_put_z(w->sql, " >= ");
    given_put(w, DUCK_NUMBER_OF(box.west));
    buf_put_z(w->sql, box.west <= box.east ? " AND " : " OR ");
    name_put(w, &longitude);
    buf_put_z(w->sql, " <= ");
    given_put(w, DUCK_NUMBER_OF(box.east));
    buf_put_byte(w->sql, ')');
    return true;
}

/* The unit of time that a value of the column covers; NULL of an instant, or of what is no time. */
static const char *unit_of(const Column *column)
{
    return column->type == COLUMN_DATE ? "day" : column->type == COLUMN_YEARMONTH ? "month"
                                             : column->type == COLUMN_YEAR        ? "year"
                                                                                  : NULL;
}

/* `compare` with an end of the span, which is cut to the unit that the column counts in. */
static void span_side_put(Where *w, const Filter *f, const char *compare, int64_t at_ms)
{
    const char *unit = unit_of(f->column);
    Str         at = time_text(w->arena, at_ms);
    buf_put_z(w->sql, " AND ");
    name_put(w, f);
    buf_putf(w->sql, " %s ", compare);
    if (f->column->type == COLUMN_YEAR) buf_put_z(w->sql, "year(");
    else if (unit) buf_putf(w->sql, "date_trunc('%s', ", unit);
    buf_put_z(w->sql, "CAST(");
    given_put(w, DUCK_TEXT_OF(str_take_first(at, at.len - 1)));
    buf_put_z(w->sql, " AS TIMESTAMP)");
    if (unit) buf_put_byte(w->sql, ')');
}

/* The same for indexes; what has no time meets every span. */
static DuckValue end_of_span(const Column *column, int64_t at_ms)
{
    Date date = date_of_ms(at_ms);
    if (column->type == COLUMN_YEAR) return DUCK_INTEGER_OF(date.year);
    if (column->type == COLUMN_YEARMONTH) date.day = 1;
    return column->type == COLUMN_DATETIME ? moment_of(column, at_ms)
                                           : DUCK_INTEGER_OF(date_days(date));
}

static void span_test(Where *w, const Filter *f, Span span)
{
    test_add(w, TEST_MISSING);
    Test *test = test_add(w, TEST_RANGE);
    if (span.from_ms != INT64_MIN) test->low = end_of_span(f->column, span.from_ms);
    if (span.before_ms == INT64_MAX) return;
    test->high_open = !unit_of(f->column);
    test->high = end_of_span(f->column, test->high_open ? span.before_ms : span.before_ms - 1);
}

/* A span in whole units has no end within one: its last moment is looked at, not the one after. */
static bool span_put(Where *w, const Filter *f, Err *err)
{
    Span span;
    if (!span_read(f->value, &span, err)) return false;
    if (!f->column || (f->column->type != COLUMN_DATETIME && !unit_of(f->column))) {
        buf_put_z(w->sql, "true");
        w->condition_count--;
        return true;
    }
    span_test(w, f, span);
    name_put(w, f);
    buf_put_z(w->sql, " IS NULL OR (true");
    if (span.from_ms != INT64_MIN) span_side_put(w, f, ">=", span.from_ms);
    if (span.before_ms != INT64_MAX && unit_of(f->column)) span_side_put(w, f, "<=", span.before_ms - 1);
    else if (span.before_ms != INT64_MAX) span_side_put(w, f, "<", span.before_ms);
    buf_put_byte(w->sql, ')');
    return true;
}

static bool condition_put(Where *w, const Filter *f, Err *err)
{
    if (f->ask == ASK_BOX) return box_put(w, f, err);
    if (f->ask == ASK_SPAN) return span_put(w, f, err);
    if (f->ask == ASK_MISSING) return missing_put(w, f, err);
    if (column_is_flags(f->column)) {
        if (f->ask != ASK_IS)
            return fail(err, ERR_USAGE, QUESTION_FLAGS " is asked by the name of a flag, or .missing");
        test_add(w, TEST_FLAG)->text = f->value;
        buf_put_z(w->sql, "list_contains(t." QUESTION_FLAGS ", ");
        given_put(w, DUCK_TEXT_OF(f->value));
        buf_put_byte(w->sql, ')');
        return true;
    }
    if (f->ask != ASK_HAS) return value_put(w, f, err);
    test_add(w, TEST_HAS)->text = f->value;
    buf_put_z(w->sql, "contains(lower(CAST(");
    name_put(w, f);
    buf_put_z(w->sql, " AS VARCHAR)), lower(");
    given_put(w, DUCK_TEXT_OF(f->value));
    buf_put_z(w->sql, "))");
    return true;
}

/* Several values of one name mean any of them; several bounds, all. */
static bool alike(const Filter *x, const Filter *y)
{
    return x->column == y->column && x->ask == y->ask && (x->ask == ASK_IS || x->ask == ASK_HAS);
}

bool where_read(Where *w, const QuestionPair *pairs, size_t n, Err *err)
{
    Filter *filters = NEW_ARRAY(w->arena, Filter, n + 1);
    bool   *done = NEW_ARRAY(w->arena, bool, n + 1);
    w->sql = buf_open(w->arena);
    w->given = NEW_ARRAY(w->arena, DuckValue, 4 * n + 1); /* a box has four */
    w->conditions = NEW_ARRAY(w->arena, Condition, 2 * n + 1);
    for (size_t i = 0; i < n; i++)
        if (!filter_read(w, &pairs[i], &filters[i], err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (done[i]) continue;
        condition_add(w, filters[i].column, n + 1);
        buf_put_z(w->sql, w->sql->len ? " AND ((" : "((");
        for (size_t k = i; k < n; k++) {
            if (k > i && (done[k] || !alike(&filters[i], &filters[k]))) continue;
            if (k > i) buf_put_z(w->sql, ") OR (");
            if (!condition_put(w, &filters[k], err)) return false;
            done[k] = true;
        }
        /* Where it reads the file the engine does a condition of one column, and does not hear that it is to stop
           before a row fits; one that may differ from time to time it does above that. Dear ones are kept there. */
        if (filters[i].ask == ASK_HAS) buf_put_z(w->sql, ") OR (random() < 0");
        buf_put_z(w->sql, "))");
    }
    return true;
}

Str where_sql(const Where *w)
{
    if (!w->sql || !w->sql->len) return STR_NONE;
    return str_join(w->arena, (Str[]){ S(" WHERE "), buf_str(w->sql) }, 2);
}
