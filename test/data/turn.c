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

/* A workbook of one sheet, whose rows these are. */
static const char *workbook_of(Arena *a, const char *rows)
{
    const struct {
        const char *name, *text;
    } files[] = {
        { "xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"a\"/></sheets></workbook>" },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"a\" Target=\"worksheets/a.xml\"/></Relationships>" },
        { "xl/worksheets/a.xml",
          str_format(a, "<worksheet><sheetData>%s</sheetData></worksheet>", rows).at },
    };
    const char *path = path_join(a, str_of(test_folder(a)), S("file.xlsx")).at;
    Buf        *bytes = buf_open(a);
    Zipping    *z = zipping_open(a, keep, bytes);
    Err         err = { 0 };
    bool        ok = true;
    for (size_t i = 0; i < sizeof files / sizeof *files && ok; i++)
        ok = zipping_file(z, str_of(files[i].name), &err) && zipping_put(z, str_of(files[i].text), &err);
    check_ok(ok && zipping_end(z, &err) && file_replace(path, buf_str(bytes), 0644, &err), &err, __FILE__, __LINE__,
             "write the workbook");
    return path;
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
