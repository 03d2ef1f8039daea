#include "check.h"

#include <string.h>

TEST("arena memory is zeroed and aligned, also after a reset, and pieces do not overlap")
{
    for (int round = 0; round < 3; round++) {
        unsigned char *pieces[400];
        for (size_t i = 0; i < 400; i++) {
            size_t size = (i * 37) % 3000 + (i % 97 == 0) * 50000;
            pieces[i] = arena_new(a, size);
            CHECK_EQ_INT((uintptr_t)pieces[i] % 16, 0);
            size_t set = 0;
            for (size_t k = 0; k < size; k++) set += pieces[i][k] != 0;
            CHECK_EQ_INT(set, 0);
            memset(pieces[i], (int)i, size);
        }
        for (size_t i = 0; i < 400; i++) {
            size_t size = (i * 37) % 3000 + (i % 97 == 0) * 50000, changed = 0;
            for (size_t k = 0; k < size; k++) changed += pieces[i][k] != (unsigned char)i;
            CHECK_EQ_INT(changed, 0);
        }
        arena_reset(a);
        CHECK_EQ_INT(arena_used(a), 0);
    }
}

TEST("an arena is full past its limit and not before")
{
    Arena *small = arena_open(1000);
    arena_new(small, 500);
    CHECK(!arena_full(small));
    arena_new(small, 600);
    CHECK(arena_full(small));
    arena_reset(small);
    CHECK(!arena_full(small));
    arena_close(small);
    arena_close(NULL);
}

static char   released[8];
static size_t released_n;

static void release(void *object)
{
    released[released_n++] = *(char *)object;
}

TEST("adopted objects are released last first, once")
{
    released_n = 0;
    Arena *inner = arena_open(0);
    char   objects[] = "abc";
    for (int i = 0; i < 3; i++) CHECK(arena_adopt(inner, &objects[i], release) == &objects[i]);
    arena_reset(inner);
    CHECK_STR(((Str){ released, released_n }), "cba");
    arena_adopt(inner, &objects[1], release);
    arena_close(inner);
    CHECK_STR(((Str){ released, released_n }), "cbab");
}

TEST("a copy in an arena is the same bytes elsewhere")
{
    char  from[] = "bytes";
    char *copy = arena_copy(a, from, sizeof from);
    CHECK(copy != from);
    CHECK_STR(copy, "bytes");
}
