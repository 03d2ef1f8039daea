/* Tables of the index on disk: immutable segments, each with its faces and those of them that are dead
   since (removed, or replaced by what came later). A live face is in one table, or in memory.
   The manifest names the tables that count. Used by core/search/search.c alone. */
#ifndef BANYAN_CORE_SEARCH_TABLE_H
#define BANYAN_CORE_SEARCH_TABLE_H

#include "core/search/memory.h"
#include "store/segments.h"

typedef struct {
    uint32_t          number; /* its file is "<number>.seg" */
    Segment          *segment;
    roaring_bitmap_t *faces, *dead;
} Table;

typedef struct {
    uint64_t applied;
    uint32_t next; /* number of the next table */
    Table   *tables;
    size_t   n;
} Manifest;

Str  table_path(Arena *a, const char *folder, uint32_t number);
void table_close(Table *t);

/* A new table of what is in memory, or of what lives in several tables. `*out` has no dead faces. Fails
   with nothing left behind. Merging stops with ERR_BUSY when `*stop` turns true. */
bool table_write(const char *folder, uint32_t number, Memory *m, Table *out, Err *err);
bool table_merge(const char *folder, uint32_t number, const Table *from, size_t n, const _Atomic bool *stop, Table *out,
                 Err *err);

/* The manifest, durable, whole or not at all. Reading opens the tables; a folder without one is empty. */
bool manifest_write(const char *folder, const Manifest *m, Err *err);
bool manifest_read(const char *folder, Manifest *out, Err *err);

#endif
