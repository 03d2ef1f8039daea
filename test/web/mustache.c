#include "check.h"

#include <string.h>

#include "base/file.h"
#include "web/mustache.h"

static Str render(Arena *a, Mustache *m, const char *template, const char *context)
{
    Err   err = { 0 };
    Json *value = NULL;
    Buf  *out = buf_open(a);
    if (!mustache_add(m, S("page"), str_of(template), &err) || !json_read(a, str_of(context), &value, &err) ||
        !mustache_render(m, a, S("page"), value, a, out, &err))
        return str_format(a, "%s: %s", err_name(err.code), err.text);
    return buf_str(out);
}

static void close_set(void *m)
{
    mustache_close(m);
}

/* One file of the official suite; tests named in `but` (comma before and after each) are left out, loudly. */
static void run_suite(Arena *a, const char *name, const char *but, int least)
{
    Err         err = { 0 };
    const char *archive = test_shared(a, "data/standards/mustache-spec.tar.gz");
    const char *folder = test_folder(a);
    int         status = system(str_format(a, "tar xzf '%s' -C '%s'", archive, folder).at);
    CHECK_EQ_INT(status, 0);
    Json *suite;
    CHECK_OK(json_read_file(a, str_format(a, "%s/specs/%s.json", folder, name).at, &suite, &err));
    Json  *tests = json_get(suite, "tests"), *test;
    size_t i;
    int    ran = 0;
    json_array_foreach(tests, i, test)
    {
        Str title = json_get_text(test, "name");
        if (str_has(str_of(but), str_format(a, ",%.*s,", STR_ARG(title)))) {
            printf("SKIPPED mustache %s: %.*s (a block's own indentation is left as it is)\n", name, STR_ARG(title));
            continue;
        }
        ran++;
        Mustache   *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
        Json       *partial;
        const char *partial_name;
        json_object_foreach(json_get(test, "partials"), partial_name, partial)
            CHECK_OK(mustache_add(m, str_of(partial_name), json_text(partial), &err));
        Buf *out = buf_open(a);
        CHECK_OK(mustache_add(m, S("it"), json_get_text(test, "template"), &err));
        CHECK_OK(mustache_render(m, a, S("it"), json_get(test, "data"), NULL, out, &err));
        if (!str_eq(buf_str(out), json_get_text(test, "expected"))) printf("in %s: %.*s\n", name, STR_ARG(title));
        CHECK_STR(buf_str(out), json_get_text(test, "expected"));
    }
    CHECK(ran >= least);
}

TEST("mustache passes the official suite: comments")
{
    run_suite(a, "comments", "", 12);
}
TEST("mustache passes the official suite: delimiters")
{
    run_suite(a, "delimiters", "", 14);
}
TEST("mustache passes the official suite: interpolation")
{
    run_suite(a, "interpolation", "", 42);
}
TEST("mustache passes the official suite: inverted")
{
    run_suite(a, "inverted", "", 22);
}
TEST("mustache passes the official suite: partials")
{
    run_suite(a, "partials", "", 12);
}
TEST("mustache passes the official suite: sections")
{
    run_suite(a, "sections", "", 34);
}
TEST("mustache passes the official suite: dynamic names")
{
    run_suite(a, "~dynamic-names", "", 21);
}
TEST("mustache passes the official suite: inheritance")
{
    run_suite(a, "~inheritance",
              ",Block reindentation,Intrinsic indentation,Nested block reindentation,Standalone block,", 23);
}

static void shout(MustacheScope *scope, Str argument, Buf *out)
{
    buf_put_z(out, "<b>");
    buf_put_html(out, argument);
    const Json *found = mustache_find(scope, argument);
    if (found) buf_put_html(out, mustache_text(mustache_arena(scope), found));
    buf_put_z(out, mustache_with(scope) ? "</b>" : "");
}

TEST("a lambda gets what is between its tags, rendered without escaping, and escapes for itself")
{
    Mustache *m = arena_adopt(a, mustache_open((MustacheRow[]){ { "shout", shout } }, 1), close_set);
    CHECK_STR(render(a, m, "{{#shout}}a&b{{/shout}}", "{}"), "<b>a&amp;b</b>");
    CHECK_STR(render(a, m, "{{#shout}}state.{{state}}{{/shout}}", "{\"state\":\"<x>\"}"), "<b>state.&lt;x&gt;</b>");
    CHECK_STR(render(a, m, "{{#in}}{{#shout}}name{{/shout}}{{/in}}", "{\"name\":\"o\",\"in\":{\"name\":\"i<\"}}"),
              "<b>namei&lt;</b>");
    CHECK_STR(render(a, m, "{{#list}}{{#shout}}this.name{{/shout}}{{/list}}", "{\"name\":\"o\",\"list\":[{}]}"),
              "<b>this.name</b>");
}

TEST("a name of a lambda hides a member, and this. reaches it")
{
    Mustache *m = arena_adopt(a, mustache_open((MustacheRow[]){ { "shout", shout } }, 1), close_set);
    CHECK_STR(render(a, m, "{{#shout}}k{{/shout}} {{#this.shout}}[{{.}}]{{/this.shout}}", "{\"shout\":[1,2]}"),
              "<b>k</b> [1][2]");
}

TEST("a question mark asks without entering")
{
    Mustache   *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    const char *list = "{{#items?}}<ul>{{#items}}<li>{{.}}{{/items}}</ul>{{/items?}}{{^items?}}none{{/items?}}";
    CHECK_STR(render(a, m, list, "{\"items\":[1,2]}"), "<ul><li>1<li>2</ul>");
    CHECK_STR(render(a, m, list, "{\"items\":[]}"), "none");
    CHECK_STR(render(a, m, list, "{}"), "none");
}

TEST("a number in a dotted name is a place in an array")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    CHECK_STR(render(a, m, "{{l.1.n}}{{l.2.n}}{{l.x}}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}"), "b");
}

TEST("numbers show the shortest text that is the same number")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    CHECK_STR(render(a, m, "{{a}} {{b}} {{c}} {{d}} {{e}}",
                     "{\"a\":0.1,\"b\":1e21,\"c\":-3,\"d\":1.5,\"e\":0.30000000000000004}"),
              "0.1 1e+21 -3 1.5 0.30000000000000004");
}

TEST("a block inside a replaced block belongs to the page, not to the layout around it")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    CHECK_OK(mustache_add(m, S("layout"), S("[{{$title}}none{{/title}}|{{$body}}{{/body}}]"), &err));
    CHECK_OK(mustache_add(m, S("card"), S("({{$title}}card{{/title}})"), &err));
    CHECK_STR(render(a, m,
                     "{{<layout}}{{$title}}T{{/title}}{{$body}}{{>card}}{{<card}}{{$title}}C{{/title}}{{/card}}{{/"
                     "body}}{{/layout}}",
                     "{}"),
              "[T|(card)(C)]");
}

TEST("what is wrong in a template is named with its line")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    static const struct {
        const char *source, *said;
    } cases[] = {
        { "a\n{{#x}}", "template t, line 2: a section is not closed: x" },
        { "a\nb{{/x}}", "template t, line 2: closes what was not opened: x" },
        { "{{#a}}\n{{/b}}", "template t, line 2: closes another section than the open one: b" },
        { "{{x", "template t, line 1: a tag is not closed: x" },
        { "{{}}", "template t, line 1: a tag without a name" },
        { "{{a b}}", "template t, line 1: white space in a name: a b" },
        { "{{=|=}}", "template t, line 1: delimiters must be two, parted by a space: |" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_ERR(mustache_add(m, S("t"), str_of(cases[i].source), &err), ERR_FORMAT);
        CHECK_STR(err.text, cases[i].said);
    }
    CHECK(!mustache_has(m, S("t")));
}

TEST("a partial that is not there is named before anything is served")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    CHECK_OK(mustache_add(m, S("one"), S("{{#a}}{{>two}}{{/a}}"), &err));
    CHECK_ERR(mustache_check(m, &err), ERR_INVALID);
    CHECK_STR(err.text, "template one wants \"two\", which is not there");
    CHECK_OK(mustache_add(m, S("two"), S("x"), &err));
    CHECK_OK(mustache_check(m, &err));
    CHECK_ERR(mustache_render(m, a, S("three"), NULL, NULL, buf_open(a), &err), ERR_NOT_FOUND);
}

TEST("templates without end and sections too deep are refused")
{
    Mustache *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    CHECK_OK(mustache_add(m, S("loop"), S("{{>loop}}{{>loop}}"), &err));
    CHECK_ERR(mustache_render(m, a, S("loop"), NULL, NULL, buf_open(a), &err), ERR_TOO_BIG);
    CHECK_OK(mustache_add(m, S("self"), S("{{#a}}{{>self}}{{/a}}"), &err));
    CHECK_STR(render(a, m, "{{>self}}", "{\"a\":{\"b\":1}}").len > 6 ? S("said") : S("nothing"), "said");
    Buf *deep = buf_open(a);
    for (int i = 0; i < MUSTACHE_DEPTH_MAX + 1; i++) buf_put_z(deep, "{{#a}}");
    for (int i = 0; i < MUSTACHE_DEPTH_MAX + 1; i++) buf_put_z(deep, "{{/a}}");
    CHECK_ERR(mustache_add(m, S("deep"), buf_str(deep), &err), ERR_FORMAT);
}

TEST("a folder of templates is read by names without endings")
{
    Mustache   *m = arena_adopt(a, mustache_open(NULL, 0), close_set);
    const char *folder = test_folder(a);
    CHECK_OK(file_replace(str_format(a, "%s/list.mustache", folder).at, S("L{{>row}}"), 0644, &err));
    CHECK_OK(file_replace(str_format(a, "%s/row.mustache", folder).at, S("R"), 0644, &err));
    CHECK_OK(mustache_add_folder(m, folder, &err));
    Buf *out = buf_open(a);
    CHECK_OK(mustache_render(m, a, S("list"), NULL, NULL, out, &err));
    CHECK_STR(buf_str(out), "LR");
}
