/* What the process of a question says, heard by the side that asks: JSON objects in frames of console/wire.h.

   The process has read hostile SQL and may be anybody's by now. So what it says is bounded in time and bytes, and has
   the shape of an answer before anybody reads it as one. */
#ifndef BANYAN_DATA_CONSOLE_HEAR_H
#define BANYAN_DATA_CONSOLE_HEAR_H

#include "data/console.h"

#define CONSOLE_HEARD_MAX  (CONSOLE_BYTES_MAX * 2) /* of all frames: twice the rows of the longest answer */
#define CONSOLE_FRAME_COST 1024                    /* counted for each frame, so that many empty ones end as well */
#define CONSOLE_SLOW                                                                              \
    "filter its rows with WHERE, read fewer tables or columns, join on equal columns, or gather " \
    "by fewer groups"

typedef struct {
    Arena  *a;  /* what was heard lives in it */
    int     fd; /* blocks until something comes or it ends */
    int64_t until_ms, seconds;
    size_t  bytes; /* heard so far */
} Hearing;

/* The next frame: an object that is no complaint. ERR_FORMAT or ERR_TOO_BIG: the complaint, or what it took;
   ERR_INTERNAL for what is no frame. */
bool console_hear(Hearing *h, Json **out, Err *err);

/* The frames of an answer: its columns, then rows until the end. Fails as console_hear. */
bool console_hear_answer(Hearing *h, ConsoleAnswer *out, Err *err);

#endif
