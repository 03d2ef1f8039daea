/* Links by the lowest bits of their hash; heads double with them. */
#include "data/chains.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_LEAST 1024

typedef struct ChainLink {
    uint64_t hash;
    uint32_t number, next;
} ChainLink;

static void *grown(void *items, size_t bytes)
{
    void *out = realloc(items, bytes);
    if (!out) memory_end(bytes);
    return out;
}

static void hang(Chains *c, uint32_t link)
{
    uint32_t *head = &c->heads[c->links[link].hash & (c->head_room - 1)];
    c->links[link].next = *head;
    *head = link;
}

static void grow(Chains *c)
{
    c->room = c->room ? 2 * c->room : ROOM_LEAST;
    c->head_room = c->room;
    c->links = grown(c->links, c->room * sizeof *c->links);
    c->heads = grown(c->heads, c->head_room * sizeof *c->heads);
    memset(c->heads, 0xff, c->head_room * sizeof *c->heads);
    for (size_t i = 0; i < c->count; i++) hang(c, (uint32_t)i);
}

void chains_free(Chains *c)
{
    free(c->links);
    free(c->heads);
    *c = (Chains){ 0 };
}

void chains_add(Chains *c, Str text, uint32_t number)
{
    if (c->count == c->room) grow(c);
    c->links[c->count] = (ChainLink){ str_hash(text), number, CHAINS_END };
    hang(c, (uint32_t)c->count++);
}

bool chains_next(const Chains *c, Str text, uint32_t *after, uint32_t *number)
{
    if (!c->count) return false;
    uint64_t hash = str_hash(text);
    uint32_t i = *after == CHAINS_END ? c->heads[hash & (c->head_room - 1)] : c->links[*after].next;
    while (i != CHAINS_END && c->links[i].hash != hash) i = c->links[i].next;
    if (i == CHAINS_END) return false;
    *after = i;
    *number = c->links[i].number;
    return true;
}
