/* Files that are no delimited text, as they are recognised once they are turned into it. */
#include "data/turn.h"

#include <unistd.h>

#include "base/file.h"
#include "base/zipping.h"
#include "data/recognise.h"

#include "check.h"

static bool recognised(Arena *a, const char *path, Recognised *out, Err *err)
{
    Source source;
    Str    made;
    if (!source_scan(a, path, STR_NONE, &source, err) || !turn_source(a, &source, STR_NONE, test_folder(a), &made, err))
        return false;
    bool ok = recognise_source(a, &source, out, err);
    unlink(made.at);
    return ok;
}

static const char *file_of(Arena *a, const char *name, const char *text)
{
    const char *path = path_join(a, str_of(test_folder(a)), str_of(name)).at;
    Err         err = { 0 };
    check_ok(file_replace(path, str_of(text), 0644, &err), &err, __FILE__, __LINE__, "write the file");
    return path;
}

TEST("the heights of a file's points are metres, and an altitude of other JSON is of no unit")
{
    static const char *const table[][2] = {
        { "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[100,10,55.5]}}\n", "m" },
        { "{\"altitude\":55.5}\n", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognised(a, file_of(a, "points.jsonl", table[i][0]), &r, &err));
        const Column *c = columns_find(r.columns, r.column_count, S("altitude"));
        CHECK_EQ_INT(c->type, COLUMN_NUMBER);
        CHECK_STR(c->unit, table[i][1]);
    }
}

static bool keep(void *with, Str bytes, Err *err)
{
    (void)err;
    buf_put(with, bytes);
    return true;
}

typedef struct {
    const char *name, *text;
} Packed;

static const char *archive_of(Arena *a, const Packed *files, size_t n)
{
    const char *path = path_join(a, str_of(test_folder(a)), S("file.zip")).at;
    Buf        *bytes = buf_open(a);
    Zipping    *z = zipping_open(a, keep, bytes);
    Err         err = { 0 };
    bool        ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = zipping_file(z, str_of(files[i].name), &err) && zipping_put(z, str_of(files[i].text), &err);
    check_ok(ok && zipping_end(z, &err) && file_replace(path, buf_str(bytes), 0644, &err), &err, __FILE__, __LINE__,
             "write the archive");
    return path;
}

/* A workbook of one sheet, whose rows these are; `properties` are elements of the workbook's own. */
static const char *workbook_with(Arena *a, const char *properties, const char *rows)
{
    const Packed files[] = {
        { "xl/workbook.xml",
          str_format(a, "<workbook xmlns:r=\"r\">%s<sheets><sheet name=\"A\" r:id=\"a\"/></sheets></workbook>",
                     properties)
              .at },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"a\" Target=\"worksheets/a.xml\"/></Relationships>" },
        { "xl/worksheets/a.xml", str_format(a, "<worksheet><sheetData>%s</sheetData></worksheet>", rows).at },
    };
    return archive_of(a, files, sizeof files / sizeof *files);
}

static const char *workbook_of(Arena *a, const char *rows)
{
    return workbook_with(a, "", rows);
}

/* Rows of cells with "," between them: numbers, or texts. */
static const char *rows_of(Arena *a, const char *text)
{
    Buf *out = buf_open(a);
    int  number = 0;
    for (Str rest = str_of(text); rest.len;) {
        Cut line = str_cut(rest, '\n');
        rest = line.tail;
        number++;
        buf_putf(out, line.head.len ? "<row r=\"%d\">" : "", number);
        for (Str cells = line.head; cells.len;) {
            Cut    cell = str_cut(cells, ',');
            double v;
            buf_putf(out, "<c t=\"%s\"><v>%.*s</v></c>", str_to_double(cell.head, &v) ? "n" : "str",
                     STR_ARG(cell.head));
            cells = cell.tail;
        }
        buf_put_z(out, line.head.len ? "</row>" : "");
    }
    return str_z(a, buf_str(out));
}

TEST("rows above the headings of a sheet are in doubt, and a remark beside the numbers makes no headings")
{
    static const struct {
        const char *rows, *headings, *doubts;
    } table[] = {
        { "Station,Level\nA,1.5\nB,2.5\n\nRiver,Level,Flow\nMekong,3.2,5000\nPing,1.2,300\n", "River Level Flow",
          "[{\"doubt\":\"lines-passed-over\",\"examples\":[\"Station, Level\",\"A, 1.5\",\"B, 2.5\"]}]" },
        { "A title\n\nStation,Level\nA,1.5\nB,2.5\n", "Station Level",
          "[{\"doubt\":\"lines-passed-over\",\"examples\":[\"A title\"]}]" },
        { "Station,Day,Level\nA,1,1.5\nB,2,2.5\nC,3,2.5,x,y,z\nD,4,3.5\n",
          "Station Day Level column 4 column 5 column 6", "[]" },
        { "Station,Day,Level\nA,1,1.5\nB,2,2.5,good\nC,3,2.5,good\n", "Station Day Level column 4", "[]" },
        { "Unit,Mt\nof,2020\nCountry,2019,2020,2021\nLaos,1,2,3\n", "Country 2019 2020 2021",
          "[{\"doubt\":\"lines-passed-over\",\"examples\":[\"Unit, Mt\",\"of, 2020\"]}]" },
        { "Station,Level\nA,1.5\nB,2.5\n", "Station Level", "[]" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        Buf       *names = buf_open(a);
        CHECK_OK(recognised(a, workbook_of(a, rows_of(a, table[i].rows)), &r, &err));
        for (size_t k = 0; k < r.column_count; k++)
            buf_putf(names, "%s%.*s", k ? " " : "", STR_ARG(r.columns[k].name));
        CHECK_STR(buf_str(names), table[i].headings);
        CHECK_JSON(r.doubts, table[i].doubts);
    }
}

TEST("a row of units below the headings of a sheet is no row; in JSON it is one")
{
    Recognised  r;
    const char *sheet = "A title\n\nStation,Date,pH,DO\n,,-,mg/L\nA,2024-01-01,7.1,5.5\nB,2024-01-01,7.2,6.5\n";
    CHECK_OK(recognised(a, workbook_of(a, rows_of(a, sheet)), &r, &err));
    CHECK_EQ_INT(r.below, 1);
    CHECK_STR(columns_find(r.columns, r.column_count, S("DO"))->unit, "mg/L");
    CHECK_EQ_INT(columns_find(r.columns, r.column_count, S("pH"))->type, COLUMN_NUMBER);
    CHECK_JSON(r.doubts, "[{\"doubt\":\"units-below-headings\",\"examples\":[\",,-,mg/L\"]},"
                         "{\"doubt\":\"lines-passed-over\",\"examples\":[\"A title\"]}]");
    CHECK_OK(recognised(
        a, file_of(a, "rows.jsonl", "{\"a\":\"\",\"DO\":\"mg/L\"}\n{\"a\":\"x\",\"DO\":5}\n"), &r,
        &err));
    CHECK_EQ_INT(r.below, 0);
}

TEST("days of a workbook that no format shows as dates are counted from the year that it says")
{
    static const struct {
        const char *properties, *day, *pattern;
    } table[] = {
        { "", "2019-12-31", "days since 1899-12-30" },
        { "<workbookPr date1904=\"1\"/>", "2024-01-01", "days since 1904-01-01" },
    };
    const char *rows = rows_of(a, "Station,Date\nA,43830\nB,43831\n");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised r;
        CHECK_OK(recognised(a, workbook_with(a, table[i].properties, rows), &r, &err));
        const Column *c = columns_find(r.columns, r.column_count, S("Date"));
        CHECK_STR(c->pattern, table[i].pattern);
        CHECK_JSON(r.doubts, str_format(a, "[{\"column\":\"Date\",\"doubt\":\"serial-dates\",\"examples\":"
                                           "[\"43830\",\"%s\"]}]",
                                        table[i].day)
                                 .at);
    }
}

TEST("formulas that came without a value are told with their number, and those with an empty text are not")
{
    Recognised r;
    CHECK_OK(recognised(a,
                        workbook_of(a, "<row><c t=\"str\"><v>n</v></c><c t=\"str\"><v>sum</v></c></row>"
                                       "<row><c><v>1</v></c><c><f>A2*2</f></c></row>"
                                       "<row><c><v>2</v></c><c><f>A3*2</f><v>4</v></c></row>"
                                       "<row><c><v>3</v></c><c t=\"str\"><f>A4</f><v></v></c></row>"
                                       "<row><c><v>4</v></c><c><f t=\"shared\" si=\"0\"/></c></row>"
                                       "<row><c><v>5</v></c><c/></row>"),
                        &r, &err));
    CHECK_JSON(r.doubts, "[{\"column\":\"sum\",\"doubt\":\"formulas-without-value\",\"examples\":[\"2\"]}]");
}

TEST("errors in the cells of a workbook are no value, and are told with their number")
{
#define CELL(type, text) "<c t=\"" type "\"><v>" text "</v></c>"
    Recognised r;
    CHECK_OK(recognised(
        a,
        workbook_of(
            a, "<row>" CELL("str", "level") CELL(
                   "str",
                   "flow") "</row>"
                           "<row>" CELL("n", "1.5") CELL(
                               "e",
                               "#DIV/0!") "</row>"
                                          "<row>" CELL("e", "#N/A") CELL(
                                              "e",
                                              "#SPILL!") "</row>"
                                                         "<row>" CELL("n", "2") CELL(
                                                             "e",
                                                             "#DIV/0!") "</row>"
                                                                        "<row>" CELL("n", "2") CELL(
                                                                            "e",
                                                                            "#REF!") "</row>"
                                                                                     "<row>" CELL("n", "2") CELL(
                                                                                         "e",
                                                                                         "#NUM"
                                                                                         "!") "</"
                                                                                              "row>"
                                                                                              "<row"
                                                                                              ">" CELL(
                                                                                                  "n",
                                                                                                  "2")
                                                                                                  CELL(
                                                                                                      "n",
                                                                                                      "7") "</row>"),
        &r, &err));
    CHECK_EQ_INT(columns_find(r.columns, r.column_count, S("level"))->type, COLUMN_NUMBER);
    CHECK_EQ_INT(columns_find(r.columns, r.column_count, S("flow"))->type, COLUMN_INTEGER);
    CHECK_JSON(r.doubts, "[{\"column\":\"flow\",\"doubt\":\"error-cells\",\"examples\":"
                         "[\"#DIV/0! × 2\",\"#SPILL! × 1\",\"#REF! × 1\",\"… × 1\"]}]");
#undef CELL
}

TEST("columns of an archive that its meta.xml does not say, or that no row has, are told")
{
    static const struct {
        const char *fields, *doubts;
    } table[] = {
        { "<field index=\"1\" term=\"t/scientificName\"/><field index=\"2\" term=\"t/country\"/>", "[]" },
        { "<field index=\"1\" term=\"t/scientificName\"/>",
          "[{\"doubt\":\"columns-not-described\",\"examples\":[\"land\"]}]" },
        { "<field index=\"1\" term=\"t/scientificName\"/><field index=\"2\" term=\"t/country\"/>"
          "<field index=\"4\" term=\"t/sex\"/><field term=\"t/basisOfRecord\" default=\"x\"/>",
          "[{\"doubt\":\"empty-columns\",\"examples\":[\"sex\"]}]" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Recognised   r;
        const Packed files[] = {
            { "meta.xml",
              str_format(a,
                         "<archive><core fieldsTerminatedBy=\"\\t\" ignoreHeaderLines=\"1\"><files><location>a.txt"
                         "</location></files><id index=\"0\"/>%s</core></archive>",
                         table[i].fields)
                  .at },
            { "a.txt", "id\tname\tland\n1\tPongo pygmaeus\tMY\n2\tTapirus indicus\tTH\n" },
        };
        CHECK_OK(recognised(a, archive_of(a, files, 2), &r, &err));
        CHECK_JSON(r.doubts, table[i].doubts);
    }
}
