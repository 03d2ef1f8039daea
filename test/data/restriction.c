/* Terms by column as they are read of a document: for whom they hold, how, and what they say of themselves. */
#include "data/restriction.h"

#include "check.h"

static Json *terms(Arena *a, const char *text)
{
    Err   err = { 0 };
    Json *doc;
    check_ok(json_read(a, str_of(text), &doc, &err), &err, __FILE__, __LINE__, text);
    return doc;
}

static Reader reader_of(Arena *a, const char *person, const char *organisation)
{
    Reader r = { .person = str_of(person) };
    if (*organisation) {
        r.memberships = NEW(a, Membership);
        r.memberships[0] = (Membership){ .organisation = str_of(organisation), .role = ROLE_EDITOR };
        r.membership_count = 1;
    }
    reader_finish(&r, a);
    return r;
}

TEST("a term holds for who is outside its audience, and for all but the owner where it names none or one that is none")
{
    Json        *doc = terms(a, "{\"terms\":[{\"columns\":[\"a\"],\"how\":\"withhold\"},{\"columns\":["
                                       "\"b\"],\"how\":\"year\","
                                       "\"audience\":\"signed-in\"},{\"columns\":[\"c\"],\"how\":\"month\","
                                       "\"audience\":\"everybody\"}]}");
    Reader       anyone = reader_of(a, "", ""), owner = reader_of(a, "p2", "house");
    Reader       signed_in = reader_of(a, "p1", "other");
    Restriction *list;
    CHECK_EQ_INT(restrictions_for(&anyone, a, doc, S("house"), &list), 3);
    CHECK_STR(list[1].columns[0], "b");
    CHECK_EQ_INT(restrictions_for(&signed_in, a, doc, S("house"), &list), 2);
    CHECK_STR(list[1].columns[0], "c");
    CHECK_EQ_INT(restrictions_for(&owner, a, doc, S("house"), &list), 1);
    CHECK_STR(list[0].columns[0], "c");
    CHECK_EQ_INT(restrictions_for(&anyone, a, terms(a, "{}"), S("house"), &list), 0);
}

TEST("what cannot be done as it was said is withheld")
{
    static const struct {
        const char *term;
        ColumnType  type;
        RestrictHow how;
    } cases[] = {
        { "{\"how\":\"grid\",\"degrees\":0.1}", COLUMN_NUMBER, RESTRICT_GRID },
        { "{\"how\":\"grid\",\"degrees\":0.1}", COLUMN_STRING, RESTRICT_WITHHOLD },
        { "{\"how\":\"grid\"}", COLUMN_NUMBER, RESTRICT_WITHHOLD },
        { "{\"how\":\"grid\",\"degrees\":-1}", COLUMN_NUMBER, RESTRICT_WITHHOLD },
        { "{\"how\":\"month\"}", COLUMN_DATETIME, RESTRICT_MONTH },
        { "{\"how\":\"month\"}", COLUMN_YEAR, RESTRICT_WITHHOLD },
        { "{\"how\":\"year\"}", COLUMN_YEAR, RESTRICT_YEAR },
        { "{\"how\":\"suppress\",\"under\":5}", COLUMN_STRING, RESTRICT_SUPPRESS },
        { "{\"how\":\"suppress\",\"under\":1}", COLUMN_STRING, RESTRICT_WITHHOLD },
        { "{\"how\":\"hide\"}", COLUMN_STRING, RESTRICT_WITHHOLD },
    };
    Reader anyone = reader_of(a, "", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Restriction *list;
        Column       column = { .name = S("x"), .type = cases[i].type };
        Json        *doc = json_object_make(a), *all = json_array_make(a);
        json_add_value(all, terms(a, cases[i].term));
        json_put_value(doc, "terms", all);
        CHECK_EQ_INT(restrictions_for(&anyone, a, doc, S("house"), &list), 1);
        if (restriction_how(&list[0], &column) != cases[i].how) printf("  %s\n", cases[i].term);
        CHECK_EQ_INT(restriction_how(&list[0], &column), cases[i].how);
    }
}

TEST("a term says in a sentence what others see, of which rows")
{
    Reader       anyone = reader_of(a, "", "");
    Restriction *list;
    Column       columns[] = { { .name = S("lat"), .type = COLUMN_NUMBER },
                               { .name = S("lon"), .type = COLUMN_NUMBER },
                               { .name = S("place"), .type = COLUMN_STRING } };
    Json        *doc = terms(a, "{\"terms\":[{\"columns\":[\"lat\",\"lon\",\"place\"],\"how\":\"grid\","
                                       "\"degrees\":0.5,\"where\":\"status\","
                                       "\"values\":[\"CR\",\"\"]},{\"columns\":[\"place\"],\"how\":\"suppress\","
                                       "\"under\":3},{\"columns\":[\"gone\"],"
                                       "\"how\":\"withhold\"}]}");
    CHECK_EQ_INT(restrictions_for(&anyone, a, doc, S("house"), &list), 3);
    CHECK_STR(restriction_sentence(a, &list[0], columns, 3),
              "lat, lon: the middle of a cell of 0.5 degrees; place: withheld; in rows whose status is CR or empty.");
    CHECK_STR(restriction_sentence(a, &list[1], columns, 3),
              "place: withheld where fewer than 3 rows share them, and in others that hide these.");
    CHECK_STR(restriction_sentence(a, &list[2], columns, 3), "");
}
