/* Generalised parts: what a reader whom terms restrict is given instead of the precise ones. */
#include "data/seen.h"

#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "data/generalised.h"
#include "data/import.h"

#include "../core/nodes.h"

typedef struct {
    Node    *node;
    Data    *data;
    Reader   owner, anyone;
    Imported dataset;
    Arena   *a;
} World;

#define ROWS                                                      \
    "id,species,status,lat,lon,day,village,note\n"                \
    "1,Panthera tigris,CR,14.123,100.456,2020-05-17,Ban A,x\n"    \
    "2,Panthera tigris,LC,14.223,100.556,2020-06-18,Ban A,x\n"    \
    "3,Ursus thibetanus,cr ,-14.123,100.456,2021-05-19,Ban B,x\n" \
    "4,Ursus thibetanus,,95,100.456,2021-07-20,Ban A,x\n"

static void set_terms(World *w, const char *terms)
{
    Json   *patch;
    Outcome outcome;
    Err     err = { 0 };
    check_ok(json_read(w->a, str_of(terms), &patch, &err), &err, __FILE__, __LINE__, terms);
    Change change = { .what = CHANGE_PATCH,
                      .who = &w->owner,
                      .kind = S("dataset"),
                      .target = w->dataset.record.id,
                      .based_on = w->dataset.record.version,
                      .doc = patch };
    check_ok(record_change(w->node, w->a, &change, &outcome, &err), &err, __FILE__, __LINE__, terms);
    w->dataset.record = outcome.record;
}

/* The file of that name with these rows, as a new version of the dataset. */
static void import_rows(World *w, const char *name, const char *rows)
{
    Err           err = { 0 };
    const char   *file = path_join(w->a, str_of(test_folder(w->a)), S("rows.csv")).at;
    ImportOptions o = { .who = &w->owner,
                        .dataset = S("seen"),
                        .owner = S("caec"),
                        .audience = S("public"),
                        .name = str_of(name),
                        .state = STATE_PUBLISHED };
    check_ok(file_replace(file, str_of(rows), 0644, &err) &&
                 import_file(w->data, w->a, file, &o, NULL, NULL, &w->dataset, &err),
             &err, __FILE__, __LINE__, "import");
}

/* A dataset of these rows with these terms. */
static World world_of(Arena *a, const char *rows, const char *terms)
{
    World       w = { .owner = { .name = S("system"), .may_write = true, .all = true }, .a = a };
    Err         err = { 0 };
    const char *folder = str_format(a, "%s/node", test_folder(a)).at;
    reader_finish(&w.owner, a);
    reader_finish(&w.anyone, a);
    check_ok(node_init(folder, nodes_json(a, "{\"name\":\"test.example\"}"), &err) &&
                 node_open(folder, &(NodeOptions){ .share = S(".") }, &w.node, &err) &&
                 data_open(w.node, &w.data, &err),
             &err, __FILE__, __LINE__, "a node");
    nodes_create(w.node, a, "organisation", "caec", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"The owner\"},\"type\":\"agency\"}");
    import_rows(&w, "rows.csv", rows);
    set_terms(&w, terms);
    return w;
}

static World world(Arena *a, const char *terms)
{
    return world_of(a, ROWS, terms);
}

static void world_end(World *w)
{
    data_close(w->data);
    node_close(w->node);
}

static bool see(World *w, const Reader *reader, Table *out, Err *err)
{
    const Record *r = &w->dataset.record;
    return seen_table(w->data, w->a, reader, r->doc, r->doc, r->owner, out, err);
}

/* The answer of "SELECT … FROM t", one text. */
static Str ask(World *w, const Table *table, const char *select)
{
    Err       err = { 0 };
    Duck     *duck;
    DuckRun  *run;
    DuckValue value = { 0 };
    bool      ok = data_engine(w->data, &duck, &err) && duck_run_open(duck, &run, &err) &&
              duck_ask_one(run, w->a,
                           str_format(w->a, "WITH t AS (FROM read_parquet('%s')) %s", table->parts[0].at, select), NULL,
                           0, &value, &err);
    check_ok(ok, &err, __FILE__, __LINE__, select);
    duck_run_close(run);
    return value.type == DUCK_TEXT ? value.text : S("none");
}

#define LIST(expression) "SELECT coalesce(string_agg(" expression ", ' ' ORDER BY id), 'none') FROM t"

TEST("who terms restrict is given other parts, made once; the owner and who is in the audience the precise ones")
{
    World w = world(a, "{\"terms\":[{\"columns\":[\"note\"],\"how\":\"withhold\"}]}");
    Table mine, theirs, again;
    CHECK_OK(see(&w, &w.owner, &mine, &err));
    CHECK_OK(see(&w, &w.anyone, &theirs, &err));
    CHECK_OK(see(&w, &w.anyone, &again, &err));
    CHECK(!str_eq(mine.parts[0], theirs.parts[0]));
    CHECK_STR(again.parts[0], theirs.parts[0].at);
    CHECK_STR(ask(&w, &mine, LIST("note")), "x x x x");
    CHECK_STR(ask(&w, &theirs, LIST("note")), "none");
    CHECK_EQ_INT(mine.part_count, theirs.part_count);
    world_end(&w);
}

TEST("coordinates are the middle of their cell in the rows that the rule names, also below zero, and rows say so")
{
    World w = world(a, "{\"terms\":[{\"columns\":[\"lat\",\"lon\"],\"how\":\"grid\",\"degrees\":0."
                       "5,\"where\":\"status\","
                       "\"values\":[\"CR\"]}]}");
    Table table;
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK_STR(ask(&w, &table, LIST("lat || ',' || lon")), "14.25,100.25 14.223,100.556 -14.25,100.25 95.0,100.456");
    CHECK_STR(ask(&w, &table, LIST("coalesce(dataGeneralizations, '-')")),
              "lat, lon: the middle of a cell of 0.5 degrees - lat, lon: the middle of a cell of 0.5 degrees -");
    CHECK_STR(ask(&w, &table, LIST("coalesce(informationWithheld, '-')")), "- - - -");
    CHECK_EQ_INT(table.column_count,
                 w.dataset.report ? json_array_size(json_get(w.dataset.record.doc, "columns")) + 2
                                  : 0);
    world_end(&w);
}

TEST("dates become their month or year, a rare combination is withheld, and a changed row has no quality flags")
{
    World w = world(a, "{\"terms\":[{\"columns\":[\"day\"],\"how\":\"month\"},{\"columns\":["
                       "\"village\"],\"how\":\"suppress\","
                       "\"under\":2}]}");
    Table mine, table;
    CHECK_OK(see(&w, &w.owner, &mine, &err));
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK_STR(ask(&w, &table, LIST("CAST(day AS VARCHAR)")), "2020-05-01 2020-06-01 2021-05-01 2021-07-01");
    CHECK_STR(ask(&w, &table, LIST("coalesce(village, '-')")), "- - - -");
    CHECK_STR(ask(&w, &table, "SELECT DISTINCT informationWithheld FROM t"),
              "village: withheld where fewer than 2 rows share them, and in others that hide these");
    CHECK_STR(ask(&w, &mine, LIST("len(_flags)::VARCHAR")), "0 0 0 1");
    CHECK_STR(ask(&w, &table, LIST("len(_flags)::VARCHAR")), "0 0 0 0");
    world_end(&w);
}

TEST("a term that names a column which is not there closes the rows to those it restricts, and to no others")
{
    World w = world(a, "{\"terms\":[{\"columns\":[\"no such\"],\"how\":\"withhold\"}]}");
    Table table;
    CHECK_ERR(see(&w, &w.anyone, &table, &err), ERR_INVALID);
    CHECK(str_has(str_of(err.text), S("no such")));
    err = (Err){ 0 };
    CHECK_OK(see(&w, &w.owner, &table, &err));
    world_end(&w);
}

#define WITHHELD "{\"terms\":[{\"columns\":[\"note\"],\"how\":\"withhold\"}]}"
#define BY_MONTH "{\"terms\":[{\"columns\":[\"day\"],\"how\":\"month\"}]}"

TEST("what was made under earlier terms is removed an hour after nobody can ask for it, and made "
     "again when it is asked for")
{
    World w = world(a, WITHHELD);
    Table earlier, now, again;
    Json *old_doc = w.dataset.record.doc;
    CHECK_OK(see(&w, &w.anyone, &earlier, &err));
    CHECK_OK(generalised_tidy(w.data, 1, &err));
    CHECK_OK(generalised_tidy(w.data, 1 + GENERALISED_KEPT_MS, &err));
    CHECK(path_exists(earlier.parts[0].at)); /* the terms hold */
    set_terms(&w, BY_MONTH);
    CHECK_OK(see(&w, &w.anyone, &now, &err));
    CHECK_OK(generalised_tidy(w.data, 5, &err));
    CHECK_OK(generalised_tidy(w.data, 4 + GENERALISED_KEPT_MS, &err));
    CHECK(path_exists(earlier.parts[0].at)); /* a reader may be in the middle of it */
    /* One with the record as it was begins now: the hour begins again. */
    CHECK_OK(seen_table(w.data, a, &w.anyone, old_doc, old_doc, w.dataset.record.owner, &again, &err));
    CHECK_STR(again.parts[0], earlier.parts[0].at);
    CHECK_OK(generalised_tidy(w.data, 6 + GENERALISED_KEPT_MS, &err));
    CHECK(path_exists(earlier.parts[0].at));
    CHECK_OK(generalised_tidy(w.data, 6 + 2 * GENERALISED_KEPT_MS, &err));
    CHECK(!path_exists(earlier.parts[0].at));
    CHECK(path_exists(now.parts[0].at));
    /* The old version under the terms of the newest, and the earlier terms again. */
    CHECK_OK(seen_table(w.data, a, &w.anyone, w.dataset.record.doc, old_doc, w.dataset.record.owner, &again, &err));
    CHECK_STR(ask(&w, &again, LIST("CAST(day AS VARCHAR)")), "2020-05-01 2020-06-01 2021-05-01 2021-07-01");
    set_terms(&w, WITHHELD);
    CHECK_OK(see(&w, &w.anyone, &again, &err));
    CHECK_STR(ask(&w, &again, LIST("coalesce(note, '-')")), "- - - -");
    world_end(&w);
}

TEST("removing what was made under earlier terms may end at any step: it is made again, and the rest removed later")
{
    World  w = world(a, WITHHELD);
    Table  earlier, again;
    Json  *old_doc = w.dataset.record.doc;
    Str   *keys, folder = path_join(a, str_of(node_folder(w.node)), S("generalised"));
    size_t n;
    set_terms(&w, BY_MONTH);
    for (int step = 1; step <= 2; step++) {
        int64_t now = step * 10 * GENERALISED_KEPT_MS;
        CHECK_OK(seen_table(w.data, a, &w.anyone, old_doc, old_doc, w.dataset.record.owner, &earlier, &err));
        CHECK_OK(generalised_tidy(w.data, now, &err));
        fault_arm(FAULT_PART_DROP, step, FAULT_ONCE, 0);
        CHECK_OK(generalised_tidy(w.data, now + GENERALISED_KEPT_MS, &err));
        fault_disarm_all();
        CHECK(!path_exists(earlier.parts[0].at));
        CHECK(folder_list(a, folder.at, &keys, &n, &err) && n == 1);
        CHECK_OK(seen_table(w.data, a, &w.anyone, old_doc, old_doc, w.dataset.record.owner, &again, &err));
        CHECK_STR(ask(&w, &again, LIST("coalesce(note, '-')")), "- - - -");
        /* And where nobody asks, the key goes. */
        unlink(again.parts[0].at);
        CHECK_OK(generalised_tidy(w.data, now + 2 * GENERALISED_KEPT_MS, &err));
        CHECK_OK(generalised_tidy(w.data, now + 3 * GENERALISED_KEPT_MS, &err));
        CHECK(folder_list(a, folder.at, &keys, &n, &err) && n == 0);
    }
    world_end(&w);
}

TEST("while a change of terms is drafted, what others see under the published ones stays")
{
    World  w = world(a, WITHHELD);
    Table  theirs;
    Json  *patch;
    Record published = w.dataset.record;
    CHECK_OK(see(&w, &w.anyone, &theirs, &err));
    CHECK_OK(json_read(a, S(BY_MONTH), &patch, &err));
    Outcome outcome;
    Change  change = { .what = CHANGE_PATCH,
                       .who = &w.owner,
                       .kind = S("dataset"),
                       .target = published.id,
                       .based_on = published.version,
                       .doc = patch,
                       .state = STATE_DRAFT,
                       .state_given = true };
    CHECK_OK(record_change(w.node, a, &change, &outcome, &err));
    CHECK(outcome.record.state == STATE_DRAFT);
    CHECK_OK(generalised_tidy(w.data, 1, &err));
    CHECK_OK(generalised_tidy(w.data, 1 + GENERALISED_KEPT_MS, &err));
    CHECK(path_exists(theirs.parts[0].at));
    world_end(&w);
}

/* ---- groups of few rows ---- */

#define SUPPRESS "{\"columns\":[\"village\"],\"how\":\"suppress\",\"under\":5}"
#define FEW      "{\"terms\":[" SUPPRESS "]}"
#define VILLAGES                                                                                                  \
    "SELECT string_agg(k, ', ' ORDER BY k) FROM (SELECT coalesce(village, CASE WHEN informationWithheld IS NULL " \
    "THEN '' ELSE '-' END) || ' ' || count(*) AS k FROM t GROUP BY village, informationWithheld IS NULL)"

/* Rows of villages: "A 75, B 3"; "" is without one. Each has its number, an age of ten and one of two kinds. */
static const char *villages(Arena *a, const char *text)
{
    Buf *rows = buf_open(a);
    int  id = 0;
    buf_put_z(rows, "id,village,age,kind\n");
    for (Cut rest = { .tail = str_of(text), .found = true }; rest.found;) {
        int64_t n = 0;
        rest = str_cut(rest.tail, ',');
        Cut one = str_cut_last(rest.head, ' ');
        CHECK(str_to_i64(one.tail, &n));
        for (int64_t i = 0; i < n; i++, id++)
            buf_putf(rows, "n%d,%.*s,%d,%s\n", id, STR_ARG(str_trim(one.head)), 20 + id % 10, id % 2 ? "wet" : "dry");
    }
    return buf_str(rows).at;
}

TEST("what is withheld as rare is of two groups and as many rows as a group must have; else all is")
{
    static const struct {
        const char *rows, *shown;
    } cases[] = {
        { "A 75, B 75, C 74, D 73, E 3", "- 76, A 75, B 75, C 74" },
        { "A 75, B 75, C 74, D 73", "A 75, B 75, C 74, D 73" },
        { "C 9, B 9, D 9, E 4", "- 13, C 9, D 9" }, /* of one size: the first */
        { "A 9, E 3, F 2", "- 5, A 9" },
        { "A 9, B 8, E 1, F 1, G 2", "- 12, A 9" },
        { "A 5, E 4", "- 9" },
        { "E 3", "- 3" },
        { "E 3, F 1", "- 4" },
        { "A 9, B 8, E 3,  9", " 9, - 11, A 9" }, /* no value is no village, and hides none */
        { "A 9, B 8,  2", " 2, A 9, B 8" },
        { "E 3,  90", "- 93" }, /* but for which rows have the only one */
        { "A 9, E 3,  90", " 90, - 12" },
        { "E 3, F 2,  90", " 90, - 5" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *one = arena_open(0);
        World  w = world_of(one, villages(one, cases[i].rows), FEW);
        Table  table;
        CHECK_OK(see(&w, &w.anyone, &table, &err));
        CHECK_STR(ask(&w, &table, VILLAGES), cases[i].shown);
        world_end(&w);
        arena_close(one);
    }
}

/* Who has all of `tables` tells rows apart by these columns and by what the rows say is withheld. Tells those that
   can be told to be of a village with fewer than 5 rows, or are too few: "n rows of E". */
static Str found(World *w, const Table *precise, const Table *tables, size_t n, const char *columns)
{
    Buf *sql = buf_open(w->a), *keys = buf_open(w->a);
    buf_putf(sql,
             "SELECT string_agg(n || ' rows of ' || v, ', ' ORDER BY v) FROM (SELECT count(*) AS n, "
             "string_agg(DISTINCT village, '+' ORDER BY village) AS v, bool_and(rare) AS rare FROM (SELECT *, count(*) "
             "OVER (PARTITION BY village) < 5 AS rare FROM read_parquet('%s')) AS p",
             precise->parts[0].at);
    for (size_t i = 0; i < n; i++) {
        buf_putf(sql, " LEFT JOIN (SELECT id AS i%zu, ROW(%s, informationWithheld) AS k%zu FROM read_parquet('%s')) "
                      "ON id = i%zu",
                 i, columns, i, tables[i].parts[0].at, i);
        buf_putf(keys, "%sk%zu", i ? ", " : "", i);
    }
    buf_putf(sql, " GROUP BY %s) WHERE rare AND (n < 5 OR NOT contains(v, '+'))", keys->at);
    return ask(w, precise, buf_str(sql).at);
}

TEST("rows of a village that few share cannot be told from others, whatever terms there are beside")
{
    static const struct {
        const char *columns, *terms;
    } cases[] = {
        { "village", SUPPRESS },
        { "village, age", SUPPRESS ",{\"columns\":[\"village\",\"age\"],\"how\":\"suppress\",\"under\":5}" },
        { "village, age", "{\"columns\":[\"village\",\"age\"],\"how\":\"suppress\",\"under\":5}," SUPPRESS },
        { "village, kind", "{\"columns\":[\"village\",\"kind\"],\"how\":\"suppress\",\"under\":37}," SUPPRESS },
        { "village, age, kind", SUPPRESS ",{\"columns\":[\"age\",\"kind\"],\"how\":\"suppress\",\"under\":31}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *one = arena_open(0);
        World  w = world_of(one, villages(one, "A 75, B 75, C 74, D 73, E 3,  6"),
                            str_format(one, "{\"terms\":[%s]}", cases[i].terms).at);
        Table  table, mine;
        CHECK_OK(see(&w, &w.owner, &mine, &err));
        CHECK_OK(see(&w, &w.anyone, &table, &err));
        CHECK_STR(found(&w, &mine, &table, 1, cases[i].columns), "none");
        CHECK_STR(ask(&w, &table, "SELECT count(*)::VARCHAR FROM t WHERE village = 'E'"), "0");
        CHECK(!str_eq_z(ask(&w, &table, "SELECT count(village)::VARCHAR FROM t"), "0"));
        world_end(&w);
        arena_close(one);
    }
}

TEST("rows that the rule of a term names are looked at as if they were all")
{
    /* Wet: C 4, D 10, E 10, F 12. */
    World w = world_of(a, villages(a, "C 8, D 20, E 20, F 24"),
                       "{\"terms\":[{\"columns\":[\"village\"],\"how\":\"suppress\",\"under\":5,"
                       "\"where\":\"kind\",\"values\":[\"WET\"]}]}");
    Table table;
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK_STR(ask(&w, &table, VILLAGES), "- 14, C 4, D 10, E 20, F 24");
    CHECK_STR(ask(&w, &table, "SELECT string_agg(DISTINCT kind, ' ') FROM t WHERE village IS NULL"), "wet");
    world_end(&w);
}

TEST("each part is looked at by itself, and made again is the same byte for byte")
{
    World w = world_of(a, villages(a, "A 9, B 9, C 9, D 9, E 3"), FEW);
    Table table, again;
    import_rows(&w, "more.csv", villages(a, "A 12, B 7, E 5"));
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK_EQ_INT(table.part_count, 2);
    CHECK_STR(ask(&w, &table, VILLAGES), "- 12, B 9, C 9, D 9");
    CHECK_STR(ask(&w, &(Table){ .parts = table.parts + 1 }, VILLAGES), "A 12, B 7, E 5");
    unlink(table.parts[0].at);
    CHECK_OK(see(&w, &w.anyone, &again, &err));
    CHECK_STR(again.parts[0], table.parts[0].at);
    world_end(&w);
}

/* The dataset as `asked` had it, under the terms of now. */
static Table see_old(World *w, const Json *asked)
{
    Table table = { 0 };
    Err   err = { 0 };
    check_ok(seen_table(w->data, w->a, &w->anyone, w->dataset.record.doc, asked, w->dataset.record.owner, &table, &err),
             &err, __FILE__, __LINE__, "an old version");
    return table;
}

TEST("an old version tells nothing of what a newer one withholds, nor the newer of the old")
{
    World w = world_of(a, villages(a, "A 75, B 75, C 74, D 73, E 3"), FEW);
    Table mine, tables[2];
    Json *first = w.dataset.record.doc;
    CHECK_OK(see(&w, &w.owner, &mine, &err));
    CHECK_OK(see(&w, &w.anyone, &tables[0], &err));
    CHECK_STR(ask(&w, &tables[0], VILLAGES), "- 76, A 75, B 75, C 74");
    /* One more row of D: now C is the one of the same size that comes first, and D is shown. */
    import_rows(&w, "rows.csv", villages(a, "A 75, B 75, C 74, D 73, E 3, D 1"));
    CHECK_OK(see(&w, &w.anyone, &tables[1], &err));
    CHECK_STR(ask(&w, &tables[1], VILLAGES), "- 77, A 75, B 75, D 74");
    CHECK_STR(found(&w, &mine, tables, 2, "village"), "3 rows of E"); /* who kept what was shown before */
    tables[0] = see_old(&w, first);
    CHECK_STR(ask(&w, &tables[0], VILLAGES), "- 300");
    CHECK_STR(found(&w, &mine, tables, 2, "village"), "none");
    /* What is still there is shown as it was. */
    Json *second = w.dataset.record.doc;
    import_rows(&w, "more.csv", villages(a, "D 40, E 40"));
    CHECK_STR(see_old(&w, second).parts[0], tables[1].parts[0].at);
    world_end(&w);
}

TEST("a version in which the column was of another type shows none of its values")
{
    World w = world_of(a, villages(a, "A 30, B 30"),
                       "{\"terms\":[{\"columns\":[\"age\"],\"how\":\"suppress\",\"under\":5}]}");
    Json *first = w.dataset.record.doc;
    Table table = see_old(&w, first);
    CHECK_STR(ask(&w, &table, "SELECT count(age)::VARCHAR FROM t"), "60");
    Str  columns = json_write(a, json_get(first, "columns")), integer = S("\"integer\"");
    long at = str_find(columns, integer);
    Str  after = str_drop(columns, (size_t)at + integer.len);
    set_terms(&w, str_format(a, "{\"columns\":%.*s\"string\"%.*s}", (int)at, columns.at, STR_ARG(after)).at);
    table = see_old(&w, first);
    CHECK_STR(ask(&w, &table, "SELECT count(age)::VARCHAR FROM t"), "0");
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK_STR(ask(&w, &table, "SELECT count(age)::VARCHAR FROM t"), "60");
    world_end(&w);
}

TEST("what was made by an earlier program of the same terms is removed as that of earlier terms is")
{
    World  w = world(a, WITHHELD);
    Table  table;
    Str   *keys, folder = path_join(a, str_of(node_folder(w.node)), S("generalised")), line;
    size_t n;
    CHECK_OK(see(&w, &w.anyone, &table, &err));
    CHECK(folder_list(a, folder.at, &keys, &n, &err) && n == 1);
    CHECK_OK(file_read(a, path_join(a, folder, keys[0]).at, 4096, &line, &err));
    Str  terms = json_write(a, json_get(w.dataset.record.doc, "terms"));
    Hash hash = hash_of(terms.at, terms.len);
    Str  earlier = str_format(a, "%.*s %.*s\n", STR_ARG(str_cut_last(line, ' ').head),
                              STR_ARG(hex_make(a, hash.b, HASH_BYTES)));
    CHECK_OK(file_replace(path_join(a, folder, keys[0]).at, earlier, 0600, &err));
    CHECK_OK(generalised_tidy(w.data, 1, &err));
    CHECK_OK(generalised_tidy(w.data, 1 + GENERALISED_KEPT_MS, &err));
    CHECK(!path_exists(table.parts[0].at));
    world_end(&w);
}
