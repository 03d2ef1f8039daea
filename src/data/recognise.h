/* What a file is, before anything is asked: its packing, encoding, dialect and columns.

   Recognition reads at most RECOGNISE_BYTES of a text file (whole values, no half row) and proposes; a
   person may correct the columns, and the next file of the same headings is read by what the dataset
   says, without a question. What it cannot decide alone it says in `doubts` (two date orders that both
   fit, a value that may mean "missing").

   Packing: gzip. Encodings: UTF-8 with and without mark, UTF-16, Windows-1252, GB 18030, TIS-620 and
   what ICU's detector finds with confidence; text twice encoded as UTF-8 is named in `doubts`.
   Dialects: RFC 4180 with "," ";" tab "|" as separator (also said by a
   first line "sep=;"), quotes, lines before the headings, "#" notes. */
#ifndef BANYAN_DATA_RECOGNISE_H
#define BANYAN_DATA_RECOGNISE_H

#include "data/column.h"
#include "data/source.h"

#define RECOGNISE_BYTES ((size_t)4 << 20) /* a year or more of hours at many stations: gaps show late */

typedef struct {
    FileForm form;
    bool     laid; /* rows of another form, laid out (laid.h) */
    bool     gzip;
    Str      encoding; /* IANA name: "UTF-8", "windows-1252" */
    char     separator, quote, decimal;
    bool     padded; /* rows may lack empty cells at their end */
    size_t   skip;   /* rows before the headings, empty ones and notes included */
    size_t   below;  /* rows below them before the first of data: one of units and empty ones, or none */
    Column  *columns;
    size_t   column_count;
    Str     *headings; /* as they stand in the file */
    size_t   heading_count;
    Str     *sql_types; /* of each heading, as the engine reads it; NULL: all are text */
    Json    *doubts;    /* array of {"column","doubt","examples":[…]}: words in docs/data.md */
} Recognised;

/* Fails ERR_FORMAT naming what is wrong (no columns, a truncated archive, bytes of no encoding),
   ERR_UNSUPPORTED for a form that is not read, naming those that are. */
bool recognise_file(Arena *a, const char *path, Recognised *out, Err *err);
/* The same of a file that source.h has scanned, of another form after turn.h. */
bool recognise_source(Arena *a, const Source *source, Recognised *out, Err *err);
/* A table that says the type of each column; `values` are some of its rows as text, one column after the
   other, for what the types do not say: years, roles. Keeps the types. */
void recognise_typed(Arena *a, const Str *headings, Str *sql_types, size_t n, Str **values, size_t rows,
                     Recognised *out);

#endif
