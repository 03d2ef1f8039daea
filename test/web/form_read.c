#include "check.h"
#include "core/kind.h"
#include "web/view.h"

static const Kind *activity(Arena *a)
{
    Kinds *kinds;
    Err    err = { 0 };
    CHECK_OK(kinds_open("kinds", &kinds, &err));
    arena_adopt(a, kinds, (void (*)(void *))kinds_close);
    return kind_find(kinds, S("activity"));
}

#define PAIR(name, value)           \
    {                               \
        S_INIT(name), S_INIT(value) \
    }

static Json *read_form(Arena *a, const char *old, const Pair *form, size_t n, bool *rows_changed)
{
    Json *before = NULL, *doc = NULL;
    Err   err = { 0 };
    if (old) CHECK_OK(json_read(a, str_of(old), &before, &err));
    CHECK_OK(form_document(a, activity(a), before, form, n, &doc, rows_changed, &err));
    return doc;
}

TEST("a form's fields become a document with numbers, choices, texts and lists in their places")
{
    static const Pair form[] = {
        PAIR("/name/en", "  Mangroves \r\n"),
        PAIR("/name/zh", ""),
        PAIR("/type", "project"),
        PAIR("/area_km2", "12.5"),
        PAIR("/participants", "300"),
        PAIR("/place", ""),
        PAIR("/place/lat", "13"),
        PAIR("/place/lon", "100.5"),
        PAIR("/parties", ""),
        PAIR("/parties/0", "TH"),
        PAIR("/parties/2", "KH"),
        PAIR("/parties/1", ""),
        PAIR("/partners", ""),
        PAIR("/partners/0", ""),
        PAIR("/partners/0/name/en", "ACB"),
        PAIR("/partners/0/role", "partner"),
        PAIR("/description/en", "one\r\ntwo"),
        PAIR("csrf", "x"),
        PAIR("/indicators", ""),
        PAIR("/indicators/0", ""),
        PAIR("/indicators/0/id", "i1"),
        PAIR("/indicators/0/name/en", ""),
    };
    bool  changed = true;
    Json *doc = read_form(a, NULL, form, sizeof form / sizeof *form, &changed);
    CHECK(!changed);
    CHECK_JSON(
        doc, "{\"name\":{\"en\":\"Mangroves\"},\"type\":\"project\",\"area_km2\":12.5,\"participants\":300,"
             "\"place\":{\"lat\":13,\"lon\":100.5},\"parties\":[\"TH\",\"KH\"],"
             "\"partners\":[{\"name\":{\"en\":\"ACB\"},\"role\":\"partner\"}],\"description\":{\"en\":\"one\\ntwo\"}}");
}

TEST("what the form has no field for stays, what it has and is empty goes")
{
    static const Pair form[] = { PAIR("/name/en", "New"), PAIR("/status", ""), PAIR("/outputs", "") };
    bool              changed;
    Json             *doc = read_form(
                    a,
                    "{\"name\":{\"en\":\"Old\",\"th\":\"x\"},\"status\":\"active\",\"type\":\"project\","
                                "\"outputs\":[{\"en\":\"a\"}]}",
                    form, 3, &changed);
    CHECK_JSON(doc, "{\"name\":{\"en\":\"New\"},\"type\":\"project\"}");
}

TEST("a number that is none stays text, so that the kind's check can name it")
{
    static const Pair form[] = { PAIR("/participants", "many"), PAIR("/area_km2", "1e3") };
    bool              changed;
    CHECK_JSON(read_form(a, NULL, form, 2, &changed), "{\"participants\":\"many\",\"area_km2\":1000}");
}

TEST("rows are added at the end and taken out where they stand")
{
    static const Pair add[] = { PAIR("/outputs", ""), PAIR("/outputs/0/en", "one"), PAIR("add", "/outputs") };
    static const Pair removed[] = { PAIR("/outputs", ""), PAIR("/outputs/0/en", "one"), PAIR("/outputs/1/en", "two"),
                                    PAIR("remove", "/outputs/0") };
    static const Pair nested[] = { PAIR("/indicators", ""), PAIR("/indicators/0", ""),
                                   PAIR("/indicators/0/periods", ""), PAIR("add", "/indicators/0/periods") };
    bool              changed = false;
    CHECK_JSON(read_form(a, NULL, add, 3, &changed), "{\"outputs\":[{\"en\":\"one\"},{}]}");
    CHECK(changed);
    CHECK_JSON(read_form(a, NULL, removed, 4, &changed), "{\"outputs\":[{\"en\":\"two\"}]}");
    CHECK(changed);
    CHECK_JSON(read_form(a, NULL, nested, 4, &changed), "{\"indicators\":[{\"periods\":[{}]}]}");
}

TEST("a list may come whole as JSON, as a conflict's choice sends it")
{
    static const Pair form[] = { PAIR("/parties", "[\"CN\",\"LA\"]") };
    bool              changed;
    CHECK_JSON(read_form(a, NULL, form, 1, &changed), "{\"parties\":[\"CN\",\"LA\"]}");
}

TEST("names that lead nowhere in the kind are refused")
{
    static const Pair bad[] = {
        PAIR("/nothing", "x"),
        PAIR("/type/deeper", "x"),
        PAIR("/name", "x"),
        PAIR("/parties/x", "TH"),
        PAIR("/parties/-1", "TH"),
        PAIR("/place/height", "3"),
        PAIR("/partners/0/nothing", "x"),
        PAIR("/name/en/deeper", "x"),
        PAIR("add", "/type"),
        PAIR("remove", "/outputs/3"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Json *doc = NULL;
        bool  changed, ok = form_document(a, activity(a), NULL, &bad[i], 1, &doc, &changed, &err);
        CHECK_STR(ok ? bad[i].name : S(""), "");
        CHECK_EQ_INT(err.code, ERR_FORMAT);
    }
    static const Pair far[] = { PAIR("/parties/2000", "TH") };
    Json             *doc;
    bool              changed;
    CHECK_ERR(form_document(a, activity(a), NULL, far, 1, &doc, &changed, &err), ERR_TOO_BIG);
}
