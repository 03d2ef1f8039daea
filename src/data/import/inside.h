/* What the files of an import share: import.c (from the file to the part), record.c (the part in the dataset). */
#ifndef BANYAN_DATA_IMPORT_INSIDE_H
#define BANYAN_DATA_IMPORT_INSIDE_H

#include "data/aside.h"
#include "data/duck.h"
#include "data/flag.h"
#include "data/import.h"
#include "data/reading.h"
#include "data/recognise.h"
#include "data/source.h"

/* taken.c: temporary files become files of NODE/parts, and those that nobody lists go again. */
/* As files_take; `temporary` may be empty. Each file that was taken is given back once. */
bool taken_take(Data *data, Arena *a, Str temporary, Str *name, uint64_t *bytes, Err *err);
/* `keep`: a record lists it. Else it is removed, if it was new and no other import has it. An empty name is nothing. */
void taken_give_back(Data *data, Arena *a, Str name, bool keep);

typedef struct {
    Data                *data;
    Arena               *a;
    const ImportOptions *o;
    Str                  name; /* of the file */
    Source               source;
    Recognised           found;
    Record               head; /* of the dataset */
    bool                 there;
    bool                 has_columns; /* the dataset said them */
    bool                *widened;     /* and which of them take another type now; NULL: none */
    Json                *parts_now;   /* then: its parts by name, as they are with these types */
    const Json          *before;      /* the dataset's columns as they were */
    Column              *columns;
    size_t               column_count;
    FlagRules            rules;
    Str                  columns_hash; /* with what the keys stand in */
    Reading              reading;
    bool                 plain_temporary;
    Str                  made; /* of a file that is no delimited text */
    DuckRun             *run;
    Str                  part; /* temporary */
    Str                  mended;
    uint64_t             rest; /* rows that are mended by it no more than before; their file: temporary, then by hash */
    Str                  rest_path, rest_hash;
    Aside                aside;
    FlagsFound           flags;
    Imported             out;
} ImportWork;

/* The dataset as it is now, and its columns; `there` says whether there is one. */
bool import_find_dataset(ImportWork *w, Err *err);
/* Was the part made of this very file? */
bool import_is_same_file(const ImportWork *w, const Json *part);
/* record.c. Whose rows this file mends: the file they first came with. ERR_CONFLICT when somebody else was faster. */
bool import_find_mended(ImportWork *w, Err *err);
/* rest.c. Which of the rows that it mends the file does not have, by the line they were on: they stay set aside.
   ERR_INVALID when it has fewer and does not say which. */
bool import_find_rest(ImportWork *w, Err *err);
/* Could a dataset be made as the options wish, if it is not there? */
bool import_may_make(ImportWork *w, Err *err);
/* The part becomes one of the dataset's, durably. */
bool import_record(ImportWork *w, Err *err);

#endif
