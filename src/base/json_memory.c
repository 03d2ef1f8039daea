/* Memory of JSON values. They are small pieces, hundreds of which come with a request and go with it: a
   thread keeps those given back and hands them out again, without a lock and without the allocator's care. */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/json.h"

/* The allocator's pieces hold 24, 40, 56 … bytes. */
#define SIZES    9   /* the greatest here: 152 */
#define KEPT_MAX 192 /* of a size: a thread keeps at most some 150 KB */

typedef struct Piece {
    struct Piece *next;
} Piece;

typedef struct {
    Piece *first[SIZES];
    int    count[SIZES];
    bool   known; /* to the key, so that it ends with the thread */
} Pieces;

static _Thread_local Pieces kept;
static pthread_key_t        thread_end;

static void give_all(void *pieces)
{
    Pieces *p = pieces;
    for (size_t size = 0; size < SIZES; size++)
        for (Piece *piece = p->first[size], *next; piece; piece = next) {
            next = piece->next;
            free(piece);
        }
    *p = (Pieces){ 0 };
}

static void *piece_take(size_t bytes)
{
    size_t size = bytes <= 24 ? 0 : (bytes - 9) / 16;
    if (size >= SIZES) return malloc(bytes);
    Piece *piece = kept.first[size];
    if (!piece) return malloc(24 + 16 * size);
    kept.first[size] = piece->next;
    kept.count[size]--;
    return piece;
}

static void piece_give(void *given)
{
    if (!given) return;
    size_t room = malloc_usable_size(given), size = (room - 24) / 16;
    if (room < 24 || size >= SIZES || kept.count[size] == KEPT_MAX) {
        free(given);
        return;
    }
    if (!kept.known) kept.known = pthread_setspecific(thread_end, &kept) == 0;
    Piece *piece = given;
    piece->next = kept.first[size];
    kept.first[size] = piece;
    kept.count[size]++;
}

void json_memory_start(void)
{
#ifdef __SANITIZE_ADDRESS__
    return; /* which watches what is given back */
#endif
    if (pthread_key_create(&thread_end, give_all) == 0) json_set_alloc_funcs(piece_take, piece_give);
}
