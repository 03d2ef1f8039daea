/* The validator: the official suite for JSON Schema 2020-12, and cases of our own that also say which
   problems are found where. */
#include "core/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "check.h"

static const Json *find_document(void *with, Str uri)
{
    return json_object_getn(with, uri.at, uri.len);
}

static Str describe(Arena *a, const char *file, const Json *group, const Json *test)
{
    return str_format(a, "%s: %.*s: %.*s: %s", file, STR_ARG(json_get_text(group, "description")),
                      STR_ARG(json_get_text(test, "description")), json_write(a, json_get(test, "data")).at);
}

/* ---- our own cases ---- */

/* JSON with ' for ", so that it can be read here. */
static Str quoted(Arena *a, const char *text)
{
    Str copy = str_copy(a, str_of(text));
    for (size_t i = 0; i < copy.len; i++)
        if (copy.at[i] == '\'') ((char *)copy.at)[i] = '"';
    return copy;
}

static Str problems_text(Arena *a, Problems problems)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < problems.count; i++)
        buf_putf(out, "%s%.*s %.*s %s", i ? "\n" : "", STR_ARG(problems.at[i].pointer), STR_ARG(problems.at[i].key),
                 json_write(a, problems.at[i].args).at);
    return buf_str(out);
}

TEST("each kind of problem is found at its place, in the order of the document, with what its sentence needs")
{
    Json *groups;
    CHECK_OK(json_read_file(a, "test/data/schema-cases.json", &groups, &err));
    for (size_t g = 0; g < json_array_size(groups); g++) {
        Json   *group = json_array_get(groups, g), *tests = json_get(group, "tests");
        Schema *schema;
        CHECK_OK(schema_open(json_get(group, "schema"), NULL, NULL, &schema, &err));
        for (size_t t = 0; t < json_array_size(tests); t++) {
            Json    *test = json_array_get(tests, t), *lines = json_get(test, "problems");
            Problems problems;
            Buf     *expected = buf_open(a);
            for (size_t i = 0; i < json_array_size(lines); i++)
                buf_putf(expected, "%s%.*s", i ? "\n" : "", STR_ARG(json_text(json_array_get(lines, i))));
            bool ok = schema_check(schema, a, json_get(test, "data"), &problems);
            if (!CHECK_STR(problems_text(a, problems), buf_str(expected)) ||
                !CHECK_EQ_INT(ok, !json_array_size(lines)))
                printf("    in %s\n", describe(a, "own", group, json_get(test, "data")).at);
        }
        schema_close(schema);
    }
}

TEST("every problem that the cases find and every format has its English sentence")
{
    Json *groups, *words;
    CHECK_OK(json_read_file(a, "test/data/schema-cases.json", &groups, &err));
    CHECK_OK(json_read_file(a, "locale/en.json", &words, &err));
    Str    text = json_write(a, groups);
    size_t found = 0;
    for (long at; (at = str_find(text, S("problem."))) >= 0; found++) {
        Str key = str_cut(text = str_drop(text, (size_t)at), ' ').head;
        if (!json_get(words, str_z(a, key))) CHECK_STR(key, "in the messages");
        text = str_drop(text, key.len);
    }
    CHECK(found > 60);
    static const char *formats[] = { "date", "time", "date-time", "duration", "uri", "uri-reference",
                                     "uuid", "ipv4", "ipv6", "json-pointer", "regex" };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        CHECK(json_get(words, str_format(a, "problem.format.%s", formats[i]).at) != NULL);
}

TEST("what is not supported or not right in a schema is refused with its place")
{
    static const struct {
        const char *schema, *where;
    } bad[] = {
        { "{'properties':{'a':{'minLenght':1}}}", "#/properties/a/minLenght" },
        { "{'$dynamicRef':'#a'}", "#/$dynamicRef" },
        { "{'unevaluatedProperties':false}", "#/unevaluatedProperties" },
        { "{'unevaluatedItems':false}", "#/unevaluatedItems" },
        { "{'dependencies':{}}", "#/dependencies" },
        { "{'definitions':{}}", "#/definitions" },
        { "{'contentEncoding':'base64'}", "#/contentEncoding" },
        { "{'$vocabulary':{}}", "#/$vocabulary" },
        { "{'$dynamicAnchor':'a'}", "#/$dynamicAnchor" },
        { "{'x-unknown':1}", "#/x-unknown" },
        { "{'$defs':{'unused':{'type':'text'}}}", "#/$defs/unused/type" },
        { "{'type':[]}", "#/type" },
        { "{'minLength':-1}", "#/minLength" },
        { "{'minLength':1.5}", "#/minLength" },
        { "{'maximum':'1'}", "#/maximum" },
        { "{'multipleOf':0}", "#/multipleOf" },
        { "{'required':'a'}", "#/required" },
        { "{'enum':1}", "#/enum" },
        { "{'allOf':[]}", "#/allOf" },
        { "{'items':[{}]}", "#/items" },
        { "{'pattern':'('}", "#/pattern" },
        { "{'pattern':'\\\\a'}", "#/pattern" },
        { "{'format':'hostname'}", "#/format" },
        { "{'$ref':'#/$defs/none'}", "#/$ref" },
        { "{'$ref':'#none'}", "#/$ref" },
        { "{'$ref':'banyan:other'}", "#/$ref" },
        { "{'$ref':'#'}", "itself" },
        { "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{},{'$ref':'#/$defs/b'}]},'b':{'not':{'$ref':'#/$defs/a'}}}}",
          "itself" },
        { "{'properties':{'a':{'$id':'b'}}}", "#/properties/a/$id" },
        { "{'$schema':'http://json-schema.org/draft-07/schema#'}", "#/$schema" },
        { "{'properties':{'a/b':{'not':3}}}", "#/properties/a~1b/not" },
        { "[]", "#: a schema is" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Json   *document;
        Schema *schema;
        CHECK_OK(json_read(a, quoted(a, bad[i].schema), &document, &err));
        if (!CHECK_ERR(schema_open(document, NULL, NULL, &schema, &err), ERR_INVALID) ||
            !str_has(str_of(err.text), str_of(bad[i].where)))
            CHECK_STR(str_of(err.text), str_format(a, "%s … for %s", bad[i].where, bad[i].schema));
    }
}

TEST("a reference reaches other documents by anchor and pointer, and their mistakes are named")
{
    Json   *documents, *document;
    Schema *schema;
    CHECK_OK(json_read(a,
                       quoted(a, "{'test:shared':{'$defs':{'name':{'$anchor':'name','type':'string'},"
                                 "'list':{'type':'array','items':{'$ref':'#name'}}}},"
                                 "'test:bad':{'$defs':{'ok':{},'bad':{'type':1}}}}"),
                       &documents, &err));
    CHECK_OK(json_read(
        a, quoted(a, "{'properties':{'a':{'$ref':'test:shared#name'},'b':{'$ref':'test:shared#/$defs/list'}}}"),
        &document, &err));
    CHECK_OK(schema_open(document, find_document, documents, &schema, &err));
    Json    *value;
    Problems problems;
    CHECK_OK(json_read(a, quoted(a, "{'a':1,'b':['x',2]}"), &value, &err));
    CHECK(!schema_check(schema, a, value, &problems));
    CHECK_STR(problems_text(a, problems),
              quoted(a, "/a problem.type {'types':'string'}\n/b/1 problem.type {'types':'string'}"));
    schema_close(schema);

    CHECK_OK(json_read(a, quoted(a, "{'$ref':'test:bad#/$defs/ok'}"), &document, &err));
    CHECK_ERR(schema_open(document, find_document, documents, &schema, &err), ERR_INVALID);
    CHECK(str_has(str_of(err.text), S("test:bad#/$defs/bad/type")));
}

TEST("a value that is too deep, or would take too long, is refused and never called valid")
{
    Json   *document, *value;
    Schema *schema;
    CHECK_OK(json_read(a, quoted(a, "{'items':{'$ref':'#'}}"), &document, &err));
    CHECK_OK(schema_open(document, NULL, NULL, &schema, &err));
    value = json_array_make(a);
    for (int i = 0; i < 1000; i++) {
        Json *around = json_array_make(a);
        json_add_value(around, value);
        value = around;
    }
    Problems problems;
    CHECK(!schema_check(schema, a, value, &problems));
    CHECK_EQ_INT(problems.count, 1);
    CHECK_STR(problems.at[0].key, "problem.too-deep");
    schema_close(schema);

    /* Each level asks the next twice: 2^50 steps in all, and `not` at the top. */
    Buf *text = buf_open(a);
    buf_put_z(text, "{'not':{'$ref':'#/$defs/n50'},'$defs':{'n0':{'type':'null'}");
    for (int i = 1; i <= 50; i++)
        buf_putf(text, ",'n%d':{'anyOf':[{'$ref':'#/$defs/n%d'},{'$ref':'#/$defs/n%d'}]}", i, i - 1, i - 1);
    buf_put_z(text, "}}");
    CHECK_OK(json_read(a, quoted(a, buf_str(text).at), &document, &err));
    CHECK_OK(schema_open(document, NULL, NULL, &schema, &err));
    CHECK(!schema_check(schema, a, json_integer_make(a, 1), &problems));
    CHECK_STR(problems_text(a, problems), " problem.too-complex {}");
    schema_close(schema);
}

TEST("at most a hundred problems are listed")
{
    Json   *document;
    Schema *schema;
    CHECK_OK(json_read(a, quoted(a, "{'items':{'type':'string'}}"), &document, &err));
    CHECK_OK(schema_open(document, NULL, NULL, &schema, &err));
    Json *value = json_array_make(a);
    for (int i = 0; i < 300; i++) json_add_value(value, json_integer_make(a, i));
    Problems problems;
    CHECK(!schema_check(schema, a, value, &problems));
    CHECK_EQ_INT(problems.count, 100);
    CHECK_STR(problems.at[99].pointer, "/99");
    schema_close(schema);
}

/* ---- the official suite ---- */

/* Groups of tests whose schema asks for what is not supported: each must be refused, none passed over.
   In every other file no group may be refused. */
static const struct {
    const char *file;
    int         groups;
    const char *why;
} refused[] = {
    { "anchor.json", 3, "$id below the root" },
    { "content.json", 4, "contentMediaType, contentEncoding" },
    { "defs.json", 1, "the meta-schema, which needs $dynamicRef" },
    { "dynamicRef.json", 21, "$dynamicRef" },
    { "not.json", 1, "unevaluatedProperties" },
    { "ref.json", 14, "$id below the root, relative addresses, the meta-schema, unevaluatedProperties" },
    { "refRemote.json", 7, "$id below the root, relative addresses" },
    { "unevaluatedItems.json", 29, "unevaluatedItems" },
    { "unevaluatedProperties.json", 44, "unevaluatedProperties" },
    { "vocabulary.json", 2, "meta-schemas of one's own" },
    { "optional/cross-draft.json", 1, "other drafts" },
    { "optional/dependencies-compatibility.json", 7, "dependencies, gone since 2019-09" },
    { "optional/dynamicRef.json", 1, "$dynamicRef" },
    { "optional/format-assertion.json", 2, "meta-schemas of one's own" },
    { "optional/id.json", 1, "$id below the root" },
    { "optional/refOfUnknownKeyword.json", 4, "unknown keywords" },
    { "optional/unknownKeyword.json", 1, "unknown keywords" },
    { "optional/format/email.json", 1, "a format that is not supported" },
    { "optional/format/hostname.json", 2, "a format that is not supported" },
    { "optional/format/idn-email.json", 1, "a format that is not supported" },
    { "optional/format/idn-hostname.json", 2, "a format that is not supported" },
    { "optional/format/iri-reference.json", 1, "a format that is not supported" },
    { "optional/format/iri.json", 1, "a format that is not supported" },
    { "optional/format/relative-json-pointer.json", 1, "a format that is not supported" },
    { "optional/format/unknown.json", 1, "a format that is not supported" },
    { "optional/format/uri-template.json", 1, "a format that is not supported" },
};
/* ICU needs to know how far a look-behind may reach. */
static const char *known_difference = "a variable-width lookbehind (ES2018)";

typedef struct {
    const char *folder;
    Json       *documents; /* those that others refer to, by their address */
    int         tests, refused;
} Suite;

static const Json *suite_document(void *with, Str uri)
{
    Suite *suite = with;
    Json  *known = json_object_getn(suite->documents, uri.at, uri.len);
    Str    host = S("http://localhost:1234/");
    if (known || !str_starts(uri, host)) return known;
    Arena *a = arena_open(0);
    Str    path = str_drop(uri, host.len);
    Json  *document;
    Err    err;
    if (json_read_file(a, str_format(a, "%s/remotes/%.*s", suite->folder, STR_ARG(path)).at, &document, &err))
        json_object_setn(suite->documents, uri.at, uri.len, document);
    arena_close(a);
    return json_object_getn(suite->documents, uri.at, uri.len);
}

static bool suite_group(Arena *a, Suite *suite, const char *file, const Json *group)
{
    Err     err;
    Schema *schema;
    if (!schema_open(json_get(group, "schema"), suite_document, suite, &schema, &err)) { return false; }
    Json *tests = json_get(group, "tests");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        Json    *test = json_array_get(tests, i);
        Problems problems;
        bool     ok = schema_check(schema, a, json_get(test, "data"), &problems);
        if (str_eq_z(json_get_text(test, "description"), known_difference)) ok = !ok;
        if (ok != json_get_bool(test, "valid"))
            CHECK_STR(str_format(a, "%s: %s", describe(a, file, group, test).at,
                                 ok ? "valid" : problems_text(a, problems).at),
                      ok ? "not valid" : "valid");
        suite->tests++;
    }
    schema_close(schema);
    return true;
}

static void suite_file(Arena *a, Suite *suite, const char *file)
{
    Err   err = { 0 };
    Str   text;
    Json *groups;
    CHECK_OK(file_read(a, str_format(a, "%s/tests/draft2020-12/%s", suite->folder, file).at, 1 << 20, &text, &err));
    /* No text of ours holds a zero, and none can be read; another control character stands for it. */
    for (long at; (at = str_find(text, S("\\u0000"))) >= 0;) ((char *)text.at)[at + 5] = '1';
    CHECK_OK(json_read(a, text, &groups, &err));

    int refused_here = 0, expected = 0;
    for (size_t g = 0; g < json_array_size(groups); g++)
        refused_here += !suite_group(a, suite, file, json_array_get(groups, g));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(refused[i].file, file) == 0) expected = refused[i].groups;
    suite->refused += refused_here;
    if (!CHECK_EQ_INT(refused_here, expected)) printf("    refused in %s\n", file);
}

TEST("the official suite for draft 2020-12 passes but for what is refused")
{
    const char *archive = test_shared(a, "data/standards/json-schema-test-suite.tar.gz");
    Suite       suite = { .folder = test_folder(a), .documents = json_object_make(a) };
    CHECK_EQ_INT(system(str_format(a, "tar -xzf '%s' -C '%s'", archive, suite.folder).at), 0);

    static const char *folders[] = { "", "optional/", "optional/format/" };
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        Str   *names;
        size_t count;
        CHECK_OK(folder_list(a, str_format(a, "%s/tests/draft2020-12/%s", suite.folder, folders[f]).at, &names,
                             &count, &err));
        for (size_t i = 0; i < count; i++) {
            if (!str_ends(names[i], S(".json"))) continue;
            /* Numbers past 64 bits and formats that say nothing: refused when read, asserted here. */
            if (str_eq_z(names[i], "bignum.json") || str_eq_z(names[i], "format.json")) continue;
            suite_file(a, &suite, str_format(a, "%s%s", folders[f], names[i].at).at);
        }
    }
    CHECK(suite.tests > 1000);
    printf("    %d tests of the suite, %d groups refused\n", suite.tests, suite.refused);
}
