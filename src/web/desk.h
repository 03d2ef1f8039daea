/* Where questions to datasets are worked on, beside the pages: each on a thread of its own with a
   connection to the engine, a few at a time, and no longer than the setting `data_seconds` (30) before the
   first byte of its answer. What is streamed waits for its reader in STREAM_BYTES of memory; a reader that
   goes away stops the question.

   What a page or a map needs has places of its own: questions that take long, and downloads, are never more than
   DESK_LONG at once. Who finds no place waits for one, DESK_WAIT_SECONDS at most, and no more than DESK_WAITING of
   them, so that the threads of WORK are not all theirs. */
#ifndef BANYAN_WEB_DESK_H
#define BANYAN_WEB_DESK_H

#include "data/data.h"
#include "data/question.h"

#define DESK_AT_ONCE      24
#define DESK_LONG         16
#define DESK_WAITING      8
#define DESK_WAIT_SECONDS 10
#define STREAM_BYTES      ((size_t)1 << 20)

typedef struct Desk   Desk;
typedef struct Stream Stream;
struct MHD_Connection;
struct MHD_Response;

bool  desk_open(Node *node, Desk **out, Err *err);
void  desk_end(Desk *desk);   /* stops what runs; streams break off */
void  desk_close(Desk *desk); /* ends, and waits for it; accepts NULL */
Data *desk_data(Desk *desk);
typedef enum { DESK_OF_PAGE,
               DESK_OF_LONG } DeskPlace;
/* A brief question is a page's (data/question_cost.h). */
DeskPlace desk_place_of(const TableQuestion *question);

typedef struct {
    Desk     *desk;
    DeskPlace place;
    int64_t   seconds; /* a time limit of its own, when that is shorter; 0: none */
    int       peer;    /* socket of who asks: the question ends when it was closed; -1: not looked at */
} DeskAsk;

/* ERR_TOO_BIG for a question that costs more than one may (data/question_cost.h). */
bool desk_affords(const Desk *desk, const TableQuestion *question, Err *err);

/* On the thread of the question. `stream` is NULL in desk_run. */
typedef bool (*DeskWork)(DuckRun *run, Stream *stream, void *with, Err *err);

/* Both block, so only on a WORK route. They fail as `work`; ERR_TOO_BIG past the time limit, saying what to
   change; ERR_BUSY when there are too many already. */
bool desk_run(const DeskAsk *ask, DeskWork work, void *with, Err *err);
/* Returns when the first bytes are there. `owned` (with all that `with` needs) is closed when the work is done. */
bool desk_stream(const DeskAsk *ask, Arena *owned, DeskWork work, void *with, Stream **out, Err *err);

/* Places for questions in SQL (data/console.h), so that they never take all threads of WORK: CONSOLE_AT_ONCE of
   them, CONSOLE_EACH for one person. ERR_BUSY when there is none; what was taken is given back. */
#define CONSOLE_AT_ONCE 4
#define CONSOLE_EACH    2
bool desk_place_take(Desk *desk, uint64_t person, Err *err);
void desk_place_give(Desk *desk, uint64_t person);

/* For `work`: false when the reader is gone. */
bool stream_write(Stream *stream, Str bytes);

/* The stream's end for the web server: a response that reads it, which owns it from here on; and the
   connection that it is read on, told before it is queued. */
struct MHD_Response *stream_response(Stream *stream);
void                 stream_attach(Stream *stream, struct MHD_Connection *connection);

#endif
