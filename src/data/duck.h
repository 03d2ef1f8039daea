/* DuckDB in process: the engine that reads and writes the parts of datasets. Only duck.c includes its
   header; the rest of data/ writes SQL and reads rows.

   A Duck is one instance without a database file, bounded in memory and threads; what does not fit
   goes to its folder of temporary files. It takes a few milliseconds and some 20 MB to open, so a node
   opens it when a dataset is first asked for. It never loads an extension and never asks the network.
   A DuckRun is a connection: one thread at a time, except duck_stop. SQL text is made with sql_name and
   sql_text; values are given as parameters ($1 …).

   DuckDB 1.4, C API: https://duckdb.org/docs/1.4/clients/c/overview */
#ifndef BANYAN_DATA_DUCK_H
#define BANYAN_DATA_DUCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

typedef struct Duck       Duck;
typedef struct DuckRun    DuckRun;
typedef struct DuckAnswer DuckAnswer;

#define DUCK_MEMORY_DEFAULT ((uint64_t)1 << 30)

/* A function for SQL, NAME(DOUBLE, DOUBLE, VARCHAR) as INTEGER, NULL where any of them is. Asked for many rows at once,
   from several threads; texts live for the call. */
typedef struct {
    const char *name;
    void (*of)(const double *x, const double *y, const Str *text, size_t n, int32_t *out);
} DuckFunction;
/* The same of NAME(VARCHAR, VARCHAR) as BIGINT; `none` says where one of the texts is NULL, and takes where the answer
   is. */
typedef struct {
    const char *name;
    void (*of)(const Str *x, const Str *y, size_t n, int64_t *out, bool *none);
} DuckTextFunction;

typedef struct {
    const char *folder;       /* for temporary files; made when it is missing. NULL: there are none */
    uint64_t    memory_bytes; /* 0: DUCK_MEMORY_DEFAULT */
    int         threads;      /* 0: as many as the machine has cores */
    int         niceness;     /* of those threads (base/thread.h); 0: as who opens it */
    /* When given: these files only, nothing else may be opened, and no setting may be changed. For SQL
       that people write. */
    const Str                     *only_files;
    size_t                         only_file_count;
    const char                    *only_folder; /* the same of all files of a folder */
    const DuckFunction            *functions;   /* live as long as the instance */
    size_t                         function_count;
    const DuckTextFunction *const *text_functions; /* the same, up to a NULL; NULL: none */
} DuckOptions;

bool duck_open(const DuckOptions *options, Duck **out, Err *err);
void duck_close(Duck *duck); /* accepts NULL; every run must be closed */

bool duck_run_open(Duck *duck, DuckRun **out, Err *err);
void duck_run_close(DuckRun *run); /* accepts NULL */
void duck_stop(DuckRun *run);      /* what runs now fails with ERR_BUSY; from any thread */
/* How far what runs now is, 0 to 1, as the engine reckons; from any thread. 0 when it cannot say. */
double duck_share(DuckRun *run);

typedef enum { DUCK_NULL,
               DUCK_BOOL,
               DUCK_INTEGER,
               DUCK_NUMBER,
               DUCK_TEXT } DuckType;
typedef struct {
    DuckType type;
    union {
        bool    yes;
        int64_t integer;
        double  number;
        Str     text;
    };
} DuckValue;

#define DUCK_TEXT_OF(s)    ((DuckValue){ .type = DUCK_TEXT, .text = (s) })
#define DUCK_INTEGER_OF(n) ((DuckValue){ .type = DUCK_INTEGER, .integer = (n) })
#define DUCK_NUMBER_OF(x)  ((DuckValue){ .type = DUCK_NUMBER, .number = (x) })

/* Statements without an answer, one or several. Fails ERR_FORMAT (what DuckDB says), ERR_TOO_BIG for
   want of memory, ERR_DISK_FULL, ERR_BUSY when stopped, ERR_STORE for a file that cannot be read. */
bool duck_do(DuckRun *run, Str sql, Err *err);

/* One statement, whose rows stream: memory stays bounded however many there are. One answer at a time
   for a run. The answer lives in `a` and ends with duck_answer_close or the arena. */
bool   duck_ask(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckAnswer **out, Err *err);
size_t duck_column_count(const DuckAnswer *answer);
Str    duck_column_name(const DuckAnswer *answer, size_t i);
/* SQL's name of the column's type: "BIGINT", "DATE" … */
Str duck_column_sql_type(const DuckAnswer *answer, size_t i);
/* The next row: an array of duck_column_count values. Dates and times are text of ISO 8601 (times with a
   zone in UTC), decimals and wide integers numbers, what has no simple form its text. Live until the
   next row. False at the end (err->code is ERR_NONE) and on failure. */
bool duck_next(DuckAnswer *answer, const DuckValue **row, Err *err);
void duck_answer_close(DuckAnswer *answer);

/* The same by columns, as the values lie in the engine's memory: for who reads millions of rows. What is of none of
   these types is one of them as duck_next has it: wide integers and decimals doubles, the rest texts. */
typedef enum { DUCK_VECTOR_BOOL,   /* bool */
               DUCK_VECTOR_INT32,  /* int32_t, of INTEGER */
               DUCK_VECTOR_INT64,  /* int64_t, of BIGINT */
               DUCK_VECTOR_DOUBLE, /* double */
               DUCK_VECTOR_TEXT,   /* DuckText */
               DUCK_VECTOR_DATE,   /* int32_t: days since 1970 */
               DUCK_VECTOR_TIME,   /* int64_t: microseconds of the day */
               DUCK_VECTOR_STAMP   /* int64_t: microseconds since 1970 */
} DuckVectorType;
typedef struct {
    DuckVectorType  type;
    const void     *data;
    const uint64_t *valid; /* a bit a row; NULL: all have a value */
} DuckVector;
typedef struct { /* up to 12 bytes lie in it from `head` on, more at `rest` */
    uint32_t    len;
    char        head[4];
    const char *rest;
} DuckText;

static inline bool duck_has(const DuckVector *v, size_t row)
{
    return !v->valid || (v->valid[row / 64] >> (row % 64) & 1);
}

static inline Str duck_text(const DuckVector *v, size_t row)
{
    const DuckText *text = (const DuckText *)v->data + row;
    return (Str){ text->len <= 12 ? (const char *)text + offsetof(DuckText, head) : text->rest, text->len };
}

bool duck_ask_vectors(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckAnswer **out, Err *err);
/* `vectors` has duck_column_count of room; they live until the next call. Some two thousand rows at a time, at least
   one; false as duck_next. */
bool duck_next_vectors(DuckAnswer *answer, size_t *rows, DuckVector *vectors, Err *err);
/* Any double as the engine casts it to VARCHAR, in `a`. Slow: some 300 ns. */
Str duck_number_text(Arena *a, double number);

/* The only value of the only row; ERR_INTERNAL when there is none. Text lives in `a`. */
bool duck_ask_one(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckValue *out, Err *err);

/* Rows at the end of a table of one BIGINT. */
bool duck_append_integers(DuckRun *run, const char *table, const int64_t *values, size_t n, Err *err);

/* The options of a COPY to Parquet, " (FORMAT parquet…" without the bracket at their end, of so many columns (0: few).
   What the engine sets aside for the texts of a column, else a megabyte for each, is shared by all: hundreds would take
   its memory, however few the rows. Bloom filters are left out: they are made of columns of few different values, which
   indexes beside the parts know better, and each question would read them of each row group. */
void sql_parquet(Buf *out, size_t columns);

/* An identifier or a text as SQL: quoted, quotes doubled. */
void sql_name(Buf *out, Str name);
void sql_text(Buf *out, Str text);

#endif
