/* Names of files that are sent: said by headers and forms, and kept. */
#include "web/sent_name.h"

#include <string.h>

#include "check.h"

TEST("a header says a file's name: quoted, escaped, with a semicolon, in UTF-8")
{
    static const char *const table[][2] = {
        { "attachment; filename=levels.csv", "levels.csv" },
        { "attachment; filename=\"levels 2020.csv\"; size=3", "levels 2020.csv" },
        { "attachment; filename=\"a;b.csv\"", "a;b.csv" },
        { "attachment; name=\"x;filename=no.csv\"; FileName = \"a=b.csv\"", "a=b.csv" },
        { "attachment; filename=\"the \\\"best\\\".csv\"", "the \"best\".csv" },
        { "attachment; filename=\"x.csv\"; filename*=UTF-8''%E6%B0%B4%E4%BD%8D.csv", "水位.csv" },
        { "attachment; filename*=iso-8859-1'en'caf%E9.csv", "café.csv" },
        { "attachment; filename*=UTF-7''x; filename=plain.csv", "plain.csv" },
        { "attachment; filename*=UTF-8''; filename=plain.csv", "plain.csv" },
        { "attachment; filename=\"open.csv", "open.csv" },
        { "attachment", "" },
        { "attachment; filename", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_STR(sent_name_said(a, str_of(table[i][0])), table[i][1]);
}

TEST("of a name the last part of a path is kept, as text, of bounded length")
{
    static const struct {
        const char *given, *kept;
        bool        from_form;
    } table[] = {
        { "C:\\data\\levels.csv", "levels.csv", true },
        { "../../etc/levels.csv", "levels.csv", true },
        { " levels\n.csv ", "levels.csv", true },
        { "the %22best%22.csv", "the \"best\".csv", true },
        { "100%25 %41.csv", "100%25 %41.csv", true },
        { "a%22b.csv", "a%22b.csv", false },
        { "ระดับน้ำ.csv", "ระดับน้ำ.csv", true },
        { "", "file", true },
        { "folder/", "file", true },
        { "\xff\xfe", "file", true },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_STR(sent_name_make(a, str_of(table[i].given), table[i].from_form), table[i].kept);
    char many[600];
    memset(many, 'x', sizeof many);
    memcpy(many + 198, "水", 3);
    Str kept = sent_name_make(a, (Str){ many, sizeof many }, false);
    CHECK_EQ_INT(kept.len, 198);
}
