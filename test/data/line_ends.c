/* Ends of lines of more than one kind, in pieces of every size. */
#include "data/line_ends.h"

#include "check.h"

static Str made_one(Arena *a, const char *text, size_t size)
{
    LineEndsOne one = { 0 };
    Buf        *out = buf_open(a);
    for (Str rest = str_of(text); rest.len; rest = str_drop(rest, size))
        line_ends_make_one(&one, str_take_first(rest, size), out);
    return buf_str(out);
}

static bool may_differ(const char *text, size_t size)
{
    LineEnds ends = { 0 };
    for (Str rest = str_of(text); rest.len; rest = str_drop(rest, size))
        line_ends_see(&ends, str_take_first(rest, size));
    return line_ends_may_differ(&ends);
}

TEST("ends of more than one kind are seen, and become one outside quotes")
{
    static const struct {
        const char *text, *one;
        bool        differ;
    } cases[] = {
        { "a,b\n1,x\n", "a,b\n1,x\n", false },
        { "a,b\r\n1,x\r\n", "a,b\n1,x\n", false },
        { "a,b\r1,x\r", "a,b\n1,x\n", false },
        { "a,b\r\n1,x\n", "a,b\n1,x\n", true },
        { "a,b\n1,x\r\n2,y", "a,b\n1,x\n2,y", true },
        { "a,b\n1,x\r2,y\r\n", "a,b\n1,x\n2,y\n", true },
        { "a,b\n\r1,x\r", "a,b\n\n1,x\n", true },
        { "a,\"b\r\nc\"\n1,\"x \"\"y\"\"\r\"\r\n", "a,\"b\r\nc\"\n1,\"x \"\"y\"\"\r\"\n", true },
        { "a,5\" pipe\r\n1,x\n", "a,5\" pipe\n1,x\n", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t size = 1; size < 9; size++) {
            CHECK_EQ_INT(may_differ(cases[i].text, size), cases[i].differ);
            CHECK_STR(made_one(a, cases[i].text, size), cases[i].one);
        }
    (void)err;
}
