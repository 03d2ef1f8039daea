#include "core/kind.h"

#include "base/file.h"
#include "check.h"

static const char defs[] =
    "{'$id':'banyan:defs','$defs':{"
    "'text':{'$anchor':'text','type':'object','x-type':'text','propertyNames':{'format':'language'},"
    "'additionalProperties':{'type':'string'}},"
    "'link':{'$anchor':'link','type':'string'}}}";

/* JSON with ' for ", so that it can be read here. */
static Str quoted(Arena *a, const char *text)
{
    Str copy = str_copy(a, str_of(text));
    for (size_t i = 0; i < copy.len; i++)
        if (copy.at[i] == '\'') ((char *)copy.at)[i] = '"';
    return copy;
}

/* A folder with _defs.json and one kind, "thing". */
static const char *folder_with(Arena *a, const char *kind)
{
    const char *folder = test_folder(a);
    Err         err;
    CHECK_OK(file_replace(str_format(a, "%s/_defs.json", folder).at, quoted(a, defs), 0644, &err));
    CHECK_OK(file_replace(str_format(a, "%s/thing.json", folder).at, quoted(a, kind), 0644, &err));
    return folder;
}

TEST("a kind file tells fields, their types, lists, links, weights and paths")
{
    const char *folder = folder_with(
        a,
        "{'title':'Thing','x-title':'name','x-group':'about','x-order':5,'x-parent':'parent','x-start':'when.from',"
        "'x-sort':'-start','type':'object','required':['name'],'properties':{"
        "'name':{'title':'Name','$ref':'banyan:defs#text','x-search':10,'x-schema-org':'name'},"
        "'parent':{'$ref':'banyan:defs#link','x-link':['thing']},"
        "'colours':{'type':'array','x-facet':true,'items':{'type':'string','enum':['red','green']}},"
        "'when':{'type':'object','required':['from'],'properties':{'from':{'type':'string','format':'reduced-date'}}},"
        "'parts':{'type':'array','items':{'type':'object','properties':{'weight':{'type':'number','x-unit':'kg'},"
        "'made_of':{'type':'array','items':{'$ref':'banyan:defs#link','x-link':['thing']}}}}}}}");
    Kinds *kinds;
    CHECK_OK(kinds_open(folder, &kinds, &err));
    CHECK_EQ_INT(kinds_count(kinds), 1);
    const Kind *thing = kind_find(kinds, S("thing"));
    CHECK(thing == kinds_at(kinds, 0));
    CHECK(!kind_find(kinds, S("thin")));
    CHECK_STR(thing->title, "Thing");
    CHECK_STR(thing->title_field, "name");
    CHECK_STR(thing->parent_field, "parent");
    CHECK_STR(thing->start_field, "when.from");
    CHECK_STR(thing->end_field, "");
    CHECK_STR(thing->default_sort, "-start");
    CHECK_EQ_INT(thing->field_count, 5);

    const Field *name = kind_field(thing, S("name")), *colours = kind_field(thing, S("colours"));
    CHECK_EQ_INT(name->type, FIELD_TEXT);
    CHECK(name->required && !name->list && !name->facet);
    CHECK_EQ_INT(name->search_weight, 10);
    CHECK_STR(name->schema_org, "name");
    CHECK_EQ_INT(colours->type, FIELD_CHOICE);
    CHECK(colours->list && colours->facet && !colours->required);
    CHECK_EQ_INT(colours->choice_count, 2);
    CHECK_STR(colours->choices[1], "green");
    CHECK_EQ_INT(kind_field(thing, S("when.from"))->type, FIELD_DATE);
    CHECK(kind_field(thing, S("when.from"))->required);
    const Field *made_of = kind_field(thing, S("parts.made_of"));
    CHECK_EQ_INT(made_of->type, FIELD_LINK);
    CHECK(made_of->list);
    CHECK_STR(made_of->path, "parts.made_of");
    CHECK_STR(made_of->link_kinds[0], "thing");
    CHECK_STR(kind_field(thing, S("parts.weight"))->unit, "kg");
    CHECK(!kind_field(thing, S("parts.")) && !kind_field(thing, S("")) && !kind_field(thing, S("name.x")));

    Json *doc;
    CHECK_OK(json_read(a,
                       quoted(a, "{'name':{'en':'N'},'parent':'p','colours':['red',7,'green'],'unknown':1,"
                                 "'parts':[{'weight':2,'made_of':['x','y']},{'made_of':['z']},'not a group']}"),
                       &doc, &err));
    FieldValue *values;
    CHECK_EQ_INT(kind_values(thing, a, doc, S("parts.made_of"), &values), 3);
    CHECK_STR(values[1].pointer, "/parts/0/made_of/1");
    CHECK_STR(json_text(values[2].value), "z");
    CHECK(values[2].field == made_of);
    CHECK_EQ_INT(kind_values(thing, a, doc, S("parts"), &values), 2);
    CHECK_EQ_INT(kind_values(thing, a, doc, S("colours"), &values), 2);
    CHECK_STR(values[1].pointer, "/colours/2");
    CHECK_EQ_INT(kind_values(thing, a, doc, S("when.from"), &values), 0);
    CHECK_EQ_INT(kind_values(thing, a, doc, S("none"), &values), 0);
    CHECK_EQ_INT(kind_all_values(thing, a, doc, &values), 8);
    CHECK_STR(values[0].pointer, "/name");
    CHECK_STR(values[7].pointer, "/parts/1/made_of/0");
    kinds_close(kinds);
}

TEST("a mistake in a kind file is named with file and place")
{
    static const struct {
        const char *kind, *where;
    } bad[] = {
        { "{'x-title':'a','properties':{'a':{'type':'string','x-serach':1}}}", "thing.json#/properties/a/x-serach" },
        { "{'x-title':'a','properties':{'a':{'type':'string','minLenght':1}}}",
          "thing.json#/properties/a/minLenght" },
        { "{'x-title':'a','x-facet':true,'properties':{'a':{'type':'string'}}}", "thing.json#/x-facet" },
        { "{'x-title':'a','properties':{'a':{'type':'string','x-title':'a'}}}", "thing.json#/properties/a/x-title" },
        { "{'x-title':'a','properties':{'a':{'type':'string','x-facet':'yes'}}}",
          "thing.json#/properties/a/x-facet" },
        { "{'x-title':'a','properties':{'a':{'type':'string','x-search':11}}}", "thing.json#/properties/a" },
        { "{'x-title':'b','properties':{'a':{'type':'string'}}}", "thing.json#/x-title" },
        { "{'properties':{'a':{'type':'string'}}}", "thing.json#: x-title" },
        { "{'x-title':'a','x-start':'a','properties':{'a':{'type':'string'}}}", "thing.json#/x-start" },
        { "{'x-title':'a','x-headline':['b'],'properties':{'a':{'type':'string'}}}", "thing.json#/x-headline/0" },
        { "{'x-title':'a','x-headline':['a','b'],'properties':{'a':{'type':'string'},'b':{'type':'number'}}}",
          "thing.json#/x-headline/1" },
        { "{'x-title':'a','x-headline':'a','properties':{'a':{'type':'string'}}}", "thing.json#/x-headline" },
        { "{'x-title':'a','x-event':true,'properties':{'a':{'type':'string'}}}", "thing.json#/x-event" },
        { "{'x-title':'a','x-event':1,'properties':{'a':{'type':'string'}}}", "thing.json#/x-event" },
        { "{'x-title':'b','properties':{'b':{'type':'string'},'a':{'type':'string','x-link':['other']}}}",
          "thing.json# a: a link to a kind that is not there: other" },
        { "{'x-title':'a','properties':{'a':{'type':'array','items':{'type':'array','items':{'type':'string'}}}}}",
          "thing.json#/properties/a: a list of lists" },
        { "{'x-title':'a','properties':{'a':{}}}", "thing.json#/properties/a: no type" },
        { "{'x-title':'a','properties':{'a':{'$ref':'banyan:defs#none'}}}", "thing.json#/properties/a/$ref" },
        { "{'x-title':'a.b','properties':{'a.b':{'type':'string'}}}", "thing.json#/properties/a.b" },
        { "[1]", "thing.json#" },
        { "{", "thing.json" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Kinds      *kinds;
        const char *folder = folder_with(a, bad[i].kind);
        bool        ok = kinds_open(folder, &kinds, &err);
        if (ok || !str_has(str_of(err.text), str_of(bad[i].where)))
            CHECK_STR(ok ? "no error" : err.text, str_format(a, "%s, for %s", bad[i].where, bad[i].kind));
    }
}

TEST("the kinds of the project open, in the order of the navigation")
{
    Kinds *kinds;
    CHECK_OK(kinds_open("kinds", &kinds, &err));
    Str   *files;
    size_t n, count = 0;
    CHECK_OK(folder_list(a, "kinds", &files, &n, &err));
    for (size_t i = 0; i < n; i++) count += str_ends(files[i], S(".json")) && !str_starts(files[i], S("_"));
    CHECK_EQ_INT(kinds_count(kinds), count);
    CHECK_STR(kinds_at(kinds, 0)->name, "framework");
    CHECK_STR(kinds_at(kinds, count - 1)->name, "page");
    CHECK_EQ_INT(kind_field(kind_find(kinds, S("country")), S("code"))->type, FIELD_COUNTRY);
    CHECK_STR(kind_find(kinds, S("country"))->key_field, "code");
    CHECK_EQ_INT(kind_field(kind_find(kinds, S("activity")), S("indicators.periods.actual"))->type, FIELD_NUMBER);
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        CHECK(kind_field(kind, S("sources.url")) && kind_field(kind, S("note")) && kind_field(kind, S("certainty")));
    }
    kinds_close(kinds);
}

TEST("what ends before it starts is wrong, as far as the dates say")
{
    static const struct {
        const char *start, *end;
        bool        ok;
    } spans[] = {
        { "2018-09-13", "2018-09-13", true },
        { "2018-09-13", "2018-09", true },
        { "2018-09-13", "2018", true },
        { "2018", "2018-01-01", true },
        { "2018-09-13", "2018-09-12", false },
        { "2018-09", "2018-08", false },
        { "2019", "2018-12-31", false },
    };
    Kinds *kinds;
    CHECK_OK(kinds_open("kinds", &kinds, &err));
    const Kind *activity = kind_find(kinds, S("activity"));
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        Json    *doc;
        Problems problems;
        Str      text = str_format(a, "{'name':{'en':'x'},'type':'project','start':'%s','end':'%s'}", spans[i].start,
                                   spans[i].end);
        CHECK_OK(json_read(a, quoted(a, text.at), &doc, &err));
        if (!CHECK_EQ_INT(kind_check(activity, a, doc, &problems), spans[i].ok))
            printf("    %s to %s\n", spans[i].start, spans[i].end);
        CHECK_EQ_INT(problems.count, spans[i].ok ? 0 : 1);
        if (!spans[i].ok) CHECK_STR(problems.at[0].pointer, "/end");
    }
    kinds_close(kinds);
}
