/* The writers over values, with the kinds of the repository. */
#include "format/writers.h"

#include <string.h>

#include "format/columns.h"
#include "format/openapi.h"
#include "../check.h"

static FormatWork work_of(Arena *a, Err *err)
{
    Kinds *kinds = NULL;
    check_ok(kinds_open("kinds", &kinds, err), err, __FILE__, __LINE__, "kinds_open");
    arena_adopt(a, kinds, (void (*)(void *))kinds_close);
    return (FormatWork){
        .arena = a,
        .kinds = kinds,
        .base_url = S("https://node.example"),
        .node_name = S("node.example"),
        .node_title = S("Node & friends"),
        .lang = S("en"),
        .path = S("/meeting"),
    };
}

static Json *value_of(Arena *a, const char *text)
{
    Json *value = NULL;
    Err   err = { 0 };
    check_ok(json_read(a, str_of(text), &value, &err), &err, __FILE__, __LINE__, "json_read");
    return value;
}

#define MEETINGS                                                                                                \
    "{\"kind\":\"meeting\",\"total\":2,\"items\":["                                                             \
    "{\"id\":\"019abc00-0000-7000-8000-000000000001\",\"kind\":\"meeting\",\"slug\":\"forum-2013\","            \
    "\"url\":\"/meeting/forum-2013\",\"title\":\"Forum, 2013\",\"summary\":\"Talks; and more\","                \
    "\"state\":\"published\",\"updated\":\"2026-01-02T03:04:05.678Z\","                                         \
    "\"doc\":{\"name\":{\"en\":\"Forum, 2013\",\"zh\":\"论坛\"},\"type\":\"forum\",\"start\":\"2013-09-04\"," \
    "\"end\":\"2013-09-05\",\"country\":\"CN\",\"city\":{\"en\":\"Guilin\"},"                                   \
    "\"parties\":[\"CN\",\"TH\"],\"place\":{\"lat\":25.27,\"lon\":110.29},"                                     \
    "\"series\":\"019abc00-0000-7000-8000-000000000009\"},\"links\":[{\"field\":\"series\",\"slug\":\"forum\"," \
    "\"id\":\"019abc00-0000-7000-8000-000000000009\"}]},"                                                       \
    "{\"id\":\"019abc00-0000-7000-8000-000000000002\",\"kind\":\"meeting\",\"slug\":\"later\","                 \
    "\"url\":\"/meeting/later\",\"title\":\"Later\",\"summary\":\"\",\"state\":\"published\","                  \
    "\"updated\":\"2026-02-02T03:04:05.678Z\",\"doc\":{\"name\":{\"en\":\"Later\"},\"start\":\"2014\"}}"        \
    "],\"facets\":[],\"next\":\"\"}"

static Str written(FormatWork *work, FormatWrite write, const Json *value)
{
    Err  err = { 0 };
    Buf *out = buf_open(work->arena);
    check_ok(write(work, value, out, &err), &err, __FILE__, __LINE__, "write");
    return buf_str(out);
}

TEST("csv has a column for each language and joins plain lists")
{
    FormatWork work = work_of(a, &err);
    Str        text = written(&work, csv_write, value_of(a, MEETINGS));
    Str        heading = str_cut(text, '\r').head;
    CHECK(str_has(heading, S("name.en,name.zh")));
    CHECK(str_has(heading, S("place.lat,place.lon")));
    CHECK(str_has(text, S("\"Forum, 2013\",论坛")));
    CHECK(str_has(text, S("\"CN; TH\"")));
    CHECK(str_has(text, S("25.27,110.29")));
}

TEST("a row of csv becomes the same document again")
{
    FormatWork  work = work_of(a, &err);
    Json       *value = value_of(a, MEETINGS), *doc = json_object_make(a);
    const Kind *kind = kind_find(work.kinds, S("meeting"));
    Column     *columns;
    size_t      n;
    CHECK_OK(columns_make(&work, value, &columns, &n, &err));
    for (size_t i = 0; i < n; i++) {
        if (!columns[i].field) continue;
        CHECK_OK(
            column_set(a, kind, columns[i].heading, column_cell(a, &columns[i], format_item(value, 0)), doc, &err));
    }
    Json *wanted = json_copy_deep(a, json_get(format_item(value, 0), "doc"));
    json_put_text(wanted, "series", S("forum")); /* a link is written as a slug */
    CHECK_JSON(doc, json_write(a, wanted));
}

TEST("a column nobody knows and a cell that is no number are named")
{
    FormatWork  work = work_of(a, &err);
    const Kind *kind = kind_find(work.kinds, S("meeting"));
    Json       *doc = json_object_make(a);
    CHECK_ERR(column_set(a, kind, S("colour"), S("green"), doc, &err), ERR_FORMAT);
    CHECK_STR(err.text, "column colour: meeting has no such field");
    CHECK_ERR(column_set(a, kind, S("place.lat"), S("north"), doc, &err), ERR_FORMAT);
    CHECK_ERR(column_set(a, kind, S("name"), S("Forum"), doc, &err), ERR_FORMAT);
}

TEST("geojson has the records with a place, longitude first")
{
    FormatWork work = work_of(a, &err);
    Json      *all;
    CHECK_OK(json_read(a, written(&work, geojson_write, value_of(a, MEETINGS)), &all, &err));
    CHECK_EQ_INT(json_array_size(json_get(all, "features")), 1);
    CHECK_JSON(json_at(all, S("/features/0/geometry")), "{\"type\":\"Point\",\"coordinates\":[110.29,25.27]}");
    CHECK_STR(json_text(json_at(all, S("/features/0/properties/url"))), "https://node.example/meeting/forum-2013");
}

typedef struct {
    const Json *items;
    size_t      asked, drained;
} Steps;

static bool one_item(void *with, Arena *a, size_t from, const Json **items, Err *err)
{
    (void)err;
    Steps *steps = with;
    Json  *list = json_array_make(a);
    if (from < json_array_size(steps->items))
        json_add_value(list, json_copy_deep(a, json_array_get(steps->items, from)));
    steps->asked++;
    *items = list;
    return true;
}

static bool note_drain(void *with, Buf *out, Err *err)
{
    (void)out, (void)err;
    ((Steps *)with)->drained++;
    return true;
}

TEST("a list that comes one item at a time is written as if it came whole")
{
    FormatWork               work = work_of(a, &err);
    static const FormatWrite writes[] = { csv_write, geojson_write, jsonld_write, ics_write };
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        Json        *value = value_of(a, MEETINGS), *bare = value_of(a, "{\"kind\":\"meeting\",\"items\":[]}");
        Steps        steps = { .items = json_get(value, "items") };
        FormatSource source = { one_item, note_drain, &steps };
        work.source = NULL;
        Str whole = written(&work, writes[i], value);
        work.source = &source;
        CHECK_STR(written(&work, writes[i], bare), whole);
        CHECK(steps.asked >= 3);
        CHECK_EQ_INT(steps.drained, 3);
    }
    work.source = NULL;
    CHECK_STR(written(&work, geojson_write, value_of(a, "{\"kind\":\"meeting\",\"items\":[]}")),
              "{\"type\":\"FeatureCollection\",\"features\":[]}");
}

TEST("a calendar has an all-day event for each exact date, and none for a mere year")
{
    FormatWork work = work_of(a, &err);
    Str        text = written(&work, ics_write, value_of(a, MEETINGS));
    CHECK(str_has(text, S("DTSTART;VALUE=DATE:20130904\r\nDTEND;VALUE=DATE:20130906\r\n")));
    CHECK(str_has(text, S("SUMMARY:Forum\\, 2013\r\nDESCRIPTION:Talks\\; and more\r\nLOCATION:Guilin\\, CN\r\n")));
    CHECK(str_has(text, S("DTSTAMP:20260102T030405Z\r\n")));
    CHECK(!str_has(text, S("Later")));
    CHECK(str_ends(text, S("END:VCALENDAR\r\n")));
}

TEST("a long calendar line is folded between characters")
{
    FormatWork work = work_of(a, &err);
    Json      *value = value_of(a, MEETINGS);
    Buf       *title = buf_open(a);
    for (int i = 0; i < 60; i++) buf_put(title, S("林"));
    json_put_text(json_array_get(json_get(value, "items"), 0), "title", buf_str(title));
    Str text = written(&work, ics_write, value);
    for (Cut line = str_cut(text, '\n'); line.found; line = str_cut(line.tail, '\n')) {
        CHECK(line.head.len <= 76);
        CHECK(str_is_utf8(line.head));
    }
}

TEST("json-ld speaks schema.org with a value for each language")
{
    FormatWork work = work_of(a, &err);
    Json      *ld;
    CHECK_OK(json_read(a, written(&work, jsonld_write, format_item(value_of(a, MEETINGS), 0)), &ld, &err));
    CHECK_STR(json_get_text(ld, "@context"), "https://schema.org/");
    CHECK_STR(json_get_text(ld, "@type"), "Event");
    CHECK_JSON(json_get(ld, "name"),
               "[{\"@value\":\"Forum, 2013\",\"@language\":\"en\"},{\"@value\":\"论坛\",\"@language\":\"zh\"}]");
    CHECK_STR(json_get_text(ld, "startDate"), "2013-09-04");
}

TEST("a feed is escaped and as new as its newest entry")
{
    FormatWork work = work_of(a, &err);
    Str        text = written(&work, atom_write, value_of(a, MEETINGS));
    CHECK(str_has(text, S("<title>Node &amp; friends</title>\n<updated>2026-02-02T03:04:05.678Z</updated>")));
    CHECK(str_has(text, S("<id>urn:uuid:019abc00-0000-7000-8000-000000000002</id>")));
    CHECK(str_has(text, S("href=\"https://node.example/meeting.atom\"")));
}

TEST("a spreadsheet is a zip of its own")
{
    FormatWork work = work_of(a, &err);
    Str        bytes = written(&work, xlsx_write, value_of(a, MEETINGS));
    CHECK(str_starts(bytes, S("PK\x03\x04")));
    CHECK(bytes.len > 2000);
}

TEST("endings are offered where the kind has what they need")
{
    FormatWork work = work_of(a, &err);
    CHECK(format_find(S("ics"), ON_LIST, kind_find(work.kinds, S("meeting"))) != NULL);
    CHECK(format_find(S("ics"), ON_LIST, kind_find(work.kinds, S("country"))) == NULL);
    CHECK(format_find(S("ics"), ON_LIST, NULL) == NULL);
    static const char *const undated[] = { "document", "label", "page", "dataset", "organisation" };
    for (size_t i = 0; i < sizeof undated / sizeof *undated; i++)
        CHECK(format_find(S("ics"), ON_LIST, kind_find(work.kinds, str_of(undated[i]))) == NULL);
    CHECK(format_find(S("csv"), ON_RECORD, kind_find(work.kinds, S("meeting"))) == NULL);
    CHECK(format_find(S("exe"), ON_LIST, NULL) == NULL);
}

TEST("of a record an ending fits when the record has what it needs")
{
    FormatWork    work = work_of(a, &err);
    const Kind   *kind = kind_find(work.kinds, S("meeting"));
    const Format *ics = format_find(S("ics"), ON_RECORD, kind), *geo = format_find(S("geojson"), ON_RECORD, kind),
                 *ld = format_find(S("jsonld"), ON_RECORD, kind);
    static const struct {
        const char *doc;
        bool        day, place;
    } cases[] = { { "{}", false, false },
                  { "{\"start\":\"2026\"}", false, false },
                  { "{\"start\":\"2026-03\"}", false, false },
                  { "{\"start\":\"2026-03-04\"}", true, false },
                  { "{\"place\":{\"lat\":1,\"lon\":2}}", false, true },
                  { "{\"place\":{\"lat\":1}}", false, false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Json *doc = value_of(a, cases[i].doc);
        CHECK_EQ_INT(format_fits(ics, kind, a, doc), cases[i].day);
        CHECK_EQ_INT(format_fits(geo, kind, a, doc), cases[i].place);
        CHECK(format_fits(ld, kind, a, doc));
    }
}

/* Every "$ref" in the document leads somewhere in it. */
static void refs_check(const Json *root, const Json *value)
{
    const char *key;
    Json       *member;
    size_t      i;
    json_object_foreach((Json *)value, key, member)
    {
        bool is_ref = !strcmp(key, "$ref") && json_is_string(member);
        if (is_ref && !json_at(root, str_drop(json_text(member), 1)))
            CHECK_STR(json_text(member), "a place in the document");
        refs_check(root, member);
    }
    json_array_foreach(value, i, member) refs_check(root, member);
}

TEST("the OpenAPI document has a path for every kind and every reference leads somewhere")
{
    FormatWork work = work_of(a, &err);
    Json      *api = openapi_make(&work);
    CHECK_STR(json_get_text(api, "openapi"), "3.1.0");
    for (size_t i = 0; i < kinds_count(work.kinds); i++) {
        Str name = kinds_at(work.kinds, i)->name;
        CHECK(json_get(json_get(api, "paths"), str_format(a, "/%.*s/{record}.json", STR_ARG(name)).at) != NULL);
        CHECK(json_get(json_at(api, S("/components/schemas")), str_z(a, name)) != NULL);
    }
    CHECK(json_at(api, S("/components/schemas/text")) != NULL);
    refs_check(api, api);
}

#define CITED                                                                                     \
    "{\"id\":\"019abc00-0000-7000-8000-000000000003\",\"kind\":\"dataset\",\"slug\":\"fish_"      \
    "catch\","                                                                                    \
    "\"url\":\"/dataset/fish_catch\",\"title\":\"Fish & {rice}, 50 %\",\"version\":3,"            \
    "\"updated\":\"2026-01-02T03:04:05.678Z\",\"links\":[{\"field\":\"publishers.organisation\"," \
    "\"id\":\"019abc01\","                                                                        \
    "\"title\":\"Mekong River "                                                                   \
    "Commission\"}],\"doc\":{\"name\":{\"en\":\"Fish\"},\"doi\":\"10.5072/a_b\","                 \
    "\"citation\":\"Souter\\nand "                                                                \
    "Mohammed\",\"publishers\":[{\"organisation\":\"019abc01\"},{\"name\":{\"en\":\"A_B\"}},"     \
    "{\"organisation\":\"hidden\"}]}}"

static Str today_of(Arena *a, char between)
{
    Date d = date_of_ms(time_now_ms());
    return str_format(a, "%04d%c%02d%c%02d", d.year, between, d.month, between, d.day);
}

TEST("a citation for BibTeX names version, address and day, and TeX's own signs are escaped")
{
    FormatWork work = work_of(a, &err);
    work.query = S("lang=en&version=3&country=TH&figure=x&empty=&note.has=a%20b");
    Str text = written(&work, bib_write, value_of(a, CITED));
    CHECK_STR(
        text,
        str_format(
            a,
            "@misc{fish_catch-v3,\n"
            "  author = {{Mekong River Commission} and {A\\_B}},\n"
            "  title = {{Fish \\& \\{rice\\}, 50 \\%%}},\n"
            "  year = {2026},\n"
            "  publisher = {Node \\& friends},\n"
            "  version = {3},\n"
            "  doi = {10.5072/a_b},\n"
            "  url = "
            "{https://node.example/dataset/fish_catch?version=3&country=TH&note.has=a%%20b},\n"
            "  urldate = {%.*s},\n"
            "  note = {Version 3. Source: Souter and Mohammed}\n"
            "}\n",
            STR_ARG(today_of(a, '-'))));
}

TEST("a citation as RIS has a line a field and ends")
{
    FormatWork work = work_of(a, &err);
    Str        text = written(&work, ris_write, value_of(a, CITED));
    CHECK_STR(text, str_format(a,
                               "TY  - DATA\r\nAU  - Mekong River Commission\r\nAU  - A_B\r\n"
                               "TI  - Fish & {rice}, 50 %%\r\nPY  - 2026\r\nDA  - 2026/01/02\r\n"
                               "PB  - Node & friends\r\nET  - Version 3\r\nDO  - 10.5072/a_b\r\n"
                               "UR  - https://node.example/dataset/fish_catch?version=3\r\n"
                               "Y2  - %.*s\r\nN1  - Souter and Mohammed\r\nER  - \r\n",
                               STR_ARG(today_of(a, '/'))));
}
