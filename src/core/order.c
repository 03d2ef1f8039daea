/* Blocks of at most BLOCK_MAX faces; a full one splits in halves, an empty one goes. */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK_MAX 512

typedef struct {
    uint32_t n;
    uint32_t faces[BLOCK_MAX];
} Block;

struct Order {
    Block **blocks; /* none is empty */
    size_t  n, room, count;
};

Order *order_open(void)
{
    Order *o = calloc(1, sizeof *o);
    if (!o) memory_end(sizeof *o);
    return o;
}

void order_close(Order *o)
{
    if (!o) return;
    for (size_t i = 0; i < o->n; i++) free(o->blocks[i]);
    free(o->blocks);
    free(o);
}

size_t order_count(const Order *o)
{
    return o->count;
}

OrderPlace order_find(const Order *o, OrderBefore before, const void *with)
{
    size_t low = 0, high = o->n; /* the first block whose last face is not before it */
    while (low < high) {
        size_t       middle = (low + high) / 2;
        const Block *block = o->blocks[middle];
        if (before(with, block->faces[block->n - 1]))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == o->n) return order_end(o);
    const Block *block = o->blocks[low];
    size_t       from = 0, to = block->n;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (before(with, block->faces[middle]))
            from = middle + 1;
        else
            to = middle;
    }
    return (OrderPlace){ low, from };
}

static Block *block_insert(Order *o, size_t at)
{
    if (o->n == o->room) {
        o->room = o->room ? 2 * o->room : 16;
        o->blocks = realloc(o->blocks, o->room * sizeof *o->blocks);
        if (!o->blocks) memory_end(o->room * sizeof *o->blocks);
    }
    memmove(o->blocks + at + 1, o->blocks + at, (o->n - at) * sizeof *o->blocks);
    Block *block = malloc(sizeof *block);
    if (!block) memory_end(sizeof *block);
    block->n = 0;
    o->blocks[at] = block;
    o->n++;
    return block;
}

void order_add(Order *o, OrderPlace place, uint32_t face)
{
    if (place.block == o->n) {
        order_append(o, face);
        return;
    }
    Block *block = o->blocks[place.block];
    if (block->n == BLOCK_MAX) {
        Block *second = block_insert(o, place.block + 1);
        block = o->blocks[place.block];
        second->n = BLOCK_MAX / 2;
        block->n = BLOCK_MAX - second->n;
        memcpy(second->faces, block->faces + block->n, second->n * sizeof(uint32_t));
        if (place.at > block->n) {
            place.at -= block->n;
            block = second;
        }
    }
    memmove(block->faces + place.at + 1, block->faces + place.at, (block->n - place.at) * sizeof(uint32_t));
    block->faces[place.at] = face;
    block->n++;
    o->count++;
}

void order_append(Order *o, uint32_t face)
{
    Block *last = o->n ? o->blocks[o->n - 1] : NULL;
    if (!last || last->n == BLOCK_MAX) last = block_insert(o, o->n);
    last->faces[last->n++] = face;
    o->count++;
}

void order_remove(Order *o, OrderPlace place)
{
    Block *block = o->blocks[place.block];
    memmove(block->faces + place.at, block->faces + place.at + 1, (block->n - place.at - 1) * sizeof(uint32_t));
    o->count--;
    if (--block->n > 0) return;
    free(block);
    memmove(o->blocks + place.block, o->blocks + place.block + 1, (o->n - place.block - 1) * sizeof *o->blocks);
    o->n--;
}

OrderPlace order_start(const Order *o)
{
    (void)o;
    return (OrderPlace){ 0, 0 };
}

OrderPlace order_end(const Order *o)
{
    return (OrderPlace){ o->n, 0 };
}

bool order_next(const Order *o, OrderPlace *place, uint32_t *face)
{
    if (place->block < o->n && place->at == o->blocks[place->block]->n) *place = (OrderPlace){ place->block + 1, 0 };
    if (place->block >= o->n) return false;
    *face = o->blocks[place->block]->faces[place->at++];
    return true;
}

bool order_previous(const Order *o, OrderPlace *place, uint32_t *face)
{
    if (place->at == 0) {
        if (place->block == 0) return false;
        place->block--;
        place->at = o->blocks[place->block]->n;
    }
    *face = o->blocks[place->block]->faces[--place->at];
    return true;
}
