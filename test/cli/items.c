/* Cutting files of JSON into items. */
#include "check.h"
#include "cli/items.h"

static Str all(Arena *a, Str text, bool by_line, Err *err)
{
    Items    items = items_make(text, by_line);
    Buf     *out = buf_open(a);
    Str      item;
    uint64_t line;
    while (items_next(&items, &item, &line, err)) buf_putf(out, "%d:%.*s|", (int)line, STR_ARG(item));
    return buf_str(out);
}

TEST("an array is cut into its items")
{
    CHECK_STR(all(a, S("[{\"a\":[1,2]},\n {\"b\":\"]}\\\"\"} , 3,\"x\"]\n"), false, &err),
              "1:{\"a\":[1,2]}|2:{\"b\":\"]}\\\"\"}|2:3|2:\"x\"|");
    CHECK_EQ_INT(err.code, ERR_NONE);
}

TEST("items one after the other need no array around them")
{
    CHECK_STR(all(a, S("{\"a\":\n1}\n{}{}"), false, &err), "1:{\"a\":\n1}|3:{}|3:{}|");
    CHECK_EQ_INT(err.code, ERR_NONE);
}

TEST("a broken line of JSON Lines leaves the others whole")
{
    CHECK_STR(all(a, S("{\"a\":1}\r\n{\"b\":\n\n  {\"c\":3}"), true, &err), "1:{\"a\":1}|2:{\"b\":|4:{\"c\":3}|");
    CHECK_EQ_INT(err.code, ERR_NONE);
}

TEST("a file without items has none, and is no error")
{
    CHECK_STR(all(a, S(""), false, &err), "");
    CHECK_STR(all(a, S(" \n "), false, &err), "");
    CHECK_STR(all(a, S("\xEF\xBB\xBF[ ]"), false, &err), "");
    CHECK_EQ_INT(err.code, ERR_NONE);
}

TEST("an array or an item that does not end is named with its line")
{
    CHECK_STR(all(a, S("[{},\n"), false, &err), "1:{}|");
    CHECK_EQ_INT(err.code, ERR_FORMAT);
    CHECK_STR(err.text, "line 2: the array does not end");
    CHECK_STR(all(a, S("[{},\n\n{\"a\":\"}]"), false, &err), "1:{}|");
    CHECK_STR(err.text, "line 3: the value that starts here does not end");
    CHECK_STR(all(a, S("[{}]\n{}"), false, &err), "1:{}|");
    CHECK_STR(err.text, "line 2: there is more after the array");
}

TEST("a closing bracket too many does not stop the cutting")
{
    all(a, S("}]{}]"), false, &err);
    CHECK_STR(all(a, S("[1}]"), false, &err), "1:1|");
    CHECK_EQ_INT(err.code, ERR_FORMAT);
}
