/* Questions in SQL that people write, answered by a process of their own.

   Each question has its own process, which holds nothing but the parts that it reads, as open files: no node, no
   key, no other dataset. It closes itself in (base/sandbox.h) before it looks at the question, has a bound of
   memory, of time and of rows, and is killed at them; whatever hostile SQL does to the engine, it does it there.

   What a question is: one SELECT, tables by name, CTEs, and of the functions that give tables only range,
   generate_series and unnest. It is read into a tree first; a table that is none of the caller's is asked of
   `find`, which says who may see what. */
#ifndef BANYAN_DATA_CONSOLE_H
#define BANYAN_DATA_CONSOLE_H

#include "base/json.h"
#include "data/question.h"

#define CONSOLE_ROWS_MAX  100000
#define CONSOLE_BYTES_MAX ((size_t)4 << 20) /* of an answer's rows as JSON */
#define CONSOLE_SQL_MAX   ((size_t)64 << 10)

typedef struct {
    int64_t  seconds;
    uint64_t memory_bytes;
    int64_t  rows; /* at most CONSOLE_ROWS_MAX */
} ConsoleLimits;

/* The table of that name, as the question wrote it, for who asks; the error is the question's. */
typedef bool (*ConsoleFind)(void *with, Arena *a, Str name, Table *out, Err *err);

typedef struct {
    Json *columns; /* [{"name","type"}]; names are told apart */
    Json *rows;    /* [[value, …], …] */
    bool  stopped; /* there are more rows than the limit, or than CONSOLE_BYTES_MAX */
} ConsoleAnswer;

/* Blocks, at most limits->seconds. Fails ERR_FORMAT for what is no such question, with line and column where they
   are known; ERR_TOO_BIG past time or memory, saying what to change; as `find`; ERR_INTERNAL where the system has
   no sandbox. The program that runs must call console_child first in its main. */
bool console_ask(Arena *a, Str sql, const ConsoleLimits *limits, ConsoleFind find, void *with, ConsoleAnswer *out,
                 Err *err);

/* True in a process that console_ask has started: its work is done, end with *code. */
bool console_child(int argc, char **argv, int *code);

#endif
