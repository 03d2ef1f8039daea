#include "core/sets.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define KEYS  40
#define FACES 3000

static SetKey key_of(int i)
{
    char text[16];
    snprintf(text, sizeof text, "%d", i);
    return set_key((Str[]){ S("key"), str_of(text) }, 2);
}

/* Sets of every form beside a plain table of what they should hold. */
static Sets *random_sets(bool (*model)[FACES], unsigned seed)
{
    Sets *s = sets_open();
    memset(model, 0, KEYS * sizeof *model);
    for (int step = 0; step < 60000; step++) {
        seed = seed * 1103515245 + 12345;
        int      k = (int)(seed >> 16) % KEYS;
        unsigned face = (seed >> 8) * 2654435761u % (unsigned)(1 + k * k * 2);
        if (face >= FACES) continue;
        if (seed >> 29 > 2) {
            sets_add(s, key_of(k), face);
            model[k][face] = true;
        } else {
            sets_remove(s, key_of(k), face);
            model[k][face] = false;
        }
    }
    return s;
}

static void check_model(Arena *a, const Sets *s, bool (*model)[FACES])
{
    roaring_bitmap_t *odd = roaring_bitmap_create();
    for (uint32_t f = 1; f < FACES; f += 2) roaring_bitmap_add(odd, f);
    Flat flat = flat_make(a, odd);
    for (int k = 0; k < KEYS; k++) {
        uint64_t count = 0, within = 0, wrong = 0;
        for (uint32_t f = 0; f < FACES; f++) {
            count += model[k][f];
            within += model[k][f] && f % 2;
            wrong += sets_has(s, key_of(k), f) != model[k][f];
        }
        CHECK_EQ_INT(wrong, 0);
        CHECK_EQ_INT(sets_count(s, key_of(k)), count);
        CHECK_EQ_INT(sets_count_within(s, key_of(k), &flat), within);
        roaring_bitmap_t *and = roaring_bitmap_copy(odd), * or = roaring_bitmap_copy(odd),
                         *minus = roaring_bitmap_copy(odd);
        sets_and_into(s, key_of(k), and);
        sets_or_into(s, key_of(k), or);
        sets_take_from(s, key_of(k), minus);
        CHECK_EQ_INT(roaring_bitmap_get_cardinality(and), within);
        CHECK_EQ_INT(roaring_bitmap_get_cardinality(or), FACES / 2 + count - within);
        CHECK_EQ_INT(roaring_bitmap_get_cardinality(minus), FACES / 2 - within);
        roaring_bitmap_free(and);
        roaring_bitmap_free(or);
        roaring_bitmap_free(minus);
    }
    roaring_bitmap_free(odd);
}

TEST("sets of every size hold what was put in and not taken out, and read back from bytes")
{
    bool(*model)[FACES] = arena_new(a, KEYS * sizeof *model);
    Sets *s = random_sets(model, 7), *again = sets_open();
    check_model(a, s, model);
    Buf *bytes = buf_open(a);
    sets_save(s, bytes);
    CHECK_OK(sets_load(again, buf_str(bytes), &err));
    check_model(a, again, model);
    CHECK(sets_difference(a, s, again) == NULL);
    CHECK(sets_difference(a, again, s) == NULL);
    sets_add(again, key_of(KEYS - 1), FACES);
    CHECK(sets_difference(a, s, again) != NULL);
    sets_close(s);
    sets_close(again);
}

TEST("stored sets that are cut short are refused")
{
    bool(*model)[FACES] = arena_new(a, KEYS * sizeof *model);
    Sets *s = random_sets(model, 11);
    Buf  *bytes = buf_open(a);
    sets_save(s, bytes);
    for (size_t cut = 0; cut < bytes->len; cut += 97) {
        Sets *again = sets_open();
        CHECK_ERR(sets_load(again, str_take_first(buf_str(bytes), cut), &err), ERR_CORRUPT);
        sets_close(again);
    }
    sets_close(s);
}

TEST("a key is its parts, not their concatenation")
{
    SetKey x = set_key((Str[]){ S("ab"), S("c") }, 2), y = set_key((Str[]){ S("a"), S("bc") }, 2);
    CHECK(x.a != y.a || x.b != y.b);
}
