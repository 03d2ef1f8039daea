/* Numbers under texts, several under one: what lists in memory look up by a name or an id. 16 bytes a number.

   { 0 } is an empty one. A text is known by its hash alone (str_hash): with a million texts the chance that any two
   are confused is less than one in ten million. Asking is for any thread once nothing is added. */
#ifndef BANYAN_DATA_CHAINS_H
#define BANYAN_DATA_CHAINS_H

#include "base/str.h"

typedef struct {
    struct ChainLink *links;
    uint32_t         *heads;
    size_t            count, room, head_room;
} Chains;

void chains_free(Chains *c);
void chains_add(Chains *c, Str text, uint32_t number);
/* The numbers of a text, the last that was added first: `after` is CHAINS_END at first, then what came before; false
   at the end. */
#define CHAINS_END UINT32_MAX
bool chains_next(const Chains *c, Str text, uint32_t *after, uint32_t *number);

#endif
