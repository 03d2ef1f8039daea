/* What is kept beside a part: files made of its rows alone, so that questions need not read them all, such as
   indexes of its columns or pyramids for maps. A part never changes, so what was made of it stays true; and as
   readers are given other parts where terms restrict them (data/generalise.h), what stands beside a part tells
   nobody more than the part does.

   NODE/beside/ab/PART.KIND-FORM[-RECIPE], where PART is the name of the part and RECIPE the beginning of the SHA-256
   of what else the file depends on. A file that is there is whole: it is written in parts/tmp, synced and moved. All
   of the folder may be removed at any time, also while the node is served, and is in no backup: what is missing is
   made again when it is wanted. What is of an older form is removed when the newer one is there. */
#ifndef BANYAN_DATA_BESIDE_H
#define BANYAN_DATA_BESIDE_H

#include "data/duck.h"

typedef struct Beside Beside;

/* Writes the file to `to`, where nothing is yet. `run` is a connection to the node's engine, bounded in memory;
   `a` is for this making alone. A failure is the caller's of BESIDE_WAIT, else the operator's. */
typedef bool (*BesideMake)(DuckRun *run, Arena *a, Str part, Str recipe, const char *to, Err *err);

typedef struct {
    const char *kind; /* a word in lower case */
    int         form; /* higher when the same part and recipe give other bytes than before */
    Str         recipe;
    BesideMake  make;
} BesideKind;

/* Whether a part, by its path, stays: the temporary files of rows that wait have nothing beside them. */
bool beside_stays(Str part);

/* Where the file is, in `a`. `part` is a path as a Table has it (data/question.h).
   BESIDE_WAIT: when it is not there it is made now, by this thread; who wants the same meanwhile waits for it.
   BESIDE_LATER: when it is not there ERR_BUSY at once, and it is made in the background, one file at a time, behind
   everything else; what could not be made is not tried again for BESIDE_PAUSE_S seconds.
   ERR_NOT_FOUND of a node that is read only, and of a part that does not stay (one that is not named by its hash, as
   rows that wait: data/inbox.h); else as `make`, or as a file that cannot be written. */
typedef enum { BESIDE_WAIT,
               BESIDE_LATER } BesideHaste;
#define BESIDE_PAUSE_S 60
bool beside_find(Beside *beside, Arena *a, Str part, const BesideKind *kind, BesideHaste haste, Str *path, Err *err);

/* All that is kept beside a part that is no more. */
void beside_drop(Beside *beside, Str part);

/* Of data/data.h. `engine` gives the node's; `parts` is the folder of parts. The background begins with the first
   file that is wanted; closing stops it. */
typedef bool (*BesideEngine)(void *with, Duck **out, Err *err);
Beside *beside_open(const char *folder, const char *parts, bool read_only, BesideEngine engine, void *with);
void    beside_close(Beside *beside); /* accepts NULL */

#endif
