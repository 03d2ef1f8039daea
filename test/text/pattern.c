#include "text/pattern.h"

#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

static bool finds(const char *source, Str text)
{
    Err      err;
    Pattern *p;
    if (!check_ok(pattern_open(str_of(source), &p, &err), &err, __FILE__, __LINE__, source)) return false;
    bool found = pattern_finds(p, text);
    pattern_close(p);
    return found;
}

TEST("a pattern is found anywhere, and its anchors are the ends of the text")
{
    CHECK(finds("b+", S("abbc")));
    CHECK(!finds("^b", S("ab")));
    CHECK(!finds("^a$", S("a\n")));
    CHECK(!finds("^b", S("a\nb")));
    CHECK(finds("", S("")) && finds("^$", STR_NONE));
    CHECK(finds("^...$", S("中文字")) && finds("^.$", S("𝒳")));
    CHECK(!finds("a.c", S("a\nc")) && finds("a.c", S("a\xC2\x85"
                                                     "c")));
}

TEST("classes are those of ECMA-262, inside sets too")
{
    CHECK(finds("^\\d$", S("7")) && !finds("^\\d$", S("๗")));
    CHECK(finds("^[\\d.]+$", S("7.5")) && !finds("^[\\d.]+$", S("๗")));
    CHECK(finds("^\\w+$", S("a_9")) && !finds("^\\w$", S("é")) && finds("^[^\\w]$", S("é")));
    CHECK(finds("^\\s$", S("\xEF\xBB\xBF")) && !finds("^\\S$", S("\xC2\xA0")));
    CHECK(finds("^[\\W]$", S("-")) && !finds("^[\\W]$", S("a")));
    CHECK(finds("^[a&&b]+$", S("&a&b")));
    CHECK(finds("^[[]$", S("[")) && finds("^[\\]]$", S("]")));
    CHECK(finds("^[^]$", S("\n")) && !finds("[]", S("a")));
    CHECK(finds("^\\u{1F432}\\x41\\u0042\\cJ\\0$", S("\xF0\x9F\x90\xB2"
                                                     "AB\n\0")));
    CHECK(finds("^(?<y>[0-9]{4})-\\k<y>$", S("2018-2018")));
}

TEST("what is not of the dialect is refused")
{
    static const char *bad[] = { "(", "[a", "a{2,1}", "\\a", "\\Z", "\\Q",
                                 "(?i)a", "(?#x)a", "\\c1", "\\", "*", "(?P<n>a)" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Pattern *p;
        if (!CHECK_ERR(pattern_open(str_of(bad[i]), &p, &err), ERR_INVALID)) printf("    for %s\n", bad[i]);
    }
    Pattern *p;
    CHECK_ERR(pattern_open(S("\xFF"), &p, &err), ERR_INVALID);
}

TEST("a match that would take for ever ends, as not found")
{
    Buf *text = buf_open(a);
    for (int i = 0; i < 5000; i++) buf_put_byte(text, 'a');
    buf_put_byte(text, '!');
    CHECK(!finds("^(a+)+$", buf_str(text)));
    CHECK(!finds("^(?:a|a|aa)+$", buf_str(text)));
    buf_clear(text);
    for (int i = 0; i < 5000; i++) buf_put_byte(text, 'a');
    CHECK(finds("a{100}$", buf_str(text)));
}

typedef struct {
    Pattern   *pattern;
    atomic_int wrong;
} Shared;

static void *ask_often(void *with)
{
    Shared *shared = with;
    for (int i = 0; i < 2000; i++) {
        shared->wrong += !pattern_finds(shared->pattern, S("year 2018-09-13"));
        shared->wrong += pattern_finds(shared->pattern, S("year 2018-9"));
    }
    return NULL;
}

TEST("many threads ask one pattern at once")
{
    Shared    shared = { 0 };
    pthread_t threads[8];
    CHECK_OK(pattern_open(S("[0-9]{4}-[0-9]{2}"), &shared.pattern, &err));
    for (int i = 0; i < 8; i++) CHECK_EQ_INT(pthread_create(&threads[i], NULL, ask_often, &shared), 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    CHECK_EQ_INT(shared.wrong, 0);
    pattern_close(shared.pattern);
}
