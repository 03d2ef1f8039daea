/* Rows of a file that is no delimited text, laid out as one: plain CSV in UTF-8, which is then recognised
   and read as any other. The rows are told twice: first their headings are found, then they are written.

   The first heading is LAID_LINE, where a row stood in its own file; imports pass over it, and over no
   other: "_" at the start of a name is dropped. What could not be taken apart is a row of too many cells,
   which the engine refuses: its place, as it stood, and why. */
#ifndef BANYAN_DATA_LAID_H
#define BANYAN_DATA_LAID_H

#include "base/buf.h"
#include "base/err.h"

#define LAID_LINE        "_line"
#define LAID_COLUMNS_MAX 1000

typedef struct {
    Arena     *a, *row; /* `row` is reset after each */
    bool       writing;
    int        fd;
    Str        path;
    Buf       *text;
    Str       *headings;
    Str       *cells; /* of the row that is being told; live until laid_row */
    bool      *set;
    size_t     count, next; /* `next`: where the next cell is likely to be */
    bool       kept;        /* laid_text: in memory, nothing is written */
    const Str *aliases;     /* then: another name of each heading; empty: none */
    Str        unknown;     /* then: a heading that is none of those given; empty: none */
    bool       too_many, twice;
    uint64_t   rows;
} Laid;

/* Tells the rows from the first: laid_put … laid_row, or laid_bad. */
typedef bool (*LaidTeller)(void *with, Laid *laid, Err *err);

/* The path of the CSV file, temporary in `folder` (store/files.h); the caller removes it. ERR_FORMAT
   without a row, ERR_TOO_BIG for more than LAID_COLUMNS_MAX columns. */
bool laid_out(Arena *a, const char *folder, LaidTeller tell, void *with, Str *path, Err *err);

/* The same rows in memory, in `out`, under the `n` headings that are given (LAID_LINE comes before them), each with
   another name it may be called by (or an empty one), and without a line of headings. `*unknown` is the first
   heading that is none of them; its values are passed over. For what fits into memory several times. Fails as
   `tell` does. */
bool laid_text(Arena *a, const Str *headings, const Str *aliases, size_t n, LaidTeller tell, void *with, Buf *out,
               Str *unknown, Err *err);

/* `value` must live until the row is told; empty: nothing. */
void laid_put(Laid *laid, Str name, Str value);
bool laid_row(Laid *laid, uint64_t line, Str as_it_stands, Err *err);
bool laid_bad(Laid *laid, uint64_t line, Str as_it_stands, const char *reason, Err *err);

#endif
