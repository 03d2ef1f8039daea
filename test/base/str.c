#include "check.h"

#include <math.h>

TEST("slices compare by bytes, the shorter first, and an empty one equals none")
{
    CHECK(str_eq(S(""), STR_NONE));
    CHECK(str_eq_z(S("abc"), "abc"));
    CHECK(!str_eq(S("abc"), S("abd")));
    CHECK(!str_eq(S("abc"), S("ab")));
    CHECK(str_cmp(S("ab"), S("abc")) < 0);
    CHECK(str_cmp(S("b"), S("abc")) > 0);
    CHECK(str_cmp(S("\xC3\xA9"), S("z")) > 0);
    CHECK_EQ_INT(str_cmp(STR_NONE, S("")), 0);
    CHECK(str_eq_nocase(S("Content-TYPE"), S("content-type")));
    CHECK(!str_eq_nocase(S("\xC3\x89"), S("\xC3\xA9")));
}

TEST("a part is found at its first place, at both ends, or not at all")
{
    CHECK_EQ_INT(str_find(S("banyan"), S("an")), 1);
    CHECK_EQ_INT(str_find(S("banyan"), S("")), 0);
    CHECK_EQ_INT(str_find(STR_NONE, S("a")), -1);
    CHECK_EQ_INT(str_find(S("banyan"), S("anb")), -1);
    CHECK(str_starts(S("banyan"), S("ban")) && !str_starts(S("ban"), S("banyan")));
    CHECK(str_ends(S("banyan"), S("yan")) && !str_ends(S("yan"), S("banyan")));
    CHECK(str_starts(STR_NONE, S("")) && str_ends(STR_NONE, S("")));
    CHECK(str_has(S("banyan"), S("nya")) && !str_has(S("banyan"), S("nyan.")));
}

TEST("a cut leaves what is before and behind, at the first or the last separator")
{
    Cut first = str_cut(S("a=b=c"), '='), last = str_cut_last(S("a=b=c"), '=');
    CHECK(first.found && last.found);
    CHECK_STR(first.head, "a");
    CHECK_STR(first.tail, "b=c");
    CHECK_STR(last.head, "a=b");
    CHECK_STR(last.tail, "c");
    Cut none = str_cut(S("abc"), '=');
    CHECK(!none.found);
    CHECK_STR(none.head, "abc");
    CHECK_STR(none.tail, "");
    CHECK(!str_cut(STR_NONE, '=').found);
    CHECK_STR(str_cut(S("="), '=').tail, "");
}

TEST("trimming takes ASCII white space from both ends only")
{
    CHECK_STR(str_trim(S(" \t\r\n a b \n")), "a b");
    CHECK_STR(str_trim(S("  ")), "");
    CHECK_STR(str_trim(STR_NONE), "");
    CHECK_STR(str_trim(S("\xC2\xA0x")), "\xC2\xA0x");
    CHECK_STR(str_drop(S("abc"), 5), "");
    CHECK_STR(str_drop(S("abc"), 1), "bc");
    CHECK_STR(str_take_first(S("abc"), 2), "ab");
    CHECK_STR(str_take_first(S("abc"), 9), "abc");
}

TEST("the hash of text is FNV-1a")
{
    /* Known values of the 64-bit function. */
    CHECK(str_hash(STR_NONE) == 0xcbf29ce484222325);
    CHECK(str_hash(S("a")) == 0xaf63dc4c8601ec8c);
    CHECK(str_hash(S("foobar")) == 0x85944171f73967e8);
}

TEST("whole decimal numbers in range are read, everything else is not")
{
    int64_t n = 77;
    CHECK(str_to_i64(S("-9223372036854775808"), &n) && n == INT64_MIN);
    CHECK(str_to_i64(S("9223372036854775807"), &n) && n == INT64_MAX);
    CHECK(str_to_i64(S("007"), &n) && n == 7);
    CHECK(str_to_i64(S("-0"), &n) && n == 0);
    static const Str bad[] = {
        S_INIT(""),
        S_INIT("-"),
        S_INIT("+1"),
        S_INIT(" 1"),
        S_INIT("1 "),
        S_INIT("1.0"),
        S_INIT("0x1"),
        S_INIT("9223372036854775808"),
        S_INIT("-9223372036854775809"),
    };
    n = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(str_to_i64(bad[i], &n) ? (int)i : -1, -1);
    CHECK_EQ_INT(n, 77);
}

TEST("finite numbers with a point are read whole, whatever the locale")
{
    double x = 0;
    CHECK(str_to_double(S("-12.5e-1"), &x));
    CHECK_EQ_DOUBLE(x, -1.25);
    CHECK(str_to_double(S(".5"), &x) && x == 0.5);
    CHECK(str_to_double(S("+5."), &x) && x == 5);
    CHECK(str_to_double(S("0.1"), &x) && x == 0.1);
    static const Str bad[] = {
        S_INIT(""),
        S_INIT("."),
        S_INIT("-"),
        S_INIT("1e"),
        S_INIT("1e+"),
        S_INIT("0x10"),
        S_INIT("nan"),
        S_INIT("inf"),
        S_INIT("1e999"),
        S_INIT("1,5"),
        S_INIT(" 1"),
        S_INIT("1 "),
        S_INIT("1e5.2"),
        S_INIT("--1"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(str_to_double(bad[i], &x) ? (int)i : -1, -1);
}

TEST("only well-formed UTF-8 without zeros is text")
{
    static const Str good[] = {
        S_INIT(""),
        S_INIT("plain ascii, longer than eight"),
        S_INIT("\xC2\x80"),
        S_INIT("\xDF\xBF"),
        S_INIT("\xE0\xA0\x80"),
        S_INIT("\xED\x9F\xBF"),
        S_INIT("\xEE\x80\x80"),
        S_INIT("\xF0\x90\x80\x80"),
        S_INIT("\xF4\x8F\xBF\xBF"),
        S_INIT("12345678\xE1\x80\x80"),
    };
    static const Str bad[] = {
        S_INIT("\0"),
        S_INIT("123456789\0"
               "12345678"),
        S_INIT("\x80"),
        S_INIT("\xC0\x80"),
        S_INIT("\xC1\xBF"),
        S_INIT("\xE0\x9F\xBF"),
        S_INIT("\xED\xA0\x80"),
        S_INIT("\xF0\x8F\xBF\xBF"),
        S_INIT("\xF4\x90\x80\x80"),
        S_INIT("\xF5\x80\x80\x80"),
        S_INIT("\xE1\x80"),
        S_INIT("\xF1\x80\x80"),
        S_INIT("\xC2"),
        S_INIT("\xC2"
               "a"),
        S_INIT("\xE1\x80"
               "a"),
        S_INIT("\xFF"),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_EQ_INT(str_is_utf8(good[i]) ? -1 : (int)i, -1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(str_is_utf8(bad[i]) ? (int)i : -1, -1);
}

TEST("joined, lowered and formatted text has a zero behind it")
{
    Str parts[] = { S("a"), STR_NONE, S("b") };
    CHECK_STR(str_join(a, parts, 3), "ab");
    CHECK_STR(str_join_with(a, S(", "), parts, 3), "a, , b");
    CHECK_STR(str_join_with(a, S(", "), parts, 0), "");
    CHECK_STR(str_z(a, str_take_first(S("abc"), 2)), "ab");
    CHECK_STR(str_lower_ascii(a, S("\xC3\x89 ABC")), "\xC3\x89 abc");
    Str copy = str_copy(a, str_take_first(S("abc"), 1));
    CHECK_EQ_INT(copy.at[copy.len], 0);
    Str pieces[300];
    for (size_t i = 0; i < 300; i++) pieces[i] = S("xy");
    Str long_one = str_join(a, pieces, 300);
    CHECK_STR(str_format(a, "<%.*s|%d>", STR_ARG(long_one), 7),
              str_join(a, (Str[]){ S("<"), long_one, S("|7>") }, 3));
    CHECK_STR(str_format(a, "%s", ""), "");
}
