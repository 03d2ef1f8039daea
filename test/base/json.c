#include "check.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

static Json *parsed(Arena *a, const char *text)
{
    Err   err = { 0 };
    Json *value = NULL;
    CHECK(json_read(a, str_of(text), &value, &err));
    return value;
}

static void *drop_value(void *value)
{
    json_decref(value);
    Json *other = json_pack(
        "{s:i, s:[s, s]}", "n", 7, "texts", "one",
        "a text of more than a hundred and fifty-two bytes, "
        "which is more than the pieces that a thread keeps for its next values can hold; so it is "
        "malloc's own");
    return other;
}

TEST("a value made by one thread may be dropped by another")
{
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        void     *other = NULL;
        Json     *value = json_array();
        for (int n = 0; n < 1000; n++) json_array_append_new(value, json_integer(n));
        CHECK_EQ_INT(pthread_create(&thread, NULL, drop_value, value), 0);
        CHECK_EQ_INT(pthread_join(thread, &other), 0);
        Json *kept = json_adopt(a, other);
        CHECK_EQ_INT(json_get_integer(kept, "n", 0), 7);
        CHECK_STR(json_text(json_array_get(json_get(kept, "texts"), 0)), "one");
    }
}

TEST("what was read is written again in the same order")
{
    static const char *const texts[] = {
        "{\"z\":1,\"a\":[true,false,null],\"m\":{\"\":\"\"}}",
        "[]",
        "{}",
        "\"\xE0\xB8\x81\"",
        "-9223372036854775808",
        "[0.1,1.0,-0.0,1e+22,2.5e-07,123456.789]",
        "\"a\\u0001\\\"b\"",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_STR(json_write(a, parsed(a, texts[i])), texts[i]);
}

TEST("pretty text is indented by two, empty values stay on their line")
{
    CHECK_STR(json_write_pretty(a, parsed(a, "{\"a\":[1,{\"b\":2}],\"c\":{},\"d\":[]}")),
              "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST("every double reads back as itself")
{
    static const double some[] = { 0.1, 0.3, 1.0 / 3, 5e-324, DBL_MAX, DBL_MIN, 1e15, 1e16, 1e21,
                                   123456789012345678.0, 0.000001, 0.0000001, -40.25, 1e-6,
                                   999999999999999.9, 4503599627370497.5, 100.1, 2.0 / 7e9 };
    uint64_t            bits = 88172645463325252;
    for (size_t i = 0; i < 20000; i++) {
        double x = 0;
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        if (i < sizeof some / sizeof *some)
            x = some[i];
        else if (i % 2)
            memcpy(&x, &bits, sizeof x);
        else
            x = (double)(bits % 100000000) / 1000.0;
        if (!isfinite(x)) continue;
        Json *object = json_object_make(a);
        json_put_number(object, "x", x);
        Json *again = parsed(a, json_write(a, object).at);
        CHECK_EQ_DOUBLE(json_get_number(again, "x", NAN), x);
        CHECK(json_is_real(json_get(again, "x")));
    }
}

TEST("bad JSON is refused with its line and column")
{
    static const char *const bad[] = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":2}",
        "1 2",
        "nul",
        "'a'",
        "[1e999]",
        "\"\\u0000\"",
        "[99999999999999999999]",
        "\"\xFF\"",
        "\"\\ud800\"",
        "{a:1}",
        "\"a\nb\"",
    };
    Json *value = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_ERR(json_read(a, str_of(bad[i]), &value, &err), ERR_FORMAT);
    CHECK(value == NULL);
    CHECK_ERR(json_read(a, S("{\n \"a\": x}"), &value, &err), ERR_FORMAT);
    CHECK(str_starts(str_of(err.text), S("line 2, column 7")));
    CHECK_ERR(json_read(a, STR_NONE, &value, &err), ERR_FORMAT);
}

TEST("a text is read as the library whose errors are told reads it, whichever reads it first")
{
    static const char *const texts[] = {
        "{\"a\":[1,-2,3.5,1e3,true,false,null,\"x\",{\"b\":{}},[]]}",
        " \t\r\n[ \"\\n\\\"\\\\\\/\" ] \n",
        "[\"\\u0e01\\ud83c\\udf33\"]",
        "[9223372036854775807,-9223372036854775808,-0,4.9e-324,1.7976931348623157e308]",
        "{} \" half a token",
        "{} {}",
        "[1,\f2]",
        "[1]\f",
        "[\"\\ud800\"]",
        "[\"a\tb\"]",
        "[01]",
        "[1.]",
        "[9223372036854775808]",
        "[1e400]",
        "{\"a\":1,\"b\":{\"a\":1,\"a\":2}}",
        "[\"\xC0\xAF\"]",
        "[1,]",
        "[/* no */ 1]",
        "\xEF\xBB\xBF[1]",
        "7",
        "\"\" \" fa",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        err = (Err){ 0 };
        Json *value = NULL, *alone = json_loads(texts[i], JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
        bool  read = json_read(a, str_of(texts[i]), &value, &err);
        CHECK_EQ_INT(read, alone != NULL);
        if (read && alone)
            CHECK(json_equal(value, alone));
        else
            CHECK(err.code == ERR_FORMAT && str_starts(str_of(err.text), S("line ")));
        json_decref(alone);
    }
}

TEST("nesting is read to the limit and not deeper")
{
    char text[2 * JSON_DEPTH_MAX + 3];
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    Json *value = NULL;
    CHECK_OK(json_read(a, (Str){ text, 2 * JSON_DEPTH_MAX }, &value, &err));
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    CHECK_ERR(json_read(a, (Str){ text, 2 * JSON_DEPTH_MAX + 2 }, &value, &err), ERR_FORMAT);
    /* Brackets in a text do not count. */
    text[0] = '"';
    text[2 * JSON_DEPTH_MAX + 1] = '"';
    CHECK_OK(json_read(a, (Str){ text, 2 * JSON_DEPTH_MAX + 2 }, &value, &err));
}

TEST("members are set and got by type, with a fallback for what is absent or another type")
{
    Json *object = json_object_make(a), *list = json_array_make(a);
    json_put_text(object, "text", S("t"));
    json_put_text_if(object, "none", STR_NONE);
    json_put_integer(object, "n", 7);
    json_put_number(object, "x", 2.5);
    json_put_number(object, "gap", NAN);
    json_put_bool(object, "yes", true);
    json_put_value(object, "null", NULL);
    json_add_text(list, S("e"));
    json_add_value(list, json_integer_make(a, 1));
    json_put_value(object, "list", list);
    json_put_value(object, "copy", json_text_make(a, S("made")));
    CHECK_STR(json_write(a, object), "{\"text\":\"t\",\"n\":7,\"x\":2.5,\"gap\":null,\"yes\":true,"
                                     "\"null\":null,\"list\":[\"e\",1],\"copy\":\"made\"}");
    CHECK_STR(json_get_text(object, "text"), "t");
    CHECK_STR(json_get_text(object, "n"), "");
    CHECK_STR(json_get_text(NULL, "n"), "");
    CHECK_EQ_INT(json_get_integer(object, "n", -1), 7);
    CHECK_EQ_INT(json_get_integer(object, "x", -1), -1);
    CHECK_EQ_INT(json_get_integer(object, "text", -1), -1);
    CHECK_EQ_INT(json_get_integer(parsed(a, "{\"n\":3.0}"), "n", -1), 3);
    CHECK_EQ_INT(json_get_integer(parsed(a, "{\"n\":9.3e18}"), "n", -1), -1);
    CHECK_EQ_DOUBLE(json_get_number(object, "n", -1), 7);
    CHECK_EQ_DOUBLE(json_get_number(object, "absent", -1), -1);
    CHECK(json_get_bool(object, "yes") && !json_get_bool(object, "n"));
    CHECK(json_get(object, "absent") == NULL);
}

TEST("text that is not UTF-8 becomes replacement characters")
{
    Json *object = json_object_make(a);
    json_put_text(object, "t", S("a\xFF\xE0\xB8\x81\0z"));
    CHECK_STR(json_get_text(object, "t"), "a\xEF\xBF\xBD\xE0\xB8\x81\xEF\xBF\xBDz");
}

TEST("a pointer finds what RFC 6901 says, and nothing else")
{
    Json *doc = parsed(a, "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,"
                          "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}");
    CHECK(json_at(doc, S("")) == doc);
    CHECK_JSON(json_at(doc, S("/foo")), "[\"bar\",\"baz\"]");
    CHECK_JSON(json_at(doc, S("/foo/0")), "\"bar\"");
    CHECK_JSON(json_at(doc, S("/")), "0");
    CHECK_JSON(json_at(doc, S("/a~1b")), "1");
    CHECK_JSON(json_at(doc, S("/c%d")), "2");
    CHECK_JSON(json_at(doc, S("/i\\j")), "5");
    CHECK_JSON(json_at(doc, S("/k\"l")), "6");
    CHECK_JSON(json_at(doc, S("/ ")), "7");
    CHECK_JSON(json_at(doc, S("/m~0n")), "8");
    static const Str nowhere[] = {
        S_INIT("foo"),
        S_INIT("/foo/2"),
        S_INIT("/foo/-"),
        S_INIT("/foo/00"),
        S_INIT("/foo/-0"),
        S_INIT("/m~n"),
        S_INIT("/m~2n"),
        S_INIT("/m~"),
        S_INIT("/foo/0/x"),
        S_INIT("//"),
    };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        CHECK_EQ_INT(json_at(doc, nowhere[i]) ? (int)i : -1, -1);
    CHECK_STR(json_pointer_add(a, S("/x"), S("a/b~c")), "/x/a~1b~0c");
    CHECK_STR(json_pointer_add_index(a, STR_NONE, 12), "/12");
}

TEST("a merge patch does what the examples of RFC 7396 say")
{
    static const struct {
        const char *target, *patch, *result;
    } examples[] = {
        { "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
        { "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
        { "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
        { "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
        { "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
        { "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
        { "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
        { "{\"a\":\"foo\"}", "null", "null" },
        { "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
        { "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
        { "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
        { "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        Json *target = parsed(a, examples[i].target), *patch = parsed(a, examples[i].patch);
        CHECK_JSON(json_merge_patch(a, target, patch), examples[i].result);
        CHECK_STR(json_write(a, target), examples[i].target);
        CHECK_STR(json_write(a, patch), examples[i].patch);
    }
}

TEST("a deep copy shares nothing that can change")
{
    Json *from = parsed(a, "{\"a\":{\"b\":[1,2.5,\"x\",true,null]}}");
    Json *copy = json_copy_deep(a, from);
    CHECK(json_same(copy, from));
    json_put_integer(json_get(from, "a"), "c", 1);
    CHECK_JSON(copy, "{\"a\":{\"b\":[1,2.5,\"x\",true,null]}}");
}

TEST("values are the same by what they say, not by how it is written")
{
    static const struct {
        const char *x, *y;
        bool        same;
    } pairs[] = {
        { "1", "1.0", true },
        { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true },
        { "[1,2]", "[2,1]", false },
        { "{\"a\":1}", "{\"a\":1,\"b\":null}", false },
        { "0", "-0.0", true },
        { "9007199254740993", "9007199254740992.0", false },
        { "1", "\"1\"", false },
        { "1", "true", false },
        { "null", "false", false },
        { "1e400", "1e400", false },
        { "1e300", "1e300", true },
        { "1.5", "1", false },
        { "\"a\"", "\"a\\u0062\"", false },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Json *x = NULL, *y = NULL;
        bool  read = json_read(a, str_of(pairs[i].x), &x, &err) &&
                    json_read(a, str_of(pairs[i].y), &y, &err);
        CHECK_EQ_INT((read && json_same(x, y)) == pairs[i].same ? -1 : (int)i, -1);
    }
    CHECK(json_same(NULL, NULL));
    CHECK(!json_same(NULL, parsed(a, "null")));
}
