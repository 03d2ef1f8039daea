/* Values that have to stand in another table: foreign keys, and names of taxa in a checklist.

   `references` of a column names a dataset of this node and a column of it (no dataset: its own, with the part that is
   being made); a value that is not there has the flag key-unknown. `checklist` of a dataset names one whose column of
   role taxon lists names; a taxon that is not among them has the flag taxon-unknown. What is declared is flagged
   however many rows it is. The other table is read as the person who imports may see it, terms by column included.

   Names of taxa are compared by their words alone, whatever the case: without authors and years, marks of rank and
   hybrid ("Abies balsamea var. phanerolepis Fernald" is abies balsamea phanerolepis). A name of a genus, alone or with
   "sp.", is known when the list has a name in that genus. */
#ifndef BANYAN_DATA_KEY_H
#define BANYAN_DATA_KEY_H

#include "data/data.h"
#include "data/question.h"

typedef struct {
    const Column *column; /* of the part */
    bool          taxa;
    Table         list;
    const Column *among; /* of the list */
    bool          self;  /* and of the part itself */
} Key;

/* Those of a dataset. A dataset or column that is not there, or that this reader may not see, is no key: it is told in
   `doubts` as "references-nothing". Column.key_dataset becomes the id. `head` is NULL for a dataset that is made.
   `*stamp` is a text that changes when any of the lists does; empty without keys. In `a`. */
bool keys_find(Data *data, Arena *a, const Reader *reader, const Record *head, Column *columns, size_t n, Json *doubts,
               Key **out, size_t *count, Str *stamp, Err *err);

/* "SELECT row …" of the rows of `part` ("read_parquet('…', file_row_number=true)") whose value is not in the list. */
Str key_rows_sql(Arena *a, const Key *key, Str part);

#define KEY_NEAREST 3

/* Up to KEY_NEAREST values of the list that are written nearly like this one, the nearest first, texts added to
   `into`: names of the same genus before others. Tens of milliseconds for a list of 100,000. */
bool key_nearest(DuckRun *run, Arena *a, const Key *key, Str value, Json *into, Err *err);

#endif
