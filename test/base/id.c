#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"

TEST("an id is a UUID of version 7 with the time of its making")
{
    int64_t before_ms = time_now_ms();
    Str     id = id_make(a);
    CHECK(id_is(id));
    CHECK_EQ_INT(id.at[14], '7');
    CHECK(strchr("89ab", id.at[19]) != NULL);
    char digits[13];
    memcpy(digits, id.at, 8);
    memcpy(digits + 8, id.at + 9, 4);
    digits[12] = 0;
    int64_t at_ms = strtoll(digits, NULL, 16);
    CHECK(at_ms >= before_ms);
}

TEST("ids rise strictly, also many in one millisecond")
{
    Str last = id_make(a);
    int not_rising = 0;
    for (int i = 0; i < 50000; i++) {
        Str next = id_make(a);
        not_rising += str_cmp(next, last) <= 0;
        last = next;
    }
    CHECK_EQ_INT(not_rising, 0);
}

#define THREADS 4
#define EACH    5000

typedef struct {
    char ids[EACH][ID_LEN];
    int  not_rising;
} Maker;

static void *make_many(void *context)
{
    Maker *maker = context;
    Arena *a = arena_open(0);
    for (int i = 0; i < EACH; i++) {
        memcpy(maker->ids[i], id_make(a).at, ID_LEN);
        if (i) maker->not_rising += memcmp(maker->ids[i - 1], maker->ids[i], ID_LEN) >= 0;
    }
    arena_close(a);
    return NULL;
}

static int id_order(const void *x, const void *y)
{
    return memcmp(x, y, ID_LEN);
}

TEST("threads that make ids at once get different ones, each of them rising")
{
    Maker    *makers = NEW_ARRAY(a, Maker, THREADS);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, make_many, &makers[i]);
    char *all = arena_new(a, THREADS * EACH * ID_LEN);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ_INT(makers[i].not_rising, 0);
        memcpy(all + i * EACH * ID_LEN, makers[i].ids, sizeof makers[i].ids);
    }
    qsort(all, THREADS * EACH, ID_LEN, id_order);
    int twice = 0;
    for (int i = 1; i < THREADS * EACH; i++)
        twice += memcmp(all + (i - 1) * ID_LEN, all + i * ID_LEN, ID_LEN) == 0;
    CHECK_EQ_INT(twice, 0);
}

TEST("only lower-case UUIDs are ids")
{
    CHECK(id_is(S("018f3b1c-0000-7000-8000-0123456789ab")));
    CHECK(id_is(S("00000000-0000-0000-0000-000000000000")));
    static const Str bad[] = {
        S_INIT(""),
        S_INIT("018F3B1C-0000-7000-8000-0123456789AB"),
        S_INIT("018f3b1c-0000-7000-8000-0123456789a"),
        S_INIT("018f3b1c-0000-7000-8000-0123456789abc"),
        S_INIT("018f3b1c00000-7000-8000-0123456789ab"),
        S_INIT("018f3b1c-0000-7000-8000-0123456789ag"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(id_is(bad[i]) ? (int)i : -1, -1);
}
