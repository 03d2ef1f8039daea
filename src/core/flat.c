/* Looks inside CRoaring's containers: its own intersections of two arrays merge them, which is many
   times slower than looking bits up. */
#include "core/flat.h"

#include <roaring/containers/containers.h>
#include <string.h>

#define BLOCK_WORDS 1024
#define BLOCK_FACES 65536u

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

Flat flat_empty(Arena *a, uint32_t faces)
{
    Flat flat = { .blocks = (uint32_t)(((uint64_t)faces + BLOCK_FACES - 1) / BLOCK_FACES) };
    flat.words = arena_new_array(a, flat.blocks, BLOCK_WORDS * sizeof *flat.words);
    return flat;
}

Flat flat_copy(Arena *a, const Flat *flat)
{
    return (Flat){ arena_copy(a, flat->words, (size_t)flat->blocks * BLOCK_WORDS * sizeof *flat->words), flat->blocks };
}

static void block_or(uint64_t *restrict words, const void *container, uint8_t type)
{
    if (type == BITSET_CONTAINER_TYPE_CODE) {
        const uint64_t *restrict from = ((const bitset_container_t *)container)->array;
        for (size_t i = 0; i < BLOCK_WORDS; i++) words[i] |= from[i];
    } else {
        block_fill(words, container, type);
    }
}

void flat_or(Flat *into, const roaring_bitmap_t *set)
{
    const roaring_array_t *parts = &set->high_low_container;
    for (int32_t i = 0; i < parts->size && parts->keys[i] < into->blocks; i++) {
        uint8_t     type = parts->typecodes[i];
        const void *container = container_unwrap_shared(parts->containers[i], &type);
        block_or(into->words + (size_t)parts->keys[i] * BLOCK_WORDS, container, type);
    }
}

void flat_add(Flat *into, uint32_t face)
{
    if (face >> 16 < into->blocks) into->words[face >> 6] |= (uint64_t)1 << (face & 63);
}

Flat flat_make(Arena *a, const roaring_bitmap_t *set)
{
    const roaring_array_t *parts = &set->high_low_container;
    Flat                   flat =
        flat_empty(a, parts->size ? (uint32_t)parts->keys[parts->size - 1] * BLOCK_FACES + 1 : 0);
    flat_or(&flat, set);
    return flat;
}

/* A length that is known and words that do not overlap let the compiler take several at once. */
static void block_and(uint64_t *restrict words, const uint64_t *restrict other)
{
    for (size_t i = 0; i < BLOCK_WORDS; i++) words[i] &= other[i];
}

void flat_and(Flat *into, const Flat *other)
{
    uint32_t shared = into->blocks < other->blocks ? into->blocks : other->blocks;
    for (uint32_t b = 0; b < shared; b++)
        block_and(into->words + (size_t)b * BLOCK_WORDS, other->words + (size_t)b * BLOCK_WORDS);
    into->blocks = shared;
}

void flat_each(const Flat *flat, bool (*take)(uint32_t face, void *with), void *with)
{
    for (size_t i = 0; i < (size_t)flat->blocks * BLOCK_WORDS; i++)
        for (uint64_t rest = flat->words[i]; rest; rest &= rest - 1)
            if (!take((uint32_t)(i << 6 | (unsigned)__builtin_ctzll(rest)), with)) return;
}

/* Made for what most processors can do, and for those that count the bits of eight words at once. */
#define COUNT_WORDS(name, ...)                                                                         \
    __VA_ARGS__ static uint64_t name(const uint64_t *x, const uint64_t *y)                             \
    {                                                                                                  \
        uint64_t count = 0;                                                                            \
        for (size_t i = 0; i < BLOCK_WORDS; i++) count += (uint64_t)__builtin_popcountll(x[i] & y[i]); \
        return count;                                                                                  \
    }

COUNT_WORDS(count_plain)

#if defined(__x86_64__)
#define FOR_PROCESSOR(target_name) __attribute__((target(target_name), optimize("O3", "unroll-loops")))
COUNT_WORDS(count_popcnt, FOR_PROCESSOR("popcnt"))
COUNT_WORDS(count_wide, FOR_PROCESSOR("avx512f,avx512vpopcntdq,prefer-vector-width=512"))

static uint64_t count_block(const uint64_t *x, const uint64_t *y)
{
    if (__builtin_cpu_supports("avx512vpopcntdq")) return count_wide(x, y);
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
        const uint16_t *at = ((const array_container_t *)container)->array;
        const uint16_t *end = at + ((const array_container_t *)container)->cardinality;
        uint64_t        other = 0; /* two sums, so that one need not wait for the other */
        for (; at + 3 < end; at += 4) {
            count += (words[at[0] >> 6] >> (at[0] & 63) & 1) + (words[at[2] >> 6] >> (at[2] & 63) & 1);
            other += (words[at[1] >> 6] >> (at[1] & 63) & 1) + (words[at[3] >> 6] >> (at[3] & 63) & 1);
        }
        for (; at < end; at++) count += words[*at >> 6] >> (*at & 63) & 1;
        return count + other;
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

uint64_t flat_total(const Flat *flat)
{
    uint64_t count = 0;
    for (uint32_t b = 0; b < flat->blocks; b++) {
        const uint64_t *words = flat->words + (size_t)b * BLOCK_WORDS;
        count += count_block(words, words);
    }
    return count;
}

uint64_t flat_cost(const roaring_bitmap_t *set)
{
    const roaring_array_t *parts = &set->high_low_container;
    uint64_t               cost = 50;
    for (int32_t i = 0; i < parts->size; i++) {
        uint8_t     type = parts->typecodes[i];
        const void *container = container_unwrap_shared(parts->containers[i], &type);
        bool        is_array = type == ARRAY_CONTAINER_TYPE_CODE;
        cost += is_array ? (uint64_t)((const array_container_t *)container)->cardinality : 300;
    }
    return cost;
}

roaring_bitmap_t *flat_set(const Flat *flat)
{
    roaring_bitmap_t *set = roaring_bitmap_create();
    if (!set) memory_end(0);
    for (uint32_t b = 0; b < flat->blocks; b++) {
        const uint64_t *words = flat->words + (size_t)b * BLOCK_WORDS;
        uint64_t        count = count_block(words, words);
        if (!count) continue;
        bitset_container_t *bits = bitset_container_create();
        if (!bits) memory_end(BLOCK_WORDS * sizeof *words);
        memcpy(bits->array, words, BLOCK_WORDS * sizeof *words);
        bits->cardinality = (int32_t)count;
        if (count > DEFAULT_MAX_SIZE) {
            ra_append(&set->high_low_container, (uint16_t)b, bits, BITSET_CONTAINER_TYPE_CODE);
        } else {
            ra_append(&set->high_low_container, (uint16_t)b, array_container_from_bitset(bits),
                      ARRAY_CONTAINER_TYPE_CODE);
            bitset_container_free(bits);
        }
    }
    return set;
}
