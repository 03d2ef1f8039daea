#include "web/shape.h"

#include "check.h"

static void put_all(Shape *s, Arena *a)
{
    Json *given = json_object_make(a);
    json_put_text(given, "a", S("b"));
    shape_object(s, NULL);
    shape_text(s, "text", S("a \"b\"\n\\ é 水"));
    shape_text(s, "broken", S("a\xff"));
    shape_text_if(s, "left out", S(""));
    shape_integer(s, "least", INT64_MIN);
    shape_number(s, "half", 0.5);
    shape_number(s, "whole", 3);
    shape_bool(s, "yes", true);
    shape_value(s, "nothing", NULL);
    shape_value(s, "given", given);
    shape_list(s, "list");
    shape_list(s, NULL);
    shape_end(s);
    shape_object(s, NULL);
    shape_end(s);
    shape_text(s, NULL, S("x"));
    shape_integer(s, NULL, 1);
    shape_end(s);
    shape_bool(s, "last", false);
    shape_end(s);
}

TEST("a value written as text is the value made as a tree")
{
    Request json = { .arena = a, .ending = S("json") }, page = { .arena = a, .ending = S("html") };
    Shape   text = shape_of(&json), tree = shape_of(&page);
    Reply   as_text = { 0 }, as_tree = { 0 };
    put_all(&text, a);
    put_all(&tree, a);
    shape_reply(&text, &as_text);
    shape_reply(&tree, &as_tree);
    CHECK(as_text.value == NULL);
    CHECK_STR(as_text.json, json_write(a, as_tree.value));
}
