/* Blocks of growing size, cut from front to back. A large request gets a block of its own, so that
   the rest of the current block is not lost. Under the address sanitizer all that was not handed
   out is poisoned, with a gap behind each piece. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP             16
#define POISON(at, n)   ASAN_POISON_MEMORY_REGION(at, n)
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION(at, n)
#else
#define GAP             0
#define POISON(at, n)   ((void)0)
#define UNPOISON(at, n) ((void)0)
#endif

#define ALIGN       16
#define FIRST_BYTES ((size_t)16 << 10)
#define BLOCK_MAX   ((size_t)1 << 20)

typedef struct Block {
    struct Block *older;
    size_t        size; /* of data */
    _Alignas(ALIGN) char data[];
} Block;

typedef struct Adopted {
    struct Adopted *older;
    void           *object;
    void (*release)(void *);
} Adopted;

struct Arena {
    Block   *block;     /* the one being cut; the first one is at the end of the chain */
    Block   *large;     /* blocks that are one piece each */
    size_t   cut;       /* bytes of it already handed out */
    size_t   next_size; /* of the next block */
    size_t   used, limit;
    Adopted *adopted;
};

void memory_end(size_t wanted)
{
    fprintf(stderr, "banyan: out of memory (%zu bytes wanted)\n", wanted);
    abort();
}

static Block *block_new(size_t size, Block *older)
{
    Block *block = malloc(sizeof(Block) + size);
    if (!block) memory_end(size);
    block->older = older;
    block->size = size;
    POISON(block->data, size);
    return block;
}

static void block_free(Block *block)
{
    UNPOISON(block->data, block->size);
    free(block);
}

Arena *arena_open(size_t limit_bytes)
{
    Arena *a = malloc(sizeof *a);
    if (!a) memory_end(sizeof *a);
    *a = (Arena){
        .block = block_new(FIRST_BYTES, NULL),
        .next_size = 2 * FIRST_BYTES,
        .limit = limit_bytes ? limit_bytes : ARENA_DEFAULT_LIMIT,
    };
    return a;
}

void arena_reset(Arena *a)
{
    /* A release may adopt again; the loop sees it. */
    while (a->adopted) {
        Adopted *last = a->adopted;
        a->adopted = last->older;
        last->release(last->object);
    }
    while (a->block->older) {
        Block *older = a->block->older;
        block_free(a->block);
        a->block = older;
    }
    while (a->large) {
        Block *older = a->large->older;
        block_free(a->large);
        a->large = older;
    }
    POISON(a->block->data, a->block->size);
    a->cut = a->used = 0;
    a->next_size = 2 * FIRST_BYTES;
}

void arena_close(Arena *a)
{
    if (!a) return;
    arena_reset(a);
    block_free(a->block);
    free(a);
}

void *arena_raw(Arena *a, size_t size)
{
    if (size > SIZE_MAX / 4) memory_end(size);
    size_t step = (size + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (step == 0) step = ALIGN;
    a->used += step - GAP / ALIGN * ALIGN; /* the same limit in every build */

    char *piece;
    if (step <= a->block->size - a->cut) {
        piece = a->block->data + a->cut;
        a->cut += step;
    } else if (step > a->next_size / 4) {
        a->large = block_new(step, a->large);
        piece = a->large->data;
    } else {
        a->block = block_new(a->next_size, a->block);
        if (a->next_size < BLOCK_MAX) a->next_size *= 2;
        piece = a->block->data;
        a->cut = step;
    }
    UNPOISON(piece, size);
    return piece;
}

void *arena_new(Arena *a, size_t size)
{
    return memset(arena_raw(a, size), 0, size);
}

void *arena_new_array(Arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) memory_end(SIZE_MAX);
    return arena_new(a, bytes);
}

void *arena_copy(Arena *a, const void *from, size_t size)
{
    void *copy = arena_raw(a, size);
    if (size) memcpy(copy, from, size);
    return copy;
}

bool arena_full(const Arena *a)
{
    return a->used > a->limit;
}

size_t arena_used(const Arena *a)
{
    return a->used;
}

void *arena_adopt(Arena *a, void *object, void (*release)(void *))
{
    Adopted *adopted = arena_raw(a, sizeof *adopted);
    *adopted = (Adopted){ a->adopted, object, release };
    a->adopted = adopted;
    return object;
}
