/* Looks inside CRoaring's containers: its own intersections of two arrays merge them, which is many
   times slower than looking bits up. */
#include "core/flat.h"

#include <roaring/containers/containers.h>
#include <string.h>

#define BLOCK_WORDS 1024

static void block_set_run(uint64_t *words, const rle16_t *run)
{
    for (uint32_t at = run->value, end = at + run->length; at <= end; at++) words[at >> 6] |= (uint64_t)1 << (at & 63);
}

static void block_fill(uint64_t *words, const void *container, uint8_t type)
{
    if (type == BITSET_CONTAINER_TYPE_CODE) {
        memcpy(words, ((const bitset_container_t *)container)->array, BLOCK_WORDS * sizeof *words);
    } else if (type == ARRAY_CONTAINER_TYPE_CODE) {
        const array_container_t *array = container;
        for (int32_t i = 0; i < array->cardinality; i++)
            words[array->array[i] >> 6] |= (uint64_t)1 << (array->array[i] & 63);
    } else {
        const run_container_t *runs = container;
        for (int32_t i = 0; i < runs->n_runs; i++) block_set_run(words, &runs->runs[i]);
    }
}

Flat flat_make(Arena *a, const roaring_bitmap_t *set)
{
    const roaring_array_t *parts = &set->high_low_container;
    Flat                   flat = { .blocks = parts->size ? parts->keys[parts->size - 1] + 1u : 0 };
    flat.words = arena_new_array(a, flat.blocks, BLOCK_WORDS * sizeof *flat.words);
    for (int32_t i = 0; i < parts->size; i++) {
        uint8_t     type = parts->typecodes[i];
        const void *container = container_unwrap_shared(parts->containers[i], &type);
        block_fill(flat.words + (size_t)parts->keys[i] * BLOCK_WORDS, container, type);
    }
    return flat;
}

#define COUNT_WORDS(x, y)                                                                              \
    uint64_t count = 0;                                                                                \
    for (size_t i = 0; i < BLOCK_WORDS; i++) count += (uint64_t)__builtin_popcountll((x)[i] & (y)[i]); \
    return count

static uint64_t count_plain(const uint64_t *x, const uint64_t *y)
{
    COUNT_WORDS(x, y);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static uint64_t count_popcnt(const uint64_t *x, const uint64_t *y)
{
    COUNT_WORDS(x, y);
}

static uint64_t count_block(const uint64_t *x, const uint64_t *y)
{
    return __builtin_cpu_supports("popcnt") ? count_popcnt(x, y) : count_plain(x, y);
}
#else
#define count_block count_plain
#endif

static uint64_t count_container(const uint64_t *words, const void *container, uint8_t type)
{
    uint64_t count = 0;
    if (type == BITSET_CONTAINER_TYPE_CODE) return count_block(words, ((const bitset_container_t *)container)->array);
    if (type == ARRAY_CONTAINER_TYPE_CODE) {
        const array_container_t *array = container;
        for (int32_t i = 0; i < array->cardinality; i++)
            count += words[array->array[i] >> 6] >> (array->array[i] & 63) & 1;
        return count;
    }
    uint64_t runs[BLOCK_WORDS] = { 0 };
    block_fill(runs, container, type);
    return count_block(words, runs);
}

uint64_t flat_count(const Flat *flat, const roaring_bitmap_t *set)
{
    const roaring_array_t *parts = &set->high_low_container;
    uint64_t               count = 0;
    for (int32_t i = 0; i < parts->size && parts->keys[i] < flat->blocks; i++) {
        uint8_t     type = parts->typecodes[i];
        const void *container = container_unwrap_shared(parts->containers[i], &type);
        count += count_container(flat->words + (size_t)parts->keys[i] * BLOCK_WORDS, container, type);
    }
    return count;
}
