/* Files into datasets: rows, rows set aside, the same again, another of the same name, faults. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "data/seen.h"
#include "store/files.h"

#include "import_world.h"

#define GOOD "station,date,level\nPrek Kdam,2020/01/01,3.5\nPrek Kdam,2020/01/02,\nKampong Chhnang,2020/01/03,4\n"

TEST("a file becomes a part, the same file changes nothing, another of its name takes its place")
{
    World    w = world(a);
    Imported first, again, other;
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &first, &err));
    CHECK_EQ_INT(first.rows, 3);
    CHECK_EQ_INT(first.aside, 0);
    CHECK_EQ_INT(first.record.version, 1);
    CHECK_EQ_INT(json_array_size(json_get(first.record.doc, "columns")), 3);
    CHECK_EQ_DOUBLE(ask(&w, a, first.part, "SELECT sum(level) FROM t").number, 7.5);
    CHECK_STR(ask(&w, a, first.part, "SELECT max(date) FROM t").text, "2020-01-03");
    CHECK_EQ_INT(ask(&w, a, first.part, "SELECT sum(len(_flags)) FROM t").integer, 0);

    uint64_t size = node_log_size(w.node);
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &again, &err));
    CHECK(again.unchanged);
    CHECK_STR(again.part, first.part);
    CHECK_EQ_INT(node_log_size(w.node), size);

    CHECK_OK(world_import(&w, a, file_of(a, "station,date,level\nPrek Kdam,2020/01/01,3.6\n"),
                          "levels.csv", &other, &err));
    CHECK(other.replaced);
    CHECK_EQ_INT(other.record.version, 2);
    CHECK_EQ_INT(json_array_size(json_get(other.record.doc, "parts")), 1);
    Str path;
    CHECK_OK(files_find(data_parts(w.data), a, first.part, &path, &err));

    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "more.csv", &again, &err));
    CHECK(!again.unchanged && !again.replaced);
    CHECK_EQ_INT(json_array_size(json_get(again.record.doc, "parts")), 2);
    CHECK_EQ_INT(left_over(&w, a), 0);
    world_end(&w);
}

TEST("lines that end in several ways are all read; a row set aside has the line it has in the file")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(&w, a, file_of(a, "name,n\r\na,1\nb,2\rc,3,9\r\n\"d\r\ne\",4\nf,5\n"),
                          "ends.csv", &out, &err));
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(name || ' ' || n, ', ') FROM t").text, "a 1, b 2, d\r\ne 4, f 5");
    CHECK_JSON(json_get(out.report, "aside"), "[{\"line\":4,\"reason\":\"too-many-cells\"}]");
    world_end(&w);
}

TEST("an empty cell in quotes is empty, also in a row set aside; empty cells left out at the end are empty")
{
    World    w = world(a);
    Imported out;
    Str      text, path;
    CHECK_OK(world_import(&w, a, file_of(a, "a,b,c,d\n\"\",\"x \"\"y\"\"\",1\n\"k\",\"\",2\nk,k,2\nl,m,3,word\n"),
                          "quoted.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 4);
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT count(*) FROM t WHERE d IS NULL").integer, 3);
    CHECK_STR(ask(&w, a, out.part, "SELECT b FROM t WHERE a IS NULL").text, "x \"y\"");
    CHECK_OK(world_import(&w, a, file_of(a, "a,b,c,d\n\"\",\"\",much,\"\"\nk,l,4,m\n"), "aside.csv", &out, &err));
    CHECK_EQ_INT(out.aside, 1);
    CHECK_OK(files_find(data_parts(w.data), a, out.aside_file, &path, &err));
    CHECK_OK(file_read(a, path.at, 10000, &text, &err));
    CHECK_STR(text, "a,b,c,d,_line,_column,_value,_reason,_row\n,,much,,2,c,much,not-integer,\n");
    world_end(&w);
}

TEST("what a dataset's columns have decided is in doubt no longer")
{
    World       w = world(a);
    Imported    out;
    const char *text = "k,share,none\na,1,\nb,2,\nc,3,\nd,4,\ne,>95,\n";
    CHECK_OK(world_import(&w, a, file_of(a, text), "first.csv", &out, &err));
    CHECK_EQ_INT(json_array_size(json_get(out.report, "doubts")), 2);
    CHECK_OK(world_import(&w, a, file_of(a, str_format(a, "%sf,5,\n", text).at), "next.csv", &out, &err));
    CHECK_EQ_INT(json_array_size(json_get(out.report, "doubts")), 0);
    world_end(&w);
}

TEST("a file of which no row can be read is refused with what is wrong with the first")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &out, &err));
    CHECK(!world_import(&w, a, file_of(a, "station,date,level\na,1.2.2020,1\nb,3.2.2020,2\n"), "bad.csv", &out, &err));
    CHECK_STR(str_of(err.text), "none of the file's 2 rows can be read; line 2: not-date \"1.2.2020\" in \"date\"");
    CHECK(!world_import(&w, a, file_of(a, "station,date,level\n"), "bad.csv", &out, &err));
    CHECK_STR(str_of(err.text), "the file has no rows");
    world_end(&w);
}

TEST("a row that cannot be read is set aside with its line, column, value and reason")
{
    World    w = world(a);
    Imported out;
    Str      text, path;
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &out, &err));
    CHECK_OK(world_import(&w, a,
                          file_of(a, "station,date,level\n\n\"Prek\nKdam\",2020/01/01,much\n"
                                     "b,2020/02/30,1\nc,2020/01/01\n"
                                     "d,2020/01/01,1,2\ne,2020/01/05,5\n"),
                          "bad.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    CHECK_EQ_INT(out.aside, 4);
    CHECK_JSON(json_get(out.report, "aside"),
               "[{\"line\":3,\"column\":\"level\",\"value\":\"much\",\"reason\":\"not-number\"},"
               "{\"line\":5,\"column\":\"date\",\"value\":\"2020/02/30\",\"reason\":\"not-date\"},"
               "{\"line\":6,\"reason\":\"too-few-cells\"},{\"line\":7,\"reason\":\"too-many-cells\"}]");
    CHECK_OK(files_find(data_parts(w.data), a, out.aside_file, &path, &err));
    CHECK_OK(file_read(a, path.at, 10000, &text, &err));
    CHECK_STR(text, "station,date,level,_line,_column,_value,_reason,_row\n"
                    "\"Prek\nKdam\",2020/01/01,much,3,level,much,not-number,\n"
                    "b,2020/02/30,1,5,date,2020/02/30,not-date,\n"
                    "c,2020/01/01,,6,,,too-few-cells,\"c,2020/01/01\"\n"
                    "d,2020/01/01,1,7,,,too-many-cells,\"d,2020/01/01,1,2\"\n");
    /* Mended and sent again, the columns of what was wrong are passed over. */
    CHECK_OK(world_import(&w, a,
                          file_of(a, "station,date,level,_line,_column,_value,_reason,_row\n"
                                     "b,2020/02/29,1,5,date,,,\n"),
                          "mended.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    world_end(&w);
}

TEST("values mean what the columns say: whole numbers, joined times, zones, no value")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(
        &w, a,
        file_of(a, "date,time,n,at,word,code\n 1/23/1985,930,1,2020-01-01T08:00:00+07:00,NA,NA\n"
                   " 1/24/1985,5,NA,2020-01-01T08:00:00,word,TH\n 12/25/1985,1200,3,2020-01-01T08:00:00Z,x,KH\n"),
        "bay.csv", &out, &err));
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(time::VARCHAR, ',') FROM t").text,
              "1985-01-23 09:30:00,1985-01-24 00:05:00,1985-12-25 12:00:00");
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(\"at\"::VARCHAR, ',') FROM t").text,
              "2020-01-01 01:00:00,2020-01-01 08:00:00,2020-01-01 08:00:00");
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT sum(n)::BIGINT FROM t").integer, 4);
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT count(word) FROM t").integer, 2);
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT count(code) FROM t").integer, 3);
    /* A later file with half a number: set aside, never rounded. */
    CHECK_OK(world_import(
        &w, a,
        file_of(a, "date,time,n,at,word,code\n1/23/1985,930,2.5,,a,TH\n1/23/1985,930,2,,a,TH\n1/23/1985,,2,,a,TH\n"),
        "later.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    CHECK_JSON(json_get(out.report, "aside"),
               "[{\"line\":2,\"column\":\"n\",\"value\":\"2.5\",\"reason\":\"not-integer\"},"
               "{\"line\":4,\"column\":\"date\",\"value\":\"1/23/1985\",\"reason\":\"not-datetime\"}]");
    world_end(&w);
}

TEST("headings that are not the dataset's are named, and nobody without the right imports")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &out, &err));
    CHECK_ERR(world_import(&w, a, file_of(a, "station,date,flow\na,2020/01/01,1\n"), "x.csv", &out, &err), ERR_INVALID);
    CHECK(str_has(str_of(err.text), S("\"level\"")) && str_has(str_of(err.text), S("\"flow\"")));
    Reader person = { .person = S("somebody"), .name = S("Somebody") };
    reader_finish(&person, a);
    ImportOptions o = { .who = &person, .dataset = S("rivers") };
    CHECK_ERR(import_file(w.data, a, file_of(a, GOOD), &o, NULL, NULL, &out, &err), ERR_FORBIDDEN);
    o.who = &w.who;
    o.only_look = true;
    uint64_t size = node_log_size(w.node);
    CHECK_OK(import_file(w.data, a, file_of(a, "station,date,level\na,2020/01/01,1\n"), &o, NULL, NULL, &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    CHECK_EQ_INT(node_log_size(w.node), size);
    CHECK_EQ_INT(left_over(&w, a), 0);
    world_end(&w);
}

TEST("an import that fails at any step leaves the dataset as it was, and the next works")
{
    static const Fault steps[] = { FAULT_FILE_WRITE, FAULT_FILE_SYNC, FAULT_FILE_RENAME, FAULT_JOURNAL_WRITE };
    World              w = world(a);
    Imported           out;
    CHECK_OK(world_import(&w, a, file_of(a, GOOD), "levels.csv", &out, &err));
    Str first = out.part;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        /* With a mark, so that it is made plain first, and a row that is set aside. */
        const char *path =
            file_of(a, str_format(a, "\xef\xbb\xbfstation,date,level\nx,2020/01/01,%zu\ny,no,1\n", i).at);
        fault_arm(steps[i], 1, FAULT_ONCE, ENOSPC);
        CHECK_ERR(world_import(&w, a, path, "levels.csv", &out, &err), ERR_DISK_FULL);
        fault_disarm_all();
        Record    r;
        Snapshot *s = snapshot_open(w.node, &w.who, S("en"));
        CHECK_OK(record_read(s, a, S("dataset"), S("rivers"), &r, &err));
        snapshot_close(s);
        CHECK_STR(json_get_text(json_at(r.doc, S("/parts/0")), "sha256"), first);
        CHECK_EQ_INT(left_over(&w, a), 0);
        CHECK_OK(world_import(&w, a, path, "levels.csv", &out, &err));
        CHECK(out.replaced && !out.unchanged);
        CHECK_EQ_INT(out.aside, 1);
        first = out.part;
    }
    world_end(&w);
}

/* Rows with ids of which two are the same: their flags are put into the part after it is written. */
static const char *repeated_ids(Arena *a, size_t rows)
{
    Buf *text = buf_open(a);
    buf_put_z(text, "id,taxon,level\n");
    for (size_t i = 0; i < rows; i++) buf_putf(text, "gauge-%zu,Ursus thibetanus,%zu\n", i == 3 ? 2 : i, i % 97);
    return file_of_bytes(a, buf_str(text));
}

TEST("an import that fails while flags are put into the part leaves nothing, and the next works")
{
    World       w = world(a);
    Imported    out;
    const char *path = repeated_ids(a, 50);
    for (int write = 1; write <= 2; write++) {
        fault_arm(FAULT_PART_WRITE, write, FAULT_ONCE, ENOSPC);
        CHECK_ERR(world_import(&w, a, path, "gauges.csv", &out, &err), ERR_DISK_FULL);
        fault_disarm_all();
        CHECK_EQ_INT(left_over(&w, a), 0);
    }
    CHECK_OK(world_import(&w, a, path, "gauges.csv", &out, &err));
    CHECK_EQ_INT(out.flagged, 2);
    CHECK_STR(json_get_text(json_at(out.report, S("/flags/0")), "flag"), "id-repeated");
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT count(*) FROM t WHERE level >= 0").integer, 50);
    CHECK_STR(
        ask(&w, a, out.part,
            "SELECT string_agg(level::INTEGER || _flags[1], ' ') FROM t WHERE len(_flags) = 1")
            .text,
        "2id-repeated 3id-repeated");
    world_end(&w);
}

/* The part that a node with these settings makes of a file; `groups`: how many row groups it has. */
static Str part_of(Arena *a, const char *path, const char *node, const char *settings, int64_t *groups)
{
    Arena   *own = arena_open(0);
    World    w = world_of(own, node, settings);
    Err      err = { 0 };
    Imported out = { 0 };
    Str      found;
    CHECK_OK(world_import(&w, own, path, "gauges.csv", &out, &err));
    CHECK_OK(files_find(data_parts(w.data), own, out.part, &found, &err));
    *groups = ask(&w, own, out.part,
                  str_format(own, "SELECT count(DISTINCT row_group_id) FROM parquet_metadata('%s')", found.at).at)
                  .integer;
    world_end(&w);
    Str part = str_copy(a, out.part);
    arena_close(own);
    return part;
}

TEST("the same file gives the same part, whatever the memory, in row groups of a piece of it each")
{
    const char *path = repeated_ids(a, 600000);
    int64_t     many, few;
    Str         one = part_of(a, path, "one", "{\"name\":\"test.example\"}", &many);
    Str         other = part_of(a, path, "other", "{\"name\":\"test.example\",\"data_memory\":200000000}", &few);
    CHECK_STR(one, other);
    CHECK_EQ_INT(many, 3);
    CHECK_EQ_INT(few, 3);
}

TEST("lines of JSON become rows, and those that are none are set aside as they stand")
{
    World       w = world(a);
    Imported    out, again;
    Str         text, path;
    const char *file = file_of(a, "{\"station\":{\"name\":\"Prek Kdam\"},\"date\":\"2020-01-01\",\"level\":3.5}\n\n"
                                  "{\"station\": oh, \"level\"}\n"
                                  "{\"station\":{\"name\":\"b\"},\"date\":\"2020-01-02\",\"level\":4}\n");
    CHECK_OK(world_import(&w, a, file, "levels.jsonl", &out, &err));
    CHECK_EQ_INT(out.rows, 2);
    CHECK_JSON(json_get(out.report, "aside"), "[{\"line\":3,\"reason\":\"not-json\"}]");
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(concat(\"station.name\", date, level), '|') FROM t").text,
              "Prek Kdam2020-01-013.5|b2020-01-024.0");
    CHECK_OK(files_find(data_parts(w.data), a, out.aside_file, &path, &err));
    CHECK_OK(file_read(a, path.at, 10000, &text, &err));
    CHECK_STR(text, "station.name,date,level,_line,_column,_value,_reason,_row\n"
                    ",,,3,,,not-json,\"{\"\"station\"\": oh, \"\"level\"\"}\"\n");
    CHECK_OK(world_import(&w, a, file, "levels.jsonl", &again, &err));
    CHECK(again.unchanged);
    CHECK_ERR(world_import(&w, a, file_of(a, "[{\"station\":{\"name\":"), "cut.json", &out, &err), ERR_FORMAT);
    CHECK_EQ_INT(left_over(&w, a), 0);
    world_end(&w);
}

TEST("an archive's core is imported by its terms, its EML is proposed, and an extension can be asked for")
{
    World         w = world(a);
    Imported      out;
    const char   *file = "test/data/files/birds.zip";
    ImportOptions o = { .who = &w.who, .dataset = S("birds"), .owner = S("caec"), .state = STATE_PUBLISHED };
    CHECK_OK(import_file(w.data, a, file, &o, NULL, NULL, &out, &err));
    CHECK_EQ_INT(out.rows, 3);
    CHECK_JSON(json_get(out.report, "aside"), "[{\"line\":4,\"reason\":\"too-few-cells\"}]");
    CHECK_JSON(json_get(out.report, "doubts"), "[{\"doubt\":\"other-sheets\",\"examples\":[\"media.csv\"]}]");
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(concat_ws('|', id, scientificName, eventDate, decimalLatitude, "
                                   "decimalLongitude, countryCode, recordedByID), ' ') FROM t")
                  .text,
              "7|Larus f\u00fcscus|2020-01-31|13.5|101.5|TH|1 8|Owl \"x|2020-02-01|0.0|TH "
              "9|Raven|2020-02-02T10:00Z|13.0|100.0|TH|2");
    CHECK_STR(json_get_text(json_get(out.record.doc, "name"), "en"), "Birds of a bay");
    CHECK_STR(json_get_text(json_get(out.record.doc, "description"), "en"), "First.\n\nSecond.");
    CHECK_STR(json_get_text(out.record.doc, "licence"), "CC BY 4.0");
    CHECK_STR(json_get_text(out.record.doc, "citation"), "X (2020). Birds of a bay.");
    CHECK_STR(json_get_text(out.record.doc, "doi"), "10.1234/abc");
    o.dataset = S("pictures");
    o.sheet = S("media.csv");
    CHECK_OK(import_file(w.data, a, file, &o, NULL, NULL, &out, &err));
    CHECK_STR(ask(&w, a, out.part, "SELECT string_agg(concat_ws('|', coreid, identifier), ' ') FROM t").text,
              "7|a.jpg 9|b, c.jpg");
    CHECK_STR(json_get_text(json_at(out.record.doc, S("/parts/0")), "file"), "birds.zip, media.csv");
    world_end(&w);
}

TEST("all tables of an archive: extensions become datasets beside the core's, whose rows they reference")
{
    World         w = world(a);
    Imported      core, media;
    const char   *file = "test/data/files/birds.zip";
    ImportOptions o = {
        .who = &w.who, .dataset = S("birds"), .owner = S("caec"), .audience = S("signed-in"), .state = STATE_PUBLISHED
    };
    CHECK_OK(import_file(w.data, a, file, &o, NULL, NULL, &core, &err));
    CHECK_EQ_INT(core.other_count, 1);
    CHECK_STR(core.id_column, "id");
    CHECK_STR(json_get_text(json_at(core.record.doc, S("/columns/0")), "role"), "id");
    ImportOptions other = import_other(a, &o, &core, core.others[0]);
    CHECK_OK(import_file(w.data, a, file, &other, NULL, NULL, &media, &err));
    CHECK_STR(media.record.slug, "birds-media");
    CHECK_STR(media.record.audience, "signed-in");
    CHECK_EQ_INT(media.record.state, STATE_PUBLISHED);
    CHECK_STR(json_get_text(json_get(media.record.doc, "name"), "en"), "Birds of a bay: media");
    const Json *key = json_at(media.record.doc, S("/columns/0/references"));
    CHECK_STR(json_get_text(key, "dataset"), core.record.id);
    CHECK_STR(json_get_text(key, "column"), "id");
    CHECK_EQ_INT(media.flagged, 0);
    CHECK_OK(import_file(w.data, a, file, &other, NULL, NULL, &media, &err));
    CHECK(media.unchanged);
    world_end(&w);
}

TEST("an archive with hostile XML, names that lead out, or without its files is refused and leaves nothing")
{
    static const struct {
        const char *file, *says;
        ErrCode     code;
    } table[] = { { "external.zip", "entities", ERR_FORMAT },
                  { "laughs.zip", "entity", ERR_FORMAT },
                  { "leads-out.zip", "leads elsewhere", ERR_FORMAT },
                  { "lacks.zip", "\"two.txt\"", ERR_FORMAT },
                  { "plain.zip", "neither", ERR_UNSUPPORTED } };
    World    w = world(a);
    Imported out;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CHECK_ERR(world_import(&w, a, str_format(a, "test/data/files/%s", table[i].file).at, "x.zip", &out, &err),
                  table[i].code);
        CHECK(str_has(str_of(err.text), str_of(table[i].says)));
    }
    CHECK_EQ_INT(left_over(&w, a), 0);
    world_end(&w);
}

TEST("numbers with commas between their thousands, or their lakhs, are numbers, and a comma elsewhere is set aside")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(
        &w, a, file_of(a, "town,people,area\na,\"1,234,567\",\"1,000.5\"\nb,12,3\nc,,\"-2,000\"\n"
                          "d,\"1,29,000\",\"-12,34,567.5\"\n"),
        "towns.csv", &out, &err));
    CHECK_JSON(json_at(out.record.doc, S("/columns/1")),
               "{\"name\":\"people\",\"type\":\"integer\",\"pattern\":\"#,##0\"}");
    CHECK_EQ_INT(ask(&w, a, out.part, "SELECT sum(people)::BIGINT FROM t").integer, 1363579);
    CHECK_EQ_DOUBLE(ask(&w, a, out.part, "SELECT sum(area) FROM t").number, -1235564);
    CHECK_OK(world_import(&w, a,
                          file_of(a, "town,people,area\na,\"12,34\",1\nb,1.5,1\nc,\"5,000\",\"1,2\"\nd,"
                                     "\"6,000\",\"7,000\"\ne,\"1,2,345\",1\nf,1,\"123,45,678\"\n"),
                          "more.csv", &out, &err));
    CHECK_EQ_INT(out.rows, 1);
    CHECK_JSON(json_get(out.report, "aside"),
               "[{\"line\":2,\"column\":\"people\",\"value\":\"12,34\",\"reason\":\"not-integer\"},"
               "{\"line\":3,\"column\":\"people\",\"value\":\"1.5\",\"reason\":\"not-integer\"},"
               "{\"line\":4,\"column\":\"area\",\"value\":\"1,2\",\"reason\":\"not-number\"},"
               "{\"line\":6,\"column\":\"people\",\"value\":\"1,2,345\",\"reason\":\"not-integer\"},"
               "{\"line\":7,\"column\":\"area\",\"value\":\"123,45,678\",\"reason\":\"not-number\"}]");
    world_end(&w);
}

TEST("spaces, points and apostrophes between thousands are known too, and the point is what they leave")
{
    World    w = world(a);
    Imported out;
    CHECK_OK(world_import(&w, a,
                          file_of(a, "a;b;c\n1.234,5;1 234,5;1'234.5\n12;12;12\n"
                                     "1.234.567;1\u00a0234\u202f567;1’234’567\n"),
                          "towns.csv", &out, &err));
    for (const char *const *sum = (const char *const[]){ "sum(a)", "sum(b)", "sum(c)", NULL }; *sum; sum++)
        CHECK_EQ_DOUBLE(ask(&w, a, out.part, str_format(a, "SELECT %s FROM t", *sum).at).number, 1235813.5);
    world_end(&w);
}

static bool import_into(World *w, Arena *a, const char *slug, const char *text, const char *columns, Imported *out)
{
    Err           err = { 0 };
    Json         *given = NULL;
    ImportOptions o = {
        .who = &w->who, .dataset = str_of(slug), .owner = S("caec"), .name = S("f.csv"), .state = STATE_PUBLISHED
    };
    if (columns) check_ok(json_read(a, str_of(columns), &given, &err), &err, __FILE__, __LINE__, columns);
    o.columns = given;
    return check_ok(import_file(w->data, a, file_of(a, text), &o, NULL, NULL, out, &err), &err,
                    __FILE__, __LINE__, slug);
}

static void set(World *w, Arena *a, const Record *of, const char *doc)
{
    Err     err = { 0 };
    Json   *patch;
    Outcome outcome;
    check_ok(json_read(a, str_of(doc), &patch, &err), &err, __FILE__, __LINE__, doc);
    Change change = { .what = CHANGE_PATCH,
                      .who = &w->who,
                      .kind = S("dataset"),
                      .target = of->id,
                      .based_on = of->version,
                      .doc = patch };
    check_ok(record_change(w->node, a, &change, &outcome, &err), &err, __FILE__, __LINE__, doc);
}

/* "row:flag,flag …" of the part. */
static Str flags_in(World *w, Arena *a, const Imported *of)
{
    return ask(w, a, of->part,
               "SELECT coalesce(string_agg(n || ':' || array_to_string(_flags, ','), ' ' ORDER BY n), '') FROM (SELECT "
               "_flags, row_number() OVER () AS n FROM t) WHERE len(_flags) > 0")
        .text;
}

static const Json *example(const Imported *of, size_t flag)
{
    return json_array_get(json_get(json_array_get(json_get(of->report, "flags"), flag), "examples"), 0);
}

#define STATIONS "code,name\nA1,Prek Kdam\nB2,Tan Chau\nC3,Chiang Saen\n"
#define LEVELS   "station,level\nA1,3.5\nB2,4\nb2,4.5\nX9,1\n,2\nC3,3\n"
#define LEVEL_COLUMNS                                                                                            \
    "[{\"name\":\"station\",\"type\":\"string\",\"references\":{\"dataset\":\"stations\",\"column\":\"code\"}}," \
    "{\"name\":\"level\",\"type\":\"number\"}]"

TEST("a value that is not in the column that it references is flagged, with what is written nearly like it")
{
    World    w = world(a);
    Imported stations, levels, again;
    import_into(&w, a, "stations", STATIONS, NULL, &stations);
    import_into(&w, a, "levels", LEVELS, LEVEL_COLUMNS, &levels);
    CHECK_STR(flags_in(&w, a, &levels), "3:key-unknown 4:key-unknown");
    CHECK_JSON(example(&levels, 0), "{\"row\":3,\"values\":{\"station\":\"b2\"},\"nearest\":[\"B2\",\"A1\",\"C3\"]}");
    const Json *references = json_get(json_array_get(json_get(levels.record.doc, "columns"), 0), "references");
    CHECK_STR(json_get_text(references, "dataset"), stations.record.id);

    /* The same file changes nothing, until the other table has changed. */
    import_into(&w, a, "levels", LEVELS, NULL, &again);
    CHECK(again.unchanged);
    import_into(&w, a, "stations", STATIONS "X9,Luang Prabang\n", NULL, &stations);
    import_into(&w, a, "levels", LEVELS, NULL, &again);
    CHECK(!again.unchanged && again.replaced);
    CHECK_STR(flags_in(&w, a, &again), "3:key-unknown");
    world_end(&w);
}

TEST("a column may reference one of its own table, and what references nothing is told and checked by nothing")
{
    World    w = world(a);
    Imported taxa, lost;
    import_into(&w, a, "taxa", "taxon,parent\nt1,\nt2,t1\nt3,t9\n",
                "[{\"name\":\"taxon\",\"type\":\"string\"},{\"name\":\"parent\",\"type\":"
                "\"string\",\"references\":{\"column\":"
                "\"taxon\"}}]",
                &taxa);
    CHECK_STR(flags_in(&w, a, &taxa), "3:key-unknown");
    import_into(&w, a, "lost", "a,b\n1,2\n",
                "[{\"name\":\"a\",\"type\":\"integer\",\"references\":{\"column\":\"no "
                "such\"}},{\"name\":\"b\",\"type\":"
                "\"integer\"}]",
                &lost);
    CHECK_STR(flags_in(&w, a, &lost), "");
    CHECK_JSON(json_get(lost.report, "doubts"),
               "[{\"doubt\":\"references-nothing\",\"column\":\"a\",\"examples\":[\"no such\"]}]");
    world_end(&w);
}

TEST("names of taxa that a checklist does not have are flagged with the nearest names, whatever authors are written")
{
    World    w = world(a);
    Imported list, seen;
    import_into(&w, a, "list",
                "scientificName\n\"Hylobates albibarbis Lyon, 1911\"\nNasalis larvatus (Wurmb)\n"
                "Abies balsamea var. phanerolepis Fernald\nTragulus javanicus\n",
                NULL, &list);
    import_into(&w, a, "seen", "species\nx\n", NULL, &seen);
    set(&w, a, &seen.record,
        str_format(a,
                   "{\"checklist\":\"%.*s\",\"columns\":[{\"name\":\"species\",\"type\":\"string\","
                   "\"role\":\"taxon\"}]}",
                   STR_ARG(list.record.id))
            .at);
    import_into(&w, a, "seen",
                "species\nHylobates albibarbis\nHylobates albibarbus\nHYLOBATES\nNasalis "
                "sp.\n\"Nasalis larvatus van Wurmb, 1787\"\n"
                "Abies balsamea subsp. phanerolepis\nAbies balsamea\nFelis bengalensis\nTragulus x "
                "javanicus\n",
                NULL, &seen);
    CHECK_STR(flags_in(&w, a, &seen), "2:taxon-unknown 7:taxon-unknown 8:taxon-unknown");
    CHECK_JSON(
        example(&seen, 0),
        "{\"row\":2,\"values\":{\"species\":\"Hylobates albibarbus\"},\"nearest\":[\"Hylobates "
        "albibarbis\"]}");
    world_end(&w);
}

TEST("a column that has never had a value takes the type of the next file's, which says so; others keep theirs")
{
    World    w = world(a);
    Imported first, next, third;
    CHECK_OK(world_import(&w, a,
                          file_of(a, "station,seen,depth_m,note\nA,2020-01-01,,x\nB,2020-01-02,,1\n"),
                          "one.csv", &first, &err));
    CHECK_OK(world_import(
        &w, a, file_of(a, "station,seen,depth_m,note\nC,2020-01-03,2.5,3\nD,2020-01-04,,4\n"),
        "two.csv", &next, &err));
    Column *columns;
    size_t  n;
    CHECK_OK(columns_read(a, next.record.doc, &columns, &n, &err));
    CHECK_EQ_INT(n, 4);
    CHECK_STR(str_of(column_type_name(columns[2].type)), "number");
    CHECK_STR(columns[2].unit, "m");
    CHECK_STR(str_of(column_type_name(columns[3].type)), "string"); /* has had "x" */
    CHECK_EQ_INT(next.record.version, 2);
    CHECK(!json_same(json_array_get(json_get(next.record.doc, "parts"), 0),
                     json_array_get(json_get(first.record.doc, "parts"), 0)));
    Json *doubt = json_array_get(json_get(next.report, "doubts"), 0);
    CHECK_STR(json_get_text(doubt, "doubt"), "column-widened");
    CHECK_STR(json_get_text(doubt, "column"), "depth_m");
    CHECK_EQ_DOUBLE(ask(&w, a, next.part, "SELECT sum(depth_m) FROM t").number, 2.5);
    /* The whole table is asked as numbers, and the older version as it was. */
    Table            table;
    TableQuestion    question;
    QuestionPair     pairs[] = { { S("aggregate"), S("sum(depth_m),count") }, { S("depth_m.min"), S("2") } };
    Duck            *duck;
    DuckRun         *run;
    DuckAnswer      *answer;
    const DuckValue *row;
    CHECK_OK(seen_table(w.data, a, &w.who, next.record.doc, next.record.doc, next.record.owner, &table, &err));
    CHECK_OK(question_read(a, &table, pairs, 2, &question, &err));
    CHECK_OK(data_engine(w.data, &duck, &err));
    CHECK_OK(duck_run_open(duck, &run, &err));
    if (CHECK_OK(duck_ask(run, a, question.sql, question.given, question.given_count, &answer, &err)) &&
        CHECK(duck_next(answer, &row, &err))) {
        CHECK_EQ_DOUBLE(row[0].number, 2.5);
        CHECK_EQ_INT(row[1].integer, 1);
        duck_answer_close(answer);
    }
    duck_run_close(run);
    CHECK_OK(seen_table(w.data, a, &w.who, next.record.doc, first.record.doc, first.record.owner, &table, &err));
    CHECK(str_has(table.parts[0], first.part));
    /* The first file again changes nothing. */
    Imported again;
    CHECK_OK(world_import(&w, a,
                          file_of(a, "station,seen,depth_m,note\nA,2020-01-01,,x\nB,2020-01-02,,1\n"),
                          "one.csv", &again, &err));
    CHECK(again.unchanged);
    /* From now on it has had one. */
    CHECK_OK(world_import(&w, a, file_of(a, "station,seen,depth_m,note\nE,2020-01-05,2020-01-01,5\nF,2020-01-06,7,6\n"),
                          "three.csv", &third, &err));
    CHECK_EQ_INT(third.aside, 1);
    world_end(&w);
}
