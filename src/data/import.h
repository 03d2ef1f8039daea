/* Files into datasets: one file becomes one part.

   The rows of a file are read by the dataset's columns, checked, flagged and written as one Parquet
   part, in one pass; the record then gets a version that lists the part. A row that cannot be read (too
   few cells, a value that is not of its column's type) is set aside into a file of its own with line,
   column, value and reason, and stops nothing. Either the new version lists the part, or the dataset is
   as it was: a process that ends on the way leaves nothing but temporary files.

   The same file (by SHA-256, with the same columns) again changes nothing. A file of the same name with
   other bytes takes the place of the older one's part; the older version of the record keeps it citable.
   Bounded by the engine's memory setting, however large the file. */
#ifndef BANYAN_DATA_IMPORT_H
#define BANYAN_DATA_IMPORT_H

#include "data/data.h"
#include "data/recognise.h"

/* An import seen from another thread: how far it is, and an end to it. Owned by who looks on; outlives the import. */
typedef struct ImportWatch ImportWatch;
ImportWatch               *import_watch_open(void);
double                     import_watch_share(ImportWatch *watch); /* 0 to 1 */
void                       import_watch_stop(ImportWatch *watch);  /* the import fails with ERR_BUSY */
void                       import_watch_close(ImportWatch *watch); /* accepts NULL */

#define IMPORT_ROWS_SHOWN 10

typedef struct {
    const Reader *who;                    /* needs may_edit of the owner */
    Str           dataset;                /* slug or id; made when there is none */
    Str           name;                   /* of the file, as people know it; empty: the path's last part */
    Str           sheet;                  /* of a workbook; empty: the first with rows. Part of the name */
    Str           encoding;               /* of the file's text, as a person says it; empty: as its bytes show */
    Str           title, owner, audience; /* of a dataset that is made: as record_change */
    State         state;
    const Json   *columns; /* corrected ones for a dataset that has none yet; NULL: as recognised */
    /* Hash of rows set aside that this file is made of: they are gone from the older part when this one is there, and
       this part goes when a file takes the place of that one. */
    Str  mends;
    bool all_tables; /* who asks imports the file's other tables too: no doubt names them */
    bool only_look;  /* recognise and check, write nothing */
    /* For a table of an archive that makes a dataset: the dataset of its core, and the column of ids there that its
       own rows name. */
    Str          key_dataset, key_column;
    ImportWatch *watch;    /* NULL: nobody looks on */
    Problems    *problems; /* NULL, or where what is wrong with the dataset's record is put, on ERR_INVALID */
} ImportOptions;

typedef struct {
    uint64_t rows, aside, flagged;
    uint64_t bytes;            /* of the part */
    bool     unchanged;        /* the same file was there */
    Str      same_as;          /* then: by this name, when it is another */
    bool     replaced;         /* an older file of this name */
    Str      part, aside_file; /* hashes; empty without */
    Json    *report;           /* {"columns":[{"name","type","role","missing","minimum","maximum","distinct"}],
                           "encoding" (of a text), "flags":[as flags_report],
                           "widespread":[as flags_widespread], "aside":[{"line","column","value","reason"} first 100],
                           "doubts":[…]}; distinct is an estimate, of the values there are at most, where these are
                           many and so are the rows; of a look also "rows", the first IMPORT_ROWS_SHOWN, each a list
                           of values in the order of the columns */
    Str     *others;           /* sheets of the workbook, or tables of the archive, that were not read: import_other */
    size_t   other_count;
    Str      id_column; /* of an archive's core */
    Json    *columns;   /* by which it was read, as a record has them */
    Record   record;
} Imported;

typedef void (*ImportProgress)(void *with, double share); /* 0 to 1 */

/* Blocks for the whole import and for a group commit: never on a thread that serves pages.
   A dataset that cannot be made (owner, slug …) is refused before the file is read. What is refused leaves no file.
   Fails as recognise_file, record_change, duck_do; ERR_INVALID when the file's headings are not the
   dataset's columns, naming those that lack and those that are new. */
bool import_file(Data *data, Arena *a, const char *path, const ImportOptions *options, ImportProgress progress,
                 void *with, Imported *out, Err *err);

/* Options to import another table of the same file into a dataset of its own, whose slug is that of the first's with
   the table's name behind it: for who asks for all of them. Owner, audience and state are the first's; the rows of an
   extension name those of the core in a column that references it. */
ImportOptions import_other(Arena *a, const ImportOptions *first, const Imported *done, Str table);

#endif
