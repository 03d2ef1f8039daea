#include "core/order.h"

#include <stdlib.h>

#include "check.h"

#define N 5000

/* Places are found by the faces' own numbers. */
static bool is_less(const void *with, uint32_t face)
{
    return face < *(const uint32_t *)with;
}

TEST("an order holds what was put in, in order, both ways")
{
    Order   *o = order_open();
    bool    *in = NEW_ARRAY(a, bool, N);
    unsigned seed = 3;
    size_t   count = 0;
    for (int step = 0; step < 40000; step++) {
        seed = seed * 1103515245 + 12345;
        uint32_t   face = (seed >> 8) % N;
        OrderPlace place = order_find(o, is_less, &face);
        if (!in[face]) {
            order_add(o, place, face);
            in[face] = true;
            count++;
        } else if (seed >> 30 == 0) {
            order_remove(o, place);
            in[face] = false;
            count--;
        }
    }
    CHECK_EQ_INT(order_count(o), count);
    OrderPlace at = order_start(o);
    uint32_t   face, expected = 0;
    while (order_next(o, &at, &face)) {
        while (!in[expected]) expected++;
        CHECK_EQ_INT(face, expected);
        expected++;
    }
    at = order_end(o);
    size_t backward = 0;
    for (uint32_t last = N; order_previous(o, &at, &face); last = face) {
        CHECK(face < last);
        backward++;
    }
    CHECK_EQ_INT(backward, count);
    order_close(o);
}

TEST("an empty order has nothing in either direction")
{
    Order     *o = order_open();
    OrderPlace at = order_start(o);
    uint32_t   face;
    CHECK(!order_next(o, &at, &face));
    CHECK(!order_previous(o, &at, &face));
    order_append(o, 9);
    at = order_find(o, is_less, &(uint32_t){ 9 });
    CHECK(order_next(o, &at, &face));
    CHECK_EQ_INT(face, 9);
    order_remove(o, order_start(o));
    CHECK_EQ_INT(order_count(o), 0);
    order_close(o);
}
