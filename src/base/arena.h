/* Memory that is dropped whole.

   A request, a step of a job and a test each own an arena. `arena_new` gives zeroed, 16-aligned
   memory and never NULL: when the machine has no memory left the process ends with a message, and
   the log makes sure that nothing acknowledged is lost. Loops over what came from outside ask
   `arena_full` once a turn and fail with ERR_TOO_BIG. Not for sharing between threads. */
#ifndef BANYAN_BASE_ARENA_H
#define BANYAN_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Arena Arena;

#define ARENA_DEFAULT_LIMIT ((size_t)64 << 20)

/* A new arena that calls itself full past `limit_bytes` (0: ARENA_DEFAULT_LIMIT). */
Arena *arena_open(size_t limit_bytes);
void   arena_close(Arena *a); /* runs the releases of adopted objects, last first; accepts NULL */
void   arena_reset(Arena *a); /* like close and open, but keeps the first block */

void *arena_new(Arena *a, size_t size);
void *arena_new_array(Arena *a, size_t n, size_t size);
void *arena_raw(Arena *a, size_t size); /* not zeroed: to be filled at once */
void *arena_copy(Arena *a, const void *from, size_t size);
/* Counted is what arena_new and the others cut, not what adopted objects hold elsewhere. */
bool   arena_full(const Arena *a);
size_t arena_used(const Arena *a);
/* From here on the arena owns `object` and calls release(object) when it ends. Returns object. */
void *arena_adopt(Arena *a, void *object, void (*release)(void *));

/* For code that gets memory elsewhere: says so on stderr and aborts. */
_Noreturn void memory_end(size_t bytes_wanted);

#define NEW(a, Type)          ((Type *)arena_new((a), sizeof(Type)))
#define NEW_ARRAY(a, Type, n) ((Type *)arena_new_array((a), (size_t)(n), sizeof(Type)))

#endif
