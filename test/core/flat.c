#include "core/flat.h"

#include "check.h"

TEST("a flat set counts arrays, bitmaps and runs as CRoaring does")
{
    roaring_bitmap_t *sets[6];
    for (int i = 0; i < 6; i++) sets[i] = roaring_bitmap_create();
    for (uint32_t f = 0; f < 300000; f++) {
        if (f % 3 == 0) roaring_bitmap_add(sets[1], f);
        if (f % 97 == 5) roaring_bitmap_add(sets[2], f);
        if (f > 65000 && f < 140000) roaring_bitmap_add(sets[3], f);
        if (f % 50000 < 900) roaring_bitmap_add(sets[4], f);
    }
    roaring_bitmap_add(sets[5], 900000);
    roaring_bitmap_run_optimize(sets[3]);
    for (int i = 0; i < 6; i++) {
        Flat flat = flat_make(a, sets[i]);
        for (int j = 0; j < 6; j++)
            CHECK_EQ_INT(flat_count(&flat, sets[j]), roaring_bitmap_and_cardinality(sets[i], sets[j]));
        for (uint32_t f = 64990; f < 65010; f++) CHECK_EQ_INT(flat_has(&flat, f), roaring_bitmap_contains(sets[i], f));
        CHECK(!flat_has(&flat, UINT32_MAX));
    }
    for (int i = 0; i < 6; i++) roaring_bitmap_free(sets[i]);
}

TEST("flat sets united, intersected and made sets again are what CRoaring makes of them")
{
    roaring_bitmap_t *sets[4];
    for (int i = 0; i < 4; i++) sets[i] = roaring_bitmap_create();
    for (uint32_t f = 0; f < 200000; f++) {
        if (f % 3 == 0) roaring_bitmap_add(sets[0], f);
        if (f % 97 == 5) roaring_bitmap_add(sets[1], f);
        if (f > 65000 && f < 140000) roaring_bitmap_add(sets[2], f);
    }
    roaring_bitmap_run_optimize(sets[2]);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            Flat both = flat_make(a, sets[i]), either = flat_empty(a, 200000), other = flat_make(a, sets[j]);
            flat_and(&both, &other);
            flat_or(&either, sets[i]);
            flat_or(&either, sets[j]);
            roaring_bitmap_t *united = roaring_bitmap_or(sets[i], sets[j]),
                             *shared = roaring_bitmap_and(sets[i], sets[j]);
            roaring_bitmap_t *of_either = flat_set(&either), *of_both = flat_set(&both);
            CHECK(roaring_bitmap_equals(of_either, united));
            CHECK(roaring_bitmap_equals(of_both, shared));
            CHECK_EQ_INT(flat_total(&either), roaring_bitmap_get_cardinality(united));
            roaring_bitmap_t *all[] = { united, shared, of_either, of_both };
            for (int k = 0; k < 4; k++) roaring_bitmap_free(all[k]);
        }
    for (int i = 0; i < 4; i++) roaring_bitmap_free(sets[i]);
}
