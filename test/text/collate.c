#include "check.h"
#include "text/collate.h"

#include <string.h>

static int order(Arena *a, const char *x, const char *y, const char *lang)
{
    int c = str_cmp(collate_key(a, str_of(x), str_of(lang)), collate_key(a, str_of(y), str_of(lang)));
    return (c > 0) - (c < 0);
}

TEST("sort keys follow the dictionaries of a language, not the bytes")
{
    CHECK_EQ_INT(order(a, "côte", "coté", "en"), 1);
    CHECK_EQ_INT(order(a, "apple", "Banana", "en"), -1);
    CHECK_EQ_INT(order(a, "résumé", "resume", ""), 1);
    CHECK_EQ_INT(order(a, "ä", "z", "de"), -1);
    CHECK_EQ_INT(order(a, "ä", "z", "sv"), 1);
    CHECK_EQ_INT(order(a, "中", "阿", "zh"), 1); /* pinyin: zhong, a */
    CHECK_EQ_INT(order(a, "แก", "กา", "th"), 1); /* the vowel in front sorts behind its consonant */
    CHECK_EQ_INT(order(a, "เก", "ข", "th"), -1);
}

TEST("numbers in a sort key count by value")
{
    CHECK_EQ_INT(order(a, "Meeting 9", "Meeting 10", "en"), -1);
}

TEST("a sort key is made of any bytes and for any language tag")
{
    CHECK_EQ_INT(order(a, "a\xFF", "a", "en"), 1);
    CHECK_EQ_INT(order(a, "a", "b", "not a tag at all, and far longer than any tag could ever be"), -1);
    CHECK_EQ_INT(order(a, "a", "b", "x_%!"), -1);
    CHECK_EQ_INT(order(a, "", "a", ""), -1);
    Str text = { arena_new(a, 3000), 3000 };
    memset((char *)text.at, 'k', text.len);
    CHECK(collate_key(a, text, S("en")).len > 3000);
}
